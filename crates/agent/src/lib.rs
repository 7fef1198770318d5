//! The CodeDeploy host agent: asks the yard for work, deploys revisions onto this machine, tells
//! how it went. It speaks the published agent's protocol and keeps its files as that one does, so
//! that either can take the other's place.
//!
//! Invariants:
//! - A command is noted on disk before it runs and until its result is delivered. After a crash
//!   it is reported as failed (error code 7), or with the result that it had; it never runs twice.
//! - What a revision installed is listed before it is copied, so that the next one can remove it.
//! - Specifications come signed; like the published agent in its default profile, this one takes
//!   any signer: what vouches for the specification is the connection to the configured endpoint.
//! - Scripts run in a process group of their own. What they start in the background, with its
//!   outputs closed, outlives them and the agent.

mod bundle;
mod commands;
mod config;
mod diagnostics;
mod execute;
mod files;
mod hooks;
mod http;
mod install;
mod pkcs7;
mod script;
mod script_log;
mod specification;
mod tracker;
mod work;

pub use config::{Config, Credentials, OnPremises};
pub use work::{Error, run};

/// For the fuzz targets alone: what a command's specification is read with.
#[doc(hidden)]
pub fn check_specification(pem: &str) -> Result<(), String> {
    specification::Specification::parse(&pkcs7::content(pem)?).map(drop)
}
