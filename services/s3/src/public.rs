//! Whether a bucket policy makes the bucket public.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>

use serde_json::Value;

/// Condition keys that narrow a wildcard principal down, where their values are fixed.
const NARROWING: &[&str] = &[
    "aws:sourceip",
    "aws:sourcearn",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceowner",
    "aws:sourceaccount",
    "aws:userid",
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
];

/// Operators under which a fixed value binds. With `IfExists`, or negated, it does not.
const BINDING: &[&str] =
    &["stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress"];

/// Whether the policy grants anything to anyone.
pub fn is_public(policy: &str) -> bool {
    let Ok(policy) = serde_json::from_str::<Value>(policy) else { return false };
    match policy.get("Statement") {
        Some(Value::Array(statements)) => statements.iter().any(grants_anyone),
        Some(statement) => grants_anyone(statement),
        None => false,
    }
}

fn grants_anyone(statement: &Value) -> bool {
    if statement.get("Effect").and_then(Value::as_str) != Some("Allow") {
        return false;
    }
    let anyone = match statement.get("Principal") {
        Some(Value::Object(kinds)) => {
            kinds.get("AWS").is_some_and(|names| any(names, |it| it == "*"))
        }
        Some(names) => any(names, |it| it == "*"),
        // All but the named ones.
        None => statement.get("NotPrincipal").is_some(),
    };
    anyone && !statement.get("Condition").is_some_and(narrows)
}

fn narrows(condition: &Value) -> bool {
    let Some(operators) = condition.as_object() else { return false };
    operators.iter().any(|(operator, keys)| {
        let operator = operator.to_ascii_lowercase();
        let Some(keys) = keys.as_object() else { return false };
        BINDING.contains(&operator.as_str())
            && keys.iter().any(|(key, values)| {
                let key = key.to_ascii_lowercase();
                NARROWING.contains(&key.as_str()) && !any(values, |value| is_open(&key, value))
            })
    })
}

/// Whether a value leaves room for about everyone.
fn is_open(key: &str, value: &str) -> bool {
    if key == "aws:sourceip" {
        let bits = value.split_once('/').and_then(|(_, bits)| bits.parse::<u8>().ok());
        let least = if value.contains(':') { 32 } else { 8 };
        return bits.is_some_and(|bits| bits < least);
    }
    value.contains('*') || value.contains('?') || value.contains("${")
}

fn any(values: &Value, test: impl Fn(&str) -> bool) -> bool {
    match values {
        Value::String(value) => test(value),
        Value::Array(values) => values.iter().filter_map(Value::as_str).any(test),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(principal: &str, condition: &str) -> bool {
        is_public(&format!(
            r#"{{"Statement":[{{"Effect":"Allow","Principal":{principal},"Action":"s3:GetObject",
                "Resource":"*"{condition}}}]}}"#
        ))
    }

    #[test]
    fn wildcards_are_public_unless_narrowed_to_fixed_values() {
        assert!(with(r#""*""#, ""));
        assert!(with(r#"{"AWS":"*"}"#, ""));
        assert!(with(r#"{"AWS":["arn:aws:iam::1:root","*"]}"#, ""));
        assert!(!with(r#"{"AWS":"arn:aws:iam::111122223333:root"}"#, ""));
        assert!(!with(r#"{"Service":"cloudtrail.amazonaws.com"}"#, ""));
        let ip = |value: &str| {
            with(r#""*""#, &format!(r#","Condition":{{"IpAddress":{{"aws:SourceIp":"{value}"}}}}"#))
        };
        assert!(!ip("10.1.0.0/16") && ip("0.0.0.0/0"));
        let org = r#","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#;
        assert!(!with(r#""*""#, org));
        let loose = r#","Condition":{"StringLike":{"aws:userid":"A*"}}"#;
        assert!(with(r#""*""#, loose));
        let maybe = r#","Condition":{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}"#;
        assert!(with(r#""*""#, maybe));
    }
}
