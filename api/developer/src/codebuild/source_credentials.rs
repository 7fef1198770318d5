//! Credentials for sources.

use shape::{Empty, Shape};

/// [ImportSourceCredentials](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ImportSourceCredentials.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ImportSourceCredentialsInput {
    #[shape(min = 1)]
    pub username: Option<String>,
    #[shape(required, min = 1, sensitive)]
    pub token: String,
    #[shape(required)]
    pub server_type: ServerType,
    #[shape(required)]
    pub auth_type: AuthType,
    pub should_overwrite: Option<bool>,
}

shape::string_enum! {
    /// Server type.
    pub enum ServerType { Github = "GITHUB", Bitbucket = "BITBUCKET", GithubEnterprise = "GITHUB_ENTERPRISE", Gitlab = "GITLAB", GitlabSelfManaged = "GITLAB_SELF_MANAGED" }
}

shape::string_enum! {
    /// Auth type.
    pub enum AuthType { Oauth = "OAUTH", BasicAuth = "BASIC_AUTH", PersonalAccessToken = "PERSONAL_ACCESS_TOKEN", Codeconnections = "CODECONNECTIONS", SecretsManager = "SECRETS_MANAGER" }
}

/// [ImportSourceCredentials](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ImportSourceCredentials.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ImportSourceCredentialsOutput {
    #[shape(min = 1)]
    pub arn: Option<String>,
}

/// [DeleteSourceCredentials](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteSourceCredentials.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeleteSourceCredentialsInput {
    #[shape(required, min = 1)]
    pub arn: String,
}

/// [DeleteSourceCredentials](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteSourceCredentials.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeleteSourceCredentialsOutput {
    #[shape(min = 1)]
    pub arn: Option<String>,
}

/// [ListSourceCredentials](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListSourceCredentials.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListSourceCredentialsOutput {
    pub source_credentials_infos: Option<Vec<SourceCredentialsInfo>>,
}

/// [SourceCredentialsInfo](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_SourceCredentialsInfo.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct SourceCredentialsInfo {
    #[shape(min = 1)]
    pub arn: Option<String>,
    pub server_type: Option<ServerType>,
    pub auth_type: Option<AuthType>,
    pub resource: Option<String>,
}

shape::operations! { "codebuild";
    ImportSourceCredentials(ImportSourceCredentialsInput) -> ImportSourceCredentialsOutput;
    DeleteSourceCredentials(DeleteSourceCredentialsInput) -> DeleteSourceCredentialsOutput;
    ListSourceCredentials(Empty) -> ListSourceCredentialsOutput;
}
