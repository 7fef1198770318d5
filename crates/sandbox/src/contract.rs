//! The contract every sandbox driver keeps.

use crate::spec::{InvalidSpec, SandboxId, Spec};
use crate::status::{Isolation, Status};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// A boxed future, so that drivers can be chosen at run time.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Largest piece [`Handle::read_output`] returns, in bytes.
pub const MAX_READ: usize = 1 << 20;

/// Why a sandbox call failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The spec is malformed.
    #[error("invalid sandbox: {0}")]
    Invalid(#[from] InvalidSpec),
    /// A sandbox of that id exists already (for a persistent one: and runs).
    #[error("sandbox {0} exists already")]
    Exists(SandboxId),
    /// No sandbox of that id.
    #[error("there is no sandbox {0}")]
    NotFound(SandboxId),
    /// This machine can't do what the spec asks for; says what and why.
    #[error("not possible on this machine: {0}")]
    Unsupported(String),
    /// The sandbox could not be set up. Nothing of it is left.
    #[error("failed to start sandbox {id}: {reason}")]
    Start {
        /// Which.
        id: SandboxId,
        /// What failed.
        reason: String,
    },
    /// The container engine refuses, or does not answer.
    #[error("failed to {what}: {reason}")]
    Engine {
        /// What it was asked for.
        what: String,
        /// In its words.
        reason: String,
    },
    /// A file or process of the sandbox could not be read or changed.
    #[error("failed to {what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// What the system answered.
        source: std::io::Error,
    },
}

/// Runs user code apart from the machine.
///
/// # Lifecycle
/// `start` makes a sandbox and its program runs; when the program has ended, was stopped, ran out
/// of time or was lost, the sandbox has *ended*: no process of it is left, its status says how it
/// ended, and its output can still be read. `destroy` removes it altogether. A sandbox outlives
/// the process that started it: after a restart, `list` and `attach` find it, running or ended,
/// and its output goes on without a gap.
///
/// A *persistent* sandbox that has ended can be started again under its id, with any spec; it
/// finds the files it wrote. Output and status start afresh. An *ephemeral* one cannot.
///
/// # Concurrency
/// All calls may come from many tasks at once, for the same sandbox too. Two concurrent starts of
/// one id: one succeeds, the other gets [`Error::Exists`]. Handles are independent of each other.
/// A dropped handle changes nothing for the sandbox; so does a future dropped half-way, except
/// that a start may then have happened or not (ask `attach`).
///
/// # Idempotence
/// `stop` and `destroy` may be called at any time and any number of times: on a sandbox that has
/// ended, is being destroyed or is gone they succeed.
pub trait Sandbox: Send + Sync {
    /// Starts a sandbox; returns when its program runs.
    fn start(&self, spec: Spec) -> BoxFuture<'_, Result<Arc<dyn Handle>, Error>>;

    /// Finds a sandbox, running or ended. One whose supervisor is gone is found as lost, and by
    /// then nothing of it runs.
    fn attach<'a>(&'a self, id: &'a SandboxId) -> BoxFuture<'a, Result<Arc<dyn Handle>, Error>>;

    /// Every sandbox there is, running or ended, in the order of their ids.
    fn list(&self) -> BoxFuture<'_, Result<Vec<SandboxId>, Error>>;

    /// Kills whatever runs in the sandbox and removes everything of it, persistent files too.
    fn destroy<'a>(&'a self, id: &'a SandboxId) -> BoxFuture<'a, Result<(), Error>>;

    /// What this machine offers.
    fn probe(&self) -> BoxFuture<'_, Result<Isolation, Error>>;
}

/// One sandbox.
pub trait Handle: Send + Sync {
    /// Which.
    fn id(&self) -> &SandboxId;

    /// Its state now.
    fn status(&self) -> BoxFuture<'_, Result<Status, Error>>;

    /// Output from a byte offset on: at least one byte if there is any, at most `max` and
    /// [`MAX_READ`]. Empty at the present end of the output.
    fn read_output(&self, offset: u64, max: usize) -> BoxFuture<'_, Result<Vec<u8>, Error>>;

    /// Returns when status or output may have changed since the last call returned (or since the
    /// handle was made). May return without a change; never misses one.
    fn changed(&self) -> BoxFuture<'_, ()>;

    /// Asks it to end, with the reason that its status will tell. A plan is killed at once; a
    /// service gets SIGTERM and its grace period first. Returns when the request is recorded; wait
    /// for the end with [`wait`].
    fn stop<'a>(&'a self, reason: &'a str) -> BoxFuture<'a, Result<(), Error>>;
}

/// Waits until a sandbox has ended and returns its last status.
pub async fn wait(handle: &dyn Handle) -> Result<Status, Error> {
    loop {
        let status = handle.status().await?;
        if status.end.is_some() {
            return Ok(status);
        }
        handle.changed().await;
    }
}
