//! Comments on pull requests.

use serde_json::{Value, json};
use testkit::REGION;

use crate::pull_request_support::{Reviewed, code};

#[tokio::test(flavor = "multi_thread")]
async fn pull_requests_are_commented_on() {
    let here = Reviewed::start().await;
    let opened = here.open().await;
    let id = opened["pullRequestId"].as_str().unwrap();
    let post = "PostCommentForPullRequest";
    let on = |location: Value| {
        json!({
            "pullRequestId": id, "repositoryName": "r", "beforeCommitId": here.main,
            "afterCommitId": here.topic, "location": location, "content": "hm",
        })
    };
    let line = json!({"filePath": "topic.txt", "filePosition": 1, "relativeFileVersion": "AFTER"});
    let mut input = on(line.clone());
    input["clientRequestToken"] = json!("t");
    let made = here.yard.ok(post, input.clone()).await;
    assert_eq!(made["pullRequestId"], id);
    assert!(made["afterBlobId"].is_string() && made["beforeBlobId"].is_null(), "{made}");
    let again = here.yard.ok(post, input).await;
    assert_eq!(again["comment"]["commentId"], made["comment"]["commentId"]);
    let comment = made["comment"]["commentId"].clone();
    here.yard.ok("PostCommentReply", json!({"inReplyTo": comment, "content": "re"})).await;

    here.yard.repository("other").await;
    let with = |member: &str, value: Value| {
        let mut input = on(line.clone());
        input[member] = value;
        input
    };
    for (code, input) in [
        ("PullRequestDoesNotExistException", with("pullRequestId", json!("99"))),
        ("InvalidPullRequestIdException", with("pullRequestId", json!("x"))),
        ("RepositoryNotAssociatedWithPullRequestException", with("repositoryName", json!("other"))),
        ("RepositoryDoesNotExistException", with("repositoryName", json!("none"))),
        ("CommitDoesNotExistException", with("beforeCommitId", json!("1".repeat(40)))),
    ] {
        here.yard.refused(code, post, input).await;
    }

    let listing = "GetCommentsForPullRequest";
    let all = here.yard.ok(listing, json!({"pullRequestId": id})).await;
    let groups = all["commentsForPullRequestData"].as_array().unwrap();
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0]["location"], line);
    assert_eq!(groups[0]["comments"].as_array().unwrap().len(), 2);
    // The comparison of the same commits has none of them.
    let compared = json!({
        "repositoryName": "r", "beforeCommitId": here.main, "afterCommitId": here.topic,
    });
    let compared = here.yard.ok("GetCommentsForComparedCommit", compared).await;
    assert_eq!(compared["commentsForComparedCommitData"], json!([]));

    // A later revision has comments of its own, a closed one takes them as well.
    let next = here.work.commit("more.txt", "two\n").await;
    here.work.ok(&["push", "-q", "origin", "topic"]).await;
    let close = json!({"pullRequestId": id, "pullRequestStatus": "CLOSED"});
    here.yard.ok("UpdatePullRequestStatus", close).await;
    here.yard.ok(post, with("afterCommitId", json!(next))).await;
    let revision = |after: &str| {
        json!({
            "pullRequestId": id, "repositoryName": "r", "beforeCommitId": here.main,
            "afterCommitId": after,
        })
    };
    for (after, count) in [(&here.topic, 2), (&next, 1)] {
        let listed = here.yard.ok(listing, revision(after)).await;
        let comments = &listed["commentsForPullRequestData"][0]["comments"];
        assert_eq!(comments.as_array().unwrap().len(), count);
    }
    let mut half = revision(&next);
    half.as_object_mut().unwrap().remove("afterCommitId");
    here.yard.refused("CommitIdRequiredException", listing, half).await;
    let unnamed = json!({"pullRequestId": id, "beforeCommitId": here.main, "afterCommitId": next});
    here.yard.refused("RepositoryNameRequiredException", listing, unnamed).await;
    let mut elsewhere = revision(&next);
    elsewhere["repositoryName"] = json!("other");
    let code = "RepositoryNotAssociatedWithPullRequestException";
    here.yard.refused(code, listing, elsewhere).await;

    let events = here.yard.events();
    let events: Vec<_> =
        events.iter().filter(|e| e.detail_type == "CodeCommit Comment on Pull Request").collect();
    assert_eq!(events.len(), 3);
    assert_eq!(events[0].detail["event"], "commentOnPullRequestCreated");
    assert_eq!(events[0].detail["pullRequestId"], id);
    assert_eq!(events[1].detail["inReplyTo"], comment);
}

/// Commits that are neither a tip of a revision nor on the way to one are of something else.
#[tokio::test(flavor = "multi_thread")]
async fn comments_are_on_the_pull_requests_own_commits() {
    let here = Reviewed::start().await;
    // An ancestor of where the branches part, a side branch, and a later commit of main.
    here.work.ok(&["checkout", "-q", "main"]).await;
    let base = here.work.commit("base.txt", "base\n").await;
    here.work.ok(&["checkout", "-q", "-b", "side"]).await;
    let side = here.work.commit("side.txt", "side\n").await;
    here.work.ok(&["checkout", "-q", "-b", "work", &base]).await;
    let step = here.work.commit("step.txt", "1\n").await;
    let old = here.work.commit("work.txt", "1\n").await;
    here.work.ok(&["push", "-q", "origin", "main", "side", "work"]).await;
    let opened = here.open_from("work").await;
    // A revision that no branch has any more.
    here.work.ok(&["reset", "-q", "--hard", &step]).await;
    let new = here.work.commit("work.txt", "2\n").await;
    here.work.ok(&["push", "-q", "-f", "origin", "work"]).await;
    here.work.ok(&["checkout", "-q", "main"]).await;
    let later = here.work.commit("later.txt", "later\n").await;
    here.work.ok(&["push", "-q", "origin", "main"]).await;

    let post = "PostCommentForPullRequest";
    let on = |before: &str, after: &str| {
        json!({"pullRequestId": opened["pullRequestId"], "repositoryName": "r",
               "beforeCommitId": before, "afterCommitId": after, "content": "hm"})
    };
    for (before, after) in
        [(&base, &old), (&base, &new), (&later, &new), (&base, &step), (&step, &old), (&old, &new)]
    {
        here.yard.ok(post, on(before, after)).await;
    }
    for (before, after) in [
        (&base, &side),
        (&side, &new),
        (&here.main, &new),
        (&here.main, &base),
        (&here.topic, &new),
        (&new, &later),
        (&new, &base),
    ] {
        here.yard.refused("CommitDoesNotExistException", post, on(before, after)).await;
    }
}

/// Ids are counted by account: who may not read a pull request is not told that it is elsewhere.
#[tokio::test(flavor = "multi_thread")]
async fn pull_requests_of_others_do_not_exist() {
    let here = Reviewed::start().await;
    let id = here.open().await["pullRequestId"].clone();
    here.yard.repository("other").await;
    let arn = |name: &str| format!("arn:aws:codecommit:{REGION}:123456789012:{name}");
    let only = |actions: &str, name: &str| json!({"Effect": "Allow", "Action": actions, "Resource": arn(name)});
    let policy = |statements: Vec<Value>| json!({"Version": "2012-10-17", "Statement": statements});
    let stranger = policy(vec![only("codecommit:*", "other")]);
    let stranger = here.yard.yard.user("stranger", stranger);
    let reader = vec![only("codecommit:*", "other"), only("codecommit:Get*", "r")];
    let reader = here.yard.yard.user("reader", policy(reader));
    let input = |id: &Value| {
        json!({"pullRequestId": id, "repositoryName": "other", "beforeCommitId": here.main,
               "afterCommitId": here.topic, "content": "hm"})
    };
    let post = "PostCommentForPullRequest";
    let there = here.yard.call_as(&stranger, post, input(&id)).await;
    let nowhere = here.yard.call_as(&stranger, post, input(&json!("99"))).await;
    assert_eq!(code(&there), "PullRequestDoesNotExistException");
    let text = |answer: &(u16, Value)| answer.1["message"].as_str().unwrap().to_owned();
    assert_eq!(text(&there).replace(id.as_str().unwrap(), "99"), text(&nowhere));
    assert_eq!(there.0, nowhere.0);
    let answer = here.yard.call_as(&reader, post, input(&id)).await;
    assert_eq!(code(&answer), "RepositoryNotAssociatedWithPullRequestException");
}
