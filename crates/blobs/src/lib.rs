//! Bytes, sealed with data keys, on disk or in memory.
//!
//! Invariants:
//! - A blob never changes. It appears whole and durable when [`Writer::finish`] returns, and a
//!   writer that is dropped, or a process that is killed, leaves nothing that the next opening
//!   does not remove.
//! - What is read is what was written, or an error: changed, cut, reordered and swapped bytes are
//!   found out before they are handed out (the format is told in `seal.rs`).
//! - Memory is bounded by pieces of 512 KiB, whatever the size of the blob.
//! - A blob is owned by whoever keeps its id. The owner keeps the id in its store only after
//!   `finish`, deletes a blob only after the row that named it is gone, and sweeps with
//!   [`Blobs::list`] what a crash left unowned in between. So that it can, every owner has an
//!   [area](Blobs::area) of its own.
//!
//! Sealing protects against one who reads the disk, a backup or another user's copy without the
//! master key. It does not protect against one who can read the master key file or the memory of
//! the running process, and it hides neither the number nor the sizes of blobs.

mod backend;
mod disk;
mod error;
mod id;
mod keys;
mod master;
mod memory;
mod reader;
mod seal;
mod value;
mod writer;

use std::{
    ops::{Bound, RangeBounds},
    path::Path,
    sync::Arc,
};

use bytes::Bytes;
use tokio::task::JoinError;
use zeroize::Zeroizing;

pub use backend::{Backend, Entry, Sink, Source};
pub use disk::DiskBackend;
pub use error::{Error, Result};
pub use id::{BlobId, BlobIdError};
pub use keys::{DataKey, KeyRef, KeyRefError, Keyring, KeyringError};
pub use master::{MasterKeyError, MasterKeyring};
pub use memory::MemoryBackend;
pub use reader::Reader;
pub use writer::Writer;

/// A written blob: its name and its size in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlobRef {
    /// Its name.
    pub id: BlobId,
    /// Bytes of plaintext.
    pub size: u64,
}

/// The blobs of one area. Cheap to clone. The asynchronous calls need a Tokio runtime, on whose
/// blocking threads they work.
#[derive(Clone)]
pub struct Blobs {
    backend: Arc<dyn Backend>,
    keyring: Arc<dyn Keyring>,
}

impl Blobs {
    /// Opens a folder of blobs, which is made if absent, and removes unfinished ones. Only one
    /// process may have it open.
    ///
    /// # Errors
    /// [`Error::WrongMasterKey`] if the folder was sealed under another key than the keyring's;
    /// or the folder can't be made, read or cleaned.
    pub fn open(dir: &Path, keyring: Arc<dyn Keyring>) -> Result<Self> {
        let blobs = Self::new(Arc::new(DiskBackend::open(dir)?), keyring);
        blobs.check_master_key(&dir.join("key-check"))?;
        Ok(blobs)
    }

    /// Blobs in memory under a key of their own.
    pub fn in_memory() -> Self {
        Self::new(Arc::new(MemoryBackend::new()), Arc::new(MasterKeyring::ephemeral()))
    }

    /// Blobs on a backend, sealed under a keyring.
    pub fn new(backend: Arc<dyn Backend>, keyring: Arc<dyn Keyring>) -> Self {
        Self { backend, keyring }
    }

    /// The same blobs with another keyring for new and stored ones, which must open all that the
    /// former has wrapped.
    pub fn with_keyring(&self, keyring: Arc<dyn Keyring>) -> Self {
        Self { backend: self.backend.clone(), keyring }
    }

    /// The part of these blobs that one owner has to itself, named `[a-z][a-z0-9-]{0,31}`.
    /// On disk, opening an area removes its unfinished blobs: open each once and keep it.
    ///
    /// # Errors
    /// The name is of another form, or the medium fails.
    pub fn area(&self, name: &str) -> Result<Self> {
        let mut letters = name.bytes();
        let well_formed = letters.next().is_some_and(|b| b.is_ascii_lowercase())
            && letters.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && name.len() <= 32;
        if !well_formed {
            return Err(Error::AreaName(name.to_owned()));
        }
        Ok(Self { backend: self.backend.area(name)?, keyring: self.keyring.clone() })
    }

    /// Begins a new blob, to be sealed under `key`. Nothing is touched before the first piece is
    /// full or the blob is finished, so a refusal by the keyring comes then.
    pub fn writer(&self, key: &KeyRef) -> Writer {
        Writer::new(key.clone(), self.keyring.clone(), self.backend.clone())
    }

    /// Writes a whole blob, durable when this returns.
    ///
    /// # Errors
    /// The keyring refuses, the medium fails or is full; nothing is left then.
    pub async fn put_bytes(&self, key: &KeyRef, bytes: &[u8]) -> Result<BlobRef> {
        let mut writer = self.writer(key);
        writer.write(bytes).await?;
        writer.finish().await
    }

    /// Reads a blob or the range of it. Ranges are never clamped.
    ///
    /// # Errors
    /// No such blob; the range is not within it; it is damaged; the keyring refuses; the medium
    /// fails.
    pub async fn reader(&self, id: BlobId, range: impl RangeBounds<u64>) -> Result<Reader> {
        let start = match range.start_bound() {
            Bound::Included(&start) => start,
            Bound::Excluded(&before) => before.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(&last) => Some(last.saturating_add(1)),
            Bound::Excluded(&end) => Some(end),
            Bound::Unbounded => None,
        };
        let within = move |size| {
            let end = end.unwrap_or(size);
            if start > end || end > size {
                return Err(Error::OutOfRange { id, start, end, size });
            }
            Ok(start..end)
        };
        Reader::open(id, self.keyring.clone(), self.backend.clone(), within).await
    }

    /// Reads a whole blob of at most `max` bytes.
    ///
    /// # Errors
    /// No such blob; it is larger; it is damaged; the keyring refuses; the medium fails.
    pub async fn get_bytes(&self, id: BlobId, max: u64) -> Result<Bytes> {
        let (keyring, backend) = (self.keyring.clone(), self.backend.clone());
        let read = move || {
            let blob = reader::OpenBlob::open(id, keyring.as_ref(), backend.as_ref())?;
            let size = blob.extent.size;
            if size > max {
                return Err(Error::TooLarge { id, size, max });
            }
            blob.read_all()
        };
        join(tokio::task::spawn_blocking(read).await)
    }

    /// Removes a blob; one that is not there is no error. Readers that have it open go on. After
    /// a crash a removed blob may be there again, unowned.
    ///
    /// # Errors
    /// The medium fails.
    pub async fn delete(&self, id: BlobId) -> Result<()> {
        let backend = self.backend.clone();
        join(tokio::task::spawn_blocking(move || backend.delete(id)).await)
    }

    /// Up to `limit` blobs of this area with ids above `after`, in the order of the ids; for
    /// sweeping what nobody owns. A blob that was just finished may not be owned yet: a sweeper
    /// spares what was modified after it began, or sweeps before it lets writers in.
    ///
    /// # Errors
    /// The medium fails.
    pub async fn list(&self, after: Option<BlobId>, limit: usize) -> Result<Vec<Entry>> {
        let backend = self.backend.clone();
        join(tokio::task::spawn_blocking(move || backend.list(after, limit)).await)
    }

    /// Seals a small value to be kept in a store row. `context` says what and whose it is, and
    /// must be given again to open it. Blocks only as long as the keyring does.
    ///
    /// # Errors
    /// The keyring refuses.
    pub fn seal(&self, key: &KeyRef, context: &[u8], bytes: &[u8]) -> Result<Vec<u8>> {
        value::seal(self.keyring.as_ref(), key, context, bytes)
    }

    /// Opens what [`Blobs::seal`] sealed in the same context; wiped when dropped.
    ///
    /// # Errors
    /// The value was changed or sealed in another context, or the keyring refuses.
    pub fn unseal(&self, context: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        value::unseal(self.keyring.as_ref(), context, sealed)
    }

    /// Finds out at the start, rather than at the first read, that the master key is another.
    fn check_master_key(&self, path: &Path) -> Result<()> {
        const CONTEXT: &[u8] = b"codeyard key check";
        match std::fs::read(path) {
            Ok(sealed) => match self.unseal(CONTEXT, &sealed) {
                Ok(_) => Ok(()),
                Err(Error::Keyring(KeyringError::Unopened)) => Err(Error::WrongMasterKey),
                Err(other) => Err(other),
            },
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let sealed = self.seal(&KeyRef::Yard, CONTEXT, &[])?;
                disk::write_new(path, &sealed).map_err(|e| Error::io("write the key check", e))
            }
            Err(e) => Err(Error::io("read the key check", e)),
        }
    }
}

/// The result of work on a blocking thread. The work itself does not panic, and is cut off only
/// where the runtime shuts down.
fn join<T>(joined: std::result::Result<Result<T>, JoinError>) -> Result<T> {
    joined.unwrap_or_else(|e| Err(Error::io("finish work on a blob", std::io::Error::other(e))))
}
