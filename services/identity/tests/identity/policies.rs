//! Inline and managed policies, boundaries, versions, the simulator.

use crate::*;

const READ_ONLY: &str = "arn:aws:iam::aws:policy/IAMReadOnlyAccess";

#[tokio::test(flavor = "multi_thread")]
async fn inline_policies() {
    let iam = Iam::start().await;
    iam.iam("CreateUser", &[("UserName", "alice")]).await.ok();
    let user = ("UserName", "alice");
    let name = ("PolicyName", "p");
    for (document, code, say) in [
        ("{", "MalformedPolicyDocument", "Syntax errors in policy."),
        (
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"x","Resource":"*"}]}"#,
            "MalformedPolicyDocument",
            "prefaced by a vendor",
        ),
    ] {
        let refused = iam.iam("PutUserPolicy", &[user, name, ("PolicyDocument", document)]).await;
        refused.fails(400, code, say);
    }
    let document = policy(LIST);
    iam.iam("PutUserPolicy", &[user, name, ("PolicyDocument", &document)]).await.ok();
    let got = iam.iam("GetUserPolicy", &[user, name]).await.ok();
    assert_eq!(wire::uri::decode(got.get("PolicyDocument"), false).unwrap(), document);
    let listed = iam.iam("ListUserPolicies", &[user]).await.ok();
    assert_eq!(listed.all("member"), ["p"]);
    let long = policy(&format!("[{}]", vec![LIST; 40].join(",")));
    let refused =
        iam.iam("PutUserPolicy", &[user, ("PolicyName", "q"), ("PolicyDocument", &long)]).await;
    refused.fails(
        409,
        "LimitExceeded",
        "Maximum policy size of 2048 bytes exceeded for user alice",
    );
    let kept = iam.iam("DeleteUser", &[user]).await;
    kept.fails(409, "DeleteConflict", "must delete policies first");
    iam.iam("DeleteUserPolicy", &[user, name]).await.ok();
    let gone = iam.iam("GetUserPolicy", &[user, name]).await;
    gone.fails(404, "NoSuchEntity", "The user policy with name p cannot be found.");
}

#[tokio::test(flavor = "multi_thread")]
async fn managed_policies_and_versions() {
    let iam = Iam::start().await;
    let document = policy(LIST);
    let create = [
        ("PolicyName", "lister"),
        ("Path", "/p/"),
        ("PolicyDocument", &document),
        ("Description", "d"),
    ];
    let made = iam.iam("CreatePolicy", &create).await.ok();
    let arn = made.get("Arn");
    assert_eq!(arn, format!("arn:aws:iam::{ACCOUNT}:policy/p/lister"));
    iam.iam("CreatePolicy", &create).await.fails(
        409,
        "EntityAlreadyExists",
        "A policy called lister already exists.",
    );

    let keys = iam.user("alice", NOTHING).await;
    let attach = [("UserName", "alice"), ("PolicyArn", arn)];
    iam.iam("AttachUserPolicy", &attach).await.ok();
    iam.iam("AttachUserPolicy", &attach).await.ok();
    assert!(iam.may_list(&keys).await);
    let got = iam.iam("GetPolicy", &[("PolicyArn", arn)]).await.ok();
    assert_eq!((got.get("AttachmentCount"), got.get("DefaultVersionId")), ("1", "v1"));
    let entities = iam.iam("ListEntitiesForPolicy", &[("PolicyArn", arn)]).await.ok();
    assert_eq!(entities.all("UserName"), ["alice"]);
    let attached = iam.iam("ListAttachedUserPolicies", &[("UserName", "alice")]).await.ok();
    assert_eq!(attached.all("PolicyName"), ["lister"]);

    // A new version counts once it is the default.
    let nothing = policy(NOTHING);
    let version = [("PolicyArn", arn), ("PolicyDocument", nothing.as_str())];
    iam.iam("CreatePolicyVersion", &version).await.ok();
    assert!(iam.may_list(&keys).await);
    iam.iam("SetDefaultPolicyVersion", &[("PolicyArn", arn), ("VersionId", "v2")]).await.ok();
    assert!(!iam.may_list(&keys).await);
    let default = iam.iam("DeletePolicyVersion", &[("PolicyArn", arn), ("VersionId", "v2")]).await;
    default.fails(409, "DeleteConflict", "Cannot delete the default version of a policy.");
    for _ in 0..3 {
        iam.iam("CreatePolicyVersion", &version).await.ok();
    }
    let sixth = iam.iam("CreatePolicyVersion", &version).await;
    sixth.fails(409, "LimitExceeded", "up to 5 versions");
    let versions = iam.iam("ListPolicyVersions", &[("PolicyArn", arn)]).await.ok();
    assert_eq!(versions.all("VersionId"), ["v5", "v4", "v3", "v2", "v1"]);
    let got = iam.iam("GetPolicyVersion", &[("PolicyArn", arn), ("VersionId", "v1")]).await.ok();
    assert_eq!(wire::uri::decode(got.get("Document"), false).unwrap(), document);

    let used = iam.iam("DeletePolicy", &[("PolicyArn", arn)]).await;
    used.fails(409, "DeleteConflict", "Cannot delete a policy attached to entities.");
    iam.iam("DetachUserPolicy", &attach).await.ok();
    iam.iam("DetachUserPolicy", &attach).await.fails(404, "NoSuchEntity", "was not found");
    let versions = iam.iam("DeletePolicy", &[("PolicyArn", arn)]).await;
    versions.fails(409, "DeleteConflict", "more than one version");
    for id in ["v1", "v3", "v4", "v5"] {
        iam.iam("DeletePolicyVersion", &[("PolicyArn", arn), ("VersionId", id)]).await.ok();
    }
    iam.iam("DeletePolicy", &[("PolicyArn", arn)]).await.ok();
    let gone = iam.iam("GetPolicy", &[("PolicyArn", arn)]).await;
    gone.fails(404, "NoSuchEntity", "was not found");
    let gone = iam.iam("AttachUserPolicy", &attach).await;
    gone.fails(404, "NoSuchEntity", "does not exist or is not attachable");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policies_of_aws() {
    let iam = Iam::start().await;
    let keys = iam.user("alice", NOTHING).await;
    iam.iam("AttachUserPolicy", &[("UserName", "alice"), ("PolicyArn", READ_ONLY)]).await.ok();
    assert!(iam.may_list(&keys).await);
    // Reading AWS's own policies is a right like any other.
    iam.call(&keys, "iam", "GetPolicy", &[("PolicyArn", READ_ONLY)]).await.ok();
    let got =
        iam.iam("GetPolicyVersion", &[("PolicyArn", READ_ONLY), ("VersionId", "v1")]).await.ok();
    assert!(got.get("Document").contains("iam%3AGet"));
    let refused = iam.iam("DeletePolicy", &[("PolicyArn", READ_ONLY)]).await;
    refused.fails(403, "AccessDenied", "managed by AWS");
    let attached =
        iam.iam("ListPolicies", &[("OnlyAttached", "true"), ("Scope", "AWS")]).await.ok();
    assert_eq!(attached.all("PolicyName"), ["IAMReadOnlyAccess"]);
    let all = iam.iam("ListPolicies", &[("Scope", "AWS"), ("MaxItems", "1000")]).await.ok();
    for name in [
        "AdministratorAccess",
        "PowerUserAccess",
        "ReadOnlyAccess",
        "IAMFullAccess",
        "AWSCodeCommitFullAccess",
        "AWSCodeCommitPowerUser",
        "AWSCodeCommitReadOnly",
        "AWSCodeBuildAdminAccess",
        "AWSCodeBuildDeveloperAccess",
        "AWSCodeBuildReadOnlyAccess",
        "AWSCodeDeployFullAccess",
        "AWSCodeDeployDeployerAccess",
        "AWSCodeDeployReadOnlyAccess",
        "AWSCodeDeployRole",
        "AWSCodePipeline_FullAccess",
        "AWSCodePipeline_ReadOnlyAccess",
        "AmazonS3FullAccess",
        "AmazonS3ReadOnlyAccess",
        "CloudWatchLogsFullAccess",
        "CloudWatchLogsReadOnlyAccess",
        "AmazonSSMFullAccess",
        "AmazonSSMReadOnlyAccess",
        "SecretsManagerReadWrite",
        "AWSKeyManagementServicePowerUser",
        "AWSCloudTrail_ReadOnlyAccess",
        "AmazonEventBridgeFullAccess",
    ] {
        assert!(all.all("PolicyName").contains(&name), "{name}");
    }
    let role = iam
        .iam(
            "GetPolicy",
            &[("PolicyArn", "arn:aws:iam::aws:policy/service-role/AWSCodeDeployRole")],
        )
        .await
        .ok();
    assert_eq!(role.get("Path"), "/service-role/");
}

#[tokio::test(flavor = "multi_thread")]
async fn boundaries_limit() {
    let iam = Iam::start().await;
    let keys = iam.user("alice", LIST).await;
    let document = policy(NOTHING);
    let made = iam
        .iam("CreatePolicy", &[("PolicyName", "fence"), ("PolicyDocument", &document)])
        .await
        .ok();
    let arn = made.get("Arn");
    let put = [("UserName", "alice"), ("PermissionsBoundary", arn)];
    iam.iam("PutUserPermissionsBoundary", &put).await.ok();
    let refused = iam.call(&keys, "iam", "ListUsers", &[]).await;
    refused.fails(
        403,
        "AccessDenied",
        "because no permissions boundary allows the iam:ListUsers action",
    );
    let kept = iam.iam("DeletePolicy", &[("PolicyArn", arn)]).await;
    kept.fails(409, "DeleteConflict", "attached");
    let got = iam.iam("GetUser", &[("UserName", "alice")]).await.ok();
    assert_eq!(got.get("PermissionsBoundaryArn"), arn);
    iam.iam("DeleteUserPermissionsBoundary", &[("UserName", "alice")]).await.ok();
    assert!(iam.may_list(&keys).await);

    // Whoever may make users only within a boundary cannot make them without.
    let condition = format!(
        r#"{{"Effect":"Allow","Action":"iam:CreateUser","Resource":"*","Condition":{{"StringEquals":{{"iam:PermissionsBoundary":"{arn}"}}}}}}"#
    );
    let maker = iam.user("maker", &condition).await;
    let free = iam.call(&maker, "iam", "CreateUser", &[("UserName", "x")]).await;
    free.fails(403, "AccessDenied", "iam:CreateUser");
    let fenced = [("UserName", "x"), ("PermissionsBoundary", arn)];
    iam.call(&maker, "iam", "CreateUser", &fenced).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_simulator_decides_as_the_gateway_does() {
    let iam = Iam::start().await;
    let keys = iam.user("alice", LIST).await;
    let arn = format!("arn:aws:iam::{ACCOUNT}:user/alice");
    let simulated = iam
        .iam(
            "SimulatePrincipalPolicy",
            &[
                ("PolicySourceArn", &arn),
                ("ActionNames.member.1", "iam:ListUsers"),
                ("ActionNames.member.2", "iam:ListRoles"),
            ],
        )
        .await
        .ok();
    assert_eq!(simulated.all("EvalDecision"), ["allowed", "implicitDeny"]);
    assert_eq!(simulated.get("SourcePolicyType"), "user");
    assert!(iam.may_list(&keys).await);
    let deny = policy(
        r#"[{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]"#,
    );
    let custom = |secure: &'static str| {
        let deny = deny.clone();
        let iam = &iam;
        async move {
            let parameters = [
                ("PolicyInputList.member.1", deny.as_str()),
                ("ActionNames.member.1", "s3:GetObject"),
                ("ResourceArns.member.1", "arn:aws:s3:::b/k"),
                ("ContextEntries.member.1.ContextKeyName", "aws:SecureTransport"),
                ("ContextEntries.member.1.ContextKeyType", "boolean"),
                ("ContextEntries.member.1.ContextKeyValues.member.1", secure),
            ];
            let answer = iam.iam("SimulateCustomPolicy", &parameters).await.ok();
            answer.get("EvalDecision").to_owned()
        }
    };
    assert_eq!(custom("true").await, "allowed");
    assert_eq!(custom("false").await, "explicitDeny");

    let document = policy(LIST);
    for (operation, first, lacking) in [
        ("SimulatePrincipalPolicy", ("PolicySourceArn", arn.as_str()), "PolicyExclusionList"),
        (
            "SimulateCustomPolicy",
            ("PolicyInputList.member.1", document.as_str()),
            "OrderedOrganizationPolicyInputList",
        ),
    ] {
        let entry = format!("{lacking}.member.1.PolicyArn");
        let parameters = [first, ("ActionNames.member.1", "iam:ListUsers"), (&entry, "x")];
        iam.iam(operation, &parameters).await.fails(501, "NotImplemented", lacking);
    }
}
