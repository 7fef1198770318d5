//! What reviewers say of a revision, and whether that is enough.

use api_developer::codecommit::*;
use service::Cx;
use shape::Empty;
use wire::Error;

use super::content::MAX_APPROVALS;
use super::model::Revision;
use super::pool::Approver;
use crate::errors;
use crate::pull_requests::history::{By, What};
use crate::pull_requests::model::PullRequest;

/// Saying again what was said already, or taking back what was not, changes nothing.
pub(crate) async fn update_pull_request_approval_state(
    cx: Cx,
    input: UpdatePullRequestApprovalStateInput,
) -> Result<Empty, Error> {
    let (scope, by, approver) = (cx.scope(), By::of(&cx), Approver::caller(&cx));
    cx.write(move |tx| {
        let mut found = PullRequest::load_open(tx, &scope, &input.pull_request_id)?;
        let mut revision = Revision::load_current(tx, &found.pull_request, &input.revision_id)?;
        let approves = input.approval_state == ApprovalState::Approve;
        if approves && found.pull_request.author_arn == approver.arn {
            return Err(errors::PULL_REQUEST_CANNOT_BE_APPROVED_BY_AUTHOR
                .error("A pull request cannot be approved by its author."));
        }
        let before = revision.approvers.iter().position(|it| it.arn == approver.arn);
        match (input.approval_state, before) {
            (ApprovalState::Approve, None) => {
                if revision.approvers.len() >= MAX_APPROVALS {
                    return Err(errors::MAXIMUM_NUMBER_OF_APPROVALS_EXCEEDED.error(format!(
                        "A revision of a pull request takes at most {MAX_APPROVALS} approvals."
                    )));
                }
                revision.approvers.push(approver.clone());
            }
            (ApprovalState::Revoke, Some(at)) => {
                revision.approvers.remove(at);
            }
            (ApprovalState::Approve, Some(_)) | (ApprovalState::Revoke, None) => {
                return Ok(Empty {});
            }
        }
        tx.update(&scope, &revision)?;
        found.happened(tx, &by, What::ApprovalChanged(input.approval_state))?;
        found.save(tx)?;
        Ok(Empty {})
    })
    .await
}

pub(crate) async fn get_pull_request_approval_states(
    cx: Cx,
    input: GetPullRequestApprovalStatesInput,
) -> Result<GetPullRequestApprovalStatesOutput, Error> {
    let revision = cx.read(|tx| {
        let found = PullRequest::load(tx, &cx.scope(), &input.pull_request_id)?;
        Revision::load(tx, &found.pull_request, &input.revision_id)
    })?;
    let shown = |approver: Approver| Approval {
        user_arn: Some(approver.arn),
        approval_state: Some(ApprovalState::Approve),
    };
    let approvals = revision.value.approvers.into_iter().map(shown).collect();
    Ok(GetPullRequestApprovalStatesOutput { approvals })
}

pub(crate) async fn evaluate_pull_request_approval_rules(
    cx: Cx,
    input: EvaluatePullRequestApprovalRulesInput,
) -> Result<EvaluatePullRequestApprovalRulesOutput, Error> {
    let evaluation = cx.read(|tx| {
        let found = PullRequest::load(tx, &cx.scope(), &input.pull_request_id)?;
        Revision::load_current(tx, &found.pull_request, &input.revision_id)?
            .evaluate(&found.pull_request)
    })?;
    Ok(EvaluatePullRequestApprovalRulesOutput { evaluation })
}

/// Taking back an override that there is not changes nothing.
pub(crate) async fn override_pull_request_approval_rules(
    cx: Cx,
    input: OverridePullRequestApprovalRulesInput,
) -> Result<Empty, Error> {
    let (scope, by) = (cx.scope(), By::of(&cx));
    cx.write(move |tx| {
        let mut found = PullRequest::load_open(tx, &scope, &input.pull_request_id)?;
        let mut revision = Revision::load_current(tx, &found.pull_request, &input.revision_id)?;
        match (input.override_status, &revision.overrider) {
            (OverrideStatus::Override, Some(overrider)) => {
                return Err(errors::OVERRIDE_ALREADY_SET.error(format!(
                    "The approval rules of the pull request were overridden already, by \
                     {overrider}."
                )));
            }
            (OverrideStatus::Revoke, None) => return Ok(Empty {}),
            (OverrideStatus::Override, None) => {
                revision.overrider = Some(by.caller.arn.clone());
            }
            (OverrideStatus::Revoke, Some(_)) => revision.overrider = None,
        }
        tx.update(&scope, &revision)?;
        found.happened(tx, &by, What::RulesOverridden(input.override_status))?;
        found.save(tx)?;
        Ok(Empty {})
    })
    .await
}

pub(crate) async fn get_pull_request_override_state(
    cx: Cx,
    input: GetPullRequestOverrideStateInput,
) -> Result<GetPullRequestOverrideStateOutput, Error> {
    let revision = cx.read(|tx| {
        let found = PullRequest::load(tx, &cx.scope(), &input.pull_request_id)?;
        Revision::load(tx, &found.pull_request, &input.revision_id)
    })?;
    let overrider = revision.value.overrider;
    Ok(GetPullRequestOverrideStateOutput { overridden: Some(overrider.is_some()), overrider })
}
