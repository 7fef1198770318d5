//! How a pipeline stands.

use api_developer::codepipeline::*;
use service::Cx;
use store::ReadTx;
use wire::Error;

use crate::model::{ActionRun, Pipeline, StageRecord, StageVisit};
use crate::pipelines::not_found;

/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetPipelineState.html>
pub async fn get_pipeline_state(
    cx: Cx,
    input: GetPipelineStateInput,
) -> Result<GetPipelineStateOutput, Error> {
    cx.read(|tx| {
        let pipeline = tx.get::<Pipeline>(&cx.scope(), &input.name)?;
        let pipeline = pipeline.ok_or_else(|| not_found(&cx, &input.name))?.into_inner();
        let stages = pipeline.declaration.stages.iter();
        let stages: Result<Vec<_>, Error> =
            stages.map(|stage| stage_state(tx, &cx, &pipeline, stage)).collect();
        Ok(GetPipelineStateOutput {
            pipeline_name: Some(pipeline.name.clone()),
            pipeline_version: Some(pipeline.version),
            stage_states: Some(stages?),
            created: Some(pipeline.created),
            updated: Some(pipeline.updated),
        })
    })
}

fn stage_state(
    tx: &ReadTx<'_>,
    cx: &Cx,
    pipeline: &Pipeline,
    stage: &StageDeclaration,
) -> Result<StageState, Error> {
    let never = StageRecord::default();
    let record = pipeline.stages.get(&stage.name).unwrap_or(&never);
    let inbound = record.inbound.as_ref().map(visit);
    let actions: Result<Vec<_>, Error> =
        stage.actions.iter().map(|it| action_state(tx, cx, pipeline, &stage.name, it)).collect();
    Ok(StageState {
        stage_name: Some(stage.name.clone()),
        inbound_executions: Some(inbound.clone().into_iter().collect()),
        inbound_execution: inbound,
        inbound_transition_state: Some(transition_state(pipeline, &stage.name)),
        action_states: Some(actions?),
        latest_execution: record.latest.as_ref().map(visit),
        retry_stage_metadata: (record.retries > 0).then_some(RetryStageMetadata {
            auto_stage_retry_attempt: None,
            manual_stage_retry_attempt: Some(record.retries),
            latest_retry_trigger: Some(RetryTrigger::ManualStageRetry),
        }),
    })
}

fn visit(visit: &StageVisit) -> StageExecution {
    StageExecution {
        pipeline_execution_id: visit.execution_id.clone(),
        status: visit.status,
        kind: Some(ExecutionType::Standard),
    }
}

fn transition_state(pipeline: &Pipeline, stage: &str) -> TransitionState {
    match pipeline.transitions.get(stage) {
        None => TransitionState { enabled: Some(true), ..TransitionState::default() },
        Some(transition) => TransitionState {
            enabled: Some(!transition.disabled),
            last_changed_by: Some(transition.changed_by.clone()),
            last_changed_at: Some(transition.changed_at),
            disabled_reason: transition.reason.clone(),
        },
    }
}

fn action_state(
    tx: &ReadTx<'_>,
    cx: &Cx,
    pipeline: &Pipeline,
    stage: &str,
    action: &ActionDeclaration,
) -> Result<ActionState, Error> {
    let name = Some(action.name.clone());
    let key = format!("{stage}/{}", action.name);
    let run = match pipeline.actions.get(&key) {
        Some(id) => tx.get::<ActionRun>(&cx.scope(), id)?,
        None => None,
    };
    let Some(run) = run.map(store::Stored::into_inner) else {
        return Ok(ActionState { action_name: name, ..ActionState::default() });
    };
    let revision = run.revision.as_ref().and_then(|it| it.revision_id.clone());
    let open_approval = run.status == ActionExecutionStatus::InProgress;
    Ok(ActionState {
        action_name: name,
        current_revision: revision
            .map(|revision_id| ActionRevision { revision_id, ..ActionRevision::default() }),
        entity_url: run.configured("ExternalEntityLink").map(str::to_owned),
        revision_url: run.revision.as_ref().and_then(|it| it.revision_url.clone()),
        latest_execution: Some(ActionExecution {
            action_execution_id: Some(run.id),
            status: Some(run.status),
            summary: run.summary,
            last_status_change: Some(run.updated),
            token: run.token.filter(|_| open_approval),
            last_updated_by: run.updated_by,
            external_execution_id: run.external_id,
            external_execution_url: run.external_url,
            percent_complete: None,
            error_details: run.error,
            log_stream_arn: None,
        }),
    })
}
