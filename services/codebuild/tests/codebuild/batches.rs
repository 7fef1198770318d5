//! Batches: what their builds are, which follows which, and how they end.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::TestYard;

use crate::harness::Yard;

/// A project whose batches may do everything in the yard's role.
async fn create(yard: &Yard, name: &str, buildspec: &str) {
    let mut project = yard.project(name, buildspec);
    project["buildBatchConfig"] = json!({ "serviceRole": yard.role });
    yard.ok("CreateProject", project).await;
}

pub async fn start(yard: &Yard, input: Value) -> String {
    let output = yard.ok("StartBuildBatch", input).await;
    output["buildBatch"]["id"].as_str().unwrap().to_owned()
}

async fn batch(yard: &Yard, id: &str) -> Value {
    yard.ok("BatchGetBuildBatches", json!({ "ids": [id] })).await["buildBatches"][0].clone()
}

pub async fn finished(yard: &Yard, id: &str) -> Value {
    TestYard::until(Duration::from_secs(60), || async {
        let batch = batch(yard, id).await;
        (batch["complete"] == true).then_some(batch)
    })
    .await
}

async fn run(yard: &Yard, buildspec: &str) -> Value {
    create(yard, "pp", buildspec).await;
    let id = start(yard, json!({ "projectName": "pp" })).await;
    finished(yard, &id).await
}

/// Identifier and status of each group, that of the source first.
fn groups(batch: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let all = batch["buildGroups"].as_array().unwrap();
    all.iter()
        .map(|group| {
            (text(&group["identifier"]), text(&group["currentBuildSummary"]["buildStatus"]))
        })
        .collect()
}

pub fn group<'a>(batch: &'a Value, identifier: &str) -> &'a Value {
    let all = batch["buildGroups"].as_array().unwrap();
    all.iter().find(|group| group["identifier"] == identifier).expect("the group")
}

async fn build_of(yard: &Yard, batch: &Value, identifier: &str) -> Value {
    let arn = group(batch, identifier)["currentBuildSummary"]["arn"].as_str().unwrap();
    yard.build(arn).await
}

pub fn phases(batch: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = batch["phases"].as_array().unwrap();
    all.iter().map(|it| (text(&it["phaseType"]), text(&it["phaseStatus"]))).collect()
}

pub fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

async fn a_matrix_has_a_build_for_each_combination() {
    let yard = Yard::start().await;
    let spec = "version: 0.2
batch:
  build-matrix:
    static:
      ignore-failure: false
      env:
        type: LINUX_CONTAINER
        variables:
          FIXED: yes
    dynamic:
      env:
        compute-type: [BUILD_GENERAL1_SMALL, BUILD_GENERAL1_MEDIUM]
        variables:
          COLOR: [red, blue]
phases:
  build:
    commands:
      - echo $CODEBUILD_BATCH_BUILD_IDENTIFIER $COLOR $FIXED
";
    let batch = run(&yard, spec).await;
    assert_eq!(batch["buildBatchStatus"], "SUCCEEDED", "{batch}");
    assert_eq!(
        groups(&batch),
        pairs(&[
            ("DOWNLOAD_SOURCE", "SUCCEEDED"),
            ("build0", "SUCCEEDED"),
            ("build1", "SUCCEEDED"),
            ("build2", "SUCCEEDED"),
            ("build3", "SUCCEEDED"),
        ])
    );
    assert_eq!(
        phases(&batch),
        pairs(&[
            ("SUBMITTED", "SUCCEEDED"),
            ("DOWNLOAD_BATCHSPEC", "SUCCEEDED"),
            ("IN_PROGRESS", "SUCCEEDED"),
            ("SUCCEEDED", "SUCCEEDED"),
        ])
    );
    assert_eq!(batch["currentPhase"], "SUCCEEDED");
    assert_eq!(batch["buildBatchNumber"], 1);
    let arn = batch["arn"].as_str().unwrap();
    assert!(arn.contains(":build-batch/pp:"), "{arn}");
    for (name, color, size) in [
        ("build0", "red", "BUILD_GENERAL1_SMALL"),
        ("build1", "blue", "BUILD_GENERAL1_SMALL"),
        ("build2", "red", "BUILD_GENERAL1_MEDIUM"),
        ("build3", "blue", "BUILD_GENERAL1_MEDIUM"),
    ] {
        let build = build_of(&yard, &batch, name).await;
        assert_eq!(build["environment"]["computeType"], size);
        assert_eq!(build["buildBatchArn"], arn);
        assert_eq!(yard.output(&build).await, format!("{name} {color} yes\n"));
    }
    // The build that read the buildspec ran none of its commands.
    let reader = build_of(&yard, &batch, "DOWNLOAD_SOURCE").await;
    assert_eq!(yard.output(&reader).await, "");
    let kinds = reader["phases"].as_array().unwrap().iter();
    assert!(!kinds.clone().any(|phase| phase["phaseType"] == "BUILD"), "{reader}");
}

const GRAPH: &str = "version: 0.2
batch:
  fast-fail: false
  build-graph:
    - identifier: first
    - identifier: shaky
      ignore-failure: true
      env: { variables: { FAIL: '1' } }
    - identifier: after
      depend-on: [first, shaky]
    - identifier: broken
      env: { variables: { FAIL: '1' } }
    - identifier: never
      depend-on: [broken]
phases:
  build:
    commands:
      - test \"$MEND\" = 1 -o -z \"$FAIL\"
";

async fn a_graph_follows_its_dependencies() {
    let yard = Yard::start().await;
    let batch = run(&yard, GRAPH).await;
    assert_eq!(batch["buildBatchStatus"], "FAILED", "{batch}");
    assert_eq!(
        groups(&batch),
        pairs(&[
            ("DOWNLOAD_SOURCE", "SUCCEEDED"),
            ("first", "SUCCEEDED"),
            ("shaky", "FAILED"),
            ("after", "SUCCEEDED"),
            ("broken", "FAILED"),
            ("never", "-"),
        ])
    );
    assert_eq!(group(&batch, "after")["dependsOn"], json!(["first", "shaky"]));
    assert_eq!(group(&batch, "shaky")["ignoreFailure"], true);
    let last = phases(&batch).pop().unwrap();
    assert_eq!(last, ("FAILED".to_owned(), "FAILED".to_owned()));
    let message = batch["phases"][2]["contexts"][0]["message"].as_str().unwrap();
    assert!(message.contains("broken, never"), "{message}");
    // `after` began once both had ended.
    let after = build_of(&yard, &batch, "after").await;
    for name in ["first", "shaky"] {
        let before = build_of(&yard, &batch, name).await;
        assert!(before["endTime"].as_f64() <= after["startTime"].as_f64());
    }
}

async fn only_what_failed_is_retried() {
    let yard = Yard::start().await;
    let first = run(&yard, GRAPH).await;
    let id = first["id"].as_str().unwrap();
    let token = json!({ "id": id, "retryType": "RETRY_FAILED_BUILDS", "idempotencyToken": "t" });
    let retried = yard.ok("RetryBuildBatch", token.clone()).await["buildBatch"].clone();
    assert_eq!(
        (retried["id"].as_str(), &retried["buildBatchStatus"]),
        (Some(id), &json!("IN_PROGRESS"))
    );
    // The same request is the same retry.
    yard.ok("RetryBuildBatch", token).await;
    let second = finished(&yard, id).await;
    assert_eq!(second["buildBatchStatus"], "FAILED");
    let summary =
        |batch: &Value, name: &str| group(batch, name)["currentBuildSummary"]["arn"].clone();
    for name in ["DOWNLOAD_SOURCE", "first", "after"] {
        assert_eq!(summary(&first, name), summary(&second, name), "{name}");
    }
    for name in ["shaky", "broken"] {
        assert_ne!(summary(&first, name), summary(&second, name), "{name}");
        let prior = &group(&second, name)["priorBuildSummaryList"];
        assert_eq!(
            (prior[0]["arn"].clone(), prior[1].clone()),
            (summary(&first, name), Value::Null)
        );
        assert_eq!(prior[0]["buildStatus"], "FAILED");
    }
    assert_eq!(phases(&second).len(), 4);
    yard.ok("RetryBuildBatch", json!({ "id": id, "retryType": "RETRY_ALL_BUILDS" })).await;
    let third = finished(&yard, id).await;
    for name in ["first", "after", "shaky"] {
        assert_ne!(summary(&second, name), summary(&third, name), "{name}");
    }
    // What has succeeded is not retried, nor what is still under way.
    yard.ok(
        "UpdateProject",
        json!({ "name": "pp", "environment": {
            "type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
            "environmentVariables": [{ "name": "MEND", "value": "1" }],
        }}),
    )
    .await;
    let good = start(&yard, json!({ "projectName": "pp" })).await;
    let (status, refused) = yard.call("RetryBuildBatch", json!({ "id": good })).await;
    assert_eq!(status, 400, "{refused}");
    let good = finished(&yard, &good).await;
    assert_eq!(
        (&good["buildBatchStatus"], &good["buildBatchNumber"]),
        (&json!("SUCCEEDED"), &json!(2))
    );
    let (status, refused) = yard.call("RetryBuildBatch", json!({ "id": good["id"] })).await;
    assert_eq!((status, refused["__type"].as_str()), (400, Some("InvalidInputException")));
}

async fn fast_fail_stops_what_runs() {
    let yard = Yard::start().await;
    let spec = "version: 0.2
batch:
  fast-fail: true
  build-list:
    - identifier: bad
      buildspec: \"version: 0.2\\nphases: {build: {commands: ['exit 1']}}\"
    - identifier: slow
      buildspec: \"version: 0.2\\nphases: {build: {commands: ['sleep 300']}}\"
phases:
  build:
    commands: ['true']
";
    let batch = run(&yard, spec).await;
    assert_eq!(batch["buildBatchStatus"], "FAILED", "{batch}");
    assert_eq!(
        groups(&batch),
        pairs(&[("DOWNLOAD_SOURCE", "SUCCEEDED"), ("bad", "FAILED"), ("slow", "STOPPED")])
    );
}

async fn a_batch_is_stopped_with_its_builds() {
    let yard = Yard::start().await;
    let spec = "version: 0.2
batch:
  build-graph:
    - identifier: one
    - identifier: two
    - identifier: three
    - identifier: later
      depend-on: [one]
phases:
  build:
    commands: ['sleep 300']
";
    create(&yard, "pp", spec).await;
    let id = start(&yard, json!({ "projectName": "pp" })).await;
    TestYard::until(Duration::from_secs(30), || async {
        let batch = batch(&yard, &id).await;
        let one = group_build(&yard, &batch, "one").await?;
        (one["currentPhase"] == "BUILD").then_some(())
    })
    .await;
    let (status, refused) = yard.call("DeleteBuildBatch", json!({ "id": id })).await;
    assert_eq!(status, 400, "{refused}");
    yard.ok("StopBuildBatch", json!({ "id": id })).await;
    let batch = finished(&yard, &id).await;
    assert_eq!(batch["buildBatchStatus"], "STOPPED");
    for name in ["one", "two", "three"] {
        assert_eq!(group(&batch, name)["currentBuildSummary"]["buildStatus"], "STOPPED", "{name}");
        assert_eq!(build_of(&yard, &batch, name).await["buildStatus"], "STOPPED");
    }
    assert_eq!(group(&batch, "later")["currentBuildSummary"], Value::Null);
    assert_eq!(phases(&batch).pop().unwrap().0, "STOPPED");
}

async fn group_build(yard: &Yard, batch: &Value, identifier: &str) -> Option<Value> {
    let all = batch["buildGroups"].as_array()?;
    let group = all.iter().find(|group| group["identifier"] == identifier)?;
    Some(yard.build(group["currentBuildSummary"]["arn"].as_str()?).await)
}

async fn a_fan_out_runs_the_same_build_several_times() {
    let yard = Yard::start().await;
    let spec = "version: 0.2
batch:
  build-fanout:
    parallelism: 3
    ignore-failure: true
phases:
  build:
    commands:
      - test $CODEBUILD_BATCH_BUILD_IDENTIFIER-$CODEYARD_SHARD/$CODEYARD_SHARDS != build1-1/3
";
    let batch = run(&yard, spec).await;
    assert_eq!(batch["buildBatchStatus"], "SUCCEEDED", "{batch}");
    assert_eq!(
        groups(&batch).split_off(1),
        pairs(&[("build0", "SUCCEEDED"), ("build1", "FAILED"), ("build2", "SUCCEEDED")])
    );
}

async fn a_fan_out_splits_tests() {
    let yard = Yard::start().await;
    let spec = r#"version: 0.2
batch:
  build-fanout:
    parallelism: 3
phases:
  build:
    commands:
      - mkdir -p tests && for n in 1 2 3 4 5; do echo "echo test $n" > tests/test_$n.sh; done
      - codebuild-tests-run --files-search "codebuild-glob-search '**/test_*.sh'" --test-command 'for file in $CODEBUILD_CURRENT_SHARD_FILES; do sh $file; done'
      - codebuild-tests-run --files-search "ls tests/*" --test-command 'wc -l' --sharding-strategy stability
"#;
    let batch = run(&yard, spec).await;
    assert_eq!(batch["buildBatchStatus"], "SUCCEEDED", "{batch}");
    let mut ran = Vec::new();
    for (name, tests) in [("build0", 2), ("build1", 2), ("build2", 1)] {
        let output = yard.output(&build_of(&yard, &batch, name).await).await;
        let said =
            format!("{tests} of 5 test files are those of {}", name.replace("build", "build "));
        assert!(output.contains(&said), "{output}");
        ran.extend(output.lines().filter(|line| line.starts_with("test ")).map(str::to_owned));
    }
    assert_eq!(ran, ["test 1", "test 2", "test 3", "test 4", "test 5"]);
}

async fn what_a_batch_may_not_have_fails_before_any_build() {
    let yard = Yard::start().await;
    let spec =
        |rest: &str| format!("version: 0.2\n{rest}\nphases:\n  build:\n    commands: ['true']\n");
    let two = "batch:\n  build-list:\n    - identifier: a\n    - identifier: b\n      env: { compute-type: BUILD_GENERAL1_LARGE }";
    create(&yard, "pp", &spec(two)).await;
    let role = yard.role.clone();
    let restricted = |restrictions: Value| {
        json!({
            "projectName": "pp",
            "buildBatchConfigOverride": { "serviceRole": role, "restrictions": restrictions },
        })
    };
    let one = restricted(json!({ "maximumBuildsAllowed": 1 }));
    let small = restricted(json!({ "computeTypesAllowed": ["BUILD_GENERAL1_SMALL"] }));
    for (input, word) in [
        (one, "maximumBuildsAllowed is 1"),
        (small, "b has the compute type BUILD_GENERAL1_LARGE"),
        (json!({ "projectName": "pp", "buildspecOverride": spec("") }), "no batch section"),
        (
            json!({ "projectName": "pp", "buildspecOverride": spec("batch:\n  build-list:\n    - identifier: x\n      env: { type: WINDOWS_CONTAINER }") }),
            "WINDOWS_CONTAINER",
        ),
        (
            json!({ "projectName": "pp", "buildspecOverride": spec("batch:\n  build-list:\n    - identifier: x\n      env: { compute-type: HUGE }") }),
            "HUGE",
        ),
    ] {
        let batch = finished(&yard, &start(&yard, input).await).await;
        assert_eq!(batch["buildBatchStatus"], "FAILED", "{word}: {batch}");
        let phase = &batch["phases"][1];
        assert_eq!(
            (&phase["phaseType"], &phase["phaseStatus"]),
            (&json!("DOWNLOAD_BATCHSPEC"), &json!("FAILED"))
        );
        let message = phase["contexts"][0]["message"].as_str().unwrap();
        assert!(message.contains(word), "{message}");
        assert_eq!(groups(&batch).len(), 1);
    }
    let refusals = [
        json!({ "timeoutInMins": 4 }),
        json!({ "restrictions": { "maximumBuildsAllowed": 101 } }),
        json!({ "restrictions": { "computeTypesAllowed": ["HUGE"] } }),
        json!({ "serviceRole": "me" }),
    ];
    for config in refusals {
        let input = json!({ "projectName": "pp", "buildBatchConfigOverride": config });
        let (status, refused) = yard.call("StartBuildBatch", input).await;
        assert!(status >= 400, "{config}: {refused}");
    }
    yard.ok("CreateProject", yard.project("roleless", &spec(two))).await;
    let (status, refused) =
        yard.call("StartBuildBatch", json!({ "projectName": "roleless" })).await;
    assert_eq!((status, refused["__type"].as_str()), (400, Some("InvalidInputException")));
}

async fn the_batch_role_needs_the_rights() {
    let yard = Yard::start().await;
    let weak = yard.yard.role(
        "weak",
        json!({
            "Version": "2012-10-17",
            "Statement": [{ "Effect": "Allow", "Action": "codebuild:StopBuild", "Resource": "*" }],
        }),
    );
    create(&yard, "pp", "version: 0.2\nbatch:\n  build-list:\n    - identifier: a\nphases:\n  build:\n    commands: ['true']\n").await;
    let input = json!({ "projectName": "pp", "buildBatchConfigOverride": { "serviceRole": weak } });
    let batch = finished(&yard, &start(&yard, input).await).await;
    assert_eq!(batch["buildBatchStatus"], "FAILED");
    let context = &batch["phases"][0]["contexts"][0];
    assert_eq!(context["statusCode"], "ACCESS_DENIED", "{batch}");
    assert!(context["message"].as_str().unwrap().contains("codebuild:StartBuild"), "{context}");
}

async fn batches_are_listed_filtered_and_deleted() {
    let yard = Yard::start().await;
    let spec = "version: 0.2\nbatch:\n  build-list:\n    - identifier: a\nphases:\n  build:\n    commands: ['exit $CODE']\n";
    create(&yard, "pp", spec).await;
    create(&yard, "other", spec).await;
    let code = |project: &str, code: &str| {
        json!({
            "projectName": project,
            "environmentVariablesOverride": [{ "name": "CODE", "value": code }],
        })
    };
    let mut ids = Vec::new();
    for (project, exit) in [("pp", "0"), ("pp", "1"), ("other", "0")] {
        let id = start(&yard, code(project, exit)).await;
        finished(&yard, &id).await;
        ids.push(id);
    }
    let list = |operation: &'static str, input: Value| {
        let yard = &yard;
        async move { yard.ok(operation, input).await["ids"].clone() }
    };
    let (a, b, c) = (&ids[0], &ids[1], &ids[2]);
    assert_eq!(list("ListBuildBatches", json!({})).await, json!([c, b, a]));
    assert_eq!(
        list("ListBuildBatches", json!({ "sortOrder": "ASCENDING" })).await,
        json!([a, b, c])
    );
    let failed = json!({ "filter": { "status": "FAILED" } });
    assert_eq!(list("ListBuildBatches", failed.clone()).await, json!([b]));
    let of = |mut input: Value| {
        input["projectName"] = json!("pp");
        input
    };
    assert_eq!(list("ListBuildBatchesForProject", of(json!({}))).await, json!([b, a]));
    assert_eq!(list("ListBuildBatchesForProject", of(failed)).await, json!([b]));
    let page = yard.ok("ListBuildBatches", json!({ "maxResults": 2 })).await;
    assert_eq!(page["ids"], json!([c, b]));
    let next = json!({ "maxResults": 2, "nextToken": page["nextToken"] });
    assert_eq!(list("ListBuildBatches", next).await, json!([a]));
    let (status, _) = yard.call("ListBuildBatchesForProject", json!({ "projectName": "no" })).await;
    assert_eq!(status, 400);

    let deleted = yard.ok("DeleteBuildBatch", json!({ "id": a })).await;
    assert_eq!(deleted["buildsDeleted"].as_array().unwrap().len(), 2, "{deleted}");
    let found = yard.ok("BatchGetBuildBatches", json!({ "ids": [a, b] })).await;
    assert_eq!(found["buildBatchesNotFound"], json!([a]));
    assert_eq!(found["buildBatches"].as_array().unwrap().len(), 1);
    assert_eq!(list("ListBuildsForProject", of(json!({}))).await.as_array().unwrap().len(), 2);
}

async fn a_batch_waits_for_room_in_its_project() {
    let yard = Yard::start().await;
    let spec = "version: 0.2\nbatch:\n  build-list:\n    - identifier: a\n    - identifier: b\n    - identifier: c\nphases:\n  build:\n    commands: ['true']\n";
    create(&yard, "pp", spec).await;
    yard.ok("UpdateProject", json!({ "name": "pp", "concurrentBuildLimit": 1 })).await;
    let batch = finished(&yard, &start(&yard, json!({ "projectName": "pp" })).await).await;
    assert_eq!(batch["buildBatchStatus"], "SUCCEEDED", "{batch}");
    let mut spans = Vec::new();
    for name in ["a", "b", "c"] {
        let build = build_of(&yard, &batch, name).await;
        spans.push((build["startTime"].as_f64().unwrap(), build["endTime"].as_f64().unwrap()));
    }
    assert!(spans.is_sorted_by(|one, next| one.1 <= next.0), "{spans:?}");
}

crate::tests![
    a_matrix_has_a_build_for_each_combination,
    a_graph_follows_its_dependencies,
    only_what_failed_is_retried,
    fast_fail_stops_what_runs,
    a_batch_is_stopped_with_its_builds,
    a_fan_out_runs_the_same_build_several_times,
    a_fan_out_splits_tests,
    what_a_batch_may_not_have_fails_before_any_build,
    the_batch_role_needs_the_rights,
    batches_are_listed_filtered_and_deleted,
    a_batch_waits_for_room_in_its_project,
];
