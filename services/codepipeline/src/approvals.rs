//! Manual approvals.

use api_developer::codepipeline::*;
use service::Cx;
use store::Stored;
use wire::Error;

use crate::executions::stage_not_found;
use crate::flow::{self, Completion};
use crate::model::{ActionRun, Pipeline};
use crate::pipelines::not_found;
use crate::{errors, plan};

/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutApprovalResult.html>
pub async fn put_approval_result(
    cx: Cx,
    input: PutApprovalResultInput,
) -> Result<PutApprovalResultOutput, Error> {
    let now = cx.now();
    let inner = cx.clone();
    cx.write(move |tx| {
        let scope = inner.scope();
        let name = &input.pipeline_name;
        let pipeline = tx.get::<Pipeline>(&scope, name)?.ok_or_else(|| not_found(&inner, name))?;
        let stage = plan::stage_of(&pipeline.declaration, &input.stage_name)
            .ok_or_else(|| stage_not_found(&pipeline, &input.stage_name))?;
        let approval = stage.actions.iter().any(|action| {
            action.name == input.action_name
                && action.action_type_id.category == ActionCategory::Approval
        });
        if !approval {
            return Err(errors::ACTION_NOT_FOUND.error(format!(
                "Stage '{}' of pipeline '{name}' has no approval action '{}'",
                input.stage_name, input.action_name
            )));
        }
        let key = format!("{}/{}", input.stage_name, input.action_name);
        let run = match pipeline.actions.get(&key) {
            Some(id) => tx.get::<ActionRun>(&scope, id)?.map(Stored::into_inner),
            None => None,
        };
        let run = run.filter(|run| run.token.as_ref() == Some(&input.token)).ok_or_else(|| {
            errors::INVALID_APPROVAL_TOKEN.error("The approval token is not valid or has expired")
        })?;
        if run.status != ActionExecutionStatus::InProgress {
            return Err(errors::APPROVAL_ALREADY_COMPLETED
                .error("The approval action has already been approved or rejected"));
        }
        flow::complete(tx, &scope, now, &run.id, &decision(&inner, &input.result))?;
        Ok(())
    })
    .await?;
    Ok(PutApprovalResultOutput { approved_at: Some(now) })
}

fn decision(cx: &Cx, result: &ApprovalResult) -> Completion {
    let by = cx.caller().arn.clone();
    let summary = Some(result.summary.clone());
    match result.status {
        ApprovalStatus::Approved => {
            Completion { summary, updated_by: Some(by), ..Completion::default() }
        }
        ApprovalStatus::Rejected => {
            let message = format!("Rejected by {by}: {}", result.summary);
            Completion { summary, updated_by: Some(by), ..Completion::failed("JobFailed", message) }
        }
    }
}
