//! The reconciler of batches: from the buildspec to builds, and from their ends to the batch's.
//!
//! A run looks at the batch and its builds, does in one transaction all that follows from them
//! ([`super::plan`]), and waits: each build of a batch wakes it when it ends. What it starts and
//! stops it does in the batch's role, which needs the rights that the API's callers would.

use std::sync::Arc;

use api_developer::codebuild::*;
use engine::{BoxFuture, EngineError, Next, Reconciler, Run};
use serde_json::{Value, json};
use service::{Cx, SessionRequest, Yard};
use store::{ReadTx, Stored, WriteTx};
use types::{Scope, Timestamp};

use super::look::{build_of, cut, decide, look, running, wake_at};
use super::merge::MergedReports;
use super::model::{BatchRecord, DOWNLOAD_SOURCE};
use super::plan::Cut;
use super::summaries::{begun, failure, renew_summaries};
use super::{KIND, combine, phases, spec};
use crate::builds;
use crate::model::{self, ProjectRecord};
use crate::phases::Context;
use crate::rooms::Rooms;

/// When to look again whether the project may have another build, in milliseconds.
const LIMIT_PAUSE: i64 = 1_000;

/// See the module.
pub(super) struct Batches {
    pub yard: Yard,
}

impl Reconciler for Batches {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn concurrency(&self) -> usize {
        8
    }

    fn reconcile(&self, run: Run) -> BoxFuture<Result<Next, EngineError>> {
        let yard = self.yard.clone();
        Box::pin(async move { Drive { yard, run }.go().await })
    }

    fn on_exhausted(&self, run: Run, error: EngineError) -> BoxFuture<Result<(), EngineError>> {
        let yard = self.yard.clone();
        Box::pin(async move {
            let context = Context::new("INTERNAL_SERVICE_ERROR", error.to_string());
            Drive { yard, run }.finish(BuildStatusType::Fault, Some(context)).await.map(drop)
        })
    }
}

/// One pass over a batch.
pub(super) struct Drive {
    pub yard: Yard,
    pub run: Run,
}

impl Drive {
    async fn go(&self) -> Result<Next, EngineError> {
        loop {
            let Some(record) = self.load()? else { return Ok(Next::Done) };
            if record.is_complete() {
                return Ok(Next::Done);
            }
            let next = match phases::current(&record.batch) {
                Some(BuildBatchPhaseType::Submitted) => self.begin(&record).await?,
                Some(BuildBatchPhaseType::DownloadBatchspec) => self.read_spec(record).await?,
                Some(BuildBatchPhaseType::CombineArtifacts) => self.combine(&record).await?,
                _ => self.advance().await?,
            };
            if let Some(next) = next {
                return Ok(next);
            }
        }
    }

    fn scope(&self) -> &Scope {
        self.run.scope()
    }

    pub(super) fn load(&self) -> Result<Option<Stored<BatchRecord>>, EngineError> {
        Ok(self.run.store().read(|tx| tx.get::<BatchRecord>(self.scope(), self.run.key()))?)
    }

    /// Whether the batch's role may do that with builds of the project.
    fn may(&self, record: &BatchRecord, action: &str) -> Result<Result<(), Context>, EngineError> {
        let denied = |error: types::Error, what: &str| {
            if error.status >= 500 {
                return Err(EngineError::from(error));
            }
            Ok(Err(Context::new("ACCESS_DENIED", format!("{what}: {}", error.message))))
        };
        let role = record.batch_role().to_owned();
        let session = self.yard.assume_role(&SessionRequest {
            role_arn: role.clone(),
            service: "codebuild.amazonaws.com".to_owned(),
            session_name: format!("AWSCodeBuildBatch-{}", record.uuid()),
            source_arn: Some(record.arn().to_owned()),
            ..SessionRequest::default()
        });
        let session = match session {
            Ok(session) => session,
            Err(error) => return denied(error, &format!("the batch service role {role}")),
        };
        let region = self.scope().region.clone();
        let cx = Cx::background(&self.yard, session.caller, region, "codebuild.amazonaws.com");
        let right = model::right(&cx, action, record.project()).map_err(EngineError::from)?;
        match cx.authorize("codebuild", &right) {
            Ok(()) => Ok(Ok(())),
            Err(error) => denied(error, &format!("the batch service role {role}")),
        }
    }

    /// Starts the build that reads the buildspec.
    async fn begin(&self, record: &BatchRecord) -> Result<Option<Next>, EngineError> {
        if record.stop_requested {
            return self.finish(BuildStatusType::Stopped, None).await;
        }
        if let Err(context) = self.may(record, "StartBuild")? {
            return self.finish(BuildStatusType::Failed, Some(context)).await;
        }
        let (scope, id, now) = (self.scope().clone(), self.run.key().to_owned(), self.run.now());
        let begun = self.run.step_tx("begin", Value::Null, move |tx| {
            let mut record = load_in(tx, &scope, &id)?;
            let Some(mut project) = tx.get::<ProjectRecord>(&scope, record.project())? else {
                return Ok(json!("gone"));
            };
            let build = spec::reader(&scope, &record, &types::uuid());
            let build = builds::submit(tx, &scope, &mut project, build, now)?;
            if record.groups().is_empty() {
                record.batch.build_groups = Some(vec![BuildGroup {
                    identifier: Some(DOWNLOAD_SOURCE.to_owned()),
                    depends_on: Some(Vec::new()),
                    ignore_failure: Some(false),
                    ..BuildGroup::default()
                }]);
            }
            if let Some(group) = record.batch.build_groups.iter_mut().flatten().next() {
                group.current_build_summary = Some(begun(&build, now));
            }
            phases::next(&mut record.batch, BuildBatchPhaseType::DownloadBatchspec, now);
            tx.update(&scope, &record)?;
            Ok(Value::Null)
        });
        match begun.await? {
            Value::Null => Ok(None),
            _ => self.finish(BuildStatusType::Failed, Some(gone(record.project()))).await,
        }
    }

    /// Waits for the buildspec, and makes groups of it.
    async fn read_spec(&self, record: Stored<BatchRecord>) -> Result<Option<Next>, EngineError> {
        let reader = record.groups().first().and_then(|it| it.current_build_summary.as_ref());
        let arn = reader.and_then(|it| it.arn.as_deref()).unwrap_or_default();
        let found = self.run.store().read(|tx| build_of(tx, self.scope(), arn))?;
        let Some(build) = found else {
            let context = Context::new(
                "INTERNAL_SERVICE_ERROR",
                "the build that reads the buildspec is gone",
            );
            return self.finish(BuildStatusType::Fault, Some(context)).await;
        };
        if !build.is_complete() {
            let cut = self.cut(&record);
            if cut.is_some() && !build.stop_requested {
                return self.stop_builds(&record).await;
            }
            return Ok(Some(Next::At(wake_at(&record, self.run.now()))));
        }
        let status = build.build.build_status.unwrap_or(BuildStatusType::Fault);
        if status != BuildStatusType::Succeeded {
            let status = match (self.cut(&record), status) {
                (Some(Cut::TimedOut), BuildStatusType::Stopped) => BuildStatusType::TimedOut,
                _ => status,
            };
            return self.finish(status, Some(failure(&build))).await;
        }
        let text = build.batch_spec.clone().unwrap_or_default();
        let mut pinned = record.value.clone();
        pinned.batch.resolved_source_version.clone_from(&build.build.resolved_source_version);
        let read = spec::read(self.scope(), &pinned, &text);
        let spec = match read {
            Ok(spec) => Arc::new(spec),
            Err(context) => {
                return self.finish(BuildStatusType::Failed, Some(context)).await;
            }
        };
        let (scope, id, now) = (self.scope().clone(), self.run.key().to_owned(), self.run.now());
        let unreported = self.report(&pinned, BuildStatusType::InProgress).await;
        let resolved = pinned.batch.resolved_source_version;
        self.run
            .step_tx("read buildspec", Value::Null, move |tx| {
                let mut record = load_in(tx, &scope, &id)?;
                record.fast_fail = spec.fast_fail;
                record.unreported.clone_from(&unreported);
                record.tasks = spec.tasks.iter().map(|it| it.task.clone()).collect();
                record.batch.resolved_source_version.clone_from(&resolved);
                let groups = record.batch.build_groups.get_or_insert_default();
                groups.truncate(1);
                groups.extend(spec.tasks.iter().map(|it| BuildGroup {
                    identifier: Some(it.task.identifier.clone()),
                    depends_on: Some(it.depends_on.clone()),
                    ignore_failure: Some(it.ignore_failure),
                    ..BuildGroup::default()
                }));
                renew_summaries(tx, &scope, &mut record)?;
                phases::next(&mut record.batch, BuildBatchPhaseType::InProgress, now);
                tx.update(&scope, &record)?;
                Ok(Value::Null)
            })
            .await?;
        Ok(None)
    }

    fn cut(&self, record: &BatchRecord) -> Option<Cut> {
        cut(record, self.run.now())
    }

    /// Does what follows from the builds as they are.
    async fn advance(&self) -> Result<Option<Next>, EngineError> {
        let (scope, id, now) = (self.scope().clone(), self.run.key().to_owned(), self.run.now());
        let look = self.run.store().read(|tx| look(tx, &scope, &id, now))?;
        let Some(look) = look else { return Ok(Some(Next::Done)) };
        let record = &look.record;
        if !look.plan.start.is_empty() {
            let mut allowed = self.may(record, "StartBuild")?;
            if allowed.is_ok() && look.retries {
                allowed = self.may(record, "RetryBuild")?;
            }
            if let Err(context) = allowed {
                // Nothing more is started; what runs is waited for.
                return self.refused(context).await;
            }
        }
        if look.plan.stop && look.unasked {
            return self.stop_builds(record).await;
        }
        if let Some(status) = look.plan.end {
            if status == BuildStatusType::Succeeded && combine::wanted(record) {
                self.begin_combining().await?;
                return Ok(None);
            }
            if look.ended {
                self.renew(look.version).await?;
            }
            let context = (status != BuildStatusType::Succeeded).then(|| {
                let names = look.plan.failed.join(", ");
                let (code, what) = match status {
                    BuildStatusType::Stopped => ("BATCH_STOPPED", "The batch was stopped"),
                    BuildStatusType::TimedOut => ("BATCH_TIMED_OUT", "The batch has timed out"),
                    _ => ("BATCH_FAILED", "Builds of the batch have failed"),
                };
                let trouble = record.trouble.as_ref();
                let trouble = trouble.map(|why| format!(". Builds were not stopped: {why}"));
                let trouble = trouble.unwrap_or_default();
                Context::new(code, format!("{what}. Not succeeded: {names}{trouble}"))
            });
            return self.finish(status, context).await;
        }
        if look.plan.start.is_empty() {
            if look.ended {
                self.renew(look.version).await?;
                return Ok(None);
            }
            return Ok(Some(Next::At(wake_at(record, now))));
        }
        // Named after what it starts from, which it changes.
        let name = format!("start from version {}", look.version);
        let started = self.run.step_tx(&name, Value::Null, move |tx| start(tx, &scope, &id, now));
        match started.await?.as_str() {
            None => Ok(None),
            Some("limit") => Ok(Some(Next::At(now.plus_millis(LIMIT_PAUSE)))),
            Some(_) => self.finish(BuildStatusType::Failed, Some(gone(record.project()))).await,
        }
    }

    /// Shows what has ended.
    async fn renew(&self, version: u64) -> Result<(), EngineError> {
        let (scope, id) = (self.scope().clone(), self.run.key().to_owned());
        let name = format!("renew from version {version}");
        let renewed = self.run.step_tx(&name, Value::Null, move |tx| {
            let mut record = load_in(tx, &scope, &id)?;
            renew_summaries(tx, &scope, &mut record)?;
            tx.update(&scope, &record)?;
            Ok(Value::Null)
        });
        renewed.await.map(drop)
    }

    /// The role may not start builds: those that run are stopped if it may do that, else waited
    /// for; then the batch fails.
    async fn refused(&self, context: Context) -> Result<Option<Next>, EngineError> {
        let (scope, id, now) = (self.scope().clone(), self.run.key().to_owned(), self.run.now());
        let running = self.run.store().read(|tx| {
            let Some(record) = tx.get::<BatchRecord>(&scope, &id)? else { return Ok(None) };
            let running = running(tx, &scope, &record)?;
            Ok::<_, store::StoreError>(Some((record, running)))
        })?;
        let Some((record, running)) = running else { return Ok(Some(Next::Done)) };
        if running.is_empty() {
            self.renew(record.version).await?;
            return self.finish(BuildStatusType::Failed, Some(context)).await;
        }
        if running.iter().any(|build| !build.stop_requested)
            && self.may(&record, "StopBuild")?.is_ok()
        {
            self.stop_builds(&record).await?;
        }
        Ok(Some(Next::At(wake_at(&record, now))))
    }

    /// Asks all builds that run to stop. If the role may not, they go on to their end, which is
    /// waited for, and the batch tells why.
    async fn stop_builds(&self, record: &BatchRecord) -> Result<Option<Next>, EngineError> {
        let (scope, id, now) = (self.scope().clone(), self.run.key().to_owned(), self.run.now());
        if let Err(context) = self.may(record, "StopBuild")? {
            let told = self.run.write(move |tx| {
                let mut record = load_in(tx, &scope, &id)?;
                record.trouble = Some(context.message.clone());
                Ok(tx.update(&scope, &record)?)
            });
            told.await?;
            return Ok(Some(Next::At(wake_at(record, now))));
        }
        let asked = self
            .run
            .write(move |tx| {
                let record = load_in(tx, &scope, &id)?;
                let mut asked = Vec::new();
                for mut build in running(tx, &scope, &record)? {
                    asked.push(build.id.clone());
                    if build.is_queued() {
                        let context =
                            Context::new("BUILD_STOPPED", "The build was stopped with its batch");
                        builds::end_in_queue(tx, build, BuildStatusType::Stopped, &context, now)?;
                    } else if !build.stop_requested {
                        build.stop_requested = true;
                        tx.update(&scope, &build)?;
                    }
                }
                Ok(asked)
            })
            .await?;
        let rooms = Rooms::of(&self.yard);
        asked.iter().for_each(|id| rooms.stop(id));
        Ok(None)
    }

    /// Ends the batch.
    pub(super) async fn finish(
        &self,
        status: BuildStatusType,
        context: Option<Context>,
    ) -> Result<Option<Next>, EngineError> {
        let record = self.load()?.filter(|record| !record.is_complete());
        let mut unreported = None;
        let mut merged = MergedReports::default();
        if let Some(record) = &record {
            merged = self.merge_reports(record).await?;
            unreported = self.report(record, status).await.or_else(|| record.unreported.clone());
        }
        let (scope, id, now) = (self.scope().clone(), self.run.key().to_owned(), self.run.now());
        self.run
            .last_step_tx("finish", move |tx| {
                let Some(mut record) = tx.get::<BatchRecord>(&scope, &id)? else { return Ok(()) };
                if !record.is_complete() {
                    renew_summaries(tx, &scope, &mut record)?;
                    phases::complete(&mut record.batch, status, context.as_ref(), now);
                    record.batch.report_arns = Some(merged.arns.clone());
                    if let Some(why) = &merged.trouble {
                        let why = format!("The builds' reports were not merged: {why}");
                        phases::note(&mut record.batch, &Context::new("CLIENT_ERROR", why));
                    }
                    if let Some(why) = &unreported {
                        phases::note(&mut record.batch, &Context::new("REPORT_FAILED", why));
                    }
                    tx.update(&scope, &record)?;
                }
                Ok(())
            })
            .await?;
        Ok(Some(Next::Done))
    }
}

fn gone(project: &str) -> Context {
    Context::new("CLIENT_ERROR", format!("Project cannot be found: {project}"))
}

pub(super) fn load_in(
    tx: &ReadTx<'_>,
    scope: &Scope,
    id: &str,
) -> Result<Stored<BatchRecord>, EngineError> {
    BatchRecord::load(tx, scope, id).map_err(|error| EngineError::give_up(error.message))
}

/// Starts the builds whose turn it is, as many as the project may have.
fn start(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    id: &str,
    now: Timestamp,
) -> Result<Value, EngineError> {
    let mut record = load_in(tx, scope, id)?;
    renew_summaries(tx, scope, &mut record)?;
    let Some(mut project) = tx.get::<ProjectRecord>(scope, record.project())? else {
        return Ok(json!("gone"));
    };
    let plan = decide(tx, scope, &record, now)?;
    let mut full = false;
    for at in plan.start {
        if builds::refuse_beyond_limit(tx, scope, &project).is_err() {
            full = true;
            break;
        }
        let Some(task) = record.tasks.get(at) else { continue };
        let build = spec::build(scope, &record, task, &types::uuid());
        let name = task.identifier.clone();
        let build = builds::submit(tx, scope, &mut project, build, now)?;
        // Submitting writes the project, whose next version the next build is based on.
        if let Some(stored) = tx.get::<ProjectRecord>(scope, record.project())? {
            project = stored;
        }
        let groups = record.batch.build_groups.iter_mut().flatten();
        for group in groups.filter(|group| group.identifier.as_ref() == Some(&name)) {
            group.current_build_summary = Some(begun(&build, now));
        }
    }
    tx.update(scope, &record)?;
    Ok(if full { json!("limit") } else { Value::Null })
}
