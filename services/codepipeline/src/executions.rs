//! Starting, stopping and retrying executions.

use api_developer::codepipeline::*;
use service::Cx;
use store::{Query, ReadTx, Stored};
use wire::Error;

use crate::catalog::{self, Provider};
use crate::errors;
use crate::flow::{Flow, Start};
use crate::model::{Execution, Pipeline};
use crate::pipeline_variables;
use crate::variables::VARIABLES_NAMESPACE;

/// The principal in whose name rules of EventBridge start pipelines.
const EVENTS: &str = "events.amazonaws.com";

/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StartPipelineExecution.html>
pub async fn start_pipeline_execution(
    cx: Cx,
    input: StartPipelineExecutionInput,
) -> Result<StartPipelineExecutionOutput, Error> {
    let inner = cx.clone();
    let id = cx
        .write(move |tx| {
            let mut flow = Flow::of_request(tx, &inner, &input.name)?;
            if let Some(token) = &input.client_request_token
                && let Some(known) = by_token(tx, &inner, flow.pipeline(), token)?
            {
                return same_request(&known, &input);
            }
            let overrides = input.source_revisions.clone().unwrap_or_default();
            check_overrides(&flow.pipeline().declaration, &overrides)?;
            let given = input.variables.as_deref().unwrap_or_default();
            let variables = pipeline_variables::resolve(&flow.pipeline().declaration, given)?;
            let token = input.client_request_token.clone();
            let trigger = trigger(&inner);
            let id = flow.start(tx, Start { trigger, token, overrides, variables })?;
            flow.run(tx)?;
            Ok(id)
        })
        .await?;
    Ok(StartPipelineExecutionOutput { pipeline_execution_id: Some(id) })
}

fn trigger(cx: &Cx) -> ExecutionTrigger {
    let by_rule = cx.origin().depth > 0 && cx.origin().user_agent == EVENTS;
    let kind =
        if by_rule { TriggerType::CloudWatchEvent } else { TriggerType::StartPipelineExecution };
    ExecutionTrigger { trigger_type: Some(kind), trigger_detail: Some(cx.caller().arn.clone()) }
}

fn by_token(
    tx: &ReadTx<'_>,
    cx: &Cx,
    pipeline: &Pipeline,
    token: &str,
) -> Result<Option<Stored<Execution>>, Error> {
    let value = format!("{}/{token}", pipeline.uid);
    let found = tx.by_index::<Execution>(&cx.scope(), "token", &value, &Query::first(1))?;
    Ok(found.items.into_iter().next())
}

/// A repeated request gets the execution that the first one started.
fn same_request(known: &Execution, input: &StartPipelineExecutionInput) -> Result<String, Error> {
    let other = |what: &str| {
        let why = format!("The clientRequestToken was used before in a request with other {what}");
        Err(errors::CONFLICT.error(why))
    };
    if known.overrides != input.source_revisions.as_deref().unwrap_or_default() {
        return other("source revisions");
    }
    let had = known.namespaces.get(VARIABLES_NAMESPACE);
    let has = |given: &PipelineVariable| {
        had.and_then(|values| values.get(&given.name)) == Some(&given.value)
    };
    match input.variables.iter().flatten().all(has) {
        true => Ok(known.id.clone()),
        false => other("variables"),
    }
}

fn check_overrides(
    declaration: &PipelineDeclaration,
    overrides: &[SourceRevisionOverride],
) -> Result<(), Error> {
    for (at, given) in overrides.iter().enumerate() {
        let invalid =
            |why: String| Err(errors::VALIDATION.error(format!("Source revision override {why}")));
        let name = &given.action_name;
        if overrides.iter().take(at).any(|other| other.action_name == *name) {
            return invalid(format!("for action '{name}' is given twice"));
        }
        let sources = declaration.stages.iter().take(1).flat_map(|stage| &stage.actions);
        let Some(action) = sources.into_iter().find(|action| action.name == *name) else {
            return invalid(format!("names '{name}', which is no source action of the pipeline"));
        };
        let provider = catalog::find(&action.action_type_id).map(|kind| kind.provider);
        let allows_keys = || {
            let configured = action.configuration.as_ref()?.get("AllowOverrideForS3ObjectKey")?;
            Some(configured == "true")
        };
        match (provider, given.revision_type) {
            (Some(Provider::CodeCommit | Provider::Connection), SourceRevisionType::CommitId)
            | (Some(Provider::S3Source), SourceRevisionType::S3ObjectVersionId) => {}
            (Some(Provider::S3Source), SourceRevisionType::S3ObjectKey)
                if allows_keys() == Some(true) => {}
            (Some(Provider::S3Source), SourceRevisionType::S3ObjectKey) => {
                return invalid(format!(
                    "for action '{name}' gives an object key, which needs \
                     AllowOverrideForS3ObjectKey"
                ));
            }
            (_, kind) => {
                return invalid(format!(
                    "for action '{name}' has the type {kind}, which does not \
                                        fit the action"
                ));
            }
        }
    }
    Ok(())
}

/// The execution, if it is one of the pipeline.
pub fn of_pipeline(
    tx: &ReadTx<'_>,
    cx: &Cx,
    pipeline: &Pipeline,
    id: &str,
) -> Result<Option<Execution>, Error> {
    let found = tx.get::<Execution>(&cx.scope(), id)?;
    Ok(found.map(Stored::into_inner).filter(|it| it.pipeline_uid == pipeline.uid))
}

/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StopPipelineExecution.html>
pub async fn stop_pipeline_execution(
    cx: Cx,
    input: StopPipelineExecutionInput,
) -> Result<StopPipelineExecutionOutput, Error> {
    let id = input.pipeline_execution_id.clone();
    let inner = cx.clone();
    cx.write(move |tx| {
        let mut flow = Flow::of_request(tx, &inner, &input.pipeline_name)?;
        let id = &input.pipeline_execution_id;
        let abandon = input.abandon.unwrap_or_default();
        let Some(at) = flow.executions().iter().position(|it| it.execution.id == *id) else {
            return Err(match of_pipeline(tx, &inner, flow.pipeline(), id)? {
                Some(execution) => errors::EXECUTION_NOT_STOPPABLE.error(format!(
                    "The pipeline execution {id} cannot be stopped: its status is {}",
                    execution.status
                )),
                None => errors::EXECUTION_NOT_STOPPABLE.error(format!(
                    "Unable to find a pipeline execution with ID {id} in pipeline {}",
                    input.pipeline_name
                )),
            });
        };
        let stopping = flow.executions().get(at).is_some_and(|it| it.execution.stop_requested);
        if stopping && !abandon {
            return Err(errors::DUPLICATED_STOP_REQUEST.error(format!(
                "The pipeline execution {id} is already in a Stopping state. To abandon its \
                 in-progress actions, stop it with abandon"
            )));
        }
        flow.stop(tx, at, input.reason.clone(), abandon)?;
        flow.run(tx)?;
        Ok(())
    })
    .await?;
    Ok(StopPipelineExecutionOutput { pipeline_execution_id: Some(id) })
}

/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_RetryStageExecution.html>
pub async fn retry_stage_execution(
    cx: Cx,
    input: RetryStageExecutionInput,
) -> Result<RetryStageExecutionOutput, Error> {
    let id = input.pipeline_execution_id.clone();
    let inner = cx.clone();
    cx.write(move |tx| {
        let mut flow = Flow::of_request(tx, &inner, &input.pipeline_name)?;
        let execution = retryable(tx, &inner, flow.pipeline(), &input)?;
        let at = flow.take_in(tx, execution)?;
        flow.retry(tx, at, input.retry_mode == StageRetryMode::AllActions)?;
        flow.run(tx)?;
        Ok(())
    })
    .await?;
    Ok(RetryStageExecutionOutput { pipeline_execution_id: Some(id) })
}

/// The execution, if its stage can be retried.
fn retryable(
    tx: &ReadTx<'_>,
    cx: &Cx,
    pipeline: &Pipeline,
    input: &RetryStageExecutionInput,
) -> Result<Execution, Error> {
    let RetryStageExecutionInput { stage_name, pipeline_execution_id: id, .. } = input;
    let Some(stage) = crate::plan::stage_of(&pipeline.declaration, stage_name) else {
        return Err(stage_not_found(pipeline, stage_name));
    };
    let not_retryable = |why: &str| {
        errors::STAGE_NOT_RETRYABLE.error(format!(
            "Stage {stage_name} of pipeline execution {id} cannot be retried: {why}"
        ))
    };
    let execution = of_pipeline(tx, cx, pipeline, id)?
        .ok_or_else(|| not_retryable("the pipeline has no such execution"))?;
    let latest = pipeline.stages.get(stage_name).and_then(|record| record.latest.as_ref());
    if latest.is_some_and(|latest| latest.execution_id != *id) {
        return Err(errors::NOT_LATEST_EXECUTION.error(format!(
            "The pipeline execution {id} is not the latest one in stage {stage_name}"
        )));
    }
    let ended = matches!(
        execution.status,
        PipelineExecutionStatus::Failed | PipelineExecutionStatus::Stopped
    );
    if !ended || !execution.entered || execution.stage != *stage_name {
        return Err(not_retryable("it has no failed actions there"));
    }
    let key = crate::model::PipelineVersion::key_of(&pipeline.uid, execution.version);
    let version = tx.get::<crate::model::PipelineVersion>(&cx.scope(), &key)?;
    let executed =
        version.as_ref().and_then(|it| crate::plan::stage_of(&it.declaration, stage_name));
    if executed != Some(stage) {
        return Err(not_retryable("the pipeline's structure has changed"));
    }
    Ok(execution)
}

/// The error for a stage that a pipeline does not have.
pub fn stage_not_found(pipeline: &Pipeline, stage: &str) -> Error {
    errors::STAGE_NOT_FOUND
        .error(format!("Stage '{stage}' does not exist in pipeline '{}'", pipeline.name))
}
