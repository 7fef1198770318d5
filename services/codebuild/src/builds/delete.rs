//! Builds that are deleted.

use api_developer::codebuild::*;
use service::Cx;
use wire::Error;

use crate::model::{self, BuildRecord};

pub(crate) async fn batch_delete_builds(
    cx: Cx,
    input: BatchDeleteBuildsInput,
) -> Result<BatchDeleteBuildsOutput, Error> {
    let scope = cx.scope();
    let (deleted, kept) = cx
        .write(move |tx| {
            let (mut deleted, mut kept) = (Vec::new(), Vec::new());
            for given in &input.ids {
                let id = model::build_id(&scope, given);
                let not_deleted = |status: &str| BuildNotDeleted {
                    id: Some(given.clone()),
                    status_code: Some(status.to_owned()),
                };
                match tx.get::<BuildRecord>(&scope, id)? {
                    None => kept.push(not_deleted("BUILD_NOT_FOUND")),
                    Some(record) if !record.is_complete() => {
                        kept.push(not_deleted("BUILD_IN_PROGRESS"));
                    }
                    Some(record) => {
                        tx.delete::<BuildRecord>(&scope, id)?;
                        deleted.push(record.arn().to_owned());
                    }
                }
            }
            Ok((deleted, kept))
        })
        .await?;
    Ok(BatchDeleteBuildsOutput { builds_deleted: Some(deleted), builds_not_deleted: Some(kept) })
}
