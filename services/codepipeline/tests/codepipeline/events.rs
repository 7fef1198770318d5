//! What is told on the event bus.

use api_developer::codebuild::BuildStatusType::{Failed, Succeeded};
use serde_json::{Value, json};

use crate::support::{Bench, build, source, stage};

/// All events of the service so far: level, stage and action, state.
fn told(bench: &Bench) -> Vec<String> {
    let state = bench.world.state();
    let ours = state.events.iter().filter(|event| event.source == "aws.codepipeline");
    ours.map(|event| {
        let text = |member: &str| event.detail[member].as_str().unwrap_or_default().to_owned();
        let words = [text("stage"), text("action"), text("state")];
        let level = event.detail_type.split(' ').nth(1).unwrap_or_default();
        format!("{level} {}", words.join(" ")).split_whitespace().collect::<Vec<_>>().join(" ")
    })
    .collect()
}

async fn tells(bench: &Bench, count: usize) -> Vec<String> {
    while told(bench).len() < count {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    told(bench)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_told_in_order() {
    let bench = Bench::new().await;
    let id = bench.create(json!([source(), stage("Build", json!([build("Compile", None)]))])).await;
    let builds = bench.builds(1).await;
    bench.action_waits(1, 0).await;
    bench.world.end_build(bench.yard.yard(), &builds[0], Failed).await;
    bench.comes_to(&id, "Failed").await;
    let retry = json!({"pipelineName": "p", "stageName": "Build", "pipelineExecutionId": id,
                       "retryMode": "FAILED_ACTIONS"});
    bench.ok("RetryStageExecution", retry).await;
    let builds = bench.builds(2).await;
    bench.action_waits(1, 0).await;
    bench.world.end_build(bench.yard.yard(), &builds[1], Succeeded).await;
    bench.comes_to(&id, "Succeeded").await;
    let expected = [
        "Pipeline STARTED",
        "Stage Source STARTED",
        "Action Source Take STARTED",
        "Action Source Take SUCCEEDED",
        "Stage Source SUCCEEDED",
        "Stage Build STARTED",
        "Action Build Compile STARTED",
        "Action Build Compile FAILED",
        "Stage Build FAILED",
        "Pipeline FAILED",
        "Pipeline RESUMED",
        "Stage Build RESUMED",
        "Action Build Compile STARTED",
        "Action Build Compile SUCCEEDED",
        "Stage Build SUCCEEDED",
        "Pipeline SUCCEEDED",
    ];
    assert_eq!(tells(&bench, expected.len()).await, expected);

    let state = bench.world.state();
    let detail = |state_of: &str, action: &str| -> Value {
        let found = state
            .events
            .iter()
            .find(|event| event.detail["state"] == state_of && event.detail["action"] == action);
        let event = found.expect("an event");
        assert_eq!(event.resources, ["arn:aws:codepipeline:us-east-1:123456789012:p"]);
        event.detail.clone()
    };
    let taken = detail("SUCCEEDED", "Take");
    assert_eq!(taken["execution-id"], *id);
    assert_eq!(taken["version"], 1);
    assert_eq!(
        taken["type"],
        json!({"owner": "AWS", "provider": "CodeCommit", "category": "Source",
                                     "version": "1"})
    );
    assert_eq!(taken["output-artifacts"][0]["name"], "SourceArtifact");
    let result = &taken["execution-result"];
    assert_eq!(result["external-execution-id"], "c0ffee0000000000000000000000000000000001");
    assert_eq!(detail("FAILED", "Compile")["execution-result"]["error-code"], "JobFailed");
    let started = state.events.iter().find(|event| event.detail["state"] == "STARTED").unwrap();
    assert_eq!(started.detail["execution-trigger"]["trigger-type"], "CreatePipeline");
}

#[tokio::test(flavor = "multi_thread")]
async fn stops_and_cancellations_are_told() {
    let bench = Bench::new().await;
    let stages = json!([source(), stage("Build", json!([build("Compile", None)]))]);
    let id = bench.create(stages).await;
    bench.builds(1).await;
    let stop =
        json!({"pipelineName": "p", "pipelineExecutionId": id, "abandon": true, "reason": "No"});
    bench.ok("StopPipelineExecution", stop).await;
    let expected = [
        "Pipeline STOPPING",
        "Stage Build STOPPING",
        "Action Build Compile ABANDONED",
        "Stage Build STOPPED",
        "Pipeline STOPPED",
    ];
    assert_eq!(tells(&bench, 7 + expected.len()).await[7..], expected);
    let comment = {
        let state = bench.world.state();
        let stopped = state.events.iter().find(|event| event.detail["state"] == "STOPPED");
        assert!(stopped.is_some());
        let stopping = state.events.iter().find(|event| event.detail["state"] == "STOPPING");
        stopping.unwrap().detail["stop-execution-comments"].clone()
    };
    assert_eq!(comment, "No");

    bench.ok("StartPipelineExecution", json!({"name": "p"})).await;
    bench.builds(2).await;
    let changed = json!([source(), stage("Build", json!([build("Renamed", None)]))]);
    bench.ok("UpdatePipeline", json!({"pipeline": bench.pipeline(changed)})).await;
    let expected = ["Action Build Compile ABANDONED", "Stage Build CANCELED", "Pipeline CANCELED"];
    assert_eq!(tells(&bench, 12 + 7 + expected.len()).await[12 + 7..], expected);
}
