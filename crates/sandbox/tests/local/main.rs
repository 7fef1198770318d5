//! The local driver, for real: every test runs real sandboxes.

mod harness;
mod plans;
