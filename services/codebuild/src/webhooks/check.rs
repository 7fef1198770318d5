//! What a webhook may ask for.

use std::collections::BTreeSet;

use api_developer::codebuild::{
    ProjectSource, PullRequestBuildApproverRole as Role, PullRequestBuildCommentApproval,
    PullRequestBuildPolicy, SourceType, Webhook, WebhookBuildType, WebhookFilter,
    WebhookFilterType as Type, WebhookScopeType,
};
use wire::Error;

use super::event::Kind;
use super::filter;
use super::pattern::{MAX_PATTERN, Pattern, Sizes};
use crate::errors::{invalid, unsupported};
use crate::providers::{Provider, SCOPED, Topic};

/// Most groups, and most filters of one.
const MAX_FILTERS: usize = 100;

/// Checks a webhook's settings for a project's source.
pub(super) fn check(webhook: &Webhook, source: &ProjectSource) -> Result<(), Error> {
    if webhook.build_type == Some(WebhookBuildType::RunnerBuildkiteBuild) {
        return Err(unsupported("The webhook build type RUNNER_BUILDKITE_BUILD"));
    }
    let is_github = matches!(source.kind, SourceType::Github | SourceType::GithubEnterprise);
    if webhook.manual_creation == Some(true) && !is_github {
        return Err(invalid(
            "Invalid webhook: manualCreation is only available for GitHub webhooks",
        ));
    }
    let groups = webhook.filter_groups.as_deref().unwrap_or_default();
    let branch = webhook.branch_filter.as_deref().filter(|it| !it.is_empty());
    if let Some(pattern) = branch {
        if !groups.is_empty() {
            return Err(invalid("Invalid webhook: it has either branchFilter or filterGroups"));
        }
        Pattern::new(pattern).map_err(|why| invalid(format!("Invalid branch filter: {why}")))?;
    }
    let is_scoped = webhook.scope_configuration.is_some();
    check_scope(webhook, source)?;
    if groups.len() > MAX_FILTERS || groups.iter().any(|group| group.len() > MAX_FILTERS) {
        return Err(invalid(format!("Invalid filter groups: there are more than {MAX_FILTERS}")));
    }
    let mut sizes = Sizes::default();
    for group in groups {
        if !group.iter().any(|filter| filter.kind == Type::Event) {
            return Err(invalid(
                "Invalid filter group: at least one filter must have the type EVENT",
            ));
        }
        for filter in group {
            check_filter(filter, source.kind, is_scoped, &mut sizes)?;
        }
    }
    match &webhook.pull_request_build_policy {
        Some(policy) => check_policy(policy, source.kind),
        None => Ok(()),
    }
}

fn check_scope(webhook: &Webhook, source: &ProjectSource) -> Result<(), Error> {
    let is_scoped = source.location.as_deref() == Some(SCOPED);
    let Some(scope) = webhook.scope_configuration.as_ref() else {
        return match is_scoped {
            true => Err(invalid(format!(
                "Invalid webhook: a source location of {SCOPED} needs a scopeConfiguration"
            ))),
            false => Ok(()),
        };
    };
    if !is_scoped {
        return Err(invalid(format!(
            "Invalid scope configuration: the source location must be {SCOPED}"
        )));
    }
    let fits = match scope.scope {
        // GitHub has no API by which an enterprise's hooks are made.
        WebhookScopeType::GithubGlobal if webhook.manual_creation != Some(true) => {
            return Err(unsupported("The webhook scope GITHUB_GLOBAL without manualCreation"));
        }
        WebhookScopeType::GithubGlobal | WebhookScopeType::GithubOrganization => {
            matches!(source.kind, SourceType::Github | SourceType::GithubEnterprise)
        }
        WebhookScopeType::GitlabGroup => {
            matches!(source.kind, SourceType::Gitlab | SourceType::GitlabSelfManaged)
        }
    };
    if !fits || scope.name.is_empty() {
        return Err(invalid(format!(
            "Invalid scope configuration: {} {:?} is not for the source type {}",
            scope.scope, scope.name, source.kind
        )));
    }
    let needs = matches!(source.kind, SourceType::GithubEnterprise | SourceType::GitlabSelfManaged);
    if needs == scope.domain.is_none() {
        return Err(invalid(format!(
            "Invalid scope configuration: a domain is {} for the source type {}",
            if needs { "required" } else { "not" },
            source.kind
        )));
    }
    match super::api(source, scope.domain.as_deref(), None) {
        Some(_) => Ok(()),
        None => Err(invalid("Invalid scope configuration: the domain must be a host, by HTTPS")),
    }
}

fn check_filter(
    filter: &WebhookFilter,
    kind: SourceType,
    is_scoped: bool,
    sizes: &mut Sizes,
) -> Result<(), Error> {
    let is_github = Provider::of(kind) == Some(Provider::GitHub);
    match filter.kind {
        Type::Event if filter.pattern.len() > MAX_PATTERN => {
            Err(invalid(format!("Invalid filter EVENT: it has more than {MAX_PATTERN} bytes")))
        }
        Type::Event => filter::names(&filter.pattern).try_for_each(|name| check_event(name, kind)),
        Type::WorkflowName if !is_github => Err(invalid(format!(
            "Invalid filter: the source type {kind} has no filter WORKFLOW_NAME"
        ))),
        Type::RepositoryName | Type::OrganizationName if !is_scoped => Err(invalid(format!(
            "Invalid filter: {} is for webhooks of organizations",
            filter.kind
        ))),
        _ => sizes
            .add(&filter.pattern)
            .map_err(|why| invalid(format!("Invalid filter {}: {why}", filter.kind))),
    }
}

fn check_event(name: &str, kind: SourceType) -> Result<(), Error> {
    let event = Kind::parse(name)
        .ok_or_else(|| invalid(format!("Invalid filter: {name} is no webhook event")))?;
    let fits = match (event, Provider::of(kind)) {
        (Kind::WorkflowJobQueued, Some(Provider::GitLab)) => {
            // GitLab's events don't tell which project a job is for.
            return Err(unsupported(
                "The webhook event WORKFLOW_JOB_QUEUED of GitLab (there are no runners)",
            ));
        }
        (Kind::WorkflowJobQueued, provider) => provider == Some(Provider::GitHub),
        (Kind::Prereleased, _) => kind == SourceType::Github,
        (Kind::Released, provider) => {
            kind == SourceType::Github || provider == Some(Provider::GitLab)
        }
        (Kind::PullRequestReopened, provider) => provider != Some(Provider::Bitbucket),
        _ => true,
    };
    match fits {
        true => Ok(()),
        false => {
            Err(invalid(format!("Invalid filter: the source type {kind} has no event {name}")))
        }
    }
}

fn check_policy(policy: &PullRequestBuildPolicy, kind: SourceType) -> Result<(), Error> {
    let roles = policy.approver_roles.as_deref().unwrap_or_default();
    let prefix = match Provider::of(kind) {
        Some(Provider::GitHub) => "GITHUB_",
        Some(Provider::GitLab) => "GITLAB_",
        _ => "BITBUCKET_",
    };
    if let Some(role) = roles.iter().find(|role| !role.as_str().starts_with(prefix)) {
        return Err(invalid(format!(
            "Invalid pull request build policy: {role} is no role of the source type {kind}"
        )));
    }
    match policy.requires_comment_approval == PullRequestBuildCommentApproval::Disabled
        && !roles.is_empty()
    {
        true => Err(invalid(
            "Invalid pull request build policy: there are no approver roles where approval is \
             DISABLED",
        )),
        false => Ok(()),
    }
}

/// The policy of a webhook that was given none, or one without roles: strangers' pull requests
/// wait for who may change the repository.
pub(super) fn policy(
    given: Option<PullRequestBuildPolicy>,
    kind: SourceType,
) -> PullRequestBuildPolicy {
    let mut policy = given.unwrap_or(PullRequestBuildPolicy {
        requires_comment_approval: PullRequestBuildCommentApproval::AllPullRequests,
        approver_roles: None,
    });
    let is_on = policy.requires_comment_approval != PullRequestBuildCommentApproval::Disabled;
    if is_on && policy.approver_roles.as_ref().is_none_or(Vec::is_empty) {
        let roles: &[Role] = match Provider::of(kind) {
            Some(Provider::GitHub) => &[Role::GithubWrite, Role::GithubMaintain, Role::GithubAdmin],
            Some(Provider::GitLab) => {
                &[Role::GitlabDeveloper, Role::GitlabMaintainer, Role::GitlabOwner]
            }
            _ => &[Role::BitbucketWrite, Role::BitbucketAdmin],
        };
        policy.approver_roles = Some(roles.to_vec());
    }
    policy
}

/// What the provider is to tell of.
pub(super) fn topics(webhook: &Webhook) -> BTreeSet<Topic> {
    let groups = webhook.filter_groups.as_deref().unwrap_or_default();
    let filters = groups.iter().flatten().filter(|filter| filter.kind == Type::Event);
    let kinds: Vec<Kind> = match groups.is_empty() {
        true => vec![Kind::Push, Kind::PullRequestCreated],
        false => {
            filters.flat_map(|it| filter::names(&it.pattern)).filter_map(Kind::parse).collect()
        }
    };
    let topic = |kind: &Kind| match kind {
        Kind::Push => Topic::Push,
        Kind::WorkflowJobQueued => Topic::WorkflowJob,
        Kind::Released | Kind::Prereleased => Topic::Release,
        _ => Topic::PullRequest,
    };
    let mut topics: BTreeSet<Topic> = kinds.iter().map(topic).collect();
    let policy = webhook.pull_request_build_policy.as_ref();
    let approves = policy.is_some_and(|policy| {
        policy.requires_comment_approval != PullRequestBuildCommentApproval::Disabled
    });
    if approves && topics.contains(&Topic::PullRequest) {
        topics.insert(Topic::Comment);
    }
    topics
}
