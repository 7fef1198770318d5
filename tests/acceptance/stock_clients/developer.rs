//! CodeBuild, CodeDeploy and CodePipeline by the stock CLI, as users with narrow policies.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Data, User, Yard, said, until};

const LIMIT: Duration = Duration::from_secs(60);

pub(crate) fn role(root: &User, name: &str, service: &str, statements: &Value) -> String {
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]});
    let made = root.aws(&[
        "iam",
        "create-role",
        "--role-name",
        name,
        "--assume-role-policy-document",
        &trust.to_string(),
    ]);
    let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    root.aws(&[
        "iam",
        "put-role-policy",
        "--role-name",
        name,
        "--policy-name",
        "p",
        "--policy-document",
        &policy,
    ]);
    made["Role"]["Arn"].as_str().unwrap().to_owned()
}

pub(crate) fn finished(user: &User, id: &str) -> Value {
    until(LIMIT, "the build ends", || {
        let found = user.aws(&["codebuild", "batch-get-builds", "--ids", id]);
        let build = found["builds"][0].clone();
        (build["buildComplete"] == true).then_some(build)
    })
}

/// Everything that a build said.
pub(crate) fn log(user: &User, build: &Value) -> String {
    let text = |name: &str| build["logs"][name].as_str().unwrap().to_owned();
    let found = user.aws(&[
        "logs",
        "get-log-events",
        "--log-group-name",
        &text("groupName"),
        "--log-stream-name",
        &text("streamName"),
        "--start-from-head",
    ]);
    let events = found["events"].as_array().unwrap();
    events.iter().filter_map(|event| event["message"].as_str()).collect()
}

#[test]
fn a_build_acts_as_its_role_and_keeps_its_secrets() {
    if testkit::venv::bin().starts_with("/tmp") {
        println!("skipped: a_build_acts_as_its_role: builds have a /tmp of their own");
        return;
    }
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    root.aws(&["s3", "mb", "s3://allowed"]);
    root.aws(&["s3", "mb", "s3://forbidden"]);
    let secret = ["--value", "hunter2hunter2", "--type", "SecureString"];
    root.aws(&[&["ssm", "put-parameter", "--name", "/app/password"][..], &secret].concat());
    let build_role = role(
        &root,
        "build",
        "codebuild.amazonaws.com",
        &json!([
            {"Effect": "Allow", "Action": ["logs:*", "ssm:GetParameters", "kms:Decrypt"], "Resource": "*"},
            {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::allowed"},
        ]),
    );
    // The stock CLI of the tests, with the interpreter that every machine has.
    let site = testkit::venv::bin().parent().unwrap().join("lib");
    let aws =
        format!("PYTHONPATH=$(echo {}/python*/site-packages) python3 -m awscli", site.display());
    let buildspec = format!(
        "version: 0.2\nenv:\n  variables: {{GREETING: hello}}\n  parameter-store: {{PASSWORD: /app/password}}\n  exported-variables: [ANSWER]\n\
         phases:\n  pre_build:\n    commands:\n      - cd /tmp && export ANSWER=42\n      - echo \"$GREETING $PASSWORD from $(pwd)\"\n  \
         build:\n    commands:\n      - test \"$(pwd)\" = /tmp\n      - {aws} s3 ls s3://allowed\n      - '! {aws} s3 ls s3://forbidden'\n      - {aws} sts get-caller-identity --query Arn\n"
    );
    let project = json!({
        "name": "project",
        "source": {"type": "NO_SOURCE", "buildspec": buildspec},
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": {"type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0",
                        "computeType": "BUILD_GENERAL1_SMALL"},
        "serviceRole": build_role,
    });
    root.aws(&["codebuild", "create-project", "--cli-input-json", &project.to_string()]);
    let ann = yard.user(
        "ann",
        &json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["codebuild:StartBuild", "codebuild:BatchGetBuilds"],
             "Resource": "arn:aws:codebuild:*:*:project/project"},
            {"Effect": "Allow", "Action": "logs:GetLogEvents", "Resource": "*"}]}),
    );
    let started = ann.aws(&["codebuild", "start-build", "--project-name", "project"]);
    let build = finished(&ann, started["build"]["id"].as_str().unwrap());
    let text = log(&ann, &build);
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{text}");
    assert!(text.contains("hello *** from /tmp"), "one shell, masked: {text}");
    assert!(!text.contains("hunter2"), "{text}");
    assert!(text.contains("AccessDenied"), "the role decides: {text}");
    assert!(text.contains(":assumed-role/build/"), "{text}");
    assert_eq!(build["exportedEnvironmentVariables"], json!([{"name": "ANSWER", "value": "42"}]));
    ann.refused("AccessDenied", &["codebuild", "delete-project", "--name", "project"]);
    ann.refused("AccessDenied", &["codebuild", "start-build", "--project-name", "other"]);
    let mut private = project;
    private["name"] = json!("private");
    private["vpcConfig"] =
        json!({"vpcId": "vpc-1", "subnets": ["s-1"], "securityGroupIds": ["g-1"]});
    let said = root.refused(
        "vpcConfig",
        &["codebuild", "create-project", "--cli-input-json", &private.to_string()],
    );
    assert!(!said.is_empty());
}

#[test]
fn a_bundle_is_pushed_and_deployed_by_the_cli() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    root.aws(&["s3", "mb", "s3://bundles"]);
    let added = data
        .codeyard(&["host", "add", "web-1", "--tag", "env=test", "--bucket", "bundles"])
        .output()
        .unwrap();
    assert!(added.status.success(), "{}", said(&added));
    let service_role = role(
        &root,
        "deploy",
        "codedeploy.amazonaws.com",
        &json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bundles/*"}]),
    );
    root.aws(&["deploy", "create-application", "--application-name", "app"]);
    root.aws(&[
        "deploy",
        "create-deployment-group",
        "--application-name",
        "app",
        "--deployment-group-name",
        "group",
        "--service-role-arn",
        &service_role,
        "--deployment-config-name",
        "CodeDeployDefault.AllAtOnce",
        "--on-premises-instance-tag-filters",
        "Key=env,Value=test,Type=KEY_AND_VALUE",
    ]);
    let bundle = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(bundle.path().join(name), text).unwrap();
    write(
        "appspec.yml",
        "version: 0.0\nos: linux\nfiles:\n  - source: page.txt\n    destination: /srv/app\nhooks:\n  ValidateService:\n    - location: check.sh\n      timeout: 10\n",
    );
    write("page.txt", "deployed\n");
    write("check.sh", "#!/bin/sh\ngrep -q deployed /srv/app/page.txt\n");
    let ann = yard.user(
        "ann",
        &json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["codedeploy:RegisterApplicationRevision", "codedeploy:CreateDeployment",
                "codedeploy:GetDeployment*", "codedeploy:GetApplicationRevision", "codedeploy:ListDeploymentTargets",
                "codedeploy:BatchGetDeploymentTargets"], "Resource": "*"},
            {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::bundles/*"}]}),
    );
    let source = bundle.path().to_str().unwrap();
    let push =
        ["deploy", "push", "--application-name", "app", "--s3-location", "s3://bundles/app.zip"];
    let pushed = ann.try_aws(&[&push[..], &["--source", source]].concat());
    assert!(pushed.status.success(), "{}", said(&pushed));
    let create = [
        "deploy",
        "create-deployment",
        "--application-name",
        "app",
        "--deployment-group-name",
        "group",
        "--s3-location",
        "bucket=bundles,key=app.zip,bundleType=zip",
    ];
    let id = ann.aws(&create)["deploymentId"].as_str().unwrap().to_owned();
    let deployment = until(LIMIT, "the deployment ends", || {
        let found = ann.aws(&["deploy", "get-deployment", "--deployment-id", &id]);
        let info = found["deploymentInfo"].clone();
        matches!(info["status"].as_str(), Some("Succeeded" | "Failed" | "Stopped")).then_some(info)
    });
    assert_eq!(deployment["status"], "Succeeded", "{deployment}");
    assert_eq!(deployment["deploymentOverview"]["Succeeded"], 1, "{deployment}");
    ann.refused("AccessDenied", &["deploy", "delete-application", "--application-name", "app"]);
    root.refused(
        "DeploymentGroupDoesNotExistException",
        &[
            "deploy",
            "create-deployment",
            "--application-name",
            "app",
            "--deployment-group-name",
            "none",
            "--s3-location",
            "bucket=bundles,key=app.zip,bundleType=zip",
        ],
    );
    let removed = data.codeyard(&["host", "remove", "web-1"]).output().unwrap();
    assert!(removed.status.success(), "{}", said(&removed));
}

#[test]
fn an_approver_lets_a_pipeline_go_on() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    for bucket in ["artifacts", "source", "site"] {
        root.aws(&["s3api", "create-bucket", "--bucket", bucket]);
        root.aws(&[
            "s3api",
            "put-bucket-versioning",
            "--bucket",
            bucket,
            "--versioning-configuration",
            "Status=Enabled",
        ]);
    }
    let pipeline_role = role(
        &root,
        "pipeline",
        "codepipeline.amazonaws.com",
        &json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]),
    );
    let bundle = tempfile::tempdir().unwrap();
    let zip = bundle.path().join("source.zip");
    let script = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1], 'w'); z.writestr('index.html', 'approved'); z.close()";
    let made = root.command("python3").args(["-c", script]).arg(&zip).status().unwrap();
    assert!(made.success());
    root.aws(&["s3", "cp", "--quiet", zip.to_str().unwrap(), "s3://source/source.zip"]);
    let action = |name: &str, category: &str, provider: &str, configuration: Value| {
        json!({"name": name, "configuration": configuration,
               "actionTypeId": {"category": category, "owner": "AWS", "provider": provider, "version": "1"}})
    };
    let mut source = action(
        "Take",
        "Source",
        "S3",
        json!({"S3Bucket": "source", "S3ObjectKey": "source.zip", "PollForSourceChanges": "false"}),
    );
    source["outputArtifacts"] = json!([{"name": "A"}]);
    let mut deploy =
        action("Publish", "Deploy", "S3", json!({"BucketName": "site", "Extract": "true"}));
    deploy["inputArtifacts"] = json!([{"name": "A"}]);
    let approve = action("Ask", "Approval", "Manual", json!({"CustomData": "good?"}));
    let pipeline = json!({"pipeline": {
        "name": "gated", "roleArn": pipeline_role,
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "stages": [{"name": "Source", "actions": [source]},
                   {"name": "Approve", "actions": [approve]},
                   {"name": "Publish", "actions": [deploy]}]}});
    root.aws(&["codepipeline", "create-pipeline", "--cli-input-json", &pipeline.to_string()]);
    let account = root.aws(&["sts", "get-caller-identity"])["Account"].as_str().unwrap().to_owned();
    let arn = format!("arn:aws:codepipeline:us-east-1:{account}:gated");
    let ann = yard.user(
        "ann",
        &json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["codepipeline:GetPipelineState"], "Resource": arn},
            {"Effect": "Allow", "Action": ["codepipeline:PutApprovalResult"], "Resource": format!("{arn}/Approve/Ask")}]}),
    );
    let state = || ann.aws(&["codepipeline", "get-pipeline-state", "--name", "gated"]);
    let token = until(LIMIT, "the approval waits", || {
        let found = state()["stageStates"][1]["actionStates"][0]["latestExecution"].clone();
        found["token"].as_str().map(str::to_owned)
    });
    let put = |result: &str, token: &str| {
        ann.try_aws(&[
            "codepipeline",
            "put-approval-result",
            "--pipeline-name",
            "gated",
            "--stage-name",
            "Approve",
            "--action-name",
            "Ask",
            "--result",
            result,
            "--token",
            token,
        ])
    };
    let wrong = put("summary=no,status=Approved", "00000000-0000-0000-0000-000000000000");
    assert!(said(&wrong).contains("InvalidApprovalTokenException"), "{}", said(&wrong));
    let approved = put("summary=good,status=Approved", &token);
    assert!(approved.status.success(), "{}", said(&approved));
    until(LIMIT, "the site is published", || {
        let stage = state()["stageStates"][2].clone();
        let status = stage["latestExecution"]["status"].as_str().map(str::to_owned)?;
        assert_ne!(status, "Failed", "{stage}");
        (status == "Succeeded").then_some(())
    });
    let file = bundle.path().join("index.html");
    root.aws(&["s3", "cp", "--quiet", "s3://site/index.html", file.to_str().unwrap()]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "approved");
    ann.refused("AccessDenied", &["codepipeline", "start-pipeline-execution", "--name", "gated"]);
    let v2 = pipeline
        .to_string()
        .replace("\"name\":\"gated\"", "\"name\":\"v2\",\"executionMode\":\"QUEUED\"");
    assert!(
        !root
            .try_aws(&["codepipeline", "create-pipeline", "--cli-input-json", &v2])
            .status
            .success()
    );
}
