//! Events of repositories, whichever provider tells them.

use crate::model::WebhookTrigger;

/// What happened, by AWS's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Push,
    PullRequestCreated,
    PullRequestUpdated,
    PullRequestReopened,
    PullRequestMerged,
    PullRequestClosed,
    Released,
    Prereleased,
    WorkflowJobQueued,
}

impl Kind {
    const ALL: [(Self, &'static str); 9] = [
        (Self::Push, "PUSH"),
        (Self::PullRequestCreated, "PULL_REQUEST_CREATED"),
        (Self::PullRequestUpdated, "PULL_REQUEST_UPDATED"),
        (Self::PullRequestReopened, "PULL_REQUEST_REOPENED"),
        (Self::PullRequestMerged, "PULL_REQUEST_MERGED"),
        (Self::PullRequestClosed, "PULL_REQUEST_CLOSED"),
        (Self::Released, "RELEASED"),
        (Self::Prereleased, "PRERELEASED"),
        (Self::WorkflowJobQueued, "WORKFLOW_JOB_QUEUED"),
    ];

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == name).map(|(kind, _)| kind)
    }

    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    pub const fn is_of_pull_request(self) -> bool {
        matches!(
            self,
            Self::PullRequestCreated
                | Self::PullRequestUpdated
                | Self::PullRequestReopened
                | Self::PullRequestMerged
                | Self::PullRequestClosed
        )
    }
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    pub kind: Kind,
    /// `refs/heads/…` or `refs/tags/…`
    pub head_ref: String,
    /// Of a pull request.
    pub base_ref: Option<String>,
    /// The account id of who did it.
    pub actor: String,
    /// What is built.
    pub commit: String,
    /// The commit before a push, where there was one.
    pub before: Option<String>,
    pub merge_commit: Option<String>,
    /// The head commit's message, where the event tells it.
    pub message: Option<String>,
    /// The files that changed, where the event tells all of them.
    pub files: Option<Vec<String>>,
    /// The pull request's number.
    pub pull: Option<u64>,
    /// The pull request is from another repository.
    pub is_fork: bool,
    /// Whose the pull request is, as the provider's API finds users.
    pub author: String,
    pub release: Option<String>,
    pub tag: Option<String>,
    pub repository: RepositoryName,
}

/// Where an event happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RepositoryName {
    /// Its clone URL.
    pub url: String,
    /// Its name alone.
    pub name: String,
    /// The organization, the group or the workspace that it belongs to.
    pub organization: String,
}

impl Default for Event {
    fn default() -> Self {
        Self {
            kind: Kind::Push,
            head_ref: String::new(),
            base_ref: None,
            actor: String::new(),
            commit: String::new(),
            before: None,
            merge_commit: None,
            message: None,
            files: None,
            pull: None,
            is_fork: false,
            author: String::new(),
            release: None,
            tag: None,
            repository: RepositoryName::default(),
        }
    }
}

impl Event {
    /// What the build is told of it.
    pub fn trigger(&self) -> WebhookTrigger {
        let trigger = match (self.pull, self.head_ref.strip_prefix("refs/tags/")) {
            (Some(number), _) => format!("pr/{number}"),
            (None, Some(tag)) => format!("tag/{tag}"),
            (None, None) => {
                let branch = self.head_ref.strip_prefix("refs/heads/");
                format!("branch/{}", branch.unwrap_or(&self.head_ref))
            }
        };
        WebhookTrigger {
            event: self.kind.name().to_owned(),
            trigger,
            head_ref: Some(self.head_ref.clone()),
            base_ref: self.base_ref.clone(),
            actor_account_id: Some(self.actor.clone()),
            merge_commit: self.merge_commit.clone(),
            prev_commit: self.before.clone(),
            head_commit: Some(self.commit.clone()),
        }
    }
}

/// A comment that may approve a pull request's build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comment {
    pub text: String,
    /// Who wrote it, as the provider's API finds users.
    pub writer: String,
    pub number: u64,
    /// The pull request as an event, where the provider's event tells it.
    pub pull_request: Option<Event>,
    /// The account id of who wrote it, and where.
    pub actor: String,
    pub repository: RepositoryName,
}

/// What a payload is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Payload {
    /// One push to Bitbucket may move many branches.
    Events(Vec<Event>),
    Comment(Box<Comment>),
    /// Nothing that builds are made of, and why.
    Nothing(String),
}
