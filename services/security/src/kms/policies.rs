//! Key policies. A key has one, named `default`, and it decides over everything else.
//!
//! <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>

use api_security::kms::{
    GetKeyPolicyInput, GetKeyPolicyOutput, KeyPageInput, ListKeyPoliciesOutput, PutKeyPolicyInput,
};
use auth::policy::{self, Attached, Context, PolicySet, Principal, Request, ResourcePolicy};
use serde_json::json;
use service::{Cx, Error};
use shape::Empty;
use types::Scope;

use super::find::{self, Forms};
use super::model::key_arn;
use super::{errors, keys, page};

/// The only name that a key policy can have.
const NAME: &str = "default";
/// Largest policy, in bytes.
const MAX_BYTES: usize = 32_768;

/// The policy of keys that were given none: the account's IAM policies decide.
pub(crate) fn default(scope: &Scope) -> String {
    json!({
        "Version": "2012-10-17",
        "Id": "key-default-1",
        "Statement": [{
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": {"AWS": format!("arn:aws:iam::{}:root", scope.account)},
            "Action": "kms:*",
            "Resource": "*",
        }],
    })
    .to_string()
}

/// Checks a policy that a caller gives: its form, its size, and, unless `bypass` is set, that the
/// caller or its account can change it again.
///
/// # Errors
/// `MalformedPolicyDocumentException`, `LimitExceededException`.
pub(crate) fn check(cx: &Cx, text: &str, bypass: bool) -> Result<(), Error> {
    if text.len() > MAX_BYTES {
        return Err(errors::LIMIT_EXCEEDED
            .error(format!("A key policy can have {MAX_BYTES} bytes, and this has more.")));
    }
    let parsed = crate::policy::parse(text)
        .map_err(|error| errors::MALFORMED_POLICY.error(error.to_string()))?;
    let attached = Attached { source: "the new key policy".into(), policy: parsed.into() };
    let caller = &cx.caller().principal;
    let root = Principal::Root { account: cx.account().to_string() };
    if bypass || lets_change(cx, caller, &attached) || lets_change(cx, &root, &attached) {
        return Ok(());
    }
    Err(errors::MALFORMED_POLICY
        .error("The new key policy will not allow you to update the key policy in the future."))
}

fn lets_change(cx: &Cx, principal: &Principal, attached: &Attached) -> bool {
    let mut context = Context::new();
    principal.describe(&mut context);
    context.set("kms:CallerAccount", cx.account().as_str());
    let grants = &cx.caller().grants;
    let request = Request {
        principal,
        action: "kms:PutKeyPolicy",
        resource: &key_arn(&cx.scope(), "*"),
        resource_account: None,
        context: &context,
    };
    let policies = PolicySet {
        identity: &grants.identity,
        boundary: grants.boundary.as_ref(),
        session: grants.session.as_deref(),
        resource: Some(ResourcePolicy { policy: attached, required: true }),
    };
    policy::evaluate(&request, &policies).allowed
}

fn check_name(name: Option<&str>) -> Result<(), Error> {
    match name {
        None | Some(NAME) => Ok(()),
        Some(_) => Err(errors::NOT_FOUND.error("No such policy exists")),
    }
}

/// [GetKeyPolicy](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html)
pub(crate) async fn get_key_policy(
    cx: Cx,
    input: GetKeyPolicyInput,
) -> Result<GetKeyPolicyOutput, Error> {
    let key = find::load(&cx, &input.key_id, Forms::KeyOnly).await?;
    check_name(input.policy_name.as_deref())?;
    Ok(GetKeyPolicyOutput { policy: key.into_inner().policy, policy_name: NAME.to_owned() })
}

/// [PutKeyPolicy](https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html)
pub(crate) async fn put_key_policy(cx: Cx, input: PutKeyPolicyInput) -> Result<Empty, Error> {
    if check_name(input.policy_name.as_deref()).is_err() {
        return Err(errors::UNSUPPORTED.error("The only valid policy name is default."));
    }
    check(&cx, &input.policy, input.bypass_policy_lockout_safety_check == Some(true))?;
    keys::change(&cx, &input.key_id, move |_, key| {
        key.policy.clone_from(&input.policy);
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

/// [ListKeyPolicies](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyPolicies.html)
pub(crate) async fn list_key_policies(
    cx: Cx,
    input: KeyPageInput,
) -> Result<ListKeyPoliciesOutput, Error> {
    find::load(&cx, &input.key_id, Forms::KeyOnly).await?;
    let (limit, marker) = (page::limit(input.limit, 100), input.marker.as_deref());
    let names = vec![NAME.to_owned()];
    let (policy_names, next_marker) = page::slice("ListKeyPolicies", names, limit, marker)?;
    Ok(ListKeyPoliciesOutput { policy_names, truncated: next_marker.is_some(), next_marker })
}
