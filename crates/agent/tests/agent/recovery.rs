//! The agent is killed at an awkward moment.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::yard::{Host, Yard};

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_command_is_reported_and_never_redone() {
    let yard = Yard::start().await;
    let host = Host::start(&yard, |_| {});
    let marks = host.path("marks");
    let script = format!("#!/bin/sh\necho $$ >> {}\nexec sleep 60\n", marks.display());
    let spec = "version: 0.0\nos: linux\nhooks: {AfterInstall: [{location: run.sh}]}\n";
    yard.revision("d-1", &[("appspec.yml", spec), ("run.sh", &script)], |_| {});
    yard.deploy("d-1", &["DownloadBundle"]).await;
    yard.with(|script| script.commands.push_back(("AfterInstall".to_owned(), "d-1".to_owned())));
    let pid = host.appears("marks").await.trim().to_owned();
    // What kill -9 leaves: the script runs on, the note on disk stays.
    let noted = host.path("root/ongoing-deployment/d-1");
    let deadline = Instant::now() + Duration::from_secs(10);
    let note = loop {
        // The script may be ahead of the note about it.
        let note = fs::read(&noted).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&note).unwrap();
        if json["script"][0].as_u64() == pid.parse().ok() {
            break note;
        }
        assert!(Instant::now() < deadline, "{pid}: {json}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    let folder = host.stop().await;
    fs::write(&noted, note).unwrap();

    let host = Host::start_in(folder, &yard, |_| {});
    let results = yard.completed(2).await;
    assert_eq!((results[1].0.as_str(), &results[1].1["error_code"]), ("Failed", &json!(7)));
    yard.deploy("d-1", &["ApplicationStop"]).await;
    assert_eq!(host.read("marks").lines().count(), 1, "the script ran once");
    assert!(fs::metadata(format!("/proc/{pid}")).is_err(), "nothing is left of it");
    let _folder = host.stop().await;
    assert!(!noted.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_was_not_delivered_is_delivered() {
    let yard = Yard::start().await;
    let folder = tempfile::tempdir().unwrap();
    let ongoing = folder.path().join("root/ongoing-deployment");
    fs::create_dir_all(&ongoing).unwrap();
    let note = json!({
        "host_command_identifier": "d-1/Install",
        "script": null,
        "result": ["Succeeded", "{\"error_code\":0}"],
    });
    fs::write(ongoing.join("d-1"), note.to_string()).unwrap();
    let host = Host::start_in(folder, &yard, |_| {});
    let results = yard.completed(1).await;
    assert_eq!(results[0], ("Succeeded".to_owned(), json!({"error_code": 0})));
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_lets_a_command_end() {
    let yard = Yard::start().await;
    let host = Host::start(&yard, |config| config.stop_grace = std::time::Duration::from_secs(20));
    let begun = host.path("begun");
    let script = format!("#!/bin/sh\necho x > {}\nsleep 1\n", begun.display());
    let spec = "version: 0.0\nos: linux\nhooks: {AfterInstall: [{location: run.sh}]}\n";
    yard.revision("d-1", &[("appspec.yml", spec), ("run.sh", &script)], |_| {});
    yard.deploy("d-1", &["DownloadBundle"]).await;
    yard.with(|script| script.commands.push_back(("AfterInstall".to_owned(), "d-1".to_owned())));
    host.appears("begun").await;
    host.stop().await;
    let results = yard.completed(2).await;
    assert_eq!(results[1].0, "Succeeded", "{}", results[1].1);
}
