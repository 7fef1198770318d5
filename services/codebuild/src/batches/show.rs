//! Batches told and listed.

use api_developer::codebuild::*;
use service::Cx;
use wire::Error;

use super::model::{BatchRecord, batch_id, with_status};
use crate::listing::{self, Wanted};
use crate::model::{self, BY_PROJECT, BY_TIME, EVERY, ProjectRecord};

pub(crate) async fn batch_get_build_batches(
    cx: Cx,
    input: BatchGetBuildBatchesInput,
) -> Result<BatchGetBuildBatchesOutput, Error> {
    let (mut batches, mut missing) = (Vec::new(), Vec::new());
    let scope = cx.scope();
    cx.read(|tx| {
        for id in &input.ids {
            match tx.get::<BatchRecord>(&scope, batch_id(&scope, id))? {
                Some(found) => batches.push(found.into_inner().batch),
                None => missing.push(id.clone()),
            }
        }
        Ok(())
    })?;
    Ok(BatchGetBuildBatchesOutput {
        build_batches: Some(batches),
        build_batches_not_found: Some(missing),
    })
}

pub(crate) async fn list_build_batches(
    cx: Cx,
    input: ListBuildBatchesInput,
) -> Result<ListBuildBatchesOutput, Error> {
    let order = input.sort_order.unwrap_or(SortOrderType::Descending);
    let value = with_status(EVERY, input.filter.and_then(|filter| filter.status));
    let wanted = Wanted {
        name: format!("ListBuildBatches/{value}/{order}"),
        index: Some((BY_TIME, &value)),
        order,
        token: input.next_token.as_deref(),
        limit: listing::limit(input.max_results),
    };
    let (ids, next_token) = cx.read(|tx| listing::page::<BatchRecord>(tx, &cx.scope(), &wanted))?;
    Ok(ListBuildBatchesOutput { ids: Some(ids), next_token })
}

/// The batches of a project; of all where none is named, as the member is optional.
pub(crate) async fn list_build_batches_for_project(
    cx: Cx,
    input: ListBuildBatchesForProjectInput,
) -> Result<ListBuildBatchesForProjectOutput, Error> {
    let order = input.sort_order.unwrap_or(SortOrderType::Descending);
    let scope = cx.scope();
    let name = input.project_name.as_deref().map(|name| model::project_name(&scope, name));
    let status = input.filter.and_then(|filter| filter.status);
    let value = with_status(name.unwrap_or(EVERY), status);
    let wanted = Wanted {
        name: format!("ListBuildBatchesForProject/{value}/{order}"),
        index: Some((name.map_or(BY_TIME, |_| BY_PROJECT), &value)),
        order,
        token: input.next_token.as_deref(),
        limit: listing::limit(input.max_results),
    };
    let (ids, next_token) = cx.read(|tx| {
        if let Some(name) = name {
            ProjectRecord::load(tx, &scope, name)?;
        }
        listing::page::<BatchRecord>(tx, &scope, &wanted)
    })?;
    Ok(ListBuildBatchesForProjectOutput { ids: Some(ids), next_token })
}
