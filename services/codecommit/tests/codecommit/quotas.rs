//! How many pull requests, approvals and templates there can be.

use std::time::Duration;

use serde_json::{Value, json};

use crate::pull_request_support::{Reviewed, code, needs};

/// Many calls at once, each of which must work.
async fn all<F: Future<Output = (u16, Value)>>(calls: impl IntoIterator<Item = F>) {
    for call in calls {
        let (status, answer) = call.await;
        assert_eq!(status, 200, "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn open_pull_requests() {
    let it = Reviewed::start().await;
    let target = json!([{"repositoryName": "r", "sourceReference": "topic"}]);
    let create = |_| it.yard.call("CreatePullRequest", json!({"title": "t", "targets": target}));
    all((0..1_000).map(create)).await;
    let input = json!({"title": "t", "targets": target});
    it.yard
        .refused("MaximumOpenPullRequestsExceededException", "CreatePullRequest", input.clone())
        .await;
    let close = json!({"pullRequestId": "7", "pullRequestStatus": "CLOSED"});
    it.yard.ok("UpdatePullRequestStatus", close).await;
    assert_eq!(
        it.yard.ok("CreatePullRequest", input).await["pullRequest"]["pullRequestId"],
        "1001"
    );
    // One push is news for all of them.
    it.work.commit("topic.txt", "two\n").await;
    let pushed = it.work.ok(&["push", "-q", "origin", "topic"]);
    tokio::time::timeout(Duration::from_secs(60), pushed).await.unwrap();
    let tip = it.work.ok(&["rev-parse", "topic"]).await;
    for id in ["1", "500", "1001"] {
        assert_eq!(it.target(id).await["sourceCommit"], json!(tip));
    }
    assert_eq!(it.target("7").await["sourceCommit"], json!(it.topic));
    it.yard.ok("DeleteRepository", json!({"repositoryName": "r"})).await;
    it.yard
        .refused(
            "PullRequestDoesNotExistException",
            "GetPullRequest",
            json!({"pullRequestId": "500"}),
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn approvals_and_templates() {
    let it = Reviewed::start().await;
    it.open().await;
    let input = json!({"pullRequestId": "1", "revisionId": it.revision("1").await,
                       "approvalState": "APPROVE"});
    let users: Vec<_> = (0..201).map(|at| it.user(&format!("u{at}"))).collect();
    let approve = |keys| it.yard.call_as(keys, "UpdatePullRequestApprovalState", input.clone());
    all(users[..200].iter().map(approve)).await;
    let over = approve(&users[200]).await;
    assert_eq!(code(&over), "MaximumNumberOfApprovalsExceededException");

    let create = |at: usize| {
        let name = format!("t{at}");
        let input = json!({"approvalRuleTemplateName": name,
                           "approvalRuleTemplateContent": needs(1)});
        it.yard.call("CreateApprovalRuleTemplate", input)
    };
    all((0..1_000).map(create)).await;
    let over = create(1_000).await;
    assert_eq!(code(&over), "NumberOfRuleTemplatesExceededException");
}
