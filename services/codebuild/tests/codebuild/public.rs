//! Who else sees projects and builds: badges, public builds, shared projects; and credentials,
//! which nobody sees.

use serde_json::{Value, json};
use testkit::Answer;

use crate::harness::Yard;
use crate::host::Host;

const SPEC: &str = "version: 0.2\nphases:\n  build:\n    commands: [\"echo told\"]\n";

async fn get(yard: &Yard, url: &str) -> Answer {
    let path = url.strip_prefix(&yard.yard.url).unwrap_or(url);
    yard.yard.send(None, "none", "GET", path, &[], Vec::new()).await
}

async fn badges_tell_the_last_build_of_a_branch() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let work = host.repository("o/r");
    work.push(&[("buildspec.yml", SPEC)], "refs/heads/main");
    work.push(&[("buildspec.yml", &SPEC.replace("echo told", "false"))], "refs/heads/topic");
    let mut project = yard.project("pp", "");
    project["source"] = json!({ "type": "GITHUB_ENTERPRISE", "location": host.http("o/r") });
    project["badgeEnabled"] = json!(true);
    let made = yard.ok("CreateProject", project).await;
    let url = made["project"]["badge"]["badgeRequestUrl"].as_str().unwrap().to_owned();
    assert!(url.contains("/badges?uuid=") && url.ends_with("&branch=main"), "{url}");
    let state = |url: String| {
        let yard = &yard;
        async move {
            let answer = get(yard, &url).await;
            assert_eq!(
                (answer.status, answer.header("content-type")),
                (200, Some("image/svg+xml"))
            );
            let text = answer.text();
            let from = text.find("aria-label=\"build: ").unwrap() + 19;
            text[from..].split('"').next().unwrap().to_owned()
        }
    };
    let topic = url.replace("branch=main", "branch=topic");
    assert_eq!(state(url.clone()).await, "unknown");
    // The default branch is found out; a branch by its name is taken at its word.
    for input in
        [json!({ "projectName": "pp" }), json!({ "projectName": "pp", "sourceVersion": "topic" })]
    {
        let id = yard.start_build(input).await;
        yard.finished(&id).await;
    }
    assert_eq!(state(url.clone()).await, "passing");
    assert_eq!(state(topic.clone()).await, "failing");
    assert_eq!(state(url.replace("branch=main", "tag=main")).await, "unknown");
    assert_eq!(get(&yard, "/_codebuild/badges?uuid=guess&branch=main").await.status, 404);
    assert_eq!(get(&yard, "/_codebuild/badges").await.status, 404);
    let shown = yard.ok("BatchGetProjects", json!({ "names": ["pp"] })).await;
    assert_eq!(shown["projects"][0]["badge"]["badgeRequestUrl"], url);
    yard.ok("UpdateProject", json!({ "name": "pp", "badgeEnabled": false })).await;
    assert_eq!(get(&yard, &url).await.status, 404);
    let mut bad = yard.project("qq", SPEC);
    bad["badgeEnabled"] = json!(true);
    let (status, output) = yard.call("CreateProject", bad).await;
    assert_eq!((status, &output["__type"]), (400, &json!("InvalidInputException")), "{output}");
}

async fn public_builds_are_read_without_signing_in() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    let mut project = yard.project(
        "pp",
        &SPEC.replace("echo told", "echo told; echo $CODEBUILD_PUBLIC_BUILD_URL; echo x > f"),
    );
    let spec =
        format!("{}artifacts:\n  files: [f]\n", project["source"]["buildspec"].as_str().unwrap());
    project["source"]["buildspec"] = json!(spec);
    project["artifacts"] =
        json!({ "type": "S3", "location": "bucket", "name": "a.zip", "packaging": "ZIP" });
    project["environment"]["environmentVariables"] = json!([{ "name": "QUIET", "value": "hush" }]);
    yard.ok("CreateProject", project).await;
    let arn = "arn:aws:codebuild:us-east-1:123456789012:project/pp";
    let update = |visibility: &str, role: Option<&str>| {
        let mut input = json!({ "projectArn": arn, "projectVisibility": visibility });
        if let Some(role) = role {
            input["resourceAccessRole"] = json!(role);
        }
        input
    };
    let made = yard.ok("UpdateProjectVisibility", update("PUBLIC_READ", None)).await;
    let alias = made["publicProjectAlias"].as_str().unwrap().to_owned();
    assert!(alias.len() > 30);
    let id = yard.start_build(json!({ "projectName": "pp" })).await;
    let build = yard.finished(&id).await;
    let uuid = id.split(':').nth(1).unwrap();
    let base = format!("/_codebuild/public/{alias}");
    let output = yard.output(&build).await;
    assert_eq!(output, format!("told\n{}{base}/{uuid}\n", yard.yard.url));
    let list = get(&yard, &base).await;
    assert!(list.status == 200 && list.text().contains(uuid), "{}", list.text());
    let accept = [("accept", "application/json")];
    let list = yard.yard.send(None, "none", "GET", &base, &accept, Vec::new()).await.json();
    assert_eq!(
        (&list["project"], &list["builds"][0]["status"]),
        (&json!("pp"), &json!("SUCCEEDED"))
    );
    let one = get(&yard, &format!("{base}/{uuid}")).await;
    assert!(
        one.text().contains("DOWNLOAD_SOURCE") && !one.text().contains("hush"),
        "{}",
        one.text()
    );
    // Logs and artifacts are the role's to show.
    assert_eq!(get(&yard, &format!("{base}/{uuid}/log")).await.status, 403);
    let narrow = yard.yard.role(
        "logs-only",
        json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "logs:GetLogEvents", "Resource": "*",
    }] }),
    );
    yard.ok("UpdateProjectVisibility", update("PUBLIC_READ", Some(&narrow))).await;
    let log = get(&yard, &format!("{base}/{uuid}/log")).await;
    assert!(log.status == 200 && log.text().contains("told\n"), "{}", log.text());
    assert_eq!(log.header("content-security-policy"), Some("default-src 'none'; sandbox"));
    assert_eq!(get(&yard, &format!("{base}/{uuid}/artifacts")).await.status, 403);
    yard.ok("UpdateProjectVisibility", update("PUBLIC_READ", Some(&yard.role))).await;
    let zip = get(&yard, &format!("{base}/{uuid}/artifacts")).await;
    assert!(zip.status == 200 && zip.body.starts_with(b"PK"), "{}", zip.text());
    for path in ["", "guess", &format!("{alias}/none"), &format!("{alias}/{uuid}/else")] {
        assert_eq!(get(&yard, &format!("/_codebuild/public/{path}")).await.status, 404, "{path}");
    }
    let made = yard.ok("UpdateProjectVisibility", update("PRIVATE", None)).await;
    assert!(made.get("publicProjectAlias").is_none());
    assert_eq!(get(&yard, &base).await.status, 404);
    let (status, output) = yard
        .call(
            "UpdateProjectVisibility",
            json!({ "projectArn": "pp", "projectVisibility": "PRIVATE" }),
        )
        .await;
    assert_eq!((status, &output["__type"]), (400, &json!("InvalidInputException")), "{output}");
}

async fn projects_are_shared_by_policy() {
    let yard = Yard::start().await;
    yard.create("pp", SPEC).await;
    yard.create("qq", SPEC).await;
    let arn = |name: &str| format!("arn:aws:codebuild:us-east-1:123456789012:project/{name}");
    let eve = yard.yard.user("eve", json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "sts:*", "Resource": "*" }] }));
    let ask = |name: &str| {
        let (yard, input) = (&yard, json!({ "names": [arn(name)] }));
        let eve = &eve;
        async move {
            yard.yard.json_as(eve, "codebuild", "CodeBuild_20161006.BatchGetProjects", input).await
        }
    };
    assert_eq!(ask("pp").await.0, 400);
    let policy = |action: &str| {
        json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::123456789012:user/eve" },
        "Action": [action], "Resource": arn("pp"),
    }] })
        .to_string()
    };
    let put = |policy: String, on: String| json!({ "policy": policy, "resourceArn": on });
    yard.ok("PutResourcePolicy", put(policy("codebuild:BatchGetProjects"), arn("pp"))).await;
    let (status, output) = ask("pp").await;
    assert_eq!((status, &output["projects"][0]["name"]), (200, &json!("pp")), "{output}");
    assert_eq!(ask("qq").await.0, 400);
    let shown = yard.ok("GetResourcePolicy", json!({ "resourceArn": arn("pp") })).await;
    assert_eq!(shown["policy"], policy("codebuild:BatchGetProjects"));
    for (input, code) in [
        (put("no policy".into(), arn("pp")), "InvalidInputException"),
        (put(policy("codebuild:StartBuild"), arn("pp")), "InvalidInputException"),
        (put(policy("codebuild:BatchGetProjects"), arn("none")), "ResourceNotFoundException"),
        (put(policy("codebuild:BatchGetProjects"), "pp".into()), "InvalidInputException"),
        (
            put(
                policy("codebuild:BatchGetProjects"),
                "arn:aws:codebuild:us-east-1:210987654321:project/pp".into(),
            ),
            "AccessDeniedException",
        ),
    ] {
        let (status, output) = yard.call("PutResourcePolicy", input.clone()).await;
        assert_eq!((status, &output["__type"]), (400, &json!(code)), "{input}: {output}");
    }
    // One's own projects are not shared with oneself.
    assert_eq!(yard.ok("ListSharedProjects", json!({})).await["projects"], json!([]));
    yard.ok("DeleteResourcePolicy", json!({ "resourceArn": arn("pp") })).await;
    assert_eq!(ask("pp").await.0, 400);
    let (status, output) =
        yard.call("GetResourcePolicy", json!({ "resourceArn": arn("pp") })).await;
    assert_eq!((status, &output["__type"]), (400, &json!("ResourceNotFoundException")));
}

async fn credentials_are_kept_sealed() {
    let yard = Yard::start().await;
    let input = |server: &str, auth: &str, token: &str| json!({ "serverType": server, "authType": auth, "token": token });
    let token = "ghp_a-token-that-is-found-nowhere";
    let made =
        yard.ok("ImportSourceCredentials", input("GITHUB", "PERSONAL_ACCESS_TOKEN", token)).await;
    let arn = "arn:aws:codebuild:us-east-1:123456789012:token/github";
    assert_eq!(made["arn"], arn);
    let mut again = input("GITHUB", "PERSONAL_ACCESS_TOKEN", token);
    again["shouldOverwrite"] = json!(false);
    let (status, output) = yard.call("ImportSourceCredentials", again).await;
    assert_eq!((status, &output["__type"]), (400, &json!("ResourceAlreadyExistsException")));
    yard.ok("ImportSourceCredentials", input("GITHUB", "PERSONAL_ACCESS_TOKEN", token)).await;
    let mut basic = input("BITBUCKET", "BASIC_AUTH", "p");
    let (status, _) = yard.call("ImportSourceCredentials", basic.clone()).await;
    assert_eq!(status, 400);
    basic["username"] = json!("me");
    yard.ok("ImportSourceCredentials", basic).await;
    let all = yard.ok("ListSourceCredentials", json!({})).await;
    assert_eq!(
        all["sourceCredentialsInfos"],
        json!([
            { "arn": arn.replace("github", "bitbucket"), "serverType": "BITBUCKET", "authType": "BASIC_AUTH" },
            { "arn": arn, "serverType": "GITHUB", "authType": "PERSONAL_ACCESS_TOKEN" },
        ])
    );
    for (bad, named) in [
        (input("GITHUB", "OAUTH", "x"), "OAUTH"),
        (input("GITHUB", "BASIC_AUTH", "x"), "BASIC_AUTH"),
        (input("GITHUB", "SECRETS_MANAGER", "x"), "ARN"),
        (input("GITLAB", "CODECONNECTIONS", "x"), "CODECONNECTIONS"),
        (input("GITHUB", "PERSONAL_ACCESS_TOKEN", "a\nb"), "character"),
    ] {
        let (status, output) = yard.call("ImportSourceCredentials", bad.clone()).await;
        assert!(status >= 400, "{bad}: {output}");
        assert!(output["message"].as_str().unwrap().contains(named), "{bad}: {output}");
    }
    // Neither the store nor anything beside it has the token in clear.
    let found = |dir: &std::path::Path| {
        let output =
            std::process::Command::new("grep").args(["-rlaF", token]).arg(dir).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(found(yard.yard.dir()), "");
    let deleted = yard.ok("DeleteSourceCredentials", json!({ "arn": arn })).await;
    assert_eq!(deleted["arn"], arn);
    let (status, output) = yard.call("DeleteSourceCredentials", json!({ "arn": arn })).await;
    assert_eq!((status, &output["__type"]), (400, &json!("ResourceNotFoundException")));
    let (status, output) = yard.call("DeleteSourceCredentials", json!({ "arn": "x" })).await;
    assert_eq!((status, &output["__type"]), (400, &json!("InvalidInputException")));
    let eve = yard.yard.user("eve", json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "sts:*", "Resource": "*" }] }));
    for (operation, input) in [
        ("ImportSourceCredentials", input("GITHUB", "PERSONAL_ACCESS_TOKEN", token)),
        ("DeleteSourceCredentials", json!({ "arn": arn })),
        ("ListSourceCredentials", Value::Object(Default::default())),
    ] {
        let target = format!("CodeBuild_20161006.{operation}");
        let (status, output) = yard.yard.json_as(&eve, "codebuild", &target, input).await;
        assert_eq!(status, 400, "{output}");
        assert!(
            output["message"].as_str().unwrap().contains(&format!("codebuild:{operation}")),
            "{output}"
        );
    }
}

crate::tests![
    badges_tell_the_last_build_of_a_branch,
    public_builds_are_read_without_signing_in,
    projects_are_shared_by_policy,
    credentials_are_kept_sealed,
];
