//! Where supervisors come from: a process that waits, started once, and forked for each sandbox.
//!
//! A fork of it costs a fraction of what starting the binary again does, which for a short build
//! would be a large part of everything. It has one thread and no secrets: a supervisor reads its
//! order itself. It ends when the yard does; supervisors don't.

use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg};
use std::io::{self, IoSlice};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// See the module. The process is started when the first supervisor is wanted.
#[derive(Default)]
pub struct Nursery {
    process: Mutex<Option<Process>>,
}

struct Process {
    requests: Option<UnixStream>,
    child: Child,
}

impl Drop for Process {
    fn drop(&mut self) {
        // It ends once nobody can ask it for anything.
        drop(self.requests.take());
        let _ = self.child.wait();
    }
}

impl Nursery {
    /// Starts a supervisor with standard input, output and error as given. `command` starts the
    /// process where there is none.
    pub fn start(&self, command: impl Fn() -> Command, stdio: &[OwnedFd; 3]) -> io::Result<()> {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = &*process
            && running.ask(stdio).is_ok()
        {
            return Ok(());
        }
        // There was none, or somebody has killed it.
        let fresh = Process::start(command())?;
        fresh.ask(stdio)?;
        *process = Some(fresh);
        Ok(())
    }
}

impl Process {
    fn start(mut command: Command) -> io::Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        let child = command
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { requests: Some(ours), child })
    }

    fn ask(&self, stdio: &[OwnedFd; 3]) -> io::Result<()> {
        let requests = self.requests.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        let descriptors = stdio.each_ref().map(AsRawFd::as_raw_fd);
        let message = [ControlMessage::ScmRights(&descriptors)];
        let flags = MsgFlags::MSG_NOSIGNAL;
        let bytes = [IoSlice::new(b"s")];
        sendmsg::<()>(requests.as_raw_fd(), &bytes, &message, flags, None)?;
        Ok(())
    }
}
