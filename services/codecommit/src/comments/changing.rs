//! Changing a comment's content, and taking it away.

use api_developer::codecommit::*;
use service::Cx;
use wire::Error;

use super::model::{self, Comment as Kept};
use super::posting::check_content;
use crate::errors;

/// Only the author may.
pub(crate) async fn update_comment(
    cx: Cx,
    input: UpdateCommentInput,
) -> Result<UpdateCommentOutput, Error> {
    check_content(&input.content)?;
    let (scope, caller, now) = (cx.scope(), cx.caller().clone(), cx.now());
    let comment = cx
        .write(move |tx| {
            let mut found = Kept::load_alive(tx, &scope, &input.comment_id)?;
            let repository = model::home(tx, &scope, &input.comment_id)?;
            if found.author != caller.arn {
                return Err(errors::COMMENT_NOT_CREATED_BY_CALLER
                    .error("Only who wrote a comment can change it."));
            }
            found.content = Some(input.content.clone());
            found.modified = now;
            tx.update(&scope, &found)?;
            tx.emit(model::announced(&found, &repository, &caller, true, now))?;
            found.shown(tx, &scope, &caller.arn)
        })
        .await?;
    Ok(UpdateCommentOutput { comment: Some(comment) })
}

/// Whoever has the right may, the author or not. What is left says who wrote it and when.
pub(crate) async fn delete_comment_content(
    cx: Cx,
    input: DeleteCommentContentInput,
) -> Result<DeleteCommentContentOutput, Error> {
    let (scope, caller, now) = (cx.scope(), cx.caller().arn.clone(), cx.now());
    let comment = cx
        .write(move |tx| {
            let mut found = Kept::load_alive(tx, &scope, &input.comment_id)?;
            model::home(tx, &scope, &input.comment_id)?;
            found.content = None;
            found.modified = now;
            tx.update(&scope, &found)?;
            found.shown(tx, &scope, &caller)
        })
        .await?;
    Ok(DeleteCommentContentOutput { comment: Some(comment) })
}
