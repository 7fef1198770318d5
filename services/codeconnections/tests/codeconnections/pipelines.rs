//! A pipeline whose source is a repository at the end of a connection.

use std::io::{Cursor, Read as _};
use std::time::Duration;

use serde_json::{Value, json};
use testkit::TestYard;
use types::ManualClock;

use crate::host::Host;
use crate::support::{Bench, services};

async fn bench(clock: types::SharedClock) -> Bench {
    let mut services = services();
    services.push(svc_codepipeline::service());
    services.push(svc_s3::service());
    let bench = Bench { yard: TestYard::builder(services).clock(clock).start().await };
    let keys = bench.yard.root();
    let made = bench.yard.send(Some(&keys), "s3", "PUT", "/artifacts", &[], Vec::new()).await;
    assert_eq!(made.status, 200);
    bench
}

/// The role of a pipeline that may use connections for one repository's branch.
fn role(bench: &Bench, name: &str, condition: Value) -> String {
    bench.yard.role(
        name,
        json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": "s3:*", "Resource": "*" },
            {
                "Effect": "Allow", "Action": "codeconnections:UseConnection", "Resource": "*",
                "Condition": condition,
            },
        ] }),
    )
}

fn pipeline(role: &str, connection: &str, detect: &str) -> Value {
    let source = json!({
        "name": "Take",
        "actionTypeId": {
            "category": "Source", "owner": "AWS", "provider": "CodeStarSourceConnection",
            "version": "1",
        },
        "configuration": {
            "ConnectionArn": connection, "FullRepositoryId": "o/r", "BranchName": "main",
            "DetectChanges": detect, "OutputArtifactFormat": "CODE_ZIP",
        },
        "outputArtifacts": [{ "name": "Source" }],
        "namespace": "SourceVariables",
    });
    let approval = json!({
        "name": "Approve",
        "actionTypeId": {
            "category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1",
        },
        "configuration": { "CustomData": "#{SourceVariables.CommitId}" },
    });
    json!({ "pipeline": {
        "name": "p", "roleArn": role, "artifactStore": { "type": "S3", "location": "artifacts" },
        "stages": [
            { "name": "Source", "actions": [source] },
            { "name": "Approve", "actions": [approval] },
        ],
    } })
}

async fn call(bench: &Bench, operation: &str, input: Value) -> (u16, Value) {
    let target = format!("CodePipeline_20150709.{operation}");
    bench.yard.json("codepipeline", &target, input).await
}

/// The newest execution of the source action, once it has ended and is another than `than`.
async fn taken(bench: &Bench, than: &str) -> Value {
    TestYard::until(Duration::from_secs(30), || async {
        let (_, found) = call(bench, "ListActionExecutions", json!({ "pipelineName": "p" })).await;
        let all = found["actionExecutionDetails"].as_array().unwrap();
        let newest = all.iter().find(|it| it["actionName"] == "Take")?.clone();
        let is_new = newest["pipelineExecutionId"] != than;
        (is_new && newest["status"] != "InProgress").then_some(newest)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_is_taken_and_watched() {
    let clock = ManualClock::new(types::system_clock().now());
    let (bench, host) = (bench(clock.clone()).await, Host::start().await);
    let work = host.repository("o/r");
    let first = work.push(
        &[("f", "one\n"), ("d/g", "deep\n"), (".gitattributes", "f export-ignore\n")],
        "refs/heads/main",
    );
    host.wants("x-access-token:t0ken");
    let arn = bench.connection(&host).await;
    let only = json!({ "StringEquals": {
        "codeconnections:FullRepositoryId": "o/r", "codeconnections:BranchName": "main",
        "codeconnections:ProviderPermissionsRequired": "read_only",
    } });
    let role = role(&bench, "pipeline", only);
    let (status, said) = call(&bench, "CreatePipeline", pipeline(&role, &arn, "true")).await;
    assert_eq!(status, 200, "{said}");
    let done = taken(&bench, "").await;
    assert_eq!(done["status"], "Succeeded", "{done:#}");
    let variables = &done["output"]["outputVariables"];
    for (name, expected) in [
        ("CommitId", first.as_str()),
        ("BranchName", "main"),
        ("FullRepositoryName", "o/r"),
        ("ConnectionArn", &arn),
        ("CommitMessage", "a change"),
        ("AuthorDisplayName", "t"),
        ("AuthorEmail", "t@example.com"),
        ("ProviderType", "GitHubEnterpriseServer"),
    ] {
        assert_eq!(variables[name], expected, "{variables:#}");
    }
    assert!(variables["AuthorDate"].as_str().unwrap().ends_with('Z'), "{variables:#}");
    let place = &done["output"]["outputArtifacts"][0]["s3location"];
    let path = format!("/{}/{}", place["bucket"].as_str().unwrap(), place["key"].as_str().unwrap());
    let keys = bench.yard.root();
    let answer = bench.yard.send(Some(&keys), "s3", "GET", &path, &[], Vec::new()).await;
    assert_eq!(answer.status, 200);
    let mut zip = zip::ZipArchive::new(Cursor::new(answer.body.to_vec())).unwrap();
    for (name, expected) in [("f", "one\n"), ("d/g", "deep\n")] {
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, expected);
    }
    // A look that finds nothing new starts nothing.
    host.signed();
    clock.advance_millis(31_000);
    TestYard::until(Duration::from_secs(20), || async {
        (!host.signed().is_empty()).then_some(())
    })
    .await;
    let second = work.push(&[("f", "two\n")], "refs/heads/main");
    clock.advance_millis(31_000);
    let next = taken(&bench, done["pipelineExecutionId"].as_str().unwrap()).await;
    assert_eq!(next["output"]["outputVariables"]["CommitId"], second.as_str(), "{next:#}");
    let input = json!({
        "pipelineName": "p", "pipelineExecutionId": next["pipelineExecutionId"],
    });
    let (_, shown) = call(&bench, "GetPipelineExecution", input).await;
    let trigger = &shown["pipelineExecution"]["trigger"];
    assert_eq!(*trigger, json!({ "triggerType": "PollForSourceChanges", "triggerDetail": "Take" }));
    let (_, all) = call(&bench, "ListPipelineExecutions", json!({ "pipelineName": "p" })).await;
    assert_eq!(all["pipelineExecutionSummaries"].as_array().unwrap().len(), 2);
    // An older commit, by an override.
    let input = json!({ "name": "p", "sourceRevisions": [
        { "actionName": "Take", "revisionType": "COMMIT_ID", "revisionValue": first },
    ] });
    let (status, started) = call(&bench, "StartPipelineExecution", input).await;
    assert_eq!(status, 200, "{started}");
    let again = taken(&bench, next["pipelineExecutionId"].as_str().unwrap()).await;
    assert_eq!(again["output"]["outputVariables"]["CommitId"], first.as_str(), "{again:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_the_way_is_told() {
    let (bench, host) = (bench(types::system_clock()).await, Host::start().await);
    host.repository("o/r").push(&[("f", "one\n")], "refs/heads/main");
    let arn = bench.connection(&host).await;
    let at = bench.ok("ListHosts", json!({})).await["Hosts"][0]["HostArn"].clone();
    let made =
        bench.ok("CreateConnection", json!({ "ConnectionName": "new", "HostArn": at })).await;
    let pending = made["ConnectionArn"].as_str().unwrap();
    let any = role(&bench, "any", json!({}));
    let other = json!({ "StringEquals": { "codeconnections:FullRepositoryId": "o/other" } });
    let narrow = role(&bench, "narrow", other);
    for (role, arn, code, word) in [
        (&narrow, arn.as_str(), "PermissionError", "Unable to use Connection: "),
        (&any, pending, "JobFailed", "its status is PENDING"),
    ] {
        let (status, said) = call(&bench, "CreatePipeline", pipeline(role, arn, "false")).await;
        assert_eq!(status, 200, "{said}");
        let done = taken(&bench, "").await;
        let error = &done["output"]["executionResult"]["errorDetails"];
        assert_eq!((&done["status"], &error["code"]), (&json!("Failed"), &json!(code)), "{done:#}");
        assert!(error["message"].as_str().unwrap().contains(word), "{error}");
        call(&bench, "DeletePipeline", json!({ "name": "p" })).await;
    }
    host.wants("x-access-token:other");
    call(&bench, "CreatePipeline", pipeline(&any, &arn, "false")).await;
    let done = taken(&bench, "").await;
    let said = done["output"]["executionResult"]["errorDetails"]["message"].as_str().unwrap();
    assert!(said.contains("does not let connection") && !said.contains("t0ken"), "{said}");
    // At the door.
    let mut full = pipeline(&any, &arn, "true");
    full["pipeline"]["name"] = json!("q");
    for (key, value) in [
        ("OutputArtifactFormat", "CODEBUILD_CLONE_REF"),
        ("ConnectionArn", "arn:aws:codebuild:us-east-1:123456789012:project/p"),
        ("FullRepositoryId", "r"),
        ("FullRepositoryId", "o/r.git"),
        ("DetectChanges", "maybe"),
    ] {
        let mut input = full.clone();
        input["pipeline"]["stages"][0]["actions"][0]["configuration"][key] = json!(value);
        let (status, said) = call(&bench, "CreatePipeline", input).await;
        assert_eq!(status, 400, "{key}");
        assert!(said.to_string().contains(value), "{said}");
    }
    // A variable could lead to another connection than the one that was asked about.
    let mut input = full.clone();
    input["pipeline"]["pipelineType"] = json!("V2");
    input["pipeline"]["variables"] = json!([{ "name": "which", "defaultValue": arn }]);
    let end = arn.rsplit_once('/').unwrap().0;
    for value in ["#{variables.which}".to_owned(), format!("{end}/#{{variables.which}}")] {
        let place = &mut input["pipeline"]["stages"][0]["actions"][0]["configuration"];
        place["ConnectionArn"] = json!(value);
        let (status, said) = call(&bench, "CreatePipeline", input.clone()).await;
        assert_eq!(status, 400, "{said}");
        assert!(said.to_string().contains("not the ARN of a connection"), "{said}");
    }
    // Whoever hands a connection over must be allowed to.
    let keys = bench.yard.user(
        "eve",
        json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": ["codepipeline:*", "iam:PassRole"], "Resource": "*" },
        ] }),
    );
    let target = "CodePipeline_20150709.CreatePipeline";
    let (status, said) = bench.yard.json_as(&keys, "codepipeline", target, full).await;
    assert_eq!(status, 400);
    assert!(said.to_string().contains("codeconnections:PassConnection"), "{said}");
}
