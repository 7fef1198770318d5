//! The audit trail: takes records without holding up anybody, and writes them in batches.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use service::{AuditRecord, AuditSink};
use store::{Durability, Key, Store, StoreError};
use types::{SharedClock, Timestamp};
use wire::Error;

use super::record::Record;
use super::{MAX_TRAIL_BYTES, RETENTION_SECS, track};
use crate::chunks::{self, Block, Head};

/// How long records gather before they are written.
const GATHER: Duration = Duration::from_millis(20);
/// Records that may wait; more are lost, and the log says so.
const MAX_WAITING: usize = 100_000;
/// Records written at once.
const MAX_BATCH: usize = 2_000;
/// How often a trail is swept of expired records.
const SWEEP_SECS: i64 = 3600;

/// Keeps audit records in the store. Records of the last moments before a `kill -9` may be lost.
pub struct AuditTrail {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Default)]
struct Waiting {
    records: Vec<AuditRecord>,
    lost: u64,
    closed: bool,
}

impl AuditTrail {
    /// A trail in that store.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start(store: Store, clock: SharedClock) -> Result<Arc<Self>, Error> {
        let shared = Arc::new(Shared { waiting: Mutex::default(), arrived: Condvar::new() });
        let theirs = shared.clone();
        let thread = std::thread::Builder::new()
            .name("audit-trail".to_owned())
            .spawn(move || Writer { store, clock, swept: BTreeMap::new() }.run(&theirs))
            .map_err(|error| {
                Error::internal(format!("failed to start the audit trail: {error}"))
            })?;
        Ok(Arc::new(Self { shared, thread: Some(thread) }))
    }
}

impl AuditSink for AuditTrail {
    fn record(&self, record: AuditRecord) {
        let mut waiting = self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.records.len() >= MAX_WAITING {
            waiting.lost += 1;
            return;
        }
        waiting.records.push(record);
        if waiting.records.len() == 1 {
            self.shared.arrived.notify_one();
        }
    }
}

impl Drop for AuditTrail {
    fn drop(&mut self) {
        self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.shared.arrived.notify_one();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the audit trail's writer panicked");
        }
    }
}

struct Writer {
    store: Store,
    clock: SharedClock,
    /// When each trail was last swept.
    swept: BTreeMap<Key, Timestamp>,
}

impl Writer {
    fn run(mut self, shared: &Shared) {
        loop {
            let (records, lost, closed) = next_batch(shared);
            if lost > 0 {
                tracing::error!(lost, "the audit trail could not keep up and lost records");
            }
            for batch in records.chunks(MAX_BATCH) {
                if let Err(error) = self.write(batch) {
                    let records = batch.len();
                    tracing::error!(%error, records, "failed to write audit records");
                }
            }
            if closed {
                return;
            }
        }
    }

    fn write(&mut self, batch: &[AuditRecord]) -> Result<(), StoreError> {
        let mut trails: BTreeMap<Key, Vec<(i64, Vec<u8>)>> = BTreeMap::new();
        for record in batch {
            let track = track(&record.account, &record.region);
            let line = shape::json::to_vec(&Record::from(record.clone()));
            trails.entry(track).or_default().push((record.time.millis(), line));
        }
        let now = self.clock.now();
        for (track, mut lines) in trails {
            let sweep = self.swept.get(&track).is_none_or(|at| now.since(*at) > SWEEP_SECS * 1000);
            if sweep {
                self.swept.insert(track.clone(), now);
            }
            lines.sort_by_key(|(time, _)| *time);
            self.store.write_blocking_with::<_, StoreError>(Durability::Ordered, move |tx| {
                // Concurrent calls finish in any order; where a record stands is made monotonic,
                // so that readers can stop at a time. Its own time is inside.
                let mut last = Head::of(tx, &track)?.map_or(i64::MIN, |head| head.max_time);
                let placed = lines.iter().map(|(time, line)| {
                    last = last.max(*time);
                    (last, line.as_slice())
                });
                if let Some(block) = Block::new(now.millis(), placed) {
                    chunks::append(tx, &track, &block)?;
                }
                if sweep {
                    chunks::expire(tx, &track, now.plus_secs(-RETENTION_SECS).millis())?;
                    chunks::shrink(tx, &track, MAX_TRAIL_BYTES)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// Waits for records and lets more of them gather.
fn next_batch(shared: &Shared) -> (Vec<AuditRecord>, u64, bool) {
    let waiting = shared.waiting.lock().unwrap_or_else(PoisonError::into_inner);
    let empty = |waiting: &mut Waiting| waiting.records.is_empty() && !waiting.closed;
    let waiting = shared.arrived.wait_while(waiting, empty).unwrap_or_else(PoisonError::into_inner);
    let closing = |waiting: &mut Waiting| !waiting.closed;
    let (mut waiting, _) = shared
        .arrived
        .wait_timeout_while(waiting, GATHER, closing)
        .unwrap_or_else(PoisonError::into_inner);
    (std::mem::take(&mut waiting.records), std::mem::take(&mut waiting.lost), waiting.closed)
}
