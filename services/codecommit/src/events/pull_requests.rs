//! Events of pull requests, their approval rules and approvals.

use api_developer::codecommit::ApprovalRule;
use serde_json::{Map, Value, json};
use store::Event;
use types::Arn;

use super::detail::{self, date};
use crate::pull_requests::history::{By, What};
use crate::pull_requests::model::Found;

/// The detail type of all that happens to pull requests.
pub(crate) const PULL_REQUEST_STATE_CHANGE: &str = "CodeCommit Pull Request State Change";

/// The name in the event's detail.
pub(crate) fn name(what: &What<'_>) -> &'static str {
    match what {
        What::Created => "pullRequestCreated",
        What::SourceUpdated => "pullRequestSourceBranchUpdated",
        What::Closed => "pullRequestStatusChanged",
        What::Merged(_) => "pullRequestMergeStatusUpdated",
        What::RuleCreated(_) => "pullRequestApprovalRuleCreated",
        What::RuleUpdated(_) => "pullRequestApprovalRuleUpdated",
        What::RuleDeleted(_) => "pullRequestApprovalRuleDeleted",
        What::RulesOverridden(_) => "pullRequestApprovalRuleOverridden",
        What::ApprovalChanged(_) => "pullRequestApprovalStateChanged",
    }
}

fn told(found: &Found, what: &What<'_>) -> String {
    let rule = |rule: &ApprovalRule| rule.approval_rule_name.clone().unwrap_or_default();
    let source = &found.pull_request.source_reference;
    match what {
        What::Created => format!("It was created with the title {}", found.pull_request.title),
        What::SourceUpdated => format!("Commits were pushed to its source branch {source}"),
        What::Closed => "Its status was updated to closed".to_owned(),
        What::Merged(_) => "Its merge status was updated to merged".to_owned(),
        What::RuleCreated(it) => format!("The approval rule {} was created", rule(it)),
        What::RuleUpdated(it) => format!("The approval rule {} was updated", rule(it)),
        What::RuleDeleted(it) => format!("The approval rule {} was deleted", rule(it)),
        What::RulesOverridden(status) => format!("Override status of its rules: {status}"),
        What::ApprovalChanged(state) => format!("A user changed the approval state: {state}"),
    }
}

/// The event; the pull request is as it is afterwards.
pub(crate) fn happened(found: &Found, by: &By, what: &What<'_>) -> Event {
    let (pull_request, repository) = (&found.pull_request, &found.repository);
    let text = |value: &str| Value::String(value.to_owned());
    let body = format!(
        "A pull request event occurred in the following AWS CodeCommit repository: {}. User: {}. \
         Pull request: {}. {}.",
        repository.name,
        by.caller.arn,
        pull_request.id,
        told(found, what)
    );
    let mut detail = Map::new();
    for (name, value) in [
        ("author", pull_request.author_arn.as_str()),
        ("creationDate", &date(pull_request.created)),
        ("destinationCommit", &pull_request.destination_commit),
        ("destinationReference", &pull_request.destination_reference),
        ("event", name(what)),
        ("isMerged", if pull_request.is_merged() { "True" } else { "False" }),
        ("lastModifiedDate", &date(pull_request.active)),
        ("notificationBody", &body),
        ("pullRequestId", &pull_request.id),
        ("pullRequestStatus", if pull_request.is_open() { "Open" } else { "Closed" }),
        ("revisionId", &pull_request.revision_id),
        ("sourceCommit", &pull_request.source_commit),
        ("sourceReference", &pull_request.source_reference),
        ("title", &pull_request.title),
    ] {
        detail.insert(name.to_owned(), text(value));
    }
    detail.insert("repositoryNames".to_owned(), json!([repository.name]));
    if let Some(description) = &pull_request.description {
        detail.insert("description".to_owned(), text(description));
    }
    for (name, value) in particulars(what) {
        detail.insert(name.to_owned(), Value::String(value));
    }
    detail::caller(&mut detail, &by.caller);
    let (account, region) = (repository.scope.account.as_str(), repository.scope.region.as_str());
    let arn = Arn::new("codecommit", region, account, repository.name.as_str());
    let resources = vec![arn.to_string()];
    detail::event(&repository.scope, PULL_REQUEST_STATE_CHANGE, resources, detail, by.now)
}

/// What only this kind of event tells.
fn particulars(what: &What<'_>) -> Vec<(&'static str, String)> {
    match what {
        What::Created | What::SourceUpdated | What::Closed => Vec::new(),
        What::Merged(merged) => {
            let option = merged.merge_option.map(|option| ("mergeOption", option.to_string()));
            option.into_iter().collect()
        }
        What::RuleCreated(rule) | What::RuleUpdated(rule) | What::RuleDeleted(rule) => vec![
            ("approvalRuleContentSha256", rule.rule_content_sha256.clone().unwrap_or_default()),
            ("approvalRuleId", rule.approval_rule_id.clone().unwrap_or_default()),
            ("approvalRuleName", rule.approval_rule_name.clone().unwrap_or_default()),
        ],
        What::RulesOverridden(status) => vec![("overrideStatus", status.to_string())],
        What::ApprovalChanged(state) => vec![("approvalStatus", state.to_string())],
    }
}
