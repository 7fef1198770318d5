//! Reading and stopping deployments.

use api_developer::codedeploy::*;
use service::{Cx, Error};
use shape::Empty;
use store::Stored;

use crate::model::{Application, Deployment, DeploymentGroup, wake};
use crate::{checks, errors, listing};

/// The default page of listings.
pub(crate) const PAGE: usize = 100;
const MAX_BATCH: usize = 25;
/// How many deployments are looked at for one page, at most, where filters drop most.
const MAX_LOOKED_AT: usize = 1000;

pub(crate) async fn get(cx: Cx, input: GetDeploymentInput) -> Result<GetDeploymentOutput, Error> {
    let info = cx.read(|tx| {
        let deployment = Deployment::load(tx, &cx.scope(), &input.deployment_id)?;
        let targets = Deployment::targets(tx, &cx.scope(), &deployment.id)?;
        Ok(deployment.info(&targets))
    })?;
    Ok(GetDeploymentOutput { deployment_info: Some(info) })
}

pub(crate) async fn batch_get(
    cx: Cx,
    input: BatchGetDeploymentsInput,
) -> Result<BatchGetDeploymentsOutput, Error> {
    let ids = &input.deployment_ids;
    checks::batch(ids, MAX_BATCH, errors::DEPLOYMENT_DOES_NOT_EXIST, "deploymentIds")?;
    let infos = cx.read(|tx| {
        let mut infos = Vec::new();
        for id in ids {
            if let Some(deployment) = tx.get::<Deployment>(&cx.scope(), id)? {
                let targets = Deployment::targets(tx, &cx.scope(), id)?;
                infos.push(deployment.info(&targets));
            }
        }
        Ok(infos)
    })?;
    Ok(BatchGetDeploymentsOutput { deployments_info: Some(infos) })
}

/// Newest first.
pub(crate) async fn list(
    cx: Cx,
    input: ListDeploymentsInput,
) -> Result<ListDeploymentsOutput, Error> {
    const LISTING: &str = "ListDeployments";
    check_filters(&input)?;
    let mut query = listing::page(LISTING, input.next_token.as_deref(), PAGE)?.reversed();
    let statuses = input.include_only_statuses.unwrap_or_default();
    let range = input.create_time_range.unwrap_or_default();
    let is_wanted = |deployment: &Stored<Deployment>| {
        (statuses.is_empty() || statuses.contains(&deployment.status))
            && range.start.is_none_or(|start| deployment.create_time >= start)
            && range.end.is_none_or(|end| deployment.create_time <= end)
    };
    let (ids, next_token) = cx.read(|tx| {
        let (index, value) = match (&input.application_name, &input.deployment_group_name) {
            (Some(application), Some(group)) => {
                let application = Application::load(tx, &cx.scope(), application)?;
                let group = DeploymentGroup::load(tx, &cx.scope(), &application, group)?;
                ("group", group.into_inner().id)
            }
            _ => ("all", String::new()),
        };
        let (mut ids, mut looked_at) = (Vec::new(), 0);
        loop {
            query.limit = PAGE - ids.len();
            let page = tx.by_index::<Deployment>(&cx.scope(), index, &value, &query)?;
            looked_at += page.items.len();
            ids.extend(page.items.iter().filter(|it| is_wanted(it)).map(|it| it.id.clone()));
            let token = listing::next(LISTING, &page);
            if token.is_none() || ids.len() >= PAGE || looked_at >= MAX_LOOKED_AT {
                return Ok((ids, token));
            }
            query.after = page.next;
        }
    })?;
    Ok(ListDeploymentsOutput { deployments: Some(ids), next_token })
}

fn check_filters(input: &ListDeploymentsInput) -> Result<(), Error> {
    if input.external_id.is_some() {
        return Err(errors::INVALID_EXTERNAL_ID.error(
            "externalId is for CloudFormation's deployments, which Codeyard does not have.",
        ));
    }
    match (&input.application_name, &input.deployment_group_name) {
        (Some(_), None) => {
            return Err(errors::DEPLOYMENT_GROUP_NAME_REQUIRED
                .error("A deployment group name is required with an application name."));
        }
        (None, Some(_)) => {
            return Err(errors::APPLICATION_NAME_REQUIRED
                .error("An application name is required with a deployment group name."));
        }
        _ => {}
    }
    match &input.create_time_range {
        Some(TimeRange { start: Some(start), end: Some(end) }) if start > end => {
            Err(errors::INVALID_TIME_RANGE.error("The time range ends before it starts."))
        }
        _ => Ok(()),
    }
}

pub(crate) async fn stop(
    cx: Cx,
    input: StopDeploymentInput,
) -> Result<StopDeploymentOutput, Error> {
    let scope = cx.scope();
    cx.write(move |tx| {
        let mut deployment = Deployment::load(tx, &scope, &input.deployment_id)?;
        if deployment.has_ended() {
            return Err(errors::DEPLOYMENT_ALREADY_COMPLETED
                .error(format!("The deployment {} has already completed", deployment.id)));
        }
        deployment.stop_requested = true;
        deployment.rollback_on_stop |= input.auto_rollback_enabled == Some(true);
        tx.update(&scope, &deployment)?;
        wake(tx, &scope, &deployment.id)?;
        Ok(())
    })
    .await?;
    Ok(StopDeploymentOutput {
        status: Some(StopStatus::Pending),
        status_message: Some(
            "The deployment is stopping: lifecycle events that run are waited for.".to_owned(),
        ),
    })
}

/// Only blue/green deployments wait to be continued.
pub(crate) async fn continue_deployment(
    cx: Cx,
    input: ContinueDeploymentInput,
) -> Result<Empty, Error> {
    let id = input.deployment_id.unwrap_or_default();
    let deployment = cx.read(|tx| Deployment::load(tx, &cx.scope(), &id))?;
    if deployment.has_ended() {
        return Err(errors::DEPLOYMENT_ALREADY_COMPLETED
            .error(format!("The deployment {id} has already completed")));
    }
    Err(errors::UNSUPPORTED_ACTION
        .error("ContinueDeployment is for blue/green deployments; this one goes in place."))
}
