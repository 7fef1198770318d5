//! The wires between a person's terminal, or pipes, and a program inside a sandbox. Nothing of the
//! person's is handed in: bytes are passed on.

use crate::sys;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::{OpenptyResult, openpty};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::termios::{self, SetArg, Termios};
use std::io::{self, IsTerminal, PipeWriter};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::thread::JoinHandle;

/// Bytes that are passed on at once.
const PIECE: usize = 16 << 10;

/// Both ends, before the program starts.
pub struct Wires {
    /// What the program has as its standard streams, by number.
    inside: Vec<(OwnedFd, i32)>,
    /// What is passed on, from where to where.
    passed: Vec<(OwnedFd, OwnedFd)>,
    /// The outer side of the program's terminal.
    master: Option<OwnedFd>,
}

/// Bytes being passed on, until [`Relay::finish`].
pub struct Relay {
    thread: Option<JoinHandle<()>>,
    stop: Option<PipeWriter>,
    before: Option<Termios>,
}

fn failed(error: impl std::fmt::Display) -> String {
    format!("failed to wire up the terminal: {error}")
}

impl Wires {
    /// A terminal of its own for the program if this process has one, pipes otherwise.
    pub fn open() -> Result<Self, String> {
        match io::stdin().is_terminal() {
            true => Self::terminal().map_err(failed),
            false => Self::pipes().map_err(failed),
        }
    }

    fn terminal() -> io::Result<Self> {
        let size = sys::window_size(io::stdin().as_fd());
        let OpenptyResult { master, slave } = openpty(size.as_ref(), None::<&Termios>)?;
        let mut inside = Vec::new();
        for number in 0..3 {
            inside.push((slave.try_clone()?, number));
        }
        let passed = vec![
            (io::stdin().as_fd().try_clone_to_owned()?, master.try_clone()?),
            (master.try_clone()?, io::stdout().as_fd().try_clone_to_owned()?),
        ];
        Ok(Self { inside, passed, master: Some(master) })
    }

    fn pipes() -> io::Result<Self> {
        let (out, err) = (io::pipe()?, io::pipe()?);
        // A pipe or a file: nobody is at its other end.
        let stdin = io::stdin().as_fd().try_clone_to_owned()?;
        let inside = vec![(stdin, 0), (out.1.into(), 1), (err.1.into(), 2)];
        let passed = vec![
            (out.0.into(), io::stdout().as_fd().try_clone_to_owned()?),
            (err.0.into(), io::stderr().as_fd().try_clone_to_owned()?),
        ];
        Ok(Self { inside, passed, master: None })
    }

    /// The program's descriptors.
    pub fn inside(&self) -> Vec<(BorrowedFd<'_>, i32)> {
        self.inside.iter().map(|(fd, number)| (fd.as_fd(), *number)).collect()
    }

    /// Whether the program has a terminal.
    pub fn is_terminal(&self) -> bool {
        self.master.is_some()
    }

    /// Passes bytes on from now on, in a thread.
    pub fn relay(self) -> Result<Relay, String> {
        let Self { inside, passed, master } = self;
        // Otherwise the program's ends would stay open for ever.
        drop(inside);
        let (stopped, stop) = io::pipe().map_err(failed)?;
        let before = master.as_ref().and_then(|_| raw_mode());
        let mut resized = SigSet::empty();
        resized.add(Signal::SIGWINCH);
        resized.thread_block().map_err(failed)?;
        let thread = std::thread::Builder::new()
            .spawn(move || pass_on(passed, master.as_ref(), &stopped.into()))
            .map_err(failed)?;
        Ok(Relay { thread: Some(thread), stop: Some(stop), before })
    }
}

/// Every key goes inside as it is; answers how the terminal was.
fn raw_mode() -> Option<Termios> {
    let before = termios::tcgetattr(io::stdin()).ok()?;
    let mut raw = before.clone();
    termios::cfmakeraw(&mut raw);
    termios::tcsetattr(io::stdin(), SetArg::TCSADRAIN, &raw).ok()?;
    Some(before)
}

impl Relay {
    /// The program has ended: passes on what it left and stops.
    pub fn finish(mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // It catches its own failures; a panic of it changes nothing for the program.
            let _ = thread.join();
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = termios::tcsetattr(io::stdin(), SetArg::TCSADRAIN, before);
        }
    }
}

/// Until everything has ended or `stopped` closes; then what is there already still goes on.
fn pass_on(mut passed: Vec<(OwnedFd, OwnedFd)>, master: Option<&OwnedFd>, stopped: &OwnedFd) {
    let mut resized = SigSet::empty();
    resized.add(Signal::SIGWINCH);
    let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
    let Ok(signals) = SignalFd::with_flags(&resized, flags) else { return };
    let mut over = false;
    while !passed.is_empty() {
        let timeout = if over { PollTimeout::ZERO } else { PollTimeout::NONE };
        let mut fds: Vec<PollFd<'_>> =
            passed.iter().map(|(from, _)| PollFd::new(from.as_fd(), PollFlags::POLLIN)).collect();
        fds.push(PollFd::new(signals.as_fd(), PollFlags::POLLIN));
        if !over {
            fds.push(PollFd::new(stopped.as_fd(), PollFlags::POLLIN));
        }
        match poll(&mut fds, timeout) {
            Err(nix::errno::Errno::EINTR) => continue,
            Err(_) => return,
            Ok(0) => return,
            Ok(_) => {}
        }
        let ready: Vec<bool> = fds.iter().map(|fd| fd.any().unwrap_or(false)).collect();
        let count = passed.len();
        over |= ready.get(count + 1).copied().unwrap_or(false);
        if ready.get(count).copied().unwrap_or(false) {
            while matches!(signals.read_signal(), Ok(Some(_))) {}
            if let Some((master, size)) = master.zip(sys::window_size(io::stdin().as_fd())) {
                sys::set_window_size(master.as_fd(), &size);
            }
        }
        let mut at = 0;
        passed.retain(|(from, to)| {
            let is_ready = ready.get(at).copied().unwrap_or(false);
            at += 1;
            !is_ready || pass(from, to)
        });
        // Once the program has ended, what the person still types goes nowhere.
        if over && master.is_some() && passed.len() > 1 {
            passed.remove(0);
        }
    }
}

/// Passes one piece on; false at the end.
fn pass(from: &OwnedFd, to: &OwnedFd) -> bool {
    let mut piece = [0; PIECE];
    match nix::unistd::read(from.as_fd(), &mut piece) {
        Err(nix::errno::Errno::EINTR | nix::errno::Errno::EAGAIN) => true,
        Ok(0) | Err(_) => false,
        Ok(length) => write_all(to, piece.get(..length).unwrap_or_default()).is_ok(),
    }
}

fn write_all(to: &OwnedFd, mut bytes: &[u8]) -> nix::Result<()> {
    while !bytes.is_empty() {
        match nix::unistd::write(to, bytes) {
            Err(nix::errno::Errno::EINTR) => {}
            Err(nix::errno::Errno::EAGAIN) => {
                // The other end is slow, and was made not to wait by somebody.
                let mut fds = [PollFd::new(to.as_fd(), PollFlags::POLLOUT)];
                poll(&mut fds, PollTimeout::NONE)?;
            }
            Err(error) => return Err(error),
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
        }
    }
    Ok(())
}
