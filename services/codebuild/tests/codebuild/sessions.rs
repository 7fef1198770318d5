//! Builds that wait for somebody to look around.

use std::process::{Command, Output};
use std::time::Duration;

use serde_json::{Value, json};
use testkit::TestYard;

use crate::harness::{Yard, message, phases};

crate::tests!(
    a_breakpoint_waits_for_its_end,
    without_a_session_breakpoints_are_nothing,
    a_build_that_waits_can_be_stopped,
    builds_of_batches_wait_one_by_one,
);

const PAUSES: &str = "version: 0.2
phases:
  pre_build:
    commands: [\"export KEPT=yes\", \"cd /tmp\"]
  build:
    commands:
      - echo before
      - codebuild-breakpoint
      - echo after $KEPT $(cat left)
";

/// Runs a program in a build or sandbox, as `codeyard shell` does.
pub fn enter(yard: &Yard, id: &str, program: &[&str]) -> Output {
    let uuid = id.rsplit_once(':').unwrap().1;
    Command::new(std::env::current_exe().unwrap())
        .args([sandbox::SUPERVISOR_ARGUMENT, "enter"])
        .arg(yard.yard.dir().join("builds/sandboxes").join(uuid))
        .arg("root")
        .args(program)
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap()
}

/// A build of [`PAUSES`], waiting.
async fn paused(yard: &Yard) -> Value {
    yard.create("pp", PAUSES).await;
    let input = json!({ "projectName": "pp", "debugSessionEnabled": true });
    let id = yard.start_build(input).await;
    TestYard::until(Duration::from_secs(30), || async {
        let build = yard.build(&id).await;
        let is_building = build["currentPhase"] == "BUILD";
        (is_building && yard.log(&build).await.contains("Paused at")).then_some(build)
    })
    .await
}

async fn a_breakpoint_waits_for_its_end() {
    let yard = Yard::start().await;
    let build = paused(&yard).await;
    let id = build["id"].as_str().unwrap();
    let uuid = id.rsplit_once(':').unwrap().1;
    let session = json!({ "sessionEnabled": true, "sessionTarget": format!("codebuild:{uuid}") });
    assert_eq!(build["debugSession"], session);
    let log = yard.log(&build).await;
    assert!(log.contains(&format!("codeyard shell {id}\n")), "{log}");
    // The shell is where the build is.
    let told =
        enter(&yard, id, &["sh", "-c", "echo $KEPT $CODEBUILD_BUILD_ID; pwd; echo it >left"]);
    assert_eq!(String::from_utf8_lossy(&told.stdout), format!("yes {id}\n/tmp\n"), "{told:?}");
    assert!(enter(&yard, id, &["codebuild-resume"]).status.success());
    let build = yard.finished(id).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED");
    let log = yard.log(&build).await;
    assert!(
        log.contains("Resumed by codebuild-resume\n") && log.contains("after yes it\n"),
        "{log}"
    );
    // A retry has a session too, and waits again.
    let again = yard.ok("RetryBuild", json!({ "id": id })).await["build"].clone();
    assert_eq!(again["debugSession"], json!({ "sessionEnabled": true }));
    yard.ok("StopBuild", json!({ "id": again["id"] })).await;
    yard.finished(again["id"].as_str().unwrap()).await;
}

async fn without_a_session_breakpoints_are_nothing() {
    let yard = Yard::start().await;
    let spec = "version: 0.2\nphases:\n  build:\n    commands:\n      - codebuild-breakpoint\n      - \
                codebuild-resume\n      - sh -c 'env -i /usr/local/bin/codebuild-breakpoint' && echo on\n";
    let build = yard.run(spec).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{:?}", phases(&build));
    assert_eq!(build["debugSession"], Value::Null);
    let output = yard.output(&build).await;
    let ignored = "is ignored: the build was started without a debug session\n";
    assert_eq!(
        output,
        format!(
            "codebuild-breakpoint {ignored}codebuild-resume {ignored}codebuild-breakpoint {ignored}on\n"
        )
    );
}

async fn a_build_that_waits_can_be_stopped() {
    let yard = Yard::start().await;
    let build = paused(&yard).await;
    let id = build["id"].as_str().unwrap();
    yard.ok("StopBuild", json!({ "id": id })).await;
    let build = yard.finished(id).await;
    assert_eq!(build["buildStatus"], "STOPPED");
    assert!(message(&build, "BUILD").contains("StopBuild"), "{build}");
    let gone = enter(&yard, id, &["true"]);
    assert!(!gone.status.success(), "nothing of it is left: {gone:?}");
}

async fn builds_of_batches_wait_one_by_one() {
    let yard = Yard::start().await;
    let spec = "version: 0.2
batch:
  build-list:
    - identifier: waits
      debug-session: true
    - identifier: goes
phases:
  build:
    commands: [codebuild-breakpoint]
";
    let mut project = yard.project("pp", spec);
    project["buildBatchConfig"] = json!({ "serviceRole": yard.role });
    yard.ok("CreateProject", project).await;
    let summary =
        |batch: &Value, at: usize| batch["buildGroups"][at]["currentBuildSummary"].clone();
    let batch = |id: Value| {
        let yard = &yard;
        async move {
            let found = yard.ok("BatchGetBuildBatches", json!({ "ids": [id] })).await;
            found["buildBatches"][0].clone()
        }
    };
    let started = yard.ok("StartBuildBatch", json!({ "projectName": "pp" })).await;
    let id = started["buildBatch"]["id"].clone();
    assert_eq!(started["buildBatch"]["debugSessionEnabled"], false);
    // The second has no session, and is done while the first waits.
    let waits = TestYard::until(Duration::from_secs(30), || async {
        let batch = batch(id.clone()).await;
        let waits = summary(&batch, 1)["arn"].as_str().map(str::to_owned)?;
        let goes = summary(&batch, 2)["buildStatus"] == "SUCCEEDED";
        let build = yard.build(&waits).await;
        let paused = build["currentPhase"] == "BUILD" && yard.log(&build).await.contains("Paused");
        (goes && paused).then_some(build["id"].clone())
    })
    .await;
    assert!(enter(&yard, waits.as_str().unwrap(), &["codebuild-resume"]).status.success());
    TestYard::until(Duration::from_secs(30), || async {
        (batch(id.clone()).await["buildBatchStatus"] == "SUCCEEDED").then_some(())
    })
    .await;
    // A session for all of them.
    let input = json!({ "projectName": "pp", "debugSessionEnabled": true });
    let started = yard.ok("StartBuildBatch", input).await["buildBatch"].clone();
    assert_eq!(started["debugSessionEnabled"], true);
    let goes = TestYard::until(Duration::from_secs(30), || async {
        let batch = batch(started["id"].clone()).await;
        summary(&batch, 2)["arn"].as_str().map(str::to_owned)
    })
    .await;
    assert_eq!(yard.build(&goes).await["debugSession"]["sessionEnabled"], true);
    yard.ok("StopBuildBatch", json!({ "id": started["id"] })).await;
    TestYard::until(Duration::from_secs(30), || async {
        (batch(started["id"].clone()).await["complete"] == true).then_some(())
    })
    .await;
}
