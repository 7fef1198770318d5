//! Names of rules and the bus.

use service::{Cx, Right};
use types::{Arn, Scope};
use wire::Error;

use super::DEFAULT_BUS;
use super::errors;
use super::model::Rule;

/// `arn:aws:events:REGION:ACCOUNT:rule/NAME`
pub(super) fn rule_arn(scope: &Scope, name: &str) -> String {
    arn(scope, format!("rule/{name}"))
}

/// `arn:aws:events:REGION:ACCOUNT:event-bus/default`
pub(super) fn bus_arn(scope: &Scope) -> String {
    arn(scope, format!("event-bus/{DEFAULT_BUS}"))
}

fn arn(scope: &Scope, resource: String) -> String {
    Arn::new("events", scope.region.as_str(), scope.account.as_str(), resource).to_string()
}

/// Refuses every bus but the default one, named or by its ARN.
pub(super) fn check_bus(scope: &Scope, bus: Option<&str>) -> Result<(), Error> {
    match bus {
        None | Some(DEFAULT_BUS) => Ok(()),
        Some(bus) if bus == bus_arn(scope) => Ok(()),
        Some(bus) => Err(errors::NOT_FOUND.error(format!(
            "Event bus {bus} does not exist. Codeyard has the default event bus only."
        ))),
    }
}

/// The rule that an ARN of this account and region names.
pub(super) fn rule_of_arn(scope: &Scope, text: &str) -> Result<String, Error> {
    let arn: Arn = text.parse().map_err(|_| {
        errors::invalid(format!("Parameter ResourceARN is not valid. Reason: {text} is no ARN."))
    })?;
    let name = arn.resource.strip_prefix("rule/").filter(|name| !name.contains('/'));
    match name {
        Some(name) if rule_arn(scope, name) == text => Ok(name.to_owned()),
        _ => Err(errors::NOT_FOUND.error(format!("Resource {text} does not exist."))),
    }
}

/// The right to do something with a rule.
pub(super) fn right(cx: &Cx, action: &str, name: &str) -> Result<Right, Error> {
    let scope = cx.scope();
    let mut right = Right::new(action, rule_arn(&scope, name));
    let rule = cx.read(|tx| Ok(tx.get::<Rule>(&scope, name)?))?;
    for (key, value) in rule.iter().flat_map(|rule| rule.tags.iter().flatten()) {
        right = right.with(format!("aws:ResourceTag/{key}"), value);
    }
    Ok(right)
}
