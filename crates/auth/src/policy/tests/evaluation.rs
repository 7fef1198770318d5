//! Decisions: every type of policy against every other.

use std::time::Instant;

use proptest::prelude::*;

use super::*;

const ALLOW: &str = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}"#;
const DENY: &str = r#"{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}"#;
const OTHER: &str = r#"{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}"#;

fn grant_to(principal: &str, effect: &str) -> String {
    format!(
        r#"{{"Effect":"{effect}","Principal":{principal},"Action":"s3:*","Resource":"arn:aws:s3:::b/*"}}"#
    )
}

struct Case<'a> {
    principal: Principal,
    owner: &'a str,
    identity: &'a str,
    boundary: Option<&'a str>,
    session: Option<&'a str>,
    resource: Option<String>,
    required: bool,
}

impl Default for Case<'_> {
    fn default() -> Self {
        Self {
            principal: user(),
            owner: ACCOUNT,
            identity: OTHER,
            boundary: None,
            session: None,
            resource: None,
            required: false,
        }
    }
}

impl Case<'_> {
    fn reason(&self) -> Reason {
        let own = [identity(self.identity)];
        let boundary = self.boundary.map(identity);
        let session = self.session.map(|text| [identity(text)]);
        let resource =
            self.resource.as_deref().map(|text| attached("bucket", PolicyKind::Resource, text));
        let context = Context::new();
        let request = Request {
            principal: &self.principal,
            action: "s3:GetObject",
            resource: "arn:aws:s3:::b/k",
            resource_account: Some(self.owner),
            context: &context,
        };
        let decision = evaluate(
            &request,
            &PolicySet {
                identity: &own,
                boundary: boundary.as_ref(),
                session: session.as_ref().map(<[Attached; 1]>::as_slice),
                resource: resource
                    .as_ref()
                    .map(|policy| ResourcePolicy { policy, required: self.required }),
            },
        );
        let granted =
            matches!(decision.reason, Reason::Root | Reason::IdentityAllow | Reason::ResourceAllow);
        assert_eq!(decision.allowed, granted);
        decision.reason
    }
}

use PolicyType::{Boundary, Identity, Resource, Session};
use Reason::{ExplicitDeny, IdentityAllow, ImplicitDeny, ResourceAllow};

#[test]
fn identity_policies_alone() {
    for (identity, want) in [
        (ALLOW, IdentityAllow),
        (OTHER, ImplicitDeny(Identity)),
        (DENY, ExplicitDeny(Identity)),
        (&format!("[{ALLOW},{DENY}]"), ExplicitDeny(Identity)),
        (r#"{"Effect":"Allow","Action":"S3:getobject","Resource":"*"}"#, IdentityAllow),
        (r#"{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::?/*"}"#, IdentityAllow),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::B/*"}"#,
            ImplicitDeny(Identity),
        ),
        (r#"{"Effect":"Allow","NotAction":"s3:Get*","Resource":"*"}"#, ImplicitDeny(Identity)),
        (r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#, IdentityAllow),
        (
            r#"{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::b/*"}"#,
            ImplicitDeny(Identity),
        ),
        (r#"{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::c/*"}"#, IdentityAllow),
        // A variable without a value grants nothing through NotResource, and denies through it.
        (
            r#"{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::${aws:none}"}"#,
            ImplicitDeny(Identity),
        ),
        (
            r#"{"Effect":"Deny","Action":"*","NotResource":"arn:aws:s3:::${aws:none}"}"#,
            ExplicitDeny(Identity),
        ),
    ] {
        assert_eq!(Case { identity, ..Case::default() }.reason(), want, "{identity}");
    }
}

#[test]
fn boundaries_and_session_policies_limit() {
    for (identity, boundary, session, want) in [
        (ALLOW, Some(ALLOW), None, IdentityAllow),
        (ALLOW, Some(OTHER), None, ImplicitDeny(Boundary)),
        (ALLOW, Some(DENY), None, ExplicitDeny(Boundary)),
        (OTHER, Some(ALLOW), None, ImplicitDeny(Identity)),
        (ALLOW, None, Some(ALLOW), IdentityAllow),
        (ALLOW, None, Some(OTHER), ImplicitDeny(Session)),
        (ALLOW, None, Some(DENY), ExplicitDeny(Session)),
        (OTHER, None, Some(ALLOW), ImplicitDeny(Identity)),
        (ALLOW, Some(ALLOW), Some(ALLOW), IdentityAllow),
        (ALLOW, Some(OTHER), Some(ALLOW), ImplicitDeny(Boundary)),
        (ALLOW, Some(ALLOW), Some(OTHER), ImplicitDeny(Session)),
    ] {
        let case =
            Case { principal: session_of_role(), identity, boundary, session, ..Case::default() };
        assert_eq!(case.reason(), want, "{identity} {boundary:?} {session:?}");
    }
}

fn session_of_role() -> Principal {
    super::session()
}

#[test]
fn within_an_account_the_resource_policy_may_grant() {
    let alice = r#"{"AWS":"arn:aws:iam::123456789012:user/team/alice"}"#;
    let role = r#"{"AWS":"arn:aws:iam::123456789012:role/path/builder"}"#;
    let this = r#"{"AWS":"arn:aws:sts::123456789012:assumed-role/builder/s1"}"#;
    let account = r#"{"AWS":"123456789012"}"#;
    let session = session_of_role;
    for (principal, named, boundary, session_policy, want) in [
        (user(), alice, None, None, ResourceAllow),
        // What is granted to the user itself, no implicit denial takes away.
        (user(), alice, Some(OTHER), None, ResourceAllow),
        (user(), alice, Some(DENY), None, ExplicitDeny(Boundary)),
        (user(), account, None, None, ImplicitDeny(Identity)),
        (session(), this, Some(OTHER), Some(OTHER), ResourceAllow),
        (session(), "\"*\"", Some(OTHER), Some(OTHER), ResourceAllow),
        // What is granted to the role is limited as the role is.
        (session(), role, None, None, ResourceAllow),
        (session(), role, Some(ALLOW), Some(ALLOW), ResourceAllow),
        (session(), role, Some(OTHER), None, ImplicitDeny(Boundary)),
        (session(), role, None, Some(OTHER), ImplicitDeny(Session)),
        (session(), role, None, Some(DENY), ExplicitDeny(Session)),
        (session(), alice, None, None, ImplicitDeny(Identity)),
        (
            service("s3.amazonaws.com"),
            r#"{"Service":"s3.amazonaws.com"}"#,
            None,
            None,
            ResourceAllow,
        ),
        (service("s3.amazonaws.com"), account, None, None, ImplicitDeny(Resource)),
        (Principal::Anonymous, "\"*\"", None, None, ResourceAllow),
        (Principal::Anonymous, account, None, None, ImplicitDeny(Resource)),
    ] {
        let case = Case {
            principal,
            boundary,
            session: session_policy,
            resource: Some(grant_to(named, "Allow")),
            ..Case::default()
        };
        assert_eq!(case.reason(), want, "{:?} {named} {boundary:?}", case.principal);
    }
}

#[test]
fn resource_policies_deny() {
    for principal in [user(), session_of_role(), root(ACCOUNT), Principal::Anonymous] {
        let resource =
            Some(format!("[{},{}]", grant_to("\"*\"", "Deny"), grant_to("\"*\"", "Allow")));
        let case = Case { principal, identity: ALLOW, resource, ..Case::default() };
        assert_eq!(case.reason(), ExplicitDeny(Resource), "{:?}", case.principal);
    }
}

#[test]
fn across_accounts_both_sides_must_agree() {
    let alice = r#"{"AWS":"arn:aws:iam::123456789012:user/team/alice"}"#;
    let account = r#"{"AWS":"123456789012"}"#;
    for (identity, named, boundary, want) in [
        (ALLOW, Some(alice), None, ResourceAllow),
        (ALLOW, Some(account), None, ResourceAllow),
        (ALLOW, Some("\"*\""), None, ResourceAllow),
        (ALLOW, None, None, ImplicitDeny(Resource)),
        (ALLOW, Some(r#"{"AWS":"999999999999"}"#), None, ImplicitDeny(Resource)),
        (OTHER, Some(alice), None, ImplicitDeny(Identity)),
        (OTHER, Some("\"*\""), None, ImplicitDeny(Identity)),
        (ALLOW, Some(alice), Some(OTHER), ImplicitDeny(Boundary)),
    ] {
        let case = Case {
            owner: "210987654321",
            identity,
            boundary,
            resource: named.map(|named| grant_to(named, "Allow")),
            ..Case::default()
        };
        assert_eq!(case.reason(), want, "{identity} {named:?}");
    }
}

#[test]
fn the_root_may_everything_of_its_own() {
    let denied = Case { principal: root(ACCOUNT), identity: DENY, ..Case::default() };
    assert_eq!(denied.reason(), Reason::Root);
    let foreign = |named: &str| Case {
        principal: root(ACCOUNT),
        owner: "210987654321",
        resource: Some(grant_to(named, "Allow")),
        ..Case::default()
    };
    assert_eq!(foreign(r#"{"AWS":"123456789012"}"#).reason(), ResourceAllow);
    assert_eq!(foreign(r#"{"AWS":"999999999999"}"#).reason(), ImplicitDeny(Resource));
    let unnamed = Case { principal: root(ACCOUNT), owner: "210987654321", ..Case::default() };
    assert_eq!(unnamed.reason(), ImplicitDeny(Resource));
}

#[test]
fn some_resources_grant_nothing_without_their_policy() {
    let account = r#"{"AWS":"arn:aws:iam::123456789012:root"}"#;
    let alice = r#"{"AWS":"arn:aws:iam::123456789012:user/team/alice"}"#;
    let other = r#"{"AWS":"999999999999"}"#;
    for (principal, identity, named, want) in [
        (user(), ALLOW, account, IdentityAllow),
        (user(), OTHER, account, ImplicitDeny(Identity)),
        (user(), OTHER, alice, ResourceAllow),
        (user(), ALLOW, other, ImplicitDeny(Resource)),
        (root(ACCOUNT), OTHER, account, Reason::Root),
        (root(ACCOUNT), OTHER, other, ImplicitDeny(Resource)),
    ] {
        let case = Case {
            principal,
            identity,
            resource: Some(grant_to(named, "Allow")),
            required: true,
            ..Case::default()
        };
        assert_eq!(case.reason(), want, "{:?} {named}", case.principal);
    }
}

#[test]
fn trust_policies() {
    let trust = |statements: &str| attached("trust", PolicyKind::Trust, statements);
    let decide = |principal: &Principal, own: &str, policy: &Attached, context: &Context| {
        let own = [identity(own)];
        let request = Request {
            principal,
            action: "sts:AssumeRole",
            resource: "arn:aws:iam::123456789012:role/r",
            resource_account: None,
            context,
        };
        let resource = Some(ResourcePolicy { policy, required: true });
        let set = PolicySet { identity: &own, resource, ..PolicySet::default() };
        evaluate(&request, &set).reason
    };
    let may = r#"{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}"#;
    let nothing = Context::new();
    let by_service = trust(
        r#"{"Effect":"Allow","Principal":{"Service":"codebuild.amazonaws.com"},"Action":"sts:AssumeRole"}"#,
    );
    let codebuild = service("codebuild.amazonaws.com");
    assert_eq!(decide(&codebuild, OTHER, &by_service, &nothing), ResourceAllow);
    let pipeline = service("codepipeline.amazonaws.com");
    let refused = ImplicitDeny(PolicyType::Trust);
    assert_eq!(decide(&pipeline, OTHER, &by_service, &nothing), refused);
    assert_eq!(decide(&user(), may, &by_service, &nothing), refused);
    let by_account = trust(
        r#"{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole",
            "Condition":{"StringEquals":{"sts:ExternalId":"secret"}}}"#,
    );
    let external = context(r#"{"sts:ExternalId":"secret"}"#);
    assert_eq!(decide(&user(), may, &by_account, &external), IdentityAllow);
    assert_eq!(decide(&user(), may, &by_account, &nothing), refused);
    assert_eq!(decide(&user(), OTHER, &by_account, &external), ImplicitDeny(Identity));
    let denied = trust(
        r#"[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"},
            {"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::123456789012:user/team/alice"},"Action":"sts:*"}]"#,
    );
    assert_eq!(decide(&user(), may, &denied, &nothing), ExplicitDeny(PolicyType::Trust));
    assert_eq!(decide(&super::session(), OTHER, &denied, &nothing), ResourceAllow);
}

#[test]
fn pushes_to_a_protected_branch() {
    // The policy of CodeCommit's guide that keeps juniors off the main branch.
    let own = [
        identity(r#"{"Effect":"Allow","Action":"codecommit:*","Resource":"*"}"#),
        identity(
            r#"{"Sid":"ProtectMain","Effect":"Deny","Action":["codecommit:GitPush","codecommit:DeleteBranch","codecommit:PutFile"],
            "Resource":"arn:aws:codecommit:us-east-1:123456789012:Demo",
            "Condition":{"StringEqualsIfExists":{"codecommit:References":["refs/heads/main","refs/heads/prod"]},
                         "Null":{"codecommit:References":"false"}}}"#,
        ),
    ];
    let decide = |repository: &str, reference: Option<&str>| {
        let mut context = Context::new();
        if let Some(reference) = reference {
            context.set("codecommit:References", reference);
        }
        let resource = format!("arn:aws:codecommit:us-east-1:123456789012:{repository}");
        let request = Request {
            principal: &user(),
            action: "codecommit:GitPush",
            resource: &resource,
            resource_account: None,
            context: &context,
        };
        let policies = PolicySet { identity: &own, ..PolicySet::default() };
        evaluate(&request, &policies).reason
    };
    assert_eq!(decide("Demo", Some("refs/heads/main")), ExplicitDeny(Identity));
    assert_eq!(decide("Demo", Some("refs/heads/topic")), IdentityAllow);
    // The first request of a push does not know its references yet.
    assert_eq!(decide("Demo", None), IdentityAllow);
    assert_eq!(decide("Other", Some("refs/heads/main")), IdentityAllow);
}

#[test]
fn actions_without_resources_need_a_star() {
    let context = Context::new();
    let decide = |resource: &str| {
        let own = [identity(&format!(
            r#"{{"Effect":"Allow","Action":"codecommit:ListRepositories","Resource":"{resource}"}}"#
        ))];
        let request = Request {
            principal: &user(),
            action: "codecommit:ListRepositories",
            resource: "*",
            resource_account: None,
            context: &context,
        };
        evaluate(&request, &PolicySet { identity: &own, ..PolicySet::default() }).allowed
    };
    assert!(decide("*"));
    assert!(!decide("arn:aws:codecommit:*"));
    assert!(!decide("arn:aws:codecommit:us-east-1:123456789012:*"));
}

#[test]
fn the_owner_is_read_from_the_arn() {
    let context = Context::new();
    let own = [identity(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#)];
    for (resource, allowed) in [
        ("arn:aws:codecommit:us-east-1:123456789012:R", true),
        ("arn:aws:codecommit:us-east-1:999999999999:R", false),
        ("arn:aws:s3:::b", true),
        ("*", true),
    ] {
        let request = Request {
            principal: &user(),
            action: "x:Y",
            resource,
            resource_account: None,
            context: &context,
        };
        let policies = PolicySet { identity: &own, ..PolicySet::default() };
        assert_eq!(evaluate(&request, &policies).allowed, allowed, "{resource}");
    }
}

#[test]
fn matched_statements_are_told() {
    let own = [
        attached(
            "arn:aws:iam::aws:policy/A",
            PolicyKind::Identity,
            &format!(
                r#"[{OTHER},{{"Sid":"Yes","Effect":"Allow","Action":"s3:*","Resource":"*"}}]"#
            ),
        ),
        attached("inline/B", PolicyKind::Identity, DENY),
    ];
    let bucket = attached("b", PolicyKind::Resource, &grant_to("\"*\"", "Allow"));
    let context = Context::new();
    let request = Request {
        principal: &user(),
        action: "s3:GetObject",
        resource: "arn:aws:s3:::b/k",
        resource_account: None,
        context: &context,
    };
    let resource = Some(ResourcePolicy { policy: &bucket, required: false });
    let policies = PolicySet { identity: &own, resource, ..PolicySet::default() };
    let matched = evaluate(&request, &policies).matched;
    let told: Vec<_> =
        matched.iter().map(|m| (m.policy_type, m.source, m.sid, m.effect, m.index)).collect();
    assert_eq!(
        told,
        [
            (Identity, "arn:aws:iam::aws:policy/A", Some("Yes"), Effect::Allow, 1),
            (Identity, "inline/B", None, Effect::Deny, 0),
            (Resource, "b", None, Effect::Allow, 0),
        ]
    );
}

#[test]
fn refusals_in_words() {
    let context = Context::new();
    let alice = user();
    let request = Request {
        principal: &alice,
        action: "s3:GetObject",
        resource: "arn:aws:s3:::b/k",
        resource_account: None,
        context: &context,
    };
    let what = "User: arn:aws:iam::123456789012:user/team/alice is not authorized to perform: \
                s3:GetObject on resource: arn:aws:s3:::b/k ";
    for (reason, why) in [
        (ImplicitDeny(Identity), "because no identity-based policy allows the s3:GetObject action"),
        (ImplicitDeny(Resource), "because no resource-based policy allows the s3:GetObject action"),
        (ImplicitDeny(Boundary), "because no permissions boundary allows the s3:GetObject action"),
        (ImplicitDeny(Session), "because no session policy allows the s3:GetObject action"),
        (
            ImplicitDeny(PolicyType::Trust),
            "because no role trust policy allows the s3:GetObject action",
        ),
        (ExplicitDeny(Identity), "with an explicit deny in an identity-based policy"),
        (ExplicitDeny(Resource), "with an explicit deny in a resource-based policy"),
        (ExplicitDeny(Boundary), "with an explicit deny in a permissions boundary"),
        (ExplicitDeny(Session), "with an explicit deny in a session policy"),
        (ExplicitDeny(PolicyType::Trust), "with an explicit deny in the role trust policy"),
    ] {
        assert_eq!(denial(&request, reason), format!("{what}{why}"));
    }
    let anonymous = Request { principal: &Principal::Anonymous, ..request };
    assert!(denial(&anonymous, ImplicitDeny(Resource)).starts_with("User: anonymous is not"));
}

/// Twenty statements in four policies, as a developer's user has them.
fn typical() -> Vec<Attached> {
    let services = ["codecommit", "codebuild", "codedeploy", "codepipeline", "s3", "logs", "ssm"];
    let statement = |at: usize| {
        let service = services[at % services.len()];
        format!(
            r#"{{"Effect":"Allow","Action":["{service}:Get*","{service}:List*","{service}:Describe*","{service}:BatchGet*","{service}:Put*"],
            "Resource":["arn:aws:{service}:*:123456789012:team-{at}-*","arn:aws:{service}:*:*:${{aws:username}}/*"],
            "Condition":{{"Bool":{{"aws:SecureTransport":"true"}},"StringLike":{{"aws:PrincipalTag/team":"blue*"}}}}}}"#
        )
    };
    (0..4)
        .map(|policy| {
            let list: Vec<String> = (policy * 5..policy * 5 + 5).map(statement).collect();
            identity(&format!("[{}]", list.join(",")))
        })
        .collect()
}

/// Its bound is loose, for debug builds on busy machines; the figure is what matters.
#[test]
fn a_typical_evaluation_is_quick() {
    let own = typical();
    let principal = user();
    let mut context = context(
        r#"{"aws:SecureTransport":"true","aws:PrincipalTag/team":"blue-1","aws:SourceIp":"127.0.0.1",
            "aws:CurrentTime":"2026-01-31T12:00:00Z","aws:RequestedRegion":"us-east-1"}"#,
    );
    principal.describe(&mut context);
    let request = Request {
        principal: &principal,
        action: "codebuild:BatchGetProjects",
        resource: "arn:aws:codebuild:us-east-1:123456789012:team-15-x",
        resource_account: None,
        context: &context,
    };
    let policies = PolicySet { identity: &own, ..PolicySet::default() };
    assert!(evaluate(&request, &policies).allowed);
    let (start, rounds) = (Instant::now(), 2000);
    for _ in 0..rounds {
        std::hint::black_box(evaluate(std::hint::black_box(&request), &policies));
    }
    let each = start.elapsed() / rounds;
    eprintln!("one evaluation of 20 statements: {each:?}");
    assert!(each.as_micros() < 1000, "{each:?}");
}

fn any_statement() -> impl Strategy<Value = String> {
    let effect = prop::sample::select(vec!["Allow", "Deny"]);
    let action = prop::sample::select(vec!["*", "s3:*", "s3:Get*", "s3:GetObject", "iam:*"]);
    let resource = prop::sample::select(vec!["*", "arn:aws:s3:::b/*", "arn:aws:s3:::c"]);
    (effect, action, resource, any::<bool>(), any::<bool>()).prop_map(
        |(effect, action, resource, not_action, not_resource)| {
            let (a, r) =
                (if not_action { "Not" } else { "" }, if not_resource { "Not" } else { "" });
            format!(r#"{{"Effect":"{effect}","{a}Action":"{action}","{r}Resource":"{resource}"}}"#)
        },
    )
}

fn any_policy() -> impl Strategy<Value = String> {
    prop::collection::vec(any_statement(), 1..4).prop_map(|list| format!("[{}]", list.join(",")))
}

proptest! {
    #[test]
    fn deny_always_wins(
        own in any_policy(),
        boundary in prop::option::of(any_policy()),
        session in prop::option::of(any_policy()),
        resource in prop::option::of(any_policy()),
        required in any::<bool>(),
    ) {
        let own = [identity(&own)];
        let boundary = boundary.as_deref().map(identity);
        let session = session.as_deref().map(|text| [identity(text)]);
        let resource = resource.map(|text| {
            let named = text.replace(r#""Effect""#, r#""Principal":"*","Effect""#);
            attached("bucket", PolicyKind::Resource, &named)
        });
        let context = Context::new();
        for principal in [user(), session_of_role(), root(ACCOUNT)] {
            let request = Request {
                principal: &principal,
                action: "s3:GetObject",
                resource: "arn:aws:s3:::b/k",
                resource_account: Some(ACCOUNT),
                context: &context,
            };
            let policies = PolicySet {
                identity: &own,
                boundary: boundary.as_ref(),
                session: session.as_ref().map(<[Attached; 1]>::as_slice),
                resource: resource.as_ref().map(|policy| ResourcePolicy { policy, required }),
            };
            let decision = evaluate(&request, &policies);
            let binding = decision.matched.iter().filter(|matched| {
                !matches!(principal, Principal::Root { .. })
                    || matched.policy_type == Resource
            });
            if binding.clone().any(|matched| matched.effect == Effect::Deny) {
                prop_assert!(!decision.allowed);
                prop_assert!(matches!(decision.reason, ExplicitDeny(_)));
            }
            // And nothing is allowed that no statement allows, but to the root.
            if decision.allowed && decision.reason != Reason::Root {
                prop_assert!(binding.clone().any(|matched| matched.effect == Effect::Allow));
            }
        }
    }
}
