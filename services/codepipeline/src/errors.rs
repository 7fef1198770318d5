//! CodePipeline's error set.

wire::errors! {
    ACTION_NOT_FOUND = "ActionNotFoundException", 400;
    ACTION_TYPE_NOT_FOUND = "ActionTypeNotFoundException", 400;
    APPROVAL_ALREADY_COMPLETED = "ApprovalAlreadyCompletedException", 400;
    CONCURRENT_MODIFICATION = "ConcurrentModificationException", 400;
    CONFLICT = "ConflictException", 409;
    DUPLICATED_STOP_REQUEST = "DuplicatedStopRequestException", 400;
    INVALID_ACTION_DECLARATION = "InvalidActionDeclarationException", 400;
    INVALID_APPROVAL_TOKEN = "InvalidApprovalTokenException", 400;
    INVALID_ARN = "InvalidArnException", 400;
    INVALID_BLOCKER_DECLARATION = "InvalidBlockerDeclarationException", 400;
    INVALID_NEXT_TOKEN = "InvalidNextTokenException", 400;
    INVALID_STAGE_DECLARATION = "InvalidStageDeclarationException", 400;
    INVALID_STRUCTURE = "InvalidStructureException", 400;
    INVALID_TAGS = "InvalidTagsException", 400;
    LIMIT_EXCEEDED = "LimitExceededException", 400;
    NOT_LATEST_EXECUTION = "NotLatestPipelineExecutionException", 400;
    EXECUTION_NOT_FOUND = "PipelineExecutionNotFoundException", 400;
    EXECUTION_NOT_STOPPABLE = "PipelineExecutionNotStoppableException", 400;
    NAME_IN_USE = "PipelineNameInUseException", 400;
    PIPELINE_NOT_FOUND = "PipelineNotFoundException", 400;
    VERSION_NOT_FOUND = "PipelineVersionNotFoundException", 400;
    RESOURCE_NOT_FOUND = "ResourceNotFoundException", 400;
    STAGE_NOT_FOUND = "StageNotFoundException", 400;
    STAGE_NOT_RETRYABLE = "StageNotRetryableException", 400;
    TOO_MANY_TAGS = "TooManyTagsException", 400;
    VALIDATION = "ValidationException", 400;
}
