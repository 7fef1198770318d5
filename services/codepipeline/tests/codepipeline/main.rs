//! CodePipeline as its clients see it, with scripted services beside it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod approvals;
mod crash;
mod events;
mod executions;
mod flow;
mod measures;
mod rights;
mod sources;
mod structures;
mod support;
mod variables;
mod world;
