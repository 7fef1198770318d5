//! What storage does in the background, as reconcilers: removing bytes that no row names, and
//! sealing packs anew after a repository has got another key.
//!
//! What rows gave up is removed after a grace, so that who has just found a row can still open its
//! bytes; he who is later looks at the list again. What a crash left between a durable blob and its
//! row is found by going through all blobs and all owned ids side by side, a page at a time, both
//! in the order of the ids.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use blobs::{BlobId, Blobs};
use engine::{BoxFuture, EngineError, Next, Reconciler, Run};
use service::Yard;
use store::{Durability, Key, MAX_SCAN, Range, ReadTx, StoreError, WakeKey, WriteTx};
use types::{Account, Region, Scope, Timestamp};

use super::Storage;
use super::keyring::blob_error;
use super::packs::{Sealed, StorePacks, key_ref};
use super::rows::{self, GARBAGE, OWNED, Row};
use crate::model::Repository;

const KIND: &str = "codecommit.sweep";
/// The kind of wake-ups of repositories that have packs under a former key.
pub(super) const RESEAL: &str = "codecommit.reseal";
/// How long bytes stay after their row is gone, in milliseconds.
const GRACE_MS: i64 = 60_000;
/// How long after its last write a blob without a row is taken for forgotten, where this process
/// wrote it: its push was cut off between the blob and the row.
const FORGOTTEN: Duration = Duration::from_secs(3600);
/// How often to look for forgotten blobs, in milliseconds.
const PERIOD_MS: i64 = 3_600_000;
/// How long to wait for a key that cannot be used now, in milliseconds.
const KEY_PAUSE_MS: i64 = 60_000;
/// Blobs in one step.
const BATCH: usize = 1000;

fn key() -> Option<WakeKey> {
    // No account owns the sweeping.
    let nobody = Account::new("000000000000").ok()?;
    Some(WakeKey::new(KIND, &Scope::new(nobody, Region::global()), "packs"))
}

/// Sweeps once the grace of what was given up now is over.
pub(super) fn wake(tx: &mut WriteTx<'_>, now: Timestamp) -> Result<(), StoreError> {
    key().map_or(Ok(()), |key| tx.wake(&key, now.plus_millis(GRACE_MS)))
}

/// Sweeps what an earlier process left.
pub(crate) fn wake_at_start(yard: &Yard) {
    let yard = yard.clone();
    tokio::spawn(async move {
        let Some(key) = key() else { return };
        let now = yard.clock().now();
        let woken = yard.store().write(move |tx| tx.wake(&key, now)).await;
        if let Err(error) = woken {
            let error: StoreError = error;
            tracing::warn!(%error, "failed to begin sweeping the blobs of packs");
        }
    });
}

/// Removes the bytes that no row names.
pub(crate) struct Sweeper {
    yard: Yard,
    storage: Arc<Storage>,
    /// When forgotten blobs are to be looked for again, in milliseconds since the epoch.
    next_search: Arc<AtomicI64>,
}

impl Sweeper {
    pub fn new(yard: &Yard) -> Self {
        Self { yard: yard.clone(), storage: super::of(yard), next_search: Arc::default() }
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
        let (yard, storage) = (self.yard.clone(), self.storage.clone());
        let next_search = self.next_search.clone();
        Box::pin(async move {
            let blobs = storage.blobs(&yard).map_err(EngineError::retry)?;
            let rest = remove_garbage(&run, &blobs).await?;
            let now = run.now();
            if now.millis() >= next_search.load(Ordering::Relaxed) {
                remove_forgotten(&run, &storage, &blobs).await?;
                next_search.store(now.plus_millis(PERIOD_MS).millis(), Ordering::Relaxed);
            }
            let search = Timestamp::from_millis(next_search.load(Ordering::Relaxed));
            let next = rest.map_or(search, |at| at.plus_millis(GRACE_MS).min(search));
            Ok(Next::At(next.max(now.plus_millis(1000))))
        })
    }

    fn on_exhausted(&self, _run: Run, error: EngineError) -> BoxFuture<Result<(), EngineError>> {
        // Nothing is lost: the next start, or the next bytes given up, sweep again.
        tracing::error!(%error, "failed to sweep the blobs of packs");
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Removes what was given up before the grace; says when the oldest that stays was.
async fn remove_garbage(run: &Run, blobs: &Blobs) -> Result<Option<Timestamp>, EngineError> {
    let before = run.now().plus_millis(-GRACE_MS);
    loop {
        let range = Range::all().limit(BATCH);
        let rows = run.store().read(|tx: &ReadTx<'_>| tx.scan_raw(GARBAGE, &range))?;
        let mut removed = Vec::new();
        let mut stays = None;
        for (row, _) in &rows {
            let mut parts = Key::parts(row);
            let (at, id) = (parts.time(), parts.text().and_then(|id| id.parse::<BlobId>().ok()));
            if let Some(at) = at.filter(|at| *at > before) {
                stays = Some(at);
                break;
            }
            if let Some(id) = id {
                blobs.delete(id).await.map_err(EngineError::retry)?;
            }
            removed.push(row.clone());
        }
        let is_last = stays.is_some() || rows.len() < BATCH || run.is_stopping();
        if !removed.is_empty() {
            let strike = move |tx: &mut WriteTx<'_>| {
                removed.iter().try_for_each(|row| tx.delete_raw(GARBAGE, row))
            };
            // A row that comes back after a power failure names a blob that is gone: no error.
            run.store().write_with(Durability::Ordered, strike).await.map_err(EngineError::from)?;
        }
        if is_last {
            return Ok(stays);
        }
    }
}

/// Removes blobs that no row names and no writer can still be about to name.
async fn remove_forgotten(run: &Run, storage: &Storage, blobs: &Blobs) -> Result<(), EngineError> {
    let forgotten = SystemTime::now().checked_sub(FORGOTTEN);
    let mut after = None;
    loop {
        let page = blobs.list(after, BATCH).await.map_err(EngineError::retry)?;
        let (Some(first), Some(last)) = (page.first(), page.last()) else { return Ok(()) };
        let named = named_between(run, first.id, last.id)?;
        for entry in &page {
            let is_old =
                entry.modified < storage.started || forgotten.is_some_and(|it| entry.modified < it);
            if is_old && !named.contains(&entry.id) {
                tracing::info!(blob = %entry.id, "removing a blob that no pack names");
                blobs.delete(entry.id).await.map_err(EngineError::retry)?;
            }
        }
        if page.len() < BATCH || run.is_stopping() {
            return Ok(());
        }
        after = Some(last.id);
    }
}

/// The blobs with ids from `first` through `last` that rows name, and those that are removed in
/// their own time.
fn named_between(run: &Run, first: BlobId, last: BlobId) -> Result<HashSet<BlobId>, EngineError> {
    let mut named = HashSet::new();
    run.store().read(|tx: &ReadTx<'_>| -> Result<(), StoreError> {
        let end = [last.as_bytes().as_slice(), &[0]].concat();
        let within = |after: Option<Vec<u8>>| {
            Range::between(first.as_bytes().as_slice(), end.clone()).after(after).limit(MAX_SCAN)
        };
        let hex = |row: &[u8]| row.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        each(tx, OWNED, within, |row| named.extend(hex(row).parse::<BlobId>().ok()))?;
        let all = |after: Option<Vec<u8>>| Range::all().after(after).limit(MAX_SCAN);
        each(tx, GARBAGE, all, |row| {
            let mut parts = Key::parts(row);
            let _ = parts.time();
            named.extend(parts.text().and_then(|id| id.parse::<BlobId>().ok()));
        })
    })?;
    Ok(named)
}

/// Shows every key of a range that may have more entries than one scan.
fn each(
    tx: &ReadTx<'_>,
    space: &'static str,
    range: impl Fn(Option<Vec<u8>>) -> Range,
    mut show: impl FnMut(&[u8]),
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = tx.scan_raw(space, &range(after))?;
        page.iter().for_each(|(row, _)| show(row));
        if page.len() < MAX_SCAN {
            return Ok(());
        }
        after = page.into_iter().last().map(|(row, _)| row);
    }
}

/// Seals the packs of a repository anew until none is under another key than the repository's.
pub(crate) struct Resealer {
    yard: Yard,
}

impl Resealer {
    pub fn new(yard: &Yard) -> Self {
        Self { yard: yard.clone() }
    }
}

impl Reconciler for Resealer {
    fn kind(&self) -> &'static str {
        RESEAL
    }

    fn concurrency(&self) -> usize {
        1
    }

    fn reconcile(&self, run: Run) -> BoxFuture<Result<Next, EngineError>> {
        let yard = self.yard.clone();
        Box::pin(async move {
            loop {
                let id = run.key().to_owned();
                let found = run.store().read(|tx| {
                    let Some(repository) = Repository::by_id(tx, &id)? else { return Ok(None) };
                    let wanted = repository.value.kms_key;
                    let rows = rows::list(tx, &id)?;
                    let other = rows.into_iter().find(|(_, row)| row.kms_key != wanted);
                    Ok::<_, StoreError>(other.map(|(sequence, row)| (sequence, row, wanted)))
                })?;
                let Some((sequence, row, wanted)) = found else { return Ok(Next::Done) };
                if run.is_stopping() {
                    return Err(EngineError::Stopping);
                }
                let resealed = reseal(&yard, &run, &id, sequence, &row, wanted).await;
                if let Err(error) = resealed {
                    // Its old key or its new one cannot be used now; it may be again.
                    tracing::warn!(repository = id, %error, "failed to seal a pack anew");
                    return Ok(Next::At(run.now().plus_millis(KEY_PAUSE_MS)));
                }
            }
        })
    }

    fn on_exhausted(&self, run: Run, error: EngineError) -> BoxFuture<Result<(), EngineError>> {
        tracing::error!(%error, repository = run.key(), "failed to seal a repository anew");
        // Until no pack is under the old key: begin again later.
        let (store, key) = (run.store().clone(), run.wake_key().clone());
        let at = run.now().plus_millis(KEY_PAUSE_MS);
        Box::pin(async move {
            store.write(move |tx| tx.wake(&key, at)).await.map_err(EngineError::Store)
        })
    }
}

/// Seals one pack under another key and puts it in its own place. If that has changed meanwhile,
/// the next look finds out.
async fn reseal(
    yard: &Yard,
    run: &Run,
    id: &str,
    sequence: u64,
    row: &Row,
    kms_key: Option<String>,
) -> Result<(), service::Error> {
    let packs = StorePacks::new(yard, id);
    let blobs = packs.blobs()?;
    let key = key_ref(kms_key.as_deref())?;
    let mut fresh = Sealed { row: Row { kms_key, blob: None, ..row.clone() }, bytes: None };
    match row.blob() {
        None => {
            let data = run.store().read(|tx| rows::data(tx, id, sequence))?;
            let Some(data) = data else { return Ok(()) };
            fresh.bytes = Some(packs.reseal_data(&row.name, data, key).await?);
        }
        Some(old) => {
            let mut reader = blobs.reader(old, ..).await.map_err(blob_error)?;
            let mut writer = blobs.writer(&key);
            while let Some(piece) = reader.next().await.map_err(blob_error)? {
                writer.write(&piece).await.map_err(blob_error)?;
            }
            fresh.row.blob = Some(writer.finish().await.map_err(blob_error)?.id.to_string());
        }
    }
    let (written, now) = (fresh.row.blob(), run.now());
    let (id, row) = (id.to_owned(), row.clone());
    let put = run.store().write(move |tx| {
        if rows::get(tx, &id, sequence)?.as_ref() != Some(&row) {
            return Ok(false);
        }
        rows::put(tx, &id, sequence, &fresh)?;
        rows::give_up(tx, &row, now)?;
        Ok::<_, StoreError>(true)
    });
    if !put.await?
        && let Some(written) = written
    {
        blobs.delete(written).await?;
    }
    Ok(())
}
