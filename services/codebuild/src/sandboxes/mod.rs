//! Sandboxes: a project's environment and sources, kept up so that commands can be tried in it.
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/sandbox.html>
//!
//! The runner of builds drives them too: a sandbox is a build's record with a [`SandboxPart`], of
//! another key, so that nobody who asks for builds finds it, and without events. In the place of a
//! buildspec's commands it has a loop that starts the commands it is told of
//! ([`crate::run`], `serve`). Commands are resources of their own ([`commands`]).
//!
//! What the guide leaves open: a sandbox does not read the buildspec, and its status is its phase
//! while it is under way, as in the guide's samples.

mod commands;
mod model;
mod show;
mod start;
mod stop;

pub(crate) use commands::{
    CommandRecord, batch_get_command_executions, end_all, list_command_executions_for_sandbox,
    news, start_command_execution, status, under_way,
};
pub(crate) use model::{KEY_PREFIX, SandboxPart, indexes, key, right_of_project, right_of_sandbox};
pub(crate) use show::{batch_get_sandboxes, list_sandboxes, list_sandboxes_for_project};
pub(crate) use start::start_sandbox;
pub(crate) use stop::stop_sandbox;
