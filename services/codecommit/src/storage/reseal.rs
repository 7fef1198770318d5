//! Sealing packs anew after a repository has got another key, as a reconciler: until it is done, the
//! former key has to stay enabled.

use engine::{BoxFuture, EngineError, Next, Reconciler, Run};
use git::points::reach;
use service::Yard;
use store::StoreError;

use super::keyring::blob_error;
use super::packs::{Sealed, StorePacks, key_ref};
use super::rows::{self, Row};
use crate::model::Repository;

/// The kind of wake-ups of repositories that have packs under a former key.
pub(super) const RESEAL: &str = "codecommit.reseal";
/// How long to wait for a key that cannot be used now, in milliseconds.
const KEY_PAUSE_MS: i64 = 60_000;

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
            reach("reseal-written");
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
    let put = put.await?;
    reach("reseal-replaced");
    if !put && let Some(written) = written {
        blobs.delete(written).await?;
    }
    Ok(())
}
