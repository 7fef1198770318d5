//! One sandbox, seen from the yard.

use crate::contract::{BoxFuture, Error, Handle, MAX_READ};
use crate::journal::Follower;
use crate::layout::Layout;
use crate::local::news::Subscription;
use crate::local::{Inner, during, read_identity};
use crate::spec::SandboxId;
use crate::spool::Reader;
use crate::status::{End, Isolation, Level, Status};
use nix::sys::signal::Signal;
use std::fs;
use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How often a handle makes sure that the supervisor still lives: its death writes no file.
const HEARTBEAT: Duration = Duration::from_millis(500);

pub struct LocalHandle {
    inner: Arc<Inner>,
    layout: Layout,
    follower: Mutex<Option<Follower>>,
    output: OnceLock<Reader>,
    end: OnceLock<End>,
    /// When the supervisor was last seen alive.
    seen: Mutex<Option<Instant>>,
    _subscription: Subscription,
    receiver: tokio::sync::Mutex<watch::Receiver<()>>,
}

impl LocalHandle {
    pub fn open(inner: Arc<Inner>, layout: Layout) -> Result<Self, Error> {
        let subscription = inner.news.subscribe(&layout.run());
        let receiver = tokio::sync::Mutex::new(subscription.receiver());
        Ok(Self {
            inner,
            layout,
            follower: Mutex::new(None),
            output: OnceLock::new(),
            end: OnceLock::new(),
            seen: Mutex::default(),
            _subscription: subscription,
            receiver,
        })
    }

    /// How it ended, if it has.
    pub fn end(&self) -> Result<Option<&End>, Error> {
        if let Some(end) = self.end.get() {
            return Ok(Some(end));
        }
        if !self.layout.directory().is_dir() {
            return Err(Error::NotFound(self.layout.id().clone()));
        }
        if let Some(end) = self.inner.recorded_end(&self.layout)? {
            return Ok(Some(self.end.get_or_init(|| end)));
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.is_some_and(|at| at.elapsed() < HEARTBEAT / 2) {
            return Ok(None);
        }
        let end = self.inner.end(&self.layout)?;
        *seen = Some(Instant::now());
        Ok(end.map(|end| self.end.get_or_init(|| end)))
    }

    fn read_status(&self) -> Result<Status, Error> {
        // First the end, then the journal: a journal read afterwards is complete.
        let end = self.end()?.cloned();
        let mut follower = self.follower.lock().unwrap_or_else(PoisonError::into_inner);
        if follower.is_none() {
            let seal = self.layout.seal(self.inner.seal_key(), "journal");
            match Follower::open(&self.layout.journal(), seal) {
                Ok(opened) => *follower = Some(opened),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(during("read the sandbox's journal")(error)),
            }
        }
        let so_far = match follower.as_mut() {
            Some(follower) => follower.status().map_err(during("read the sandbox's journal"))?,
            None => None,
        };
        let mut status = so_far.cloned().unwrap_or_else(not_started);
        status.end = end;
        Ok(status)
    }

    fn read(&self, offset: u64, max: usize) -> Result<Vec<u8>, Error> {
        let reader = match self.output.get() {
            Some(reader) => reader,
            None => {
                let seal = self.layout.seal(self.inner.seal_key(), "output");
                match Reader::open(&self.layout.output(), seal) {
                    Ok(opened) => self.output.get_or_init(|| opened),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
                    Err(error) => return Err(during("read the sandbox's output")(error)),
                }
            }
        };
        reader.read_at(offset, max.min(MAX_READ)).map_err(during("read the sandbox's output"))
    }

    fn request_stop(&self, reason: &str) -> Result<(), Error> {
        match self.end() {
            Ok(None) => {}
            Ok(Some(_)) | Err(Error::NotFound(_)) => return Ok(()),
            Err(error) => return Err(error),
        }
        let fresh = self.layout.stop().with_extension("new");
        fs::write(&fresh, reason)
            .and_then(|()| fs::rename(&fresh, self.layout.stop()))
            .map_err(during("record the request to stop"))?;
        if let Some(found) = read_identity(&self.layout)? {
            found.supervisor.signal(Signal::SIGTERM).map_err(during("ask the sandbox to stop"))?;
        }
        Ok(())
    }
}

/// What is known of a sandbox whose supervisor died before it wrote anything.
fn not_started() -> Status {
    Status {
        isolation: Isolation { level: Level::None, reasons: Vec::new() },
        started_at: 0,
        stages: Vec::new(),
        notes: Vec::new(),
        end: None,
    }
}

impl Handle for LocalHandle {
    fn id(&self) -> &SandboxId {
        self.layout.id()
    }

    fn status(&self) -> BoxFuture<'_, Result<Status, Error>> {
        Box::pin(async move { self.read_status() })
    }

    fn read_output(&self, offset: u64, max: usize) -> BoxFuture<'_, Result<Vec<u8>, Error>> {
        Box::pin(async move { self.read(offset, max) })
    }

    fn changed(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let mut receiver = self.receiver.lock().await;
            // Time out or not: the caller looks again.
            let _ = tokio::time::timeout(HEARTBEAT, receiver.changed()).await;
        })
    }

    fn stop<'a>(&'a self, reason: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move { self.request_stop(reason) })
    }
}
