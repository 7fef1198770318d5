//! Deployment groups.

use api_developer::codedeploy::*;
use service::{Cx, SessionRequest};
use store::Query;
use wire::Error;

use crate::checks::unsupported_members;
use crate::model::{Application, DeploymentGroup};
use crate::{applications, arn, checks, configs, errors, listing};

/// The default page of listings.
pub(crate) const PAGE: usize = 100;
const MAX_BATCH: usize = 100;

pub(crate) async fn create(
    cx: Cx,
    input: CreateDeploymentGroupInput,
) -> Result<CreateDeploymentGroupOutput, Error> {
    unsupported_members!(input).check()?;
    checks::auto_rollback(&input.auto_rollback_configuration)?;
    let filters = input.on_premises_instance_tag_filters.unwrap_or_default();
    checks::instance_filters(&filters, input.on_premises_tag_set.as_ref())?;
    checks::tags(input.tags.as_deref().unwrap_or_default(), errors::INVALID_TAGS_TO_ADD)?;
    let group_arn = arn::group(&cx.scope(), &input.application_name, &input.deployment_group_name);
    check_role(&cx, &input.service_role_arn, group_arn)?;
    let mut tags = Vec::new();
    checks::merge_tags(&mut tags, input.tags.as_deref().unwrap_or_default());
    let group = DeploymentGroup {
        id: types::uuid(),
        name: input.deployment_group_name,
        config_name: input.deployment_config_name.unwrap_or_else(|| configs::DEFAULT.to_owned()),
        service_role_arn: input.service_role_arn,
        filters,
        tag_set: input.on_premises_tag_set,
        auto_rollback: input.auto_rollback_configuration,
        outdated_instances_strategy: input.outdated_instances_strategy,
        tags,
        ..DeploymentGroup::default()
    };
    let (scope, id, application) = (cx.scope(), group.id.clone(), input.application_name);
    cx.write(move |tx| {
        let application = Application::load(tx, &scope, &application)?;
        configs::check(tx, &scope, &group.config_name)?;
        let group = DeploymentGroup { application_id: application.id.clone(), ..group.clone() };
        if tx.exists::<DeploymentGroup>(&scope, &store::Resource::key(&group))? {
            return Err(taken(&group.name));
        }
        tx.insert(&scope, &group)?;
        Ok(())
    })
    .await?;
    Ok(CreateDeploymentGroupOutput { deployment_group_id: Some(id) })
}

fn taken(name: &str) -> Error {
    errors::DEPLOYMENT_GROUP_ALREADY_EXISTS
        .error(format!("Deployment Group already exists: {name}"))
}

/// The role must be there and trust CodeDeploy, for this group if it is particular.
fn check_role(cx: &Cx, role_arn: &str, group_arn: String) -> Result<(), Error> {
    let request = SessionRequest {
        role_arn: role_arn.to_owned(),
        service: crate::PRINCIPAL.to_owned(),
        session_name: "CodeDeploy".to_owned(),
        source_arn: Some(group_arn),
        ..SessionRequest::default()
    };
    cx.yard().assume_role(&request).map(drop).map_err(|error| {
        errors::INVALID_ROLE.error(format!("Cannot assume role provided: {role_arn}. {error}"))
    })
}

pub(crate) async fn get(
    cx: Cx,
    input: GetDeploymentGroupInput,
) -> Result<GetDeploymentGroupOutput, Error> {
    let info = cx.read(|tx| {
        let application = Application::load(tx, &cx.scope(), &input.application_name)?;
        let name = &input.deployment_group_name;
        let group = DeploymentGroup::load(tx, &cx.scope(), &application, name)?;
        Ok(group.info(&application.name))
    })?;
    Ok(GetDeploymentGroupOutput { deployment_group_info: Some(info) })
}

pub(crate) async fn batch_get(
    cx: Cx,
    input: BatchGetDeploymentGroupsInput,
) -> Result<BatchGetDeploymentGroupsOutput, Error> {
    let names = &input.deployment_group_names;
    checks::batch(
        names,
        MAX_BATCH,
        errors::DEPLOYMENT_GROUP_NAME_REQUIRED,
        "deploymentGroupNames",
    )?;
    let (infos, missing) = cx.read(|tx| {
        let application = Application::load(tx, &cx.scope(), &input.application_name)?;
        let (mut infos, mut missing) = (Vec::new(), Vec::new());
        for name in names {
            let key = DeploymentGroup::key_of(&application.id, name);
            match tx.get::<DeploymentGroup>(&cx.scope(), &key)? {
                Some(group) => infos.push(group.info(&application.name)),
                None => missing.push(name.as_str()),
            }
        }
        let missing = missing.join(", ");
        Ok((infos, missing))
    })?;
    Ok(BatchGetDeploymentGroupsOutput {
        deployment_groups_info: Some(infos),
        error_message: (!missing.is_empty())
            .then(|| format!("No Deployment Group found for: {missing}")),
    })
}

pub(crate) async fn list(
    cx: Cx,
    input: ListDeploymentGroupsInput,
) -> Result<ListDeploymentGroupsOutput, Error> {
    let listing = format!("ListDeploymentGroups {}", input.application_name);
    let query = listing::page(&listing, input.next_token.as_deref(), PAGE)?;
    let page = cx.read(|tx| {
        let application = Application::load(tx, &cx.scope(), &input.application_name)?;
        let query = Query { after: query.after.clone(), ..Query::first(PAGE) }
            .prefix(&format!("{}/", application.id));
        Ok(tx.list::<DeploymentGroup>(&cx.scope(), &query)?)
    })?;
    Ok(ListDeploymentGroupsOutput {
        application_name: Some(input.application_name),
        deployment_groups: Some(page.items.iter().map(|group| group.name.clone()).collect()),
        next_token: listing::next(&listing, &page),
    })
}

pub(crate) async fn update(
    cx: Cx,
    input: UpdateDeploymentGroupInput,
) -> Result<UpdateDeploymentGroupOutput, Error> {
    unsupported_members!(input).check()?;
    checks::auto_rollback(&input.auto_rollback_configuration)?;
    if let Some(role) = &input.service_role_arn {
        let name = &input.current_deployment_group_name;
        check_role(&cx, role, arn::group(&cx.scope(), &input.application_name, name))?;
    }
    let scope = cx.scope();
    cx.write(move |tx| {
        let application = Application::load(tx, &scope, &input.application_name)?;
        let name = &input.current_deployment_group_name;
        let mut group = DeploymentGroup::load(tx, &scope, &application, name)?.into_inner();
        let old_key = store::Resource::key(&group);
        change(&mut group, &input);
        checks::instance_filters(&group.filters, group.tag_set.as_ref())?;
        configs::check(tx, &scope, &group.config_name)?;
        let key = store::Resource::key(&group);
        if key != old_key {
            if tx.exists::<DeploymentGroup>(&scope, &key)? {
                return Err(taken(&group.name));
            }
            tx.delete::<DeploymentGroup>(&scope, &old_key)?;
        }
        tx.put(&scope, &group)?;
        Ok(())
    })
    .await?;
    Ok(UpdateDeploymentGroupOutput { hooks_not_cleaned_up: Some(Vec::new()) })
}

/// What is given replaces what was; what is not stays.
fn change(group: &mut DeploymentGroup, input: &UpdateDeploymentGroupInput) {
    if let Some(name) = &input.new_deployment_group_name {
        group.name.clone_from(name);
    }
    if let Some(config) = &input.deployment_config_name {
        group.config_name.clone_from(config);
    }
    if let Some(role) = &input.service_role_arn {
        group.service_role_arn.clone_from(role);
    }
    if let Some(filters) = &input.on_premises_instance_tag_filters {
        group.filters.clone_from(filters);
    }
    if input.on_premises_tag_set.is_some() {
        group.tag_set.clone_from(&input.on_premises_tag_set);
    }
    if input.auto_rollback_configuration.is_some() {
        group.auto_rollback.clone_from(&input.auto_rollback_configuration);
    }
    if input.outdated_instances_strategy.is_some() {
        group.outdated_instances_strategy = input.outdated_instances_strategy;
    }
}

pub(crate) async fn delete(
    cx: Cx,
    input: DeleteDeploymentGroupInput,
) -> Result<DeleteDeploymentGroupOutput, Error> {
    let scope = cx.scope();
    cx.write(move |tx| {
        // AWS does not mind names that are not there.
        let Some(application) = tx.get::<Application>(&scope, &input.application_name)? else {
            return Ok(());
        };
        let key = DeploymentGroup::key_of(&application.id, &input.deployment_group_name);
        match tx.get::<DeploymentGroup>(&scope, &key)? {
            Some(group) => applications::delete_group(tx, &scope, &group),
            None => Ok(()),
        }
    })
    .await?;
    Ok(DeleteDeploymentGroupOutput { hooks_not_cleaned_up: Some(Vec::new()) })
}
