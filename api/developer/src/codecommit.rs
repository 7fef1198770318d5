//! Shapes of AWS CodeCommit, after the
//! [API reference](https://docs.aws.amazon.com/codecommit/latest/APIReference/).
#![allow(missing_docs, reason = "members are AWS's; its reference describes them")]

use std::collections::BTreeMap;

use shape::{Bytes, Empty, Shape, Timestamp};

shape::operations! { "codecommit";
    CreateRepository(CreateRepositoryInput) -> CreateRepositoryOutput;
    GetRepository(GetRepositoryInput) -> GetRepositoryOutput;
    BatchGetRepositories(BatchGetRepositoriesInput) -> BatchGetRepositoriesOutput;
    ListRepositories(ListRepositoriesInput) -> ListRepositoriesOutput;
    DeleteRepository(DeleteRepositoryInput) -> DeleteRepositoryOutput;
    UpdateRepositoryName(UpdateRepositoryNameInput) -> Empty;
    UpdateRepositoryDescription(UpdateRepositoryDescriptionInput) -> Empty;
    UpdateDefaultBranch(UpdateDefaultBranchInput) -> Empty;
    TagResource(TagResourceInput) -> Empty;
    UntagResource(UntagResourceInput) -> Empty;
    ListTagsForResource(ListTagsForResourceInput) -> ListTagsForResourceOutput;
    CreateBranch(CreateBranchInput) -> Empty;
    DeleteBranch(DeleteBranchInput) -> DeleteBranchOutput;
    GetBranch(GetBranchInput) -> GetBranchOutput;
    ListBranches(ListBranchesInput) -> ListBranchesOutput;
    GetFile(GetFileInput) -> GetFileOutput;
    PutFile(PutFileInput) -> PutFileOutput;
    DeleteFile(DeleteFileInput) -> DeleteFileOutput;
    CreateCommit(CreateCommitInput) -> CreateCommitOutput;
    GetFolder(GetFolderInput) -> GetFolderOutput;
    GetCommit(GetCommitInput) -> GetCommitOutput;
    BatchGetCommits(BatchGetCommitsInput) -> BatchGetCommitsOutput;
    GetBlob(GetBlobInput) -> GetBlobOutput;
    GetDifferences(GetDifferencesInput) -> GetDifferencesOutput;
}

shape::string_enum! {
    /// What a file is.
    pub enum FileModeType { Normal = "NORMAL", Executable = "EXECUTABLE", Symlink = "SYMLINK" }
}
shape::string_enum! {
    /// By what repositories are listed.
    pub enum SortBy { RepositoryName = "repositoryName", LastModifiedDate = "lastModifiedDate" }
}
shape::string_enum! {
    /// Which way.
    pub enum Order { Ascending = "ascending", Descending = "descending" }
}
shape::string_enum! {
    /// Why one of many repositories is not answered.
    pub enum BatchGetRepositoriesErrorCode {
        RepositoryDoesNotExist = "RepositoryDoesNotExistException",
        EncryptionIntegrityChecksFailed = "EncryptionIntegrityChecksFailedException",
        EncryptionKeyAccessDenied = "EncryptionKeyAccessDeniedException",
        EncryptionKeyDisabled = "EncryptionKeyDisabledException",
        EncryptionKeyNotFound = "EncryptionKeyNotFoundException",
        EncryptionKeyUnavailable = "EncryptionKeyUnavailableException",
    }
}
shape::string_enum! {
    /// How a file differs.
    pub enum ChangeType { Added = "A", Modified = "M", Deleted = "D" }
}

/// [RepositoryMetadata](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_RepositoryMetadata.html)
#[derive(Shape, Default, Clone)]
pub struct RepositoryMetadata {
    pub account_id: Option<String>,
    pub repository_id: Option<String>,
    pub repository_name: Option<String>,
    pub repository_description: Option<String>,
    pub default_branch: Option<String>,
    pub last_modified_date: Option<Timestamp>,
    pub creation_date: Option<Timestamp>,
    pub clone_url_http: Option<String>,
    pub clone_url_ssh: Option<String>,
    #[shape(name = "Arn")]
    pub arn: Option<String>,
    pub kms_key_id: Option<String>,
}

/// [CreateRepository](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateRepository.html)
#[derive(Shape, Default, Clone)]
pub struct CreateRepositoryInput {
    #[shape(
        required,
        missing = "RepositoryNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[\w\.-]+",
        invalid = "InvalidRepositoryNameException"
    )]
    pub repository_name: String,
    #[shape(max = 1000, invalid = "InvalidRepositoryDescriptionException")]
    pub repository_description: Option<String>,
    pub tags: Option<BTreeMap<String, String>>,
    #[shape(pattern = r"[a-zA-Z0-9:/_-]+", invalid = "EncryptionKeyInvalidIdException")]
    pub kms_key_id: Option<String>,
}

/// [CreateRepository](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateRepository.html)
#[derive(Shape, Default, Clone)]
pub struct CreateRepositoryOutput {
    pub repository_metadata: Option<RepositoryMetadata>,
}

/// [GetRepository](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetRepository.html)
#[derive(Shape, Default, Clone)]
pub struct GetRepositoryInput {
    #[shape(
        required,
        missing = "RepositoryNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[\w\.-]+",
        invalid = "InvalidRepositoryNameException"
    )]
    pub repository_name: String,
}

/// [GetRepository](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetRepository.html)
#[derive(Shape, Default, Clone)]
pub struct GetRepositoryOutput {
    pub repository_metadata: Option<RepositoryMetadata>,
}

/// [BatchGetRepositories](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BatchGetRepositories.html)
#[derive(Shape, Default, Clone)]
pub struct BatchGetRepositoriesInput {
    #[shape(
        required,
        missing = "RepositoryNamesRequiredException",
        max = 100,
        invalid = "MaximumRepositoryNamesExceededException"
    )]
    pub repository_names: Vec<String>,
}

/// [BatchGetRepositoriesError](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BatchGetRepositoriesError.html)
#[derive(Shape, Default, Clone)]
pub struct BatchGetRepositoriesError {
    pub repository_id: Option<String>,
    pub repository_name: Option<String>,
    pub error_code: Option<BatchGetRepositoriesErrorCode>,
    pub error_message: Option<String>,
}

/// [BatchGetRepositories](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BatchGetRepositories.html)
#[derive(Shape, Default, Clone)]
pub struct BatchGetRepositoriesOutput {
    pub repositories: Vec<RepositoryMetadata>,
    pub repositories_not_found: Vec<String>,
    pub errors: Vec<BatchGetRepositoriesError>,
}

/// [ListRepositories](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListRepositories.html)
#[derive(Shape, Default, Clone)]
pub struct ListRepositoriesInput {
    pub next_token: Option<String>,
    #[shape(invalid = "InvalidSortByException")]
    pub sort_by: Option<SortBy>,
    #[shape(invalid = "InvalidOrderException")]
    pub order: Option<Order>,
}

/// [RepositoryNameIdPair](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_RepositoryNameIdPair.html)
#[derive(Shape, Default, Clone)]
pub struct RepositoryNameIdPair {
    pub repository_name: Option<String>,
    pub repository_id: Option<String>,
}

/// [ListRepositories](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListRepositories.html)
#[derive(Shape, Default, Clone)]
pub struct ListRepositoriesOutput {
    pub repositories: Vec<RepositoryNameIdPair>,
    pub next_token: Option<String>,
}

/// [DeleteRepository](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeleteRepository.html)
#[derive(Shape, Default, Clone)]
pub struct DeleteRepositoryInput {
    #[shape(
        required,
        missing = "RepositoryNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[\w\.-]+",
        invalid = "InvalidRepositoryNameException"
    )]
    pub repository_name: String,
}

/// [DeleteRepository](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeleteRepository.html)
#[derive(Shape, Default, Clone)]
pub struct DeleteRepositoryOutput {
    pub repository_id: Option<String>,
}

/// [UpdateRepositoryName](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdateRepositoryName.html)
#[derive(Shape, Default, Clone)]
pub struct UpdateRepositoryNameInput {
    #[shape(
        required,
        missing = "RepositoryNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[\w\.-]+",
        invalid = "InvalidRepositoryNameException"
    )]
    pub old_name: String,
    #[shape(
        required,
        missing = "RepositoryNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[\w\.-]+",
        invalid = "InvalidRepositoryNameException"
    )]
    pub new_name: String,
}

/// [UpdateRepositoryDescription](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdateRepositoryDescription.html)
#[derive(Shape, Default, Clone)]
pub struct UpdateRepositoryDescriptionInput {
    #[shape(
        required,
        missing = "RepositoryNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[\w\.-]+",
        invalid = "InvalidRepositoryNameException"
    )]
    pub repository_name: String,
    #[shape(max = 1000, invalid = "InvalidRepositoryDescriptionException")]
    pub repository_description: Option<String>,
}

/// [UpdateDefaultBranch](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdateDefaultBranch.html)
#[derive(Shape, Default, Clone)]
pub struct UpdateDefaultBranchInput {
    #[shape(
        required,
        missing = "RepositoryNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[\w\.-]+",
        invalid = "InvalidRepositoryNameException"
    )]
    pub repository_name: String,
    #[shape(
        required,
        missing = "BranchNameRequiredException",
        min = 1,
        max = 256,
        invalid = "InvalidBranchNameException"
    )]
    pub default_branch_name: String,
}

/// [TagResource](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_TagResource.html)
#[derive(Shape, Default, Clone)]
pub struct TagResourceInput {
    #[shape(required, missing = "ResourceArnRequiredException")]
    pub resource_arn: String,
    #[shape(required, missing = "TagsMapRequiredException")]
    pub tags: BTreeMap<String, String>,
}

/// [UntagResource](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UntagResource.html)
#[derive(Shape, Default, Clone)]
pub struct UntagResourceInput {
    #[shape(required, missing = "ResourceArnRequiredException")]
    pub resource_arn: String,
    #[shape(required, missing = "TagKeysListRequiredException")]
    pub tag_keys: Vec<String>,
}

/// [ListTagsForResource](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListTagsForResource.html)
#[derive(Shape, Default, Clone)]
pub struct ListTagsForResourceInput {
    #[shape(required, missing = "ResourceArnRequiredException")]
    pub resource_arn: String,
    pub next_token: Option<String>,
}

/// [ListTagsForResource](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListTagsForResource.html)
#[derive(Shape, Default, Clone)]
pub struct ListTagsForResourceOutput {
    pub tags: BTreeMap<String, String>,
    pub next_token: Option<String>,
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
    #[shape(
        required,
        missing = "RepositoryNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[\w\.-]+",
        invalid = "InvalidRepositoryNameException"
    )]
    pub repository_name: String,
    #[shape(
        required,
        missing = "BranchNameRequiredException",
        min = 1,
        max = 256,
        invalid = "InvalidBranchNameException"
    )]
    pub branch_name: String,
    #[shape(required, missing = "CommitIdRequiredException")]
    pub commit_id: String,
}

/// [DeleteBranch](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeleteBranch.html)
#[derive(Shape, Default, Clone)]
pub struct DeleteBranchInput {
    #[shape(
        required,
        missing = "RepositoryNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[\w\.-]+",
        invalid = "InvalidRepositoryNameException"
    )]
    pub repository_name: String,
    #[shape(
        required,
        missing = "BranchNameRequiredException",
        min = 1,
        max = 256,
        invalid = "InvalidBranchNameException"
    )]
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
    #[shape(min = 1, max = 100, pattern = r"[\w\.-]+", invalid = "InvalidRepositoryNameException")]
    pub repository_name: Option<String>,
    #[shape(min = 1, max = 256, invalid = "InvalidBranchNameException")]
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
    #[shape(
        required,
        missing = "RepositoryNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[\w\.-]+",
        invalid = "InvalidRepositoryNameException"
    )]
    pub repository_name: String,
    pub next_token: Option<String>,
}

/// [ListBranches](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListBranches.html)
#[derive(Shape, Default, Clone)]
pub struct ListBranchesOutput {
    pub branches: Vec<String>,
    pub next_token: Option<String>,
}

/// [GetFile](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetFile.html)
#[derive(Shape, Default, Clone)]
pub struct GetFileInput {
    #[shape(
        required,
        missing = "RepositoryNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[\w\.-]+",
        invalid = "InvalidRepositoryNameException"
    )]
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
    #[shape(
        required,
        missing = "RepositoryNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[\w\.-]+",
        invalid = "InvalidRepositoryNameException"
    )]
    pub repository_name: String,
    #[shape(
        required,
        missing = "BranchNameRequiredException",
        min = 1,
        max = 256,
        invalid = "InvalidBranchNameException"
    )]
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
    #[shape(
        required,
        missing = "RepositoryNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[\w\.-]+",
        invalid = "InvalidRepositoryNameException"
    )]
    pub repository_name: String,
    #[shape(
        required,
        missing = "BranchNameRequiredException",
        min = 1,
        max = 256,
        invalid = "InvalidBranchNameException"
    )]
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
    #[shape(
        required,
        missing = "RepositoryNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[\w\.-]+",
        invalid = "InvalidRepositoryNameException"
    )]
    pub repository_name: String,
    #[shape(
        required,
        missing = "BranchNameRequiredException",
        min = 1,
        max = 256,
        invalid = "InvalidBranchNameException"
    )]
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

/// [GetFolder](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetFolder.html)
#[derive(Shape, Default, Clone)]
pub struct GetFolderInput {
    #[shape(
        required,
        missing = "RepositoryNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[\w\.-]+",
        invalid = "InvalidRepositoryNameException"
    )]
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
    #[shape(
        required,
        missing = "RepositoryNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[\w\.-]+",
        invalid = "InvalidRepositoryNameException"
    )]
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
    #[shape(
        required,
        missing = "RepositoryNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[\w\.-]+",
        invalid = "InvalidRepositoryNameException"
    )]
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

/// [GetBlob](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetBlob.html)
#[derive(Shape, Default, Clone)]
pub struct GetBlobInput {
    #[shape(
        required,
        missing = "RepositoryNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[\w\.-]+",
        invalid = "InvalidRepositoryNameException"
    )]
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

/// [GetDifferences](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetDifferences.html)
#[derive(Shape, Default, Clone)]
pub struct GetDifferencesInput {
    #[shape(
        required,
        missing = "RepositoryNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[\w\.-]+",
        invalid = "InvalidRepositoryNameException"
    )]
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
