//! Amazon ECR's errors, and the words that several operations share.

use service::Error;

wire::errors! {
    EMPTY_UPLOAD = "EmptyUploadException", 400;
    IMAGE_ALREADY_EXISTS = "ImageAlreadyExistsException", 400;
    IMAGE_DIGEST_DOES_NOT_MATCH = "ImageDigestDoesNotMatchException", 400;
    IMAGE_NOT_FOUND = "ImageNotFoundException", 400;
    IMAGE_TAG_ALREADY_EXISTS = "ImageTagAlreadyExistsException", 400;
    INVALID_LAYER = "InvalidLayerException", 400;
    INVALID_LAYER_PART = "InvalidLayerPartException", 400;
    INVALID_PARAMETER = "InvalidParameterException", 400;
    INVALID_TAG_PARAMETER = "InvalidTagParameterException", 400;
    KMS = "KmsException", 400;
    LAYER_ALREADY_EXISTS = "LayerAlreadyExistsException", 400;
    LAYER_PART_TOO_SMALL = "LayerPartTooSmallException", 400;
    LAYERS_NOT_FOUND = "LayersNotFoundException", 400;
    LIMIT_EXCEEDED = "LimitExceededException", 400;
    REFERENCED_IMAGES_NOT_FOUND = "ReferencedImagesNotFoundException", 400;
    REPOSITORY_ALREADY_EXISTS = "RepositoryAlreadyExistsException", 400;
    REPOSITORY_NOT_EMPTY = "RepositoryNotEmptyException", 400;
    REPOSITORY_NOT_FOUND = "RepositoryNotFoundException", 400;
    REPOSITORY_POLICY_NOT_FOUND = "RepositoryPolicyNotFoundException", 400;
    TOO_MANY_TAGS = "TooManyTagsException", 400;
    UPLOAD_NOT_FOUND = "UploadNotFoundException", 400;
}

/// A parameter that does not fit, in ECR's words.
pub(crate) fn invalid(parameter: &str, why: impl std::fmt::Display) -> Error {
    INVALID_PARAMETER
        .error(format!("Invalid parameter at '{parameter}' failed to satisfy constraint: '{why}'"))
}

/// Something that AWS has and Codeyard does not.
pub(crate) fn unsupported(what: &str) -> Error {
    INVALID_PARAMETER.error(format!("{what} is not supported by Codeyard."))
}

/// Where something is, as the messages end.
pub(crate) fn place(repository: &str, registry: &str) -> String {
    format!("the repository with name '{repository}' in the registry with id '{registry}'")
}

/// There is no repository of that name.
pub(crate) fn no_repository(name: &str, registry: &str) -> Error {
    REPOSITORY_NOT_FOUND.error(format!(
        "The repository with name '{name}' does not exist in the registry with id '{registry}'"
    ))
}

/// There is no upload of that id.
pub(crate) fn no_upload(id: &str, repository: &str, registry: &str) -> Error {
    let place = place(repository, registry);
    UPLOAD_NOT_FOUND.error(format!("The upload with id '{id}' does not exist in {place}"))
}

/// A blob's failure as ECR tells it: keys have an error of their own.
pub(crate) fn of_blob(error: blobs::Error) -> Error {
    match error {
        blobs::Error::Keyring(blobs::KeyringError::NoSuchKey(key)) => {
            KMS.error(format!("The key {key} does not exist")).with("kmsError", "NotFoundException")
        }
        blobs::Error::Keyring(blobs::KeyringError::Disabled(key)) => {
            KMS.error(format!("{key} is disabled.")).with("kmsError", "DisabledException")
        }
        other => other.into(),
    }
}
