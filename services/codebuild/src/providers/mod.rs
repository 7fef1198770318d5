//! Where repositories outside of the yard are: GitHub, GitLab and Bitbucket, in the cloud or on
//! hosts of one's own; how git signs in there, and what their APIs are asked.

mod api;
mod bitbucket;
mod github;
mod gitlab;

use api_developer::codebuild::{ProjectSource, SourceType};
use forge::{is_loopback, take_apart};
use wire::Error;

use crate::errors::invalid;

pub(crate) use api::{Api, ApiError, Files, Hook, PullRequest, State, Status, Topic};
pub(crate) use forge::Provider;
pub(crate) use forge::http::origin_of;
pub(crate) use github::read_pull_request;

/// The location of a project whose webhook covers an organization: each event names its repository.
pub(crate) const SCOPED: &str = "CODEBUILD_DEFAULT_WEBHOOK_SOURCE_LOCATION";

/// A repository on a provider's host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Repository {
    pub provider: Provider,
    /// `https://HOST[:PORT]`; `http` on loopback only.
    pub origin: String,
    /// `OWNER/NAME`; GitLab has groups in groups before the name.
    pub path: String,
    /// The URL that git clones.
    pub url: String,
}

impl Repository {
    /// The repository at a location. GitHub, GitLab and Bitbucket are where they are (or on this
    /// machine, for tests and mirrors); GitHub Enterprise and self-managed GitLab are on any host.
    pub fn of(kind: SourceType, location: &str) -> Option<Self> {
        let provider = Provider::of(kind)?;
        let (origin, host, path) = take_apart(location)?;
        let is_here = is_loopback(host);
        let is_theirs = match kind {
            SourceType::Github => matches!(host, "github.com" | "www.github.com"),
            SourceType::Gitlab => host == "gitlab.com",
            SourceType::Bitbucket => host == "bitbucket.org",
            _ => true,
        };
        let is_safe = origin.starts_with("https://") || is_here;
        let name = path.strip_suffix(".git").unwrap_or(path);
        let parts = name.split('/').count();
        let fits = match kind {
            SourceType::Gitlab | SourceType::GitlabSelfManaged => parts >= 2,
            _ => parts == 2,
        };
        let found = || Self {
            provider,
            path: name.to_owned(),
            url: format!("{origin}/{path}"),
            origin: origin.clone(),
        };
        (is_safe && (is_theirs || is_here) && fits).then(found)
    }

    /// The root of its host's API.
    pub fn api(&self) -> String {
        self.provider.api(&self.origin)
    }
}

/// Whether an origin is this machine.
pub(crate) fn is_here(origin: &str) -> bool {
    // Whatever a repository's URL there would be.
    take_apart(&format!("{origin}/o/r")).is_some_and(|(_, host, _)| is_loopback(host))
}

/// [`check_place`] for a source whose location is checked already.
///
/// # Errors
/// Those of [`check_place`].
pub(crate) fn check_source(config: &service::Config, source: &ProjectSource) -> Result<(), Error> {
    let location = source.location.as_deref().unwrap_or_default();
    match Repository::of(source.kind, location) {
        Some(repository) => check_place(config, source.kind, &repository),
        None => Ok(()),
    }
}

/// Whether a source may be where it is: what is in a cloud is on this machine only where the yard
/// was started so.
///
/// # Errors
/// `InvalidInputException` where it may not.
pub(crate) fn check_place(
    config: &service::Config,
    kind: SourceType,
    repository: &Repository,
) -> Result<(), Error> {
    let is_installed = matches!(kind, SourceType::GithubEnterprise | SourceType::GitlabSelfManaged);
    match is_installed || config.loopback_providers || !is_here(&repository.origin) {
        true => Ok(()),
        false => Err(invalid(format!(
            "Invalid project source: {} is on this machine, where {kind} is not. Start the yard \
             with --loopback-providers to allow that, or use GITHUB_ENTERPRISE or \
             GITLAB_SELF_MANAGED",
            repository.url
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations() {
        use SourceType::*;
        for (kind, location, url, path, api) in [
            (
                Github,
                "https://github.com/o/r.git",
                "https://github.com/o/r.git",
                "o/r",
                "https://api.github.com",
            ),
            (
                Github,
                "https://github.com/o/r/",
                "https://github.com/o/r",
                "o/r",
                "https://api.github.com",
            ),
            (
                GithubEnterprise,
                "https://g.example:8443/o/r",
                "https://g.example:8443/o/r",
                "o/r",
                "https://g.example:8443/api/v3",
            ),
            (
                GithubEnterprise,
                "http://127.0.0.1:99/o/r",
                "http://127.0.0.1:99/o/r",
                "o/r",
                "http://127.0.0.1:99/api/v3",
            ),
            (
                Gitlab,
                "https://gitlab.com/a/b/c.git",
                "https://gitlab.com/a/b/c.git",
                "a/b/c",
                "https://gitlab.com/api/v4",
            ),
            (
                GitlabSelfManaged,
                "https://[::1]/a/b",
                "https://[::1]/a/b",
                "a/b",
                "https://[::1]/api/v4",
            ),
            (
                Bitbucket,
                "https://me@bitbucket.org/o/r.git",
                "https://bitbucket.org/o/r.git",
                "o/r",
                "https://api.bitbucket.org/2.0",
            ),
        ] {
            let found = Repository::of(kind, location).unwrap();
            assert_eq!((found.url.as_str(), found.path.as_str()), (url, path), "{location}");
            assert_eq!(found.api(), api, "{location}");
        }
        for (kind, location) in [
            (Github, "https://gitlab.com/o/r"),
            (Github, "http://github.com/o/r"),
            (Github, "https://github.com/o"),
            (Github, "https://github.com/o/r/tree"),
            (Github, "https://github.com/o/../r"),
            (Github, "https://github.com/o/r?x=y"),
            (GithubEnterprise, "http://g.example/o/r"),
            (GithubEnterprise, "https://u:p@g.example/o/r"),
            (GithubEnterprise, "https://g.example:99999/o/r"),
            (GithubEnterprise, "https://g.example/o/-r"),
            (GithubEnterprise, "ssh://git@g.example/o/r"),
            (Bitbucket, "https://github.com/o/r"),
            (S3, "https://github.com/o/r"),
        ] {
            assert_eq!(Repository::of(kind, location), None, "{location}");
        }
    }
}
