//! The first process of a sandbox: makes the root, starts what the supervisor asks for, reaps.
//! When it dies, the kernel kills everything else in its pid namespace.

use crate::inside::exec::{self, Program, User};
use crate::inside::homes::Homes;
use crate::inside::root::{self, Places};
use crate::machine::{Machine, Users};
use crate::spec::{DEFAULT_PATH, Spec};
use crate::supervisor::group::Group;
use crate::sys;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use serde_json::{Value, json};
use std::ffi::CString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

/// Everything init needs; filled in by the supervisor before it clones itself.
pub struct Init<'a> {
    pub spec: &'a Spec,
    pub machine: &'a Machine,
    pub places: &'a Places,
    pub hidden: &'a [PathBuf],
    pub homes: &'a Homes,
    pub group: &'a Group,
    /// What programs write to.
    pub output: OwnedFd,
    /// What a shell reads its script from.
    pub script: OwnedFd,
}

impl Init<'_> {
    /// Runs until the supervisor goes away.
    pub fn run(self, mut supervisor: UnixStream) {
        let answer = match self.set_up() {
            Ok(notes) => json!({ "ready": notes }),
            Err(error) => json!({ "failed": error }),
        };
        let failed = answer.get("failed").is_some();
        if tell(&mut supervisor, &answer).is_ok() && !failed {
            // An error here means that the supervisor is gone, and with it the reason to be.
            let _ = self.serve(supervisor);
        }
    }

    fn set_up(&self) -> Result<Vec<String>, String> {
        let notes = root::build(self.spec, self.machine, self.places, self.hidden, self.homes)?;
        let name = self.spec.id.as_str();
        nix::unistd::sethostname(name).map_err(root::failed("set the host name"))?;
        // Secrets are in this process's memory: nobody inside may look at it.
        nix::sys::prctl::set_dumpable(false).map_err(root::failed("close its memory"))?;
        // Everybody on the machine's network could be reached by them, whatever files show.
        sys::keep_to_own_abstract_sockets();
        let null = File::options().read(true).write(true).open("/dev/null");
        let null = null.map_err(root::failed("open /dev/null"))?;
        for number in 0..3 {
            sys::place_descriptor(null.as_fd(), number).map_err(root::failed("let go of files"))?;
        }
        Ok(notes)
    }

    fn serve(&self, mut supervisor: UnixStream) -> io::Result<()> {
        let mut watched = SigSet::empty();
        watched.add(Signal::SIGCHLD);
        watched.thread_block()?;
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        let signals = SignalFd::with_flags(&watched, flags)?;
        let mut requests = Vec::new();
        let mut current = None;
        loop {
            let mut fds = [
                PollFd::new(supervisor.as_fd(), PollFlags::POLLIN),
                PollFd::new(signals.as_fd(), PollFlags::POLLIN),
            ];
            match poll(&mut fds, PollTimeout::NONE) {
                Err(nix::errno::Errno::EINTR) => continue,
                other => other?,
            };
            let [asked, died] = fds.map(|fd| fd.any().unwrap_or(false));
            if died {
                while signals.read_signal()?.is_some() {}
                reap_all(&mut supervisor, &mut current)?;
            }
            if asked {
                let mut piece = [0; 4096];
                match supervisor.read(&mut piece)? {
                    0 => return Ok(()),
                    length => requests.extend_from_slice(piece.get(..length).unwrap_or_default()),
                }
                while let Some(end) = requests.iter().position(|byte| *byte == b'\n') {
                    let line: Vec<u8> = requests.drain(..=end).collect();
                    let request = serde_json::from_slice(&line).map_err(io::Error::other)?;
                    self.obey(&request, &mut supervisor, &mut current)?;
                }
            }
        }
    }

    fn obey(
        &self,
        request: &Value,
        supervisor: &mut UnixStream,
        current: &mut Option<Pid>,
    ) -> io::Result<()> {
        if let Some(signal) = request.get("signal").and_then(Value::as_i64) {
            let signal = i32::try_from(signal).ok().and_then(|n| Signal::try_from(n).ok());
            if let (Some(pid), Some(signal)) = (*current, signal) {
                // Gone already is as good.
                let _ = kill(pid, signal);
            }
            return Ok(());
        }
        let user = request.get("user").and_then(Value::as_str).unwrap_or("root");
        let argv: Option<Vec<CString>> =
            request.get("argv").and_then(Value::as_array).map(|words| {
                words.iter().filter_map(|word| CString::new(word.as_str()?).ok()).collect()
            });
        let answer = match self.start(argv.unwrap_or_default(), user, request) {
            Ok((pid, user)) => {
                *current = Some(pid);
                json!({ "started": { "home": user.home, "user": user.name, "shell": user.shell } })
            }
            Err(reason) => json!({ "refused": reason }),
        };
        tell(supervisor, &answer)
    }

    fn start(
        &self,
        argv: Vec<CString>,
        user: &str,
        request: &Value,
    ) -> Result<(Pid, User), String> {
        let reads_script = request.get("script").is_some();
        let user = User::find(user)?;
        if self.machine.users == Users::Single && user.uid != 0 {
            return Err(format!(
                "run-as {:?} is not possible: this machine gives the sandbox no other user",
                user.name
            ));
        }
        let null = File::open("/dev/null").map_err(|error| error.to_string())?;
        let mut descriptors = vec![(self.output.as_fd(), 1), (self.output.as_fd(), 2)];
        if reads_script {
            drain(&self.script).map_err(|error| error.to_string())?;
            descriptors.push((self.script.as_fd(), 0));
        } else {
            descriptors.push((null.as_fd(), 0));
        }
        let environment = environment(&self.spec.env, &user);
        let path = environment.iter().find(|(name, _)| name == "PATH");
        let own_userns = matches!(self.machine.users, Users::Single | Users::Subordinate { .. });
        let pid = exec::start(&Program {
            argv,
            path: path.map(|(_, value)| value.clone()).unwrap_or_default(),
            env: environment
                .iter()
                .filter_map(|(name, value)| CString::new(format!("{name}={value}")).ok())
                .collect(),
            workdir: &self.spec.workdir,
            user: &user,
            set_groups: self.machine.users != Users::Single,
            descriptors,
            terminal: false,
            dies_with_parent: false,
            group: self.group,
            // Only in a user namespace are processes counted for this sandbox alone.
            max_processes: self.spec.limits.pids.filter(|_| own_userns),
        })?;
        Ok((pid, user))
    }
}

fn tell(supervisor: &mut UnixStream, message: &Value) -> io::Result<()> {
    supervisor.write_all(format!("{message}\n").as_bytes())
}

/// Buries the dead, and tells when the current program is among them.
fn reap_all(supervisor: &mut UnixStream, current: &mut Option<Pid>) -> io::Result<()> {
    loop {
        let (pid, code) = match waitpid(Pid::from_raw(-1), Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::Exited(pid, code)) => (pid, code),
            Ok(WaitStatus::Signaled(pid, signal, _)) => (pid, 128 + signal as i32),
            Ok(WaitStatus::StillAlive) | Err(nix::errno::Errno::ECHILD) => return Ok(()),
            Ok(_) | Err(nix::errno::Errno::EINTR) => continue,
            Err(error) => return Err(error.into()),
        };
        if *current == Some(pid) {
            *current = None;
            tell(supervisor, &json!({ "exited": code }))?;
        }
    }
}

/// Throws away what the last shell left unread of its script.
fn drain(script: &OwnedFd) -> io::Result<()> {
    let mut waiting = sys::bytes_waiting(script.as_fd());
    let mut file = File::from(script.try_clone()?);
    let mut piece = [0; 4096];
    while waiting > 0 {
        let wanted = waiting.min(piece.len());
        let read = file.read(piece.get_mut(..wanted).unwrap_or_default())?;
        waiting = waiting.saturating_sub(read.max(1));
    }
    Ok(())
}

/// The spec's environment, with what every program expects where the spec lacks it.
fn environment(given: &[(String, String)], user: &User) -> Vec<(String, String)> {
    let mut all = given.to_vec();
    let defaults = [
        ("PATH", DEFAULT_PATH),
        ("HOME", user.home.as_str()),
        ("USER", user.name.as_str()),
        ("LOGNAME", user.name.as_str()),
        ("SHELL", user.shell.as_str()),
    ];
    for (name, value) in defaults {
        if !given.iter().any(|(there, _)| there == name) {
            all.push((name.into(), value.into()));
        }
    }
    all
}
