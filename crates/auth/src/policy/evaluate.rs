//! The decision.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>

use std::sync::Arc;

use super::context::Context;
use super::document::{Policy, PolicyKind};
use super::principal::{Grant, Principal};
use super::statement::Effect;

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// `service:Operation`
    pub action: &'a str,
    /// The resource's ARN, or `*` where the action knows none.
    pub resource: &'a str,
    /// Who owns the resource, where its ARN does not say (S3's do not). Without an owner it
    /// counts as the caller's own.
    pub resource_account: Option<&'a str>,
    /// Condition keys. [`Principal::describe`] sets those of the caller.
    pub context: &'a Context,
}

/// A policy and what it is called.
#[derive(Clone, Debug)]
pub struct Attached {
    /// The policy's ARN, or a name that tells where an inline policy is from.
    pub source: Arc<str>,
    /// The compiled document.
    pub policy: Arc<Policy>,
}

/// The policy of the resource itself.
#[derive(Clone, Copy, Debug)]
pub struct ResourcePolicy<'a> {
    /// A policy of kind [`PolicyKind::Resource`] or [`PolicyKind::Trust`].
    pub policy: &'a Attached,
    /// Whether nothing is allowed that it does not allow, even within the account: so it is with
    /// KMS keys and roles. Elsewhere the caller's own policies suffice.
    pub required: bool,
}

/// Every policy that applies to a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct PolicySet<'a> {
    /// Of the user and its groups, or of the role.
    pub identity: &'a [Attached],
    /// The permissions boundary of the user or role.
    pub boundary: Option<&'a Attached>,
    /// The policies given when the session began; `None` where none was given.
    pub session: Option<&'a [Attached]>,
    /// The resource's own policy.
    pub resource: Option<ResourcePolicy<'a>>,
}

/// The kinds of policies that can decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyType {
    /// Of the caller.
    Identity,
    /// The caller's limit.
    Boundary,
    /// The session's limit.
    Session,
    /// Of the resource.
    Resource,
    /// Of a role that is to be assumed.
    Trust,
}

/// Why the decision came out as it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The account's root needs no grant.
    Root,
    /// A policy of the caller grants it, within every limit.
    IdentityAllow,
    /// The resource's policy grants it.
    ResourceAllow,
    /// A statement denies it.
    ExplicitDeny(PolicyType),
    /// Nothing denies it, but this type of policy does not allow it and would have to.
    ImplicitDeny(PolicyType),
}

/// A statement that fits the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MatchedStatement<'a> {
    /// Which type of policy it is in.
    pub policy_type: PolicyType,
    /// [`Attached::source`] of its policy.
    pub source: &'a str,
    /// Its `Sid`.
    pub sid: Option<&'a str>,
    /// What it does.
    pub effect: Effect,
    /// Its place in the document, from 0.
    pub index: usize,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<'a> {
    /// Whether the request may go on.
    pub allowed: bool,
    /// Why.
    pub reason: Reason,
    /// Every statement that fits, denials included, in the order of the policies.
    pub matched: Vec<MatchedStatement<'a>>,
}

/// What one type of policy says.
#[derive(Clone, Copy, Default)]
struct Verdict {
    allows: bool,
    denies: bool,
}

/// Decides a request.
pub fn evaluate<'a>(request: &Request<'_>, policies: &PolicySet<'a>) -> Decision<'a> {
    let action = request.action.to_ascii_lowercase();
    let request = &Request { action: &action, ..*request };
    let mut matched = Vec::new();
    let mut look = |policy_type, attached: &'a [Attached]| {
        verdict(request, policy_type, attached, &mut matched)
    };
    let identity = look(PolicyType::Identity, policies.identity);
    let boundary = policies.boundary.map(std::slice::from_ref);
    let boundary = boundary.map(|policy| look(PolicyType::Boundary, policy));
    let session = policies.session.map(|policies| look(PolicyType::Session, policies));
    let (grant, resource_denies) = match policies.resource {
        Some(resource) => resource_verdict(request, resource.policy, &mut matched),
        None => (Grant::None, false),
    };
    let resource_type = match policies.resource {
        Some(resource) if resource.policy.policy.kind() == PolicyKind::Trust => PolicyType::Trust,
        _ => PolicyType::Resource,
    };
    let denied = [
        (PolicyType::Identity, identity.denies),
        (resource_type, resource_denies),
        (PolicyType::Boundary, boundary.is_some_and(|verdict| verdict.denies)),
        (PolicyType::Session, session.is_some_and(|verdict| verdict.denies)),
    ];
    // What is attached to an identity does not bind the account's root.
    let is_root = matches!(request.principal, Principal::Root { .. });
    let binds = |policy_type| !is_root || policy_type == resource_type;
    let deny = denied.iter().find(|(policy_type, denies)| *denies && binds(*policy_type));
    let reason = match deny {
        Some((policy_type, _)) => Reason::ExplicitDeny(*policy_type),
        None => Grants {
            identity: identity.allows,
            boundary: boundary.is_none_or(|verdict| verdict.allows),
            session: session.is_none_or(|verdict| verdict.allows),
            resource: grant,
            resource_type,
            resource_required: policies.resource.is_some_and(|resource| resource.required),
        }
        .decide(request),
    };
    let allowed = matches!(reason, Reason::Root | Reason::IdentityAllow | Reason::ResourceAllow);
    Decision { allowed, reason, matched }
}

fn verdict<'a>(
    request: &Request<'_>,
    policy_type: PolicyType,
    attached: &'a [Attached],
    matched: &mut Vec<MatchedStatement<'a>>,
) -> Verdict {
    let mut verdict = Verdict::default();
    for Attached { source, policy } in attached {
        for (index, statement) in policy.statements().iter().enumerate() {
            if !statement.matches(request.action, request.resource, request.context) {
                continue;
            }
            match statement.effect {
                Effect::Allow => verdict.allows = true,
                Effect::Deny => verdict.denies = true,
            }
            let (sid, effect) = (statement.sid.as_deref(), statement.effect);
            matched.push(MatchedStatement { policy_type, source, sid, effect, index });
        }
    }
    verdict
}

/// How closely the resource's policy grants the request, and whether it denies it.
fn resource_verdict<'a>(
    request: &Request<'_>,
    attached: &'a Attached,
    matched: &mut Vec<MatchedStatement<'a>>,
) -> (Grant, bool) {
    let policy_type = match attached.policy.kind() {
        PolicyKind::Trust => PolicyType::Trust,
        PolicyKind::Identity | PolicyKind::Resource => PolicyType::Resource,
    };
    let (mut granted, mut denies) = (Grant::None, false);
    for (index, statement) in attached.policy.statements().iter().enumerate() {
        let grant = statement.grant_to(request.principal);
        let fits = grant > Grant::None
            && statement.matches(request.action, request.resource, request.context);
        if !fits {
            continue;
        }
        match statement.effect {
            Effect::Allow => granted = granted.max(grant),
            Effect::Deny => denies = true,
        }
        let (sid, effect) = (statement.sid.as_deref(), statement.effect);
        let source = &attached.source;
        matched.push(MatchedStatement { policy_type, source, sid, effect, index });
    }
    (granted, denies)
}

/// What grants a request that nothing denies.
struct Grants {
    identity: bool,
    boundary: bool,
    session: bool,
    resource: Grant,
    resource_type: PolicyType,
    resource_required: bool,
}

impl Grants {
    fn decide(&self, request: &Request<'_>) -> Reason {
        let Some(account) = request.principal.account() else {
            // Services, providers and the anonymous have no policies of their own.
            return match self.resource {
                Grant::Itself => Reason::ResourceAllow,
                _ => Reason::ImplicitDeny(self.resource_type),
            };
        };
        let owner = request.resource_account.unwrap_or_else(|| owner_of(request.resource));
        let same_account = owner.is_empty() || owner == account;
        if matches!(request.principal, Principal::Root { .. }) {
            return match self.resource {
                Grant::None if !same_account || self.resource_required => {
                    Reason::ImplicitDeny(self.resource_type)
                }
                Grant::None => Reason::Root,
                _ if same_account => Reason::Root,
                _ => Reason::ResourceAllow,
            };
        }
        if same_account { self.within_the_account() } else { self.across_accounts() }
    }

    fn within_the_account(&self) -> Reason {
        if self.resource == Grant::Itself {
            return Reason::ResourceAllow;
        }
        if self.resource_required && self.resource == Grant::None {
            return Reason::ImplicitDeny(self.resource_type);
        }
        let by_role = self.resource == Grant::Role;
        match self.limits(self.identity || by_role) {
            Some(limit) => limit,
            None if self.identity => Reason::IdentityAllow,
            None => Reason::ResourceAllow,
        }
    }

    /// Both sides must agree: the caller's policies and the resource's.
    fn across_accounts(&self) -> Reason {
        match self.limits(self.identity) {
            Some(limit) => limit,
            None if self.resource == Grant::None => Reason::ImplicitDeny(self.resource_type),
            None => Reason::ResourceAllow,
        }
    }

    fn limits(&self, granted: bool) -> Option<Reason> {
        if !granted {
            Some(Reason::ImplicitDeny(PolicyType::Identity))
        } else if !self.boundary {
            Some(Reason::ImplicitDeny(PolicyType::Boundary))
        } else if !self.session {
            Some(Reason::ImplicitDeny(PolicyType::Session))
        } else {
            None
        }
    }
}

/// The account in a resource's ARN; empty where there is none.
fn owner_of(resource: &str) -> &str {
    resource.strip_prefix("arn:").and_then(|rest| rest.split(':').nth(3)).unwrap_or_default()
}
