//! Payloads of the providers, read into events.

mod bitbucket;
mod github;
mod gitlab;

use serde_json::Value;

use super::event::{Event, Payload};
use crate::providers::Provider;

/// The header that names the event.
pub(super) const fn event_header(provider: Provider) -> &'static str {
    match provider {
        Provider::GitHub => "x-github-event",
        Provider::GitLab => "x-gitlab-event",
        Provider::Bitbucket => "x-event-key",
    }
}

/// The header that names one delivery; a redelivery has it again. GitLab's event UUID is none:
/// all events that follow from one webhook's answer share it.
pub(super) const fn delivery_header(provider: Provider) -> &'static str {
    match provider {
        Provider::GitHub => "x-github-delivery",
        Provider::GitLab => "idempotency-key",
        Provider::Bitbucket => "x-request-uuid",
    }
}

/// Reads a payload.
///
/// # Errors
/// A sentence, where it lacks what such an event has.
pub(super) fn read(provider: Provider, name: &str, body: &Value) -> Result<Payload, String> {
    let read = match provider {
        Provider::GitHub => github::read(name, body)?,
        Provider::GitLab => gitlab::read(name, body)?,
        Provider::Bitbucket => bitbucket::read(name, body)?,
    };
    if let Payload::Events(events) = &read {
        events.iter().try_for_each(check)?;
    }
    Ok(read)
}

/// What an event says becomes a version, a path in an API and a variable.
fn check(event: &Event) -> Result<(), String> {
    let is_id =
        |id: &str| (7..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    // A release names its tag only.
    let commit = Some(&event.commit).filter(|id| !id.is_empty() || event.tag.is_none());
    let ids = [commit, event.before.as_ref(), event.merge_commit.as_ref()];
    if let Some(id) = ids.into_iter().flatten().find(|id| !is_id(id)) {
        return Err(format!("{id:?} is no commit id"));
    }
    let workflow = event.workflow.as_ref();
    let names = [
        Some(&event.head_ref),
        event.base_ref.as_ref(),
        Some(&event.actor),
        event.tag.as_ref(),
        event.release.as_ref(),
        event.fork.as_ref(),
        workflow.map(|it| &it.name),
        workflow.map(|it| &it.job),
        workflow.map(|it| &it.run),
    ];
    let odd = |name: &&String| name.len() > 1_024 || name.contains(char::is_control);
    match names.into_iter().flatten().find(odd) {
        Some(name) => Err(format!("{:?} is no name", name.chars().take(80).collect::<String>())),
        None => Ok(()),
    }
}

/// The value at a path of members.
fn at<'a>(body: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(body, |value, name| value.get(name)).filter(|value| !value.is_null())
}

/// The text there; numbers count as texts.
fn text(body: &Value, path: &[&str]) -> Option<String> {
    match at(body, path)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The text there, without which the event makes no sense.
fn needed(body: &Value, path: &[&str]) -> Result<String, String> {
    text(body, path).ok_or_else(|| format!("the payload has no {}", path.join(".")))
}

fn number(body: &Value, path: &[&str]) -> Result<u64, String> {
    let found = at(body, path).and_then(Value::as_u64);
    found.ok_or_else(|| format!("the payload has no {}", path.join(".")))
}

/// A commit id, unless it is the one of nothing.
fn commit(id: Option<String>) -> Option<String> {
    id.filter(|id| id.bytes().any(|byte| byte != b'0'))
}

/// The names of the files that commits say they changed.
fn files_of(commits: &[Value]) -> Vec<String> {
    let mut files: Vec<String> = commits
        .iter()
        .flat_map(|commit| ["added", "modified", "removed"].map(|kind| commit.get(kind)))
        .flatten()
        .flat_map(|names| names.as_array().into_iter().flatten())
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect();
    files.sort();
    files.dedup();
    files
}

fn list<'a>(body: &'a Value, path: &[&str]) -> &'a [Value] {
    at(body, path).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
