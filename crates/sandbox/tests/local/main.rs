//! The local driver, for real: every test runs real sandboxes.

mod harness;
mod isolation;
mod lifecycle;
mod limits;
mod ordinary_user;
mod plans;
mod services;
