//! Reports: shown, listed, deleted.

use api_developer::codebuild::*;
use service::Cx;
use shape::Empty;
use store::{Query, Resource, StoreError, WakeKey, WriteTx};
use types::{PageToken, Scope};
use wire::Error;

use super::model::{self, BY_GROUP, BY_GROUP_STATUS, BY_STATUS, GroupRecord, ReportRecord};
use super::{expiry, rows};
use crate::errors;
use crate::listing;
use crate::model::{BY_TIME, EVERY};

pub(crate) async fn batch_get_reports(
    cx: Cx,
    input: BatchGetReportsInput,
) -> Result<BatchGetReportsOutput, Error> {
    let (mut reports, mut missing) = (Vec::new(), Vec::new());
    let (scope, now) = (cx.scope(), cx.now());
    cx.read(|tx| {
        for arn in &input.report_arns {
            match ReportRecord::find(tx, &scope, arn, now)? {
                Some(found) => reports.push(found.report),
                None => missing.push(arn.clone()),
            }
        }
        Ok(())
    })?;
    Ok(BatchGetReportsOutput { reports: Some(reports), reports_not_found: Some(missing) })
}

/// Deletes a report with its test cases; what was exported stays.
pub(crate) async fn delete_report(cx: Cx, input: DeleteReportInput) -> Result<Empty, Error> {
    let scope = cx.scope();
    // Deleting what is not there is fine.
    if let Some(id) = model::report_id(&scope, &input.arn)?.map(str::to_owned) {
        cx.write(move |tx| {
            let Some(record) = tx.get::<ReportRecord>(&scope, &id)? else { return Ok(()) };
            Ok(delete(tx, &scope, &record)?)
        })
        .await?;
    }
    Ok(Empty {})
}

/// Deletes a report and all that belongs to it.
pub(super) fn delete(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    record: &ReportRecord,
) -> Result<(), StoreError> {
    rows::forget(tx, record.uuid())?;
    tx.cancel_wake(&WakeKey::new(expiry::REPORTS, scope, record.id.as_str()))?;
    tx.delete::<ReportRecord>(scope, &record.id)?;
    Ok(())
}

pub(crate) async fn list_reports(
    cx: Cx,
    input: ListReportsInput,
) -> Result<ListReportsOutput, Error> {
    let status = input.filter.and_then(|filter| filter.status);
    let index = match status {
        Some(status) => (BY_STATUS, status.as_str().to_owned()),
        None => (BY_TIME, EVERY.to_owned()),
    };
    let wanted = Wanted {
        name: format!("ListReports/{}", index.1),
        index,
        order: input.sort_order,
        token: input.next_token,
        limit: listing::limit(input.max_results),
    };
    let (reports, next_token) = page(&cx, &wanted)?;
    Ok(ListReportsOutput { reports: Some(reports), next_token })
}

pub(crate) async fn list_reports_for_report_group(
    cx: Cx,
    input: ListReportsForReportGroupInput,
) -> Result<ListReportsForReportGroupOutput, Error> {
    let scope = cx.scope();
    let group = cx.read(|tx| GroupRecord::load(tx, &scope, &input.report_group_arn))?;
    let index = match input.filter.and_then(|filter| filter.status) {
        Some(status) => (BY_GROUP_STATUS, format!("{} {status}", group.name)),
        None => (BY_GROUP, group.name.clone()),
    };
    let wanted = Wanted {
        name: format!("ListReportsForReportGroup/{}", index.1),
        index,
        order: input.sort_order,
        token: input.next_token,
        limit: listing::limit(input.max_results),
    };
    let (reports, next_token) = page(&cx, &wanted)?;
    Ok(ListReportsForReportGroupOutput { reports: Some(reports), next_token })
}

struct Wanted {
    /// Operation and filter; a token of one listing is refused by another.
    name: String,
    index: (&'static str, String),
    /// Newest first, unless told otherwise.
    order: Option<SortOrderType>,
    token: Option<String>,
    limit: usize,
}

/// One page of ARNs, and the token of the next. Expired reports are left out, so that it may be
/// short.
fn page(cx: &Cx, wanted: &Wanted) -> Result<(Vec<String>, Option<String>), Error> {
    let order = wanted.order.unwrap_or(SortOrderType::Descending);
    let name = format!("{}/{order}", wanted.name);
    let after = wanted.token.as_deref().map(|token| PageToken::decode(&name, token)).transpose();
    let query = Query {
        after: after.map_err(|_| errors::invalid("Invalid next token provided"))?,
        limit: wanted.limit,
        reverse: order == SortOrderType::Descending,
        ..Query::default()
    };
    let (scope, now) = (cx.scope(), cx.now());
    let (index, value) = &wanted.index;
    let found = cx.read(|tx| Ok(tx.by_index::<ReportRecord>(&scope, index, value, &query)?))?;
    let next = found.next.map(|next| PageToken::encode(&name, &next));
    let reports = found.items.iter().filter(|record| !record.is_expired(now));
    Ok((reports.map(|record| model::report_arn(&scope, &record.value.key())).collect(), next))
}
