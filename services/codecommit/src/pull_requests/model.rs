//! A pull request as the store keeps it.

use api::{ApprovalRule, MergeMetadata, PullRequestStatusEnum as Status};
use api_developer::codecommit as api;
use shape::{Shape, Timestamp};
use store::{Index, Key, Query, ReadTx, Resource, StoreError, Stored, WriteTx};
use types::Scope;
use wire::Error;

use crate::errors;
use crate::model::Repository;

/// Open pull requests of one repository; AWS's quota.
pub(crate) const MAX_OPEN: usize = 1_000;
/// Bytes of an id, which is a number.
const MAX_ID: usize = 19;
/// Finds those of a repository, by status, by author, by both or by neither.
const OF_REPOSITORY: &str = "of-repository";
/// Finds the open ones that a change of a reference concerns.
const OPEN_ON: &str = "open-on";
/// Finds the one that a client request token made.
const BY_TOKEN: &str = "by-token";

/// By repository id: how many of its pull requests are open.
const OPEN: &str = "codecommit-open-pull-requests";

/// The wish to merge one branch into another. Its events are
/// [resources of their own](super::history), its approvals [with its
/// revisions](crate::approvals::model).
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct PullRequest {
    /// A number, counted by account and region.
    pub id: String,
    pub repository_id: String,
    pub title: String,
    pub description: Option<String>,
    pub status: Status,
    pub author_arn: String,
    pub created: Timestamp,
    /// When anybody last did anything with it.
    pub active: Timestamp,
    /// In full: `refs/heads/…`.
    pub source_reference: String,
    /// In full: `refs/heads/…`.
    pub destination_reference: String,
    /// The source's tip while it is open; what it was when it was closed.
    pub source_commit: String,
    /// The destination's tip when this revision began; once closed, what it was just before.
    pub destination_commit: String,
    /// The merge base of the two; branches without common history have none.
    pub merge_base: Option<String>,
    /// Changes whenever the source's tip does.
    pub revision_id: String,
    /// The token by which it was created.
    pub token: Option<String>,
    /// SHA-256 of the request that created it, to tell a retry from another use of its token.
    pub request_sha256: String,
    pub rules: Vec<ApprovalRule>,
    /// How and by whom it was merged, once it is.
    pub merged: Option<MergeMetadata>,
    /// Entries that its history has.
    pub events: i64,
}

impl Resource for PullRequest {
    const KIND: &'static str = "codecommit.pull-request";

    fn key(&self) -> String {
        self.id.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        let mut indexes = Vec::new();
        for status in [None, Some(self.status)] {
            for author in [None, Some(self.author_arn.as_str())] {
                let value = listing(&self.repository_id, status, author);
                let by_activity = Key::new().time(self.active);
                indexes.push(Index::new(OF_REPOSITORY, value).sorted_by(by_activity));
            }
        }
        if self.is_open() {
            for reference in [&self.source_reference, &self.destination_reference] {
                indexes.push(Index::new(OPEN_ON, on(&self.repository_id, reference)));
            }
        }
        let token = self.token.as_ref().map(|token| by_token(&self.author_arn, token));
        indexes.extend(token.map(|value| Index::new(BY_TOKEN, value)));
        indexes
    }
}

/// The index value of those of a repository with this status and by this author.
fn listing(repository_id: &str, status: Option<Status>, author_arn: Option<&str>) -> String {
    let status = status.map_or("", Status::as_str);
    format!("{repository_id} {status} {}", author_arn.unwrap_or_default())
}

fn on(repository_id: &str, reference: &str) -> String {
    format!("{repository_id} {reference}")
}

fn by_token(author_arn: &str, token: &str) -> String {
    format!("{author_arn} {token}")
}

/// A pull request with the repository that it is in.
pub(crate) struct Found {
    pub pull_request: Stored<PullRequest>,
    pub repository: Stored<Repository>,
}

impl PullRequest {
    /// The pull request and its repository, or AWS's error. For transactions; handlers have been
    /// authorized by [`super::access::right_on_pull_request`] before.
    pub fn load(tx: &ReadTx<'_>, scope: &Scope, id: &str) -> Result<Found, Error> {
        Self::find(tx, scope, id)?.ok_or_else(|| errors::no_pull_request(id))
    }

    /// [`PullRequest::load`] for changes that only an open one takes.
    pub fn load_open(tx: &ReadTx<'_>, scope: &Scope, id: &str) -> Result<Found, Error> {
        let found = Self::load(tx, scope, id)?;
        if found.pull_request.is_open() {
            return Ok(found);
        }
        Err(errors::PULL_REQUEST_ALREADY_CLOSED
            .error(format!("The pull request {id} is closed; a closed one cannot be changed.")))
    }

    /// The pull request and its repository, if both exist.
    pub fn find(tx: &ReadTx<'_>, scope: &Scope, id: &str) -> Result<Option<Found>, Error> {
        check_id(id)?;
        let Some(pull_request) = tx.get::<Self>(scope, id)? else { return Ok(None) };
        let repository = Repository::by_id(tx, &pull_request.repository_id)?;
        Ok(repository.map(|repository| Found { pull_request, repository }))
    }

    /// The one that this author made with this client request token.
    pub fn by_token(
        tx: &ReadTx<'_>,
        scope: &Scope,
        author_arn: &str,
        token: &str,
    ) -> Result<Option<Stored<Self>>, StoreError> {
        let value = by_token(author_arn, token);
        let found = tx.by_index::<Self>(scope, BY_TOKEN, &value, &Query::first(1))?;
        Ok(found.items.into_iter().next())
    }

    /// Those of a repository, in the order of their last activity.
    pub fn of_repository(
        tx: &ReadTx<'_>,
        scope: &Scope,
        repository_id: &str,
        status: Option<Status>,
        author_arn: Option<&str>,
        query: &Query,
    ) -> Result<store::Listing<Self>, StoreError> {
        let value = listing(repository_id, status, author_arn);
        tx.by_index::<Self>(scope, OF_REPOSITORY, &value, query)
    }

    /// The open ones with this reference as their source or destination; as many as there can be.
    pub fn open_on(
        tx: &ReadTx<'_>,
        scope: &Scope,
        repository_id: &str,
        reference: &str,
    ) -> Result<Vec<Stored<Self>>, StoreError> {
        let value = on(repository_id, reference);
        Ok(tx.by_index::<Self>(scope, OPEN_ON, &value, &Query::first(MAX_OPEN))?.items)
    }

    /// Whether it can still be changed and merged.
    pub fn is_open(&self) -> bool {
        self.status == Status::Open
    }

    /// Whether it was merged.
    pub fn is_merged(&self) -> bool {
        self.merged.as_ref().is_some_and(|merged| merged.is_merged == Some(true))
    }

    /// Its one target, as the API shows it; `repository` is the name it has now.
    pub fn target(&self, repository: &str) -> api::PullRequestTarget {
        let not_merged = MergeMetadata { is_merged: Some(false), ..MergeMetadata::default() };
        api::PullRequestTarget {
            repository_name: Some(repository.to_owned()),
            source_reference: Some(self.source_reference.clone()),
            destination_reference: Some(self.destination_reference.clone()),
            destination_commit: Some(self.destination_commit.clone()),
            source_commit: Some(self.source_commit.clone()),
            merge_base: self.merge_base.clone(),
            merge_metadata: Some(self.merged.clone().unwrap_or(not_merged)),
        }
    }

    /// As the API shows it; `repository` is the name that its repository has now.
    pub fn shown(&self, repository: &str) -> api::PullRequest {
        api::PullRequest {
            pull_request_id: Some(self.id.clone()),
            title: Some(self.title.clone()),
            description: self.description.clone(),
            last_activity_date: Some(self.active),
            creation_date: Some(self.created),
            pull_request_status: Some(self.status),
            author_arn: Some(self.author_arn.clone()),
            pull_request_targets: vec![self.target(repository)],
            client_request_token: self.token.clone(),
            revision_id: Some(self.revision_id.clone()),
            approval_rules: self.rules.clone(),
        }
    }
}

fn open_key(repository_id: &str) -> Vec<u8> {
    Key::new().text(repository_id).into()
}

/// How many pull requests of a repository are open.
pub(super) fn count_open(tx: &ReadTx<'_>, repository_id: &str) -> Result<usize, StoreError> {
    let damaged = || StoreError::Corrupt("a count of open pull requests".to_owned());
    match tx.get_raw(OPEN, &open_key(repository_id))? {
        None => Ok(0),
        Some(bytes) => {
            let count = bytes.try_into().map(u64::from_be_bytes).map_err(|_| damaged())?;
            usize::try_from(count).map_err(|_| damaged())
        }
    }
}

/// Notes that one more is open, or one less.
pub(super) fn count(
    tx: &mut WriteTx<'_>,
    repository_id: &str,
    opened: bool,
) -> Result<(), StoreError> {
    let before = count_open(tx, repository_id)?;
    let now = if opened { before.saturating_add(1) } else { before.saturating_sub(1) };
    tx.put_raw(OPEN, &open_key(repository_id), &(now as u64).to_be_bytes())
}

/// Forgets a deleted repository's count.
pub(super) fn forget_count(tx: &mut WriteTx<'_>, repository_id: &str) -> Result<(), StoreError> {
    tx.delete_raw(OPEN, &open_key(repository_id))
}

/// Refuses what cannot be a pull request's id.
pub(crate) fn check_id(id: &str) -> Result<(), Error> {
    if id.is_empty() {
        return Err(errors::PULL_REQUEST_ID_REQUIRED.error("A pull request ID is required."));
    }
    if id.len() > MAX_ID || !id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(errors::INVALID_PULL_REQUEST_ID
            .error(format!("{id:?} is not a pull request ID: those are numbers.")));
    }
    Ok(())
}
