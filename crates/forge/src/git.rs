//! Stock git as a child, apart from the machine's and the user's configuration, without hooks,
//! within a deadline, in so much room and memory, and gone with whoever waits for it.

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};
use tokio::sync::Notify;

use crate::Room;

/// Most that is kept of what git says, in bytes.
const MAX_OUTPUT: usize = 4 << 20;
/// Most of its complaints.
const MAX_COMPLAINT: usize = 64 << 10;

/// Starts git with `$1` blocks of 512 bytes for its largest file and `$2` KiB of memory.
const LIMITED: &str = "ulimit -f \"$1\"; ulimit -d \"$2\"; shift 2; exec git \"$@\"";
/// What ends a program whose file grows too large.
const SIGXFSZ: i32 = Signal::XFSZ.as_raw();
/// The shell's status where there is no git.
const NO_PROGRAM: i32 = 127;

/// Settings for every call.
const SETTINGS: [(&str, &str); 12] = [
    ("core.hooksPath", "/dev/null"),
    ("core.fsmonitor", "false"),
    ("credential.helper", ""),
    ("core.askPass", ""),
    ("advice.detachedHead", "false"),
    ("submodule.recurse", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    // As a pack, whose size is bounded, and not as any number of files.
    ("fetch.unpackLimit", "1"),
    ("safe.directory", "*"),
    // A server that says nothing for a minute has nothing to say.
    ("http.lowSpeedLimit", "1"),
    ("http.lowSpeedTime", "60"),
];

/// Why git did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The server wants to know who asks, or does not like the answer.
    Denied(String),
    /// There is no such repository, or none for who asks.
    NoRepository(String),
    /// The repository has no such branch, tag or commit.
    NoReference(String),
    /// There is more than is taken.
    TooLarge(String),
    /// Anything else that git says.
    Other(String),
    /// The time for it is over.
    Late,
    /// Somebody stopped what it is for.
    Stopped,
    /// git itself is not to be had, or its folder.
    Broken(String),
}

impl Failure {
    /// What git's complaint means.
    fn of(verb: &str, said: &str) -> Self {
        let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
        let last = said.lines().rev().find(|line| line.starts_with("fatal: ")).unwrap_or(said);
        let told = format!("git {verb}: {}", last.trim());
        if has(&["couldn't find remote ref", "not our ref", "unadvertised object"]) {
            return Self::NoReference(told);
        }
        if has(&[
            "Authentication failed",
            "could not read Username",
            "could not read Password",
            "returned error: 401",
            "returned error: 403",
            "Access denied",
        ]) {
            return Self::Denied(told);
        }
        if has(&["not found", "returned error: 404", "does not exist"]) {
            return Self::NoRepository(told);
        }
        Self::Other(told)
    }
}

/// How git is called for one source.
#[derive(Clone)]
pub struct Git {
    /// Settings beside [`SETTINGS`]; secrets among them, which so are on no command line.
    pub settings: Vec<(String, String)>,
    /// Protocols that it may speak, in `GIT_ALLOW_PROTOCOL`'s form.
    pub protocols: &'static str,
    /// When it is given up.
    pub deadline: Instant,
    /// Tells that it is to stop.
    pub stop: Arc<Notify>,
    /// What it may fill.
    pub room: Room,
}

impl Git {
    /// The same with more settings.
    pub fn with(&self, settings: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut git = self.clone();
        git.settings.extend(settings);
        git
    }

    /// The same, from this machine's files only.
    pub fn on_files(&self) -> Self {
        Self { settings: Vec::new(), protocols: "file", ..self.clone() }
    }

    /// The same, filling another room.
    pub fn within(&self, room: Room) -> Self {
        Self { room, ..self.clone() }
    }

    /// Runs git in a folder; answers what it prints, up to 4 MiB.
    ///
    /// # Errors
    /// What git complains of, or that time is over, its room full, or it was stopped.
    pub async fn run(&self, directory: &Path, words: &[&str]) -> Result<String, Failure> {
        let verb = words.first().copied().unwrap_or_default();
        let mut group = Group::start(self.command(directory, words))?;
        let work = async {
            let (stdout, stderr) = group.pipes()?;
            let (stdout, stderr) =
                tokio::join!(bounded(stdout, MAX_OUTPUT), bounded(stderr, MAX_COMPLAINT));
            let status = group.0.wait().await.map_err(broken)?;
            let stdout = String::from_utf8_lossy(&stdout.map_err(broken)?).into_owned();
            let stderr = String::from_utf8_lossy(&stderr.map_err(broken)?).into_owned();
            match status.code() {
                Some(0) => Ok(stdout),
                Some(NO_PROGRAM) => Err(Failure::Broken(format!("git does not run: {stderr}"))),
                _ if stderr.contains("Out of memory") => Err(self.room.out_of_memory(verb)),
                _ if self.is_cut_short(status, &stderr).await => Err(self.room.full()),
                _ => Err(Failure::of(verb, &stderr)),
            }
        };
        tokio::select! {
            done = work => done,
            () = tokio::time::sleep_until(self.deadline.into()) => Err(Failure::Late),
            () = self.stop.notified() => Err(Failure::Stopped),
            full = self.room.overflow() => Err(full),
        }
    }

    /// Whether it was ended, or one of its own programs, for a file that is larger than its room.
    async fn is_cut_short(&self, status: ExitStatus, said: &str) -> bool {
        status.signal() == Some(SIGXFSZ)
            || said.contains(&format!("died of signal {SIGXFSZ}"))
            || said.contains("File too large")
            // Of the end of this one git does not tell the reason.
            || (said.contains("index-pack") && self.room.is_full().await)
    }

    fn command(&self, directory: &Path, words: &[&str]) -> Command {
        let fixed = SETTINGS.iter().map(|(key, value)| (*key, *value));
        let more = self.settings.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let settings: Vec<_> = fixed.chain(more).collect();
        let blocks = self.room.bytes().div_ceil(512).to_string();
        let memory = (self.room.memory() >> 10).to_string();
        let mut command = Command::new("sh");
        command
            .args(["-c", LIMITED, "sh", &blocks, &memory])
            .args(words)
            .current_dir(directory)
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            // Whom the machine's operator has the yard trust beside the usual authorities.
            .envs(std::env::var_os("SSL_CERT_FILE").map(|path| ("SSL_CERT_FILE", path)))
            .env("HOME", "/nonexistent")
            .env("LC_ALL", "C")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_ATTR_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_ALLOW_PROTOCOL", self.protocols)
            .env("GIT_CONFIG_COUNT", settings.len().to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        for (index, (key, value)) in settings.into_iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{index}"), key);
            command.env(format!("GIT_CONFIG_VALUE_{index}"), value);
        }
        command
    }
}

fn broken(error: impl std::fmt::Display) -> Failure {
    Failure::Broken(error.to_string())
}

/// A child and its own children, which go with it.
struct Group(Child);

impl Group {
    fn start(mut command: Command) -> Result<Self, Failure> {
        let child = command.spawn();
        child.map(Self).map_err(|error| Failure::Broken(format!("git does not run: {error}")))
    }

    fn pipes(
        &mut self,
    ) -> Result<(impl AsyncRead + Unpin + use<>, impl AsyncRead + Unpin + use<>), Failure> {
        match (self.0.stdout.take(), self.0.stderr.take()) {
            (Some(stdout), Some(stderr)) => Ok((stdout, stderr)),
            _ => Err(Failure::Broken("a pipe is missing".into())),
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // The id is gone once the child has been waited for: no stranger is ever hit.
        let id = self.0.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(group) = id {
            // It may have ended just now.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// Reads to the end and keeps the first bytes, so that the writer never waits.
async fn bounded(mut from: impl AsyncRead + Unpin, limit: usize) -> std::io::Result<Vec<u8>> {
    let mut kept = Vec::new();
    let mut buffer = vec![0; 8 << 10];
    loop {
        let count = from.read(&mut buffer).await?;
        let Some(got) = buffer.get(..count).filter(|got| !got.is_empty()) else { return Ok(kept) };
        let room = limit.saturating_sub(kept.len());
        kept.extend_from_slice(got.get(..room).unwrap_or(got));
    }
}

/// When time is over, so many milliseconds from now.
pub fn deadline(millis: i64) -> Instant {
    Instant::now() + Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints() {
        let kind = |said: &str| match Failure::of("fetch", said) {
            Failure::Denied(_) => "denied",
            Failure::NoRepository(_) => "repository",
            Failure::NoReference(_) => "reference",
            _ => "other",
        };
        for (said, expected) in [
            ("fatal: could not read Username for 'https://h': terminal prompts disabled", "denied"),
            ("remote: no\nfatal: Authentication failed for 'https://h/o/r/'", "denied"),
            ("fatal: unable to access 'u': The requested URL returned error: 403", "denied"),
            ("remote: Repository not found.\nfatal: repository 'u' not found", "repository"),
            ("fatal: couldn't find remote ref refs/heads/x", "reference"),
            ("fatal: remote error: upload-pack: not our ref 12", "reference"),
            ("fatal: unable to access 'u': Could not resolve host: h", "other"),
        ] {
            assert_eq!(kind(said), expected, "{said}");
        }
        assert_eq!(
            Failure::of("fetch", "warning: x\nfatal: y\n"),
            Failure::Other("git fetch: fatal: y".into())
        );
    }
}
