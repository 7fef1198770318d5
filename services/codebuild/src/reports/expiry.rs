//! Reports whose time is over, and groups that are deleted with their reports.

use std::sync::Arc;

use engine::{BoxFuture, EngineError, Next, Reconciler, Run};
use service::Yard;
use store::Query;

use super::model::{BY_GROUP, GroupRecord, ReportRecord};
use super::records;

/// Wakes when a report's time is over.
pub(crate) const REPORTS: &str = "codebuild.report-expiry";
/// Wakes when a group is to be deleted.
pub(crate) const GROUPS: &str = "codebuild.report-group-removal";
/// Reports that one transaction deletes: each has hundreds of rows.
const AT_ONCE: usize = 20;

/// Sweeps a report.
struct Reports;

/// Sweeps a group.
struct Groups;

/// The reconciler of [`REPORTS`].
pub(crate) fn reports(_yard: &Yard) -> Arc<dyn Reconciler> {
    Arc::new(Reports)
}

/// The reconciler of [`GROUPS`].
pub(crate) fn groups(_yard: &Yard) -> Arc<dyn Reconciler> {
    Arc::new(Groups)
}

impl Reconciler for Reports {
    fn kind(&self) -> &'static str {
        REPORTS
    }

    fn concurrency(&self) -> usize {
        2
    }

    fn reconcile(&self, run: Run) -> BoxFuture<Result<Next, EngineError>> {
        Box::pin(async move {
            let (scope, id, now) = (run.scope().clone(), run.key().to_owned(), run.now());
            run.write(move |tx| {
                let found = tx.get::<ReportRecord>(&scope, &id)?;
                if let Some(record) = found.filter(|record| record.is_expired(now)) {
                    records::delete(tx, &scope, &record)?;
                }
                Ok(())
            })
            .await?;
            Ok(Next::Done)
        })
    }

    fn on_exhausted(&self, _run: Run, _error: EngineError) -> BoxFuture<Result<(), EngineError>> {
        // Only the store can fail here. The report stays, and shows to nobody.
        Box::pin(std::future::ready(Ok(())))
    }
}

impl Reconciler for Groups {
    fn kind(&self) -> &'static str {
        GROUPS
    }

    fn concurrency(&self) -> usize {
        1
    }

    fn reconcile(&self, run: Run) -> BoxFuture<Result<Next, EngineError>> {
        Box::pin(async move {
            loop {
                let (scope, name) = (run.scope().clone(), run.key().to_owned());
                let done = run.write(move |tx| {
                    let group = tx.get::<GroupRecord>(&scope, &name)?;
                    if group.is_none_or(|group| !group.is_deleting()) {
                        return Ok(true);
                    }
                    let query = Query::first(AT_ONCE);
                    let page = tx.by_index::<ReportRecord>(&scope, BY_GROUP, &name, &query)?;
                    for record in &page.items {
                        records::delete(tx, &scope, record)?;
                    }
                    if page.next.is_none() {
                        tx.delete::<GroupRecord>(&scope, &name)?;
                    }
                    Ok(page.next.is_none())
                });
                if done.await? {
                    return Ok(Next::Done);
                }
                if run.is_stopping() {
                    return Err(EngineError::Stopping);
                }
            }
        })
    }

    fn on_exhausted(&self, _run: Run, _error: EngineError) -> BoxFuture<Result<(), EngineError>> {
        // As above: the group stays in DELETING, as it says.
        Box::pin(std::future::ready(Ok(())))
    }
}
