//! What is no policy, and how IAM says so.

use proptest::prelude::*;

use super::*;

fn refusal(kind: PolicyKind, text: &str) -> String {
    match Policy::parse(kind, text) {
        Ok(_) => panic!("{text} was taken"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn documents_that_are_none() {
    for (text, say) in [
        ("", "Syntax errors in policy."),
        ("[]", "Syntax errors in policy. (a policy must be a JSON object)"),
        ("{", "Syntax errors in policy."),
        ("{}", "Missing required field Statement"),
        (r#"{"Statement":[]}"#, "Syntax errors in policy. (Statement must not be empty)"),
        (r#"{"Statement":"x"}"#, "Syntax errors in policy. (Statement must be"),
        (r#"{"Statement":["x"]}"#, "Syntax errors in policy. (a statement must be an object)"),
        (
            r#"{"Version":"2012-10-18","Statement":{}}"#,
            "Policy document must be version 2012-10-17",
        ),
        (r#"{"Version":2012,"Statement":{}}"#, "Policy document must be version 2012-10-17"),
        (r#"{"Id":1,"Statement":{}}"#, "Syntax errors in policy. (Id must be a string)"),
        (
            r#"{"Statement":{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}}"#,
            "Syntax errors in policy. (an element is there twice)",
        ),
        (r#"{"Statements":[]}"#, "Syntax errors in policy. (a policy has no element"),
    ] {
        let said = refusal(PolicyKind::Identity, text);
        assert!(said.starts_with(say), "{text}: {said}");
    }
    let deep = format!("{}1{}", r#"{"Statement":"#.repeat(200), "}".repeat(200));
    assert!(refusal(PolicyKind::Identity, &deep).starts_with("Syntax errors"));
}

#[test]
fn identity_statements() {
    let prefaced = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
    for (statement, want) in [
        (r#""Effect":"Allow","Action":"s3:*","Resource":"*""#, None),
        (r#""Effect":"Deny","NotAction":["s3:Get?"],"NotResource":["arn:aws:s3:::b"]"#, None),
        (r#""Effect":"Allow","Action":"*","Resource":"*","Sid":"""#, None),
        (r#""Effect":"Allow","Action":"*:*","Resource":"arn:aws:s3""#, None),
        (
            r#""Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a\":\\":""#,
            Some("Syntax errors"),
        ),
        (r#""Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a\":\\:""#, None),
        (r#""Action":"*","Resource":"*""#, Some("Missing required field Effect")),
        (r#""Effect":"allow","Action":"*","Resource":"*""#, Some("Invalid effect: allow")),
        (r#""Effect":1,"Action":"*","Resource":"*""#, Some("Effect must be Allow or Deny")),
        (r#""Effect":"Allow","Resource":"*""#, Some("Policy statement must contain actions.")),
        (r#""Effect":"Allow","Action":[],"Resource":"*""#, Some("must contain actions.")),
        (r#""Effect":"Allow","Action":[1],"Resource":"*""#, Some("a string or a list of strings")),
        (r#""Effect":"Allow","Action":{},"Resource":"*""#, Some("a string or a list of strings")),
        (r#""Effect":"Allow","Action":"s3","Resource":"*""#, Some(prefaced)),
        (r#""Effect":"Allow","Action":":Get","Resource":"*""#, Some(prefaced)),
        (r#""Effect":"Allow","Action":"s3:","Resource":"*""#, Some(prefaced)),
        (
            r#""Effect":"Allow","Action":"s3:a:b","Resource":"*""#,
            Some("can contain only one colon."),
        ),
        (r#""Effect":"Allow","Action":"s*:a","Resource":"*""#, Some("Vendor s* is not valid")),
        (r#""Effect":"Allow","Action":"s3:a b","Resource":"*""#, Some("is no action")),
        (
            r#""Effect":"Allow","Action":"a:b","NotAction":"a:b","Resource":"*""#,
            Some("exclude each other"),
        ),
        (r#""Effect":"Allow","Action":"a:b""#, Some("Policy statement must contain resources.")),
        (r#""Effect":"Allow","Action":"a:b","Resource":[]"#, Some("must contain resources.")),
        (
            r#""Effect":"Allow","Action":"a:b","Resource":"bucket""#,
            Some(r#"Resource bucket must be in ARN format or "*"."#),
        ),
        (
            r#""Effect":"Allow","Action":"a:b","Resource":"arn:moon:s3:::b""#,
            Some(r#"Partition "moon" is not valid for resource "arn:moon:s3:::b"."#),
        ),
        (
            r#""Effect":"Allow","Action":"a:b","Resource":"arn:aws""#,
            Some("Resource vendor must be fully qualified"),
        ),
        (
            r#""Effect":"Allow","Action":"a:b","Resource":"arn:aws::x""#,
            Some("Resource vendor must be fully qualified"),
        ),
        (
            r#""Effect":"Allow","Action":"a:b","Resource":"arn:aws:s3:::${aws:x""#,
            Some("malformed policy variable"),
        ),
        (
            r#""Effect":"Allow","Action":"a:b","Resource":"*","NotResource":"*""#,
            Some("exclude each other"),
        ),
        (
            r#""Effect":"Allow","Action":"a:b","Resource":"*","Principal":"*""#,
            Some("Policy document should not specify a principal."),
        ),
        (
            r#""Effect":"Allow","Action":"a:b","Resource":"*","NotPrincipal":"*""#,
            Some("should not specify a principal."),
        ),
        (
            r#""Effect":"Allow","Action":"a:b","Resource":"*","Sid":"a b""#,
            Some("Statement IDs (SID) must be alpha-numeric."),
        ),
        (r#""Effect":"Allow","Action":"a:b","Resource":"*","Sid":1"#, Some("Sid must be a string")),
        (
            r#""Effect":"Allow","Action":"a:b","Resource":"*","Conditions":{}"#,
            Some(r#"a statement has no element "Conditions""#),
        ),
        (
            r#""Effect":"Allow","Action":"a:b","Resource":"*","Condition":[]"#,
            Some("Condition must be an object"),
        ),
        (
            r#""Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"StringIs":{"a:b":"c"}}"#,
            Some("Invalid Condition type : StringIs"),
        ),
        (
            r#""Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"Bool":"x"}"#,
            Some("Bool must be an object"),
        ),
        (
            r#""Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"Bool":{"x":"true"}}"#,
            Some(prefaced),
        ),
        (
            r#""Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"Bool":{"a:x":{}}}"#,
            Some("a value or a list of values"),
        ),
    ] {
        let text = document(&format!("{{{statement}}}"));
        match want {
            None => assert!(Policy::parse(PolicyKind::Identity, &text).is_ok(), "{text}"),
            Some(say) => {
                let said = refusal(PolicyKind::Identity, &text);
                assert!(said.contains(say), "{text}: {said}");
            }
        }
    }
}

#[test]
fn statement_ids_are_unique() {
    let one = r#"{"Sid":"A","Effect":"Allow","Action":"*","Resource":"*"}"#;
    let said = refusal(PolicyKind::Identity, &document(&format!("[{one},{one}]")));
    assert_eq!(said, "Statement IDs (SID) in a single policy must be unique.");
}

#[test]
fn old_versions_have_no_variables() {
    let text = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${x"}}"#;
    assert!(Policy::parse(PolicyKind::Identity, text).is_ok());
    let dated = text.replacen('{', r#"{"Version":"2008-10-17","#, 1);
    assert!(Policy::parse(PolicyKind::Identity, &dated).is_ok());
}

#[test]
fn operators_refuse_values_that_they_cannot_compare() {
    for (operator, good, bad) in [
        ("NumericEquals", r#"["1", 2, "-3.5", "1e3"]"#, r#""one""#),
        ("NumericLessThan", r#""170141183460469231731687303715884105727""#, r#""inf""#),
        ("DateEquals", r#"["2026-01-31T12:00:00Z", "2026-01-31", 1769860800]"#, r#""soon""#),
        ("Bool", r#"[true, "False"]"#, r#""yes""#),
        ("Null", r#""true""#, r#""""#),
        ("BinaryEquals", r#""aGk=""#, r#""a""#),
        ("IpAddress", r#"["10.0.0.0/8", "::1", "2001:db8::/32"]"#, r#""10.0.0.0/33""#),
        ("IpAddress", r#""0.0.0.0/0""#, r#""10.0.0/8""#),
        ("NotIpAddress", r#""1.2.3.4""#, r#""1.2.3.4/+8""#),
        ("ForAnyValue:StringLike", r#""*""#, r#""${aws:x""#),
        ("ArnLike", r#""arn:aws:s3:::*""#, r#""${}""#),
    ] {
        let text = |values: &str| {
            document(&format!(
                r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"{operator}":{{"a:b":{values}}}}}}}"#
            ))
        };
        assert!(Policy::parse(PolicyKind::Identity, &text(good)).is_ok(), "{operator} {good}");
        let said = refusal(PolicyKind::Identity, &text(bad));
        assert!(said.contains("cannot be compared to"), "{operator} {bad}: {said}");
    }
    for name in ["NullIfExists", "ForAnyValue:Null", "ForAll:Bool", "IfExists", "", "Bool "] {
        let text = document(&format!(
            r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"{name}":{{"a:b":"true"}}}}}}"#
        ));
        let said = refusal(PolicyKind::Identity, &text);
        assert_eq!(said, format!("Invalid Condition type : {name}"));
    }
}

#[test]
fn principals() {
    for (principal, good) in [
        (r#""*""#, true),
        (r#"{"AWS":"*"}"#, true),
        (r#"{"AWS":["123456789012","arn:aws:iam::123456789012:root"]}"#, true),
        (r#"{"AWS":"arn:aws:iam::123456789012:user/a/b"}"#, true),
        (r#"{"AWS":"arn:aws:iam::123456789012:role/r"}"#, true),
        (r#"{"AWS":"arn:aws:sts::123456789012:assumed-role/r/s"}"#, true),
        (r#"{"AWS":"arn:aws:sts::123456789012:federated-user/x"}"#, true),
        (r#"{"AWS":"AIDAJQABLZS4A3QDU576Q"}"#, true),
        (r#"{"Service":["codebuild.amazonaws.com","*"]}"#, true),
        (r#"{"Federated":"accounts.google.com"}"#, true),
        (r#"{"Federated":"arn:aws:iam::123456789012:saml-provider/p"}"#, true),
        (
            r#"{"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}"#,
            true,
        ),
        (r#""alice""#, false),
        (r#""123456789012""#, false),
        ("{}", false),
        ("[]", false),
        (r#"{"AWS":[]}"#, false),
        (r#"{"AWS":"12345678901"}"#, false),
        (r#"{"AWS":"arn:aws:iam::123456789012:user/*"}"#, false),
        (r#"{"AWS":"arn:aws:iam::*:root"}"#, false),
        (r#"{"AWS":"arn:aws:iam::123456789012:group/g"}"#, false),
        (r#"{"AWS":"arn:aws:iam::123456789012:user/"}"#, false),
        (r#"{"AWS":"arn:aws:s3:::bucket"}"#, false),
        (r#"{"AWS":"arn:aws:iam:us-east-1:123456789012:user/a"}"#, false),
        (r#"{"Service":"codebuild"}"#, false),
        (r#"{"Service":"codebuild.example.com"}"#, false),
        (r#"{"Federated":""}"#, false),
        (r#"{"CanonicalUser":"x"}"#, false),
        (r#"{"Everyone":"*"}"#, false),
    ] {
        let text = document(&format!(
            r#"{{"Effect":"Allow","Principal":{principal},"Action":"s3:*","Resource":"*"}}"#
        ));
        let parsed = Policy::parse(PolicyKind::Resource, &text);
        assert_eq!(parsed.is_ok(), good, "{principal}: {:?}", parsed.err());
    }
    let text = document(
        r#"{"Effect":"Allow","Principal":{"AWS":"nobody"},"Action":"s3:*","Resource":"*"}"#,
    );
    let said = refusal(PolicyKind::Resource, &text);
    assert_eq!(said, r#"Invalid principal in policy: "AWS":"nobody""#);
    let policy = attached(
        "",
        PolicyKind::Resource,
        r#"[{"Effect":"Allow","Principal":{"AWS":["123456789012","*"],"Service":"s3.amazonaws.com"},"Action":"s3:*","Resource":"*"},
            {"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::123456789012:user/a"},"Action":"s3:*","Resource":"*"}]"#,
    );
    let names: Vec<&str> = policy.policy.aws_principals().collect();
    assert_eq!(names, ["123456789012", "arn:aws:iam::123456789012:user/a"]);
}

#[test]
fn resource_policies_name_principals_and_resources() {
    let kind = PolicyKind::Resource;
    let text = document(r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#);
    assert_eq!(refusal(kind, &text), "Missing required field Principal");
    let text = document(r#"{"Effect":"Allow","Principal":"*","Action":"s3:*"}"#);
    assert_eq!(refusal(kind, &text), "Policy statement must contain resources.");
    let text = document(
        r#"{"Sid":"a sid, with more","Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}"#,
    );
    assert!(Policy::parse(kind, &text).is_ok());
}

#[test]
fn trust_policies_name_principals_and_sts_actions() {
    let kind = PolicyKind::Trust;
    let trust = |rest: &str| document(&format!(r#"{{"Effect":"Allow",{rest}}}"#));
    let good = r#""Principal":{"Service":"codebuild.amazonaws.com"},"Action":"sts:AssumeRole""#;
    assert!(Policy::parse(kind, &trust(good)).is_ok());
    assert!(Policy::parse(kind, &trust(&good.replace("AssumeRole", "*"))).is_ok());
    let tagged = good.replace(r#""sts:AssumeRole""#, r#"["sts:AssumeRole","sts:TagSession"]"#);
    assert!(Policy::parse(kind, &trust(&tagged)).is_ok());
    for (rest, say) in [
        (good.replace("Principal", "NotPrincipal"), "Allow with NotPrincipal is not allowed."),
        (good.replace("sts:", "s3:"), "AssumeRole policy may only specify STS AssumeRole actions."),
        (good.replace("sts:AssumeRole", "*"), "AssumeRole policy may only specify STS"),
        (good.replace(r#""Action"#, r#""NotAction"#), "AssumeRole policy may only specify STS"),
        (format!(r#"{good},"Resource":"*""#), "Has prohibited field Resource."),
        (r#""Action":"sts:AssumeRole""#.to_owned(), "Missing required field Principal"),
    ] {
        let said = refusal(kind, &trust(&rest));
        assert!(said.starts_with(say), "{rest}: {said}");
    }
}

/// Texts that are nearly policies: the pieces of real ones, put together at random.
fn nearly_json() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"Statement\"",
        "\"Effect\"",
        "\"Allow\"",
        "\"Action\"",
        "\"*\"",
        "\"s3:*\"",
        "\"Resource\"",
        "\"Condition\"",
        "\"Principal\"",
        "\"AWS\"",
        "\"StringLike\"",
        "\"aws:x\"",
        "\"${aws:x}\"",
        "\"${\"",
        "\"\"",
        "1",
        "null",
        "true",
        "\"arn:aws:s3:::b\"",
        "\"ForAnyValue:\"",
        "\"IfExists\"",
        "\"é\"",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn parsing_never_panics(text in prop_oneof![nearly_json(), Just(String::new()), ".*"]) {
        for kind in [PolicyKind::Identity, PolicyKind::Resource, PolicyKind::Trust] {
            let _ = Policy::parse(kind, &text);
        }
    }

    #[test]
    fn statements_never_panic(
        name in ".{0,12}|(ForAnyValue:|ForAllValues:)?(Bool|Null|ArnLike|IpAddress)(IfExists)?",
        key in ".{0,6}:?.{0,6}",
        value in ".{0,16}",
        action in "[a-z*?]{0,4}:?[A-Za-z*?]{0,6}",
    ) {
        let document = serde_json::json!({
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Deny", "Action": action, "Resource": ["*", format!("arn:aws:s3{value}")],
                "Condition": { name: { key.clone(): [value.clone()] } },
            },
        });
        if let Ok(policy) = Policy::from_value(PolicyKind::Identity, &document) {
            let attached = [Attached { source: "p".into(), policy: Arc::new(policy) }];
            let mut context = Context::new();
            context.set(key, value);
            let policies = PolicySet { identity: &attached, ..PolicySet::default() };
            let request = Request {
                principal: &user(), action: "s3:Get", resource: "arn:aws:s3:::b",
                resource_account: None, context: &context,
            };
            let _ = evaluate(&request, &policies);
        }
    }
}
