//! Commits and what differs between them.

use shape::{Bytes, Shape};

use super::FileModeType;
use super::bounds::{BRANCH_NAME, REPOSITORY_NAME};

shape::operations! { "codecommit";
    CreateCommit(CreateCommitInput) -> CreateCommitOutput;
    GetCommit(GetCommitInput) -> GetCommitOutput;
    BatchGetCommits(BatchGetCommitsInput) -> BatchGetCommitsOutput;
    GetDifferences(GetDifferencesInput) -> GetDifferencesOutput;
    ListFileCommitHistory(ListFileCommitHistoryInput) -> ListFileCommitHistoryOutput;
}

shape::string_enum! {
    /// How a file differs.
    pub enum ChangeType { Added = "A", Modified = "M", Deleted = "D" }
}

/// [SourceFileSpecifier](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_SourceFileSpecifier.html)
#[derive(Shape, Default, Clone)]
pub struct SourceFileSpecifier {
    #[shape(required, missing = "PathRequiredException")]
    pub file_path: String,
    pub is_move: Option<bool>,
}

/// [PutFileEntry](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PutFileEntry.html)
#[derive(Shape, Default, Clone)]
pub struct PutFileEntry {
    #[shape(required, missing = "PathRequiredException")]
    pub file_path: String,
    #[shape(invalid = "InvalidFileModeException")]
    pub file_mode: Option<FileModeType>,
    #[shape(max = 6291456, invalid = "FileContentSizeLimitExceededException")]
    pub file_content: Option<Bytes>,
    pub source_file: Option<SourceFileSpecifier>,
}

/// [DeleteFileEntry](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeleteFileEntry.html)
#[derive(Shape, Default, Clone)]
pub struct DeleteFileEntry {
    #[shape(required, missing = "PathRequiredException")]
    pub file_path: String,
}

/// [SetFileModeEntry](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_SetFileModeEntry.html)
#[derive(Shape, Default, Clone)]
pub struct SetFileModeEntry {
    #[shape(required, missing = "PathRequiredException")]
    pub file_path: String,
    #[shape(required, missing = "FileModeRequiredException", invalid = "InvalidFileModeException")]
    pub file_mode: FileModeType,
}

/// [CreateCommit](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateCommit.html)
#[derive(Shape, Default, Clone)]
pub struct CreateCommitInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, like = BRANCH_NAME)]
    pub branch_name: String,
    pub parent_commit_id: Option<String>,
    pub author_name: Option<String>,
    pub email: Option<String>,
    pub commit_message: Option<String>,
    pub keep_empty_folders: Option<bool>,
    pub put_files: Option<Vec<PutFileEntry>>,
    pub delete_files: Option<Vec<DeleteFileEntry>>,
    pub set_file_modes: Option<Vec<SetFileModeEntry>>,
}

/// [FileMetadata](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_FileMetadata.html)
#[derive(Shape, Default, Clone)]
pub struct FileMetadata {
    pub absolute_path: Option<String>,
    pub blob_id: Option<String>,
    pub file_mode: Option<FileModeType>,
}

/// [CreateCommit](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateCommit.html)
#[derive(Shape, Default, Clone)]
pub struct CreateCommitOutput {
    pub commit_id: Option<String>,
    pub tree_id: Option<String>,
    pub files_added: Vec<FileMetadata>,
    pub files_updated: Vec<FileMetadata>,
    pub files_deleted: Vec<FileMetadata>,
}

/// [UserInfo](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UserInfo.html)
#[derive(Shape, Default, Clone)]
pub struct UserInfo {
    pub name: Option<String>,
    pub email: Option<String>,
    pub date: Option<String>,
}

/// [Commit](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_Commit.html)
#[derive(Shape, Default, Clone)]
pub struct Commit {
    pub commit_id: Option<String>,
    pub tree_id: Option<String>,
    pub parents: Vec<String>,
    pub message: Option<String>,
    pub author: Option<UserInfo>,
    pub committer: Option<UserInfo>,
    pub additional_data: Option<String>,
}

/// [GetCommit](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetCommit.html)
#[derive(Shape, Default, Clone)]
pub struct GetCommitInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, missing = "CommitIdRequiredException")]
    pub commit_id: String,
}

/// [GetCommit](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetCommit.html)
#[derive(Shape, Default, Clone)]
pub struct GetCommitOutput {
    #[shape(required)]
    pub commit: Commit,
}

/// [BatchGetCommits](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BatchGetCommits.html)
#[derive(Shape, Default, Clone)]
pub struct BatchGetCommitsInput {
    #[shape(
        required,
        missing = "CommitIdsListRequiredException",
        max = 100,
        invalid = "CommitIdsLimitExceededException"
    )]
    pub commit_ids: Vec<String>,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
}

/// [BatchGetCommitsError](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BatchGetCommitsError.html)
#[derive(Shape, Default, Clone)]
pub struct BatchGetCommitsError {
    pub commit_id: Option<String>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
}

/// [BatchGetCommits](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BatchGetCommits.html)
#[derive(Shape, Default, Clone)]
pub struct BatchGetCommitsOutput {
    pub commits: Vec<Commit>,
    pub errors: Vec<BatchGetCommitsError>,
}

/// [GetDifferences](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetDifferences.html)
#[derive(Shape, Default, Clone)]
pub struct GetDifferencesInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    pub before_commit_specifier: Option<String>,
    #[shape(required, missing = "CommitRequiredException")]
    pub after_commit_specifier: String,
    pub before_path: Option<String>,
    pub after_path: Option<String>,
    #[shape(name = "MaxResults")]
    pub max_results: Option<i32>,
    #[shape(name = "NextToken")]
    pub next_token: Option<String>,
}

/// [BlobMetadata](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BlobMetadata.html)
#[derive(Shape, Default, Clone)]
pub struct BlobMetadata {
    pub blob_id: Option<String>,
    pub path: Option<String>,
    pub mode: Option<String>,
}

/// [Difference](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_Difference.html)
#[derive(Shape, Default, Clone)]
pub struct Difference {
    pub before_blob: Option<BlobMetadata>,
    pub after_blob: Option<BlobMetadata>,
    pub change_type: Option<ChangeType>,
}

/// [GetDifferences](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetDifferences.html)
#[derive(Shape, Default, Clone)]
pub struct GetDifferencesOutput {
    pub differences: Vec<Difference>,
    #[shape(name = "NextToken")]
    pub next_token: Option<String>,
}

/// [ListFileCommitHistory](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListFileCommitHistory.html)
#[derive(Shape, Default, Clone)]
pub struct ListFileCommitHistoryInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    pub commit_specifier: Option<String>,
    // The operation documents no error for a path: only the one that all have.
    #[shape(required)]
    pub file_path: String,
    pub max_results: Option<i32>,
    pub next_token: Option<String>,
}

/// [FileVersion](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_FileVersion.html)
#[derive(Shape, Default, Clone)]
pub struct FileVersion {
    pub commit: Option<Commit>,
    pub blob_id: Option<String>,
    pub path: Option<String>,
    pub revision_children: Vec<String>,
}

/// [ListFileCommitHistory](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListFileCommitHistory.html)
#[derive(Shape, Default, Clone)]
pub struct ListFileCommitHistoryOutput {
    #[shape(required)]
    pub revision_dag: Vec<FileVersion>,
    pub next_token: Option<String>,
}
