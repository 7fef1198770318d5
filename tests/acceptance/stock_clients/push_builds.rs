//! A push starts a build without a pipeline: a rule of EventBridge with a project as its target
//! and an input transformer, as AWS's guides set it up.

use std::time::Duration;

use serde_json::{Value, json};

use super::codecommit::{git, good, history};
use super::developer::{finished, log, role};
use crate::harness::{Data, User, Yard, until};

const LIMIT: Duration = Duration::from_secs(60);

pub(super) fn project(root: &User, account: &str) {
    let repository = format!("arn:aws:codecommit:us-east-1:{account}:site");
    let build_role = role(
        root,
        "build",
        "codebuild.amazonaws.com",
        &json!([
            {"Effect": "Allow", "Action": "logs:*", "Resource": "*"},
            {"Effect": "Allow", "Action": "codecommit:GitPull", "Resource": repository},
        ]),
    );
    let buildspec = "version: 0.2\nphases:\n  build:\n    commands:\n      \
         - echo \"built $REF of $REPOSITORY at $CODEBUILD_RESOLVED_SOURCE_VERSION\"\n      \
         - cat a.txt\n";
    let location = "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/site";
    let project = json!({
        "name": "check",
        "source": {"type": "CODECOMMIT", "location": location, "buildspec": buildspec},
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": {"type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0",
                        "computeType": "BUILD_GENERAL1_SMALL"},
        "serviceRole": build_role,
    });
    root.aws(&["codebuild", "create-project", "--cli-input-json", &project.to_string()]);
}

/// Every push to a branch, whatever its name.
fn rule(root: &User, account: &str) {
    let pattern = json!({
        "source": ["aws.codecommit"],
        "detail-type": ["CodeCommit Repository State Change"],
        "resources": [format!("arn:aws:codecommit:us-east-1:{account}:site")],
        "detail": {"event": ["referenceCreated", "referenceUpdated"], "referenceType": ["branch"]},
    });
    let pattern = pattern.to_string();
    root.aws(&["events", "put-rule", "--name", "on-push", "--event-pattern", &pattern]);
    let project = format!("arn:aws:codebuild:us-east-1:{account}:project/check");
    let events_role = role(
        root,
        "events",
        "events.amazonaws.com",
        &json!([{"Effect": "Allow", "Action": "codebuild:StartBuild", "Resource": project}]),
    );
    let template = "{\"sourceVersion\": <commit>, \"environmentVariablesOverride\": [\
         {\"name\": \"REF\", \"value\": <ref>, \"type\": \"PLAINTEXT\"},\
         {\"name\": \"REPOSITORY\", \"value\": \"<repository>!\", \"type\": \"PLAINTEXT\"}]}";
    let target = json!([{
        "Id": "check", "Arn": project, "RoleArn": events_role,
        "InputTransformer": {
            "InputPathsMap": {"commit": "$.detail.commitId", "ref": "$.detail.referenceName",
                              "repository": "$.detail.repositoryName"},
            "InputTemplate": template,
        },
    }]);
    let put =
        root.aws(&["events", "put-targets", "--rule", "on-push", "--targets", &target.to_string()]);
    assert_eq!(put["FailedEntryCount"], 0, "{put}");
}

fn builds(root: &User) -> Vec<String> {
    let listed = root.aws(&["codebuild", "list-builds-for-project", "--project-name", "check"]);
    let ids = listed["ids"].as_array().cloned().unwrap_or_default();
    ids.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[test]
fn a_push_builds_what_was_pushed() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    let account = root.aws(&["sts", "get-caller-identity"])["Account"].as_str().unwrap().to_owned();
    root.aws(&["codecommit", "create-repository", "--repository-name", "site"]);
    project(&root, &account);
    rule(&root, &account);
    let url = format!("{}/v1/repos/site", yard.url);
    let dir = history(&root);
    good(&git(&root, dir.path(), &["push", &url, "main"]));
    let first = until(LIMIT, "the push starts a build", || builds(&root).first().cloned());
    // The branch moves on before anybody looks: its own push's commit is what a build takes.
    std::fs::write(dir.path().join("a.txt"), "two\n").unwrap();
    good(&git(&root, dir.path(), &["commit", "--quiet", "--all", "--message", "Two"]));
    good(&git(&root, dir.path(), &["push", &url, "HEAD:feature/x"]));
    let second = until(LIMIT, "the other push starts a build", || {
        builds(&root).into_iter().find(|id| *id != first)
    });
    for (id, revision, branch, text) in
        [(&first, "HEAD~1", "main", "one"), (&second, "HEAD", "feature/x", "two")]
    {
        let commit = good(&git(&root, dir.path(), &["rev-parse", revision]));
        let commit = commit.trim();
        let build = finished(&root, id);
        let output = log(&root, &build);
        assert_eq!(build["buildStatus"], "SUCCEEDED", "{output}");
        assert_eq!(build["sourceVersion"], commit, "{build}");
        assert_eq!(build["resolvedSourceVersion"], commit, "{build}");
        assert_eq!(build["initiator"], "rule/on-push", "{build}");
        let said = format!("built {branch} of site! at {commit}");
        assert!(output.contains(&said) && output.contains(text), "{said}: {output}");
    }
    assert_eq!(builds(&root).len(), 2, "one build for each push");
}
