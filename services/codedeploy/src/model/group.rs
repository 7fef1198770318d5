//! Applications, their revisions and groups, and deployment configurations.

use api_developer::codedeploy::{
    ApplicationInfo, AutoRollbackConfiguration, ComputePlatform, DeploymentConfigInfo,
    DeploymentGroupInfo, DeploymentOption, DeploymentStyle, DeploymentType, GenericRevisionInfo,
    LastDeploymentInfo, MinimumHealthyHosts, OnPremisesTagSet, OutdatedInstancesStrategy,
    RevisionLocation, Tag, TagFilter,
};
use sha2::{Digest, Sha256};
use shape::{Shape, Timestamp};
use store::{Index, Resource};
use wire::Error;

use super::Instance;
use crate::errors;

/// An application.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Application {
    pub id: String,
    pub name: String,
    pub create_time: Timestamp,
    pub tags: Vec<Tag>,
}

impl Resource for Application {
    const KIND: &'static str = "codedeploy.application";

    fn key(&self) -> String {
        self.name.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        vec![Index::new("id", &self.id)]
    }
}

impl Application {
    pub(crate) fn load(
        tx: &store::ReadTx<'_>,
        scope: &types::Scope,
        name: &str,
    ) -> Result<store::Stored<Self>, Error> {
        tx.get(scope, name)?.ok_or_else(|| {
            errors::APPLICATION_DOES_NOT_EXIST
                .error(format!("No application found for name: {name}"))
        })
    }

    pub(crate) fn info(&self) -> ApplicationInfo {
        ApplicationInfo {
            application_id: Some(self.id.clone()),
            application_name: Some(self.name.clone()),
            create_time: Some(self.create_time),
            linked_to_git_hub: Some(false),
            git_hub_account_name: None,
            compute_platform: Some(ComputePlatform::Server),
        }
    }
}

/// A revision that was registered or deployed.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Revision {
    pub application_id: String,
    pub location: RevisionLocation,
    pub description: Option<String>,
    pub register_time: Timestamp,
    pub first_used_time: Option<Timestamp>,
    pub last_used_time: Option<Timestamp>,
    /// Ids of the groups whose last successful deployment it is.
    pub group_ids: Vec<String>,
}

impl Resource for Revision {
    const KIND: &'static str = "codedeploy.revision";

    fn key(&self) -> String {
        Self::key_of(&self.application_id, &self.location)
    }
}

impl Revision {
    /// Two locations are the same revision if all their parts are.
    pub(crate) fn key_of(application_id: &str, location: &RevisionLocation) -> String {
        let mut location = location.clone();
        if let Some(s3) = &mut location.s3_location {
            // The CLI passes ETags with and without their quotes.
            s3.e_tag = s3.e_tag.take().map(|tag| tag.trim_matches('"').to_owned());
        }
        let digest = Sha256::digest(shape::json::to_vec(&location));
        format!("{application_id}/{}", hex::encode(digest))
    }

    pub(crate) fn info(&self, group_names: Vec<String>) -> GenericRevisionInfo {
        GenericRevisionInfo {
            description: self.description.clone(),
            deployment_groups: Some(group_names),
            first_used_time: self.first_used_time,
            last_used_time: self.last_used_time,
            register_time: Some(self.register_time),
        }
    }
}

/// A deployment configuration that somebody made; AWS's own are in [`crate::configs`].
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct DeploymentConfig {
    pub id: String,
    pub name: String,
    pub minimum_healthy_hosts: MinimumHealthyHosts,
    pub create_time: Timestamp,
}

impl Resource for DeploymentConfig {
    const KIND: &'static str = "codedeploy.deployment-config";

    fn key(&self) -> String {
        self.name.clone()
    }
}

impl DeploymentConfig {
    pub(crate) fn info(&self) -> DeploymentConfigInfo {
        DeploymentConfigInfo {
            deployment_config_id: Some(self.id.clone()),
            deployment_config_name: Some(self.name.clone()),
            minimum_healthy_hosts: Some(self.minimum_healthy_hosts.clone()),
            create_time: Some(self.create_time),
            compute_platform: Some(ComputePlatform::Server),
            traffic_routing_config: None,
            zonal_config: None,
        }
    }
}

/// A deployment group.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct DeploymentGroup {
    pub id: String,
    pub application_id: String,
    pub name: String,
    pub config_name: String,
    pub service_role_arn: String,
    pub filters: Vec<TagFilter>,
    pub tag_set: Option<OnPremisesTagSet>,
    pub auto_rollback: Option<AutoRollbackConfiguration>,
    pub outdated_instances_strategy: Option<OutdatedInstancesStrategy>,
    pub tags: Vec<Tag>,
    pub target_revision: Option<RevisionLocation>,
    pub last_successful: Option<LastDeploymentInfo>,
    pub last_attempted: Option<LastDeploymentInfo>,
    /// The deployment that runs: a group has one at a time.
    pub active_deployment: Option<String>,
}

impl Resource for DeploymentGroup {
    const KIND: &'static str = "codedeploy.deployment-group";

    fn key(&self) -> String {
        Self::key_of(&self.application_id, &self.name)
    }

    fn indexes(&self) -> Vec<Index> {
        vec![Index::new("id", &self.id), Index::new("config", &self.config_name)]
    }
}

impl DeploymentGroup {
    pub(crate) fn key_of(application_id: &str, name: &str) -> String {
        format!("{application_id}/{name}")
    }

    pub(crate) fn load(
        tx: &store::ReadTx<'_>,
        scope: &types::Scope,
        application: &Application,
        name: &str,
    ) -> Result<store::Stored<Self>, Error> {
        tx.get(scope, &Self::key_of(&application.id, name))?.ok_or_else(|| {
            errors::DEPLOYMENT_GROUP_DOES_NOT_EXIST
                .error(format!("No Deployment Group found for name: {name}"))
        })
    }

    /// By its id; `None` if it was deleted.
    pub(crate) fn by_id(
        tx: &store::ReadTx<'_>,
        scope: &types::Scope,
        id: &str,
    ) -> Result<Option<store::Stored<Self>>, store::StoreError> {
        let found = tx.by_index::<Self>(scope, "id", id, &store::Query::first(1))?;
        Ok(found.items.into_iter().next())
    }

    /// Whether an instance belongs to it. Filters are alternatives; of the lists of a tag set, each
    /// must have an alternative that matches.
    pub(crate) fn covers(&self, instance: &Instance) -> bool {
        let any = |filters: &[TagFilter]| filters.iter().any(|filter| instance.matches(filter));
        let lists = self.tag_set.as_ref().and_then(|set| set.on_premises_tag_set_list.as_ref());
        any(&self.filters)
            || lists
                .is_some_and(|lists| !lists.is_empty() && lists.iter().all(|filters| any(filters)))
    }

    pub(crate) fn style() -> DeploymentStyle {
        DeploymentStyle {
            deployment_type: Some(DeploymentType::InPlace),
            deployment_option: Some(DeploymentOption::WithoutTrafficControl),
        }
    }

    pub(crate) fn info(&self, application: &str) -> DeploymentGroupInfo {
        DeploymentGroupInfo {
            application_name: Some(application.to_owned()),
            deployment_group_id: Some(self.id.clone()),
            deployment_group_name: Some(self.name.clone()),
            deployment_config_name: Some(self.config_name.clone()),
            ec2_tag_filters: Some(Vec::new()),
            on_premises_instance_tag_filters: Some(self.filters.clone()),
            auto_scaling_groups: Some(Vec::new()),
            service_role_arn: Some(self.service_role_arn.clone()),
            target_revision: self.target_revision.clone(),
            trigger_configurations: Some(Vec::new()),
            auto_rollback_configuration: self.auto_rollback.clone(),
            deployment_style: Some(Self::style()),
            outdated_instances_strategy: Some(self.outdated_instances_strategy.unwrap_or_default()),
            last_successful_deployment: self.last_successful.clone(),
            last_attempted_deployment: self.last_attempted.clone(),
            on_premises_tag_set: self.tag_set.clone(),
            compute_platform: Some(ComputePlatform::Server),
            termination_hook_enabled: Some(false),
            ..DeploymentGroupInfo::default()
        }
    }
}
