//! Manual approvals.

use std::time::Duration;

use api_developer::codepipeline::{ActionExecutionStatus, GetPipelineState, GetPipelineStateInput};
use serde_json::{Value, json};
use types::ManualClock;

use crate::support::{Bench, approval, source, stage};

fn result(token: &Value, status: &str) -> Value {
    json!({
        "pipelineName": "p", "stageName": "Ask", "actionName": "Ask", "token": token,
        "result": {"summary": "Because", "status": status},
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_fails_the_stage_and_a_retry_asks_again() {
    let bench = Bench::new().await;
    let mut ask = approval("Ask");
    ask["configuration"] =
        json!({"ExternalEntityLink": "http://example.test/#{SourceVariables.CommitId}"});
    let id = bench.create(json!([source(), stage("Ask", json!([ask]))])).await;
    let first = bench.action_waits(1, 0).await["token"].clone();
    let url = bench.stage(1).await["actionStates"][0]["entityUrl"].clone();
    assert_eq!(url, "http://example.test/c0ffee0000000000000000000000000000000001");

    let wrong = json!("00000000-0000-0000-0000-000000000000");
    let (code, _) = bench.refused("PutApprovalResult", result(&wrong, "Approved")).await;
    assert_eq!(code, "InvalidApprovalTokenException");
    let mut nowhere = result(&first, "Approved");
    nowhere["actionName"] = json!("X");
    assert_eq!(bench.refused("PutApprovalResult", nowhere).await.0, "ActionNotFoundException");

    bench.ok("PutApprovalResult", result(&first, "Rejected")).await;
    bench.comes_to(&id, "Failed").await;
    let latest = bench.stage(1).await["actionStates"][0]["latestExecution"].clone();
    assert_eq!(latest["status"], "Failed");
    assert_eq!(latest["summary"], "Because");
    assert!(latest["lastUpdatedBy"].as_str().unwrap().ends_with(":root"));
    assert!(latest["token"].is_null());
    let (code, _) = bench.refused("PutApprovalResult", result(&first, "Approved")).await;
    assert_eq!(code, "ApprovalAlreadyCompletedException");

    let retry = json!({"pipelineName": "p", "stageName": "Ask", "pipelineExecutionId": id,
                       "retryMode": "FAILED_ACTIONS"});
    bench.ok("RetryStageExecution", retry).await;
    let second = bench.action_waits(1, 0).await["token"].clone();
    assert_ne!(first, second);
    bench.ok("PutApprovalResult", result(&second, "Approved")).await;
    bench.comes_to(&id, "Succeeded").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_answered_gives_up() {
    const MINUTE: i64 = 60 * 1000;
    let clock = ManualClock::new(types::system_clock().now());
    let bench = Bench::with_clock(clock.clone()).await;
    let mut hurried = approval("Hurried");
    hurried["timeoutInMinutes"] = json!(5);
    bench.create(json!([source(), stage("Ask", json!([approval("Ask"), hurried]))])).await;
    bench.action_waits(1, 1).await;
    // From here on clients' signatures would be too old: the yard is asked from within.
    let status = async |action: usize| {
        let input = GetPipelineStateInput { name: "p".to_owned() };
        let state = bench.inside().call(GetPipelineState, input).await.unwrap();
        let stage = &state.stage_states.unwrap()[1];
        let latest =
            stage.action_states.as_ref().unwrap()[action].latest_execution.clone().unwrap();
        (latest.status.unwrap(), latest.error_details)
    };
    let gives_up = async |action: usize| {
        loop {
            let (status, error) = status(action).await;
            if status == ActionExecutionStatus::Failed {
                return error.unwrap().message.unwrap();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    clock.advance_millis(5 * MINUTE);
    assert!(gives_up(1).await.contains("timed out"));
    assert_eq!(status(0).await.0, ActionExecutionStatus::InProgress);
    clock.advance_millis(7 * 24 * 60 * MINUTE - 6 * MINUTE);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(status(0).await.0, ActionExecutionStatus::InProgress);
    clock.advance_millis(MINUTE);
    assert!(gives_up(0).await.contains("timed out"));
}
