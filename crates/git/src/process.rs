//! Stock git as a child process: with nothing of the user's configuration, killed with all its
//! own children when nobody wants it any more, and always waited for.

use crate::limits::{HELPER_TIMEOUT, MAX_STDERR};
use crate::{GitError, Result};
use rustix::process::{Pid, Signal, kill_process_group, setpriority_process};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::LazyLock;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

/// Settings that hold for every git child, above whatever a repository's own file says.
const SETTINGS: [&str; 7] = [
    "core.hooksPath=/dev/null",
    // Whatever git writes here is a copy, or is sealed and synced elsewhere before it counts.
    "core.fsync=none",
    "uploadpack.allowFilter=true",
    // Protocol v2 gives any object by design; v0 must not fail because a reference moved
    // between a client's two requests.
    "uploadpack.allowAnySHA1InWant=true",
    // Without a commit there is no default branch either: clients use their own.
    "lsrefs.unborn=ignore",
    "gc.auto=0",
    "maintenance.auto=false",
];

/// For children that walk a whole history: git's own cache of what deltas are made from (96 MiB)
/// takes two thirds of their memory, and with this much they are no slower.
pub(crate) const LEAN: &str = "core.deltaBaseCacheLimit=8m";

/// Where git is. By a name without a path it would be looked for anew each time, and that after a
/// fork, which copies the page tables of the whole yard; a path is spawned.
static GIT: LazyLock<PathBuf> = LazyLock::new(|| {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places = std::env::split_paths(&path).map(|folder| folder.join("git"));
    let is_program = |place: &PathBuf| {
        let meta = std::fs::metadata(place);
        meta.is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
    };
    // Starting it will tell that it is not there.
    places.find(|place| place.is_absolute() && is_program(place)).unwrap_or_else(|| "git".into())
});

/// A git command that runs in the bare repository `dir`.
pub(crate) fn git(dir: &Path, subcommand: &str) -> Command {
    let mut command = Command::new(&*GIT);
    command.env_clear();
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    for (name, value) in [
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_ATTR_NOSYSTEM", "1"),
        ("GIT_NO_REPLACE_OBJECTS", "1"),
        ("GIT_NO_LAZY_FETCH", "1"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("HOME", "/nonexistent"),
        ("XDG_CONFIG_HOME", "/nonexistent"),
        ("LC_ALL", "C"),
        ("GIT_DIR", "."),
    ] {
        command.env(name, value);
    }
    // The data directory may belong to another user than the one we run as (a container's root).
    command.args(["-c", "safe.directory=*"]);
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    command.arg(subcommand).current_dir(dir).process_group(0).kill_on_drop(true);
    command
}

/// A running child with its process group.
pub(crate) struct Running {
    child: Child,
    command: &'static str,
}

impl Running {
    /// Starts it with all three streams piped.
    pub(crate) fn start(mut command: Command, name: &'static str) -> Result<Self> {
        let child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| GitError::Child {
                command: name,
                problem: format!("cannot start: {e}"),
            })?;
        Ok(Self { child, command: name })
    }

    fn lost_pipe(&self) -> GitError {
        GitError::Child { command: self.command, problem: "a pipe is missing".to_owned() }
    }

    pub(crate) fn stdin(&mut self) -> Result<ChildStdin> {
        self.child.stdin.take().ok_or_else(|| self.lost_pipe())
    }

    pub(crate) fn stdout(&mut self) -> Result<ChildStdout> {
        self.child.stdout.take().ok_or_else(|| self.lost_pipe())
    }

    pub(crate) fn stderr(&mut self) -> Result<ChildStderr> {
        self.child.stderr.take().ok_or_else(|| self.lost_pipe())
    }

    /// Leaves most of a busy machine to those whom somebody waits for.
    pub(crate) fn give_way(&self) {
        let child = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        // One that has ended already is in nobody's way.
        let _ = child.map(|child| setpriority_process(Some(child), BEHIND));
    }

    pub(crate) async fn wait(&mut self) -> Result<ExitStatus> {
        self.child.wait().await.map_err(GitError::io("wait for git"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // `id` is gone once the child has been waited for: no stranger is ever hit.
        let group = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(group) = group {
            // It may have just ended by itself; then there is nobody to kill.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// The niceness of work that nobody waits for: a third of what others get, so that it ends some
/// time on a machine that is always busy.
const BEHIND: i32 = 5;

/// What a short command answered.
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Finished {
    /// Its output, or its last words as an error.
    pub(crate) fn success(self, command: &'static str) -> Result<Vec<u8>> {
        if self.status.success() {
            return Ok(self.stdout);
        }
        let problem = if self.stderr.trim().is_empty() {
            self.status.to_string()
        } else {
            self.stderr.trim().to_owned()
        };
        Err(GitError::Child { command, problem })
    }
}

/// Reads at most `limit` bytes and forgets the rest, so that the writer never blocks.
pub(crate) async fn read_bounded(
    mut from: impl AsyncRead + Unpin,
    limit: usize,
) -> std::io::Result<Vec<u8>> {
    let mut kept = Vec::new();
    let mut buffer = vec![0; 8 << 10];
    loop {
        let count = from.read(&mut buffer).await?;
        let Some(got) = buffer.get(..count).filter(|got| !got.is_empty()) else { return Ok(kept) };
        let room = limit.saturating_sub(kept.len());
        kept.extend_from_slice(got.get(..room).unwrap_or(got));
    }
}

/// Runs a command to its end: `input` to it, at most `output_limit` bytes from it.
pub(crate) async fn run(
    command: Command,
    name: &'static str,
    input: &[u8],
    output_limit: usize,
) -> Result<Finished> {
    run_within(command, name, input, output_limit, HELPER_TIMEOUT).await
}

/// [`run`] with its own deadline.
pub(crate) async fn run_within(
    command: Command,
    name: &'static str,
    input: &[u8],
    output_limit: usize,
    deadline: Duration,
) -> Result<Finished> {
    let running = Running::start(command, name)?;
    finish(running, name, input, output_limit, deadline).await
}

/// [`run_within`] for what nobody waits for.
pub(crate) async fn run_behind(
    command: Command,
    name: &'static str,
    input: &[u8],
    output_limit: usize,
    deadline: Duration,
) -> Result<Finished> {
    let running = Running::start(command, name)?;
    running.give_way();
    finish(running, name, input, output_limit, deadline).await
}

async fn finish(
    mut running: Running,
    name: &'static str,
    input: &[u8],
    output_limit: usize,
    deadline: Duration,
) -> Result<Finished> {
    let (mut stdin, stdout, stderr) = (running.stdin()?, running.stdout()?, running.stderr()?);
    let work = async {
        let feed = async {
            // A child that ends early has its reasons; its status tells them.
            let _ = stdin.write_all(input).await;
            drop(stdin);
        };
        let (_, stdout, stderr) = tokio::join!(
            feed,
            read_bounded(stdout, output_limit),
            read_bounded(stderr, MAX_STDERR)
        );
        Ok(Finished {
            status: running.wait().await?,
            stdout: stdout.map_err(GitError::io("read from git"))?,
            stderr: String::from_utf8_lossy(&stderr.map_err(GitError::io("read from git"))?)
                .into_owned(),
        })
    };
    tokio::time::timeout(deadline, work).await.unwrap_or_else(|_| {
        let problem = format!("took longer than {} s", deadline.as_secs());
        Err(GitError::Child { command: name, problem })
    })
}
