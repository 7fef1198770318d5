//! Sources at the end of connections, and where tokens go.

use serde_json::{Value, json};
use testkit::TestYard;

use crate::harness::{Yard, message};
use crate::host::Host;

const SPEC: &str = "version: 0.2\nphases:\n  build:\n    commands:\n      - cat f\n      - git config --get-regexp '^http|^credential|token' || echo none\n      - env | grep -c s3[c]ret || true\n";
const DOOR: (&str, &str) =
    ("codeconnections", "com.amazonaws.codeconnections.CodeConnections_20231201");

async fn connections(yard: &Yard, operation: &str, input: Value) -> Value {
    yard.other(DOOR.0, &format!("{}.{operation}", DOOR.1), input).await
}

/// A connection through a host, PENDING.
async fn connection(yard: &Yard, kind: &str, host: &Host) -> String {
    let input = json!({ "Name": "h", "ProviderType": kind, "ProviderEndpoint": host.http("") });
    let at = connections(yard, "CreateHost", input).await["HostArn"].clone();
    let input = json!({ "ConnectionName": kind, "HostArn": at });
    let made = connections(yard, "CreateConnection", input).await;
    made["ConnectionArn"].as_str().unwrap().to_owned()
}

async fn authorize(yard: &Yard, arn: &str, token: &str) {
    let input = json!({ "ConnectionArn": arn, "Token": token, "SkipVerification": true });
    yard.other("codeyard", "Codeyard_20261121.AuthorizeConnection", input).await;
}

fn project(yard: &Yard, kind: &str, location: &str, arn: Option<&str>) -> Value {
    let mut project = yard.project("pp", "");
    project["source"] = json!({ "type": kind, "location": location });
    if let Some(arn) = arn {
        project["source"]["auth"] = json!({ "type": "CODECONNECTIONS", "resource": arn });
    }
    project
}

async fn build(yard: &Yard, input: Value) -> Value {
    let mut input = input;
    input["projectName"] = json!("pp");
    let id = yard.start_build(input).await;
    yard.finished(&id).await
}

fn failure(build: &Value) -> String {
    assert_eq!(build["buildStatus"], "FAILED", "{build}");
    message(build, "DOWNLOAD_SOURCE")
}

/// A role that may write logs, and what else is given.
fn role(yard: &Yard, name: &str, actions: Value, resource: &str) -> String {
    yard.yard.role(
        name,
        json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": "logs:*", "Resource": "*" },
            { "Effect": "Allow", "Action": actions, "Resource": resource },
        ] }),
    )
}

async fn a_connection_signs_in_where_the_role_may_use_it() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let work = host.repository("o/r");
    let commit = work.push(&[("buildspec.yml", SPEC), ("f", "one\n")], "refs/heads/main");
    host.wants("x-access-token:s3cret");
    let arn = connection(&yard, "GitHubEnterpriseServer", &host).await;
    let with = project(&yard, "GITHUB_ENTERPRISE", &host.http("o/r.git"), Some(&arn));
    yard.ok("CreateProject", with).await;
    let said = failure(&build(&yard, json!({})).await);
    assert!(said.contains(&format!("Failed to get access token from {arn}")), "{said}");
    assert!(said.contains("its status is PENDING"), "{said}");
    authorize(&yard, &arn, "s3cret").await;
    let done = build(&yard, json!({})).await;
    assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
    assert_eq!(done["resolvedSourceVersion"], commit);
    assert_eq!(yard.output(&done).await, "one\nnone\n0\n");
    assert!(!yard.log(&done).await.contains("s3cret"));
    for (at, (actions, resource, expected)) in [
        // As CodeBuild's guide has it.
        (
            json!(["codeconnections:GetConnectionToken", "codeconnections:GetConnection"]),
            arn.as_str(),
            "SUCCEEDED",
        ),
        (json!("codeconnections:UseConnection"), &arn, "SUCCEEDED"),
        (json!("codeconnections:GetConnectionToken"), &arn, "FAILED"),
        (json!("codestar-connections:UseConnection"), "*", "FAILED"),
        (
            json!("codeconnections:*"),
            "arn:aws:codeconnections:us-east-1:123456789012:connection/x",
            "FAILED",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let role = role(&yard, &format!("r{at}"), actions, resource);
        let done = build(&yard, json!({ "serviceRoleOverride": role })).await;
        assert_eq!(done["buildStatus"], expected, "{at}: {done}");
        if expected == "FAILED" {
            let said = failure(&done);
            assert!(said.contains(&format!("Access denied to connection {arn}")), "{said}");
            assert!(said.contains("codeconnections:GetConnection"), "{said}");
        }
    }
    connections(&yard, "DeleteConnection", json!({ "ConnectionArn": arn })).await;
    let said = failure(&build(&yard, json!({})).await);
    assert!(said.contains("was not found"), "{said}");
}

async fn the_accounts_credentials_may_be_a_connection() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let work = host.repository("o/r");
    let commit = work.push(&[("buildspec.yml", SPEC), ("f", "one\n")], "refs/heads/main");
    host.wants("oauth2:s3cret");
    let arn = connection(&yard, "GitLabSelfManaged", &host).await;
    authorize(&yard, &arn, "s3cret").await;
    let import = |server: &str, token: &str| json!({ "serverType": server, "authType": "CODECONNECTIONS", "token": token });
    let (status, said) =
        yard.call("ImportSourceCredentials", import("GITLAB_SELF_MANAGED", "s3cret")).await;
    assert_eq!((status, said["__type"].as_str()), (400, Some("InvalidInputException")), "{said}");
    yard.ok("ImportSourceCredentials", import("GITLAB_SELF_MANAGED", &arn)).await;
    let listed = yard.ok("ListSourceCredentials", json!({})).await;
    let info = &listed["sourceCredentialsInfos"][0];
    assert_eq!((&info["authType"], &info["resource"]), (&json!("CODECONNECTIONS"), &json!(arn)));
    let mut with = project(&yard, "GITLAB_SELF_MANAGED", &host.http("o/r.git"), None);
    with["source"]["reportBuildStatus"] = json!(true);
    yard.ok("CreateProject", with).await;
    host.asked();
    let done = build(&yard, json!({})).await;
    assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
    let asked = host.asked();
    let path = format!("/api/v4/projects/o%2Fr/statuses/{commit}");
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!(asked.iter().all(|it| it.path == path && it.authorization == "s3cret"), "{asked:?}");
    // A connection to one provider is none to another.
    yard.ok("ImportSourceCredentials", import("GITHUB_ENTERPRISE", &arn)).await;
    host.signed();
    let other = json!({
        "sourceTypeOverride": "GITHUB_ENTERPRISE",
        "sourceLocationOverride": host.http("o/r.git"),
    });
    let said = failure(&build(&yard, other).await);
    assert!(said.contains("the connection is to GitLabSelfManaged"), "{said}");
    assert!(host.signed().iter().all(String::is_empty));
}

async fn tokens_go_to_their_own_host_only() {
    let (yard, host, stranger) = (Yard::start().await, Host::start().await, Host::start().await);
    for at in [&host, &stranger] {
        let work = at.repository("o/r");
        work.push(&[("buildspec.yml", SPEC), ("f", "one\n")], "refs/heads/main");
    }
    let arn = connection(&yard, "GitHubEnterpriseServer", &host).await;
    authorize(&yard, &arn, "s3cret").await;
    let with = project(&yard, "GITHUB_ENTERPRISE", &host.http("o/r.git"), Some(&arn));
    yard.ok("CreateProject", with).await;
    let elsewhere = json!({ "sourceLocationOverride": stranger.http("o/r.git") });
    let said = failure(&build(&yard, elsewhere.clone()).await);
    assert!(said.contains("the connection is for http://"), "{said}");
    assert!(stranger.signed().is_empty());
    // Nor does an imported token leave the host that it was first used at.
    let input = json!({
        "serverType": "GITHUB_ENTERPRISE", "authType": "PERSONAL_ACCESS_TOKEN", "token": "t0ken",
    });
    yard.ok("ImportSourceCredentials", input.clone()).await;
    let source = json!({ "type": "GITHUB_ENTERPRISE", "location": host.http("o/r.git") });
    yard.ok("UpdateProject", json!({ "name": "pp", "source": source })).await;
    let done = build(&yard, json!({})).await;
    assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
    let said = failure(&build(&yard, elsewhere.clone()).await);
    assert!(said.contains(&format!("are for http://{}", host.address)), "{said}");
    assert!(stranger.signed().is_empty());
    let done = build(&yard, json!({})).await;
    assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
    yard.ok("ImportSourceCredentials", input).await;
    let done = build(&yard, elsewhere).await;
    assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
    assert!(!stranger.signed().is_empty());
}

async fn submodules_come_as_far_as_the_role_may_use_the_connection() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let lib = host.repository("o/lib").push(&[("l", "lib\n")], "refs/heads/main");
    let work = host.repository("o/r");
    work.push(&[("buildspec.yml", SPEC), ("f", "one\n")], "refs/heads/main");
    let modules = "[submodule \"lib\"]\n\tpath = lib\n\turl = ../lib.git\n";
    std::fs::write(work.directory.join(".gitmodules"), modules).unwrap();
    work.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{lib},lib")]);
    std::fs::create_dir_all(work.directory.join("lib")).unwrap();
    work.git(&["add", ".gitmodules"]);
    work.git(&["commit", "--quiet", "-m", "modules"]);
    work.git(&["push", "--quiet", "origin", "HEAD:refs/heads/main"]);
    host.wants("x-access-token:s3cret");
    let arn = connection(&yard, "GitHubEnterpriseServer", &host).await;
    authorize(&yard, &arn, "s3cret").await;
    let mut with = project(&yard, "GITHUB_ENTERPRISE", &host.http("o/r"), Some(&arn));
    with["source"]["gitSubmodulesConfig"] = json!({ "fetchSubmodules": true });
    with["source"]["buildspec"] = json!(SPEC.replace("cat f", "cat lib/l"));
    yard.ok("CreateProject", with).await;
    for (name, repositories, expected) in
        [("both", json!(["o/r", "o/lib"]), "SUCCEEDED"), ("one", json!("o/r"), "FAILED")]
    {
        let role = yard.yard.role(
            name,
            json!({ "Version": "2012-10-17", "Statement": [
                { "Effect": "Allow", "Action": "logs:*", "Resource": "*" },
                { "Effect": "Allow", "Action": "codeconnections:UseConnection", "Resource": arn,
                    "Condition": { "StringEquals": {
                        "codeconnections:FullRepositoryId": repositories,
                    } } },
            ] }),
        );
        let done = build(&yard, json!({ "serviceRoleOverride": role })).await;
        assert_eq!(done["buildStatus"], expected, "{name}: {done}");
        match expected {
            "SUCCEEDED" => assert_eq!(yard.output(&done).await, "lib\nnone\n0\n"),
            _ => assert!(failure(&done).starts_with("a submodule: "), "{done}"),
        }
    }
}

async fn clouds_are_not_on_this_machine_unless_asked_for() {
    let mut services = vec![codeyard_svc_codebuild::service(), svc_s3::service()];
    services.extend(svc_management::services());
    let yard = TestYard::builder(services).without_loopback_providers().start().await;
    let host = Host::start().await;
    let logs = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "logs:*", "Resource": "*" },
    ] });
    let role = yard.role("build", logs);
    let call = |operation: &str, input: Value| {
        let target = format!("CodeBuild_20161006.{operation}");
        let yard = &yard;
        async move { yard.json("codebuild", &target, input).await }
    };
    let project = |kind: &str, location: String| {
        json!({
            "name": kind, "source": { "type": kind, "location": location },
            "artifacts": { "type": "NO_ARTIFACTS" },
            "environment": {
                "type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0",
                "computeType": "BUILD_GENERAL1_SMALL",
            },
            "serviceRole": role,
        })
    };
    for kind in ["GITHUB", "GITLAB", "BITBUCKET"] {
        let (status, said) = call("CreateProject", project(kind, host.http("o/r"))).await;
        assert_eq!(status, 400, "{said}");
        assert!(said.to_string().contains("--loopback-providers"), "{said}");
    }
    let github = project("GITHUB", "https://github.com/o/r".to_owned());
    assert_eq!(call("CreateProject", github).await.0, 200);
    let (status, said) = call(
        "UpdateProject",
        json!({ "name": "GITHUB", "source": { "type": "GITHUB", "location": host.https("o/r") } }),
    )
    .await;
    assert_eq!(status, 400, "{said}");
    let moved = json!({ "projectName": "GITHUB", "sourceLocationOverride": host.http("o/r") });
    let (status, said) = call("StartBuild", moved).await;
    assert_eq!(status, 400, "{said}");
    assert!(said.to_string().contains("--loopback-providers"), "{said}");
    let own = project("GITHUB_ENTERPRISE", host.http("o/r"));
    assert_eq!(call("CreateProject", own).await.0, 200);
}

crate::tests![
    a_connection_signs_in_where_the_role_may_use_it,
    the_accounts_credentials_may_be_a_connection,
    tokens_go_to_their_own_host_only,
    submodules_come_as_far_as_the_role_may_use_the_connection,
    clouds_are_not_on_this_machine_unless_asked_for,
];
