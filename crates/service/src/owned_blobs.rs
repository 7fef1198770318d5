//! Blobs that rows of a service name: which these are, and the removal of those that none names.
//!
//! What rows gave up is removed after a grace, so that a reader that has just found the row can
//! still open the bytes; what is being read is passed over. What a crash left between a durable
//! blob and its row is found by going through all blobs and all owned ids side by side, a page at a
//! time, both in the order of the ids.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use blobs::{BlobId, Blobs};
use engine::{BoxFuture, EngineError, Next, Reconciler, Run};
use store::{Durability, Key, MAX_SCAN, Range, ReadTx, StoreError, WakeKey, WriteTx};
use types::{Account, Region, Scope, Timestamp};

use crate::Yard;

/// How long bytes stay after their row is gone, in milliseconds.
const GRACE_MS: i64 = 60_000;
/// How long after its last write a blob without a row is taken for forgotten, where this process
/// wrote it: its writer was cut off between the blob and the row.
const FORGOTTEN: Duration = Duration::from_secs(3600);
/// How often to look for forgotten blobs, in milliseconds.
const PERIOD_MS: i64 = 3_600_000;
/// Blobs in one step.
const BATCH: usize = 1000;

/// The blobs of one service, which has an [area](Blobs::area) of its own.
///
/// | space | key | value |
/// |---|---|---|
/// | `owned` | blob id (16 bytes) | nothing: a row names this blob |
/// | `garbage` | time, blob id | nothing: no row names it any more |
#[derive(Debug)]
pub struct OwnedBlobs {
    /// The sweeper's kind of wake-up.
    pub kind: &'static str,
    /// Its one key.
    pub key: &'static str,
    /// The space of the store that lists what rows name.
    pub owned: &'static str,
    /// The space of the store that lists what they gave up.
    pub garbage: &'static str,
}

/// What a sweeper needs to know of the service whose blobs it sweeps.
pub trait BlobOwner: Send + Sync + 'static {
    /// The service's own area of blobs.
    ///
    /// # Errors
    /// It cannot be opened.
    fn blobs(&self) -> Result<Blobs, crate::Error>;

    /// Blobs that were there before had no writer in this process.
    fn started(&self) -> SystemTime;

    /// Whether somebody reads the blob, so that it stays for now.
    fn is_in_use(&self, _blob: BlobId) -> bool {
        false
    }
}

impl OwnedBlobs {
    /// Notes that a row names the blob.
    ///
    /// # Errors
    /// The store's.
    pub fn own(&self, tx: &mut WriteTx<'_>, blob: BlobId) -> Result<(), StoreError> {
        tx.put_raw(self.owned, blob.as_bytes(), &[])
    }

    /// Notes that no row names the blob any more. Its bytes go after a grace.
    ///
    /// # Errors
    /// The store's.
    pub fn give_up(
        &self,
        tx: &mut WriteTx<'_>,
        blob: BlobId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        tx.delete_raw(self.owned, blob.as_bytes())?;
        let row = Key::new().time(now).text(&blob.to_string());
        tx.put_raw(self.garbage, row.as_bytes(), &[])?;
        self.wake_key().map_or(Ok(()), |key| tx.wake(&key, now.plus_millis(GRACE_MS)))
    }

    /// Sweeps what an earlier process left.
    pub fn wake_at_start(&'static self, yard: &Yard) {
        let yard = yard.clone();
        tokio::spawn(async move {
            let Some(key) = self.wake_key() else { return };
            let now = yard.clock().now();
            let woken = yard.store().write(move |tx| tx.wake(&key, now)).await;
            if let Err(error) = woken {
                let error: StoreError = error;
                tracing::warn!(%error, sweeper = self.kind, "failed to begin sweeping blobs");
            }
        });
    }

    /// The reconciler that removes what no row names.
    pub fn sweeper(&'static self, owner: Arc<dyn BlobOwner>) -> Arc<dyn Reconciler> {
        Arc::new(Sweeper { of: self, owner, next_search: Arc::default() })
    }

    fn wake_key(&self) -> Option<WakeKey> {
        // No account owns the sweeping.
        let nobody = Account::new("000000000000").ok()?;
        Some(WakeKey::new(self.kind, &Scope::new(nobody, Region::global()), self.key))
    }
}

#[derive(Clone)]
struct Sweeper {
    of: &'static OwnedBlobs,
    owner: Arc<dyn BlobOwner>,
    /// When forgotten blobs are to be looked for again, in milliseconds since the epoch.
    next_search: Arc<AtomicI64>,
}

impl Reconciler for Sweeper {
    fn kind(&self) -> &'static str {
        self.of.kind
    }

    fn concurrency(&self) -> usize {
        1
    }

    fn reconcile(&self, run: Run) -> BoxFuture<Result<Next, EngineError>> {
        let sweeper = self.clone();
        Box::pin(async move { sweeper.sweep(&run).await })
    }

    fn on_exhausted(&self, _run: Run, error: EngineError) -> BoxFuture<Result<(), EngineError>> {
        // Nothing is lost: the next start, or the next blob that is given up, sweeps again.
        tracing::error!(%error, sweeper = self.of.kind, "failed to sweep blobs");
        Box::pin(std::future::ready(Ok(())))
    }
}

impl Sweeper {
    async fn sweep(&self, run: &Run) -> Result<Next, EngineError> {
        let blobs = self.owner.blobs().map_err(EngineError::retry)?;
        let rest = self.remove_garbage(run, &blobs).await?;
        let now = run.now();
        if now.millis() >= self.next_search.load(Ordering::Relaxed) {
            self.remove_forgotten(run, &blobs).await?;
            self.next_search.store(now.plus_millis(PERIOD_MS).millis(), Ordering::Relaxed);
        }
        let search = Timestamp::from_millis(self.next_search.load(Ordering::Relaxed));
        let next = rest.map_or(search, |at| at.plus_millis(GRACE_MS).min(search));
        Ok(Next::At(next.max(now.plus_millis(1000))))
    }

    /// Removes what was given up before the grace; says when the oldest that stays was.
    async fn remove_garbage(
        &self,
        run: &Run,
        blobs: &Blobs,
    ) -> Result<Option<Timestamp>, EngineError> {
        let before = run.now().plus_millis(-GRACE_MS);
        let mut after: Option<Vec<u8>> = None;
        let mut oldest_kept = None;
        loop {
            let range = Range::all().after(after.take()).limit(BATCH);
            let rows = run.store().read(|tx: &ReadTx<'_>| tx.scan_raw(self.of.garbage, &range))?;
            let mut removed = Vec::new();
            for (row, _) in &rows {
                let Some((at, id)) = garbage(row) else { continue };
                if at > before {
                    return self.strike(run, removed).await.map(|()| oldest_kept.or(Some(at)));
                }
                if self.owner.is_in_use(id) {
                    oldest_kept.get_or_insert(run.now());
                    continue;
                }
                blobs.delete(id).await.map_err(EngineError::retry)?;
                removed.push(row.clone());
            }
            let is_last = rows.len() < BATCH;
            after = rows.into_iter().last().map(|(row, _)| row);
            self.strike(run, removed).await?;
            if is_last || run.is_stopping() {
                return Ok(oldest_kept);
            }
        }
    }

    /// Strikes out garbage that is gone.
    async fn strike(&self, run: &Run, removed: Vec<Vec<u8>>) -> Result<(), EngineError> {
        if removed.is_empty() {
            return Ok(());
        }
        let space = self.of.garbage;
        let strike = move |tx: &mut WriteTx<'_>| {
            removed.iter().try_for_each(|row| tx.delete_raw(space, row))
        };
        // A row that comes back after a power failure names a blob that is gone, which is no error.
        run.store().write_with(Durability::Ordered, strike).await.map_err(EngineError::from)
    }

    /// Removes blobs that no row names and no writer of this process can still be about to name.
    async fn remove_forgotten(&self, run: &Run, blobs: &Blobs) -> Result<(), EngineError> {
        let (started, forgotten) = (self.owner.started(), SystemTime::now().checked_sub(FORGOTTEN));
        let mut after = None;
        loop {
            let page = blobs.list(after, BATCH).await.map_err(EngineError::retry)?;
            let (Some(first), Some(last)) = (page.first(), page.last()) else { return Ok(()) };
            let named = self.named_between(run, first.id, last.id)?;
            for entry in &page {
                let is_old =
                    entry.modified < started || forgotten.is_some_and(|it| entry.modified < it);
                if is_old && !named.contains(&entry.id) {
                    let (sweeper, blob) = (self.of.kind, entry.id);
                    tracing::info!(sweeper, %blob, "removing a blob that no row names");
                    blobs.delete(blob).await.map_err(EngineError::retry)?;
                }
            }
            if page.len() < BATCH || run.is_stopping() {
                return Ok(());
            }
            after = Some(last.id);
        }
    }

    /// The blobs with ids from `first` through `last` that rows name, and garbage, which is removed
    /// in its own time.
    fn named_between(
        &self,
        run: &Run,
        first: BlobId,
        last: BlobId,
    ) -> Result<HashSet<BlobId>, EngineError> {
        let mut named = HashSet::new();
        run.store().read(|tx: &ReadTx<'_>| -> Result<(), StoreError> {
            let end = [last.as_bytes().as_slice(), &[0]].concat();
            let within = Range::between(first.as_bytes().as_slice(), end);
            each(tx, self.of.owned, within, |row| named.extend(id(row)))?;
            each(tx, self.of.garbage, Range::all(), |row| {
                named.extend(garbage(row).map(|(_, id)| id));
            })
        })?;
        Ok(named)
    }
}

/// A row of owned blobs.
fn id(row: &[u8]) -> Option<BlobId> {
    row.iter().map(|byte| format!("{byte:02x}")).collect::<String>().parse().ok()
}

/// A row of garbage.
fn garbage(row: &[u8]) -> Option<(Timestamp, BlobId)> {
    let mut parts = Key::parts(row);
    let at = parts.time()?;
    Some((at, parts.text()?.parse().ok()?))
}

/// Shows every key of a range that may have more entries than one scan.
fn each(
    tx: &ReadTx<'_>,
    space: &'static str,
    range: Range,
    mut show: impl FnMut(&[u8]),
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = tx.scan_raw(space, &range.clone().after(after).limit(MAX_SCAN))?;
        page.iter().for_each(|(row, _)| show(row));
        if page.len() < MAX_SCAN {
            return Ok(());
        }
        after = page.into_iter().last().map(|(row, _)| row);
    }
}
