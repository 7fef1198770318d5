//! CodeBuild's batches by the stock CLI.

use std::time::Duration;

use serde_json::{Value, json};

use super::developer::{log, role};
use crate::harness::{Data, User, Yard, said, until};

const LIMIT: Duration = Duration::from_secs(90);

fn finished(user: &User, id: &str) -> Value {
    until(LIMIT, "the batch ends", || {
        let found = user.aws(&["codebuild", "batch-get-build-batches", "--ids", id]);
        let batch = found["buildBatches"][0].clone();
        (batch["complete"] == true).then_some(batch)
    })
}

fn start(user: &User, buildspec: &str) -> String {
    let input = ["start-build-batch", "--project-name", "app", "--buildspec-override", buildspec];
    let started = user.aws(&[&["codebuild"][..], &input].concat());
    started["buildBatch"]["id"].as_str().unwrap().to_owned()
}

/// Identifier and status of each group but that of the source.
fn groups(batch: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let all = batch["buildGroups"].as_array().unwrap().iter();
    all.skip(1)
        .map(|it| (text(&it["identifier"]), text(&it["currentBuildSummary"]["buildStatus"])))
        .collect()
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

const MATRIX: &str = "version: 0.2
batch:
  build-matrix:
    dynamic:
      env:
        variables:
          DB: [mysql, postgres]
          LANGUAGE: [go, rust]
phases:
  build:
    commands:
      - echo testing $LANGUAGE on $DB
";

const GRAPH: &str = "version: 0.2
batch:
  fast-fail: false
  build-graph:
    - identifier: compile
    - identifier: lint
      ignore-failure: true
      env: { variables: { BREAKS: 'yes' } }
    - identifier: test
      depend-on: [compile, lint]
      env: { variables: { BREAKS: 'yes' } }
    - identifier: publish
      depend-on: [test]
phases:
  build:
    commands:
      - test -z \"$BREAKS\"
";

const FAST: &str = "version: 0.2
batch:
  fast-fail: true
  build-list:
    - identifier: quick
      env: { variables: { DO: 'exit 1' } }
    - identifier: slow
      env: { variables: { DO: 'sleep 600' } }
phases:
  build:
    commands:
      - $DO
";

#[test]
fn batches_of_matrices_and_graphs() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    let builds = role(
        &root,
        "build",
        "codebuild.amazonaws.com",
        &json!([{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]),
    );
    // As AWS's guide has it: what a batch needs, and nothing that a build should have.
    let batches = role(
        &root,
        "batch",
        "codebuild.amazonaws.com",
        &json!([{
            "Effect": "Allow",
            "Action": ["codebuild:StartBuild", "codebuild:StopBuild", "codebuild:RetryBuild"],
            "Resource": "arn:aws:codebuild:*:*:project/app",
        }]),
    );
    root.aws(&[
        "codebuild",
        "create-project",
        "--name",
        "app",
        "--source",
        &json!({"type": "NO_SOURCE", "buildspec": MATRIX}).to_string(),
        "--artifacts",
        "type=NO_ARTIFACTS",
        "--environment",
        "type=LINUX_CONTAINER,image=aws/codebuild/standard:7.0,computeType=BUILD_GENERAL1_SMALL",
        "--service-role",
        &builds,
        "--build-batch-config",
        &json!({"serviceRole": batches, "restrictions": {"maximumBuildsAllowed": 4}}).to_string(),
    ]);

    let matrix = finished(&root, &start(&root, MATRIX));
    assert_eq!(matrix["buildBatchStatus"], "SUCCEEDED", "{matrix}");
    let mut lines = Vec::new();
    for group in matrix["buildGroups"].as_array().unwrap().iter().skip(1) {
        let arn = group["currentBuildSummary"]["arn"].as_str().unwrap();
        let build = root.aws(&["codebuild", "batch-get-builds", "--ids", arn])["builds"][0].clone();
        lines.push(
            log(&root, &build).lines().find(|it| it.starts_with("testing")).map(str::to_owned),
        );
    }
    let wanted = ["go on mysql", "rust on mysql", "go on postgres", "rust on postgres"];
    assert_eq!(lines, wanted.map(|it| Some(format!("testing {it}"))));

    let graph = finished(&root, &start(&root, GRAPH));
    assert_eq!(graph["buildBatchStatus"], "FAILED", "{graph}");
    assert_eq!(
        groups(&graph),
        pairs(&[
            ("compile", "SUCCEEDED"),
            ("lint", "FAILED"),
            ("test", "FAILED"),
            ("publish", "-")
        ])
    );
    let id = graph["id"].as_str().unwrap();
    let retry = ["retry-build-batch", "--id", id, "--retry-type", "RETRY_FAILED_BUILDS"];
    root.aws(&[&["codebuild"][..], &retry].concat());
    let retried = finished(&root, id);
    let group = |batch: &Value, at: usize| batch["buildGroups"][at].clone();
    assert_eq!(group(&graph, 1), group(&retried, 1), "what succeeded was not run again");
    assert_eq!(group(&retried, 3)["priorBuildSummaryList"].as_array().unwrap().len(), 1);

    let watched = data.codeyard(&["builds", "watch", id]).output().unwrap();
    let text = said(&watched);
    assert_eq!(watched.status.code(), Some(1), "{text}");
    for line in ["compile | BUILD SUCCEEDED (", "FAILED test: FAILED", "publish: was not started"] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let started = data.codeyard(&["builds", "start", "--batch", "app"]).output().unwrap();
    let text = said(&started);
    assert!(started.status.success(), "{text}");
    assert!(text.contains(" | testing go on mysql\n") && text.contains("ok SUCCEEDED"), "{text}");

    let fast = finished(&root, &start(&root, FAST));
    assert_eq!(fast["buildBatchStatus"], "FAILED", "{fast}");
    assert_eq!(groups(&fast), pairs(&[("quick", "FAILED"), ("slow", "STOPPED")]));

    let failed =
        ["list-build-batches-for-project", "--project-name", "app", "--filter", "status=FAILED"];
    let failed = root.aws(&[&["codebuild"][..], &failed].concat());
    assert_eq!(failed["ids"].as_array().unwrap().len(), 2);
    root.aws(&["codebuild", "delete-build-batch", "--id", id]);
    let left = root.aws(&["codebuild", "list-build-batches"]);
    assert_eq!(left["ids"].as_array().unwrap().len(), 3);
}
