//! Webhooks made, changed and deleted, here and at their providers.

use serde_json::{Value, json};

use super::{Hooked, SPEC, github_push};
use crate::harness::Yard;
use crate::host::Host;

async fn webhooks_are_changed_and_deleted_at_the_provider() {
    let hooked = Hooked::start("GITHUB_ENTERPRISE", json!({ "branchFilter": "^main$" })).await;
    let (yard, host) = (&hooked.yard, &hooked.host);
    let commit = host.repository("o/r").push(&[("f", "1")], "refs/heads/main");
    hooked.nothing("push", &github_push(host, "refs/heads/topic", &commit)).await;
    hooked.build("push", &github_push(host, "refs/heads/main", &commit)).await;
    let (status, output) = yard.call("CreateWebhook", json!({ "projectName": "pp" })).await;
    assert_eq!((status, &output["__type"]), (400, &json!("ResourceAlreadyExistsException")));
    host.asked();
    let changed = yard
        .ok(
            "UpdateWebhook",
            json!({ "projectName": "pp", "branchFilter": "topic", "rotateSecret": true }),
        )
        .await;
    assert_eq!(changed["webhook"]["branchFilter"], "topic");
    let asked = host.asked().pop().unwrap();
    assert_eq!(
        (asked.method.as_str(), asked.path.as_str()),
        ("PATCH", "/api/v3/repos/o/r/hooks/7")
    );
    let secret = asked.body["config"]["secret"].as_str().unwrap();
    assert_ne!(secret, hooked.secret);
    let push = github_push(host, "refs/heads/topic", &commit);
    assert_eq!(hooked.send("push", "d", &push).await.0, 401);
    let (status, answer) = hooked.send_signed("push", "d", &push, secret).await;
    assert_eq!(status, 200, "{answer}");
    yard.finished(answer["builds"][0].as_str().unwrap()).await;
    // The hook stays with its repository.
    let (status, output) = yard.call("UpdateProject", json!({ "name": "pp", "source": { "type": "GITHUB", "location": "https://github.com/a/b" } })).await;
    assert_eq!((status, &output["__type"]), (400, &json!("InvalidInputException")), "{output}");
    host.answers("DELETE /api/v3/repos/o/r/hooks/7", 403, json!({ "message": "no" }));
    let (status, output) = yard.call("DeleteWebhook", json!({ "projectName": "pp" })).await;
    assert_eq!((status, &output["__type"]), (400, &json!("OAuthProviderException")), "{output}");
    host.answers("DELETE /api/v3/repos/o/r/hooks/7", 204, Value::Null);
    yard.ok("DeleteWebhook", json!({ "projectName": "pp" })).await;
    assert_eq!(hooked.send_signed("push", "d", &push, secret).await.0, 404);
    // A project takes its hook along, also where the provider does not let go of it.
    for status in [204, 403] {
        yard.ok("CreateWebhook", json!({ "projectName": "pp" })).await;
        host.answers("DELETE /api/v3/repos/o/r/hooks/7", status, Value::Null);
        host.asked();
        yard.ok("DeleteProject", json!({ "name": "pp" })).await;
        let asked = host.asked().pop().unwrap();
        assert_eq!(
            (asked.method.as_str(), asked.path.as_str()),
            ("DELETE", "/api/v3/repos/o/r/hooks/7")
        );
        let mut project = yard.project("pp", SPEC);
        project["source"] = json!({
            "type": "GITHUB_ENTERPRISE", "location": host.http("o/r.git"), "buildspec": SPEC,
        });
        yard.ok("CreateProject", project).await;
    }
    for operation in ["DeleteWebhook", "UpdateWebhook"] {
        let (status, output) = yard.call(operation, json!({ "projectName": "pp" })).await;
        assert_eq!(
            (status, &output["__type"]),
            (400, &json!("ResourceNotFoundException")),
            "{output}"
        );
    }
}

async fn webhooks_that_cannot_be_made_are_refused() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let mut project = yard.project("pp", "");
    project["source"] = json!({ "type": "GITHUB_ENTERPRISE", "location": host.http("o/r.git") });
    yard.ok("CreateProject", project).await;
    let (status, output) = yard.call("CreateWebhook", json!({ "projectName": "pp" })).await;
    assert_eq!(output["message"], "Could not find access token for server type github_enterprise");
    assert_eq!((status, &output["__type"]), (400, &json!("InvalidInputException")));
    // By hand it needs none, and then tells what the user has to enter.
    let made =
        yard.ok("CreateWebhook", json!({ "projectName": "pp", "manualCreation": true })).await;
    assert!(
        made["webhook"]["secret"].as_str().unwrap().len() > 30 && made["webhook"]["url"].is_null()
    );
    assert!(host.asked().is_empty());
    yard.ok("DeleteWebhook", json!({ "projectName": "pp" })).await;
    let token = json!({ "serverType": "GITHUB_ENTERPRISE", "authType": "PERSONAL_ACCESS_TOKEN", "token": "t" });
    yard.ok("ImportSourceCredentials", token).await;
    host.answers("POST /api/v3/repos/o/r/hooks", 404, json!({ "message": "Not Found" }));
    let (status, output) = yard.call("CreateWebhook", json!({ "projectName": "pp" })).await;
    assert_eq!((status, &output["__type"]), (400, &json!("OAuthProviderException")));
    assert!(
        output["message"]
            .as_str()
            .unwrap()
            .starts_with("Repository not found or permission denied.")
    );
    let group = |filters: Value| json!({ "filterGroups": [filters] });
    let event = |pattern: &str| json!({ "type": "EVENT", "pattern": pattern });
    for (input, named) in [
        (group(json!([{ "type": "HEAD_REF", "pattern": "x" }])), "EVENT"),
        (group(json!([event("PUSHED")])), "PUSHED"),
        (group(json!([event("RELEASED")])), "RELEASED"),
        (
            group(json!([event("PUSH"), { "type": "HEAD_REF", "pattern": "(" }])),
            "regular expression",
        ),
        (
            group(json!([event("PUSH"), { "type": "HEAD_REF", "pattern": "x".repeat(5_000) }])),
            "4096 are possible",
        ),
        (group(json!([event(&"PUSH,".repeat(5_000))])), "more than 4096 bytes"),
        (
            group(json!([event("PUSH"), { "type": "HEAD_REF", "pattern": "(a{1000}){1000}" }])),
            "regular expression",
        ),
        (
            group(json!([event("PUSH"), { "type": "REPOSITORY_NAME", "pattern": "x" }])),
            "REPOSITORY_NAME",
        ),
        (json!({ "branchFilter": "x", "filterGroups": [[event("PUSH")]] }), "branchFilter"),
        (json!({ "branchFilter": "[" }), "branch filter"),
        (json!({ "buildType": "RUNNER_BUILDKITE_BUILD" }), "RUNNER_BUILDKITE_BUILD"),
        (json!({ "scopeConfiguration": { "name": "o", "scope": "GITHUB_ORGANIZATION" } }), "scope"),
        (
            json!({ "pullRequestBuildPolicy": { "requiresCommentApproval": "ALL_PULL_REQUESTS", "approverRoles": ["GITLAB_OWNER"] } }),
            "GITLAB_OWNER",
        ),
    ] {
        let mut input = input;
        input["projectName"] = json!("pp");
        let (status, output) = yard.call("CreateWebhook", input.clone()).await;
        assert!((400..=501).contains(&status), "{input}: {output}");
        assert!(output["message"].as_str().unwrap().contains(named), "{input}: {output}");
    }
    yard.create("other", SPEC).await;
    let (status, output) = yard.call("CreateWebhook", json!({ "projectName": "other" })).await;
    assert_eq!((status, &output["__type"]), (400, &json!("InvalidInputException")), "{output}");
    let eve = yard.yard.user("eve", json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "sts:*", "Resource": "*" }] }));
    let target = "CodeBuild_20161006.CreateWebhook";
    let (status, output) =
        yard.yard.json_as(&eve, "codebuild", target, json!({ "projectName": "pp" })).await;
    assert_eq!(status, 400, "{output}");
    assert!(output["message"].as_str().unwrap().contains("codebuild:CreateWebhook"), "{output}");
}

async fn an_organizations_hook_builds_the_repository_of_each_event() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let mut project = yard.project("pp", SPEC);
    project["source"] = json!({
        "type": "GITHUB_ENTERPRISE", "location": "CODEBUILD_DEFAULT_WEBHOOK_SOURCE_LOCATION", "buildspec": SPEC,
    });
    yard.ok("CreateProject", project).await;
    let token = json!({ "serverType": "GITHUB_ENTERPRISE", "authType": "PERSONAL_ACCESS_TOKEN", "token": "t" });
    yard.ok("ImportSourceCredentials", token).await;
    let made = yard.ok("CreateWebhook", json!({
        "projectName": "pp",
        "scopeConfiguration": { "name": "o", "domain": host.http("").trim_end_matches('/'), "scope": "GITHUB_ORGANIZATION" },
        "filterGroups": [[{ "type": "EVENT", "pattern": "PUSH" }, { "type": "REPOSITORY_NAME", "pattern": "^r$" }]],
    }))
    .await;
    let asked = host.asked().pop().unwrap();
    assert_eq!(asked.path, "/api/v3/orgs/o/hooks");
    let commit = host.repository("o/r").push(&[("f", "1")], "refs/heads/main");
    let hooked = Hooked {
        path: made["webhook"]["payloadUrl"]
            .as_str()
            .unwrap()
            .strip_prefix(&yard.yard.url)
            .unwrap()
            .to_owned(),
        secret: asked.body["config"]["secret"].as_str().unwrap().to_owned(),
        kind: "GITHUB_ENTERPRISE",
        yard,
        host,
    };
    let mut push = github_push(&hooked.host, "refs/heads/main", &commit);
    let build = hooked.build("push", &push).await;
    assert_eq!(build["source"]["location"], hooked.host.http("o/r.git"));
    push["repository"]["name"] = json!("other");
    hooked.nothing("push", &push).await;
    push["repository"] = json!({ "name": "r", "clone_url": "http://169.254.169.254/o/r" });
    let (status, answer) = hooked.send("push", "d", &push).await;
    assert_eq!(status, 400, "{answer}");
    // Nor do credentials go to another host or organization, whatever an event says.
    for url in ["https://elsewhere.example/o/r.git", &hooked.host.http("p/r.git")] {
        push["repository"]["clone_url"] = json!(url);
        let (status, answer) = hooked.send("push", url, &push).await;
        assert_eq!(status, 400, "{url}: {answer}");
        assert!(answer["message"].as_str().unwrap().contains("is no repository of o"), "{answer}");
    }
    let (status, output) = hooked.yard.call("StartBuild", json!({ "projectName": "pp" })).await;
    assert_eq!((status, &output["__type"]), (400, &json!("InvalidInputException")), "{output}");
}

crate::tests![
    webhooks_are_changed_and_deleted_at_the_provider,
    webhooks_that_cannot_be_made_are_refused,
    an_organizations_hook_builds_the_repository_of_each_event,
];
