//! Acceptance: the stock clients and git against the real binary, as a user has them.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod command_line;
mod commit_points;
mod conformance;
mod connecting;
mod crash;
mod dependency_rule;
mod git_storage;
mod harness;
mod hosts;
mod local_builds;
mod ordinary_user;
mod quickstart;
mod repositories;
mod stock_clients;
mod test_mode;
