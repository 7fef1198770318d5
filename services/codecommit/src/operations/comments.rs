//! Comments and reactions.

use service::Service;

pub(super) fn rows(service: Service) -> Service {
    service.lacks(&[
        "DeleteCommentContent",
        "GetComment",
        "GetCommentReactions",
        "GetCommentsForComparedCommit",
        "GetCommentsForPullRequest",
        "PostCommentForComparedCommit",
        "PostCommentForPullRequest",
        "PostCommentReply",
        "PutCommentReaction",
        "UpdateComment",
    ])
}
