//! Names of CodeDeploy's resources, and the rights on them.

use api_developer::codedeploy::Tag;
use service::{Cx, Error, Right};
use types::{Arn, Scope};

use crate::errors;

/// What a resource name means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Application(String),
    Group(String, String),
}

/// `arn:aws:codedeploy:REGION:ACCOUNT:KIND:NAME`
pub(crate) fn of(scope: &Scope, kind: &str, name: &str) -> String {
    let resource = format!("{kind}:{name}");
    Arn::new("codedeploy", scope.region.as_str(), scope.account.as_str(), resource).to_string()
}

pub(crate) fn application(scope: &Scope, name: &str) -> String {
    of(scope, "application", name)
}

pub(crate) fn group(scope: &Scope, application: &str, group: &str) -> String {
    of(scope, "deploymentgroup", &format!("{application}/{group}"))
}

/// The right to do `action` (without its prefix) on a resource.
pub(crate) fn right(action: &str, arn: String) -> Right {
    Right::new(format!("codedeploy:{action}"), arn)
}

/// Adds the tags that a request carries, for conditions on them.
pub(crate) fn with_request_tags(right: Right, tags: &[Tag]) -> Right {
    let keys: Vec<String> = tags.iter().filter_map(|tag| tag.key.clone()).collect();
    let right = tags.iter().fold(right, |right, tag| match &tag.key {
        Some(key) => {
            right.with(format!("aws:RequestTag/{key}"), tag.value.clone().unwrap_or_default())
        }
        None => right,
    });
    if keys.is_empty() { right } else { right.with_values("aws:TagKeys", keys) }
}

/// Adds the tags that a resource has, for conditions on them.
pub(crate) fn with_resource_tags(right: Right, tags: &[Tag]) -> Right {
    tags.iter().fold(right, |right, tag| match &tag.key {
        Some(key) => {
            right.with(format!("aws:ResourceTag/{key}"), tag.value.clone().unwrap_or_default())
        }
        None => right,
    })
}

/// The taggable resource that an ARN of this account and region names.
pub(crate) fn parse(cx: &Cx, text: &str) -> Result<Named, Error> {
    let bad = || {
        errors::INVALID_ARN
            .error(format!("{text} is not the ARN of a CodeDeploy resource in this account."))
    };
    let arn: Arn = text.parse().map_err(|_| bad())?;
    if arn.service != "codedeploy"
        || arn.region != cx.region().as_str()
        || arn.account != cx.account().as_str()
    {
        return Err(bad());
    }
    if let Some(name) = arn.resource_of_type("application") {
        return Ok(Named::Application(name.to_owned()));
    }
    if let Some((application, group)) =
        arn.resource_of_type("deploymentgroup").and_then(|name| name.split_once('/'))
    {
        return Ok(Named::Group(application.to_owned(), group.to_owned()));
    }
    Err(errors::ARN_NOT_SUPPORTED
        .error(format!("{text} names neither an application nor a deployment group.")))
}
