//! What follows from the end of a build, whichever way it came.

use store::{StoreError, WriteTx};
use types::{Scope, Timestamp};

use crate::model::BuildRecord;
use crate::{batches, events, queue, sandboxes};

/// Tells of the end, and whoever waits for it.
pub(crate) fn ended(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    record: &BuildRecord,
    now: Timestamp,
) -> Result<(), StoreError> {
    if record.sandbox.is_some() {
        sandboxes::end_all(tx, scope, record, now)?;
    } else {
        tx.emit(events::state_change(scope, &record.build, now))?;
    }
    queue::forget(tx, scope, record)?;
    match &record.part {
        Some(part) => batches::wake(tx, scope, &part.batch, now),
        None => Ok(()),
    }
}
