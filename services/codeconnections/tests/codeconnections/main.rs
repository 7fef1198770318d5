//! CodeConnections as its clients see it, with a provider's host beside it.
// Helpers of tests are tests too, which clippy.toml can't know.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod api;
// Some of it is for builds' tests.
mod handshake;
#[allow(dead_code)]
#[path = "../../../codebuild/tests/codebuild/host.rs"]
mod host;
mod pipelines;
mod rights;
mod stock;
mod support;
