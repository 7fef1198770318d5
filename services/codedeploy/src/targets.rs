//! Targets of deployments, in the newer and the older operations.

use api_developer::codedeploy::*;
use service::{Cx, Error};
use store::{ReadTx, Stored};
use types::Scope;

use crate::model::{Deployment, Target};
use crate::{checks, errors, listing};

/// The default page of listings.
pub(crate) const PAGE: usize = 100;
const MAX_BATCH: usize = 25;

/// A target by the instance's name or ARN.
fn load(
    tx: &ReadTx<'_>,
    scope: &Scope,
    deployment_id: &str,
    id: &str,
) -> Result<Option<Stored<Target>>, Error> {
    if id.starts_with("arn:") {
        let targets = Deployment::targets(tx, scope, deployment_id)?;
        return Ok(targets.into_iter().find(|target| target.instance_arn == id));
    }
    Ok(tx.get(scope, &Target::key_of(deployment_id, id))?)
}

fn all(cx: &Cx, deployment_id: &str) -> Result<Vec<Stored<Target>>, Error> {
    cx.read(|tx| {
        Deployment::load(tx, &cx.scope(), deployment_id)?;
        Ok(Deployment::targets(tx, &cx.scope(), deployment_id)?)
    })
}

fn one(cx: &Cx, deployment_id: &str, id: &str, missing: wire::ErrorKind) -> Result<Target, Error> {
    cx.read(|tx| {
        Deployment::load(tx, &cx.scope(), deployment_id)?;
        match load(tx, &cx.scope(), deployment_id, id)? {
            Some(target) => Ok(target.into_inner()),
            None => Err(missing
                .error(format!("The instance {id} is not part of the deployment {deployment_id}"))),
        }
    })
}

/// Those of a batch, and a sentence about those that are missing.
fn some(cx: &Cx, deployment_id: &str, ids: &[String]) -> Result<(Vec<Target>, Vec<String>), Error> {
    cx.read(|tx| {
        Deployment::load(tx, &cx.scope(), deployment_id)?;
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for id in ids {
            match load(tx, &cx.scope(), deployment_id, id)? {
                Some(target) => found.push(target.into_inner()),
                None => missing.push(id.clone()),
            }
        }
        Ok((found, missing))
    })
}

pub(crate) async fn get_target(
    cx: Cx,
    input: GetDeploymentTargetInput,
) -> Result<GetDeploymentTargetOutput, Error> {
    let kind = errors::DEPLOYMENT_TARGET_DOES_NOT_EXIST;
    let target = one(&cx, &input.deployment_id, &input.target_id, kind)?;
    Ok(GetDeploymentTargetOutput { deployment_target: Some(target.info()) })
}

pub(crate) async fn get_instance(
    cx: Cx,
    input: GetDeploymentInstanceInput,
) -> Result<GetDeploymentInstanceOutput, Error> {
    let kind = errors::INSTANCE_DOES_NOT_EXIST;
    let target = one(&cx, &input.deployment_id, &input.instance_id, kind)?;
    Ok(GetDeploymentInstanceOutput { instance_summary: Some(target.summary()) })
}

pub(crate) async fn batch_get_targets(
    cx: Cx,
    input: BatchGetDeploymentTargetsInput,
) -> Result<BatchGetDeploymentTargetsOutput, Error> {
    let ids = &input.target_ids;
    checks::batch(ids, MAX_BATCH, errors::DEPLOYMENT_TARGET_DOES_NOT_EXIST, "targetIds")?;
    let (found, missing) = some(&cx, &input.deployment_id, ids)?;
    if let Some(id) = missing.first() {
        return Err(errors::DEPLOYMENT_TARGET_DOES_NOT_EXIST.error(format!(
            "The target {id} is not part of the deployment {}",
            input.deployment_id
        )));
    }
    Ok(BatchGetDeploymentTargetsOutput {
        deployment_targets: Some(found.iter().map(Target::info).collect()),
    })
}

pub(crate) async fn batch_get_instances(
    cx: Cx,
    input: BatchGetDeploymentInstancesInput,
) -> Result<BatchGetDeploymentInstancesOutput, Error> {
    let ids = &input.instance_ids;
    checks::batch(ids, MAX_BATCH, errors::INSTANCE_DOES_NOT_EXIST, "instanceIds")?;
    let (found, missing) = some(&cx, &input.deployment_id, ids)?;
    Ok(BatchGetDeploymentInstancesOutput {
        instances_summary: Some(found.iter().map(Target::summary).collect()),
        error_message: (!missing.is_empty())
            .then(|| format!("Not part of the deployment: {}", missing.join(", "))),
    })
}

pub(crate) async fn list_targets(
    cx: Cx,
    input: ListDeploymentTargetsInput,
) -> Result<ListDeploymentTargetsOutput, Error> {
    let mut statuses = None;
    for (name, values) in input.target_filters.unwrap_or_default() {
        match name.as_str() {
            "TargetStatus" => statuses = Some(values),
            "ServerInstanceLabel" => {
                return Err(errors::INVALID_TARGET_FILTER_NAME.error(
                    "ServerInstanceLabel is for blue/green deployments, which Codeyard does not \
                     support.",
                ));
            }
            other => {
                return Err(errors::INVALID_TARGET_FILTER_NAME
                    .error(format!("{other:?} is not the name of a target filter.")));
            }
        }
    }
    if let Some(bad) = statuses.iter().flatten().find(|word| TargetStatus::parse(word).is_none()) {
        return Err(errors::INVALID_INSTANCE_STATUS
            .error(format!("{bad:?} is not the status of a target.")));
    }
    let names = all(&cx, &input.deployment_id)?
        .into_iter()
        .filter(|target| {
            let status = target.status.as_str();
            statuses.as_ref().is_none_or(|words| words.iter().any(|word| word == status))
        })
        .map(|target| target.into_inner().instance_name)
        .collect();
    let (target_ids, next_token) =
        listing::slice("ListDeploymentTargets", input.next_token.as_deref(), names, PAGE)?;
    Ok(ListDeploymentTargetsOutput { target_ids: Some(target_ids), next_token })
}

pub(crate) async fn list_instances(
    cx: Cx,
    input: ListDeploymentInstancesInput,
) -> Result<ListDeploymentInstancesOutput, Error> {
    if input.instance_type_filter.is_some_and(|filter| !filter.is_empty()) {
        return Err(errors::INVALID_INSTANCE_TYPE.error(
            "instanceTypeFilter is for blue/green deployments, which Codeyard does not support.",
        ));
    }
    let statuses = input.instance_status_filter.unwrap_or_default();
    let names = all(&cx, &input.deployment_id)?
        .into_iter()
        .filter(|target| {
            let status = target.status.as_str();
            statuses.is_empty() || statuses.iter().any(|wanted| wanted.as_str() == status)
        })
        .map(|target| target.into_inner().instance_name)
        .collect();
    let (instances, next_token) =
        listing::slice("ListDeploymentInstances", input.next_token.as_deref(), names, PAGE)?;
    Ok(ListDeploymentInstancesOutput { instances_list: Some(instances), next_token })
}
