//! What providers are told of builds, and what starts builds of repositories.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::Yard;
use crate::host::Host;
use crate::repositories::{SPEC, build, failure, import, project};

async fn statuses_are_reported() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let work = host.repository("o/r");
    let commit = work.push(&[("buildspec.yml", SPEC), ("f", "one\n")], "refs/heads/main");
    for server in ["GITHUB_ENTERPRISE", "GITLAB_SELF_MANAGED", "BITBUCKET"] {
        import(&yard, server, "t0ken").await;
    }
    for (kind, path, authorization, states) in [
        (
            "GITHUB_ENTERPRISE",
            format!("/api/v3/repos/o/r/statuses/{commit}"),
            "Bearer t0ken",
            ["pending", "success", "failure"],
        ),
        (
            "GITLAB_SELF_MANAGED",
            format!("/api/v4/projects/o%2Fr/statuses/{commit}"),
            "t0ken",
            ["running", "success", "failed"],
        ),
        (
            "BITBUCKET",
            format!("/2.0/repositories/o/r/commit/{commit}/statuses/build"),
            "Bearer t0ken",
            ["INPROGRESS", "SUCCESSFUL", "FAILED"],
        ),
    ] {
        yard.call("DeleteProject", json!({ "name": "pp" })).await;
        let mut reporting = project(&yard, kind, &host.http("o/r.git"));
        reporting["source"]["reportBuildStatus"] = json!(true);
        yard.ok("CreateProject", reporting).await;
        host.asked();
        let done = build(&yard, json!({})).await;
        assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
        let done = build(&yard, json!({
            "buildspecOverride": "version: 0.2\nphases:\n  build:\n    commands: [\"false\"]\n",
            "buildStatusConfigOverride": {
                "context": "ci #$CODEBUILD_BUILD_NUMBER", "targetUrl": "https://h/?r=$AWS_REGION",
            },
        }))
        .await;
        let number = &done["buildNumber"];
        let asked = host.asked();
        assert_eq!(asked.len(), 4, "{asked:?}");
        assert!(
            asked.iter().all(|it| it.method == "POST"
                && it.path == path
                && it.authorization == authorization),
            "{asked:?}"
        );
        let told: Vec<&str> = asked.iter().map(|it| it.body["state"].as_str().unwrap()).collect();
        assert_eq!(told, [states[0], states[1], states[0], states[2]]);
        let member = if kind == "GITHUB_ENTERPRISE" { "context" } else { "name" };
        assert_eq!(asked[0].body[member], "AWS CodeBuild us-east-1 (pp)");
        assert_eq!(asked[3].body[member], format!("ci #{number}"));
        let url = if kind == "BITBUCKET" { "url" } else { "target_url" };
        assert_eq!(asked[3].body[url], "https://h/?r=us-east-1");
        // A report that fails is no failure of the build, and no secret.
        host.answers(&format!("POST {path}"), 403, json!({ "message": "no write access" }));
        let done = build(&yard, json!({})).await;
        assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
        let log = yard.log(&done).await;
        assert!(
            log.contains("The build's status could not be reported: ")
                && log.contains("HTTP 403: no write access"),
            "{log}"
        );
    }
}

async fn a_push_to_codecommit_starts_a_build_by_a_rule() {
    let yard = Yard::start().await;
    let commit = |operation: &str| format!("CodeCommit_20150413.{operation}");
    let input = json!({ "repositoryName": "r" });
    let made = yard.other("codecommit", &commit("CreateRepository"), input).await;
    let mut from =
        project(&yard, "CODECOMMIT", made["repositoryMetadata"]["cloneUrlHttp"].as_str().unwrap());
    from["source"]["buildspec"] =
        json!("version: 0.2\nphases:\n  build:\n    commands: [\"cat f\"]\n");
    let arn = yard.ok("CreateProject", from).await["project"]["arn"].clone();
    let rule = json!({
        "Name": "on-push",
        "EventPattern": json!({
            "source": ["aws.codecommit"],
            "detail-type": ["CodeCommit Repository State Change"],
            "resources": [made["repositoryMetadata"]["Arn"]],
            "detail": { "referenceType": ["branch"], "event": ["referenceCreated", "referenceUpdated"] },
        })
        .to_string(),
    });
    yard.other("events", "AWSEvents.PutRule", rule).await;
    let target = json!({ "Rule": "on-push", "Targets": [{
        "Id": "build", "Arn": arn, "RoleArn": yard.role,
        "InputTransformer": {
            "InputPathsMap": { "commit": "$.detail.commitId" },
            "InputTemplate": "{\"sourceVersion\": <commit>}",
        },
    }] });
    yard.other("events", "AWSEvents.PutTargets", target).await;
    let file = json!({
        "repositoryName": "r", "branchName": "main", "filePath": "f", "fileContent": "b25lCg==",
    });
    let put = yard.other("codecommit", &commit("PutFile"), file).await;
    let id = testkit::TestYard::until(Duration::from_secs(20), || async {
        let all = yard.ok("ListBuildsForProject", json!({ "projectName": "pp" })).await;
        all["ids"][0].as_str().map(str::to_owned)
    })
    .await;
    let done = yard.finished(&id).await;
    assert_eq!(
        (&done["buildStatus"], &done["sourceVersion"]),
        (&json!("SUCCEEDED"), &put["commitId"])
    );
    assert_eq!(yard.output(&done).await, "one\n");
}

/// Private repositories as the stock command line has them built: of this yard, and of a host
/// with a certificate of its own.
async fn the_stock_command_line_builds_private_repositories() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let work = host.repository("o/r");
    let commit = work.push(&[("buildspec.yml", SPEC), ("f", "private\n")], "refs/heads/main");
    host.wants("x-access-token:t0ken");
    let keys = yard.yard.root();
    let url = yard.yard.url.clone();
    let aws = move |words: Vec<String>| {
        let (keys, url) = (keys.clone(), url.clone());
        async move {
            let run = move || {
                std::process::Command::new(testkit::venv::bin().join("aws"))
                    .args(&words)
                    .env_clear()
                    .env("PATH", "/usr/bin:/bin")
                    .env("HOME", "/nonexistent")
                    .env("AWS_ENDPOINT_URL", url)
                    .env("AWS_DEFAULT_REGION", testkit::REGION)
                    .env("AWS_ACCESS_KEY_ID", &keys.id)
                    .env("AWS_SECRET_ACCESS_KEY", &keys.secret)
                    .output()
                    .unwrap()
            };
            let output = tokio::task::spawn_blocking(run).await.unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{said}");
            serde_json::from_slice::<Value>(&output.stdout).unwrap_or(Value::Null)
        }
    };
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let made = aws(words("codebuild import-source-credentials --server-type GITHUB_ENTERPRISE --auth-type PERSONAL_ACCESS_TOKEN --token t0ken")).await;
    assert!(made["arn"].as_str().unwrap().ends_with(":token/github_enterprise"));
    let mut private = project(&yard, "GITHUB_ENTERPRISE", &host.https("o/r.git"));
    private["source"]["insecureSsl"] = json!(true);
    let create = ["codebuild", "create-project", "--cli-input-json"].map(str::to_owned);
    let create = create.into_iter().chain([private.to_string()]).collect();
    aws(create).await;
    let started = aws(words("codebuild start-build --project-name pp --source-version main")).await;
    let id = started["build"]["id"].as_str().unwrap().to_owned();
    yard.finished(&id).await;
    let shown = aws(words(&format!("codebuild batch-get-builds --ids {id}"))).await;
    let done = &shown["builds"][0];
    assert_eq!(
        (&done["buildStatus"], &done["resolvedSourceVersion"]),
        (&json!("SUCCEEDED"), &json!(commit)),
        "{done}"
    );
    let listed = aws(words("codebuild list-source-credentials")).await;
    assert_eq!(listed["sourceCredentialsInfos"][0]["serverType"], "GITHUB_ENTERPRISE");
    let hook =
        aws(words("codebuild create-webhook --project-name pp --branch-filter ^main$")).await;
    assert!(hook["webhook"]["url"].as_str().unwrap().ends_with("/repos/o/r/hooks/7"), "{hook}");
    aws(words("codebuild delete-webhook --project-name pp")).await;
    // CodeCommit's are private too: the role that may not pull is told so.
    let made = aws(words("codecommit create-repository --repository-name mine")).await;
    let file = [
        "codecommit",
        "put-file",
        "--repository-name",
        "mine",
        "--branch-name",
        "main",
        "--file-path",
        "buildspec.yml",
        "--file-content",
        "version: 0.2\nphases: {build: {commands: [echo mine]}}\n",
    ];
    aws(file.map(str::to_owned).to_vec()).await;
    let location = made["repositoryMetadata"]["cloneUrlHttp"].as_str().unwrap();
    // As JSON: version 1 of the command line fetches what a parameter's URL names.
    let mut start = json!({
        "projectName": "pp", "sourceTypeOverride": "CODECOMMIT", "sourceLocationOverride": location,
        "insecureSslOverride": false,
    });
    let started = |input: &Value| {
        let words = ["codebuild", "start-build", "--cli-input-json"].map(str::to_owned);
        aws(words.into_iter().chain([input.to_string()]).collect())
    };
    let begun = started(&start).await;
    let done = yard.finished(begun["build"]["id"].as_str().unwrap()).await;
    assert_eq!(yard.output(&done).await, "mine\n", "{done}");
    let logs = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "logs:*", "Resource": "*" }] });
    let narrow = yard.yard.role("narrow", logs);
    start["serviceRoleOverride"] = json!(narrow);
    let begun = started(&start).await;
    let said = failure(&yard.finished(begun["build"]["id"].as_str().unwrap()).await);
    assert!(said.starts_with("authorization failed for primary source"), "{said}");
}

crate::tests![
    statuses_are_reported,
    a_push_to_codecommit_starts_a_build_by_a_rule,
    the_stock_command_line_builds_private_repositories,
];
