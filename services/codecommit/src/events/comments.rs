//! Events of comments and of reactions to them.

use serde_json::{Map, Value, json};
use service::Caller;
use store::{Event, Stored};
use types::{Arn, Timestamp};

use super::detail;
use crate::comments::{Kept, ReactionValue};
use crate::model::Repository;

/// The detail type for comments on comparisons of commits.
pub(crate) const COMMENT_ON_COMMIT: &str = "CodeCommit Comment on Commit";
/// The detail type for comments on pull requests.
pub(crate) const COMMENT_ON_PULL_REQUEST: &str = "CodeCommit Comment on Pull Request";
/// The detail type for reactions.
pub(crate) const COMMENT_REACTION_CHANGE: &str = "CodeCommit Comment Reaction Change";

/// A comment that was posted or changed.
pub(crate) struct OnComment<'a> {
    pub comment: &'a Kept,
    pub repository: &'a Stored<Repository>,
    pub caller: &'a Caller,
    pub updated: bool,
}

impl OnComment<'_> {
    /// `commentOnCommitCreated`, `commentOnPullRequestUpdated` and their like.
    pub fn event(&self, now: Timestamp) -> Event {
        let Self { comment, repository, caller, updated } = self;
        let done = if *updated { "Updated" } else { "Created" };
        let (detail_type, event, on) = match &comment.pull_request {
            Some(id) => (
                COMMENT_ON_PULL_REQUEST,
                format!("commentOnPullRequest{done}"),
                format!("pull request {id}"),
            ),
            None => (
                COMMENT_ON_COMMIT,
                format!("commentOnCommit{done}"),
                format!("commit {}", comment.after_commit),
            ),
        };
        let did = match (updated, &comment.in_reply_to) {
            (true, _) => "updated a comment",
            (false, Some(_)) => "replied to a comment",
            (false, None) => "made a comment",
        };
        let body = format!(
            "A comment event occurred in the following AWS CodeCommit repository: {}. {} {did} \
             on {on}. The comment ID is {}.",
            repository.name, caller.arn, comment.id
        );
        let mut detail = about(repository, caller, &event, body);
        detail.insert("commentId".to_owned(), json!(comment.id));
        detail.insert("afterCommitId".to_owned(), json!(comment.after_commit));
        let rest = [
            ("beforeCommitId", &comment.before_commit),
            ("inReplyTo", &comment.in_reply_to),
            ("pullRequestId", &comment.pull_request),
        ];
        for (name, value) in rest {
            if let Some(value) = value {
                detail.insert(name.to_owned(), json!(value));
            }
        }
        finished(repository, detail_type, detail, now)
    }
}

/// `commentReactionCreated`, or `commentReactionUpdated` where the user had one; the lists are
/// empty where it was taken back.
pub(crate) fn reaction(
    repository: &Stored<Repository>,
    comment: &str,
    reaction: Option<&ReactionValue>,
    updated: bool,
    caller: &Caller,
    now: Timestamp,
) -> Event {
    let event = if updated { "commentReactionUpdated" } else { "commentReactionCreated" };
    let did = match reaction {
        Some(reaction) => format!("reacted {} to", reaction.emoji),
        None => "took the reaction back from".to_owned(),
    };
    let body = format!(
        "A comment reaction event occurred in the following AWS CodeCommit repository: {}. {} \
         {did} the comment with the ID {comment}.",
        repository.name, caller.arn
    );
    let mut detail = about(repository, caller, event, body);
    detail.insert("commentId".to_owned(), json!(comment));
    let list = |text: &dyn Fn(&ReactionValue) -> String| -> Value {
        reaction.iter().map(|reaction| text(reaction)).collect()
    };
    let emojis = list(&|reaction| reaction.emoji.to_owned());
    detail.insert("reactionEmojis".to_owned(), emojis);
    let short_codes = list(&|reaction| format!(":{}:", reaction.short_code));
    detail.insert("reactionShortcodes".to_owned(), short_codes);
    detail.insert("reactionUnicodes".to_owned(), list(&ReactionValue::unicode));
    finished(repository, COMMENT_REACTION_CHANGE, detail, now)
}

/// What all of them tell.
fn about(
    repository: &Stored<Repository>,
    caller: &Caller,
    event: &str,
    body: String,
) -> Map<String, Value> {
    let mut detail = Map::new();
    detail.insert("event".to_owned(), json!(event));
    detail.insert("repositoryId".to_owned(), json!(repository.id));
    detail.insert("repositoryName".to_owned(), json!(repository.name));
    detail.insert("notificationBody".to_owned(), json!(body));
    detail::caller(&mut detail, caller);
    detail
}

fn finished(
    repository: &Stored<Repository>,
    detail_type: &str,
    detail: Map<String, Value>,
    now: Timestamp,
) -> Event {
    let (account, region) = (repository.scope.account.as_str(), repository.scope.region.as_str());
    let arn = Arn::new("codecommit", region, account, repository.name.as_str());
    detail::event(&repository.scope, detail_type, vec![arn.to_string()], detail, now)
}
