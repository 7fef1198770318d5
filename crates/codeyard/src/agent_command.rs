//! `codeyard agent`: the CodeDeploy agent of one host.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use agent::{Config, OnPremises};
use client::Trust;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::failure::{Context as _, Failure, Outcome};

/// How often a file that tells the endpoint is looked at.
const ENDPOINT_TICK: Duration = Duration::from_secs(1);

/// Runs until SIGTERM. An endpoint `@FILE` stands in a file and is followed when it changes: a
/// yard that starts again may have to take another port.
pub(crate) fn run(
    file: &Path,
    endpoint: String,
    ca_bundle: Option<&Path>,
    root: PathBuf,
) -> Outcome<ExitCode> {
    let read = |file: &Path| {
        std::fs::read_to_string(file).context(format_args!("read {}", file.display()))
    };
    let host = OnPremises::parse(&read(file)?).context(format_args!("use {}", file.display()))?;
    let trust = match ca_bundle {
        Some(file) => {
            Some(Trust::pem(&read(file)?).context(format_args!("use {}", file.display()))?)
        }
        None => None,
    };
    crate::up::start_log(false);
    crate::run::small_runtime()?.block_on(async {
        let (stop, stopped) = watch::channel(false);
        let mut terminate = signal(SignalKind::terminate()).context("listen for SIGTERM")?;
        tokio::spawn(async move {
            terminate.recv().await;
            stop.send_replace(true);
        });
        while !*stopped.borrow() {
            let url = read_endpoint(&endpoint)?;
            let mut config = Config::new(url.clone(), root.clone(), host.clone());
            config.trust = trust.clone();
            for name in ["PORT", "HOST_NAME"] {
                config.environment.extend(std::env::var(name).map(|it| (name.to_owned(), it)));
            }
            let pause = pause_channel(stopped.clone(), endpoint.clone(), url);
            agent::run(config, pause).await.context("run the agent")?;
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn read_endpoint(endpoint: &str) -> Outcome<String> {
    let Some(file) = endpoint.strip_prefix('@') else { return Ok(endpoint.to_owned()) };
    let text = std::fs::read_to_string(file).context(format_args!("read {file}"))?;
    match text.trim() {
        "" => Err(Failure::new(format!("{file} names no endpoint"))),
        url => Ok(url.to_owned()),
    }
}

/// Turns true when the agent shall stop for good, or so that it starts again elsewhere.
fn pause_channel(
    mut stopped: watch::Receiver<bool>,
    endpoint: String,
    url: String,
) -> watch::Receiver<bool> {
    let (pause, paused) = watch::channel(false);
    tokio::spawn(async move {
        while !*stopped.borrow() {
            tokio::select! {
                changed = stopped.changed() => {
                    if changed.is_err() {
                        break;
                    }
                }
                () = tokio::time::sleep(ENDPOINT_TICK) => {
                    if read_endpoint(&endpoint).is_ok_and(|now| now != url) {
                        break;
                    }
                }
                () = pause.closed() => return,
            }
        }
        pause.send_replace(true);
    });
    paused
}
