//! What a backend offers: an ordered map from bytes to bytes, in transactions.

use std::ops::ControlFlow;

use crate::StoreError;
use crate::writer::Job;

/// Keys from `start` on and before `end`, in one direction.
pub(crate) struct Bounds {
    pub start: Vec<u8>,
    pub end: Vec<u8>,
    pub limit: usize,
    pub reverse: bool,
}

/// Sees one entry and says whether to go on.
pub(crate) type Visit<'a> = &'a mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>;

/// Reading one snapshot; inside a write, with that write's own changes.
pub(crate) trait RawRead {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;
    fn scan(&self, bounds: &Bounds, visit: Visit<'_>) -> Result<(), StoreError>;
}

/// Writing inside a transaction.
pub(crate) trait RawWrite: RawRead {
    fn put(&self, key: &[u8], value: &[u8]) -> Result<(), StoreError>;
    fn delete(&self, key: &[u8]) -> Result<(), StoreError>;
    fn delete_range(&self, start: &[u8], end: &[u8]) -> Result<(), StoreError>;
}

/// A store's foundation. The contract, tested in `tests/all/contract.rs`:
/// a read sees one moment; every answered write is seen by all later reads; jobs take effect one
/// after the other, whole or not at all; a job's `finish` is called exactly once.
pub(crate) trait Backend: Send + Sync {
    /// Shows a snapshot, inline. May nest.
    fn read(&self, f: &mut dyn FnMut(&dyn RawRead)) -> Result<(), StoreError>;
    /// Queues a job; answers it at once with an error if it cannot be queued.
    fn submit(&self, job: Box<dyn Job>);
    /// Finishes what is queued and refuses more.
    fn close(&self);
}
