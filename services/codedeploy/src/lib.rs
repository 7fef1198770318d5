//! CodeDeploy: revisions out of S3 onto on-premises instances, in place.
//!
//! Invariants:
//! - A group has one deployment at a time. What a deployment was created with never changes.
//! - An agent is told only what concerns the host whose credentials it signs with.
//! - A command is handed out again only until it is acknowledged; its result counts once.
//! - However the yard ends, a deployment goes on from its documents ([`reconcile`]); however an
//!   agent ends, its commands end at their deadlines.
//! - EC2, Auto Scaling, ECS, Lambda, blue/green, load balancers, alarms, triggers and GitHub are
//!   refused by name.

mod applications;
mod arn;
mod begin;
mod board;
mod checks;
mod commands;
mod configs;
mod create;
mod deployments;
mod errors;
mod events;
mod finish;
mod groups;
mod instances;
mod listing;
mod model;
mod operations;
mod pkcs7;
mod reconcile;
mod revisions;
mod rights;
mod schedule;
mod signer;
mod tags;
mod targets;

pub use operations::services;

/// As what CodeDeploy assumes roles.
pub(crate) const PRINCIPAL: &str = "codedeploy.amazonaws.com";
