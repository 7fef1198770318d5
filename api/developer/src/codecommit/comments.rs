//! Comments on comparisons of commits and on pull requests, and reactions to them.

use std::collections::BTreeMap;

use shape::{Empty, Shape, Timestamp};

use super::bounds::REPOSITORY_NAME;

shape::operations! { "codecommit";
    PostCommentForComparedCommit(PostCommentForComparedCommitInput) -> PostCommentForComparedCommitOutput;
    PostCommentForPullRequest(PostCommentForPullRequestInput) -> PostCommentForPullRequestOutput;
    PostCommentReply(PostCommentReplyInput) -> PostCommentReplyOutput;
    UpdateComment(UpdateCommentInput) -> UpdateCommentOutput;
    DeleteCommentContent(DeleteCommentContentInput) -> DeleteCommentContentOutput;
    GetComment(GetCommentInput) -> GetCommentOutput;
    GetCommentsForComparedCommit(GetCommentsForComparedCommitInput) -> GetCommentsForComparedCommitOutput;
    GetCommentsForPullRequest(GetCommentsForPullRequestInput) -> GetCommentsForPullRequestOutput;
    PutCommentReaction(PutCommentReactionInput) -> Empty;
    GetCommentReactions(GetCommentReactionsInput) -> GetCommentReactionsOutput;
}

shape::string_enum! {
    /// Which side of a comparison a line belongs to.
    pub enum RelativeFileVersionEnum { Before = "BEFORE", After = "AFTER" }
}

/// [Location](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_Location.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct Location {
    pub file_path: Option<String>,
    pub file_position: Option<i64>,
    #[shape(invalid = "InvalidRelativeFileVersionEnumException")]
    pub relative_file_version: Option<RelativeFileVersionEnum>,
}

/// [Comment](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_Comment.html)
#[derive(Shape, Default, Clone)]
pub struct Comment {
    pub comment_id: Option<String>,
    pub content: Option<String>,
    pub in_reply_to: Option<String>,
    pub creation_date: Option<Timestamp>,
    pub last_modified_date: Option<Timestamp>,
    pub author_arn: Option<String>,
    pub deleted: Option<bool>,
    pub client_request_token: Option<String>,
    pub caller_reactions: Vec<String>,
    pub reaction_counts: BTreeMap<String, i32>,
}

/// [PostCommentForComparedCommit](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PostCommentForComparedCommit.html)
#[derive(Shape, Default, Clone)]
pub struct PostCommentForComparedCommitInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    pub before_commit_id: Option<String>,
    #[shape(required, missing = "CommitIdRequiredException")]
    pub after_commit_id: String,
    pub location: Option<Location>,
    #[shape(
        required,
        missing = "CommentContentRequiredException",
        max = 10240,
        invalid = "CommentContentSizeLimitExceededException"
    )]
    pub content: String,
    pub client_request_token: Option<String>,
}

/// [PostCommentForComparedCommit](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PostCommentForComparedCommit.html)
#[derive(Shape, Default, Clone)]
pub struct PostCommentForComparedCommitOutput {
    pub repository_name: Option<String>,
    pub before_commit_id: Option<String>,
    pub after_commit_id: Option<String>,
    pub before_blob_id: Option<String>,
    pub after_blob_id: Option<String>,
    pub location: Option<Location>,
    pub comment: Option<Comment>,
}

/// [PostCommentForPullRequest](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PostCommentForPullRequest.html)
#[derive(Shape, Default, Clone)]
pub struct PostCommentForPullRequestInput {
    #[shape(required, missing = "PullRequestIdRequiredException")]
    pub pull_request_id: String,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, missing = "CommitIdRequiredException")]
    pub before_commit_id: String,
    #[shape(required, missing = "CommitIdRequiredException")]
    pub after_commit_id: String,
    pub location: Option<Location>,
    #[shape(
        required,
        missing = "CommentContentRequiredException",
        max = 10240,
        invalid = "CommentContentSizeLimitExceededException"
    )]
    pub content: String,
    pub client_request_token: Option<String>,
}

/// [PostCommentForPullRequest](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PostCommentForPullRequest.html)
#[derive(Shape, Default, Clone)]
pub struct PostCommentForPullRequestOutput {
    pub repository_name: Option<String>,
    pub pull_request_id: Option<String>,
    pub before_commit_id: Option<String>,
    pub after_commit_id: Option<String>,
    pub before_blob_id: Option<String>,
    pub after_blob_id: Option<String>,
    pub location: Option<Location>,
    pub comment: Option<Comment>,
}

/// [PostCommentReply](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PostCommentReply.html)
#[derive(Shape, Default, Clone)]
pub struct PostCommentReplyInput {
    #[shape(required, missing = "CommentIdRequiredException")]
    pub in_reply_to: String,
    pub client_request_token: Option<String>,
    #[shape(
        required,
        missing = "CommentContentRequiredException",
        max = 10240,
        invalid = "CommentContentSizeLimitExceededException"
    )]
    pub content: String,
}

/// [PostCommentReply](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PostCommentReply.html)
#[derive(Shape, Default, Clone)]
pub struct PostCommentReplyOutput {
    pub comment: Option<Comment>,
}

/// [UpdateComment](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdateComment.html)
#[derive(Shape, Default, Clone)]
pub struct UpdateCommentInput {
    #[shape(required, missing = "CommentIdRequiredException")]
    pub comment_id: String,
    #[shape(
        required,
        missing = "CommentContentRequiredException",
        max = 10240,
        invalid = "CommentContentSizeLimitExceededException"
    )]
    pub content: String,
}

/// [UpdateComment](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdateComment.html)
#[derive(Shape, Default, Clone)]
pub struct UpdateCommentOutput {
    pub comment: Option<Comment>,
}

/// [DeleteCommentContent](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeleteCommentContent.html)
#[derive(Shape, Default, Clone)]
pub struct DeleteCommentContentInput {
    #[shape(required, missing = "CommentIdRequiredException")]
    pub comment_id: String,
}

/// [DeleteCommentContent](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeleteCommentContent.html)
#[derive(Shape, Default, Clone)]
pub struct DeleteCommentContentOutput {
    pub comment: Option<Comment>,
}

/// [GetComment](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetComment.html)
#[derive(Shape, Default, Clone)]
pub struct GetCommentInput {
    #[shape(required, missing = "CommentIdRequiredException")]
    pub comment_id: String,
}

/// [GetComment](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetComment.html)
#[derive(Shape, Default, Clone)]
pub struct GetCommentOutput {
    pub comment: Option<Comment>,
}

/// [GetCommentsForComparedCommit](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetCommentsForComparedCommit.html)
#[derive(Shape, Default, Clone)]
pub struct GetCommentsForComparedCommitInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    pub before_commit_id: Option<String>,
    #[shape(required, missing = "CommitIdRequiredException")]
    pub after_commit_id: String,
    pub next_token: Option<String>,
    pub max_results: Option<i32>,
}

/// [CommentsForComparedCommit](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CommentsForComparedCommit.html)
#[derive(Shape, Default, Clone)]
pub struct CommentsForComparedCommit {
    pub repository_name: Option<String>,
    pub before_commit_id: Option<String>,
    pub after_commit_id: Option<String>,
    pub before_blob_id: Option<String>,
    pub after_blob_id: Option<String>,
    pub location: Option<Location>,
    pub comments: Vec<Comment>,
}

/// [GetCommentsForComparedCommit](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetCommentsForComparedCommit.html)
#[derive(Shape, Default, Clone)]
pub struct GetCommentsForComparedCommitOutput {
    pub comments_for_compared_commit_data: Vec<CommentsForComparedCommit>,
    pub next_token: Option<String>,
}

/// [GetCommentsForPullRequest](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetCommentsForPullRequest.html)
#[derive(Shape, Default, Clone)]
pub struct GetCommentsForPullRequestInput {
    #[shape(required, missing = "PullRequestIdRequiredException")]
    pub pull_request_id: String,
    #[shape(like = REPOSITORY_NAME)]
    pub repository_name: Option<String>,
    pub before_commit_id: Option<String>,
    pub after_commit_id: Option<String>,
    pub next_token: Option<String>,
    pub max_results: Option<i32>,
}

/// [CommentsForPullRequest](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CommentsForPullRequest.html)
#[derive(Shape, Default, Clone)]
pub struct CommentsForPullRequest {
    pub pull_request_id: Option<String>,
    pub repository_name: Option<String>,
    pub before_commit_id: Option<String>,
    pub after_commit_id: Option<String>,
    pub before_blob_id: Option<String>,
    pub after_blob_id: Option<String>,
    pub location: Option<Location>,
    pub comments: Vec<Comment>,
}

/// [GetCommentsForPullRequest](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetCommentsForPullRequest.html)
#[derive(Shape, Default, Clone)]
pub struct GetCommentsForPullRequestOutput {
    pub comments_for_pull_request_data: Vec<CommentsForPullRequest>,
    pub next_token: Option<String>,
}

/// [PutCommentReaction](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PutCommentReaction.html)
#[derive(Shape, Default, Clone)]
pub struct PutCommentReactionInput {
    #[shape(required, missing = "CommentIdRequiredException")]
    pub comment_id: String,
    #[shape(required, missing = "ReactionValueRequiredException")]
    pub reaction_value: String,
}

/// [GetCommentReactions](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetCommentReactions.html)
#[derive(Shape, Default, Clone)]
pub struct GetCommentReactionsInput {
    #[shape(required, missing = "CommentIdRequiredException")]
    pub comment_id: String,
    pub reaction_user_arn: Option<String>,
    pub next_token: Option<String>,
    pub max_results: Option<i32>,
}

/// [ReactionValueFormats](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ReactionValueFormats.html)
#[derive(Shape, Default, Clone)]
pub struct ReactionValueFormats {
    pub emoji: Option<String>,
    pub short_code: Option<String>,
    pub unicode: Option<String>,
}

/// [ReactionForComment](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ReactionForComment.html)
#[derive(Shape, Default, Clone)]
pub struct ReactionForComment {
    pub reaction: Option<ReactionValueFormats>,
    pub reaction_users: Vec<String>,
    pub reactions_from_deleted_users_count: Option<i32>,
}

/// [GetCommentReactions](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetCommentReactions.html)
#[derive(Shape, Default, Clone)]
pub struct GetCommentReactionsOutput {
    #[shape(required)]
    pub reactions_for_comment: Vec<ReactionForComment>,
    pub next_token: Option<String>,
}
