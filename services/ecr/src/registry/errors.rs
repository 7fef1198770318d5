//! Answers of the registry protocol that are errors.
//!
//! <https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes>

use serde_json::json;
use service::{Error, RawResponse};

use crate::errors::INVALID_PARAMETER;

/// An error, as engines read it.
pub(super) fn refusal(status: u16, code: &str, message: &str) -> RawResponse {
    let body = json!({ "errors": [{ "code": code, "message": message }] }).to_string();
    RawResponse {
        status,
        headers: vec![
            ("content-type".to_owned(), "application/json; charset=utf-8".to_owned()),
            ("docker-distribution-api-version".to_owned(), "registry/2.0".to_owned()),
        ],
        body: body.into_bytes().into(),
    }
}

/// The member in which an error keeps the registry's own code for it.
const CODE: &str = "registryCode";

/// Something of a request that does not fit, by the registry's code for it.
pub(super) fn invalid(code: &'static str, message: impl Into<String>) -> Error {
    INVALID_PARAMETER.error(message).with(CODE, code)
}

/// The API's error as the registry tells it.
pub(super) fn told(error: &Error) -> RawResponse {
    let own = error.members.iter().find(|(name, _)| *name == CODE).map(|(_, code)| code.as_str());
    let (status, code) = match error.code.as_ref() {
        "InvalidParameterException" if own.is_some() => (400, own.unwrap_or_default()),
        "AccessDeniedException" => (403, "DENIED"),
        "RepositoryNotFoundException" => (404, "NAME_UNKNOWN"),
        "UploadNotFoundException" => (404, "BLOB_UPLOAD_UNKNOWN"),
        "InvalidLayerPartException" => (416, "BLOB_UPLOAD_INVALID"),
        "InvalidLayerException" | "ImageDigestDoesNotMatchException" => (400, "DIGEST_INVALID"),
        "LayersNotFoundException" => (404, "MANIFEST_BLOB_UNKNOWN"),
        "ReferencedImagesNotFoundException" => (404, "MANIFEST_BLOB_UNKNOWN"),
        "ImageTagAlreadyExistsException" => (400, "TAG_INVALID"),
        "InvalidParameterException" => (400, "MANIFEST_INVALID"),
        "LimitExceededException" => (400, "SIZE_INVALID"),
        "KmsException" => (403, "DENIED"),
        _ if error.status < 500 => (error.status, "UNSUPPORTED"),
        _ => (error.status, "UNKNOWN"),
    };
    // An encoded message is for those who decode it: an engine shows its user all there is.
    let message = error.message.split(". Encoded authorization failure message").next();
    refusal(status, code, message.unwrap_or_default())
}

/// Nobody has signed in, or not well.
pub(super) fn unauthorized(host: &str, message: &str) -> RawResponse {
    let mut response = refusal(401, "UNAUTHORIZED", message);
    let challenge = format!("Basic realm=\"https://{host}/\",service=\"ecr.amazonaws.com\"");
    response.headers.push(("www-authenticate".to_owned(), challenge));
    response
}
