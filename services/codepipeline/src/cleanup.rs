//! Taking away what a deleted pipeline leaves: versions, executions and action executions. They
//! are out of reach at once, since everything is found by the pipeline's uid.

use std::sync::Arc;

use engine::{BoxFuture, EngineError, Next, Reconciler, Run};
use store::{Query, StoreError, WriteTx};
use types::Scope;

use crate::model::{ActionRun, Execution, PipelineVersion};

/// The reconciler's kind; its keys are uids of pipelines.
pub const KIND: &str = "codepipeline.cleanup";
/// Documents of each kind that one transaction takes away.
const PAGE: usize = 100;

/// Takes away what is left of deleted pipelines.
pub struct Cleanup;

impl Cleanup {
    /// The reconciler.
    pub fn reconciler() -> Arc<dyn Reconciler> {
        Arc::new(Self)
    }
}

impl Reconciler for Cleanup {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn concurrency(&self) -> usize {
        1
    }

    fn reconcile(&self, run: Run) -> BoxFuture<Result<Next, EngineError>> {
        Box::pin(async move {
            let (scope, uid) = (run.scope().clone(), run.key().to_owned());
            let more = run.write(move |tx| Ok(sweep(tx, &scope, &uid)?)).await?;
            Ok(if more { Next::At(run.now()) } else { Next::Done })
        })
    }

    fn on_exhausted(&self, run: Run, error: EngineError) -> BoxFuture<Result<(), EngineError>> {
        Box::pin(async move {
            tracing::error!(uid = run.key(), %error, "failed to clean up after a pipeline");
            Ok(())
        })
    }
}

/// Takes a page away; answers whether there may be more.
fn sweep(tx: &mut WriteTx<'_>, scope: &Scope, uid: &str) -> Result<bool, StoreError> {
    let page = Query::first(PAGE);
    let executions = tx.by_index::<Execution>(scope, "pipeline", uid, &page)?.items;
    for execution in &executions {
        tx.delete::<Execution>(scope, &execution.id)?;
    }
    let actions = tx.by_index::<ActionRun>(scope, "pipeline", uid, &page)?.items;
    for action in &actions {
        tx.delete::<ActionRun>(scope, &action.id)?;
    }
    let prefix = format!("{uid}/");
    let versions = tx.list::<PipelineVersion>(scope, &page.prefix(&prefix))?.items;
    for version in &versions {
        let key = PipelineVersion::key_of(uid, version.value.version);
        tx.delete::<PipelineVersion>(scope, &key)?;
    }
    Ok([executions.len(), actions.len(), versions.len()].contains(&PAGE))
}
