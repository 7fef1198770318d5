//! Names of log groups and streams, and who may touch them.

use service::{Cx, Right};
use store::Key;
use types::{Arn, Scope};
use wire::Error;

use super::errors::invalid;
use super::model::LogGroup;

/// `arn:aws:logs:REGION:ACCOUNT:log-group:NAME`
pub(super) fn group_arn(scope: &Scope, name: &str) -> String {
    Arn::new("logs", scope.region.as_str(), scope.account.as_str(), format!("log-group:{name}"))
        .to_string()
}

/// `arn:aws:logs:REGION:ACCOUNT:log-group:NAME:log-stream:STREAM`
pub(super) fn stream_arn(scope: &Scope, group: &str, stream: &str) -> String {
    format!("{}:log-stream:{stream}", group_arn(scope, group))
}

/// The right to do something with a group or one of its streams. IAM sees groups as streams with
/// an empty name, so that `log-group:NAME:*` covers both.
pub(super) fn right(cx: &Cx, action: &str, group: &str, stream: &str) -> Result<Right, Error> {
    let right = Right::new(action, stream_arn(&cx.scope(), group, stream));
    with_tags(cx, right, group)
}

/// Adds the tags that the group has.
pub(super) fn with_tags(cx: &Cx, mut right: Right, group: &str) -> Result<Right, Error> {
    let known = cx.read(|tx| Ok(tx.get::<LogGroup>(&cx.scope(), group)?))?;
    for (key, value) in known.iter().flat_map(|group| group.tags.iter().flatten()) {
        right = right.with(format!("aws:ResourceTag/{key}"), value);
    }
    Ok(right)
}

/// The group that a request names by name or by ARN: exactly one of the two.
pub(super) fn named_group(
    cx: &Cx,
    name: Option<&str>,
    identifier: Option<&str>,
) -> Result<String, Error> {
    match (name, identifier) {
        (Some(name), None) => Ok(name.to_owned()),
        (None, Some(identifier)) => group_of_identifier(&cx.scope(), identifier),
        _ => Err(invalid("Exactly one of logGroupName or logGroupIdentifier must be specified.")),
    }
}

/// The group behind a name or an ARN of this account and region.
pub(super) fn group_of_identifier(scope: &Scope, identifier: &str) -> Result<String, Error> {
    if !identifier.starts_with("arn:") {
        return Ok(identifier.to_owned());
    }
    let bad = || invalid(format!("The log group ARN {identifier} is not valid."));
    let arn: Arn = identifier.parse().map_err(|_| bad())?;
    let here = arn.service == "logs"
        && arn.region == scope.region.as_str()
        && arn.account == scope.account.as_str();
    let name = arn.resource.strip_prefix("log-group:").filter(|_| here).ok_or_else(bad)?;
    Ok(name.strip_suffix(":*").unwrap_or(name).to_owned())
}

/// Where all tracks of a group begin.
pub(super) fn group_track(scope: &Scope, group: &str) -> Key {
    Key::new().text("logs").text(&scope.to_string()).text(group)
}

/// A stream's track.
pub(super) fn stream_track(scope: &Scope, group: &str, stream: &str) -> Key {
    group_track(scope, group).text(stream)
}
