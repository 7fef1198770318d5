//! Refusals in AWS's words.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>

use super::evaluate::{PolicyType, Reason, Request};

/// The message of an access-denied error: who, what, on what, and because of which type of
/// policy.
pub fn denial(request: &Request<'_>, reason: Reason) -> String {
    let (who, action) = (request.principal.name(), request.action);
    let what = format!(
        "User: {who} is not authorized to perform: {action} on resource: {}",
        request.resource
    );
    match reason {
        Reason::ExplicitDeny(policy_type) => {
            format!("{what} with an explicit deny in {}", with_article(policy_type))
        }
        Reason::ImplicitDeny(policy_type) => {
            format!("{what} because no {} allows the {action} action", name(policy_type))
        }
        Reason::Root | Reason::IdentityAllow | Reason::ResourceAllow => what,
    }
}

const fn name(policy_type: PolicyType) -> &'static str {
    match policy_type {
        PolicyType::Identity => "identity-based policy",
        PolicyType::Boundary => "permissions boundary",
        PolicyType::Session => "session policy",
        PolicyType::Resource => "resource-based policy",
        PolicyType::Trust => "role trust policy",
    }
}

const fn with_article(policy_type: PolicyType) -> &'static str {
    match policy_type {
        PolicyType::Identity => "an identity-based policy",
        PolicyType::Boundary => "a permissions boundary",
        PolicyType::Session => "a session policy",
        PolicyType::Resource => "a resource-based policy",
        PolicyType::Trust => "the role trust policy",
    }
}
