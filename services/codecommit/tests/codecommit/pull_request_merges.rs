//! Merges of pull requests.

use serde_json::{Value, json};

use crate::pull_request_support::{Reviewed, code, needs};

const FAST_FORWARD: &str = "MergePullRequestByFastForward";
const SQUASH: &str = "MergePullRequestBySquash";
const THREE_WAY: &str = "MergePullRequestByThreeWay";

fn of(id: &str) -> Value {
    json!({"pullRequestId": id, "repositoryName": "r"})
}

impl Reviewed {
    async fn tip(&self, branch: &str) -> String {
        let input = json!({"repositoryName": "r", "branchName": branch});
        let found = self.yard.ok("GetBranch", input).await;
        found["branch"]["commitId"].as_str().unwrap().to_owned()
    }

    /// A commit on main, which has another history than topic then.
    async fn diverge(&self, file: &str) -> String {
        let input = json!({"repositoryName": "r", "branchName": "main", "filePath": file,
                           "fileContent": "b25l", "parentCommitId": self.tip("main").await});
        self.yard.ok("PutFile", input).await["commitId"].as_str().unwrap().to_owned()
    }

    async fn commit(&self, id: &str) -> Value {
        let input = json!({"repositoryName": "r", "commitId": id});
        self.yard.ok("GetCommit", input).await["commit"].clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn by_fast_forward() {
    let it = Reviewed::start().await;
    it.open().await;
    // Another one on the way is merged with it.
    it.work.ok(&["push", "-q", "origin", "topic:same"]).await;
    it.open_from("same").await;
    let ann = it.user("ann");
    let mut input = of("1");
    input["sourceCommitId"] = json!(it.topic);
    let (status, answer) = it.yard.call_as(&ann, FAST_FORWARD, input.clone()).await;
    assert_eq!(status, 200, "{answer}");
    let merged = &answer["pullRequest"];
    assert_eq!(merged["pullRequestStatus"], "CLOSED");
    assert_eq!(
        merged["pullRequestTargets"][0]["mergeMetadata"],
        json!({"isMerged": true, "mergedBy": "arn:aws:iam::123456789012:user/ann",
               "mergeOption": "FAST_FORWARD_MERGE"})
    );
    assert_eq!(merged["pullRequestTargets"][0]["destinationCommit"], json!(it.main));
    assert_eq!(it.tip("main").await, it.topic);
    assert_eq!(&it.get("1").await, merged);
    for id in ["1", "2"] {
        let history = it.history(id).await;
        assert_eq!(
            history,
            [
                "PULL_REQUEST_CREATED",
                "PULL_REQUEST_MERGE_STATE_CHANGED",
                "PULL_REQUEST_STATUS_CHANGED"
            ],
            "{id}"
        );
    }
    let events = it.yard.events();
    let told: Vec<_> = events.iter().map(|event| event.detail["event"].as_str().unwrap()).collect();
    assert_eq!(told.iter().filter(|event| **event == "pullRequestMergeStatusUpdated").count(), 2);
    assert_eq!(told.iter().filter(|event| **event == "referenceUpdated").count(), 1);
    it.yard.refused("PullRequestAlreadyClosedException", FAST_FORWARD, input).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_commits() {
    let it = Reviewed::start().await;
    let main = it.diverge("other").await;
    it.open().await;
    it.yard.refused("ManualMergeRequiredException", FAST_FORWARD, of("1")).await;
    assert_eq!(it.get("1").await["pullRequestStatus"], "OPEN");
    let mut input = of("1");
    input["commitMessage"] = json!("Take topic");
    input["authorName"] = json!("Ann");
    input["email"] = json!("ann@localhost");
    let answer = it.yard.ok(THREE_WAY, input).await;
    let target = &answer["pullRequest"]["pullRequestTargets"][0];
    let commit = target["mergeMetadata"]["mergeCommitId"].as_str().unwrap();
    assert_eq!(target["mergeMetadata"]["mergeOption"], "THREE_WAY_MERGE");
    assert_eq!(
        (&target["destinationCommit"], &target["mergeBase"]),
        (&json!(main), &json!(it.main))
    );
    assert_eq!(it.tip("main").await, commit);
    let commit = it.commit(commit).await;
    assert_eq!(commit["parents"], json!([main, it.topic]));
    assert_eq!(commit["author"]["name"], "Ann");
    assert_eq!(commit["message"].as_str().unwrap().trim(), "Take topic");
    let told = it.yard.events().pop().unwrap();
    assert_eq!(told.detail["callerUserArn"], "arn:aws:iam::123456789012:root");

    it.work.commit("more", "more\n").await;
    it.work.ok(&["push", "-q", "origin", "topic"]).await;
    it.open().await;
    let answer = it.yard.ok(SQUASH, of("2")).await;
    let metadata = &answer["pullRequest"]["pullRequestTargets"][0]["mergeMetadata"];
    assert_eq!(metadata["mergeOption"], "SQUASH_MERGE");
    let commit = it.commit(metadata["mergeCommitId"].as_str().unwrap()).await;
    assert_eq!(commit["parents"].as_array().unwrap().len(), 1);
    let names: Vec<_> =
        it.yard.events().into_iter().map(|event| event.detail["event"].clone()).collect();
    let merges = names.iter().filter(|name| **name == "pullRequestMergeStatusUpdated").count();
    assert_eq!(merges, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn conflicts_and_their_resolution() {
    let it = Reviewed::start().await;
    it.diverge("topic.txt").await;
    it.open().await;
    for operation in [SQUASH, THREE_WAY] {
        it.yard.refused("ManualMergeRequiredException", operation, of("1")).await;
    }
    assert_eq!(it.get("1").await["pullRequestStatus"], "OPEN");
    let mut input = of("1");
    input["conflictResolutionStrategy"] = json!("ACCEPT_SOURCE");
    it.yard.ok(SQUASH, input).await;
    let file = json!({"repositoryName": "r", "filePath": "topic.txt"});
    assert_eq!(it.yard.ok("GetFile", file).await["fileContent"], "b25lCg==");
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_hold() {
    let it = Reviewed::start().await;
    it.open().await;
    it.rule("1", "two", &needs(2)).await;
    let (ann, bob) = (it.user("ann"), it.user("bob"));
    let unsatisfied = "PullRequestApprovalRulesNotSatisfiedException";
    it.say(&ann, "1", "APPROVE").await;
    for operation in [FAST_FORWARD, SQUASH, THREE_WAY] {
        it.yard.refused(unsatisfied, operation, of("1")).await;
    }
    assert_eq!(it.tip("main").await, it.main);
    it.say(&bob, "1", "APPROVE").await;
    it.yard.ok(FAST_FORWARD, of("1")).await;

    // Or are set aside.
    it.work.commit("more", "more\n").await;
    it.work.ok(&["push", "-q", "origin", "topic"]).await;
    it.open().await;
    it.rule("2", "two", &needs(2)).await;
    it.yard.refused(unsatisfied, FAST_FORWARD, of("2")).await;
    let aside = json!({"pullRequestId": "2", "revisionId": it.revision("2").await,
                       "overrideStatus": "OVERRIDE"});
    it.yard.ok("OverridePullRequestApprovalRules", aside).await;
    it.yard.ok(FAST_FORWARD, of("2")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_merged_is_refused() {
    let it = Reviewed::start().await;
    it.yard.repository("other").await;
    it.open().await;
    for operation in [FAST_FORWARD, SQUASH, THREE_WAY] {
        for (refusal, member, value) in [
            ("PullRequestIdRequiredException", "pullRequestId", json!(null)),
            ("InvalidPullRequestIdException", "pullRequestId", json!("x")),
            ("PullRequestDoesNotExistException", "pullRequestId", json!("9")),
            ("RepositoryNameRequiredException", "repositoryName", json!(null)),
            ("InvalidRepositoryNameException", "repositoryName", json!("a b")),
            ("RepositoryNotAssociatedWithPullRequestException", "repositoryName", json!("other")),
            ("InvalidCommitIdException", "sourceCommitId", json!("x")),
            ("TipOfSourceReferenceIsDifferentException", "sourceCommitId", json!(it.main)),
        ] {
            let mut input = of("1");
            input[member] = value;
            it.yard.refused(refusal, operation, input).await;
        }
    }
    for operation in [SQUASH, THREE_WAY] {
        for (refusal, member, value) in [
            ("NameLengthExceededException", "authorName", json!("x".repeat(2000))),
            ("InvalidEmailException", "email", json!("a>b")),
            ("InvalidConflictDetailLevelException", "conflictDetailLevel", json!("X")),
            (
                "InvalidConflictResolutionStrategyException",
                "conflictResolutionStrategy",
                json!("X"),
            ),
        ] {
            let mut input = of("1");
            input[member] = value;
            it.yard.refused(refusal, operation, input).await;
        }
    }
    assert_eq!(it.tip("main").await, it.main);
    assert_eq!(it.history("1").await, ["PULL_REQUEST_CREATED"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_name_the_destination() {
    let it = Reviewed::start().await;
    it.open().await;
    it.work.ok(&["push", "-q", "origin", "main:dev"]).await;
    let target = json!([{"repositoryName": "r", "sourceReference": "topic",
                         "destinationReference": "dev"}]);
    it.yard.ok("CreatePullRequest", json!({"title": "t", "targets": target})).await;
    let eve = it.yard.yard.user(
        "eve",
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "codecommit:*", "Resource": "*"},
            {"Effect": "Deny", "Action": "codecommit:MergePullRequestBy*", "Resource": "*",
             "Condition": {"StringEqualsIfExists": {"codecommit:References": ["refs/heads/main"]},
                           "Null": {"codecommit:References": "false"}}}]}),
    );
    let answer = it.yard.call_as(&eve, FAST_FORWARD, of("1")).await;
    assert_eq!(code(&answer), "AccessDeniedException");
    assert_eq!(it.yard.call_as(&eve, FAST_FORWARD, of("2")).await.0, 200);
}

/// Only one of many at once merges, and all are told what came of theirs.
#[tokio::test(flavor = "multi_thread")]
async fn merges_at_once() {
    let it = Reviewed::start().await;
    it.open().await;
    it.diverge("other").await;
    let merge = || it.yard.call(THREE_WAY, of("1"));
    let (a, b, c) = tokio::join!(merge(), merge(), merge());
    let mut codes: Vec<_> = [&a, &b, &c].map(code).to_vec();
    codes.sort_unstable();
    assert_eq!(codes[0], "", "{a:?} {b:?} {c:?}");
    assert!(
        codes[1..].iter().all(|code| matches!(
            *code,
            "PullRequestAlreadyClosedException" | "ConcurrentReferenceUpdateException"
        )),
        "{codes:?}"
    );
    let history = it.history("1").await;
    let merged = history.iter().filter(|kind| *kind == "PULL_REQUEST_MERGE_STATE_CHANGED");
    assert_eq!(merged.count(), 1);
}

/// Brought in by a merge that was pushed, which closes nothing, it can still be closed as merged.
#[tokio::test(flavor = "multi_thread")]
async fn what_came_in_by_another_way() {
    for operation in [FAST_FORWARD, SQUASH, THREE_WAY] {
        let it = Reviewed::start().await;
        it.open().await;
        it.work.ok(&["checkout", "-q", "main"]).await;
        it.work.ok(&["merge", "-q", "--no-ff", "-m", "by hand", "topic"]).await;
        it.work.ok(&["push", "-q", "origin", "main"]).await;
        let tip = it.tip("main").await;
        let open = it.get("1").await["pullRequestStatus"].clone();
        assert_eq!(open, "OPEN", "AWS closes it only where that was a fast-forward");
        let merged = it.yard.ok(operation, of("1")).await["pullRequest"].clone();
        assert_eq!(merged["pullRequestStatus"], "CLOSED");
        let metadata = &merged["pullRequestTargets"][0]["mergeMetadata"];
        assert_eq!(metadata["isMerged"], true);
        assert_eq!(metadata["mergeCommitId"], Value::Null, "{operation}: none was made");
        assert_eq!(it.tip("main").await, tip);
    }
}
