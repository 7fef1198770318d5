//! Executions and action executions as they were.

use api_developer::codepipeline::*;
use service::Cx;
use store::{Listing, Query, ReadTx, Stored};
use types::PageToken;
use wire::Error;

use crate::executions::of_pipeline;
use crate::model::{ActionRun, Execution, Pipeline};
use crate::pipelines::{after, not_found};
use crate::{errors, pipeline_variables};

/// Entries in a page, if the request does not tell.
pub const PAGE: usize = 100;
/// Executions that one request looks through for those that a filter lets pass.
const LOOKED_THROUGH: usize = 1000;

fn load(tx: &ReadTx<'_>, cx: &Cx, name: &str) -> Result<Pipeline, Error> {
    let pipeline = tx.get::<Pipeline>(&cx.scope(), name)?;
    pipeline.map(Stored::into_inner).ok_or_else(|| not_found(cx, name))
}

fn execution_not_found(cx: &Cx, pipeline: &str, id: &str) -> Error {
    errors::EXECUTION_NOT_FOUND.error(format!(
        "Account '{}' does not have an execution '{id}' of a pipeline with name '{pipeline}'",
        cx.account()
    ))
}

/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetPipelineExecution.html>
pub async fn get_pipeline_execution(
    cx: Cx,
    input: GetPipelineExecutionInput,
) -> Result<GetPipelineExecutionOutput, Error> {
    let (name, id) = (&input.pipeline_name, &input.pipeline_execution_id);
    let execution = cx.read(|tx| {
        let pipeline = load(tx, &cx, name)?;
        of_pipeline(tx, &cx, &pipeline, id)?.ok_or_else(|| execution_not_found(&cx, name, id))
    })?;
    Ok(GetPipelineExecutionOutput {
        pipeline_execution: Some(PipelineExecution {
            pipeline_name: Some(execution.pipeline),
            pipeline_version: Some(execution.version),
            pipeline_execution_id: Some(execution.id),
            status: Some(execution.status),
            status_summary: execution.status_summary,
            artifact_revisions: Some(execution.artifact_revisions),
            variables: pipeline_variables::shown(&execution.namespaces),
            trigger: Some(execution.trigger),
            execution_mode: Some(ExecutionMode::Superseded),
            execution_type: Some(ExecutionType::Standard),
            rollback_metadata: None,
        }),
    })
}

fn page_size(asked: Option<i32>) -> usize {
    asked.and_then(|it| usize::try_from(it).ok()).unwrap_or(PAGE)
}

/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListPipelineExecutions.html>
pub async fn list_pipeline_executions(
    cx: Cx,
    input: ListPipelineExecutionsInput,
) -> Result<ListPipelineExecutionsOutput, Error> {
    let filter = input.filter.and_then(|it| it.succeeded_in_stage);
    let stage = filter.and_then(|it| it.stage_name);
    let listing = format!(
        "ListPipelineExecutions {} {}",
        input.pipeline_name,
        stage.as_deref().unwrap_or_default()
    );
    let after = after(&listing, input.next_token.as_deref())?;
    let limit = page_size(input.max_results);
    let page = cx.read(|tx| {
        let pipeline = load(tx, &cx, &input.pipeline_name)?;
        match &stage {
            None => executions(tx, &cx, &pipeline, limit, after),
            Some(stage) => succeeded_in(tx, &cx, &pipeline, stage, limit, after),
        }
    })?;
    Ok(ListPipelineExecutionsOutput {
        pipeline_execution_summaries: Some(page.items.into_iter().map(summary).collect()),
        next_token: page.next.map(|next| PageToken::encode(&listing, &next)),
    })
}

fn executions(
    tx: &ReadTx<'_>,
    cx: &Cx,
    pipeline: &Pipeline,
    limit: usize,
    after: Option<String>,
) -> Result<Listing<Execution>, Error> {
    let query = Query::first(limit).after(after).reversed();
    Ok(tx.by_index(&cx.scope(), "pipeline", &pipeline.uid, &query)?)
}

/// The executions that a filter lets pass. A page may be short of its limit and another follow.
fn succeeded_in(
    tx: &ReadTx<'_>,
    cx: &Cx,
    pipeline: &Pipeline,
    stage: &str,
    limit: usize,
    mut after: Option<String>,
) -> Result<Listing<Execution>, Error> {
    let mut items = Vec::new();
    for _ in 0..LOOKED_THROUGH {
        let mut page = executions(tx, cx, pipeline, 1, after)?;
        let succeeded = |run: &crate::model::StageRun| {
            run.name == stage && run.status == StageExecutionStatus::Succeeded
        };
        page.items.retain(|execution| execution.stages.iter().any(succeeded));
        items.append(&mut page.items);
        after = page.next;
        if after.is_none() || items.len() == limit {
            break;
        }
    }
    Ok(Listing { items, next: after })
}

fn summary(execution: Stored<Execution>) -> PipelineExecutionSummary {
    let execution = execution.into_inner();
    let stopped = execution.stop_requested;
    PipelineExecutionSummary {
        pipeline_execution_id: Some(execution.id),
        status: Some(execution.status),
        status_summary: execution.status_summary,
        start_time: Some(execution.started),
        last_update_time: Some(execution.updated),
        source_revisions: Some(execution.source_revisions),
        trigger: Some(execution.trigger),
        stop_trigger: stopped.then_some(StopExecutionTrigger { reason: execution.stop_reason }),
        execution_mode: Some(ExecutionMode::Superseded),
        execution_type: Some(ExecutionType::Standard),
        rollback_metadata: None,
    }
}

/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListActionExecutions.html>
pub async fn list_action_executions(
    cx: Cx,
    input: ListActionExecutionsInput,
) -> Result<ListActionExecutionsOutput, Error> {
    let filter = input.filter.unwrap_or_default();
    let latest = filter.latest_in_pipeline_execution;
    if latest.is_some() && filter.pipeline_execution_id.is_some() {
        return Err(errors::VALIDATION.error(
            "Only one of pipelineExecutionId and latestInPipelineExecution may be given in filter",
        ));
    }
    let only_latest =
        latest.as_ref().is_some_and(|it| it.start_time_range == StartTimeRange::Latest);
    let execution = filter.pipeline_execution_id.or(latest.map(|it| it.pipeline_execution_id));
    let listing = format!(
        "ListActionExecutions {} {} {only_latest}",
        input.pipeline_name,
        execution.as_deref().unwrap_or_default()
    );
    let after = after(&listing, input.next_token.as_deref())?;
    let query = Query::first(page_size(input.max_results)).after(after).reversed();
    let page = cx.read(|tx| {
        let pipeline = load(tx, &cx, &input.pipeline_name)?;
        let scope = cx.scope();
        let Some(id) = &execution else {
            return Ok(tx.by_index::<ActionRun>(&scope, "pipeline", &pipeline.uid, &query)?);
        };
        let Some(execution) = of_pipeline(tx, &cx, &pipeline, id)? else {
            return Err(execution_not_found(&cx, &pipeline.name, id));
        };
        let mut page = tx.by_index::<ActionRun>(&scope, "execution", id, &query)?;
        if only_latest {
            let known = |run: &Stored<ActionRun>| {
                let actions = execution.stages.iter().flat_map(|stage| &stage.actions);
                actions.into_iter().any(|action| action.id == run.id)
            };
            page.items.retain(known);
        }
        Ok(page)
    })?;
    Ok(ListActionExecutionsOutput {
        action_execution_details: Some(page.items.into_iter().map(detail).collect()),
        next_token: page.next.map(|next| PageToken::encode(&listing, &next)),
    })
}

fn detail(run: Stored<ActionRun>) -> ActionExecutionDetail {
    let run = run.into_inner();
    let ended = run.status != ActionExecutionStatus::InProgress;
    let succeeded = run.status == ActionExecutionStatus::Succeeded;
    ActionExecutionDetail {
        pipeline_execution_id: Some(run.execution_id),
        action_execution_id: Some(run.id),
        pipeline_version: Some(run.version),
        stage_name: Some(run.stage),
        action_name: Some(run.name),
        start_time: Some(run.started),
        last_update_time: Some(run.updated),
        updated_by: run.updated_by,
        status: Some(run.status),
        input: Some(ActionExecutionInput {
            action_type_id: Some(run.action_type),
            configuration: Some(run.configuration),
            resolved_configuration: Some(run.resolved),
            role_arn: run.role_arn,
            region: run.region,
            input_artifacts: Some(run.inputs),
            namespace: run.namespace,
        }),
        output: (ended || run.external_id.is_some()).then_some(ActionExecutionOutput {
            output_artifacts: Some(if succeeded { run.outputs } else { Vec::new() }),
            execution_result: Some(ActionExecutionResult {
                external_execution_id: run.external_id,
                external_execution_summary: run.summary,
                external_execution_url: run.external_url,
                error_details: run.error,
                log_stream_arn: None,
            }),
            output_variables: Some(run.output_variables),
        }),
    }
}
