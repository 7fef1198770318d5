//! `codeyard ca`: what clients need to trust the yard, over TLS and over SSH.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::data_dir::DataDir;
use crate::failure::{Failure, Outcome};
use crate::ssh_door;

/// What is to be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The authority's certificate.
    Certificate,
    /// How clients are told of it.
    InstallHint,
    /// Lines for `~/.ssh/known_hosts`.
    KnownHosts,
}

/// Prints it.
pub(crate) fn run(path: &Path, wanted: Wanted) -> Outcome<ExitCode> {
    let data = DataDir::existing(path)?;
    match wanted {
        Wanted::Certificate => print!("{}", data.authority()?.0),
        Wanted::InstallHint => print!("{}", install_hint(&data)?),
        Wanted::KnownHosts => print!("{}", known_hosts(&data)?),
    }
    Ok(ExitCode::SUCCESS)
}

/// Shell commands, client by client.
fn install_hint(data: &DataDir) -> Outcome<String> {
    data.authority()?;
    let file = quoted(&data.path.join("ca.pem"));
    let url = data.running().map(|yard| yard.url).or_else(|| data.last_url());
    let url = url.unwrap_or_else(|| format!("http://{}", crate::cli::DEFAULT_LISTEN));
    let url = url.replacen("http://", "https://", 1);
    Ok(format!(
        "\
# The yard's certificate authority is {file}.
# git, for this yard only:
git config --global http.{url}/.sslCAInfo {file}
# curl:
curl --cacert {file} {url}/_codeyard/health
# AWS CLI, boto3, the SDKs for Python:
export AWS_CA_BUNDLE={file}
# git-remote-codecommit is git for this, and its host is the yard's:
export CODE_COMMIT_ENDPOINT={host} GIT_SSL_CAINFO={file}
# pip:
pip config set global.cert {file}
# Node.js, npm, the SDK for JavaScript:
export NODE_EXTRA_CA_CERTS={file}
# SSH:
codeyard ca --known-hosts --data-dir {dir} >> ~/.ssh/known_hosts
",
        host = url.trim_start_matches("https://"),
        dir = quoted(&data.path),
    ))
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = PathBuf::from(path).display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

fn known_hosts(data: &DataDir) -> Outcome<String> {
    let address = data.running().and_then(|yard| yard.ssh).or_else(|| data.last_ssh());
    let address = address.and_then(|address| address.parse().ok()).ok_or_else(|| {
        Failure::new("no yard has served SSH on this data directory yet")
            .hint("start one with `codeyard up`")
    })?;
    Ok(ssh_door::known_hosts(&ssh_door::host_keys(data)?, address))
}
