//! The runner: drives a build from the queue to its end.
//!
//! One run of the reconciler is one pass over the build: what is done already it finds done (in
//! the step journal, in the build's phases, in the sandbox) and goes on from there. The sandbox
//! does not need the runner, so a yard that stops leaves the build running and the next yard
//! follows it on.
//!
//! What the build's owner sees is written when a caller was told so (start and end) and when it
//! has changed for a while ([`follow`]): what happens at once is written at once, in few
//! transactions ([`Job::defer`]). A run that dies in between finds it all out again.

mod artifacts;
mod buildspec;
mod cache;
mod certificate;
mod container;
mod ecr;
mod environment;
mod follow;
mod launch;
mod layers;
mod log;
mod objects;
mod reports;
mod runtimes;
mod s3_logs;
mod serve;
mod session;
mod shards;
mod source;
mod watch;

use std::sync::Arc;

use api_developer::codebuild::{BuildPhase, BuildPhaseType, BuildStatusType};
use engine::{BoxFuture, EngineError, Next, Reconciler, Run};
use service::{Cx, Yard};
use shape::Timestamp;
use store::{Durability, WriteTx};

use crate::credentials::Ticket;
use crate::model::{self, BuildRecord};
use crate::phases::{self, Context};
use crate::rooms::{self, Rooms};
use crate::{builds, events};

pub(crate) use artifacts::{Part, Whole, combine};
pub(crate) use certificate::authorities;
pub(crate) use container::is_wanted as runs_in_container;
pub(crate) use layers::{engine, forget as forget_layers, give_back as give_back_layers};
pub(crate) use source::forget_mirrors;

/// The reconciler's kind.
pub(crate) const KIND: &str = "codebuild.build";

/// The kind of the reconciler that runs sandboxes in the same way, which stay for long and take no
/// slot from builds.
pub(crate) const SANDBOX_KIND: &str = "codebuild.sandbox";
/// Sandboxes at a time; the others wait in `QUEUED`.
const SANDBOX_SLOTS: usize = 8;

/// See the module.
pub(crate) struct Runner {
    yard: Yard,
    kind: &'static str,
    slots: usize,
}

/// Makes it.
pub(crate) fn reconciler(yard: &Yard) -> Arc<dyn Reconciler> {
    let slots = yard.config().build_slots.max(1);
    Arc::new(Runner { yard: yard.clone(), kind: KIND, slots })
}

/// The same for sandboxes.
pub(crate) fn sandbox_reconciler(yard: &Yard) -> Arc<dyn Reconciler> {
    Arc::new(Runner { yard: yard.clone(), kind: SANDBOX_KIND, slots: SANDBOX_SLOTS })
}

impl Reconciler for Runner {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn concurrency(&self) -> usize {
        self.slots
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
            if let Ok(cx) = job.as_role() {
                source::report_fault(&job, &cx).await;
            }
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

/// A change of the build's record; answers the phases that it ended, which are announced. Done
/// again, it changes nothing.
type Change = Box<dyn Fn(&mut BuildRecord) -> Vec<BuildPhase> + Send + Sync>;

/// One build under way.
pub(super) struct Job {
    pub yard: Yard,
    pub rooms: Arc<Rooms>,
    pub run: Run,
    /// With the changes that are still to be written.
    pub record: BuildRecord,
    deferred: Vec<Change>,
    /// Its digest is in the record already.
    ticket: Option<Ticket>,
    /// The secrets of its environment, once this run has resolved them.
    secrets: Option<Vec<String>>,
    /// What this run found of the cache, if it looked.
    cache: Option<Option<cache::Found>>,
}

impl Job {
    fn load(yard: Yard, run: Run) -> Result<Option<Self>, EngineError> {
        let record = run.store().read(|tx| tx.get::<BuildRecord>(run.scope(), run.key()))?;
        let rooms = Rooms::of(&yard);
        Ok(record.map(|record| Self {
            yard,
            rooms,
            run,
            record: record.into_inner(),
            deferred: Vec::new(),
            ticket: None,
            secrets: None,
            cache: None,
        }))
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
        source::report_end(self, &cx, &mut log, &result).await;
        match &result {
            // Where logs themselves could not be had, there is nowhere to tell it.
            Err(Cut::Ended(..))
                if phases::current(&self.record.build) == Some(BuildPhaseType::Provisioning) => {}
            Err(Cut::Ended(_, context)) => {
                log.phase_failed(phases::current(&self.record.build), context);
                log.close(self).await?;
            }
            Ok(_) => log.close(self).await?,
            Err(Cut::Engine(_)) => {}
        }
        result
    }

    async fn go_logged(&mut self, cx: &Cx, log: &mut log::Log) -> Result<BuildStatusType, Cut> {
        // A repository may be large, and a server may never answer.
        let watch = self.watch();
        let prepared = watch.unless_cut(self.prepare(cx, log)).await?;
        source::report_start(self, cx, log).await;
        if self.record.part.as_ref().is_some_and(|part| part.reads_spec) {
            let text = prepared.downloaded.buildspec.clone();
            self.defer(move |record| {
                record.batch_spec = Some(text.clone());
                Vec::new()
            });
            log.tell(["Phase complete: DOWNLOAD_SOURCE State: SUCCEEDED"]);
            return Ok(BuildStatusType::Succeeded);
        }
        let handle = self.sandbox(cx, &prepared).await?;
        if self.record.sandbox.is_some() {
            return self.serve(handle.as_ref(), log).await;
        }
        let ended = self.follow(handle.as_ref(), log).await?;
        let status = self.judge(&ended)?;
        if ended.uploads() {
            artifacts::upload(self, cx, log, &prepared, &ended).await?;
        }
        Ok(status)
    }

    /// Out of the queue.
    async fn take_up(&mut self) -> Result<(), Cut> {
        let now = self.now();
        if self.record.is_queued() {
            let ticket = Ticket::new(&self.yard, self.record.uuid());
            let digest = ticket.digest.clone();
            self.ticket = Some(ticket);
            self.change(Durability::Ordered, move |record| {
                if !record.is_queued() {
                    return Vec::new();
                }
                record.taken_at = Some(now);
                record.credentials_digest = Some(digest.clone());
                phases::next(&mut record.build, BuildPhaseType::Provisioning, now)
                    .into_iter()
                    .collect()
            })
            .await?;
        }
        Ok(())
    }

    /// What the build's commands get credentials with.
    async fn ticket(&mut self) -> Result<Ticket, EngineError> {
        if let Some(ticket) = self.ticket.take() {
            return Ok(ticket);
        }
        let ticket = Ticket::new(&self.yard, self.record.uuid());
        let digest = ticket.digest.clone();
        self.change(Durability::Ordered, move |record| {
            record.credentials_digest = Some(digest.clone());
            Vec::new()
        })
        .await?;
        Ok(ticket)
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

    /// Changes the build with the next change that is written: for what is soon followed by one,
    /// and what a later run finds out again.
    pub fn defer(
        &mut self,
        change: impl Fn(&mut BuildRecord) -> Vec<BuildPhase> + Send + Sync + 'static,
    ) {
        change(&mut self.record);
        self.deferred.push(Box::new(change));
    }

    /// The deferred changes as one.
    fn take_deferred(&mut self) -> impl Fn(&mut BuildRecord) -> Vec<BuildPhase> + Send + 'static {
        let deferred = std::mem::take(&mut self.deferred);
        move |record| deferred.iter().flat_map(|change| change(record)).collect()
    }

    /// Changes the build.
    pub async fn change(
        &mut self,
        durability: Durability,
        change: impl Fn(&mut BuildRecord) -> Vec<BuildPhase> + Send + 'static,
    ) -> Result<(), EngineError> {
        let (run, deferred) = (self.run.clone(), self.take_deferred());
        self.record = self
            .run
            .store()
            .write_with(durability, move |tx| {
                run.fence(tx)?;
                change_in(tx, &run, &|record: &mut BuildRecord| {
                    let mut ended = deferred(record);
                    ended.extend(change(record));
                    ended
                })
            })
            .await?;
        Ok(())
    }

    /// Whether the service role may retry the build, which is done in its name.
    fn may_retry(&self) -> Result<(), String> {
        let cx = self.as_role().map_err(|cut| match cut {
            Cut::Ended(_, context) => context.message,
            Cut::Engine(error) => error.to_string(),
        })?;
        let right = model::right(&cx, "RetryBuild", self.record.project());
        right.and_then(|right| cx.authorize("codebuild", &right)).map_err(|error| error.message)
    }

    /// Ends the build: the phase under way with the context, if it was cut; then `FINALIZING` and
    /// `COMPLETED`. Its last word is durable, and announced once.
    async fn finish(
        &mut self,
        status: BuildStatusType,
        context: Option<Context>,
    ) -> Result<(), EngineError> {
        let (run, now, deferred) = (self.run.clone(), self.now(), self.take_deferred());
        let scope = run.scope().clone();
        let retry = builds::wants_retry(&self.record, status).then(|| self.may_retry());
        self.record = self
            .run
            .last_step_tx("finish", move |tx| {
                let mut record = change_in(tx, &run, &|record: &mut BuildRecord| {
                    if record.is_complete() {
                        return Vec::new();
                    }
                    let mut ended = deferred(record);
                    let build = &mut record.build;
                    let ended_as =
                        if context.is_some() { status } else { BuildStatusType::Succeeded };
                    ended.extend(phases::end(build, ended_as, context.as_ref(), now));
                    phases::begin(build, BuildPhaseType::Finalizing, now);
                    ended.extend(phases::end(build, BuildStatusType::Succeeded, None, now));
                    phases::complete(build, status, now);
                    record.credentials_digest = None;
                    ended
                })?;
                if let Some(may) = &retry {
                    record = builds::auto_retry(tx, &scope, &record.id, may, now)?;
                }
                builds::ended(tx, &scope, &record, now)?;
                log::forget(tx, record.uuid())?;
                Ok(record)
            })
            .await?;
        Ok(())
    }
}

fn change_in(
    tx: &mut WriteTx<'_>,
    run: &Run,
    change: &impl Fn(&mut BuildRecord) -> Vec<BuildPhase>,
) -> Result<BuildRecord, EngineError> {
    let now = run.now();
    let scope = run.scope();
    let mut stored =
        builds::load(tx, scope, run.key()).map_err(|error| EngineError::give_up(error.message))?;
    let ended = change(&mut stored.value);
    // Of sandboxes nothing is announced.
    if stored.sandbox.is_none() {
        for event in events::phase_changes(scope, &stored.build, &ended, now) {
            tx.emit(event)?;
        }
    }
    tx.update(scope, &stored)?;
    Ok(stored.into_inner())
}
