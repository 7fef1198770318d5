//! GitHub's: <https://docs.github.com/en/webhooks/webhook-events-and-payloads>.

use serde_json::Value;

use super::super::event::{Comment, Event, Kind, Payload, RepositoryName, Workflow};
use super::{commit, files_of, list, needed, number, text};
use crate::providers::read_pull_request;

pub(super) fn read(name: &str, body: &Value) -> Result<Payload, String> {
    match name {
        "push" => push(body),
        "pull_request" => pull_request(body),
        "release" => release(body),
        "issue_comment" => comment(body),
        "workflow_job" => workflow_job(body),
        "ping" => Ok(Payload::Nothing("pong".into())),
        other => Ok(Payload::Nothing(format!("the event {other} starts no builds"))),
    }
}

fn repository(body: &Value) -> Result<RepositoryName, String> {
    Ok(RepositoryName {
        url: needed(body, &["repository", "clone_url"])?,
        name: needed(body, &["repository", "name"])?,
        organization: text(body, &["organization", "login"])
            .or_else(|| text(body, &["repository", "owner", "login"]))
            .unwrap_or_default(),
        enterprise: text(body, &["enterprise", "slug"]),
    })
}

fn push(body: &Value) -> Result<Payload, String> {
    let head_ref = needed(body, &["ref"])?;
    let Some(after) = commit(Some(needed(body, &["after"])?)) else {
        return Ok(Payload::Nothing(format!("{head_ref} was deleted")));
    };
    let commits = list(body, &["commits"]);
    // GitHub tells of that many commits at most; a branch made of what is there tells of none.
    let tells_all = !commits.is_empty() && commits.len() < 2_048;
    Ok(Payload::Events(vec![Event {
        kind: Kind::Push,
        head_ref,
        actor: needed(body, &["sender", "id"])?,
        // What an annotated tag's reference points at is no commit.
        commit: text(body, &["head_commit", "id"]).unwrap_or(after),
        before: commit(text(body, &["before"])),
        message: text(body, &["head_commit", "message"]),
        files: tells_all.then(|| files_of(commits)),
        repository: repository(body)?,
        ..Event::default()
    }]))
}

fn pull_request(body: &Value) -> Result<Payload, String> {
    let merged = body.pointer("/pull_request/merged").and_then(Value::as_bool) == Some(true);
    let kind = match (needed(body, &["action"])?.as_str(), merged) {
        ("opened", _) => Kind::PullRequestCreated,
        ("synchronize", _) => Kind::PullRequestUpdated,
        ("reopened", _) => Kind::PullRequestReopened,
        ("closed", true) => Kind::PullRequestMerged,
        ("closed", false) => Kind::PullRequestClosed,
        (other, _) => {
            return Ok(Payload::Nothing(format!(
                "a pull request that is {other} starts no builds"
            )));
        }
    };
    let found = body.get("pull_request").ok_or("the payload has no pull_request")?;
    let read = read_pull_request(found);
    let merge_commit = text(found, &["merge_commit_sha"]).filter(|_| merged);
    Ok(Payload::Events(vec![Event {
        kind,
        head_ref: read.head_ref,
        base_ref: Some(read.base_ref),
        actor: needed(body, &["sender", "id"])?,
        commit: read.head_commit,
        before: commit(text(body, &["before"])),
        merge_commit,
        pull: Some(number(found, &["number"])?),
        is_fork: read.is_fork,
        author: read.author,
        repository: repository(body)?,
        ..Event::default()
    }]))
}

fn release(body: &Value) -> Result<Payload, String> {
    let kind = match needed(body, &["action"])?.as_str() {
        "released" => Kind::Released,
        "prereleased" => Kind::Prereleased,
        other => {
            return Ok(Payload::Nothing(format!("a release that is {other} starts no builds")));
        }
    };
    let tag = needed(body, &["release", "tag_name"])?;
    Ok(Payload::Events(vec![Event {
        kind,
        head_ref: format!("refs/tags/{tag}"),
        actor: needed(body, &["sender", "id"])?,
        release: text(body, &["release", "name"]).or_else(|| Some(tag.clone())),
        tag: Some(tag),
        repository: repository(body)?,
        // The tag says which commit; it is found when the source is fetched.
        ..Event::default()
    }]))
}

fn workflow_job(body: &Value) -> Result<Payload, String> {
    let action = needed(body, &["action"])?;
    if action != "queued" {
        return Ok(Payload::Nothing(format!("a workflow's job that is {action} starts no builds")));
    }
    let job = body.get("workflow_job").ok_or("the payload has no workflow_job")?;
    let labels = list(job, &["labels"]).iter().filter_map(Value::as_str);
    Ok(Payload::Events(vec![Event {
        kind: Kind::WorkflowJobQueued,
        head_ref: format!("refs/heads/{}", text(job, &["head_branch"]).unwrap_or_default()),
        actor: needed(body, &["sender", "id"])?,
        commit: needed(job, &["head_sha"])?,
        workflow: Some(Workflow {
            name: text(job, &["workflow_name"]).unwrap_or_default(),
            job: needed(job, &["id"])?,
            run: needed(job, &["run_id"])?,
            attempt: needed(job, &["run_attempt"])?,
            labels: labels.map(str::to_owned).collect(),
        }),
        repository: repository(body)?,
        ..Event::default()
    }]))
}

fn comment(body: &Value) -> Result<Payload, String> {
    let is_new = text(body, &["action"]).as_deref() == Some("created");
    if !is_new || body.pointer("/issue/pull_request").is_none() {
        return Ok(Payload::Nothing("it is no new comment on a pull request".into()));
    }
    Ok(Payload::Comment(Box::new(Comment {
        text: needed(body, &["comment", "body"])?,
        writer: needed(body, &["comment", "user", "login"])?,
        number: number(body, &["issue", "number"])?,
        pull_request: None,
        actor: needed(body, &["sender", "id"])?,
        repository: repository(body)?,
    })))
}
