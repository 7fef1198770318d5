//! What runs, and what failed last and why.

use api_developer::codepipeline::{ActionExecutionStatus, PipelineExecutionStatus};
use api_developer::codeyard::DeliveryExecution;
use store::{Listing, Query, ReadTx};
use types::Scope;
use wire::Error;

use crate::model::{ActionRun, Execution, Pipeline};

/// Executions that may be active in one pipeline at a time: one in each stage, one in front of it.
const MOST_ACTIVE: usize = 100;

/// Executions that are of interest now.
#[derive(Default)]
pub struct Lately {
    /// Those that run or wait.
    pub active: Vec<DeliveryExecution>,
    /// The newest of pipelines in which that failed.
    pub failed: Vec<DeliveryExecution>,
}

/// Adds those of a pipeline; with `why`, also which action failed and what it said, which takes a
/// right of its own.
pub fn add(
    tx: &ReadTx<'_>,
    scope: &Scope,
    pipeline: &Pipeline,
    why: bool,
    lately: &mut Lately,
) -> Result<(), Error> {
    let of = |index, limit| -> Result<Listing<Execution>, Error> {
        Ok(tx.by_index(scope, index, &pipeline.uid, &Query::first(limit).reversed())?)
    };
    lately.active.extend(of("active", MOST_ACTIVE)?.items.iter().map(|it| told(it, None)));
    let newest = of("pipeline", 1)?.items.pop();
    if let Some(newest) = newest.filter(|it| it.status == PipelineExecutionStatus::Failed) {
        let failed = if why { failed_action(tx, scope, &newest)? } else { None };
        lately.failed.push(told(&newest, failed));
    }
    Ok(())
}

fn failed_action(
    tx: &ReadTx<'_>,
    scope: &Scope,
    execution: &Execution,
) -> Result<Option<ActionRun>, Error> {
    let actions = execution.stages.iter().rev().flat_map(|stage| &stage.actions);
    match actions.into_iter().find(|it| it.status == ActionExecutionStatus::Failed) {
        Some(action) => Ok(tx.get::<ActionRun>(scope, &action.id)?.map(store::Stored::into_inner)),
        None => Ok(None),
    }
}

fn told(execution: &Execution, failed: Option<ActionRun>) -> DeliveryExecution {
    let (action_name, message) = match failed {
        Some(run) => (Some(run.name), run.error.and_then(|error| error.message).or(run.summary)),
        None => (None, execution.status_summary.clone()),
    };
    DeliveryExecution {
        pipeline_name: execution.pipeline.clone(),
        pipeline_execution_id: execution.id.clone(),
        stage_name: execution.stage.clone(),
        action_name,
        message,
        start_time: execution.started,
        last_update_time: execution.updated,
    }
}
