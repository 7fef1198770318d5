//! One change through a whole pipeline, and what is told of it.

use std::io::Read;
use std::time::Duration;

use api_developer::codebuild::BuildStatusType;
use api_developer::codedeploy::DeploymentStatus;
use serde_json::{Value, json};
use testkit::TestYard;

use crate::support::{Bench, action, approval, build, deploy, source, stage};

#[tokio::test(flavor = "multi_thread")]
async fn a_change_goes_through() {
    let bench = Bench::new().await;
    let mut compile = build("Compile", Some("BuiltArtifact"));
    compile["namespace"] = json!("BuildVariables");
    compile["configuration"]["EnvironmentVariables"] = json!(
        r##"[{"name":"MESSAGE","value":"#{SourceVariables.CommitMessage}"},
             {"name":"EXECUTION","value":"#{codepipeline.PipelineExecutionId}"}]"##
    );
    let mut ask = approval("Ask");
    ask["configuration"] = json!({"CustomData": "Ship #{BuildVariables.VERSION}?"});
    let mut put = action(
        "Put",
        "Deploy",
        "S3",
        json!({"BucketName": "web", "Extract": "true", "ObjectKey": "v/#{BuildVariables.VERSION}",
               "CacheControl": "max-age=1"}),
    );
    put["inputArtifacts"] = json!([{"name": "BuiltArtifact"}]);
    let id = bench
        .create(json!([
            source(),
            stage("Build", json!([compile])),
            stage("Ask", json!([ask])),
            stage("Deploy", json!([deploy("Hosts", "BuiltArtifact"), put])),
        ]))
        .await;

    let builds = bench.builds(1).await;
    check_start(&bench, &id);
    bench.action_waits(1, 0).await;
    bench.world.end_build(bench.yard.yard(), &builds[0], BuildStatusType::Succeeded).await;

    let asked = bench.action_waits(2, 0).await;
    let resolved = bench.action(&id, "Ask").await;
    assert_eq!(resolved["input"]["configuration"]["CustomData"], "Ship #{BuildVariables.VERSION}?");
    assert_eq!(resolved["input"]["resolvedConfiguration"]["CustomData"], "Ship 1.2.3?");
    let approve = json!({
        "pipelineName": "p", "stageName": "Ask", "actionName": "Ask", "token": asked["token"],
        "result": {"summary": "Go", "status": "Approved"},
    });
    assert!(bench.ok("PutApprovalResult", approve).await["approvedAt"].is_number());

    bench.action_waits(3, 0).await;
    bench.world.end_deployment(bench.yard.yard(), "d-000000000", DeploymentStatus::Succeeded).await;
    let execution = bench.comes_to(&id, "Succeeded").await;
    check_ended(&bench, &id, &execution).await;
}

/// What the build was told.
fn check_start(bench: &Bench, id: &str) {
    let state = bench.world.state();
    let start = &state.started[0];
    let source = start.source_location_override.as_ref().unwrap();
    let (bucket, key) = source.split_once('/').unwrap();
    assert_eq!(bucket, "artifacts");
    let parts: Vec<&str> = key.split('/').collect();
    assert_eq!((parts[0], parts[1], parts[2].len()), ("p", "SourceArti", 7));
    assert_eq!(start.source_version.as_deref(), Some(state.commit.as_str()));
    let artifacts = start.artifacts_override.as_ref().unwrap();
    assert_eq!(artifacts.path.as_deref(), Some("p/BuiltArtif"));
    let variables = start.environment_variables_override.as_ref().unwrap();
    assert_eq!(variables[0].value, "Say \"hello\"\nat length");
    assert_eq!(variables[1].value, id);

    let zip = std::io::Cursor::new(state.objects[source].content.to_vec());
    let mut zip = zip::ZipArchive::new(zip).unwrap();
    let mut names: Vec<_> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    names.sort();
    assert_eq!(names, ["README.md", "bin/run", "site/css/a.css", "site/index.html"]);
    assert_eq!(zip.by_name("bin/run").unwrap().unix_mode().unwrap() & 0o777, 0o755);
    let mut text = String::new();
    zip.by_name("site/index.html").unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "<p>hello</p>");
}

async fn check_ended(bench: &Bench, id: &str, execution: &Value) {
    let commit = "c0ffee0000000000000000000000000000000001";
    let revision = &execution["artifactRevisions"][0];
    assert_eq!(
        (&revision["name"], &revision["revisionId"]),
        (&json!("SourceArtifact"), &json!(commit))
    );
    assert_eq!(execution["trigger"]["triggerType"], "CreatePipeline");
    assert_eq!(bench.latest().await["sourceRevisions"][0]["actionName"], "Take");

    let taken = bench.action(id, "Take").await;
    assert_eq!(
        taken["output"]["outputVariables"],
        json!({
            "AuthorDate": "2023-11-14T22:13:20Z",
            "BranchName": "main",
            "CommitId": commit,
            "CommitMessage": "Say \"hello\"\nat length",
            "CommitterDate": "2023-11-14T22:14:20Z",
            "RepositoryName": "r",
        })
    );
    let built = bench.action(id, "Compile").await;
    assert_eq!(built["status"], "Succeeded");
    assert_eq!(built["output"]["executionResult"]["externalExecutionId"], "b:0000");
    assert_eq!(built["output"]["outputVariables"]["VERSION"], "1.2.3");
    assert_eq!(built["input"]["inputArtifacts"], taken["output"]["outputArtifacts"]);

    let state = bench.world.state();
    let deployment = &state.created[0];
    let place = deployment.revision.as_ref().unwrap().s3_location.as_ref().unwrap();
    let built = &built["output"]["outputArtifacts"][0]["s3location"];
    assert_eq!(place.key.as_deref(), built["key"].as_str());
    assert_eq!(place.bucket.as_deref(), Some("artifacts"));
    let page = &state.objects["web/v/1.2.3/site/index.html"];
    assert_eq!(page.content, "<p>hello</p>");
    assert_eq!(page.content_type.as_deref(), Some("text/html"));
    assert_eq!(page.cache_control.as_deref(), Some("max-age=1"));
    let deployed = state.objects.keys().filter(|key| key.starts_with("web/")).count();
    assert_eq!(deployed, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_state_shows_stages_and_actions() {
    let bench = Bench::new().await;
    let id = bench.create(json!([source(), stage("Build", json!([build("Compile", None)]))])).await;
    bench.action_waits(1, 0).await;
    let state = bench.state().await;
    assert_eq!(state["pipelineVersion"], 1);
    let [source, build] = [&state["stageStates"][0], &state["stageStates"][1]];
    assert_eq!(source["latestExecution"]["pipelineExecutionId"], *id);
    assert_eq!(source["latestExecution"]["status"], "Succeeded");
    assert_eq!(source["inboundTransitionState"], json!({"enabled": true}));
    assert_eq!(
        source["actionStates"][0]["currentRevision"]["revisionId"],
        "c0ffee0000000000000000000000000000000001"
    );
    let taken = &source["actionStates"][0]["latestExecution"];
    assert_eq!(taken["summary"], "Say \"hello\"\nat length");
    assert_eq!(build["latestExecution"]["status"], "InProgress");
    let compiling = &build["actionStates"][0]["latestExecution"];
    assert_eq!(compiling["status"], "InProgress");
    assert_eq!(compiling["externalExecutionId"], "b:0000");
    assert!(compiling["token"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn several_artifacts_go_to_and_from_a_build() {
    let bench = Bench::new().await;
    let mut first = source();
    let mut other = first["actions"][0].clone();
    other["name"] = json!("Other");
    other["namespace"] = json!("OtherVariables");
    other["outputArtifacts"] = json!([{"name": "OtherArtifact"}]);
    first["actions"].as_array_mut().unwrap().push(other);
    let mut compile = build("Compile", None);
    compile["inputArtifacts"] = json!([{"name": "SourceArtifact"}, {"name": "OtherArtifact"}]);
    compile["outputArtifacts"] = json!([{"name": "One"}, {"name": "Two"}]);
    compile["configuration"]["PrimarySource"] = json!("OtherArtifact");
    bench.create(json!([first, stage("Build", json!([compile]))])).await;
    bench.builds(1).await;
    let state = bench.world.state();
    let start = &state.started[0];
    let primary = start.source_location_override.as_ref().unwrap();
    assert!(primary.starts_with("artifacts/p/OtherArtif/"), "{primary}");
    let secondary = &start.secondary_sources_override.as_ref().unwrap()[0];
    assert_eq!(secondary.source_identifier.as_deref(), Some("SourceArtifact"));
    let version = &start.secondary_sources_version_override.as_ref().unwrap()[0];
    assert_eq!(version.source_version, state.commit);
    assert!(start.artifacts_override.as_ref().unwrap().location.is_none());
    let outputs = start.secondary_artifacts_override.as_ref().unwrap();
    let names: Vec<_> = outputs.iter().map(|it| it.artifact_identifier.as_deref()).collect();
    assert_eq!(names, [Some("One"), Some("Two")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn artifacts_are_encrypted_with_the_keys_that_are_given() {
    let bench = Bench::new().await;
    bench.world.state().prompt = true;
    let configuration =
        json!({"BucketName": "web", "Extract": "true", "KMSEncryptionKeyARN": "alias/web"});
    let mut put = action("Put", "Deploy", "S3", configuration);
    put["inputArtifacts"] = json!([{"name": "SourceArtifact"}]);
    let stages = json!([
        source(),
        stage("Build", json!([build("Compile", None)])),
        stage("Deploy", json!([put]))
    ]);
    let mut pipeline = bench.pipeline(stages);
    pipeline["artifactStore"]["encryptionKey"] = json!({"type": "KMS", "id": "alias/artifacts"});
    bench.ok("CreatePipeline", json!({"pipeline": pipeline})).await;
    let id = bench.latest().await["pipelineExecutionId"].as_str().unwrap().to_owned();
    bench.comes_to(&id, "Succeeded").await;
    let state = bench.world.state();
    let key = |of: &str| {
        let found = state.objects.iter().find(|(key, _)| key.starts_with(of));
        found.and_then(|(_, object)| object.kms_key.as_deref())
    };
    assert_eq!(key("artifacts/p/SourceArti/"), Some("alias/artifacts"));
    assert_eq!(key("web/"), Some("alias/web"));
    assert_eq!(state.started[0].encryption_key_override.as_deref(), Some("alias/artifacts"));
}

#[tokio::test(flavor = "multi_thread")]
async fn builds_may_be_batches() {
    let bench = Bench::new().await;
    // The answer of the first call gets lost: what it started is found again.
    bench.world.state().lost_answers = 1;
    let mut compile = build("Compile", None);
    compile["configuration"]["BatchEnabled"] = json!("true");
    compile["outputArtifacts"] = json!([{"name": "build1"}]);
    let stages = json!([source(), stage("Build", json!([compile.clone()]))]);
    let id = bench.create(stages).await;
    let limit = Duration::from_secs(20);
    TestYard::until(limit, || async {
        (!bench.world.state().started_batches.is_empty()).then_some(())
    })
    .await;
    bench.world.state().batches_end = Some(BuildStatusType::Succeeded);
    bench.comes_to(&id, "Succeeded").await;
    let done = bench.action(&id, "Compile").await;
    let external = &done["output"]["executionResult"]["externalExecutionId"];
    assert_eq!(external, "batch:0", "{done}");
    assert!(bench.world.builds().is_empty());
    {
        let state = bench.world.state();
        assert_eq!(state.started_batches.len(), 1);
        let start = &state.started_batches[0];
        let config = start.build_batch_config_override.as_ref().unwrap();
        assert_eq!(config.combine_artifacts, Some(false));
        // One output too is a build's, by its name.
        assert!(start.artifacts_override.as_ref().unwrap().location.is_none());
        let outputs = start.secondary_artifacts_override.as_ref().unwrap();
        assert_eq!(outputs[0].artifact_identifier.as_deref(), Some("build1"));
    }

    compile["configuration"]["CombineArtifacts"] = json!("true");
    compile["outputArtifacts"] = json!([{"name": "All"}]);
    bench.world.state().batches_end = Some(BuildStatusType::Failed);
    let mut pipeline = bench.pipeline(json!([source(), stage("Build", json!([compile]))]));
    pipeline["name"] = json!("combined");
    bench.ok("CreatePipeline", json!({"pipeline": pipeline.clone()})).await;
    TestYard::until(limit, || async {
        (bench.world.state().started_batches.len() > 1).then_some(())
    })
    .await;
    {
        let state = bench.world.state();
        let start = &state.started_batches[1];
        let config = start.build_batch_config_override.as_ref().unwrap();
        assert_eq!(config.combine_artifacts, Some(true));
        let output = start.artifacts_override.as_ref().unwrap();
        assert_eq!(output.location.as_deref(), Some("artifacts"));
        assert!(start.secondary_artifacts_override.is_none());
    }
    let failed = TestYard::until(limit, || async {
        let state = bench.ok("GetPipelineState", json!({"name": "combined"})).await;
        let latest = state["stageStates"][1]["actionStates"][0]["latestExecution"].clone();
        (latest["status"] == "Failed").then_some(latest)
    })
    .await;
    let message = failed["errorDetails"]["message"].as_str().unwrap();
    assert!(message.contains("FAILED") && message.contains("Not succeeded: build1"), "{message}");
    pipeline["name"] = json!("two");
    pipeline["stages"][1]["actions"][0]["outputArtifacts"] =
        json!([{"name": "All"}, {"name": "More"}]);
    let (status, refused) = bench.call("CreatePipeline", json!({"pipeline": pipeline})).await;
    assert_eq!(status, 400, "{refused}");
    assert!(refused["message"].as_str().unwrap().contains("are only one"), "{refused}");
}
