//! The local driver, for real: every test runs real sandboxes.
// Helpers of tests are tests too, which clippy.toml can't know.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod harness;
mod isolation;
mod lifecycle;
mod limits;
mod ordinary_user;
mod plans;
mod services;
