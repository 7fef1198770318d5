//! What providers are told of a build: a status at its commit, when it begins and when it ends.
//! What can't be told is said in the log.
//!
//! <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BuildStatusConfig.html>

use api_developer::codebuild::BuildStatusType;
use service::Cx;

use super::super::{Cut, Job, environment, log::Log};
use crate::batches;
use crate::providers::State;
use crate::statuses::{Subject, status_context};

/// Tells that the build has begun.
pub(in crate::run) async fn report_start(job: &Job, cx: &Cx, log: &mut Log) {
    report(job, cx, log, State::Running, "Build started").await;
}

/// Tells how the build has ended.
pub(in crate::run) async fn report_end(
    job: &Job,
    cx: &Cx,
    log: &mut Log,
    result: &Result<BuildStatusType, Cut>,
) {
    let status = match result {
        Ok(status) | Err(Cut::Ended(status, _)) => *status,
        // It goes on another time.
        Err(Cut::Engine(_)) => return,
    };
    let (state, verb) = match status {
        BuildStatusType::Succeeded => (State::Succeeded, "Build succeeded"),
        BuildStatusType::Stopped => (State::Stopped, "Build was stopped"),
        BuildStatusType::TimedOut => (State::Failed, "Build timed out"),
        BuildStatusType::Fault => (State::Errored, "Build failed for a fault of the system"),
        _ => (State::Failed, "Build failed"),
    };
    report(job, cx, log, state, verb).await;
}

/// Tells that the system failed the build, which has no log any more.
pub(in crate::run) async fn report_fault(job: &Job, cx: &Cx) {
    let verb = "Build failed for a fault of the system";
    if let Err(why) = try_report(job, cx, State::Errored, verb).await {
        tracing::warn!(build = job.record.id, why, "a build's status could not be reported");
    }
}

async fn report(job: &Job, cx: &Cx, log: &mut Log, state: State, verb: &str) {
    if let Err(why) = try_report(job, cx, state, verb).await {
        log.tell([&format!("The build's status could not be reported: {why}")]);
    }
}

async fn try_report(job: &Job, cx: &Cx, state: State, verb: &str) -> Result<(), String> {
    if !is_individual(job)? {
        return Ok(());
    }
    let record = &job.record;
    let build = &record.build;
    let scope = job.run.scope();
    let mut context = status_context(scope.region.as_str(), record.project());
    if let Some(part) = &record.part {
        context = format!("{context} {}", part.identifier);
    }
    let subject = Subject {
        scope,
        record,
        arn: record.arn(),
        id: &record.id,
        number: build.build_number.unwrap_or_default(),
        initiator: build.initiator.as_deref(),
        url: environment::build_url(job),
        context,
    };
    subject.tell(cx, state, verb).await
}

/// Whether each build is reported, rather than the batch that it is of.
fn is_individual(job: &Job) -> Result<bool, String> {
    let Some(part) = &job.record.part else { return Ok(true) };
    let scope = job.run.scope();
    let each = job.yard.read(|tx| Ok(batches::reports_each(tx, scope, &part.batch)?));
    Ok(each.map_err(|error| error.message)? && !part.reads_spec)
}
