//! Bytes of a place that somebody has set aside; given back when dropped.

use super::{Cache, Place, Shared, lock};
use crate::{GitError, Result};
use std::sync::{Arc, Mutex, Weak};

/// The bytes that a repository's directory takes. Does not keep its cache alive, which has it.
pub(crate) struct Room {
    shared: Weak<Shared>,
    place: Place,
    bytes: Mutex<u64>,
}

/// Bytes for something that passes: a pack in quarantine.
pub(crate) struct Lease(Room);

impl Room {
    pub(super) async fn reserve(shared: &Arc<Shared>, place: Place, bytes: u64) -> Result<Self> {
        if !shared.reserve(place, bytes).await {
            return Err(no_room(shared, place, bytes));
        }
        Ok(Self { shared: Arc::downgrade(shared), place, bytes: Mutex::new(bytes) })
    }

    pub(crate) fn place(&self) -> Place {
        self.place
    }

    pub(crate) fn cache(&self) -> Result<Cache> {
        let gone = || GitError::CutOff("the yard is stopping".to_owned());
        self.shared.upgrade().map(Cache).ok_or_else(gone)
    }

    /// More bytes.
    ///
    /// # Errors
    /// [`GitError::NoRoom`].
    pub(crate) async fn grow(&self, bytes: u64) -> Result<()> {
        let cache = self.cache()?;
        if !cache.0.reserve(self.place, bytes).await {
            return Err(no_room(&cache.0, self.place, bytes));
        }
        *lock(&self.bytes) += bytes;
        Ok(())
    }

    /// What it really takes.
    pub(crate) fn set(&self, now: u64) {
        let mut bytes = lock(&self.bytes);
        let before = std::mem::replace(&mut *bytes, now);
        if let Some(shared) = self.shared.upgrade() {
            match before.checked_sub(now) {
                Some(less) => shared.release(self.place, less),
                None => shared.count(self.place, now - before),
            }
        }
    }

    /// Bytes in a place of the same cache for something that passes.
    ///
    /// # Errors
    /// [`GitError::NoRoom`].
    pub(crate) async fn lease(&self, place: Place, bytes: u64) -> Result<Lease> {
        Self::reserve(&self.cache()?.0, place, bytes).await.map(Lease)
    }

    /// Takes over what something that passed has set aside, if it lies in the same place. `false`
    /// if it does not.
    pub(crate) fn absorb(&self, lease: &Lease, bytes: u64) -> bool {
        if lease.0.place != self.place {
            return false;
        }
        let mut theirs = lock(&lease.0.bytes);
        let moved = bytes.min(*theirs);
        *theirs -= moved;
        drop(theirs);
        *lock(&self.bytes) += moved;
        true
    }
}

impl Lease {
    /// See [`Room::grow`].
    pub(crate) async fn grow(&self, bytes: u64) -> Result<()> {
        self.0.grow(bytes).await
    }

    /// See [`Room::set`].
    pub(crate) fn set(&self, now: u64) {
        self.0.set(now);
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if let Some(shared) = self.shared.upgrade() {
            shared.release(self.place, *lock(&self.bytes));
        }
    }
}

fn no_room(shared: &Shared, place: Place, needed: u64) -> GitError {
    GitError::NoRoom { needed, limit: shared.limit(place) }
}
