//! What CodeBuild announces on the event bus:
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications.html>.

use api_developer::codebuild::*;
use serde_json::{Value, json};
use shape::Timestamp;
use store::Event;
use types::Scope;

#[cfg(test)]
mod catalogue;

/// A build began or ended.
pub(crate) const STATE_CHANGE: &str = "CodeBuild Build State Change";
/// A phase of a build ended.
pub(crate) const PHASE_CHANGE: &str = "CodeBuild Build Phase Change";

/// The build's state as it is now.
pub(crate) fn state_change(scope: &Scope, build: &Build, at: Timestamp) -> Event {
    let contexts = build.phases.as_deref().and_then(<[_]>::last).map(contexts);
    event(
        scope,
        build,
        at,
        STATE_CHANGE,
        json!({
            "build-status": build.build_status.map(|status| status.as_str()),
            "project-name": build.project_name,
            "build-id": build.arn,
            "additional-information": additional(build),
            "current-phase": build.current_phase,
            "current-phase-context": contexts.unwrap_or_else(|| "[]".to_owned()),
            "version": "1",
        }),
    )
}

/// Phases that ended, each told with the build as it is now.
pub(crate) fn phase_changes(
    scope: &Scope,
    build: &Build,
    phases: &[BuildPhase],
    at: Timestamp,
) -> Vec<Event> {
    if phases.is_empty() {
        return Vec::new();
    }
    let additional = additional(build);
    let one = |phase: &BuildPhase| {
        let detail = json!({
            "completed-phase": phase.phase_type.map(|kind| kind.as_str()),
            "project-name": build.project_name,
            "build-id": build.arn,
            "completed-phase-context": contexts(phase),
            "additional-information": additional.clone(),
            "completed-phase-status": phase.phase_status.map(|status| status.as_str()),
            "completed-phase-duration-seconds": phase.duration_in_seconds,
            "version": "1",
            "completed-phase-start": phase.start_time.map(date),
            "completed-phase-end": phase.end_time.map(date),
        });
        event(scope, build, at, PHASE_CHANGE, detail)
    };
    phases.iter().map(one).collect()
}

fn event(scope: &Scope, build: &Build, at: Timestamp, kind: &str, mut detail: Value) -> Event {
    // What is further inside has none.
    if let Some(members) = detail.as_object_mut() {
        members.retain(|_, member| !member.is_null());
    }
    Event {
        id: types::uuid(),
        source: "aws.codebuild".to_owned(),
        detail_type: kind.to_owned(),
        account: scope.account.as_str().to_owned(),
        region: scope.region.as_str().to_owned(),
        time: at,
        resources: build.arn.iter().cloned().collect(),
        detail,
    }
}

/// What a build does not have is not named.
fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(without_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

fn additional(build: &Build) -> Value {
    let exported = build.exported_environment_variables.iter().flatten();
    let exported: Vec<Value> =
        exported.map(|it| json!({ "name": it.name, "value": it.value })).collect();
    let mut all = json!({
        "timeout-in-minutes": build.timeout_in_minutes,
        "queued-timeout-in-minutes": build.queued_timeout_in_minutes,
        "build-complete": build.build_complete,
        "build-number": build.build_number,
        "build-batch-arn": build.build_batch_arn,
        "initiator": build.initiator,
        "build-start-time": build.start_time.map(date),
        "phases": build.phases.iter().flatten().map(phase).collect::<Vec<_>>(),
        "environment": build.environment.as_ref().map(environment),
        "source": build.source.as_ref().map(source),
        "source-version": build.source_version,
        "resolved-source-version": build.resolved_source_version,
        "secondary-sources": list(build.secondary_sources.as_deref(), source),
        "cache": build.cache.as_ref().map(cache),
        "artifact": build.artifacts.as_ref().map(artifact),
        "secondary-artifacts": list(build.secondary_artifacts.as_deref(), artifact),
        "logs": build.logs.as_ref().map(logs),
        "network-interface": build.network_interface.as_ref().map(|it| {
            json!({ "subnet-id": it.subnet_id, "eni-id": it.network_interface_id })
        }),
        "exported-environment-variables": (!exported.is_empty()).then_some(exported),
    });
    without_nulls(&mut all);
    all
}

fn list<T>(all: Option<&[T]>, one: impl Fn(&T) -> Value) -> Option<Vec<Value>> {
    all.filter(|all| !all.is_empty()).map(|all| all.iter().map(one).collect())
}

/// Variables as they were given: of parameters and secrets it tells the names, not the values.
fn environment(environment: &ProjectEnvironment) -> Value {
    let variables = environment.environment_variables.iter().flatten().map(|variable| {
        json!({
            "name": variable.name,
            "type": variable.kind.unwrap_or_default().as_str(),
            "value": variable.value,
        })
    });
    json!({
        "image": environment.image,
        "privileged-mode": environment.privileged_mode.unwrap_or(false),
        "image-pull-credentials-type":
            environment.image_pull_credentials_type.map(|kind| kind.as_str()),
        "compute-type": environment.compute_type.as_str(),
        "type": environment.kind.as_str(),
        "certificate": environment.certificate,
        "environment-variables": variables.collect::<Vec<_>>(),
    })
}

fn source(source: &ProjectSource) -> Value {
    json!({
        "type": source.kind.as_str(),
        "location": source.location,
        "buildspec": source.buildspec,
        "source-identifier": source.source_identifier,
    })
}

fn cache(cache: &ProjectCache) -> Value {
    let modes = cache.modes.as_ref();
    json!({
        "type": cache.kind.as_str(),
        "location": cache.location,
        "modes": modes.map(|all| all.iter().map(|mode| mode.as_str()).collect::<Vec<_>>()),
    })
}

fn artifact(artifact: &BuildArtifacts) -> Value {
    json!({
        "location": artifact.location,
        "md5sum": artifact.md5sum,
        "sha256sum": artifact.sha256sum,
        "artifact-identifier": artifact.artifact_identifier,
    })
}

fn logs(logs: &LogsLocation) -> Value {
    json!({
        "group-name": logs.group_name,
        "stream-name": logs.stream_name,
        "deep-link": logs.deep_link,
        "s3-deep-link": logs.s3_deep_link,
    })
}

fn phase(phase: &BuildPhase) -> Value {
    let mut all = json!({ "phase-type": phase.phase_type.map(|kind| kind.as_str()) });
    if let Some(all) = all.as_object_mut() {
        all.extend(phase.start_time.map(|at| ("start-time".to_owned(), json!(date(at)))));
        if let Some(end) = phase.end_time {
            all.insert("end-time".into(), json!(date(end)));
            all.insert("duration-in-seconds".into(), json!(phase.duration_in_seconds));
            all.insert("phase-status".into(), json!(phase.phase_status.map(|it| it.as_str())));
            all.insert("phase-context".into(), json!([context_text(phase)]));
        }
    }
    all
}

/// `[CODE: MESSAGE]`, as the events have it.
fn contexts(phase: &BuildPhase) -> String {
    format!("[{}]", context_text(phase))
}

fn context_text(phase: &BuildPhase) -> String {
    let context = phase.contexts.as_deref().and_then(<[_]>::first);
    let text = |value: Option<&String>| value.cloned().unwrap_or_default();
    let code = text(context.and_then(|context| context.status_code.as_ref()));
    let message = text(context.and_then(|context| context.message.as_ref()));
    format!("{code}: {message}")
}

/// `Sep 1, 2017 4:12:29 PM`, in UTC.
fn date(at: Timestamp) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let iso = at.iso8601();
    let number = |from: usize, to: usize| {
        iso.get(from..to).and_then(|digits| digits.parse::<usize>().ok()).unwrap_or_default()
    };
    let (year, month, day, hour) = (number(0, 4), number(5, 7), number(8, 10), number(11, 13));
    let month = month.checked_sub(1).and_then(|index| MONTHS.get(index)).unwrap_or(&"");
    let (half, hour) = if hour < 12 { ("AM", hour) } else { ("PM", hour - 12) };
    let hour = if hour == 0 { 12 } else { hour };
    let minutes = iso.get(14..19).unwrap_or_default();
    format!("{month} {day}, {year} {hour}:{minutes} {half}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(date(Timestamp::from_secs(0)), "Jan 1, 1970 12:00:00 AM");
        assert_eq!(date(Timestamp::from_secs(1_504_282_349)), "Sep 1, 2017 4:12:29 PM");
        assert_eq!(date(Timestamp::from_secs(1_504_267_200)), "Sep 1, 2017 12:00:00 PM");
    }
}
