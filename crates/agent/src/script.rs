//! Runs one script: its own process group, its outputs line by line, a deadline for all of it.

use std::ffi::OsStr;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use formats::appspec::Script;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::{Pid, User, getuid};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use crate::script_log::ScriptLog;

/// How long a script that ran too long may take to clean up after SIGTERM.
const KILL_GRACE: Duration = Duration::from_secs(5);
/// The longest line; longer ones are cut into pieces, in bytes.
const MAX_LINE: u64 = 16 * 1024;
/// Lines that wait to be logged; a script that prints faster waits.
const QUEUE: usize = 256;
/// ENOEXEC: a script without an interpreter line.
const NO_FORMAT: i32 = 8;
/// Variables by which the agent itself may have been given credentials.
const SECRETS: [&str; 5] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
];

/// How a script ended, if not well.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It ran too long and was killed.
    TimedOut,
    /// It ended, but an output (its name) stayed open until the deadline.
    LeftOpen(&'static str),
    /// It could not be started, or ended badly; why.
    Failed(String),
}

/// A process group that is killed when the agent gives it up.
struct Group(Option<Pid>);

impl Group {
    fn signal(&self, signal: Signal) {
        if let Some(pid) = self.0 {
            // It may be gone already.
            let _ = killpg(pid, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::SIGKILL);
    }
}

/// Runs a script to its end. `started` hears the process id before anything else happens.
pub(crate) async fn run(
    script: &Script,
    path: &Path,
    environment: &[(String, String)],
    log: &mut ScriptLog,
    started: impl FnOnce(u32),
) -> Result<(), Ended> {
    let mut child = start(script, path, environment).map_err(Ended::Failed)?;
    let pid = child.id();
    if let Some(pid) = pid {
        started(pid);
    }
    let mut group = Group(pid.and_then(|pid| i32::try_from(pid).ok()).map(Pid::from_raw));
    let deadline = Instant::now() + Duration::from_secs(u64::from(script.timeout_secs));
    let (lines, mut queue) = mpsc::channel(QUEUE);
    let outputs = [
        ("STDOUT", child.stdout.take().map(|pipe| read(pipe, "[stdout]", lines.clone()))),
        ("STDERR", child.stderr.take().map(|pipe| read(pipe, "[stderr]", lines.clone()))),
    ];
    drop(lines);
    let result = async {
        let status = exit_status(&mut child, &mut queue, log, deadline).await?;
        // The script is over: what it left in its group may live on.
        group.0 = None;
        let closed = timeout_at(deadline, async {
            while let Some(line) = queue.recv().await {
                log.line(&line);
            }
        });
        if closed.await.is_err() {
            let open = outputs
                .iter()
                .find(|(_, task)| task.as_ref().is_some_and(|task| !task.is_finished()));
            return Err(Ended::LeftOpen(open.map_or("STDOUT", |(name, _)| name)));
        }
        match (status.success(), status.code(), status.signal()) {
            (true, ..) => Ok(()),
            (_, Some(code), _) => Err(Ended::Failed(format!("failed with exit code {code}"))),
            (_, _, Some(signal)) => Err(Ended::Failed(format!("was killed by signal {signal}"))),
            _ => Err(Ended::Failed("ended in an unknown way".to_owned())),
        }
    }
    .await;
    if result == Err(Ended::TimedOut) {
        group.signal(Signal::SIGTERM);
        let _ = tokio::time::timeout(KILL_GRACE, child.wait()).await;
    }
    for task in outputs.into_iter().filter_map(|(_, task)| task) {
        task.abort();
    }
    result
}

/// Waits for the process, logging what it prints meanwhile.
async fn exit_status(
    child: &mut Child,
    queue: &mut mpsc::Receiver<String>,
    log: &mut ScriptLog,
    deadline: Instant,
) -> Result<ExitStatus, Ended> {
    loop {
        tokio::select! {
            biased;
            Some(line) = queue.recv() => log.line(&line),
            status = child.wait() => {
                return status.map_err(|error| Ended::Failed(format!("was lost: {error}")));
            }
            () = tokio::time::sleep_until(deadline) => return Err(Ended::TimedOut),
        }
        // A script that prints without pause must not outrun its deadline.
        if Instant::now() >= deadline {
            return Err(Ended::TimedOut);
        }
    }
}

fn start(script: &Script, path: &Path, environment: &[(String, String)]) -> Result<Child, String> {
    let (program, arguments) = command_line(script, path)?;
    let spawn = |program: &OsStr, arguments: &[&OsStr]| {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        for name in SECRETS {
            command.env_remove(name);
        }
        for (name, value) in environment {
            command.env(name, value);
        }
        command.spawn()
    };
    let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    match spawn(OsStr::new(&program), &arguments) {
        // As a shell would run it.
        Err(error) if error.raw_os_error() == Some(NO_FORMAT) => {
            spawn(OsStr::new("/bin/sh"), &[path.as_os_str()])
        }
        other => other,
    }
    .map_err(|error| format!("could not be started: {error}"))
}

/// What is executed, for `runas` and `sudo`.
fn command_line(script: &Script, path: &Path) -> Result<(String, Vec<String>), String> {
    let path = path.to_str().ok_or("has a path that is not UTF-8")?.to_owned();
    let as_user = |user: &String| {
        ["su", user, "-c", &format!("'{}'", path.replace('\'', r"'\''"))].map(str::to_owned)
    };
    let mut line: Vec<String> = match &script.run_as {
        None => vec![path.clone()],
        Some(user) if user.starts_with('-') => return Err(format!("cannot run as {user:?}")),
        Some(user) if !script.sudo && is_current_user(user) => vec![path.clone()],
        Some(user) if script.sudo || getuid().is_root() => as_user(user).to_vec(),
        Some(user) => {
            return Err(format!("cannot run as user {user}: the agent does not run as root"));
        }
    };
    // su hands its argument to a shell, which takes the quotes off again.
    if script.sudo {
        line.splice(0..0, ["sudo".to_owned(), "-n".to_owned()]);
    }
    let program = line.remove(0);
    Ok((program, line))
}

fn is_current_user(name: &str) -> bool {
    matches!(User::from_name(name), Ok(Some(user)) if user.uid == getuid())
}

/// Hands an output's lines on, until it is closed by all who hold it.
fn read(
    pipe: impl AsyncRead + Unpin + Send + 'static,
    prefix: &'static str,
    lines: mpsc::Sender<String>,
) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let mut pipe = BufReader::new(pipe);
        loop {
            let mut line = Vec::new();
            match (&mut pipe).take(MAX_LINE).read_until(b'\n', &mut line).await {
                Ok(0) => return,
                Ok(_) => {
                    let text = format!("{prefix}{}", String::from_utf8_lossy(&line));
                    if lines.send(text).await.is_err() {
                        return;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    })
}

/// When a process began, in clock ticks since the machine's start: with its id it names a process
/// for good. `None` if there is no such process.
pub(crate) fn start_time(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the name in parentheses, with whatever characters.
    let (_, fields) = stat.rsplit_once(") ")?;
    fields.split(' ').nth(19)?.parse().ok()
}

/// Kills the group of a script that an earlier agent left, if its leader is still that process.
pub(crate) fn kill_left_behind(pid: u32, started: u64) {
    if start_time(pid) == Some(started)
        && let Ok(pid) = i32::try_from(pid)
        && pid > 1
    {
        let _ = killpg(Pid::from_raw(pid), Signal::SIGKILL);
    }
}
