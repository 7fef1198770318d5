//! KMS's error set.

wire::errors! {
    ALREADY_EXISTS = "AlreadyExistsException", 400;
    DISABLED = "DisabledException", 400;
    DRY_RUN = "DryRunOperationException", 400;
    INCORRECT_KEY = "IncorrectKeyException", 400;
    INVALID_ALIAS_NAME = "InvalidAliasNameException", 400;
    INVALID_ARN = "InvalidArnException", 400;
    INVALID_CIPHERTEXT = "InvalidCiphertextException", 400;
    INVALID_GRANT_TOKEN = "InvalidGrantTokenException", 400;
    INVALID_KEY_USAGE = "InvalidKeyUsageException", 400;
    INVALID_MARKER = "InvalidMarkerException", 400;
    INVALID_STATE = "KMSInvalidStateException", 400;
    LIMIT_EXCEEDED = "LimitExceededException", 400;
    MALFORMED_POLICY = "MalformedPolicyDocumentException", 400;
    NOT_FOUND = "NotFoundException", 400;
    TAG = "TagException", 400;
    UNSUPPORTED = "UnsupportedOperationException", 400;
    VALIDATION = "ValidationException", 400;
}
