//! Branches.

use shape::{Empty, Shape};

use super::bounds::{BRANCH_NAME, REPOSITORY_NAME};

shape::operations! { "codecommit";
    CreateBranch(CreateBranchInput) -> Empty;
    DeleteBranch(DeleteBranchInput) -> DeleteBranchOutput;
    GetBranch(GetBranchInput) -> GetBranchOutput;
    ListBranches(ListBranchesInput) -> ListBranchesOutput;
}

/// [BranchInfo](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BranchInfo.html)
#[derive(Shape, Default, Clone)]
pub struct BranchInfo {
    pub branch_name: Option<String>,
    pub commit_id: Option<String>,
}

/// [CreateBranch](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateBranch.html)
#[derive(Shape, Default, Clone)]
pub struct CreateBranchInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, like = BRANCH_NAME)]
    pub branch_name: String,
    #[shape(required, missing = "CommitIdRequiredException")]
    pub commit_id: String,
}

/// [DeleteBranch](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeleteBranch.html)
#[derive(Shape, Default, Clone)]
pub struct DeleteBranchInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, like = BRANCH_NAME)]
    pub branch_name: String,
}

/// [DeleteBranch](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeleteBranch.html)
#[derive(Shape, Default, Clone)]
pub struct DeleteBranchOutput {
    pub deleted_branch: Option<BranchInfo>,
}

/// [GetBranch](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetBranch.html)
#[derive(Shape, Default, Clone)]
pub struct GetBranchInput {
    #[shape(like = REPOSITORY_NAME)]
    pub repository_name: Option<String>,
    #[shape(like = BRANCH_NAME)]
    pub branch_name: Option<String>,
}

/// [GetBranch](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetBranch.html)
#[derive(Shape, Default, Clone)]
pub struct GetBranchOutput {
    pub branch: Option<BranchInfo>,
}

/// [ListBranches](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListBranches.html)
#[derive(Shape, Default, Clone)]
pub struct ListBranchesInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    pub next_token: Option<String>,
}

/// [ListBranches](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListBranches.html)
#[derive(Shape, Default, Clone)]
pub struct ListBranchesOutput {
    pub branches: Vec<String>,
    pub next_token: Option<String>,
}
