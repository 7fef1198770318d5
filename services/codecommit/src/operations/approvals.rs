//! Approval rules, their templates and overrides.

use service::Service;

pub(super) fn rows(service: Service) -> Service {
    service.lacks(&[
        "AssociateApprovalRuleTemplateWithRepository",
        "BatchAssociateApprovalRuleTemplateWithRepositories",
        "BatchDisassociateApprovalRuleTemplateFromRepositories",
        "CreateApprovalRuleTemplate",
        "CreatePullRequestApprovalRule",
        "DeleteApprovalRuleTemplate",
        "DeletePullRequestApprovalRule",
        "DisassociateApprovalRuleTemplateFromRepository",
        "EvaluatePullRequestApprovalRules",
        "GetApprovalRuleTemplate",
        "GetPullRequestApprovalStates",
        "GetPullRequestOverrideState",
        "ListApprovalRuleTemplates",
        "ListAssociatedApprovalRuleTemplatesForRepository",
        "ListRepositoriesForApprovalRuleTemplate",
        "OverridePullRequestApprovalRules",
        "UpdateApprovalRuleTemplateContent",
        "UpdateApprovalRuleTemplateDescription",
        "UpdateApprovalRuleTemplateName",
        "UpdatePullRequestApprovalRuleContent",
        "UpdatePullRequestApprovalState",
    ])
}
