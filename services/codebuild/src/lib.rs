//! CodeBuild: projects, and builds that run their commands for real, in a sandbox.
//!
//! - A build is a resource driven by a reconciler ([`run`]). Its commands run under the sandbox's
//!   supervisor, which outlives the yard: after a restart the reconciler attaches to the sandbox
//!   (named after the build) and goes on, in phases and log, where its predecessor stopped.
//! - Slots: the reconciler runs as many builds at once as the yard has build slots; the others
//!   stay in `QUEUED`.
//! - Whatever a build does to other services it does as its service role, through their public
//!   API: logs, sources, parameters, secrets, artifacts; its commands too, through the
//!   credentials endpoint ([`credentials`]).
//! - What is not supported is refused by name: when the project is made or the build started
//!   ([`validate`]), or, for what a buildspec asks, as a failed `DOWNLOAD_SOURCE` phase.
//!
//! <https://docs.aws.amazon.com/codebuild/latest/APIReference/>

mod badges;
mod batches;
mod builds;
mod credentials;
mod defaults;
mod errors;
mod events;
mod fleets;
mod images;
mod listing;
mod local_sources;
mod model;
mod operations;
mod phases;
mod projects;
mod providers;
mod public_log;
mod queue;
mod reports;
mod rooms;
mod run;
mod sandboxes;
mod sharing;
mod source_credentials;
mod statuses;
mod validate;
mod visibility;
mod webhooks;

pub use local_sources::{Folders, lend};
pub use operations::{own_service, service};
