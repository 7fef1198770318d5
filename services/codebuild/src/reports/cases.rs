//! The test cases of a report.

use api_developer::codebuild::*;
use formats::reports::TestStatus;
use service::Cx;
use types::PageToken;
use wire::Error;

use super::model::ReportRecord;
use super::rows;
use crate::errors::{self, invalid};
use crate::listing;

pub(crate) async fn describe_test_cases(
    cx: Cx,
    input: DescribeTestCasesInput,
) -> Result<DescribeTestCasesOutput, Error> {
    let filter = input.filter.unwrap_or_default();
    if filter.status.as_deref().is_some_and(|status| TestStatus::parse(status).is_none()) {
        let known: Vec<&str> = TestStatus::ALL.iter().map(|status| status.as_str()).collect();
        return Err(invalid(format!("Invalid filter: status must be one of {}", known.join(", "))));
    }
    let (scope, now) = (cx.scope(), cx.now());
    let (report, cases) = cx.read(|tx| {
        let report = ReportRecord::find(tx, &scope, &input.report_arn, now)?.ok_or_else(|| {
            errors::NOT_FOUND.error(format!("Report cannot be found: {}", input.report_arn))
        })?;
        let cases = rows::cases(tx, report.uuid())?;
        Ok((report, cases))
    })?;
    if report.report.kind != Some(ReportType::Test) {
        return Err(invalid(format!("Report has no test cases: {}", input.report_arn)));
    }
    let name = format!("DescribeTestCases/{}/{:?}/{:?}", report.id, filter.status, filter.keyword);
    let bad = |_| invalid("Invalid next token provided");
    let after = input.next_token.as_deref().map(|token| PageToken::decode(&name, token));
    // The place in the report that comes first on this page.
    let from: usize = match after.transpose().map_err(bad)? {
        Some(place) => place.parse().map_err(|_| invalid("Invalid next token provided"))?,
        None => 0,
    };
    let limit = listing::limit(input.max_results);
    let wanted = |case: &TestCase| matches(case, &filter);
    let mut found =
        cases.into_iter().map(|row| row.case).enumerate().skip(from).filter(|(_, it)| wanted(it));
    let page = found.by_ref().take(limit).map(|(_, case)| case);
    let test_cases = page
        .map(|case| TestCase {
            report_arn: report.report.arn.clone(),
            expired: report.report.expired,
            ..case
        })
        .collect();
    let next_token = found.next().map(|(place, _)| PageToken::encode(&name, &place.to_string()));
    Ok(DescribeTestCasesOutput { test_cases: Some(test_cases), next_token })
}

fn matches(case: &TestCase, filter: &TestCaseFilter) -> bool {
    let contains = |text: &Option<String>, keyword: &str| {
        text.as_deref().is_some_and(|text| text.contains(keyword))
    };
    filter.status.as_ref().is_none_or(|status| case.status.as_ref() == Some(status))
        && filter
            .keyword
            .as_ref()
            .is_none_or(|keyword| contains(&case.name, keyword) || contains(&case.prefix, keyword))
}
