//! What the service tells EventBridge.
//!
//! After [Monitoring CodePipeline events](https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html).

use serde_json::{Map, Value, json};
use shape::{Shape, Timestamp};
use store::Event;
use types::{Arn, Scope};

use crate::model::{ActionRun, Execution};

/// Detail type of changes of executions.
pub const PIPELINE: &str = "CodePipeline Pipeline Execution State Change";
/// Detail type of changes of stages.
pub const STAGE: &str = "CodePipeline Stage Execution State Change";
/// Detail type of changes of actions.
pub const ACTION: &str = "CodePipeline Action Execution State Change";

/// An execution has come into that state.
pub fn pipeline(scope: &Scope, now: Timestamp, execution: &Execution, state: &str) -> Event {
    let mut detail = common(execution, state);
    if state == "STARTED" {
        let trigger = &execution.trigger;
        detail.insert(
            "execution-trigger".to_owned(),
            json!({
                "trigger-type": trigger.trigger_type.map(|it| it.as_str()),
                "trigger-detail": trigger.trigger_detail,
            }),
        );
    }
    if let Some(reason) = execution.stop_reason.as_ref().filter(|_| state.starts_with("STOP")) {
        detail.insert("stop-execution-comments".to_owned(), Value::from(reason.clone()));
    }
    event(scope, now, PIPELINE, &execution.pipeline, detail)
}

/// An execution has come into that state in a stage.
pub fn stage(
    scope: &Scope,
    now: Timestamp,
    execution: &Execution,
    stage: &str,
    state: &str,
) -> Event {
    let mut detail = common(execution, state);
    detail.insert("stage".to_owned(), Value::from(stage));
    event(scope, now, STAGE, &execution.pipeline, detail)
}

/// An action has come into that state.
pub fn action(
    scope: &Scope,
    now: Timestamp,
    execution: &Execution,
    run: &ActionRun,
    state: &str,
) -> Event {
    let mut detail = common(execution, state);
    let id = &run.action_type;
    detail.insert("stage".to_owned(), Value::from(run.stage.clone()));
    detail.insert("action".to_owned(), Value::from(run.name.clone()));
    detail.insert("region".to_owned(), Value::from(scope.region.as_str()));
    detail.insert("action-execution-id".to_owned(), Value::from(run.id.clone()));
    detail.insert(
        "type".to_owned(),
        json!({
            "owner": id.owner.as_str(),
            "provider": id.provider,
            "category": id.category.as_str(),
            "version": id.version,
        }),
    );
    for (name, artifacts) in [("input-artifacts", &run.inputs), ("output-artifacts", &run.outputs)]
    {
        let shown = name == "input-artifacts" || state == "SUCCEEDED";
        if shown && !artifacts.is_empty() {
            let artifacts = artifacts.iter().map(|it| shape::json::to_value(it as &dyn Shape));
            detail.insert(name.to_owned(), artifacts.collect());
        }
    }
    let result = result(run);
    if state != "STARTED" && !result.is_empty() {
        detail.insert("execution-result".to_owned(), Value::Object(result));
    }
    event(scope, now, ACTION, &run.pipeline, detail)
}

fn result(run: &ActionRun) -> Map<String, Value> {
    let code = run.error.as_ref().and_then(|error| error.code.clone());
    let members = [
        ("external-execution-url", run.external_url.clone()),
        ("external-execution-summary", run.summary.clone()),
        ("external-execution-id", run.external_id.clone()),
        ("error-code", code),
    ];
    members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?))))
        .collect()
}

fn common(execution: &Execution, state: &str) -> Map<String, Value> {
    let retries: i32 = execution.stages.iter().map(|run| run.retries).sum();
    let mut detail = Map::new();
    detail.insert("pipeline".to_owned(), Value::from(execution.pipeline.clone()));
    detail.insert("execution-id".to_owned(), Value::from(execution.id.clone()));
    detail.insert("start-time".to_owned(), Value::from(execution.started.iso8601_millis()));
    detail.insert("state".to_owned(), Value::from(state));
    detail.insert("version".to_owned(), Value::from(execution.version));
    detail.insert("pipeline-execution-attempt".to_owned(), Value::from(retries + 1));
    detail
}

fn event(
    scope: &Scope,
    now: Timestamp,
    detail_type: &str,
    pipeline: &str,
    detail: Map<String, Value>,
) -> Event {
    let (region, account) = (scope.region.as_str(), scope.account.as_str());
    Event {
        id: types::uuid(),
        source: "aws.codepipeline".to_owned(),
        detail_type: detail_type.to_owned(),
        account: account.to_owned(),
        region: region.to_owned(),
        time: now,
        resources: vec![Arn::new("codepipeline", region, account, pipeline).to_string()],
        detail: Value::Object(detail),
    }
}
