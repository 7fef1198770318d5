//! Approval rule templates and the repositories they are associated with.

use shape::{Empty, Shape, Timestamp};

use super::bounds::{APPROVAL_RULE_TEMPLATE_NAME, REPOSITORY_NAME};

shape::operations! { "codecommit";
    CreateApprovalRuleTemplate(CreateApprovalRuleTemplateInput)
        -> CreateApprovalRuleTemplateOutput;
    GetApprovalRuleTemplate(GetApprovalRuleTemplateInput) -> GetApprovalRuleTemplateOutput;
    ListApprovalRuleTemplates(ListApprovalRuleTemplatesInput) -> ListApprovalRuleTemplatesOutput;
    DeleteApprovalRuleTemplate(DeleteApprovalRuleTemplateInput)
        -> DeleteApprovalRuleTemplateOutput;
    UpdateApprovalRuleTemplateContent(UpdateApprovalRuleTemplateContentInput)
        -> UpdateApprovalRuleTemplateContentOutput;
    UpdateApprovalRuleTemplateDescription(UpdateApprovalRuleTemplateDescriptionInput)
        -> UpdateApprovalRuleTemplateDescriptionOutput;
    UpdateApprovalRuleTemplateName(UpdateApprovalRuleTemplateNameInput)
        -> UpdateApprovalRuleTemplateNameOutput;
    AssociateApprovalRuleTemplateWithRepository(AssociateApprovalRuleTemplateWithRepositoryInput)
        -> Empty;
    DisassociateApprovalRuleTemplateFromRepository(
        DisassociateApprovalRuleTemplateFromRepositoryInput) -> Empty;
    BatchAssociateApprovalRuleTemplateWithRepositories(
        BatchAssociateApprovalRuleTemplateWithRepositoriesInput)
        -> BatchAssociateApprovalRuleTemplateWithRepositoriesOutput;
    BatchDisassociateApprovalRuleTemplateFromRepositories(
        BatchDisassociateApprovalRuleTemplateFromRepositoriesInput)
        -> BatchDisassociateApprovalRuleTemplateFromRepositoriesOutput;
    ListAssociatedApprovalRuleTemplatesForRepository(
        ListAssociatedApprovalRuleTemplatesForRepositoryInput)
        -> ListAssociatedApprovalRuleTemplatesForRepositoryOutput;
    ListRepositoriesForApprovalRuleTemplate(ListRepositoriesForApprovalRuleTemplateInput)
        -> ListRepositoriesForApprovalRuleTemplateOutput;
}

/// [ApprovalRuleTemplate](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ApprovalRuleTemplate.html)
#[derive(Shape, Default, Clone)]
pub struct ApprovalRuleTemplate {
    pub approval_rule_template_id: Option<String>,
    pub approval_rule_template_name: Option<String>,
    pub approval_rule_template_description: Option<String>,
    pub approval_rule_template_content: Option<String>,
    pub rule_content_sha256: Option<String>,
    pub last_modified_date: Option<Timestamp>,
    pub creation_date: Option<Timestamp>,
    pub last_modified_user: Option<String>,
}

/// [CreateApprovalRuleTemplate](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateApprovalRuleTemplate.html)
#[derive(Shape, Default, Clone)]
pub struct CreateApprovalRuleTemplateInput {
    #[shape(required, like = APPROVAL_RULE_TEMPLATE_NAME)]
    pub approval_rule_template_name: String,
    #[shape(
        required,
        missing = "ApprovalRuleTemplateContentRequiredException",
        min = 1,
        max = 3000,
        invalid = "InvalidApprovalRuleTemplateContentException"
    )]
    pub approval_rule_template_content: String,
    #[shape(max = 1000, invalid = "InvalidApprovalRuleTemplateDescriptionException")]
    pub approval_rule_template_description: Option<String>,
}

/// [CreateApprovalRuleTemplate](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateApprovalRuleTemplate.html)
#[derive(Shape, Default, Clone)]
pub struct CreateApprovalRuleTemplateOutput {
    #[shape(required)]
    pub approval_rule_template: ApprovalRuleTemplate,
}

/// [GetApprovalRuleTemplate](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetApprovalRuleTemplate.html)
#[derive(Shape, Default, Clone)]
pub struct GetApprovalRuleTemplateInput {
    #[shape(required, like = APPROVAL_RULE_TEMPLATE_NAME)]
    pub approval_rule_template_name: String,
}

/// [GetApprovalRuleTemplate](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetApprovalRuleTemplate.html)
#[derive(Shape, Default, Clone)]
pub struct GetApprovalRuleTemplateOutput {
    #[shape(required)]
    pub approval_rule_template: ApprovalRuleTemplate,
}

/// [ListApprovalRuleTemplates](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListApprovalRuleTemplates.html)
#[derive(Shape, Default, Clone)]
pub struct ListApprovalRuleTemplatesInput {
    pub next_token: Option<String>,
    pub max_results: Option<i32>,
}

/// [ListApprovalRuleTemplates](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListApprovalRuleTemplates.html)
#[derive(Shape, Default, Clone)]
pub struct ListApprovalRuleTemplatesOutput {
    pub approval_rule_template_names: Vec<String>,
    pub next_token: Option<String>,
}

/// [DeleteApprovalRuleTemplate](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeleteApprovalRuleTemplate.html)
#[derive(Shape, Default, Clone)]
pub struct DeleteApprovalRuleTemplateInput {
    #[shape(required, like = APPROVAL_RULE_TEMPLATE_NAME)]
    pub approval_rule_template_name: String,
}

/// [DeleteApprovalRuleTemplate](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeleteApprovalRuleTemplate.html)
#[derive(Shape, Default, Clone)]
pub struct DeleteApprovalRuleTemplateOutput {
    #[shape(required)]
    pub approval_rule_template_id: Option<String>,
}

/// [UpdateApprovalRuleTemplateContent](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdateApprovalRuleTemplateContent.html)
#[derive(Shape, Default, Clone)]
pub struct UpdateApprovalRuleTemplateContentInput {
    #[shape(required, like = APPROVAL_RULE_TEMPLATE_NAME)]
    pub approval_rule_template_name: String,
    #[shape(
        required,
        missing = "ApprovalRuleTemplateContentRequiredException",
        min = 1,
        max = 3000,
        invalid = "InvalidApprovalRuleTemplateContentException"
    )]
    pub new_rule_content: String,
    pub existing_rule_content_sha256: Option<String>,
}

/// [UpdateApprovalRuleTemplateContent](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdateApprovalRuleTemplateContent.html)
#[derive(Shape, Default, Clone)]
pub struct UpdateApprovalRuleTemplateContentOutput {
    #[shape(required)]
    pub approval_rule_template: ApprovalRuleTemplate,
}

/// [UpdateApprovalRuleTemplateDescription](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdateApprovalRuleTemplateDescription.html)
#[derive(Shape, Default, Clone)]
pub struct UpdateApprovalRuleTemplateDescriptionInput {
    #[shape(required, like = APPROVAL_RULE_TEMPLATE_NAME)]
    pub approval_rule_template_name: String,
    #[shape(
        required,
        missing = "InvalidApprovalRuleTemplateDescriptionException",
        max = 1000,
        invalid = "InvalidApprovalRuleTemplateDescriptionException"
    )]
    pub approval_rule_template_description: String,
}

/// [UpdateApprovalRuleTemplateDescription](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdateApprovalRuleTemplateDescription.html)
#[derive(Shape, Default, Clone)]
pub struct UpdateApprovalRuleTemplateDescriptionOutput {
    #[shape(required)]
    pub approval_rule_template: ApprovalRuleTemplate,
}

/// [UpdateApprovalRuleTemplateName](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdateApprovalRuleTemplateName.html)
#[derive(Shape, Default, Clone)]
pub struct UpdateApprovalRuleTemplateNameInput {
    #[shape(required, like = APPROVAL_RULE_TEMPLATE_NAME)]
    pub old_approval_rule_template_name: String,
    #[shape(required, like = APPROVAL_RULE_TEMPLATE_NAME)]
    pub new_approval_rule_template_name: String,
}

/// [UpdateApprovalRuleTemplateName](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdateApprovalRuleTemplateName.html)
#[derive(Shape, Default, Clone)]
pub struct UpdateApprovalRuleTemplateNameOutput {
    #[shape(required)]
    pub approval_rule_template: ApprovalRuleTemplate,
}

/// [AssociateApprovalRuleTemplateWithRepository](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_AssociateApprovalRuleTemplateWithRepository.html)
#[derive(Shape, Default, Clone)]
pub struct AssociateApprovalRuleTemplateWithRepositoryInput {
    #[shape(required, like = APPROVAL_RULE_TEMPLATE_NAME)]
    pub approval_rule_template_name: String,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
}

/// [DisassociateApprovalRuleTemplateFromRepository](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DisassociateApprovalRuleTemplateFromRepository.html)
#[derive(Shape, Default, Clone)]
pub struct DisassociateApprovalRuleTemplateFromRepositoryInput {
    #[shape(required, like = APPROVAL_RULE_TEMPLATE_NAME)]
    pub approval_rule_template_name: String,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
}

/// [BatchAssociateApprovalRuleTemplateWithRepositories](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BatchAssociateApprovalRuleTemplateWithRepositories.html)
#[derive(Shape, Default, Clone)]
pub struct BatchAssociateApprovalRuleTemplateWithRepositoriesInput {
    #[shape(required, like = APPROVAL_RULE_TEMPLATE_NAME)]
    pub approval_rule_template_name: String,
    #[shape(
        required,
        missing = "RepositoryNamesRequiredException",
        max = 100,
        invalid = "MaximumRepositoryNamesExceededException"
    )]
    pub repository_names: Vec<String>,
}

/// [BatchAssociateApprovalRuleTemplateWithRepositoriesError](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BatchAssociateApprovalRuleTemplateWithRepositoriesError.html)
#[derive(Shape, Default, Clone)]
pub struct BatchAssociateApprovalRuleTemplateWithRepositoriesError {
    pub repository_name: Option<String>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
}

/// [BatchAssociateApprovalRuleTemplateWithRepositories](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BatchAssociateApprovalRuleTemplateWithRepositories.html)
#[derive(Shape, Default, Clone)]
pub struct BatchAssociateApprovalRuleTemplateWithRepositoriesOutput {
    #[shape(required)]
    pub associated_repository_names: Vec<String>,
    #[shape(required)]
    pub errors: Vec<BatchAssociateApprovalRuleTemplateWithRepositoriesError>,
}

/// [BatchDisassociateApprovalRuleTemplateFromRepositories](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BatchDisassociateApprovalRuleTemplateFromRepositories.html)
#[derive(Shape, Default, Clone)]
pub struct BatchDisassociateApprovalRuleTemplateFromRepositoriesInput {
    #[shape(required, like = APPROVAL_RULE_TEMPLATE_NAME)]
    pub approval_rule_template_name: String,
    #[shape(
        required,
        missing = "RepositoryNamesRequiredException",
        max = 100,
        invalid = "MaximumRepositoryNamesExceededException"
    )]
    pub repository_names: Vec<String>,
}

/// [BatchDisassociateApprovalRuleTemplateFromRepositoriesError](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BatchDisassociateApprovalRuleTemplateFromRepositoriesError.html)
#[derive(Shape, Default, Clone)]
pub struct BatchDisassociateApprovalRuleTemplateFromRepositoriesError {
    pub repository_name: Option<String>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
}

/// [BatchDisassociateApprovalRuleTemplateFromRepositories](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BatchDisassociateApprovalRuleTemplateFromRepositories.html)
#[derive(Shape, Default, Clone)]
pub struct BatchDisassociateApprovalRuleTemplateFromRepositoriesOutput {
    #[shape(required)]
    pub disassociated_repository_names: Vec<String>,
    #[shape(required)]
    pub errors: Vec<BatchDisassociateApprovalRuleTemplateFromRepositoriesError>,
}

/// [ListAssociatedApprovalRuleTemplatesForRepository](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListAssociatedApprovalRuleTemplatesForRepository.html)
#[derive(Shape, Default, Clone)]
pub struct ListAssociatedApprovalRuleTemplatesForRepositoryInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    pub next_token: Option<String>,
    pub max_results: Option<i32>,
}

/// [ListAssociatedApprovalRuleTemplatesForRepository](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListAssociatedApprovalRuleTemplatesForRepository.html)
#[derive(Shape, Default, Clone)]
pub struct ListAssociatedApprovalRuleTemplatesForRepositoryOutput {
    pub approval_rule_template_names: Vec<String>,
    pub next_token: Option<String>,
}

/// [ListRepositoriesForApprovalRuleTemplate](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListRepositoriesForApprovalRuleTemplate.html)
#[derive(Shape, Default, Clone)]
pub struct ListRepositoriesForApprovalRuleTemplateInput {
    #[shape(required, like = APPROVAL_RULE_TEMPLATE_NAME)]
    pub approval_rule_template_name: String,
    pub next_token: Option<String>,
    pub max_results: Option<i32>,
}

/// [ListRepositoriesForApprovalRuleTemplate](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListRepositoriesForApprovalRuleTemplate.html)
#[derive(Shape, Default, Clone)]
pub struct ListRepositoriesForApprovalRuleTemplateOutput {
    pub repository_names: Vec<String>,
    pub next_token: Option<String>,
}
