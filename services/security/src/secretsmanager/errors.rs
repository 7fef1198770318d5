//! Secrets Manager's error set.

wire::errors! {
    ACCESS_DENIED = "AccessDeniedException", 400;
    DECRYPTION_FAILURE = "DecryptionFailure", 400;
    ENCRYPTION_FAILURE = "EncryptionFailure", 400;
    INVALID_NEXT_TOKEN = "InvalidNextTokenException", 400;
    INVALID_PARAMETER = "InvalidParameterException", 400;
    INVALID_REQUEST = "InvalidRequestException", 400;
    LIMIT_EXCEEDED = "LimitExceededException", 400;
    MALFORMED_POLICY = "MalformedPolicyDocumentException", 400;
    NOT_FOUND = "ResourceNotFoundException", 400;
    PUBLIC_POLICY = "PublicPolicyException", 400;
    RESOURCE_EXISTS = "ResourceExistsException", 400;
    VALIDATION = "ValidationException", 400;
}
