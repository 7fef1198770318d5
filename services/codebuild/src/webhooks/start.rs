//! The build that an event starts.

use api_developer::codebuild::*;
use service::Cx;
use sha2::{Digest as _, Sha256};
use wire::Error;

use super::event::Event;
use crate::builds::Cause;
use crate::errors::invalid;
use crate::providers::{Provider, Repository, SCOPED};
use crate::{batches, builds};

/// How a delivery is known, and who made it.
pub(super) struct Delivery<'a> {
    pub id: &'a str,
    /// `GitHub-Hookshot/…`, `GitLab/…` or `Bitbucket-Webhooks/…`
    pub agent: &'a str,
}

/// Starts a build, or a batch; answers its id. A delivery that comes again within five minutes
/// starts nothing more.
pub(super) async fn build(
    cx: Cx,
    project: &Project,
    event: &Event,
    delivery: &Delivery<'_>,
    pinned: bool,
) -> Result<String, Error> {
    let source = project.source.clone().unwrap_or_default();
    let name = project.name.clone().unwrap_or_default();
    let is_scoped = source.location.as_deref() == Some(SCOPED);
    if is_scoped && Repository::of(source.kind, &event.repository.url).is_none() {
        return Err(invalid(format!(
            "{} is no location of a {} repository",
            event.repository.url, source.kind
        )));
    }
    let own = source.location.clone().filter(|_| !is_scoped);
    let own = own.unwrap_or_else(|| event.repository.url.clone());
    let location = match &event.fork {
        Some(fork) => Some(fork_url(source.kind, &own, fork)?),
        None => is_scoped.then_some(own),
    };
    let version = version(source.kind, event, pinned);
    let cause =
        Cause { initiator: initiator(source.kind, delivery.agent), webhook: Some(event.trigger()) };
    let token = token(delivery, event);
    let webhook = project.webhook.as_ref();
    if webhook.and_then(|it| it.build_type) == Some(WebhookBuildType::BuildBatch) {
        let input = StartBuildBatchInput {
            project_name: name,
            source_version: Some(version),
            source_location_override: location,
            idempotency_token: Some(token),
            ..StartBuildBatchInput::default()
        };
        let started = batches::start_for(cx, input, cause).await?;
        return Ok(started.build_batch.and_then(|it| it.id).unwrap_or_default());
    }
    let input = StartBuildInput {
        project_name: name,
        source_version: Some(version),
        source_location_override: location,
        idempotency_token: Some(token),
        ..StartBuildInput::default()
    };
    let started = builds::start_for(cx, input, cause).await?;
    Ok(started.build.and_then(|it| it.id).unwrap_or_default())
}

/// Where the repository of that path is cloned from, at the host of the one that it was forked
/// from: the project's credentials go nowhere else.
fn fork_url(kind: SourceType, own: &str, fork: &str) -> Result<String, Error> {
    let found = Repository::of(kind, own)
        .and_then(|own| Repository::of(kind, &format!("{}/{fork}.git", own.origin)));
    let wrong = || invalid(format!("{} is no {kind} repository", types::cut(fork, 256)));
    found.map(|fork| fork.url).ok_or_else(wrong)
}

/// What is built: GitHub's pull requests by their numbers, releases by their tags, all else by
/// its commit. One that was approved is pinned to what was.
fn version(kind: SourceType, event: &Event, pinned: bool) -> String {
    match (Provider::of(kind), event.pull, &event.tag) {
        (Some(Provider::GitHub), Some(number), _) if pinned => {
            format!("refs/pull/{number}/head^{{{}}}", event.commit)
        }
        (Some(Provider::GitHub), Some(number), _) => format!("pr/{number}"),
        (_, _, Some(tag)) => format!("refs/tags/{tag}"),
        _ => event.commit.clone(),
    }
}

fn initiator(kind: SourceType, agent: &str) -> String {
    let usual = match Provider::of(kind) {
        Some(Provider::GitHub) => "GitHub-Hookshot",
        Some(Provider::GitLab) => "GitLab-Hookshot",
        _ => "Bitbucket-Hookshot",
    };
    let plain = agent.chars().all(|c| c.is_ascii_graphic()) && agent.len() <= 64;
    if plain && agent.starts_with("GitHub-Hookshot/") { agent.to_owned() } else { usual.to_owned() }
}

fn token(delivery: &Delivery<'_>, event: &Event) -> String {
    let parts = [delivery.id, event.kind.name(), &event.head_ref, &event.commit].join("\n");
    hex::encode(Sha256::digest(parts.as_bytes()))
}
