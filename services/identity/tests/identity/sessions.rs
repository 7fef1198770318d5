//! STS: roles assumed by users, by roles and by services; sessions of users.

use service::SessionRequest;
use types::{ManualClock, Timestamp};

use crate::*;

fn assume<'a>(role: &'a str, session: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("RoleArn", role), ("RoleSessionName", session)]
}

const ASSUME_ALL: &str = r#"{"Effect":"Allow","Action":"sts:*","Resource":"*"}"#;

async fn role_with(iam: &Iam, name: &str, principal: &str, statements: &str) -> String {
    let arn = iam.role(name, &trusts(principal)).await;
    let document = policy(statements);
    let inline = [("RoleName", name), ("PolicyName", "own"), ("PolicyDocument", &document)];
    iam.iam("PutRolePolicy", &inline).await.ok();
    arn
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_know_who_they_are() {
    let iam = Iam::start().await;
    let who = iam.call(&iam.root(), "sts", "GetCallerIdentity", &[]).await.ok();
    assert_eq!(who.get("Arn"), format!("arn:aws:iam::{ACCOUNT}:root"));
    let keys = iam.user("alice", NOTHING).await;
    let who = iam.call(&keys, "sts", "GetCallerIdentity", &[]).await.ok();
    assert_eq!(who.get("Arn"), format!("arn:aws:iam::{ACCOUNT}:user/alice"));
    assert!(who.get("UserId").starts_with("AIDA"));
    assert_eq!(who.get("Account"), ACCOUNT);
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_assumed_where_both_sides_let() {
    let iam = Iam::start().await;
    let account = format!(r#"{{"AWS":"{ACCOUNT}"}}"#);
    let role = role_with(&iam, "lister", &account, LIST).await;
    let alice = iam.user("alice", ASSUME_ALL).await;
    let bob = iam.user("bob", NOTHING).await;
    let refused = iam.call(&bob, "sts", "AssumeRole", &assume(&role, "s1")).await;
    refused.fails(
        403,
        "AccessDenied",
        "because no identity-based policy allows the sts:AssumeRole action",
    );
    let got = iam.call(&alice, "sts", "AssumeRole", &assume(&role, "s1")).await.ok();
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/lister/s1");
    assert_eq!(got.get("Arn"), arn);
    assert!(got.get("AssumedRoleId").ends_with(":s1"));
    let keys = session(&got);
    let who = iam.call(&keys, "sts", "GetCallerIdentity", &[]).await.ok();
    assert_eq!(who.get("Arn"), arn);
    assert!(iam.may_list(&keys).await);

    // What the role may, not what the user may; and every change counts at once.
    iam.iam("DeleteRolePolicy", &[("RoleName", "lister"), ("PolicyName", "own")]).await.ok();
    assert!(!iam.may_list(&keys).await);

    // Naming the user itself needs no policy of the user's.
    let direct = format!(r#"{{"AWS":"arn:aws:iam::{ACCOUNT}:user/bob"}}"#);
    let direct = role_with(&iam, "direct", &direct, LIST).await;
    iam.call(&bob, "sts", "AssumeRole", &assume(&direct, "s1")).await.ok();
    let refused = iam.call(&alice, "sts", "AssumeRole", &assume(&direct, "s1")).await;
    refused.fails(403, "AccessDenied", "because no role trust policy allows");

    let missing = format!("arn:aws:iam::{ACCOUNT}:role/missing");
    let refused = iam.call(&alice, "sts", "AssumeRole", &assume(&missing, "s1")).await;
    refused.fails(403, "AccessDenied", "sts:AssumeRole on resource");
    let refused = iam.call(&iam.root(), "sts", "AssumeRole", &assume(&role, "s1")).await;
    refused.fails(403, "AccessDenied", "Roles may not be assumed by root accounts.");
    let user = format!("arn:aws:iam::{ACCOUNT}:user/bob");
    let refused = iam.call(&alice, "sts", "AssumeRole", &assume(&user, "s1")).await;
    refused.fails(400, "ValidationError", "is invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn tampered_and_foreign_tokens_are_refused() {
    let iam = Iam::start().await;
    let account = format!(r#"{{"AWS":"{ACCOUNT}"}}"#);
    let role = role_with(&iam, "lister", &account, LIST).await;
    let alice = iam.user("alice", ASSUME_ALL).await;
    let one = session(&iam.call(&alice, "sts", "AssumeRole", &assume(&role, "s1")).await.ok());
    let two = session(&iam.call(&alice, "sts", "AssumeRole", &assume(&role, "s2")).await.ok());
    let refused = |keys: Keys| {
        let iam = &iam;
        async move {
            let answer = iam.call(&keys, "iam", "ListUsers", &[]).await;
            answer.fails(403, "InvalidClientTokenId", "security token");
        }
    };
    refused(Keys { token: two.token.clone(), ..one.clone() }).await;
    refused(Keys { token: None, ..one.clone() }).await;
    refused(Keys { token: Some("x".repeat(200)), ..one.clone() }).await;
    refused(Keys { token: one.token.clone(), ..alice.clone() }).await;
    let mut token = one.token.clone().unwrap();
    let last = if token.ends_with('A') { "B" } else { "A" };
    token.replace_range(token.len() / 2..token.len() / 2 + 1, last);
    refused(Keys { token: Some(token), ..one.clone() }).await;
    assert!(iam.may_list(&one).await);
    // A role of the same name is another role.
    for action in ["DeleteRolePolicy", "DeleteRole"] {
        iam.iam(action, &[("RoleName", "lister"), ("PolicyName", "own")]).await.ok();
    }
    role_with(&iam, "lister", &account, LIST).await;
    refused(one).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_end() {
    let start = Timestamp::from_secs(Timestamp::parse(&now_text()).unwrap().secs());
    let clock = ManualClock::new(start);
    let iam = Iam::start_at(clock.clone()).await;
    let account = format!(r#"{{"AWS":"{ACCOUNT}"}}"#);
    let role = role_with(&iam, "lister", &account, LIST).await;
    let alice = iam.user("alice", ASSUME_ALL).await;
    let mut short = assume(&role, "s1");
    short.push(("DurationSeconds", "900"));
    let got = iam.call(&alice, "sts", "AssumeRole", &short).await.ok();
    let end = Timestamp::parse(got.get("Expiration")).unwrap();
    assert_eq!(end, start.plus_secs(900));
    let keys = session(&got);
    assert!(iam.may_list(&keys).await);
    // The test client signs with the machine's time, which may be 15 minutes off.
    clock.advance_millis(899_000);
    assert!(iam.may_list(&keys).await);
    clock.advance_millis(1_000);
    let ended = iam.call(&keys, "iam", "ListUsers", &[]).await;
    ended.fails(403, "ExpiredToken", "expired");
}

fn now_text() -> String {
    use types::Clock;
    types::SystemClock.now().iso8601()
}

#[tokio::test(flavor = "multi_thread")]
async fn durations_have_bounds() {
    let iam = Iam::start().await;
    let account = format!(r#"{{"AWS":"{ACCOUNT}"}}"#);
    let role = role_with(&iam, "first", &account, ASSUME_ALL).await;
    iam.iam("UpdateRole", &[("RoleName", "first"), ("MaxSessionDuration", "7200")]).await.ok();
    let alice = iam.user("alice", ASSUME_ALL).await;
    let with = |secs: &'static str| {
        let mut parameters = assume(&role, "s1");
        parameters.push(("DurationSeconds", secs));
        parameters
    };
    iam.call(&alice, "sts", "AssumeRole", &with("7200")).await.ok();
    let long = iam.call(&alice, "sts", "AssumeRole", &with("7201")).await;
    long.fails(400, "ValidationError", "exceeds the MaxSessionDuration set for this role.");
    let tiny = iam.call(&alice, "sts", "AssumeRole", &with("899")).await;
    tiny.fails(400, "ValidationError", "899");
    let keys = session(&iam.call(&alice, "sts", "AssumeRole", &assume(&role, "s1")).await.ok());
    iam.call(&keys, "sts", "AssumeRole", &with("3600")).await.ok();
    let chained = iam.call(&keys, "sts", "AssumeRole", &with("3601")).await;
    chained.fails(400, "ValidationError", "role chaining");
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_of_trust() {
    let iam = Iam::start().await;
    let trust = format!(
        r#"{{"Effect":"Allow","Principal":{{"AWS":"{ACCOUNT}"}},"Action":["sts:AssumeRole","sts:TagSession"],
            "Condition":{{"StringEquals":{{"sts:ExternalId":"42","aws:RequestTag/team":"blue"}}}}}}"#
    );
    let role = iam.role("guarded", &trust).await;
    let may = r#"{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*",
        "Condition":{"StringEquals":{"aws:PrincipalTag/team":"blue"}}}"#;
    let document = policy(may);
    iam.iam(
        "PutRolePolicy",
        &[("RoleName", "guarded"), ("PolicyName", "own"), ("PolicyDocument", &document)],
    )
    .await
    .ok();
    let alice = iam.user("alice", ASSUME_ALL).await;
    let mut parameters = assume(&role, "s1");
    let refused = iam.call(&alice, "sts", "AssumeRole", &parameters).await;
    refused.fails(403, "AccessDenied", "because no role trust policy allows");
    parameters.extend([
        ("ExternalId", "42"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "blue"),
        ("TransitiveTagKeys.member.1", "team"),
    ]);
    let keys = session(&iam.call(&alice, "sts", "AssumeRole", &parameters).await.ok());
    assert!(iam.may_list(&keys).await);

    // Transitive tags go on to the next session; and cannot be set anew there.
    let second = format!(
        r#"{{"Effect":"Allow","Principal":{{"AWS":"{role}"}},"Action":["sts:AssumeRole","sts:TagSession"]}}"#
    );
    let second = iam.role("second", &second).await;
    iam.iam(
        "PutRolePolicy",
        &[("RoleName", "second"), ("PolicyName", "own"), ("PolicyDocument", &document)],
    )
    .await
    .ok();
    let chained = iam.call(&keys, "sts", "AssumeRole", &assume(&second, "s2")).await.ok();
    assert!(iam.may_list(&session(&chained)).await);
    let mut again = assume(&second, "s2");
    again.extend([("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", "red")]);
    let refused = iam.call(&keys, "sts", "AssumeRole", &again).await;
    refused.fails(400, "ValidationError", "Team");
}

#[tokio::test(flavor = "multi_thread")]
async fn session_policies_narrow() {
    let iam = Iam::start().await;
    let account = format!(r#"{{"AWS":"{ACCOUNT}"}}"#);
    let role = role_with(&iam, "lister", &account, LIST).await;
    let alice = iam.user("alice", ASSUME_ALL).await;
    let with = |extra: Vec<(&'static str, String)>| {
        let (iam, role, alice) = (&iam, &role, &alice);
        async move {
            let mut parameters = assume(role, "s1");
            parameters.extend(extra.iter().map(|(name, value)| (*name, value.as_str())));
            iam.call(alice, "sts", "AssumeRole", &parameters).await
        }
    };
    let narrowed = with(vec![("Policy", policy(NOTHING))]).await.ok();
    assert!(narrowed.text.contains("PackedPolicySize"));
    let refused = iam.call(&session(&narrowed), "iam", "ListUsers", &[]).await;
    refused.fails(403, "AccessDenied", "because no session policy allows the iam:ListUsers action");
    let both = vec![
        ("Policy", policy(NOTHING)),
        ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/IAMReadOnlyAccess".to_owned()),
    ];
    assert!(iam.may_list(&session(&with(both).await.ok())).await);
    let bad = with(vec![("Policy", "{".to_owned())]).await;
    bad.fails(400, "MalformedPolicyDocument", "Syntax errors");
    let bad =
        with(vec![("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/None".to_owned())]).await;
    bad.fails(400, "ValidationError", "does not exist");
    let long = policy(&format!("[{}]", vec![LIST; 40].join(",")));
    with(vec![("Policy", long)]).await.fails(400, "PackedPolicyTooLarge", "2048");
    let mfa = with(vec![("SerialNumber", "arn:aws:iam::1:mfa/x".to_owned())]).await;
    mfa.fails(403, "AccessDenied", "must provide both");
    let padded = with(vec![("MinimumSessionTokenSize", "4096".to_owned())]).await;
    padded.fails(501, "NotImplemented", "MinimumSessionTokenSize");
}

#[tokio::test(flavor = "multi_thread")]
async fn users_get_sessions_of_their_own() {
    let iam = Iam::start().await;
    let alice = iam.user("alice", LIST).await;
    let got = iam.call(&alice, "sts", "GetSessionToken", &[]).await.ok();
    let keys = session(&got);
    assert!(keys.id.starts_with("ASIA"));
    let refused = iam.call(&keys, "iam", "ListUsers", &[]).await;
    refused.fails(403, "InvalidClientTokenId", "security token");
    let who = iam.call(&keys, "sts", "GetCallerIdentity", &[]).await.ok();
    assert_eq!(who.get("Arn"), format!("arn:aws:iam::{ACCOUNT}:user/alice"));
    let again = iam.call(&keys, "sts", "GetSessionToken", &[]).await;
    again.fails(403, "AccessDenied", "Cannot call GetSessionToken with session credentials");
    let root = iam.call(&iam.root(), "sts", "GetSessionToken", &[]).await.ok();
    let who = iam.call(&session(&root), "sts", "GetCallerIdentity", &[]).await.ok();
    assert_eq!(who.get("Arn"), format!("arn:aws:iam::{ACCOUNT}:root"));
}

#[tokio::test(flavor = "multi_thread")]
async fn services_act_as_roles_that_trust_them() {
    let iam = Iam::start().await;
    let role = role_with(&iam, "builder", r#"{"Service":"codebuild.amazonaws.com"}"#, LIST).await;
    let yard = iam.yard.yard();
    let request = |service: &str| SessionRequest {
        role_arn: role.clone(),
        service: service.to_owned(),
        session_name: "build-1".to_owned(),
        ..SessionRequest::default()
    };
    let session = yard.assume_role(&request("codebuild.amazonaws.com")).unwrap();
    assert_eq!(session.caller.arn, format!("arn:aws:sts::{ACCOUNT}:assumed-role/builder/build-1"));
    let keys = Keys {
        id: session.access_key_id,
        secret: session.secret_access_key,
        token: Some(session.session_token),
    };
    assert!(iam.may_list(&keys).await);
    let refused = yard.assume_role(&request("codepipeline.amazonaws.com")).err().unwrap();
    assert_eq!((refused.code.as_ref(), refused.status), ("AccessDenied", 403));
    let mut missing = request("codebuild.amazonaws.com");
    missing.role_arn.push('x');
    assert_eq!(yard.assume_role(&missing).err().unwrap().code, "NoSuchEntity");
    let mut narrow = request("codebuild.amazonaws.com");
    narrow.policy = Some(policy(NOTHING));
    let session = yard.assume_role(&narrow).unwrap();
    assert!(session.caller.grants.session.is_some());
    let mut bad = request("codebuild.amazonaws.com");
    bad.session_name = "a b".into();
    assert_eq!(yard.assume_role(&bad).err().unwrap().code, "ValidationError");
}

/// The guide tells this to those whose approval rules are to hold.
#[tokio::test(flavor = "multi_thread")]
async fn session_names_can_be_bound_to_users() {
    let iam = Iam::start().await;
    let trust = format!(
        r#"{{"Effect":"Allow","Action":"sts:AssumeRole",
            "Principal":{{"AWS":"arn:aws:iam::{ACCOUNT}:root"}},
            "Condition":{{"StringEquals":{{"sts:RoleSessionName":"${{aws:username}}"}}}}}}"#
    );
    let role = iam.role("developers", &trust).await;
    let alice = iam.user("alice", ASSUME_ALL).await;
    iam.call(&alice, "sts", "AssumeRole", &assume(&role, "alice")).await.ok();
    let refused = iam.call(&alice, "sts", "AssumeRole", &assume(&role, "bob")).await;
    refused.fails(403, "AccessDenied", "because no role trust policy allows");
}
