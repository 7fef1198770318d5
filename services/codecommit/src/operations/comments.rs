//! Comments and reactions.

use api_developer::codecommit::*;
use service::{Service, op};

use super::on_repository;
use crate::comments::{self, right_on_comment};
use crate::errors;
use crate::events::comments::{
    COMMENT_ON_COMMIT, COMMENT_ON_PULL_REQUEST, COMMENT_REACTION_CHANGE,
};
use crate::model::right;
use crate::pull_requests::access::right_on_pull_request;

/// What comments on either announce.
const ON_EITHER: &[&str] = &[COMMENT_ON_COMMIT, COMMENT_ON_PULL_REQUEST];

/// `op(CALL, HANDLER)` with its right on the repository of the comment that a member names.
macro_rules! on_comment {
    ($call:ident, $handler:path) => {
        on_comment!($call, $handler, comment_id)
    };
    ($call:ident, $handler:path, $member:ident) => {
        op($call, $handler)
            .errors(errors::ALL)
            .rights(|cx, input| Ok(vec![right_on_comment(cx, stringify!($call), &input.$member)?]))
    };
}

pub(super) fn rows(service: Service) -> Service {
    service
        .operation(
            on_repository!(
                PostCommentForComparedCommit,
                comments::post_comment_for_compared_commit
            )
            .write()
            .idempotent("clientRequestToken")
            .events(&[COMMENT_ON_COMMIT]),
        )
        .operation(
            on_comment!(PostCommentReply, comments::post_comment_reply, in_reply_to)
                .write()
                .idempotent("clientRequestToken")
                .events(ON_EITHER),
        )
        .operation(on_comment!(UpdateComment, comments::update_comment).write().events(ON_EITHER))
        .operation(on_comment!(DeleteCommentContent, comments::delete_comment_content).write())
        .operation(on_comment!(GetComment, comments::get_comment))
        .operation(
            on_repository!(
                GetCommentsForComparedCommit,
                comments::get_comments_for_compared_commit
            )
            .paginated("nextToken", "maxResults", comments::PAGE),
        )
        .operation(
            on_comment!(PutCommentReaction, comments::put_comment_reaction)
                .write()
                .events(&[COMMENT_REACTION_CHANGE]),
        )
        .operation(on_comment!(GetCommentReactions, comments::get_comment_reactions).paginated(
            "nextToken",
            "maxResults",
            comments::MAX_REACTIONS,
        ))
        .operation(
            on_repository!(PostCommentForPullRequest, comments::post_comment_for_pull_request)
                .write()
                .idempotent("clientRequestToken")
                .events(&[COMMENT_ON_PULL_REQUEST]),
        )
        .operation(
            op(GetCommentsForPullRequest, comments::get_comments_for_pull_request)
                .errors(errors::ALL)
                .rights(|cx, input| {
                    let call = "GetCommentsForPullRequest";
                    Ok(vec![right_on_pull_request(cx, call, &input.pull_request_id)?])
                })
                .paginated("nextToken", "maxResults", comments::PAGE),
        )
}
