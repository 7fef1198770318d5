//! Approval rules of one pull request.

use api_developer::codecommit::*;
use auth::sigv4::sha256_hex;
use service::Cx;
use wire::Error;

use super::content::{Content, For};
use super::model::{MAX_RULES, check_existing, check_name, new_rule};
use crate::errors;
use crate::pull_requests::history::{By, What};
use crate::pull_requests::model::PullRequest;

fn check_content(content: &str) -> Result<(), Error> {
    Content::parse(content, For::PullRequest).map(|_| ()).map_err(|why| {
        let kind = errors::INVALID_APPROVAL_RULE_CONTENT;
        kind.error(format!("The content of the approval rule is not valid: {why}."))
    })
}

fn is_named(rule: &ApprovalRule, name: &str) -> bool {
    rule.approval_rule_name.as_deref() == Some(name)
}

pub(crate) async fn create_pull_request_approval_rule(
    cx: Cx,
    input: CreatePullRequestApprovalRuleInput,
) -> Result<CreatePullRequestApprovalRuleOutput, Error> {
    check_name(&input.approval_rule_name, errors::INVALID_APPROVAL_RULE_NAME)?;
    check_content(&input.approval_rule_content)?;
    let (scope, by) = (cx.scope(), By::of(&cx));
    cx.write(move |tx| {
        let mut found = PullRequest::load_open(tx, &scope, &input.pull_request_id)?;
        let name = &input.approval_rule_name;
        let rules = &found.pull_request.rules;
        if rules.iter().any(|rule| is_named(rule, name)) {
            return Err(errors::APPROVAL_RULE_NAME_ALREADY_EXISTS
                .error(format!("The pull request has an approval rule named {name} already.")));
        }
        if rules.len() >= MAX_RULES {
            return Err(errors::NUMBER_OF_RULES_EXCEEDED
                .error(format!("A pull request has at most {MAX_RULES} approval rules.")));
        }
        let rule = new_rule(name.clone(), input.approval_rule_content.clone(), &by);
        found.pull_request.rules.push(rule.clone());
        found.happened(tx, &by, What::RuleCreated(&rule))?;
        found.save(tx)?;
        Ok(CreatePullRequestApprovalRuleOutput { approval_rule: rule })
    })
    .await
}

/// Deleting what is not there is no error, as AWS has it.
pub(crate) async fn delete_pull_request_approval_rule(
    cx: Cx,
    input: DeletePullRequestApprovalRuleInput,
) -> Result<DeletePullRequestApprovalRuleOutput, Error> {
    check_name(&input.approval_rule_name, errors::INVALID_APPROVAL_RULE_NAME)?;
    let (scope, by) = (cx.scope(), By::of(&cx));
    cx.write(move |tx| {
        let mut found = PullRequest::load_open(tx, &scope, &input.pull_request_id)?;
        let name = &input.approval_rule_name;
        let at = found.pull_request.rules.iter().position(|rule| is_named(rule, name));
        let Some(at) = at else { return Ok(DeletePullRequestApprovalRuleOutput::default()) };
        let rule = found.pull_request.rules.remove(at);
        if rule.origin_approval_rule_template.is_some() {
            return Err(errors::CANNOT_DELETE_APPROVAL_RULE_FROM_TEMPLATE.error(format!(
                "The approval rule {name} was created by a template and cannot be deleted. Who \
                 may override the rules of the pull request can set it aside."
            )));
        }
        found.happened(tx, &by, What::RuleDeleted(&rule))?;
        found.save(tx)?;
        Ok(DeletePullRequestApprovalRuleOutput { approval_rule_id: rule.approval_rule_id })
    })
    .await
}

pub(crate) async fn update_pull_request_approval_rule_content(
    cx: Cx,
    input: UpdatePullRequestApprovalRuleContentInput,
) -> Result<UpdatePullRequestApprovalRuleContentOutput, Error> {
    check_name(&input.approval_rule_name, errors::INVALID_APPROVAL_RULE_NAME)?;
    check_content(&input.new_rule_content)?;
    let (scope, by) = (cx.scope(), By::of(&cx));
    cx.write(move |tx| {
        let mut found = PullRequest::load_open(tx, &scope, &input.pull_request_id)?;
        let name = &input.approval_rule_name;
        let rule = found.pull_request.rules.iter_mut().find(|rule| is_named(rule, name));
        let rule = rule.ok_or_else(|| {
            errors::APPROVAL_RULE_DOES_NOT_EXIST
                .error(format!("The pull request has no approval rule named {name}."))
        })?;
        if rule.origin_approval_rule_template.is_some() {
            return Err(errors::CANNOT_MODIFY_APPROVAL_RULE_FROM_TEMPLATE.error(format!(
                "The approval rule {name} was created by a template and cannot be modified. Who \
                 may override the rules of the pull request can set it aside."
            )));
        }
        let existing = rule.approval_rule_content.as_deref().unwrap_or_default();
        check_existing(existing, input.existing_rule_content_sha256.as_deref())?;
        rule.approval_rule_content = Some(input.new_rule_content.clone());
        rule.rule_content_sha256 = Some(sha256_hex(input.new_rule_content.as_bytes()));
        rule.last_modified_date = Some(by.now);
        rule.last_modified_user = Some(by.caller.arn.clone());
        let rule = rule.clone();
        found.happened(tx, &by, What::RuleUpdated(&rule))?;
        found.save(tx)?;
        Ok(UpdatePullRequestApprovalRuleContentOutput { approval_rule: rule })
    })
    .await
}
