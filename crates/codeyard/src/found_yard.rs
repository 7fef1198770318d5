//! The running yard that a command is about, and a client for it.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use clap::parser::ValueSource;
use client::{Client, Keys};

use crate::data_dir::{self, DataDir};
use crate::failure::{Context as _, Failure, Outcome};

/// A running yard.
pub(crate) struct Found {
    pub(crate) client: Client,
    pub(crate) keys: Keys,
    /// Tells it from other yards, also when it comes back on another port.
    pub(crate) identity: String,
    /// Whom to believe over TLS.
    pub(crate) ca: Option<PathBuf>,
}

/// Whether the data directory was named on the command line: then the environment does not count.
pub(crate) fn is_named(matches: &ArgMatches) -> bool {
    matches.try_get_raw("data-dir").is_ok()
        && matches.value_source("data-dir") == Some(ValueSource::CommandLine)
}

impl Found {
    /// The yard that the environment names or, where `named` or where it names none, the one that
    /// runs on the data directory. `endpoint` is the variable of the service that is wanted; it
    /// goes before `AWS_ENDPOINT_URL`.
    pub(crate) fn yard(data_dir: &Path, named: bool, endpoint: &str) -> Outcome<Self> {
        if !named && let Some(found) = Self::of_environment(endpoint)? {
            return Ok(found);
        }
        let data = DataDir::existing(data_dir)?;
        let running = data_dir::running(data_dir).ok_or_else(|| {
            Failure::new(format!("no yard runs on {}", data_dir.display())).hint(
                "start it with `codeyard up`; to use one elsewhere, set AWS_ENDPOINT_URL, \
                 AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
            )
        })?;
        let keys = Keys::new(data.root.id.as_str(), data.root.secret.as_str());
        let client = Client::new(running.url, data.region.as_str(), keys.clone());
        Ok(Self { client, keys, identity: data.path.display().to_string(), ca: None })
    }

    fn of_environment(endpoint: &str) -> Outcome<Option<Self>> {
        let var = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let url = var(endpoint).or_else(|| var("AWS_ENDPOINT_URL"));
        let (Some(url), Some(id), Some(secret)) =
            (url, var("AWS_ACCESS_KEY_ID"), var("AWS_SECRET_ACCESS_KEY"))
        else {
            return Ok(None);
        };
        let region = var("AWS_REGION").or_else(|| var("AWS_DEFAULT_REGION"));
        let keys = Keys { token: var("AWS_SESSION_TOKEN"), ..Keys::new(id, secret) };
        let mut client = Client::new(
            url.trim_end_matches('/'),
            region.unwrap_or_else(|| "us-east-1".to_owned()),
            keys.clone(),
        );
        let ca = var("AWS_CA_BUNDLE").map(PathBuf::from);
        if let Some(file) = &ca {
            let pem = std::fs::read_to_string(file)
                .context(format_args!("read AWS_CA_BUNDLE, {}", file.display()))?;
            client = client.trusting(client::Trust::pem(&pem).map_err(Failure::new)?);
        }
        Ok(Some(Self { identity: client.url.clone(), client, keys, ca }))
    }
}
