//! AWS CodeConnections, also by its older name AWS CodeStar connections: by what builds and
//! pipelines reach repositories at GitHub, GitLab and Bitbucket.
//!
//! - A connection is made PENDING, as in AWS; [`handshake`] makes it AVAILABLE with a token of the
//!   provider's, which is sealed and never shown.
//! - A token goes to its connection's host and to no other: the provider's own in the cloud, or the
//!   [`hosts`] record's. A host that gets another endpoint costs its connections their tokens.
//! - Services use connections as the roles that users gave them ([`uses`], [`repositories`]), by
//!   operations that clients are refused.
//! - Git sync (repository links, sync configurations) is CloudFormation's, and refused by name.
//!
//! <https://docs.aws.amazon.com/codeconnections/latest/APIReference/Welcome.html>

mod arn;
mod connections;
mod door;
mod errors;
mod handshake;
mod hosts;
mod model;
mod operations;
mod repositories;
mod tags;
mod uses;

pub use operations::{own_operations, services};
