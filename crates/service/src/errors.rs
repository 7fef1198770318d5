//! Errors that every service has.

/// AWS's common errors.
pub mod common {
    wire::errors! {
        ACCESS_DENIED_JSON = "AccessDeniedException", 400;
        ACCESS_DENIED = "AccessDenied", 403;
        VALIDATION_JSON = "ValidationException", 400;
        VALIDATION_QUERY = "ValidationError", 400;
        SERIALIZATION = "SerializationException", 400;
        MALFORMED_QUERY = "MalformedInput", 400;
        UNKNOWN_OPERATION = "UnknownOperationException", 400;
        INVALID_ACTION = "InvalidAction", 400;
        MISSING_ACTION = "MissingAction", 400;
        NOT_IMPLEMENTED = "NotImplemented", 501;
        THROTTLING = "ThrottlingException", 400;
        SLOW_DOWN = "SlowDown", 503;
        REQUEST_TOO_LARGE = "RequestEntityTooLargeException", 413;
        INTERNAL = "InternalFailure", 500;
        UNAVAILABLE = "ServiceUnavailable", 503;
    }
}
