//! `CreateDeployment`, and what it shares with rollbacks.

use api_developer::codedeploy::*;
use service::{Cx, Error};
use store::{StoreError, Stored, WriteTx};
use types::{IdAlphabet, Scope, random_id};

use crate::model::{Application, Deployment, DeploymentGroup, Revision, wake};
use crate::{checks, configs, errors};

/// `d-` and nine letters or digits.
pub(crate) fn new_id() -> String {
    format!("d-{}", random_id(IdAlphabet::UpperAlphanumeric, 9))
}

pub(crate) async fn create(
    cx: Cx,
    input: CreateDeploymentInput,
) -> Result<CreateDeploymentOutput, Error> {
    check(&input)?;
    let (scope, now, id) = (cx.scope(), cx.now(), new_id());
    let answer = CreateDeploymentOutput { deployment_id: Some(id.clone()) };
    cx.write(move |tx| {
        let application = Application::load(tx, &scope, &input.application_name)?;
        let name = input.deployment_group_name.as_deref().ok_or_else(|| {
            errors::DEPLOYMENT_GROUP_NAME_REQUIRED.error("Deployment group name is required.")
        })?;
        let mut group = DeploymentGroup::load(tx, &scope, &application, name)?;
        if let Some(active) = &group.active_deployment {
            return Err(errors::DEPLOYMENT_LIMIT_EXCEEDED.error(format!(
                "The Deployment Group '{name}' already has an active Deployment '{active}'"
            )));
        }
        let config = input.deployment_config_name.as_ref().unwrap_or(&group.config_name).clone();
        configs::check(tx, &scope, &config)?;
        let revision = match (&input.revision, &group.target_revision) {
            (Some(revision), _) => revision.clone(),
            (None, Some(current)) if input.update_outdated_instances_only == Some(true) => {
                current.clone()
            }
            _ => return Err(errors::REVISION_REQUIRED.error("Revision is required.")),
        };
        register(tx, &scope, &application, &revision, now)?;
        let deployment = Deployment {
            id: id.clone(),
            application_id: application.id.clone(),
            application_name: application.name.clone(),
            group_id: group.id.clone(),
            group_name: group.name.clone(),
            service_role_arn: group.service_role_arn.clone(),
            config_name: config,
            revision,
            previous_revision: group.target_revision.clone(),
            create_time: now,
            description: input.description.clone(),
            creator: DeploymentCreator::User,
            ignore_application_stop_failures: input
                .ignore_application_stop_failures
                .unwrap_or(false),
            update_outdated_instances_only: input.update_outdated_instances_only.unwrap_or(false),
            file_exists_behavior: input.file_exists_behavior.unwrap_or_default(),
            auto_rollback: input
                .auto_rollback_configuration
                .clone()
                .or_else(|| group.auto_rollback.clone()),
            ..Deployment::default()
        };
        insert(tx, &scope, &deployment, &mut group)?;
        tx.update(&scope, &group)?;
        Ok(())
    })
    .await?;
    Ok(answer)
}

fn check(input: &CreateDeploymentInput) -> Result<(), Error> {
    checks::description(&input.description)?;
    checks::auto_rollback(&input.auto_rollback_configuration)?;
    checks::alarms(&input.override_alarm_configuration, "overrideAlarmConfiguration")?;
    checks::ec2_options(&input.ec2_deployment_options)?;
    if input.deployment_mode == Some(DeploymentMode::Restart) {
        return Err(errors::INVALID_INPUT
            .error("The deploymentMode RESTART is not supported by Codeyard: deploy again."));
    }
    if input.target_instances.as_ref().is_some_and(|it| *it != TargetInstances::default()) {
        return Err(errors::INVALID_TARGET_INSTANCES.error(
            "targetInstances is for blue/green deployments, which Codeyard does not support.",
        ));
    }
    if let Some(revision) = &input.revision {
        checks::revision(revision)?;
    } else if input.update_outdated_instances_only != Some(true) {
        return Err(errors::REVISION_REQUIRED.error("Revision is required."));
    }
    if input.update_outdated_instances_only == Some(true) && input.revision.is_some() {
        return Err(errors::INVALID_UPDATE_OUTDATED.error(
            "A revision cannot be given with updateOutdatedInstancesOnly, which deploys the \
             group's target revision.",
        ));
    }
    Ok(())
}

/// Puts a new deployment in, as the one that its group now has. The caller writes the group back.
pub(crate) fn insert(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    deployment: &Deployment,
    group: &mut Stored<DeploymentGroup>,
) -> Result<(), StoreError> {
    tx.insert(scope, deployment)?;
    group.active_deployment = Some(deployment.id.clone());
    group.last_attempted = Some(deployment.last_info());
    wake(tx, scope, &deployment.id)
}

/// A revision that is deployed is registered, whether it was before or not.
fn register(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    application: &Application,
    location: &RevisionLocation,
    now: types::Timestamp,
) -> Result<(), StoreError> {
    let key = Revision::key_of(&application.id, location);
    let mut revision = match tx.get::<Revision>(scope, &key)? {
        Some(known) => known.into_inner(),
        None => Revision {
            application_id: application.id.clone(),
            location: location.clone(),
            register_time: now,
            ..Revision::default()
        },
    };
    revision.first_used_time = revision.first_used_time.or(Some(now));
    revision.last_used_time = Some(now);
    tx.put(scope, &revision).map(drop)
}

/// Notes that a group has a revision now, and no longer the one before.
pub(crate) fn note_success(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    deployment: &Deployment,
) -> Result<(), StoreError> {
    let group = &deployment.group_id;
    let before = deployment.previous_revision.iter().map(|location| (location, false));
    for (location, has) in before.chain([(&deployment.revision, true)]) {
        let key = Revision::key_of(&deployment.application_id, location);
        // It was deleted with its application.
        let Some(mut revision) = tx.get::<Revision>(scope, &key)? else { continue };
        revision.group_ids.retain(|id| id != group);
        if has {
            revision.group_ids.push(group.clone());
        }
        tx.update(scope, &revision)?;
    }
    Ok(())
}
