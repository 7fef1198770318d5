//! Failing, retrying, stopping, superseding, starting.

use api_developer::codebuild::BuildStatusType::{Failed, Succeeded};
use serde_json::json;

use crate::support::{Bench, approval, build, source, stage};

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_stage_is_retried_where_it_failed() {
    let bench = Bench::new().await;
    let mut package = build("Package", None);
    package["runOrder"] = json!(2);
    let actions = json!([build("Compile", None), build("Lint", None), package]);
    let id = bench.create(json!([source(), stage("Build", actions)])).await;
    let yard = bench.yard.yard();
    let builds = bench.builds(2).await;
    bench.action_waits(1, 0).await;
    bench.action_waits(1, 1).await;
    let failing = bench.action(&id, "Lint").await;
    let failing = failing["output"]["executionResult"]["externalExecutionId"].as_str().unwrap();
    let other = builds.iter().find(|build| *build != failing).unwrap();
    bench.world.end_build(yard, failing, Failed).await;
    // What runs beside it ends by itself.
    let ask = async || bench.action(&id, "Lint").await["status"] == "Failed";
    while !ask().await {}
    assert_eq!(bench.execution(&id).await["status"], "InProgress");
    bench.world.end_build(yard, other, Succeeded).await;
    bench.comes_to(&id, "Failed").await;

    let build_stage = bench.stage(1).await;
    assert_eq!(build_stage["latestExecution"]["status"], "Failed");
    let error = &build_stage["actionStates"][1]["latestExecution"]["errorDetails"];
    assert_eq!(error["code"], "JobFailed");
    assert_eq!(
        error["message"],
        "Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: \
         Error while executing command: make test. Reason: exit status 1"
    );

    let retry = |mode: &str| {
        json!({"pipelineName": "p", "stageName": "Build", "pipelineExecutionId": id,
               "retryMode": mode})
    };
    assert_eq!(
        bench.ok("RetryStageExecution", retry("FAILED_ACTIONS")).await["pipelineExecutionId"],
        *id
    );
    let builds = bench.builds(3).await;
    assert_eq!(bench.stage(1).await["retryStageMetadata"]["manualStageRetryAttempt"], 1);
    let (code, _) = bench.refused("RetryStageExecution", retry("FAILED_ACTIONS")).await;
    assert_eq!(code, "StageNotRetryableException");
    bench.world.end_build(yard, &builds[2], Failed).await;
    bench.comes_to(&id, "Failed").await;

    bench.ok("RetryStageExecution", retry("ALL_ACTIONS")).await;
    let builds = bench.builds(5).await;
    bench.world.end_build(yard, &builds[3], Succeeded).await;
    bench.world.end_build(yard, &builds[4], Succeeded).await;
    let builds = bench.builds(6).await;
    bench.world.end_build(yard, &builds[5], Succeeded).await;
    bench.comes_to(&id, "Succeeded").await;
    assert_eq!(bench.actions(&id).await.len(), 1 + 2 + 1 + 2 + 1);

    let all = |range: &str| {
        json!({"pipelineName": "p", "filter": {"latestInPipelineExecution":
               {"pipelineExecutionId": id, "startTimeRange": range}}})
    };
    for (range, count) in [("All", 7), ("Latest", 4)] {
        let listed = bench.ok("ListActionExecutions", all(range)).await;
        assert_eq!(listed["actionExecutionDetails"].as_array().unwrap().len(), count, "{range}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn newer_executions_supersede_those_that_wait() {
    let bench = Bench::new().await;
    let first = bench
        .create(json!([
            source(),
            stage("Build", json!([build("Compile", None)])),
            stage("Ask", json!([approval("Ask")]))
        ]))
        .await;
    let builds = bench.builds(1).await;
    let start = async || {
        let body = bench.ok("StartPipelineExecution", json!({"name": "p"})).await;
        body["pipelineExecutionId"].as_str().unwrap().to_owned()
    };
    let second = start().await;
    let waiting = async |id: &str| {
        while bench.stage(1).await["inboundExecution"]["pipelineExecutionId"] != *id {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    waiting(&second).await;
    let third = start().await;
    bench.comes_to(&second, "Superseded").await;
    waiting(&third).await;
    // The first one is in the stage and stays.
    assert_eq!(bench.execution(&first).await["status"], "InProgress");
    assert_eq!(bench.builds(1).await.len(), 1);
    let yard = bench.yard.yard();
    bench.world.end_build(yard, &builds[0], Failed).await;
    bench.comes_to(&first, "Failed").await;
    let builds = bench.builds(2).await;
    assert!(bench.stage(1).await["inboundExecution"].is_null());
    // Another one has entered since.
    let retry = json!({"pipelineName": "p", "stageName": "Build", "pipelineExecutionId": first,
                       "retryMode": "FAILED_ACTIONS"});
    assert_eq!(
        bench.refused("RetryStageExecution", retry).await.0,
        "NotLatestPipelineExecutionException"
    );
    bench.world.end_build(yard, &builds[1], Succeeded).await;
    bench.action_waits(2, 0).await;
    let filter =
        json!({"pipelineName": "p", "filter": {"succeededInStage": {"stageName": "Build"}}});
    let listed = bench.ok("ListPipelineExecutions", filter).await;
    let listed = listed["pipelineExecutionSummaries"].as_array().unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["pipelineExecutionId"], *third);
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_transitions_hold_the_newest() {
    let bench = Bench::new().await;
    bench.world.state().prompt = true;
    let first = bench
        .create(json!([
            source(),
            stage("Ask", json!([approval("Ask")])),
            stage("Build", json!([build("Compile", None)]))
        ]))
        .await;
    bench.action_waits(1, 0).await;
    let close = json!({"pipelineName": "p", "stageName": "Ask", "transitionType": "Outbound",
                       "reason": "Not on Fridays"});
    bench.ok("DisableStageTransition", close).await;
    let closed = bench.stage(2).await["inboundTransitionState"].clone();
    assert_eq!(closed["enabled"], false);
    assert_eq!(closed["disabledReason"], "Not on Fridays");
    assert!(closed["lastChangedBy"].as_str().unwrap().ends_with(":root"));
    let approve = async || {
        let token = bench.action_waits(1, 0).await["token"].clone();
        let input = json!({
            "pipelineName": "p", "stageName": "Ask", "actionName": "Ask", "token": token,
            "result": {"summary": "", "status": "Approved"},
        });
        bench.ok("PutApprovalResult", input).await;
    };
    approve().await;
    assert_eq!(bench.stage(2).await["inboundExecution"]["pipelineExecutionId"], *first);
    let second = bench.ok("StartPipelineExecution", json!({"name": "p"})).await;
    let second = second["pipelineExecutionId"].as_str().unwrap();
    approve().await;
    bench.comes_to(&first, "Superseded").await;
    assert!(bench.world.builds().is_empty());
    let open = json!({"pipelineName": "p", "stageName": "Build", "transitionType": "Inbound"});
    bench.ok("EnableStageTransition", open).await;
    bench.comes_to(second, "Succeeded").await;
    assert_eq!(bench.world.builds().len(), 1);

    let nowhere = json!({"pipelineName": "p", "stageName": "X", "transitionType": "Inbound"});
    let (code, _) = bench.refused("EnableStageTransition", nowhere).await;
    assert_eq!(code, "StageNotFoundException");
    let last = json!({"pipelineName": "p", "stageName": "Build", "transitionType": "Outbound"});
    assert_eq!(bench.refused("EnableStageTransition", last).await.0, "ValidationException");
}

#[tokio::test(flavor = "multi_thread")]
async fn executions_are_stopped() {
    let bench = Bench::new().await;
    let mut package = build("Package", None);
    package["runOrder"] = json!(2);
    let actions = json!([build("Compile", None), package]);
    let id = bench.create(json!([source(), stage("Build", actions)])).await;
    let builds = bench.builds(1).await;
    bench.action_waits(1, 0).await;
    let stop = |id: &str, abandon: bool| json!({"pipelineName": "p", "pipelineExecutionId": id, "abandon": abandon, "reason": "Oops"});
    bench.ok("StopPipelineExecution", stop(&id, false)).await;
    assert_eq!(bench.execution(&id).await["status"], "Stopping");
    assert_eq!(bench.stage(1).await["latestExecution"]["status"], "Stopping");
    let (code, _) = bench.refused("StopPipelineExecution", stop(&id, false)).await;
    assert_eq!(code, "DuplicatedStopRequestException");
    bench.world.end_build(bench.yard.yard(), &builds[0], Succeeded).await;
    bench.comes_to(&id, "Stopped").await;
    assert_eq!(bench.stage(1).await["latestExecution"]["status"], "Stopped");
    assert_eq!(bench.latest().await["stopTrigger"]["reason"], "Oops");
    assert_eq!(bench.world.builds().len(), 1);
    let (code, _) = bench.refused("StopPipelineExecution", stop(&id, true)).await;
    assert_eq!(code, "PipelineExecutionNotStoppableException");

    // What did not run yet goes on with a retry, and is abandoned this time.
    let retry = json!({"pipelineName": "p", "stageName": "Build", "pipelineExecutionId": id,
                       "retryMode": "FAILED_ACTIONS"});
    bench.ok("RetryStageExecution", retry).await;
    bench.action_waits(1, 1).await;
    bench.ok("StopPipelineExecution", stop(&id, true)).await;
    assert_eq!(bench.execution(&id).await["status"], "Stopped");
    assert_eq!(bench.action(&id, "Package").await["status"], "Abandoned");
    // Its end changes nothing any more.
    let builds = bench.builds(2).await;
    bench.world.end_build(bench.yard.yard(), &builds[1], Succeeded).await;
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert_eq!(bench.action(&id, "Package").await["status"], "Abandoned");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_stopped_at_once() {
    let bench = Bench::new().await;
    let first = bench.create(json!([source(), stage("Ask", json!([approval("Ask")]))])).await;
    bench.action_waits(1, 0).await;
    let second = bench.ok("StartPipelineExecution", json!({"name": "p"})).await;
    let second = second["pipelineExecutionId"].as_str().unwrap();
    while bench.stage(1).await["inboundExecution"]["pipelineExecutionId"] != *second {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let stop = json!({"pipelineName": "p", "pipelineExecutionId": second});
    bench.ok("StopPipelineExecution", stop).await;
    assert_eq!(bench.execution(second).await["status"], "Stopped");
    let inbound = bench.stage(1).await["inboundExecution"].clone();
    assert_eq!(inbound["status"], "Stopped");
    let retry = json!({"pipelineName": "p", "stageName": "Ask", "pipelineExecutionId": second,
                       "retryMode": "FAILED_ACTIONS"});
    bench.refused("RetryStageExecution", retry).await;
    assert_eq!(bench.execution(&first).await["status"], "InProgress");
}

#[tokio::test(flavor = "multi_thread")]
async fn starting_twice_with_one_token_starts_once() {
    let bench = Bench::new().await;
    bench.world.state().prompt = true;
    bench.create(json!([source(), stage("Build", json!([build("Compile", None)]))])).await;
    let commit = json!([{"actionName": "Take", "revisionType": "COMMIT_ID",
                         "revisionValue": "beef000000000000000000000000000000000002"}]);
    let input = json!({"name": "p", "clientRequestToken": "t-1", "sourceRevisions": commit});
    let first = bench.ok("StartPipelineExecution", input.clone()).await;
    let again = bench.ok("StartPipelineExecution", input).await;
    assert_eq!(first, again);
    let other = json!({"name": "p", "clientRequestToken": "t-1"});
    assert_eq!(bench.refused("StartPipelineExecution", other).await.0, "ConflictException");
    let id = first["pipelineExecutionId"].as_str().unwrap();
    let execution = bench.comes_to(id, "Succeeded").await;
    assert_eq!(execution["trigger"]["triggerType"], "StartPipelineExecution");
    assert_eq!(
        execution["artifactRevisions"][0]["revisionId"],
        "beef000000000000000000000000000000000002"
    );
    for (overrides, word) in [
        (json!([{"actionName": "X", "revisionType": "COMMIT_ID", "revisionValue": "1"}]), "'X'"),
        (
            json!([{"actionName": "Take", "revisionType": "IMAGE_DIGEST", "revisionValue": "1"}]),
            "IMAGE_DIGEST",
        ),
    ] {
        let input = json!({"name": "p", "sourceRevisions": overrides});
        let (code, message) = bench.refused("StartPipelineExecution", input).await;
        assert_eq!(code, "ValidationException");
        assert!(message.contains(word), "{message}");
    }
    let variables = json!({"name": "p", "variables": [{"name": "v", "value": "1"}]});
    assert!(bench.refused("StartPipelineExecution", variables).await.1.contains("no variable 'v'"));
}

#[tokio::test(flavor = "multi_thread")]
async fn unresolved_variables_fail_the_action() {
    let bench = Bench::new().await;
    let mut compile = build("Compile", None);
    compile["configuration"]["ProjectName"] = json!("b-#{SourceVariables.Colour}");
    let id = bench.create(json!([source(), stage("Build", json!([compile]))])).await;
    bench.comes_to(&id, "Failed").await;
    let action = bench.action(&id, "Compile").await;
    let error = &action["output"]["executionResult"]["errorDetails"];
    assert_eq!(error["code"], "ConfigurationError");
    assert!(error["message"].as_str().unwrap().contains("#{SourceVariables.Colour}"));
    assert!(bench.world.builds().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn listings_have_pages() {
    let bench = Bench::new().await;
    bench.world.state().prompt = true;
    let mut ids = vec![
        bench.create(json!([source(), stage("Build", json!([build("Compile", None)]))])).await,
    ];
    bench.comes_to(&ids[0], "Succeeded").await;
    for _ in 0..2 {
        let body = bench.ok("StartPipelineExecution", json!({"name": "p"})).await;
        ids.push(body["pipelineExecutionId"].as_str().unwrap().to_owned());
        bench.comes_to(ids.last().unwrap(), "Succeeded").await;
    }
    ids.reverse();
    let mut listed = Vec::new();
    let mut token = serde_json::Value::Null;
    loop {
        let input = json!({"pipelineName": "p", "maxResults": 2, "nextToken": token});
        let page = bench.ok("ListPipelineExecutions", input).await;
        for summary in page["pipelineExecutionSummaries"].as_array().unwrap() {
            listed.push(summary["pipelineExecutionId"].as_str().unwrap().to_owned());
        }
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(listed, ids);
    let bad = json!({"pipelineName": "p", "nextToken": "abc"});
    assert_eq!(bench.refused("ListPipelineExecutions", bad).await.0, "InvalidNextTokenException");
    let unknown = json!({"pipelineName": "p",
                         "pipelineExecutionId": "00000000-0000-0000-0000-000000000000"});
    assert_eq!(
        bench.refused("GetPipelineExecution", unknown).await.0,
        "PipelineExecutionNotFoundException"
    );
}
