//! What S3 keeps in memory beside its rows.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use auth::policy::{Attached, Policy, PolicyKind};
use blobs::{BlobId, Blobs};
use service::{Error, Yard};

use crate::model::Bucket;
use crate::{errors, public};

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
    yard.extension(State::new)
}

impl State {
    fn new() -> Self {
        Self {
            started: SystemTime::now(),
            blobs: Mutex::default(),
            policies: Mutex::default(),
            pins: Mutex::default(),
        }
    }

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
    ///
    /// # Errors
    /// `AccessDenied` where there is a policy that cannot be read: what it forbids is unknown.
    pub fn policy(
        &self,
        bucket: &Bucket,
        account: Option<&str>,
    ) -> Result<Option<Attached>, Error> {
        let Some(text) = bucket.policy.as_deref() else { return Ok(None) };
        let known = lock(&self.policies).get(&bucket.id).filter(|it| it.text == text).cloned();
        let compiled = match known {
            Some(compiled) => compiled,
            None => {
                // Policies are checked before they are kept, but perhaps by another version.
                let policy = Policy::parse(PolicyKind::Resource, text).map_err(|error| {
                    tracing::error!(bucket = bucket.name, %error, "a bucket policy cannot be read");
                    errors::ACCESS_DENIED.error(format!(
                        "The policy of the bucket {} cannot be read ({error}), so that nobody may \
                         use the bucket. The account's root user can replace or delete the policy.",
                        bucket.name
                    ))
                })?;
                let policy = Attached {
                    source: crate::names::bucket_arn(&bucket.name).into(),
                    policy: Arc::new(policy),
                };
                let is_public = public::is_public(text);
                let compiled = Compiled { text: text.to_owned(), policy, is_public };
                lock(&self.policies).insert(bucket.id.clone(), compiled.clone());
                compiled
            }
        };
        let restricted =
            bucket.public_access_block.as_ref().is_some_and(|it| it.restrict_public_buckets);
        let outsider = account != Some(bucket.account.as_str());
        Ok((!(compiled.is_public && restricted && outsider)).then_some(compiled.policy))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_that_cannot_be_read_lets_nobody_in() {
        let state = State::new();
        let with = |policy: Option<&str>| Bucket {
            id: "b".to_owned(),
            policy: policy.map(str::to_owned),
            ..Bucket::default()
        };
        assert!(state.policy(&with(None), None).unwrap().is_none());
        for text in ["", "{", r#"{"Version":"2012-10-17","Statement":[{"Effect":"Maybe"}]}"#] {
            let Err(error) = state.policy(&with(Some(text)), None) else {
                panic!("{text:?} counts as no policy");
            };
            assert!(error.is(errors::ACCESS_DENIED), "{error}");
        }
    }
}
