//! A comment and a reaction as the store keeps them.

use std::collections::BTreeMap;

use api_developer::codecommit as api;
use service::{Cx, Right};
use shape::{Shape, Timestamp};
use store::{Index, Key, Query, ReadTx, Resource, Stored, WriteTx};
use types::Scope;
use wire::Error;

use crate::model::{Repository, arn, right};
use crate::{errors, events};

/// Counts all comments of a yard: listings are in this order.
const SEQUENCE: &str = "codecommit-comment";
/// Finds the comments of a comparison or of a pull request.
const BY_THREAD: &str = "by-thread";
/// Finds what a client request token was used for.
const BY_TOKEN: &str = "by-token";
/// Comments and reactions taken away at once when their repository goes.
const SWEEP: usize = 1_000;

/// A comment.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Comment {
    /// `REPOSITORY-ID:UUID`
    pub id: String,
    /// Its place among all comments.
    pub number: i64,
    /// Id of the repository.
    pub repository: String,
    /// Id of the pull request that it is on; of a comparison of commits without.
    pub pull_request: Option<String>,
    /// None where the commit after is a first one.
    pub before_commit: Option<String>,
    pub after_commit: String,
    /// The file's blob in the commit before, where a file is meant and was there.
    pub before_blob: Option<String>,
    pub after_blob: Option<String>,
    pub location: Option<api::Location>,
    pub in_reply_to: Option<String>,
    /// ARN of who wrote it.
    pub author: String,
    /// None once it was deleted.
    pub content: Option<String>,
    pub created: Timestamp,
    pub modified: Timestamp,
    pub token: Option<String>,
    /// Digest of what was asked for when it was posted, to tell a repeated request from a reused
    /// token. Not the text itself: that goes when the content is deleted. Of a comment that tells of
    /// builds, which build and how far.
    pub request: String,
    /// How many users reacted how; never zero.
    pub reactions: BTreeMap<String, i32>,
}

impl Resource for Comment {
    const KIND: &'static str = "codecommit.comment";

    fn key(&self) -> String {
        self.id.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        let order = || Key::new().number(u64::try_from(self.number).unwrap_or_default());
        let thread = |thread: Thread<'_>| {
            Index::new(BY_THREAD, thread.value(&self.repository)).sorted_by(order())
        };
        let (before, after) = (self.before_commit.as_deref(), self.after_commit.as_str());
        let mut indexes = match &self.pull_request {
            Some(id) => vec![
                thread(Thread::PullRequest(id)),
                thread(Thread::Revision(id, before.unwrap_or_default(), after)),
            ],
            None => vec![
                thread(Thread::After(after)),
                thread(Thread::Comparison(before.unwrap_or_default(), after)),
            ],
        };
        if let Some(token) = &self.token {
            indexes.push(Index::new(BY_TOKEN, token_value(&self.author, token)));
        }
        indexes
    }
}

/// Which comments of a repository are meant.
#[derive(Clone, Copy)]
pub(super) enum Thread<'a> {
    /// On comparisons with this commit after.
    After(&'a str),
    /// On the comparison of these commits.
    Comparison(&'a str, &'a str),
    /// On this pull request.
    PullRequest(&'a str),
    /// On this pull request as of these commits.
    Revision(&'a str, &'a str, &'a str),
}

impl Thread<'_> {
    fn value(self, repository: &str) -> String {
        match self {
            Self::After(after) => format!("{repository} after {after}"),
            Self::Comparison(before, after) => {
                format!("{repository} comparison {before} {after}")
            }
            Self::PullRequest(id) => format!("{repository} pull-request {id}"),
            Self::Revision(id, before, after) => {
                format!("{repository} revision {id} {before} {after}")
            }
        }
    }
}

fn token_value(author: &str, token: &str) -> String {
    format!("{author} {token}")
}

impl Comment {
    /// A new comment's id and number are given here, in the transaction that keeps it.
    pub fn insert(&mut self, tx: &mut WriteTx<'_>, scope: &Scope) -> Result<(), Error> {
        self.number = i64::try_from(tx.next_sequence(SEQUENCE)?).map_err(Error::internal)?;
        tx.insert(scope, self)?;
        Ok(())
    }

    /// The comment of that id, or AWS's error.
    pub fn load(tx: &ReadTx<'_>, scope: &Scope, id: &str) -> Result<Stored<Self>, Error> {
        repository_id(id)?;
        tx.get(scope, id)?.ok_or_else(|| {
            errors::COMMENT_DOES_NOT_EXIST.error(format!("The comment {id} does not exist."))
        })
    }

    /// [`Comment::load`], refusing comments whose content was deleted.
    pub fn load_alive(tx: &ReadTx<'_>, scope: &Scope, id: &str) -> Result<Stored<Self>, Error> {
        let found = Self::load(tx, scope, id)?;
        if found.content.is_none() {
            return Err(errors::COMMENT_DELETED
                .error(format!("The content of the comment {id} has been deleted.")));
        }
        Ok(found)
    }

    /// What this author has posted with a token.
    pub fn by_token(
        tx: &ReadTx<'_>,
        scope: &Scope,
        author: &str,
        token: &str,
    ) -> Result<Option<Stored<Self>>, Error> {
        let value = token_value(author, token);
        let found = tx.by_index::<Self>(scope, BY_TOKEN, &value, &Query::first(1))?;
        Ok(found.items.into_iter().next())
    }

    /// A page of a thread.
    pub(super) fn list(
        tx: &ReadTx<'_>,
        scope: &Scope,
        repository: &str,
        thread: Thread<'_>,
        query: &Query,
    ) -> Result<store::Listing<Self>, Error> {
        Ok(tx.by_index(scope, BY_THREAD, &thread.value(repository), query)?)
    }

    /// As the API shows it to `caller`.
    pub fn shown(
        &self,
        tx: &ReadTx<'_>,
        scope: &Scope,
        caller: &str,
    ) -> Result<api::Comment, Error> {
        let reaction = tx.get::<Reaction>(scope, &reaction_key(&self.id, caller))?;
        Ok(api::Comment {
            comment_id: Some(self.id.clone()),
            content: self.content.clone(),
            in_reply_to: self.in_reply_to.clone(),
            creation_date: Some(self.created),
            last_modified_date: Some(self.modified),
            author_arn: Some(self.author.clone()),
            deleted: Some(self.content.is_none()),
            client_request_token: self.token.clone(),
            caller_reactions: reaction.into_iter().map(|it| it.value.reaction).collect(),
            reaction_counts: self.reactions.clone(),
        })
    }
}

/// One user's reaction to one comment.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Reaction {
    pub comment: String,
    /// The user's ARN.
    pub user: String,
    /// Such as `THUMBSUP`.
    pub reaction: String,
}

/// Finds the reactions to a comment, those of a kind together.
pub(super) const BY_COMMENT: &str = "by-comment";

pub(super) fn reaction_key(comment: &str, user: &str) -> String {
    format!("{comment} {user}")
}

impl Resource for Reaction {
    const KIND: &'static str = "codecommit.comment-reaction";

    fn key(&self) -> String {
        reaction_key(&self.comment, &self.user)
    }

    fn indexes(&self) -> Vec<Index> {
        let order = Key::new().text(&self.reaction);
        vec![Index::new(BY_COMMENT, self.comment.as_str()).sorted_by(order)]
    }
}

/// The repository's part of a comment's id.
fn repository_id(comment: &str) -> Result<&str, Error> {
    let uuid = |text: &str| {
        text.len() == 36
            && text.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            })
    };
    match comment.split_once(':') {
        Some((repository, own)) if uuid(repository) && uuid(own) => Ok(repository),
        _ => Err(errors::INVALID_COMMENT_ID
            .error(format!("The comment ID {comment} is not valid: give the full ID."))),
    }
}

/// The repository that a comment of this id would be in, if it is one of the caller's.
fn repository_of(
    tx: &ReadTx<'_>,
    scope: &Scope,
    comment: &str,
) -> Result<Option<Stored<Repository>>, Error> {
    let found = Repository::by_id(tx, repository_id(comment)?)?;
    Ok(found.filter(|repository| repository.scope == *scope))
}

/// The repository of a comment that is there.
pub(super) fn home(
    tx: &ReadTx<'_>,
    scope: &Scope,
    comment: &str,
) -> Result<Stored<Repository>, Error> {
    repository_of(tx, scope, comment)?.ok_or_else(|| {
        errors::COMMENT_DOES_NOT_EXIST.error(format!("The comment {comment} does not exist."))
    })
}

/// A right on the repository of a comment. Where there is no such repository, the right is one on
/// all of them: who may everywhere is told that the comment does not exist, others learn nothing.
pub(crate) fn right_on_comment(cx: &Cx, action: &str, comment: &str) -> Result<Right, Error> {
    match cx.read(|tx| repository_of(tx, &cx.scope(), comment))? {
        Some(repository) => right(cx, action, &repository.name),
        None => Ok(Right::new(format!("codecommit:{action}"), arn(cx, "*"))),
    }
}

/// Takes all comments of a repository away, with the reactions to them.
pub(crate) fn delete_all(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    repository: &str,
) -> Result<(), Error> {
    let of_repository = Query::first(SWEEP).prefix(&format!("{repository}:"));
    sweep::<Reaction>(tx, scope, &of_repository)?;
    sweep::<Comment>(tx, scope, &of_repository)
}

fn sweep<R: Resource>(tx: &mut WriteTx<'_>, scope: &Scope, query: &Query) -> Result<(), Error> {
    loop {
        let found = tx.list::<R>(scope, query)?;
        for item in &found.items {
            tx.delete::<R>(scope, &item.key())?;
        }
        if found.next.is_none() {
            return Ok(());
        }
    }
}

/// The event of a comment that was posted or changed.
pub(crate) fn announced(
    comment: &Comment,
    repository: &Stored<Repository>,
    caller: &service::Caller,
    updated: bool,
    now: Timestamp,
) -> store::Event {
    events::comments::OnComment { comment, repository, caller, updated }.event(now)
}
