//! What providers are told of a build: a status at its commit, when it begins and when it ends.
//! What can't be told is said in the log.
//!
//! <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BuildStatusConfig.html>

use api_developer::codebuild::{BuildStatusType, ProjectSource};
use service::Cx;

use super::super::{Cut, Job, environment, log::Log};
use crate::batches;
use crate::model::{self, BuildRecord};
use crate::providers::{Api, Repository, State, Status};
use crate::source_credentials;

/// The name of a project's statuses, unless the project has one.
pub(crate) fn status_context(region: &str, project: &str) -> String {
    format!("AWS CodeBuild {region} ({project})")
}

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
    let record = &job.record;
    let Some(source) = &record.build.source else { return Ok(()) };
    let is_asked = source.report_build_status == Some(true);
    let location = source.location.as_deref().unwrap_or_default();
    let Some(repository) = Repository::of(source.kind, location) else { return Ok(()) };
    // What an event started is reported wherever that is possible.
    if !is_asked && record.webhook.is_none() || !is_individual(job)? {
        return Ok(());
    }
    let credential = source_credentials::of_source(cx, job.run.scope(), source).await;
    let credential = credential.map_err(|error| error.message)?;
    if credential.is_none() {
        let name = repository.provider.name();
        return match is_asked {
            true => Err(format!("there are no source credentials for {name}")),
            false => Ok(()),
        };
    }
    let commit = commit_of(record).ok_or("the commit is not known")?;
    let api = Api::new(&repository, credential, source.insecure_ssl == Some(true));
    let status = status(job, source, state, verb);
    let name = repository.provider.name();
    api.post_status(&commit, &status).await.map_err(|error| format!("{name}: {error}"))
}

/// Whether each build is reported, rather than the batch that it is of.
fn is_individual(job: &Job) -> Result<bool, String> {
    let Some(part) = &job.record.part else { return Ok(true) };
    let scope = job.run.scope();
    let each = job.yard.read(|tx| Ok(batches::reports_each(tx, scope, &part.batch)?));
    Ok(each.map_err(|error| error.message)? && !part.reads_spec)
}

/// The commit that is built, or that was to be.
pub(crate) fn commit_of(record: &BuildRecord) -> Option<String> {
    let is_commit = |id: &&String| {
        matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let told = record.webhook.as_ref().and_then(|webhook| webhook.head_commit.as_ref());
    let build = &record.build;
    let known = [build.resolved_source_version.as_ref(), told, build.source_version.as_ref()];
    known.into_iter().flatten().find(is_commit).cloned()
}

fn status(job: &Job, source: &ProjectSource, state: State, verb: &str) -> Status {
    let record = &job.record;
    let region = job.run.scope().region.as_str();
    let variables = variables(job);
    let config = source.build_status_config.clone().unwrap_or_default();
    let filled = |text: Option<String>| {
        text.filter(|text| !text.is_empty()).map(|text| fill(&text, &variables))
    };
    let mut context = status_context(region, record.project());
    if let Some(part) = &record.part {
        context = format!("{context} {}", part.identifier);
    }
    Status {
        state,
        context: filled(config.context).unwrap_or(context),
        target_url: filled(config.target_url).or_else(|| Some(environment::build_url(job))),
        description: format!("{verb} for project {}", record.project()),
    }
}

/// The variables that context and URL may name.
fn variables(job: &Job) -> Vec<(&'static str, String)> {
    let record = &job.record;
    let build = &record.build;
    let scope = job.run.scope();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let mut all = vec![
        ("AWS_REGION", scope.region.to_string()),
        ("AWS_DEFAULT_REGION", scope.region.to_string()),
        ("CODEBUILD_BUILD_ARN", record.arn().to_owned()),
        ("CODEBUILD_BUILD_ID", record.id.clone()),
        ("CODEBUILD_BUILD_NUMBER", build.build_number.unwrap_or_default().to_string()),
        ("CODEBUILD_BUILD_URL", environment::build_url(job)),
        ("CODEBUILD_INITIATOR", text(&build.initiator)),
        ("CODEBUILD_PROJECT_ARN", model::project_arn(scope, record.project())),
        ("CODEBUILD_SOURCE_VERSION", text(&build.source_version)),
        ("CODEBUILD_RESOLVED_SOURCE_VERSION", text(&build.resolved_source_version)),
    ];
    let told = record.webhook.iter().flat_map(|webhook| webhook.variables());
    all.extend(told.map(|(name, value)| (name, value.to_owned())));
    all
}

/// Puts the variables in; a name that is none stays as it is.
pub(crate) fn fill(text: &str, variables: &[(&'static str, String)]) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        filled.push_str(before);
        let braced = after.strip_prefix('{').and_then(|inside| inside.split_once('}'));
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = after.find(|c| !plain(c)).unwrap_or(after.len());
        let (name, behind) = braced.unwrap_or_else(|| after.split_at(end));
        match variables.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => {
                filled.push_str(value);
                rest = behind;
            }
            None => {
                filled.push('$');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates() {
        let variables =
            [("AWS_REGION", "eu-west-1".to_owned()), ("CODEBUILD_BUILD_NUMBER", "24".into())];
        for (text, expected) in [
            ("https://h/?region=$AWS_REGION", "https://h/?region=eu-west-1"),
            ("Build #$CODEBUILD_BUILD_NUMBER - x", "Build #24 - x"),
            ("${AWS_REGION}s", "eu-west-1s"),
            ("$AWS_REGIONS $ $5 ${X} ${", "$AWS_REGIONS $ $5 ${X} ${"),
            ("plain", "plain"),
        ] {
            assert_eq!(fill(text, &variables), expected);
        }
    }
}
