//! The runner: drives a build from the queue to its end.
//!
//! One run of the reconciler is one pass over the build: what is done already it finds done (in
//! the step journal, in the build's phases, in the sandbox) and goes on from there. The sandbox
//! does not need the runner, so a yard that stops leaves the build running and the next yard
//! follows it on.

mod artifacts;
mod buildspec;
mod environment;
mod follow;
mod launch;
mod log;
mod source;

use std::sync::Arc;

use api_developer::codebuild::{BuildPhaseType, BuildStatusType};
use engine::{BoxFuture, EngineError, Next, Reconciler, Run};
use service::{Cx, Yard};
use shape::Timestamp;
use store::{Durability, WriteTx};

use crate::model::BuildRecord;
use crate::phases::{self, Context};
use crate::rooms::{self, Rooms};
use crate::{builds, events};

/// The reconciler's kind.
pub(crate) const KIND: &str = "codebuild.build";

/// See the module.
pub(crate) struct Runner {
    yard: Yard,
}

/// Makes it.
pub(crate) fn reconciler(yard: &Yard) -> Arc<dyn Reconciler> {
    Arc::new(Runner { yard: yard.clone() })
}

impl Reconciler for Runner {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn concurrency(&self) -> usize {
        self.yard.config().build_slots.max(1)
    }

    fn reconcile(&self, run: Run) -> BoxFuture<Result<Next, EngineError>> {
        let yard = self.yard.clone();
        Box::pin(async move {
            let Some(job) = Job::load(yard.clone(), run)? else {
                return Ok(Next::Done);
            };
            if job.record.is_complete() {
                return Ok(Next::Done);
            }
            let record = job.run_to_end().await?;
            // The build has ended; nobody waits for what is left of it to go.
            tokio::spawn(async move { rooms::clean_up(&yard, &record).await });
            Ok(Next::Done)
        })
    }

    fn on_exhausted(&self, run: Run, error: EngineError) -> BoxFuture<Result<(), EngineError>> {
        let yard = self.yard.clone();
        Box::pin(async move {
            let Some(mut job) = Job::load(yard.clone(), run)? else {
                return Ok(());
            };
            let context = Context::new("INTERNAL_SERVICE_ERROR", error.to_string());
            job.finish(BuildStatusType::Fault, Some(context)).await?;
            rooms::clean_up(&yard, &job.record).await;
            Ok(())
        })
    }
}

/// Why a build goes no further.
pub(super) enum Cut {
    /// The build ends so; the phase under way with this context.
    Ended(BuildStatusType, Context),
    /// The runner can't go on now.
    Engine(EngineError),
}

impl From<EngineError> for Cut {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl Cut {
    /// The phase under way fails, and with it the build.
    pub fn failed(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Ended(BuildStatusType::Failed, Context::new(code, message))
    }

    /// Something of ours failed that may go better next time.
    pub fn retry(message: impl std::fmt::Display) -> Self {
        Self::Engine(EngineError::retry(message))
    }
}

/// One build under way.
pub(super) struct Job {
    pub yard: Yard,
    pub rooms: Arc<Rooms>,
    pub run: Run,
    pub record: BuildRecord,
}

impl Job {
    fn load(yard: Yard, run: Run) -> Result<Option<Self>, EngineError> {
        let record = run.store().read(|tx| tx.get::<BuildRecord>(run.scope(), run.key()))?;
        let rooms = Rooms::of(&yard);
        Ok(record.map(|record| Self { yard, rooms, run, record: record.into_inner() }))
    }

    async fn run_to_end(mut self) -> Result<BuildRecord, EngineError> {
        let (status, context) = match self.go().await {
            Ok(status) => (status, None),
            Err(Cut::Ended(status, context)) => (status, Some(context)),
            Err(Cut::Engine(error)) => return Err(error),
        };
        self.finish(status, context).await?;
        Ok(self.record)
    }

    async fn go(&mut self) -> Result<BuildStatusType, Cut> {
        self.take_up().await?;
        let cx = self.as_role()?;
        let mut log = log::Log::open(self, cx.clone())?;
        let result = self.go_logged(&cx, &mut log).await;
        if let Err(Cut::Ended(_, context)) = &result
            && !matches!(phases::current(&self.record.build), Some(BuildPhaseType::Provisioning))
        {
            // Where logs themselves could not be had, there is nowhere to tell it.
            let phase = phases::current(&self.record.build);
            log.phase_failed(self, phase, context).await?;
        }
        result
    }

    async fn go_logged(&mut self, cx: &Cx, log: &mut log::Log) -> Result<BuildStatusType, Cut> {
        let prepared = self.prepare(cx, log).await?;
        let handle = self.sandbox(cx, &prepared).await?;
        let ended = self.follow(handle.as_ref(), log).await?;
        let status = self.judge(&ended).await?;
        if ended.uploads() {
            artifacts::upload(self, cx, log, &prepared, &ended).await?;
        }
        Ok(status)
    }

    /// Out of the queue.
    async fn take_up(&mut self) -> Result<(), Cut> {
        let now = self.now();
        if self.record.is_queued() {
            self.change(Durability::Ordered, move |record| {
                if !record.is_queued() {
                    return Vec::new();
                }
                record.taken_at = Some(now);
                phases::next(&mut record.build, BuildPhaseType::Provisioning, now)
                    .into_iter()
                    .collect()
            })
            .await?;
        }
        Ok(())
    }

    /// The context in which the build acts: as its service role.
    fn as_role(&self) -> Result<Cx, Cut> {
        let session = self.rooms.session(&self.yard, &self.record).map_err(|error| {
            if error.status >= 500 {
                return Cut::retry(error);
            }
            Cut::failed(
                "ACCESS_DENIED",
                format!(
                    "CodeBuild is not authorized to perform: sts:AssumeRole on service role {}. \
                     Please verify that: 1) The provided service role exists, 2) The role name is \
                     case-sensitive and matches exactly, and 3) The role has the necessary trust \
                     policy configured. Reason: {}",
                    self.record.service_role(),
                    error.message
                ),
            )
        })?;
        let region = self.run.scope().region.clone();
        Ok(Cx::background(&self.yard, session.caller, region, "codebuild.amazonaws.com"))
    }

    pub fn now(&self) -> Timestamp {
        self.run.now()
    }

    /// Milliseconds until the build's time is over; from when it left the queue.
    pub fn time_left(&self) -> i64 {
        let minutes = i64::from(self.record.build.timeout_in_minutes.unwrap_or(60));
        let taken_at = self.record.taken_at.unwrap_or_else(|| self.now());
        minutes * 60_000 - self.now().since(taken_at)
    }

    /// Changes the build; `change` answers the phases that it ended, which are announced.
    pub async fn change(
        &mut self,
        durability: Durability,
        change: impl Fn(&mut BuildRecord) -> Vec<api_developer::codebuild::BuildPhase> + Send + 'static,
    ) -> Result<(), EngineError> {
        let run = self.run.clone();
        self.record = self
            .run
            .store()
            .write_with(durability, move |tx| {
                run.fence(tx)?;
                change_in(tx, &run, &change)
            })
            .await?;
        Ok(())
    }

    /// Ends the build: the phase under way with the context, if it was cut; then `FINALIZING` and
    /// `COMPLETED`. Its last word is durable, and announced once.
    async fn finish(
        &mut self,
        status: BuildStatusType,
        context: Option<Context>,
    ) -> Result<(), EngineError> {
        let (run, now) = (self.run.clone(), self.now());
        let scope = run.scope().clone();
        self.run
            .step_tx("finish", serde_json::Value::Null, move |tx| {
                let record = change_in(tx, &run, &|record: &mut BuildRecord| {
                    if record.is_complete() {
                        return Vec::new();
                    }
                    let build = &mut record.build;
                    let ended_as =
                        if context.is_some() { status } else { BuildStatusType::Succeeded };
                    let mut ended = Vec::new();
                    ended.extend(phases::end(build, ended_as, context.as_ref(), now));
                    phases::begin(build, BuildPhaseType::Finalizing, now);
                    ended.extend(phases::end(build, BuildStatusType::Succeeded, None, now));
                    phases::complete(build, status, now);
                    record.credentials_digest = None;
                    ended
                })?;
                tx.emit(&events::state_change(&scope, &record.build, now))?;
                log::forget(tx, record.uuid())?;
                Ok(serde_json::Value::Null)
            })
            .await?;
        if let Some(job) = Self::load(self.yard.clone(), self.run.clone())? {
            self.record = job.record;
        }
        Ok(())
    }
}

fn change_in(
    tx: &mut WriteTx<'_>,
    run: &Run,
    change: &impl Fn(&mut BuildRecord) -> Vec<api_developer::codebuild::BuildPhase>,
) -> Result<BuildRecord, EngineError> {
    let now = run.now();
    let scope = run.scope();
    let mut stored =
        builds::load(tx, scope, run.key()).map_err(|error| EngineError::give_up(error.message))?;
    let ended = change(&mut stored.value);
    for phase in &ended {
        tx.emit(&events::phase_change(scope, &stored.build, phase, now))?;
    }
    tx.update(scope, &stored)?;
    Ok(stored.into_inner())
}
