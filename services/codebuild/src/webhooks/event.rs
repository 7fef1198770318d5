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
    /// Of a job that waits for a runner.
    pub workflow: Option<Workflow>,
    /// `OWNER/NAME` of the repository that a pull request comes from, where its commits are
    /// nowhere else.
    pub fork: Option<String>,
    pub repository: RepositoryName,
}

/// A job of a workflow, as an event tells of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Workflow {
    /// The workflow's name.
    pub name: String,
    pub job: String,
    pub run: String,
    pub attempt: String,
    /// What the job wants of its runner.
    pub labels: Vec<String>,
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
    /// The enterprise that the hook belongs to, where it tells of all of its organizations.
    pub enterprise: Option<String>,
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
            workflow: None,
            fork: None,
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
            job: self.workflow.as_ref().map(|workflow| workflow.job.clone()),
            run: self.workflow.as_ref().map(|workflow| workflow.run.clone()),
            label: self.workflow.as_ref().and_then(Workflow::label).map(str::to_owned),
        }
    }
}

impl Workflow {
    /// The label that names a project.
    pub fn label(&self) -> Option<&str> {
        let mut labels = self.labels.iter().map(String::as_str);
        labels.find(|label| label.starts_with("codebuild-"))
    }

    /// Why the job is not for a project, if it is not. A job says whose it is by a label:
    /// <https://docs.aws.amazon.com/codebuild/latest/userguide/action-runner.html>.
    pub fn obstacle(&self, project: &str) -> Option<String> {
        let own = format!("codebuild-{project}-{}-{}", self.run, self.attempt);
        if !self.labels.contains(&own) {
            return Some(format!("No label of the job is {own}."));
        }
        let asks = ["image:", "instance-size:", "fleet:", "buildspec-override:"];
        let overriding = self.labels.iter().find(|label| {
            *label != "buildspec-override:true" && asks.iter().any(|ask| label.starts_with(ask))
        });
        overriding.map(|label| format!("The label {label} is not supported here."))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_of_the_project_that_their_label_names() {
        let job = |labels: &[&str]| Workflow {
            run: "7".into(),
            attempt: "1".into(),
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
            ..Workflow::default()
        };
        for (labels, is_own) in [
            (&["codebuild-pp-7-1"][..], true),
            (&["self-hosted", "codebuild-pp-7-1", "buildspec-override:true"], true),
            (&["codebuild-pp-7-1", "instance-size:large"], false),
            (&["codebuild-pp-7-1", "buildspec-override:false"], false),
            (&["codebuild-pp-7-2"], false),
            (&["codebuild-pp-x-7-1"], false),
            (&["ubuntu-latest"], false),
            (&[], false),
        ] {
            assert_eq!(job(labels).obstacle("pp").is_none(), is_own, "{labels:?}");
        }
    }
}
