//! The crate against stock git: real clients over a tiny HTTP server.

// Helpers outside the test functions themselves may fail the test, too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod caching;
mod crowded;
mod fetching;
mod making;
mod pushing;
mod support;
mod zipped;
