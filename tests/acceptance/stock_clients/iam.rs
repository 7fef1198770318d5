//! IAM and STS.

use serde_json::json;

use crate::harness::{Data, Yard};

fn allow(action: &str, resource: &str) -> serde_json::Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Only", "Effect": "Allow", "Action": action, "Resource": resource}]})
}

#[test]
fn users_may_what_their_policies_say_and_refusals_can_be_decoded() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    let ann = yard.user("ann", &allow("iam:GetUser", "arn:aws:iam::*:user/ann"));
    assert_eq!(ann.aws(&["iam", "get-user", "--user-name", "ann"])["User"]["UserName"], "ann");
    let said = ann.refused("AccessDenied", &["iam", "get-user", "--user-name", "bob"]);
    assert!(said.contains("no identity-based policy allows the iam:GetUser action"), "{said}");
    let encoded = said.trim().rsplit(": ").next().unwrap();
    let decoded = root.aws(&["sts", "decode-authorization-message", "--encoded-message", encoded]);
    let message = decoded["DecodedMessage"].as_str().unwrap();
    assert!(message.contains("user/bob") && message.contains("\"allowed\":false"), "{message}");
    ann.refused(
        "AccessDenied",
        &["sts", "decode-authorization-message", "--encoded-message", encoded],
    );
}

#[test]
fn roles_are_assumed_by_those_whom_they_trust() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    let ann = yard.user("ann", &allow("sts:AssumeRole", "*"));
    let bob = yard.user("bob", &allow("sts:AssumeRole", "*"));
    let account = root.aws(&["sts", "get-caller-identity"])["Account"].as_str().unwrap().to_owned();
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{account}:user/ann")},
         "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "42"}}}]});
    root.aws(&[
        "iam",
        "create-role",
        "--role-name",
        "deployer",
        "--assume-role-policy-document",
        &trust.to_string(),
    ]);
    root.aws(&[
        "iam",
        "put-role-policy",
        "--role-name",
        "deployer",
        "--policy-name",
        "p",
        "--policy-document",
        &allow("ssm:GetParameter", "*").to_string(),
    ]);
    let arn = format!("arn:aws:iam::{account}:role/deployer");
    let assume = [
        "sts",
        "assume-role",
        "--role-arn",
        &arn,
        "--role-session-name",
        "session",
        "--external-id",
    ];
    bob.refused("AccessDenied", &[&assume[..], &["42"]].concat());
    ann.refused("AccessDenied", &[&assume[..], &["41"]].concat());
    let session = ann.aws(&[&assume[..], &["42"]].concat());
    let keys = &session["Credentials"];
    let text = |name: &str| keys[name].as_str().unwrap().to_owned();
    let deployer = ann
        .with_keys(&text("AccessKeyId"), &text("SecretAccessKey"))
        .with_token(&text("SessionToken"));
    let identity = deployer.aws(&["sts", "get-caller-identity"]);
    assert!(
        identity["Arn"].as_str().unwrap().ends_with(":assumed-role/deployer/session"),
        "{identity}"
    );
    deployer.refused("ParameterNotFound", &["ssm", "get-parameter", "--name", "none"]);
    deployer.refused("AccessDenied", &["iam", "list-users"]);
    let forged = ann.with_keys(&text("AccessKeyId"), &text("SecretAccessKey")).with_token("forged");
    forged.refused("InvalidClientTokenId", &["sts", "get-caller-identity"]);
}

#[test]
fn boundaries_and_managed_policies_hold() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    let ann = yard.user("ann", &allow("iam:GetUser", "*"));
    root.aws(&[
        "iam",
        "attach-user-policy",
        "--user-name",
        "ann",
        "--policy-arn",
        "arn:aws:iam::aws:policy/AdministratorAccess",
    ]);
    ann.aws(&["iam", "list-users"]);
    let boundary = root.aws(&[
        "iam",
        "create-policy",
        "--policy-name",
        "limit",
        "--policy-document",
        &allow("s3:*", "*").to_string(),
    ]);
    let arn = boundary["Policy"]["Arn"].as_str().unwrap();
    root.aws(&[
        "iam",
        "put-user-permissions-boundary",
        "--user-name",
        "ann",
        "--permissions-boundary",
        arn,
    ]);
    let said = ann.refused("AccessDenied", &["iam", "list-users"]);
    assert!(said.contains("no permissions boundary allows"), "{said}");
    ann.aws(&["s3api", "list-buckets"]);
    root.refused("DeleteConflict", &["iam", "delete-policy", "--policy-arn", arn]);
    root.refused(
        "MalformedPolicyDocument",
        &["iam", "create-policy", "--policy-name", "x", "--policy-document", "{}"],
    );
    root.refused("NoSuchEntity", &["iam", "get-user", "--user-name", "nobody"]);
    root.refused("EntityAlreadyExists", &["iam", "create-user", "--user-name", "ANN"]);
}
