//! Members that many operations have, with their bounds and their own errors.

use shape::Field;

/// The name of a repository.
pub(crate) const REPOSITORY_NAME: Field = Field {
    missing: Some("RepositoryNameRequiredException"),
    min: Some(1),
    max: Some(100),
    pattern: Some(r"[\w\.-]+"),
    invalid: Some("InvalidRepositoryNameException"),
    ..Field::named("repositoryName")
};

/// The name of a branch. What else it must be is git's matter.
pub(super) const BRANCH_NAME: Field = Field {
    missing: Some("BranchNameRequiredException"),
    min: Some(1),
    max: Some(256),
    invalid: Some("InvalidBranchNameException"),
    ..Field::named("branchName")
};

/// The name of an approval rule template.
pub(super) const APPROVAL_RULE_TEMPLATE_NAME: Field = Field {
    missing: Some("ApprovalRuleTemplateNameRequiredException"),
    min: Some(1),
    max: Some(100),
    invalid: Some("InvalidApprovalRuleTemplateNameException"),
    ..Field::named("approvalRuleTemplateName")
};
