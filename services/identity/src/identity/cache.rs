//! What was found, until IAM's data changes.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use auth::policy::{Policy, PolicyKind};
use service::{AccessKey, Error};

/// Most keys and sessions in memory.
const MAX_KEYS: usize = 10_000;
/// Most compiled policies in memory.
const MAX_POLICIES: usize = 5000;

/// One per yard.
#[derive(Default)]
pub(crate) struct Cache {
    keys: RwLock<Keys>,
    /// By document: a document's meaning never changes.
    policies: RwLock<HashMap<String, Arc<Policy>>>,
}

#[derive(Default)]
struct Keys {
    generation: u64,
    by_id: HashMap<String, Kept>,
}

struct Kept {
    token: Option<String>,
    key: Arc<AccessKey>,
}

impl Cache {
    /// A key that was found in the same generation, with the same token.
    pub(super) fn key(
        &self,
        generation: u64,
        id: &str,
        token: Option<&str>,
    ) -> Option<Arc<AccessKey>> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let kept = keys.by_id.get(id)?;
        (keys.generation == generation && kept.token.as_deref() == token).then(|| kept.key.clone())
    }

    /// Keeps a key, and forgets those of earlier generations.
    pub(super) fn keep_key(
        &self,
        generation: u64,
        id: &str,
        token: Option<&str>,
        key: AccessKey,
    ) -> Arc<AccessKey> {
        let key = Arc::new(key);
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        // A reader of an older snapshot must not bring back what has changed since.
        if generation < keys.generation {
            return key;
        }
        if generation > keys.generation || keys.by_id.len() >= MAX_KEYS {
            keys.by_id.clear();
            keys.generation = generation;
        }
        keys.by_id
            .insert(id.to_owned(), Kept { token: token.map(str::to_owned), key: key.clone() });
        key
    }

    /// A document, compiled.
    pub(crate) fn policy(&self, document: &str) -> Result<Arc<Policy>, Error> {
        let known = self.policies.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(policy) = known.get(document) {
            return Ok(policy.clone());
        }
        drop(known);
        let policy =
            Arc::new(Policy::parse(PolicyKind::Identity, document).map_err(Error::internal)?);
        let mut known = self.policies.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_POLICIES {
            known.clear();
        }
        known.insert(document.to_owned(), policy.clone());
        Ok(policy)
    }
}
