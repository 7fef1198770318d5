//! CodeCommit through a real gateway: the API, and stock git against the same repositories.

// Helpers outside the test functions themselves may fail the test, too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod api;
mod approvals;
mod build_status;
mod clients;
mod comments;
mod comparing;
mod git_clients;
mod merge_support;
mod merges;
mod odd_requests;
mod own;
mod pull_request_comments;
mod pull_request_merges;
mod pull_request_support;
mod pull_requests;
mod quotas;
mod secrets;
mod slow_pushes;
mod storage;
mod support;
mod templates;
mod triggers;
