//! Whether a repository lets secrets in, as [`SECRET_SCANNING`] says. What a secret is,
//! [`git::secrets`] decides.

use git::{Draft, Oid};
use store::{ReadTx, StoreError};
use wire::Error;

use crate::errors;
use crate::model::Repository;
use crate::settings::SECRET_SCANNING;

/// Whether secrets are refused here.
pub(crate) fn blocks(repository: &Repository) -> bool {
    SECRET_SCANNING.is_changed(repository)
}

/// [`blocks`] of the repository with this id.
pub(crate) fn blocks_in(tx: &ReadTx<'_>, id: &str) -> Result<bool, StoreError> {
    Ok(Repository::by_id(tx, id)?.is_some_and(|repository| blocks(&repository)))
}

/// Refuses a commit that was just drafted if it brings secrets; `blocks` is what [`blocks`] said.
pub(crate) fn check(draft: &Draft, commit: &Oid, blocks: bool) -> Result<(), Error> {
    if !blocks {
        return Ok(());
    }
    match git::secrets::refusal(&draft.find_secrets(commit)?) {
        Some(refusal) => {
            let mut error = errors::OPERATION_NOT_ALLOWED.error("The commit was not made: ");
            // Whole, for it has its own bounds.
            error.message.push_str(&refusal);
            Err(error)
        }
        None => Ok(()),
    }
}
