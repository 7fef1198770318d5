//! Connections and hosts as they are kept, and what their providers are.

use api_developer::codeconnections::{Connection, ConnectionStatus, Host, ProviderType, Tag};
use forge::Provider;
use shape::{Shape, Timestamp};
use store::{Index, Resource};
use types::Scope;

use crate::arn::{self, Kind};

/// A connection.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct ConnectionRecord {
    /// A UUID; never used again.
    pub id: String,
    /// The service in its ARN.
    pub service: String,
    pub name: String,
    pub provider_type: ProviderType,
    /// The id of its host, for providers that are installed.
    pub host: Option<String>,
    pub host_arn: Option<String>,
    pub status: ConnectionStatus,
    pub created: Timestamp,
    pub tags: Vec<Tag>,
    /// The user, where the token is an app password.
    pub username: Option<String>,
    /// The token, sealed under the yard's key, in base 64.
    pub sealed: Option<String>,
}

impl Resource for ConnectionRecord {
    const KIND: &'static str = "codeconnections.connection";

    fn key(&self) -> String {
        self.id.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        let host = self.host.as_ref().map(|host| Index::new("host", host.as_str()));
        [Index::new("name", self.name.as_str())].into_iter().chain(host).collect()
    }
}

impl ConnectionRecord {
    pub fn arn(&self, scope: &Scope) -> String {
        arn::of(&self.service, Kind::Connection, scope, &self.id)
    }

    pub fn show(&self, scope: &Scope) -> Connection {
        Connection {
            connection_name: Some(self.name.clone()),
            connection_arn: Some(self.arn(scope)),
            provider_type: Some(self.provider_type),
            owner_account_id: Some(scope.account.to_string()),
            connection_status: Some(self.status),
            host_arn: self.host_arn.clone(),
        }
    }

    /// Takes the token away: the handshake has to be done again.
    pub fn forget(&mut self) {
        self.status = ConnectionStatus::Pending;
        self.username = None;
        self.sealed = None;
    }
}

/// Nothing has been heard of a host yet.
pub(crate) const PENDING: &str = "PENDING";
/// Its provider has answered.
pub(crate) const AVAILABLE: &str = "AVAILABLE";

/// Where a provider is installed.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct HostRecord {
    /// `NAME-` and eight hexadecimal digits.
    pub id: String,
    /// The service in its ARN.
    pub service: String,
    pub name: String,
    pub provider_type: ProviderType,
    /// `https://HOST[:PORT]`; `http` on this machine only.
    pub endpoint: String,
    pub status: String,
    pub tags: Vec<Tag>,
}

impl Resource for HostRecord {
    const KIND: &'static str = "codeconnections.host";

    fn key(&self) -> String {
        self.id.clone()
    }
}

impl HostRecord {
    pub fn arn(&self, scope: &Scope) -> String {
        arn::of(&self.service, Kind::Host, scope, &self.id)
    }

    pub fn show(&self, scope: &Scope) -> Host {
        Host {
            name: Some(self.name.clone()),
            host_arn: Some(self.arn(scope)),
            provider_type: Some(self.provider_type),
            provider_endpoint: Some(self.endpoint.clone()),
            status: Some(self.status.clone()),
            ..Host::default()
        }
    }
}

/// Who is behind a provider type; none for those that are not supported.
pub(crate) fn provider(kind: ProviderType) -> Option<Provider> {
    match kind {
        ProviderType::GitHub | ProviderType::GitHubEnterpriseServer => Some(Provider::GitHub),
        ProviderType::GitLab | ProviderType::GitLabSelfManaged => Some(Provider::GitLab),
        ProviderType::Bitbucket => Some(Provider::Bitbucket),
        _ => None,
    }
}

/// Whether a provider type is installed on hosts of one's own.
pub(crate) fn is_installed(kind: ProviderType) -> bool {
    matches!(kind, ProviderType::GitHubEnterpriseServer | ProviderType::GitLabSelfManaged)
}
