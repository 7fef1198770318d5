//! Running git, and what it says when it fails.

use std::ffi::OsStr;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::{Context as _, Failure, Outcome};

/// Variables that would make git work on another repository than the one that is meant.
const ELSEWHERE: [&str; 7] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
];

/// A git command.
pub(super) struct Git(Command);

impl Git {
    /// `git`, with the user's own settings: their sign-ins at other hosts are among them.
    pub fn new() -> Self {
        let mut command = Command::new("git");
        for name in ELSEWHERE {
            command.env_remove(name);
        }
        command.env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C").stdin(Stdio::null());
        command.args(["-c", "gc.auto=0", "-c", "maintenance.auto=false"]);
        command.args(["-c", "core.hooksPath=/dev/null", "-c", "fetch.fsckObjects=false"]);
        Self(command)
    }

    /// The same, in the bare repository `dir`.
    pub fn within(dir: &Path) -> Self {
        let mut git = Self::new();
        git.0.arg("--git-dir").arg(dir);
        git
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.0.arg(argument);
        self
    }

    pub fn args<I: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = I>) -> Self {
        self.0.args(arguments);
        self
    }

    /// Runs it and answers what it printed; what it says on standard error is told if it fails.
    pub fn output(self, what: &str) -> Outcome<String> {
        self.with_input(what, "")
    }

    /// [`Git::output`], with something to read.
    pub fn with_input(mut self, what: &str, input: &str) -> Outcome<String> {
        self.0.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.0.spawn().context("start git, which has to be installed")?;
        if let Some(mut stdin) = child.stdin.take() {
            let input = input.to_owned();
            // From a thread: git may answer before it has read everything.
            std::thread::spawn(move || stdin.write_all(input.as_bytes()));
        }
        let output = child.wait_with_output().context("run git")?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(failure(what, output.status, &String::from_utf8_lossy(&output.stderr)))
    }

    /// Runs something long: its progress is shown where a person watches.
    pub fn watched(mut self, what: &str) -> Outcome<()> {
        if !std::io::stderr().is_terminal() {
            return self.output(what).map(drop);
        }
        let status = self.0.stdout(Stdio::null()).status().context("run git")?;
        if status.success() { Ok(()) } else { Err(failure(what, status, "")) }
    }

    /// Whether it ends well; for questions.
    pub fn holds(mut self) -> Outcome<bool> {
        let status = self.0.stdout(Stdio::null()).stderr(Stdio::null()).status();
        Ok(status.context("run git")?.success())
    }
}

fn failure(what: &str, status: std::process::ExitStatus, said: &str) -> Failure {
    let said = said.trim();
    let said = if said.is_empty() { String::new() } else { format!(":\n{said}") };
    Failure::new(format!("failed to {what}: git ended with {status}{said}"))
}

/// `--progress` where a person watches.
pub(super) fn progress() -> &'static str {
    if std::io::stderr().is_terminal() { "--progress" } else { "--quiet" }
}
