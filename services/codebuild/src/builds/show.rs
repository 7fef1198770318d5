//! Builds told and listed.

use api_developer::codebuild::*;
use service::Cx;
use wire::Error;

use crate::listing::{self, Wanted};
use crate::model::{self, BY_PROJECT, BY_TIME, BuildRecord, EVERY, ProjectRecord};

pub(crate) async fn batch_get_builds(
    cx: Cx,
    input: BatchGetBuildsInput,
) -> Result<BatchGetBuildsOutput, Error> {
    let (mut builds, mut missing) = (Vec::new(), Vec::new());
    cx.read(|tx| {
        for id in &input.ids {
            // Another account's, where it shares the project; the right was checked.
            let (scope, key) = model::build_place(&cx.scope(), id);
            match tx.get::<BuildRecord>(&scope, key)? {
                Some(found) => builds.push(found.into_inner().build),
                None => missing.push(id.clone()),
            }
        }
        Ok(())
    })?;
    Ok(BatchGetBuildsOutput { builds: Some(builds), builds_not_found: Some(missing) })
}

pub(crate) async fn list_builds(cx: Cx, input: ListBuildsInput) -> Result<ListBuildsOutput, Error> {
    let order = input.sort_order.unwrap_or(SortOrderType::Descending);
    let wanted = Wanted {
        name: format!("ListBuilds/{order}"),
        index: Some((BY_TIME, EVERY)),
        order,
        token: input.next_token.as_deref(),
        limit: listing::PAGE,
    };
    let (ids, next_token) = cx.read(|tx| listing::page::<BuildRecord>(tx, &cx.scope(), &wanted))?;
    Ok(ListBuildsOutput { ids: Some(ids), next_token })
}

pub(crate) async fn list_builds_for_project(
    cx: Cx,
    input: ListBuildsForProjectInput,
) -> Result<ListBuildsForProjectOutput, Error> {
    let order = input.sort_order.unwrap_or(SortOrderType::Descending);
    let (scope, name) = model::project_place(&cx.scope(), &input.project_name);
    let wanted = Wanted {
        name: format!("ListBuildsForProject/{name}/{order}"),
        index: Some((BY_PROJECT, name)),
        order,
        token: input.next_token.as_deref(),
        limit: listing::PAGE,
    };
    let (ids, next_token) = cx.read(|tx| {
        ProjectRecord::load(tx, &scope, name)?;
        listing::page::<BuildRecord>(tx, &scope, &wanted)
    })?;
    Ok(ListBuildsForProjectOutput { ids: Some(ids), next_token })
}
