//! Pull requests: made, shown, listed, changed, and how they follow their branches.

use serde_json::{Value, json};
use testkit::REGION;

use crate::pull_request_support::{Reviewed, code, everything};

const PULL_REQUESTS: &str = "CodeCommit Pull Request State Change";

fn target(source: &str, destination: Value) -> Value {
    json!([{"repositoryName": "r", "sourceReference": source, "destinationReference": destination}])
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_made() {
    let it = Reviewed::start().await;
    let ann = it.user("ann");
    let input = json!({"title": "Merge it", "description": "Because", "clientRequestToken": "t-1",
                       "targets": target("topic", json!("refs/heads/main"))});
    let (status, made) = it.yard.call_as(&ann, "CreatePullRequest", input.clone()).await;
    assert_eq!(status, 200, "{made}");
    let made = &made["pullRequest"];
    assert_eq!(made["pullRequestId"], "1");
    assert_eq!(made["pullRequestStatus"], "OPEN");
    assert_eq!(made["authorArn"], "arn:aws:iam::123456789012:user/ann");
    assert_eq!(made["description"], "Because");
    assert_eq!(made["clientRequestToken"], "t-1");
    assert_eq!(made["approvalRules"], json!([]));
    assert_eq!(made["revisionId"].as_str().unwrap().len(), 64);
    assert_eq!(
        made["pullRequestTargets"],
        json!([{
            "repositoryName": "r", "sourceReference": "refs/heads/topic",
            "destinationReference": "refs/heads/main", "sourceCommit": it.topic,
            "destinationCommit": it.main, "mergeBase": it.main,
            "mergeMetadata": {"isMerged": false},
        }])
    );
    assert_eq!(&it.get("1").await, made);

    // The same again, with the same token.
    let (_, again) = it.yard.call_as(&ann, "CreatePullRequest", input.clone()).await;
    assert_eq!(&again["pullRequest"], made);
    let mut other = input.clone();
    other["title"] = json!("Something else");
    let answer = it.yard.call_as(&ann, "CreatePullRequest", other).await;
    assert_eq!(code(&answer), "IdempotencyParameterMismatchException", "{answer:?}");
    // Another user's token is another token, and the next number is the next.
    let (_, next) = it.yard.call("CreatePullRequest", input).await;
    assert_eq!(next["pullRequest"]["pullRequestId"], "2");

    let event = it.yard.events().into_iter().find(|e| e.detail_type == PULL_REQUESTS).unwrap();
    assert_eq!(event.resources, [format!("arn:aws:codecommit:{REGION}:123456789012:r")]);
    for (name, value) in [
        ("event", json!("pullRequestCreated")),
        ("pullRequestId", json!("1")),
        ("pullRequestStatus", json!("Open")),
        ("isMerged", json!("False")),
        ("repositoryNames", json!(["r"])),
        ("author", json!("arn:aws:iam::123456789012:user/ann")),
        ("callerUserArn", json!("arn:aws:iam::123456789012:user/ann")),
        ("sourceCommit", json!(it.topic)),
        ("destinationCommit", json!(it.main)),
        ("sourceReference", json!("refs/heads/topic")),
        ("destinationReference", json!("refs/heads/main")),
        ("title", json!("Merge it")),
        ("description", json!("Because")),
        ("revisionId", made["revisionId"].clone()),
    ] {
        assert_eq!(event.detail[name], value, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_made_is_refused() {
    let it = Reviewed::start().await;
    it.yard.repository("empty").await;
    it.work.ok(&["tag", "v1"]).await;
    it.work.ok(&["push", "-q", "origin", "v1"]).await;
    let good = json!({"title": "t", "targets": target("topic", json!("main"))});
    let one = good["targets"][0].clone();
    for (refusal, member, value) in [
        ("TitleRequiredException", "title", json!(null)),
        ("TitleRequiredException", "title", json!(" ")),
        ("InvalidTitleException", "title", json!("x".repeat(151))),
        ("InvalidDescriptionException", "description", json!("x".repeat(10_241))),
        ("TargetsRequiredException", "targets", json!(null)),
        ("TargetsRequiredException", "targets", json!([])),
        ("InvalidTargetsException", "targets", json!([one, one])),
        (
            "MultipleRepositoriesInPullRequestException",
            "targets",
            json!([one, {"repositoryName": "empty", "sourceReference": "topic"}]),
        ),
        ("TargetRequiredException", "targets", json!([{"sourceReference": "topic"}])),
        (
            "InvalidRepositoryNameException",
            "targets",
            json!([{"repositoryName": "a b", "sourceReference": "topic"}]),
        ),
        (
            "RepositoryDoesNotExistException",
            "targets",
            json!([{"repositoryName": "none", "sourceReference": "topic"}]),
        ),
        ("TargetRequiredException", "targets", json!([{}])),
        ("ReferenceNameRequiredException", "targets", json!([{"repositoryName": "r"}])),
        ("ReferenceNameRequiredException", "targets", target("", json!(null))),
        ("InvalidReferenceNameException", "targets", target("a..b", json!(null))),
        ("ReferenceDoesNotExistException", "targets", target("none", json!(null))),
        ("ReferenceDoesNotExistException", "targets", target("topic", json!("none"))),
        (
            "ReferenceDoesNotExistException",
            "targets",
            json!([{"repositoryName": "empty", "sourceReference": "topic"}]),
        ),
        ("ReferenceTypeNotSupportedException", "targets", target("v1", json!(null))),
        ("ReferenceTypeNotSupportedException", "targets", target("refs/tags/v1", json!(null))),
        ("SourceAndDestinationAreSameException", "targets", target("main", json!(null))),
        (
            "SourceAndDestinationAreSameException",
            "targets",
            target("refs/heads/topic", json!("topic")),
        ),
        ("ClientRequestTokenRequiredException", "clientRequestToken", json!("")),
        ("InvalidClientRequestTokenException", "clientRequestToken", json!("x".repeat(300))),
    ] {
        let mut input = good.clone();
        input[member] = value;
        it.yard.refused(refusal, "CreatePullRequest", input).await;
    }
    assert!(it.announced(PULL_REQUESTS).is_empty());
    assert_eq!(it.open().await["pullRequestId"], "1", "refusals use up no numbers");
}

#[tokio::test(flavor = "multi_thread")]
async fn they_are_listed_by_activity() {
    let it = Reviewed::start().await;
    let ann = it.user("ann");
    for at in 0..3 {
        let source = format!("topic-{at}");
        it.work.ok(&["push", "-q", "origin", &format!("topic:{source}")]).await;
        let input = json!({"title": source, "targets": target(&source, json!(null))});
        let (status, answer) = match at {
            1 => it.yard.call_as(&ann, "CreatePullRequest", input).await,
            _ => it.yard.call("CreatePullRequest", input).await,
        };
        assert_eq!(status, 200, "{answer}");
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
    }
    let change = json!({"pullRequestId": "1", "title": "New"});
    let changed = it.yard.ok("UpdatePullRequestTitle", change).await;
    assert_eq!(changed["pullRequest"]["title"], "New");
    let list = async |more: Value| {
        let mut input = json!({"repositoryName": "r"});
        more.as_object().unwrap().iter().for_each(|(name, value)| input[name] = value.clone());
        it.yard.ok("ListPullRequests", input).await
    };
    let ids = async |more: Value| list(more).await["pullRequestIds"].clone();
    assert_eq!(ids(json!({})).await, json!(["1", "3", "2"]));
    let page = list(json!({"maxResults": 2})).await;
    assert_eq!(page["pullRequestIds"], json!(["1", "3"]));
    let rest = list(json!({"maxResults": 2, "nextToken": page["nextToken"]})).await;
    assert_eq!((&rest["pullRequestIds"], &rest["nextToken"]), (&json!(["2"]), &json!(null)));
    let by_ann = json!({"authorArn": "arn:aws:iam::123456789012:user/ann"});
    assert_eq!(ids(by_ann.clone()).await, json!(["2"]));
    let close = json!({"pullRequestId": "3", "pullRequestStatus": "CLOSED"});
    it.yard.ok("UpdatePullRequestStatus", close).await;
    assert_eq!(ids(json!({"pullRequestStatus": "OPEN"})).await, json!(["1", "2"]));
    assert_eq!(ids(json!({"pullRequestStatus": "CLOSED"})).await, json!(["3"]));
    let mut both = by_ann;
    both["pullRequestStatus"] = json!("CLOSED");
    assert_eq!(ids(both).await, json!([]));
    for (refusal, more) in [
        ("RepositoryNameRequiredException", json!({"repositoryName": null})),
        ("InvalidRepositoryNameException", json!({"repositoryName": "a b"})),
        ("RepositoryDoesNotExistException", json!({"repositoryName": "none"})),
        ("InvalidPullRequestStatusException", json!({"pullRequestStatus": "MERGED"})),
        ("InvalidAuthorArnException", json!({"authorArn": "ann"})),
        ("InvalidAuthorArnException", json!({"authorArn": "arn:aws:s3:::bucket"})),
        ("AuthorDoesNotExistException", json!({"authorArn": "arn:aws:iam::210987654321:user/ann"})),
        ("InvalidMaxResultsException", json!({"maxResults": 0})),
        ("InvalidContinuationTokenException", json!({"nextToken": "x"})),
        // A token of a listing with another filter.
        (
            "InvalidContinuationTokenException",
            json!({"nextToken": page["nextToken"], "pullRequestStatus": "OPEN"}),
        ),
    ] {
        let mut input = json!({"repositoryName": "r"});
        more.as_object().unwrap().iter().for_each(|(name, value)| input[name] = value.clone());
        it.yard.refused(refusal, "ListPullRequests", input).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_and_closing() {
    let it = Reviewed::start().await;
    it.open().await;
    let with = |member: &str, value: Value| json!({"pullRequestId": "1", member: value});
    let described =
        it.yard.ok("UpdatePullRequestDescription", with("description", json!("d"))).await;
    assert_eq!(described["pullRequest"]["description"], "d");
    let emptied = it.yard.ok("UpdatePullRequestDescription", with("description", json!(""))).await;
    assert_eq!(emptied["pullRequest"]["description"], json!(null));
    let status = |status: &str| with("pullRequestStatus", json!(status));
    it.yard.ok("UpdatePullRequestStatus", status("OPEN")).await;
    assert_eq!(it.history("1").await, ["PULL_REQUEST_CREATED"]);
    let closed = it.yard.ok("UpdatePullRequestStatus", status("CLOSED")).await;
    assert_eq!(closed["pullRequest"]["pullRequestStatus"], "CLOSED");
    it.yard.ok("UpdatePullRequestStatus", status("CLOSED")).await;
    assert_eq!(it.history("1").await, ["PULL_REQUEST_CREATED", "PULL_REQUEST_STATUS_CHANGED"]);
    assert_eq!(it.announced(PULL_REQUESTS), ["pullRequestCreated", "pullRequestStatusChanged"]);
    let told = it.yard.events().pop().unwrap().detail;
    assert_eq!(
        (&told["pullRequestStatus"], &told["isMerged"]),
        (&json!("Closed"), &json!("False"))
    );

    let title = ("UpdatePullRequestTitle", "title", json!("t"));
    let description = ("UpdatePullRequestDescription", "description", json!("t"));
    let to_open = ("UpdatePullRequestStatus", "pullRequestStatus", json!("OPEN"));
    for (refusal, (operation, member, value)) in [
        ("PullRequestAlreadyClosedException", title.clone()),
        ("PullRequestAlreadyClosedException", description.clone()),
        ("InvalidPullRequestStatusUpdateException", to_open.clone()),
        ("TitleRequiredException", (title.0, title.1, json!(null))),
        ("InvalidTitleException", (title.0, title.1, json!("x".repeat(151)))),
        ("InvalidDescriptionException", (description.0, description.1, json!(null))),
        ("InvalidDescriptionException", (description.0, description.1, json!("x".repeat(10_241)))),
        ("PullRequestStatusRequiredException", (to_open.0, to_open.1, json!(null))),
        ("InvalidPullRequestStatusException", (to_open.0, to_open.1, json!("MERGED"))),
    ] {
        it.yard.refused(refusal, operation, with(member, value)).await;
    }
    for (operation, member, value) in [title, description, to_open] {
        for (refusal, id) in [
            ("PullRequestIdRequiredException", json!(null)),
            ("PullRequestIdRequiredException", json!("")),
            ("InvalidPullRequestIdException", json!("one")),
            ("InvalidPullRequestIdException", json!("12345678901234567890")),
            ("PullRequestDoesNotExistException", json!("99")),
        ] {
            let mut input = with(member, value.clone());
            input["pullRequestId"] = id;
            it.yard.refused(refusal, operation, input).await;
        }
    }
    it.yard
        .refused(
            "PullRequestDoesNotExistException",
            "GetPullRequest",
            json!({"pullRequestId": "2"}),
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_to_the_source_begins_a_revision() {
    let it = Reviewed::start().await;
    let first = it.open().await;
    let second = it.work.commit("topic.txt", "two\n").await;
    let ann = it.user("ann");
    it.work.ok(&["push", "-q", &it.yard.url_for(&ann, "r"), "topic"]).await;
    let now = it.get("1").await;
    assert_ne!(now["revisionId"], first["revisionId"]);
    assert_eq!(now["pullRequestTargets"][0]["sourceCommit"], json!(second));
    let page = it.yard.ok("DescribePullRequestEvents", json!({"pullRequestId": "1"})).await;
    let event = &page["pullRequestEvents"][1];
    assert_eq!(event["pullRequestEventType"], "PULL_REQUEST_SOURCE_REFERENCE_UPDATED");
    assert_eq!(event["actorArn"], "arn:aws:iam::123456789012:user/ann");
    assert_eq!(
        event["pullRequestSourceReferenceUpdatedEventMetadata"],
        json!({"repositoryName": "r", "beforeCommitId": it.main, "afterCommitId": second,
               "mergeBase": it.main})
    );
    let told = it.yard.events().pop().unwrap();
    assert_eq!(told.detail["event"], "pullRequestSourceBranchUpdated");
    assert_eq!(told.detail["revisionId"], now["revisionId"]);
    assert_eq!(told.detail["callerUserArn"], "arn:aws:iam::123456789012:user/ann");

    // By the API, too.
    let put = json!({"repositoryName": "r", "branchName": "topic", "filePath": "b",
                     "fileContent": "b25l", "parentCommitId": second});
    let put = it.yard.ok("PutFile", put).await;
    assert_eq!(it.target("1").await["sourceCommit"], put["commitId"]);

    // The destination moves on: shown, but no new revision.
    let revision = it.revision("1").await;
    let put = json!({"repositoryName": "r", "branchName": "main", "filePath": "c",
                     "fileContent": "b25l", "parentCommitId": it.main});
    let put = it.yard.ok("PutFile", put).await;
    let target = it.target("1").await;
    assert_eq!(
        (&target["destinationCommit"], &target["mergeBase"]),
        (&put["commitId"], &json!(it.main))
    );
    assert_eq!(it.revision("1").await, revision);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pushed_fast_forward_merges() {
    let it = Reviewed::start().await;
    it.open().await;
    it.work.ok(&["push", "-q", "origin", "topic:other"]).await;
    it.open_from("other").await;
    let ann = it.user("ann");
    // One more commit on top, and the branch goes at once: it was merged all the same.
    it.work.ok(&["checkout", "-q", "main"]).await;
    it.work.ok(&["merge", "-q", "--ff-only", "topic"]).await;
    it.work.commit("more", "more\n").await;
    it.work.ok(&["push", "-q", &it.yard.url_for(&ann, "r"), "main", ":topic"]).await;
    for id in ["1", "2"] {
        let merged = it.get(id).await;
        assert_eq!(merged["pullRequestStatus"], "CLOSED");
        let target = &merged["pullRequestTargets"][0];
        assert_eq!(
            target["mergeMetadata"],
            json!({"isMerged": true, "mergedBy": "arn:aws:iam::123456789012:user/ann",
                   "mergeOption": "FAST_FORWARD_MERGE"})
        );
        assert_eq!(target["destinationCommit"], json!(it.main), "as it was before");
        assert_eq!(target["sourceCommit"], json!(it.topic));
        assert_eq!(
            it.history(id).await,
            [
                "PULL_REQUEST_CREATED",
                "PULL_REQUEST_MERGE_STATE_CHANGED",
                "PULL_REQUEST_STATUS_CHANGED"
            ]
        );
    }
    let told = it.yard.events().pop().unwrap().detail;
    assert_eq!(told["event"], "pullRequestMergeStatusUpdated");
    assert_eq!((&told["isMerged"], &told["pullRequestStatus"]), (&json!("True"), &json!("Closed")));
    assert_eq!(told["mergeOption"], "FAST_FORWARD_MERGE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pushed_merge_commit_does_not_close() {
    let it = Reviewed::start().await;
    it.open().await;
    it.work.ok(&["checkout", "-q", "main"]).await;
    it.work.ok(&["merge", "-q", "--no-ff", "-m", "Merge", "topic"]).await;
    it.work.ok(&["push", "-q", "origin", "main"]).await;
    assert_eq!(it.get("1").await["pullRequestStatus"], "OPEN");
    // All of it is in the destination now.
    assert_eq!(it.target("1").await["mergeBase"], json!(it.topic));
    // A source that was behind is not merged by what others push.
    it.work.ok(&["push", "-q", "origin", &format!("{}:refs/heads/old", it.main)]).await;
    it.open_from("old").await;
    it.work.commit("more", "more\n").await;
    it.work.ok(&["push", "-q", "origin", "main"]).await;
    assert_eq!(it.get("2").await["pullRequestStatus"], "OPEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_a_branch_closes() {
    let it = Reviewed::start().await;
    it.open().await;
    it.work.ok(&["push", "-q", "origin", "main:release"]).await;
    let into = json!({"title": "t", "targets": target("topic", json!("release"))});
    it.yard.ok("CreatePullRequest", into).await;
    it.yard.ok("DeleteBranch", json!({"repositoryName": "r", "branchName": "release"})).await;
    assert_eq!(it.get("1").await["pullRequestStatus"], "OPEN");
    assert_eq!(it.get("2").await["pullRequestStatus"], "CLOSED");
    it.work.ok(&["push", "-q", "origin", ":topic"]).await;
    let closed = it.get("1").await;
    assert_eq!(closed["pullRequestStatus"], "CLOSED");
    assert_eq!(closed["pullRequestTargets"][0]["mergeMetadata"]["isMerged"], json!(false));
    assert_eq!(closed["pullRequestTargets"][0]["sourceCommit"], json!(it.topic));
    assert_eq!(it.history("1").await, ["PULL_REQUEST_CREATED", "PULL_REQUEST_STATUS_CHANGED"]);
    // The branch comes again; what is closed stays closed, and as it was.
    it.work.commit("topic.txt", "two\n").await;
    it.work.ok(&["push", "-q", "origin", "topic"]).await;
    assert_eq!(it.get("1").await, closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_is_searched_and_paged() {
    let it = Reviewed::start().await;
    it.open().await;
    let ann = it.user("ann");
    for at in 0..3 {
        it.work.commit("topic.txt", &format!("{at}\n")).await;
        it.work.ok(&["push", "-q", &it.yard.url_for(&ann, "r"), "topic"]).await;
    }
    let close = json!({"pullRequestId": "1", "pullRequestStatus": "CLOSED"});
    it.yard.ok("UpdatePullRequestStatus", close).await;
    let describe = async |more: Value| {
        let mut input = json!({"pullRequestId": "1"});
        more.as_object().unwrap().iter().for_each(|(name, value)| input[name] = value.clone());
        it.yard.ok("DescribePullRequestEvents", input).await
    };
    let count = |page: &Value| page["pullRequestEvents"].as_array().unwrap().len();
    let by_ann = json!({"actorArn": "arn:aws:iam::123456789012:user/ann"});
    let updates = json!({"pullRequestEventType": "PULL_REQUEST_SOURCE_REFERENCE_UPDATED"});
    assert_eq!(count(&describe(json!({})).await), 5);
    assert_eq!(count(&describe(by_ann.clone()).await), 3);
    assert_eq!(count(&describe(updates).await), 3);
    let mut both = by_ann;
    both["pullRequestEventType"] = json!("PULL_REQUEST_CREATED");
    assert_eq!(count(&describe(both).await), 0);
    let mut token = Value::Null;
    let mut seen = Vec::new();
    loop {
        let page = describe(json!({"maxResults": 2, "nextToken": token})).await;
        seen.extend(page["pullRequestEvents"].as_array().unwrap().clone());
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
        assert_eq!(count(&page), 2);
    }
    assert_eq!(json!(seen), describe(json!({})).await["pullRequestEvents"]);
    let created = &seen[0]["pullRequestCreatedEventMetadata"];
    assert_eq!(created["sourceCommitId"], json!(it.topic));
    assert_eq!(created["destinationCommitId"], json!(it.main));
    let status = &seen[4]["pullRequestStatusChangedEventMetadata"];
    assert_eq!(status, &json!({"pullRequestStatus": "CLOSED"}));
    for (refusal, member, value) in [
        ("InvalidPullRequestEventTypeException", "pullRequestEventType", json!("MERGED")),
        ("InvalidActorArnException", "actorArn", json!("ann")),
        ("ActorDoesNotExistException", "actorArn", json!("arn:aws:iam::210987654321:user/ann")),
        ("InvalidMaxResultsException", "maxResults", json!(-1)),
        ("InvalidContinuationTokenException", "nextToken", json!("x")),
        ("PullRequestDoesNotExistException", "pullRequestId", json!("2")),
    ] {
        let mut input = json!({"pullRequestId": "1"});
        input[member] = value;
        it.yard.refused(refusal, "DescribePullRequestEvents", input).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_out_of_sight_is_not_told_of() {
    let it = Reviewed::start().await;
    it.open().await;
    it.yard.repository("other").await;
    let allow = |action: &str, repository: &str| {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action,
               "Resource": format!("arn:aws:codecommit:{REGION}:123456789012:{repository}")}]})
    };
    let get = async |keys: &testkit::Keys, id: &str| {
        it.yard.call_as(keys, "GetPullRequest", json!({"pullRequestId": id})).await
    };
    let message = |answer: &(u16, Value)| {
        let text = answer.1["message"].as_str().unwrap_or_default();
        text.split(". Encoded").next().unwrap_or_default().to_owned()
    };
    let stranger = it.yard.yard.user("stranger", allow("codecommit:*", "other"));
    let (hidden, unknown) = (get(&stranger, "1").await, get(&stranger, "99").await);
    assert_eq!(code(&hidden), "AccessDeniedException");
    assert_eq!(message(&hidden), message(&unknown));
    assert!(!message(&hidden).ends_with(":r"), "{hidden:?}");
    // Allowed everywhere but here: it is not there.
    let mut but_here = everything();
    but_here["Statement"].as_array_mut().unwrap().push(json!({"Effect": "Deny",
        "Action": "codecommit:*",
        "Resource": format!("arn:aws:codecommit:{REGION}:123456789012:r")}));
    let denied = it.yard.yard.user("denied", but_here);
    let (hidden, unknown) = (get(&denied, "1").await, get(&denied, "99").await);
    assert_eq!(code(&hidden), "PullRequestDoesNotExistException");
    assert_eq!(message(&hidden).replace("request 1", "request 99"), message(&unknown));
    // Who may look is told what is missing.
    let reader = it.yard.yard.user("reader", allow("codecommit:GetPullRequest", "r"));
    assert_eq!(get(&reader, "1").await.0, 200);
    let close = json!({"pullRequestId": "1", "pullRequestStatus": "CLOSED"});
    let answer = it.yard.call_as(&reader, "UpdatePullRequestStatus", close).await;
    assert_eq!(code(&answer), "AccessDeniedException");
    assert!(message(&answer).contains(&format!("{REGION}:123456789012:r")), "{answer:?}");
    // A right to create is one on the repository.
    let input = json!({"title": "t", "targets": target("topic", json!("main"))});
    let answer = it.yard.call_as(&stranger, "CreatePullRequest", input).await;
    assert_eq!(code(&answer), "AccessDeniedException");
}

#[tokio::test(flavor = "multi_thread")]
async fn they_go_with_their_repository_and_under_its_new_name() {
    let it = Reviewed::start().await;
    it.open().await;
    it.yard.ok("UpdateRepositoryName", json!({"oldName": "r", "newName": "s"})).await;
    assert_eq!(it.target("1").await["repositoryName"], "s");
    it.yard.ok("DeleteRepository", json!({"repositoryName": "s"})).await;
    it.yard
        .refused(
            "PullRequestDoesNotExistException",
            "GetPullRequest",
            json!({"pullRequestId": "1"}),
        )
        .await;
    it.yard.repository("r").await;
    let list = it.yard.ok("ListPullRequests", json!({"repositoryName": "r"})).await;
    assert_eq!(list["pullRequestIds"], json!([]));
}

/// Every push commits with all that follows from it, however many come at once.
#[tokio::test(flavor = "multi_thread")]
async fn changes_at_once_each_begin_a_revision() {
    let it = Reviewed::start().await;
    let mut ids = Vec::new();
    for at in 0..4 {
        it.work.ok(&["push", "-q", "origin", &format!("topic:t{at}")]).await;
        ids.push(it.open_from(&format!("t{at}")).await["pullRequestId"].clone());
    }
    let put = |branch: String, parent: String| {
        let yard = &it.yard;
        async move {
            let input = json!({"repositoryName": "r", "branchName": branch, "filePath": "x",
                               "fileContent": "b25l", "parentCommitId": parent});
            yard.ok("PutFile", input).await["commitId"].clone()
        }
    };
    let (main, topic) = (it.main.clone(), it.topic.clone());
    let (_, a, b, c, d) = tokio::join!(
        put("main".to_owned(), main),
        put("t0".to_owned(), topic.clone()),
        put("t1".to_owned(), topic.clone()),
        put("t2".to_owned(), topic.clone()),
        put("t3".to_owned(), topic),
    );
    for (id, commit) in ids.iter().zip([a, b, c, d]) {
        let id = id.as_str().unwrap();
        assert_eq!(it.target(id).await["sourceCommit"], commit);
        let seen = it.history(id).await;
        assert_eq!(seen, ["PULL_REQUEST_CREATED", "PULL_REQUEST_SOURCE_REFERENCE_UPDATED"]);
    }
}
