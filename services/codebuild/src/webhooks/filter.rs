//! Which events start builds.

use api_developer::codebuild::{Webhook, WebhookFilter, WebhookFilterType as Type};
use regex_lite::Regex;

use super::event::{Event, Kind};

/// What has to be asked of the provider, once.
pub(super) trait Facts {
    /// The files that changed.
    async fn files(&mut self, event: &Event) -> Result<Vec<String>, String>;
    /// The head commit's message.
    async fn message(&mut self, event: &Event) -> Result<String, String>;
}

/// The events that start builds where no filter says which.
const USUAL: [Kind; 4] =
    [Kind::Push, Kind::PullRequestCreated, Kind::PullRequestUpdated, Kind::PullRequestReopened];

/// Whether a webhook builds for an event.
///
/// # Errors
/// A sentence, where the provider did not tell what a filter asks for.
pub(super) async fn matches(
    webhook: &Webhook,
    event: &Event,
    facts: &mut impl Facts,
) -> Result<bool, String> {
    let groups = webhook.filter_groups.as_deref().unwrap_or_default();
    if groups.is_empty() {
        return Ok(USUAL.contains(&event.kind) && is_branch(webhook, event)?);
    }
    for group in groups {
        if passes(group, event, facts).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the branch filter lets it.
fn is_branch(webhook: &Webhook, event: &Event) -> Result<bool, String> {
    let Some(pattern) = webhook.branch_filter.as_deref().filter(|it| !it.is_empty()) else {
        return Ok(true);
    };
    let Some(branch) = event.head_ref.strip_prefix("refs/heads/") else { return Ok(false) };
    Ok(regex(pattern)?.is_match(branch))
}

async fn passes(
    group: &[WebhookFilter],
    event: &Event,
    facts: &mut impl Facts,
) -> Result<bool, String> {
    let asks =
        |filter: &&WebhookFilter| matches!(filter.kind, Type::FilePath | Type::CommitMessage);
    // What the event tells first: most need not be asked about.
    for filter in group.iter().filter(|it| !asks(it)).chain(group.iter().filter(asks)) {
        if holds(filter, event, facts).await? == (filter.exclude_matched_pattern == Some(true)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether the pattern matches, whatever that means.
async fn holds(
    filter: &WebhookFilter,
    event: &Event,
    facts: &mut impl Facts,
) -> Result<bool, String> {
    if filter.kind == Type::Event {
        return Ok(names(&filter.pattern).any(|name| name == event.kind.name()));
    }
    let pattern = regex(&filter.pattern)?;
    let is = |value: Option<&str>| value.is_some_and(|value| pattern.is_match(value));
    Ok(match filter.kind {
        // Checked above.
        Type::Event => false,
        Type::HeadRef => is(Some(&event.head_ref)),
        Type::BaseRef => is(event.base_ref.as_deref()),
        Type::ActorAccountId => is(Some(&event.actor)),
        Type::TagName => is(event.tag.as_deref()),
        Type::ReleaseName => is(event.release.as_deref()),
        Type::RepositoryName => is(Some(&event.repository.name)),
        Type::OrganizationName => is(Some(&event.repository.organization)),
        // No event of a workflow comes so far.
        Type::WorkflowName => false,
        Type::FilePath => facts.files(event).await?.iter().any(|file| pattern.is_match(file)),
        Type::CommitMessage => pattern.is_match(&facts.message(event).await?),
    })
}

/// The names of an event filter.
pub(super) fn names(pattern: &str) -> impl Iterator<Item = &str> {
    pattern.split(',').map(str::trim)
}

/// A pattern that may match anywhere.
pub(super) fn regex(pattern: &str) -> Result<Regex, String> {
    Regex::new(pattern).map_err(|error| format!("{pattern:?} is no regular expression: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Told(Vec<&'static str>, &'static str);

    impl Facts for Told {
        async fn files(&mut self, _: &Event) -> Result<Vec<String>, String> {
            Ok(self.0.iter().map(|file| (*file).to_owned()).collect())
        }
        async fn message(&mut self, _: &Event) -> Result<String, String> {
            Ok(self.1.to_owned())
        }
    }

    fn filter(kind: Type, pattern: &str, exclude: bool) -> WebhookFilter {
        WebhookFilter { kind, pattern: pattern.into(), exclude_matched_pattern: Some(exclude) }
    }

    fn pull() -> Event {
        Event {
            kind: Kind::PullRequestCreated,
            head_ref: "refs/heads/topic".into(),
            base_ref: Some("refs/heads/main".into()),
            actor: "42".into(),
            ..Event::default()
        }
    }

    fn push(head_ref: &str) -> Event {
        Event { head_ref: head_ref.into(), actor: "42".into(), ..Event::default() }
    }

    #[tokio::test]
    async fn groups() {
        let branch = push("refs/heads/main");
        let tag = push("refs/tags/v1");
        let all = "PUSH, PULL_REQUEST_CREATED";
        for (filters, event, expected) in [
            (vec![filter(Type::Event, "PUSH", false)], &branch, true),
            (vec![filter(Type::Event, "PULL_REQUEST_CREATED", false)], &branch, false),
            (vec![filter(Type::Event, all, false)], &pull(), true),
            (
                vec![
                    filter(Type::Event, all, false),
                    filter(Type::BaseRef, "^refs/heads/main$", false),
                ],
                &pull(),
                true,
            ),
            (
                vec![
                    filter(Type::Event, all, false),
                    filter(Type::BaseRef, "^refs/heads/main$", false),
                ],
                &branch,
                false,
            ),
            (
                vec![filter(Type::Event, all, false), filter(Type::HeadRef, "^refs/tags/.*", true)],
                &tag,
                false,
            ),
            (
                vec![filter(Type::Event, all, false), filter(Type::HeadRef, "^refs/tags/.*", true)],
                &branch,
                true,
            ),
            (
                vec![filter(Type::Event, all, false), filter(Type::ActorAccountId, "^4", false)],
                &branch,
                true,
            ),
            (
                vec![filter(Type::Event, all, false), filter(Type::ActorAccountId, "^4", true)],
                &branch,
                false,
            ),
            (
                vec![filter(Type::FilePath, "^src/", false), filter(Type::Event, "PUSH", false)],
                &branch,
                true,
            ),
            (
                vec![filter(Type::Event, "PUSH", false), filter(Type::FilePath, "^docs/", false)],
                &branch,
                false,
            ),
            (
                vec![filter(Type::Event, "PUSH", false), filter(Type::FilePath, "^src/", true)],
                &branch,
                false,
            ),
            (
                vec![
                    filter(Type::Event, "PUSH", false),
                    filter(Type::CommitMessage, r"\[CodeBuild\]", false),
                ],
                &branch,
                true,
            ),
            (
                vec![filter(Type::Event, "PUSH", false), filter(Type::TagName, "v", false)],
                &branch,
                false,
            ),
        ] {
            let webhook = Webhook { filter_groups: Some(vec![filters]), ..Webhook::default() };
            let mut told = Told(vec!["src/a", "README"], "fix [CodeBuild]");
            assert_eq!(matches(&webhook, event, &mut told).await, Ok(expected), "{event:?}");
        }
    }

    #[tokio::test]
    async fn branch_filters() {
        let webhook =
            Webhook { branch_filter: Some("^(main|rel-.*)$".into()), ..Webhook::default() };
        let mut told = Told(vec![], "");
        for (event, expected) in [
            (push("refs/heads/main"), true),
            (push("refs/heads/rel-1"), true),
            (push("refs/heads/topic"), false),
            (push("refs/tags/main"), false),
            (Event { kind: Kind::PullRequestMerged, ..push("refs/heads/main") }, false),
        ] {
            assert_eq!(matches(&webhook, &event, &mut told).await, Ok(expected), "{event:?}");
        }
        assert_eq!(matches(&Webhook::default(), &push("refs/tags/x"), &mut told).await, Ok(true));
    }
}
