//! AWS CodeConnections' shapes, after the
//! [API reference](https://docs.aws.amazon.com/codeconnections/latest/APIReference/Welcome.html).
//! AWS CodeStar connections, its older name, has the same.

// Members have AWS's names and meanings; each input names the page that tells them.
#![allow(missing_docs)]

mod own;

pub use own::*;

use shape::{Empty, Shape};

shape::operations! { "codeconnections";
    CreateConnection(CreateConnectionInput) -> CreateConnectionOutput;
    GetConnection(ConnectionInput) -> GetConnectionOutput;
    ListConnections(ListConnectionsInput) -> ListConnectionsOutput;
    DeleteConnection(ConnectionInput) -> Empty;

    CreateHost(CreateHostInput) -> CreateHostOutput;
    GetHost(HostInput) -> GetHostOutput;
    ListHosts(ListHostsInput) -> ListHostsOutput;
    UpdateHost(UpdateHostInput) -> Empty;
    DeleteHost(HostInput) -> Empty;

    TagResource(TagResourceInput) -> Empty;
    UntagResource(UntagResourceInput) -> Empty;
    ListTagsForResource(ListTagsForResourceInput) -> ListTagsForResourceOutput;
}

shape::string_enum! {
    /// Who hosts the repositories.
    pub enum ProviderType {
        Bitbucket = "Bitbucket",
        GitHub = "GitHub",
        GitHubEnterpriseServer = "GitHubEnterpriseServer",
        GitLab = "GitLab",
        GitLabSelfManaged = "GitLabSelfManaged",
        AzureDevOps = "AzureDevOps",
    }
}

shape::string_enum! {
    /// Whether a connection can be used.
    pub enum ConnectionStatus {
        Pending = "PENDING",
        Available = "AVAILABLE",
        Error = "ERROR",
    }
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_Tag.html>
#[derive(Shape, Default, Clone, PartialEq, Eq)]
#[shape(case = "pascal")]
pub struct Tag {
    #[shape(required, min = 1, max = 128)]
    pub key: String,
    #[shape(required, max = 256)]
    pub value: String,
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_Connection.html>
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct Connection {
    pub connection_name: Option<String>,
    pub connection_arn: Option<String>,
    pub provider_type: Option<ProviderType>,
    pub owner_account_id: Option<String>,
    pub connection_status: Option<ConnectionStatus>,
    pub host_arn: Option<String>,
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_VpcConfiguration.html>
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct VpcConfiguration {
    #[shape(required, min = 12, max = 21, pattern = r"vpc-\w{8}(\w{9})?")]
    pub vpc_id: String,
    #[shape(required, min = 1, max = 10)]
    pub subnet_ids: Vec<String>,
    #[shape(required, min = 1, max = 10)]
    pub security_group_ids: Vec<String>,
    #[shape(min = 1, max = 16_384)]
    pub tls_certificate: Option<String>,
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_Host.html>
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct Host {
    pub name: Option<String>,
    pub host_arn: Option<String>,
    pub provider_type: Option<ProviderType>,
    pub provider_endpoint: Option<String>,
    pub vpc_configuration: Option<VpcConfiguration>,
    pub status: Option<String>,
    pub status_message: Option<String>,
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_CreateConnection.html>
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct CreateConnectionInput {
    pub provider_type: Option<ProviderType>,
    #[shape(required, min = 1, max = 32)]
    pub connection_name: String,
    #[shape(max = 200)]
    pub tags: Option<Vec<Tag>>,
    #[shape(
        max = 256,
        pattern = r"arn:aws(-[\w]+)*:(codestar-connections|codeconnections):.+:[0-9]{12}:host\/.+"
    )]
    pub host_arn: Option<String>,
}

/// See [`CreateConnectionInput`].
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct CreateConnectionOutput {
    #[shape(required)]
    pub connection_arn: String,
    pub tags: Option<Vec<Tag>>,
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_GetConnection.html>, and
/// DeleteConnection.
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct ConnectionInput {
    #[shape(required, max = 256, pattern = r"arn:aws(-[\w]+)*:.+:.+:[0-9]{12}:.+")]
    pub connection_arn: String,
}

/// See [`ConnectionInput`].
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct GetConnectionOutput {
    pub connection: Option<Connection>,
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_ListConnections.html>
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct ListConnectionsInput {
    pub provider_type_filter: Option<ProviderType>,
    #[shape(
        max = 256,
        pattern = r"arn:aws(-[\w]+)*:(codestar-connections|codeconnections):.+:[0-9]{12}:host\/.+"
    )]
    pub host_arn_filter: Option<String>,
    #[shape(min = 0, max = 100)]
    pub max_results: Option<i32>,
    #[shape(min = 1, max = 1024)]
    pub next_token: Option<String>,
}

/// See [`ListConnectionsInput`].
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct ListConnectionsOutput {
    pub connections: Option<Vec<Connection>>,
    pub next_token: Option<String>,
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_CreateHost.html>
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct CreateHostInput {
    #[shape(required, min = 1, max = 64)]
    pub name: String,
    #[shape(required)]
    pub provider_type: ProviderType,
    #[shape(required, min = 1, max = 512)]
    pub provider_endpoint: String,
    pub vpc_configuration: Option<VpcConfiguration>,
    #[shape(max = 200)]
    pub tags: Option<Vec<Tag>>,
}

/// See [`CreateHostInput`].
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct CreateHostOutput {
    pub host_arn: Option<String>,
    pub tags: Option<Vec<Tag>>,
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_GetHost.html>, and
/// DeleteHost.
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct HostInput {
    #[shape(
        required,
        max = 256,
        pattern = r"arn:aws(-[\w]+)*:(codestar-connections|codeconnections):.+:[0-9]{12}:host\/.+"
    )]
    pub host_arn: String,
}

/// See [`HostInput`].
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct GetHostOutput {
    pub name: Option<String>,
    pub status: Option<String>,
    pub provider_type: Option<ProviderType>,
    pub provider_endpoint: Option<String>,
    pub vpc_configuration: Option<VpcConfiguration>,
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_ListHosts.html>
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct ListHostsInput {
    #[shape(min = 0, max = 100)]
    pub max_results: Option<i32>,
    #[shape(min = 1, max = 1024)]
    pub next_token: Option<String>,
}

/// See [`ListHostsInput`].
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct ListHostsOutput {
    pub hosts: Option<Vec<Host>>,
    pub next_token: Option<String>,
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_UpdateHost.html>
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct UpdateHostInput {
    #[shape(
        required,
        max = 256,
        pattern = r"arn:aws(-[\w]+)*:(codestar-connections|codeconnections):.+:[0-9]{12}:host\/.+"
    )]
    pub host_arn: String,
    #[shape(min = 1, max = 512)]
    pub provider_endpoint: Option<String>,
    pub vpc_configuration: Option<VpcConfiguration>,
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_TagResource.html>
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct TagResourceInput {
    #[shape(required, min = 1, max = 1011, pattern = r"arn:aws(-[\w]+)*:.+:.+:[0-9]{12}:.+")]
    pub resource_arn: String,
    #[shape(required, max = 200)]
    pub tags: Vec<Tag>,
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_UntagResource.html>
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct UntagResourceInput {
    #[shape(required, min = 1, max = 1011, pattern = r"arn:aws(-[\w]+)*:.+:.+:[0-9]{12}:.+")]
    pub resource_arn: String,
    #[shape(required, max = 200)]
    pub tag_keys: Vec<String>,
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_ListTagsForResource.html>
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct ListTagsForResourceInput {
    #[shape(required, min = 1, max = 1011, pattern = r"arn:aws(-[\w]+)*:.+:.+:[0-9]{12}:.+")]
    pub resource_arn: String,
}

/// See [`ListTagsForResourceInput`].
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct ListTagsForResourceOutput {
    pub tags: Option<Vec<Tag>>,
}
