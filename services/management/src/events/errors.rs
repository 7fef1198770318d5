//! The errors of EventBridge.

use wire::Error;

wire::errors! {
    NOT_FOUND = "ResourceNotFoundException", 400;
    INVALID_PATTERN = "InvalidEventPatternException", 400;
    LIMIT_EXCEEDED = "LimitExceededException", 400;
    VALIDATION = "ValidationException", 400;
}

pub(super) fn invalid(message: impl Into<String>) -> Error {
    VALIDATION.error(message)
}

/// What AWS has and this yard lacks.
pub(super) fn unsupported(what: &str) -> Error {
    invalid(format!("{what} is not supported by Codeyard."))
}

pub(super) fn no_rule(name: &str) -> Error {
    NOT_FOUND.error(format!("Rule {name} does not exist on EventBus default."))
}

pub(super) fn bad_pattern(why: &str) -> Error {
    INVALID_PATTERN.error(format!("Event pattern is not valid. Reason: {why}"))
}

pub(super) fn bad_token() -> Error {
    invalid("The next token is not valid.")
}
