//! Whom a resource policy takes in.

use super::*;

fn allowed(principal: &Principal, element: &str, effect: &str) -> bool {
    let mut statements = format!(
        r#"{{"Effect":"{effect}",{element},"Action":"s3:*","Resource":"arn:aws:s3:::b/*"}}"#
    );
    if effect == "Deny" {
        statements = format!(
            r#"[{{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}},{statements}]"#
        );
    }
    let policy = attached("bucket", PolicyKind::Resource, &statements);
    let context = Context::new();
    let request = Request {
        principal,
        action: "s3:GetObject",
        resource: "arn:aws:s3:::b/k",
        resource_account: Some(ACCOUNT),
        context: &context,
    };
    let resource = Some(ResourcePolicy { policy: &policy, required: false });
    evaluate(&request, &PolicySet { resource, ..PolicySet::default() }).allowed
}

fn federated_user() -> Principal {
    Principal::FederatedUser {
        arn: format!("arn:aws:sts::{ACCOUNT}:federated-user/bob"),
        user_arn: format!("arn:aws:iam::{ACCOUNT}:user/issuer"),
        id: format!("{ACCOUNT}:bob"),
    }
}

#[test]
fn named_principals() {
    for (principal, element, want) in [
        (user(), r#""*""#, true),
        (user(), r#"{"AWS":"*"}"#, true),
        (user(), r#"{"AWS":"arn:aws:iam::123456789012:user/team/alice"}"#, true),
        (user(), r#"{"AWS":"AIDAALICEAAAAAAAAAAAA"}"#, false),
        (user(), r#"{"AWS":"arn:aws:iam::123456789012:user/alice"}"#, false),
        (user(), r#"{"AWS":"arn:aws:iam::123456789012:user/team/Alice"}"#, false),
        // Naming the account leaves it to the account's own policies; there are none.
        (user(), r#"{"AWS":"123456789012"}"#, false),
        (user(), r#"{"AWS":"arn:aws:iam::123456789012:root"}"#, false),
        (user(), r#"{"Service":"*"}"#, false),
        (session(), r#"{"AWS":"arn:aws:sts::123456789012:assumed-role/builder/s1"}"#, true),
        (session(), r#"{"AWS":"arn:aws:sts::123456789012:assumed-role/builder/s2"}"#, false),
        (session(), r#"{"AWS":"arn:aws:iam::123456789012:role/path/builder"}"#, true),
        (session(), r#"{"AWS":"arn:aws:iam::123456789012:role/builder"}"#, false),
        (federated_user(), r#"{"AWS":"arn:aws:sts::123456789012:federated-user/bob"}"#, true),
        (federated_user(), r#"{"AWS":"arn:aws:iam::123456789012:user/issuer"}"#, true),
        (federated_user(), r#"{"AWS":"arn:aws:iam::123456789012:user/other"}"#, false),
        (service("events.amazonaws.com"), r#"{"Service":"events.amazonaws.com"}"#, true),
        (service("events.amazonaws.com"), r#"{"Service":"*"}"#, true),
        (service("events.amazonaws.com"), r#"{"Service":"s3.amazonaws.com"}"#, false),
        (service("events.amazonaws.com"), r#""*""#, true),
        (Principal::Anonymous, r#""*""#, true),
        (Principal::Anonymous, r#"{"AWS":"123456789012"}"#, false),
        (
            Principal::Federated { provider: "idp.example".into() },
            r#"{"Federated":"idp.example"}"#,
            true,
        ),
        (
            Principal::Federated { provider: "idp.example".into() },
            r#"{"Federated":"other"}"#,
            false,
        ),
    ] {
        let element = format!(r#""Principal":{element}"#);
        assert_eq!(allowed(&principal, &element, "Allow"), want, "{principal:?} {element}");
    }
}

#[test]
fn unique_ids_name_users_and_roles() {
    let id = "AIDAJQABLZS4A3QDU576Q";
    let element = format!(r#""Principal":{{"AWS":"{id}"}}"#);
    let principal =
        Principal::User { arn: "arn:aws:iam::123456789012:user/x".into(), id: id.into() };
    assert!(allowed(&principal, &element, "Allow"));
    let principal = Principal::Session {
        arn: "arn:aws:sts::123456789012:assumed-role/r/s".into(),
        role_arn: "arn:aws:iam::123456789012:role/r".into(),
        id: "AROAJQABLZS4A3QDU576Q:s".into(),
    };
    let element = element.replace("AIDA", "AROA");
    assert!(allowed(&principal, &element, "Allow"));
}

#[test]
fn denials_by_account_reach_everyone_in_it() {
    for principal in [user(), session(), federated_user(), root(ACCOUNT)] {
        assert!(!allowed(&principal, r#""Principal":{"AWS":"123456789012"}"#, "Deny"));
        assert!(allowed(&principal, r#""Principal":{"AWS":"000000000000"}"#, "Deny"));
    }
    assert!(!allowed(
        &session(),
        r#""Principal":{"AWS":"arn:aws:iam::123456789012:role/path/builder"}"#,
        "Deny"
    ));
}

#[test]
fn exceptions_from_a_denial_list_everything_above_the_caller() {
    let account = "arn:aws:iam::123456789012:root";
    let alice = "arn:aws:iam::123456789012:user/team/alice";
    let role = "arn:aws:iam::123456789012:role/path/builder";
    let this_session = "arn:aws:sts::123456789012:assumed-role/builder/s1";
    let list = |names: &[&str]| format!(r#""NotPrincipal":{{"AWS":{names:?}}}"#);
    for (principal, names, want) in [
        (user(), vec![alice, account], true),
        (user(), vec![alice], false),
        (user(), vec![account], false),
        (session(), vec![this_session, role, account], true),
        (session(), vec![role, account], false),
        (session(), vec![this_session, account], false),
        (root(ACCOUNT), vec![account], true),
        (root(ACCOUNT), vec![alice], false),
        (service("events.amazonaws.com"), vec![account], false),
    ] {
        assert_eq!(allowed(&principal, &list(&names), "Deny"), want, "{principal:?} {names:?}");
    }
    // An Allow leaves out whoever is listed in any way.
    assert!(!allowed(&user(), &list(&[alice]), "Allow"));
    assert!(!allowed(&user(), &list(&[account]), "Allow"));
    assert!(allowed(&user(), &list(&["arn:aws:iam::123456789012:user/other"]), "Allow"));
}

#[test]
fn callers_describe_themselves() {
    let described = |principal: &Principal| {
        let mut context = Context::new();
        principal.describe(&mut context);
        let mut pairs: Vec<String> =
            context.iter().map(|(key, values)| format!("{key}={}", values.join(","))).collect();
        pairs.sort();
        pairs.join(" ")
    };
    assert_eq!(
        described(&user()),
        "aws:PrincipalAccount=123456789012 \
         aws:PrincipalArn=arn:aws:iam::123456789012:user/team/alice \
         aws:PrincipalIsAWSService=false aws:PrincipalType=User aws:userid=AIDAALICE \
         aws:username=alice"
    );
    assert_eq!(
        described(&session()),
        "aws:PrincipalAccount=123456789012 \
         aws:PrincipalArn=arn:aws:iam::123456789012:role/path/builder \
         aws:PrincipalIsAWSService=false aws:PrincipalType=AssumedRole aws:userid=AROABUILDER:s1"
    );
    assert_eq!(
        described(&root(ACCOUNT)),
        "aws:PrincipalAccount=123456789012 aws:PrincipalArn=arn:aws:iam::123456789012:root \
         aws:PrincipalIsAWSService=false aws:PrincipalType=Account aws:userid=123456789012"
    );
    assert_eq!(
        described(&service("events.amazonaws.com")),
        "aws:PrincipalIsAWSService=true aws:PrincipalServiceName=events.amazonaws.com"
    );
    assert_eq!(
        described(&Principal::Anonymous),
        "aws:PrincipalIsAWSService=false aws:PrincipalType=Anonymous"
    );
}
