//! What a command does on this host.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use formats::appspec::AppSpec;

use crate::bundle::{self, archive_dir, deployment_dir};
use crate::config::Config;
use crate::diagnostics::{self, Failure};
use crate::files::write_durably;
use crate::hooks::{self, EVENTS};
use crate::http::Endpoint;
use crate::install;
use crate::script_log::ScriptLog;
use crate::specification::Specification;

/// Commands that are no events with scripts.
const DOWNLOAD_BUNDLE: &str = "DownloadBundle";
const INSTALL: &str = "Install";
/// The events that any in-place deployment has; all others must have scripts.
const DEFAULT_EVENTS: [&str; 13] = [
    "BeforeBlockTraffic",
    "BlockTraffic",
    "AfterBlockTraffic",
    "ApplicationStop",
    "DownloadBundle",
    "BeforeInstall",
    "Install",
    "AfterInstall",
    "ApplicationStart",
    "ValidateService",
    "BeforeAllowTraffic",
    "AllowTraffic",
    "AfterAllowTraffic",
];

/// Carries out commands.
#[derive(Clone, Debug)]
pub(crate) struct Executor {
    config: Arc<Config>,
    s3: Endpoint,
}

impl Executor {
    pub(crate) fn new(config: Arc<Config>) -> Result<Self, String> {
        let url = config.s3_endpoint.as_ref().unwrap_or(&config.endpoint);
        let s3 = Endpoint::new(url, "s3", &config)?;
        Ok(Self { config, s3 })
    }

    /// Whether there is nothing to do for a command: an event without scripts.
    pub(crate) fn is_noop(&self, command: &str, spec: &Specification) -> Result<bool, String> {
        match command {
            DOWNLOAD_BUNDLE | INSTALL => Ok(false),
            event if EVENTS.contains(&event) => {
                Ok(hooks::find(&self.config.root_dir, spec, event)?.scripts.is_empty())
            }
            _ => Ok(true),
        }
    }

    /// Carries out a command. Gives the diagnostics of its success. `started` hears of every
    /// process that runs a script.
    pub(crate) async fn run(
        &self,
        command: &str,
        spec: &Specification,
        started: impl FnMut(u32),
    ) -> Result<String, Failure> {
        let deployment = deployment_dir(&self.config.root_dir, spec);
        fs::create_dir_all(&deployment)
            .map_err(|error| Failure::other(format!("{}: {error}", deployment.display())))?;
        match command {
            DOWNLOAD_BUNDLE => self.download(spec).await.map_err(Failure::other)?,
            INSTALL => self.install(spec).await.map_err(Failure::other)?,
            event if EVENTS.contains(&event) => {
                return self.hook(event, spec, started).await;
            }
            other => {
                return Err(Failure::other(format!("Unsupported command type: {other}.")));
            }
        }
        Ok(diagnostics::success("", ""))
    }

    async fn hook(
        &self,
        event: &str,
        spec: &Specification,
        started: impl FnMut(u32),
    ) -> Result<String, Failure> {
        let root = &self.config.root_dir;
        let hook = hooks::find(root, spec, event).map_err(Failure::other)?;
        let mut log = ScriptLog::open(root, &deployment_dir(root, spec), &spec.deployment_id)
            .map_err(|error| Failure::other(format!("the script log: {error}")))?;
        let mut environment = self.config.environment.clone();
        environment.extend(hooks::environment(spec, event));
        hook.run(event, &environment, &mut log, started).await?;
        Ok(diagnostics::success("", &log.tail()))
    }

    async fn download(&self, spec: &Specification) -> Result<(), String> {
        let root = &self.config.root_dir;
        let deployment = deployment_dir(root, spec);
        let group = root.join(&spec.group_id);
        let last = hooks::named_folder(&hooks::last_successful_file(root, &spec.group_id));
        let keep = self.config.max_revisions;
        let failed = |error: std::io::Error| format!("{}: {error}", group.display());
        bundle::remove_old(&group, &deployment, last.as_deref(), keep).map_err(failed)?;
        // The published agent's name for it, whatever its kind.
        let file = deployment.join("bundle.tar");
        bundle::download(&self.s3, &spec.revision, &file).await?;
        blocking({
            let (deployment, spec) = (deployment.clone(), spec.clone());
            move || bundle::unpack(&file, &deployment, &spec)
        })
        .await?;
        name_folder(hooks::most_recent_file(root, &spec.group_id), &deployment)
    }

    async fn install(&self, spec: &Specification) -> Result<(), String> {
        let root = self.config.root_dir.clone();
        let deployment = deployment_dir(&root, spec);
        let spec = spec.clone();
        blocking(move || {
            let archive = archive_dir(&deployment);
            let app_spec = hooks::read_app_spec(&archive, &spec.app_spec)?;
            check_events(&app_spec, &spec)?;
            let instructions = hooks::instructions_dir(&root);
            fs::create_dir_all(&instructions)
                .map_err(|error| format!("{}: {error}", instructions.display()))?;
            install::install(
                &instructions,
                &spec.group_id,
                &archive,
                &app_spec,
                spec.file_exists_behavior,
            )?;
            name_folder(hooks::last_successful_file(&root, &spec.group_id), &deployment)
        })
        .await
    }
}

fn name_folder(file: PathBuf, folder: &std::path::Path) -> Result<(), String> {
    write_durably(&file, folder.to_string_lossy().as_bytes())
        .map_err(|error| format!("{}: {error}", file.display()))
}

/// Scripts for events that this deployment does not have would never run.
fn check_events(app_spec: &AppSpec, spec: &Specification) -> Result<(), String> {
    let known: Vec<&str> = match &spec.events {
        Some(events) => events.iter().map(String::as_str).collect(),
        None => DEFAULT_EVENTS.to_vec(),
    };
    let names = || app_spec.hooks.iter().map(|(name, _)| name.as_str());
    // Install and its like are the agent's own: scripts for them would never run.
    let runs = |name: &str| {
        known.contains(&name) && (EVENTS.contains(&name) || !DEFAULT_EVENTS.contains(&name))
    };
    let unknown: Vec<&str> = names().filter(|name| !runs(name)).collect();
    if !unknown.is_empty() {
        return Err(format!(
            "{} file contains unknown lifecycle events: {}",
            spec.app_spec,
            unknown.join(", ")
        ));
    }
    let missing: Vec<&str> = known
        .iter()
        .copied()
        .filter(|name| !DEFAULT_EVENTS.contains(name) && !names().any(|hook| hook == *name))
        .collect();
    if !missing.is_empty() {
        return Err(format!(
            "the deployment has lifecycle events that the {} file has no scripts for: {}",
            spec.app_spec,
            missing.join(", ")
        ));
    }
    Ok(())
}

/// Work on files, off the runtime's own threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(format!("the work was given up: {error}")))
}
