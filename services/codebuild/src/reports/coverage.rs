//! The source files of a coverage report.

use std::cmp::Ordering;

use api_developer::codebuild::*;
use service::Cx;
use types::PageToken;
use wire::Error;

use super::model::ReportRecord;
use super::rows;
use crate::errors::invalid;
use crate::listing;

pub(crate) async fn describe_code_coverages(
    cx: Cx,
    input: DescribeCodeCoveragesInput,
) -> Result<DescribeCodeCoveragesOutput, Error> {
    let least = percentage(input.min_line_coverage_percentage, "minLineCoveragePercentage")?;
    let most = percentage(input.max_line_coverage_percentage, "maxLineCoveragePercentage")?;
    if least > most {
        return Err(invalid(
            "Invalid line coverage: minLineCoveragePercentage is larger than \
             maxLineCoveragePercentage",
        ));
    }
    let (scope, now) = (cx.scope(), cx.now());
    let (report, mut files) = cx.read(|tx| {
        let missing = || invalid(format!("Report cannot be found: {}", input.report_arn));
        let report = ReportRecord::find(tx, &scope, &input.report_arn, now)?.ok_or_else(missing)?;
        let files = rows::files(tx, report.uuid())?;
        Ok((report, files))
    })?;
    if report.report.kind != Some(ReportType::CodeCoverage) {
        return Err(invalid(format!("Report has no code coverage: {}", input.report_arn)));
    }
    for (place, file) in files.iter_mut().enumerate() {
        // The same whenever it is asked for.
        file.id = Some(format!("{}-{place}", report.uuid()));
    }
    let bounds = (least, most);
    files.retain(|file| {
        let percentage = file.line_coverage_percentage;
        bounds.0.is_none_or(|least| percentage.is_some_and(|it| it >= least))
            && bounds.1.is_none_or(|most| percentage.is_some_and(|it| it <= most))
    });
    let sort = input.sort_by.unwrap_or(ReportCodeCoverageSortByType::FilePath);
    let order = input.sort_order.unwrap_or(SortOrderType::Ascending);
    files.sort_by(|a, b| {
        let ordering = compare(sort, a, b);
        if order == SortOrderType::Descending { ordering.reverse() } else { ordering }
    });
    let name = format!("DescribeCodeCoverages/{}/{sort}/{order}/{bounds:?}", report.id);
    let token = input.next_token.as_deref().map(|token| PageToken::decode(&name, token));
    let from: usize = match token.transpose() {
        Ok(None) => 0,
        Ok(Some(place)) => place.parse().map_err(|_| invalid("Invalid next token provided"))?,
        Err(_) => return Err(invalid("Invalid next token provided")),
    };
    let end = from.saturating_add(listing::limit(input.max_results));
    let next_token = (end < files.len()).then(|| PageToken::encode(&name, &end.to_string()));
    let page = files.into_iter().skip(from).take(end - from);
    let code_coverages = page
        .map(|file| CodeCoverage {
            report_arn: report.report.arn.clone(),
            expired: report.report.expired,
            ..file
        })
        .collect();
    Ok(DescribeCodeCoveragesOutput { code_coverages: Some(code_coverages), next_token })
}

fn percentage(given: Option<f64>, name: &str) -> Result<Option<f64>, Error> {
    match given {
        Some(value) if !(0.0..=100.0).contains(&value) => {
            Err(invalid(format!("Invalid {name}: it must be between 0 and 100")))
        }
        given => Ok(given),
    }
}

fn compare(sort: ReportCodeCoverageSortByType, a: &CodeCoverage, b: &CodeCoverage) -> Ordering {
    let by_path = || a.file_path.cmp(&b.file_path);
    match sort {
        ReportCodeCoverageSortByType::FilePath => by_path(),
        ReportCodeCoverageSortByType::LineCoveragePercentage => {
            let percentage = |file: &CodeCoverage| file.line_coverage_percentage.unwrap_or(-1.0);
            percentage(a).total_cmp(&percentage(b)).then_with(by_path)
        }
    }
}
