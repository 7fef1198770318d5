//! Batches: several builds of one project, coordinated. One build reads the buildspec, whose
//! `batch` section says which others there are, what they override of the project, and on which
//! of each other they wait.
//!
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build.html>

mod combine;
mod delete;
mod look;
mod merge;
mod model;
mod outputs;
mod phases;
mod plan;
mod report;
mod retry;
mod run;
mod show;
mod spec;
mod start;
mod stop;
mod summaries;

use std::sync::Arc;

use engine::Reconciler;
use service::Yard;
use store::{StoreError, WakeKey, WriteTx};
use types::{Scope, Timestamp};

pub(crate) use delete::delete_build_batch;
pub(crate) use model::right_of_batch;
pub(crate) use report::reports_each;
pub(crate) use retry::retry_build_batch;
pub(crate) use show::{
    batch_get_build_batches, list_build_batches, list_build_batches_for_project,
};
pub(crate) use start::{start_build_batch, start_for};
pub(crate) use stop::stop_build_batch;

const KIND: &str = "codebuild.batch";

/// Makes the reconciler.
pub(crate) fn reconciler(yard: &Yard) -> Arc<dyn Reconciler> {
    Arc::new(run::Batches { yard: yard.clone() })
}

/// Has the batch's reconciler look at it.
pub(crate) fn wake(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    id: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.wake(&WakeKey::new(KIND, scope, id), now)
}
