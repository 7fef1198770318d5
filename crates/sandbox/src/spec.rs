//! What to run: the description handed to a sandbox when it starts.

use crate::docker::Container;
use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

/// Largest accepted output spool, in bytes, unless the spec sets its own.
pub const DEFAULT_OUTPUT_BYTES: u64 = 1 << 30;

/// How long a service may take to end after SIGTERM, unless the spec sets its own.
pub const DEFAULT_GRACE: Duration = Duration::from_secs(10);

/// Where programs are looked for inside, unless the spec's environment says otherwise.
pub const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Name of a sandbox: 1 to 64 of `A-Z a-z 0-9 _ -`, not starting with a dash.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SandboxId(String);

impl SandboxId {
    /// Checks the name.
    pub fn new(id: impl Into<String>) -> Result<Self, InvalidSpec> {
        let id = id.into();
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if id.is_empty() || id.len() > 64 || id.starts_with('-') || !id.chars().all(allowed) {
            return Err(InvalidSpec(format!(
                "sandbox id {id:?} must be 1 to 64 letters, digits, '_' or '-'"
            )));
        }
        Ok(Self(id))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SandboxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a spec was refused at the door.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidSpec(pub String);

/// What becomes of files written outside the binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// Gone with the sandbox.
    Ephemeral,
    /// Kept under the sandbox's id until it is destroyed; a later start finds them.
    Persistent,
}

/// A host directory or file shown inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bind {
    /// Absolute path on the host. Must exist.
    pub host: PathBuf,
    /// Absolute path inside. Made if missing.
    pub inside: PathBuf,
    /// Refuse writes.
    pub read_only: bool,
}

/// Bounds on what runs inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Memory of all processes together, in bytes.
    pub memory_bytes: Option<u64>,
    /// Number of processes and threads at one time.
    pub pids: Option<u32>,
    /// Time from the start of the program until all is killed.
    pub wall_clock: Option<Duration>,
    /// Output kept, in bytes; what comes after is dropped, with a note saying so.
    pub output_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: None,
            pids: None,
            wall_clock: None,
            output_bytes: DEFAULT_OUTPUT_BYTES,
        }
    }
}

/// Everything a sandbox needs to know to start.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Its name; starts, attaches and destroys refer to it.
    pub id: SandboxId,
    /// Whether writes outlive the run.
    pub root: Root,
    /// Absolute directory inside in which the program starts. Made if missing.
    pub workdir: PathBuf,
    /// The whole environment; nothing is inherited from the yard. `PATH`, `HOME`, `USER`,
    /// `LOGNAME` and `SHELL` get sensible values where they are missing.
    pub env: Vec<(String, String)>,
    /// Values replaced by `***` in output, in the journal and in exported values: as they are, and
    /// in the shapes that `forms.rs` lists (line by line, escaped, as base64). Empty ones are
    /// ignored.
    pub secrets: Vec<String>,
    /// Host paths shown inside.
    pub binds: Vec<Bind>,
    /// Host paths that must not be seen inside, beyond those that are hidden always.
    pub hide: Vec<PathBuf>,
    /// Bounds.
    pub limits: Limits,
    /// The container that it runs in; without, in namespaces with a copy of this machine's files.
    pub container: Option<Container>,
    /// What runs.
    pub program: Program,
}

/// What runs inside.
#[derive(Clone, Debug)]
pub enum Program {
    /// A build: commands in one shell, stage by stage, without the yard's help.
    Plan(Plan),
    /// One long-living program, whose children live on with it.
    Service(Service),
}

/// A long-living program.
#[derive(Clone, Debug)]
pub struct Service {
    /// Program (an absolute path inside, or a name looked up in `PATH`) and its arguments.
    pub argv: Vec<String>,
    /// User that runs it; root inside if none.
    pub run_as: Option<String>,
    /// Start it again when it ends by itself, after a pause that grows from 1 to 30 seconds;
    /// processes it left behind go on meanwhile. Otherwise its end is the sandbox's end.
    pub restart: bool,
    /// How long it may take to end after SIGTERM before everything is killed.
    pub grace: Duration,
}

/// The shell that runs a plan's commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    /// `/bin/bash`
    Bash,
    /// `/bin/sh`
    Sh,
}

/// Commands run in one shell, stage by stage, so that `cd`, `export`, functions and shell options
/// carry over from command to command and from stage to stage. A command that ends the shell
/// (`exit`, `exec`, a failure under `set -e`) counts with its exit code, and the next command gets
/// a new shell with the exported variables and the working directory of the last.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which shell.
    pub shell: Shell,
    /// Run every command in a new shell, which knows nothing of the ones before: not their
    /// directory, not their variables. CodeBuild's version 0.1.
    pub shell_per_command: bool,
    /// User that runs the commands; root inside if none.
    pub run_as: Option<String>,
    /// Write the plan's progress into the output, each line starting with this word and the time,
    /// as CodeBuild's `[Container] 2024/01/01 00:00:00.000000 Running command …`.
    pub announce: Option<String>,
    /// Lines written first, announced likewise.
    pub preamble: Vec<String>,
    /// Environment variable kept at `1` while no stage has failed, at `0` afterwards.
    pub succeeding_variable: Option<String>,
    /// The stages in order.
    pub stages: Vec<Stage>,
    /// Names of environment variables whose final values are reported.
    pub export: Vec<String>,
    /// Words that the shell expands in the end, as within double quotes (`v-$(date +%F)`); what
    /// comes of them is reported.
    pub expand: Vec<String>,
}

/// One stage of a plan.
#[derive(Clone, Debug, Default)]
pub struct Stage {
    /// Name in status and announcements.
    pub name: String,
    /// Commands; the first that fails ends the stage.
    pub commands: Vec<String>,
    /// Commands run after them in any case; one that fails fails the stage.
    pub finally: Vec<String>,
    /// What a failure means, if not what `after_failure` says.
    pub on_failure: OnFailure,
    /// Whether later stages run after a failure.
    pub after_failure: AfterFailure,
    /// User for this stage, instead of the plan's.
    pub run_as: Option<String>,
}

/// What the failure of a stage means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// As [`AfterFailure`] says.
    #[default]
    Default,
    /// No later stage runs.
    Abort,
    /// The next stage runs, and the plan does not fail for this stage.
    Continue,
    /// The stage runs again in the same shell, from the directory in which it began, up to so many
    /// times more; then as [`AfterFailure`] says.
    Retry {
        /// Further attempts.
        count: u32,
        /// A regular expression: only if it is found in the failure's message or in the last 64 KiB
        /// of what the attempt has printed.
        pattern: Option<String>,
    },
}

/// Whether later stages run after a stage has failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AfterFailure {
    /// They don't.
    #[default]
    Stop,
    /// They do; the plan has failed all the same.
    Next,
}

impl Spec {
    /// Checks everything that can be checked without starting.
    pub fn validate(&self) -> Result<(), InvalidSpec> {
        inside_path("workdir", &self.workdir)?;
        for (name, value) in &self.env {
            if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
                return Err(InvalidSpec(format!("environment variable {name:?} is malformed")));
            }
        }
        for bind in &self.binds {
            inside_path("bind", &bind.inside)?;
            if !bind.host.is_absolute() {
                return Err(InvalidSpec(format!("bind source {:?} is not absolute", bind.host)));
            }
        }
        for volume in self.container.iter().flat_map(|container| &container.volumes) {
            inside_path("volume", &volume.inside)?;
        }
        if let Some(path) = self.hide.iter().find(|path| !path.is_absolute()) {
            return Err(InvalidSpec(format!("hidden path {path:?} is not absolute")));
        }
        if self.limits.memory_bytes.is_some_and(|bytes| bytes < 1 << 20) {
            return Err(InvalidSpec("the memory limit is below 1 MiB".into()));
        }
        if self.limits.pids.is_some_and(|pids| pids < 8) {
            return Err(InvalidSpec("the process limit is below 8".into()));
        }
        if self.container.is_some() {
            self.validate_for_container()?;
        }
        match &self.program {
            Program::Plan(plan) => plan.validate(),
            Program::Service(service) => service.validate(),
        }
    }

    /// A container's environment goes through its shell.
    fn validate_for_container(&self) -> Result<(), InvalidSpec> {
        match self.env.iter().find(|(name, _)| !is_variable_name(name)) {
            Some((name, _)) => Err(InvalidSpec(format!(
                "{name:?} is no name of a shell's variable, which a container's must be"
            ))),
            None => Ok(()),
        }
    }

    /// Users other than root that the program asks for.
    pub fn users(&self) -> impl Iterator<Item = &str> {
        let (own, stages) = match &self.program {
            Program::Plan(plan) => (plan.run_as.as_deref(), plan.stages.as_slice()),
            Program::Service(service) => (service.run_as.as_deref(), &[] as &[Stage]),
        };
        own.into_iter()
            .chain(stages.iter().filter_map(|stage| stage.run_as.as_deref()))
            .filter(|user| *user != "root")
    }
}

impl Plan {
    fn validate(&self) -> Result<(), InvalidSpec> {
        let names = self.export.iter().chain(&self.succeeding_variable);
        if let Some(name) = names.into_iter().find(|name| !is_variable_name(name)) {
            return Err(InvalidSpec(format!("{name:?} is no environment variable name")));
        }
        if self.expand.iter().any(|word| word.contains('\0')) {
            return Err(InvalidSpec("a word to expand contains a NUL character".into()));
        }
        for stage in &self.stages {
            for command in stage.commands.iter().chain(&stage.finally) {
                if command.contains('\0') {
                    return Err(InvalidSpec(format!(
                        "a command of stage {:?} contains a NUL character",
                        stage.name
                    )));
                }
            }
        }
        Ok(())
    }
}

impl Service {
    fn validate(&self) -> Result<(), InvalidSpec> {
        match self.argv.first() {
            None => Err(InvalidSpec("the service has no program".into())),
            Some(program) if program.is_empty() => {
                Err(InvalidSpec("the service's program is empty".into()))
            }
            Some(_) if self.argv.iter().any(|word| word.contains('\0')) => {
                Err(InvalidSpec("an argument of the service contains a NUL character".into()))
            }
            Some(_) => Ok(()),
        }
    }
}

pub(crate) fn is_variable_name(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts_well && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn inside_path(what: &str, path: &Path) -> Result<(), InvalidSpec> {
    let plain = path.components().all(|c| matches!(c, Component::RootDir | Component::Normal(_)));
    if !path.is_absolute() || !plain {
        return Err(InvalidSpec(format!("{what} path {path:?} must be absolute and without '..'")));
    }
    Ok(())
}
