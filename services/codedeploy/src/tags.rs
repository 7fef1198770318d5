//! Tags of applications and deployment groups.

use api_developer::codedeploy::*;
use service::{Cx, Error};
use store::{Resource, Stored, WriteTx};
use types::Scope;

use crate::arn::{self, Named};
use crate::model::{Application, DeploymentGroup};
use crate::{checks, errors};

pub(crate) async fn list(
    cx: Cx,
    input: ListTagsForResourceInput,
) -> Result<ListTagsForResourceOutput, Error> {
    let named = arn::parse(&cx, &input.resource_arn)?;
    let tags = of(&cx, &named)?;
    // AWS documents the token and gives out none: all tags fit one answer.
    if input.next_token.is_some_and(|token| !token.is_empty()) {
        return Err(errors::INVALID_NEXT_TOKEN.error("The specified next token is invalid."));
    }
    Ok(ListTagsForResourceOutput { tags: Some(tags), next_token: None })
}

/// The tags of a resource.
pub(crate) fn of(cx: &Cx, named: &Named) -> Result<Vec<Tag>, Error> {
    cx.read(|tx| match named {
        Named::Application(name) => Ok(Application::load(tx, &cx.scope(), name)?.into_inner().tags),
        Named::Group(application, group) => {
            let application = Application::load(tx, &cx.scope(), application)?;
            let group = DeploymentGroup::load(tx, &cx.scope(), &application, group)?;
            Ok(group.into_inner().tags)
        }
    })
}

pub(crate) async fn tag(cx: Cx, input: TagResourceInput) -> Result<shape::Empty, Error> {
    checks::tags(&input.tags, errors::INVALID_TAGS_TO_ADD)?;
    change(cx, &input.resource_arn, move |tags| checks::merge_tags(tags, &input.tags)).await
}

pub(crate) async fn untag(cx: Cx, input: UntagResourceInput) -> Result<shape::Empty, Error> {
    let gone = move |tag: &Tag| tag.key.as_ref().is_some_and(|key| input.tag_keys.contains(key));
    change(cx, &input.resource_arn, move |tags| tags.retain(|tag| !gone(tag))).await
}

async fn change(
    cx: Cx,
    resource_arn: &str,
    change: impl Fn(&mut Vec<Tag>) + Send + 'static,
) -> Result<shape::Empty, Error> {
    let named = arn::parse(&cx, resource_arn)?;
    let scope = cx.scope();
    cx.write(move |tx| {
        match &named {
            Named::Application(name) => {
                let mut found = Application::load(tx, &scope, name)?;
                change(&mut found.tags);
                update(tx, &scope, &found, found.tags.len())
            }
            Named::Group(application, group) => {
                let application = Application::load(tx, &scope, application)?;
                let mut found = DeploymentGroup::load(tx, &scope, &application, group)?;
                change(&mut found.tags);
                update(tx, &scope, &found, found.tags.len())
            }
        }?;
        Ok(shape::Empty {})
    })
    .await
}

fn update<R: Resource>(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    found: &Stored<R>,
    tags: usize,
) -> Result<(), Error> {
    if tags > checks::MAX_TAGS {
        return Err(errors::INVALID_TAGS_TO_ADD
            .error(format!("A resource can have at most {} tags.", checks::MAX_TAGS)));
    }
    tx.update(scope, found)?;
    Ok(())
}
