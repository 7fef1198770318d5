//! The agent against a yard that plays a script: what it asks, what it does, what it tells.

// Test code, though clippy sees that only in the functions marked so.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

mod deployments;
mod recovery;
mod scripts;
mod yard;
