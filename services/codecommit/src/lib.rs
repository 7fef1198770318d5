//! CodeCommit: git repositories behind AWS's API and behind git's own protocol, one and the same.
//!
//! - References live in the store and change there by compare-and-swap, in one transaction with
//!   the events that tell of it ([`refs`]) and with the rows of the packs that they need
//!   ([`storage`]). The packs are sealed blobs under the repository's key ([`keys`]); the directory
//!   that git serves from is a plain copy that may be wiped at any time.
//! - Whatever changes a reference is authorized for that reference (`codecommit:References`),
//!   through the API and through `git push` alike.
//! - A repository's objects are found by its id, which is never used twice: renaming moves
//!   nothing, and a deleted repository's name can be taken at once.
//!
//! <https://docs.aws.amazon.com/codecommit/latest/APIReference/>

mod approvals;
mod blob_differences;
mod branches;
mod build_status;
mod comments;
mod differences;
mod errors;
mod events;
mod history;
mod keys;
mod merges;
mod model;
mod operations;
mod own;
mod paging;
mod pull_requests;
mod reading;
mod refs;
mod repos;
mod repositories;
mod secret_scanning;
mod settings;
mod sign_in;
mod storage;
mod tags;
mod transport;
mod triggers;
mod writing;

pub use operations::{own_operations, service};
pub use transport::SessionLimits;
pub use transport::ssh::GitOverSsh;
#[doc(hidden)]
pub use transport::ssh::read_command;
