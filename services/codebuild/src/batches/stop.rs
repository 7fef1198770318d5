//! Batches that somebody stops.

use api_developer::codebuild::*;
use service::Cx;
use wire::Error;

use super::model::{BatchRecord, batch_id};

/// Asks the batch's reconciler to stop the builds that are under way and to start no more.
pub(crate) async fn stop_build_batch(
    cx: Cx,
    input: StopBuildBatchInput,
) -> Result<StopBuildBatchOutput, Error> {
    let (scope, now) = (cx.scope(), cx.now());
    let id = batch_id(&scope, &input.id).to_owned();
    let batch = cx
        .write(move |tx| {
            let mut record = BatchRecord::load(tx, &scope, &id)?;
            if !record.is_complete() && !record.stop_requested {
                record.stop_requested = true;
                tx.update(&scope, &record)?;
                super::wake(tx, &scope, &id, now)?;
            }
            Ok(record.into_inner().batch)
        })
        .await?;
    Ok(StopBuildBatchOutput { build_batch: Some(batch) })
}
