//! Webhooks, and who sees a project.

use shape::{Empty, Shape};

use super::projects::*;

/// [CreateWebhook](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateWebhook.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct CreateWebhookInput {
    #[shape(required, min = 2, max = 150, pattern = r"[A-Za-z0-9][A-Za-z0-9\-_]{1,149}")]
    pub project_name: String,
    pub branch_filter: Option<String>,
    pub filter_groups: Option<Vec<Vec<WebhookFilter>>>,
    pub build_type: Option<WebhookBuildType>,
    pub manual_creation: Option<bool>,
    pub scope_configuration: Option<ScopeConfiguration>,
    pub pull_request_build_policy: Option<PullRequestBuildPolicy>,
}

/// [CreateWebhook](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateWebhook.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct CreateWebhookOutput {
    pub webhook: Option<Webhook>,
}

/// [UpdateWebhook](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateWebhook.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct UpdateWebhookInput {
    #[shape(required, min = 2, max = 150, pattern = r"[A-Za-z0-9][A-Za-z0-9\-_]{1,149}")]
    pub project_name: String,
    pub branch_filter: Option<String>,
    pub rotate_secret: Option<bool>,
    pub filter_groups: Option<Vec<Vec<WebhookFilter>>>,
    pub build_type: Option<WebhookBuildType>,
    pub pull_request_build_policy: Option<PullRequestBuildPolicy>,
}

/// [UpdateWebhook](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateWebhook.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct UpdateWebhookOutput {
    pub webhook: Option<Webhook>,
}

/// [DeleteWebhook](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteWebhook.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeleteWebhookInput {
    #[shape(required, min = 2, max = 150, pattern = r"[A-Za-z0-9][A-Za-z0-9\-_]{1,149}")]
    pub project_name: String,
}

/// [UpdateProjectVisibility](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateProjectVisibility.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct UpdateProjectVisibilityInput {
    #[shape(required, min = 1)]
    pub project_arn: String,
    #[shape(required)]
    pub project_visibility: ProjectVisibilityType,
    #[shape(min = 1)]
    pub resource_access_role: Option<String>,
}

/// [UpdateProjectVisibility](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateProjectVisibility.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct UpdateProjectVisibilityOutput {
    #[shape(min = 1)]
    pub project_arn: Option<String>,
    #[shape(min = 1)]
    pub public_project_alias: Option<String>,
    pub project_visibility: Option<ProjectVisibilityType>,
}

shape::operations! { "codebuild";
    CreateWebhook(CreateWebhookInput) -> CreateWebhookOutput;
    UpdateWebhook(UpdateWebhookInput) -> UpdateWebhookOutput;
    DeleteWebhook(DeleteWebhookInput) -> Empty;
    UpdateProjectVisibility(UpdateProjectVisibilityInput) -> UpdateProjectVisibilityOutput;
}
