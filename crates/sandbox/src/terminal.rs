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
    /// What the person types, and where it goes.
    input: Option<(OwnedFd, OwnedFd)>,
    /// What the program writes, and where it goes.
    outputs: Vec<(OwnedFd, OwnedFd)>,
    /// The outer side of the program's terminal.
    master: Option<Master>,
}

/// Who is told of another size of the person's terminal.
enum Master {
    Own(OwnedFd),
    /// By rows and columns.
    Elsewhere(Resized),
}

/// Takes rows and columns.
pub type Resized = Box<dyn Fn(u16, u16) + Send>;

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
    /// A terminal of its own for the program if this process reads from one and writes to one,
    /// pipes otherwise.
    pub fn open() -> Result<Self, String> {
        match io::stdin().is_terminal() && io::stdout().is_terminal() {
            true => Self::terminal().map_err(failed),
            false => Self::pipes().map_err(failed),
        }
    }

    fn terminal() -> io::Result<Self> {
        let size = sys::window_size(io::stdin().as_fd());
        let OpenptyResult { master, slave } = openpty(size.as_ref(), None::<&Termios>)?;
        // As copies they close when a program starts.
        let (master, slave) = (master.try_clone()?, slave.try_clone()?);
        let mut inside = Vec::new();
        for number in 0..3 {
            inside.push((slave.try_clone()?, number));
        }
        Ok(Self {
            inside,
            input: Some((io::stdin().as_fd().try_clone_to_owned()?, master.try_clone()?)),
            outputs: vec![(master.try_clone()?, io::stdout().as_fd().try_clone_to_owned()?)],
            master: Some(Master::Own(master)),
        })
    }

    /// The person's terminal at one that is elsewhere, at the end of a stream.
    pub fn to_stream(stream: OwnedFd, resized: Resized) -> io::Result<Self> {
        let own = |fd: BorrowedFd<'_>| fd.try_clone_to_owned();
        Ok(Self {
            inside: Vec::new(),
            input: Some((own(io::stdin().as_fd())?, stream.try_clone()?)),
            outputs: vec![(stream, own(io::stdout().as_fd())?)],
            master: Some(Master::Elsewhere(resized)),
        })
    }

    fn pipes() -> io::Result<Self> {
        let (out, err) = (io::pipe()?, io::pipe()?);
        let stdin = io::stdin().as_fd().try_clone_to_owned()?;
        // Passed on, whatever it is: a terminal could be typed into, a file opened again to write.
        let (reader, writer) = io::pipe()?;
        let input = Some((stdin, OwnedFd::from(writer)));
        let inside = vec![(reader.into(), 0), (out.1.into(), 1), (err.1.into(), 2)];
        let outputs = vec![
            (out.0.into(), io::stdout().as_fd().try_clone_to_owned()?),
            (err.0.into(), io::stderr().as_fd().try_clone_to_owned()?),
        ];
        Ok(Self { inside, input, outputs, master: None })
    }

    /// The program's descriptors.
    pub fn inside(&self) -> Vec<(BorrowedFd<'_>, i32)> {
        self.inside.iter().map(|(fd, number)| (fd.as_fd(), *number)).collect()
    }

    /// Whether the program has a terminal.
    pub fn is_terminal(&self) -> bool {
        self.master.is_some()
    }

    /// Passes bytes on from now on, in threads.
    pub fn relay(self) -> Result<Relay, String> {
        let Self { inside, input, outputs, master } = self;
        // Otherwise the program's ends would stay open for ever.
        drop(inside);
        let (stopped, stop) = io::pipe().map_err(failed)?;
        let watched = watched_signals(master.is_some());
        watched.thread_block().map_err(failed)?;
        let before = master.as_ref().and_then(|_| raw_mode());
        if let Some((from, to)) = input {
            // A thread of its own: a program that does not read now may write all the same. Nobody
            // waits for its end, which may never come.
            std::thread::Builder::new().spawn(move || while pass(&from, &to) {}).map_err(failed)?;
        }
        let outer = Outer { master, before: before.clone() };
        let thread = std::thread::Builder::new()
            .spawn(move || pass_on(outputs, &outer, &stopped.into(), &watched))
            .map_err(failed)?;
        Ok(Relay { thread: Some(thread), stop: Some(stop), before })
    }
}

/// What to do something about while the program has a terminal: another size, and whatever would
/// end this process and leave the person's terminal as no shell wants it.
fn watched_signals(is_terminal: bool) -> SigSet {
    let mut watched = SigSet::empty();
    if is_terminal {
        for signal in [Signal::SIGWINCH, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGINT] {
            watched.add(signal);
        }
    }
    watched
}

/// Every key goes inside as it is; answers how the terminal was.
fn raw_mode() -> Option<Termios> {
    let before = termios::tcgetattr(io::stdin()).ok()?;
    let mut raw = before.clone();
    termios::cfmakeraw(&mut raw);
    termios::tcsetattr(io::stdin(), SetArg::TCSADRAIN, &raw).ok()?;
    Some(before)
}

fn restore(before: &Termios) {
    // A terminal that is gone wants nothing any more.
    let _ = termios::tcsetattr(io::stdin(), SetArg::TCSADRAIN, before);
}

impl Relay {
    /// Waits for the end of what the program writes.
    pub fn until_the_end(mut self) {
        if let Some(thread) = self.thread.take() {
            // As below.
            let _ = thread.join();
        }
    }

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
            restore(before);
        }
    }
}

/// The person's terminal and the program's.
struct Outer {
    master: Option<Master>,
    before: Option<Termios>,
}

impl Outer {
    fn obey(&self, signal: u32) {
        if signal == Signal::SIGWINCH as u32 {
            let size = sys::window_size(io::stdin().as_fd());
            match self.master.as_ref().zip(size) {
                Some((Master::Own(master), size)) => sys::set_window_size(master.as_fd(), &size),
                Some((Master::Elsewhere(told), size)) => told(size.ws_row, size.ws_col),
                None => {}
            }
            return;
        }
        if let Some(before) = &self.before {
            restore(before);
        }
        // The program is tied to this process.
        std::process::exit(i32::try_from(signal).map_or(1, |signal| 128 + signal));
    }
}

/// Until everything has ended or `stopped` closes; then what is there already still goes on.
fn pass_on(
    mut outputs: Vec<(OwnedFd, OwnedFd)>,
    outer: &Outer,
    stopped: &OwnedFd,
    watched: &SigSet,
) {
    let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
    let Ok(signals) = SignalFd::with_flags(watched, flags) else { return };
    let mut over = false;
    while !outputs.is_empty() {
        let timeout = if over { PollTimeout::ZERO } else { PollTimeout::NONE };
        let mut fds: Vec<PollFd<'_>> =
            outputs.iter().map(|(from, _)| PollFd::new(from.as_fd(), PollFlags::POLLIN)).collect();
        fds.push(PollFd::new(signals.as_fd(), PollFlags::POLLIN));
        if !over {
            fds.push(PollFd::new(stopped.as_fd(), PollFlags::POLLIN));
        }
        match poll(&mut fds, timeout) {
            Err(nix::errno::Errno::EINTR) => continue,
            Err(_) | Ok(0) => return,
            Ok(_) => {}
        }
        let ready: Vec<bool> = fds.iter().map(|fd| fd.any().unwrap_or(false)).collect();
        let count = outputs.len();
        over |= ready.get(count + 1).copied().unwrap_or(false);
        while let Ok(Some(signal)) = signals.read_signal() {
            outer.obey(signal.ssi_signo);
        }
        let mut at = 0;
        outputs.retain(|(from, to)| {
            let is_ready = ready.get(at).copied().unwrap_or(false);
            at += 1;
            !is_ready || pass(from, to)
        });
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
