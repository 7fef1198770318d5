//! The variables of a pipeline itself.

use serde_json::{Value, json};

use crate::support::{Bench, approval, source, stage};

/// A V2 pipeline of these variables, whose approval tells two of them.
fn pipeline(bench: &Bench, variables: Value) -> Value {
    let mut ask = approval("Ask");
    ask["configuration"] = json!({"CustomData": "#{variables.Where} at #{variables.When}"});
    let mut pipeline = bench.pipeline(json!([source(), stage("Ask", json!([ask]))]));
    pipeline["pipelineType"] = json!("V2");
    pipeline["variables"] = variables;
    pipeline
}

fn declared() -> Value {
    json!([{"name": "Where", "defaultValue": "staging"}, {"name": "When", "defaultValue": "noon"}])
}

/// What the approval of an execution was asked.
async fn asked(bench: &Bench, id: &str) -> Value {
    let waits = async || bench.stage(1).await["latestExecution"]["pipelineExecutionId"] == id;
    while !waits().await {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    bench.action_waits(1, 0).await;
    bench.action(id, "Ask").await["input"]["resolvedConfiguration"]["CustomData"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_have_defaults_and_are_given_at_the_start() {
    let bench = Bench::new().await;
    bench.ok("CreatePipeline", json!({"pipeline": pipeline(&bench, declared())})).await;
    let first = bench.latest().await["pipelineExecutionId"].as_str().unwrap().to_owned();
    assert_eq!(asked(&bench, &first).await, "staging at noon");
    let stop = json!({"pipelineName": "p", "pipelineExecutionId": first, "abandon": true});
    bench.ok("StopPipelineExecution", stop).await;

    let start = |value: &str| {
        json!({"name": "p", "clientRequestToken": "once",
               "variables": [{"name": "Where", "value": value}]})
    };
    let started = bench.ok("StartPipelineExecution", start("production")).await;
    assert_eq!(bench.ok("StartPipelineExecution", start("production")).await, started);
    let (code, _) = bench.refused("StartPipelineExecution", start("moon")).await;
    assert_eq!(code, "ConflictException");
    let id = started["pipelineExecutionId"].as_str().unwrap();
    assert_eq!(asked(&bench, id).await, "production at noon");
    assert_eq!(
        bench.execution(id).await["variables"],
        json!([{"name": "When", "resolvedValue": "noon"},
               {"name": "Where", "resolvedValue": "production"}])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_declared_or_has_no_value_is_refused() {
    let bench = Bench::new().await;
    let mut first = pipeline(&bench, declared());
    first["pipelineType"] = json!("V1");
    let twice = json!([{"name": "Where"}, {"name": "When"}, {"name": "Where"}]);
    let cases = [
        (first, "InvalidStructureException", "only V2 pipelines"),
        (pipeline(&bench, twice), "InvalidStructureException", "more than once"),
        (
            pipeline(&bench, json!([{"name": "Where"}])),
            "InvalidActionDeclarationException",
            "does not declare",
        ),
    ];
    for (pipeline, code, why) in cases {
        let refused = bench.refused("CreatePipeline", json!({"pipeline": pipeline})).await;
        assert!(refused.0 == code && refused.1.contains(why), "{refused:?}");
    }

    let variables = json!([{"name": "Where"}, {"name": "When", "defaultValue": "noon"}]);
    bench.ok("CreatePipeline", json!({"pipeline": pipeline(&bench, variables)})).await;
    // Nobody gave the first execution a value: the action that reads it says so.
    let id = bench.latest().await["pipelineExecutionId"].as_str().unwrap().to_owned();
    bench.comes_to(&id, "Failed").await;
    let error = bench.action(&id, "Ask").await["output"]["executionResult"]["errorDetails"].clone();
    assert!(error["message"].as_str().unwrap().contains("#{variables.Where}"), "{error}");
    let other = json!([{"name": "Where", "value": "a"}, {"name": "Other", "value": "b"}]);
    let twice = json!([{"name": "Where", "value": "a"}, {"name": "Where", "value": "b"}]);
    for (given, why) in [
        (json!([{"name": "When", "value": "now"}]), "none was given: Where"),
        (other, "declares no variable 'Other'"),
        (twice, "given twice"),
    ] {
        let input = json!({"name": "p", "variables": given});
        let (code, message) = bench.refused("StartPipelineExecution", input).await;
        assert!(code == "ValidationException" && message.contains(why), "{code}: {message}");
    }
}
