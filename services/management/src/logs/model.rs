//! What CloudWatch Logs keeps, beside the events themselves.

use std::collections::BTreeMap;

use shape::{Shape, Timestamp};
use store::{Key, ReadTx, Resource, StoreError, WriteTx};
use types::Scope;

use super::arn::group_track;

/// A log group.
#[derive(Shape, Default, Clone)]
pub(super) struct LogGroup {
    #[shape(required)]
    pub name: String,
    #[shape(required)]
    pub created: Timestamp,
    pub retention_in_days: Option<i32>,
    pub tags: Option<BTreeMap<String, String>>,
    pub deletion_protected: bool,
}

impl Resource for LogGroup {
    const KIND: &'static str = "logs.group";

    fn key(&self) -> String {
        self.name.clone()
    }
}

impl LogGroup {
    /// Events from before this are gone, in milliseconds.
    pub fn cutoff(&self, now: Timestamp) -> i64 {
        match self.retention_in_days {
            Some(days) => now.plus_secs(-i64::from(days) * 86_400).millis(),
            None => i64::MIN,
        }
    }
}

/// A log stream. What its events are is told by its track's head.
#[derive(Shape, Default, Clone)]
pub(super) struct LogStream {
    #[shape(required)]
    pub group: String,
    #[shape(required)]
    pub name: String,
    #[shape(required)]
    pub created: Timestamp,
}

impl LogStream {
    /// Neither name may hold a colon.
    pub fn key_of(group: &str, name: &str) -> String {
        format!("{group}:{name}")
    }
}

impl Resource for LogStream {
    const KIND: &'static str = "logs.stream";

    fn key(&self) -> String {
        Self::key_of(&self.group, &self.name)
    }
}

/// What lets others than the account's own identities write.
#[derive(Shape, Default, Clone)]
pub(super) struct ResourcePolicy {
    #[shape(required)]
    pub name: String,
    #[shape(required)]
    pub document: String,
    #[shape(required)]
    pub updated: Timestamp,
}

impl Resource for ResourcePolicy {
    const KIND: &'static str = "logs.resource-policy";

    fn key(&self) -> String {
        self.name.clone()
    }
}

const BYTES: &str = "log-bytes";

/// Bytes that a group's events take, compressed.
pub(super) fn group_bytes(tx: &ReadTx<'_>, scope: &Scope, group: &str) -> Result<u64, StoreError> {
    bytes(tx, &group_track(scope, group))
}

/// Bytes that all events of the yard take, compressed.
pub(super) fn all_bytes(tx: &ReadTx<'_>) -> Result<u64, StoreError> {
    bytes(tx, &Key::new())
}

fn bytes(tx: &ReadTx<'_>, of: &Key) -> Result<u64, StoreError> {
    let count = tx.get_raw(BYTES, of.as_bytes())?;
    Ok(count.and_then(|bytes| Key::parts(&bytes).number()).unwrap_or(0))
}

/// Counts bytes that came to a group or went.
pub(super) fn count_bytes(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    group: &str,
    before: u64,
    after: u64,
) -> Result<(), StoreError> {
    for of in [group_track(scope, group), Key::new()] {
        let count = (bytes(tx, &of)? + after).saturating_sub(before);
        tx.put_raw(BYTES, of.as_bytes(), Key::new().number(count).as_bytes())?;
    }
    Ok(())
}

/// Forgets a group's count, taking it off that of the yard.
pub(super) fn forget_bytes(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    group: &str,
) -> Result<(), StoreError> {
    let count = group_bytes(tx, scope, group)?;
    count_bytes(tx, scope, group, count, 0)?;
    tx.delete_raw(BYTES, group_track(scope, group).as_bytes())
}
