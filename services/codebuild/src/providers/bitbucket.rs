//! Bitbucket's API: <https://developer.atlassian.com/cloud/bitbucket/rest/>.

use api_developer::codebuild::PullRequestBuildApproverRole as Role;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::api::{Api, ApiError, Files, Hook, MAX_FILES, State, Status, Topic, text};

const PAGE: usize = 500;

/// Path, body, and the member of the answer that names the hook.
pub(super) fn hook(api: &Api, hook: &Hook) -> (String, Value, &'static str) {
    let mut events = Vec::new();
    for topic in &hook.topics {
        match topic {
            Topic::Push => events.push("repo:push"),
            Topic::PullRequest => events.extend([
                "pullrequest:created",
                "pullrequest:updated",
                "pullrequest:fulfilled",
                "pullrequest:rejected",
            ]),
            Topic::Comment => events.push("pullrequest:comment_created"),
            // It has neither; the filters were checked.
            Topic::Release | Topic::WorkflowJob => {}
        }
    }
    let body = json!({
        "description": "CodeBuild",
        "url": hook.payload_url,
        "active": true,
        "secret": hook.secret,
        "events": events,
    });
    (format!("/repositories/{}/hooks", api.path), body, "uuid")
}

pub(super) fn status(api: &Api, commit: &str, status: &Status) -> (String, Value) {
    let state = match status.state {
        State::Running => "INPROGRESS",
        State::Succeeded => "SUCCESSFUL",
        State::Failed | State::Errored => "FAILED",
        State::Stopped => "STOPPED",
    };
    // Statuses of one key replace each other; it has at most 40 characters.
    let key = hex::encode(Sha256::digest(status.context.as_bytes()));
    let mut body = json!({
        "state": state,
        "key": key.get(..40).unwrap_or(&key),
        "name": status.context,
        "description": status.description,
    });
    if let Some(url) = &status.target_url {
        body["url"] = json!(url);
    }
    (format!("/repositories/{}/commit/{commit}/statuses/build", api.path), body)
}

pub(super) async fn pull_files(api: &Api, number: u64) -> Result<Files, ApiError> {
    diffstat(api, &format!("/repositories/{}/pullrequests/{number}/diffstat", api.path)).await
}

pub(super) async fn changed_files(
    api: &Api,
    before: Option<&str>,
    after: &str,
) -> Result<Files, ApiError> {
    let range = match before {
        Some(before) => format!("{after}..{before}"),
        None => after.to_owned(),
    };
    diffstat(api, &format!("/repositories/{}/diffstat/{range}", api.path)).await
}

async fn diffstat(api: &Api, path: &str) -> Result<Files, ApiError> {
    let mut files = Files::default();
    for page in 1..=MAX_FILES.div_ceil(PAGE) {
        let found = api.call("GET", &format!("{path}?pagelen={PAGE}&page={page}"), None).await?;
        for entry in found.get("values").and_then(Value::as_array).into_iter().flatten() {
            let mut names = vec![text(entry, &["old", "path"]), text(entry, &["new", "path"])];
            names.dedup();
            files.names.extend(names.into_iter().flatten().map(str::to_owned));
        }
        files.are_all = found.get("next").is_none();
        if files.are_all {
            break;
        }
    }
    Ok(files)
}

pub(super) async fn commit_message(api: &Api, commit: &str) -> Result<String, ApiError> {
    api.message(&format!("/repositories/{}/commit/{commit}", api.path), &["message"]).await
}

/// By the user's account id.
pub(super) async fn role_of(api: &Api, user: &str) -> Result<Option<Role>, ApiError> {
    let (workspace, name) = api.path.split_once('/').unwrap_or((&api.path, ""));
    let wanted = format!("user.account_id=\"{}\"", user.replace(['"', '\\'], ""));
    let path = format!(
        "/workspaces/{workspace}/permissions/repositories/{name}?q={}",
        wire::uri::encode(&wanted, false)
    );
    let found = api.call("GET", &path, None).await?;
    let mut entries = found.get("values").and_then(Value::as_array).into_iter().flatten();
    let theirs = entries.find(|entry| text(entry, &["user", "account_id"]) == Some(user));
    Ok(match theirs.and_then(|entry| text(entry, &["permission"])) {
        Some("read") => Some(Role::BitbucketRead),
        Some("write") => Some(Role::BitbucketWrite),
        Some("admin") => Some(Role::BitbucketAdmin),
        _ => None,
    })
}
