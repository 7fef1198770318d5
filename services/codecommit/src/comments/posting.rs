//! Posting: on a comparison of commits, on a pull request, as a reply.

use std::collections::BTreeMap;

use api_developer::codecommit::*;
use service::Cx;
use store::Stored;
use wire::Error;

use super::idempotency::Once;
use super::model::{self, Comment as Kept};
use super::place::Place;
use crate::errors;
use crate::model::Repository;
use crate::pull_requests::access;
use crate::pull_requests::model::PullRequest;
use crate::pull_requests::tips::Tips;

/// Refuses what is no content. Its greatest length is in the shapes.
pub(super) fn check_content(content: &str) -> Result<(), Error> {
    if content.is_empty() {
        return Err(errors::COMMENT_CONTENT_REQUIRED.error("The comment is empty."));
    }
    Ok(())
}

pub(crate) async fn post_comment_for_compared_commit(
    cx: Cx,
    input: PostCommentForComparedCommitInput,
) -> Result<PostCommentForComparedCommitOutput, Error> {
    let before = input.before_commit_id.as_deref();
    let place = Place::new(before, &input.after_commit_id, input.location)?;
    let name = input.repository_name;
    let repository = cx.read(|tx| Repository::load(tx, &cx.scope(), &name))?;
    let (kept, comment) =
        post(&cx, &repository, None, place, input.content, input.client_request_token).await?;
    Ok(PostCommentForComparedCommitOutput {
        repository_name: Some(name),
        before_commit_id: kept.before_commit,
        after_commit_id: Some(kept.after_commit),
        before_blob_id: kept.before_blob,
        after_blob_id: kept.after_blob,
        location: kept.location,
        comment: Some(comment),
    })
}

/// The pull request may be open or closed, and its revision an earlier one.
pub(crate) async fn post_comment_for_pull_request(
    cx: Cx,
    input: PostCommentForPullRequestInput,
) -> Result<PostCommentForPullRequestOutput, Error> {
    let place = Place::new(Some(&input.before_commit_id), &input.after_commit_id, input.location)?;
    let (id, name) = (input.pull_request_id, input.repository_name);
    let (repository, found, tips) = cx.read(|tx| {
        let named = Repository::load(tx, &cx.scope(), &name)?;
        let found = PullRequest::load(tx, &cx.scope(), &id)?;
        let tips = Tips::of(tx, &found)?;
        Ok((named, found, tips))
    })?;
    if found.repository.id != repository.id {
        return Err(access::elsewhere(&cx, "PostCommentForPullRequest", &found, &name));
    }
    let token = input.client_request_token;
    let on = Some((id, tips));
    let (kept, comment) = post(&cx, &repository, on, place, input.content, token).await?;
    Ok(PostCommentForPullRequestOutput {
        repository_name: Some(name),
        pull_request_id: kept.pull_request,
        before_commit_id: kept.before_commit,
        after_commit_id: Some(kept.after_commit),
        before_blob_id: kept.before_blob,
        after_blob_id: kept.after_blob,
        location: kept.location,
        comment: Some(comment),
    })
}

/// Posts a comment that is no reply; answers how it is kept and how it is shown.
async fn post(
    cx: &Cx,
    repository: &Stored<Repository>,
    on: Option<(String, Tips)>,
    place: Place,
    content: String,
    token: Option<String>,
) -> Result<(Kept, Comment), Error> {
    check_content(&content)?;
    let (pull_request, tips) = on.unzip();
    let words = place.words();
    let mut parameters = vec!["post", &repository.id, pull_request.as_deref().unwrap_or_default()];
    parameters.extend(words.iter().map(String::as_str));
    parameters.push(&content);
    let once = Once::new(token, &parameters)?;
    let author = cx.caller().arn.clone();
    if let Some(done) = earlier(cx, &once, &author)? {
        return Ok(done);
    }
    let blobs = place.look(cx, &repository.id, tips).await?;
    let text = |oid: git::Oid| oid.to_string();
    let comment = Kept {
        repository: repository.id.clone(),
        pull_request,
        before_commit: place.before.map(text),
        after_commit: place.after.to_string(),
        before_blob: blobs.before.map(text),
        after_blob: blobs.after.map(text),
        location: place.location,
        ..fresh(cx, &repository.id, content, &once)
    };
    keep(cx, comment, once).await
}

pub(crate) async fn post_comment_reply(
    cx: Cx,
    input: PostCommentReplyInput,
) -> Result<PostCommentReplyOutput, Error> {
    check_content(&input.content)?;
    let parameters = ["reply", &input.in_reply_to, &input.content];
    let once = Once::new(input.client_request_token, &parameters)?;
    let author = cx.caller().arn.clone();
    if let Some((_, comment)) = earlier(&cx, &once, &author)? {
        return Ok(PostCommentReplyOutput { comment: Some(comment) });
    }
    let parent = cx.read(|tx| Kept::load(tx, &cx.scope(), &input.in_reply_to))?.value;
    let comment = Kept {
        repository: parent.repository.clone(),
        pull_request: parent.pull_request,
        before_commit: parent.before_commit,
        after_commit: parent.after_commit,
        before_blob: parent.before_blob,
        after_blob: parent.after_blob,
        location: parent.location,
        in_reply_to: Some(parent.id),
        ..fresh(&cx, &parent.repository, input.content, &once)
    };
    let (_, comment) = keep(&cx, comment, once).await?;
    Ok(PostCommentReplyOutput { comment: Some(comment) })
}

/// A comment without a place yet.
fn fresh(cx: &Cx, repository: &str, content: String, once: &Once) -> Kept {
    Kept {
        id: format!("{repository}:{}", types::uuid()),
        author: cx.caller().arn.clone(),
        content: Some(content),
        created: cx.now(),
        modified: cx.now(),
        token: once.token.clone(),
        request: once.digest.clone(),
        reactions: BTreeMap::new(),
        ..Kept::default()
    }
}

/// The answer to a request that was made before.
fn earlier(cx: &Cx, once: &Once, author: &str) -> Result<Option<(Kept, Comment)>, Error> {
    cx.read(|tx| {
        let scope = cx.scope();
        let Some(found) = once.earlier(tx, &scope, author)? else { return Ok(None) };
        let shown = found.shown(tx, &scope, author)?;
        Ok(Some((found.value, shown)))
    })
}

async fn keep(cx: &Cx, comment: Kept, once: Once) -> Result<(Kept, Comment), Error> {
    let (scope, caller, now) = (cx.scope(), cx.caller().clone(), cx.now());
    cx.write(move |tx| {
        // Somebody may have been as quick with the same token.
        let kept = match once.earlier(tx, &scope, &comment.author)? {
            Some(found) => found.value,
            None => {
                let repository = model::home(tx, &scope, &comment.id)?;
                let mut comment = comment.clone();
                comment.insert(tx, &scope)?;
                tx.emit(model::announced(&comment, &repository, &caller, false, now))?;
                comment
            }
        };
        let shown = kept.shown(tx, &scope, &caller.arn)?;
        Ok((kept, shown))
    })
    .await
}
