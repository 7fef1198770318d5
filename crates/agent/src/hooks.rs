//! The scripts of a lifecycle event: of which revision, with which environment, one by one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use formats::appspec::{self, AppSpec, Script};

use crate::bundle::{archive_dir, deployment_dir};
use crate::diagnostics::{Code, Failure};
use crate::files::below;
use crate::script::{self, Ended};
use crate::script_log::ScriptLog;
use crate::specification::Specification;

/// The events that have scripts, all that the published agent knows.
pub(crate) const EVENTS: [&str; 9] = [
    "BeforeBlockTraffic",
    "AfterBlockTraffic",
    "ApplicationStop",
    "BeforeInstall",
    "AfterInstall",
    "ApplicationStart",
    "BeforeAllowTraffic",
    "AfterAllowTraffic",
    "ValidateService",
];

/// Which revision's scripts an event runs, where this deployment's own is not unpacked yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Own,
    LastSuccessful,
    MostRecent,
}

fn source(event: &str, spec: &Specification) -> Source {
    let rolls_back_blue_green =
        spec.creator == "codeDeployRollback" && spec.deployment_type == "BLUE_GREEN";
    match event {
        "BeforeBlockTraffic" | "AfterBlockTraffic" if rolls_back_blue_green => Source::MostRecent,
        "BeforeAllowTraffic" | "AfterAllowTraffic" if rolls_back_blue_green => {
            Source::LastSuccessful
        }
        "BeforeBlockTraffic" | "AfterBlockTraffic" | "ApplicationStop" => Source::LastSuccessful,
        _ => Source::Own,
    }
}

/// Where the agent keeps which revisions it installed last.
pub(crate) fn instructions_dir(root: &Path) -> PathBuf {
    root.join("deployment-instructions")
}

/// The files that name a deployment's folder.
pub(crate) fn last_successful_file(root: &Path, group_id: &str) -> PathBuf {
    instructions_dir(root).join(format!("{group_id}_last_successful_install"))
}

pub(crate) fn most_recent_file(root: &Path, group_id: &str) -> PathBuf {
    instructions_dir(root).join(format!("{group_id}_most_recent_install"))
}

/// The folder that one of those files names, `None` if there is no such file yet.
pub(crate) fn named_folder(file: &Path) -> Option<PathBuf> {
    fs::read_to_string(file).ok().map(|text| PathBuf::from(text.trim_end()))
}

/// An event's scripts and where they are.
pub(crate) struct Hook {
    archive: PathBuf,
    pub(crate) scripts: Vec<Script>,
}

/// Finds an event's scripts. No scripts where there is no earlier revision to take them from.
pub(crate) fn find(root: &Path, spec: &Specification, event: &str) -> Result<Hook, String> {
    let own = deployment_dir(root, spec);
    let group = &spec.group_id;
    let deployment = match source(event, spec) {
        Source::Own => Some(own),
        _ if archive_dir(&own).exists() => Some(own),
        Source::LastSuccessful => named_folder(&last_successful_file(root, group)),
        Source::MostRecent => named_folder(&most_recent_file(root, group)),
    };
    let Some(deployment) = deployment else {
        return Ok(Hook { archive: PathBuf::new(), scripts: Vec::new() });
    };
    let archive = archive_dir(&deployment);
    let spec = read_app_spec(&archive, &spec.app_spec)?;
    Ok(Hook { scripts: spec.scripts(event).to_vec(), archive })
}

/// Reads the AppSpec file of an unpacked revision: the one named, else `appspec.yaml`, else
/// `appspec.yml`.
pub(crate) fn read_app_spec(archive: &Path, name: &str) -> Result<AppSpec, String> {
    let found = [name, "appspec.yaml", "appspec.yml"]
        .iter()
        .map(|name| below(archive, name))
        .find(|path| path.is_file());
    let Some(path) = found else {
        return Err(format!(
            "The CodeDeploy agent did not find an AppSpec file within the unpacked revision \
             directory at revision-relative path {name:?}. The revision was unpacked to directory \
             {}.",
            archive.display()
        ));
    };
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    appspec::parse(&text).map_err(|error| {
        format!("{}: {error}", path.file_name().unwrap_or_default().to_string_lossy())
    })
}

/// Variables that every script of a deployment sees.
pub(crate) fn environment(spec: &Specification, event: &str) -> Vec<(String, String)> {
    let revision = &spec.revision;
    let mut all = vec![
        ("LIFECYCLE_EVENT", event.to_owned()),
        ("DEPLOYMENT_ID", spec.deployment_id.clone()),
        ("APPLICATION_NAME", spec.application.clone()),
        ("DEPLOYMENT_GROUP_NAME", spec.group_name.clone()),
        ("DEPLOYMENT_GROUP_ID", spec.group_id.clone()),
        ("BUNDLE_BUCKET", revision.bucket.clone()),
        ("BUNDLE_KEY", revision.key.clone()),
    ];
    all.extend(revision.version.clone().map(|version| ("BUNDLE_VERSION", version)));
    all.extend(revision.etag.clone().map(|etag| ("BUNDLE_ETAG", etag)));
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

impl Hook {
    /// Runs the scripts in order until one fails. Gives the end of their log.
    pub(crate) async fn run(
        &self,
        event: &str,
        environment: &[(String, String)],
        log: &mut ScriptLog,
        mut started: impl FnMut(u32),
    ) -> Result<(), Failure> {
        if self.scripts.is_empty() {
            return Ok(());
        }
        log.line(&format!("LifecycleEvent - {event}"));
        for script in &self.scripts {
            let path = below(&self.archive, &script.location);
            let failure = |code, message: String, log: &ScriptLog| Failure {
                code,
                script: script.location.clone(),
                message,
                log: log.tail(),
            };
            if !path.is_file() {
                let message =
                    format!("Script does not exist at specified location: {}", path.display());
                return Err(failure(Code::ScriptMissing, message, log));
            }
            // A location is one in the bundle; what lies elsewhere is not made executable, nor run.
            if !is_within(&path, &self.archive) {
                let message = format!("The script {} lies outside the revision", script.location);
                return Err(failure(Code::ScriptMissing, message, log));
            }
            if make_executable(&path).is_err() {
                let message = format!(
                    "Unable to set script at specified location: {} as executable",
                    script.location
                );
                return Err(failure(Code::ScriptNotExecutable, message, log));
            }
            log.line(&format!("Script - {}", script.location));
            let Err(ended) = script::run(script, &path, environment, log, &mut started).await
            else {
                continue;
            };
            let location = format!("Script at specified location: {}", script.location);
            let (code, message) = match ended {
                Ended::TimedOut => (
                    Code::ScriptTimedOut,
                    format!("{location} failed to complete in {} seconds", script.timeout_secs),
                ),
                Ended::LeftOpen(output) => {
                    (Code::OutputsLeftOpen, format!("{location} failed to close {output}"))
                }
                Ended::Failed(how) => {
                    let user = match &script.run_as {
                        Some(user) => format!(" run as user {user}"),
                        None => String::new(),
                    };
                    (Code::ScriptFailed, format!("{location}{user} {how}"))
                }
            };
            return Err(failure(code, message, log));
        }
        Ok(())
    }
}

/// Whether a file lies below a folder, links and `..` followed.
fn is_within(path: &Path, folder: &Path) -> bool {
    match (path.canonicalize(), folder.canonicalize()) {
        (Ok(path), Ok(folder)) => path.starts_with(folder),
        _ => false,
    }
}

fn make_executable(path: &Path) -> std::io::Result<()> {
    let mut permissions = fs::metadata(path)?.permissions();
    if permissions.mode() & 0o111 != 0o111 {
        permissions.set_mode(permissions.mode() | 0o111);
        fs::set_permissions(path, permissions)?;
    }
    Ok(())
}
