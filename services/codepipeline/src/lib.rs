//! CodePipeline: pipelines, the executions that move through them, and the actions that work.
//!
//! # How it is made
//! - [`validate`] decides at the door whether a structure can be executed.
//! - [`plan`] has the rules by which executions move; it is pure.
//! - [`flow`] makes those moves, in the transaction of whatever let them happen: a request, or the
//!   end of an action. State, events and wake-ups commit together.
//! - [`actions`] does what started actions are for, as the pipeline's role: the only part that
//!   reaches outside, and so the only reconciler with journalled steps.
//! - [`listening`] wakes actions when their build or deployment has changed, and starts pipelines
//!   whose polled source has; [`polling`] looks at what tells nothing by itself.
//!
//! # Invariants
//! - At most one active execution is in a stage, and at most one waits in front of it.
//! - Where an execution's next move is possible, it has been made: there is no move that waits for
//!   somebody to look.
//! - An action execution in progress is either awaited from a person or has a wake-up or a run.
//! - An execution executes the version of the pipeline with which it started.

mod action_types;
mod actions;
mod approvals;
mod arn;
mod catalog;
mod cleanup;
mod errors;
mod events;
mod executions;
mod flow;
mod history;
mod listening;
mod measures;
mod model;
mod operations;
mod pipeline_variables;
mod pipelines;
mod plan;
mod polling;
mod starting;
mod state;
mod tags;
mod transitions;
mod validate;
mod variables;

pub use operations::{own_operations, service};
