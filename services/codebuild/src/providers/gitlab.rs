//! GitLab's API: <https://docs.gitlab.com/api/rest/>.

use api_developer::codebuild::PullRequestBuildApproverRole as Role;
use serde_json::{Value, json};

use super::api::{Api, ApiError, Hook, State, Status, Topic, text};

const PAGE: usize = 100;

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

pub(super) async fn pull_files(api: &Api, number: u64) -> Result<Vec<String>, ApiError> {
    let path = format!("{}/merge_requests/{number}/diffs", project(api));
    Ok(names(&Value::Array(api.list(&path).await?)))
}

pub(super) async fn changed_files(
    api: &Api,
    before: Option<&str>,
    after: &str,
) -> Result<Vec<String>, ApiError> {
    match before {
        Some(before) => {
            let path = format!("{}/repository/compare?from={before}&to={after}", project(api));
            let found = api.call("GET", &path, None).await?;
            Ok(found.get("diffs").map(names).unwrap_or_default())
        }
        None => {
            let path = format!("{}/repository/commits/{after}/diff?per_page={PAGE}", project(api));
            Ok(names(&api.call("GET", &path, None).await?))
        }
    }
}

fn names(diffs: &Value) -> Vec<String> {
    let diffs = diffs.as_array().into_iter().flatten();
    let mut names: Vec<String> = diffs
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
