//! How a deployment begins: its targets are resolved, in the order of their turns.

use api_developer::codedeploy::{DeploymentStatus, ErrorCode, TargetStatus};
use engine::{EngineError, Run};
use serde_json::Value;
use store::{Query, ReadTx, StoreError};
use types::{Scope, Timestamp};

use crate::configs;
use crate::events;
use crate::finish;
use crate::model::{Deployment, DeploymentGroup, HostState, Instance, MAX_TARGETS, Target};
use crate::schedule::may_be_away;

/// The most instances that are looked at in one page.
const PAGE: usize = 1000;

/// Begins a deployment, or ends it at once where it cannot begin. `role_error` is why its service
/// role cannot be used.
pub(crate) async fn begin(run: &Run, role_error: Option<String>) -> Result<(), EngineError> {
    let (scope, id, now) = (run.scope().clone(), run.key().to_owned(), run.now());
    run.step_tx("begin", Value::Null, move |tx| {
        let Some(mut deployment) = tx.get::<Deployment>(&scope, &id)? else {
            return Ok(Value::Null);
        };
        deployment.start_time = Some(now);
        tx.emit(events::deployment(&scope, &deployment, "START", now))?;
        let failure = match (&role_error, DeploymentGroup::by_id(tx, &scope, &deployment.group_id)?)
        {
            (_, None) => Some((
                ErrorCode::DeploymentGroupMissing,
                "The deployment group was deleted before the deployment began.".to_owned(),
            )),
            (Some(why), _) => Some((
                ErrorCode::IamRoleMissing,
                format!(
                    "AWS CodeDeploy does not have the permissions required to assume the role {}: \
                     {why}",
                    deployment.service_role_arn
                ),
            )),
            (None, Some(group)) => {
                let targets = targets(tx, &scope, &deployment, &group, now)?;
                let minimum = configs::minimum(tx, &scope, &deployment.config_name)?;
                let away = minimum.and_then(|minimum| may_be_away(targets.len(), &minimum));
                if targets.len() <= MAX_TARGETS {
                    for target in &targets {
                        tx.insert(&scope, target)?;
                    }
                }
                deployment.may_be_away = away.and_then(|it| i32::try_from(it).ok()).unwrap_or(0);
                constraint(&deployment, targets.len(), away)
            }
        };
        match failure {
            None => {
                deployment.status = DeploymentStatus::InProgress;
                tx.update(&scope, &deployment)?;
            }
            Some((code, message)) => {
                deployment.fail(code, message);
                finish::close(tx, &scope, &mut deployment, now)?;
                tx.update(&scope, &deployment)?;
            }
        }
        Ok(Value::Null)
    })
    .await
    .map(drop)
}

/// Why the targets cannot be deployed to at all. Nothing outdated is nothing to do.
fn constraint(
    deployment: &Deployment,
    targets: usize,
    away: Option<usize>,
) -> Option<(ErrorCode, String)> {
    if targets == 0 && deployment.update_outdated_instances_only {
        return None;
    }
    if targets == 0 {
        return Some((
            ErrorCode::NoInstances,
            "The deployment failed because no instances were found for your deployment group. \
             Check your deployment group settings to make sure the tags for your on-premises \
             instances correctly identify the instances you want to deploy to, and then try again."
                .to_owned(),
        ));
    }
    if targets > MAX_TARGETS {
        return Some((
            ErrorCode::OverMaxInstances,
            format!(
                "The deployment group has {targets} instances; a deployment can have {MAX_TARGETS}."
            ),
        ));
    }
    if away.is_none() {
        return Some((
            ErrorCode::HealthConstraintsInvalid,
            format!(
                "The deployment configuration {} leaves none of the {targets} instances to deploy \
                 to: as many must stay healthy.",
                deployment.config_name
            ),
        ));
    }
    None
}

/// A group's instances as targets: first those whose last deployment failed, then new ones, then
/// those with another revision, then those that have it.
fn targets(
    tx: &ReadTx<'_>,
    scope: &Scope,
    deployment: &Deployment,
    group: &DeploymentGroup,
    now: Timestamp,
) -> Result<Vec<Target>, StoreError> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = tx.list::<Instance>(scope, &Query::first(PAGE).after(after))?;
        for instance in page.items {
            let Some(host_arn) = instance.host_arn().map(str::to_owned) else { continue };
            if !instance.is_registered() || !group.covers(&instance) {
                continue;
            }
            let key = HostState::key_of(&group.id, &instance.instance_name);
            let state = tx.get::<HostState>(scope, &key)?;
            let current = state
                .as_ref()
                .is_some_and(|it| it.healthy && it.revision.as_ref() == Some(&deployment.revision));
            if deployment.update_outdated_instances_only && current {
                continue;
            }
            let order = match &state {
                Some(state) if !state.healthy => 0,
                None => 1,
                Some(_) if !current => 2,
                Some(_) => 3,
            };
            found.push((order, host_arn, instance.into_inner()));
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    found.sort_by_key(|(order, ..)| *order);
    let target = |(turn, (order, host_arn, instance)): (usize, (i32, String, Instance))| Target {
        deployment_id: deployment.id.clone(),
        instance_name: instance.instance_name,
        instance_arn: instance.instance_arn,
        host_arn,
        turn: i32::try_from(turn).unwrap_or(i32::MAX),
        // An instance that was never deployed to serves whatever it serves.
        was_healthy: order != 0,
        status: TargetStatus::Pending,
        last_updated: now,
        events: Target::new_events(),
        command: None,
    };
    Ok(found.into_iter().enumerate().map(target).collect())
}
