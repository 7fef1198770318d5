//! Jobs of GitHub's workflows, hooks of enterprises, releases, and hosts with certificates of their
//! own.

use serde_json::{Value, json};

use super::{Hooked, OPEN, SPEC, github_push};
use crate::harness::Yard;
use crate::host::Host;

fn job(host: &Host, commit: &str, labels: &[&str]) -> Value {
    json!({
        "action": "queued",
        "workflow_job": {
            "id": 99, "run_id": 7, "run_attempt": 1, "workflow_name": "CI", "name": "build",
            "head_branch": "main", "head_sha": commit, "labels": labels,
        },
        "repository": { "name": "r", "clone_url": host.http("o/r.git"), "owner": { "login": "o" } },
        "sender": { "id": 42, "login": "someone" },
    })
}

async fn jobs_of_workflows_start_builds() {
    let hooked = Hooked::start(
        "GITHUB_ENTERPRISE",
        json!({
            "filterGroups": [[
                { "type": "EVENT", "pattern": "WORKFLOW_JOB_QUEUED" },
                { "type": "WORKFLOW_NAME", "pattern": "^CI$" },
            ]],
            "pullRequestBuildPolicy": { "requiresCommentApproval": OPEN },
        }),
    )
    .await;
    let host = &hooked.host;
    let commit = host.repository("o/r").push(&[("f", "1")], "refs/heads/main");
    let build = hooked.build("workflow_job", &job(host, &commit, &["codebuild-pp-7-1"])).await;
    assert_eq!(build["resolvedSourceVersion"], commit);
    let variables = hooked.variables(&build).await;
    for (name, value) in [
        ("EVENT", "WORKFLOW_JOB_QUEUED"),
        ("JOB_ID", "99"),
        ("RUN_ID", "7"),
        ("LABEL", "codebuild-pp-7-1"),
        ("HEAD_REF", "refs/heads/main"),
    ] {
        assert!(variables.contains(&(name.into(), value.into())), "{name}: {variables:?}");
    }
    // What AWS would do and this yard does not is in the log.
    let log = hooked.yard.log(&build).await;
    assert!(log.contains("starts no GitHub Actions runner"), "{log}");
    for (labels, why) in [
        (&["ubuntu-latest"][..], "codebuild-pp-7-1"),
        (&["codebuild-pp-8-1"], "codebuild-pp-7-1"),
        (&["codebuild-pp-7-1", "image:linux-5.0"], "image:linux-5.0 is not supported"),
    ] {
        let said = hooked.nothing("workflow_job", &job(host, &commit, labels)).await;
        assert!(said.contains(why), "{said}");
    }
    let mut other = job(host, &commit, &["codebuild-pp-7-1"]);
    other["workflow_job"]["workflow_name"] = json!("Nightly");
    hooked.nothing("workflow_job", &other).await;
    other["action"] = json!("completed");
    hooked.nothing("workflow_job", &other).await;
    hooked.nothing("push", &github_push(host, "refs/heads/main", &commit)).await;
}

async fn hooks_of_an_enterprise_are_made_by_hand() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let mut project = yard.project("pp", SPEC);
    project["source"] = json!({
        "type": "GITHUB_ENTERPRISE", "location": "CODEBUILD_DEFAULT_WEBHOOK_SOURCE_LOCATION",
        "buildspec": SPEC,
    });
    yard.ok("CreateProject", project).await;
    let mut input = json!({
        "projectName": "pp",
        "scopeConfiguration": {
            "name": "acme", "domain": host.http("").trim_end_matches('/'), "scope": "GITHUB_GLOBAL",
        },
        "filterGroups": [[
            { "type": "EVENT", "pattern": "PUSH" },
            { "type": "ORGANIZATION_NAME", "pattern": "^o$" },
        ]],
    });
    let (status, refused) = yard.call("CreateWebhook", input.clone()).await;
    assert_eq!(status, 501, "{refused}");
    assert!(refused["message"].as_str().unwrap().contains("GITHUB_GLOBAL without manualCreation"));
    input["manualCreation"] = json!(true);
    let made = yard.ok("CreateWebhook", input).await["webhook"].clone();
    assert!(host.asked().is_empty() && made["url"].is_null());
    let hooked = Hooked {
        path: made["payloadUrl"].as_str().unwrap().strip_prefix(&yard.yard.url).unwrap().to_owned(),
        secret: made["secret"].as_str().unwrap().to_owned(),
        kind: "GITHUB_ENTERPRISE",
        yard,
        host,
    };
    let commit = hooked.host.repository("o/r").push(&[("f", "1")], "refs/heads/main");
    let mut push = github_push(&hooked.host, "refs/heads/main", &commit);
    // Without the enterprise's name it is nobody's.
    let (status, answer) = hooked.send("push", "a", &push).await;
    assert_eq!(status, 400, "{answer}");
    push["enterprise"] = json!({ "slug": "acme" });
    let build = hooked.build("push", &push).await;
    assert_eq!(build["source"]["location"], hooked.host.http("o/r.git"));
    push["repository"]["owner"]["login"] = json!("p");
    hooked.nothing("push", &push).await;
    push["repository"]["clone_url"] = json!("https://elsewhere.example/o/r.git");
    let (status, answer) = hooked.send("push", "b", &push).await;
    assert_eq!(status, 400, "{answer}");
}

/// The host's API has a certificate by an authority that only the project's environment names.
async fn providers_are_known_by_the_projects_certificate() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    yard.s3("PUT", "/certs", Vec::new()).await;
    yard.s3("PUT", "/certs/ca.pem", host.authority.clone().into_bytes()).await;
    let commit = host.repository("o/r").push(&[("f", "1")], "refs/heads/main");
    let mut project = yard.project("pp", SPEC);
    project["source"] = json!({
        "type": "GITHUB_ENTERPRISE", "location": host.https("o/r.git"), "buildspec": SPEC,
        "reportBuildStatus": true,
    });
    yard.ok("CreateProject", project.clone()).await;
    let token = json!({
        "serverType": "GITHUB_ENTERPRISE", "authType": "PERSONAL_ACCESS_TOKEN", "token": "t",
    });
    yard.ok("ImportSourceCredentials", token).await;
    let (status, refused) = yard.call("CreateWebhook", json!({ "projectName": "pp" })).await;
    assert_eq!((status, &refused["__type"]), (400, &json!("OAuthProviderException")), "{refused}");
    let mut environment = project["environment"].clone();
    environment["certificate"] = json!("arn:aws:s3:::certs/ca.pem");
    yard.ok("UpdateProject", json!({ "name": "pp", "environment": environment })).await;
    yard.ok("CreateWebhook", json!({ "projectName": "pp" })).await;
    assert_eq!(host.asked().pop().unwrap().path, "/api/v3/repos/o/r/hooks");
    let id = yard.start_build(json!({ "projectName": "pp" })).await;
    assert_eq!(yard.finished(&id).await["buildStatus"], "SUCCEEDED");
    let asked = host.asked();
    let path = format!("/api/v3/repos/o/r/statuses/{commit}");
    let states: Vec<_> =
        asked.iter().filter(|it| it.path == path).map(|it| it.body["state"].clone()).collect();
    assert_eq!(states, ["pending", "success"], "{asked:?}");
}

crate::tests![
    jobs_of_workflows_start_builds,
    hooks_of_an_enterprise_are_made_by_hand,
    providers_are_known_by_the_projects_certificate,
];
