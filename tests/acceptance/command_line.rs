//! `up`, `env`, `status`, `down`, `doctor`.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use crate::harness::{Data, Yard, get, said};

#[test]
fn a_yard_starts_tells_its_state_and_stops() {
    let data = Data::new();
    let stopped = data.codeyard(&["status"]).output().unwrap();
    assert!(said(&stopped).contains("no yard has used"), "{}", said(&stopped));

    let yard = Yard::up(&data, &["--account-id", "111122223333", "--region", "eu-central-1"], &[]);
    let (status, health) = get(&format!("{}/_codeyard/health", yard.url)).unwrap();
    assert!(status == 200 && health.contains("111122223333") && health.contains("eu-central-1"));
    let running = data.codeyard(&["status"]).output().unwrap();
    assert!(running.status.success() && said(&running).contains(&yard.url), "{}", said(&running));

    for folder in ["", "store", "builds", "hosts.d"] {
        let folder = data.path().join(folder);
        let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        for path in entries.chain([folder]) {
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{} is {mode:o}", path.display());
        }
    }

    let identity = yard.root().aws(&["sts", "get-caller-identity"]);
    assert_eq!(identity["Arn"], "arn:aws:iam::111122223333:root");

    let second = data.codeyard(&["up", "--listen", "127.0.0.1:0"]).output().unwrap();
    let text = said(&second);
    assert!(!second.status.success() && text.contains(&yard.url), "names the first: {text}");

    let down = data.codeyard(&["down"]).output().unwrap();
    assert!(down.status.success(), "{}", said(&down));
    let mut yard = yard;
    assert!(yard.died(Duration::from_secs(5)).unwrap().success(), "an orderly stop");
    let stopped = data.codeyard(&["status"]).output().unwrap();
    assert_eq!(stopped.status.code(), Some(3), "{}", said(&stopped));

    let other = data.codeyard(&["up", "--account-id", "999999999999"]).output().unwrap();
    assert!(said(&other).contains("belongs to account 111122223333"), "{}", said(&other));
}

#[test]
fn sigterm_is_graceful_and_kill_9_is_survived() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    yard.root().aws(&[
        "ssm",
        "put-parameter",
        "--name",
        "kept",
        "--value",
        "v",
        "--type",
        "String",
    ]);
    yard.kill_9();
    let yard = Yard::up(&data, &[], &[]);
    let found = yard.root().aws(&["ssm", "get-parameter", "--name", "kept"]);
    assert_eq!(found["Parameter"]["Value"], "v");
    assert!(yard.terminate().success());
}

#[test]
fn a_taken_port_is_refused_by_name_where_it_was_asked_for() {
    let (one, two) = (Data::new(), Data::new());
    let yard = Yard::up(&one, &[], &[]);
    let address = yard.url.trim_start_matches("http://");
    let refused = two.codeyard(&["up", "--listen", address]).output().unwrap();
    let text = said(&refused);
    assert!(!refused.status.success() && text.contains("held by codeyard (process"), "{text}");
}

/// A yard on every address tells clients one that they can use, and test mode is not opened to
/// other machines by the way.
#[test]
fn all_addresses_are_none_to_tell_clients() {
    let data = Data::new();
    let yard = Yard::start(data.codeyard(&["up", "--listen", "0.0.0.0:0"]), data.path());
    assert!(yard.url.starts_with("http://127.0.0.1:"), "{}", yard.url);
    let env = said(&data.codeyard(&["env"]).output().unwrap());
    assert!(env.contains(&yard.url) && !env.contains("0.0.0.0"), "{env}");
    assert!(yard.terminate().success());
    let refused = data.codeyard(&["up", "--test-mode", "--listen", "0.0.0.0:0"]).output().unwrap();
    let text = said(&refused);
    assert!(!refused.status.success() && text.contains("--expose-test-mode"), "{text}");
}

#[test]
fn env_writes_profiles() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let (config, credentials) = (data.path().join("c"), data.path().join("k"));
    let written = data
        .codeyard(&["env", "--profile", "yard"])
        .env("AWS_CONFIG_FILE", &config)
        .env("AWS_SHARED_CREDENTIALS_FILE", &credentials)
        .output()
        .unwrap();
    assert!(written.status.success(), "{}", said(&written));
    let mut root = yard.root();
    root.environment.retain(|(name, _)| !name.starts_with("AWS_"));
    let output = root
        .command("aws")
        .args(["--profile", "yard", "sts", "get-caller-identity"])
        .env("AWS_CONFIG_FILE", &config)
        .env("AWS_SHARED_CREDENTIALS_FILE", &credentials)
        .output()
        .unwrap();
    assert!(said(&output).contains(":root"), "{}", said(&output));
}

#[test]
fn doctor_tells_what_is_there() {
    let data = Data::new();
    let output = data.codeyard(&["doctor"]).output().unwrap();
    let text = said(&output);
    for part in ["git: git version", "sandbox: ", "python3", "node", "docker"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn wrong_usage_is_told() {
    let data = Data::new();
    for arguments in [&["up", "--account-id", "12"][..], &["up", "--region", "US"], &["fly"]] {
        let output = data.codeyard(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    }
}
