//! Users, groups, roles, keys and credentials.

use crate::*;

#[tokio::test(flavor = "multi_thread")]
async fn users_live_and_die() {
    let iam = Iam::start().await;
    let made = iam
        .iam(
            "CreateUser",
            &[
                ("UserName", "alice"),
                ("Path", "/team/"),
                ("Tags.member.1.Key", "Team"),
                ("Tags.member.1.Value", "blue"),
            ],
        )
        .await
        .ok();
    assert_eq!(made.get("Arn"), format!("arn:aws:iam::{ACCOUNT}:user/team/alice"));
    assert!(made.get("UserId").starts_with("AIDA"));
    assert!(made.text.contains("<ResponseMetadata><RequestId>"), "{}", made.text);
    let taken = iam.iam("CreateUser", &[("UserName", "ALICE")]).await;
    taken.fails(409, "EntityAlreadyExists", "User with name ALICE already exists.");
    let got = iam.iam("GetUser", &[("UserName", "alice")]).await.ok();
    assert_eq!((got.get("Key"), got.get("Value")), ("Team", "blue"));
    let missing = iam.iam("GetUser", &[("UserName", "bob")]).await;
    missing.fails(404, "NoSuchEntity", "The user with name bob cannot be found.");
    let bad = iam.iam("CreateUser", &[("UserName", "a b")]).await;
    bad.fails(400, "ValidationError", "a b");
    let bad = iam.iam("CreateUser", &[]).await;
    bad.fails(400, "ValidationError", "must not be null");

    iam.iam("UpdateUser", &[("UserName", "alice"), ("NewUserName", "Alice"), ("NewPath", "/x/")])
        .await
        .ok();
    let got = iam.iam("GetUser", &[("UserName", "Alice")]).await.ok();
    assert_eq!(got.get("Arn"), format!("arn:aws:iam::{ACCOUNT}:user/x/Alice"));
    assert_eq!(got.get("UserId"), made.get("UserId"));

    iam.keys("Alice").await;
    let kept = iam.iam("DeleteUser", &[("UserName", "Alice")]).await;
    kept.fails(409, "DeleteConflict", "must delete access keys first");
    let keys = iam.iam("ListAccessKeys", &[("UserName", "Alice")]).await.ok();
    let id = keys.get("AccessKeyId");
    iam.iam("DeleteAccessKey", &[("UserName", "Alice"), ("AccessKeyId", id)]).await.ok();
    iam.iam("DeleteUser", &[("UserName", "Alice")]).await.ok();
    let gone = iam.iam("DeleteUser", &[("UserName", "Alice")]).await;
    gone.fails(404, "NoSuchEntity", "cannot be found");
}

#[tokio::test(flavor = "multi_thread")]
async fn listings_come_in_pages() {
    let iam = Iam::start().await;
    for name in ["e", "b", "d", "a", "c"] {
        let path = if name > "c" { "/late/" } else { "/early/" };
        iam.iam("CreateUser", &[("UserName", name), ("Path", path)]).await.ok();
    }
    let mut seen = Vec::new();
    let mut marker = None::<String>;
    loop {
        let mut parameters = vec![("MaxItems", "2")];
        if let Some(marker) = &marker {
            parameters.push(("Marker", marker));
        }
        let page = iam.iam("ListUsers", &parameters).await.ok();
        seen.extend(page.all("UserName").into_iter().map(str::to_owned));
        let truncated = page.get("IsTruncated") == "true";
        assert_eq!(truncated, page.text.contains("<Marker>"));
        if !truncated {
            break;
        }
        marker = Some(page.get("Marker").to_owned());
    }
    assert_eq!(seen, ["a", "b", "c", "d", "e"]);
    let late = iam.iam("ListUsers", &[("PathPrefix", "/late")]).await.ok();
    assert_eq!(late.all("UserName"), ["d", "e"]);
    let forged = iam.iam("ListUsers", &[("Marker", "abc")]).await;
    forged.fails(400, "ValidationError", "marker");
    let marker = marker.unwrap();
    let foreign = iam.iam("ListRoles", &[("Marker", &marker)]).await;
    foreign.fails(400, "ValidationError", "marker");
    let none = iam.iam("ListUsers", &[("MaxItems", "0")]).await;
    none.fails(400, "ValidationError", "maxItems");
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_and_members() {
    let iam = Iam::start().await;
    iam.iam("CreateGroup", &[("GroupName", "devs")]).await.ok();
    iam.iam("CreateUser", &[("UserName", "alice")]).await.ok();
    let member = [("GroupName", "devs"), ("UserName", "alice")];
    iam.iam("AddUserToGroup", &member).await.ok();
    iam.iam("AddUserToGroup", &member).await.ok();
    let group = iam.iam("GetGroup", &[("GroupName", "devs")]).await.ok();
    assert_eq!(group.all("UserName"), ["alice"]);
    let groups = iam.iam("ListGroupsForUser", &[("UserName", "alice")]).await.ok();
    assert_eq!(groups.all("GroupName"), ["devs"]);
    let kept = iam.iam("DeleteGroup", &[("GroupName", "devs")]).await;
    kept.fails(409, "DeleteConflict", "remove users from group");

    iam.iam("UpdateGroup", &[("GroupName", "devs"), ("NewGroupName", "makers")]).await.ok();
    let groups = iam.iam("ListGroupsForUser", &[("UserName", "alice")]).await.ok();
    assert_eq!(groups.all("GroupName"), ["makers"]);

    let keys = iam.keys("alice").await;
    assert!(!iam.may_list(&keys).await);
    let document = policy(LIST);
    let inline =
        [("GroupName", "makers"), ("PolicyName", "list"), ("PolicyDocument", document.as_str())];
    iam.iam("PutGroupPolicy", &inline).await.ok();
    assert!(iam.may_list(&keys).await);
    iam.iam("RemoveUserFromGroup", &[("GroupName", "makers"), ("UserName", "alice")]).await.ok();
    assert!(!iam.may_list(&keys).await);
    iam.iam("DeleteGroupPolicy", &inline[..2]).await.ok();
    iam.iam("DeleteGroup", &[("GroupName", "makers")]).await.ok();

    for at in 0..11 {
        let name = format!("g{at}");
        iam.iam("CreateGroup", &[("GroupName", &name)]).await.ok();
        let added = iam.iam("AddUserToGroup", &[("GroupName", &name), ("UserName", "alice")]).await;
        if at < 10 {
            added.ok();
        } else {
            added.fails(409, "LimitExceeded", "Cannot exceed quota for GroupsPerUser: 10");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_and_their_trust() {
    let iam = Iam::start().await;
    let trust = trusts(r#"{"Service":"codebuild.amazonaws.com"}"#);
    let document = policy(&trust);
    let made = iam
        .iam(
            "CreateRole",
            &[
                ("RoleName", "builder"),
                ("Path", "/service-role/"),
                ("AssumeRolePolicyDocument", &document),
                ("Description", "builds"),
                ("MaxSessionDuration", "7200"),
            ],
        )
        .await
        .ok();
    assert_eq!(made.get("Arn"), format!("arn:aws:iam::{ACCOUNT}:role/service-role/builder"));
    let got = iam.iam("GetRole", &[("RoleName", "builder")]).await.ok();
    assert_eq!(got.get("MaxSessionDuration"), "7200");
    assert!(got.get("AssumeRolePolicyDocument").starts_with("%7B%22Version%22"));
    for (document, say) in [
        ("{".to_owned(), "Syntax errors in policy."),
        (policy(&trusts(r#"{"AWS":"nobody"}"#)), "Invalid principal in policy"),
        (
            policy(&trusts(&format!(r#"{{"AWS":"arn:aws:iam::{ACCOUNT}:user/nobody"}}"#))),
            "Invalid principal in policy",
        ),
        (policy(NOTHING), "AssumeRole policy may only specify STS AssumeRole actions."),
    ] {
        let parameters = [("RoleName", "builder"), ("PolicyDocument", document.as_str())];
        let refused = iam.iam("UpdateAssumeRolePolicy", &parameters).await;
        refused.fails(400, "MalformedPolicyDocument", say);
    }
    let account = policy(&trusts(&format!(r#"{{"AWS":"{ACCOUNT}"}}"#)));
    iam.iam("UpdateAssumeRolePolicy", &[("RoleName", "builder"), ("PolicyDocument", &account)])
        .await
        .ok();
    iam.iam("UpdateRole", &[("RoleName", "builder"), ("MaxSessionDuration", "43200")]).await.ok();
    let long =
        iam.iam("UpdateRole", &[("RoleName", "builder"), ("MaxSessionDuration", "43201")]).await;
    long.fails(400, "ValidationError", "43201");
    iam.iam(
        "TagRole",
        &[("RoleName", "builder"), ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")],
    )
    .await
    .ok();
    let tags = iam.iam("ListRoleTags", &[("RoleName", "builder")]).await.ok();
    assert_eq!(tags.all("Key"), ["k"]);
    let reserved = iam
        .iam(
            "TagRole",
            &[
                ("RoleName", "builder"),
                ("Tags.member.1.Key", "aws:x"),
                ("Tags.member.1.Value", "v"),
            ],
        )
        .await;
    reserved.fails(400, "InvalidInput", "reserved");
    iam.iam("UntagRole", &[("RoleName", "builder"), ("TagKeys.member.1", "K")]).await.ok();
    let listed = iam.iam("ListRoles", &[]).await.ok();
    assert_eq!(listed.all("RoleName"), ["builder"]);
    assert!(!listed.text.contains("<Tags>"));
    iam.iam("DeleteRole", &[("RoleName", "builder")]).await.ok();
    let summary = iam.iam("GetAccountSummary", &[]).await.ok();
    assert!(summary.text.contains("<key>Roles</key><value>0</value>"), "{}", summary.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_work_until_they_do_not() {
    let iam = Iam::start().await;
    let keys = iam.user("alice", LIST).await;
    assert!(iam.may_list(&keys).await);
    let second = iam.keys("alice").await;
    let third = iam.iam("CreateAccessKey", &[("UserName", "alice")]).await;
    third.fails(409, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2");
    let status = |status: &'static str| {
        vec![("UserName", "alice"), ("AccessKeyId", keys.id.as_str()), ("Status", status)]
    };
    iam.iam("UpdateAccessKey", &status("Inactive")).await.ok();
    let refused = iam.call(&keys, "iam", "ListUsers", &[]).await;
    refused.fails(403, "InvalidClientTokenId", "security token included in the request is invalid");
    assert!(iam.may_list(&second).await);
    iam.iam("UpdateAccessKey", &status("Active")).await.ok();
    assert!(iam.may_list(&keys).await);
    iam.iam("UpdateAccessKey", &status("Expired")).await.fails(400, "InvalidInput", "Active");

    let wrong = Keys::new(&keys.id, "wrong");
    let refused = iam.call(&wrong, "iam", "ListUsers", &[]).await;
    refused.fails(403, "SignatureDoesNotMatch", "does not match");

    // One's own keys need no name.
    let own = r#"{"Effect":"Allow","Action":"iam:*AccessKey*","Resource":"arn:aws:iam::*:user/${aws:username}"}"#;
    let bob = iam.user("bob", own).await;
    let listed = iam.call(&bob, "iam", "ListAccessKeys", &[]).await.ok();
    assert_eq!(listed.all("AccessKeyId"), [bob.id.as_str()]);
    let others = iam.call(&bob, "iam", "ListAccessKeys", &[("UserName", "alice")]).await;
    others.fails(
        403,
        "AccessDenied",
        "iam:ListAccessKeys on resource: arn:aws:iam::123456789012:user/alice",
    );
    let nameless = iam.iam("CreateAccessKey", &[]).await;
    nameless.fails(400, "ValidationError", "Must specify userName");

    let used = TestYard::until(std::time::Duration::from_secs(5), || async {
        let used = iam.iam("GetAccessKeyLastUsed", &[("AccessKeyId", &bob.id)]).await.ok();
        (used.get("ServiceName") == "iam").then_some(used)
    })
    .await;
    assert_eq!((used.get("UserName"), used.get("Region")), ("bob", "us-east-1"));
    let unused = iam.keys("bob").await;
    let unused = iam.iam("GetAccessKeyLastUsed", &[("AccessKeyId", &unused.id)]).await.ok();
    assert_eq!(unused.get("ServiceName"), "N/A");
}

#[tokio::test(flavor = "multi_thread")]
async fn git_credentials() {
    let iam = Iam::start().await;
    iam.iam("CreateUser", &[("UserName", "alice")]).await.ok();
    let service = ("ServiceName", "codecommit.amazonaws.com");
    let create = [("UserName", "alice"), service];
    let made = iam.iam("CreateServiceSpecificCredential", &create).await.ok();
    let user = made.get("ServiceUserName");
    assert_eq!(user, format!("alice-at-{ACCOUNT}"));
    let yard = iam.yard.yard();
    let who = |user: &str, password: &str| {
        yard.identity().by_git_credential(yard, user, password).unwrap().map(|caller| caller.arn)
    };
    let password = made.get("ServicePassword");
    assert_eq!(who(user, password).unwrap(), format!("arn:aws:iam::{ACCOUNT}:user/alice"));
    assert!(who(user, "wrong").is_none() && who("bob", password).is_none());

    let second = iam.iam("CreateServiceSpecificCredential", &create).await.ok();
    assert_eq!(second.get("ServiceUserName"), format!("alice+1-at-{ACCOUNT}"));
    let third = iam.iam("CreateServiceSpecificCredential", &create).await;
    third.fails(409, "LimitExceeded", ": 2");

    let id = made.get("ServiceSpecificCredentialId");
    let credential = [("UserName", "alice"), ("ServiceSpecificCredentialId", id)];
    let reset = iam.iam("ResetServiceSpecificCredential", &credential).await.ok();
    assert!(who(user, password).is_none());
    let password = reset.get("ServicePassword");
    assert!(who(user, password).is_some());
    let listed = iam.iam("ListServiceSpecificCredentials", &create[..1]).await.ok();
    assert_eq!(listed.all("ServiceUserName").len(), 2);
    assert!(!listed.text.contains("Password"));
    let off = [credential[0], credential[1], ("Status", "Inactive")];
    iam.iam("UpdateServiceSpecificCredential", &off).await.ok();
    assert!(who(user, password).is_none());
    iam.iam("DeleteServiceSpecificCredential", &credential).await.ok();
    let gone = iam.iam("DeleteServiceSpecificCredential", &credential).await;
    gone.fails(404, "NoSuchEntity", id);
    let unknown = [("UserName", "alice"), ("ServiceName", "x.amazonaws.com")];
    let refused = iam.iam("CreateServiceSpecificCredential", &unknown).await;
    refused.fails(404, "NotSupportedService", "x.amazonaws.com");
    let lasting = [create[0], create[1], ("CredentialAgeDays", "5")];
    let refused = iam.iam("CreateServiceSpecificCredential", &lasting).await;
    refused.fails(501, "NotImplemented", "CredentialAgeDays");
}
