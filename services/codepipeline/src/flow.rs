//! Moving executions, within one transaction: state, events and wake-ups commit together.
//!
//! Whoever changes anything that the rules in [`crate::plan`] look at (a request, an action that
//! ended) loads a [`Flow`], changes it, and lets it [`Flow::run`] until no rule has a move left.
//! Thus nothing is ever between two states when the process dies: what remains to be done outside
//! is the started actions, which the reconciler in [`crate::actions`] drives.

use std::collections::BTreeMap;
use std::sync::Arc;

use api_developer::codepipeline::{
    ActionExecutionStatus, ArtifactRevision, ErrorDetails, ExecutionTrigger, PipelineDeclaration,
    PipelineExecutionStatus, SourceRevision, SourceRevisionOverride, StageExecutionStatus,
};
use service::Cx;
use shape::Timestamp;
use store::{Query, ReadTx, StoreError, WakeKey, WriteTx};
use types::Scope;
use wire::Error;

use crate::model::{
    ActionRun, ActionSummary, Execution, Pipeline, PipelineVersion, StageRun, StageVisit,
};
use crate::pipelines::not_found;
use crate::plan::{self, Active, Move};
use crate::variables::VARIABLES_NAMESPACE;
use crate::{actions, events, pipeline_variables, starting};

/// Most executions of one pipeline that can be active: one in and one in front of each stage.
const MAX_ACTIVE: usize = 2 * 50 + 1;

/// A pipeline and its active executions, about to move.
pub struct Flow {
    scope: Scope,
    now: Timestamp,
    pipeline: Pipeline,
    executions: Vec<Active>,
}

/// What starts an execution.
#[derive(Default)]
pub struct Start {
    /// Who or what asked for it.
    pub trigger: ExecutionTrigger,
    /// By which the same request is recognized.
    pub token: Option<String>,
    /// Revisions to take instead of the newest.
    pub overrides: Vec<SourceRevisionOverride>,
    /// The pipeline's own variables; those that are missing have their defaults.
    pub variables: BTreeMap<String, String>,
}

/// How an action ended.
#[derive(Clone, Debug, Default)]
pub struct Completion {
    /// Why it failed, if it did.
    pub error: Option<ErrorDetails>,
    /// What happened, in a sentence.
    pub summary: Option<String>,
    /// The build, deployment or revision outside.
    pub external_id: Option<String>,
    /// Where that can be seen.
    pub external_url: Option<String>,
    /// What it gives to later actions.
    pub variables: BTreeMap<String, String>,
    /// The revision that a source took.
    pub revision: Option<ArtifactRevision>,
    /// The person who decided.
    pub updated_by: Option<String>,
}

impl Completion {
    /// A failure.
    pub fn failed(code: &str, message: impl Into<String>) -> Self {
        let message = cut(&message.into(), 5000);
        Self {
            error: Some(ErrorDetails { code: Some(code.to_owned()), message: Some(message) }),
            ..Self::default()
        }
    }
}

/// The beginning of a text, at most `limit` characters.
pub fn cut(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}

impl Flow {
    /// Loads a pipeline with its active executions.
    pub fn load(
        tx: &ReadTx<'_>,
        scope: &Scope,
        name: &str,
        now: Timestamp,
    ) -> Result<Option<Self>, StoreError> {
        let Some(pipeline) = tx.get::<Pipeline>(scope, name)? else { return Ok(None) };
        let mut flow = Self {
            scope: scope.clone(),
            now,
            pipeline: pipeline.into_inner(),
            executions: Vec::new(),
        };
        let query = Query::first(MAX_ACTIVE);
        let active = tx.by_index::<Execution>(scope, "active", &flow.pipeline.uid, &query)?;
        for execution in active.items {
            flow.take_in(tx, execution.value)?;
        }
        Ok(Some(flow))
    }

    /// Loads what a request names.
    ///
    /// # Errors
    /// `PipelineNotFoundException`.
    pub fn of_request(tx: &ReadTx<'_>, cx: &Cx, name: &str) -> Result<Self, Error> {
        Self::load(tx, &cx.scope(), name, cx.now())?.ok_or_else(|| not_found(cx, name))
    }

    /// A pipeline that is being created.
    pub fn create(scope: &Scope, pipeline: Pipeline, now: Timestamp) -> Self {
        Self { scope: scope.clone(), now, pipeline, executions: Vec::new() }
    }

    /// The pipeline.
    pub fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    /// The pipeline.
    pub fn pipeline_mut(&mut self) -> &mut Pipeline {
        &mut self.pipeline
    }

    /// The executions, in the order of their numbers.
    pub fn executions(&self) -> &[Active] {
        &self.executions
    }

    /// Adds an execution to those that may move; answers its position.
    pub fn take_in(&mut self, tx: &ReadTx<'_>, execution: Execution) -> Result<usize, StoreError> {
        let declaration = self.declaration(tx, execution.version)?;
        let at = self.executions.partition_point(|it| it.execution.number < execution.number);
        self.executions.insert(at, Active { execution, declaration });
        Ok(at)
    }

    fn declaration(
        &self,
        tx: &ReadTx<'_>,
        version: i32,
    ) -> Result<Arc<PipelineDeclaration>, StoreError> {
        let known = self.executions.iter().find(|it| it.execution.version == version);
        if let Some(known) = known {
            return Ok(known.declaration.clone());
        }
        if version == self.pipeline.version {
            return Ok(Arc::new(self.pipeline.declaration.clone()));
        }
        let key = PipelineVersion::key_of(&self.pipeline.uid, version);
        let found = tx.get::<PipelineVersion>(&self.scope, &key)?;
        let found = found.ok_or_else(|| StoreError::Corrupt(format!("pipeline version {key}")))?;
        Ok(Arc::new(found.value.declaration))
    }

    /// Starts an execution; answers its id.
    pub fn start(&mut self, tx: &mut WriteTx<'_>, start: Start) -> Result<String, StoreError> {
        let Start { trigger, token, overrides, mut variables } = start;
        for (name, value) in pipeline_variables::defaults(&self.pipeline.declaration) {
            variables.entry(name).or_insert(value);
        }
        let own = (VARIABLES_NAMESPACE.to_owned(), variables);
        let first = self.pipeline.declaration.stages.first();
        let stage = first.map(|stage| stage.name.clone()).unwrap_or_default();
        let execution = Execution {
            id: types::uuid(),
            pipeline: self.pipeline.name.clone(),
            pipeline_uid: self.pipeline.uid.clone(),
            version: self.pipeline.version,
            number: self.pipeline.next_number(),
            trigger,
            token,
            started: self.now,
            updated: self.now,
            overrides,
            stage: stage.clone(),
            namespaces: Some(own).filter(|(_, values)| !values.is_empty()).into_iter().collect(),
            ..Execution::default()
        };
        tx.emit(events::pipeline(&self.scope, self.now, &execution, "STARTED"))?;
        let id = execution.id.clone();
        self.take_in(tx, execution)?;
        self.wait_in_front(&stage, &id, StageExecutionStatus::InProgress);
        Ok(id)
    }

    /// Moves executions until no rule has a move left, and keeps everything.
    pub fn run(mut self, tx: &mut WriteTx<'_>) -> Result<(), StoreError> {
        while let Some(next) = plan::next(&self.pipeline, &self.executions) {
            self.make(tx, next)?;
        }
        tx.put(&self.scope, &self.pipeline)?;
        for active in &self.executions {
            tx.put(&self.scope, &active.execution)?;
        }
        Ok(())
    }

    fn make(&mut self, tx: &mut WriteTx<'_>, next: Move) -> Result<(), StoreError> {
        match next {
            Move::Supersede { at } => self.end(tx, at, PipelineExecutionStatus::Superseded, None),
            Move::StopWaiting { at } => {
                let execution = self.touch(at);
                let (stage, id) = (execution.stage.clone(), execution.id.clone());
                self.wait_in_front(&stage, &id, StageExecutionStatus::Stopped);
                self.end(tx, at, PipelineExecutionStatus::Stopped, None)
            }
            Move::Enter { at } => self.enter(tx, at),
            Move::Start { at, action } => self.start_action(tx, at, action),
            Move::EndStage { at, status } => self.end_stage(tx, at, status),
        }
    }

    fn touch(&mut self, at: usize) -> &mut Execution {
        let execution = &mut self.executions[at].execution;
        execution.updated = self.now;
        execution
    }

    fn wait_in_front(&mut self, stage: &str, execution_id: &str, status: StageExecutionStatus) {
        let record = self.pipeline.stages.entry(stage.to_owned()).or_default();
        record.inbound = Some(StageVisit { execution_id: execution_id.to_owned(), status });
    }

    fn emit_stage(&self, tx: &mut WriteTx<'_>, at: usize, state: &str) -> Result<(), StoreError> {
        let execution = &self.executions[at].execution;
        tx.emit(events::stage(&self.scope, self.now, execution, &execution.stage, state))
    }

    fn enter(&mut self, tx: &mut WriteTx<'_>, at: usize) -> Result<(), StoreError> {
        let execution = self.touch(at);
        execution.entered = true;
        execution.stages.push(StageRun { name: execution.stage.clone(), ..StageRun::default() });
        let (stage, id) = (execution.stage.clone(), execution.id.clone());
        let record = self.pipeline.stages.entry(stage).or_default();
        record.inbound.take_if(|inbound| inbound.execution_id == id);
        record.retries = 0;
        let status = StageExecutionStatus::InProgress;
        record.latest = Some(StageVisit { execution_id: id, status });
        self.emit_stage(tx, at, "STARTED")
    }

    fn end_stage(
        &mut self,
        tx: &mut WriteTx<'_>,
        at: usize,
        status: StageExecutionStatus,
    ) -> Result<(), StoreError> {
        self.set_stage_status(at, status);
        let (state, ended) = match status {
            StageExecutionStatus::Succeeded => ("SUCCEEDED", None),
            StageExecutionStatus::Stopped => ("STOPPED", Some(PipelineExecutionStatus::Stopped)),
            StageExecutionStatus::Cancelled => {
                ("CANCELED", Some(PipelineExecutionStatus::Cancelled))
            }
            _ => ("FAILED", Some(PipelineExecutionStatus::Failed)),
        };
        self.emit_stage(tx, at, state)?;
        if let Some(ended) = ended {
            return self.end(tx, at, ended, None);
        }
        let active = &self.executions[at];
        let after = plan::stage_after(&active.declaration, &active.execution.stage);
        let Some(next) = after.map(|stage| stage.name.clone()) else {
            return self.end(tx, at, PipelineExecutionStatus::Succeeded, None);
        };
        let execution = self.touch(at);
        execution.entered = false;
        execution.stage.clone_from(&next);
        let id = execution.id.clone();
        self.wait_in_front(&next, &id, StageExecutionStatus::InProgress);
        Ok(())
    }

    /// Sets how an execution stands in its stage, also where the stage shows it.
    pub fn set_stage_status(&mut self, at: usize, status: StageExecutionStatus) {
        let execution = self.touch(at);
        if let Some(run) = execution.current_mut() {
            run.status = status;
        }
        let (stage, id) = (execution.stage.clone(), execution.id.clone());
        if let Some(record) = self.pipeline.stages.get_mut(&stage)
            && let Some(latest) = &mut record.latest
            && latest.execution_id == id
        {
            latest.status = status;
        }
    }

    fn end(
        &mut self,
        tx: &mut WriteTx<'_>,
        at: usize,
        status: PipelineExecutionStatus,
        summary: Option<&str>,
    ) -> Result<(), StoreError> {
        let execution = self.touch(at);
        execution.status = status;
        execution.status_summary = summary.map(str::to_owned);
        let state = match status {
            PipelineExecutionStatus::Cancelled => "CANCELED",
            PipelineExecutionStatus::Stopped => "STOPPED",
            PipelineExecutionStatus::Succeeded => "SUCCEEDED",
            PipelineExecutionStatus::Superseded => "SUPERSEDED",
            _ => "FAILED",
        };
        let execution = &self.executions[at].execution;
        tx.emit(events::pipeline(&self.scope, self.now, execution, state))
    }

    /// Ends an execution whose structure was changed under it.
    pub fn cancel(&mut self, tx: &mut WriteTx<'_>, at: usize) -> Result<(), StoreError> {
        let why = "The pipeline's structure was updated before the pipeline execution could be \
                   completed.";
        self.abandon_actions(tx, at)?;
        if self.executions[at].execution.entered {
            self.set_stage_status(at, StageExecutionStatus::Cancelled);
            self.emit_stage(tx, at, "CANCELED")?;
        } else {
            let execution = &self.executions[at].execution;
            let (stage, id) = (execution.stage.clone(), execution.id.clone());
            if let Some(record) = self.pipeline.stages.get_mut(&stage) {
                record.inbound.take_if(|inbound| inbound.execution_id == id);
            }
        }
        self.end(tx, at, PipelineExecutionStatus::Cancelled, Some(why))
    }

    /// Asks an execution to stop; `abandon` does not wait for what runs.
    pub fn stop(
        &mut self,
        tx: &mut WriteTx<'_>,
        at: usize,
        reason: Option<String>,
        abandon: bool,
    ) -> Result<(), StoreError> {
        let execution = self.touch(at);
        let repeated = std::mem::replace(&mut execution.stop_requested, true);
        execution.status = PipelineExecutionStatus::Stopping;
        execution.stop_reason = reason.or(execution.stop_reason.take());
        let entered = execution.entered;
        if !repeated {
            let execution = &self.executions[at].execution;
            tx.emit(events::pipeline(&self.scope, self.now, execution, "STOPPING"))?;
            if entered {
                self.set_stage_status(at, StageExecutionStatus::Stopping);
                self.emit_stage(tx, at, "STOPPING")?;
            }
        }
        if abandon { self.abandon_actions(tx, at) } else { Ok(()) }
    }

    /// Runs the stage again in which an execution has failed or was stopped: the actions that
    /// have not succeeded, or all of them.
    pub fn retry(&mut self, tx: &mut WriteTx<'_>, at: usize, all: bool) -> Result<(), StoreError> {
        let execution = self.touch(at);
        execution.status = PipelineExecutionStatus::InProgress;
        execution.status_summary = None;
        execution.stop_requested = false;
        execution.stop_reason = None;
        if let Some(run) = execution.current_mut() {
            run.retries += 1;
            run.actions.retain(|it| !all && it.status == ActionExecutionStatus::Succeeded);
        }
        let stage = execution.stage.clone();
        self.set_stage_status(at, StageExecutionStatus::InProgress);
        self.pipeline.stages.entry(stage).or_default().retries += 1;
        let execution = &self.executions[at].execution;
        tx.emit(events::pipeline(&self.scope, self.now, execution, "RESUMED"))?;
        self.emit_stage(tx, at, "RESUMED")
    }

    /// Gives up the actions of an execution that run: their providers go on with what they do,
    /// and nobody listens.
    pub fn abandon_actions(&mut self, tx: &mut WriteTx<'_>, at: usize) -> Result<(), StoreError> {
        let mut abandoned = Vec::new();
        for action in self.touch(at).current_mut().iter_mut().flat_map(|run| &mut run.actions) {
            if action.status == ActionExecutionStatus::InProgress {
                action.status = ActionExecutionStatus::Abandoned;
                abandoned.push(action.id.clone());
            }
        }
        for id in abandoned {
            let Some(mut run) = tx.get::<ActionRun>(&self.scope, &id)? else { continue };
            run.status = ActionExecutionStatus::Abandoned;
            run.updated = self.now;
            tx.put(&self.scope, &run.value)?;
            // So that a run of it ends, and with it its journal.
            tx.wake(&WakeKey::new(actions::KIND, &self.scope, &id), self.now)?;
            let execution = &self.executions[at].execution;
            tx.emit(events::action(&self.scope, self.now, execution, &run, "ABANDONED"))?;
        }
        Ok(())
    }

    fn start_action(
        &mut self,
        tx: &mut WriteTx<'_>,
        at: usize,
        action_at: usize,
    ) -> Result<(), StoreError> {
        let declaration = self.executions[at].declaration.clone();
        let stage = plan::stage_of(&declaration, &self.executions[at].execution.stage);
        let Some(action) = stage.and_then(|stage| stage.actions.get(action_at)) else {
            return Err(StoreError::Corrupt("a stage that its pipeline does not have".to_owned()));
        };
        let number = self.pipeline.next_number();
        let execution = self.touch(at);
        let (mut run, problem) = starting::new_run(&declaration, execution, action, number);
        let summary =
            ActionSummary { name: run.name.clone(), id: run.id.clone(), ..<_>::default() };
        if let Some(stage) = execution.current_mut() {
            stage.actions.push(summary);
        }
        let key = format!("{}/{}", run.stage, run.name);
        self.pipeline.actions.insert(key, run.id.clone());
        let execution = &self.executions[at].execution;
        tx.emit(events::action(&self.scope, self.now, execution, &run, "STARTED"))?;
        if let Some(problem) = problem {
            let completion = Completion::failed("ConfigurationError", problem);
            return self.end_action(tx, at, &mut run, completion);
        }
        let wake = match run.token {
            // Nothing is to be done but to wait for a person.
            Some(_) => run.expires.unwrap_or(self.now),
            None => self.now,
        };
        tx.wake(&WakeKey::new(actions::KIND, &self.scope, &run.id), wake)?;
        tx.put(&self.scope, &run).map(drop)
    }

    /// Writes down how an action of the execution at that position ended.
    fn end_action(
        &mut self,
        tx: &mut WriteTx<'_>,
        at: usize,
        run: &mut ActionRun,
        completion: Completion,
    ) -> Result<(), StoreError> {
        let Completion { error, summary, external_id, external_url, variables, .. } = completion;
        let failed = error.is_some();
        let summary = summary.or_else(|| error.as_ref()?.message.clone());
        run.status = match failed {
            true => ActionExecutionStatus::Failed,
            false => ActionExecutionStatus::Succeeded,
        };
        run.updated = self.now;
        run.error = error;
        run.summary = summary.filter(|it| !it.is_empty()).map(|it| cut(&it, 2048));
        run.external_id = external_id.or(run.external_id.take());
        run.external_url = external_url.or(run.external_url.take());
        run.output_variables = variables;
        run.revision = completion.revision;
        run.updated_by = completion.updated_by;
        let execution = self.touch(at);
        let summaries = execution.current_mut().map(|stage| &mut stage.actions);
        if let Some(it) = summaries.into_iter().flatten().find(|it| it.id == run.id) {
            it.status = run.status;
        }
        if !failed {
            take_over_results(execution, run);
            if let Some(id) = run.revision.as_ref().and_then(|it| it.revision_id.clone()) {
                self.pipeline.seen.insert(run.name.clone(), id);
            }
        }
        tx.put(&self.scope, run)?;
        let state = if failed { "FAILED" } else { "SUCCEEDED" };
        let execution = &self.executions[at].execution;
        tx.emit(events::action(&self.scope, self.now, execution, run, state))
    }
}

/// Ends an action and moves on. Answers whether it was still running; if not, nothing changes.
pub fn complete(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    now: Timestamp,
    action_id: &str,
    completion: &Completion,
) -> Result<bool, StoreError> {
    let Some(mut run) = tx.get::<ActionRun>(scope, action_id)? else { return Ok(false) };
    if run.status != ActionExecutionStatus::InProgress {
        return Ok(false);
    }
    let Some(mut flow) = Flow::load(tx, scope, &run.pipeline, now)? else { return Ok(false) };
    let Some(at) = flow.executions.iter().position(|it| it.execution.id == run.execution_id) else {
        return Ok(false);
    };
    flow.end_action(tx, at, &mut run.value, completion.clone())?;
    flow.run(tx)?;
    Ok(true)
}

/// What a source took and what an action made belongs to the execution from now on.
fn take_over_results(execution: &mut Execution, run: &ActionRun) {
    for artifact in &run.outputs {
        if let Some(name) = &artifact.name {
            execution.artifacts.insert(name.clone(), artifact.clone());
        }
    }
    if let Some(namespace) = &run.namespace {
        execution.namespaces.insert(namespace.clone(), run.output_variables.clone());
    }
    if let Some(revision) = &run.revision {
        execution.artifact_revisions.retain(|known| known.name != revision.name);
        execution.artifact_revisions.push(revision.clone());
        execution.source_revisions.retain(|known| known.action_name != run.name);
        execution.source_revisions.push(SourceRevision {
            action_name: run.name.clone(),
            revision_id: revision.revision_id.clone(),
            revision_summary: revision.revision_summary.clone(),
            revision_url: revision.revision_url.clone(),
        });
    }
}
