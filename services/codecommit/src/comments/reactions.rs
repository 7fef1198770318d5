//! Reactions: one of each user to each comment. The one error of AWS's that tells of a second,
//! `ReactionLimitExceededException`, cannot arise: another reaction takes the place of the first, in
//! the transaction that looks for it.

use api_developer::codecommit::*;
use service::Cx;
use shape::Empty;
use store::{Query, WriteTx};
use types::{Arn, PageToken, Scope};
use wire::Error;

use super::listing::page_size;
use super::model::{self, BY_COMMENT, Comment as Kept, Reaction, reaction_key};
use super::reaction_values::ReactionValue;
use crate::{errors, events, paging};

/// Reactions on one page of GetCommentReactions, if the caller does not say and at most.
pub(crate) const MAX_REACTIONS: usize = 1_000;

/// An empty value or `none` takes the caller's reaction back.
pub(crate) async fn put_comment_reaction(
    cx: Cx,
    input: PutCommentReactionInput,
) -> Result<Empty, Error> {
    let wanted = match input.reaction_value.trim() {
        "" | "none" => None,
        text => Some(ReactionValue::parse(text).ok_or_else(|| {
            errors::INVALID_REACTION_VALUE.error(format!(
                "{text} is not a reaction. There are {}, as emoji, as short code or as U+….",
                ReactionValue::all()
            ))
        })?),
    };
    let (scope, caller, now) = (cx.scope(), cx.caller().clone(), cx.now());
    cx.write(move |tx| {
        let mut comment = Kept::load_alive(tx, &scope, &input.comment_id)?;
        let repository = model::home(tx, &scope, &input.comment_id)?;
        let had = tx.get::<Reaction>(&scope, &reaction_key(&comment.id, &caller.arn))?;
        let had = had.map(|found| found.value.reaction);
        if had == wanted.map(ReactionValue::word) {
            return Ok(Empty {});
        }
        if let Some(had) = &had {
            take_back(&mut comment, had);
        }
        put(tx, &scope, &mut comment, &caller.arn, wanted)?;
        tx.update(&scope, &comment)?;
        let event = events::comments::reaction(
            &repository,
            &comment.id,
            wanted,
            had.is_some(),
            &caller,
            now,
        );
        tx.emit(event)?;
        Ok(Empty {})
    })
    .await
}

fn take_back(comment: &mut Kept, had: &str) {
    if let Some(count) = comment.reactions.get_mut(had) {
        *count = count.saturating_sub(1);
    }
    comment.reactions.retain(|_, count| *count > 0);
}

fn put(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    comment: &mut Kept,
    user: &str,
    wanted: Option<&'static ReactionValue>,
) -> Result<(), Error> {
    let Some(wanted) = wanted else {
        tx.delete::<Reaction>(scope, &reaction_key(&comment.id, user))?;
        return Ok(());
    };
    let reaction =
        Reaction { comment: comment.id.clone(), user: user.to_owned(), reaction: wanted.word() };
    let count = comment.reactions.entry(wanted.word()).or_default();
    *count = count.saturating_add(1);
    tx.put(scope, &reaction)?;
    Ok(())
}

/// Users whose identities are gone are counted, not named.
pub(crate) async fn get_comment_reactions(
    cx: Cx,
    input: GetCommentReactionsInput,
) -> Result<GetCommentReactionsOutput, Error> {
    let size = page_size(input.max_results, MAX_REACTIONS, MAX_REACTIONS)?;
    let user = input.reaction_user_arn;
    if let Some(user) = &user {
        check_user(user)?;
    }
    let listing = format!("GetCommentReactions {} {user:?}", input.comment_id);
    let after = paging::after(&listing, input.next_token.as_deref())?;
    let scope = cx.scope();
    let (found, next) = cx.read(|tx| {
        let comment = Kept::load_alive(tx, &scope, &input.comment_id)?;
        model::home(tx, &scope, &input.comment_id)?;
        if let Some(user) = &user {
            let one = tx.get::<Reaction>(&scope, &reaction_key(&comment.id, user))?;
            return Ok((one.into_iter().collect(), None));
        }
        let query = Query::first(size).after(after);
        let page = tx.by_index::<Reaction>(&scope, BY_COMMENT, &comment.id, &query)?;
        Ok((page.items, page.next))
    })?;
    let mut reactions: Vec<(String, ReactionForComment)> = Vec::new();
    for reaction in found {
        let gone = cx.yard().identity().is_gone(cx.yard(), &reaction.user)?;
        let known = reactions.iter().position(|(word, _)| *word == reaction.reaction);
        let at = known.unwrap_or_else(|| {
            reactions.push((reaction.reaction.clone(), shown(&reaction.reaction)));
            reactions.len() - 1
        });
        let Some((_, entry)) = reactions.get_mut(at) else { continue };
        if gone {
            let count = entry.reactions_from_deleted_users_count.get_or_insert(0);
            *count = count.saturating_add(1);
        } else {
            entry.reaction_users.push(reaction.value.user);
        }
    }
    Ok(GetCommentReactionsOutput {
        reactions_for_comment: reactions.into_iter().map(|(_, entry)| entry).collect(),
        next_token: next.map(|key| PageToken::encode(&listing, &key)),
    })
}

fn shown(word: &str) -> ReactionForComment {
    ReactionForComment {
        reaction: ReactionValue::by_word(word).map(ReactionValue::formats),
        reaction_users: Vec::new(),
        reactions_from_deleted_users_count: Some(0),
    }
}

fn check_user(arn: &str) -> Result<(), Error> {
    let parsed = arn.parse::<Arn>().ok();
    let identity = parsed.filter(|arn| matches!(arn.service.as_str(), "iam" | "sts"));
    if identity.is_none_or(|arn| arn.resource.is_empty()) {
        return Err(errors::INVALID_REACTION_USER_ARN
            .error(format!("{arn} is not the ARN of a user or another identity.")));
    }
    Ok(())
}
