//! Reports and report groups.

use std::collections::BTreeMap;

use shape::{Shape, Timestamp};

use super::common::*;
use super::projects::Tag;

/// [ReportGroup](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ReportGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ReportGroup {
    pub arn: Option<String>,
    pub name: Option<String>,
    #[shape(name = "type")]
    pub kind: Option<ReportType>,
    pub export_config: Option<ReportExportConfig>,
    pub created: Option<Timestamp>,
    pub last_modified: Option<Timestamp>,
    pub tags: Option<Vec<Tag>>,
    pub status: Option<ReportGroupStatusType>,
}

shape::string_enum! {
    /// Report type.
    pub enum ReportType { Test = "TEST", CodeCoverage = "CODE_COVERAGE" }
}

shape::string_enum! {
    /// Report group status type.
    pub enum ReportGroupStatusType { Active = "ACTIVE", Deleting = "DELETING" }
}

/// [ReportExportConfig](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ReportExportConfig.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ReportExportConfig {
    pub export_config_type: Option<ReportExportConfigType>,
    pub s3_destination: Option<S3ReportExportConfig>,
}

shape::string_enum! {
    /// Report export config type.
    pub enum ReportExportConfigType { S3 = "S3", NoExport = "NO_EXPORT" }
}

/// [S3ReportExportConfig](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_S3ReportExportConfig.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct S3ReportExportConfig {
    #[shape(min = 1)]
    pub bucket: Option<String>,
    pub bucket_owner: Option<String>,
    pub path: Option<String>,
    pub packaging: Option<ReportPackagingType>,
    #[shape(min = 1)]
    pub encryption_key: Option<String>,
    pub encryption_disabled: Option<bool>,
}

shape::string_enum! {
    /// Report packaging type.
    pub enum ReportPackagingType { Zip = "ZIP", None = "NONE" }
}

/// [Report](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Report.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct Report {
    pub arn: Option<String>,
    #[shape(name = "type")]
    pub kind: Option<ReportType>,
    pub name: Option<String>,
    pub report_group_arn: Option<String>,
    pub execution_id: Option<String>,
    pub status: Option<ReportStatusType>,
    pub created: Option<Timestamp>,
    pub expired: Option<Timestamp>,
    pub export_config: Option<ReportExportConfig>,
    pub truncated: Option<bool>,
    pub test_summary: Option<TestReportSummary>,
    pub code_coverage_summary: Option<CodeCoverageReportSummary>,
}

shape::string_enum! {
    /// Report status type.
    pub enum ReportStatusType { Generating = "GENERATING", Succeeded = "SUCCEEDED", Failed = "FAILED", Incomplete = "INCOMPLETE", Deleting = "DELETING" }
}

/// [TestReportSummary](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_TestReportSummary.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct TestReportSummary {
    #[shape(required)]
    pub total: i32,
    #[shape(required)]
    pub status_counts: BTreeMap<String, i32>,
    #[shape(required)]
    pub duration_in_nano_seconds: i64,
}

/// [CodeCoverageReportSummary](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CodeCoverageReportSummary.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct CodeCoverageReportSummary {
    pub line_coverage_percentage: Option<f64>,
    pub lines_covered: Option<i32>,
    pub lines_missed: Option<i32>,
    pub branch_coverage_percentage: Option<f64>,
    pub branches_covered: Option<i32>,
    pub branches_missed: Option<i32>,
}

/// [TestCase](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_TestCase.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct TestCase {
    pub report_arn: Option<String>,
    pub test_raw_data_path: Option<String>,
    pub prefix: Option<String>,
    pub name: Option<String>,
    pub status: Option<String>,
    pub duration_in_nano_seconds: Option<i64>,
    pub message: Option<String>,
    pub expired: Option<Timestamp>,
    pub test_suite_name: Option<String>,
}

/// [CodeCoverage](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CodeCoverage.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct CodeCoverage {
    pub id: Option<String>,
    #[shape(name = "reportARN")]
    pub report_arn: Option<String>,
    pub file_path: Option<String>,
    pub line_coverage_percentage: Option<f64>,
    pub lines_covered: Option<i32>,
    pub lines_missed: Option<i32>,
    pub branch_coverage_percentage: Option<f64>,
    pub branches_covered: Option<i32>,
    pub branches_missed: Option<i32>,
    pub expired: Option<Timestamp>,
}

/// [CreateReportGroup](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateReportGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct CreateReportGroupInput {
    #[shape(required, min = 2, max = 128)]
    pub name: String,
    #[shape(name = "type", required)]
    pub kind: ReportType,
    #[shape(required)]
    pub export_config: ReportExportConfig,
    #[shape(max = 50)]
    pub tags: Option<Vec<Tag>>,
}

/// [CreateReportGroup](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateReportGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct CreateReportGroupOutput {
    pub report_group: Option<ReportGroup>,
}

/// [UpdateReportGroup](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateReportGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct UpdateReportGroupInput {
    #[shape(required, min = 1)]
    pub arn: String,
    pub export_config: Option<ReportExportConfig>,
    #[shape(max = 50)]
    pub tags: Option<Vec<Tag>>,
}

/// [UpdateReportGroup](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateReportGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct UpdateReportGroupOutput {
    pub report_group: Option<ReportGroup>,
}

/// [DeleteReportGroup](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteReportGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeleteReportGroupInput {
    #[shape(required, min = 1)]
    pub arn: String,
    pub delete_reports: Option<bool>,
}

/// [BatchGetReportGroups](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetReportGroups.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetReportGroupsInput {
    #[shape(required, min = 1, max = 100)]
    pub report_group_arns: Vec<String>,
}

/// [BatchGetReportGroups](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetReportGroups.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetReportGroupsOutput {
    pub report_groups: Option<Vec<ReportGroup>>,
    pub report_groups_not_found: Option<Vec<String>>,
}

/// [ListReportGroups](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListReportGroups.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListReportGroupsInput {
    pub sort_order: Option<SortOrderType>,
    pub sort_by: Option<ReportGroupSortByType>,
    pub next_token: Option<String>,
    #[shape(min = 1, max = 100)]
    pub max_results: Option<i32>,
}

shape::string_enum! {
    /// Report group sort by type.
    pub enum ReportGroupSortByType { Name = "NAME", CreatedTime = "CREATED_TIME", LastModifiedTime = "LAST_MODIFIED_TIME" }
}

/// [ListReportGroups](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListReportGroups.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListReportGroupsOutput {
    pub next_token: Option<String>,
    pub report_groups: Option<Vec<String>>,
}

/// [BatchGetReports](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetReports.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetReportsInput {
    #[shape(required, min = 1, max = 100)]
    pub report_arns: Vec<String>,
}

/// [BatchGetReports](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetReports.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetReportsOutput {
    pub reports: Option<Vec<Report>>,
    pub reports_not_found: Option<Vec<String>>,
}

/// [DeleteReport](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteReport.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeleteReportInput {
    #[shape(required, min = 1)]
    pub arn: String,
}

/// [ReportFilter](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ReportFilter.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ReportFilter {
    pub status: Option<ReportStatusType>,
}

/// [ListReports](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListReports.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListReportsInput {
    pub sort_order: Option<SortOrderType>,
    pub next_token: Option<String>,
    #[shape(min = 1, max = 100)]
    pub max_results: Option<i32>,
    pub filter: Option<ReportFilter>,
}

/// [ListReports](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListReports.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListReportsOutput {
    pub next_token: Option<String>,
    pub reports: Option<Vec<String>>,
}

/// [ListReportsForReportGroup](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListReportsForReportGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListReportsForReportGroupInput {
    #[shape(required)]
    pub report_group_arn: String,
    pub next_token: Option<String>,
    pub sort_order: Option<SortOrderType>,
    #[shape(min = 1, max = 100)]
    pub max_results: Option<i32>,
    pub filter: Option<ReportFilter>,
}

/// [ListReportsForReportGroup](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListReportsForReportGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListReportsForReportGroupOutput {
    pub next_token: Option<String>,
    pub reports: Option<Vec<String>>,
}

/// [TestCaseFilter](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_TestCaseFilter.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct TestCaseFilter {
    pub status: Option<String>,
    pub keyword: Option<String>,
}

/// [DescribeTestCases](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DescribeTestCases.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DescribeTestCasesInput {
    #[shape(required)]
    pub report_arn: String,
    pub next_token: Option<String>,
    #[shape(min = 1, max = 100)]
    pub max_results: Option<i32>,
    pub filter: Option<TestCaseFilter>,
}

/// [DescribeTestCases](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DescribeTestCases.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DescribeTestCasesOutput {
    pub next_token: Option<String>,
    pub test_cases: Option<Vec<TestCase>>,
}

/// [DescribeCodeCoverages](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DescribeCodeCoverages.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DescribeCodeCoveragesInput {
    #[shape(required, min = 1)]
    pub report_arn: String,
    pub next_token: Option<String>,
    #[shape(min = 1, max = 100)]
    pub max_results: Option<i32>,
    pub sort_order: Option<SortOrderType>,
    pub sort_by: Option<ReportCodeCoverageSortByType>,
    #[shape(min = 0, max = 100)]
    pub min_line_coverage_percentage: Option<f64>,
    #[shape(min = 0, max = 100)]
    pub max_line_coverage_percentage: Option<f64>,
}

shape::string_enum! {
    /// Report code coverage sort by type.
    pub enum ReportCodeCoverageSortByType { LineCoveragePercentage = "LINE_COVERAGE_PERCENTAGE", FilePath = "FILE_PATH" }
}

/// [DescribeCodeCoverages](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DescribeCodeCoverages.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DescribeCodeCoveragesOutput {
    pub next_token: Option<String>,
    pub code_coverages: Option<Vec<CodeCoverage>>,
}

/// [GetReportGroupTrend](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_GetReportGroupTrend.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetReportGroupTrendInput {
    #[shape(required, min = 1)]
    pub report_group_arn: String,
    #[shape(min = 1, max = 100)]
    pub num_of_reports: Option<i32>,
    #[shape(required)]
    pub trend_field: ReportGroupTrendFieldType,
}

shape::string_enum! {
    /// Report group trend field type.
    pub enum ReportGroupTrendFieldType { PassRate = "PASS_RATE", Duration = "DURATION", Total = "TOTAL", LineCoverage = "LINE_COVERAGE", LinesCovered = "LINES_COVERED", LinesMissed = "LINES_MISSED", BranchCoverage = "BRANCH_COVERAGE", BranchesCovered = "BRANCHES_COVERED", BranchesMissed = "BRANCHES_MISSED" }
}

/// [GetReportGroupTrend](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_GetReportGroupTrend.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetReportGroupTrendOutput {
    pub stats: Option<ReportGroupTrendStats>,
    pub raw_data: Option<Vec<ReportWithRawData>>,
}

/// [ReportGroupTrendStats](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ReportGroupTrendStats.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ReportGroupTrendStats {
    pub average: Option<String>,
    pub max: Option<String>,
    pub min: Option<String>,
}

/// [ReportWithRawData](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ReportWithRawData.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ReportWithRawData {
    pub report_arn: Option<String>,
    pub data: Option<String>,
}
