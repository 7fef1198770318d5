//! GitHub's API: <https://docs.github.com/en/rest>. Enterprise servers have the same.

use api_developer::codebuild::PullRequestBuildApproverRole as Role;
use serde_json::{Value, json};

use super::api::{Api, ApiError, Files, Hook, PullRequest, State, Status, Topic, text};

/// Longest description of a status.
const MAX_DESCRIPTION: usize = 140;
/// Files that a comparison tells, at most.
const MAX_COMPARED: usize = 300;

/// Path, body, and the member of the answer that names the hook.
pub(super) fn hook(api: &Api, hook: &Hook) -> (String, Value, &'static str) {
    let path = match &hook.organization {
        Some(name) => format!("/orgs/{}/hooks", wire::uri::encode(name, false)),
        None => format!("/repos/{}/hooks", api.path),
    };
    let events: Vec<&str> = hook
        .topics
        .iter()
        .map(|topic| match topic {
            Topic::Push => "push",
            Topic::PullRequest => "pull_request",
            Topic::Release => "release",
            Topic::Comment => "issue_comment",
            Topic::WorkflowJob => "workflow_job",
        })
        .collect();
    let body = json!({
        "name": "web",
        "active": true,
        "events": events,
        "config": {
            "url": hook.payload_url,
            "content_type": "json",
            "secret": hook.secret,
            "insecure_ssl": "0",
        },
    });
    (path, body, "id")
}

pub(super) fn status(api: &Api, commit: &str, status: &Status) -> (String, Value) {
    let state = match status.state {
        State::Running => "pending",
        State::Succeeded => "success",
        State::Failed => "failure",
        State::Stopped | State::Errored => "error",
    };
    let body = json!({
        "state": state,
        "target_url": status.target_url,
        "description": status.description.chars().take(MAX_DESCRIPTION).collect::<String>(),
        "context": status.context,
    });
    (format!("/repos/{}/statuses/{commit}", api.path), body)
}

pub(super) async fn pull_files(api: &Api, number: u64) -> Result<Files, ApiError> {
    let (files, are_all) =
        api.list(&format!("/repos/{}/pulls/{number}/files", api.path), None).await?;
    Ok(Files { names: names(&files), are_all })
}

pub(super) async fn changed_files(
    api: &Api,
    before: Option<&str>,
    after: &str,
) -> Result<Files, ApiError> {
    let Some(before) = before else {
        let path = format!("/repos/{}/commits/{after}", api.path);
        let (files, are_all) = api.list(&path, Some("files")).await?;
        return Ok(Files { names: names(&files), are_all });
    };
    let path = format!("/repos/{}/compare/{before}...{after}", api.path);
    let found = api.call("GET", &path, None).await?;
    let files = found.get("files").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Ok(Files { names: names(files), are_all: files.len() < MAX_COMPARED })
}

/// A file that was renamed counts under both names.
fn names(files: &[Value]) -> Vec<String> {
    let named = |file: &Value, name| text(file, &[name]).map(str::to_owned);
    let files = files.iter();
    files.flat_map(|it| [named(it, "filename"), named(it, "previous_filename")]).flatten().collect()
}

pub(super) async fn commit_message(api: &Api, commit: &str) -> Result<String, ApiError> {
    api.message(&format!("/repos/{}/commits/{commit}", api.path), &["commit", "message"]).await
}

pub(super) async fn role_of(api: &Api, login: &str) -> Result<Option<Role>, ApiError> {
    let login = wire::uri::encode(login, false);
    let path = format!("/repos/{}/collaborators/{login}/permission", api.path);
    let found = api.call("GET", &path, None).await?;
    let role = |name: &str| match name {
        "read" => Some(Role::GithubRead),
        "triage" => Some(Role::GithubTriage),
        "write" => Some(Role::GithubWrite),
        "maintain" => Some(Role::GithubMaintain),
        "admin" => Some(Role::GithubAdmin),
        _ => None,
    };
    // An organization's own role has a name of its own, and the permission that it is made of.
    let named = text(&found, &["role_name"]).and_then(role);
    Ok(named.or_else(|| text(&found, &["permission"]).and_then(role)))
}

pub(super) async fn pull_request(api: &Api, number: u64) -> Result<PullRequest, ApiError> {
    let found = api.call("GET", &format!("/repos/{}/pulls/{number}", api.path), None).await?;
    Ok(read_pull_request(&found))
}

/// A pull request as events and the API tell it.
pub(crate) fn read_pull_request(found: &Value) -> PullRequest {
    let at = |path: &[&str]| text(found, path).map(str::to_owned);
    let reference = |side| at(&[side, "ref"]).map(|name| format!("refs/heads/{name}"));
    let repository = |side| text(found, &[side, "repo", "full_name"]);
    PullRequest {
        head_commit: at(&["head", "sha"]).unwrap_or_default(),
        head_ref: reference("head").unwrap_or_default(),
        base_ref: reference("base").unwrap_or_default(),
        base_commit: at(&["base", "sha"]),
        // The repository of a head may be gone: it was a fork then.
        is_fork: repository("head") != repository("base"),
        author: at(&["user", "login"]).unwrap_or_default(),
    }
}
