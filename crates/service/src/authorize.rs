//! Whether a caller may, and what it is told when not.

use auth::policy::{self, Context, Decision, PolicySet, Reason, ResourcePolicy};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use blobs::KeyRef;
use serde_json::{Value, json};
use wire::Error;

use crate::{Cx, Right, Yard, common};

/// Binds sealed authorization messages to their purpose.
const MESSAGE_CONTEXT: &[u8] = b"codeyard authorization message";

/// An encoded message that this yard did not make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthorizationFailure;

/// Checks one right of the context's caller.
pub(crate) fn authorize(cx: &Cx, service: &str, right: &Right) -> Result<(), Error> {
    let context = request_context(cx, right);
    let caller = cx.caller();
    let request = policy::Request {
        principal: &caller.principal,
        action: &right.action,
        resource: &right.resource,
        resource_account: right.resource_account.as_deref(),
        context: &context,
    };
    let policies = PolicySet {
        identity: &caller.grants.identity,
        boundary: caller.grants.boundary.as_ref(),
        session: caller.grants.session.as_deref(),
        resource: right
            .resource_policy
            .as_ref()
            .map(|policy| ResourcePolicy { policy, required: right.resource_policy_decides }),
    };
    let decision = policy::evaluate(&request, &policies);
    if decision.allowed {
        return Ok(());
    }
    let denied = cx
        .yard()
        .registry()
        .by_signing_name(service)
        .map_or(common::ACCESS_DENIED_JSON, |service| service.errors.access_denied);
    let words = policy::denial(&request, decision.reason);
    let mut error = denied.error(words.trim_end_matches('.'));
    let encoded = encode_authorization_message(cx.yard(), &explain(cx, right, &context, &decision));
    // Behind the words, which are cut where they are long: cut, it could not be decoded.
    if encoded.len() <= MAX_ENCODED {
        error.message.push_str(&format!(". Encoded authorization failure message: {encoded}"));
    }
    Err(error)
}

/// Bytes of an encoded message that is still told. Longer ones have long names of the caller's in
/// them, of resources that are not there.
const MAX_ENCODED: usize = 16 << 10;

/// All condition keys: those of the caller, of the request, and of the right.
fn request_context(cx: &Cx, right: &Right) -> Context {
    let mut context = Context::new();
    let caller = cx.caller();
    let origin = cx.origin();
    let now = cx.now();
    caller.principal.describe(&mut context);
    context.set("aws:SourceIp", origin.source_ip.to_string());
    context.set("aws:UserAgent", origin.user_agent.clone());
    context.set("aws:RequestedRegion", requested_region(cx));
    context.set("aws:SecureTransport", (origin.endpoint.scheme != "http").to_string());
    context.set("aws:CurrentTime", now.iso8601());
    context.set("aws:EpochTime", now.secs().to_string());
    if origin.depth > 0 {
        context.set("aws:ViaAWSService", "true");
        context.set_many("aws:CalledVia", [origin.user_agent.clone()]);
    } else {
        context.set("aws:ViaAWSService", "false");
    }
    for (key, values) in caller.context.iter().chain(&right.context) {
        match values.as_slice() {
            [value] => context.set(key.clone(), value.clone()),
            values => context.set_many(key.clone(), values.iter().cloned()),
        }
    }
    context
}

fn requested_region(cx: &Cx) -> String {
    let region = cx.region().as_str();
    if region == types::GLOBAL { cx.yard().config().region.to_string() } else { region.to_owned() }
}

/// What `sts:DecodeAuthorizationMessage` shows, in the form that its guide documents.
fn explain(cx: &Cx, right: &Right, context: &Context, decision: &Decision<'_>) -> Value {
    let matched: Vec<Value> = decision
        .matched
        .iter()
        .map(|statement| {
            json!({
                "statementId": statement.sid.unwrap_or_default(),
                "effect": format!("{:?}", statement.effect).to_uppercase(),
                "sourcePolicyId": statement.source,
                "sourcePolicyType": format!("{:?}", statement.policy_type),
                "statementIndex": statement.index,
            })
        })
        .collect();
    let conditions: Vec<Value> = context
        .iter()
        .map(|(key, values)| {
            let values: Vec<Value> = values.iter().map(|value| json!({"value": value})).collect();
            json!({"key": key, "values": {"items": values}})
        })
        .collect();
    json!({
        "allowed": decision.allowed,
        "explicitDeny": matches!(decision.reason, Reason::ExplicitDeny(_)),
        "reason": format!("{:?}", decision.reason),
        "matchedStatements": {"items": matched},
        "failures": {"items": []},
        "context": {
            "principal": {"id": cx.caller().user_id, "arn": cx.caller().arn},
            "action": right.action,
            "resource": right.resource,
            "conditions": {"items": conditions},
        },
    })
}

/// Seals an explanation, so that only who may call `sts:DecodeAuthorizationMessage` learns which
/// policies there are.
pub fn encode_authorization_message(yard: &Yard, explanation: &Value) -> String {
    let text = explanation.to_string();
    match yard.blobs().seal(&KeyRef::Yard, MESSAGE_CONTEXT, text.as_bytes()) {
        Ok(sealed) => BASE64.encode(sealed),
        Err(error) => {
            tracing::warn!(%error, "failed to seal an authorization message");
            String::new()
        }
    }
}

/// Opens what [`encode_authorization_message`] sealed.
///
/// # Errors
/// Where this yard did not make it, or it was altered.
pub fn decode_authorization_message(
    yard: &Yard,
    encoded: &str,
) -> Result<String, AuthorizationFailure> {
    let sealed = BASE64.decode(encoded.trim()).map_err(|_| AuthorizationFailure)?;
    let opened = yard.blobs().unseal(MESSAGE_CONTEXT, &sealed).map_err(|_| AuthorizationFailure)?;
    String::from_utf8(opened.to_vec()).map_err(|_| AuthorizationFailure)
}
