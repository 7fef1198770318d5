//! `PollForSourceChanges`: starting a pipeline when one of its sources has a new revision.
//!
//! CodeCommit tells of every change of a branch by an event, so nothing is polled there. S3 tells
//! only where a bucket was asked to; its objects are looked at every [`INTERVAL`], as the
//! pipeline's role, and at once where there is an event. A connection's provider tells nobody: AWS
//! has an application installed there, here the branch is looked at (`DetectChanges`).

use std::sync::Arc;

use api_developer::codepipeline::{
    ActionDeclaration, ExecutionTrigger, PipelineDeclaration, TriggerType,
};
use api_storage::s3;
use engine::{BoxFuture, EngineError, Next, Reconciler, Run};
use service::Yard;
use shape::Timestamp;
use store::{Query, StoreError, WakeKey, WriteTx};
use types::Scope;

use crate::actions::connection_source::Source;
use crate::actions::role;
use crate::catalog::{self, Provider};
use crate::flow::{Flow, Start};
use crate::model::Pipeline;

/// The reconciler's kind; its keys are names of pipelines.
pub const KIND: &str = "codepipeline.polling";
/// Time between looks at an object, in seconds.
const INTERVAL: i64 = 30;
/// Pipelines that may poll one source.
const MAX_POLLERS: usize = 300;
/// Pipelines whose sources are looked at at the same time.
const CONCURRENCY: usize = 4;

/// A source by which pipelines are found: `codecommit:REPOSITORY/BRANCH`.
pub fn branch(repository: &str, branch: &str) -> String {
    format!("codecommit:{repository}/{branch}")
}

/// A source by which pipelines are found: `s3:BUCKET/KEY`.
pub fn object(bucket: &str, key: &str) -> String {
    format!("s3:{bucket}/{key}")
}

/// A source at a connection's provider.
fn connected(source: &Source<'_>) -> String {
    format!("connection:{}/{}/{}", source.connection, source.repository, source.branch)
}

/// Whether a source is looked at again and again.
fn is_looked_at(provider: Provider) -> bool {
    matches!(provider, Provider::S3Source | Provider::Connection)
}

/// What a source action polls, if it does. It does unless it is told not to.
fn polled_by(action: &ActionDeclaration) -> Option<(Provider, String)> {
    let provider = catalog::find(&action.action_type_id)?.provider;
    let configuration = action.configuration.as_ref()?;
    let told = ["PollForSourceChanges", "DetectChanges"]
        .into_iter()
        .find_map(|key| configuration.get(key));
    if told.is_some_and(|value| value == "false") {
        return None;
    }
    let value = |key: &str| configuration.get(key).map(String::as_str);
    match provider {
        Provider::CodeCommit => {
            Some((provider, branch(value("RepositoryName")?, value("BranchName")?)))
        }
        Provider::S3Source => Some((provider, object(value("S3Bucket")?, value("S3ObjectKey")?))),
        Provider::Connection => Some((provider, connected(&Source::of(value)?))),
        _ => None,
    }
}

fn sources(declaration: &PipelineDeclaration) -> impl Iterator<Item = &ActionDeclaration> {
    declaration.stages.iter().take(1).flat_map(|stage| &stage.actions)
}

/// All that a pipeline polls.
pub fn polled(declaration: &PipelineDeclaration) -> Vec<String> {
    let mut polled: Vec<String> =
        sources(declaration).filter_map(polled_by).map(|(_, source)| source).collect();
    polled.sort_unstable();
    polled.dedup();
    polled
}

/// Sees to it that a pipeline's objects and branches are looked at, or no longer.
pub fn arm(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    pipeline: &Pipeline,
    now: Timestamp,
) -> Result<(), StoreError> {
    let key = WakeKey::new(KIND, scope, &pipeline.name);
    let needed = sources(&pipeline.declaration)
        .filter_map(polled_by)
        .any(|(provider, _)| is_looked_at(provider));
    if needed { tx.wake(&key, now.plus_secs(INTERVAL)) } else { tx.cancel_wake(&key) }
}

/// Starts a pipeline because a source has a revision that it has not seen yet. The revision counts
/// as seen from then on.
fn start(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    name: &str,
    now: Timestamp,
    action: &str,
    revision: &str,
) -> Result<(), StoreError> {
    let Some(mut flow) = Flow::load(tx, scope, name, now)? else { return Ok(()) };
    let seen = &mut flow.pipeline_mut().seen;
    if seen.insert(action.to_owned(), revision.to_owned()).as_deref() == Some(revision) {
        return Ok(());
    }
    let trigger = ExecutionTrigger {
        trigger_type: Some(TriggerType::PollForSourceChanges),
        trigger_detail: Some(action.to_owned()),
    };
    flow.start(tx, Start { trigger, ..Start::default() })?;
    flow.run(tx)
}

/// A branch has a new commit: starts the pipelines that poll it.
pub fn branch_changed(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    source: &str,
    commit_id: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let pollers = tx.by_index::<Pipeline>(scope, "polls", source, &Query::first(MAX_POLLERS))?;
    for pipeline in pollers.items {
        let polls = |action: &&ActionDeclaration| {
            polled_by(action).is_some_and(|(_, polled)| polled == source)
        };
        for action in sources(&pipeline.declaration).filter(polls) {
            start(tx, scope, &pipeline.name, now, &action.name, commit_id)?;
        }
    }
    Ok(())
}

/// An object has changed: has the pipelines look that poll it.
pub fn object_changed(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    source: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let pollers = tx.by_index::<Pipeline>(scope, "polls", source, &Query::first(MAX_POLLERS))?;
    for pipeline in pollers.items {
        tx.wake(&WakeKey::new(KIND, scope, &pipeline.name), now)?;
    }
    Ok(())
}

/// Looks at objects and branches.
pub struct Polling {
    yard: Yard,
}

impl Polling {
    /// The reconciler of a yard.
    pub fn reconciler(yard: &Yard) -> Arc<dyn Reconciler> {
        Arc::new(Self { yard: yard.clone() })
    }
}

impl Reconciler for Polling {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn concurrency(&self) -> usize {
        CONCURRENCY
    }

    fn reconcile(&self, run: Run) -> BoxFuture<Result<Next, EngineError>> {
        let yard = self.yard.clone();
        Box::pin(async move { look(&yard, &run).await })
    }

    fn on_exhausted(&self, run: Run, error: EngineError) -> BoxFuture<Result<(), EngineError>> {
        Box::pin(async move {
            tracing::warn!(pipeline = run.key(), %error, "failed to look at a pipeline's sources");
            let again = run.now().plus_secs(INTERVAL);
            run.clone().write(move |tx| Ok(tx.wake(run.wake_key(), again)?)).await
        })
    }
}

async fn look(yard: &Yard, run: &Run) -> Result<Next, EngineError> {
    let stored = yard.store().read::<_, StoreError>(|tx| tx.get(run.scope(), run.key()))?;
    let Some(pipeline) = stored.map(store::Stored::<Pipeline>::into_inner) else {
        return Ok(Next::Done);
    };
    let mut any = false;
    for action in sources(&pipeline.declaration) {
        let Some((provider, _)) = polled_by(action) else { continue };
        if !is_looked_at(provider) {
            continue;
        }
        any = true;
        // A bucket that is not there or may not be read yet is no reason to stop looking; its
        // pipeline's source action tells why, as soon as it is started otherwise.
        let Some(revision) = revision(yard, run.scope(), &pipeline, action).await else { continue };
        if pipeline.seen.get(&action.name) != Some(&revision) {
            let (scope, now, name) = (run.scope().clone(), run.now(), pipeline.name.clone());
            let action = action.name.clone();
            run.write(move |tx| Ok(start(tx, &scope, &name, now, &action, &revision)?)).await?;
        }
    }
    Ok(if any { Next::At(run.now().plus_secs(INTERVAL)) } else { Next::Done })
}

/// The newest version of the object, or commit of the branch, that a source action takes.
async fn revision(
    yard: &Yard,
    scope: &Scope,
    pipeline: &Pipeline,
    action: &ActionDeclaration,
) -> Option<String> {
    let role = &pipeline.declaration.role_arn;
    let own_role = action.role_arn.as_deref();
    let cx = role::context(yard, scope, &pipeline.name, role, own_role).await.ok()?;
    let configuration = action.configuration.as_ref()?;
    if let Some(source) = Source::of(|key| configuration.get(key).map(String::as_str)) {
        return source.newest(&cx).await.ok();
    }
    let input = s3::HeadObjectInput {
        bucket: configuration.get("S3Bucket")?.clone(),
        key: configuration.get("S3ObjectKey")?.clone(),
        ..Default::default()
    };
    cx.call(s3::HeadObject, input).await.ok()?.version_id
}
