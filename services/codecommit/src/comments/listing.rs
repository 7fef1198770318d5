//! Comments read: one, and those of a comparison of commits or of a pull request.

use api_developer::codecommit::*;
use git::{Objects, Oid};
use service::Cx;
use store::{Listing, Query, ReadTx};
use types::PageToken;
use wire::Error;

use super::model::{self, Comment as Kept, Thread};
use super::place::commit_id;
use crate::model::Repository;
use crate::pull_requests::access;
use crate::pull_requests::model::{Found, PullRequest};
use crate::{errors, paging, repos};

/// Comments on one page if the caller does not say.
pub(crate) const PAGE: usize = 100;
/// Comments on one page at most.
const MAX_PAGE: usize = 500;

pub(crate) async fn get_comment(cx: Cx, input: GetCommentInput) -> Result<GetCommentOutput, Error> {
    let comment = cx.read(|tx| {
        let scope = cx.scope();
        let found = Kept::load_alive(tx, &scope, &input.comment_id)?;
        model::home(tx, &scope, &input.comment_id)?;
        found.shown(tx, &scope, &cx.caller().arn)
    })?;
    Ok(GetCommentOutput { comment: Some(comment) })
}

/// Without a commit before: the comments of all comparisons with that commit after.
pub(crate) async fn get_comments_for_compared_commit(
    cx: Cx,
    input: GetCommentsForComparedCommitInput,
) -> Result<GetCommentsForComparedCommitOutput, Error> {
    let after = commit_id(&input.after_commit_id)?;
    let before = input.before_commit_id.as_deref().map(commit_id).transpose()?;
    let repository = cx.read(|tx| Repository::load(tx, &cx.scope(), &input.repository_name))?;
    check_commits(&cx, &repository.id, before.into_iter().chain([after]).collect()).await?;
    let (before, after) = (before.map(|oid| oid.to_string()), after.to_string());
    let thread = match &before {
        Some(before) => Thread::Comparison(before, &after),
        None => Thread::After(&after),
    };
    let page = Page {
        listing: format!("GetCommentsForComparedCommit {} {before:?} {after}", repository.id),
        token: input.next_token,
        size: input.max_results,
    };
    let (groups, next_token) = page.read(&cx, &repository.id, thread)?;
    let shown = |group: Group| CommentsForComparedCommit {
        repository_name: Some(repository.name.clone()),
        before_commit_id: group.first.before_commit,
        after_commit_id: Some(group.first.after_commit),
        before_blob_id: group.first.before_blob,
        after_blob_id: group.first.after_blob,
        location: group.first.location,
        comments: group.comments,
    };
    Ok(GetCommentsForComparedCommitOutput {
        comments_for_compared_commit_data: groups.into_iter().map(shown).collect(),
        next_token,
    })
}

/// Repository and commits are given together: then the comments are those of that revision.
pub(crate) async fn get_comments_for_pull_request(
    cx: Cx,
    input: GetCommentsForPullRequestInput,
) -> Result<GetCommentsForPullRequestOutput, Error> {
    let revision = Revision::of(&input)?;
    let id = &input.pull_request_id;
    let found = cx.read(|tx| PullRequest::load(tx, &cx.scope(), id))?;
    let repository = found.repository;
    if let Some(revision) = &revision {
        if revision.repository != repository.name {
            let call = "GetCommentsForPullRequest";
            let found = Found { pull_request: found.pull_request, repository };
            return Err(access::elsewhere(&cx, call, &found, &revision.repository));
        }
        check_commits(&cx, &repository.id, vec![revision.before, revision.after]).await?;
    }
    let commits = revision.map(|it| (it.before.to_string(), it.after.to_string()));
    let thread = match &commits {
        Some((before, after)) => Thread::Revision(id, before, after),
        None => Thread::PullRequest(id),
    };
    let page = Page {
        listing: format!("GetCommentsForPullRequest {id} {commits:?}"),
        token: input.next_token,
        size: input.max_results,
    };
    let (groups, next_token) = page.read(&cx, &repository.id, thread)?;
    let shown = |group: Group| CommentsForPullRequest {
        pull_request_id: Some(id.clone()),
        repository_name: Some(repository.name.clone()),
        before_commit_id: group.first.before_commit,
        after_commit_id: Some(group.first.after_commit),
        before_blob_id: group.first.before_blob,
        after_blob_id: group.first.after_blob,
        location: group.first.location,
        comments: group.comments,
    };
    Ok(GetCommentsForPullRequestOutput {
        comments_for_pull_request_data: groups.into_iter().map(shown).collect(),
        next_token,
    })
}

/// The part of a pull request's comments that a caller names.
struct Revision {
    repository: String,
    before: Oid,
    after: Oid,
}

impl Revision {
    fn of(input: &GetCommentsForPullRequestInput) -> Result<Option<Self>, Error> {
        let commits = (input.before_commit_id.as_deref(), input.after_commit_id.as_deref());
        match (&input.repository_name, commits) {
            (None, (None, None)) => Ok(None),
            (Some(repository), (Some(before), Some(after))) => Ok(Some(Self {
                repository: repository.clone(),
                before: commit_id(before)?,
                after: commit_id(after)?,
            })),
            (None, _) => Err(errors::REPOSITORY_NAME_REQUIRED
                .error("With commits, the name of their repository is required.")),
            (Some(_), _) => Err(errors::COMMIT_ID_REQUIRED
                .error("With a repository, both beforeCommitId and afterCommitId are required.")),
        }
    }
}

async fn check_commits(cx: &Cx, repository: &str, commits: Vec<Oid>) -> Result<(), Error> {
    let work = move |objects: &Objects| {
        for oid in commits {
            if objects.find_commit(&oid)?.is_none() {
                return Err(errors::COMMIT_DOES_NOT_EXIST
                    .error(format!("The commit {oid} does not exist.")));
            }
        }
        Ok(())
    };
    repos::open(cx, repository).await?.read(work).await
}

/// Comments of one page at the same place.
struct Group {
    /// Tells the place.
    first: Kept,
    comments: Vec<Comment>,
}

/// Which part of a thread is asked for.
struct Page {
    /// What tokens are bound to.
    listing: String,
    token: Option<String>,
    size: Option<i32>,
}

impl Page {
    /// The page's comments, those at the same place together, and the token of the next page.
    fn read(
        self,
        cx: &Cx,
        repository: &str,
        thread: Thread<'_>,
    ) -> Result<(Vec<Group>, Option<String>), Error> {
        let size = page_size(self.size, PAGE, MAX_PAGE)?;
        let after = paging::after(&self.listing, self.token.as_deref())?;
        let scope = cx.scope();
        let (groups, next) = cx.read(|tx| {
            let query = Query::first(size).after(after);
            let found = Kept::list(tx, &scope, repository, thread, &query)?;
            let next = found.next.clone();
            Ok((grouped(tx, cx, found)?, next))
        })?;
        Ok((groups, next.map(|key| PageToken::encode(&self.listing, &key))))
    }
}

/// How many a page may have; `maxResults` is between 1 and `most`.
pub(super) fn page_size(wanted: Option<i32>, default: usize, most: usize) -> Result<usize, Error> {
    let Some(wanted) = wanted else { return Ok(default) };
    usize::try_from(wanted).ok().filter(|size| (1..=most).contains(size)).ok_or_else(|| {
        errors::INVALID_MAX_RESULTS
            .error(format!("maxResults {wanted} is not valid: it is between 1 and {most}."))
    })
}

fn grouped(tx: &ReadTx<'_>, cx: &Cx, found: Listing<Kept>) -> Result<Vec<Group>, Error> {
    let mut groups: Vec<Group> = Vec::new();
    for kept in found.items {
        let comment = kept.shown(tx, &cx.scope(), &cx.caller().arn)?;
        let same = |group: &&mut Group| {
            let first = &group.first;
            first.before_commit == kept.before_commit
                && first.after_commit == kept.after_commit
                && first.location == kept.location
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.comments.push(comment),
            None => groups.push(Group { first: kept.value, comments: vec![comment] }),
        }
    }
    Ok(groups)
}
