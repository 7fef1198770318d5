//! Comments: on the comparison of two commits or on a pull request, as a whole or at a line of a
//! file; replies to them; reactions.
//!
//! - A comment's id is `REPOSITORY-ID:UUID`: it tells where the comment belongs, so that whoever
//!   names only the comment is authorized on its repository before anything of it is looked at.
//! - A comment is never taken away, only its content is; it goes with its repository.
//! - Listings are pages over comments in the order they were made. Within a page those at the same
//!   place are put together.

mod changing;
mod idempotency;
mod listing;
mod model;
mod place;
mod posting;
mod reaction_values;
mod reactions;

pub(crate) use changing::{delete_comment_content, update_comment};
pub(crate) use idempotency::Once;
pub(crate) use listing::{
    PAGE, get_comment, get_comments_for_compared_commit, get_comments_for_pull_request,
};
pub(crate) use model::{Comment as Kept, announced, delete_all, right_on_comment};
pub(crate) use posting::{
    post_comment_for_compared_commit, post_comment_for_pull_request, post_comment_reply,
};
pub(crate) use reaction_values::ReactionValue;
pub(crate) use reactions::{MAX_REACTIONS, get_comment_reactions, put_comment_reaction};
