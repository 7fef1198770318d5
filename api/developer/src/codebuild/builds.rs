//! Builds.

use shape::{Shape, Timestamp};

use super::common::*;

/// [StartBuild](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StartBuildInput {
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
    pub report_build_status_override: Option<bool>,
    pub build_status_config_override: Option<BuildStatusConfig>,
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
    pub timeout_in_minutes_override: Option<i32>,
    #[shape(min = 5, max = 480)]
    pub queued_timeout_in_minutes_override: Option<i32>,
    #[shape(min = 1)]
    pub encryption_key_override: Option<String>,
    pub idempotency_token: Option<String>,
    pub logs_config_override: Option<LogsConfig>,
    pub registry_credential_override: Option<RegistryCredential>,
    pub image_pull_credentials_type_override: Option<ImagePullCredentialsType>,
    pub debug_session_enabled: Option<bool>,
    pub fleet_override: Option<ProjectFleet>,
    pub auto_retry_limit_override: Option<i32>,
    pub host_kernel_override: Option<HostKernel>,
}

/// [StartBuild](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StartBuildOutput {
    pub build: Option<Build>,
}

/// [Build](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Build.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct Build {
    #[shape(min = 1)]
    pub id: Option<String>,
    #[shape(min = 1)]
    pub arn: Option<String>,
    pub build_number: Option<i64>,
    pub start_time: Option<Timestamp>,
    pub end_time: Option<Timestamp>,
    pub current_phase: Option<String>,
    pub build_status: Option<BuildStatusType>,
    #[shape(min = 1)]
    pub source_version: Option<String>,
    #[shape(min = 1)]
    pub resolved_source_version: Option<String>,
    #[shape(min = 1)]
    pub project_name: Option<String>,
    pub phases: Option<Vec<BuildPhase>>,
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
    pub logs: Option<LogsLocation>,
    pub timeout_in_minutes: Option<i32>,
    pub queued_timeout_in_minutes: Option<i32>,
    pub build_complete: Option<bool>,
    pub initiator: Option<String>,
    pub vpc_config: Option<VpcConfig>,
    pub network_interface: Option<NetworkInterface>,
    #[shape(min = 1)]
    pub encryption_key: Option<String>,
    pub exported_environment_variables: Option<Vec<ExportedEnvironmentVariable>>,
    pub report_arns: Option<Vec<String>>,
    pub file_system_locations: Option<Vec<ProjectFileSystemLocation>>,
    pub debug_session: Option<DebugSession>,
    pub build_batch_arn: Option<String>,
    pub auto_retry_config: Option<AutoRetryConfig>,
}

shape::string_enum! {
    /// Build status type.
    pub enum BuildStatusType { Succeeded = "SUCCEEDED", Failed = "FAILED", Fault = "FAULT", TimedOut = "TIMED_OUT", InProgress = "IN_PROGRESS", Stopped = "STOPPED" }
}

/// [BuildPhase](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BuildPhase.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BuildPhase {
    pub phase_type: Option<BuildPhaseType>,
    pub phase_status: Option<BuildStatusType>,
    pub start_time: Option<Timestamp>,
    pub end_time: Option<Timestamp>,
    pub duration_in_seconds: Option<i64>,
    pub contexts: Option<Vec<PhaseContext>>,
}

shape::string_enum! {
    /// Build phase type.
    pub enum BuildPhaseType { Submitted = "SUBMITTED", Queued = "QUEUED", Provisioning = "PROVISIONING", DownloadSource = "DOWNLOAD_SOURCE", Install = "INSTALL", PreBuild = "PRE_BUILD", Build = "BUILD", PostBuild = "POST_BUILD", UploadArtifacts = "UPLOAD_ARTIFACTS", Finalizing = "FINALIZING", Completed = "COMPLETED" }
}

/// [PhaseContext](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_PhaseContext.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct PhaseContext {
    pub status_code: Option<String>,
    pub message: Option<String>,
}

/// [BuildArtifacts](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BuildArtifacts.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BuildArtifacts {
    pub location: Option<String>,
    pub sha256sum: Option<String>,
    pub md5sum: Option<String>,
    pub override_artifact_name: Option<bool>,
    pub encryption_disabled: Option<bool>,
    pub artifact_identifier: Option<String>,
    pub bucket_owner_access: Option<BucketOwnerAccess>,
}

/// [LogsLocation](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_LogsLocation.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct LogsLocation {
    pub group_name: Option<String>,
    pub stream_name: Option<String>,
    pub deep_link: Option<String>,
    pub s3_deep_link: Option<String>,
    pub cloud_watch_logs_arn: Option<String>,
    pub s3_logs_arn: Option<String>,
    pub cloud_watch_logs: Option<CloudWatchLogsConfig>,
    pub s3_logs: Option<S3LogsConfig>,
}

/// [NetworkInterface](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_NetworkInterface.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct NetworkInterface {
    #[shape(min = 1)]
    pub subnet_id: Option<String>,
    #[shape(min = 1)]
    pub network_interface_id: Option<String>,
}

/// [ExportedEnvironmentVariable](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ExportedEnvironmentVariable.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ExportedEnvironmentVariable {
    #[shape(min = 1)]
    pub name: Option<String>,
    pub value: Option<String>,
}

/// [DebugSession](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DebugSession.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DebugSession {
    pub session_enabled: Option<bool>,
    #[shape(min = 1)]
    pub session_target: Option<String>,
}

/// [AutoRetryConfig](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_AutoRetryConfig.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct AutoRetryConfig {
    pub auto_retry_limit: Option<i32>,
    pub auto_retry_number: Option<i32>,
    pub next_auto_retry: Option<String>,
    pub previous_auto_retry: Option<String>,
}

/// [StopBuild](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StopBuild.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StopBuildInput {
    #[shape(required, min = 1)]
    pub id: String,
}

/// [StopBuild](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StopBuild.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StopBuildOutput {
    pub build: Option<Build>,
}

/// [RetryBuild](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_RetryBuild.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct RetryBuildInput {
    #[shape(min = 1)]
    pub id: Option<String>,
    pub idempotency_token: Option<String>,
}

/// [RetryBuild](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_RetryBuild.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct RetryBuildOutput {
    pub build: Option<Build>,
}

/// [BatchGetBuilds](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetBuilds.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetBuildsInput {
    #[shape(required, min = 1, max = 100)]
    pub ids: Vec<String>,
}

/// [BatchGetBuilds](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetBuilds.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetBuildsOutput {
    pub builds: Option<Vec<Build>>,
    pub builds_not_found: Option<Vec<String>>,
}

/// [ListBuilds](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListBuilds.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListBuildsInput {
    pub sort_order: Option<SortOrderType>,
    pub next_token: Option<String>,
}

/// [ListBuilds](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListBuilds.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListBuildsOutput {
    pub ids: Option<Vec<String>>,
    pub next_token: Option<String>,
}

/// [ListBuildsForProject](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListBuildsForProject.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListBuildsForProjectInput {
    #[shape(required, min = 1)]
    pub project_name: String,
    pub sort_order: Option<SortOrderType>,
    pub next_token: Option<String>,
}

/// [ListBuildsForProject](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListBuildsForProject.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListBuildsForProjectOutput {
    pub ids: Option<Vec<String>>,
    pub next_token: Option<String>,
}

/// [BatchDeleteBuilds](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchDeleteBuilds.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchDeleteBuildsInput {
    #[shape(required, min = 1, max = 100)]
    pub ids: Vec<String>,
}

/// [BatchDeleteBuilds](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchDeleteBuilds.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchDeleteBuildsOutput {
    pub builds_deleted: Option<Vec<String>>,
    pub builds_not_deleted: Option<Vec<BuildNotDeleted>>,
}

/// [BuildNotDeleted](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BuildNotDeleted.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BuildNotDeleted {
    #[shape(min = 1)]
    pub id: Option<String>,
    pub status_code: Option<String>,
}
