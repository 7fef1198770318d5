//! Deployments.

use api_developer::codedeploy::{
    AutoRollbackConfiguration, ComputePlatform, DeploymentCreator, DeploymentInfo, DeploymentMode,
    DeploymentOverview, DeploymentStatus, ErrorCode, ErrorInformation, FileExistsBehavior,
    LastDeploymentInfo, RevisionLocation, RollbackInfo, TargetStatus,
};
use shape::{Shape, Timestamp};
use store::{Index, Key, Query, ReadTx, Resource, StoreError, Stored, WakeKey, WriteTx};
use types::Scope;
use wire::Error;

use super::{DeploymentGroup, Target};
use crate::errors;

/// The reconciler of deployments; its keys are their ids.
pub(crate) const RECONCILER: &str = "codedeploy.deployment";
/// The most targets that a deployment can have: AWS's limit for one group.
pub(crate) const MAX_TARGETS: usize = 1000;

/// A deployment. What it was created with does not change with its group.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Deployment {
    pub id: String,
    pub application_id: String,
    pub application_name: String,
    pub group_id: String,
    pub group_name: String,
    pub service_role_arn: String,
    pub config_name: String,
    pub revision: RevisionLocation,
    pub previous_revision: Option<RevisionLocation>,
    pub status: DeploymentStatus,
    pub error: Option<ErrorInformation>,
    pub create_time: Timestamp,
    pub start_time: Option<Timestamp>,
    pub complete_time: Option<Timestamp>,
    pub description: Option<String>,
    pub creator: DeploymentCreator,
    pub ignore_application_stop_failures: bool,
    pub update_outdated_instances_only: bool,
    pub file_exists_behavior: FileExistsBehavior,
    pub auto_rollback: Option<AutoRollbackConfiguration>,
    pub rollback_info: RollbackInfo,
    /// How many instances may be away or broken at once; known once it has begun.
    pub may_be_away: i32,
    /// `StopDeployment` was called, and whether a rollback was asked for with it.
    pub stop_requested: bool,
    pub rollback_on_stop: bool,
}

impl Resource for Deployment {
    const KIND: &'static str = "codedeploy.deployment";

    fn key(&self) -> String {
        self.id.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        let sort = Key::new().time(self.create_time);
        vec![
            Index::new("all", "").sorted_by(sort.clone()),
            Index::new("group", &self.group_id).sorted_by(sort),
        ]
    }
}

impl Deployment {
    pub(crate) fn load(tx: &ReadTx<'_>, scope: &Scope, id: &str) -> Result<Stored<Self>, Error> {
        tx.get(scope, id)?.ok_or_else(|| {
            errors::DEPLOYMENT_DOES_NOT_EXIST
                .error(format!("The deployment {id} could not be found"))
        })
    }

    pub(crate) fn has_ended(&self) -> bool {
        matches!(
            self.status,
            DeploymentStatus::Succeeded | DeploymentStatus::Failed | DeploymentStatus::Stopped
        )
    }

    /// Its targets, in the order of their names.
    pub(crate) fn targets(
        tx: &ReadTx<'_>,
        scope: &Scope,
        id: &str,
    ) -> Result<Vec<Stored<Target>>, StoreError> {
        let query = Query::first(MAX_TARGETS).prefix(&format!("{id}/"));
        Ok(tx.list::<Target>(scope, &query)?.items)
    }

    pub(crate) fn last_info(&self) -> LastDeploymentInfo {
        LastDeploymentInfo {
            deployment_id: Some(self.id.clone()),
            status: Some(self.status),
            end_time: self.complete_time,
            create_time: Some(self.create_time),
        }
    }

    pub(crate) fn fail(&mut self, code: ErrorCode, message: impl Into<String>) {
        self.status = DeploymentStatus::Failed;
        self.error = Some(ErrorInformation { code: Some(code), message: Some(message.into()) });
    }

    pub(crate) fn info(&self, targets: &[Stored<Target>]) -> DeploymentInfo {
        let rolled_back = self.rollback_info != RollbackInfo::default();
        DeploymentInfo {
            application_name: Some(self.application_name.clone()),
            deployment_group_name: Some(self.group_name.clone()),
            deployment_config_name: Some(self.config_name.clone()),
            deployment_id: Some(self.id.clone()),
            previous_revision: self.previous_revision.clone(),
            revision: Some(self.revision.clone()),
            status: Some(self.status),
            error_information: self.error.clone(),
            create_time: Some(self.create_time),
            start_time: self.start_time,
            complete_time: self.complete_time,
            deployment_overview: self.start_time.map(|_| overview(targets)),
            description: self.description.clone(),
            creator: Some(self.creator),
            ignore_application_stop_failures: Some(self.ignore_application_stop_failures),
            auto_rollback_configuration: self.auto_rollback.clone(),
            update_outdated_instances_only: Some(self.update_outdated_instances_only),
            rollback_info: rolled_back.then(|| self.rollback_info.clone()),
            deployment_style: Some(DeploymentGroup::style()),
            instance_termination_wait_time_started: Some(false),
            file_exists_behavior: Some(self.file_exists_behavior),
            deployment_status_messages: Some(Vec::new()),
            compute_platform: Some(ComputePlatform::Server),
            deployment_mode: Some(DeploymentMode::Standard),
            ..DeploymentInfo::default()
        }
    }
}

fn overview(targets: &[Stored<Target>]) -> DeploymentOverview {
    let count = |status| {
        let count = targets.iter().filter(|target| target.status == status).count();
        Some(i64::try_from(count).unwrap_or(i64::MAX))
    };
    DeploymentOverview {
        pending: count(TargetStatus::Pending),
        in_progress: count(TargetStatus::InProgress),
        succeeded: count(TargetStatus::Succeeded),
        failed: count(TargetStatus::Failed),
        skipped: count(TargetStatus::Skipped),
        ready: count(TargetStatus::Ready),
    }
}

/// Has the reconciler look at a deployment now.
pub(crate) fn wake(tx: &mut WriteTx<'_>, scope: &Scope, id: &str) -> Result<(), StoreError> {
    tx.wake(&WakeKey::new(RECONCILER, scope, id), Timestamp::default())
}
