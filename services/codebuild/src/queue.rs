//! Builds that wait too long for a slot.

use std::sync::Arc;

use api_developer::codebuild::BuildStatusType;
use engine::{BoxFuture, EngineError, Next, Reconciler, Run};
use service::Yard;
use store::{StoreError, WakeKey, WriteTx};
use types::{Scope, Timestamp};

use crate::builds;
use crate::model::BuildRecord;
use crate::phases::Context;

const KIND: &str = "codebuild.queue";

/// Looks at the build again when its time in the queue is over.
pub(crate) fn watch(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    record: &BuildRecord,
    now: Timestamp,
) -> Result<(), StoreError> {
    let minutes = record.build.queued_timeout_in_minutes.unwrap_or(480);
    tx.wake(&WakeKey::new(KIND, scope, record.id.as_str()), now.plus_secs(i64::from(minutes) * 60))
}

/// A build that has ended waits for nothing.
pub(crate) fn forget(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    record: &BuildRecord,
) -> Result<(), StoreError> {
    tx.cancel_wake(&WakeKey::new(KIND, scope, record.id.as_str()))
}

/// The reconciler that ends builds which have waited too long.
pub(crate) struct Queue;

/// Makes it.
pub(crate) fn reconciler(_yard: &Yard) -> Arc<dyn Reconciler> {
    Arc::new(Queue)
}

impl Reconciler for Queue {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn concurrency(&self) -> usize {
        4
    }

    fn reconcile(&self, run: Run) -> BoxFuture<Result<Next, EngineError>> {
        Box::pin(async move {
            let (scope, id, now) = (run.scope().clone(), run.key().to_owned(), run.now());
            run.write(move |tx| {
                let Some(record) = tx.get::<BuildRecord>(&scope, &id)? else { return Ok(()) };
                if record.is_queued() && !record.is_complete() {
                    let context = Context::new(
                        "BUILD_TIMED_OUT",
                        "Build has timed out while waiting in the queue.",
                    );
                    builds::end_in_queue(tx, record, BuildStatusType::TimedOut, &context, now)
                        .map_err(EngineError::from)?;
                }
                Ok(())
            })
            .await?;
            Ok(Next::Done)
        })
    }

    fn on_exhausted(&self, _run: Run, _error: EngineError) -> BoxFuture<Result<(), EngineError>> {
        // Only the store can fail here, and then nothing can be written either: the runner takes
        // the build up some day.
        Box::pin(std::future::ready(Ok(())))
    }
}
