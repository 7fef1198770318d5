//! How a value of a group's reports went, over the last of them.

use api_developer::codebuild::*;
use formats::reports::TestStatus;
use service::Cx;
use store::{Query, ReadTx};
use types::{Scope, Timestamp};
use wire::Error;

use super::collect::percentage;
use super::model::{BY_GROUP, GroupRecord, ReportRecord};
use crate::errors::invalid;
use crate::listing;

pub(crate) async fn get_report_group_trend(
    cx: Cx,
    input: GetReportGroupTrendInput,
) -> Result<GetReportGroupTrendOutput, Error> {
    let (scope, field) = (cx.scope(), input.trend_field);
    let limit = listing::limit(input.num_of_reports);
    let reports = cx.read(|tx| {
        let group = GroupRecord::load(tx, &scope, &input.report_group_arn)?;
        let kind = group.group.kind.unwrap_or(ReportType::Test);
        if kind != kind_of(field) {
            return Err(invalid(format!(
                "Invalid trend field: {field} is not told of reports of the type {kind}"
            )));
        }
        newest(tx, &scope, &group.name, limit, cx.now())
    })?;
    let values: Vec<(Option<String>, f64)> = reports
        .into_iter()
        .filter_map(|record| Some((record.report.arn.clone(), value(field, &record.report)?)))
        .collect();
    let stats = (!values.is_empty()).then(|| {
        let numbers = || values.iter().map(|(_, value)| *value);
        // At most 100 reports.
        let count = f64::from(u8::try_from(values.len()).unwrap_or(u8::MAX));
        ReportGroupTrendStats {
            average: Some(show(numbers().sum::<f64>() / count)),
            max: numbers().reduce(f64::max).map(show),
            min: numbers().reduce(f64::min).map(show),
        }
    });
    let raw_data = values
        .into_iter()
        .map(|(report_arn, value)| ReportWithRawData { report_arn, data: Some(show(value)) })
        .collect();
    Ok(GetReportGroupTrendOutput { stats, raw_data: Some(raw_data) })
}

/// The newest reports of a group that came to an end, newest first.
pub(super) fn newest(
    tx: &ReadTx<'_>,
    scope: &Scope,
    group: &str,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<ReportRecord>, Error> {
    let (mut reports, mut after) = (Vec::new(), None);
    loop {
        let query = Query::first(listing::PAGE).after(after).reversed();
        let page = tx.by_index::<ReportRecord>(scope, BY_GROUP, group, &query)?;
        for record in page.items {
            let record = record.into_inner();
            let ended = matches!(
                record.report.status,
                Some(ReportStatusType::Succeeded | ReportStatusType::Failed)
            );
            // Sorted by time: what is behind an expired report has expired as well.
            if record.is_expired(now) || reports.len() >= limit {
                return Ok(reports);
            }
            if ended {
                reports.push(record);
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(reports);
        }
    }
}

fn kind_of(field: ReportGroupTrendFieldType) -> ReportType {
    use ReportGroupTrendFieldType::{Duration, PassRate, Total};
    match field {
        PassRate | Duration | Total => ReportType::Test,
        _ => ReportType::CodeCoverage,
    }
}

/// Durations in nanoseconds, as reports tell them.
fn value(field: ReportGroupTrendFieldType, report: &Report) -> Option<f64> {
    use ReportGroupTrendFieldType::*;
    let tests = report.test_summary.as_ref();
    let coverage = report.code_coverage_summary.as_ref();
    match field {
        PassRate => {
            let tests = tests?;
            let passed = tests.status_counts.get(TestStatus::Succeeded.as_str())?;
            let passed = u64::try_from(*passed).ok()?;
            let rest = u64::try_from(tests.total).ok()?.checked_sub(passed)?;
            percentage((passed, rest))
        }
        // Exact up to 104 days.
        Duration => Some(tests?.duration_in_nano_seconds as f64),
        Total => Some(f64::from(tests?.total)),
        LineCoverage => coverage?.line_coverage_percentage,
        LinesCovered => coverage?.lines_covered.map(f64::from),
        LinesMissed => coverage?.lines_missed.map(f64::from),
        BranchCoverage => coverage?.branch_coverage_percentage,
        BranchesCovered => coverage?.branches_covered.map(f64::from),
        BranchesMissed => coverage?.branches_missed.map(f64::from),
    }
}

/// With at most two decimals.
fn show(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn values_are_shown_short() {
        for (value, shown) in [(0.0, "0"), (100.0, "100"), (66.666, "66.67"), (0.5, "0.5")] {
            assert_eq!(super::show(value), shown);
        }
    }
}
