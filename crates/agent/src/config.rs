//! What the agent must know, and the file in which `aws deploy register` leaves it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use client::Trust;
use formats::yaml::{self, Node};

/// How many revisions of a deployment group stay on the host, unless told otherwise.
const DEFAULT_MAX_REVISIONS: usize = 5;
/// How long running commands may go on after the agent was asked to stop, unless told otherwise.
const DEFAULT_STOP_GRACE: Duration = Duration::from_secs(7200);

/// Everything that an agent needs.
#[derive(Clone, Debug)]
pub struct Config {
    /// The yard, `https://HOST:PORT`, or `http://HOST:PORT` where nobody can listen in or pose as
    /// the yard: what it says is run.
    pub endpoint: String,
    /// The certificates that are believed over TLS; needed for `https`.
    pub trust: Option<Trust>,
    /// Where revisions are fetched, if not at `endpoint`.
    pub s3_endpoint: Option<String>,
    /// The region that requests are signed for.
    pub region: String,
    /// The ARN under which this host is registered: the IAM user's or session's.
    pub host_identifier: String,
    /// What requests are signed with.
    pub credentials: Credentials,
    /// Revisions, logs and state are kept here. One agent at a time uses it.
    pub root_dir: PathBuf,
    /// Use the command service's newer name, `codedeploy-commands-secure`, whose calls IAM
    /// policies can allow or deny.
    pub auth_policy: bool,
    /// How many revisions of a deployment group are kept, at least 1.
    pub max_revisions: usize,
    /// How long running commands may go on after the agent was asked to stop.
    pub stop_grace: Duration,
    /// Further environment variables of all scripts.
    pub environment: Vec<(String, String)>,
}

impl Config {
    /// The configuration of an on-premises host, everything else at its default.
    pub fn new(endpoint: String, root_dir: PathBuf, host: OnPremises) -> Self {
        Self {
            endpoint,
            trust: None,
            s3_endpoint: None,
            region: host.region,
            host_identifier: host.host_identifier,
            credentials: host.credentials,
            root_dir,
            auth_policy: false,
            max_revisions: DEFAULT_MAX_REVISIONS,
            stop_grace: DEFAULT_STOP_GRACE,
            environment: Vec::new(),
        }
    }
}

/// An access key.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// `AKIA…` or `ASIA…`
    pub access_key_id: String,
    /// The secret of it.
    pub secret_access_key: String,
    /// The token of a temporary key.
    pub session_token: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// What `codedeploy.onpremises.yml` holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnPremises {
    /// `region`
    pub region: String,
    /// `iam_user_arn`
    pub host_identifier: String,
    /// `aws_access_key_id` and `aws_secret_access_key`
    pub credentials: Credentials,
}

impl OnPremises {
    /// Reads the text of the file.
    ///
    /// # Errors
    /// A sentence for the operator: bad YAML, a missing or unknown key. Sessions
    /// (`iam_session_arn` with `aws_credentials_file`) are refused: not supported yet.
    pub fn parse(text: &str) -> Result<Self, String> {
        const KEYS: [&str; 4] =
            ["region", "iam_user_arn", "aws_access_key_id", "aws_secret_access_key"];
        let root = yaml::parse(text)
            .map_err(|error| format!("the on-premises configuration is no YAML: {error}"))?;
        let entries = root.as_ref().and_then(Node::as_mapping).unwrap_or_default();
        // The published agent also reads Ruby's spelling of keys, `:region`.
        let name = |key: &str| key.trim_start_matches(':').to_owned();
        for entry in entries {
            let key = name(&entry.key);
            if matches!(key.as_str(), "iam_session_arn" | "aws_credentials_file") {
                return Err(format!(
                    "{key} in the on-premises configuration is not supported: register the host \
                     with an IAM user"
                ));
            }
            if !KEYS.contains(&key.as_str()) {
                return Err(format!("unknown key {key:?} in the on-premises configuration"));
            }
        }
        let need = |key: &str| {
            entries
                .iter()
                .find(|entry| name(&entry.key) == key)
                .and_then(|entry| entry.value.as_str())
                .filter(|value| !value.is_empty())
                .map(str::to_owned)
                .ok_or_else(|| format!("the on-premises configuration has no {key}"))
        };
        Ok(Self {
            region: need("region")?,
            host_identifier: need("iam_user_arn")?,
            credentials: Credentials {
                access_key_id: need("aws_access_key_id")?,
                secret_access_key: need("aws_secret_access_key")?,
                session_token: None,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "---
region: us-east-1
iam_user_arn: arn:aws:iam::123456789012:user/AWS/CodeDeploy/host-1
aws_access_key_id: AKIDEXAMPLE
aws_secret_access_key: 'secret/with+signs'
";

    #[test]
    fn as_the_cli_writes_it() {
        let host = OnPremises::parse(FILE).unwrap();
        assert_eq!(host.region, "us-east-1");
        assert_eq!(host.host_identifier, "arn:aws:iam::123456789012:user/AWS/CodeDeploy/host-1");
        assert_eq!(host.credentials.secret_access_key, "secret/with+signs");
        assert!(!format!("{host:?}").contains("secret/"));
        assert_eq!(OnPremises::parse(&FILE.replace("\nr", "\n:r")).unwrap(), host);
    }

    #[test]
    fn refusals() {
        for (text, why) in [
            ("", "no region"),
            ("a: [", "no YAML"),
            (&FILE.replace("region", "reign"), "unknown key \"reign\""),
            (&FILE.replace("AKIDEXAMPLE", "''"), "no aws_access_key_id"),
            (&FILE.replace("iam_user_arn", "iam_session_arn"), "not supported"),
        ] {
            let error = OnPremises::parse(text).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
