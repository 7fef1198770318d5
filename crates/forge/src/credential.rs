//! By what one signs in at a provider.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::Provider;

/// A user name and a token, open. Never in a message or a record.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// The user, where the token is a password of one.
    pub username: Option<String>,
    /// The token or password.
    pub token: String,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credential")
    }
}

impl Credential {
    /// The `Authorization` that git sends: providers take a token as the password of these users.
    pub fn git_header(&self, provider: Provider) -> String {
        let user = self.username.as_deref().unwrap_or(match provider {
            Provider::GitHub => "x-access-token",
            Provider::GitLab => "oauth2",
            Provider::Bitbucket => "x-token-auth",
        });
        format!("Authorization: {}", basic(user, &self.token))
    }

    /// The header with which the provider's API is called.
    pub fn api_header(&self, provider: Provider) -> (&'static str, String) {
        match (&self.username, provider) {
            (Some(user), _) => ("authorization", basic(user, &self.token)),
            (None, Provider::GitLab) => ("private-token", self.token.clone()),
            (None, _) => ("authorization", format!("Bearer {}", self.token)),
        }
    }
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", BASE64.encode(format!("{user}:{password}")))
}
