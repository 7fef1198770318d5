//! What a sandbox tells about itself: isolation, progress and end.

use serde_json::Value;

/// How strongly a sandbox is separated from the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The kernel allows nothing of use: such a machine runs no user code.
    None,
    /// Separate processes and mounts, but something of the full set is missing.
    Reduced,
    /// Own processes, mounts, IPC and host name, a copy-on-write root, limits by control group.
    Full,
}

impl Level {
    /// Name in logs, in the journal and in `codeyard doctor`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Reduced => "reduced",
            Self::Full => "full",
        }
    }

    pub(crate) fn from_name(name: &str) -> Self {
        match name {
            "full" => Self::Full,
            "reduced" => Self::Reduced,
            _ => Self::None,
        }
    }
}

/// A level and what keeps it from being a higher one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Isolation {
    /// The level.
    pub level: Level,
    /// What is missing and what follows, one sentence each. For build logs and `codeyard doctor`.
    pub reasons: Vec<String>,
}

/// The state of a sandbox at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// How it is isolated.
    pub isolation: Isolation,
    /// When the program started, in milliseconds since 1970.
    pub started_at: i64,
    /// The stages begun so far, in order; one entry for each attempt.
    pub stages: Vec<StageStatus>,
    /// Things worth telling that are no failure: a limit watched instead of enforced, output
    /// dropped, a process killed for its memory, a service started again.
    pub notes: Vec<String>,
    /// How it ended, once it has. From then on nothing of it runs any more.
    pub end: Option<End>,
}

/// One attempt at a stage.
#[derive(Clone, Debug, PartialEq)]
pub struct StageStatus {
    /// Index in the plan.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// 1 for the first attempt.
    pub attempt: u32,
    /// Milliseconds since 1970.
    pub started_at: i64,
    /// Milliseconds since 1970, once it has ended.
    pub ended_at: Option<i64>,
    /// How it ended.
    pub outcome: Option<StageOutcome>,
    /// Its commands begun so far.
    pub commands: Vec<CommandStatus>,
}

/// How a stage ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageOutcome {
    /// Every command exited with 0.
    Succeeded,
    /// A command failed.
    Failed,
    /// A command failed, and the stage runs again.
    Retried,
    /// It was cut short: stopped, timed out, or the sandbox broke.
    Interrupted,
}

impl StageOutcome {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Retried => "retried",
            Self::Interrupted => "interrupted",
        }
    }

    pub(crate) fn from_name(name: &str) -> Self {
        match name {
            "succeeded" => Self::Succeeded,
            "failed" => Self::Failed,
            "retried" => Self::Retried,
            _ => Self::Interrupted,
        }
    }
}

/// One command.
#[derive(Clone, Debug, PartialEq)]
pub struct CommandStatus {
    /// Index among the stage's commands, or among its finally-commands.
    pub index: usize,
    /// Whether it is a finally-command.
    pub finally: bool,
    /// Its text, masked.
    pub text: String,
    /// Milliseconds since 1970.
    pub started_at: i64,
    /// Milliseconds since 1970, once it has ended.
    pub ended_at: Option<i64>,
    /// Exit code; 128 + signal if a signal ended the shell.
    pub exit_code: Option<i32>,
    /// Why no shell could run it, if none could; its exit code is 126 then.
    pub not_run: Option<String>,
    /// Where its output starts, as a byte offset of the sandbox's output.
    pub output_start: u64,
    /// Where its output ends.
    pub output_end: Option<u64>,
}

/// The end of a sandbox.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// How.
    pub kind: EndKind,
    /// Milliseconds since 1970.
    pub at: i64,
    /// Total output, in bytes.
    pub output_bytes: u64,
    /// Output dropped because of [`crate::Limits::output_bytes`].
    pub dropped_bytes: u64,
    /// Final values of the exported variables that were set, masked.
    pub exports: Vec<(String, String)>,
    /// The words that the plan wanted expanded, masked; none if the shell couldn't.
    pub expanded: Option<Vec<String>>,
    /// The shell's last working directory.
    pub workdir: Option<String>,
}

/// How a sandbox ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndKind {
    /// Every stage of the plan succeeded, or its failure was to be tolerated.
    Succeeded,
    /// A stage of the plan failed.
    Failed,
    /// The service ended by itself, with this code (128 + signal if a signal ended it).
    Exited(i32),
    /// The wall-clock limit passed.
    TimedOut,
    /// Stopped on request, for this reason.
    Stopped(String),
    /// A limit was exceeded and everything killed; says which.
    LimitExceeded(String),
    /// The sandbox itself broke: its supervisor or its init was killed, or the machine restarted.
    Lost(String),
}

impl EndKind {
    pub(crate) fn to_parts(&self) -> (&'static str, Value) {
        match self {
            Self::Succeeded => ("succeeded", Value::Null),
            Self::Failed => ("failed", Value::Null),
            Self::Exited(code) => ("exited", Value::from(*code)),
            Self::TimedOut => ("timed-out", Value::Null),
            Self::Stopped(reason) => ("stopped", Value::from(reason.as_str())),
            Self::LimitExceeded(limit) => ("limit-exceeded", Value::from(limit.as_str())),
            Self::Lost(reason) => ("lost", Value::from(reason.as_str())),
        }
    }

    pub(crate) fn from_parts(name: &str, detail: &Value) -> Option<Self> {
        let text = || detail.as_str().unwrap_or_default().to_owned();
        Some(match name {
            "succeeded" => Self::Succeeded,
            "failed" => Self::Failed,
            "exited" => Self::Exited(i32::try_from(detail.as_i64()?).ok()?),
            "timed-out" => Self::TimedOut,
            "stopped" => Self::Stopped(text()),
            "limit-exceeded" => Self::LimitExceeded(text()),
            "lost" => Self::Lost(text()),
            _ => return None,
        })
    }
}
