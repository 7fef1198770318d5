//! What goes by itself: uploads that nobody goes on with, and layers that no image is made of.
//!
//! Both are noted with the time at which to look at them; then they go if they are still
//! forgotten.

use std::sync::Arc;

use engine::{BoxFuture, EngineError, Next, Reconciler, Run};
use service::Yard;
use shape::Timestamp;
use store::{Key, Range, StoreError, WakeKey, WriteTx};
use types::{Account, Region, Scope};

use crate::model::{Layer, Part, Upload, within};
use crate::state::BLOBS;

/// For so long an upload may rest, and a layer be of no image, in milliseconds: a push that was
/// broken off can be gone on with.
pub(crate) const PATIENCE_MS: i64 = 24 * 3_600_000;
const KIND: &str = "ecr.collect";
/// Key: time, what it is, registry, repository's id, digest or upload id.
const DUE: &str = "ecr-due";
/// Key: content, repository's id: whose layer has these bytes.
const USE: &str = "ecr-use";
/// Notes that are looked at in one step.
const BATCH: usize = 500;

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Layer,
    Upload,
}

impl What {
    const fn word(self) -> &'static str {
        match self {
            Self::Layer => "layer",
            Self::Upload => "upload",
        }
    }
}

fn wake_key() -> Option<WakeKey> {
    // No account owns the collecting.
    let nobody = Account::new("000000000000").ok()?;
    Some(WakeKey::new(KIND, &Scope::new(nobody, Region::global()), "all"))
}

fn note(
    tx: &mut WriteTx<'_>,
    what: What,
    scope: &Scope,
    repository: &str,
    name: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let key = Key::new().time(at).text(what.word()).text(&scope.to_string());
    tx.put_raw(DUE, key.text(repository).text(name).as_bytes(), &[])?;
    wake_key().map_or(Ok(()), |key| tx.wake(&key, at))
}

/// A layer is of no image now.
pub(crate) fn note_layer(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    repository: &str,
    digest: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    note(tx, What::Layer, scope, repository, digest, now.plus_millis(PATIENCE_MS))
}

/// An upload began.
pub(crate) fn note_upload(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    upload: &Upload,
) -> Result<(), StoreError> {
    let at = upload.touched.plus_millis(PATIENCE_MS);
    note(tx, What::Upload, scope, &upload.repository, &upload.id, at)
}

/// Puts a layer in, whose parts have owners already.
pub(crate) fn put_layer(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    layer: &Layer,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.put_raw(USE, Key::new().text(&layer.content).text(&layer.repository).as_bytes(), &[])?;
    tx.put(scope, layer)?;
    note_layer(tx, scope, &layer.repository, &layer.digest, now)
}

/// Takes a layer out; its bytes go where no other repository has mounted it.
pub(crate) fn remove_layer(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    layer: &Layer,
    now: Timestamp,
) -> Result<(), StoreError> {
    use store::Resource as _;
    tx.delete::<Layer>(scope, &layer.key())?;
    let content = Key::new().text(&layer.content);
    tx.delete_raw(USE, content.clone().text(&layer.repository).as_bytes())?;
    let others = tx.scan_raw(USE, &Range::prefix(content).limit(1))?;
    if others.is_empty() {
        give_up(tx, &layer.parts, now)?;
    }
    Ok(())
}

/// Takes an upload out, with its bytes.
pub(crate) fn remove_upload(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    upload: &Upload,
    now: Timestamp,
) -> Result<(), StoreError> {
    use store::Resource as _;
    tx.delete::<Upload>(scope, &upload.key())?;
    give_up(tx, &upload.parts, now)
}

/// No row names these bytes any more.
pub(crate) fn give_up(
    tx: &mut WriteTx<'_>,
    parts: &[Part],
    now: Timestamp,
) -> Result<(), StoreError> {
    parts.iter().try_for_each(|part| give_up_blob(tx, &part.blob, now))
}

/// No row names this blob any more.
pub(crate) fn give_up_blob(
    tx: &mut WriteTx<'_>,
    blob: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    match blob.parse() {
        Ok(blob) => BLOBS.give_up(tx, blob, now),
        Err(_) => Err(StoreError::Corrupt(format!("the blob id {blob:?}"))),
    }
}

/// A row names this blob from now on.
pub(crate) fn own(tx: &mut WriteTx<'_>, blob: &str) -> Result<(), StoreError> {
    match blob.parse() {
        Ok(blob) => BLOBS.own(tx, blob),
        Err(_) => Err(StoreError::Corrupt(format!("the blob id {blob:?}"))),
    }
}

struct Collector;

/// The reconciler that looks at what is noted.
pub(crate) fn collector(_yard: &Yard) -> Arc<dyn Reconciler> {
    Arc::new(Collector)
}

impl Reconciler for Collector {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn concurrency(&self) -> usize {
        1
    }

    fn reconcile(&self, run: Run) -> BoxFuture<Result<Next, EngineError>> {
        Box::pin(async move {
            loop {
                let now = run.now();
                let next = run.store().write(move |tx| collect(tx, now)).await?;
                match next {
                    Some(at) if at <= now && !run.is_stopping() => {}
                    Some(at) => return Ok(Next::At(at)),
                    None => return Ok(Next::Wait),
                }
            }
        })
    }

    fn on_exhausted(&self, _run: Run, error: EngineError) -> BoxFuture<Result<(), EngineError>> {
        // Nothing is lost: the next note wakes it again.
        tracing::error!(%error, "failed to collect forgotten layers and uploads");
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Looks at what is due; says when the next note is.
fn collect(tx: &mut WriteTx<'_>, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let rows = tx.scan_raw(DUE, &Range::all().limit(BATCH))?;
    for (row, _) in &rows {
        let note = Note::read(row)
            .ok_or_else(|| StoreError::Corrupt("a note of what is to be collected".to_owned()))?;
        if note.at > now {
            return Ok(Some(note.at));
        }
        tx.delete_raw(DUE, row)?;
        note.settle(tx, now)?;
    }
    Ok((rows.len() == BATCH).then_some(now))
}

struct Note {
    at: Timestamp,
    what: What,
    scope: Scope,
    repository: String,
    name: String,
}

impl Note {
    fn read(row: &[u8]) -> Option<Self> {
        let mut parts = Key::parts(row);
        Some(Self {
            at: parts.time()?,
            what: match parts.text()?.as_str() {
                "layer" => What::Layer,
                "upload" => What::Upload,
                _ => return None,
            },
            scope: Scope::parse(&parts.text()?)?,
            repository: parts.text()?,
            name: parts.text()?,
        })
    }

    fn settle(&self, tx: &mut WriteTx<'_>, now: Timestamp) -> Result<(), StoreError> {
        match self.what {
            What::Layer => self.settle_layer(tx, now),
            What::Upload => self.settle_upload(tx, now),
        }
    }

    fn settle_layer(&self, tx: &mut WriteTx<'_>, now: Timestamp) -> Result<(), StoreError> {
        let found = Layer::get(tx, &self.scope, &self.repository, &self.name)?;
        match found {
            Some(layer) if !layer.is_referenced(tx, &self.scope)? => {
                remove_layer(tx, &self.scope, &layer, now)
            }
            _ => Ok(()),
        }
    }

    fn settle_upload(&self, tx: &mut WriteTx<'_>, now: Timestamp) -> Result<(), StoreError> {
        let key = within(&self.repository, &self.name);
        let Some(upload) = tx.get::<Upload>(&self.scope, &key)? else { return Ok(()) };
        match upload.touched.plus_millis(PATIENCE_MS) > now {
            true => note_upload(tx, &self.scope, &upload),
            false => remove_upload(tx, &self.scope, &upload, now),
        }
    }
}
