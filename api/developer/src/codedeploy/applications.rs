//! Applications and their revisions.

use shape::{Shape, Timestamp};

use super::Tag;

/// [BatchGetApplicationRevisions](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetApplicationRevisions.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetApplicationRevisionsInput {
    #[shape(
        required,
        missing = "ApplicationNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidApplicationNameException"
    )]
    pub application_name: String,
    #[shape(required, missing = "RevisionRequiredException")]
    pub revisions: Vec<RevisionLocation>,
}

/// [RevisionLocation](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_RevisionLocation.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct RevisionLocation {
    pub revision_type: Option<RevisionLocationType>,
    pub s3_location: Option<S3Location>,
    pub git_hub_location: Option<GitHubLocation>,
    pub string: Option<RawString>,
    pub app_spec_content: Option<AppSpecContent>,
}

shape::string_enum! {
    /// Revision location type.
    pub enum RevisionLocationType { S3 = "S3", GitHub = "GitHub", String = "String", AppSpecContent = "AppSpecContent" }
}

/// [S3Location](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_S3Location.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct S3Location {
    pub bucket: Option<String>,
    pub key: Option<String>,
    pub bundle_type: Option<BundleType>,
    pub version: Option<String>,
    pub e_tag: Option<String>,
}

shape::string_enum! {
    /// Bundle type.
    pub enum BundleType { Tar = "tar", Tgz = "tgz", Zip = "zip", Yaml = "YAML", Json = "JSON" }
}

/// [GitHubLocation](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GitHubLocation.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GitHubLocation {
    pub repository: Option<String>,
    pub commit_id: Option<String>,
}

/// [RawString](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_RawString.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct RawString {
    pub content: Option<String>,
    pub sha256: Option<String>,
}

/// [AppSpecContent](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_AppSpecContent.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct AppSpecContent {
    pub content: Option<String>,
    pub sha256: Option<String>,
}

/// [BatchGetApplicationRevisions](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetApplicationRevisions.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetApplicationRevisionsOutput {
    pub application_name: Option<String>,
    pub error_message: Option<String>,
    pub revisions: Option<Vec<RevisionInfo>>,
}

/// [RevisionInfo](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_RevisionInfo.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct RevisionInfo {
    pub revision_location: Option<RevisionLocation>,
    pub generic_revision_info: Option<GenericRevisionInfo>,
}

/// [GenericRevisionInfo](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GenericRevisionInfo.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GenericRevisionInfo {
    pub description: Option<String>,
    pub deployment_groups: Option<Vec<String>>,
    pub first_used_time: Option<Timestamp>,
    pub last_used_time: Option<Timestamp>,
    pub register_time: Option<Timestamp>,
}

/// [BatchGetApplications](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetApplications.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetApplicationsInput {
    #[shape(required, missing = "ApplicationNameRequiredException")]
    pub application_names: Vec<String>,
}

/// [BatchGetApplications](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetApplications.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetApplicationsOutput {
    pub applications_info: Option<Vec<ApplicationInfo>>,
}

/// [ApplicationInfo](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ApplicationInfo.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ApplicationInfo {
    pub application_id: Option<String>,
    pub application_name: Option<String>,
    pub create_time: Option<Timestamp>,
    pub linked_to_git_hub: Option<bool>,
    pub git_hub_account_name: Option<String>,
    pub compute_platform: Option<ComputePlatform>,
}

shape::string_enum! {
    /// Compute platform.
    pub enum ComputePlatform { Server = "Server", Lambda = "Lambda", Ecs = "ECS" }
}

/// [CreateApplication](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateApplication.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct CreateApplicationInput {
    #[shape(
        required,
        missing = "ApplicationNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidApplicationNameException"
    )]
    pub application_name: String,
    #[shape(invalid = "InvalidComputePlatformException")]
    pub compute_platform: Option<ComputePlatform>,
    pub tags: Option<Vec<Tag>>,
}

/// [CreateApplication](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateApplication.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct CreateApplicationOutput {
    pub application_id: Option<String>,
}

/// [DeleteApplication](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeleteApplication.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeleteApplicationInput {
    #[shape(
        required,
        missing = "ApplicationNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidApplicationNameException"
    )]
    pub application_name: String,
}

/// [GetApplication](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetApplication.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetApplicationInput {
    #[shape(
        required,
        missing = "ApplicationNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidApplicationNameException"
    )]
    pub application_name: String,
}

/// [GetApplication](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetApplication.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetApplicationOutput {
    pub application: Option<ApplicationInfo>,
}

/// [GetApplicationRevision](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetApplicationRevision.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetApplicationRevisionInput {
    #[shape(
        required,
        missing = "ApplicationNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidApplicationNameException"
    )]
    pub application_name: String,
    #[shape(required, missing = "RevisionRequiredException")]
    pub revision: RevisionLocation,
}

/// [GetApplicationRevision](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetApplicationRevision.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetApplicationRevisionOutput {
    pub application_name: Option<String>,
    pub revision: Option<RevisionLocation>,
    pub revision_info: Option<GenericRevisionInfo>,
}

/// [ListApplicationRevisions](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListApplicationRevisions.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListApplicationRevisionsInput {
    #[shape(
        required,
        missing = "ApplicationNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidApplicationNameException"
    )]
    pub application_name: String,
    #[shape(invalid = "InvalidSortByException")]
    pub sort_by: Option<ApplicationRevisionSortBy>,
    #[shape(invalid = "InvalidSortOrderException")]
    pub sort_order: Option<SortOrder>,
    pub s3_bucket: Option<String>,
    pub s3_key_prefix: Option<String>,
    #[shape(invalid = "InvalidDeployedStateFilterException")]
    pub deployed: Option<ListStateFilterAction>,
    pub next_token: Option<String>,
}

shape::string_enum! {
    /// Application revision sort by.
    pub enum ApplicationRevisionSortBy { RegisterTime = "registerTime", FirstUsedTime = "firstUsedTime", LastUsedTime = "lastUsedTime" }
}

shape::string_enum! {
    /// Sort order.
    pub enum SortOrder { Ascending = "ascending", Descending = "descending" }
}

shape::string_enum! {
    /// List state filter action.
    pub enum ListStateFilterAction { Include = "include", Exclude = "exclude", Ignore = "ignore" }
}

/// [ListApplicationRevisions](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListApplicationRevisions.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListApplicationRevisionsOutput {
    pub revisions: Option<Vec<RevisionLocation>>,
    pub next_token: Option<String>,
}

/// [ListApplications](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListApplications.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListApplicationsInput {
    pub next_token: Option<String>,
}

/// [ListApplications](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListApplications.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListApplicationsOutput {
    pub applications: Option<Vec<String>>,
    pub next_token: Option<String>,
}

/// [RegisterApplicationRevision](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_RegisterApplicationRevision.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct RegisterApplicationRevisionInput {
    #[shape(
        required,
        missing = "ApplicationNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidApplicationNameException"
    )]
    pub application_name: String,
    pub description: Option<String>,
    #[shape(required, missing = "RevisionRequiredException")]
    pub revision: RevisionLocation,
}

/// [UpdateApplication](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_UpdateApplication.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct UpdateApplicationInput {
    #[shape(
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidApplicationNameException"
    )]
    pub application_name: Option<String>,
    #[shape(
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidApplicationNameException"
    )]
    pub new_application_name: Option<String>,
}
