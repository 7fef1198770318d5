//! The state of a pipeline: its stages, transitions and latest actions.

use shape::{Shape, Timestamp};

use super::{ActionExecutionStatus, ErrorDetails, ExecutionType};

shape::string_enum! {
    /// How a stage stands in an execution.
    pub enum StageExecutionStatus {
        InProgress = "InProgress", Cancelled = "Cancelled", Failed = "Failed",
        Stopped = "Stopped", Stopping = "Stopping", Succeeded = "Succeeded", Skipped = "Skipped",
    }
}
shape::string_enum! {
    /// Which way of a stage is closed.
    pub enum StageTransitionType { Inbound = "Inbound", Outbound = "Outbound" }
}
shape::string_enum! {
    /// What a manual approval ended with.
    pub enum ApprovalStatus { Approved = "Approved", Rejected = "Rejected" }
}
shape::string_enum! {
    /// Who had a stage retried.
    pub enum RetryTrigger {
        AutomatedStageRetry = "AutomatedStageRetry", ManualStageRetry = "ManualStageRetry",
    }
}

/// [GetPipelineState](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetPipelineState.html)
#[derive(Shape, Default, Clone)]
pub struct GetPipelineStateInput {
    #[shape(required, min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub name: String,
}

/// The state of a pipeline.
#[derive(Shape, Default, Clone)]
pub struct GetPipelineStateOutput {
    pub pipeline_name: Option<String>,
    pub pipeline_version: Option<i32>,
    pub stage_states: Option<Vec<StageState>>,
    pub created: Option<Timestamp>,
    pub updated: Option<Timestamp>,
}

/// [StageState](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StageState.html)
#[derive(Shape, Default, Clone)]
pub struct StageState {
    pub stage_name: Option<String>,
    pub inbound_execution: Option<StageExecution>,
    pub inbound_executions: Option<Vec<StageExecution>>,
    pub inbound_transition_state: Option<TransitionState>,
    pub action_states: Option<Vec<ActionState>>,
    pub latest_execution: Option<StageExecution>,
    pub retry_stage_metadata: Option<RetryStageMetadata>,
}

/// [StageExecution](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StageExecution.html)
#[derive(Shape, Default, Clone)]
pub struct StageExecution {
    pub pipeline_execution_id: String,
    pub status: StageExecutionStatus,
    #[shape(name = "type")]
    pub kind: Option<ExecutionType>,
}

/// [TransitionState](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_TransitionState.html)
#[derive(Shape, Default, Clone)]
pub struct TransitionState {
    pub enabled: Option<bool>,
    pub last_changed_by: Option<String>,
    pub last_changed_at: Option<Timestamp>,
    pub disabled_reason: Option<String>,
}

/// [ActionState](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionState.html)
#[derive(Shape, Default, Clone)]
pub struct ActionState {
    pub action_name: Option<String>,
    pub current_revision: Option<ActionRevision>,
    pub latest_execution: Option<ActionExecution>,
    pub entity_url: Option<String>,
    pub revision_url: Option<String>,
}

/// [ActionRevision](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionRevision.html)
#[derive(Shape, Default, Clone)]
pub struct ActionRevision {
    pub revision_id: String,
    pub revision_change_id: Option<String>,
    pub created: Option<Timestamp>,
}

/// [ActionExecution](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionExecution.html)
#[derive(Shape, Default, Clone)]
pub struct ActionExecution {
    pub action_execution_id: Option<String>,
    pub status: Option<ActionExecutionStatus>,
    pub summary: Option<String>,
    pub last_status_change: Option<Timestamp>,
    pub token: Option<String>,
    pub last_updated_by: Option<String>,
    pub external_execution_id: Option<String>,
    pub external_execution_url: Option<String>,
    pub percent_complete: Option<i32>,
    pub error_details: Option<ErrorDetails>,
    #[shape(name = "logStreamARN")]
    pub log_stream_arn: Option<String>,
}

/// [RetryStageMetadata](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_RetryStageMetadata.html)
#[derive(Shape, Default, Clone)]
pub struct RetryStageMetadata {
    pub auto_stage_retry_attempt: Option<i32>,
    pub manual_stage_retry_attempt: Option<i32>,
    pub latest_retry_trigger: Option<RetryTrigger>,
}

/// [DisableStageTransition](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_DisableStageTransition.html)
#[derive(Shape, Default, Clone)]
pub struct DisableStageTransitionInput {
    #[shape(required, min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub pipeline_name: String,
    #[shape(required, min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub stage_name: String,
    #[shape(required)]
    pub transition_type: StageTransitionType,
    #[shape(required, min = 1, max = 300, pattern = r"[a-zA-Z0-9!@ \(\)\.\*\?\-]+")]
    pub reason: String,
}

/// [EnableStageTransition](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_EnableStageTransition.html)
#[derive(Shape, Default, Clone)]
pub struct EnableStageTransitionInput {
    #[shape(required, min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub pipeline_name: String,
    #[shape(required, min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub stage_name: String,
    #[shape(required)]
    pub transition_type: StageTransitionType,
}

/// [PutApprovalResult](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutApprovalResult.html)
#[derive(Shape, Default, Clone)]
pub struct PutApprovalResultInput {
    #[shape(required, min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub pipeline_name: String,
    #[shape(required, min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub stage_name: String,
    #[shape(required, min = 1, max = 100, pattern = r"[A-Za-z0-9.@\-_]+")]
    pub action_name: String,
    #[shape(required)]
    pub result: ApprovalResult,
    #[shape(required, pattern = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    pub token: String,
}

/// [ApprovalResult](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ApprovalResult.html)
#[derive(Shape, Default, Clone)]
pub struct ApprovalResult {
    #[shape(required, max = 512)]
    pub summary: String,
    #[shape(required)]
    pub status: ApprovalStatus,
}

/// When it was approved or rejected.
#[derive(Shape, Default, Clone)]
pub struct PutApprovalResultOutput {
    pub approved_at: Option<Timestamp>,
}
