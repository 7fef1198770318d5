//! How repositories are kept: which packs one has is in the store, the packs are sealed blobs, and
//! git serves from a plain copy that may be wiped at any time.

mod keyring;
mod packs;
mod reseal;
mod rows;
mod sweep;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use blobs::Blobs;
use git::{Cache, CacheOptions, PackStore};
use service::{Error, Yard};

pub(crate) use packs::StorePacks;
pub(crate) use reseal::Resealer;
pub(crate) use rows::{delete_all, insert, wake_reseal};
pub(crate) use sweep::sweeper;

/// CodeCommit's companion in one yard.
pub(crate) struct Storage {
    /// Blobs that were there before had no writer in this process.
    started: SystemTime,
    cache: Cache,
    blobs: Mutex<Option<Blobs>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn cache_options(yard: &Yard) -> CacheOptions {
    let wanted = &yard.config().git_cache;
    CacheOptions {
        memory: wanted.memory_dir.clone(),
        memory_bytes: wanted.memory_bytes,
        disk: (!wanted.memory_only).then(|| yard.config().data_dir.join("git-cache")),
        disk_bytes: git::limits::DISK_CACHE_BYTES,
    }
}

/// The yard's storage of repositories.
pub(crate) fn of(yard: &Yard) -> Arc<Storage> {
    yard.extension(|| Storage {
        started: SystemTime::now(),
        cache: Cache::new(cache_options(yard)),
        blobs: Mutex::default(),
    })
}

impl Storage {
    /// The plain copies.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// CodeCommit's own area of blobs, opened once.
    fn blobs(&self, yard: &Yard) -> Result<Blobs, Error> {
        let mut opened = lock(&self.blobs);
        if let Some(blobs) = &*opened {
            return Ok(blobs.clone());
        }
        let blobs = yard.blobs().area("git")?;
        *opened = Some(blobs.clone());
        Ok(blobs)
    }
}

/// Where the packs of the repository with this id are kept.
pub(crate) fn packs(yard: &Yard, id: &str) -> Arc<dyn PackStore> {
    Arc::new(StorePacks::new(yard, id))
}

/// Removes what a killed yard left in memory and on disk.
pub(crate) fn start(yard: &Yard) {
    // From now on nothing that this yard makes is older than its start.
    drop(of(yard));
    let options = cache_options(yard);
    tokio::task::spawn_blocking(move || match Cache::sweep(&options) {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "removed plain copies that a killed yard left"),
        Err(error) => tracing::warn!(%error, "failed to remove what a killed yard left"),
    });
    sweep::BLOBS.wake_at_start(yard);
}

/// Frees memory and disk.
pub(crate) fn stop(yard: &Yard) {
    of(yard).cache.close();
}
