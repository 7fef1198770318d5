//! Deployment configurations: AWS's own, and those that users make.

use api_developer::codedeploy::*;
use service::Cx;
use shape::Empty;
use store::{Query, ReadTx, StoreError};
use types::Scope;
use wire::Error;

use crate::model::{DeploymentConfig, DeploymentGroup};
use crate::{checks, errors, listing};

/// The default page of listings.
pub(crate) const PAGE: usize = 100;
/// What a group uses that names none.
pub(crate) const DEFAULT: &str = "CodeDeployDefault.OneAtATime";
const RESERVED: &str = "CodeDeployDefault.";

/// Names, ids and healthy percentages of AWS's own configurations for instances.
const PREDEFINED: [(&str, &str, i32); 3] = [
    (DEFAULT, "00000000-0000-0000-0000-000000000001", 99),
    ("CodeDeployDefault.HalfAtATime", "00000000-0000-0000-0000-000000000002", 50),
    ("CodeDeployDefault.AllAtOnce", "00000000-0000-0000-0000-000000000003", 0),
];

fn predefined(name: &str) -> Option<DeploymentConfig> {
    let (name, id, percent) = PREDEFINED.iter().find(|(known, ..)| *known == name)?;
    Some(DeploymentConfig {
        id: (*id).to_owned(),
        name: (*name).to_owned(),
        minimum_healthy_hosts: MinimumHealthyHosts {
            kind: Some(MinimumHealthyHostsType::FleetPercent),
            value: Some(*percent),
        },
        // When AWS made them: the service's first day.
        create_time: types::Timestamp::from_secs(1_415_750_400),
    })
}

fn find(
    tx: &ReadTx<'_>,
    scope: &Scope,
    name: &str,
) -> Result<Option<DeploymentConfig>, StoreError> {
    if let Some(known) = predefined(name) {
        return Ok(Some(known));
    }
    Ok(tx.get::<DeploymentConfig>(scope, name)?.map(store::Stored::into_inner))
}

/// The constraint of a configuration; `None` if there is no such configuration (any more).
pub(crate) fn minimum(
    tx: &ReadTx<'_>,
    scope: &Scope,
    name: &str,
) -> Result<Option<MinimumHealthyHosts>, StoreError> {
    Ok(find(tx, scope, name)?.map(|config| config.minimum_healthy_hosts))
}

/// The configuration must be there.
pub(crate) fn check(tx: &ReadTx<'_>, scope: &Scope, name: &str) -> Result<(), Error> {
    load(tx, scope, name).map(drop)
}

fn load(tx: &ReadTx<'_>, scope: &Scope, name: &str) -> Result<DeploymentConfig, Error> {
    find(tx, scope, name)?.ok_or_else(|| {
        errors::DEPLOYMENT_CONFIG_DOES_NOT_EXIST
            .error(format!("No Deployment Configuration found for name: {name}"))
    })
}

pub(crate) async fn create(
    cx: Cx,
    input: CreateDeploymentConfigInput,
) -> Result<CreateDeploymentConfigOutput, Error> {
    checks::compute_platform(input.compute_platform)?;
    if input.deployment_config_name.starts_with(RESERVED) {
        return Err(errors::INVALID_DEPLOYMENT_CONFIG_NAME
            .error(format!("Names that begin with {RESERVED} are reserved.")));
    }
    if input.traffic_routing_config.is_some() {
        return Err(errors::INVALID_TRAFFIC_ROUTING.error(
            "trafficRoutingConfig is for Lambda and ECS, which Codeyard does not support.",
        ));
    }
    if input.zonal_config.is_some() {
        return Err(errors::INVALID_ZONAL_CONFIG
            .error("zonalConfig is not supported by Codeyard: its hosts are in no zones."));
    }
    let config = DeploymentConfig {
        id: types::uuid(),
        name: input.deployment_config_name,
        minimum_healthy_hosts: healthy_hosts(input.minimum_healthy_hosts)?,
        create_time: cx.now(),
    };
    let (scope, id) = (cx.scope(), config.id.clone());
    cx.write(move |tx| {
        if tx.exists::<DeploymentConfig>(&scope, &config.name)? {
            return Err(errors::DEPLOYMENT_CONFIG_ALREADY_EXISTS
                .error(format!("Deployment Configuration already exists: {}", config.name)));
        }
        tx.insert(&scope, &config)?;
        Ok(())
    })
    .await?;
    Ok(CreateDeploymentConfigOutput { deployment_config_id: Some(id) })
}

fn healthy_hosts(given: Option<MinimumHealthyHosts>) -> Result<MinimumHealthyHosts, Error> {
    let bad = |why: &str| errors::INVALID_MINIMUM_HEALTHY_HOST_VALUE.error(why);
    let given = given.ok_or_else(|| bad("minimumHealthyHosts is required."))?;
    match (given.kind, given.value) {
        (Some(MinimumHealthyHostsType::HostCount), Some(0..)) => Ok(given),
        (Some(MinimumHealthyHostsType::FleetPercent), Some(0..=100)) => Ok(given),
        _ => {
            Err(bad("minimumHealthyHosts needs a type and a value: HOST_COUNT with 0 or more, or \
             FLEET_PERCENT with 0 to 100."))
        }
    }
}

pub(crate) async fn get(
    cx: Cx,
    input: GetDeploymentConfigInput,
) -> Result<GetDeploymentConfigOutput, Error> {
    let config = cx.read(|tx| load(tx, &cx.scope(), &input.deployment_config_name))?;
    Ok(GetDeploymentConfigOutput { deployment_config_info: Some(config.info()) })
}

pub(crate) async fn list(
    cx: Cx,
    input: ListDeploymentConfigsInput,
) -> Result<ListDeploymentConfigsOutput, Error> {
    const LISTING: &str = "ListDeploymentConfigs";
    let query = listing::page(LISTING, input.next_token.as_deref(), PAGE)?;
    let own = cx.read(|tx| Ok(tx.list::<DeploymentConfig>(&cx.scope(), &query)?))?;
    // AWS's own are on the first page.
    let mut names: Vec<String> = match query.after {
        None => PREDEFINED.iter().map(|(name, ..)| (*name).to_owned()).collect(),
        Some(_) => Vec::new(),
    };
    names.extend(own.items.iter().map(|config| config.name.clone()));
    Ok(ListDeploymentConfigsOutput {
        deployment_configs_list: Some(names),
        next_token: listing::next(LISTING, &own),
    })
}

pub(crate) async fn delete(cx: Cx, input: DeleteDeploymentConfigInput) -> Result<Empty, Error> {
    let name = input.deployment_config_name;
    if name.starts_with(RESERVED) {
        return Err(
            errors::INVALID_OPERATION.error(format!("{name} is predefined and cannot be deleted."))
        );
    }
    let scope = cx.scope();
    cx.write(move |tx| {
        let users = tx.by_index::<DeploymentGroup>(&scope, "config", &name, &Query::first(1))?;
        if let Some(group) = users.items.first() {
            return Err(errors::DEPLOYMENT_CONFIG_IN_USE.error(format!(
                "Deployment Configuration {name} is in use by the deployment group {}",
                group.name
            )));
        }
        tx.delete::<DeploymentConfig>(&scope, &name)?;
        Ok(Empty {})
    })
    .await
}
