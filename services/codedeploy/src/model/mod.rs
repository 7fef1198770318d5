//! What CodeDeploy keeps.
//!
//! Applications and groups have ids that never change, by which everything else refers to them:
//! renaming touches one document. Deployments carry a copy of what they were created with.

mod deployment;
mod group;
mod host;
mod target;

pub(crate) use deployment::{Deployment, MAX_TARGETS, RECONCILER, wake};
pub(crate) use group::{Application, DeploymentConfig, DeploymentGroup, Revision};
pub(crate) use host::{HostState, Instance};
pub(crate) use target::{Command, CommandState, Target};
