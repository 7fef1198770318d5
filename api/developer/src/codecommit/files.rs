//! Files, folders and blobs.

use shape::{Bytes, Shape};

use super::bounds::{BRANCH_NAME, REPOSITORY_NAME};

shape::operations! { "codecommit";
    GetFile(GetFileInput) -> GetFileOutput;
    PutFile(PutFileInput) -> PutFileOutput;
    DeleteFile(DeleteFileInput) -> DeleteFileOutput;
    GetFolder(GetFolderInput) -> GetFolderOutput;
    GetBlob(GetBlobInput) -> GetBlobOutput;
    GetBlobDifferences(GetBlobDifferencesInput) -> GetBlobDifferencesOutput;
}

shape::string_enum! {
    /// What a file is.
    pub enum FileModeType { Normal = "NORMAL", Executable = "EXECUTABLE", Symlink = "SYMLINK" }
}

/// [GetFile](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetFile.html)
#[derive(Shape, Default, Clone)]
pub struct GetFileInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    pub commit_specifier: Option<String>,
    #[shape(required, missing = "PathRequiredException")]
    pub file_path: String,
}

/// [GetFile](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetFile.html)
#[derive(Shape, Default, Clone)]
pub struct GetFileOutput {
    #[shape(required)]
    pub commit_id: String,
    #[shape(required)]
    pub blob_id: String,
    #[shape(required)]
    pub file_path: String,
    #[shape(required)]
    pub file_mode: FileModeType,
    #[shape(required)]
    pub file_size: i64,
    #[shape(required)]
    pub file_content: Bytes,
}

/// [PutFile](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PutFile.html)
#[derive(Shape, Default, Clone)]
pub struct PutFileInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, like = BRANCH_NAME)]
    pub branch_name: String,
    #[shape(
        required,
        missing = "FileContentRequiredException",
        max = 6291456,
        invalid = "FileContentSizeLimitExceededException"
    )]
    pub file_content: Bytes,
    #[shape(required, missing = "PathRequiredException")]
    pub file_path: String,
    #[shape(invalid = "InvalidFileModeException")]
    pub file_mode: Option<FileModeType>,
    pub parent_commit_id: Option<String>,
    pub commit_message: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
}

/// [PutFile](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PutFile.html)
#[derive(Shape, Default, Clone)]
pub struct PutFileOutput {
    #[shape(required)]
    pub commit_id: String,
    #[shape(required)]
    pub blob_id: String,
    #[shape(required)]
    pub tree_id: String,
}

/// [DeleteFile](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeleteFile.html)
#[derive(Shape, Default, Clone)]
pub struct DeleteFileInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, like = BRANCH_NAME)]
    pub branch_name: String,
    #[shape(required, missing = "PathRequiredException")]
    pub file_path: String,
    #[shape(required, missing = "ParentCommitIdRequiredException")]
    pub parent_commit_id: String,
    pub keep_empty_folders: Option<bool>,
    pub commit_message: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
}

/// [DeleteFile](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeleteFile.html)
#[derive(Shape, Default, Clone)]
pub struct DeleteFileOutput {
    #[shape(required)]
    pub commit_id: String,
    #[shape(required)]
    pub blob_id: String,
    #[shape(required)]
    pub tree_id: String,
    #[shape(required)]
    pub file_path: String,
}

/// [GetFolder](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetFolder.html)
#[derive(Shape, Default, Clone)]
pub struct GetFolderInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    pub commit_specifier: Option<String>,
    #[shape(required, missing = "PathRequiredException")]
    pub folder_path: String,
}

/// [Folder](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_Folder.html)
#[derive(Shape, Default, Clone)]
pub struct Folder {
    pub tree_id: Option<String>,
    pub absolute_path: Option<String>,
    pub relative_path: Option<String>,
}

/// [File](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_File.html)
#[derive(Shape, Default, Clone)]
pub struct File {
    pub blob_id: Option<String>,
    pub absolute_path: Option<String>,
    pub relative_path: Option<String>,
    pub file_mode: Option<FileModeType>,
}

/// [SymbolicLink](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_SymbolicLink.html)
#[derive(Shape, Default, Clone)]
pub struct SymbolicLink {
    pub blob_id: Option<String>,
    pub absolute_path: Option<String>,
    pub relative_path: Option<String>,
    pub file_mode: Option<FileModeType>,
}

/// [SubModule](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_SubModule.html)
#[derive(Shape, Default, Clone)]
pub struct SubModule {
    pub commit_id: Option<String>,
    pub absolute_path: Option<String>,
    pub relative_path: Option<String>,
}

/// [GetFolder](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetFolder.html)
#[derive(Shape, Default, Clone)]
pub struct GetFolderOutput {
    #[shape(required)]
    pub commit_id: String,
    #[shape(required)]
    pub folder_path: String,
    pub tree_id: Option<String>,
    pub sub_folders: Vec<Folder>,
    pub files: Vec<File>,
    pub symbolic_links: Vec<SymbolicLink>,
    pub sub_modules: Vec<SubModule>,
}

/// [GetBlob](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetBlob.html)
#[derive(Shape, Default, Clone)]
pub struct GetBlobInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, missing = "BlobIdRequiredException")]
    pub blob_id: String,
}

/// [GetBlob](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetBlob.html)
#[derive(Shape, Default, Clone)]
pub struct GetBlobOutput {
    #[shape(required)]
    pub content: Bytes,
}

/// [GetBlobDifferences](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetBlobDifferences.html)
#[derive(Shape, Default, Clone)]
pub struct GetBlobDifferencesInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, missing = "BlobIdRequiredException")]
    pub after_blob_id: String,
    pub before_blob_id: Option<String>,
    pub context_lines: Option<i32>,
    pub ignore_whitespace: Option<bool>,
    #[shape(name = "MaxResults")]
    pub max_results: Option<i32>,
    #[shape(name = "NextToken")]
    pub next_token: Option<String>,
}

shape::string_enum! {
    /// What became of a line.
    pub enum DiffChangeType { Context = "CONTEXT", Add = "ADD", Delete = "DELETE" }
}

/// [DiffChange](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DiffChange.html)
#[derive(Shape, Default, Clone)]
pub struct DiffChange {
    #[shape(name = "type")]
    pub kind: Option<DiffChangeType>,
    pub before_line_number: Option<i32>,
    pub after_line_number: Option<i32>,
    pub content: Option<String>,
}

/// [DiffHunk](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DiffHunk.html)
#[derive(Shape, Default, Clone)]
pub struct DiffHunk {
    pub before_start_line: Option<i32>,
    pub before_line_count: Option<i32>,
    pub after_start_line: Option<i32>,
    pub after_line_count: Option<i32>,
    pub changes: Vec<DiffChange>,
}

/// [GetBlobDifferences](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetBlobDifferences.html)
#[derive(Shape, Default, Clone)]
pub struct GetBlobDifferencesOutput {
    #[shape(required)]
    pub hunks: Vec<DiffHunk>,
    #[shape(required)]
    pub is_binary: bool,
    pub before_blob_size: Option<i64>,
    #[shape(required)]
    pub after_blob_size: i64,
    #[shape(name = "NextToken")]
    pub next_token: Option<String>,
}
