//! Approval rules of pull requests, their approvals and overrides.

use shape::{Empty, Shape, Timestamp};

shape::operations! { "codecommit";
    CreatePullRequestApprovalRule(CreatePullRequestApprovalRuleInput)
        -> CreatePullRequestApprovalRuleOutput;
    DeletePullRequestApprovalRule(DeletePullRequestApprovalRuleInput)
        -> DeletePullRequestApprovalRuleOutput;
    UpdatePullRequestApprovalRuleContent(UpdatePullRequestApprovalRuleContentInput)
        -> UpdatePullRequestApprovalRuleContentOutput;
    UpdatePullRequestApprovalState(UpdatePullRequestApprovalStateInput) -> Empty;
    GetPullRequestApprovalStates(GetPullRequestApprovalStatesInput)
        -> GetPullRequestApprovalStatesOutput;
    EvaluatePullRequestApprovalRules(EvaluatePullRequestApprovalRulesInput)
        -> EvaluatePullRequestApprovalRulesOutput;
    OverridePullRequestApprovalRules(OverridePullRequestApprovalRulesInput) -> Empty;
    GetPullRequestOverrideState(GetPullRequestOverrideStateInput)
        -> GetPullRequestOverrideStateOutput;
}

shape::string_enum! {
    /// What a reviewer says of a revision.
    pub enum ApprovalState { Approve = "APPROVE", Revoke = "REVOKE" }
}

shape::string_enum! {
    /// Whether approval rules are set aside.
    pub enum OverrideStatus { Override = "OVERRIDE", Revoke = "REVOKE" }
}

/// [OriginApprovalRuleTemplate](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_OriginApprovalRuleTemplate.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct OriginApprovalRuleTemplate {
    pub approval_rule_template_id: Option<String>,
    pub approval_rule_template_name: Option<String>,
}

/// [ApprovalRule](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ApprovalRule.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ApprovalRule {
    pub approval_rule_id: Option<String>,
    pub approval_rule_name: Option<String>,
    pub approval_rule_content: Option<String>,
    pub rule_content_sha256: Option<String>,
    pub last_modified_date: Option<Timestamp>,
    pub creation_date: Option<Timestamp>,
    pub last_modified_user: Option<String>,
    pub origin_approval_rule_template: Option<OriginApprovalRuleTemplate>,
}

/// [ApprovalRuleEventMetadata](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ApprovalRuleEventMetadata.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ApprovalRuleEventMetadata {
    pub approval_rule_name: Option<String>,
    pub approval_rule_id: Option<String>,
    pub approval_rule_content: Option<String>,
}

/// [ApprovalStateChangedEventMetadata](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ApprovalStateChangedEventMetadata.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ApprovalStateChangedEventMetadata {
    pub revision_id: Option<String>,
    pub approval_status: Option<ApprovalState>,
}

/// [ApprovalRuleOverriddenEventMetadata](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ApprovalRuleOverriddenEventMetadata.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ApprovalRuleOverriddenEventMetadata {
    pub revision_id: Option<String>,
    pub override_status: Option<OverrideStatus>,
}

/// [CreatePullRequestApprovalRule](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreatePullRequestApprovalRule.html)
#[derive(Shape, Default, Clone)]
pub struct CreatePullRequestApprovalRuleInput {
    #[shape(required, missing = "PullRequestIdRequiredException")]
    pub pull_request_id: String,
    #[shape(
        required,
        missing = "ApprovalRuleNameRequiredException",
        min = 1,
        max = 100,
        invalid = "InvalidApprovalRuleNameException"
    )]
    pub approval_rule_name: String,
    #[shape(
        required,
        missing = "ApprovalRuleContentRequiredException",
        min = 1,
        max = 3000,
        invalid = "InvalidApprovalRuleContentException"
    )]
    pub approval_rule_content: String,
}

/// [CreatePullRequestApprovalRule](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreatePullRequestApprovalRule.html)
#[derive(Shape, Default, Clone)]
pub struct CreatePullRequestApprovalRuleOutput {
    #[shape(required)]
    pub approval_rule: ApprovalRule,
}

/// [DeletePullRequestApprovalRule](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeletePullRequestApprovalRule.html)
#[derive(Shape, Default, Clone)]
pub struct DeletePullRequestApprovalRuleInput {
    #[shape(required, missing = "PullRequestIdRequiredException")]
    pub pull_request_id: String,
    #[shape(
        required,
        missing = "ApprovalRuleNameRequiredException",
        min = 1,
        max = 100,
        invalid = "InvalidApprovalRuleNameException"
    )]
    pub approval_rule_name: String,
}

/// [DeletePullRequestApprovalRule](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeletePullRequestApprovalRule.html)
#[derive(Shape, Default, Clone)]
pub struct DeletePullRequestApprovalRuleOutput {
    #[shape(required)]
    pub approval_rule_id: Option<String>,
}

/// [UpdatePullRequestApprovalRuleContent](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdatePullRequestApprovalRuleContent.html)
#[derive(Shape, Default, Clone)]
pub struct UpdatePullRequestApprovalRuleContentInput {
    #[shape(required, missing = "PullRequestIdRequiredException")]
    pub pull_request_id: String,
    #[shape(
        required,
        missing = "ApprovalRuleNameRequiredException",
        min = 1,
        max = 100,
        invalid = "InvalidApprovalRuleNameException"
    )]
    pub approval_rule_name: String,
    pub existing_rule_content_sha256: Option<String>,
    #[shape(
        required,
        missing = "ApprovalRuleContentRequiredException",
        min = 1,
        max = 3000,
        invalid = "InvalidApprovalRuleContentException"
    )]
    pub new_rule_content: String,
}

/// [UpdatePullRequestApprovalRuleContent](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdatePullRequestApprovalRuleContent.html)
#[derive(Shape, Default, Clone)]
pub struct UpdatePullRequestApprovalRuleContentOutput {
    #[shape(required)]
    pub approval_rule: ApprovalRule,
}

/// [UpdatePullRequestApprovalState](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdatePullRequestApprovalState.html)
#[derive(Shape, Default, Clone)]
pub struct UpdatePullRequestApprovalStateInput {
    #[shape(required, missing = "PullRequestIdRequiredException")]
    pub pull_request_id: String,
    #[shape(required, missing = "RevisionIdRequiredException")]
    pub revision_id: String,
    #[shape(
        required,
        missing = "ApprovalStateRequiredException",
        invalid = "InvalidApprovalStateException"
    )]
    pub approval_state: ApprovalState,
}

/// [Approval](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_Approval.html)
#[derive(Shape, Default, Clone)]
pub struct Approval {
    pub user_arn: Option<String>,
    pub approval_state: Option<ApprovalState>,
}

/// [GetPullRequestApprovalStates](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetPullRequestApprovalStates.html)
#[derive(Shape, Default, Clone)]
pub struct GetPullRequestApprovalStatesInput {
    #[shape(required, missing = "PullRequestIdRequiredException")]
    pub pull_request_id: String,
    #[shape(required, missing = "RevisionIdRequiredException")]
    pub revision_id: String,
}

/// [GetPullRequestApprovalStates](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetPullRequestApprovalStates.html)
#[derive(Shape, Default, Clone)]
pub struct GetPullRequestApprovalStatesOutput {
    pub approvals: Vec<Approval>,
}

/// [Evaluation](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_Evaluation.html)
#[derive(Shape, Default, Clone)]
pub struct Evaluation {
    pub approved: Option<bool>,
    pub overridden: Option<bool>,
    pub approval_rules_satisfied: Vec<String>,
    pub approval_rules_not_satisfied: Vec<String>,
}

/// [EvaluatePullRequestApprovalRules](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_EvaluatePullRequestApprovalRules.html)
#[derive(Shape, Default, Clone)]
pub struct EvaluatePullRequestApprovalRulesInput {
    #[shape(required, missing = "PullRequestIdRequiredException")]
    pub pull_request_id: String,
    #[shape(required, missing = "RevisionIdRequiredException")]
    pub revision_id: String,
}

/// [EvaluatePullRequestApprovalRules](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_EvaluatePullRequestApprovalRules.html)
#[derive(Shape, Default, Clone)]
pub struct EvaluatePullRequestApprovalRulesOutput {
    #[shape(required)]
    pub evaluation: Evaluation,
}

/// [OverridePullRequestApprovalRules](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_OverridePullRequestApprovalRules.html)
#[derive(Shape, Default, Clone)]
pub struct OverridePullRequestApprovalRulesInput {
    #[shape(required, missing = "PullRequestIdRequiredException")]
    pub pull_request_id: String,
    #[shape(required, missing = "RevisionIdRequiredException")]
    pub revision_id: String,
    #[shape(
        required,
        missing = "OverrideStatusRequiredException",
        invalid = "InvalidOverrideStatusException"
    )]
    pub override_status: OverrideStatus,
}

/// [GetPullRequestOverrideState](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetPullRequestOverrideState.html)
#[derive(Shape, Default, Clone)]
pub struct GetPullRequestOverrideStateInput {
    #[shape(required, missing = "PullRequestIdRequiredException")]
    pub pull_request_id: String,
    #[shape(required, missing = "RevisionIdRequiredException")]
    pub revision_id: String,
}

/// [GetPullRequestOverrideState](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetPullRequestOverrideState.html)
#[derive(Shape, Default, Clone)]
pub struct GetPullRequestOverrideStateOutput {
    pub overridden: Option<bool>,
    pub overrider: Option<String>,
}
