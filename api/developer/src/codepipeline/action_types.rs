//! Action types.

use shape::Shape;

use super::{ActionCategory, ActionOwner, ActionTypeId};

shape::string_enum! {
    /// Type of a configuration property.
    pub enum ActionConfigurationPropertyType {
        String = "String", Number = "Number", Boolean = "Boolean",
    }
}
shape::string_enum! {
    /// Who runs an action.
    pub enum ExecutorType { JobWorker = "JobWorker", Lambda = "Lambda" }
}

/// [ListActionTypes](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListActionTypes.html)
#[derive(Shape, Default, Clone)]
pub struct ListActionTypesInput {
    pub action_owner_filter: Option<ActionOwner>,
    #[shape(min = 1, max = 2048)]
    pub next_token: Option<String>,
    #[shape(min = 4, max = 30)]
    pub region_filter: Option<String>,
}

/// Action types.
#[derive(Shape, Default, Clone)]
pub struct ListActionTypesOutput {
    pub action_types: Vec<ActionType>,
    pub next_token: Option<String>,
}

/// [ActionType](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionType.html)
#[derive(Shape, Default, Clone)]
pub struct ActionType {
    pub id: ActionTypeId,
    pub settings: Option<ActionTypeSettings>,
    pub action_configuration_properties: Option<Vec<ActionConfigurationProperty>>,
    pub input_artifact_details: ArtifactDetails,
    pub output_artifact_details: ArtifactDetails,
}

/// [ActionTypeSettings](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionTypeSettings.html)
#[derive(Shape, Default, Clone)]
pub struct ActionTypeSettings {
    pub third_party_configuration_url: Option<String>,
    pub entity_url_template: Option<String>,
    pub execution_url_template: Option<String>,
    pub revision_url_template: Option<String>,
}

/// [ActionConfigurationProperty](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionConfigurationProperty.html)
#[derive(Shape, Default, Clone)]
pub struct ActionConfigurationProperty {
    pub name: String,
    pub required: bool,
    pub key: bool,
    pub secret: bool,
    pub queryable: Option<bool>,
    pub description: Option<String>,
    #[shape(name = "type")]
    pub kind: Option<ActionConfigurationPropertyType>,
}

/// [ArtifactDetails](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ArtifactDetails.html)
#[derive(Shape, Default, Clone)]
pub struct ArtifactDetails {
    pub minimum_count: i32,
    pub maximum_count: i32,
}

/// [GetActionType](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetActionType.html)
#[derive(Shape, Default, Clone)]
pub struct GetActionTypeInput {
    #[shape(required)]
    pub category: ActionCategory,
    #[shape(required, pattern = "AWS|ThirdParty")]
    pub owner: String,
    #[shape(required, min = 1, max = 35, pattern = "[0-9A-Za-z_-]+")]
    pub provider: String,
    #[shape(required, min = 1, max = 9, pattern = "[0-9A-Za-z_-]+")]
    pub version: String,
}

/// An action type as its provider declared it.
#[derive(Shape, Default, Clone)]
pub struct GetActionTypeOutput {
    pub action_type: Option<ActionTypeDeclaration>,
}

/// [ActionTypeDeclaration](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionTypeDeclaration.html)
#[derive(Shape, Default, Clone)]
pub struct ActionTypeDeclaration {
    pub description: Option<String>,
    pub executor: ActionTypeExecutor,
    pub id: ActionTypeIdentifier,
    pub input_artifact_details: ArtifactDetails,
    pub output_artifact_details: ArtifactDetails,
    pub permissions: Option<ActionTypePermissions>,
    pub properties: Option<Vec<ActionTypeProperty>>,
    pub urls: Option<ActionTypeUrls>,
}

/// [ActionTypeExecutor](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionTypeExecutor.html)
#[derive(Shape, Default, Clone)]
pub struct ActionTypeExecutor {
    pub configuration: ExecutorConfiguration,
    #[shape(name = "type")]
    pub kind: ExecutorType,
    pub policy_statements_template: Option<String>,
    pub job_timeout: Option<i32>,
}

/// [ExecutorConfiguration](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ExecutorConfiguration.html)
#[derive(Shape, Default, Clone)]
pub struct ExecutorConfiguration {
    pub lambda_executor_configuration: Option<LambdaExecutorConfiguration>,
    pub job_worker_executor_configuration: Option<JobWorkerExecutorConfiguration>,
}

/// [LambdaExecutorConfiguration](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_LambdaExecutorConfiguration.html)
#[derive(Shape, Default, Clone)]
pub struct LambdaExecutorConfiguration {
    pub lambda_function_arn: String,
}

/// [JobWorkerExecutorConfiguration](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_JobWorkerExecutorConfiguration.html)
#[derive(Shape, Default, Clone)]
pub struct JobWorkerExecutorConfiguration {
    pub polling_accounts: Option<Vec<String>>,
    pub polling_service_principals: Option<Vec<String>>,
}

/// [ActionTypeIdentifier](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionTypeIdentifier.html)
#[derive(Shape, Default, Clone)]
pub struct ActionTypeIdentifier {
    pub category: ActionCategory,
    pub owner: String,
    pub provider: String,
    pub version: String,
}

/// [ActionTypePermissions](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionTypePermissions.html)
#[derive(Shape, Default, Clone)]
pub struct ActionTypePermissions {
    pub allowed_accounts: Vec<String>,
}

/// [ActionTypeProperty](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionTypeProperty.html)
#[derive(Shape, Default, Clone)]
pub struct ActionTypeProperty {
    pub name: String,
    pub optional: bool,
    pub key: bool,
    pub no_echo: bool,
    pub queryable: Option<bool>,
    pub description: Option<String>,
}

/// [ActionTypeUrls](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionTypeUrls.html)
#[derive(Shape, Default, Clone)]
pub struct ActionTypeUrls {
    pub configuration_url: Option<String>,
    pub entity_url_template: Option<String>,
    pub execution_url_template: Option<String>,
    pub revision_url_template: Option<String>,
}
