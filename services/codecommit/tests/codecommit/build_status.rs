//! Builds told of at pull requests, from CodeBuild's events on.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{REGION, TestYard};

use crate::support::{Work, Yard};

/// A yard with a pull request from `topic` to `main`, and the tip of `topic`.
async fn here() -> (Yard, Work, String, String) {
    let yard = Yard::start().await;
    yard.repository("r").await;
    let work = yard.work("work", &yard.root_url("r")).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    work.ok(&["checkout", "-q", "-b", "topic"]).await;
    let tip = work.commit("a", "a\n").await;
    work.ok(&["push", "-q", "origin", "topic"]).await;
    let made = yard
        .ok(
            "CreatePullRequest",
            json!({"title": "t", "targets": [
                {"repositoryName": "r", "sourceReference": "topic", "destinationReference": "main"},
            ]}),
        )
        .await;
    let id = made["pullRequest"]["pullRequestId"].as_str().unwrap().to_owned();
    (yard, work, id, tip)
}

/// Announces a build as CodeBuild does.
async fn announce(yard: &Yard, project: &str, number: u32, status: &str, version: &str) {
    let event = store::Event {
        id: types::uuid(),
        source: "aws.codebuild".to_owned(),
        detail_type: "CodeBuild Build State Change".to_owned(),
        account: "123456789012".to_owned(),
        region: REGION.to_owned(),
        time: yard.yard.yard().clock().now(),
        resources: Vec::new(),
        detail: json!({
            "build-status": status,
            "project-name": project,
            "build-id": format!("arn:aws:codebuild:{REGION}:123456789012:build/{project}:{number}"),
            "additional-information": {
                "build-number": f64::from(number),
                "source": {"type": "CODECOMMIT", "location": format!("{}/v1/repos/r", yard.yard.url)},
                "source-version": version,
                "logs": {"deep-link": "https://log/1"},
            },
        }),
    };
    let write = yard.yard.yard().store().write(move |tx| tx.emit(event.clone()));
    write.await.unwrap();
}

async fn comments(yard: &Yard, id: &str) -> Vec<Value> {
    let listed = yard.ok("GetCommentsForPullRequest", json!({"pullRequestId": id})).await;
    let groups = listed["commentsForPullRequestData"].as_array().unwrap();
    groups.iter().flat_map(|group| group["comments"].as_array().unwrap().clone()).collect()
}

/// Waits for the one comment to say this.
async fn said(yard: &Yard, id: &str, text: &str) -> Value {
    TestYard::until(Duration::from_secs(20), || async {
        let found = comments(yard, id).await;
        assert!(found.len() <= 1, "{found:?}");
        found.into_iter().find(|it| it["content"].as_str().is_some_and(|it| it.contains(text)))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_tells_of_its_builds() {
    let (yard, work, id, tip) = here().await;
    announce(&yard, "p", 1, "IN_PROGRESS", &tip).await;
    let first = said(&yard, &id, "**IN_PROGRESS**: build 1 of project p").await;
    assert_eq!(first["authorArn"], "codebuild.amazonaws.com");
    assert!(first["content"].as_str().unwrap().contains("(https://log/1)"), "{first}");
    announce(&yard, "p", 1, "FAILED", &tip).await;
    let second = said(&yard, &id, "**FAILED**").await;
    assert_eq!(second["commentId"], first["commentId"], "the comment changes with the build");

    // What comes late or twice, or is of another commit, changes nothing.
    announce(&yard, "p", 2, "SUCCEEDED", &tip).await;
    said(&yard, &id, "build 2").await;
    announce(&yard, "p", 1, "FAILED", &tip).await;
    announce(&yard, "p", 2, "IN_PROGRESS", &tip).await;
    announce(&yard, "p", 3, "FAILED", &"1".repeat(40)).await;
    announce(&yard, "p", 4, "SUCCEEDED", &tip).await;
    said(&yard, &id, "build 4").await;

    // Nobody but CodeBuild writes it; whoever may takes its content away, and it stays away.
    let comment = first["commentId"].clone();
    let update = json!({"commentId": comment, "content": "mine"});
    yard.refused("CommentNotCreatedByCallerException", "UpdateComment", update).await;
    yard.ok("DeleteCommentContent", json!({"commentId": comment})).await;
    announce(&yard, "p", 5, "FAILED", &tip).await;

    // The next commit has a comment of its own.
    let next = work.commit("b", "b\n").await;
    work.ok(&["push", "-q", "origin", "topic"]).await;
    announce(&yard, "p", 6, "SUCCEEDED", &tip).await;
    announce(&yard, "p", 7, "SUCCEEDED", &next).await;
    let found = TestYard::until(Duration::from_secs(20), || async {
        let found = comments(&yard, &id).await;
        (found.len() == 2).then_some(found)
    })
    .await;
    assert!(found[0]["content"].is_null(), "{found:?}");
    assert!(found[1]["content"].as_str().unwrap().contains("build 7"), "{found:?}");
    let told: Vec<_> = yard.events();
    let told: Vec<_> = told
        .iter()
        .filter(|event| event.detail_type == "CodeCommit Comment on Pull Request")
        .map(|event| (event.detail["event"].as_str().unwrap(), &event.detail["callerUserArn"]))
        .collect();
    let (created, updated) = ("commentOnPullRequestCreated", "commentOnPullRequestUpdated");
    let names: Vec<_> = told.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, [created, updated, updated, updated, created]);
    assert!(told.iter().all(|(_, who)| **who == "codebuild.amazonaws.com"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_can_be_without() {
    let (yard, _, id, tip) = here().await;
    let arn = format!("arn:aws:codecommit:{REGION}:123456789012:r");
    let set = async |value: &str| {
        let tags = json!({"codeyard:build-status": value});
        yard.ok("TagResource", json!({"resourceArn": arn, "tags": tags})).await;
    };
    set("off").await;
    announce(&yard, "p", 1, "SUCCEEDED", &tip).await;
    // Events are taken in order: when the second is told, the first was not.
    tokio::time::sleep(Duration::from_secs(1)).await;
    set("comment").await;
    announce(&yard, "q", 1, "SUCCEEDED", &tip).await;
    said(&yard, &id, "project q").await;
}
