//! CodeCommit through a real gateway: the API, and stock git against the same repositories.

// Helpers outside the test functions themselves may fail the test, too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod api;
mod clients;
mod comments;
mod git_clients;
mod support;
