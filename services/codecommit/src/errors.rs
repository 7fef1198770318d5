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
    ENCRYPTION_INTEGRITY_CHECKS_FAILED = "EncryptionIntegrityChecksFailedException", 500;
    ENCRYPTION_KEY_ACCESS_DENIED = "EncryptionKeyAccessDeniedException", 400;
    ENCRYPTION_KEY_DISABLED = "EncryptionKeyDisabledException", 400;
    ENCRYPTION_KEY_INVALID_ID = "EncryptionKeyInvalidIdException", 400;
    ENCRYPTION_KEY_INVALID_USAGE = "EncryptionKeyInvalidUsageException", 400;
    ENCRYPTION_KEY_NOT_FOUND = "EncryptionKeyNotFoundException", 400;
    ENCRYPTION_KEY_REQUIRED = "EncryptionKeyRequiredException", 400;
    ENCRYPTION_KEY_UNAVAILABLE = "EncryptionKeyUnavailableException", 400;
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
    INVALID_DELETION_PARAMETER = "InvalidDeletionParameterException", 400;
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
    COMMENT_ID_REQUIRED = "CommentIdRequiredException", 400;
    INVALID_COMMENT_ID = "InvalidCommentIdException", 400;
    COMMENT_DOES_NOT_EXIST = "CommentDoesNotExistException", 400;
    COMMENT_DELETED = "CommentDeletedException", 400;
    COMMENT_NOT_CREATED_BY_CALLER = "CommentNotCreatedByCallerException", 400;
    COMMENT_CONTENT_REQUIRED = "CommentContentRequiredException", 400;
    COMMENT_CONTENT_SIZE_LIMIT_EXCEEDED = "CommentContentSizeLimitExceededException", 400;
    BEFORE_COMMIT_ID_AND_AFTER_COMMIT_ID_ARE_SAME =
        "BeforeCommitIdAndAfterCommitIdAreSameException", 400;
    INVALID_FILE_LOCATION = "InvalidFileLocationException", 400;
    INVALID_FILE_POSITION = "InvalidFilePositionException", 400;
    INVALID_RELATIVE_FILE_VERSION_ENUM = "InvalidRelativeFileVersionEnumException", 400;
    CLIENT_REQUEST_TOKEN_REQUIRED = "ClientRequestTokenRequiredException", 400;
    INVALID_CLIENT_REQUEST_TOKEN = "InvalidClientRequestTokenException", 400;
    IDEMPOTENCY_PARAMETER_MISMATCH = "IdempotencyParameterMismatchException", 400;
    REACTION_VALUE_REQUIRED = "ReactionValueRequiredException", 400;
    INVALID_REACTION_VALUE = "InvalidReactionValueException", 400;
    INVALID_REACTION_USER_ARN = "InvalidReactionUserArnException", 400;
    PULL_REQUEST_ID_REQUIRED = "PullRequestIdRequiredException", 400;
    INVALID_PULL_REQUEST_ID = "InvalidPullRequestIdException", 400;
    PULL_REQUEST_DOES_NOT_EXIST = "PullRequestDoesNotExistException", 400;
    PULL_REQUEST_ALREADY_CLOSED = "PullRequestAlreadyClosedException", 400;
    PULL_REQUEST_STATUS_REQUIRED = "PullRequestStatusRequiredException", 400;
    INVALID_PULL_REQUEST_STATUS = "InvalidPullRequestStatusException", 400;
    INVALID_PULL_REQUEST_STATUS_UPDATE = "InvalidPullRequestStatusUpdateException", 400;
    INVALID_PULL_REQUEST_EVENT_TYPE = "InvalidPullRequestEventTypeException", 400;
    TITLE_REQUIRED = "TitleRequiredException", 400;
    INVALID_TITLE = "InvalidTitleException", 400;
    INVALID_DESCRIPTION = "InvalidDescriptionException", 400;
    TARGETS_REQUIRED = "TargetsRequiredException", 400;
    INVALID_TARGETS = "InvalidTargetsException", 400;
    TARGET_REQUIRED = "TargetRequiredException", 400;
    INVALID_TARGET = "InvalidTargetException", 400;
    MULTIPLE_REPOSITORIES_IN_PULL_REQUEST = "MultipleRepositoriesInPullRequestException", 400;
    MAXIMUM_OPEN_PULL_REQUESTS_EXCEEDED = "MaximumOpenPullRequestsExceededException", 400;
    SOURCE_AND_DESTINATION_ARE_SAME = "SourceAndDestinationAreSameException", 400;
    REFERENCE_NAME_REQUIRED = "ReferenceNameRequiredException", 400;
    INVALID_REFERENCE_NAME = "InvalidReferenceNameException", 400;
    REFERENCE_DOES_NOT_EXIST = "ReferenceDoesNotExistException", 400;
    REFERENCE_TYPE_NOT_SUPPORTED = "ReferenceTypeNotSupportedException", 400;
    INVALID_AUTHOR_ARN = "InvalidAuthorArnException", 400;
    AUTHOR_DOES_NOT_EXIST = "AuthorDoesNotExistException", 400;
    INVALID_ACTOR_ARN = "InvalidActorArnException", 400;
    ACTOR_DOES_NOT_EXIST = "ActorDoesNotExistException", 400;
    REPOSITORY_NOT_ASSOCIATED_WITH_PULL_REQUEST =
        "RepositoryNotAssociatedWithPullRequestException", 400;
    TIP_OF_SOURCE_REFERENCE_IS_DIFFERENT = "TipOfSourceReferenceIsDifferentException", 400;
    CONCURRENT_REFERENCE_UPDATE = "ConcurrentReferenceUpdateException", 400;
    PULL_REQUEST_APPROVAL_RULES_NOT_SATISFIED =
        "PullRequestApprovalRulesNotSatisfiedException", 400;
    PULL_REQUEST_CANNOT_BE_APPROVED_BY_AUTHOR = "PullRequestCannotBeApprovedByAuthorException", 400;
    REVISION_ID_REQUIRED = "RevisionIdRequiredException", 400;
    INVALID_REVISION_ID = "InvalidRevisionIdException", 400;
    REVISION_NOT_CURRENT = "RevisionNotCurrentException", 400;
    APPROVAL_STATE_REQUIRED = "ApprovalStateRequiredException", 400;
    INVALID_APPROVAL_STATE = "InvalidApprovalStateException", 400;
    MAXIMUM_NUMBER_OF_APPROVALS_EXCEEDED = "MaximumNumberOfApprovalsExceededException", 400;
    OVERRIDE_STATUS_REQUIRED = "OverrideStatusRequiredException", 400;
    INVALID_OVERRIDE_STATUS = "InvalidOverrideStatusException", 400;
    OVERRIDE_ALREADY_SET = "OverrideAlreadySetException", 400;
    APPROVAL_RULE_NAME_REQUIRED = "ApprovalRuleNameRequiredException", 400;
    INVALID_APPROVAL_RULE_NAME = "InvalidApprovalRuleNameException", 400;
    APPROVAL_RULE_NAME_ALREADY_EXISTS = "ApprovalRuleNameAlreadyExistsException", 400;
    APPROVAL_RULE_DOES_NOT_EXIST = "ApprovalRuleDoesNotExistException", 400;
    APPROVAL_RULE_CONTENT_REQUIRED = "ApprovalRuleContentRequiredException", 400;
    INVALID_APPROVAL_RULE_CONTENT = "InvalidApprovalRuleContentException", 400;
    NUMBER_OF_RULES_EXCEEDED = "NumberOfRulesExceededException", 400;
    INVALID_RULE_CONTENT_SHA256 = "InvalidRuleContentSha256Exception", 400;
    CANNOT_DELETE_APPROVAL_RULE_FROM_TEMPLATE =
        "CannotDeleteApprovalRuleFromTemplateException", 400;
    CANNOT_MODIFY_APPROVAL_RULE_FROM_TEMPLATE =
        "CannotModifyApprovalRuleFromTemplateException", 400;
    APPROVAL_RULE_TEMPLATE_NAME_REQUIRED = "ApprovalRuleTemplateNameRequiredException", 400;
    INVALID_APPROVAL_RULE_TEMPLATE_NAME = "InvalidApprovalRuleTemplateNameException", 400;
    APPROVAL_RULE_TEMPLATE_NAME_ALREADY_EXISTS =
        "ApprovalRuleTemplateNameAlreadyExistsException", 400;
    APPROVAL_RULE_TEMPLATE_DOES_NOT_EXIST = "ApprovalRuleTemplateDoesNotExistException", 400;
    APPROVAL_RULE_TEMPLATE_CONTENT_REQUIRED = "ApprovalRuleTemplateContentRequiredException", 400;
    INVALID_APPROVAL_RULE_TEMPLATE_CONTENT = "InvalidApprovalRuleTemplateContentException", 400;
    INVALID_APPROVAL_RULE_TEMPLATE_DESCRIPTION =
        "InvalidApprovalRuleTemplateDescriptionException", 400;
    NUMBER_OF_RULE_TEMPLATES_EXCEEDED = "NumberOfRuleTemplatesExceededException", 400;
    MAXIMUM_RULE_TEMPLATES_ASSOCIATED_WITH_REPOSITORY =
        "MaximumRuleTemplatesAssociatedWithRepositoryException", 400;
    APPROVAL_RULE_TEMPLATE_IN_USE = "ApprovalRuleTemplateInUseException", 400;
    REPOSITORY_TRIGGERS_LIST_REQUIRED = "RepositoryTriggersListRequiredException", 400;
    MAXIMUM_REPOSITORY_TRIGGERS_EXCEEDED = "MaximumRepositoryTriggersExceededException", 400;
    REPOSITORY_TRIGGER_NAME_REQUIRED = "RepositoryTriggerNameRequiredException", 400;
    INVALID_REPOSITORY_TRIGGER_NAME = "InvalidRepositoryTriggerNameException", 400;
    REPOSITORY_TRIGGER_DESTINATION_ARN_REQUIRED =
        "RepositoryTriggerDestinationArnRequiredException", 400;
    INVALID_REPOSITORY_TRIGGER_DESTINATION_ARN =
        "InvalidRepositoryTriggerDestinationArnException", 400;
    INVALID_REPOSITORY_TRIGGER_REGION = "InvalidRepositoryTriggerRegionException", 400;
    INVALID_REPOSITORY_TRIGGER_CUSTOM_DATA = "InvalidRepositoryTriggerCustomDataException", 400;
    MAXIMUM_BRANCHES_EXCEEDED = "MaximumBranchesExceededException", 400;
    INVALID_REPOSITORY_TRIGGER_BRANCH_NAME = "InvalidRepositoryTriggerBranchNameException", 400;
    REPOSITORY_TRIGGER_BRANCH_NAME_LIST_REQUIRED =
        "RepositoryTriggerBranchNameListRequiredException", 400;
    REPOSITORY_TRIGGER_EVENTS_LIST_REQUIRED = "RepositoryTriggerEventsListRequiredException", 400;
    INVALID_REPOSITORY_TRIGGER_EVENTS = "InvalidRepositoryTriggerEventsException", 400;
    MERGE_OPTION_REQUIRED = "MergeOptionRequiredException", 400;
    INVALID_MERGE_OPTION = "InvalidMergeOptionException", 400;
    MANUAL_MERGE_REQUIRED = "ManualMergeRequiredException", 400;
    TIPS_DIVERGENCE_EXCEEDED = "TipsDivergenceExceededException", 400;
    INVALID_TARGET_BRANCH = "InvalidTargetBranchException", 400;
    INVALID_SOURCE_COMMIT_SPECIFIER = "InvalidSourceCommitSpecifierException", 400;
    INVALID_DESTINATION_COMMIT_SPECIFIER = "InvalidDestinationCommitSpecifierException", 400;
    INVALID_CONFLICT_DETAIL_LEVEL = "InvalidConflictDetailLevelException", 400;
    INVALID_CONFLICT_RESOLUTION_STRATEGY = "InvalidConflictResolutionStrategyException", 400;
    INVALID_CONFLICT_RESOLUTION = "InvalidConflictResolutionException", 400;
    MULTIPLE_CONFLICT_RESOLUTION_ENTRIES = "MultipleConflictResolutionEntriesException", 400;
    MAXIMUM_CONFLICT_RESOLUTION_ENTRIES_EXCEEDED =
        "MaximumConflictResolutionEntriesExceededException", 400;
    REPLACEMENT_TYPE_REQUIRED = "ReplacementTypeRequiredException", 400;
    INVALID_REPLACEMENT_TYPE = "InvalidReplacementTypeException", 400;
    REPLACEMENT_CONTENT_REQUIRED = "ReplacementContentRequiredException", 400;
    INVALID_REPLACEMENT_CONTENT = "InvalidReplacementContentException", 400;
    INVALID_MAX_CONFLICT_FILES = "InvalidMaxConflictFilesException", 400;
    INVALID_MAX_MERGE_HUNKS = "InvalidMaxMergeHunksException", 400;
    MAXIMUM_ITEMS_TO_COMPARE_EXCEEDED = "MaximumItemsToCompareExceededException", 400;
    MAXIMUM_FILE_CONTENT_TO_LOAD_EXCEEDED = "MaximumFileContentToLoadExceededException", 400;
    VALIDATION = "ValidationException", 400;
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

/// There is no pull request with that id.
pub(crate) fn no_pull_request(id: &str) -> Error {
    PULL_REQUEST_DOES_NOT_EXIST.error(format!("The pull request {id} does not exist."))
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
