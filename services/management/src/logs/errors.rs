//! The errors of CloudWatch Logs.

use wire::Error;

wire::errors! {
    INVALID_PARAMETER = "InvalidParameterException", 400;
    NOT_FOUND = "ResourceNotFoundException", 400;
    ALREADY_EXISTS = "ResourceAlreadyExistsException", 400;
    LIMIT_EXCEEDED = "LimitExceededException", 400;
    TOO_MANY_TAGS = "TooManyTagsException", 400;
    VALIDATION = "ValidationException", 400;
    UNAVAILABLE = "ServiceUnavailableException", 503;
}

pub(super) fn no_group() -> Error {
    NOT_FOUND.error("The specified log group does not exist.")
}

pub(super) fn no_stream() -> Error {
    NOT_FOUND.error("The specified log stream does not exist.")
}

pub(super) fn invalid(message: impl Into<String>) -> Error {
    INVALID_PARAMETER.error(message)
}

/// What AWS has and this yard lacks.
pub(super) fn unsupported(what: &str) -> Error {
    invalid(format!("{what} is not supported by Codeyard."))
}

pub(super) fn bad_token() -> Error {
    invalid("The specified nextToken is invalid.")
}
