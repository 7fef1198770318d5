//! Parameter Store's error set.

wire::errors! {
    ACCESS_DENIED = "AccessDeniedException", 400;
    HIERARCHY_LEVEL_LIMIT = "HierarchyLevelLimitExceededException", 400;
    HIERARCHY_TYPE_MISMATCH = "HierarchyTypeMismatchException", 400;
    INVALID_ALLOWED_PATTERN = "InvalidAllowedPatternException", 400;
    INVALID_FILTER_KEY = "InvalidFilterKey", 400;
    INVALID_FILTER_OPTION = "InvalidFilterOption", 400;
    INVALID_FILTER_VALUE = "InvalidFilterValue", 400;
    INVALID_KEY_ID = "InvalidKeyId", 400;
    INVALID_NEXT_TOKEN = "InvalidNextToken", 400;
    INVALID_RESOURCE_ID = "InvalidResourceId", 400;
    INVALID_RESOURCE_TYPE = "InvalidResourceType", 400;
    LABEL_LIMIT = "ParameterVersionLabelLimitExceeded", 400;
    MAX_VERSION_LIMIT = "ParameterMaxVersionLimitExceeded", 400;
    PARAMETER_ALREADY_EXISTS = "ParameterAlreadyExists", 400;
    PARAMETER_NOT_FOUND = "ParameterNotFound", 400;
    PATTERN_MISMATCH = "ParameterPatternMismatchException", 400;
    TOO_MANY_TAGS = "TooManyTagsError", 400;
    TOO_MANY_UPDATES = "TooManyUpdates", 400;
    VALIDATION = "ValidationException", 400;
    VERSION_NOT_FOUND = "ParameterVersionNotFound", 400;
}
