//! Builds: started, stopped, retried, shown, listed, deleted.

mod artifacts;
mod delete;
mod retry;
mod show;
mod start;
mod stop;
mod submit;

use store::{ReadTx, Stored};
use types::Scope;
use wire::Error;

pub(crate) use artifacts::{artifact_key, artifact_location};
pub(crate) use delete::batch_delete_builds;
pub(crate) use retry::retry_build;
pub(crate) use show::{batch_get_builds, list_builds, list_builds_for_project};
pub(crate) use start::start_build;
pub(crate) use stop::{end_in_queue, stop_build};

use crate::errors;
use crate::model::BuildRecord;

pub(crate) fn load(tx: &ReadTx<'_>, scope: &Scope, id: &str) -> Result<Stored<BuildRecord>, Error> {
    let missing = || errors::NOT_FOUND.error(format!("Build cannot be found: {id}"));
    tx.get(scope, id)?.ok_or_else(missing)
}
