//! Resource policies: what lets other services write into log groups.

use std::sync::Arc;

use api_management::logs::{
    DeleteResourcePolicyInput, DescribeResourcePoliciesInput, DescribeResourcePoliciesOutput,
    PolicyScope, PutResourcePolicyInput, PutResourcePolicyOutput,
};
use auth::policy::{
    Attached, Context, Policy, PolicyKind, PolicySet, Principal, Request, evaluate,
};
use service::Cx;
use shape::Empty;
use store::{Query, ReadTx};
use types::{PageToken, Scope};
use wire::Error;

use super::arn::stream_arn;
use super::errors::{self, bad_token, invalid, unsupported};
use super::model::ResourcePolicy;

/// AWS's quota for one region.
const MAX_POLICIES: usize = 10;
const MAX_DOCUMENT: usize = 5120;

pub(super) async fn put_resource_policy(
    cx: Cx,
    input: PutResourcePolicyInput,
) -> Result<PutResourcePolicyOutput, Error> {
    if input.resource_arn.is_some() || input.expected_revision_id.is_some() {
        return Err(unsupported("A resource policy on a single resource (resourceArn)"));
    }
    let name = input.policy_name.ok_or_else(|| invalid("policyName is missing."))?;
    let document = input.policy_document.ok_or_else(|| invalid("policyDocument is missing."))?;
    if document.len() > MAX_DOCUMENT {
        return Err(invalid(format!("A resource policy may have {MAX_DOCUMENT} characters.")));
    }
    Policy::parse(PolicyKind::Resource, &document)
        .map_err(|error| invalid(format!("The policy document is not valid: {error}")))?;
    let policy = ResourcePolicy { name, document, updated: cx.now() };
    let (scope, kept) = (cx.scope(), policy.clone());
    cx.write(move |tx| {
        if !tx.exists::<ResourcePolicy>(&scope, &kept.name)?
            && tx.count::<ResourcePolicy>(&scope, MAX_POLICIES)? == MAX_POLICIES
        {
            return Err(errors::LIMIT_EXCEEDED.error(format!(
                "An account may have {MAX_POLICIES} resource policies in a region."
            )));
        }
        tx.put(&scope, &kept)?;
        Ok(())
    })
    .await?;
    Ok(PutResourcePolicyOutput { resource_policy: Some(describe(&policy)), revision_id: None })
}

pub(super) async fn delete_resource_policy(
    cx: Cx,
    input: DeleteResourcePolicyInput,
) -> Result<Empty, Error> {
    if input.resource_arn.is_some() || input.expected_revision_id.is_some() {
        return Err(unsupported("A resource policy on a single resource (resourceArn)"));
    }
    let name = input.policy_name.ok_or_else(|| invalid("policyName is missing."))?;
    let scope = cx.scope();
    cx.write(move |tx| match tx.delete::<ResourcePolicy>(&scope, &name)? {
        true => Ok(Empty {}),
        false => Err(errors::NOT_FOUND.error(format!("Policy with name [{name}] does not exist"))),
    })
    .await
}

pub(super) async fn describe_resource_policies(
    cx: Cx,
    input: DescribeResourcePoliciesInput,
) -> Result<DescribeResourcePoliciesOutput, Error> {
    if input.resource_arn.is_some() || input.policy_scope == Some(PolicyScope::Resource) {
        return Err(unsupported("A resource policy on a single resource (resourceArn)"));
    }
    let listing = "DescribeResourcePolicies";
    let after = input.next_token.map(|token| PageToken::decode(listing, &token));
    let after = after.transpose().map_err(|_| bad_token())?;
    let limit = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(MAX_POLICIES);
    let page = cx.read(|tx| {
        Ok(tx.list::<ResourcePolicy>(&cx.scope(), &Query { after, ..Query::first(limit) })?)
    })?;
    Ok(DescribeResourcePoliciesOutput {
        resource_policies: page.items.iter().map(|policy| describe(policy)).collect(),
        next_token: page.next.map(|next| PageToken::encode(listing, &next)),
    })
}

fn describe(policy: &ResourcePolicy) -> api_management::logs::ResourcePolicy {
    api_management::logs::ResourcePolicy {
        policy_name: Some(policy.name.clone()),
        policy_document: Some(policy.document.clone()),
        last_updated_time: Some(policy.updated.millis()),
        policy_scope: Some(PolicyScope::Account),
        ..Default::default()
    }
}

/// Whether a service may write into a group, by the resource policies of its account.
///
/// # Errors
/// Where the store fails.
pub(crate) fn may_deliver(
    tx: &ReadTx<'_>,
    scope: &Scope,
    service: &str,
    group: &str,
    source_arn: &str,
) -> Result<bool, Error> {
    let principal = Principal::Service { name: service.to_owned() };
    let mut context = Context::new();
    principal.describe(&mut context);
    context.set("aws:SourceArn", source_arn);
    context.set("aws:SourceAccount", scope.account.as_str());
    let policies = tx.list::<ResourcePolicy>(scope, &Query::first(MAX_POLICIES))?.items;
    let allows = |document: &str, action: &str| {
        let Ok(policy) = Policy::parse(PolicyKind::Resource, document) else { return false };
        let attached = Attached { source: "resource policy".into(), policy: Arc::new(policy) };
        let request = Request {
            principal: &principal,
            action,
            resource: &stream_arn(scope, group, ""),
            resource_account: None,
            context: &context,
        };
        let resource = Some(auth::policy::ResourcePolicy { policy: &attached, required: false });
        evaluate(&request, &PolicySet { resource, ..PolicySet::default() }).allowed
    };
    Ok(["logs:CreateLogStream", "logs:PutLogEvents"]
        .iter()
        .all(|action| policies.iter().any(|policy| allows(&policy.document, action))))
}
