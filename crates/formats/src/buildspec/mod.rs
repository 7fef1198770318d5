//! Build specifications, versions 0.1 and 0.2, after "Build specification reference for
//! CodeBuild" in the CodeBuild user guide.
//!
//! Everything that the reference knows is read into the model, also what a service may not offer
//! (cache, reports, batch, proxy): it then refuses the section by name, with its position.

mod batch;
mod cache;
mod on_failure;
mod parse;
mod report;
mod secret;

use std::fmt;

pub use batch::{
    Batch, BatchBuilds, BatchCombination, BatchEnv, BatchFanout, BatchMatrix, BatchTask,
    MAX_BUILDS, MAX_IDENTIFIER,
};
pub use cache::{Cache, CacheAction, MAX_FALLBACK_KEYS};
pub use on_failure::{MAX_RETRIES, OnFailure};
pub use parse::parse;
pub use report::{MAX_REPORT_GROUPS, Report, ReportFormat};
pub use secret::SecretReference;

use crate::yaml::{self, Position};

/// A build specification that cannot be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(pub yaml::Error);

impl Error {
    /// The status code of the phase context, as CodeBuild gives it.
    pub const CODE: &'static str = "YAML_FILE_ERROR";

    /// The message of the phase context: a sentence with line and column.
    pub fn message(&self) -> String {
        self.0.to_string()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} Message: {}", Self::CODE, self.message())
    }
}

impl std::error::Error for Error {}

impl From<yaml::Error> for Error {
    fn from(error: yaml::Error) -> Self {
        Self(error)
    }
}

/// A build specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buildspec {
    /// Which language it is written in.
    pub version: Version,
    /// The user that runs all commands (`run-as`).
    pub run_as: Option<String>,
    /// Environment variables and the shell.
    pub env: Env,
    /// `proxy`
    pub proxy: Option<Proxy>,
    /// `batch`
    pub batch: Option<Batch>,
    /// The commands. None at all only in a file that is there for its `batch`, whose builds bring
    /// buildspecs of their own.
    pub phases: Phases,
    /// `reports`, in the order of the text.
    pub reports: Vec<Report>,
    /// What the build leaves.
    pub artifacts: Option<Artifacts>,
    /// `cache`
    pub cache: Option<Cache>,
}

/// The language version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Every command runs in a shell of its own.
    V0_1,
    /// All commands of a build run in one shell.
    V0_2,
}

/// The shell that runs the commands (`env.shell`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    /// `bash`
    Bash,
    /// `/bin/sh`, or `sh`
    Sh,
    /// `powershell.exe`, Windows only.
    PowerShell,
    /// `pwsh`, Windows only.
    Pwsh,
    /// `cmd.exe`, Windows only.
    Cmd,
}

impl Shell {
    /// As `env.shell` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Sh => "/bin/sh",
            Self::PowerShell => "powershell.exe",
            Self::Pwsh => "pwsh",
            Self::Cmd => "cmd.exe",
        }
    }

    /// Whether only Windows has it, as far as CodeBuild is concerned.
    pub fn is_windows(self) -> bool {
        matches!(self, Self::PowerShell | Self::Pwsh | Self::Cmd)
    }
}

/// The longest `NAME=VALUE` of an environment variable, in bytes: Linux starts no program with a
/// longer one.
pub const MAX_VARIABLE_BYTES: usize = 32 * 4096 - 1;

/// `env`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Env {
    /// The shell, where one is named.
    pub shell: Option<Shell>,
    /// Names with values, in the order of the text.
    pub variables: Vec<(String, String)>,
    /// Names with the Parameter Store names that hold the values.
    pub parameter_store: Vec<(String, String)>,
    /// Names with the secrets that hold the values.
    pub secrets_manager: Vec<(String, SecretReference)>,
    /// Names whose values later pipeline actions may use.
    pub exported_variables: Vec<String>,
    /// Whether git in the build gets credentials for the source's host.
    pub git_credential_helper: bool,
}

/// `proxy`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// `upload-artifacts`
    pub upload_artifacts: bool,
    /// `logs`
    pub logs: bool,
    /// Where the section starts.
    pub at: Position,
}

/// The phases that have commands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phases {
    /// `install`
    pub install: Option<Phase>,
    /// `pre_build`
    pub pre_build: Option<Phase>,
    /// `build`
    pub build: Option<Phase>,
    /// `post_build`
    pub post_build: Option<Phase>,
}

impl Phases {
    /// Whether there is nothing to run.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The phases in the order in which they run, under their names.
    pub fn in_order(&self) -> [(&'static str, Option<&Phase>); 4] {
        [
            ("install", self.install.as_ref()),
            ("pre_build", self.pre_build.as_ref()),
            ("build", self.build.as_ref()),
            ("post_build", self.post_build.as_ref()),
        ]
    }
}

/// The commands of a phase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phase {
    /// The user that runs this phase's commands.
    pub run_as: Option<String>,
    /// What happens when a command fails; without it, [`OnFailure::Abort`] after `install`,
    /// `pre_build` and `build` have run as the reference's phase transitions say.
    pub on_failure: Option<OnFailure>,
    /// `runtime-versions`, in `install` only.
    pub runtime_versions: Vec<(String, String)>,
    /// In order.
    pub commands: Vec<String>,
    /// Run after the commands, whether they failed or not.
    pub finally: Vec<String>,
}

/// `artifacts`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Artifacts {
    /// The primary output. Without files there is none, only secondary ones.
    pub primary: ArtifactFiles,
    /// Artifact identifiers with their files.
    pub secondary: Vec<(String, ArtifactFiles)>,
}

/// Which files an output takes; see [`crate::glob`] for the patterns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArtifactFiles {
    /// Globs below the base directory.
    pub files: Vec<String>,
    /// The output's name, which may hold shell expressions, where it overrides the project's.
    pub name: Option<String>,
    /// All files at the top, without their folders.
    pub discard_paths: bool,
    /// A folder below the source directory, or a glob over such folders.
    pub base_directory: Option<String>,
    /// Globs below the base directory that are left out.
    pub exclude_paths: Vec<String>,
    /// `enable-symlinks`: in an archive, links are kept as links.
    pub enable_symlinks: bool,
    /// `s3-prefix`, in front of the object's key where that has the build's id.
    pub s3_prefix: Option<String>,
}
