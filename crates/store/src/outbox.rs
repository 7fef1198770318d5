//! The outbox: events committed with the change they tell of, waiting for their subscribers.

use std::sync::Arc;

use serde_json::Value;
use shape::Shape;
use types::Timestamp;

use crate::{Key, MAX_SCAN, Range, ReadTx, StoreError, WriteTx};

const OUTBOX: &str = "outbox";
const SEQUENCE: &str = "outbox";

/// A fact, in EventBridge's form.
#[derive(Shape, Default, Clone, PartialEq)]
pub struct Event {
    /// Unique; consumers recognize repeated deliveries by it.
    #[shape(required)]
    pub id: String,
    /// Who tells it, for instance `aws.codecommit`.
    #[shape(required)]
    pub source: String,
    /// What kind of fact, for instance `CodeCommit Repository State Change`.
    #[shape(required)]
    pub detail_type: String,
    /// The owner's account.
    #[shape(required)]
    pub account: String,
    /// Where it happened.
    #[shape(required)]
    pub region: String,
    /// When.
    #[shape(required)]
    pub time: Timestamp,
    /// ARNs of what it is about.
    pub resources: Vec<String>,
    /// The rest, an object.
    pub detail: Value,
}

impl ReadTx<'_> {
    /// The events behind sequence number `after`, in commit order, with their numbers.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if one cannot be read.
    pub fn events_after(&self, after: u64, limit: usize) -> Result<Vec<(u64, Event)>, StoreError> {
        let range = Range::all().after(Some(Key::new().number(after))).limit(limit.min(MAX_SCAN));
        let entries = self.scan_raw(OUTBOX, &range)?;
        entries.into_iter().map(|(key, bytes)| decode(&key, &bytes)).collect()
    }

    /// The number of the newest event; 0 before the first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the record is damaged.
    pub fn last_event(&self) -> Result<u64, StoreError> {
        self.last_sequence(SEQUENCE)
    }
}

fn decode(key: &[u8], bytes: &[u8]) -> Result<(u64, Event), StoreError> {
    let damaged = || StoreError::Corrupt("an event in the outbox".to_owned());
    let number = Key::parts(key).number().ok_or_else(damaged)?;
    Ok((number, shape::json::from_slice(bytes).map_err(|_| damaged())?))
}

impl WriteTx<'_> {
    /// Tells a fact: it is delivered to every subscriber at least once after the commit.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] past [`crate::MAX_VALUE`].
    pub fn emit(&mut self, event: Event) -> Result<(), StoreError> {
        let number = self.next_sequence(SEQUENCE)?;
        self.put_raw(OUTBOX, Key::new().number(number).as_bytes(), &shape::json::to_vec(&event))?;
        self.touched.events.push((number, Arc::new(event)));
        Ok(())
    }

    /// Takes away the events up to sequence number `through`: all subscribers have them.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the disk refuses.
    pub fn trim_events(&mut self, through: u64) -> Result<(), StoreError> {
        let end = Key::new().number(through.saturating_add(1));
        self.delete_range(OUTBOX, &[], end.as_bytes())
    }
}
