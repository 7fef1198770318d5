//! Merges of branches and commits, and their conflicts.

use shape::{Bytes, Shape};

use super::bounds::REPOSITORY_NAME;
use super::{ChangeType, DeleteFileEntry, FileModeType, MergeOptionTypeEnum, SetFileModeEntry};

shape::operations! { "codecommit";
    MergeBranchesByFastForward(MergeBranchesByFastForwardInput) -> MergeBranchesOutput;
    MergeBranchesBySquash(MergeBranchesInput) -> MergeBranchesOutput;
    MergeBranchesByThreeWay(MergeBranchesInput) -> MergeBranchesOutput;
    GetMergeOptions(GetMergeOptionsInput) -> GetMergeOptionsOutput;
    GetMergeConflicts(GetMergeConflictsInput) -> GetMergeConflictsOutput;
    DescribeMergeConflicts(DescribeMergeConflictsInput) -> DescribeMergeConflictsOutput;
    BatchDescribeMergeConflicts(BatchDescribeMergeConflictsInput)
        -> BatchDescribeMergeConflictsOutput;
    GetMergeCommit(GetMergeCommitInput) -> GetMergeCommitOutput;
    CreateUnreferencedMergeCommit(CreateUnreferencedMergeCommitInput)
        -> CreateUnreferencedMergeCommitOutput;
}

shape::string_enum! {
    /// What counts as a conflict.
    pub enum ConflictDetailLevelTypeEnum { FileLevel = "FILE_LEVEL", LineLevel = "LINE_LEVEL" }
}

shape::string_enum! {
    /// Who settles a conflict.
    pub enum ConflictResolutionStrategyTypeEnum {
        None = "NONE",
        AcceptSource = "ACCEPT_SOURCE",
        AcceptDestination = "ACCEPT_DESTINATION",
        Automerge = "AUTOMERGE",
    }
}

shape::string_enum! {
    /// Which version a conflict is settled with.
    pub enum ReplacementTypeEnum {
        KeepBase = "KEEP_BASE",
        KeepSource = "KEEP_SOURCE",
        KeepDestination = "KEEP_DESTINATION",
        UseNewContent = "USE_NEW_CONTENT",
    }
}

shape::string_enum! {
    /// What is at a path.
    pub enum ObjectTypeEnum {
        File = "FILE",
        Directory = "DIRECTORY",
        GitLink = "GIT_LINK",
        SymbolicLink = "SYMBOLIC_LINK",
    }
}

/// [ReplaceContentEntry](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ReplaceContentEntry.html)
#[derive(Shape, Default, Clone)]
pub struct ReplaceContentEntry {
    #[shape(required, missing = "PathRequiredException")]
    pub file_path: String,
    #[shape(
        required,
        missing = "ReplacementTypeRequiredException",
        invalid = "InvalidReplacementTypeException"
    )]
    pub replacement_type: ReplacementTypeEnum,
    #[shape(max = 6291456, invalid = "FileContentSizeLimitExceededException")]
    pub content: Option<Bytes>,
    #[shape(invalid = "InvalidFileModeException")]
    pub file_mode: Option<FileModeType>,
}

/// [ConflictResolution](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ConflictResolution.html)
#[derive(Shape, Default, Clone)]
pub struct ConflictResolution {
    pub replace_contents: Option<Vec<ReplaceContentEntry>>,
    pub delete_files: Option<Vec<DeleteFileEntry>>,
    pub set_file_modes: Option<Vec<SetFileModeEntry>>,
}

/// [MergeBranchesByFastForward](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_MergeBranchesByFastForward.html)
#[derive(Shape, Default, Clone)]
pub struct MergeBranchesByFastForwardInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, missing = "CommitRequiredException")]
    pub source_commit_specifier: String,
    #[shape(required, missing = "CommitRequiredException")]
    pub destination_commit_specifier: String,
    #[shape(min = 1, max = 256, invalid = "InvalidTargetBranchException")]
    pub target_branch: Option<String>,
}

/// [MergeBranchesBySquash](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_MergeBranchesBySquash.html)
/// and [MergeBranchesByThreeWay](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_MergeBranchesByThreeWay.html)
#[derive(Shape, Default, Clone)]
pub struct MergeBranchesInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, missing = "CommitRequiredException")]
    pub source_commit_specifier: String,
    #[shape(required, missing = "CommitRequiredException")]
    pub destination_commit_specifier: String,
    #[shape(min = 1, max = 256, invalid = "InvalidTargetBranchException")]
    pub target_branch: Option<String>,
    #[shape(invalid = "InvalidConflictDetailLevelException")]
    pub conflict_detail_level: Option<ConflictDetailLevelTypeEnum>,
    #[shape(invalid = "InvalidConflictResolutionStrategyException")]
    pub conflict_resolution_strategy: Option<ConflictResolutionStrategyTypeEnum>,
    pub author_name: Option<String>,
    pub email: Option<String>,
    pub commit_message: Option<String>,
    pub keep_empty_folders: Option<bool>,
    pub conflict_resolution: Option<ConflictResolution>,
}

/// The answer of all three ways to merge branches.
#[derive(Shape, Default, Clone)]
pub struct MergeBranchesOutput {
    pub commit_id: Option<String>,
    pub tree_id: Option<String>,
}

/// [GetMergeOptions](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetMergeOptions.html)
#[derive(Shape, Default, Clone)]
pub struct GetMergeOptionsInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, missing = "CommitRequiredException")]
    pub source_commit_specifier: String,
    #[shape(required, missing = "CommitRequiredException")]
    pub destination_commit_specifier: String,
    #[shape(invalid = "InvalidConflictDetailLevelException")]
    pub conflict_detail_level: Option<ConflictDetailLevelTypeEnum>,
    #[shape(invalid = "InvalidConflictResolutionStrategyException")]
    pub conflict_resolution_strategy: Option<ConflictResolutionStrategyTypeEnum>,
}

/// [GetMergeOptions](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetMergeOptions.html)
#[derive(Shape, Default, Clone)]
pub struct GetMergeOptionsOutput {
    #[shape(required)]
    pub merge_options: Vec<MergeOptionTypeEnum>,
    #[shape(required)]
    pub source_commit_id: String,
    #[shape(required)]
    pub destination_commit_id: String,
    #[shape(required)]
    pub base_commit_id: String,
}

/// [FileSizes](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_FileSizes.html)
#[derive(Shape, Default, Clone)]
pub struct FileSizes {
    pub source: Option<i64>,
    pub destination: Option<i64>,
    pub base: Option<i64>,
}

/// [FileModes](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_FileModes.html)
#[derive(Shape, Default, Clone)]
pub struct FileModes {
    pub source: Option<FileModeType>,
    pub destination: Option<FileModeType>,
    pub base: Option<FileModeType>,
}

/// [ObjectTypes](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ObjectTypes.html)
#[derive(Shape, Default, Clone)]
pub struct ObjectTypes {
    pub source: Option<ObjectTypeEnum>,
    pub destination: Option<ObjectTypeEnum>,
    pub base: Option<ObjectTypeEnum>,
}

/// [IsBinaryFile](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_IsBinaryFile.html)
#[derive(Shape, Default, Clone)]
pub struct IsBinaryFile {
    pub source: Option<bool>,
    pub destination: Option<bool>,
    pub base: Option<bool>,
}

/// [MergeOperations](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_MergeOperations.html)
#[derive(Shape, Default, Clone)]
pub struct MergeOperations {
    pub source: Option<ChangeType>,
    pub destination: Option<ChangeType>,
}

/// [ConflictMetadata](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ConflictMetadata.html)
#[derive(Shape, Default, Clone)]
pub struct ConflictMetadata {
    pub file_path: Option<String>,
    pub file_sizes: Option<FileSizes>,
    pub file_modes: Option<FileModes>,
    pub object_types: Option<ObjectTypes>,
    pub number_of_conflicts: Option<i32>,
    pub is_binary_file: Option<IsBinaryFile>,
    pub content_conflict: Option<bool>,
    pub file_mode_conflict: Option<bool>,
    pub object_type_conflict: Option<bool>,
    pub merge_operations: Option<MergeOperations>,
}

/// [GetMergeConflicts](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetMergeConflicts.html)
#[derive(Shape, Default, Clone)]
pub struct GetMergeConflictsInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, missing = "CommitRequiredException")]
    pub destination_commit_specifier: String,
    #[shape(required, missing = "CommitRequiredException")]
    pub source_commit_specifier: String,
    #[shape(
        required,
        missing = "MergeOptionRequiredException",
        invalid = "InvalidMergeOptionException"
    )]
    pub merge_option: MergeOptionTypeEnum,
    #[shape(invalid = "InvalidConflictDetailLevelException")]
    pub conflict_detail_level: Option<ConflictDetailLevelTypeEnum>,
    pub max_conflict_files: Option<i32>,
    #[shape(invalid = "InvalidConflictResolutionStrategyException")]
    pub conflict_resolution_strategy: Option<ConflictResolutionStrategyTypeEnum>,
    pub next_token: Option<String>,
}

/// [GetMergeConflicts](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetMergeConflicts.html)
#[derive(Shape, Default, Clone)]
pub struct GetMergeConflictsOutput {
    #[shape(required)]
    pub mergeable: bool,
    #[shape(required)]
    pub destination_commit_id: String,
    #[shape(required)]
    pub source_commit_id: String,
    pub base_commit_id: Option<String>,
    #[shape(required)]
    pub conflict_metadata_list: Vec<ConflictMetadata>,
    pub next_token: Option<String>,
}

/// [MergeHunkDetail](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_MergeHunkDetail.html)
#[derive(Shape, Default, Clone)]
pub struct MergeHunkDetail {
    pub start_line: Option<i32>,
    pub end_line: Option<i32>,
    pub hunk_content: Option<String>,
}

/// [MergeHunk](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_MergeHunk.html)
#[derive(Shape, Default, Clone)]
pub struct MergeHunk {
    pub is_conflict: Option<bool>,
    pub source: Option<MergeHunkDetail>,
    pub destination: Option<MergeHunkDetail>,
    pub base: Option<MergeHunkDetail>,
}

/// [DescribeMergeConflicts](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DescribeMergeConflicts.html)
#[derive(Shape, Default, Clone)]
pub struct DescribeMergeConflictsInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, missing = "CommitRequiredException")]
    pub destination_commit_specifier: String,
    #[shape(required, missing = "CommitRequiredException")]
    pub source_commit_specifier: String,
    #[shape(
        required,
        missing = "MergeOptionRequiredException",
        invalid = "InvalidMergeOptionException"
    )]
    pub merge_option: MergeOptionTypeEnum,
    pub max_merge_hunks: Option<i32>,
    #[shape(required, missing = "PathRequiredException")]
    pub file_path: String,
    #[shape(invalid = "InvalidConflictDetailLevelException")]
    pub conflict_detail_level: Option<ConflictDetailLevelTypeEnum>,
    #[shape(invalid = "InvalidConflictResolutionStrategyException")]
    pub conflict_resolution_strategy: Option<ConflictResolutionStrategyTypeEnum>,
    pub next_token: Option<String>,
}

/// [DescribeMergeConflicts](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DescribeMergeConflicts.html)
#[derive(Shape, Default, Clone)]
pub struct DescribeMergeConflictsOutput {
    #[shape(required)]
    pub conflict_metadata: ConflictMetadata,
    #[shape(required)]
    pub merge_hunks: Vec<MergeHunk>,
    pub next_token: Option<String>,
    #[shape(required)]
    pub destination_commit_id: String,
    #[shape(required)]
    pub source_commit_id: String,
    pub base_commit_id: Option<String>,
}

/// [BatchDescribeMergeConflicts](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BatchDescribeMergeConflicts.html)
#[derive(Shape, Default, Clone)]
pub struct BatchDescribeMergeConflictsInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, missing = "CommitRequiredException")]
    pub destination_commit_specifier: String,
    #[shape(required, missing = "CommitRequiredException")]
    pub source_commit_specifier: String,
    #[shape(
        required,
        missing = "MergeOptionRequiredException",
        invalid = "InvalidMergeOptionException"
    )]
    pub merge_option: MergeOptionTypeEnum,
    pub max_merge_hunks: Option<i32>,
    pub max_conflict_files: Option<i32>,
    pub file_paths: Option<Vec<String>>,
    #[shape(invalid = "InvalidConflictDetailLevelException")]
    pub conflict_detail_level: Option<ConflictDetailLevelTypeEnum>,
    #[shape(invalid = "InvalidConflictResolutionStrategyException")]
    pub conflict_resolution_strategy: Option<ConflictResolutionStrategyTypeEnum>,
    pub next_token: Option<String>,
}

/// [Conflict](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_Conflict.html)
#[derive(Shape, Default, Clone)]
pub struct Conflict {
    pub conflict_metadata: Option<ConflictMetadata>,
    pub merge_hunks: Vec<MergeHunk>,
}

/// [BatchDescribeMergeConflictsError](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BatchDescribeMergeConflictsError.html)
#[derive(Shape, Default, Clone)]
pub struct BatchDescribeMergeConflictsError {
    #[shape(required)]
    pub file_path: String,
    #[shape(required)]
    pub exception_name: String,
    #[shape(required)]
    pub message: String,
}

/// [BatchDescribeMergeConflicts](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BatchDescribeMergeConflicts.html)
#[derive(Shape, Default, Clone)]
pub struct BatchDescribeMergeConflictsOutput {
    #[shape(required)]
    pub conflicts: Vec<Conflict>,
    pub next_token: Option<String>,
    pub errors: Vec<BatchDescribeMergeConflictsError>,
    #[shape(required)]
    pub destination_commit_id: String,
    #[shape(required)]
    pub source_commit_id: String,
    pub base_commit_id: Option<String>,
}

/// [GetMergeCommit](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetMergeCommit.html)
#[derive(Shape, Default, Clone)]
pub struct GetMergeCommitInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, missing = "CommitRequiredException")]
    pub source_commit_specifier: String,
    #[shape(required, missing = "CommitRequiredException")]
    pub destination_commit_specifier: String,
    #[shape(invalid = "InvalidConflictDetailLevelException")]
    pub conflict_detail_level: Option<ConflictDetailLevelTypeEnum>,
    #[shape(invalid = "InvalidConflictResolutionStrategyException")]
    pub conflict_resolution_strategy: Option<ConflictResolutionStrategyTypeEnum>,
}

/// [GetMergeCommit](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetMergeCommit.html)
#[derive(Shape, Default, Clone)]
pub struct GetMergeCommitOutput {
    pub source_commit_id: Option<String>,
    pub destination_commit_id: Option<String>,
    pub base_commit_id: Option<String>,
    pub merged_commit_id: Option<String>,
}

/// [CreateUnreferencedMergeCommit](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateUnreferencedMergeCommit.html)
#[derive(Shape, Default, Clone)]
pub struct CreateUnreferencedMergeCommitInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, missing = "CommitRequiredException")]
    pub source_commit_specifier: String,
    #[shape(required, missing = "CommitRequiredException")]
    pub destination_commit_specifier: String,
    #[shape(
        required,
        missing = "MergeOptionRequiredException",
        invalid = "InvalidMergeOptionException"
    )]
    pub merge_option: MergeOptionTypeEnum,
    #[shape(invalid = "InvalidConflictDetailLevelException")]
    pub conflict_detail_level: Option<ConflictDetailLevelTypeEnum>,
    #[shape(invalid = "InvalidConflictResolutionStrategyException")]
    pub conflict_resolution_strategy: Option<ConflictResolutionStrategyTypeEnum>,
    pub author_name: Option<String>,
    pub email: Option<String>,
    pub commit_message: Option<String>,
    pub keep_empty_folders: Option<bool>,
    pub conflict_resolution: Option<ConflictResolution>,
}

/// [CreateUnreferencedMergeCommit](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateUnreferencedMergeCommit.html)
#[derive(Shape, Default, Clone)]
pub struct CreateUnreferencedMergeCommitOutput {
    pub commit_id: Option<String>,
    pub tree_id: Option<String>,
}
