//! Approval rules, their templates and overrides. Templates are no resources of IAM's: actions on
//! them are on `*`. Where they apply is a matter of the repositories, by
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodecommit.html>.

use api_developer::codecommit::*;
use service::{Service, op};

use super::on_repository;
use super::pull_requests::on_pull_request;
use crate::approvals::model::PAGE;
use crate::approvals::{associations, reviews, rules, templates};
use crate::errors;
use crate::events::pull_requests::PULL_REQUEST_STATE_CHANGE;
use crate::events::templates::APPROVAL_RULE_TEMPLATE_CHANGE;
use crate::model::right;
use crate::pull_requests::access::right_on_pull_request;

const EVENTS: &[&str] = &[PULL_REQUEST_STATE_CHANGE];
const TEMPLATE_EVENTS: &[&str] = &[APPROVAL_RULE_TEMPLATE_CHANGE];

/// `op(CALL, HANDLER)` that changes approvals of a pull request.
macro_rules! changing {
    ($call:ident, $handler:path) => {
        on_pull_request!($call, $handler).write().events(EVENTS)
    };
}

/// `op(CALL, HANDLER)` that changes a template.
macro_rules! template {
    ($call:ident, $handler:path) => {
        op($call, $handler).write().errors(errors::ALL).events(TEMPLATE_EVENTS)
    };
}

/// `op(CALL, HANDLER)` that changes where a template applies: in one repository or in many.
macro_rules! association {
    ($call:ident, $handler:path) => {
        on_repository!($call, $handler).write().events(TEMPLATE_EVENTS)
    };
    ($call:ident, $handler:path, many) => {
        template!($call, $handler).rights(|cx, input| {
            let names = input.repository_names.iter();
            names.map(|name| right(cx, stringify!($call), name)).collect()
        })
    };
}

/// `op(CALL, HANDLER)` that lists templates, or where they apply.
macro_rules! listing {
    ($call:ident, $handler:path) => {
        op($call, $handler).list().errors(errors::ALL).paginated("nextToken", "maxResults", PAGE)
    };
}

pub(super) fn rows(service: Service) -> Service {
    associations_of(templates_of(reviews_of(service)))
}

fn reviews_of(service: Service) -> Service {
    service
        .operation(changing!(
            CreatePullRequestApprovalRule,
            rules::create_pull_request_approval_rule
        ))
        .operation(changing!(
            DeletePullRequestApprovalRule,
            rules::delete_pull_request_approval_rule
        ))
        .operation(changing!(
            UpdatePullRequestApprovalRuleContent,
            rules::update_pull_request_approval_rule_content
        ))
        .operation(changing!(
            UpdatePullRequestApprovalState,
            reviews::update_pull_request_approval_state
        ))
        .operation(changing!(
            OverridePullRequestApprovalRules,
            reviews::override_pull_request_approval_rules
        ))
        .operation(on_pull_request!(
            GetPullRequestApprovalStates,
            reviews::get_pull_request_approval_states
        ))
        .operation(on_pull_request!(
            EvaluatePullRequestApprovalRules,
            reviews::evaluate_pull_request_approval_rules
        ))
        .operation(on_pull_request!(
            GetPullRequestOverrideState,
            reviews::get_pull_request_override_state
        ))
}

fn templates_of(service: Service) -> Service {
    service
        .operation(template!(CreateApprovalRuleTemplate, templates::create_approval_rule_template))
        .operation(
            op(GetApprovalRuleTemplate, templates::get_approval_rule_template).errors(errors::ALL),
        )
        .operation(listing!(ListApprovalRuleTemplates, templates::list_approval_rule_templates))
        .operation(template!(DeleteApprovalRuleTemplate, templates::delete_approval_rule_template))
        .operation(template!(
            UpdateApprovalRuleTemplateContent,
            templates::update_approval_rule_template_content
        ))
        .operation(template!(
            UpdateApprovalRuleTemplateDescription,
            templates::update_approval_rule_template_description
        ))
        .operation(template!(
            UpdateApprovalRuleTemplateName,
            templates::update_approval_rule_template_name
        ))
}

fn associations_of(service: Service) -> Service {
    service
        .operation(association!(
            AssociateApprovalRuleTemplateWithRepository,
            associations::associate_approval_rule_template_with_repository
        ))
        .operation(association!(
            DisassociateApprovalRuleTemplateFromRepository,
            associations::disassociate_approval_rule_template_from_repository
        ))
        .operation(association!(
            BatchAssociateApprovalRuleTemplateWithRepositories,
            associations::batch_associate_approval_rule_template_with_repositories,
            many
        ))
        .operation(association!(
            BatchDisassociateApprovalRuleTemplateFromRepositories,
            associations::batch_disassociate_approval_rule_template_from_repositories,
            many
        ))
        .operation(
            on_repository!(
                ListAssociatedApprovalRuleTemplatesForRepository,
                associations::list_associated_approval_rule_templates_for_repository
            )
            .list()
            .paginated("nextToken", "maxResults", PAGE),
        )
        .operation(listing!(
            ListRepositoriesForApprovalRuleTemplate,
            associations::list_repositories_for_approval_rule_template
        ))
}
