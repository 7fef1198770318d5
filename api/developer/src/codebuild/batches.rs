//! Batch builds.

use shape::{Shape, Timestamp};

use super::builds::*;
use super::common::*;
use super::projects::ProjectBuildBatchConfig;

/// [StartBuildBatch](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuildBatch.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StartBuildBatchInput {
    #[shape(required, min = 1)]
    pub project_name: String,
    #[shape(max = 12)]
    pub secondary_sources_override: Option<Vec<ProjectSource>>,
    #[shape(max = 12)]
    pub secondary_sources_version_override: Option<Vec<ProjectSourceVersion>>,
    pub source_version: Option<String>,
    pub artifacts_override: Option<ProjectArtifacts>,
    #[shape(max = 12)]
    pub secondary_artifacts_override: Option<Vec<ProjectArtifacts>>,
    pub environment_variables_override: Option<Vec<EnvironmentVariable>>,
    pub source_type_override: Option<SourceType>,
    pub source_location_override: Option<String>,
    pub source_auth_override: Option<SourceAuth>,
    pub git_clone_depth_override: Option<i32>,
    pub git_submodules_config_override: Option<GitSubmodulesConfig>,
    pub buildspec_override: Option<String>,
    pub insecure_ssl_override: Option<bool>,
    pub report_build_batch_status_override: Option<bool>,
    pub environment_type_override: Option<EnvironmentType>,
    #[shape(min = 1)]
    pub image_override: Option<String>,
    pub compute_type_override: Option<ComputeType>,
    pub certificate_override: Option<String>,
    pub cache_override: Option<ProjectCache>,
    #[shape(min = 1)]
    pub service_role_override: Option<String>,
    pub privileged_mode_override: Option<bool>,
    #[shape(min = 5, max = 2160)]
    pub build_timeout_in_minutes_override: Option<i32>,
    #[shape(min = 5, max = 480)]
    pub queued_timeout_in_minutes_override: Option<i32>,
    #[shape(min = 1)]
    pub encryption_key_override: Option<String>,
    pub idempotency_token: Option<String>,
    pub logs_config_override: Option<LogsConfig>,
    pub registry_credential_override: Option<RegistryCredential>,
    pub image_pull_credentials_type_override: Option<ImagePullCredentialsType>,
    pub build_batch_config_override: Option<ProjectBuildBatchConfig>,
    pub debug_session_enabled: Option<bool>,
}

/// [StartBuildBatch](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuildBatch.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StartBuildBatchOutput {
    pub build_batch: Option<BuildBatch>,
}

/// [BuildBatch](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BuildBatch.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BuildBatch {
    #[shape(min = 1)]
    pub id: Option<String>,
    #[shape(min = 1)]
    pub arn: Option<String>,
    pub start_time: Option<Timestamp>,
    pub end_time: Option<Timestamp>,
    pub current_phase: Option<String>,
    pub build_batch_status: Option<BuildStatusType>,
    #[shape(min = 1)]
    pub source_version: Option<String>,
    #[shape(min = 1)]
    pub resolved_source_version: Option<String>,
    #[shape(min = 1)]
    pub project_name: Option<String>,
    pub phases: Option<Vec<BuildBatchPhase>>,
    pub source: Option<ProjectSource>,
    #[shape(max = 12)]
    pub secondary_sources: Option<Vec<ProjectSource>>,
    #[shape(max = 12)]
    pub secondary_source_versions: Option<Vec<ProjectSourceVersion>>,
    pub artifacts: Option<BuildArtifacts>,
    #[shape(max = 12)]
    pub secondary_artifacts: Option<Vec<BuildArtifacts>>,
    pub cache: Option<ProjectCache>,
    pub environment: Option<ProjectEnvironment>,
    #[shape(min = 1)]
    pub service_role: Option<String>,
    pub log_config: Option<LogsConfig>,
    pub build_timeout_in_minutes: Option<i32>,
    pub queued_timeout_in_minutes: Option<i32>,
    pub complete: Option<bool>,
    pub initiator: Option<String>,
    pub vpc_config: Option<VpcConfig>,
    #[shape(min = 1)]
    pub encryption_key: Option<String>,
    pub build_batch_number: Option<i64>,
    pub file_system_locations: Option<Vec<ProjectFileSystemLocation>>,
    pub build_batch_config: Option<ProjectBuildBatchConfig>,
    pub build_groups: Option<Vec<BuildGroup>>,
    pub debug_session_enabled: Option<bool>,
    pub report_arns: Option<Vec<String>>,
}

/// [BuildBatchPhase](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BuildBatchPhase.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BuildBatchPhase {
    pub phase_type: Option<BuildBatchPhaseType>,
    pub phase_status: Option<BuildStatusType>,
    pub start_time: Option<Timestamp>,
    pub end_time: Option<Timestamp>,
    pub duration_in_seconds: Option<i64>,
    pub contexts: Option<Vec<PhaseContext>>,
}

shape::string_enum! {
    /// Build batch phase type.
    pub enum BuildBatchPhaseType { Submitted = "SUBMITTED", DownloadBatchspec = "DOWNLOAD_BATCHSPEC", InProgress = "IN_PROGRESS", CombineArtifacts = "COMBINE_ARTIFACTS", Succeeded = "SUCCEEDED", Failed = "FAILED", Stopped = "STOPPED" }
}

/// [BuildGroup](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BuildGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BuildGroup {
    pub identifier: Option<String>,
    pub depends_on: Option<Vec<String>>,
    pub ignore_failure: Option<bool>,
    pub current_build_summary: Option<BuildSummary>,
    pub prior_build_summary_list: Option<Vec<BuildSummary>>,
}

/// [BuildSummary](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BuildSummary.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BuildSummary {
    pub arn: Option<String>,
    pub requested_on: Option<Timestamp>,
    pub build_status: Option<BuildStatusType>,
    pub primary_artifact: Option<ResolvedArtifact>,
    pub secondary_artifacts: Option<Vec<ResolvedArtifact>>,
}

/// [ResolvedArtifact](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ResolvedArtifact.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ResolvedArtifact {
    #[shape(name = "type")]
    pub kind: Option<ArtifactsType>,
    pub location: Option<String>,
    pub identifier: Option<String>,
}

/// [StopBuildBatch](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StopBuildBatch.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StopBuildBatchInput {
    #[shape(required, min = 1)]
    pub id: String,
}

/// [StopBuildBatch](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StopBuildBatch.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StopBuildBatchOutput {
    pub build_batch: Option<BuildBatch>,
}

/// [RetryBuildBatch](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_RetryBuildBatch.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct RetryBuildBatchInput {
    #[shape(min = 1)]
    pub id: Option<String>,
    pub idempotency_token: Option<String>,
    pub retry_type: Option<RetryBuildBatchType>,
}

shape::string_enum! {
    /// Which builds of a batch are run again.
    pub enum RetryBuildBatchType { RetryAllBuilds = "RETRY_ALL_BUILDS", RetryFailedBuilds = "RETRY_FAILED_BUILDS" }
}

/// [RetryBuildBatch](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_RetryBuildBatch.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct RetryBuildBatchOutput {
    pub build_batch: Option<BuildBatch>,
}

/// [BatchGetBuildBatches](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetBuildBatches.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetBuildBatchesInput {
    #[shape(required, max = 100)]
    pub ids: Vec<String>,
}

/// [BatchGetBuildBatches](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetBuildBatches.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetBuildBatchesOutput {
    pub build_batches: Option<Vec<BuildBatch>>,
    pub build_batches_not_found: Option<Vec<String>>,
}

/// [DeleteBuildBatch](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteBuildBatch.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeleteBuildBatchInput {
    #[shape(required, min = 1)]
    pub id: String,
}

/// [DeleteBuildBatch](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteBuildBatch.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeleteBuildBatchOutput {
    pub status_code: Option<String>,
    pub builds_deleted: Option<Vec<String>>,
    pub builds_not_deleted: Option<Vec<BuildNotDeleted>>,
}

/// [BuildBatchFilter](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BuildBatchFilter.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BuildBatchFilter {
    pub status: Option<BuildStatusType>,
}

/// [ListBuildBatches](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListBuildBatches.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListBuildBatchesInput {
    pub filter: Option<BuildBatchFilter>,
    #[shape(min = 1, max = 100)]
    pub max_results: Option<i32>,
    pub sort_order: Option<SortOrderType>,
    pub next_token: Option<String>,
}

/// [ListBuildBatches](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListBuildBatches.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListBuildBatchesOutput {
    pub ids: Option<Vec<String>>,
    pub next_token: Option<String>,
}

/// [ListBuildBatchesForProject](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListBuildBatchesForProject.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListBuildBatchesForProjectInput {
    #[shape(min = 1)]
    pub project_name: Option<String>,
    pub filter: Option<BuildBatchFilter>,
    #[shape(min = 1, max = 100)]
    pub max_results: Option<i32>,
    pub sort_order: Option<SortOrderType>,
    pub next_token: Option<String>,
}

/// [ListBuildBatchesForProject](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListBuildBatchesForProject.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListBuildBatchesForProjectOutput {
    pub ids: Option<Vec<String>>,
    pub next_token: Option<String>,
}

shape::operations! { "codebuild";
    StartBuildBatch(StartBuildBatchInput) -> StartBuildBatchOutput;
    StopBuildBatch(StopBuildBatchInput) -> StopBuildBatchOutput;
    RetryBuildBatch(RetryBuildBatchInput) -> RetryBuildBatchOutput;
    BatchGetBuildBatches(BatchGetBuildBatchesInput) -> BatchGetBuildBatchesOutput;
    DeleteBuildBatch(DeleteBuildBatchInput) -> DeleteBuildBatchOutput;
    ListBuildBatches(ListBuildBatchesInput) -> ListBuildBatchesOutput;
    ListBuildBatchesForProject(ListBuildBatchesForProjectInput) -> ListBuildBatchesForProjectOutput;
}
