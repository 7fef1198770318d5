//! Sources: what starts a pipeline and what it takes.

use std::time::Duration;

use serde_json::{Value, json};
use types::ManualClock;

use crate::support::{Bench, action, approval, source, stage};
use crate::world::{Object, tell};

fn polled() -> Value {
    let mut source = source();
    source["actions"][0]["configuration"].as_object_mut().unwrap().remove("PollForSourceChanges");
    source
}

fn object_source() -> Value {
    let configuration = json!({"S3Bucket": "in", "S3ObjectKey": "app.zip"});
    let mut action = action("Take", "Source", "S3", configuration);
    action["outputArtifacts"] = json!([{"name": "SourceArtifact"}]);
    action["namespace"] = json!("SourceVariables");
    stage("Source", json!([action]))
}

fn upload(bench: &Bench, version: &str, content: &'static str) {
    let object =
        Object { content: content.into(), version: version.to_owned(), ..Object::default() };
    bench.world.state().objects.insert("in/app.zip".to_owned(), object);
}

async fn push(bench: &Bench, branch: &str, commit: &str) {
    let detail = json!({"event": "referenceUpdated", "repositoryName": "r", "commitId": commit,
                        "referenceType": "branch", "referenceName": branch});
    let kind = "CodeCommit Repository State Change";
    tell(bench.yard.yard(), "aws.codecommit", kind, detail).await;
}

async fn executions(bench: &Bench) -> usize {
    let body = bench.ok("ListPipelineExecutions", json!({"pipelineName": "p"})).await;
    body["pipelineExecutionSummaries"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_polled_branch_starts_the_pipeline() {
    let bench = Bench::new().await;
    bench.create(json!([polled(), stage("Ask", json!([approval("Ask")]))])).await;
    bench.action_waits(1, 0).await;
    // What was taken already, another branch, and then news, told twice.
    push(&bench, "main", "c0ffee0000000000000000000000000000000001").await;
    push(&bench, "other", "beef000000000000000000000000000000000002").await;
    push(&bench, "main", "beef000000000000000000000000000000000002").await;
    push(&bench, "main", "beef000000000000000000000000000000000002").await;
    while executions(&bench).await < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(executions(&bench).await, 2);
    let trigger = bench.latest().await["trigger"].clone();
    assert_eq!(trigger, json!({"triggerType": "PollForSourceChanges", "triggerDetail": "Take"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_that_is_not_polled_starts_nothing() {
    let bench = Bench::new().await;
    bench.create(json!([source(), stage("Ask", json!([approval("Ask")]))])).await;
    bench.action_waits(1, 0).await;
    push(&bench, "main", "beef000000000000000000000000000000000002").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(executions(&bench).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_is_taken_in_the_version_that_it_has() {
    let bench = Bench::new().await;
    upload(&bench, "v1", "one");
    let mut put = action(
        "Put",
        "Deploy",
        "S3",
        json!({"BucketName": "out", "Extract": "false",
               "ObjectKey": "app-#{SourceVariables.VersionId}.zip"}),
    );
    put["inputArtifacts"] = json!([{"name": "SourceArtifact"}]);
    let id = bench.create(json!([object_source(), stage("Deploy", json!([put]))])).await;
    let execution = bench.comes_to(&id, "Succeeded").await;
    assert_eq!(execution["artifactRevisions"][0]["revisionId"], "v1");
    assert_eq!(execution["artifactRevisions"][0]["revisionSummary"], "Amazon S3 version id: v1");
    assert_eq!(bench.world.state().objects["out/app-v1.zip"].content, "one");
    let variables = bench.action(&id, "Take").await["output"]["outputVariables"].clone();
    assert_eq!(variables, json!({"ETag": "etag-v1", "VersionId": "v1"}));

    bench.world.state().unversioned = true;
    let again = bench.ok("StartPipelineExecution", json!({"name": "p"})).await;
    let again = again["pipelineExecutionId"].as_str().unwrap();
    bench.comes_to(again, "Failed").await;
    let failed = bench.action(again, "Take").await;
    let error = &failed["output"]["executionResult"]["errorDetails"];
    assert_eq!(error["code"], "ConfigurationError");
    assert!(error["message"].as_str().unwrap().contains("versioning"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_polled_object_starts_the_pipeline() {
    let clock = ManualClock::new(types::system_clock().now());
    let bench = Bench::with_clock(clock.clone()).await;
    upload(&bench, "v1", "one");
    let id = bench.create(json!([object_source(), stage("Ask", json!([approval("Ask")]))])).await;
    bench.action_waits(1, 0).await;
    clock.advance_millis(31_000);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(executions(&bench).await, 1);
    upload(&bench, "v2", "two");
    clock.advance_millis(31_000);
    while executions(&bench).await < 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_ne!(bench.latest().await["pipelineExecutionId"], *id);
    // With an event nobody waits for the clock.
    upload(&bench, "v3", "three");
    let detail = json!({"bucket": {"name": "in"}, "object": {"key": "app.zip"}});
    tell(bench.yard.yard(), "aws.s3", "Object Created", detail).await;
    while executions(&bench).await < 3 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_kept_in_the_artifact_and_refused_by_s3() {
    let bench = Bench::new().await;
    bench.world.state().files.push(("latest", false, "link:README.md".into()));
    let mut put = action("Put", "Deploy", "S3", json!({"BucketName": "web", "Extract": "true"}));
    put["inputArtifacts"] = json!([{"name": "SourceArtifact"}]);
    let id = bench.create(json!([source(), stage("Deploy", json!([put]))])).await;
    bench.comes_to(&id, "Failed").await;
    let failed = bench.action(&id, "Put").await;
    let message = failed["output"]["executionResult"]["errorDetails"]["message"].clone();
    assert!(message.as_str().unwrap().contains("symbolic link"), "{message}");
}
