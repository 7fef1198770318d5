//! Who may do what: authorization, its messages, PassRole to nobody, and what is lacking.

use crate::*;

#[tokio::test(flavor = "multi_thread")]
async fn refusals_can_be_decoded() {
    let iam = Iam::start().await;
    let statements = r#"[{"Sid":"NoRoles","Effect":"Deny","Action":"iam:ListRoles","Resource":"*"},
        {"Effect":"Allow","Action":["iam:*","sts:DecodeAuthorizationMessage"],"Resource":"*"}]"#;
    let keys = iam.user("alice", statements).await;
    let refused = iam.call(&keys, "iam", "ListRoles", &[]).await;
    let refused = refused.fails(
        403,
        "AccessDenied",
        &format!(
            "User: arn:aws:iam::{ACCOUNT}:user/alice is not authorized to perform: iam:ListRoles \
             on resource: * with an explicit deny in an identity-based policy"
        ),
    );
    let message = refused.get("Message").split("message: ").nth(1).unwrap();
    let encoded = [("EncodedMessage", message)];
    let decoded = iam.call(&keys, "sts", "DecodeAuthorizationMessage", &encoded).await.ok();
    let text = decoded.get("DecodedMessage").replace("&quot;", "\"");
    for part in ["\"explicitDeny\":true", "NoRoles", "iam:ListRoles", ":user/alice"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let other = iam.user("bob", LIST).await;
    let denied = iam.call(&other, "sts", "DecodeAuthorizationMessage", &encoded).await;
    denied.fails(403, "AccessDenied", "sts:DecodeAuthorizationMessage");
    let forged = [("EncodedMessage", "bm90aGluZw")];
    let refused = iam.call(&keys, "sts", "DecodeAuthorizationMessage", &forged).await;
    refused.fails(400, "InvalidAuthorizationMessageException", "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_decide() {
    let iam = Iam::start().await;
    let statements = r#"[{"Effect":"Allow","Action":"iam:DeleteUser","Resource":"*",
          "Condition":{"StringEquals":{"iam:ResourceTag/owner":"${aws:PrincipalTag/team}"}}},
        {"Effect":"Allow","Action":"iam:TagUser","Resource":"*",
          "Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["owner"]}}}]"#;
    let keys = iam.user("alice", statements).await;
    iam.iam("CreateUser", &[("UserName", "x")]).await.ok();
    let tag = |user: &'static str, key: &'static str| {
        vec![("UserName", user), ("Tags.member.1.Key", key), ("Tags.member.1.Value", "blue")]
    };
    let delete = [("UserName", "x")];
    iam.call(&keys, "iam", "DeleteUser", &delete).await.fails(403, "AccessDenied", "user/x");
    let refused = iam.call(&keys, "iam", "TagUser", &tag("x", "cost")).await;
    refused.fails(403, "AccessDenied", "iam:TagUser");
    iam.call(&keys, "iam", "TagUser", &tag("x", "owner")).await.ok();
    iam.call(&keys, "iam", "DeleteUser", &delete).await.fails(403, "AccessDenied", "user/x");
    iam.iam("TagUser", &tag("alice", "team")).await.ok();
    iam.call(&keys, "iam", "DeleteUser", &delete).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_lacking_is_refused_by_name() {
    let iam = Iam::start().await;
    for (service, action) in [("iam", "CreateInstanceProfile"), ("sts", "GetFederationToken")] {
        let refused = iam.call(&iam.root(), service, action, &[]).await;
        refused.fails(501, "NotImplemented", action);
    }
    let unknown = iam.iam("DoNothing", &[]).await;
    unknown.fails(400, "InvalidAction", "DoNothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_of_aws_is_built_or_refused_by_name() {
    let script = "import botocore.loaders, json
print(json.dumps({s: list(botocore.loaders.Loader().load_service_model(s, 'service-2')['operations']) for s in ('iam', 'sts')}))";
    let output = std::process::Command::new("python3").args(["-c", script]).output();
    let Some(output) = output.ok().filter(|output| output.status.success()) else {
        eprintln!("skipped: python3 with botocore is not installed");
        return;
    };
    let known: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let services = codeyard_svc_identity::services();
    for (service, names) in known.as_object().unwrap() {
        let service = services.iter().find(|it| it.name == service).unwrap();
        for name in names.as_array().unwrap() {
            let name = name.as_str().unwrap();
            assert!(service.find(name).is_some(), "{}:{name}", service.name);
        }
    }
}
