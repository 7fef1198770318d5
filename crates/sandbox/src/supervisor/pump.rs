//! Everything the supervisor listens to, as one stream of events. Output flows into the sink on
//! the way.

use crate::journal::Journal;
use crate::layout::Layout;
use crate::supervisor::link::Link;
use crate::supervisor::sink::Sink;
use crate::supervisor::watch::Watch;
use crate::sys;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use serde_json::Value;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

/// Capacity asked for the output pipe, and read at once, in bytes.
const OUTPUT_PIPE: usize = 1 << 20;
/// After a small piece of output, wait so long for more before reading again: a program that
/// writes line by line would otherwise cost a wake-up each.
const OUTPUT_PAUSE: Duration = Duration::from_millis(1);
const SMALL_OUTPUT: usize = 64 << 10;
/// How often to make sure that the sandbox's records are still there: once they have been removed,
/// nobody will ever ask for it again.
const CLAIM_INTERVAL: Duration = Duration::from_secs(5);
/// How long what was killed may take to die, before it is killed in another way.
const KILL_PATIENCE: Duration = Duration::from_secs(15);
/// A reply longer than this comes from no shell of ours.
const MAX_FRAME: usize = 32 << 20;

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// The shell told something.
    Reply(Vec<u8>),
    /// Init told something.
    Init(Value),
    /// Init is dead, and with it all else inside.
    InitDied,
    /// Somebody asked to stop.
    Stop(String),
    /// The wall-clock limit has passed.
    Deadline,
    /// The time given to [`Pump::next`] has come.
    Timer,
    /// A watched limit is exceeded.
    LimitExceeded(String),
}

/// The supervisor's ends of everything.
pub struct Ends {
    pub link: Link,
    pub output: OwnedFd,
    pub script: OwnedFd,
    pub replies: OwnedFd,
}

pub struct Pump {
    pub sink: Sink,
    pub journal: Journal,
    link: Link,
    output: File,
    output_open: bool,
    output_buffer: Vec<u8>,
    output_again: Option<Instant>,
    script: File,
    outgoing: VecDeque<u8>,
    replies: File,
    frame: Vec<u8>,
    signals: SignalFd,
    layout: Layout,
    pub deadline: Option<Instant>,
    watch: Watch,
    next_claim_check: Instant,
    queue: VecDeque<Event>,
    dead: bool,
}

/// The signals that the supervisor hears of through a descriptor.
pub fn watched_signals() -> SigSet {
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGCHLD);
    signals.add(Signal::SIGTERM);
    signals.add(Signal::SIGINT);
    signals
}

/// Enlarges the output pipe; a smaller one only costs speed.
pub fn enlarge(pipe: &OwnedFd) {
    let _ = fcntl(pipe, FcntlArg::F_SETPIPE_SZ(OUTPUT_PIPE as i32));
}

impl Pump {
    /// The watched signals must be blocked already.
    pub fn new(
        ends: Ends,
        sink: Sink,
        journal: Journal,
        layout: Layout,
        watch: Watch,
    ) -> io::Result<Self> {
        for descriptor in [&ends.output, &ends.script, &ends.replies] {
            fcntl(descriptor, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        }
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        Ok(Self {
            sink,
            journal,
            link: ends.link,
            output: File::from(ends.output),
            output_open: true,
            output_buffer: vec![0; OUTPUT_PIPE],
            output_again: None,
            script: File::from(ends.script),
            outgoing: VecDeque::new(),
            replies: File::from(ends.replies),
            frame: Vec::new(),
            signals: SignalFd::with_flags(&watched_signals(), flags)?,
            layout,
            deadline: None,
            watch,
            next_claim_check: Instant::now() + CLAIM_INTERVAL,
            queue: VecDeque::new(),
            dead: false,
        })
    }

    /// Asks init for something.
    pub fn ask_init(&mut self, request: &Value) -> io::Result<()> {
        self.link.ask(request)
    }

    /// Gives the shell more script.
    pub fn send(&mut self, script: &str) {
        self.outgoing.extend(script.as_bytes());
    }

    /// Forgets script that no shell has taken yet, and replies of the last one.
    pub fn forget_shell(&mut self) -> io::Result<()> {
        self.outgoing.clear();
        self.frame.clear();
        let mut piece = [0; 4096];
        while self.link.keeps_script() {
            match self.script.read(&mut piece) {
                Err(error) if would_block(&error) => break,
                other => other.map(drop)?,
            }
        }
        Ok(())
    }

    /// The next event; `timer` is when to give up waiting.
    pub fn next(&mut self, timer: Option<Instant>) -> io::Result<Event> {
        loop {
            let now = Instant::now();
            if self.records_due().is_some_and(|due| due <= now) {
                self.write_out()?;
            }
            if let Some(event) = self.queue.pop_front() {
                return Ok(event);
            }
            if self.dead {
                return Ok(Event::InitDied);
            }
            if self.deadline.is_some_and(|deadline| deadline <= now) {
                self.deadline = None;
                return Ok(Event::Deadline);
            }
            if timer.is_some_and(|timer| timer <= now) {
                return Ok(Event::Timer);
            }
            if self.next_claim_check <= now {
                self.next_claim_check = now + CLAIM_INTERVAL;
                if !self.layout.identity().exists() {
                    return Ok(Event::Stop("its records were removed".into()));
                }
            }
            if let Some(exceeded) = self.watch.look(self.link.pid(), now) {
                return Ok(Event::LimitExceeded(exceeded));
            }
            self.wait(now, timer)?;
        }
    }

    /// Writes what is gathered of output and journal. The output first: the journal tells places
    /// in it.
    pub fn write_out(&mut self) -> io::Result<()> {
        self.sink.write_out();
        self.journal.write_out()
    }

    fn records_due(&self) -> Option<Instant> {
        self.sink.due().into_iter().chain(self.journal.due()).min()
    }

    /// Takes in whatever output was written before now.
    pub fn drain_output(&mut self) -> io::Result<()> {
        // As much as is there: a program left in the background may write on for ever.
        let mut waiting = sys::bytes_waiting(self.output.as_fd());
        while waiting > 0 && self.output_open {
            let read = self.read_output()?;
            if read == 0 {
                break;
            }
            waiting = waiting.saturating_sub(read);
        }
        Ok(())
    }

    /// Kills everything inside and takes in the last of the output. Returns false if something
    /// would not die.
    pub fn kill_all(&mut self) -> io::Result<bool> {
        if !self.dead {
            self.link.kill();
        }
        for last in [false, true] {
            let give_up = Instant::now() + KILL_PATIENCE;
            while !self.dead && Instant::now() < give_up {
                self.wait(Instant::now(), Some(give_up))?;
            }
            if !self.dead && !last {
                self.link.kill_again()?;
            }
        }
        self.drain_output()?;
        self.sink.flush();
        Ok(self.dead)
    }

    fn wait(&mut self, now: Instant, timer: Option<Instant>) -> io::Result<()> {
        let listen_output = self.output_open && self.output_again.is_none_or(|again| again <= now);
        let wake = [
            timer,
            self.deadline,
            self.watch.next_look(),
            self.output_again,
            self.records_due(),
            Some(self.next_claim_check),
        ];
        let wake = wake.into_iter().flatten().filter(|at| *at > now).min();
        let timeout = match wake {
            None => PollTimeout::NONE,
            // Rounded up: waking early would only mean polling again.
            Some(at) => PollTimeout::try_from((at - now).as_micros().div_ceil(1000))
                .unwrap_or(PollTimeout::MAX),
        };
        let sending = !self.outgoing.is_empty();
        // What is of no interest is left out: poll reports hang-ups unasked, over and over.
        let mut fds = vec![
            PollFd::new(self.signals.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.replies.as_fd(), PollFlags::POLLIN),
        ];
        let told = add(&mut fds, self.link.events(), PollFlags::POLLIN);
        let asked = add(&mut fds, self.link.room(), PollFlags::POLLOUT);
        let lifeline = add(&mut fds, self.link.lifeline(), PollFlags::POLLIN);
        let output = listen_output.then(|| self.output.as_fd());
        let output = add(&mut fds, output, PollFlags::POLLIN);
        let room = add(&mut fds, sending.then(|| self.script.as_fd()), PollFlags::POLLOUT);
        match poll(&mut fds, timeout) {
            Err(Errno::EINTR) => return Ok(()),
            other => other?,
        };
        let ready = |index: Option<usize>| {
            index.and_then(|index| fds.get(index)).and_then(PollFd::any).unwrap_or(false)
        };
        let (signal, reply) = (ready(Some(0)), ready(Some(1)));
        let (told, output, room) = (ready(told), ready(output), ready(room));
        let (asked, lost) = (ready(asked), ready(lifeline));
        if output {
            let read = self.read_output()?;
            self.output_again = (read < SMALL_OUTPUT).then(|| Instant::now() + OUTPUT_PAUSE);
        } else if listen_output {
            self.output_again = None;
        }
        if room {
            self.write_script()?;
        }
        if reply {
            self.read_replies()?;
        }
        if asked {
            self.link.write()?;
        }
        if told || lost {
            self.read_link()?;
        }
        self.dead |= lost;
        if signal {
            self.read_signals()?;
        }
        Ok(())
    }

    fn read_output(&mut self) -> io::Result<usize> {
        match self.output.read(&mut self.output_buffer) {
            Ok(0) => {
                self.output_open = false;
                Ok(0)
            }
            Ok(length) => {
                self.sink.write(self.output_buffer.get(..length).unwrap_or_default());
                Ok(length)
            }
            Err(error) if would_block(&error) => Ok(0),
            Err(error) => Err(error),
        }
    }

    fn write_script(&mut self) -> io::Result<()> {
        let (first, _) = self.outgoing.as_slices();
        match self.script.write(first) {
            Ok(written) => {
                self.outgoing.drain(..written);
                Ok(())
            }
            Err(error) if would_block(&error) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.outgoing.clear();
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn read_replies(&mut self) -> io::Result<()> {
        let mut piece = [0; 16 << 10];
        loop {
            let length = match self.replies.read(&mut piece) {
                Ok(0) => return Ok(()),
                Ok(length) => length,
                Err(error) if would_block(&error) => return Ok(()),
                Err(error) => return Err(error),
            };
            for byte in piece.get(..length).unwrap_or_default() {
                if *byte == 0 {
                    self.queue.push_back(Event::Reply(std::mem::take(&mut self.frame)));
                } else if self.frame.len() < MAX_FRAME {
                    self.frame.push(*byte);
                }
            }
        }
    }

    fn read_link(&mut self) -> io::Result<()> {
        let told = self.link.read()?;
        // What the shell wrote before it died must come before the news of its death.
        if !told.is_empty() {
            self.read_replies()?;
        }
        self.queue.extend(told.into_iter().map(Event::Init));
        Ok(())
    }

    fn read_signals(&mut self) -> io::Result<()> {
        while let Some(signal) = self.signals.read_signal()? {
            if signal.ssi_signo == Signal::SIGCHLD as u32 {
                self.dead |= self.link.is_dead()?;
            } else {
                let reason = std::fs::read_to_string(self.layout.stop());
                let reason = reason.unwrap_or_else(|_| "the supervisor was told to end".into());
                self.queue.push_back(Event::Stop(reason));
            }
        }
        Ok(())
    }
}

/// Adds a descriptor if there is one; tells where it is.
fn add<'fd>(
    fds: &mut Vec<PollFd<'fd>>,
    fd: Option<BorrowedFd<'fd>>,
    flags: PollFlags,
) -> Option<usize> {
    fds.push(PollFd::new(fd?, flags));
    fds.len().checked_sub(1)
}

pub fn would_block(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}
