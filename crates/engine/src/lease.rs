//! Leases and runs as they are stored.
//!
//! | space | key | value |
//! |---|---|---|
//! | `lease` | kind, scope, key | token (8 bytes), expiry (8), owner |
//! | `run` | kind, scope, key | number (8 bytes), attempts (8) |
//! | `journal` | kind, scope, key, step | see [`crate::run`] |

use store::{Key, MAX_SCAN, Range, ReadTx, StoreError, WakeKey, WriteTx};
use types::{Scope, Timestamp};

const LEASES: &str = "lease";
const RUNS: &str = "run";
pub(crate) const JOURNAL: &str = "journal";

/// The right to run a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lease {
    pub owner: String,
    /// Grows with every lease of the store.
    pub token: u64,
    pub expires: Timestamp,
}

/// A key's way to [`crate::Next::Done`], over as many runs as it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Part of the steps' idempotency keys.
    pub number: u64,
    /// Runs in a row in which no step was completed, this one included.
    pub attempts: u64,
}

fn corrupt(what: &str, key: &WakeKey) -> StoreError {
    StoreError::Corrupt(format!("{what} of {} {:?}", key.kind, key.key))
}

impl Lease {
    pub fn of(tx: &ReadTx<'_>, key: &WakeKey) -> Result<Option<Self>, StoreError> {
        let Some(bytes) = tx.get_raw(LEASES, key.store_key().as_bytes())? else {
            return Ok(None);
        };
        Self::decode(&bytes).map(Some).ok_or_else(|| corrupt("the lease", key))
    }

    pub fn keep(&self, tx: &mut WriteTx<'_>, key: &WakeKey) -> Result<(), StoreError> {
        let value = Key::new().number(self.token).time(self.expires).text(&self.owner);
        tx.put_raw(LEASES, key.store_key().as_bytes(), value.as_bytes())
    }

    pub fn drop(tx: &mut WriteTx<'_>, key: &WakeKey) -> Result<(), StoreError> {
        tx.delete_raw(LEASES, key.store_key().as_bytes())
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut parts = Key::parts(bytes);
        Some(Self { token: parts.number()?, expires: parts.time()?, owner: parts.text()? })
    }

    /// All leases of a kind; there are never more than keys that run at the same time.
    pub fn all(tx: &ReadTx<'_>, kind: &'static str) -> Result<Vec<(WakeKey, Self)>, StoreError> {
        let entries = tx.scan_raw(LEASES, &Range::prefix(Key::new().text(kind)).limit(MAX_SCAN))?;
        let decode = |raw: &[u8], value: &[u8]| {
            let mut parts = Key::parts(raw);
            let _ = parts.text();
            let scope = Scope::parse(&parts.text()?)?;
            Some((WakeKey { kind, scope, key: parts.text()? }, Self::decode(value)?))
        };
        entries
            .iter()
            .map(|(raw, value)| {
                decode(raw, value).ok_or_else(|| StoreError::Corrupt(format!("a lease of {kind}")))
            })
            .collect()
    }
}

impl Progress {
    pub fn of(tx: &ReadTx<'_>, key: &WakeKey) -> Result<Option<Self>, StoreError> {
        let Some(bytes) = tx.get_raw(RUNS, key.store_key().as_bytes())? else { return Ok(None) };
        let mut parts = Key::parts(&bytes);
        match (parts.number(), parts.number()) {
            (Some(number), Some(attempts)) => Ok(Some(Self { number, attempts })),
            _ => Err(corrupt("the run", key)),
        }
    }

    pub fn keep(self, tx: &mut WriteTx<'_>, key: &WakeKey) -> Result<(), StoreError> {
        let value = Key::new().number(self.number).number(self.attempts);
        tx.put_raw(RUNS, key.store_key().as_bytes(), value.as_bytes())
    }

    /// Forgets the run and its journal.
    pub fn drop(tx: &mut WriteTx<'_>, key: &WakeKey) -> Result<(), StoreError> {
        tx.delete_raw(RUNS, key.store_key().as_bytes())?;
        tx.delete_prefix(JOURNAL, key.store_key().as_bytes())
    }
}

/// Turns the wake-up of `key` into a lease, if it is due and nobody else has the key.
pub(crate) fn acquire(
    tx: &mut WriteTx<'_>,
    key: &WakeKey,
    owner: &str,
    now: Timestamp,
    lease_millis: i64,
) -> Result<Option<(Lease, Progress)>, StoreError> {
    if tx.wake_time(key)?.is_none_or(|at| at > now) {
        return Ok(None);
    }
    if Lease::of(tx, key)?.is_some_and(|lease| lease.owner != owner && lease.expires > now) {
        return Ok(None);
    }
    tx.cancel_wake(key)?;
    let token = tx.next_sequence("lease")?;
    let lease = Lease { owner: owner.to_owned(), token, expires: now.plus_millis(lease_millis) };
    lease.keep(tx, key)?;
    let progress = match Progress::of(tx, key)? {
        Some(before) => Progress { attempts: before.attempts.saturating_add(1), ..before },
        None => Progress { number: token, attempts: 1 },
    };
    progress.keep(tx, key)?;
    Ok(Some((lease, progress)))
}

/// Fails unless the lease with `token` is still the one on `key`.
pub(crate) fn fence(tx: &ReadTx<'_>, key: &WakeKey, token: u64) -> Result<(), StoreError> {
    if Lease::of(tx, key)?.is_some_and(|lease| lease.token == token) {
        return Ok(());
    }
    Err(StoreError::Fenced(format!("the lease on {} {:?} was lost", key.kind, key.key)))
}
