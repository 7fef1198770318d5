//! IAM and STS: who there is, what they may, and sessions.
//!
//! All of IAM's data belongs to an account and no region. A user is one document with its keys,
//! credentials, inline policies and memberships, so that whatever concerns it changes in one
//! piece; groups, roles and managed policies likewise. Attachments, memberships and keys are
//! found through indexes.
//!
//! Invariants:
//! - Names differ by more than case, within their kind and account.
//! - What is attached exists: managed policies cannot be deleted while anything has them.
//! - Every write raises [`entity::GENERATION`] in its transaction, and [`IamIdentity`] holds no
//!   answer from another generation: a change counts from the next request on.
//! - Secrets of access keys are sealed under the yard's key; passwords are kept as hashes (those that people choose by PBKDF2);
//!   sessions are not kept at all, their tokens hold them.

mod access_keys;
mod attachments;
mod documents;
mod entity;
mod errors;
mod git_credentials;
mod groups;
mod identity;
mod inline;
mod listing;
mod login_profiles;
mod managed;
mod mfa;
mod model;
mod names;
mod operations;
mod passwords;
mod policies;
mod public_key;
mod qr;
mod rights;
mod roles;
mod sign_in;
mod simulation;
mod ssh_keys;
mod sts;
mod totals;
mod totp;
mod usage;
mod users;

pub use identity::IamIdentity;
use service::Service;

/// All three services: IAM, STS, and the sign-in to the console.
pub fn services() -> Vec<Service> {
    vec![operations::iam(), operations::sts(), operations::sign_in()]
}
