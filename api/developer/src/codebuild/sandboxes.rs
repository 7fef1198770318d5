//! Sandboxes and commands in them.

use shape::{Shape, Timestamp};

use super::builds::*;
use super::common::*;

/// [StartSandbox](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartSandbox.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StartSandboxInput {
    #[shape(min = 1)]
    pub project_name: Option<String>,
    #[shape(sensitive)]
    pub idempotency_token: Option<String>,
}

/// [StartSandbox](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartSandbox.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StartSandboxOutput {
    pub sandbox: Option<Sandbox>,
}

/// [StopSandbox](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StopSandbox.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StopSandboxInput {
    #[shape(required, min = 1)]
    pub id: String,
}

/// [StopSandbox](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StopSandbox.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StopSandboxOutput {
    pub sandbox: Option<Sandbox>,
}

/// [BatchGetSandboxes](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetSandboxes.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetSandboxesInput {
    #[shape(required)]
    pub ids: Vec<String>,
}

/// [BatchGetSandboxes](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetSandboxes.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetSandboxesOutput {
    pub sandboxes: Option<Vec<Sandbox>>,
    pub sandboxes_not_found: Option<Vec<String>>,
}

/// [ListSandboxes](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListSandboxes.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListSandboxesInput {
    #[shape(min = 1, max = 100)]
    pub max_results: Option<i32>,
    pub sort_order: Option<SortOrderType>,
    pub next_token: Option<String>,
}

/// [ListSandboxes](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListSandboxes.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListSandboxesOutput {
    pub ids: Option<Vec<String>>,
    pub next_token: Option<String>,
}

/// [ListSandboxesForProject](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListSandboxesForProject.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListSandboxesForProjectInput {
    #[shape(required, min = 1)]
    pub project_name: String,
    #[shape(min = 1, max = 100)]
    pub max_results: Option<i32>,
    pub sort_order: Option<SortOrderType>,
    #[shape(sensitive)]
    pub next_token: Option<String>,
}

/// [ListSandboxesForProject](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListSandboxesForProject.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListSandboxesForProjectOutput {
    pub ids: Option<Vec<String>>,
    pub next_token: Option<String>,
}

/// [StartCommandExecution](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartCommandExecution.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StartCommandExecutionInput {
    #[shape(required, min = 1)]
    pub sandbox_id: String,
    #[shape(required, sensitive, min = 1)]
    pub command: String,
    #[shape(name = "type")]
    pub kind: Option<CommandType>,
}

shape::string_enum! {
    /// Command type.
    pub enum CommandType { Shell = "SHELL" }
}

/// [StartCommandExecution](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartCommandExecution.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StartCommandExecutionOutput {
    pub command_execution: Option<CommandExecution>,
}

/// [BatchGetCommandExecutions](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetCommandExecutions.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetCommandExecutionsInput {
    #[shape(required, min = 1)]
    pub sandbox_id: String,
    #[shape(required, min = 1, max = 100)]
    pub command_execution_ids: Vec<String>,
}

/// [BatchGetCommandExecutions](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetCommandExecutions.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetCommandExecutionsOutput {
    pub command_executions: Option<Vec<CommandExecution>>,
    #[shape(min = 1, max = 100)]
    pub command_executions_not_found: Option<Vec<String>>,
}

/// [ListCommandExecutionsForSandbox](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListCommandExecutionsForSandbox.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListCommandExecutionsForSandboxInput {
    #[shape(required, min = 1)]
    pub sandbox_id: String,
    #[shape(min = 1, max = 100)]
    pub max_results: Option<i32>,
    pub sort_order: Option<SortOrderType>,
    #[shape(sensitive)]
    pub next_token: Option<String>,
}

/// [ListCommandExecutionsForSandbox](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListCommandExecutionsForSandbox.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListCommandExecutionsForSandboxOutput {
    pub command_executions: Option<Vec<CommandExecution>>,
    pub next_token: Option<String>,
}

/// [StartSandboxConnection](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartSandboxConnection.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StartSandboxConnectionInput {
    #[shape(required, min = 1)]
    pub sandbox_id: String,
}

/// [StartSandboxConnection](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartSandboxConnection.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StartSandboxConnectionOutput {
    pub ssm_session: Option<SsmSession>,
}

/// [SSMSession](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_SSMSession.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct SsmSession {
    pub session_id: Option<String>,
    pub token_value: Option<String>,
    pub stream_url: Option<String>,
}

/// [Sandbox](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Sandbox.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct Sandbox {
    #[shape(min = 1)]
    pub id: Option<String>,
    #[shape(min = 1)]
    pub arn: Option<String>,
    #[shape(min = 1)]
    pub project_name: Option<String>,
    pub request_time: Option<Timestamp>,
    pub start_time: Option<Timestamp>,
    pub end_time: Option<Timestamp>,
    pub status: Option<String>,
    pub source: Option<ProjectSource>,
    #[shape(min = 1)]
    pub source_version: Option<String>,
    #[shape(max = 12)]
    pub secondary_sources: Option<Vec<ProjectSource>>,
    #[shape(max = 12)]
    pub secondary_source_versions: Option<Vec<ProjectSourceVersion>>,
    pub environment: Option<ProjectEnvironment>,
    pub file_system_locations: Option<Vec<ProjectFileSystemLocation>>,
    pub timeout_in_minutes: Option<i32>,
    pub queued_timeout_in_minutes: Option<i32>,
    pub vpc_config: Option<VpcConfig>,
    pub log_config: Option<LogsConfig>,
    #[shape(min = 1)]
    pub encryption_key: Option<String>,
    #[shape(min = 1)]
    pub service_role: Option<String>,
    pub current_session: Option<SandboxSession>,
}

/// [SandboxSession](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_SandboxSession.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct SandboxSession {
    #[shape(min = 1)]
    pub id: Option<String>,
    pub status: Option<String>,
    pub start_time: Option<Timestamp>,
    pub end_time: Option<Timestamp>,
    pub current_phase: Option<String>,
    pub phases: Option<Vec<SandboxSessionPhase>>,
    #[shape(min = 1)]
    pub resolved_source_version: Option<String>,
    pub logs: Option<LogsLocation>,
    pub network_interface: Option<NetworkInterface>,
}

/// [SandboxSessionPhase](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_SandboxSessionPhase.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct SandboxSessionPhase {
    pub phase_type: Option<String>,
    pub phase_status: Option<BuildStatusType>,
    pub start_time: Option<Timestamp>,
    pub end_time: Option<Timestamp>,
    pub duration_in_seconds: Option<i64>,
    pub contexts: Option<Vec<PhaseContext>>,
}

/// [CommandExecution](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CommandExecution.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct CommandExecution {
    #[shape(min = 1)]
    pub id: Option<String>,
    #[shape(min = 1)]
    pub sandbox_id: Option<String>,
    pub submit_time: Option<Timestamp>,
    pub start_time: Option<Timestamp>,
    pub end_time: Option<Timestamp>,
    #[shape(min = 1)]
    pub status: Option<String>,
    #[shape(sensitive, min = 1)]
    pub command: Option<String>,
    #[shape(name = "type")]
    pub kind: Option<CommandType>,
    #[shape(min = 1)]
    pub exit_code: Option<String>,
    #[shape(sensitive, min = 1)]
    pub standard_output_content: Option<String>,
    #[shape(sensitive, min = 1)]
    pub standard_err_content: Option<String>,
    pub logs: Option<LogsLocation>,
    #[shape(min = 1)]
    pub sandbox_arn: Option<String>,
}

shape::operations! { "codebuild";
    StartSandbox(StartSandboxInput) -> StartSandboxOutput;
    StopSandbox(StopSandboxInput) -> StopSandboxOutput;
    BatchGetSandboxes(BatchGetSandboxesInput) -> BatchGetSandboxesOutput;
    ListSandboxes(ListSandboxesInput) -> ListSandboxesOutput;
    ListSandboxesForProject(ListSandboxesForProjectInput) -> ListSandboxesForProjectOutput;
    StartCommandExecution(StartCommandExecutionInput) -> StartCommandExecutionOutput;
    BatchGetCommandExecutions(BatchGetCommandExecutionsInput) -> BatchGetCommandExecutionsOutput;
    ListCommandExecutionsForSandbox(ListCommandExecutionsForSandboxInput)
        -> ListCommandExecutionsForSandboxOutput;
    StartSandboxConnection(StartSandboxConnectionInput) -> StartSandboxConnectionOutput;
}
