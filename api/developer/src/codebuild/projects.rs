//! Projects.

use shape::{Shape, Timestamp};

use super::common::*;

/// [CreateProject](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct CreateProjectInput {
    #[shape(required, min = 2, max = 150, pattern = r"[A-Za-z0-9][A-Za-z0-9\-_]{1,149}")]
    pub name: String,
    #[shape(max = 255)]
    pub description: Option<String>,
    #[shape(required)]
    pub source: ProjectSource,
    #[shape(max = 12)]
    pub secondary_sources: Option<Vec<ProjectSource>>,
    pub source_version: Option<String>,
    #[shape(max = 12)]
    pub secondary_source_versions: Option<Vec<ProjectSourceVersion>>,
    #[shape(required)]
    pub artifacts: ProjectArtifacts,
    #[shape(max = 12)]
    pub secondary_artifacts: Option<Vec<ProjectArtifacts>>,
    pub cache: Option<ProjectCache>,
    #[shape(required)]
    pub environment: ProjectEnvironment,
    #[shape(required, min = 1)]
    pub service_role: String,
    #[shape(min = 5, max = 2160)]
    pub timeout_in_minutes: Option<i32>,
    #[shape(min = 5, max = 480)]
    pub queued_timeout_in_minutes: Option<i32>,
    #[shape(min = 1)]
    pub encryption_key: Option<String>,
    #[shape(max = 50)]
    pub tags: Option<Vec<Tag>>,
    pub vpc_config: Option<VpcConfig>,
    pub badge_enabled: Option<bool>,
    pub logs_config: Option<LogsConfig>,
    pub file_system_locations: Option<Vec<ProjectFileSystemLocation>>,
    pub build_batch_config: Option<ProjectBuildBatchConfig>,
    pub concurrent_build_limit: Option<i32>,
    pub auto_retry_limit: Option<i32>,
}

/// [Tag](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Tag.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct Tag {
    #[shape(min = 1, max = 127)]
    pub key: Option<String>,
    #[shape(max = 255)]
    pub value: Option<String>,
}

/// [ProjectBuildBatchConfig](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectBuildBatchConfig.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ProjectBuildBatchConfig {
    #[shape(min = 1)]
    pub service_role: Option<String>,
    pub combine_artifacts: Option<bool>,
    pub restrictions: Option<BatchRestrictions>,
    pub timeout_in_mins: Option<i32>,
    pub batch_report_mode: Option<BatchReportModeType>,
}

/// [BatchRestrictions](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchRestrictions.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchRestrictions {
    pub maximum_builds_allowed: Option<i32>,
    pub compute_types_allowed: Option<Vec<String>>,
    pub fleets_allowed: Option<Vec<String>>,
}

shape::string_enum! {
    /// Batch report mode type.
    pub enum BatchReportModeType { ReportIndividualBuilds = "REPORT_INDIVIDUAL_BUILDS", ReportAggregatedBatch = "REPORT_AGGREGATED_BATCH" }
}

/// [CreateProject](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct CreateProjectOutput {
    pub project: Option<Project>,
}

/// [Project](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Project.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct Project {
    #[shape(min = 2, max = 150, pattern = r"[A-Za-z0-9][A-Za-z0-9\-_]{1,149}")]
    pub name: Option<String>,
    pub arn: Option<String>,
    #[shape(max = 255)]
    pub description: Option<String>,
    pub source: Option<ProjectSource>,
    #[shape(max = 12)]
    pub secondary_sources: Option<Vec<ProjectSource>>,
    pub source_version: Option<String>,
    #[shape(max = 12)]
    pub secondary_source_versions: Option<Vec<ProjectSourceVersion>>,
    pub artifacts: Option<ProjectArtifacts>,
    #[shape(max = 12)]
    pub secondary_artifacts: Option<Vec<ProjectArtifacts>>,
    pub cache: Option<ProjectCache>,
    pub environment: Option<ProjectEnvironment>,
    #[shape(min = 1)]
    pub service_role: Option<String>,
    #[shape(min = 5, max = 2160)]
    pub timeout_in_minutes: Option<i32>,
    #[shape(min = 5, max = 480)]
    pub queued_timeout_in_minutes: Option<i32>,
    #[shape(min = 1)]
    pub encryption_key: Option<String>,
    #[shape(max = 50)]
    pub tags: Option<Vec<Tag>>,
    pub created: Option<Timestamp>,
    pub last_modified: Option<Timestamp>,
    pub webhook: Option<Webhook>,
    pub vpc_config: Option<VpcConfig>,
    pub badge: Option<ProjectBadge>,
    pub logs_config: Option<LogsConfig>,
    pub file_system_locations: Option<Vec<ProjectFileSystemLocation>>,
    pub build_batch_config: Option<ProjectBuildBatchConfig>,
    pub concurrent_build_limit: Option<i32>,
    pub project_visibility: Option<ProjectVisibilityType>,
    #[shape(min = 1)]
    pub public_project_alias: Option<String>,
    #[shape(min = 1)]
    pub resource_access_role: Option<String>,
    pub auto_retry_limit: Option<i32>,
}

/// [Webhook](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Webhook.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct Webhook {
    #[shape(min = 1)]
    pub url: Option<String>,
    #[shape(min = 1)]
    pub payload_url: Option<String>,
    #[shape(min = 1)]
    pub secret: Option<String>,
    pub branch_filter: Option<String>,
    pub filter_groups: Option<Vec<Vec<WebhookFilter>>>,
    pub build_type: Option<WebhookBuildType>,
    pub manual_creation: Option<bool>,
    pub last_modified_secret: Option<Timestamp>,
    pub scope_configuration: Option<ScopeConfiguration>,
    pub status: Option<WebhookStatus>,
    pub status_message: Option<String>,
    pub pull_request_build_policy: Option<PullRequestBuildPolicy>,
}

/// [WebhookFilter](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_WebhookFilter.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct WebhookFilter {
    #[shape(name = "type", required)]
    pub kind: WebhookFilterType,
    #[shape(required)]
    pub pattern: String,
    pub exclude_matched_pattern: Option<bool>,
}

shape::string_enum! {
    /// Webhook filter type.
    pub enum WebhookFilterType { Event = "EVENT", BaseRef = "BASE_REF", HeadRef = "HEAD_REF", ActorAccountId = "ACTOR_ACCOUNT_ID", FilePath = "FILE_PATH", CommitMessage = "COMMIT_MESSAGE", WorkflowName = "WORKFLOW_NAME", TagName = "TAG_NAME", ReleaseName = "RELEASE_NAME", RepositoryName = "REPOSITORY_NAME", OrganizationName = "ORGANIZATION_NAME" }
}

shape::string_enum! {
    /// Webhook build type.
    pub enum WebhookBuildType { Build = "BUILD", BuildBatch = "BUILD_BATCH", RunnerBuildkiteBuild = "RUNNER_BUILDKITE_BUILD" }
}

/// [ScopeConfiguration](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ScopeConfiguration.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ScopeConfiguration {
    #[shape(required)]
    pub name: String,
    pub domain: Option<String>,
    #[shape(required)]
    pub scope: WebhookScopeType,
}

shape::string_enum! {
    /// Webhook scope type.
    pub enum WebhookScopeType { GithubOrganization = "GITHUB_ORGANIZATION", GithubGlobal = "GITHUB_GLOBAL", GitlabGroup = "GITLAB_GROUP" }
}

shape::string_enum! {
    /// Webhook status.
    pub enum WebhookStatus { Creating = "CREATING", CreateFailed = "CREATE_FAILED", Active = "ACTIVE", Deleting = "DELETING" }
}

/// [PullRequestBuildPolicy](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_PullRequestBuildPolicy.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct PullRequestBuildPolicy {
    #[shape(required)]
    pub requires_comment_approval: PullRequestBuildCommentApproval,
    pub approver_roles: Option<Vec<PullRequestBuildApproverRole>>,
}

shape::string_enum! {
    /// Pull request build comment approval.
    pub enum PullRequestBuildCommentApproval { Disabled = "DISABLED", AllPullRequests = "ALL_PULL_REQUESTS", ForkPullRequests = "FORK_PULL_REQUESTS" }
}

shape::string_enum! {
    /// Pull request build approver role.
    pub enum PullRequestBuildApproverRole { GithubRead = "GITHUB_READ", GithubTriage = "GITHUB_TRIAGE", GithubWrite = "GITHUB_WRITE", GithubMaintain = "GITHUB_MAINTAIN", GithubAdmin = "GITHUB_ADMIN", GitlabGuest = "GITLAB_GUEST", GitlabPlanner = "GITLAB_PLANNER", GitlabReporter = "GITLAB_REPORTER", GitlabDeveloper = "GITLAB_DEVELOPER", GitlabMaintainer = "GITLAB_MAINTAINER", GitlabOwner = "GITLAB_OWNER", BitbucketRead = "BITBUCKET_READ", BitbucketWrite = "BITBUCKET_WRITE", BitbucketAdmin = "BITBUCKET_ADMIN" }
}

/// [ProjectBadge](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectBadge.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ProjectBadge {
    pub badge_enabled: Option<bool>,
    pub badge_request_url: Option<String>,
}

shape::string_enum! {
    /// Project visibility type.
    pub enum ProjectVisibilityType { PublicRead = "PUBLIC_READ", Private = "PRIVATE" }
}

/// [UpdateProject](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateProject.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct UpdateProjectInput {
    #[shape(required, min = 1)]
    pub name: String,
    #[shape(max = 255)]
    pub description: Option<String>,
    pub source: Option<ProjectSource>,
    #[shape(max = 12)]
    pub secondary_sources: Option<Vec<ProjectSource>>,
    pub source_version: Option<String>,
    #[shape(max = 12)]
    pub secondary_source_versions: Option<Vec<ProjectSourceVersion>>,
    pub artifacts: Option<ProjectArtifacts>,
    #[shape(max = 12)]
    pub secondary_artifacts: Option<Vec<ProjectArtifacts>>,
    pub cache: Option<ProjectCache>,
    pub environment: Option<ProjectEnvironment>,
    #[shape(min = 1)]
    pub service_role: Option<String>,
    #[shape(min = 5, max = 2160)]
    pub timeout_in_minutes: Option<i32>,
    #[shape(min = 5, max = 480)]
    pub queued_timeout_in_minutes: Option<i32>,
    #[shape(min = 1)]
    pub encryption_key: Option<String>,
    #[shape(max = 50)]
    pub tags: Option<Vec<Tag>>,
    pub vpc_config: Option<VpcConfig>,
    pub badge_enabled: Option<bool>,
    pub logs_config: Option<LogsConfig>,
    pub file_system_locations: Option<Vec<ProjectFileSystemLocation>>,
    pub build_batch_config: Option<ProjectBuildBatchConfig>,
    pub concurrent_build_limit: Option<i32>,
    pub auto_retry_limit: Option<i32>,
}

/// [UpdateProject](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateProject.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct UpdateProjectOutput {
    pub project: Option<Project>,
}

/// [DeleteProject](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteProject.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeleteProjectInput {
    #[shape(required, min = 1)]
    pub name: String,
}

/// [ListProjects](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListProjects.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListProjectsInput {
    pub sort_by: Option<ProjectSortByType>,
    pub sort_order: Option<SortOrderType>,
    #[shape(min = 1)]
    pub next_token: Option<String>,
}

shape::string_enum! {
    /// Project sort by type.
    pub enum ProjectSortByType { Name = "NAME", CreatedTime = "CREATED_TIME", LastModifiedTime = "LAST_MODIFIED_TIME" }
}

/// [ListProjects](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListProjects.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListProjectsOutput {
    pub next_token: Option<String>,
    pub projects: Option<Vec<String>>,
}

/// [BatchGetProjects](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetProjects.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetProjectsInput {
    #[shape(required, min = 1, max = 100)]
    pub names: Vec<String>,
}

/// [BatchGetProjects](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetProjects.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetProjectsOutput {
    pub projects: Option<Vec<Project>>,
    pub projects_not_found: Option<Vec<String>>,
}

/// [InvalidateProjectCache](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_InvalidateProjectCache.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct InvalidateProjectCacheInput {
    #[shape(required, min = 1)]
    pub project_name: String,
}
