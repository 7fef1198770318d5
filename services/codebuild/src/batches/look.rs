//! A look at a batch and its builds: how each stands, and what follows from that.

use api_developer::codebuild::*;
use store::{ReadTx, Stored};
use types::{Scope, Timestamp};

use super::model::BatchRecord;
use super::plan::{self, Cut, Plan, State};
use crate::model::{self, BuildRecord};

/// What a look at the batch in progress found.
pub(super) struct Look {
    pub version: u64,
    pub plan: Plan,
    /// Groups whose summaries are to be renewed.
    pub ended: bool,
    /// Builds that run and were not yet asked to stop.
    pub unasked: bool,
    /// Whether one of those to be started was tried before.
    pub retries: bool,
    pub record: BatchRecord,
}

pub(super) fn look(
    tx: &ReadTx<'_>,
    scope: &Scope,
    id: &str,
    now: Timestamp,
) -> Result<Option<Look>, store::StoreError> {
    let Some(record) = tx.get::<BatchRecord>(scope, id)? else { return Ok(None) };
    let plan = decide(tx, scope, &record, now)?;
    let running = running(tx, scope, &record)?;
    let shown = record.groups().iter().filter_map(|it| it.current_build_summary.as_ref());
    let shown = shown.filter(|it| it.build_status == Some(BuildStatusType::InProgress)).count();
    let retries = plan.start.iter().any(|at| {
        let group = plan::tasks(&record).nth(*at);
        group
            .is_some_and(|it| it.prior_build_summary_list.as_ref().is_some_and(|it| !it.is_empty()))
    });
    Ok(Some(Look {
        version: record.version,
        ended: running.len() < shown,
        unasked: running.iter().any(|build| !build.stop_requested),
        retries,
        plan,
        record: record.into_inner(),
    }))
}

pub(super) fn decide(
    tx: &ReadTx<'_>,
    scope: &Scope,
    record: &BatchRecord,
    now: Timestamp,
) -> Result<Plan, store::StoreError> {
    let states =
        plan::tasks(record).map(|group| state(tx, scope, group)).collect::<Result<Vec<_>, _>>()?;
    Ok(plan::plan(record, &states, cut(record, now)))
}

pub(super) fn cut(record: &BatchRecord, now: Timestamp) -> Option<Cut> {
    match record.stop_requested {
        true => Some(Cut::Stopped),
        false => (record.deadline() <= now).then_some(Cut::TimedOut),
    }
}

/// Looks again at the deadline at the latest; after it, builds that were asked to stop wake.
pub(super) fn wake_at(record: &BatchRecord, now: Timestamp) -> Timestamp {
    let deadline = record.deadline();
    if deadline > now { deadline } else { now.plus_millis(60_000) }
}

/// How a group's build is now; one that somebody deleted counts as it was last seen, or as failed.
pub(super) fn state(
    tx: &ReadTx<'_>,
    scope: &Scope,
    group: &BuildGroup,
) -> Result<State, store::StoreError> {
    let Some(summary) = &group.current_build_summary else { return Ok(State::Waiting) };
    let seen = summary.build_status.unwrap_or(BuildStatusType::Fault);
    if seen != BuildStatusType::InProgress {
        return Ok(State::Ended(seen));
    }
    let found = build_of(tx, scope, summary.arn.as_deref().unwrap_or_default())?;
    Ok(match found {
        Some(build) if !build.is_complete() => State::Running,
        Some(build) => State::Ended(build.build.build_status.unwrap_or(BuildStatusType::Fault)),
        None => State::Ended(BuildStatusType::Fault),
    })
}

/// The builds of the batch that have not ended.
pub(super) fn running(
    tx: &ReadTx<'_>,
    scope: &Scope,
    record: &BatchRecord,
) -> Result<Vec<Stored<BuildRecord>>, store::StoreError> {
    let mut all = Vec::new();
    for group in record.groups() {
        let Some(summary) = &group.current_build_summary else { continue };
        if summary.build_status != Some(BuildStatusType::InProgress) {
            continue;
        }
        let found = build_of(tx, scope, summary.arn.as_deref().unwrap_or_default())?;
        all.extend(found.filter(|build| !build.is_complete()));
    }
    Ok(all)
}

pub(super) fn build_of(
    tx: &ReadTx<'_>,
    scope: &Scope,
    arn: &str,
) -> Result<Option<Stored<BuildRecord>>, store::StoreError> {
    tx.get::<BuildRecord>(scope, model::build_id(scope, arn))
}
