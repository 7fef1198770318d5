//! The store: every durable fact of the yard, in transactions.
//!
//! Below is an ordered map from bytes to bytes with real transactions ([`backend`]): SQLite in a
//! data directory, or memory for throw-away yards. It is all that a backend has to offer, and one
//! contract-test suite holds every backend to it. Everything else is built above it, once:
//! resources with indexes ([`Resource`]), events ([`Event`]), wake-ups ([`WakeKey`]), sequences,
//! and whatever rooms keep in raw key spaces of their own (references, log chunks, listings).
//!
//! # Transactions
//! [`Store::read`] shows one snapshot; it runs inline and takes microseconds. [`Store::write`]
//! queues a closure for the one writer, which runs as many as are waiting in one transaction of
//! the backend, each in a savepoint of its own, and answers them after one sync to disk. A closure
//! that returns an error changes nothing. Closures may be run more than once (a backend may lose a
//! race with another yard), so they must have no effects but those on the transaction.
//!
//! [`Durability::Synced`] writes survive a power failure; [`Durability::Ordered`] writes survive
//! the death of the process at any instant and are lost in a power failure only together with all
//! that came after them.
//!
//! # Layout
//! A raw key is `SPACE 00 KEY`. Keys are put together by [`Key`], which preserves order and keeps
//! any text from escaping its part. The spaces of this crate:
//!
//! | space | key | value |
//! |---|---|---|
//! | `doc` | kind, scope, key | layout version (1 byte), document schema (4), version (8), index keys, JSON |
//! | `idx` | kind, scope, index, value, sort, key | nothing |
//! | `gidx` | kind, index, value, sort, scope, key | nothing |
//! | `seq` | name | last number given |
//! | `outbox` | sequence number | event as JSON |
//! | `wake` | kind, scope, key | time at which to wake |
//! | `due` | kind, time, scope, key | nothing |

mod backend;
mod error;
mod key;
mod memory;
mod outbox;
mod resource;
mod sqlite;
mod tx;
mod wake;
mod writer;

use std::path::Path;
use std::sync::Arc;

use tokio::sync::{oneshot, watch};

use backend::Backend;
pub use error::StoreError;
pub use key::Key;
pub use outbox::Event;
pub use resource::{Index, Listing, Query, Resource, Stored};
pub use tx::{Entries, Range, ReadTx, WriteTx};
pub use wake::{DueWake, WakeKey};
pub use writer::Touched;
use writer::{Hooks, Transaction, Write};

/// Longest key within a space, in bytes. PostgreSQL's index entries end at 2,704 bytes.
pub const MAX_KEY: usize = 2048;
/// Largest value, in bytes.
pub const MAX_VALUE: usize = 4 << 20;
/// Most entries that one scan returns.
pub const MAX_SCAN: usize = 10_000;
/// Most writes that may wait for the writer.
pub const MAX_QUEUED_WRITES: usize = 65_536;
/// Most writes that share one transaction of the backend.
pub const MAX_BATCH: usize = 512;

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// Sync to disk before a [`Durability::Synced`] write is answered. Only benchmarks that
    /// measure the rest turn it off.
    pub sync: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { sync: true }
    }
}

/// What a write survives once it is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// A power failure.
    #[default]
    Synced,
    /// The death of this process. After a power failure it is there only if something later is.
    Ordered,
}

/// A handle on the store; clones share it. The store closes with its last handle.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    backend: Box<dyn Backend>,
    hooks: Arc<Hooks>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.backend.close();
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

impl Store {
    /// Opens or makes the store in `dir`, which must exist. Takes the directory for this process.
    ///
    /// # Errors
    /// [`StoreError::InUse`] if another process has it, [`StoreError::NewerSchema`] if a newer
    /// Codeyard wrote it, [`StoreError::Io`] if the disk refuses.
    pub fn open(dir: &Path, options: Options) -> Result<Self, StoreError> {
        let hooks = Arc::new(Hooks::default());
        let backend = sqlite::Sqlite::open(dir, &options, hooks.clone())?;
        Ok(Self { inner: Arc::new(Inner { backend: Box::new(backend), hooks }) })
    }

    /// An empty store in memory, gone with its last handle.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the system gives no thread.
    pub fn memory() -> Result<Self, StoreError> {
        let hooks = Arc::new(Hooks::default());
        let backend = memory::Memory::open(hooks.clone())?;
        Ok(Self { inner: Arc::new(Inner { backend: Box::new(backend), hooks }) })
    }

    /// Shows `f` one snapshot, inline on the caller's thread. Keep it short: it must not wait for
    /// anything.
    ///
    /// # Errors
    /// Those of `f`, and [`StoreError`]s of the snapshot itself.
    pub fn read<T, E: From<StoreError>>(
        &self,
        f: impl FnOnce(&ReadTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (mut f, mut result) = (Some(f), None);
        self.inner.backend.read(&mut |raw| {
            if let Some(f) = f.take() {
                result = Some(f(&ReadTx::new(raw)));
            }
        })?;
        result.unwrap_or_else(|| Err(StoreError::Closed.into()))
    }

    /// Runs `f` in a transaction; durable when this returns. When `f` returns an error, nothing
    /// has changed. The write is queued at once, and dropping the future does not undo it.
    ///
    /// # Errors
    /// Those of `f`, and [`StoreError`]s of the commit: then nothing has changed either.
    pub fn write<T, E>(
        &self,
        f: impl Fn(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> impl Future<Output = Result<T, E>> + Send + 'static
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.write_with(Durability::Synced, f)
    }

    /// [`Store::write`] with a choice of what it survives.
    ///
    /// # Errors
    /// Those of [`Store::write`].
    pub fn write_with<T, E>(
        &self,
        durability: Durability,
        f: impl Fn(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> impl Future<Output = Result<T, E>> + Send + 'static
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        self.submit(durability, f, move |result| {
            let _ = sender.send(result);
        });
        answer(receiver)
    }

    /// [`Store::write`] for threads outside the async runtime: it blocks.
    ///
    /// # Errors
    /// Those of [`Store::write`].
    pub fn write_blocking<T, E>(
        &self,
        f: impl Fn(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.write_blocking_with(Durability::Synced, f)
    }

    /// [`Store::write_blocking`] with a choice of what it survives.
    ///
    /// # Errors
    /// Those of [`Store::write`].
    pub fn write_blocking_with<T, E>(
        &self,
        durability: Durability,
        f: impl Fn(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        self.submit(durability, f, move |result| {
            let _ = sender.send(result);
        });
        receiver.recv().unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    fn submit<T, E>(
        &self,
        durability: Durability,
        f: impl Fn(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
        reply: impl FnOnce(Result<T, E>) + Send + 'static,
    ) where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let body = Box::new(Write::new(f, reply));
        self.inner.backend.submit(Box::new(Transaction::new(durability, body)));
    }

    /// Calls `hook` on the writer's thread after every commit that touched wake-ups or events. It
    /// must be quick and must not write.
    pub fn on_commit(&self, hook: impl Fn(&Touched) + Send + Sync + 'static) {
        self.inner.hooks.add(Box::new(hook));
    }

    /// Changes after every commit: for those who wait until something in the store is different.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.inner.hooks.commits()
    }

    /// Finishes the writes that wait and refuses all later ones. Reads go on.
    pub fn close(&self) {
        self.inner.backend.close();
    }
}

/// Waits for a write. A function of its own, so that the future is one for all closures with a
/// result of the same type.
async fn answer<T, E: From<StoreError>>(receiver: oneshot::Receiver<Result<T, E>>) -> Result<T, E> {
    receiver.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
}
