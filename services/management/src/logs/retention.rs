//! Retention: what is older than its group keeps goes away for good.
//!
//! Readers never see expired events; this gives their space back.

use std::sync::Arc;

use engine::{BoxFuture, EngineError, Next, Reconciler, Run};
use store::Durability;

use super::arn::{group_track, stream_track};
use super::model::{LogGroup, count_bytes};
use crate::chunks::{self, Head};

/// The reconciler's kind; its keys are groups' names.
pub(super) const RETENTION: &str = "logs.retention";
/// Streams looked at in one transaction.
const PAGE: usize = 100;
const SWEEP_MILLIS: i64 = 3_600_000;

/// The numbers of days that AWS lets a policy have.
pub(super) fn is_retention(days: i32) -> bool {
    const DAYS: [i32; 23] = [
        1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557,
        2922, 3288, 3653, 0,
    ];
    days != 0 && DAYS.contains(&days)
}

/// Sweeps a group every hour as long as it has a policy.
pub(super) struct Sweeper;

impl Sweeper {
    pub fn reconciler() -> Arc<dyn Reconciler> {
        Arc::new(Self)
    }
}

impl Reconciler for Sweeper {
    fn kind(&self) -> &'static str {
        RETENTION
    }

    fn concurrency(&self) -> usize {
        1
    }

    fn reconcile(&self, run: Run) -> BoxFuture<Result<Next, EngineError>> {
        Box::pin(sweep(run))
    }

    /// Nothing was promised to anybody: the next hour tries again.
    fn on_exhausted(&self, run: Run, error: EngineError) -> BoxFuture<Result<(), EngineError>> {
        Box::pin(async move {
            tracing::error!(group = run.key(), %error, "failed to sweep expired log events");
            let key = run.wake_key().clone();
            let at = run.now().plus_millis(SWEEP_MILLIS);
            run.write(move |tx| Ok(tx.wake(&key, at)?)).await
        })
    }
}

async fn sweep(run: Run) -> Result<Next, EngineError> {
    let (scope, name, now) = (run.scope().clone(), run.key().to_owned(), run.now());
    let mut after: Option<Vec<u8>> = None;
    loop {
        let cutoff = run.store().read::<_, EngineError>(|tx| {
            let group = tx.get::<LogGroup>(&scope, &name)?;
            Ok(group.filter(|it| it.retention_in_days.is_some()).map(|it| it.cutoff(now)))
        })?;
        let Some(cutoff) = cutoff else { return Ok(Next::Done) };
        let heads = run
            .store()
            .read(|tx| Head::all(tx, &group_track(&scope, &name), after.as_deref(), PAGE))?;
        let Some((last, _)) = heads.last() else { break };
        let last = last.clone();
        let due: Vec<String> = heads
            .iter()
            .filter(|(_, head)| !head.is_empty() && head.min_time < cutoff)
            .filter_map(|(key, _)| store::Key::parts(key).text())
            .collect();
        let more = match due.is_empty() {
            true => false,
            false => expire(&run, due, cutoff).await?,
        };
        if !more {
            after = Some(last);
        }
    }
    Ok(Next::At(now.plus_millis(SWEEP_MILLIS)))
}

/// Not synced: what a power failure brings back is swept again.
async fn expire(run: &Run, streams: Vec<String>, cutoff: i64) -> Result<bool, EngineError> {
    let (fence, scope, group) = (run.clone(), run.scope().clone(), run.key().to_owned());
    run.store()
        .write_with(Durability::Ordered, move |tx| {
            fence.fence(tx)?;
            let mut any_more = false;
            for stream in &streams {
                let track = stream_track(&scope, &group, stream);
                let (freed, more) = chunks::expire(tx, &track, cutoff)?;
                count_bytes(tx, &scope, &group, freed, 0)?;
                any_more |= more;
            }
            Ok::<_, EngineError>(any_more)
        })
        .await
}
