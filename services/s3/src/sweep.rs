//! Removes the bytes that no row names: a reconciler with one key.
//!
//! What rows gave up is removed after a grace, so that a reader that has just found the row can
//! still open the bytes; what is being read is passed over. What a crash left between a durable
//! blob and its row is found by going through all blobs and all owned ids side by side, both in
//! the order of the ids.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use blobs::{BlobId, Blobs};
use engine::{BoxFuture, EngineError, Next, Reconciler, Run};
use service::Yard;
use store::{Key, Range, ReadTx, StoreError, WakeKey, WriteTx};
use types::{Account, Region, Scope, Timestamp};

use crate::keyspace::{GARBAGE, OWNED};
use crate::state::{self, State};

const KIND: &str = "s3.sweep";
/// How long bytes stay after their row is gone, in milliseconds.
const GRACE_MS: i64 = 60_000;
/// How long after its last write a blob without a row is taken for forgotten, where this process
/// wrote it: its upload was cut off between the blob and the row.
const FORGOTTEN: Duration = Duration::from_secs(3600);
/// How often to look for forgotten blobs, in milliseconds.
const PERIOD_MS: i64 = 3_600_000;
/// Blobs in one step.
const BATCH: usize = 1000;

/// The reconciler's one key.
fn key() -> Option<WakeKey> {
    // No account owns the sweeping.
    let nobody = Account::new("000000000000").ok()?;
    Some(WakeKey::new(KIND, &Scope::new(nobody, Region::global()), "blobs"))
}

/// Sweeps once the grace of what was discarded now is over.
pub fn wake(tx: &mut WriteTx<'_>, now: Timestamp) -> Result<(), StoreError> {
    match key() {
        Some(key) => tx.wake(&key, now.plus_millis(GRACE_MS)),
        None => Ok(()),
    }
}

/// Sweeps what an earlier process left.
pub fn wake_at_start(yard: &Yard) {
    let yard = yard.clone();
    tokio::spawn(async move {
        let Some(key) = key() else { return };
        let now = yard.clock().now();
        let woken = yard.store().write(move |tx| tx.wake(&key, now)).await;
        if let Err(error) = woken {
            let error: StoreError = error;
            tracing::warn!(%error, "failed to begin sweeping S3's blobs");
        }
    });
}

/// The reconciler.
pub struct Sweeper {
    yard: Yard,
    state: Arc<State>,
    /// When forgotten blobs are to be looked for again, in milliseconds since the epoch.
    next_search: Arc<AtomicI64>,
}

impl Sweeper {
    /// A sweeper of the yard's blobs.
    pub fn new(yard: &Yard) -> Self {
        Self { yard: yard.clone(), state: state::of(yard), next_search: Arc::default() }
    }
}

impl Reconciler for Sweeper {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn concurrency(&self) -> usize {
        1
    }

    fn reconcile(&self, run: Run) -> BoxFuture<Result<Next, EngineError>> {
        let (yard, state) = (self.yard.clone(), self.state.clone());
        let next_search = self.next_search.clone();
        Box::pin(async move {
            let blobs = state.blobs(&yard).map_err(EngineError::retry)?;
            let rest = remove_garbage(&run, &state, &blobs).await?;
            let now = run.now();
            if now.millis() >= next_search.load(Ordering::Relaxed) {
                remove_forgotten(&run, &state, &blobs).await?;
                next_search.store(now.plus_millis(PERIOD_MS).millis(), Ordering::Relaxed);
            }
            let search = Timestamp::from_millis(next_search.load(Ordering::Relaxed));
            let next = rest.map_or(search, |at| at.plus_millis(GRACE_MS).min(search));
            Ok(Next::At(next.max(now.plus_millis(1000))))
        })
    }

    fn on_exhausted(&self, _run: Run, error: EngineError) -> BoxFuture<Result<(), EngineError>> {
        // Nothing is lost: the next start, or the next discarded blob, sweeps again.
        tracing::error!(%error, "failed to sweep S3's blobs");
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Removes what was discarded before the grace; says when the oldest that stays was.
async fn remove_garbage(
    run: &Run,
    state: &State,
    blobs: &Blobs,
) -> Result<Option<Timestamp>, EngineError> {
    let before = run.now().plus_millis(-GRACE_MS);
    let mut after: Option<Vec<u8>> = None;
    let mut oldest_kept = None;
    loop {
        let range = Range::all().after(after.take()).limit(BATCH);
        let rows = run.store().read(|tx: &ReadTx<'_>| tx.scan_raw(GARBAGE, &range))?;
        let mut removed = Vec::new();
        for (row, _) in &rows {
            let mut parts = Key::parts(row);
            let (at, id) = (parts.time(), parts.text().and_then(|id| id.parse::<BlobId>().ok()));
            let (Some(at), Some(id)) = (at, id) else { continue };
            if at > before {
                return finish(run, removed).await.map(|()| oldest_kept.or(Some(at)));
            }
            if state.is_pinned(id) {
                oldest_kept.get_or_insert(run.now());
                continue;
            }
            blobs.delete(id).await.map_err(EngineError::retry)?;
            removed.push(row.clone());
        }
        let is_last = rows.len() < BATCH;
        after = rows.into_iter().last().map(|(row, _)| row);
        finish(run, removed).await?;
        if is_last || run.is_stopping() {
            return Ok(oldest_kept);
        }
    }
}

/// Strikes out garbage that is gone.
async fn finish(run: &Run, removed: Vec<Vec<u8>>) -> Result<(), EngineError> {
    if removed.is_empty() {
        return Ok(());
    }
    let strike =
        move |tx: &mut WriteTx<'_>| removed.iter().try_for_each(|row| tx.delete_raw(GARBAGE, row));
    // A row that comes back after a power failure names a blob that is gone, which is no error.
    run.store().write_with(store::Durability::Ordered, strike).await.map_err(EngineError::from)
}

/// Removes blobs that no row names and no writer of this process can still be about to name.
async fn remove_forgotten(run: &Run, state: &State, blobs: &Blobs) -> Result<(), EngineError> {
    let forgotten = SystemTime::now().checked_sub(FORGOTTEN);
    let mut after = None;
    loop {
        let page = blobs.list(after, BATCH).await.map_err(EngineError::retry)?;
        let (Some(first), Some(last)) = (page.first(), page.last()) else { return Ok(()) };
        let named = named_between(run, first.id, last.id)?;
        for entry in &page {
            let is_old =
                entry.modified < state.started || forgotten.is_some_and(|it| entry.modified < it);
            if is_old && !named.contains(&entry.id) {
                tracing::info!(blob = %entry.id, "removing a blob that no object names");
                blobs.delete(entry.id).await.map_err(EngineError::retry)?;
            }
        }
        if page.len() < BATCH || run.is_stopping() {
            return Ok(());
        }
        after = Some(last.id);
    }
}

/// The blobs with ids from `first` through `last` that rows name, or named lately.
fn named_between(run: &Run, first: BlobId, last: BlobId) -> Result<HashSet<BlobId>, EngineError> {
    let mut named = HashSet::new();
    run.store().read(|tx: &ReadTx<'_>| -> Result<(), StoreError> {
        let mut start = first.as_bytes().to_vec();
        let end = [last.as_bytes().as_slice(), &[0]].concat();
        loop {
            let range = Range::between(start.clone(), end.clone()).limit(BATCH);
            let rows = tx.scan_raw(OWNED, &range)?;
            let ids = rows.iter().filter_map(|(row, _)| hex::encode(row).parse::<BlobId>().ok());
            named.extend(ids);
            match rows.last() {
                Some((row, _)) if rows.len() == BATCH => {
                    start = [row.as_slice(), &[0]].concat();
                }
                _ => break,
            }
        }
        // Garbage is removed in its own time, readers may still have it.
        crate::keyspace::walk(tx, GARBAGE, &[], None, |row, _| {
            let mut parts = Key::parts(row);
            let _ = parts.time();
            named.extend(parts.text().and_then(|id| id.parse::<BlobId>().ok()));
            crate::keyspace::Step::Next
        })
    })?;
    Ok(named)
}
