//! CodeConnections' errors.

use service::common;
use wire::Error;

wire::errors! {
    NOT_FOUND = "ResourceNotFoundException", 404;
    LIMIT_EXCEEDED = "LimitExceededException", 429;
    UNAVAILABLE = "ResourceUnavailableException", 400;
}

/// A value that makes no sense.
pub(crate) fn invalid(message: impl Into<String>) -> Error {
    common::VALIDATION_JSON.error(message)
}

/// What was asked for is AWS's and not ours.
pub(crate) fn unsupported(what: &str) -> Error {
    common::NOT_IMPLEMENTED.error(format!("{what}. docs/guide/connections.md tells what is."))
}

/// There is nothing of that ARN.
pub(crate) fn not_found(arn: &str) -> Error {
    NOT_FOUND.error(format!("The resource {arn} was not found. Verify its ARN and try again."))
}
