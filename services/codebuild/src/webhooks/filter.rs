//! Which events start builds.

use api_developer::codebuild::{Webhook, WebhookFilter, WebhookFilterType as Type};

use super::event::{Event, Kind};
use super::pattern::{Budget, Pattern};
use crate::providers::Files;

/// What has to be asked of the provider, once.
pub(super) trait Facts {
    /// The files that changed.
    async fn files(&mut self, event: &Event) -> Result<Files, String>;
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
    let mut budget = Budget::default();
    if groups.is_empty() {
        return Ok(USUAL.contains(&event.kind) && is_branch(webhook, event, &mut budget).await?);
    }
    for group in groups {
        if passes(group, event, facts, &mut budget).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the branch filter lets it.
async fn is_branch(webhook: &Webhook, event: &Event, budget: &mut Budget) -> Result<bool, String> {
    let Some(pattern) = webhook.branch_filter.as_deref().filter(|it| !it.is_empty()) else {
        return Ok(true);
    };
    let Some(branch) = event.head_ref.strip_prefix("refs/heads/") else { return Ok(false) };
    budget.any(&Pattern::new(pattern)?, vec![branch.to_owned()]).await
}

async fn passes(
    group: &[WebhookFilter],
    event: &Event,
    facts: &mut impl Facts,
    budget: &mut Budget,
) -> Result<bool, String> {
    let asks =
        |filter: &&WebhookFilter| matches!(filter.kind, Type::FilePath | Type::CommitMessage);
    // What the event tells first: most need not be asked about.
    for filter in group.iter().filter(|it| !asks(it)).chain(group.iter().filter(asks)) {
        if holds(filter, event, facts, budget).await?
            == (filter.exclude_matched_pattern == Some(true))
        {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a type of filter has anything to look at in such an event:
/// <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_WebhookFilter.html>.
fn speaks_of(filter: Type, event: Kind) -> bool {
    match filter {
        Type::BaseRef => event.is_of_pull_request(),
        Type::FilePath | Type::CommitMessage => event == Kind::Push || event.is_of_pull_request(),
        Type::TagName | Type::ReleaseName => matches!(event, Kind::Released | Kind::Prereleased),
        Type::WorkflowName => event == Kind::WorkflowJobQueued,
        Type::Event
        | Type::HeadRef
        | Type::ActorAccountId
        | Type::RepositoryName
        | Type::OrganizationName => true,
    }
}

/// Whether the pattern matches, whatever that means.
async fn holds(
    filter: &WebhookFilter,
    event: &Event,
    facts: &mut impl Facts,
    budget: &mut Budget,
) -> Result<bool, String> {
    if filter.kind == Type::Event {
        return Ok(names(&filter.pattern).any(|name| name == event.kind.name()));
    }
    if !speaks_of(filter.kind, event.kind) {
        return Ok(false);
    }
    let workflow = || event.workflow.as_ref().map(|workflow| workflow.name.clone());
    let told = match filter.kind {
        // Checked above.
        Type::Event => None,
        Type::HeadRef => Some(event.head_ref.clone()),
        Type::BaseRef => event.base_ref.clone(),
        Type::ActorAccountId => Some(event.actor.clone()),
        Type::TagName => event.tag.clone(),
        Type::ReleaseName => event.release.clone(),
        Type::RepositoryName => Some(event.repository.name.clone()),
        Type::OrganizationName => Some(event.repository.organization.clone()),
        Type::WorkflowName => workflow(),
        Type::CommitMessage => Some(facts.message(event).await?),
        Type::FilePath => {
            let Files { names, are_all } = facts.files(event).await?;
            let count = names.len();
            let found = budget.any(&Pattern::new(&filter.pattern)?, names).await?;
            // One that is not among these may be among the others.
            return match found || are_all {
                true => Ok(found),
                false => Err(format!(
                    "whether a file of the change matches {:?} is not known: none of {count} does, \
                     and the provider tells no more of them",
                    filter.pattern
                )),
            };
        }
    };
    budget.any(&Pattern::new(&filter.pattern)?, told.into_iter().collect()).await
}

/// The names of an event filter.
pub(super) fn names(pattern: &str) -> impl Iterator<Item = &str> {
    pattern.split(',').map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files, all of them or not, and the message.
    struct Told(Vec<&'static str>, bool, &'static str);

    impl Facts for Told {
        async fn files(&mut self, _: &Event) -> Result<Files, String> {
            let names = self.0.iter().map(|file| (*file).to_owned()).collect();
            Ok(Files { names, are_all: self.1 })
        }
        async fn message(&mut self, _: &Event) -> Result<String, String> {
            Ok(self.2.to_owned())
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
            let mut told = Told(vec!["src/a", "README"], true, "fix [CodeBuild]");
            assert_eq!(matches(&webhook, event, &mut told).await, Ok(expected), "{event:?}");
        }
    }

    #[tokio::test]
    async fn each_type_has_its_events() {
        use super::super::event::{RepositoryName, Workflow};
        let release = Event {
            kind: Kind::Prereleased,
            tag: Some("v1-rc".into()),
            release: Some("One".into()),
            repository: RepositoryName {
                name: "web".into(),
                organization: "acme".into(),
                ..RepositoryName::default()
            },
            ..push("refs/tags/v1-rc")
        };
        let job = Event {
            kind: Kind::WorkflowJobQueued,
            workflow: Some(Workflow { name: "Nightly".into(), ..Workflow::default() }),
            ..push("refs/heads/main")
        };
        let all = "PUSH, PRERELEASED, WORKFLOW_JOB_QUEUED";
        for (kind, pattern, event, expected) in [
            (Type::TagName, "-rc$", &release, true),
            (Type::TagName, "^v2", &release, false),
            (Type::ReleaseName, "^One$", &release, true),
            (Type::RepositoryName, "^web$", &release, true),
            (Type::OrganizationName, "^acme$", &release, true),
            (Type::OrganizationName, "^other$", &release, false),
            (Type::WorkflowName, "Night", &job, true),
            (Type::WorkflowName, "Night", &release, false),
            // What such an event does not have is not asked for either.
            (Type::FilePath, "src/", &release, false),
            (Type::CommitMessage, "CodeBuild", &job, false),
            (Type::CommitMessage, "CodeBuild", &push("refs/heads/x"), true),
            (Type::TagName, "x", &push("refs/tags/x"), false),
        ] {
            let group = vec![filter(Type::Event, all, false), filter(kind, pattern, false)];
            let webhook = Webhook { filter_groups: Some(vec![group]), ..Webhook::default() };
            let mut told = Told(vec!["src/a"], true, "fix [CodeBuild]");
            let found = matches(&webhook, event, &mut told).await;
            assert_eq!(found, Ok(expected), "{kind} {pattern} {event:?}");
        }
    }

    #[tokio::test]
    async fn what_some_files_do_not_tell_is_not_taken_for_no() {
        for (pattern, exclude, expected) in [
            ("^src/", false, Some(true)),
            ("^src/", true, Some(false)),
            // The file may be one that is not told.
            ("^docs/", false, None),
            ("^docs/", true, None),
        ] {
            let group =
                vec![filter(Type::Event, "PUSH", false), filter(Type::FilePath, pattern, exclude)];
            let webhook = Webhook { filter_groups: Some(vec![group]), ..Webhook::default() };
            let mut told = Told(vec!["src/a"], false, "");
            let found = matches(&webhook, &push("refs/heads/main"), &mut told).await;
            assert_eq!(found.clone().ok(), expected, "{pattern} {exclude} {found:?}");
        }
    }

    #[tokio::test]
    async fn branch_filters() {
        let webhook =
            Webhook { branch_filter: Some("^(main|rel-.*)$".into()), ..Webhook::default() };
        let mut told = Told(vec![], true, "");
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
