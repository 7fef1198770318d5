//! GitLab's: <https://docs.gitlab.com/user/project/integrations/webhook_events/>.

use serde_json::Value;

use super::super::event::{Comment, Event, Kind, Payload, RepositoryName};
use super::{commit, files_of, list, needed, number, text};

pub(super) fn read(name: &str, body: &Value) -> Result<Payload, String> {
    match name {
        "Push Hook" | "Tag Push Hook" => push(body),
        "Merge Request Hook" => merge_request(body),
        "Release Hook" => release(body),
        "Note Hook" => note(body),
        other => Ok(Payload::Nothing(format!("the event {other} starts no builds"))),
    }
}

fn repository(body: &Value) -> Result<RepositoryName, String> {
    let path = needed(body, &["project", "path_with_namespace"])?;
    let (organization, name) = path.rsplit_once('/').unwrap_or(("", &path));
    Ok(RepositoryName {
        url: needed(body, &["project", "git_http_url"])?,
        name: name.to_owned(),
        organization: organization.to_owned(),
        enterprise: None,
    })
}

fn push(body: &Value) -> Result<Payload, String> {
    let head_ref = needed(body, &["ref"])?;
    let after = needed(body, &["after"])?;
    let Some(after) = commit(text(body, &["checkout_sha"]).or(Some(after))) else {
        return Ok(Payload::Nothing(format!("{head_ref} was deleted")));
    };
    let commits = list(body, &["commits"]);
    let told = commits.iter().find(|it| text(it, &["id"]).as_ref() == Some(&after));
    // Of a larger push, GitLab tells of the last commits only.
    let count = body.get("total_commits_count").and_then(Value::as_u64);
    let tells_all = !commits.is_empty() && count.is_some_and(|count| count <= commits.len() as u64);
    Ok(Payload::Events(vec![Event {
        kind: Kind::Push,
        head_ref,
        actor: needed(body, &["user_id"])?,
        message: told.and_then(|it| text(it, &["message"])),
        commit: after,
        before: commit(text(body, &["before"])),
        files: tells_all.then(|| files_of(commits)),
        repository: repository(body)?,
        ..Event::default()
    }]))
}

fn merge_request(body: &Value) -> Result<Payload, String> {
    let of = body.get("object_attributes").ok_or("the payload has no object_attributes")?;
    let kind = match text(of, &["action"]).unwrap_or_default().as_str() {
        "open" => Kind::PullRequestCreated,
        // New commits only: other changes have no old revision.
        "update" if text(of, &["oldrev"]).is_some() => Kind::PullRequestUpdated,
        "reopen" => Kind::PullRequestReopened,
        "merge" => Kind::PullRequestMerged,
        "close" => Kind::PullRequestClosed,
        other => {
            return Ok(Payload::Nothing(format!("{other:?} of a merge request starts no builds")));
        }
    };
    let mut event = of_merge_request(of, body)?;
    event.kind = kind;
    event.before = commit(text(of, &["oldrev"]));
    if kind == Kind::PullRequestMerged {
        event.merge_commit = text(of, &["merge_commit_sha"]);
    }
    Ok(Payload::Events(vec![event]))
}

fn of_merge_request(of: &Value, body: &Value) -> Result<Event, String> {
    Ok(Event {
        kind: Kind::PullRequestUpdated,
        head_ref: format!("refs/heads/{}", needed(of, &["source_branch"])?),
        base_ref: Some(format!("refs/heads/{}", needed(of, &["target_branch"])?)),
        actor: needed(body, &["user", "id"])?,
        commit: needed(of, &["last_commit", "id"])?,
        message: text(of, &["last_commit", "message"]),
        pull: Some(number(of, &["iid"])?),
        is_fork: text(of, &["source_project_id"]) != text(of, &["target_project_id"]),
        author: needed(of, &["author_id"])?,
        repository: repository(body)?,
        ..Event::default()
    })
}

fn release(body: &Value) -> Result<Payload, String> {
    if text(body, &["action"]).as_deref() != Some("create") {
        return Ok(Payload::Nothing("only a new release starts builds".into()));
    }
    let tag = needed(body, &["tag"])?;
    Ok(Payload::Events(vec![Event {
        kind: Kind::Released,
        head_ref: format!("refs/tags/{tag}"),
        // GitLab does not tell who made it, but in the commit.
        actor: text(body, &["commit", "author", "email"]).unwrap_or_default(),
        commit: needed(body, &["commit", "id"])?,
        message: text(body, &["commit", "message"]),
        release: text(body, &["name"]).or_else(|| Some(tag.clone())),
        tag: Some(tag),
        repository: repository(body)?,
        ..Event::default()
    }]))
}

fn note(body: &Value) -> Result<Payload, String> {
    let Some(of) = body.get("merge_request").filter(|it| it.is_object()) else {
        return Ok(Payload::Nothing("it is no note on a merge request".into()));
    };
    let event = of_merge_request(of, body)?;
    Ok(Payload::Comment(Box::new(Comment {
        text: needed(body, &["object_attributes", "note"])?,
        writer: event.actor.clone(),
        number: event.pull.unwrap_or_default(),
        actor: event.actor.clone(),
        repository: event.repository.clone(),
        pull_request: Some(event),
    })))
}
