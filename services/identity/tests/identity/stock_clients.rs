//! The stock AWS CLI and boto3.

use std::process::Command;

use crate::*;

const SCRIPT: &str = r#"
import json, boto3
from botocore.exceptions import ClientError
iam, sts = boto3.client("iam"), boto3.client("sts")
doc = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}]}
iam.create_user(UserName="bo", Tags=[{"Key": "a", "Value": "b"}])
iam.put_user_policy(UserName="bo", PolicyName="p", PolicyDocument=json.dumps(doc))
assert iam.get_user_policy(UserName="bo", PolicyName="p")["PolicyDocument"] == doc
for at in range(5):
    iam.create_user(UserName=f"u{at}")
pages = iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 2})
assert len([u for p in pages for u in p["Users"]]) == 6
trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": sts.get_caller_identity()["Account"]}, "Action": "sts:AssumeRole"}]}
role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust), MaxSessionDuration=3600)["Role"]
assert role["AssumeRolePolicyDocument"] == trust
got = iam.get_role(RoleName="r")["Role"]
assert got["AssumeRolePolicyDocument"] == trust and got["RoleLastUsed"] == {}, got
iam.attach_role_policy(RoleName="r", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
key = iam.create_access_key(UserName="bo")["AccessKey"]
iam.attach_user_policy(UserName="bo", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
bo = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"])
c = bo.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="s1")["Credentials"]
who = boto3.client("sts", aws_access_key_id=c["AccessKeyId"], aws_secret_access_key=c["SecretAccessKey"], aws_session_token=c["SessionToken"]).get_caller_identity()
assert who["Arn"].endswith(":assumed-role/r/s1"), who
cred = iam.create_service_specific_credential(UserName="bo", ServiceName="codecommit.amazonaws.com")["ServiceSpecificCredential"]
assert cred["ServicePassword"] and cred["Status"] == "Active"
try:
    iam.get_user(UserName="nobody")
    raise SystemExit("found nobody")
except iam.exceptions.NoSuchEntityException as e:
    assert e.response["ResponseMetadata"]["HTTPStatusCode"] == 404
try:
    iam.put_user_policy(UserName="bo", PolicyName="q", PolicyDocument="{")
    raise SystemExit("took a malformed policy")
except iam.exceptions.MalformedPolicyDocumentException:
    pass
summary = iam.get_account_summary()["SummaryMap"]
assert summary["Users"] == 6 and summary["Roles"] == 1, summary
policy = iam.create_policy(PolicyName="m", PolicyDocument=json.dumps(doc))["Policy"]
iam.create_policy_version(PolicyArn=policy["Arn"], PolicyDocument=json.dumps(doc), SetAsDefault=True)
assert iam.get_policy_version(PolicyArn=policy["Arn"], VersionId="v2")["PolicyVersion"]["Document"] == doc
sim = iam.simulate_principal_policy(PolicySourceArn=role["Arn"], ActionNames=["s3:GetObject"])
assert sim["EvaluationResults"][0]["EvalDecision"] == "allowed", sim
print("fine")
"#;

fn environment(command: &mut Command, iam: &Iam) {
    let root = iam.root();
    command
        .env("AWS_ENDPOINT_URL", &iam.yard.url)
        .env("AWS_ACCESS_KEY_ID", root.id)
        .env("AWS_SECRET_ACCESS_KEY", root.secret)
        .env("AWS_DEFAULT_REGION", testkit::REGION)
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
}

async fn run(mut command: Command) -> std::process::Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3() {
    let iam = Iam::start().await;
    let bin = tokio::task::spawn_blocking(testkit::venv::bin).await.unwrap();
    let mut command = Command::new(bin.join("python"));
    command.args(["-c", SCRIPT]);
    environment(&mut command, &iam);
    let output = run(command).await;
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(out.trim(), "fine", "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_aws_cli() {
    let iam = Iam::start().await;
    let bin = tokio::task::spawn_blocking(testkit::venv::bin).await.unwrap();
    for (arguments, say) in [
        (
            "sts get-caller-identity --query Arn --output text",
            format!("arn:aws:iam::{ACCOUNT}:root"),
        ),
        (
            "iam create-user --user-name cli --path /AWS/CodeDeploy/ --query User.UserName",
            "\"cli\"".into(),
        ),
        ("iam list-users --query Users[].UserName --output text", "cli".into()),
        ("iam list-attached-user-policies --user-name cli --query AttachedPolicies", "[]".into()),
        (
            "iam get-policy --policy-arn arn:aws:iam::aws:policy/AdministratorAccess --query Policy.DefaultVersionId --output text",
            "v1".into(),
        ),
    ] {
        let mut command = Command::new(bin.join("aws"));
        command.args(arguments.split(' '));
        environment(&mut command, &iam);
        let output = run(command).await;
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), say, "{arguments}: {err}");
    }
}
