//! What a pipeline is made of, and the operations that keep it.

use std::collections::BTreeMap;

use shape::{Empty, Shape, Timestamp};

use super::Tag;

shape::string_enum! {
    /// Which generation of features a pipeline may use.
    pub enum PipelineType { V1 = "V1", V2 = "V2" }
}
shape::string_enum! {
    /// What becomes of an execution when another one starts.
    pub enum ExecutionMode {
        Superseded = "SUPERSEDED", Queued = "QUEUED", Parallel = "PARALLEL",
    }
}
shape::string_enum! {
    /// Where artifacts are kept.
    pub enum ArtifactStoreType { S3 = "S3" }
}
shape::string_enum! {
    /// Whose key encrypts.
    pub enum EncryptionKeyType { Kms = "KMS" }
}
shape::string_enum! {
    /// What an action does.
    pub enum ActionCategory {
        Source = "Source", Build = "Build", Deploy = "Deploy", Test = "Test",
        Invoke = "Invoke", Approval = "Approval", Compute = "Compute",
    }
}
shape::string_enum! {
    /// Who provides an action type.
    pub enum ActionOwner { Aws = "AWS", ThirdParty = "ThirdParty", Custom = "Custom" }
}
shape::string_enum! {
    /// Reserved by AWS.
    pub enum BlockerType { Schedule = "Schedule" }
}
shape::string_enum! {
    /// What follows a condition.
    pub enum ConditionResult {
        Rollback = "ROLLBACK", Fail = "FAIL", Retry = "RETRY", Skip = "SKIP",
    }
}
shape::string_enum! {
    /// Which actions of a stage run again.
    pub enum StageRetryMode { FailedActions = "FAILED_ACTIONS", AllActions = "ALL_ACTIONS" }
}
shape::string_enum! {
    /// How an environment variable of a compute action is had.
    pub enum EnvironmentVariableType {
        Plaintext = "PLAINTEXT", SecretsManager = "SECRETS_MANAGER",
    }
}
shape::string_enum! {
    /// What triggers of V2 pipelines listen to.
    pub enum TriggerProviderType { CodeStarSourceConnection = "CodeStarSourceConnection" }
}

/// [PipelineDeclaration](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineDeclaration.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct PipelineDeclaration {
    #[shape(required, min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub name: String,
    #[shape(required, max = 1024, pattern = r"arn:aws(-[\w]+)*:iam::[0-9]{12}:role/.*")]
    pub role_arn: String,
    pub artifact_store: Option<ArtifactStore>,
    pub artifact_stores: Option<BTreeMap<String, ArtifactStore>>,
    #[shape(required)]
    pub stages: Vec<StageDeclaration>,
    #[shape(min = 1)]
    pub version: Option<i32>,
    pub execution_mode: Option<ExecutionMode>,
    pub pipeline_type: Option<PipelineType>,
    #[shape(max = 50)]
    pub variables: Option<Vec<PipelineVariableDeclaration>>,
    #[shape(max = 50)]
    pub triggers: Option<Vec<PipelineTriggerDeclaration>>,
}

/// [ArtifactStore](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ArtifactStore.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ArtifactStore {
    #[shape(name = "type", required)]
    pub kind: ArtifactStoreType,
    #[shape(required, min = 3, max = 63, pattern = r"[a-zA-Z0-9\-\.]+")]
    pub location: String,
    pub encryption_key: Option<EncryptionKey>,
}

/// [EncryptionKey](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_EncryptionKey.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct EncryptionKey {
    #[shape(required, min = 1, max = 400)]
    pub id: String,
    #[shape(name = "type", required)]
    pub kind: EncryptionKeyType,
}

/// [StageDeclaration](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StageDeclaration.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StageDeclaration {
    #[shape(required, min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub name: String,
    pub blockers: Option<Vec<BlockerDeclaration>>,
    #[shape(required)]
    pub actions: Vec<ActionDeclaration>,
    pub on_failure: Option<FailureConditions>,
    pub on_success: Option<StageConditions>,
    pub before_entry: Option<StageConditions>,
}

/// [BlockerDeclaration](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_BlockerDeclaration.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BlockerDeclaration {
    #[shape(required, min = 1, max = 100)]
    pub name: String,
    #[shape(name = "type", required)]
    pub kind: BlockerType,
}

/// [ActionDeclaration](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionDeclaration.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ActionDeclaration {
    #[shape(required, min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub name: String,
    #[shape(required)]
    pub action_type_id: ActionTypeId,
    #[shape(min = 1, max = 999)]
    pub run_order: Option<i32>,
    pub configuration: Option<BTreeMap<String, String>>,
    #[shape(min = 1, max = 50)]
    pub commands: Option<Vec<String>>,
    pub output_artifacts: Option<Vec<OutputArtifact>>,
    pub input_artifacts: Option<Vec<InputArtifact>>,
    #[shape(min = 1, max = 15)]
    pub output_variables: Option<Vec<String>>,
    #[shape(max = 1024, pattern = r"arn:aws(-[\w]+)*:iam::[0-9]{12}:role/.*")]
    pub role_arn: Option<String>,
    #[shape(min = 4, max = 30)]
    pub region: Option<String>,
    #[shape(min = 1, max = 100, pattern = r"[A-Za-z0-9@\-_]+")]
    pub namespace: Option<String>,
    #[shape(min = 5, max = 86400)]
    pub timeout_in_minutes: Option<i32>,
    #[shape(min = 1, max = 10)]
    pub environment_variables: Option<Vec<EnvironmentVariable>>,
}

/// [ActionTypeId](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionTypeId.html)
#[derive(Shape, Default, Clone, PartialEq, Eq)]
pub struct ActionTypeId {
    #[shape(required)]
    pub category: ActionCategory,
    #[shape(required)]
    pub owner: ActionOwner,
    #[shape(required, min = 1, max = 35, pattern = "[0-9A-Za-z_-]+")]
    pub provider: String,
    #[shape(required, min = 1, max = 9, pattern = "[0-9A-Za-z_-]+")]
    pub version: String,
}

/// [OutputArtifact](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_OutputArtifact.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct OutputArtifact {
    #[shape(required, min = 1, max = 100, pattern = r"[a-zA-Z0-9_\-]+")]
    pub name: String,
    #[shape(min = 1, max = 10)]
    pub files: Option<Vec<String>>,
}

/// [InputArtifact](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_InputArtifact.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct InputArtifact {
    #[shape(required, min = 1, max = 100, pattern = r"[a-zA-Z0-9_\-]+")]
    pub name: String,
}

/// [EnvironmentVariable](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_EnvironmentVariable.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct EnvironmentVariable {
    #[shape(required, min = 1, max = 128, pattern = "[A-Za-z0-9_]+")]
    pub name: String,
    #[shape(required, min = 1, max = 2000)]
    pub value: String,
    #[shape(name = "type")]
    pub kind: Option<EnvironmentVariableType>,
}

/// [FailureConditions](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_FailureConditions.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct FailureConditions {
    pub result: Option<ConditionResult>,
    pub retry_configuration: Option<RetryConfiguration>,
    #[shape(min = 1, max = 1)]
    pub conditions: Option<Vec<Condition>>,
}

/// [RetryConfiguration](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_RetryConfiguration.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct RetryConfiguration {
    pub retry_mode: Option<StageRetryMode>,
}

/// [SuccessConditions](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_SuccessConditions.html)
/// and BeforeEntryConditions, which have one form.
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StageConditions {
    #[shape(required, min = 1, max = 1)]
    pub conditions: Vec<Condition>,
}

/// [Condition](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_Condition.html);
/// its rules are not read, since conditions are refused.
#[derive(Shape, Default, Clone, PartialEq)]
pub struct Condition {
    pub result: Option<ConditionResult>,
    #[shape(min = 1, max = 5)]
    pub rules: Option<Vec<Empty>>,
}

/// [PipelineVariableDeclaration](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineVariableDeclaration.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct PipelineVariableDeclaration {
    #[shape(required, min = 1, max = 128, pattern = r"[A-Za-z0-9@\-_]+")]
    pub name: String,
    #[shape(min = 1, max = 1000)]
    pub default_value: Option<String>,
    #[shape(max = 200)]
    pub description: Option<String>,
}

/// [PipelineTriggerDeclaration](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineTriggerDeclaration.html);
/// its filters are not read, since triggers are refused.
#[derive(Shape, Default, Clone, PartialEq)]
pub struct PipelineTriggerDeclaration {
    #[shape(required)]
    pub provider_type: TriggerProviderType,
    #[shape(required)]
    pub git_configuration: GitConfiguration,
}

/// [GitConfiguration](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GitConfiguration.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GitConfiguration {
    #[shape(required, min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub source_action_name: String,
    #[shape(min = 1, max = 3)]
    pub push: Option<Vec<Empty>>,
    #[shape(min = 1, max = 3)]
    pub pull_request: Option<Vec<Empty>>,
}

/// [CreatePipeline](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_CreatePipeline.html)
#[derive(Shape, Default, Clone)]
pub struct CreatePipelineInput {
    #[shape(required)]
    pub pipeline: PipelineDeclaration,
    pub tags: Option<Vec<Tag>>,
}

/// The pipeline as it was kept.
#[derive(Shape, Default, Clone)]
pub struct CreatePipelineOutput {
    pub pipeline: Option<PipelineDeclaration>,
    pub tags: Option<Vec<Tag>>,
}

/// [UpdatePipeline](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_UpdatePipeline.html)
#[derive(Shape, Default, Clone)]
pub struct UpdatePipelineInput {
    #[shape(required)]
    pub pipeline: PipelineDeclaration,
}

/// The pipeline as it was kept.
#[derive(Shape, Default, Clone)]
pub struct UpdatePipelineOutput {
    pub pipeline: Option<PipelineDeclaration>,
}

/// [GetPipeline](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetPipeline.html)
#[derive(Shape, Default, Clone)]
pub struct GetPipelineInput {
    #[shape(required, min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub name: String,
    #[shape(min = 1)]
    pub version: Option<i32>,
}

/// A pipeline in one of its versions.
#[derive(Shape, Default, Clone)]
pub struct GetPipelineOutput {
    pub pipeline: Option<PipelineDeclaration>,
    pub metadata: Option<PipelineMetadata>,
}

/// [PipelineMetadata](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineMetadata.html)
#[derive(Shape, Default, Clone)]
pub struct PipelineMetadata {
    pub pipeline_arn: Option<String>,
    pub created: Option<Timestamp>,
    pub updated: Option<Timestamp>,
    pub polling_disabled_at: Option<Timestamp>,
}

/// [ListPipelines](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListPipelines.html)
#[derive(Shape, Default, Clone)]
pub struct ListPipelinesInput {
    #[shape(min = 1, max = 2048)]
    pub next_token: Option<String>,
    #[shape(min = 1, max = 1000)]
    pub max_results: Option<i32>,
}

/// A page of pipelines.
#[derive(Shape, Default, Clone)]
pub struct ListPipelinesOutput {
    pub pipelines: Option<Vec<PipelineSummary>>,
    pub next_token: Option<String>,
}

/// [PipelineSummary](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineSummary.html)
#[derive(Shape, Default, Clone)]
pub struct PipelineSummary {
    pub name: Option<String>,
    pub version: Option<i32>,
    pub pipeline_type: Option<PipelineType>,
    pub execution_mode: Option<ExecutionMode>,
    pub created: Option<Timestamp>,
    pub updated: Option<Timestamp>,
}

/// [DeletePipeline](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_DeletePipeline.html)
#[derive(Shape, Default, Clone)]
pub struct DeletePipelineInput {
    #[shape(required, min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub name: String,
}
