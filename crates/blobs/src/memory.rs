//! Blobs in memory, for throw-away state.

use std::{
    collections::BTreeMap,
    io,
    ops::Bound,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use crate::{
    BlobId, Error, Result,
    backend::{Backend, Entry, Sink, Source},
};

type Stored = BTreeMap<BlobId, (Arc<Vec<u8>>, SystemTime)>;

/// Blobs that are gone with the process. They are sealed like all others, so that test mode runs
/// the same code.
#[derive(Default)]
pub struct MemoryBackend {
    blobs: Arc<Mutex<Stored>>,
    areas: Mutex<BTreeMap<String, Arc<MemoryBackend>>>,
}

impl MemoryBackend {
    /// No blobs yet.
    pub fn new() -> Self {
        Self::default()
    }
}

/// The guarded maps are whole between any two statements, so a holder's panic spoils nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Backend for MemoryBackend {
    fn area(&self, name: &str) -> Result<Arc<dyn Backend>> {
        let mut areas = lock(&self.areas);
        let area: Arc<Self> = areas.entry(name.to_owned()).or_default().clone();
        Ok(area)
    }

    fn create(&self, id: BlobId) -> Result<Box<dyn Sink>> {
        Ok(Box::new(MemorySink { id, bytes: Vec::new(), blobs: self.blobs.clone() }))
    }

    fn open(&self, id: BlobId) -> Result<Box<dyn Source>> {
        let blobs = lock(&self.blobs);
        let (bytes, _) = blobs.get(&id).ok_or(Error::NotFound(id))?;
        Ok(Box::new(MemorySource(bytes.clone())))
    }

    fn delete(&self, id: BlobId) -> Result<()> {
        lock(&self.blobs).remove(&id);
        Ok(())
    }

    fn list(&self, after: Option<BlobId>, limit: usize) -> Result<Vec<Entry>> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let entry = |(id, (bytes, modified)): (&BlobId, &(Arc<Vec<u8>>, SystemTime))| Entry {
            id: *id,
            stored: bytes.len() as u64,
            modified: *modified,
        };
        Ok(lock(&self.blobs).range((start, Bound::Unbounded)).take(limit).map(entry).collect())
    }
}

struct MemorySink {
    id: BlobId,
    bytes: Vec<u8>,
    blobs: Arc<Mutex<Stored>>,
}

impl Sink for MemorySink {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn commit(mut self: Box<Self>) -> Result<()> {
        let bytes = Arc::new(std::mem::take(&mut self.bytes));
        lock(&self.blobs).insert(self.id, (bytes, SystemTime::now()));
        Ok(())
    }
}

struct MemorySource(Arc<Vec<u8>>);

impl Source for MemorySource {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        let ended = || Error::io("read a blob", io::ErrorKind::UnexpectedEof.into());
        let start = usize::try_from(offset).map_err(|_| ended())?;
        let end = start.checked_add(into.len()).ok_or_else(ended)?;
        into.copy_from_slice(self.0.get(start..end).ok_or_else(ended)?);
        Ok(())
    }
}
