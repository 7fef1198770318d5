//! What ECR keeps in memory beside its rows: its area of blobs, what is being read, and the session
//! policies of tokens.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use auth::policy::Attached;
use blobs::{BlobId, Blobs};
use engine::Reconciler;
use service::{BlobOwner, Error, OwnedBlobs, Yard};
use shape::Timestamp;

/// ECR's blobs: rows name them, and the yard's sweeper removes the rest, but for what is being read.
pub(crate) static BLOBS: OwnedBlobs =
    OwnedBlobs { kind: "ecr.sweep", key: "blobs", owned: "ecr-owned", garbage: "ecr-garbage" };

/// ECR's companion in one yard.
pub(crate) struct State {
    /// Blobs that were there before had no writer in this process.
    started: SystemTime,
    blobs: Mutex<Option<Blobs>>,
    pins: Mutex<HashMap<BlobId, usize>>,
    /// By the token's id: when it ends, and what narrows it.
    narrowed: Mutex<HashMap<String, (Timestamp, Vec<Attached>)>>,
}

/// The guarded maps are whole between any two statements, so a holder's panic spoils nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The yard's state of ECR.
pub(crate) fn of(yard: &Yard) -> Arc<State> {
    yard.extension(|| State {
        started: SystemTime::now(),
        blobs: Mutex::default(),
        pins: Mutex::default(),
        narrowed: Mutex::default(),
    })
}

impl State {
    /// ECR's own area of blobs, opened once.
    pub fn blobs(&self, yard: &Yard) -> Result<Blobs, Error> {
        let mut opened = lock(&self.blobs);
        if let Some(blobs) = &*opened {
            return Ok(blobs.clone());
        }
        let blobs = yard.blobs().area("ecr")?;
        *opened = Some(blobs.clone());
        Ok(blobs)
    }

    /// Keeps the sweeper away from blobs that are being read.
    pub fn pin(self: &Arc<Self>, ids: Vec<BlobId>) -> Pins {
        let mut pins = lock(&self.pins);
        for id in &ids {
            *pins.entry(*id).or_default() += 1;
        }
        drop(pins);
        Pins { state: self.clone(), ids }
    }

    /// Keeps the session policies of a token until it ends.
    pub fn narrow(&self, token: &str, policies: Vec<Attached>, expires: Timestamp, now: Timestamp) {
        let mut narrowed = lock(&self.narrowed);
        narrowed.retain(|_, (expires, _)| *expires > now);
        narrowed.insert(token.to_owned(), (expires, policies));
    }

    /// The session policies of a token.
    pub fn narrowed(&self, token: &str) -> Option<Vec<Attached>> {
        lock(&self.narrowed).get(token).map(|(_, policies)| policies.clone())
    }
}

/// Blobs that must not be swept until this is dropped.
pub(crate) struct Pins {
    state: Arc<State>,
    ids: Vec<BlobId>,
}

impl Drop for Pins {
    fn drop(&mut self) {
        let mut pins = lock(&self.state.pins);
        for id in &self.ids {
            if let Some(count) = pins.get_mut(id) {
                *count -= 1;
                if *count == 0 {
                    pins.remove(id);
                }
            }
        }
    }
}

struct Owner {
    yard: Yard,
    state: Arc<State>,
}

impl BlobOwner for Owner {
    fn blobs(&self) -> Result<Blobs, Error> {
        self.state.blobs(&self.yard)
    }

    fn started(&self) -> SystemTime {
        self.state.started
    }

    fn is_in_use(&self, blob: BlobId) -> bool {
        lock(&self.state.pins).contains_key(&blob)
    }
}

/// The reconciler that removes what no row names.
pub(crate) fn sweeper(yard: &Yard) -> Arc<dyn Reconciler> {
    BLOBS.sweeper(Arc::new(Owner { yard: yard.clone(), state: of(yard) }))
}
