//! Builds: started, stopped, retried, shown, listed, deleted.

mod artifacts;
mod auto_retry;
mod delete;
mod ending;
mod logs;
mod retry;
mod show;
mod start;
mod stop;
mod submit;

use store::{ReadTx, Stored};
use types::Scope;
use wire::Error;

pub(crate) use artifacts::{artifact_key, artifact_location};
pub(crate) use auto_retry::{auto_retry, wants_retry};
pub(crate) use delete::batch_delete_builds;
pub(crate) use ending::ended;
pub(crate) use logs::location as log_location;
pub(crate) use retry::{again, retry_build};
pub(crate) use show::{batch_get_builds, list_builds, list_builds_for_project};
pub(crate) use start::{Cause, check, new_record, start_build, start_for};
pub(crate) use stop::{end_in_queue, stop_build};
pub(crate) use submit::{refuse_beyond_limit, submit, token};

use crate::errors;
use crate::model::BuildRecord;

pub(crate) fn load(tx: &ReadTx<'_>, scope: &Scope, id: &str) -> Result<Stored<BuildRecord>, Error> {
    let missing = || errors::NOT_FOUND.error(format!("Build cannot be found: {id}"));
    tx.get(scope, id)?.ok_or_else(missing)
}
