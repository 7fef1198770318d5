//! When keys and roles were last used, by whom they were used.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use service::{Error, Yard};
use shape::Shape;
use store::{Durability, ReadTx, WriteTx};
use types::Timestamp;

const SPACE: &str = "iam-used";
/// A use within this many milliseconds of the last one is not written down again.
const RESOLUTION_MILLIS: i64 = 60_000;
/// Most keys that are remembered in memory.
const MAX_REMEMBERED: usize = 10_000;

/// The last use.
#[derive(Shape, Default, Clone)]
pub(crate) struct Used {
    pub(crate) time: Timestamp,
    pub(crate) service: String,
    pub(crate) region: String,
}

/// When each was last written down.
#[derive(Default)]
struct Recent(Mutex<HashMap<String, i64>>);

/// The last use of an access key id or role id.
pub(crate) fn of(tx: &ReadTx<'_>, id: &str) -> Result<Option<Used>, Error> {
    let Some(bytes) = tx.get_raw(SPACE, id.as_bytes())? else { return Ok(None) };
    shape::json::from_slice(&bytes).map(Some).map_err(Error::internal)
}

/// Forgets what was known of an id that is no more.
pub(crate) fn forget(tx: &mut WriteTx<'_>, id: &str) -> Result<(), Error> {
    Ok(tx.delete_raw(SPACE, id.as_bytes())?)
}

/// Notes a use. It is written behind the answer, at most once a minute for each id.
pub(crate) fn note(yard: &Yard, id: &str, service: &str, region: &str) {
    let now = yard.clock().now();
    let recent = yard.extension(Recent::default);
    {
        let mut recent = recent.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = recent.get(id).copied();
        if last.is_some_and(|last| now.millis().saturating_sub(last) < RESOLUTION_MILLIS) {
            return;
        }
        if recent.len() >= MAX_REMEMBERED {
            recent.clear();
        }
        recent.insert(id.to_owned(), now.millis());
    }
    let used = Used {
        time: crate::names::whole_seconds(now),
        service: service.to_owned(),
        region: region.to_owned(),
    };
    let (bytes, id, store) = (shape::json::to_vec(&used), id.to_owned(), yard.store().clone());
    let write = async move {
        let result = store
            .write_with(Durability::Ordered, move |tx| tx.put_raw(SPACE, id.as_bytes(), &bytes))
            .await;
        if let Err(error) = result {
            tracing::warn!(%error, "failed to note the use of a key");
        }
    };
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(write);
    }
}
