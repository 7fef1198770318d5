//! What a user reads in git who may not, or is wrong.

use std::path::Path;

use serde_json::json;

use super::{Way, World, has_ssh};

/// Nobody types a password in a test, and git asks before it shows anything.
fn asks(way: &Way, arguments: &[&str]) -> String {
    way.refused(Path::new("/"), arguments)
}

#[test]
fn every_refusal_says_what_to_do() {
    let world = World::new(&[]);
    world.repository("r");
    let deny_main = json!([
        {"Effect": "Allow", "Action": ["codecommit:GitPull", "codecommit:GitPush"],
         "Resource": "arn:aws:codecommit:*:*:r"},
        {"Effect": "Deny", "Action": "codecommit:GitPush", "Resource": "*",
         "Condition": {"StringEqualsIfExists": {"codecommit:References": ["refs/heads/main"]},
                       "Null": {"codecommit:References": "false"}}}]);
    let ann = world.user("ann", deny_main);
    let bob = world
        .user("bob", json!([{"Effect": "Allow", "Action": "codecommit:GitPull", "Resource": "*"}]));
    let dir = tempfile::tempdir().unwrap();
    let root = world.helper(&world.root, "r");
    root.git(dir.path(), &["init", "--quiet"]);
    root.commit(dir.path(), "a.txt", "one");
    root.git(dir.path(), &["push", "--quiet", &root.url, "HEAD:main"]);
    root.commit(dir.path(), "a.txt", "two");

    let mut anns = vec![
        world.helper(&ann, "r"),
        world.password(&ann, "ann", "r"),
        world.remote_helper(&ann, "r"),
    ];
    anns.extend(world.ssh(&ann, "ann", "r"));
    for way in &anns {
        // A protected branch, and another one beside it.
        let said = way.refused(dir.path(), &["push", &way.url, "HEAD:main", "HEAD:topic"]);
        for line in [
            "remote: error: refs/heads/main: codecommit:GitPush is denied for refs/heads/main",
            "user/ann is not authorized to perform: codecommit:GitPush",
            "! [remote rejected] HEAD -> main (codecommit:GitPush is denied for refs/heads/main)",
            "HEAD -> topic",
        ] {
            assert!(said.contains(line), "{}: no {line:?} in {said}", way.name);
        }
        way.git(dir.path(), &["push", "--quiet", &way.url, ":topic"]);
        // A repository that she may not see.
        let (before, _) = way.url.rsplit_once('r').unwrap();
        let missing = format!("{before}missing");
        let said = asks(way, &["ls-remote", &missing]);
        let line = "is not authorized to perform: codecommit:GitPull on resource: \
                    arn:aws:codecommit:us-east-1:000000000000:missing";
        assert!(said.contains(line), "{}: {said}", way.name);
    }

    let mut bobs = vec![world.helper(&bob, "r"), world.password(&bob, "bob", "r")];
    bobs.extend(world.ssh(&bob, "bob", "r"));
    for way in &bobs {
        // A missing right.
        let said = way.refused(dir.path(), &["push", &way.url, "HEAD:topic"]);
        let line = "user/bob is not authorized to perform: codecommit:GitPush on resource: \
                    arn:aws:codecommit:us-east-1:000000000000:r because no identity-based policy \
                    allows the codecommit:GitPush action";
        assert!(said.contains(line), "{}: {said}", way.name);
        // A repository that is not there.
        let missing = way.url.replace("/repos/r", "/repos/missing");
        let said = asks(way, &["ls-remote", &missing]);
        assert!(said.contains("There is no repository missing in us-east-1."), "{said}");
    }
}

#[test]
fn a_wrong_sign_in_says_so() {
    let world = World::new(&[]);
    world.repository("r");
    let ann = world
        .user("ann", json!([{"Effect": "Allow", "Action": "codecommit:Git*", "Resource": "*"}]));
    let way = world.password(&ann, "ann", "r");
    let (user, _) = way.url.split_once("-at-").unwrap();
    let host = world.yard.url.trim_start_matches("http://");
    let wrong = format!("{user}-at-000000000000:wrong@{host}/v1/repos/r");
    let said = asks(&way, &["ls-remote", &wrong]);
    let line = "remote: The user name or password is not that of an active git credential.";
    assert!(said.contains(line), "{said}");
    assert!(said.contains("Authentication failed for"), "{said}");

    let stranger = ann.with_keys("AKIAAAAAAAAAAAAAAAAA", "wrong");
    let said = asks(&world.helper(&stranger, "r"), &["ls-remote", &world.helper(&ann, "r").url]);
    assert!(
        said.contains("remote: The access key is not one of this yard, or not active."),
        "{said}"
    );
    let key = ann.environment.iter().find(|(name, _)| name == "AWS_ACCESS_KEY_ID").unwrap();
    let forgetful = ann.with_keys(&key.1, "wrong");
    let said = asks(&world.helper(&forgetful, "r"), &["ls-remote", &world.helper(&ann, "r").url]);
    assert!(said.contains("remote: The git password does not match"), "{said}");

    // Without the yard's certificate there is no HTTPS.
    let mut way = world.password(&ann, "ann", "r");
    way.environment.clear();
    let said = asks(&way, &["ls-remote", &way.url]);
    assert!(said.contains("certificate"), "{said}");
}

/// What a push is told whose key is shut out when it has signed in and has yet to say what it
/// wants: git's hook waits there.
fn shut_out_while_pushing(world: &World, way: &Way, shut_out: impl FnOnce()) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    way.git(dir.path(), &["init", "--quiet"]);
    way.commit(dir.path(), "a.txt", "one");
    let (waits, go) = (world.file("hook-waits"), world.file("hook-go"));
    let hook = dir.path().join(".git/hooks/pre-push");
    let script = format!(
        "#!/bin/sh\ntouch {}\nfor i in $(seq 600); do test -e {} && exit 0; sleep 0.1; done\nexit 1\n",
        waits.display(),
        go.display()
    );
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::fs::write(&hook, script).unwrap();
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::thread::scope(|scope| {
        let push = scope.spawn(|| way.refused(dir.path(), &["push", &way.url, "HEAD:main"]));
        for _ in 0..600 {
            if waits.exists() || push.is_finished() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        shut_out();
        std::fs::write(&go, "").unwrap();
        push.join().unwrap()
    })
}

#[test]
fn a_wrong_ssh_key_says_so() {
    if !has_ssh() {
        return;
    }
    let world = World::new(&[]);
    world.repository("r");
    let ann = world
        .user("ann", json!([{"Effect": "Allow", "Action": "codecommit:Git*", "Resource": "*"}]));
    let mut way = world.ssh(&ann, "ann", "r").unwrap();
    way.git(Path::new("/"), &["ls-remote", &way.url]);
    let (user, host) = way.url.trim_start_matches("ssh://").split_once('@').unwrap();
    let said = asks(&way, &["ls-remote", &format!("ssh://ann@{host}")]);
    assert!(said.contains("The user name has to be the id of an SSH public key"), "{said}");
    let said = asks(&way, &["ls-remote", &format!("ssh://APKAAAAAAAAAAAAAAAAA@{host}")]);
    assert!(said.contains("There is no SSH public key APKAAAAAAAAAAAAAAAAA here."), "{said}");
    let said = asks(&way, &["ls-remote", &way.url.replace("/v1/repos/r", "/r")]);
    assert!(said.contains("Repositories are at /v1/repos/NAME"), "{said}");
    let said = asks(&way, &["archive", &format!("--remote={}", way.url), "main"]);
    assert!(said.contains("git archive --remote is not offered here"), "{said}");

    let set = |status| {
        let id = ["--user-name", "ann", "--ssh-public-key-id", user, "--status", status];
        world.root.aws(&[&["iam", "update-ssh-public-key"][..], &id].concat());
    };
    set("Inactive");
    let said = asks(&way, &["ls-remote", &way.url]);
    assert!(said.contains(&format!("The SSH public key {user} is inactive.")), "{said}");
    set("Active");
    way.git(Path::new("/"), &["ls-remote", &way.url]);
    let said = shut_out_while_pushing(&world, &way, || set("Inactive"));
    assert!(said.contains(&format!("The SSH public key {user} has been shut out")), "{said}");
    set("Active");
    assert_eq!(way.git(Path::new("/"), &["ls-remote", &way.url]), "", "nothing was pushed");

    // Another key, and one of a kind that IAM does not take.
    for (kind, line) in [("rsa", "A key was offered that is not"), ("ed25519", "Only RSA keys")] {
        let file = world.file(&format!("other_{kind}"));
        let made = std::process::Command::new("ssh-keygen")
            .args(["-q", "-t", kind, "-N", "", "-f"])
            .arg(&file)
            .status();
        assert!(made.unwrap().success());
        way.environment = vec![world.ssh_command(&file)];
        let said = asks(&way, &["ls-remote", &way.url]);
        assert!(said.contains(line), "{said}");
    }
}

#[test]
fn ssh_can_be_off_and_is_on_loopback_otherwise() {
    let world = World::new(&[]);
    let status = world.data.codeyard(&["status"]).output().unwrap();
    let status = String::from_utf8_lossy(&status.stdout).into_owned();
    assert!(status.contains("git over SSH at 127.0.0.1:"), "{status}");
    assert!(status.contains("SHA256:"), "{status}");
    let data = crate::harness::Data::new();
    let yard = crate::harness::Yard::up(&data, &["--ssh-listen", "off"], &[]);
    let made = yard.root().aws(&["codecommit", "create-repository", "--repository-name", "quiet"]);
    assert!(made["repositoryMetadata"]["cloneUrlSsh"].is_null(), "{made}");
    let refused = data.codeyard(&["up", "--test-mode", "--ssh-listen", "0.0.0.0:0"]).output();
    assert!(!refused.unwrap().status.success());
}
