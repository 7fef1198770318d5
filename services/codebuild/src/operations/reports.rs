//! Reports and report groups.

use service::Service;

/// Their rows.
pub(super) fn rows(service: Service) -> Service {
    service.lacks(&[
        "BatchGetReportGroups",
        "BatchGetReports",
        "CreateReportGroup",
        "DeleteReport",
        "DeleteReportGroup",
        "DescribeCodeCoverages",
        "DescribeTestCases",
        "GetReportGroupTrend",
        "ListReportGroups",
        "ListReports",
        "ListReportsForReportGroup",
        "UpdateReportGroup",
    ])
}
