//! What a keyring's and a blob's refusals are called here.

use blobs::KeyringError;
use git::GitError;
use service::Error;

use crate::errors;

/// A blob's failure as CodeCommit tells it.
pub(super) fn blob_error(error: blobs::Error) -> Error {
    match error {
        blobs::Error::Keyring(KeyringError::NoSuchKey(key)) => errors::ENCRYPTION_KEY_NOT_FOUND
            .error(format!(
                "The repository's encryption key {key} does not exist any more. Without it the \
                 repository cannot be read."
            )),
        blobs::Error::Keyring(KeyringError::Disabled(key)) => errors::ENCRYPTION_KEY_DISABLED
            .error(format!(
                "The repository's encryption key {key} is not enabled. Enable it in KMS, or \
                 cancel its deletion."
            )),
        blobs::Error::Keyring(KeyringError::Unopened) | blobs::Error::Damaged { .. } => {
            tracing::error!(%error, "a repository's sealed data are damaged");
            errors::ENCRYPTION_INTEGRITY_CHECKS_FAILED
                .error("The repository's sealed data are damaged; the yard's log tells which.")
        }
        blobs::Error::Keyring(KeyringError::Unavailable(why)) => errors::ENCRYPTION_KEY_UNAVAILABLE
            .error(format!("The repository's encryption key is not available: {why}.")),
        other => {
            tracing::error!(error = %other, "a repository's sealed data failed");
            other.into()
        }
    }
}

/// The same on its way through git.
pub(super) fn refused(error: blobs::Error) -> GitError {
    GitError::Refused(blob_error(error))
}
