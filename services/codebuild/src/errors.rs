//! CodeBuild's errors.

use service::common;
use wire::Error;

wire::errors! {
    INVALID_INPUT = "InvalidInputException", 400;
    NOT_FOUND = "ResourceNotFoundException", 400;
    ALREADY_EXISTS = "ResourceAlreadyExistsException", 400;
    LIMIT_EXCEEDED = "AccountLimitExceededException", 400;
    OAUTH_PROVIDER = "OAuthProviderException", 400;
}

/// What was asked for is AWS's and not ours yet.
pub(crate) fn unsupported(what: &str) -> Error {
    common::NOT_IMPLEMENTED
        .error(format!("{what} is not supported yet. docs/coverage.md lists what is."))
}

/// A value that makes no sense, in AWS's words where it has some.
pub(crate) fn invalid(message: impl Into<String>) -> Error {
    INVALID_INPUT.error(message)
}
