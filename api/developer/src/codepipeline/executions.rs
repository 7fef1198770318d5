//! Executions of pipelines and of their actions.

use std::collections::BTreeMap;

use shape::{Shape, Timestamp};

use super::{ActionTypeId, ExecutionMode, StageRetryMode};

shape::string_enum! {
    /// How an execution stands.
    pub enum PipelineExecutionStatus {
        InProgress = "InProgress", Cancelled = "Cancelled", Stopped = "Stopped",
        Stopping = "Stopping", Succeeded = "Succeeded", Superseded = "Superseded",
        Failed = "Failed",
    }
}
shape::string_enum! {
    /// How an action stands.
    pub enum ActionExecutionStatus {
        InProgress = "InProgress", Abandoned = "Abandoned", Succeeded = "Succeeded",
        Failed = "Failed",
    }
}
shape::string_enum! {
    /// Whether an execution goes forward or back.
    pub enum ExecutionType { Standard = "STANDARD", Rollback = "ROLLBACK" }
}
shape::string_enum! {
    /// What started an execution.
    pub enum TriggerType {
        CreatePipeline = "CreatePipeline", StartPipelineExecution = "StartPipelineExecution",
        PollForSourceChanges = "PollForSourceChanges", Webhook = "Webhook",
        CloudWatchEvent = "CloudWatchEvent", PutActionRevision = "PutActionRevision",
        WebhookV2 = "WebhookV2", ManualRollback = "ManualRollback",
        AutomatedRollback = "AutomatedRollback",
    }
}
shape::string_enum! {
    /// What a source revision override names.
    pub enum SourceRevisionType {
        CommitId = "COMMIT_ID", ImageDigest = "IMAGE_DIGEST",
        S3ObjectVersionId = "S3_OBJECT_VERSION_ID", S3ObjectKey = "S3_OBJECT_KEY",
    }
}
shape::string_enum! {
    /// From when on actions are listed.
    pub enum StartTimeRange { Latest = "Latest", All = "All" }
}

/// [StartPipelineExecution](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StartPipelineExecution.html)
#[derive(Shape, Default, Clone)]
pub struct StartPipelineExecutionInput {
    #[shape(required, min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub name: String,
    #[shape(min = 1, max = 50)]
    pub variables: Option<Vec<PipelineVariable>>,
    #[shape(min = 1, max = 128, pattern = "[a-zA-Z0-9-]+")]
    pub client_request_token: Option<String>,
    #[shape(max = 50)]
    pub source_revisions: Option<Vec<SourceRevisionOverride>>,
}

/// [PipelineVariable](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineVariable.html)
#[derive(Shape, Default, Clone)]
pub struct PipelineVariable {
    #[shape(required, min = 1, max = 128, pattern = r"[A-Za-z0-9@\-_]+")]
    pub name: String,
    #[shape(required, min = 1, max = 1000)]
    pub value: String,
}

/// [SourceRevisionOverride](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_SourceRevisionOverride.html)
#[derive(Shape, Default, Clone, PartialEq, Eq)]
pub struct SourceRevisionOverride {
    #[shape(required, min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub action_name: String,
    #[shape(required)]
    pub revision_type: SourceRevisionType,
    #[shape(required, min = 1, max = 1500)]
    pub revision_value: String,
}

/// The execution that was started.
#[derive(Shape, Default, Clone)]
pub struct StartPipelineExecutionOutput {
    pub pipeline_execution_id: Option<String>,
}

/// [StopPipelineExecution](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StopPipelineExecution.html)
#[derive(Shape, Default, Clone)]
pub struct StopPipelineExecutionInput {
    #[shape(required, min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub pipeline_name: String,
    #[shape(required, pattern = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    pub pipeline_execution_id: String,
    pub abandon: Option<bool>,
    #[shape(max = 200)]
    pub reason: Option<String>,
}

/// The execution that stops.
#[derive(Shape, Default, Clone)]
pub struct StopPipelineExecutionOutput {
    pub pipeline_execution_id: Option<String>,
}

/// [RetryStageExecution](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_RetryStageExecution.html)
#[derive(Shape, Default, Clone)]
pub struct RetryStageExecutionInput {
    #[shape(required, min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub pipeline_name: String,
    #[shape(required, min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub stage_name: String,
    #[shape(required, pattern = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    pub pipeline_execution_id: String,
    #[shape(required)]
    pub retry_mode: StageRetryMode,
}

/// The execution that goes on.
#[derive(Shape, Default, Clone)]
pub struct RetryStageExecutionOutput {
    pub pipeline_execution_id: Option<String>,
}

/// [GetPipelineExecution](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetPipelineExecution.html)
#[derive(Shape, Default, Clone)]
pub struct GetPipelineExecutionInput {
    #[shape(required, min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub pipeline_name: String,
    #[shape(required, pattern = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    pub pipeline_execution_id: String,
}

/// An execution.
#[derive(Shape, Default, Clone)]
pub struct GetPipelineExecutionOutput {
    pub pipeline_execution: Option<PipelineExecution>,
}

/// [PipelineExecution](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineExecution.html)
#[derive(Shape, Default, Clone)]
pub struct PipelineExecution {
    pub pipeline_name: Option<String>,
    pub pipeline_version: Option<i32>,
    pub pipeline_execution_id: Option<String>,
    pub status: Option<PipelineExecutionStatus>,
    pub status_summary: Option<String>,
    pub artifact_revisions: Option<Vec<ArtifactRevision>>,
    pub variables: Option<Vec<ResolvedPipelineVariable>>,
    pub trigger: Option<ExecutionTrigger>,
    pub execution_mode: Option<ExecutionMode>,
    pub execution_type: Option<ExecutionType>,
    pub rollback_metadata: Option<PipelineRollbackMetadata>,
}

/// [ArtifactRevision](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ArtifactRevision.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ArtifactRevision {
    pub name: Option<String>,
    pub revision_id: Option<String>,
    pub revision_change_identifier: Option<String>,
    pub revision_summary: Option<String>,
    pub created: Option<Timestamp>,
    pub revision_url: Option<String>,
}

/// [ResolvedPipelineVariable](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ResolvedPipelineVariable.html)
#[derive(Shape, Default, Clone)]
pub struct ResolvedPipelineVariable {
    pub name: Option<String>,
    pub resolved_value: Option<String>,
}

/// [ExecutionTrigger](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ExecutionTrigger.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ExecutionTrigger {
    pub trigger_type: Option<TriggerType>,
    pub trigger_detail: Option<String>,
}

/// [PipelineRollbackMetadata](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineRollbackMetadata.html)
#[derive(Shape, Default, Clone)]
pub struct PipelineRollbackMetadata {
    pub rollback_target_pipeline_execution_id: Option<String>,
}

/// [ListPipelineExecutions](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListPipelineExecutions.html)
#[derive(Shape, Default, Clone)]
pub struct ListPipelineExecutionsInput {
    #[shape(required, min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub pipeline_name: String,
    #[shape(min = 1, max = 100)]
    pub max_results: Option<i32>,
    pub filter: Option<PipelineExecutionFilter>,
    #[shape(min = 1, max = 2048)]
    pub next_token: Option<String>,
}

/// [PipelineExecutionFilter](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineExecutionFilter.html)
#[derive(Shape, Default, Clone)]
pub struct PipelineExecutionFilter {
    pub succeeded_in_stage: Option<SucceededInStageFilter>,
}

/// [SucceededInStageFilter](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_SucceededInStageFilter.html)
#[derive(Shape, Default, Clone)]
pub struct SucceededInStageFilter {
    #[shape(min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub stage_name: Option<String>,
}

/// A page of executions, newest first.
#[derive(Shape, Default, Clone)]
pub struct ListPipelineExecutionsOutput {
    pub pipeline_execution_summaries: Option<Vec<PipelineExecutionSummary>>,
    pub next_token: Option<String>,
}

/// [PipelineExecutionSummary](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineExecutionSummary.html)
#[derive(Shape, Default, Clone)]
pub struct PipelineExecutionSummary {
    pub pipeline_execution_id: Option<String>,
    pub status: Option<PipelineExecutionStatus>,
    pub status_summary: Option<String>,
    pub start_time: Option<Timestamp>,
    pub last_update_time: Option<Timestamp>,
    pub source_revisions: Option<Vec<SourceRevision>>,
    pub trigger: Option<ExecutionTrigger>,
    pub stop_trigger: Option<StopExecutionTrigger>,
    pub execution_mode: Option<ExecutionMode>,
    pub execution_type: Option<ExecutionType>,
    pub rollback_metadata: Option<PipelineRollbackMetadata>,
}

/// [SourceRevision](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_SourceRevision.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct SourceRevision {
    pub action_name: String,
    pub revision_id: Option<String>,
    pub revision_summary: Option<String>,
    pub revision_url: Option<String>,
}

/// [StopExecutionTrigger](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StopExecutionTrigger.html)
#[derive(Shape, Default, Clone)]
pub struct StopExecutionTrigger {
    pub reason: Option<String>,
}

/// [ListActionExecutions](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListActionExecutions.html)
#[derive(Shape, Default, Clone)]
pub struct ListActionExecutionsInput {
    #[shape(required, min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub pipeline_name: String,
    pub filter: Option<ActionExecutionFilter>,
    #[shape(min = 1, max = 100)]
    pub max_results: Option<i32>,
    #[shape(min = 1, max = 2048)]
    pub next_token: Option<String>,
}

/// [ActionExecutionFilter](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionExecutionFilter.html)
#[derive(Shape, Default, Clone)]
pub struct ActionExecutionFilter {
    #[shape(pattern = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    pub pipeline_execution_id: Option<String>,
    pub latest_in_pipeline_execution: Option<LatestInPipelineExecutionFilter>,
}

/// [LatestInPipelineExecutionFilter](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_LatestInPipelineExecutionFilter.html)
#[derive(Shape, Default, Clone)]
pub struct LatestInPipelineExecutionFilter {
    #[shape(required, pattern = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    pub pipeline_execution_id: String,
    #[shape(required)]
    pub start_time_range: StartTimeRange,
}

/// A page of action executions, newest first.
#[derive(Shape, Default, Clone)]
pub struct ListActionExecutionsOutput {
    pub action_execution_details: Option<Vec<ActionExecutionDetail>>,
    pub next_token: Option<String>,
}

/// [ActionExecutionDetail](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionExecutionDetail.html)
#[derive(Shape, Default, Clone)]
pub struct ActionExecutionDetail {
    pub pipeline_execution_id: Option<String>,
    pub action_execution_id: Option<String>,
    pub pipeline_version: Option<i32>,
    pub stage_name: Option<String>,
    pub action_name: Option<String>,
    pub start_time: Option<Timestamp>,
    pub last_update_time: Option<Timestamp>,
    pub updated_by: Option<String>,
    pub status: Option<ActionExecutionStatus>,
    pub input: Option<ActionExecutionInput>,
    pub output: Option<ActionExecutionOutput>,
}

/// [ActionExecutionInput](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionExecutionInput.html)
#[derive(Shape, Default, Clone)]
pub struct ActionExecutionInput {
    pub action_type_id: Option<ActionTypeId>,
    pub configuration: Option<BTreeMap<String, String>>,
    pub resolved_configuration: Option<BTreeMap<String, String>>,
    pub role_arn: Option<String>,
    pub region: Option<String>,
    pub input_artifacts: Option<Vec<ArtifactDetail>>,
    pub namespace: Option<String>,
}

/// [ArtifactDetail](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ArtifactDetail.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ArtifactDetail {
    pub name: Option<String>,
    pub s3location: Option<S3Location>,
}

/// [S3Location](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_S3Location.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct S3Location {
    pub bucket: Option<String>,
    pub key: Option<String>,
}

/// [ActionExecutionOutput](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionExecutionOutput.html)
#[derive(Shape, Default, Clone)]
pub struct ActionExecutionOutput {
    pub output_artifacts: Option<Vec<ArtifactDetail>>,
    pub execution_result: Option<ActionExecutionResult>,
    pub output_variables: Option<BTreeMap<String, String>>,
}

/// [ActionExecutionResult](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionExecutionResult.html)
#[derive(Shape, Default, Clone)]
pub struct ActionExecutionResult {
    pub external_execution_id: Option<String>,
    pub external_execution_summary: Option<String>,
    pub external_execution_url: Option<String>,
    pub error_details: Option<ErrorDetails>,
    #[shape(name = "logStreamARN")]
    pub log_stream_arn: Option<String>,
}

/// [ErrorDetails](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ErrorDetails.html)
#[derive(Shape, Default, Clone, PartialEq, Eq)]
pub struct ErrorDetails {
    pub code: Option<String>,
    pub message: Option<String>,
}
