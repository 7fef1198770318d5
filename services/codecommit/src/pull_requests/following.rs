//! Pull requests follow their branches, in the transaction that changes those:
//! <https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-close-pull-request.html>.

use std::collections::BTreeMap;

use api::{MergeMetadata, MergeOptionTypeEnum, PullRequestStatusEnum};
use api_developer::codecommit as api;
use git::{Oid, RefUpdate};
use store::{ReadTx, StoreError, Stored, WriteTx};
use wire::Error;

use super::history::{By, What};
use super::model::{Found, PullRequest};
use super::questions::{Answers, Question, Unsettled};
use super::showing::commit;
use crate::approvals::model::Revision;
use crate::model::Repository;
use crate::refs;

/// Changes of references that have been made.
pub(crate) struct Changes<'a> {
    pub repository: &'a Stored<Repository>,
    pub updates: &'a [&'a RefUpdate],
    pub by: &'a By,
}

/// Where a pull request is after a change.
struct Next {
    source: Oid,
    destination: Oid,
    base: Option<Oid>,
    end: Option<End>,
}

enum End {
    Merged(MergeMetadata),
    Closed,
}

/// Brings all pull requests on these references to where those are now.
pub(crate) fn follow<E: From<StoreError> + From<Error>>(
    tx: &mut WriteTx<'_>,
    changes: &Changes<'_>,
    answers: &Answers,
) -> Result<(), Unsettled<E>> {
    let repository = changes.repository;
    let mut concerned = BTreeMap::new();
    for update in changes.updates {
        let open = PullRequest::open_on(tx, &repository.scope, &repository.id, &update.name)?;
        concerned.extend(open.into_iter().map(|found| (found.id.clone(), found)));
    }
    let (mut nexts, mut questions) = (Vec::new(), Vec::new());
    for pull_request in concerned.into_values() {
        let next = changes.next(tx, &pull_request, answers);
        match next.map_err(|error| Unsettled::Failed(error.into()))? {
            Ok(Some(next)) => nexts.push((pull_request, next)),
            Ok(None) => {}
            Err(question) => questions.push(question),
        }
    }
    if !questions.is_empty() {
        return Err(Unsettled::Ask(questions));
    }
    for (pull_request, next) in nexts {
        let found = Found { pull_request, repository: repository.clone() };
        go(tx, found, next, changes.by)?;
    }
    Ok(())
}

impl Changes<'_> {
    fn of(&self, reference: &str) -> Option<&RefUpdate> {
        self.updates.iter().copied().find(|update| update.name == reference)
    }

    /// What becomes of one pull request: nothing, or what it is next, or what must be known first.
    fn next(
        &self,
        tx: &ReadTx<'_>,
        pull_request: &PullRequest,
        answers: &Answers,
    ) -> Result<Result<Option<Next>, Question>, Error> {
        let kept_source = commit(&pull_request.source_commit)?;
        let kept_destination = commit(&pull_request.destination_commit)?;
        let of_source = self.of(&pull_request.source_reference);
        let of_destination = self.of(&pull_request.destination_reference);
        let source = of_source.and_then(|update| update.new).unwrap_or(kept_source);
        let end = match self.end(source, of_source, of_destination, answers) {
            Ok(end) => end,
            Err(question) => return Ok(Err(question)),
        };
        if end.is_none() && source == kept_source {
            return Ok(Ok(None));
        }
        let destination = match (of_destination, &end) {
            (Some(update), Some(_)) => update.old,
            (Some(update), None) => update.new,
            (None, _) => refs::get(tx, &self.repository.id, &pull_request.destination_reference)?,
        };
        let destination = destination.unwrap_or(kept_destination);
        let base = if (source, destination) == (kept_source, kept_destination) {
            Ok(pull_request.merge_base.as_deref().map(commit).transpose()?)
        } else {
            answers.base(source, destination)
        };
        Ok(base.map(|base| Some(Next { source, destination, base, end })))
    }

    /// Whether the changes end a pull request whose source is at `source` now.
    fn end(
        &self,
        source: Oid,
        of_source: Option<&RefUpdate>,
        of_destination: Option<&RefUpdate>,
        answers: &Answers,
    ) -> Result<Option<End>, Question> {
        // Who merges elsewhere and pushes has merged the pull request if that was a fast-forward.
        if let Some(RefUpdate { old: Some(from), new: Some(to), .. }) = of_destination
            && answers.passed(*from, *to)?.contains(&source)
        {
            return Ok(Some(End::Merged(MergeMetadata {
                is_merged: Some(true),
                merged_by: Some(self.by.caller.arn.clone()),
                merge_commit_id: None,
                merge_option: Some(MergeOptionTypeEnum::FastForwardMerge),
            })));
        }
        let deleted = [of_source, of_destination].into_iter().flatten().any(|it| it.new.is_none());
        Ok(deleted.then_some(End::Closed))
    }
}

/// Moves a pull request on.
fn go(tx: &mut WriteTx<'_>, mut found: Found, next: Next, by: &By) -> Result<(), StoreError> {
    let pull_request = &mut found.pull_request;
    let moved = pull_request.source_commit != next.source.to_string();
    pull_request.source_commit = next.source.to_string();
    pull_request.destination_commit = next.destination.to_string();
    pull_request.merge_base = next.base.map(|base| base.to_string());
    if moved {
        let revision = Revision::begin(&pull_request.id);
        pull_request.revision_id.clone_from(&revision.id);
        tx.insert(&pull_request.scope, &revision)?;
        found.happened(tx, by, What::SourceUpdated)?;
    }
    match next.end {
        None => {}
        Some(End::Closed) => {
            found.pull_request.status = PullRequestStatusEnum::Closed;
            found.happened(tx, by, What::Closed)?;
        }
        Some(End::Merged(merged)) => {
            found.pull_request.status = PullRequestStatusEnum::Closed;
            found.pull_request.merged = Some(merged.clone());
            found.happened(tx, by, What::Merged(&merged))?;
        }
    }
    found.save(tx)
}
