//! Reads the deliveries of all pipelines, a page at a time, so that nobody waits for one long
//! reading of the store.

use std::collections::HashMap;

use api_developer::codepipeline::{ActionCategory, ActionExecutionStatus, PipelineExecutionStatus};
use service::Cx;
use shape::Timestamp;
use store::{Listing, Query};
use wire::Error;

use super::lately::{self, Lately};
use super::reckon::Delivery;
use crate::arn;
use crate::model::{ActionRun, Execution, Pipeline};

/// Entries that one reading takes.
const PAGE: usize = 100;
/// Newest action executions of a pipeline that are looked at.
const MOST_OF_ONE: usize = 2_000;
/// Action executions that are looked at in all.
const MOST: usize = 20_000;

/// What was found.
#[derive(Default)]
pub struct Gathered {
    /// By pipeline.
    pub pipelines: Vec<(String, Vec<Delivery>)>,
    /// What runs and what failed.
    pub lately: Lately,
    /// Pipelines of which the caller may not know.
    pub denied: i32,
    /// There was more.
    pub truncated: bool,
}

/// What the deploy actions of an execution did.
#[derive(Default)]
struct Deployed {
    failed: Option<Timestamp>,
    last: Timestamp,
}

/// All deliveries that began at or after `since`.
pub async fn deliveries(cx: &Cx, since: Timestamp) -> Result<Gathered, Error> {
    let mut gathered = Gathered::default();
    let (mut after, mut looked_at) = (None, 0);
    loop {
        let page: Listing<Pipeline> =
            cx.read(|tx| Ok(tx.list(&cx.scope(), &Query::first(PAGE).after(after))?))?;
        for pipeline in page.items {
            if looked_at >= MOST {
                gathered.truncated = true;
                return Ok(gathered);
            }
            let right = arn::right(cx, "ListPipelineExecutions", &pipeline.name, &[])?;
            if cx.authorize("codepipeline", &right).is_err() {
                gathered.denied += 1;
                continue;
            }
            let right = arn::right(cx, "ListActionExecutions", &pipeline.name, &[])?;
            let why = cx.authorize("codepipeline", &right).is_ok();
            cx.read(|tx| lately::add(tx, &cx.scope(), &pipeline, why, &mut gathered.lately))?;
            let found = of_pipeline(cx, &pipeline, since, &mut looked_at).await?;
            gathered.truncated |= found.1;
            gathered.pipelines.push((pipeline.name.clone(), found.0));
        }
        after = page.next;
        if after.is_none() {
            return Ok(gathered);
        }
    }
}

async fn of_pipeline(
    cx: &Cx,
    pipeline: &Pipeline,
    since: Timestamp,
    looked_at: &mut usize,
) -> Result<(Vec<Delivery>, bool), Error> {
    let mut deployed: HashMap<String, Deployed> = HashMap::new();
    let (mut after, mut here) = (None, 0);
    let truncated = loop {
        let query = Query::first(PAGE).after(after).reversed();
        let page: Listing<ActionRun> =
            cx.read(|tx| Ok(tx.by_index(&cx.scope(), "pipeline", &pipeline.uid, &query)?))?;
        here += page.items.len();
        *looked_at += page.items.len();
        let older = page.items.last().is_some_and(|run| run.started < since);
        for run in page.items.iter().filter(|run| run.started >= since) {
            note(&mut deployed, run);
        }
        after = page.next;
        if older || after.is_none() {
            break false;
        }
        if here >= MOST_OF_ONE {
            break true;
        }
        tokio::task::yield_now().await;
    };
    let deliveries = cx.read(|tx| {
        let mut deliveries = Vec::new();
        for (id, deployed) in &deployed {
            if let Some(execution) = tx.get::<Execution>(&cx.scope(), id)? {
                deliveries.extend(delivery(&execution, deployed));
            }
        }
        Ok(deliveries)
    })?;
    Ok((deliveries, truncated))
}

fn note(deployed: &mut HashMap<String, Deployed>, run: &ActionRun) {
    let failed = match run.status {
        ActionExecutionStatus::Failed => true,
        ActionExecutionStatus::Succeeded => false,
        _ => return,
    };
    if run.action_type.category != ActionCategory::Deploy {
        return;
    }
    let known = deployed.entry(run.execution_id.clone()).or_default();
    known.last = known.last.max(run.updated);
    if failed {
        known.failed = Some(known.failed.map_or(run.updated, |at| at.min(run.updated)));
    }
}

/// `None` for what is still under way, or was stopped before it failed.
fn delivery(execution: &Execution, deployed: &Deployed) -> Option<Delivery> {
    let succeeded = execution.status == PipelineExecutionStatus::Succeeded;
    if !succeeded && deployed.failed.is_none() {
        return None;
    }
    let revisions = &execution.artifact_revisions;
    let ids: Vec<_> = revisions.iter().filter_map(|it| it.revision_id.as_deref()).collect();
    Some(Delivery {
        revision: ids.join(" "),
        committed: revisions.iter().filter_map(|it| it.created).max(),
        failed: deployed.failed,
        succeeded: succeeded.then_some(deployed.last),
    })
}
