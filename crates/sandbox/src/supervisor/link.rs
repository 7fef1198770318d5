//! The first process inside, as the supervisor sees it: it starts programs when asked and tells of
//! their end. Of namespaces it is `inside::init`, at the other end of a socket; of a container a
//! shell, at the other end of pipes.

use crate::supervisor::contained::Contained;
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use serde_json::Value;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

/// See the module.
pub enum Link {
    /// Of namespaces.
    Init(Init),
    /// Of a container.
    Container(Contained),
}

/// The init of namespaces, a child of the supervisor.
pub struct Init {
    pid: Pid,
    stream: UnixStream,
    lines: Vec<u8>,
    open: bool,
}

impl Init {
    pub fn new(pid: Pid, stream: UnixStream) -> Self {
        Self { pid, stream, lines: Vec::new(), open: true }
    }

    fn read(&mut self) -> io::Result<Vec<Value>> {
        let mut piece = [0; 16 << 10];
        match self.stream.read(&mut piece) {
            Ok(0) => self.open = false,
            Ok(length) => {
                self.lines.extend_from_slice(piece.get(..length).unwrap_or_default());
            }
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => self.open = false,
            Err(error) => return Err(error),
        }
        let mut told = Vec::new();
        while let Some(end) = self.lines.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.lines.drain(..=end).collect();
            told.push(serde_json::from_slice(&line)?);
        }
        Ok(told)
    }
}

impl Link {
    /// The process whose children are looked at.
    pub fn pid(&self) -> Pid {
        match self {
            Self::Init(init) => init.pid,
            Self::Container(contained) => Pid::from_raw(contained.pid),
        }
    }

    /// Asks for something.
    pub fn ask(&mut self, request: &Value) -> io::Result<()> {
        match self {
            Self::Container(contained) => {
                contained.ask(request);
                Ok(())
            }
            Self::Init(init) => match init.stream.write_all(format!("{request}\n").as_bytes()) {
                // Its death comes as an event.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                other => other,
            },
        }
    }

    /// To be polled for what it tells.
    pub fn events(&self) -> Option<BorrowedFd<'_>> {
        match self {
            Self::Init(init) => init.open.then(|| init.stream.as_fd()),
            Self::Container(contained) => Some(contained.events()),
        }
    }

    /// To be polled for writing, while it has not taken all requests.
    pub fn room(&self) -> Option<BorrowedFd<'_>> {
        match self {
            Self::Init(_) => None,
            Self::Container(contained) => contained.room(),
        }
    }

    /// To be polled for reading: ready when it is dead, where no signal tells.
    pub fn lifeline(&self) -> Option<BorrowedFd<'_>> {
        match self {
            Self::Init(_) => None,
            Self::Container(contained) => Some(contained.lifeline()),
        }
    }

    /// Gives it more of the requests.
    pub fn write(&mut self) -> io::Result<()> {
        match self {
            Self::Init(_) => Ok(()),
            Self::Container(contained) => contained.write(),
        }
    }

    /// What it has told since.
    pub fn read(&mut self) -> io::Result<Vec<Value>> {
        match self {
            Self::Init(init) => init.read(),
            Self::Container(contained) => contained.read(),
        }
    }

    /// Buries it if it is dead.
    pub fn is_dead(&self) -> io::Result<bool> {
        let Self::Init(init) = self else { return Ok(false) };
        match waitpid(init.pid, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::Exited(..) | WaitStatus::Signaled(..)) | Err(Errno::ECHILD) => Ok(true),
            Ok(_) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Has everything inside end. It must not have been buried.
    pub fn kill(&mut self) {
        match self {
            // Unless reaped, the pid is init's, even if it has died.
            Self::Init(init) => {
                let _ = kill(init.pid, Signal::SIGKILL);
            }
            Self::Container(contained) => contained.end(),
        }
    }

    /// The same once more, where the first way may not have worked.
    pub fn kill_again(&mut self) -> io::Result<()> {
        match self {
            Self::Init(_) => Ok(()),
            Self::Container(contained) => contained.kill().map_err(io::Error::other),
        }
    }

    /// Whether a new shell would find what the last one left unread of its script.
    pub fn keeps_script(&self) -> bool {
        matches!(self, Self::Container(_))
    }
}
