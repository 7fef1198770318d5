//! Follows a build's sandbox to its end: phases, log, stop.

use api_developer::codebuild::{
    BuildPhase, BuildPhaseType, BuildStatusType, ExportedEnvironmentVariable,
};
use engine::EngineError;
use sandbox::{EndKind, Handle, StageOutcome, StageStatus, Status};
use store::Durability;
use tokio::time::{Duration, Instant};

use super::launch::COMMAND_PHASES;
use super::log::Log;
use super::{Cut, Job};
use crate::model::BuildRecord;
use crate::phases::{self, Context};
use crate::rooms::timestamp;

/// How long output may wait for more of it before it is forwarded.
const OUTPUT_PAUSE: Duration = Duration::from_millis(150);
/// How long phases that have begun or ended may go unwritten.
const SHOW_PAUSE: Duration = Duration::from_millis(25);

/// How the commands ended.
pub(super) struct Ended {
    kind: EndKind,
    exports: Vec<(String, String)>,
    /// What the artifacts' names expanded to.
    pub names: Option<Vec<String>>,
    reached_post_build: bool,
}

impl Ended {
    /// Every command that mattered did.
    pub fn succeeded(&self) -> bool {
        self.kind == EndKind::Succeeded
    }

    /// Artifacts are uploaded when the commands came to their end, failed or not.
    pub fn uploads(&self) -> bool {
        self.reached_post_build && matches!(self.kind, EndKind::Succeeded | EndKind::Failed)
    }
}

/// Somebody stopped the build.
pub(super) fn stopped() -> Cut {
    Cut::Ended(BuildStatusType::Stopped, Context::new("", "Build stopped by a StopBuild request"))
}

/// The build's time is over.
pub(super) fn timed_out() -> Cut {
    Cut::Ended(BuildStatusType::TimedOut, Context::new("BUILD_TIMED_OUT", "Build has timed out. "))
}

impl Job {
    /// Returns when nothing of the build's commands runs any more and all of the log is out.
    pub(super) async fn follow(
        &mut self,
        handle: &dyn Handle,
        log: &mut Log,
    ) -> Result<Ended, Cut> {
        let stop = self.rooms.stop_signal(&self.record.id);
        let run = self.run.clone();
        let mut told = 0;
        let mut told_at = Instant::now();
        // Asked for before this run began, or from now on by signal.
        let mut stop_asked = self.is_stop_requested()?;
        let mut stopping = false;
        loop {
            let status = handle.status().await.map_err(Cut::retry)?;
            let progress = progress(&status);
            if status.end.is_some() {
                let stages = status.stages.clone();
                self.defer(move |record| show(record, &stages));
            } else if progress != told && told_at.elapsed() >= SHOW_PAUSE {
                let stages = status.stages.clone();
                self.change(Durability::Ordered, move |record| show(record, &stages)).await?;
                (told, told_at) = (progress, Instant::now());
            }
            log.forward(self, handle).await?;
            if let Some(end) = status.end {
                let reached_post_build = status.stages.iter().any(|stage| {
                    COMMAND_PHASES.get(stage.index) == Some(&BuildPhaseType::PostBuild)
                });
                return Ok(Ended {
                    kind: end.kind,
                    exports: end.exports,
                    names: end.expanded,
                    reached_post_build,
                });
            }
            if stop_asked && !stopping {
                handle.stop("StopBuild").await.map_err(Cut::retry)?;
                stopping = true;
            }
            tokio::select! {
                () = handle.changed() => {}
                () = stop.notified() => stop_asked = self.is_stop_requested()?,
                () = tokio::time::sleep(OUTPUT_PAUSE), if log.is_waiting() => {}
                () = tokio::time::sleep_until(told_at + SHOW_PAUSE), if progress != told => {}
                // The build goes on without us; the next yard follows it.
                () = run.stopping() => return Err(Cut::Engine(EngineError::Stopping)),
            }
        }
    }

    pub(super) fn is_stop_requested(&self) -> Result<bool, EngineError> {
        let key = self.run.key();
        let found = self.run.store().read(|tx| tx.get::<BuildRecord>(self.run.scope(), key))?;
        Ok(found.is_some_and(|record| record.stop_requested))
    }

    /// What the end of the commands means for the build.
    pub(super) fn judge(&mut self, ended: &Ended) -> Result<BuildStatusType, Cut> {
        let exported: Vec<ExportedEnvironmentVariable> = ended
            .exports
            .iter()
            .map(|(name, value)| ExportedEnvironmentVariable {
                name: Some(name.clone()),
                value: Some(value.clone()),
            })
            .collect();
        if !exported.is_empty() {
            self.defer(move |record| {
                record.build.exported_environment_variables = Some(exported.clone());
                Vec::new()
            });
        }
        let fault = |why: String| {
            Cut::Ended(BuildStatusType::Fault, Context::new("INTERNAL_SERVICE_ERROR", why))
        };
        match &ended.kind {
            EndKind::Succeeded => Ok(BuildStatusType::Succeeded),
            EndKind::Failed => Ok(BuildStatusType::Failed),
            EndKind::TimedOut => Err(timed_out()),
            EndKind::Stopped(_) if self.is_stop_requested()? => Err(stopped()),
            EndKind::Stopped(reason) => Err(fault(format!("the sandbox was stopped: {reason}"))),
            EndKind::LimitExceeded(limit) => {
                Err(Cut::failed("CLIENT_ERROR", format!("the build was killed: {limit}")))
            }
            EndKind::Lost(reason) => Err(fault(format!("the build was lost: {reason}"))),
            EndKind::Exited(code) => Err(fault(format!("the sandbox ended with {code}"))),
        }
    }
}

/// Grows whenever a stage begins or ends.
fn progress(status: &Status) -> usize {
    status.stages.iter().map(|stage| 1 + usize::from(stage.ended_at.is_some())).sum()
}

fn show(record: &mut BuildRecord, stages: &[StageStatus]) -> Vec<BuildPhase> {
    stages.iter().flat_map(|stage| show_stage(record, stage)).collect()
}

/// Brings the build's phases up to what the sandbox tells of a stage; answers those that ended.
fn show_stage(record: &mut BuildRecord, stage: &StageStatus) -> Vec<BuildPhase> {
    let Some(kind) = COMMAND_PHASES.get(stage.index).copied() else { return Vec::new() };
    let build = &mut record.build;
    let mut ended = Vec::new();
    let known = build.phases.iter().flatten().any(|phase| phase.phase_type == Some(kind));
    if !known {
        ended.extend(phases::next(build, kind, timestamp(stage.started_at)));
    }
    let (status, context) = match stage.outcome {
        Some(StageOutcome::Succeeded) => (BuildStatusType::Succeeded, None),
        Some(StageOutcome::Failed) => (BuildStatusType::Failed, failure(stage)),
        // Cut short: the phase ends with the build, which knows why. Or it goes on with another
        // attempt.
        Some(StageOutcome::Interrupted | StageOutcome::Retried) | None => return ended,
    };
    if phases::current(build) == Some(kind)
        && let Some(at) = stage.ended_at
    {
        ended.extend(phases::end(build, status, context.as_ref(), timestamp(at)));
    }
    ended
}

/// The first command that failed, in AWS's words.
fn failure(stage: &StageStatus) -> Option<Context> {
    let failed = stage.commands.iter().find(|command| command.exit_code != Some(0))?;
    let reason = match &failed.not_run {
        Some(why) => why.clone(),
        None => format!("exit status {}", failed.exit_code.unwrap_or(-1)),
    };
    Some(Context::new(
        "COMMAND_EXECUTION_ERROR",
        format!("Error while executing command: {}. Reason: {reason}", failed.text),
    ))
}
