//! The one writer: takes what is queued, runs it as one transaction of the backend with a
//! savepoint for each, commits once, and then answers everybody.
//!
//! While one batch is being synced the next gathers, so the cost of a sync is shared by as many
//! writers as there are, and a lone writer waits for nobody.

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use tokio::sync::watch;

use crate::backend::RawWrite;
use crate::{Durability, Event, MAX_BATCH, MAX_QUEUED_WRITES, StoreError, WriteTx};

/// What a batch of commits touched, for those who would otherwise have to poll.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Touched {
    /// Reconcilers for which wake-ups were set.
    pub wakes: Vec<&'static str>,
    /// Events that came into the outbox, in order, with their numbers.
    pub events: Vec<(u64, Arc<Event>)>,
}

impl Touched {
    pub(crate) fn wake(&mut self, kind: &'static str) {
        if !self.wakes.contains(&kind) {
            self.wakes.push(kind);
        }
    }

    fn merge(&mut self, other: &Self) {
        other.wakes.iter().for_each(|kind| self.wake(kind));
        self.events.extend(other.events.iter().cloned());
    }
}

type Hook = Box<dyn Fn(&Touched) + Send + Sync>;

/// Who wants to know of commits.
pub(crate) struct Hooks {
    hooks: Mutex<Vec<Hook>>,
    commits: watch::Sender<u64>,
}

impl Default for Hooks {
    fn default() -> Self {
        Self { hooks: Mutex::default(), commits: watch::Sender::new(0) }
    }
}

impl Hooks {
    pub fn add(&self, hook: Hook) {
        lock(&self.hooks).push(hook);
    }

    pub fn commits(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }

    fn committed(&self, touched: &Touched) {
        if *touched != Touched::default() {
            for hook in lock(&self.hooks).iter() {
                hook(touched);
            }
        }
        self.commits.send_modify(|count| *count = count.wrapping_add(1));
    }
}

/// A queued write.
pub(crate) trait Job: Send {
    /// Runs it inside a savepoint: `true` to keep what it did.
    fn run(&mut self, raw: &dyn RawWrite) -> bool;
    /// Answers it: after the commit, or with the error that kept it from being committed.
    fn finish(self: Box<Self>, committed: Result<(), StoreError>);
    fn durability(&self) -> Durability;
    fn touched(&self) -> &Touched;
}

/// What differs from one write to the next: its closure, its result and who waits for that. All
/// else is [`Transaction`], which is compiled once and not for each of some hundred closures.
pub(crate) trait Body: Send {
    /// Runs the closure and keeps its result: `true` if that is a success.
    fn run(&mut self, tx: &mut WriteTx<'_>) -> bool;
    /// Takes back a success: nothing was written.
    fn fail(&mut self, error: StoreError);
    /// Hands the result to who waits for it.
    fn reply(self: Box<Self>);
}

/// A closure and the sender of its result.
pub(crate) struct Write<F, T, E, R> {
    f: F,
    result: Option<Result<T, E>>,
    reply: R,
}

impl<F, T, E, R> Write<F, T, E, R> {
    pub fn new(f: F, reply: R) -> Self {
        Self { f, result: None, reply }
    }
}

impl<F, T, E, R> Body for Write<F, T, E, R>
where
    F: Fn(&mut WriteTx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
    R: FnOnce(Result<T, E>) + Send,
{
    fn run(&mut self, tx: &mut WriteTx<'_>) -> bool {
        self.result.insert((self.f)(tx)).is_ok()
    }

    fn fail(&mut self, error: StoreError) {
        if !matches!(self.result, Some(Err(_))) {
            self.result = Some(Err(error.into()));
        }
    }

    fn reply(self: Box<Self>) {
        let this = *self;
        (this.reply)(this.result.unwrap_or_else(|| Err(StoreError::Closed.into())));
    }
}

/// A caller's closure on its way through the writer.
pub(crate) struct Transaction {
    durability: Durability,
    touched: Touched,
    body: Box<dyn Body>,
}

impl Transaction {
    pub fn new(durability: Durability, body: Box<dyn Body>) -> Self {
        Self { durability, touched: Touched::default(), body }
    }
}

impl Job for Transaction {
    fn run(&mut self, raw: &dyn RawWrite) -> bool {
        let mut tx = WriteTx::new(raw);
        let result = catch_unwind(AssertUnwindSafe(|| self.body.run(&mut tx)));
        let (touched, failure) = tx.into_outcome();
        let failure = match (&result, failure) {
            // A closure that swallows an error of the store must not be committed by half.
            (Ok(true), failure) => failure,
            (Ok(false), _) => None,
            (Err(panic), _) => Some(StoreError::Abandoned(panic_message(&**panic))),
        };
        let keep = matches!(result, Ok(true)) && failure.is_none();
        if let Some(failure) = failure {
            self.body.fail(failure);
        }
        self.touched = if keep { touched } else { Touched::default() };
        keep
    }

    fn finish(mut self: Box<Self>, committed: Result<(), StoreError>) {
        if let Err(error) = committed {
            self.body.fail(error);
        }
        self.body.reply();
    }

    fn durability(&self) -> Durability {
        self.durability
    }

    fn touched(&self) -> &Touched {
        &self.touched
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "the closure panicked".to_owned())
}

/// The backend's side of the writer.
pub(crate) trait WriteSide: Send + 'static {
    fn begin(&mut self, durability: Durability) -> Result<(), StoreError>;
    fn savepoint(&mut self) -> Result<(), StoreError>;
    /// Ends the savepoint, keeping or undoing what was done since.
    fn end_savepoint(&mut self, keep: bool) -> Result<(), StoreError>;
    fn commit(&mut self) -> Result<(), StoreError>;
    fn rollback(&mut self);
    fn raw(&self) -> &dyn RawWrite;
    /// Called when nothing waits: a time for upkeep.
    fn idle(&mut self);
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Box<dyn Job>>,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    arrived: Condvar,
}

/// The writer's thread and its queue.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub fn spawn(side: impl WriteSide, hooks: Arc<Hooks>) -> Result<Self, StoreError> {
        let shared = Arc::new(Shared::default());
        let theirs = shared.clone();
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || run(side, &theirs, &hooks))
            .map_err(|error| StoreError::Io(format!("failed to start the writer: {error}")))?;
        Ok(Self { shared, thread: Mutex::new(Some(thread)) })
    }

    pub fn submit(&self, job: Box<dyn Job>) {
        let mut queue = lock(&self.shared.queue);
        let refused = if queue.closed {
            StoreError::Closed
        } else if queue.jobs.len() >= MAX_QUEUED_WRITES {
            StoreError::Busy
        } else {
            queue.jobs.push_back(job);
            drop(queue);
            self.shared.arrived.notify_one();
            return;
        };
        drop(queue);
        job.finish(Err(refused));
    }

    pub fn close(&self) {
        lock(&self.shared.queue).closed = true;
        self.shared.arrived.notify_one();
        let thread = lock(&self.thread).take();
        if let Some(thread) = thread {
            // The last handle may be dropped by a closure, on the writer's own thread.
            if thread.thread().id() != thread::current().id() && thread.join().is_err() {
                tracing::error!("the store's writer panicked");
            }
        }
    }
}

fn run(mut side: impl WriteSide, shared: &Shared, hooks: &Hooks) {
    while let Some(batch) = next_batch(shared, &mut side) {
        run_batch(&mut side, batch, hooks);
    }
    // Whatever arrived while closing.
    for job in std::mem::take(&mut lock(&shared.queue).jobs) {
        job.finish(Err(StoreError::Closed));
    }
}

/// Waits for work; `None` once the queue is closed and empty.
fn next_batch(shared: &Shared, side: &mut impl WriteSide) -> Option<Vec<Box<dyn Job>>> {
    if lock(&shared.queue).jobs.is_empty() {
        side.idle();
    }
    let mut queue = lock(&shared.queue);
    loop {
        if !queue.jobs.is_empty() {
            let count = queue.jobs.len().min(MAX_BATCH);
            return Some(queue.jobs.drain(..count).collect());
        }
        if queue.closed {
            return None;
        }
        queue = shared.arrived.wait(queue).unwrap_or_else(PoisonError::into_inner);
    }
}

fn run_batch(side: &mut impl WriteSide, mut batch: Vec<Box<dyn Job>>, hooks: &Hooks) {
    let synced = batch.iter().any(|job| job.durability() == Durability::Synced);
    let durability = if synced { Durability::Synced } else { Durability::Ordered };
    let committed = run_jobs(side, &mut batch, durability);
    match &committed {
        Ok(touched) => hooks.committed(touched),
        Err(error) => {
            side.rollback();
            tracing::error!(%error, writes = batch.len(), "failed to commit");
        }
    }
    let committed = committed.map(|_| ());
    for job in batch {
        // A caller's reply must not take the writer down with it.
        let committed = committed.clone();
        if catch_unwind(AssertUnwindSafe(|| job.finish(committed))).is_err() {
            tracing::error!("the answer to a write panicked");
        }
    }
}

fn run_jobs(
    side: &mut impl WriteSide,
    batch: &mut [Box<dyn Job>],
    durability: Durability,
) -> Result<Touched, StoreError> {
    let mut touched = Touched::default();
    side.begin(durability)?;
    for job in batch {
        side.savepoint()?;
        let keep = job.run(side.raw());
        side.end_savepoint(keep)?;
        touched.merge(job.touched());
    }
    side.commit()?;
    Ok(touched)
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
