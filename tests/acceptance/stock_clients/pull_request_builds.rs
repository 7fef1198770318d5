//! A pull request is built when it is made and when its source moves, by a rule of EventBridge, and
//! tells how the build went: AWS's sample, without its Lambda function.

use std::time::Duration;

use serde_json::{Value, json};

use super::codecommit::{git, good, history};
use super::developer::{finished, role};
use super::push_builds::project;
use crate::harness::{Data, User, Yard, until};

const LIMIT: Duration = Duration::from_secs(60);

fn rule(root: &User, account: &str) {
    let pattern = json!({
        "source": ["aws.codecommit"],
        "detail-type": ["CodeCommit Pull Request State Change"],
        "resources": [format!("arn:aws:codecommit:us-east-1:{account}:site")],
        "detail": {"event": ["pullRequestCreated", "pullRequestSourceBranchUpdated"]},
    });
    let pattern = pattern.to_string();
    root.aws(&["events", "put-rule", "--name", "on-pr", "--event-pattern", &pattern]);
    let project = format!("arn:aws:codebuild:us-east-1:{account}:project/check");
    let events_role = role(
        root,
        "events",
        "events.amazonaws.com",
        &json!([{"Effect": "Allow", "Action": "codebuild:StartBuild", "Resource": project}]),
    );
    let target = json!([{
        "Id": "check", "Arn": project, "RoleArn": events_role,
        "InputTransformer": {
            "InputPathsMap": {"commit": "$.detail.sourceCommit"},
            "InputTemplate": "{\"sourceVersion\": <commit>}",
        },
    }]);
    let put =
        root.aws(&["events", "put-targets", "--rule", "on-pr", "--targets", &target.to_string()]);
    assert_eq!(put["FailedEntryCount"], 0, "{put}");
}

/// The comments of a pull request, with the commits that they are on.
fn comments(root: &User, id: &str) -> Vec<(String, Value)> {
    let listed =
        root.aws(&["codecommit", "get-comments-for-pull-request", "--pull-request-id", id]);
    let groups = listed["commentsForPullRequestData"].as_array().cloned().unwrap_or_default();
    groups
        .into_iter()
        .flat_map(|group| {
            let commit = group["afterCommitId"].as_str().unwrap().to_owned();
            let comments = group["comments"].as_array().cloned().unwrap_or_default();
            comments.into_iter().map(move |comment| (commit.clone(), comment))
        })
        .collect()
}

fn told(root: &User, id: &str, commit: &str, text: &str) -> Value {
    until(LIMIT, text, || {
        let found = comments(root, id);
        let of_commit: Vec<_> = found.iter().filter(|(on, _)| on == commit).collect();
        assert!(of_commit.len() <= 1, "one comment for each commit: {found:?}");
        let (_, comment) = of_commit.first()?;
        comment["content"].as_str()?.contains(text).then(|| comment.clone())
    })
}

#[test]
fn a_pull_request_is_built_and_tells_how_it_went() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    let account = root.aws(&["sts", "get-caller-identity"])["Account"].as_str().unwrap().to_owned();
    root.aws(&["codecommit", "create-repository", "--repository-name", "site"]);
    project(&root, &account);
    rule(&root, &account);
    let url = format!("{}/v1/repos/site", yard.url);
    let dir = history(&root);
    let commit = |text: &str| {
        std::fs::write(dir.path().join("a.txt"), format!("{text}\n")).unwrap();
        good(&git(&root, dir.path(), &["commit", "--quiet", "--all", "--message", text]));
        good(&git(&root, dir.path(), &["push", &url, "HEAD:topic"]));
        good(&git(&root, dir.path(), &["rev-parse", "HEAD"])).trim().to_owned()
    };
    good(&git(&root, dir.path(), &["push", &url, "main"]));
    let first = commit("two");
    let targets = "repositoryName=site,sourceReference=topic,destinationReference=main";
    let made =
        root.aws(&["codecommit", "create-pull-request", "--title", "t", "--targets", targets]);
    let id = made["pullRequest"]["pullRequestId"].as_str().unwrap().to_owned();
    let comment = told(&root, &id, &first, "**SUCCEEDED**: build 1 of project check");
    assert_eq!(comment["authorArn"], "codebuild.amazonaws.com", "{comment}");

    // Its source moves on: another build, another comment.
    let second = commit("three");
    told(&root, &id, &second, "**SUCCEEDED**: build 2 of project check");

    // A build of the branch, started by hand, is one of its tip.
    let started = root.aws(&[
        "codebuild",
        "start-build",
        "--project-name",
        "check",
        "--source-version",
        "topic",
        "--buildspec-override",
        "{\"version\": 0.2, \"phases\": {\"build\": {\"commands\": [\"false\"]}}}",
    ]);
    let build = finished(&root, started["build"]["id"].as_str().unwrap());
    assert_eq!(build["buildStatus"], "FAILED", "{build}");
    told(&root, &id, &second, "**FAILED**: build 3 of project check");
    assert_eq!(comments(&root, &id).len(), 2);
}
