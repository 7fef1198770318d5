//! One statement of a policy.

use serde_json::{Map, Value};

use super::condition::Condition;
use super::context::Context;
use super::document::{PolicyError, PolicyKind};
use super::pattern::{Pattern, Syntax};
use super::principal::{Grant, Principal, PrincipalElement};

/// What a statement does with a request that it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Grants it.
    Allow,
    /// Denies it, whatever else grants it.
    Deny,
}

const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// The actions of STS that a trust policy may name.
const TRUST_ACTIONS: [&str; 7] = [
    "sts:assumerole",
    "sts:assumerolewithsaml",
    "sts:assumerolewithwebidentity",
    "sts:assumeroot",
    "sts:setcontext",
    "sts:setsourceidentity",
    "sts:tagsession",
];

/// A list of patterns, or everything but them.
#[derive(Clone, Debug)]
struct Choice {
    patterns: Vec<Pattern>,
    inverted: bool,
}

/// A compiled statement.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) sid: Option<Box<str>>,
    pub(crate) effect: Effect,
    actions: Choice,
    /// Absent in trust policies: the role is the resource.
    resources: Option<Choice>,
    /// Absent in identity policies: whom they are attached to is the principal.
    pub(crate) principals: Option<PrincipalElement>,
    conditions: Vec<Condition>,
}

impl Statement {
    pub(crate) fn parse(
        value: &Value,
        kind: PolicyKind,
        variables: bool,
    ) -> Result<Self, PolicyError> {
        let object = value
            .as_object()
            .ok_or_else(|| PolicyError::syntax("a statement must be an object"))?;
        if let Some(unknown) = object.keys().find(|key| !ELEMENTS.contains(&key.as_str())) {
            return Err(PolicyError::syntax(format!("a statement has no element {unknown:?}")));
        }
        let effect = parse_effect(object)?;
        let statement = Self {
            sid: parse_sid(object, kind)?,
            effect,
            actions: parse_actions(object, kind)?,
            resources: parse_resources(object, kind, variables)?,
            principals: parse_principals(object, kind, effect)?,
            conditions: match object.get("Condition") {
                Some(block) => Condition::parse_block(block, variables)?,
                None => Vec::new(),
            },
        };
        Ok(statement)
    }

    /// Whether action, resource and conditions fit. The action is in lower case.
    pub(crate) fn matches(&self, action: &str, resource: &str, context: &Context) -> bool {
        self.actions.contains(action, context, self.effect)
            && self
                .resources
                .as_ref()
                .is_none_or(|resources| resources.contains(resource, context, self.effect))
            && self.conditions.iter().all(|condition| condition.holds(context, self.effect))
    }

    /// How the statement's principals take in the caller; everyone where it names none.
    pub(crate) fn grant_to(&self, principal: &Principal) -> Grant {
        match &self.principals {
            Some(principals) => principals.grant_to(principal, self.effect),
            None => Grant::Itself,
        }
    }
}

impl Choice {
    /// A pattern whose variable has no value matches nothing. Under `NotResource` that would
    /// take the resource in, so there an Allow leaves it out.
    fn contains(&self, text: &str, context: &Context, effect: Effect) -> bool {
        let mut unresolved = false;
        let found = self.patterns.iter().any(|pattern| {
            let matched = pattern.matches(text, false, context);
            unresolved |= matched.is_none();
            matched == Some(true)
        });
        if self.inverted { !(found || (unresolved && effect == Effect::Allow)) } else { found }
    }
}

fn parse_effect(object: &Map<String, Value>) -> Result<Effect, PolicyError> {
    match object.get("Effect") {
        None => Err(PolicyError::new("Missing required field Effect")),
        Some(Value::String(effect)) if effect == "Allow" => Ok(Effect::Allow),
        Some(Value::String(effect)) if effect == "Deny" => Ok(Effect::Deny),
        Some(Value::String(effect)) => Err(PolicyError::new(format!("Invalid effect: {effect}"))),
        Some(_) => Err(PolicyError::syntax("Effect must be Allow or Deny")),
    }
}

fn parse_sid(
    object: &Map<String, Value>,
    kind: PolicyKind,
) -> Result<Option<Box<str>>, PolicyError> {
    let Some(sid) = object.get("Sid") else { return Ok(None) };
    let sid = sid.as_str().ok_or_else(|| PolicyError::syntax("Sid must be a string"))?;
    // Resource policies of S3 and others take any text.
    if kind != PolicyKind::Resource && !sid.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(PolicyError::new(
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the \
             regular expression [0-9A-Za-z]*",
        ));
    }
    Ok((!sid.is_empty()).then(|| sid.into()))
}

/// An element and its `Not…` twin: at most one of them may be there.
fn either<'v>(
    object: &'v Map<String, Value>,
    name: &str,
    not_name: &str,
) -> Result<Option<(&'v Value, bool)>, PolicyError> {
    match (object.get(name), object.get(not_name)) {
        (Some(_), Some(_)) => {
            Err(PolicyError::syntax(format!("{name} and {not_name} exclude each other")))
        }
        (Some(value), None) => Ok(Some((value, false))),
        (None, Some(value)) => Ok(Some((value, true))),
        (None, None) => Ok(None),
    }
}

/// A string or a list of strings.
pub(super) fn strings<'v>(value: &'v Value, element: &str) -> Result<Vec<&'v str>, PolicyError> {
    let wrong = || PolicyError::syntax(format!("{element} must be a string or a list of strings"));
    match value {
        Value::String(text) => Ok(vec![text]),
        Value::Array(list) => list.iter().map(|each| each.as_str().ok_or_else(wrong)).collect(),
        _ => Err(wrong()),
    }
}

fn parse_actions(object: &Map<String, Value>, kind: PolicyKind) -> Result<Choice, PolicyError> {
    let missing = || PolicyError::new("Policy statement must contain actions.");
    let (value, inverted) = either(object, "Action", "NotAction")?.ok_or_else(missing)?;
    let texts = strings(value, if inverted { "NotAction" } else { "Action" })?;
    if texts.is_empty() {
        return Err(missing());
    }
    let mut patterns = Vec::with_capacity(texts.len());
    for text in texts {
        check_action(text)?;
        if kind == PolicyKind::Trust {
            check_trust_action(text, inverted)?;
        }
        // Policy variables have no meaning in actions.
        // Actions are compared in lower case: cheaper than ignoring case each time.
        let pattern = Pattern::parse(&text.to_ascii_lowercase(), Syntax::Glob, false)
            .map_err(|_| PolicyError::syntax(format!("{text:?} is no action")))?;
        patterns.push(pattern);
    }
    Ok(Choice { patterns, inverted })
}

fn check_action(text: &str) -> Result<(), PolicyError> {
    if text == "*" {
        return Ok(());
    }
    let vendorless = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
    let (vendor, name) = text.split_once(':').ok_or_else(|| PolicyError::new(vendorless))?;
    if name.contains(':') {
        return Err(PolicyError::new("Actions/Condition can contain only one colon."));
    }
    if vendor.is_empty() || name.is_empty() {
        return Err(PolicyError::new(vendorless));
    }
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    if vendor != "*" && !vendor.bytes().all(valid) {
        return Err(PolicyError::new(format!("Vendor {vendor} is not valid")));
    }
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"*?-_".contains(&byte)) {
        return Err(PolicyError::syntax(format!("{text:?} is no action")));
    }
    Ok(())
}

fn check_trust_action(text: &str, inverted: bool) -> Result<(), PolicyError> {
    let lower = text.to_ascii_lowercase();
    let known = TRUST_ACTIONS.contains(&lower.as_str());
    let wildcard = lower.starts_with("sts:") && lower.contains(['*', '?']);
    if !inverted && (known || wildcard) {
        return Ok(());
    }
    Err(PolicyError::new("AssumeRole policy may only specify STS AssumeRole actions."))
}

fn parse_resources(
    object: &Map<String, Value>,
    kind: PolicyKind,
    variables: bool,
) -> Result<Option<Choice>, PolicyError> {
    let given = either(object, "Resource", "NotResource")?;
    if kind == PolicyKind::Trust {
        return match given {
            None => Ok(None),
            Some(_) => Err(PolicyError::new("Has prohibited field Resource.")),
        };
    }
    let missing = || PolicyError::new("Policy statement must contain resources.");
    let (value, inverted) = given.ok_or_else(missing)?;
    let texts = strings(value, if inverted { "NotResource" } else { "Resource" })?;
    if texts.is_empty() {
        return Err(missing());
    }
    let mut patterns = Vec::with_capacity(texts.len());
    for text in texts {
        check_resource(text)?;
        let pattern = Pattern::parse(text, Syntax::Resource, variables).map_err(|_| {
            PolicyError::syntax(format!("{text:?} has a malformed policy variable"))
        })?;
        patterns.push(pattern);
    }
    Ok(Some(Choice { patterns, inverted }))
}

fn check_resource(text: &str) -> Result<(), PolicyError> {
    if text == "*" {
        return Ok(());
    }
    let Some(("arn", rest)) = text.split_once(':') else {
        return Err(PolicyError::new(format!("Resource {text} must be in ARN format or \"*\".")));
    };
    let partition = rest.split(':').next().unwrap_or_default();
    if !matches!(partition, "aws" | "aws-cn" | "aws-us-gov") && !partition.contains(['*', '$']) {
        return Err(PolicyError::new(format!(
            "Partition \"{partition}\" is not valid for resource \"{text}\"."
        )));
    }
    let service = rest.split(':').nth(1);
    if service == Some("") || (service.is_none() && partition != "*") {
        return Err(PolicyError::new(
            "Resource vendor must be fully qualified and cannot contain regexes.",
        ));
    }
    Ok(())
}

fn parse_principals(
    object: &Map<String, Value>,
    kind: PolicyKind,
    effect: Effect,
) -> Result<Option<PrincipalElement>, PolicyError> {
    let given = either(object, "Principal", "NotPrincipal")?;
    match (kind, given) {
        (PolicyKind::Identity, None) => Ok(None),
        (PolicyKind::Identity, Some(_)) => {
            Err(PolicyError::new("Policy document should not specify a principal."))
        }
        (_, None) => Err(PolicyError::new("Missing required field Principal")),
        (PolicyKind::Trust, Some((_, true))) if effect == Effect::Allow => {
            Err(PolicyError::new("Allow with NotPrincipal is not allowed."))
        }
        (_, Some((value, inverted))) => PrincipalElement::parse(value, inverted).map(Some),
    }
}
