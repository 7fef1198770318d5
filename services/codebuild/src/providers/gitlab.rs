//! GitLab's API: <https://docs.gitlab.com/api/rest/>.

use api_developer::codebuild::PullRequestBuildApproverRole as Role;
use serde_json::{Value, json};

use super::api::{Api, ApiError, Files, Hook, State, Status, Topic, text};

/// Files that a comparison tells, at most, unless its host is set otherwise.
const MAX_COMPARED: usize = 1_000;

/// The repository's path in the API.
fn project(api: &Api) -> String {
    format!("/projects/{}", wire::uri::encode(&api.path, false))
}

/// Path, body, and the member of the answer that names the hook.
pub(super) fn hook(api: &Api, hook: &Hook) -> (String, Value, &'static str) {
    let path = match &hook.organization {
        Some(name) => format!("/groups/{}/hooks", wire::uri::encode(name, false)),
        None => format!("{}/hooks", project(api)),
    };
    let has = |topic| hook.topics.contains(&topic);
    let body = json!({
        "url": hook.payload_url,
        "token": hook.secret,
        "push_events": has(Topic::Push),
        "tag_push_events": has(Topic::Push),
        "merge_requests_events": has(Topic::PullRequest),
        "releases_events": has(Topic::Release),
        "note_events": has(Topic::Comment),
        "enable_ssl_verification": hook.payload_url.starts_with("https://"),
    });
    (path, body, "id")
}

pub(super) fn status(api: &Api, commit: &str, status: &Status) -> (String, Value) {
    let state = match status.state {
        State::Running => "running",
        State::Succeeded => "success",
        State::Failed | State::Errored => "failed",
        State::Stopped => "canceled",
    };
    let mut body = json!({
        "state": state,
        "name": status.context,
        "description": status.description,
    });
    if let Some(url) = &status.target_url {
        body["target_url"] = json!(url);
    }
    (format!("{}/statuses/{commit}", project(api)), body)
}

pub(super) async fn pull_files(api: &Api, number: u64) -> Result<Files, ApiError> {
    listed(api, &format!("{}/merge_requests/{number}/diffs", project(api))).await
}

pub(super) async fn changed_files(
    api: &Api,
    before: Option<&str>,
    after: &str,
) -> Result<Files, ApiError> {
    let Some(before) = before else {
        return listed(api, &format!("{}/repository/commits/{after}/diff", project(api))).await;
    };
    let path = format!("{}/repository/compare?from={before}&to={after}", project(api));
    let found = api.call("GET", &path, None).await?;
    let diffs = found.get("diffs").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is_cut = found.get("compare_timeout").and_then(Value::as_bool) == Some(true);
    Ok(Files { names: names(diffs), are_all: !is_cut && diffs.len() < MAX_COMPARED })
}

async fn listed(api: &Api, path: &str) -> Result<Files, ApiError> {
    let (diffs, are_all) = api.list(path, None).await?;
    Ok(Files { names: names(&diffs), are_all })
}

fn names(diffs: &[Value]) -> Vec<String> {
    let mut names: Vec<String> = diffs
        .iter()
        .flat_map(|it| [text(it, &["old_path"]), text(it, &["new_path"])])
        .flatten()
        .map(str::to_owned)
        .collect();
    names.dedup();
    names
}

pub(super) async fn commit_message(api: &Api, commit: &str) -> Result<String, ApiError> {
    api.message(&format!("{}/repository/commits/{commit}", project(api)), &["message"]).await
}

/// By the user's number; inherited membership counts.
pub(super) async fn role_of(api: &Api, user: &str) -> Result<Option<Role>, ApiError> {
    let user = wire::uri::encode(user, false);
    let path = format!("{}/members/all/{user}", project(api));
    let found = api.call("GET", &path, None).await?;
    Ok(match found.get("access_level").and_then(Value::as_u64) {
        Some(10) => Some(Role::GitlabGuest),
        Some(15) => Some(Role::GitlabPlanner),
        Some(20) => Some(Role::GitlabReporter),
        Some(30) => Some(Role::GitlabDeveloper),
        Some(40) => Some(Role::GitlabMaintainer),
        Some(50) => Some(Role::GitlabOwner),
        _ => None,
    })
}
