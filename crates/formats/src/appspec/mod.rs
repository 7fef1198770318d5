//! Application specifications for servers (version 0.0), after "CodeDeploy AppSpec file reference"
//! in the CodeDeploy user guide and the rules of the published agent.
//!
//! Two deliberate differences from that agent: keys that it ignores are refused by name, and the
//! text of a mode is taken as written, so that `0644` means 0644 (YAML 1.1 would make it 420).

mod acl;
mod context;
mod parse;
mod permission;

use std::fmt;

pub use acl::{Ace, AceKind, Acl};
pub use context::{Context, Range};
pub use parse::parse;
pub use permission::{Mode, ObjectType, Pattern, Permission};

use crate::yaml;

/// How long a script may run if the file does not say, in seconds.
pub const DEFAULT_TIMEOUT_SECS: u32 = 3600;

/// An application specification that cannot be deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(pub yaml::Error);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {}

impl From<yaml::Error> for Error {
    fn from(error: yaml::Error) -> Self {
        Self(error)
    }
}

/// An application specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppSpec {
    /// What is copied where.
    pub files: Vec<FileMapping>,
    /// What happens to files that are there already; overrides the deployment's setting.
    pub file_exists_behavior: Option<FileExistsBehavior>,
    /// Owners, modes, access lists and contexts for what is copied.
    pub permissions: Vec<Permission>,
    /// Scripts by lifecycle event, in the order of the text. Which events exist is the
    /// deployment's business.
    pub hooks: Vec<(String, Vec<Script>)>,
}

impl AppSpec {
    /// The scripts of an event; empty if it has none.
    pub fn scripts(&self, event: &str) -> &[Script] {
        self.hooks
            .iter()
            .find(|(name, _)| name == event)
            .map_or(&[], |(_, scripts)| scripts.as_slice())
    }
}

/// One entry of `files`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMapping {
    /// A file or folder of the revision; `/` is the whole revision.
    pub source: String,
    /// The folder on the host that receives it.
    pub destination: String,
}

/// `file_exists_behavior`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileExistsBehavior {
    /// The deployment fails.
    Disallow,
    /// The revision's file replaces the host's.
    Overwrite,
    /// The host's file stays.
    Retain,
}

impl FileExistsBehavior {
    /// Reads DISALLOW, OVERWRITE or RETAIN.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "DISALLOW" => Some(Self::Disallow),
            "OVERWRITE" => Some(Self::Overwrite),
            "RETAIN" => Some(Self::Retain),
            _ => None,
        }
    }
}

/// One script of a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Below the revision's root.
    pub location: String,
    /// The user that runs it; the agent's own if absent.
    pub run_as: Option<String>,
    /// Whether it runs under sudo (undocumented, but the published agent knows it).
    pub sudo: bool,
    /// In seconds, above 0.
    pub timeout_secs: u32,
}
