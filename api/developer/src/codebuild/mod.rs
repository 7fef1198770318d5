//! AWS CodeBuild's shapes, after the
//! [API reference](https://docs.aws.amazon.com/codebuild/latest/APIReference/Welcome.html).

// Members have AWS's names and meanings; each shape names the page that tells them.
#![allow(missing_docs)]

mod batches;
mod builds;
mod common;
mod fleets;
mod images;
mod projects;
mod reports;
mod sandboxes;
mod sharing;
mod source_credentials;
mod webhooks;

pub use batches::*;
pub use builds::*;
pub use common::*;
pub use fleets::*;
pub use images::*;
pub use projects::*;
pub use reports::*;
pub use sandboxes::*;
pub use sharing::*;
pub use source_credentials::*;
pub use webhooks::*;

use shape::Empty;

shape::operations! { "codebuild";
    CreateProject(CreateProjectInput) -> CreateProjectOutput;
    UpdateProject(UpdateProjectInput) -> UpdateProjectOutput;
    DeleteProject(DeleteProjectInput) -> Empty;
    ListProjects(ListProjectsInput) -> ListProjectsOutput;
    BatchGetProjects(BatchGetProjectsInput) -> BatchGetProjectsOutput;
    InvalidateProjectCache(InvalidateProjectCacheInput) -> Empty;
    StartBuild(StartBuildInput) -> StartBuildOutput;
    StopBuild(StopBuildInput) -> StopBuildOutput;
    RetryBuild(RetryBuildInput) -> RetryBuildOutput;
    BatchGetBuilds(BatchGetBuildsInput) -> BatchGetBuildsOutput;
    ListBuilds(ListBuildsInput) -> ListBuildsOutput;
    ListBuildsForProject(ListBuildsForProjectInput) -> ListBuildsForProjectOutput;
    BatchDeleteBuilds(BatchDeleteBuildsInput) -> BatchDeleteBuildsOutput;
    CreateReportGroup(CreateReportGroupInput) -> CreateReportGroupOutput;
    UpdateReportGroup(UpdateReportGroupInput) -> UpdateReportGroupOutput;
    DeleteReportGroup(DeleteReportGroupInput) -> Empty;
    BatchGetReportGroups(BatchGetReportGroupsInput) -> BatchGetReportGroupsOutput;
    ListReportGroups(ListReportGroupsInput) -> ListReportGroupsOutput;
    BatchGetReports(BatchGetReportsInput) -> BatchGetReportsOutput;
    DeleteReport(DeleteReportInput) -> Empty;
    ListReports(ListReportsInput) -> ListReportsOutput;
    ListReportsForReportGroup(ListReportsForReportGroupInput) -> ListReportsForReportGroupOutput;
    DescribeTestCases(DescribeTestCasesInput) -> DescribeTestCasesOutput;
    DescribeCodeCoverages(DescribeCodeCoveragesInput) -> DescribeCodeCoveragesOutput;
    GetReportGroupTrend(GetReportGroupTrendInput) -> GetReportGroupTrendOutput;
    BatchGetFleets(BatchGetFleetsInput) -> BatchGetFleetsOutput;
    ListFleets(ListFleetsInput) -> ListFleetsOutput;
    ListCuratedEnvironmentImages(Empty) -> ListCuratedEnvironmentImagesOutput;
}
