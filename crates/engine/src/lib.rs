//! The engine: runs reconcilers, each driving resources of its kind toward their goal, and hands
//! events to their subscribers.
//!
//! A change of a resource commits a wake-up with it (`tx.wake`). The engine leases every key whose
//! wake-up is due, runs its reconciler, and does what that says next. There is never more than one
//! run of a key; a wake-up that comes during a run leads to another run after it. Leases are
//! fenced: whoever lost one cannot write as if he had it ([`Run::fence`]).
//!
//! # Steps
//! A reconciler is an ordinary async function, run from its beginning again after every wake-up,
//! error and restart. What must not happen twice goes into steps:
//!
//! - [`Run::step`] does something outside of the store. What it answered is journalled, and later
//!   runs get that answer. If the process dies in between, the step is done again, with the same
//!   idempotency key and a higher attempt number.
//! - [`Run::step_tx`] does something in the store. Its effect and its journal entry are one
//!   transaction: exactly once.
//!
//! The journal of a key ends when its reconciler answers [`Next::Done`]. Never journal a secret.
//!
//! # Failure
//! An error is retried with growing, jittered pauses. Attempts count runs in a row in which no
//! step was completed; deaths of the process count too. After [`Reconciler::max_attempts`], or at
//! once for [`EngineError::GiveUp`], the reconciler's [`Reconciler::on_exhausted`] must bring the
//! resource to an honest end.

mod backoff;
mod dispatch;
mod engine;
pub mod kill;
mod lease;
mod outbox;
mod run;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use store::{Event, StoreError};
use types::Timestamp;

pub use backoff::Backoff;
pub use engine::{Builder, Engine, Options};
pub use run::{Run, Step};

/// A boxed future, as the traits here return them.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What is to happen with a key after a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The goal is reached: forget the journal. A later wake-up begins a new one.
    Done,
    /// Run again at this time, or when woken.
    At(Timestamp),
    /// Run again when woken.
    Wait,
}

/// Why a run ended without an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something that may go better next time.
    #[error("{0}")]
    Retry(String),
    /// Something that will not go better: [`Reconciler::on_exhausted`] follows at once.
    #[error("{0}")]
    GiveUp(String),
    /// The yard stops; the run is taken up again by the next one.
    #[error("the yard is stopping")]
    Stopping,
}

impl EngineError {
    /// Something that may go better next time.
    pub fn retry(message: impl std::fmt::Display) -> Self {
        Self::Retry(message.to_string())
    }

    /// Something that will not go better.
    pub fn give_up(message: impl std::fmt::Display) -> Self {
        Self::GiveUp(message.to_string())
    }
}

/// A failed call within the yard: it may go better next time, unless the caller knows better.
impl From<types::Error> for EngineError {
    fn from(error: types::Error) -> Self {
        Self::Retry(error.to_string())
    }
}

/// Drives resources of one kind.
pub trait Reconciler: Send + Sync + 'static {
    /// The kind in [`store::WakeKey`].
    fn kind(&self) -> &'static str;

    /// How many keys are run at the same time.
    fn concurrency(&self) -> usize;

    /// One run. It sees what is and what should be, takes the steps that are missing and says
    /// what is next. It must be safe to end it at any `await`.
    fn reconcile(&self, run: Run) -> BoxFuture<Result<Next, EngineError>>;

    /// Ends the resource honestly, with the reason where its owner sees it, because `error` will
    /// not go away. The key's journal is forgotten when this succeeds; it is tried again until it
    /// does.
    fn on_exhausted(&self, run: Run, error: EngineError) -> BoxFuture<Result<(), EngineError>>;

    /// After how many runs without progress to give up.
    fn max_attempts(&self) -> u32 {
        15
    }
}

/// Receives every event at least once, in commit order.
pub trait Subscriber: Send + Sync + 'static {
    /// The name under which its place in the stream of events is kept. Never changes.
    fn name(&self) -> &'static str;

    /// Takes one event. After an error the same event comes again, after a pause, and those behind
    /// it wait; after [`EngineError::GiveUp`] it is logged and passed over.
    fn deliver(&self, event: Arc<Event>) -> BoxFuture<Result<(), EngineError>>;
}
