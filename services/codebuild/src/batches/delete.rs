//! Batches that are deleted, with their builds.

use api_developer::codebuild::*;
use service::Cx;
use wire::Error;

use super::model::{BatchRecord, batch_id};
use crate::errors::invalid;
use crate::model::{self, BuildRecord};

pub(crate) async fn delete_build_batch(
    cx: Cx,
    input: DeleteBuildBatchInput,
) -> Result<DeleteBuildBatchOutput, Error> {
    let scope = cx.scope();
    let id = batch_id(&scope, &input.id).to_owned();
    let deleted = cx
        .write(move |tx| {
            let Some(record) = tx.get::<BatchRecord>(&scope, &id)? else {
                return Err(invalid(format!("Build batch cannot be found: {id}")));
            };
            // Its builds have ended too: it does not end before them.
            if !record.is_complete() {
                return Err(invalid(format!(
                    "Build batch {id} is in progress: stop it before deleting it"
                )));
            }
            let mut deleted = Vec::new();
            for group in record.groups() {
                let current = group.current_build_summary.iter();
                for summary in current.chain(group.prior_build_summary_list.iter().flatten()) {
                    let Some(arn) = &summary.arn else { continue };
                    let build = model::build_id(&scope, arn);
                    // One may have been deleted before.
                    if tx.exists::<BuildRecord>(&scope, build)? {
                        tx.delete::<BuildRecord>(&scope, build)?;
                        deleted.push(arn.clone());
                    }
                }
            }
            tx.delete::<BatchRecord>(&scope, &id)?;
            Ok(deleted)
        })
        .await?;
    Ok(DeleteBuildBatchOutput {
        status_code: Some("BUILD_BATCH_DELETED".to_owned()),
        builds_deleted: Some(deleted),
        builds_not_deleted: Some(Vec::new()),
    })
}
