//! What is shared with other accounts.

use shape::{Empty, Shape};

use super::common::SortOrderType;

/// [PutResourcePolicy](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_PutResourcePolicy.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct PutResourcePolicyInput {
    #[shape(required, min = 1)]
    pub policy: String,
    #[shape(required, min = 1)]
    pub resource_arn: String,
}

/// [PutResourcePolicy](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_PutResourcePolicy.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct PutResourcePolicyOutput {
    #[shape(min = 1)]
    pub resource_arn: Option<String>,
}

/// [GetResourcePolicy](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_GetResourcePolicy.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetResourcePolicyInput {
    #[shape(required, min = 1)]
    pub resource_arn: String,
}

/// [GetResourcePolicy](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_GetResourcePolicy.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetResourcePolicyOutput {
    #[shape(min = 1)]
    pub policy: Option<String>,
}

/// [DeleteResourcePolicy](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteResourcePolicy.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeleteResourcePolicyInput {
    #[shape(required, min = 1)]
    pub resource_arn: String,
}

shape::string_enum! {
    /// Shared resource sort by type.
    pub enum SharedResourceSortByType { Arn = "ARN", ModifiedTime = "MODIFIED_TIME" }
}

/// [ListSharedProjects](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListSharedProjects.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListSharedProjectsInput {
    pub sort_by: Option<SharedResourceSortByType>,
    pub sort_order: Option<SortOrderType>,
    #[shape(min = 1, max = 100)]
    pub max_results: Option<i32>,
    #[shape(min = 1)]
    pub next_token: Option<String>,
}

/// [ListSharedProjects](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListSharedProjects.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListSharedProjectsOutput {
    pub next_token: Option<String>,
    pub projects: Option<Vec<String>>,
}

/// [ListSharedReportGroups](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListSharedReportGroups.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListSharedReportGroupsInput {
    pub sort_order: Option<SortOrderType>,
    pub sort_by: Option<SharedResourceSortByType>,
    pub next_token: Option<String>,
    #[shape(min = 1, max = 100)]
    pub max_results: Option<i32>,
}

/// [ListSharedReportGroups](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListSharedReportGroups.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListSharedReportGroupsOutput {
    pub next_token: Option<String>,
    pub report_groups: Option<Vec<String>>,
}

shape::operations! { "codebuild";
    PutResourcePolicy(PutResourcePolicyInput) -> PutResourcePolicyOutput;
    GetResourcePolicy(GetResourcePolicyInput) -> GetResourcePolicyOutput;
    DeleteResourcePolicy(DeleteResourcePolicyInput) -> Empty;
    ListSharedProjects(ListSharedProjectsInput) -> ListSharedProjectsOutput;
    ListSharedReportGroups(ListSharedReportGroupsInput) -> ListSharedReportGroupsOutput;
}
