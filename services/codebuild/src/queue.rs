//! The order in which builds get a slot, and those that wait too long for one.
//!
//! A build waits as a wake-up of its runner, and the engine takes the wake-ups that are due in the
//! order of their times. Those times are turns rather than clock times: the builds of one project
//! follow each other a millisecond apart, and a project that has nothing in the queue joins at its
//! head. So projects take turns, whoever has a thousand builds waiting, and no slot is idle for it.

use std::sync::Arc;

use api_developer::codebuild::BuildStatusType;
use engine::{BoxFuture, EngineError, Next, Reconciler, Run};
use service::Yard;
use store::{ReadTx, Resource as _, StoreError, WakeKey, WriteTx};
use types::{Scope, Timestamp};

use crate::model::{BuildRecord, ProjectRecord};
use crate::phases::Context;
use crate::{builds, run};

const KIND: &str = "codebuild.queue";
/// Turns lie so far in the past, in milliseconds (some three years), that all of them are due: a
/// queue of fewer builds than that is no limit.
const TURNS_AGO: i64 = 100_000_000_000;
/// Runs that go on after an error or a restart wait among the builds that have not begun; how many
/// wake-ups to look at to see past them.
const LOOK: usize = 64;

/// When the runner of the project's next build is to be woken; see the module.
pub(crate) fn next_turn(
    tx: &ReadTx<'_>,
    project: &ProjectRecord,
    now: Timestamp,
) -> Result<Timestamp, StoreError> {
    let newest = now.plus_millis(-TURNS_AGO);
    let is_turn = |at: Timestamp| at > Timestamp::from_millis(0) && now.since(at) > TURNS_AGO / 2;
    let mut head = tx.wakes(run::KIND, 1)?;
    if head.first().is_some_and(|wake| !is_turn(wake.at)) {
        head = tx.wakes(run::KIND, LOOK)?;
    }
    let head = head.iter().map(|wake| wake.at).find(|at| is_turn(*at)).unwrap_or(newest);
    Ok(project.last_turn.map_or(head, |last| head.max(last.plus_millis(1))))
}

/// Looks at the build again when its time in the queue is over.
pub(crate) fn watch(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    record: &BuildRecord,
    now: Timestamp,
) -> Result<(), StoreError> {
    let minutes = record.build.queued_timeout_in_minutes.unwrap_or(480);
    tx.wake(&WakeKey::new(KIND, scope, record.key()), now.plus_secs(i64::from(minutes) * 60))
}

/// A build that has ended waits for nothing.
pub(crate) fn forget(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    record: &BuildRecord,
) -> Result<(), StoreError> {
    tx.cancel_wake(&WakeKey::new(KIND, scope, record.key()))
}

/// Takes a build that has not begun out of the queue.
pub(crate) fn leave(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    record: &BuildRecord,
) -> Result<(), StoreError> {
    let kind = if record.sandbox.is_some() { run::SANDBOX_KIND } else { run::KIND };
    tx.cancel_wake(&WakeKey::new(kind, scope, record.key()))
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
