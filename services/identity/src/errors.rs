//! IAM's and STS's errors.

wire::errors! {
    NO_SUCH_ENTITY = "NoSuchEntity", 404;
    ALREADY_EXISTS = "EntityAlreadyExists", 409;
    DELETE_CONFLICT = "DeleteConflict", 409;
    LIMIT_EXCEEDED = "LimitExceeded", 409;
    MALFORMED_POLICY = "MalformedPolicyDocument", 400;
    INVALID_INPUT = "InvalidInput", 400;
    VALIDATION = "ValidationError", 400;
    NOT_SUPPORTED_SERVICE = "NotSupportedService", 404;
    ACCESS_DENIED = "AccessDenied", 403;
    EXPIRED_TOKEN = "ExpiredToken", 403;
    INVALID_CLIENT_TOKEN_ID = "InvalidClientTokenId", 403;
    PACKED_POLICY_TOO_LARGE = "PackedPolicyTooLarge", 400;
    INVALID_AUTHORIZATION_MESSAGE = "InvalidAuthorizationMessageException", 400;
    INVALID_PUBLIC_KEY = "InvalidPublicKey", 400;
    DUPLICATE_SSH_PUBLIC_KEY = "DuplicateSSHPublicKey", 400;
    UNRECOGNIZED_PUBLIC_KEY_ENCODING = "UnrecognizedPublicKeyEncoding", 400;
    INVALID_AUTHENTICATION_CODE = "InvalidAuthenticationCode", 403;
    PASSWORD_POLICY_VIOLATION = "PasswordPolicyViolation", 400;
    INVALID_USER_TYPE = "InvalidUserType", 400;
    ENTITY_TEMPORARILY_UNMODIFIABLE = "EntityTemporarilyUnmodifiable", 409;
    NOT_IMPLEMENTED = "NotImplemented", 501;
}
