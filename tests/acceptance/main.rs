//! Acceptance: the stock clients and git against the real binary, as a user has them.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod command_line;
mod conformance;
mod crash;
mod dependency_rule;
mod harness;
mod hosts;
mod quickstart;
mod stock_clients;
mod test_mode;
