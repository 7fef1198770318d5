//! Creating, updating, reading and deleting pipelines, and what else is kept of them.

use serde_json::{Value, json};
use store::{Key, Range};

use crate::support::{Bench, approval, build, source, stage};

fn stages() -> Value {
    json!([source(), stage("Ask", json!([approval("Ask")]))])
}

#[tokio::test(flavor = "multi_thread")]
async fn pipelines_have_versions() {
    let bench = Bench::new().await;
    let pipeline = bench.pipeline(stages());
    let created = bench.ok("CreatePipeline", json!({"pipeline": pipeline})).await;
    assert_eq!(created["pipeline"]["version"], 1);
    assert_eq!(created["pipeline"]["pipelineType"], "V1");
    let (code, message) = bench.refused("CreatePipeline", json!({"pipeline": pipeline})).await;
    assert_eq!(code, "PipelineNameInUseException");
    assert!(message.contains("'p'") && message.contains("123456789012"), "{message}");

    let mut changed = bench.pipeline(stages());
    changed["stages"][1]["name"] = json!("AskAgain");
    let updated = bench.ok("UpdatePipeline", json!({"pipeline": changed})).await;
    assert_eq!(updated["pipeline"]["version"], 2);
    let newest = bench.ok("GetPipeline", json!({"name": "p"})).await;
    assert_eq!(newest["pipeline"], updated["pipeline"]);
    assert_eq!(newest["metadata"]["pipelineArn"], "arn:aws:codepipeline:us-east-1:123456789012:p");
    let first = bench.ok("GetPipeline", json!({"name": "p", "version": 1})).await;
    assert_eq!(first["pipeline"], created["pipeline"]);
    let (code, _) = bench.refused("GetPipeline", json!({"name": "p", "version": 3})).await;
    assert_eq!(code, "PipelineVersionNotFoundException");
    let listed = bench.ok("ListPipelines", json!({})).await;
    assert_eq!(listed["pipelines"][0]["name"], "p");
    assert_eq!(listed["pipelines"][0]["version"], 2);
    for operation in ["GetPipeline", "GetPipelineState", "StartPipelineExecution"] {
        let (code, _) = bench.refused(operation, json!({"name": "x"})).await;
        assert_eq!(code, "PipelineNotFoundException", "{operation}");
    }
    let mut unknown = bench.pipeline(stages());
    unknown["name"] = json!("x");
    let (code, _) = bench.refused("UpdatePipeline", json!({"pipeline": unknown})).await;
    assert_eq!(code, "PipelineNotFoundException");
}

#[tokio::test(flavor = "multi_thread")]
async fn updates_cancel_only_what_they_change() {
    let bench = Bench::new().await;
    let id = bench.create(stages()).await;
    bench.action_waits(1, 0).await;
    // Nothing changes that the execution has still before it.
    let mut earlier = stages();
    earlier[0]["actions"][0]["configuration"]["BranchName"] = json!("other");
    bench.ok("UpdatePipeline", json!({"pipeline": bench.pipeline(earlier)})).await;
    assert_eq!(bench.execution(&id).await["status"], "InProgress");
    assert_eq!(bench.execution(&id).await["pipelineVersion"], 1);
    let mut later = stages();
    later[1]["actions"][0]["configuration"] = json!({"CustomData": "x"});
    bench.ok("UpdatePipeline", json!({"pipeline": bench.pipeline(later)})).await;
    let execution = bench.execution(&id).await;
    assert_eq!(execution["status"], "Cancelled");
    assert!(execution["statusSummary"].as_str().unwrap().contains("updated"));
    assert_eq!(bench.stage(1).await["latestExecution"]["status"], "Cancelled");
}

/// All that the service keeps.
fn documents(bench: &Bench) -> usize {
    let kinds = Range::prefix(Key::new().text_prefix("codepipeline."));
    bench.yard.yard().read(|tx| Ok(tx.scan_raw("doc", &kinds)?.len())).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_pipeline_leaves_nothing() {
    let bench = Bench::new().await;
    let id = bench.create(stages()).await;
    bench.action_waits(1, 0).await;
    assert!(documents(&bench) >= 5);
    bench.ok("DeletePipeline", json!({"name": "p"})).await;
    bench.ok("DeletePipeline", json!({"name": "p"})).await;
    while documents(&bench) > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert_eq!(bench.ok("ListPipelines", json!({})).await["pipelines"], json!([]));
    let again = bench.create(stages()).await;
    let listed = bench.ok("ListPipelineExecutions", json!({"pipelineName": "p"})).await;
    assert_eq!(listed["pipelineExecutionSummaries"].as_array().unwrap().len(), 1);
    assert_ne!(id, again);
    let old = json!({"pipelineName": "p", "pipelineExecutionId": id});
    let (code, _) = bench.refused("GetPipelineExecution", old).await;
    assert_eq!(code, "PipelineExecutionNotFoundException");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_supported_is_refused_at_the_door() {
    let bench = Bench::new().await;
    let mut lambda = build("Call", None);
    lambda["actionTypeId"]["category"] = json!("Invoke");
    lambda["actionTypeId"]["provider"] = json!("Lambda");
    let pipeline = bench.pipeline(json!([source(), stage("Call", json!([lambda]))]));
    let (code, message) = bench.refused("CreatePipeline", json!({"pipeline": pipeline})).await;
    assert_eq!(code, "InvalidActionDeclarationException");
    assert!(message.contains("Lambda") && message.contains("not supported"), "{message}");
    let mut pipeline = bench.pipeline(stages());
    pipeline["name"] = json!("no spaces");
    let (code, message) = bench.refused("CreatePipeline", json!({"pipeline": pipeline})).await;
    assert_eq!(code, "ValidationException");
    assert!(message.contains("pipeline.name"), "{message}");
    let mut pipeline = bench.pipeline(stages());
    pipeline["roleArn"] = json!("arn:aws:iam::123456789012:role/nobody");
    let (code, message) = bench.refused("CreatePipeline", json!({"pipeline": pipeline})).await;
    assert_eq!(code, "InvalidStructureException");
    assert!(message.contains("AssumeRole"), "{message}");
    let rollback = json!({"pipelineName": "p", "stageName": "s", "targetPipelineExecutionId": "x"});
    let (status, body) = bench.call("RollbackStage", rollback).await;
    assert_eq!(status, 501, "{body}");
    assert!(body.to_string().contains("RollbackStage"), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_are_kept() {
    let bench = Bench::new().await;
    let tags = json!([{"key": "b", "value": "2"}, {"key": "a", "value": "1"}]);
    let input = json!({"pipeline": bench.pipeline(stages()), "tags": tags});
    bench.ok("CreatePipeline", input).await;
    let arn = "arn:aws:codepipeline:us-east-1:123456789012:p";
    bench
        .ok("TagResource", json!({"resourceArn": arn, "tags": [{"key": "b", "value": "3"}]}))
        .await;
    bench.ok("UntagResource", json!({"resourceArn": arn, "tagKeys": ["a", "z"]})).await;
    let listed = bench.ok("ListTagsForResource", json!({"resourceArn": arn})).await;
    assert_eq!(listed["tags"], json!([{"key": "b", "value": "3"}]));
    let reserved = json!({"resourceArn": arn, "tags": [{"key": "aws:x", "value": ""}]});
    assert_eq!(bench.refused("TagResource", reserved).await.0, "InvalidTagsException");
    let many: Vec<Value> =
        (0..50).map(|at| json!({"key": format!("k{at}"), "value": ""})).collect();
    let many = json!({"resourceArn": arn, "tags": many});
    assert_eq!(bench.refused("TagResource", many).await.0, "TooManyTagsException");
    let other = json!({"resourceArn": "arn:aws:codepipeline:us-east-1:123456789012:q"});
    assert_eq!(bench.refused("ListTagsForResource", other).await.0, "ResourceNotFoundException");
    let foreign = json!({"resourceArn": "arn:aws:codepipeline:eu-west-1:123456789012:p"});
    assert_eq!(bench.refused("ListTagsForResource", foreign).await.0, "InvalidArnException");
}

#[tokio::test(flavor = "multi_thread")]
async fn action_types_are_listed() {
    let bench = Bench::new().await;
    let listed = bench.ok("ListActionTypes", json!({})).await;
    let listed = listed["actionTypes"].as_array().unwrap();
    assert_eq!(listed.len(), 8);
    for kind in listed {
        let found = bench.ok("GetActionType", kind["id"].clone()).await;
        assert_eq!(found["actionType"]["id"], kind["id"]);
    }
    let none = bench.ok("ListActionTypes", json!({"actionOwnerFilter": "Custom"})).await;
    assert_eq!(none["actionTypes"], json!([]));
    let lambda =
        json!({"category": "Invoke", "owner": "AWS", "provider": "Lambda", "version": "1"});
    assert_eq!(bench.refused("GetActionType", lambda).await.0, "ActionTypeNotFoundException");
}
