//! How targets and deployments end, and what follows: the group's memory, events, rollback.

use api_developer::codedeploy::{
    AutoRollbackEvent, DeploymentCreator, DeploymentStatus, ErrorCode, ErrorInformation,
    RollbackInfo, TargetStatus,
};
use engine::{EngineError, Run};
use serde_json::Value;
use store::{StoreError, Stored, WriteTx};
use types::{Scope, Timestamp};

use crate::create;
use crate::events;
use crate::model::{Deployment, DeploymentGroup, HostState, Target};
use crate::reconcile::health_error;
use crate::schedule;

/// Ends a target and remembers how, for the group's next deployment.
pub(crate) fn end_target(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    deployment: &Deployment,
    target: &mut Target,
    status: TargetStatus,
    now: Timestamp,
) -> Result<(), StoreError> {
    let began = target.status == TargetStatus::InProgress;
    target.end(now, status);
    if !began {
        return Ok(());
    }
    let healthy = status == TargetStatus::Succeeded;
    tx.put(
        scope,
        &HostState {
            group_id: deployment.group_id.clone(),
            instance_name: target.instance_name.clone(),
            healthy,
            revision: healthy.then(|| deployment.revision.clone()),
            deployment_id: deployment.id.clone(),
        },
    )?;
    let state = if healthy { "SUCCESS" } else { "FAILURE" };
    tx.emit(events::instance(scope, deployment, target, state, now))
}

/// Ends a deployment whose targets are all over or not to be begun any more.
pub(crate) async fn finish(run: &Run) -> Result<(), EngineError> {
    let (scope, id, now) = (run.scope().clone(), run.key().to_owned(), run.now());
    run.step_tx("finish", Value::Null, move |tx| {
        let Some(mut deployment) = tx.get::<Deployment>(&scope, &id)? else {
            return Ok(Value::Null);
        };
        let targets = Deployment::targets(tx, &scope, &id)?;
        let away = usize::try_from(deployment.may_be_away).unwrap_or(0);
        let all_current = targets.is_empty() && deployment.update_outdated_instances_only;
        let unfinished = targets.iter().any(|target| target.status == TargetStatus::Pending);
        if deployment.stop_requested && (unfinished || !all_succeeded(&targets)) {
            deployment.status = DeploymentStatus::Stopped;
            deployment.error = Some(ErrorInformation {
                code: Some(ErrorCode::ManualStop),
                message: Some("The deployment was stopped by a user.".to_owned()),
            });
        } else if all_current
            || schedule::has_succeeded(targets.iter().map(|target| &target.value), away)
        {
            deployment.status = DeploymentStatus::Succeeded;
        } else {
            let (code, message) = health_error();
            deployment.fail(code, message);
        }
        skip_rest(tx, &scope, &deployment, targets, now)?;
        close(tx, &scope, &mut deployment, now)?;
        tx.update(&scope, &deployment)?;
        Ok(Value::Null)
    })
    .await
    .map(drop)
}

/// A stop that came when everything had been done is no stop.
fn all_succeeded(targets: &[Stored<Target>]) -> bool {
    !targets.is_empty() && targets.iter().all(|target| target.status == TargetStatus::Succeeded)
}

/// Ends a deployment that cannot go on for reasons of ours.
pub(crate) async fn abandon(run: &Run, message: String) -> Result<(), EngineError> {
    let (scope, id, now) = (run.scope().clone(), run.key().to_owned(), run.now());
    run.write(move |tx| {
        let Some(mut deployment) = tx.get::<Deployment>(&scope, &id)? else { return Ok(()) };
        if deployment.has_ended() {
            return Ok(());
        }
        deployment.fail(ErrorCode::InternalError, message.clone());
        let targets = Deployment::targets(tx, &scope, &id)?;
        skip_rest(tx, &scope, &deployment, targets, now)?;
        close(tx, &scope, &mut deployment, now)?;
        tx.update(&scope, &deployment)?;
        Ok(())
    })
    .await
}

fn skip_rest(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    deployment: &Deployment,
    targets: Vec<Stored<Target>>,
    now: Timestamp,
) -> Result<(), StoreError> {
    for mut target in targets {
        let status = match target.status {
            TargetStatus::Pending => TargetStatus::Skipped,
            TargetStatus::InProgress => TargetStatus::Failed,
            _ => continue,
        };
        end_target(tx, scope, deployment, &mut target, status, now)?;
        tx.update(scope, &target)?;
    }
    Ok(())
}

/// What the end of a deployment, whose status is set, means for its group; and its rollback. The
/// caller writes the deployment back.
pub(crate) fn close(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    deployment: &mut Deployment,
    now: Timestamp,
) -> Result<(), StoreError> {
    deployment.complete_time = Some(now);
    let state = match deployment.status {
        DeploymentStatus::Succeeded => "SUCCESS",
        DeploymentStatus::Stopped => "STOP",
        _ => "FAILURE",
    };
    tx.emit(events::deployment(scope, deployment, state, now))?;
    let Some(mut group) = DeploymentGroup::by_id(tx, scope, &deployment.group_id)? else {
        return Ok(());
    };
    if group.active_deployment.as_deref() == Some(&deployment.id) {
        group.active_deployment = None;
    }
    group.last_attempted = Some(deployment.last_info());
    if deployment.status == DeploymentStatus::Succeeded {
        group.last_successful = Some(deployment.last_info());
        group.target_revision = Some(deployment.revision.clone());
        create::note_success(tx, scope, deployment)?;
    } else if wants_rollback(deployment) {
        roll_back(tx, scope, deployment, &mut group, now)?;
    }
    tx.update(scope, &group)?;
    Ok(())
}

fn wants_rollback(deployment: &Deployment) -> bool {
    // A rollback that fails is not rolled back.
    if deployment.creator == DeploymentCreator::CodeDeployRollback {
        return false;
    }
    let configured = |event| {
        deployment.auto_rollback.as_ref().is_some_and(|config| {
            config.enabled == Some(true)
                && config.events.as_ref().is_some_and(|events| events.contains(&event))
        })
    };
    match deployment.status {
        DeploymentStatus::Failed => configured(AutoRollbackEvent::DeploymentFailure),
        DeploymentStatus::Stopped => {
            deployment.rollback_on_stop || configured(AutoRollbackEvent::DeploymentStopOnRequest)
        }
        _ => false,
    }
}

/// Deploys the group's last successful revision again, as a new deployment.
fn roll_back(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    deployment: &mut Deployment,
    group: &mut Stored<DeploymentGroup>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let last = match group.last_successful.as_ref().and_then(|last| last.deployment_id.as_deref()) {
        Some(id) => tx.get::<Deployment>(scope, id)?,
        None => None,
    };
    let Some(last) = last else {
        deployment.rollback_info.rollback_message =
            Some("There is no earlier successful deployment to roll back to.".to_owned());
        return Ok(());
    };
    let rollback = Deployment {
        id: create::new_id(),
        revision: last.revision.clone(),
        previous_revision: Some(deployment.revision.clone()),
        status: DeploymentStatus::Created,
        error: None,
        create_time: now,
        start_time: None,
        complete_time: None,
        description: Some(format!(
            "Automatic rollback to the revision of deployment {}, because deployment {} {}.",
            last.id,
            deployment.id,
            if deployment.status == DeploymentStatus::Stopped { "was stopped" } else { "failed" }
        )),
        creator: DeploymentCreator::CodeDeployRollback,
        update_outdated_instances_only: false,
        rollback_info: RollbackInfo {
            rollback_triggering_deployment_id: Some(deployment.id.clone()),
            ..RollbackInfo::default()
        },
        may_be_away: 0,
        stop_requested: false,
        rollback_on_stop: false,
        ..deployment.clone()
    };
    deployment.rollback_info.rollback_deployment_id = Some(rollback.id.clone());
    deployment.rollback_info.rollback_message =
        Some(format!("Deployment {} rolls back to the last successful revision.", rollback.id));
    create::insert(tx, scope, &rollback, group)
}
