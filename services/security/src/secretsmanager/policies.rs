//! Resource policies of secrets.

use api_security::secretsmanager::{
    GetResourcePolicyOutput, PutResourcePolicyInput, ResourcePolicyInput, ResourcePolicyOutput,
    ValidateResourcePolicyInput, ValidateResourcePolicyOutput, ValidationErrorsEntry,
};
use serde_json::Value;
use service::{Cx, Error};

use super::model::Secret;
use super::{errors, find, secrets};
use crate::policy;

/// The only policy that a secret can have.
const NAME: &str = "default";

fn output(cx: &Cx, secret: Secret) -> ResourcePolicyOutput {
    let policy_name = NAME.to_owned();
    ResourcePolicyOutput { arn: secret.arn(&cx.scope()), name: secret.name, policy_name }
}

fn only_default(name: Option<&str>) -> Result<(), Error> {
    match name {
        None | Some(NAME) => Ok(()),
        Some(_) => Err(errors::INVALID_PARAMETER.error("The only valid PolicyName is default.")),
    }
}

/// [PutResourcePolicy](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html)
pub(crate) async fn put_resource_policy(
    cx: Cx,
    input: PutResourcePolicyInput,
) -> Result<ResourcePolicyOutput, Error> {
    only_default(input.policy_name.as_deref())?;
    policy::parse(&input.resource_policy).map_err(|error| {
        errors::MALFORMED_POLICY
            .error(format!("This resource policy contains a syntax error: {error}"))
    })?;
    if input.block_public_policy == Some(true) && is_public(&input.resource_policy) {
        return Err(errors::PUBLIC_POLICY.error(
            "The resource policy allows broad access to the secret, which BlockPublicPolicy \
             forbids.",
        ));
    }
    let text = input.resource_policy;
    let (secret, ()) = secrets::change(&cx, input.secret_id, move |secret| {
        secret.policy = Some(text.clone());
        Ok(())
    })
    .await?;
    Ok(output(&cx, secret))
}

/// [GetResourcePolicy](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html)
pub(crate) async fn get_resource_policy(
    cx: Cx,
    input: ResourcePolicyInput,
) -> Result<GetResourcePolicyOutput, Error> {
    let secret = find::load(&cx, &input.secret_id)?.into_inner();
    secret.not_deleted()?;
    if only_default(input.policy_name.as_deref()).is_err() {
        return Err(errors::NOT_FOUND.error("The secret has no policy of that name."));
    }
    Ok(GetResourcePolicyOutput {
        arn: secret.arn(&cx.scope()),
        name: secret.name,
        resource_policy: secret.policy,
        policy_name: NAME.to_owned(),
    })
}

/// [DeleteResourcePolicy](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteResourcePolicy.html)
pub(crate) async fn delete_resource_policy(
    cx: Cx,
    input: ResourcePolicyInput,
) -> Result<ResourcePolicyOutput, Error> {
    only_default(input.policy_name.as_deref())?;
    let (secret, ()) = secrets::change(&cx, input.secret_id, |secret| {
        secret.policy = None;
        Ok(())
    })
    .await?;
    Ok(output(&cx, secret))
}

/// [ValidateResourcePolicy](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ValidateResourcePolicy.html)
pub(crate) async fn validate_resource_policy(
    cx: Cx,
    input: ValidateResourcePolicyInput,
) -> Result<ValidateResourcePolicyOutput, Error> {
    if let Some(secret_id) = &input.secret_id {
        find::load(&cx, secret_id)?;
    }
    let mut validation_errors = Vec::new();
    let mut note = |check: &str, message: String| {
        validation_errors.push(ValidationErrorsEntry {
            check_name: Some(check.to_owned()),
            error_message: Some(message),
        });
    };
    match policy::parse(&input.resource_policy) {
        Err(error) => note("POLICY_SYNTAX", error.to_string()),
        Ok(_) if is_public(&input.resource_policy) => {
            note("PUBLIC_ACCESS", "The policy allows access to everyone.".to_owned());
        }
        Ok(_) => {}
    }
    Ok(ValidateResourcePolicyOutput {
        policy_validation_passed: validation_errors.is_empty(),
        validation_errors,
    })
}

/// Whether a well-formed policy lets everyone in: a statement that allows, names everyone or
/// leaves someone out, and has no condition.
fn is_public(text: &str) -> bool {
    let Ok(document) = serde_json::from_str::<Value>(text) else { return false };
    let statements = match document.get("Statement") {
        Some(Value::Array(list)) => list.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => &[],
    };
    statements.iter().any(|statement| {
        let allows = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
        let everyone = statement.get("NotPrincipal").is_some()
            || statement.get("Principal").is_some_and(names_everyone);
        allows && everyone && statement.get("Condition").is_none()
    })
}

fn names_everyone(principal: &Value) -> bool {
    match principal {
        Value::String(name) => name == "*",
        Value::Array(names) => names.iter().any(names_everyone),
        Value::Object(kinds) => kinds.get("AWS").is_some_and(names_everyone),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn public_policies() {
        let policy = |principal: Value, condition: bool| {
            let mut statement = json!({"Effect": "Allow", "Principal": principal,
                "Action": "secretsmanager:GetSecretValue", "Resource": "*"});
            if condition {
                statement["Condition"] = json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}});
            }
            json!({"Version": "2012-10-17", "Statement": statement}).to_string()
        };
        assert!(is_public(&policy(json!("*"), false)));
        assert!(is_public(&policy(json!({"AWS": ["123456789012", "*"]}), false)));
        assert!(!is_public(&policy(json!({"AWS": "123456789012"}), false)));
        assert!(!is_public(&policy(json!("*"), true)));
        assert!(!is_public("no policy"));
    }
}
