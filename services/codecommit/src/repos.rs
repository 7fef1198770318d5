//! Opening a repository: its key is asked for, and its plain copy is brought up to date.

use git::Repository;
use service::Cx;
use wire::Error;

use crate::model;
use crate::{errors, keys, storage};

/// The repository with this id, for the caller: as far as its key lets him, with everything that
/// was acknowledged until now.
///
/// # Errors
/// The `EncryptionKey…` errors; no room for the plain copy; the repository was deleted meanwhile.
pub(crate) async fn open(cx: &Cx, id: &str) -> Result<Repository, Error> {
    let found = cx.read(|tx| Ok(model::Repository::by_id(tx, id)?))?;
    let found = found.ok_or_else(|| errors::no_repository(id))?;
    keys::check(cx, &found).await?;
    let yard = cx.yard();
    Ok(storage::of(yard).cache().open(id, &storage::packs(yard, id)).await?)
}
