//! Real sandboxes: of namespaces and, by the same suite, in containers ([`docker`]).
// Helpers of tests are tests too, which clippy.toml can't know.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// The suite is there once for each place in which its sandboxes run.
#![allow(clippy::duplicate_mod)]

mod docker;
mod harness;
mod isolation;
mod lifecycle;
mod limits;
mod ordinary_user;
mod place;
mod plans;
mod services;
mod shells;
