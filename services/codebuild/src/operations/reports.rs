//! Reports and report groups.

use api_developer::codebuild::*;
use api_developer::codeyard::ListFlakyTests;
use service::{Error, ErrorKind, Protocol, Right, Service, op};

use super::{on_all, with_tags};
use crate::errors;
use crate::listing::PAGE;
use crate::reports::model::{group_arn, right, right_of_report};
use crate::reports::{cases, coverage, expiry, flaky, groups, records, trend};

const INVALID: &[ErrorKind] = &[errors::INVALID_INPUT];
const INVALID_OR_MISSING: &[ErrorKind] = &[errors::INVALID_INPUT, errors::NOT_FOUND];

/// Their rows.
pub(super) fn rows(service: Service) -> Service {
    report_rows(group_rows(service.reconciler(expiry::reports).reconciler(expiry::groups)))
}

fn group_rows(service: Service) -> Service {
    service
        .operation(
            op(CreateReportGroup, groups::create_report_group)
                .write()
                .errors(&[errors::INVALID_INPUT, errors::ALREADY_EXISTS, errors::LIMIT_EXCEEDED])
                .rights(|cx, input| {
                    let arn = group_arn(&cx.scope(), &input.name);
                    let right = Right::new("codebuild:CreateReportGroup", arn);
                    Ok(vec![with_tags(right, input.tags.as_deref().unwrap_or_default())])
                }),
        )
        .operation(
            op(UpdateReportGroup, groups::update_report_group)
                .write()
                .errors(INVALID_OR_MISSING)
                .rights(|cx, input| {
                    let right = right(cx, "UpdateReportGroup", &input.arn)?;
                    Ok(vec![with_tags(right, input.tags.as_deref().unwrap_or_default())])
                }),
        )
        .operation(
            op(DeleteReportGroup, groups::delete_report_group)
                .write()
                .errors(INVALID)
                .rights(|cx, input| Ok(vec![right(cx, "DeleteReportGroup", &input.arn)?])),
        )
        .operation(
            op(BatchGetReportGroups, groups::batch_get_report_groups).errors(INVALID).rights(
                |cx, input| {
                    on_all(&input.report_group_arns, |arn| right(cx, "BatchGetReportGroups", arn))
                },
            ),
        )
        .operation(
            op(ListReportGroups, groups::list_report_groups).list().errors(INVALID).paginated(
                "nextToken",
                "maxResults",
                PAGE,
            ),
        )
        .operation(
            op(GetReportGroupTrend, trend::get_report_group_trend)
                .errors(INVALID_OR_MISSING)
                .rights(|cx, input| {
                    Ok(vec![right(cx, "GetReportGroupTrend", &input.report_group_arn)?])
                }),
        )
}

fn report_rows(service: Service) -> Service {
    service
        .operation(op(BatchGetReports, records::batch_get_reports).errors(INVALID).rights(
            |cx, input| {
                on_all(&input.report_arns, |arn| right_of_report(cx, "BatchGetReports", arn))
            },
        ))
        .operation(
            op(DeleteReport, records::delete_report)
                .write()
                .errors(INVALID)
                .rights(|cx, input| Ok(vec![right_of_report(cx, "DeleteReport", &input.arn)?])),
        )
        .operation(op(ListReports, records::list_reports).list().errors(INVALID).paginated(
            "nextToken",
            "maxResults",
            PAGE,
        ))
        .operation(
            op(ListReportsForReportGroup, records::list_reports_for_report_group)
                .list()
                .errors(INVALID_OR_MISSING)
                .rights(|cx, input| {
                    Ok(vec![right(cx, "ListReportsForReportGroup", &input.report_group_arn)?])
                })
                .paginated("nextToken", "maxResults", PAGE),
        )
        .operation(
            op(DescribeTestCases, cases::describe_test_cases)
                .errors(INVALID_OR_MISSING)
                .rights(|cx, input| {
                    Ok(vec![right_of_report(cx, "DescribeTestCases", &input.report_arn)?])
                })
                .paginated("nextToken", "maxResults", PAGE),
        )
        .operation(
            op(DescribeCodeCoverages, coverage::describe_code_coverages)
                .errors(INVALID)
                .rights(|cx, input| {
                    Ok(vec![right_of_report(cx, "DescribeCodeCoverages", &input.report_arn)?])
                })
                .paginated("nextToken", "maxResults", PAGE),
        )
}

/// Codeyard's own operations on what CodeBuild keeps: the service `codeyard`.
pub fn own_service() -> Service {
    Service::new("codeyard", Protocol::Json11)
        .target("Codeyard_20261121")
        .validation(errors::INVALID_INPUT)
        .operation(
            op(ListFlakyTests, flaky::list_flaky_tests)
                .action("codebuild:DescribeTestCases")
                .errors(INVALID_OR_MISSING)
                .rights(flaky_rights)
                .paginated("nextToken", "maxResults", PAGE),
        )
}

fn flaky_rights(
    cx: &service::Cx,
    input: &api_developer::codeyard::ListFlakyTestsInput,
) -> Result<Vec<Right>, Error> {
    Ok(vec![right(cx, "DescribeTestCases", &input.report_group_arn)?])
}
