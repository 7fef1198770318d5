//! Applications.

use api_developer::codedeploy::*;
use service::Cx;
use shape::Empty;
use store::{Query, Stored, WriteTx};
use types::Scope;
use wire::Error;

use crate::model::{Application, DeploymentGroup, HostState, Revision};
use crate::{checks, errors, listing};

/// The default page of listings.
pub(crate) const PAGE: usize = 100;
const MAX_BATCH: usize = 100;

pub(crate) async fn create(
    cx: Cx,
    input: CreateApplicationInput,
) -> Result<CreateApplicationOutput, Error> {
    checks::compute_platform(input.compute_platform)?;
    let mut tags = Vec::new();
    checks::tags(input.tags.as_deref().unwrap_or_default(), errors::INVALID_TAGS_TO_ADD)?;
    checks::merge_tags(&mut tags, input.tags.as_deref().unwrap_or_default());
    let application = Application {
        id: types::uuid(),
        name: input.application_name,
        create_time: cx.now(),
        tags,
    };
    let (scope, id) = (cx.scope(), application.id.clone());
    cx.write(move |tx| {
        if tx.exists::<Application>(&scope, &application.name)? {
            return Err(taken(&application.name));
        }
        tx.insert(&scope, &application)?;
        Ok(())
    })
    .await?;
    Ok(CreateApplicationOutput { application_id: Some(id) })
}

fn taken(name: &str) -> Error {
    errors::APPLICATION_ALREADY_EXISTS.error(format!("Application already exists: {name}"))
}

pub(crate) async fn get(cx: Cx, input: GetApplicationInput) -> Result<GetApplicationOutput, Error> {
    let found = cx.read(|tx| Application::load(tx, &cx.scope(), &input.application_name))?;
    Ok(GetApplicationOutput { application: Some(found.info()) })
}

pub(crate) async fn batch_get(
    cx: Cx,
    input: BatchGetApplicationsInput,
) -> Result<BatchGetApplicationsOutput, Error> {
    let names = &input.application_names;
    checks::batch(names, MAX_BATCH, errors::APPLICATION_NAME_REQUIRED, "applicationNames")?;
    let infos = cx.read(|tx| {
        names
            .iter()
            .map(|name| Ok(Application::load(tx, &cx.scope(), name)?.info()))
            .collect::<Result<Vec<_>, Error>>()
    })?;
    Ok(BatchGetApplicationsOutput { applications_info: Some(infos) })
}

pub(crate) async fn list(
    cx: Cx,
    input: ListApplicationsInput,
) -> Result<ListApplicationsOutput, Error> {
    const LISTING: &str = "ListApplications";
    let query = listing::page(LISTING, input.next_token.as_deref(), PAGE)?;
    let page = cx.read(|tx| Ok(tx.list::<Application>(&cx.scope(), &query)?))?;
    Ok(ListApplicationsOutput {
        applications: Some(page.items.iter().map(|found| found.name.clone()).collect()),
        next_token: listing::next(LISTING, &page),
    })
}

pub(crate) async fn update(cx: Cx, input: UpdateApplicationInput) -> Result<Empty, Error> {
    let required = |name: Option<String>| {
        name.ok_or_else(|| errors::APPLICATION_NAME_REQUIRED.error("Application name is required."))
    };
    let (name, new) = (required(input.application_name)?, required(input.new_application_name)?);
    let scope = cx.scope();
    cx.write(move |tx| {
        let mut application = Application::load(tx, &scope, &name)?.into_inner();
        if tx.exists::<Application>(&scope, &new)? {
            return Err(taken(&new));
        }
        tx.delete::<Application>(&scope, &name)?;
        application.name.clone_from(&new);
        tx.insert(&scope, &application)?;
        Ok(Empty {})
    })
    .await
}

/// Deletes an application with its groups and revisions. Its deployments stay on record; one that
/// has not begun yet fails for lack of its group.
pub(crate) async fn delete(cx: Cx, input: DeleteApplicationInput) -> Result<Empty, Error> {
    let scope = cx.scope();
    cx.write(move |tx| {
        // AWS does not mind names that are not there.
        let Some(found) = tx.get::<Application>(&scope, &input.application_name)? else {
            return Ok(Empty {});
        };
        let prefix = format!("{}/", found.id);
        loop {
            let page = tx.list::<DeploymentGroup>(&scope, &Query::first(1000).prefix(&prefix))?;
            for group in &page.items {
                delete_group(tx, &scope, group)?;
            }
            if page.next.is_none() {
                break;
            }
        }
        loop {
            let page = tx.list::<Revision>(&scope, &Query::first(1000).prefix(&prefix))?;
            for revision in &page.items {
                tx.delete::<Revision>(&scope, &store::Resource::key(&revision.value))?;
            }
            if page.next.is_none() {
                break;
            }
        }
        tx.delete::<Application>(&scope, &input.application_name)?;
        Ok(Empty {})
    })
    .await
}

/// Deletes a group and what it remembers of instances.
pub(crate) fn delete_group(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    group: &Stored<DeploymentGroup>,
) -> Result<(), Error> {
    let prefix = format!("{}/", group.id);
    loop {
        let page = tx.list::<HostState>(scope, &Query::first(1000).prefix(&prefix))?;
        for state in &page.items {
            tx.delete::<HostState>(scope, &store::Resource::key(&state.value))?;
        }
        if page.next.is_none() {
            break;
        }
    }
    tx.delete::<DeploymentGroup>(scope, &store::Resource::key(&group.value))?;
    Ok(())
}
