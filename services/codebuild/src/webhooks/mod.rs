//! Webhooks: what a provider tells of a repository starts builds.
//!
//! - [`manage`] makes, changes and deletes them, here and at the provider.
//! - [`receive`] is the door: an event is taken if it is signed with the webhook's secret.
//! - [`payload`] reads the events of each provider into one form, [`event::Event`], which
//!   [`filter`] matches and [`approval`] may want approved, before [`start`] starts a build.
//!
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/webhooks.html>

mod approval;
mod check;
mod event;
mod filter;
mod manage;
mod pattern;
mod payload;
mod receive;
mod signature;
mod start;

use api_developer::codebuild::{ProjectSource, ScopeConfiguration, SourceType, WebhookScopeType};
use service::Yard;
use shape::Shape;
use store::{Index, Query, ReadTx, Resource, Stored, WriteTx};
use types::Scope;
use wire::Error;

use event::RepositoryName;
pub(crate) use manage::{create_webhook, delete_at_provider, delete_webhook, update_webhook};
pub(crate) use receive::handle;

use crate::providers::{Api, Provider, Repository, SCOPED};
use crate::source_credentials::Credential;

/// The route of events. No bucket's name begins with `_`.
pub(crate) const PREFIX: &str = "/_codebuild/webhooks";
/// Finds a webhook by its token's digest.
const BY_TOKEN: &str = "by-token";

/// What only the door needs of a project's webhook; the rest is in the project.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct WebhookRecord {
    pub project: String,
    /// SHA-256, in hexadecimal, of the token in its URL.
    pub token_digest: String,
    /// Its secret, sealed.
    pub secret: String,
    /// The source when it was made: where its hook is.
    pub kind: SourceType,
    pub location: Option<String>,
}

impl Resource for WebhookRecord {
    const KIND: &'static str = "codebuild.webhook";

    fn key(&self) -> String {
        self.project.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        vec![Index::global(BY_TOKEN, &self.token_digest)]
    }
}

impl WebhookRecord {
    fn by_token(tx: &ReadTx<'_>, digest: &str) -> Result<Option<Stored<Self>>, Error> {
        let found = tx.find_anywhere::<Self>(BY_TOKEN, digest, &Query::first(1))?;
        Ok(found.items.into_iter().next())
    }
}

/// A project that goes takes its webhook along.
pub(crate) fn forget(tx: &mut WriteTx<'_>, scope: &Scope, project: &str) -> Result<(), Error> {
    tx.delete::<WebhookRecord>(scope, project)?;
    Ok(())
}

/// The API for a source; of an organization where its location is no repository. `domain` is then
/// the host, where it is one's own.
fn api(
    source: &ProjectSource,
    domain: Option<&str>,
    credential: Option<Credential>,
) -> Option<Api> {
    let location = source.location.as_deref().unwrap_or_default();
    let insecure = source.insecure_ssl == Some(true);
    if location != SCOPED {
        return Repository::of(source.kind, location)
            .map(|repository| Api::new(&repository, credential, insecure));
    }
    // Any repository's location tells the root of the API.
    let repository = any_repository(source.kind, domain)?;
    Some(Api { path: String::new(), ..Api::new(&repository, credential, insecure) })
}

/// Some repository at the host of an organization's webhook.
fn any_repository(kind: SourceType, domain: Option<&str>) -> Option<Repository> {
    let domain = match (kind, domain) {
        (SourceType::Github, _) => "https://github.com",
        (SourceType::Gitlab, _) => "https://gitlab.com",
        (_, domain) => domain?,
    };
    let domain = match domain.contains("://") {
        true => domain.trim_end_matches('/').to_owned(),
        false => format!("https://{domain}"),
    };
    Repository::of(kind, &format!("{domain}/any/any"))
}

/// Whether a repository that an event names is one of the webhook's organization, or of its
/// enterprise. The project's credentials and rights go where the event says, so that its word alone
/// is not enough.
fn is_of_scope(kind: SourceType, scope: &ScopeConfiguration, named: &RepositoryName) -> bool {
    let own = any_repository(kind, scope.domain.as_deref());
    let Some((found, own)) = Repository::of(kind, &named.url).zip(own) else { return false };
    if !found.origin.eq_ignore_ascii_case(&own.origin) {
        return false;
    }
    if scope.scope == WebhookScopeType::GithubGlobal {
        let enterprise = named.enterprise.as_deref();
        return enterprise.is_some_and(|name| name.eq_ignore_ascii_case(&scope.name));
    }
    let start = format!("{}/", scope.name.trim_matches('/')).to_ascii_lowercase();
    found.path.to_ascii_lowercase().starts_with(&start)
}

/// Whether a repository that an event names is a source's. By its path: what a host of one's own
/// calls itself need not be what the project calls it, and only the project's is asked anything.
fn is_of_source(source: &ProjectSource, named: &RepositoryName) -> bool {
    // Behind a proxy, the host may even believe to be reached without TLS.
    let path = |url: &str| {
        let (_, _, path) = forge::take_apart(url)?;
        Some(path.strip_suffix(".git").unwrap_or(path).to_owned())
    };
    let told = match named.url.is_empty() {
        true => Some(format!("{}/{}", named.organization, named.name)),
        false => path(&named.url),
    };
    let own = Repository::of(source.kind, source.location.as_deref().unwrap_or_default());
    told.zip(own).is_some_and(|(told, own)| told.eq_ignore_ascii_case(&own.path))
}

/// A yard's URL for the events of one webhook.
fn payload_url(endpoint: &service::Endpoint, token: &str) -> String {
    format!("{}{PREFIX}?t={token}&v=1", endpoint.url())
}

/// The provider of a project's webhook.
fn provider_of(kind: SourceType) -> Result<Provider, Error> {
    let wrong = || {
        crate::errors::invalid(format!(
            "Webhooks are for sources at GitHub, GitLab and Bitbucket; the project's source is {kind}. \
             For CodeCommit, a rule of EventBridge starts builds"
        ))
    };
    Provider::of(kind).ok_or_else(wrong)
}

/// Where a yard keeps nothing of a webhook but its digest and its sealed secret.
fn open_secret(yard: &Yard, record: &WebhookRecord) -> Result<String, Error> {
    crate::source_credentials::unseal(yard, &record.secret)
}
