//! CodeCommit: git repositories behind AWS's API and behind git's own protocol, one and the same.
//!
//! - References live in the store and change there by compare-and-swap, in one transaction with
//!   the events that tell of it ([`refs`]). The bare directory that git serves from has the
//!   objects and a projection of the references.
//! - Whatever changes a reference is authorized for that reference (`codecommit:References`),
//!   through the API and through `git push` alike.
//! - A repository's objects are found by its id, which is never used twice: renaming moves
//!   nothing, and a deleted repository's name can be taken at once.
//!
//! <https://docs.aws.amazon.com/codecommit/latest/APIReference/>

mod branches;
mod comments;
mod differences;
mod errors;
mod events;
mod model;
mod operations;
mod pull_requests;
mod reading;
mod refs;
mod repos;
mod repositories;
mod sign_in;
mod tags;
mod writing;

pub use operations::service;
mod transport;
pub use transport::ssh::GitOverSsh;
