//! Whether a repository lets secrets in: a setting of our own, kept as a tag, since AWS has no
//! operation for it. Clients set it with TagResource, and policies can say who may
//! (`aws:TagKeys`). What a secret is, [`git::secrets`] decides.

use std::collections::BTreeMap;

use git::{Draft, Oid};
use store::{ReadTx, StoreError};
use wire::Error;

use crate::errors;
use crate::model::Repository;

/// The tag.
pub(crate) const TAG: &str = "codeyard:secret-scanning";
/// Pushes and commits with secrets are refused.
const BLOCK: &str = "block";
/// Nobody looks; as it is without the tag.
const OFF: &str = "off";
/// Keys that begin so are ours: one that is misspelt must not pass for a setting.
const OURS: &str = "codeyard:";

/// Refuses values that mean nothing, and settings that there are none of.
pub(crate) fn check_tags(tags: &BTreeMap<String, String>) -> Result<(), Error> {
    let ours = |key: &str| key.to_ascii_lowercase().starts_with(OURS);
    for (key, value) in tags.iter().filter(|(key, _)| ours(key)) {
        if key != TAG {
            return Err(errors::INVALID_TAGS_MAP
                .error(format!("{key} is no setting of a repository: there is {TAG}.")));
        }
        if !matches!(value.as_str(), BLOCK | OFF) {
            return Err(errors::INVALID_TAGS_MAP
                .error(format!("{TAG} is {BLOCK} or {OFF}, not {value:?}.")));
        }
    }
    Ok(())
}

/// Whether secrets are refused here.
pub(crate) fn blocks(repository: &Repository) -> bool {
    repository.tags.get(TAG).is_some_and(|value| value == BLOCK)
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
            Err(errors::OPERATION_NOT_ALLOWED.error(format!("The commit was not made: {refusal}")))
        }
        None => Ok(()),
    }
}
