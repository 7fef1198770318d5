//! Who hosts repositories.

/// Whose API it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// GitHub, and its Enterprise servers.
    GitHub,
    /// GitLab, and those who host it themselves.
    GitLab,
    /// Bitbucket's cloud.
    Bitbucket,
}

impl Provider {
    /// The provider of one of CodeBuild's source or server types, by its word; none where it is
    /// no provider's.
    pub fn of(kind: impl std::fmt::Display) -> Option<Self> {
        match kind.to_string().as_str() {
            "GITHUB" | "GITHUB_ENTERPRISE" => Some(Self::GitHub),
            "GITLAB" | "GITLAB_SELF_MANAGED" => Some(Self::GitLab),
            "BITBUCKET" => Some(Self::Bitbucket),
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

    /// Where it is in the cloud.
    pub const fn home(self) -> &'static str {
        match self {
            Self::GitHub => "https://github.com",
            Self::GitLab => "https://gitlab.com",
            Self::Bitbucket => "https://bitbucket.org",
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

    /// The root of the API of its host at an origin.
    pub fn api(self, origin: &str) -> String {
        match (self, origin) {
            (Self::GitHub, "https://github.com" | "https://www.github.com") => {
                "https://api.github.com".to_owned()
            }
            (Self::Bitbucket, "https://bitbucket.org") => {
                "https://api.bitbucket.org/2.0".to_owned()
            }
            (Self::GitHub, origin) => format!("{origin}/api/v3"),
            (Self::GitLab, origin) => format!("{origin}/api/v4"),
            (Self::Bitbucket, origin) => format!("{origin}/2.0"),
        }
    }
}

/// Origin, host and path of a clone URL.
pub fn take_apart(location: &str) -> Option<(String, &str, &str)> {
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
pub fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
