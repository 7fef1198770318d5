//! Bitbucket's: <https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/>.

use serde_json::Value;

use super::super::event::{Comment, Event, Kind, Payload, RepositoryName};
use super::{list, needed, number, text};

pub(super) fn read(name: &str, body: &Value) -> Result<Payload, String> {
    let kind = match name {
        "repo:push" => return push(body),
        "pullrequest:comment_created" => return comment(body),
        "pullrequest:created" => Kind::PullRequestCreated,
        "pullrequest:updated" => Kind::PullRequestUpdated,
        "pullrequest:fulfilled" => Kind::PullRequestMerged,
        "pullrequest:rejected" => Kind::PullRequestClosed,
        other => return Ok(Payload::Nothing(format!("the event {other} starts no builds"))),
    };
    Ok(Payload::Events(vec![of_pull_request(kind, body)?]))
}

fn repository(body: &Value) -> Result<RepositoryName, String> {
    let path = needed(body, &["repository", "full_name"])?;
    let (organization, name) = path.split_once('/').unwrap_or(("", &path));
    let page = text(body, &["repository", "links", "html", "href"]);
    Ok(RepositoryName {
        url: page.map(|page| format!("{page}.git")).unwrap_or_default(),
        name: name.to_owned(),
        organization: organization.to_owned(),
        enterprise: None,
    })
}

/// Who did it. What is no person (a workspace, a repository's access token) may have a UUID only,
/// and who has left neither.
fn actor(body: &Value) -> String {
    let of = |name| text(body, &["actor", name]);
    of("account_id").or_else(|| of("uuid")).unwrap_or_default()
}

fn push(body: &Value) -> Result<Payload, String> {
    let mut events = Vec::new();
    for change in list(body, &["push", "changes"]) {
        let Some(new) = change.get("new").filter(|new| new.is_object()) else { continue };
        let kind = match text(new, &["type"]).as_deref() {
            Some("tag" | "annotated_tag") => "tags",
            _ => "heads",
        };
        events.push(Event {
            kind: Kind::Push,
            head_ref: format!("refs/{kind}/{}", needed(new, &["name"])?),
            actor: actor(body),
            commit: needed(new, &["target", "hash"])?,
            before: text(change, &["old", "target", "hash"]),
            message: text(new, &["target", "message"]),
            repository: repository(body)?,
            ..Event::default()
        });
    }
    if events.is_empty() {
        return Ok(Payload::Nothing("nothing is there after the push".into()));
    }
    Ok(Payload::Events(events))
}

fn of_pull_request(kind: Kind, body: &Value) -> Result<Event, String> {
    let of = body.get("pullrequest").ok_or("the payload has no pullrequest")?;
    let repository_of = |side| text(of, &[side, "repository", "full_name"]);
    let is_merged = kind == Kind::PullRequestMerged;
    let is_fork = repository_of("source") != repository_of("destination");
    Ok(Event {
        kind,
        head_ref: format!("refs/heads/{}", needed(of, &["source", "branch", "name"])?),
        base_ref: Some(format!("refs/heads/{}", needed(of, &["destination", "branch", "name"])?)),
        actor: actor(body),
        commit: needed(of, &["source", "commit", "hash"])?,
        merge_commit: text(of, &["merge_commit", "hash"]).filter(|_| is_merged),
        pull: Some(number(of, &["id"])?),
        is_fork,
        // The repository asked has no reference of a pull request.
        fork: repository_of("source").filter(|_| is_fork && !is_merged),
        author: text(of, &["author", "account_id"]).unwrap_or_default(),
        repository: repository(body)?,
        ..Event::default()
    })
}

fn comment(body: &Value) -> Result<Payload, String> {
    let event = of_pull_request(Kind::PullRequestUpdated, body)?;
    Ok(Payload::Comment(Box::new(Comment {
        text: needed(body, &["comment", "content", "raw"])?,
        writer: event.actor.clone(),
        number: event.pull.unwrap_or_default(),
        actor: event.actor.clone(),
        repository: event.repository.clone(),
        pull_request: Some(event),
    })))
}
