//! Opening and closing the ways between stages.

use api_developer::codepipeline::*;
use service::Cx;
use shape::Empty;
use wire::Error;

use crate::executions::stage_not_found;
use crate::flow::Flow;
use crate::model::{Pipeline, Transition};
use crate::{errors, plan};

/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_DisableStageTransition.html>
pub async fn disable_stage_transition(
    cx: Cx,
    input: DisableStageTransitionInput,
) -> Result<Empty, Error> {
    let DisableStageTransitionInput { pipeline_name, stage_name, transition_type, reason } = input;
    change(cx, pipeline_name, stage_name, transition_type, Some(reason)).await
}

/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_EnableStageTransition.html>
pub async fn enable_stage_transition(
    cx: Cx,
    input: EnableStageTransitionInput,
) -> Result<Empty, Error> {
    let EnableStageTransitionInput { pipeline_name, stage_name, transition_type } = input;
    change(cx, pipeline_name, stage_name, transition_type, None).await
}

/// Closes a way for a reason, or opens it.
async fn change(
    cx: Cx,
    pipeline: String,
    stage: String,
    kind: StageTransitionType,
    disabled: Option<String>,
) -> Result<Empty, Error> {
    let inner = cx.clone();
    cx.write(move |tx| {
        let mut flow = Flow::of_request(tx, &inner, &pipeline)?;
        let entered = stage_entered(flow.pipeline(), &stage, kind)?;
        let transition = Transition {
            disabled: disabled.is_some(),
            reason: disabled.clone(),
            changed_by: inner.caller().arn.clone(),
            changed_at: inner.now(),
        };
        flow.pipeline_mut().transitions.insert(entered, transition);
        flow.run(tx)?;
        Ok(Empty {})
    })
    .await
}

/// The stage into which the way leads: the way out of a stage is the way into the next one.
fn stage_entered(
    pipeline: &Pipeline,
    stage: &str,
    kind: StageTransitionType,
) -> Result<String, Error> {
    if plan::stage_of(&pipeline.declaration, stage).is_none() {
        return Err(stage_not_found(pipeline, stage));
    }
    if kind == StageTransitionType::Inbound {
        return Ok(stage.to_owned());
    }
    let after = plan::stage_after(&pipeline.declaration, stage);
    after.map(|stage| stage.name.clone()).ok_or_else(|| {
        errors::VALIDATION
            .error(format!("Stage '{stage}' is the last one and has no outbound transition"))
    })
}
