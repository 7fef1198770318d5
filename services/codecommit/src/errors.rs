//! CodeCommit's errors. Nearly every member has its own for being missing or wrong.

use crate::model::Repository;
use git::{EditError, PathError};
use wire::Error;

wire::errors! {
    REPOSITORY_NAME_REQUIRED = "RepositoryNameRequiredException", 400;
    REPOSITORY_NAMES_REQUIRED = "RepositoryNamesRequiredException", 400;
    MAXIMUM_REPOSITORY_NAMES_EXCEEDED = "MaximumRepositoryNamesExceededException", 400;
    INVALID_REPOSITORY_NAME = "InvalidRepositoryNameException", 400;
    INVALID_REPOSITORY_DESCRIPTION = "InvalidRepositoryDescriptionException", 400;
    REPOSITORY_DOES_NOT_EXIST = "RepositoryDoesNotExistException", 400;
    REPOSITORY_NAME_EXISTS = "RepositoryNameExistsException", 400;
    REPOSITORY_LIMIT_EXCEEDED = "RepositoryLimitExceededException", 400;
    ENCRYPTION_KEY_INVALID_ID = "EncryptionKeyInvalidIdException", 400;
    OPERATION_NOT_ALLOWED = "OperationNotAllowedException", 400;
    INVALID_SORT_BY = "InvalidSortByException", 400;
    INVALID_ORDER = "InvalidOrderException", 400;
    INVALID_CONTINUATION_TOKEN = "InvalidContinuationTokenException", 400;
    INVALID_MAX_RESULTS = "InvalidMaxResultsException", 400;
    RESOURCE_ARN_REQUIRED = "ResourceArnRequiredException", 400;
    INVALID_RESOURCE_ARN = "InvalidResourceArnException", 400;
    TAGS_MAP_REQUIRED = "TagsMapRequiredException", 400;
    TAG_KEYS_LIST_REQUIRED = "TagKeysListRequiredException", 400;
    INVALID_TAGS_MAP = "InvalidTagsMapException", 400;
    INVALID_TAG_KEYS_LIST = "InvalidTagKeysListException", 400;
    TOO_MANY_TAGS = "TooManyTagsException", 400;
    INVALID_SYSTEM_TAG_USAGE = "InvalidSystemTagUsageException", 400;
    BRANCH_NAME_REQUIRED = "BranchNameRequiredException", 400;
    INVALID_BRANCH_NAME = "InvalidBranchNameException", 400;
    BRANCH_DOES_NOT_EXIST = "BranchDoesNotExistException", 400;
    BRANCH_NAME_EXISTS = "BranchNameExistsException", 400;
    BRANCH_NAME_IS_TAG_NAME = "BranchNameIsTagNameException", 400;
    DEFAULT_BRANCH_CANNOT_BE_DELETED = "DefaultBranchCannotBeDeletedException", 400;
    COMMIT_ID_REQUIRED = "CommitIdRequiredException", 400;
    COMMIT_REQUIRED = "CommitRequiredException", 400;
    INVALID_COMMIT = "InvalidCommitException", 400;
    INVALID_COMMIT_ID = "InvalidCommitIdException", 400;
    COMMIT_DOES_NOT_EXIST = "CommitDoesNotExistException", 400;
    COMMIT_ID_DOES_NOT_EXIST = "CommitIdDoesNotExistException", 400;
    COMMIT_IDS_LIST_REQUIRED = "CommitIdsListRequiredException", 400;
    COMMIT_IDS_LIMIT_EXCEEDED = "CommitIdsLimitExceededException", 400;
    PARENT_COMMIT_ID_REQUIRED = "ParentCommitIdRequiredException", 400;
    INVALID_PARENT_COMMIT_ID = "InvalidParentCommitIdException", 400;
    PARENT_COMMIT_DOES_NOT_EXIST = "ParentCommitDoesNotExistException", 400;
    PARENT_COMMIT_ID_OUTDATED = "ParentCommitIdOutdatedException", 400;
    PATH_REQUIRED = "PathRequiredException", 400;
    INVALID_PATH = "InvalidPathException", 400;
    PATH_DOES_NOT_EXIST = "PathDoesNotExistException", 400;
    FILE_DOES_NOT_EXIST = "FileDoesNotExistException", 400;
    FOLDER_DOES_NOT_EXIST = "FolderDoesNotExistException", 400;
    FILE_TOO_LARGE = "FileTooLargeException", 400;
    BLOB_ID_REQUIRED = "BlobIdRequiredException", 400;
    INVALID_BLOB_ID = "InvalidBlobIdException", 400;
    BLOB_ID_DOES_NOT_EXIST = "BlobIdDoesNotExistException", 400;
    FILE_CONTENT_REQUIRED = "FileContentRequiredException", 400;
    FILE_CONTENT_SIZE_LIMIT_EXCEEDED = "FileContentSizeLimitExceededException", 400;
    FOLDER_CONTENT_SIZE_LIMIT_EXCEEDED = "FolderContentSizeLimitExceededException", 400;
    INVALID_FILE_MODE = "InvalidFileModeException", 400;
    FILE_MODE_REQUIRED = "FileModeRequiredException", 400;
    NAME_LENGTH_EXCEEDED = "NameLengthExceededException", 400;
    INVALID_EMAIL = "InvalidEmailException", 400;
    COMMIT_MESSAGE_LENGTH_EXCEEDED = "CommitMessageLengthExceededException", 400;
    SAME_FILE_CONTENT = "SameFileContentException", 400;
    NO_CHANGE = "NoChangeException", 400;
    FILE_NAME_CONFLICTS_WITH_DIRECTORY_NAME = "FileNameConflictsWithDirectoryNameException", 400;
    DIRECTORY_NAME_CONFLICTS_WITH_FILE_NAME = "DirectoryNameConflictsWithFileNameException", 400;
    FILE_PATH_CONFLICTS_WITH_SUBMODULE_PATH = "FilePathConflictsWithSubmodulePathException", 400;
    FILE_ENTRY_REQUIRED = "FileEntryRequiredException", 400;
    MAXIMUM_FILE_ENTRIES_EXCEEDED = "MaximumFileEntriesExceededException", 400;
    PUT_FILE_ENTRY_CONFLICT = "PutFileEntryConflictException", 400;
    SOURCE_FILE_OR_CONTENT_REQUIRED = "SourceFileOrContentRequiredException", 400;
    FILE_CONTENT_AND_SOURCE_FILE_SPECIFIED = "FileContentAndSourceFileSpecifiedException", 400;
    SAME_PATH_REQUEST = "SamePathRequestException", 400;
    RESTRICTED_SOURCE_FILE = "RestrictedSourceFileException", 400;
}

/// There is no repository of that name.
pub(crate) fn no_repository(name: &str) -> Error {
    REPOSITORY_DOES_NOT_EXIST.error(format!("{name} does not exist"))
}

/// There is no branch of that name.
pub(crate) fn no_branch(repository: &Repository, branch: &str) -> Error {
    BRANCH_DOES_NOT_EXIST
        .error(format!("Branch {branch} does not exist in repository {}.", repository.name))
}

/// A path that cannot be that of a file.
pub(crate) fn bad_path(error: &PathError) -> Error {
    match error {
        PathError::Empty => PATH_REQUIRED.error("The file path is empty."),
        other => INVALID_PATH.error(format!("The specified path is not valid: {other}.")),
    }
}

/// Edits that the tree does not allow.
pub(crate) fn bad_edit(error: EditError) -> Error {
    match error {
        EditError::Path(error) => bad_path(&error),
        EditError::Git(error) => error.into(),
        EditError::Twice(path) => {
            SAME_PATH_REQUEST.error(format!("The path {path} is named more than once."))
        }
        EditError::NotFound(path) => FILE_DOES_NOT_EXIST
            .error(format!("Could not find path {path} in the branch's head commit.")),
        EditError::IsFolder(path) => FILE_NAME_CONFLICTS_WITH_DIRECTORY_NAME
            .error(format!("{path} cannot be a file: a directory has that name.")),
        EditError::ParentIsFile(path) => DIRECTORY_NAME_CONFLICTS_WITH_FILE_NAME
            .error(format!("{path} cannot be written: a file has the name of one of its folders.")),
        EditError::InSubmodule(path) => FILE_PATH_CONFLICTS_WITH_SUBMODULE_PATH
            .error(format!("{path} cannot be written: it is in a submodule.")),
    }
}
