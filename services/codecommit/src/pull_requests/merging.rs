//! Merges of pull requests.

use api::{
    MergeMetadata, MergeOptionTypeEnum as MergeOption, MergePullRequestByFastForwardInput,
    MergePullRequestInput, MergePullRequestOutput, PullRequestStatusEnum,
};
use api_developer::codecommit as api;
use git::{Objects, Oid};
use service::Cx;
use store::{ReadTx, WriteTx};
use types::Scope;
use wire::Error;

use super::history::{By, What};
use super::model::{Found, PullRequest};
use super::showing::{commit, shown};
use crate::approvals::model::Revision;
use crate::merges::{How, Landed, Landing, Words, land, prepare};
use crate::{errors, refs, repos};

pub(crate) async fn merge_pull_request_by_fast_forward(
    cx: Cx,
    input: MergePullRequestByFastForwardInput,
) -> Result<MergePullRequestOutput, Error> {
    let wish =
        Wish::new(&cx, input.pull_request_id, input.repository_name, input.source_commit_id)?;
    merge(cx, wish, How::fast_forward(), None).await
}

pub(crate) async fn merge_pull_request_by_squash(
    cx: Cx,
    input: MergePullRequestInput,
) -> Result<MergePullRequestOutput, Error> {
    merge_with_commit(cx, input, MergeOption::SquashMerge).await
}

pub(crate) async fn merge_pull_request_by_three_way(
    cx: Cx,
    input: MergePullRequestInput,
) -> Result<MergePullRequestOutput, Error> {
    merge_with_commit(cx, input, MergeOption::ThreeWayMerge).await
}

async fn merge_with_commit(
    cx: Cx,
    input: MergePullRequestInput,
    option: MergeOption,
) -> Result<MergePullRequestOutput, Error> {
    let how = How::new(
        option,
        input.conflict_detail_level,
        input.conflict_resolution_strategy,
        input.conflict_resolution,
        input.keep_empty_folders,
    )?;
    let (name, email) = (input.author_name.as_deref(), input.email.as_deref());
    let words = Words::new(&cx, name, email, input.commit_message)?;
    let wish =
        Wish::new(&cx, input.pull_request_id, input.repository_name, input.source_commit_id)?;
    merge(cx, wish, how, Some(words)).await
}

/// Which pull request is to be merged, and what the caller takes for granted.
#[derive(Clone)]
struct Wish {
    scope: Scope,
    by: By,
    id: String,
    repository: String,
    source: Option<Oid>,
}

/// A pull request that may be merged, and the commits that it is about.
struct Ready {
    found: Found,
    source: Oid,
    destination: Oid,
}

impl Wish {
    fn new(
        cx: &Cx,
        id: String,
        repository: String,
        source_commit_id: Option<String>,
    ) -> Result<Self, Error> {
        let source = source_commit_id.map(|text| {
            text.parse().map_err(|_| {
                errors::INVALID_COMMIT_ID.error(format!("{text} is not a full commit ID."))
            })
        });
        let source = source.transpose()?;
        Ok(Self { scope: cx.scope(), by: By::of(cx), id, repository, source })
    }

    /// The pull request, if it may be merged as it is now.
    fn check(&self, tx: &ReadTx<'_>) -> Result<Ready, Error> {
        let found = PullRequest::load_open(tx, &self.scope, &self.id)?;
        let Found { pull_request, repository } = &found;
        if repository.name != self.repository {
            return Err(errors::REPOSITORY_NOT_ASSOCIATED_WITH_PULL_REQUEST.error(format!(
                "The pull request {} is not in repository {}.",
                self.id, self.repository
            )));
        }
        let source = commit(&pull_request.source_commit)?;
        if self.source.is_some_and(|expected| expected != source) {
            return Err(errors::TIP_OF_SOURCE_REFERENCE_IS_DIFFERENT.error(format!(
                "The tip of {} is {source} now. Look at the pull request again.",
                pull_request.source_reference
            )));
        }
        let branch = &pull_request.destination_reference;
        let destination = refs::get(tx, &repository.id, branch)?.ok_or_else(|| {
            errors::REFERENCE_DOES_NOT_EXIST.error(format!("{branch} does not exist."))
        })?;
        let evaluation = Revision::current(tx, pull_request)?.evaluate(pull_request)?;
        if evaluation.approved != Some(true) && evaluation.overridden != Some(true) {
            return Err(errors::PULL_REQUEST_APPROVAL_RULES_NOT_SATISFIED.error(format!(
                "The pull request {} cannot be merged: these approval rules are not satisfied: {}.",
                self.id,
                evaluation.approval_rules_not_satisfied.join(", ")
            )));
        }
        Ok(Ready { found, source, destination })
    }
}

/// A source that came into the destination by another way is merged: the pull request is closed as
/// that, without a merge commit.
///
/// Checks twice: before the merge is tried, and in the transaction that makes it, which is refused
/// if an approval was taken back or the source was pushed to meanwhile.
async fn merge(
    cx: Cx,
    wish: Wish,
    how: How,
    words: Option<Words>,
) -> Result<MergePullRequestOutput, Error> {
    let Ready { found, source, destination } = cx.read(|tx| wish.check(tx))?;
    let words = match words {
        Some(words) => words,
        None => Words::new(&cx, None, None, None)?,
    };
    let option = how.option;
    let work = move |objects: &Objects| prepare(objects, source, destination, how);
    let prepared = repos::open(&cx, &found.repository.id).await?.read(work).await?;
    let base = prepared.base;
    let short = |name: &str| name.strip_prefix("refs/heads/").unwrap_or(name).to_owned();
    let branch = short(&found.pull_request.destination_reference);
    let source_name = short(&found.pull_request.source_reference);
    let landing = Landing {
        repository: &found.repository.id,
        branch: &branch,
        source_name: &source_name,
        prepared,
        words,
    };
    let close = move |tx: &mut WriteTx<'_>, landed: &Landed| {
        let Ready { mut found, source: now, .. } = wish.check(tx)?;
        if now != source {
            return Err(errors::TIP_OF_SOURCE_REFERENCE_IS_DIFFERENT.error(
                "The source branch was pushed to while the merge was in progress. Try again.",
            ));
        }
        let merged = MergeMetadata {
            is_merged: Some(true),
            merged_by: Some(wish.by.caller.arn.clone()),
            merge_commit_id: landed.is_new.then(|| landed.commit.to_string()),
            merge_option: Some(option),
        };
        let pull_request = &mut found.pull_request;
        pull_request.status = PullRequestStatusEnum::Closed;
        pull_request.destination_commit = destination.to_string();
        pull_request.merge_base = Some(base.to_string());
        pull_request.merged = Some(merged.clone());
        found.happened(tx, &wish.by, What::Merged(&merged))?;
        found.save(tx)?;
        Ok(found)
    };
    let (_, found) = land(&cx, landing, close).await?;
    Ok(MergePullRequestOutput { pull_request: Some(shown(&cx, found).await?) })
}
