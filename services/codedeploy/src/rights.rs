//! What callers need to be allowed, after "Actions, resources, and condition keys for AWS
//! CodeDeploy" in the service authorization reference.

use service::{Cx, Error, Right};

use crate::arn::{self, Named, right, with_resource_tags};
use crate::model::Deployment;
use crate::tags;

/// A right on an application, with its tags.
pub(crate) fn application(cx: &Cx, action: &str, name: &str) -> Right {
    on(cx, action, Named::Application(name.to_owned()))
}

/// A right on a deployment group, with its tags.
pub(crate) fn group(cx: &Cx, action: &str, application: &str, group: &str) -> Right {
    on(cx, action, Named::Group(application.to_owned(), group.to_owned()))
}

fn on(cx: &Cx, action: &str, named: Named) -> Right {
    let arn = match &named {
        Named::Application(name) => arn::application(&cx.scope(), name),
        Named::Group(application, name) => arn::group(&cx.scope(), application, name),
    };
    // What is not there has no tags; the handler says that it is not there.
    with_resource_tags(right(action, arn), &tags::of(cx, &named).unwrap_or_default())
}

/// A right on the group of a deployment; on everything for deployments that are not there, so that
/// nobody learns more from the answer than he may see.
pub(crate) fn deployment(cx: &Cx, action: &str, id: &str) -> Result<Right, Error> {
    let found = cx.read(|tx| Ok(tx.get::<Deployment>(&cx.scope(), id)?))?;
    Ok(match found {
        Some(found) => group(cx, action, &found.application_name, &found.group_name),
        None => right(action, "*".to_owned()),
    })
}

/// A right on what an ARN names.
pub(crate) fn tagged(cx: &Cx, action: &str, resource_arn: &str) -> Result<Right, Error> {
    let named = arn::parse(cx, resource_arn)?;
    Ok(with_resource_tags(
        right(action, resource_arn.to_owned()),
        &tags::of(cx, &named).unwrap_or_default(),
    ))
}
