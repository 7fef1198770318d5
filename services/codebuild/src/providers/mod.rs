//! Where repositories outside of the yard are: GitHub, GitLab and Bitbucket, in the cloud or on
//! hosts of one's own; how git signs in there, and what their APIs are asked.

mod api;
mod bitbucket;
mod github;
mod gitlab;
mod http;

use api_developer::codebuild::SourceType;

pub(crate) use api::{Api, ApiError, Hook, PullRequest, State, Status, Topic};
pub(crate) use github::read_pull_request;
pub(crate) use http::origin_of;

/// The location of a project whose webhook covers an organization: each event names its repository.
pub(crate) const SCOPED: &str = "CODEBUILD_DEFAULT_WEBHOOK_SOURCE_LOCATION";

/// Whose API it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Provider {
    GitHub,
    GitLab,
    Bitbucket,
}

impl Provider {
    /// The provider of a source type, if it has one.
    pub fn of(kind: SourceType) -> Option<Self> {
        match kind {
            SourceType::Github | SourceType::GithubEnterprise => Some(Self::GitHub),
            SourceType::Gitlab | SourceType::GitlabSelfManaged => Some(Self::GitLab),
            SourceType::Bitbucket => Some(Self::Bitbucket),
            _ => None,
        }
    }

    /// What it is called in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub",
            Self::GitLab => "GitLab",
            Self::Bitbucket => "Bitbucket",
        }
    }

    /// The reference of a pull request's head, where the provider has one.
    pub fn pull_reference(self, number: u64) -> Option<String> {
        match self {
            Self::GitHub => Some(format!("refs/pull/{number}/head")),
            Self::GitLab => Some(format!("refs/merge-requests/{number}/head")),
            Self::Bitbucket => None,
        }
    }
}

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
        match (self.provider, self.origin.as_str()) {
            (Provider::GitHub, "https://github.com" | "https://www.github.com") => {
                "https://api.github.com".to_owned()
            }
            (Provider::Bitbucket, "https://bitbucket.org") => {
                "https://api.bitbucket.org/2.0".to_owned()
            }
            (Provider::GitHub, origin) => format!("{origin}/api/v3"),
            (Provider::GitLab, origin) => format!("{origin}/api/v4"),
            (Provider::Bitbucket, origin) => format!("{origin}/2.0"),
        }
    }
}

/// Origin, host and path of a clone URL.
fn take_apart(location: &str) -> Option<(String, &str, &str)> {
    let (scheme, rest) = location.split_once("://")?;
    let (authority, path) = rest.split_once('/')?;
    // Bitbucket's clone URLs name the user; a password there would stand in every answer.
    let authority = match authority.rsplit_once('@') {
        Some((user, authority)) if !user.contains(':') => authority,
        Some(_) => return None,
        None => authority,
    };
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => {
            port.parse::<u16>().ok()?;
            host
        }
        _ => authority,
    };
    let plain_host =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '[' | ']' | ':');
    let path = path.trim_end_matches('/');
    let plain_part = |part: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '~' | '+');
        !part.is_empty()
            && !part.starts_with('-')
            && part != "."
            && part != ".."
            && part.chars().all(plain)
    };
    let fits = matches!(scheme, "http" | "https")
        && !host.is_empty()
        && host.chars().all(plain_host)
        && path.split('/').all(plain_part);
    fits.then(|| (format!("{scheme}://{authority}"), host, path))
}

/// Whether a host is this machine.
fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
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
