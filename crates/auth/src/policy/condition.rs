//! Condition blocks.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>

use serde_json::Value;

use super::context::Context;
use super::document::PolicyError;
use super::operator::{Operator, Test};
use super::statement::Effect;

/// One key of one operator. A statement's conditions must all hold.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    key: Box<str>,
    quantifier: Quantifier,
    if_exists: bool,
    negated: bool,
    test: Test,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quantifier {
    None,
    ForAllValues,
    ForAnyValue,
}

impl Condition {
    /// Compiles a `Condition` element.
    pub(crate) fn parse_block(block: &Value, variables: bool) -> Result<Vec<Self>, PolicyError> {
        let operators =
            block.as_object().ok_or_else(|| PolicyError::syntax("Condition must be an object"))?;
        let mut conditions = Vec::new();
        for (name, keys) in operators {
            let (quantifier, operator, if_exists) = parse_operator(name)
                .ok_or_else(|| PolicyError::new(format!("Invalid Condition type : {name}")))?;
            let keys = keys.as_object().ok_or_else(|| {
                PolicyError::syntax(format!("{name} must be an object of condition keys"))
            })?;
            for (key, values) in keys {
                if !key.contains(':') || key.starts_with(':') || key.ends_with(':') {
                    return Err(PolicyError::new(
                        "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, \
                         etc.",
                    ));
                }
                let texts = texts(values).ok_or_else(|| {
                    PolicyError::syntax(format!(
                        "{name} of {key} must be a value or a list of values"
                    ))
                })?;
                let borrowed: Vec<&str> = texts.iter().map(String::as_str).collect();
                let test = operator.compile(&borrowed, variables).map_err(|value| {
                    PolicyError::syntax(format!("{name} of {key} cannot be compared to {value:?}"))
                })?;
                conditions.push(Self {
                    key: key.as_str().into(),
                    quantifier,
                    if_exists,
                    negated: operator.negated,
                    test,
                });
            }
        }
        Ok(conditions)
    }

    /// Whether the condition holds. Where a policy variable has no value, the comparison fails
    /// to match; under a negated operator that would hold, so there it depends on the effect:
    /// an unresolvable variable never grants and never lifts a denial.
    pub(crate) fn holds(&self, context: &Context, effect: Effect) -> bool {
        let values = context.get(&self.key);
        if let Test::Null(wanted) = &self.test {
            let absent = values.iter().all(String::is_empty);
            return wanted.contains(&absent);
        }
        if values.is_empty() {
            return match self.quantifier {
                Quantifier::ForAllValues => true,
                Quantifier::ForAnyValue => false,
                Quantifier::None => self.if_exists || self.negated,
            };
        }
        let single = |value: &String| {
            let outcome = self.test.matches(value, context);
            if self.negated {
                !(outcome.matched || (outcome.unresolved && effect == Effect::Allow))
            } else {
                outcome.matched
            }
        };
        match self.quantifier {
            Quantifier::ForAllValues => values.iter().all(single),
            Quantifier::ForAnyValue => values.iter().any(single),
            Quantifier::None if self.negated => values.iter().all(single),
            Quantifier::None => values.iter().any(single),
        }
    }
}

fn parse_operator(name: &str) -> Option<(Quantifier, Operator, bool)> {
    let prefixed = |prefix: &str| {
        name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    let (quantifier, rest) = if prefixed("ForAllValues:") {
        (Quantifier::ForAllValues, name.get("ForAllValues:".len()..)?)
    } else if prefixed("ForAnyValue:") {
        (Quantifier::ForAnyValue, name.get("ForAnyValue:".len()..)?)
    } else {
        (Quantifier::None, name)
    };
    let bare_len = rest.len().checked_sub("IfExists".len());
    let bare = bare_len.and_then(|len| rest.split_at_checked(len));
    let (base, if_exists) = match bare {
        Some((base, end)) if end.eq_ignore_ascii_case("IfExists") => (base, true),
        _ => (rest, false),
    };
    let operator = Operator::named(base)?;
    // Null asks whether the key is there: neither a quantifier nor IfExists means anything.
    if operator.is_null() && (if_exists || quantifier != Quantifier::None) {
        return None;
    }
    Some((quantifier, operator, if_exists))
}

/// A scalar or a list of scalars, as texts.
fn texts(values: &Value) -> Option<Vec<String>> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match values {
        Value::Array(list) => list.iter().map(text).collect(),
        single => Some(vec![text(single)?]),
    }
}
