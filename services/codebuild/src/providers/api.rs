//! What is asked of a provider's API, whichever it is.

use std::collections::BTreeSet;

use api_developer::codebuild::PullRequestBuildApproverRole;
use forge::{Credential, http};
use serde_json::Value;

use super::{Provider, Repository, bitbucket, github, gitlab};

/// Files of one change that are asked for; GitHub tells no more.
pub(super) const MAX_FILES: usize = 3_000;
/// Entries of a page of GitHub's and GitLab's lists.
const PAGE: usize = 100;
/// Longest text of a provider's that is told on.
const MAX_MESSAGE: usize = 300;

/// One repository's part of a provider's API, or an organization's.
pub(crate) struct Api {
    pub provider: Provider,
    /// The root of the API.
    pub root: String,
    /// The repository's path.
    pub path: String,
    pub credential: Option<Credential>,
    /// Any certificate will do.
    pub insecure: bool,
    /// Authorities to trust beside the system's, in PEM.
    pub authorities: Option<String>,
}

/// Why an API did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ApiError {
    /// It said no, with this HTTP status.
    Refused(u16, String),
    /// It did not answer, or nothing that can be understood.
    Failed(String),
}

impl ApiError {
    /// The repository is not there, or not for this credential.
    pub fn is_denial(&self) -> bool {
        matches!(self, Self::Refused(401 | 403 | 404, _))
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(status, said) => write!(f, "HTTP {status}: {said}"),
            Self::Failed(why) => f.write_str(why),
        }
    }
}

/// What a hook is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    Push,
    PullRequest,
    Release,
    Comment,
    /// Jobs that wait for a runner; GitHub's alone.
    WorkflowJob,
}

/// A hook to be made at a provider.
pub(crate) struct Hook {
    /// Where events go.
    pub payload_url: String,
    /// What signs them.
    pub secret: String,
    pub topics: BTreeSet<Topic>,
    /// The organization or group whose repositories it covers; else the repository's.
    pub organization: Option<String>,
}

/// A build's state, as providers show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Running,
    Succeeded,
    Failed,
    Stopped,
    Errored,
}

/// A commit status.
pub(crate) struct Status {
    pub state: State,
    pub context: String,
    pub target_url: Option<String>,
    pub description: String,
}

/// A pull request, as an approval needs to know it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PullRequest {
    pub head_commit: String,
    pub head_ref: String,
    pub base_ref: String,
    pub base_commit: Option<String>,
    pub is_fork: bool,
    pub author: String,
}

/// The files of a change, as far as a provider tells them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Files {
    pub names: Vec<String>,
    /// There are no others.
    pub are_all: bool,
}

impl Api {
    /// The API for a repository.
    pub fn new(repository: &Repository, credential: Option<Credential>, insecure: bool) -> Self {
        Self {
            provider: repository.provider,
            root: repository.api(),
            path: repository.path.clone(),
            credential,
            insecure,
            authorities: None,
        }
    }

    /// The same, of a host that may have a certificate by these authorities, in PEM.
    pub fn trusting(self, authorities: Option<String>) -> Self {
        Self { authorities, ..self }
    }

    /// Asks for a path below the root.
    pub(super) async fn call(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, ApiError> {
        let headers = self.credential.iter().map(|it| it.api_header(self.provider)).collect();
        let request = http::Request {
            method,
            url: &format!("{}{path}", self.root),
            headers,
            body: body.map(|body| body.to_string().into_bytes()),
            insecure: self.insecure,
        };
        let answer = http::send_trusting(request, self.authorities.as_deref()).await;
        let answer = answer.map_err(ApiError::Failed)?;
        let json: Option<Value> = serde_json::from_slice(&answer.body).ok();
        if (200..300).contains(&answer.status) {
            return match json {
                Some(json) => Ok(json),
                None if answer.body.is_empty() => Ok(Value::Null),
                None => Err(ApiError::Failed(format!("{method} {path}: the answer is no JSON"))),
            };
        }
        let said = json.as_ref().and_then(message_in).unwrap_or_default();
        Err(ApiError::Refused(answer.status, said.chars().take(MAX_MESSAGE).collect()))
    }

    /// The entries of a list, page by page as long as they are full, and whether that is all: the
    /// answer itself, or a member of it.
    pub(super) async fn list(
        &self,
        path: &str,
        member: Option<&str>,
    ) -> Result<(Vec<Value>, bool), ApiError> {
        let mut all = Vec::new();
        for page in 1..=MAX_FILES.div_ceil(PAGE) {
            let mut found =
                self.call("GET", &format!("{path}?per_page={PAGE}&page={page}"), None).await?;
            let entries = match member {
                Some(member) => found.get_mut(member).map(Value::take),
                None => Some(found),
            };
            let Some(Value::Array(entries)) = entries else { return Ok((all, true)) };
            let is_full = entries.len() >= PAGE;
            all.extend(entries);
            if !is_full {
                return Ok((all, true));
            }
        }
        Ok((all, false))
    }

    /// The message in the answer that tells a commit.
    pub(super) async fn message(&self, path: &str, place: &[&str]) -> Result<String, ApiError> {
        let found = self.call("GET", path, None).await?;
        let missing = || ApiError::Failed("the commit has no message".into());
        text(&found, place).map(str::to_owned).ok_or_else(missing)
    }

    /// Makes a hook; answers its URL in the API.
    pub async fn create_hook(&self, hook: &Hook) -> Result<String, ApiError> {
        let (path, body, id) = match self.provider {
            Provider::GitHub => github::hook(self, hook),
            Provider::GitLab => gitlab::hook(self, hook),
            Provider::Bitbucket => bitbucket::hook(self, hook),
        };
        let made = self.call("POST", &path, Some(body)).await?;
        let id = match made.get(id) {
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::String(text)) => wire::uri::encode(text, false),
            _ => return Err(ApiError::Failed("the hook that was made has no id".into())),
        };
        Ok(format!("{}{path}/{id}", self.root))
    }

    /// Changes a hook that was made.
    pub async fn update_hook(&self, url: &str, hook: &Hook) -> Result<(), ApiError> {
        let (method, (_, body, _)) = match self.provider {
            Provider::GitHub => ("PATCH", github::hook(self, hook)),
            Provider::GitLab => ("PUT", gitlab::hook(self, hook)),
            Provider::Bitbucket => ("PUT", bitbucket::hook(self, hook)),
        };
        self.call(method, self.below(url)?, Some(body)).await.map(drop)
    }

    /// Deletes a hook; one that is gone is fine.
    pub async fn delete_hook(&self, url: &str) -> Result<(), ApiError> {
        match self.call("DELETE", self.below(url)?, None).await {
            Err(ApiError::Refused(404, _)) | Ok(_) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn below<'a>(&self, url: &'a str) -> Result<&'a str, ApiError> {
        let elsewhere = || ApiError::Failed(format!("the hook {url} is not below {}", self.root));
        url.strip_prefix(self.root.as_str()).ok_or_else(elsewhere)
    }

    /// Tells a commit's status.
    pub async fn post_status(&self, commit: &str, status: &Status) -> Result<(), ApiError> {
        let (path, body) = match self.provider {
            Provider::GitHub => github::status(self, commit, status),
            Provider::GitLab => gitlab::status(self, commit, status),
            Provider::Bitbucket => bitbucket::status(self, commit, status),
        };
        self.call("POST", &path, Some(body)).await.map(drop)
    }

    /// The files that a pull request changes.
    pub async fn pull_files(&self, number: u64) -> Result<Files, ApiError> {
        match self.provider {
            Provider::GitHub => github::pull_files(self, number).await,
            Provider::GitLab => gitlab::pull_files(self, number).await,
            Provider::Bitbucket => bitbucket::pull_files(self, number).await,
        }
    }

    /// The files that differ between two commits, or that one commit changed.
    pub async fn changed_files(
        &self,
        before: Option<&str>,
        after: &str,
    ) -> Result<Files, ApiError> {
        match self.provider {
            Provider::GitHub => github::changed_files(self, before, after).await,
            Provider::GitLab => gitlab::changed_files(self, before, after).await,
            Provider::Bitbucket => bitbucket::changed_files(self, before, after).await,
        }
    }

    /// A commit's message.
    pub async fn commit_message(&self, commit: &str) -> Result<String, ApiError> {
        match self.provider {
            Provider::GitHub => github::commit_message(self, commit).await,
            Provider::GitLab => gitlab::commit_message(self, commit).await,
            Provider::Bitbucket => bitbucket::commit_message(self, commit).await,
        }
    }

    /// The role that a user (by what the provider's API finds users with) has in the repository.
    pub async fn role_of(
        &self,
        user: &str,
    ) -> Result<Option<PullRequestBuildApproverRole>, ApiError> {
        let found = match self.provider {
            Provider::GitHub => github::role_of(self, user).await,
            Provider::GitLab => gitlab::role_of(self, user).await,
            Provider::Bitbucket => bitbucket::role_of(self, user).await,
        };
        match found {
            // A stranger.
            Err(ApiError::Refused(404, _)) => Ok(None),
            other => other,
        }
    }

    /// A pull request as it is now; GitHub's comments do not tell.
    pub async fn pull_request(&self, number: u64) -> Result<PullRequest, ApiError> {
        match self.provider {
            Provider::GitHub => github::pull_request(self, number).await,
            Provider::GitLab | Provider::Bitbucket => {
                Err(ApiError::Failed("its events tell the pull request".into()))
            }
        }
    }
}

/// What an answer says went wrong.
fn message_in(answer: &Value) -> Option<String> {
    let error = answer.get("error");
    let said = answer.get("message").or_else(|| error?.get("message")).or(error)?;
    Some(said.as_str().map_or_else(|| said.to_string(), str::to_owned))
}

/// The text at a path of members.
pub(super) fn text<'a>(value: &'a Value, path: &[&str]) -> Option<&'a str> {
    path.iter().try_fold(value, |value, name| value.get(name))?.as_str()
}
