//! S3's errors, after the
//! [list of error codes](https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).

use service::Error;

wire::errors! {
    ACCESS_DENIED = "AccessDenied", 403;
    ACL_NOT_SUPPORTED = "AccessControlListNotSupported", 400;
    BAD_REQUEST = "BadRequest", 400;
    BAD_DIGEST = "BadDigest", 400;
    BUCKET_ALREADY_EXISTS = "BucketAlreadyExists", 409;
    BUCKET_ALREADY_OWNED = "BucketAlreadyOwnedByYou", 409;
    BUCKET_NOT_EMPTY = "BucketNotEmpty", 409;
    CONDITIONAL_REQUEST_CONFLICT = "ConditionalRequestConflict", 409;
    ENTITY_TOO_LARGE = "EntityTooLarge", 400;
    ENTITY_TOO_SMALL = "EntityTooSmall", 400;
    ILLEGAL_LOCATION = "IllegalLocationConstraintException", 400;
    INVALID_ARGUMENT = "InvalidArgument", 400;
    INVALID_BUCKET_NAME = "InvalidBucketName", 400;
    INVALID_DIGEST = "InvalidDigest", 400;
    INVALID_ENCRYPTION = "InvalidEncryptionAlgorithmError", 400;
    INVALID_LOCATION = "InvalidLocationConstraint", 400;
    INVALID_PART = "InvalidPart", 400;
    INVALID_PART_NUMBER = "InvalidPartNumber", 416;
    INVALID_PART_ORDER = "InvalidPartOrder", 400;
    INVALID_RANGE = "InvalidRange", 416;
    INVALID_REQUEST = "InvalidRequest", 400;
    INVALID_STORAGE_CLASS = "InvalidStorageClass", 400;
    INVALID_TAG = "InvalidTag", 400;
    KEY_TOO_LONG = "KeyTooLongError", 400;
    KMS_DISABLED = "KMS.DisabledException", 400;
    KMS_INVALID_STATE = "KMS.KMSInvalidStateException", 400;
    KMS_INVALID_USAGE = "KMS.InvalidKeyUsageException", 400;
    KMS_NOT_FOUND = "KMS.NotFoundException", 400;
    MALFORMED_POLICY = "MalformedPolicy", 400;
    MALFORMED_XML = "MalformedXML", 400;
    METADATA_TOO_LARGE = "MetadataTooLarge", 400;
    METHOD_NOT_ALLOWED = "MethodNotAllowed", 405;
    NO_SUCH_BUCKET = "NoSuchBucket", 404;
    NO_SUCH_BUCKET_POLICY = "NoSuchBucketPolicy", 404;
    NO_SUCH_CORS = "NoSuchCORSConfiguration", 404;
    NO_SUCH_KEY = "NoSuchKey", 404;
    NO_SUCH_LIFECYCLE = "NoSuchLifecycleConfiguration", 404;
    NO_SUCH_OBJECT_LOCK = "ObjectLockConfigurationNotFoundError", 404;
    NO_SUCH_PUBLIC_ACCESS_BLOCK = "NoSuchPublicAccessBlockConfiguration", 404;
    NO_SUCH_REPLICATION = "ReplicationConfigurationNotFoundError", 404;
    NO_SUCH_TAG_SET = "NoSuchTagSet", 404;
    NO_SUCH_UPLOAD = "NoSuchUpload", 404;
    NO_SUCH_VERSION = "NoSuchVersion", 404;
    NO_SUCH_WEBSITE = "NoSuchWebsiteConfiguration", 404;
    NOT_IMPLEMENTED = "NotImplemented", 501;
    NOT_MODIFIED = "NotModified", 304;
    PRECONDITION_FAILED = "PreconditionFailed", 412;
    SERVICE_UNAVAILABLE = "ServiceUnavailable", 503;
    TOO_MANY_BUCKETS = "TooManyBuckets", 400;
}

/// There is no bucket of that name.
pub fn no_such_bucket(name: &str) -> Error {
    NO_SUCH_BUCKET.error("The specified bucket does not exist").with("BucketName", name)
}

/// There is no object of that key.
pub fn no_such_key(key: &str) -> Error {
    NO_SUCH_KEY.error("The specified key does not exist.").with("Key", key)
}

/// There is no such version of the object.
pub fn no_such_version(key: &str, version_id: &str) -> Error {
    NO_SUCH_VERSION
        .error("The specified version does not exist.")
        .with("Key", key)
        .with("VersionId", version_id)
}

/// There is no such multipart upload.
pub fn no_such_upload(upload_id: &str) -> Error {
    NO_SUCH_UPLOAD
        .error(
            "The specified upload does not exist. The upload ID may be invalid, or the upload \
             may have been aborted or completed.",
        )
        .with("UploadId", upload_id)
}

/// A condition of the request does not hold.
pub fn precondition_failed(condition: &str) -> Error {
    PRECONDITION_FAILED
        .error("At least one of the pre-conditions you specified did not hold")
        .with("Condition", condition)
}

/// An argument that does not fit.
pub fn invalid_argument(message: &str, name: &str, value: &str) -> Error {
    INVALID_ARGUMENT.error(message).with("ArgumentName", name).with("ArgumentValue", value)
}

/// Something that AWS has and Codeyard does not.
pub fn not_implemented(what: &str) -> Error {
    NOT_IMPLEMENTED.error(format!("{what} is not supported by Codeyard."))
}
