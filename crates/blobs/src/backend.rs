//! Where sealed blobs lie.

use std::{sync::Arc, time::SystemTime};

use crate::{BlobId, Result};

/// A medium for sealed blobs. Synchronous, because it is only called from threads that may block.
///
/// The contract, which one test suite checks against every backend:
/// - A blob appears whole at [`Sink::commit`] and is durable when that returns; before, nobody
///   sees it. A sink that is dropped leaves nothing, or only what the next opening removes.
/// - An opened [`Source`] goes on reading after the blob has been deleted.
/// - Deleting is idempotent. It need not be durable: a deleted blob that comes back after a crash
///   is unreferenced, and is swept.
/// - Areas do not see each other.
pub trait Backend: Send + Sync {
    /// The backend for a part of this one, named `[a-z][a-z0-9-]{0,31}`; made if absent.
    ///
    /// # Errors
    /// The medium fails.
    fn area(&self, name: &str) -> Result<Arc<dyn Backend>>;

    /// Begins a new blob.
    ///
    /// # Errors
    /// The medium fails or is full.
    fn create(&self, id: BlobId) -> Result<Box<dyn Sink>>;

    /// Opens a stored blob.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], or the medium fails.
    fn open(&self, id: BlobId) -> Result<Box<dyn Source>>;

    /// Removes a blob if it is there.
    ///
    /// # Errors
    /// The medium fails.
    fn delete(&self, id: BlobId) -> Result<()>;

    /// Up to `limit` blobs with ids above `after`, in the order of the ids. Blobs committed or
    /// deleted meanwhile may or may not be among them.
    ///
    /// # Errors
    /// The medium fails.
    fn list(&self, after: Option<BlobId>, limit: usize) -> Result<Vec<Entry>>;
}

/// A blob being written.
pub trait Sink: Send {
    /// Appends bytes.
    ///
    /// # Errors
    /// The medium fails or is full; the sink is then only good for dropping.
    fn append(&mut self, bytes: &[u8]) -> Result<()>;

    /// Makes the blob durable and visible.
    ///
    /// # Errors
    /// The medium fails or is full; nothing is visible then.
    fn commit(self: Box<Self>) -> Result<()>;
}

/// A stored blob, opened.
pub trait Source: Send + Sync {
    /// Stored bytes, sealing included.
    fn len(&self) -> u64;

    /// Whether nothing is stored; a whole blob never is empty, as it has a header.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills `into` from the stored bytes at `offset`.
    ///
    /// # Errors
    /// The medium fails, or ends before.
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<()>;
}

/// A stored blob, as listed for sweeping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub id: BlobId,
    /// Stored bytes, sealing included.
    pub stored: u64,
    /// When it was last written to, by the medium's clock.
    pub modified: SystemTime,
}
