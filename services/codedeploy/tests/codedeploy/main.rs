//! CodeDeploy behind a real gateway: the public API, scripted hosts, and the real agent.

// Test code, though clippy sees that only in the functions marked so.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

mod agents;
mod api;
mod hosts;
mod refusals;
mod restart;
mod stock_client;

mod yard;
