//! What S3 keeps in memory beside its rows.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use auth::policy::{Attached, Policy, PolicyKind};
use blobs::{BlobId, Blobs};
use service::{Error, Yard};

use crate::model::Bucket;
use crate::public;

/// S3's companion in one yard.
pub struct State {
    /// Blobs that were there before had no writer in this process.
    pub started: SystemTime,
    blobs: Mutex<Option<Blobs>>,
    policies: Mutex<HashMap<String, Compiled>>,
    pins: Mutex<HashMap<BlobId, usize>>,
}

/// A bucket policy, compiled once.
#[derive(Clone)]
struct Compiled {
    text: String,
    policy: Attached,
    is_public: bool,
}

/// The guarded maps are whole between any two statements, so a holder's panic spoils nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The yard's state of S3.
pub fn of(yard: &Yard) -> Arc<State> {
    yard.extension(|| State {
        started: SystemTime::now(),
        blobs: Mutex::default(),
        policies: Mutex::default(),
        pins: Mutex::default(),
    })
}

impl State {
    /// S3's own area of blobs, opened once.
    pub fn blobs(&self, yard: &Yard) -> Result<Blobs, Error> {
        let mut opened = lock(&self.blobs);
        if let Some(blobs) = &*opened {
            return Ok(blobs.clone());
        }
        let blobs = yard.blobs().area("s3")?;
        *opened = Some(blobs.clone());
        Ok(blobs)
    }

    /// The bucket's policy as it binds callers of `account`.
    pub fn policy(&self, bucket: &Bucket, account: Option<&str>) -> Option<Attached> {
        let text = bucket.policy.as_deref()?;
        let known = lock(&self.policies).get(&bucket.id).filter(|it| it.text == text).cloned();
        let compiled = match known {
            Some(compiled) => compiled,
            None => {
                // Policies are checked before they are kept.
                let policy = Arc::new(Policy::parse(PolicyKind::Resource, text).ok()?);
                let policy =
                    Attached { source: crate::names::bucket_arn(&bucket.name).into(), policy };
                let is_public = public::is_public(text);
                let compiled = Compiled { text: text.to_owned(), policy, is_public };
                lock(&self.policies).insert(bucket.id.clone(), compiled.clone());
                compiled
            }
        };
        let restricted =
            bucket.public_access_block.as_ref().is_some_and(|it| it.restrict_public_buckets);
        let outsider = account != Some(bucket.account.as_str());
        (!(compiled.is_public && restricted && outsider)).then_some(compiled.policy)
    }

    /// Forgets a deleted bucket.
    pub fn forget(&self, bucket: &Bucket) {
        lock(&self.policies).remove(&bucket.id);
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

    /// Whether a blob is being read.
    pub fn is_pinned(&self, id: BlobId) -> bool {
        lock(&self.pins).contains_key(&id)
    }
}

/// Blobs that must not be swept until this is dropped.
pub struct Pins {
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
