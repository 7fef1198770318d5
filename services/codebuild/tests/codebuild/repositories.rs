//! Sources in repositories at providers.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Yard, message};
use crate::host::Host;

pub const SPEC: &str = "version: 0.2\nphases:\n  build:\n    commands:\n      - cat f\n      - git log --oneline | wc -l\n      - git config --get-regexp '^http|^credential|token' || echo none\n";

pub fn project(yard: &Yard, kind: &str, location: &str) -> Value {
    let mut project = yard.project("pp", "");
    project["source"] = json!({ "type": kind, "location": location });
    project
}

pub async fn import(yard: &Yard, server: &str, token: &str) {
    let input =
        json!({ "serverType": server, "authType": "PERSONAL_ACCESS_TOKEN", "token": token });
    yard.ok("ImportSourceCredentials", input).await;
}

pub async fn build(yard: &Yard, input: Value) -> Value {
    let mut input = input;
    input["projectName"] = json!("pp");
    let id = yard.start_build(input).await;
    yard.finished(&id).await
}

pub fn failure(build: &Value) -> String {
    assert_eq!(build["buildStatus"], "FAILED", "{build}");
    message(build, "DOWNLOAD_SOURCE")
}

async fn a_private_repository_needs_its_token() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let work = host.repository("o/r");
    let commit = work.push(&[("buildspec.yml", SPEC), ("f", "one\n")], "refs/heads/main");
    host.wants("x-access-token:t0ken");
    yard.ok("CreateProject", project(&yard, "GITHUB_ENTERPRISE", &host.http("o/r.git"))).await;
    let said = failure(&build(&yard, json!({})).await);
    assert!(
        said.starts_with("authentication required for primary source and source version: git"),
        "{said}"
    );
    import(&yard, "GITHUB_ENTERPRISE", "wrong-token").await;
    let said = failure(&build(&yard, json!({ "sourceVersion": "main" })).await);
    assert!(
        said.starts_with("authorization failed for primary source and source version main: git"),
        "{said}"
    );
    assert!(!said.contains("wrong-token"), "{said}");
    import(&yard, "GITHUB_ENTERPRISE", "t0ken").await;
    let done = build(&yard, json!({})).await;
    assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
    assert_eq!(done["resolvedSourceVersion"], commit);
    // Nothing of the token stays with the source.
    assert_eq!(yard.output(&done).await, "one\n1\nnone\n");
    // Another provider's credentials are not tried.
    yard.ok(
        "UpdateProject",
        json!({
            "name": "pp",
            "source": { "type": "GITLAB_SELF_MANAGED", "location": host.http("o/r.git") },
        }),
    )
    .await;
    host.signed();
    failure(&build(&yard, json!({})).await);
    assert!(host.signed().iter().all(String::is_empty));
    yard.ok(
        "UpdateProject",
        json!({
            "name": "pp",
            "source": { "type": "GITHUB_ENTERPRISE", "location": host.http("o/none.git") },
        }),
    )
    .await;
    let said = failure(&build(&yard, json!({})).await);
    assert!(said.starts_with("repository not found for primary source"), "{said}");
}

async fn secrets_hold_credentials_too() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let work = host.repository("o/r");
    work.push(&[("buildspec.yml", SPEC), ("f", "one\n")], "refs/heads/main");
    host.wants("me:app-password");
    let made = yard
        .other("secretsmanager", "secretsmanager.CreateSecret", json!({
            "Name": "bitbucket",
            "SecretString": r#"{"ServerType":"BITBUCKET","AuthType":"BASIC_AUTH","Username":"me","AppPassword":"app-password"}"#,
            "ClientRequestToken": "12345678-1234-1234-1234-123456789012",
        }))
        .await;
    let mut with_secret = project(&yard, "BITBUCKET", &host.http("o/r.git"));
    with_secret["source"]["auth"] = json!({ "type": "SECRETS_MANAGER", "resource": made["ARN"] });
    yard.ok("CreateProject", with_secret).await;
    let done = build(&yard, json!({})).await;
    assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
    // As the account's credentials, by override of the request.
    yard.ok(
        "ImportSourceCredentials",
        json!({
            "serverType": "BITBUCKET", "authType": "SECRETS_MANAGER", "token": made["ARN"],
        }),
    )
    .await;
    let done = build(&yard, json!({ "sourceAuthOverride": { "type": "OAUTH" } })).await;
    assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
    // A role that may not read it is told so.
    let nothing = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "logs:*", "Resource": "*",
    }] });
    let role = yard.yard.role("narrow", nothing);
    let said = failure(&build(&yard, json!({ "serviceRoleOverride": role })).await);
    assert!(said.contains("secretsmanager:GetSecretValue"), "{said}");
}

async fn versions_of_all_kinds() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let work = host.repository("o/r");
    let first = work.push(&[("buildspec.yml", SPEC), ("f", "first\n")], "refs/heads/main");
    work.git(&["tag", "-a", "v1", "-m", "one"]);
    work.git(&["push", "--quiet", "origin", "v1"]);
    let second = work.push(&[("f", "second\n")], "refs/heads/main");
    let topic = work.push(&[("f", "topic\n")], "refs/heads/topic/a");
    let pull = work.push(&[("f", "pull\n")], "refs/pull/7/head");
    yard.ok("CreateProject", project(&yard, "GITHUB_ENTERPRISE", &host.http("o/r"))).await;
    for (version, depth, commit, output) in [
        ("", 0, &second, "second\n2\n"),
        ("", 1, &second, "second\n1\n"),
        ("main", 0, &second, "second\n2\n"),
        ("topic/a", 0, &topic, "topic\n3\n"),
        ("topic/a", 1, &topic, "topic\n1\n"),
        ("refs/heads/topic/a", 1, &topic, "topic\n1\n"),
        ("v1", 0, &first, "first\n1\n"),
        ("v1", 1, &first, "first\n1\n"),
        ("refs/tags/v1", 0, &first, "first\n1\n"),
        (&first, 0, &first, "first\n1\n"),
        (&second, 1, &second, "second\n1\n"),
        (&first[..8], 0, &first, "first\n1\n"),
        (&first[..8], 1, &first, "first\n1\n"),
        ("pr/7", 0, &pull, "pull\n4\n"),
        ("pr/7", 1, &pull, "pull\n1\n"),
        ("refs/pull/7/head", 0, &pull, "pull\n4\n"),
        (&pull, 0, &pull, "pull\n4\n"),
        (&format!("refs/heads/main^{{{first}}}"), 0, &first, "first\n1\n"),
        (&format!("refs/pull/7/head^{{{topic}}}"), 0, &topic, "topic\n3\n"),
    ] {
        let mut input = json!({ "gitCloneDepthOverride": depth });
        if !version.is_empty() {
            input["sourceVersion"] = json!(version);
        }
        let done = build(&yard, input).await;
        assert_eq!(done["buildStatus"], "SUCCEEDED", "{version} {depth}: {done}");
        assert_eq!(done["resolvedSourceVersion"], **commit, "{version} {depth}");
        assert_eq!(yard.output(&done).await, format!("{output}none\n"), "{version} {depth}");
    }
    for version in [
        "nope",
        "pr/8",
        "refs/heads/nope",
        "0123456789012345678901234567890123456789",
        "a..b",
        "--upload-pack=x",
    ] {
        let said = failure(&build(&yard, json!({ "sourceVersion": version })).await);
        let expected =
            format!("reference not found for primary source and source version {version}: ");
        assert!(said.starts_with(&expected), "{said}");
    }
}

async fn tls_is_checked_unless_told_otherwise() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let work = host.repository("o/r");
    work.push(&[("buildspec.yml", SPEC), ("f", "one\n")], "refs/heads/main");
    yard.ok("CreateProject", project(&yard, "GITHUB_ENTERPRISE", &host.https("o/r.git"))).await;
    let said = failure(&build(&yard, json!({})).await);
    assert!(said.contains("certificate"), "{said}");
    let done = build(&yard, json!({ "insecureSslOverride": true })).await;
    assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
    yard.s3("PUT", "/bucket", Vec::new()).await;
    yard.s3("PUT", "/bucket/ca.pem", host.authority.clone().into_bytes()).await;
    let known = json!({ "certificateOverride": "arn:aws:s3:::bucket/ca.pem" });
    let done = build(&yard, known).await;
    assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
    let said = failure(&build(&yard, json!({ "certificateOverride": "bucket/none" })).await);
    assert!(said.contains("NoSuchKey"), "{said}");
    // The build itself trusts it too, whatever its source.
    let begins = host.authority.lines().nth(1).unwrap().to_owned();
    let look = format!("grep -cF {begins} /etc/ssl/certs/ca-certificates.crt");
    let spec = format!("version: 0.2\nphases:\n  build:\n    commands: ['{look}']\n");
    yard.create("other", &spec).await;
    let trusts = |given: &str| json!({ "projectName": "other", "certificateOverride": given });
    let id = yard.start_build(trusts("bucket/ca.pem")).await;
    let done = yard.finished(&id).await;
    assert_eq!(yard.output(&done).await, "1\n", "{done}");
    yard.s3("PUT", "/bucket/other.pem", b"no certificate".to_vec()).await;
    let id = yard.start_build(trusts("bucket/other.pem")).await;
    let said = failure(&yard.finished(&id).await);
    assert!(said.contains("no PEM-encoded certificate"), "{said}");
    assert_eq!(yard.call("StartBuild", trusts("bucket")).await.0, 400);
}

async fn secondary_sources_have_versions_of_their_own() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let work = host.repository("o/r");
    work.push(&[("buildspec.yml", "version: 0.2\nphases:\n  build:\n    commands: [\"cat $CODEBUILD_SRC_DIR_two/f\", \"echo $CODEBUILD_SOURCE_VERSION_two\"]\n")], "refs/heads/main");
    let other = host.repository("o/two");
    other.push(&[("f", "old\n")], "refs/heads/old");
    other.push(&[("f", "new\n")], "refs/heads/main");
    let mut two = project(&yard, "GITLAB_SELF_MANAGED", &host.http("o/r.git"));
    two["secondarySources"] = json!([
        { "type": "GITHUB_ENTERPRISE", "location": host.http("o/two.git"), "sourceIdentifier": "two" },
    ]);
    two["secondarySourceVersions"] = json!([{ "sourceIdentifier": "two", "sourceVersion": "old" }]);
    yard.ok("CreateProject", two).await;
    let done = build(&yard, json!({})).await;
    assert_eq!(yard.output(&done).await, "old\nold\n", "{done}");
    host.remove("o/two");
    let said = failure(&build(&yard, json!({})).await);
    assert!(
        said.starts_with("repository not found for secondary source two and source version old: "),
        "{said}"
    );
}

async fn submodules_come_without_the_credentials_of_others() {
    let (yard, host, stranger) = (Yard::start().await, Host::start().await, Host::start().await);
    host.repository("o/lib").push(&[("l", "lib\n")], "refs/heads/main");
    stranger.repository("s/x").push(&[("x", "strange\n")], "refs/heads/main");
    let work = host.repository("o/r");
    let modules = format!(
        "[submodule \"lib\"]\n\tpath = lib\n\turl = ../lib.git\n[submodule \"x\"]\n\tpath = x\n\turl = {}\n",
        stranger.http("s/x.git")
    );
    let lib = host.repository("o/lib2").push(&[("l", "lib\n")], "refs/heads/main");
    assert!(!lib.is_empty());
    let id = |host: &Host, path: &str| {
        let place = host.http(path);
        let output = std::process::Command::new("git")
            .args(["ls-remote", &place, "refs/heads/main"])
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap().split('\t').next().unwrap().to_owned()
    };
    let (lib, x) = (id(&host, "o/lib.git"), id(&stranger, "s/x.git"));
    std::fs::write(work.directory.join(".gitmodules"), &modules).unwrap();
    for (commit, path) in [(&lib, "lib"), (&x, "x")] {
        work.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},{path}")]);
        std::fs::create_dir_all(work.directory.join(path)).unwrap();
    }
    std::fs::write(
        work.directory.join("buildspec.yml"),
        "version: 0.2\nphases:\n  build:\n    commands: [\"cat lib/l x/x || true\"]\n",
    )
    .unwrap();
    work.git(&["add", "buildspec.yml", ".gitmodules"]);
    work.git(&["commit", "--quiet", "-m", "modules"]);
    work.git(&["push", "--quiet", "origin", "HEAD:refs/heads/main"]);
    host.wants("x-access-token:t0ken");
    import(&yard, "GITHUB_ENTERPRISE", "t0ken").await;
    let mut with = project(&yard, "GITHUB_ENTERPRISE", &host.http("o/r.git"));
    yard.ok("CreateProject", with.clone()).await;
    let done = build(&yard, json!({})).await;
    assert!(yard.output(&done).await.contains("No such file"), "{done}");
    stranger.signed();
    with["source"]["gitSubmodulesConfig"] = json!({ "fetchSubmodules": true });
    yard.ok("UpdateProject", json!({ "name": "pp", "source": with["source"] })).await;
    let done = build(&yard, json!({})).await;
    assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
    assert_eq!(yard.output(&done).await, "lib\nstrange\n");
    let signed = stranger.signed();
    assert!(!signed.is_empty() && signed.iter().all(String::is_empty), "{signed:?}");
    // From files of this machine, or by a command, nothing comes.
    for url in ["file:///etc", "ext::sh -c true", "/etc"] {
        std::fs::write(
            work.directory.join(".gitmodules"),
            modules.replace(&stranger.http("s/x.git"), url),
        )
        .unwrap();
        work.git(&["commit", "--quiet", "-a", "-m", "bad"]);
        work.git(&["push", "--quiet", "origin", "HEAD:refs/heads/main"]);
        let said = failure(&build(&yard, json!({})).await);
        assert!(said.starts_with("a submodule: "), "{said}");
    }
}

async fn a_source_cache_is_shared_by_builds_at_once() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let work = host.repository("o/r");
    work.push(&[("buildspec.yml", SPEC), ("f", "one\n")], "refs/heads/main");
    let mut caching = project(&yard, "GITHUB_ENTERPRISE", &host.http("o/r.git"));
    caching["cache"] = json!({ "type": "LOCAL", "modes": ["LOCAL_SOURCE_CACHE"] });
    yard.ok("CreateProject", caching).await;
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(yard.start_build(json!({ "projectName": "pp" })).await);
    }
    for id in ids {
        let done = yard.finished(&id).await;
        assert_eq!(yard.output(&done).await, "one\n1\nnone\n", "{done}");
    }
    // What is new comes, what went goes, depth holds, and a pull request can be had.
    let second = work.push(&[("f", "two\n")], "refs/heads/main");
    work.push(&[("f", "pull\n")], "refs/pull/3/head");
    for (input, output) in [
        (json!({}), "two\n2\nnone\n"),
        (json!({ "gitCloneDepthOverride": 1 }), "two\n1\nnone\n"),
        (json!({ "sourceVersion": second }), "two\n2\nnone\n"),
        (json!({ "sourceVersion": "pr/3" }), "pull\n3\nnone\n"),
    ] {
        let done = build(&yard, input).await;
        assert_eq!(yard.output(&done).await, output, "{done}");
    }
    let folder = yard.yard.dir().join("builds/source-cache");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    yard.ok("DeleteProject", json!({ "name": "pp" })).await;
    testkit::TestYard::until(Duration::from_secs(5), || async {
        (std::fs::read_dir(&folder).unwrap().count() == 0).then_some(())
    })
    .await;
}

async fn a_slow_host_does_not_outlast_a_stop() {
    let yard = Yard::start().await;
    // It takes connections and says nothing.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let location = format!("http://{}/o/r.git", listener.local_addr().unwrap());
    yard.ok("CreateProject", project(&yard, "GITHUB_ENTERPRISE", &location)).await;
    let id = yard.start_build(json!({ "projectName": "pp" })).await;
    let (_stream, _) = listener.accept().await.unwrap();
    yard.ok("StopBuild", json!({ "id": id })).await;
    let begun = std::time::Instant::now();
    let done = yard.finished(&id).await;
    assert_eq!(done["buildStatus"], "STOPPED", "{done}");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

async fn settings_that_make_no_sense_are_refused() {
    let yard = Yard::start().await;
    let github = "https://github.com/o/r";
    for (source, named) in [
        (json!({ "type": "GITHUB", "location": "https://example.com/o/r" }), "location"),
        (json!({ "type": "GITHUB_ENTERPRISE", "location": "http://example.com/o/r" }), "location"),
        (json!({ "type": "GITHUB" }), "location"),
        (
            json!({ "type": "GITHUB", "location": github, "auth": { "type": "CODECONNECTIONS", "resource": "x" } }),
            "the ARN of a connection",
        ),
        (
            json!({ "type": "GITHUB", "location": github, "auth": { "type": "SECRETS_MANAGER", "resource": "x" } }),
            "secret",
        ),
        (
            json!({ "type": "GITHUB", "location": github, "auth": { "type": "OAUTH", "resource": "arn:aws:codebuild:us-east-1:123456789012:token/gitlab" } }),
            "credentials",
        ),
        (
            json!({ "type": "S3", "location": "b/k", "reportBuildStatus": true }),
            "reportBuildStatus",
        ),
        (
            json!({ "type": "CODECOMMIT", "location": "https://h/v1/repos/r", "insecureSsl": true }),
            "insecureSsl",
        ),
        (
            json!({ "type": "CODECOMMIT", "location": "https://h/v1/repos/r", "auth": { "type": "OAUTH" } }),
            "auth",
        ),
        (json!({ "type": "GITHUB", "location": github, "gitCloneDepth": -1 }), "depth"),
    ] {
        let mut bad = yard.project("pp", "");
        bad["source"] = source.clone();
        let (status, output) = yard.call("CreateProject", bad).await;
        assert!((400..=501).contains(&status), "{source}: {output}");
        let said = output["message"].as_str().unwrap_or_default();
        assert!(said.contains(named), "{source}: {output}");
    }
}

async fn archives_that_leave_their_folder_are_refused() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    let mut from = project(&yard, "S3", "bucket/source.zip");
    from["source"]["buildspec"] = json!(SPEC);
    yard.ok("CreateProject", from).await;
    let script = "import io,sys,zipfile\nb=io.BytesIO()\nz=zipfile.ZipFile(b,'w')\nz.writestr('f','x')\n\
        i=zipfile.ZipInfo(sys.argv[1])\nif sys.argv[2]: i.create_system=3; i.external_attr=0o120777<<16\n\
        z.writestr(i,sys.argv[2] or 'evil')\nz.close()\nsys.stdout.buffer.write(b.getvalue())";
    for (name, link) in
        [("../../../evil", ""), ("/tmp/evil", ""), ("l", "/etc"), ("l", "../../../..")]
    {
        let output = std::process::Command::new("python3")
            .args(["-c", script, name, link])
            .output()
            .unwrap();
        assert!(output.status.success());
        yard.s3("PUT", "/bucket/source.zip", output.stdout).await;
        let said = failure(&build(&yard, json!({})).await);
        assert!(said.starts_with("bucket/source.zip: "), "{name} {link}: {said}");
    }
    let evil =
        std::process::Command::new("find").arg(yard.yard.dir()).args(["-name", "evil"]).output();
    assert!(evil.unwrap().stdout.is_empty());
}

crate::tests![
    archives_that_leave_their_folder_are_refused,
    a_private_repository_needs_its_token,
    secrets_hold_credentials_too,
    versions_of_all_kinds,
    tls_is_checked_unless_told_otherwise,
    secondary_sources_have_versions_of_their_own,
    submodules_come_without_the_credentials_of_others,
    a_source_cache_is_shared_by_builds_at_once,
    a_slow_host_does_not_outlast_a_stop,
    settings_that_make_no_sense_are_refused,
];
