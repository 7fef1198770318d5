//! Whole deployments.

use std::fs;

use codeyard_agent::run;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::yard::{Host, Yard};

pub const ALL: [&str; 7] = [
    "ApplicationStop",
    "DownloadBundle",
    "BeforeInstall",
    "Install",
    "AfterInstall",
    "ApplicationStart",
    "ValidateService",
];

/// An AppSpec file that installs everything below `host`, with one script for each event.
fn app_spec(host: &std::path::Path) -> String {
    let mut text = format!(
        "version: 0.0\nos: linux\nfiles: [{{source: /, destination: {}/srv}}]\nhooks:\n",
        host.display()
    );
    for event in ALL.iter().filter(|event| !matches!(**event, "DownloadBundle" | "Install")) {
        text += &format!("  {event}: [{{location: scripts/note.sh, timeout: 20}}]\n");
    }
    text
}

fn note(host: &std::path::Path, version: &str) -> String {
    format!(
        "#!/bin/sh\necho \"{version} $LIFECYCLE_EVENT $DEPLOYMENT_ID $APPLICATION_NAME \
         $DEPLOYMENT_GROUP_NAME $DEPLOYMENT_GROUP_ID $BUNDLE_BUCKET $BUNDLE_KEY $EXTRA\" >> {}/notes\n",
        host.display()
    )
}

fn all_well(results: &[(String, Value)]) {
    for (status, said) in results {
        assert_eq!((status.as_str(), &said["error_code"]), ("Succeeded", &json!(0)), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_revisions_one_after_the_other() {
    let yard = Yard::start().await;
    let host = Host::start(&yard, |config| {
        config.environment.push(("EXTRA".to_owned(), "extra".to_owned()));
    });
    let root = host.folder.path().to_owned();
    for (deployment, version) in [("d-1", "one"), ("d-2", "two")] {
        let files = [
            ("appspec.yml", app_spec(&root)),
            ("scripts/note.sh", note(&root, version)),
            (version, String::new()),
            ("version", version.to_owned()),
        ];
        let files: Vec<(&str, &str)> =
            files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        yard.revision(deployment, &files, |_| {});
        all_well(&yard.deploy(deployment, &ALL).await);
        assert_eq!(host.read("srv/version"), version);
        assert!(host.path(&format!("srv/{version}")).exists());
    }
    assert!(!host.path("srv/one").exists(), "the first revision's files are gone");
    let notes = host.read("notes");
    let lines: Vec<&str> = notes.lines().collect();
    assert_eq!(
        lines[0], "one BeforeInstall d-1 app group group-id bucket d-1 x.zip extra",
        "nothing to stop at first"
    );
    let events: Vec<String> =
        lines.iter().map(|line| line.split(' ').take(3).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(events[4], "one ApplicationStop d-2", "the first revision's script stops it");
    assert_eq!(events[5], "two BeforeInstall d-2");
    assert_eq!(events.len(), 9);
    let log = host.read("root/group-id/d-2/logs/scripts.log");
    assert!(log.contains("LifecycleEvent - ValidateService"), "{log}");
    let acknowledged = yard.with(|script| script.acknowledged.clone());
    assert_eq!(acknowledged[0], ("d-1/ApplicationStop".to_owned(), true), "nothing to do");
    assert_eq!(acknowledged[7], ("d-2/ApplicationStop".to_owned(), false));
    let folder = host.stop().await;
    assert_eq!(fs::read_dir(folder.path().join("root/ongoing-deployment")).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_so_many_revisions_stay() {
    let yard = Yard::start().await;
    let host = Host::start(&yard, |config| config.max_revisions = 2);
    let spec = "version: 0.0\nos: linux\n";
    for deployment in ["d-1", "d-2", "d-3", "d-4"] {
        yard.revision(deployment, &[("appspec.yml", spec)], |_| {});
        // Only the first is ever installed, so it is the last successful one.
        let commands: &[&str] =
            if deployment == "d-1" { &["DownloadBundle", "Install"] } else { &["DownloadBundle"] };
        all_well(&yard.deploy(deployment, commands).await);
    }
    let mut left: Vec<String> = fs::read_dir(host.root().join("group-id"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["d-1", "d-4"], "the newest, and the last successful one");
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_deployed_is_told() {
    let yard = Yard::start().await;
    let host = Host::start(&yard, |_| {});
    let good = "version: 0.0\nos: linux\n";
    let download = "DownloadBundle";
    type Change = fn(&mut Value);
    let rows: [(&str, &str, Change, &str, &str); 10] = [
        (
            "d-etag",
            good,
            |s| s["Revision"]["S3Revision"]["ETag"] = json!("other"),
            download,
            "etag",
        ),
        (
            "d-version",
            good,
            |s| s["Revision"]["S3Revision"]["Version"] = json!("v"),
            download,
            "NoSuchKey",
        ),
        (
            "d-key",
            good,
            |s| s["Revision"]["S3Revision"]["Key"] = json!("none"),
            download,
            "NoSuchKey",
        ),
        (
            "d-kind",
            good,
            |s| s["Revision"]["S3Revision"]["BundleType"] = json!("tgz"),
            download,
            "unpacked",
        ),
        (
            "d-git",
            good,
            |s| s["Revision"]["RevisionType"] = json!("GitHub"),
            download,
            "GitHub are not supported",
        ),
        ("d-id", good, |s| s["DeploymentGroupId"] = json!("../../x"), download, "no id"),
        ("d-none", good, |_| {}, "Install", "did not find an AppSpec file"),
        ("d-odd", good, |_| {}, "Dance", "Unsupported command type: Dance"),
        ("d-bad", "version: 0.0\nos: windows\n", |_| {}, "", "windows"),
        (
            "d-event",
            "version: 0.0\nos: linux\nhooks: {Install: [{location: a}]}\n",
            |_| {},
            "",
            "unknown lifecycle events: Install",
        ),
    ];
    for (deployment, spec, change, command, why) in rows {
        yard.revision(deployment, &[("appspec.yml", spec)], change);
        if command.is_empty() {
            all_well(&yard.deploy(deployment, &[download]).await);
        }
        let command = if command.is_empty() { "Install" } else { command };
        let (status, said) = yard.deploy(deployment, &[command]).await.remove(0);
        assert_eq!((status.as_str(), &said["error_code"]), ("Failed", &json!(5)), "{said}");
        assert!(said["message"].as_str().unwrap().contains(why), "{deployment}: {said}");
    }
    assert!(!host.path("x").exists());
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_at_the_top_is_taken_off_and_appspec_yaml_found() {
    let yard = Yard::start().await;
    let host = Host::start(&yard, |config| config.auth_policy = true);
    let spec = format!(
        "version: 0.0\nos: linux\nfiles: [{{source: a, destination: {}/srv}}]\n",
        host.folder.path().display()
    );
    yard.revision("d-1", &[("top/appspec.yaml", &spec), ("top/a", "x")], |_| {});
    all_well(&yard.deploy("d-1", &["DownloadBundle", "Install"]).await);
    assert_eq!(host.read("srv/a"), "x");
    let targets = yard.with(|script| script.targets.clone());
    assert!(targets.iter().all(|target| target.starts_with("CodeDeployCommandService.")));
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yard_that_stumbles_is_tried_again() {
    let yard = Yard::start().await;
    yard.with(|script| script.failures = 4);
    let host = Host::start(&yard, |_| {});
    yard.revision("d-1", &[("appspec.yml", "version: 0.0\nos: linux\n")], |_| {});
    all_well(&yard.deploy("d-1", &["DownloadBundle"]).await);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_yard_calls_finished_is_not_run() {
    let yard = Yard::start().await;
    let host = Host::start(&yard, |_| {});
    yard.revision("d-1", &[("appspec.yml", "version: 0.0\nos: linux\n")], |_| {});
    yard.with(|script| {
        script.acknowledge_with.insert("d-1/DownloadBundle".to_owned(), "Failed");
        script.acknowledge_with.insert("d-1/ApplicationStop".to_owned(), "Failed");
        script.commands.push_back(("DownloadBundle".to_owned(), "d-1".to_owned()));
    });
    let results = yard.deploy("d-1", &["ApplicationStop"]).await;
    assert_eq!(results[0].1["message"], "Succeeded: CompletedNoopCommand");
    assert_eq!(yard.with(|script| script.completed.len()), 1);
    assert!(!host.root().join("group-id/d-1/bundle.tar").exists());
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_agent_to_a_folder() {
    let yard = Yard::start().await;
    let host = Host::start(&yard, |_| {});
    host_is_up(&yard).await;
    let (_keep, stop) = watch::channel(false);
    let error = run(yard.config(host.root()), stop).await.unwrap_err();
    assert!(error.to_string().contains("another agent"), "{error}");
    let (_keep, stop) = watch::channel(false);
    let mut config = yard.config(host.path("other"));
    config.endpoint = "https://127.0.0.1:1".to_owned();
    let error = run(config, stop).await.unwrap_err();
    assert!(error.to_string().contains("certificate to trust"), "{error}");
    host.stop().await;
}

pub async fn host_is_up(yard: &Yard) {
    while yard.with(|script| script.targets.is_empty()) {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}
