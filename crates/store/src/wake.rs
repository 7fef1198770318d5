//! Wake-ups: when a reconciler should look at a resource, committed with the change that calls for
//! it. At most one wake-up waits for a key: the earliest that was asked for.

use types::{Scope, Timestamp};

use crate::{Key, MAX_SCAN, Range, ReadTx, StoreError, WriteTx};

const WAKES: &str = "wake";
const DUE: &str = "due";

/// What a reconciler looks at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WakeKey {
    /// The reconciler, for instance `codebuild.build`.
    pub kind: &'static str,
    /// The resource's owner.
    pub scope: Scope,
    /// The resource's key.
    pub key: String,
}

impl WakeKey {
    /// The key of a reconciler's resource.
    pub fn new(kind: &'static str, scope: &Scope, key: impl Into<String>) -> Self {
        Self { kind, scope: scope.clone(), key: key.into() }
    }

    /// Kind, scope and key as one store key, for spaces that keep something per resource.
    pub fn store_key(&self) -> Key {
        Key::new().text(self.kind).text(&self.scope.to_string()).text(&self.key)
    }

    fn due_key(&self, at: Timestamp) -> Key {
        Key::new().text(self.kind).time(at).text(&self.scope.to_string()).text(&self.key)
    }
}

/// A wake-up that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueWake {
    /// For what.
    pub key: WakeKey,
    /// From when on.
    pub at: Timestamp,
}

impl ReadTx<'_> {
    /// The wake-ups of one kind, earliest first, those that are not due yet included.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if one cannot be read.
    pub fn wakes(&self, kind: &'static str, limit: usize) -> Result<Vec<DueWake>, StoreError> {
        let range = Range::prefix(Key::new().text(kind)).limit(limit.min(MAX_SCAN));
        let entries = self.scan_raw(DUE, &range)?;
        entries
            .into_iter()
            .map(|(raw, _)| {
                let mut parts = Key::parts(&raw);
                let _ = parts.text();
                let at = parts.time();
                let scope = parts.text().and_then(|text| Scope::parse(&text));
                match (at, scope, parts.text()) {
                    (Some(at), Some(scope), Some(key)) => {
                        Ok(DueWake { key: WakeKey { kind, scope, key }, at })
                    }
                    _ => Err(StoreError::Corrupt(format!("a wake-up of {kind}"))),
                }
            })
            .collect()
    }

    /// When the key is to be woken, if it is.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the record is damaged.
    pub fn wake_time(&self, key: &WakeKey) -> Result<Option<Timestamp>, StoreError> {
        match self.get_raw(WAKES, key.store_key().as_bytes())? {
            None => Ok(None),
            Some(bytes) => Key::parts(&bytes)
                .time()
                .map(Some)
                .ok_or_else(|| StoreError::Corrupt(format!("a wake-up of {}", key.kind))),
        }
    }
}

impl WriteTx<'_> {
    /// Wakes the reconciler of `key` at `at`, or earlier if an earlier wake-up waits already. A
    /// time that has passed means at once.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] if the key is over its limit.
    pub fn wake(&mut self, key: &WakeKey, at: Timestamp) -> Result<(), StoreError> {
        match self.wake_time(key)? {
            Some(waiting) if waiting <= at => return Ok(()),
            Some(waiting) => self.delete_raw(DUE, key.due_key(waiting).as_bytes())?,
            None => {}
        }
        self.put_raw(WAKES, key.store_key().as_bytes(), Key::new().time(at).as_bytes())?;
        self.put_raw(DUE, key.due_key(at).as_bytes(), &[])?;
        self.touched.wake(key.kind);
        Ok(())
    }

    /// Takes a wake-up away, if one waits: because its run begins, or its resource is gone.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the disk refuses.
    pub fn cancel_wake(&mut self, key: &WakeKey) -> Result<(), StoreError> {
        if let Some(waiting) = self.wake_time(key)? {
            self.delete_raw(DUE, key.due_key(waiting).as_bytes())?;
            self.delete_raw(WAKES, key.store_key().as_bytes())?;
        }
        Ok(())
    }
}
