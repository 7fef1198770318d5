//! Comments on comparisons of commits, replies and reactions.

use serde_json::{Value, json};
use testkit::{Keys, REGION};

use crate::support::Yard;

/// A repository `r` with two commits: the first has `a` (two lines) and `old`, the second changes
/// `a` to three lines, brings `dir/b` and takes `old` away.
struct Here {
    yard: Yard,
    first: String,
    second: String,
}

impl Here {
    async fn new() -> Self {
        let yard = Yard::start().await;
        let url = yard.repository("r").await;
        let _ = url;
        let work = yard.work("work", &yard.root_url("r")).await;
        work.ok(&["rm", "-q", "file"]).await;
        work.commit("old", "gone\n").await;
        let first = work.commit("a", "1\n2\n").await;
        work.ok(&["rm", "-q", "old"]).await;
        work.commit("a", "1\n2\n3").await;
        let second = work.commit("dir/b", "x\n").await;
        work.ok(&["push", "-q", "origin", "main"]).await;
        Self { yard, first, second }
    }

    /// An input for PostCommentForComparedCommit.
    fn on(&self, location: Value) -> Value {
        json!({
            "repositoryName": "r", "beforeCommitId": self.first, "afterCommitId": self.second,
            "location": location, "content": "hm",
        })
    }

    async fn post(&self, content: &str) -> String {
        let input = json!({
            "repositoryName": "r", "beforeCommitId": self.first, "afterCommitId": self.second,
            "content": content,
        });
        id(&self.yard.ok("PostCommentForComparedCommit", input).await)
    }

    fn user(&self, name: &str) -> Keys {
        let all = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "codecommit:*", "Resource": "*"},
        ]});
        self.yard.yard.user(name, all)
    }
}

fn id(answer: &Value) -> String {
    answer["comment"]["commentId"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_lives_and_dies() {
    let here = Here::new().await;
    let place = json!({"filePath": "/a", "filePosition": 3, "relativeFileVersion": "AFTER"});
    let mut input = here.on(place);
    input["clientRequestToken"] = json!("t1");
    let made = here.yard.ok("PostCommentForComparedCommit", input.clone()).await;
    assert_eq!(made["repositoryName"], "r");
    assert_eq!(made["beforeCommitId"], here.first.as_str());
    assert_eq!(made["afterCommitId"], here.second.as_str());
    assert_eq!(
        made["location"],
        json!({"filePath": "a", "filePosition": 3, "relativeFileVersion": "AFTER"})
    );
    let blob =
        |commit: &str| json!({"repositoryName": "r", "filePath": "a", "commitSpecifier": commit});
    for (side, commit) in [("beforeBlobId", &here.first), ("afterBlobId", &here.second)] {
        assert_eq!(made[side], here.yard.ok("GetFile", blob(commit)).await["blobId"]);
    }
    let comment = &made["comment"];
    assert_eq!(comment["content"], "hm");
    assert_eq!(comment["deleted"], false);
    assert_eq!(comment["clientRequestToken"], "t1");
    assert_eq!(comment["authorArn"], "arn:aws:iam::123456789012:root");
    assert_eq!(comment["callerReactions"], json!([]));
    assert_eq!(comment["reactionCounts"], json!({}));
    assert!(comment["inReplyTo"].is_null());

    // The same request again makes nothing; the token with another request is refused.
    let again = here.yard.ok("PostCommentForComparedCommit", input.clone()).await;
    assert_eq!(again["comment"]["commentId"], comment["commentId"]);
    assert_eq!(again["afterBlobId"], made["afterBlobId"]);
    let mut other = input.clone();
    other["content"] = json!("other");
    let mismatch = "IdempotencyParameterMismatchException";
    here.yard.refused(mismatch, "PostCommentForComparedCommit", other).await;
    let reply =
        json!({"inReplyTo": comment["commentId"], "content": "hm", "clientRequestToken": "t1"});
    here.yard.refused(mismatch, "PostCommentReply", reply).await;

    let named = json!({"commentId": comment["commentId"]});
    let got = here.yard.ok("GetComment", named.clone()).await;
    assert_eq!(&got["comment"], comment);
    let mut update = named.clone();
    update["content"] = json!("oh");
    let updated = here.yard.ok("UpdateComment", update.clone()).await;
    assert_eq!(updated["comment"]["content"], "oh");
    let bob = here.user("bob");
    let (status, answer) = here.yard.call_as(&bob, "UpdateComment", update.clone()).await;
    assert_eq!(status, 400);
    assert!(answer["__type"].as_str().unwrap().ends_with("CommentNotCreatedByCallerException"));

    // Others may take its content away, once; what is left says whose it was.
    let (status, deleted) = here.yard.call_as(&bob, "DeleteCommentContent", named.clone()).await;
    assert_eq!(status, 200, "{deleted}");
    assert_eq!(deleted["comment"]["deleted"], true);
    assert!(deleted["comment"]["content"].is_null());
    assert_eq!(deleted["comment"]["authorArn"], comment["authorArn"]);
    let gone = "CommentDeletedException";
    here.yard.refused(gone, "GetComment", named.clone()).await;
    here.yard.refused(gone, "DeleteCommentContent", named.clone()).await;
    here.yard.refused(gone, "UpdateComment", update).await;
    here.yard.refused(gone, "GetCommentReactions", named.clone()).await;
    let mut reaction = named;
    reaction["reactionValue"] = json!("👍");
    here.yard.refused(gone, "PutCommentReaction", reaction).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_comments_are_refused() {
    let here = Here::new().await;
    let post = "PostCommentForComparedCommit";
    let at = |path: &str, line: i64, side: &str| {
        here.on(json!({"filePath": path, "filePosition": line, "relativeFileVersion": side}))
    };
    let with = |member: &str, value: Value| {
        let mut input = here.on(json!({"filePath": "a"}));
        input[member] = value;
        input
    };
    let without = |member: &str| {
        let mut input = with(member, Value::Null);
        input.as_object_mut().unwrap().remove(member);
        input
    };
    let nobody = "1".repeat(40);
    for (code, input) in [
        ("RepositoryNameRequiredException", without("repositoryName")),
        ("InvalidRepositoryNameException", with("repositoryName", json!("a b"))),
        ("RepositoryDoesNotExistException", with("repositoryName", json!("none"))),
        ("CommitIdRequiredException", without("afterCommitId")),
        ("CommitIdRequiredException", without("beforeCommitId")),
        ("InvalidCommitIdException", with("afterCommitId", json!("main"))),
        ("CommitDoesNotExistException", with("beforeCommitId", json!(nobody))),
        (
            "BeforeCommitIdAndAfterCommitIdAreSameException",
            with("beforeCommitId", json!(here.second)),
        ),
        ("CommentContentRequiredException", without("content")),
        ("CommentContentRequiredException", with("content", json!(""))),
        ("CommentContentSizeLimitExceededException", with("content", json!("é".repeat(10_241)))),
        ("ClientRequestTokenRequiredException", with("clientRequestToken", json!(""))),
        ("InvalidClientRequestTokenException", with("clientRequestToken", json!("a\nb"))),
        ("InvalidClientRequestTokenException", with("clientRequestToken", json!("x".repeat(257)))),
        (
            "PathRequiredException",
            here.on(json!({"filePosition": 1, "relativeFileVersion": "AFTER"})),
        ),
        ("PathRequiredException", here.on(json!({"filePath": ""}))),
        ("InvalidPathException", here.on(json!({"filePath": "a/../b"}))),
        ("InvalidFileLocationException", here.on(json!({"filePath": "dir/"}))),
        ("InvalidFileLocationException", here.on(json!({"filePath": "dir"}))),
        ("PathDoesNotExistException", here.on(json!({"filePath": "none"}))),
        ("PathDoesNotExistException", at("old", 1, "AFTER")),
        ("PathDoesNotExistException", at("dir/b", 1, "BEFORE")),
        ("InvalidFilePositionException", at("a", 0, "AFTER")),
        ("InvalidFilePositionException", at("a", 4, "AFTER")),
        ("InvalidFilePositionException", at("a", 3, "BEFORE")),
        ("InvalidRelativeFileVersionEnumException", at("a", 1, "after")),
        (
            "InvalidRelativeFileVersionEnumException",
            here.on(json!({"filePath": "a", "filePosition": 1})),
        ),
    ] {
        here.yard.refused(code, post, input).await;
    }
    // Nothing of that was kept, and the greatest length is taken.
    let listing = json!({"repositoryName": "r", "afterCommitId": here.second});
    let listed = here.yard.ok("GetCommentsForComparedCommit", listing).await;
    assert_eq!(listed["commentsForComparedCommitData"], json!([]));
    here.yard.ok(post, with("content", json!("é".repeat(10_240)))).await;
    here.yard.ok(post, at("a", 2, "BEFORE")).await;
    here.yard.ok(post, here.on(json!({"filePath": "old"}))).await;

    let unknown = format!("{}:{}", nobody_uuid(), nobody_uuid());
    for (code, id) in [
        ("InvalidCommentIdException", "x".to_owned()),
        ("InvalidCommentIdException", nobody_uuid()),
        ("InvalidCommentIdException", String::new()),
        ("CommentDoesNotExistException", unknown),
    ] {
        for operation in ["GetComment", "DeleteCommentContent", "GetCommentReactions"] {
            here.yard.refused(code, operation, json!({"commentId": id})).await;
        }
        let reply = json!({"inReplyTo": id, "content": "c"});
        here.yard.refused(code, "PostCommentReply", reply).await;
    }
    here.yard.refused("CommentIdRequiredException", "GetComment", json!({})).await;
}

fn nobody_uuid() -> String {
    "11111111-1111-4111-8111-111111111111".to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_commit_has_none_before() {
    let yard = Yard::start().await;
    yard.repository("r").await;
    let put = json!({
        "repositoryName": "r", "branchName": "main", "filePath": "a", "fileContent": "b25l",
    });
    let commit = yard.ok("PutFile", put).await["commitId"].clone();
    let on = |location: Value| json!({"repositoryName": "r", "afterCommitId": commit, "content": "c", "location": location});
    let post = "PostCommentForComparedCommit";
    let before = json!({"filePath": "a", "filePosition": 1, "relativeFileVersion": "BEFORE"});
    yard.refused("InvalidRelativeFileVersionEnumException", post, on(before)).await;
    let after = json!({"filePath": "a", "filePosition": 1, "relativeFileVersion": "AFTER"});
    let made = yard.ok(post, on(after)).await;
    assert!(made["beforeCommitId"].is_null() && made["beforeBlobId"].is_null());
    assert!(made["afterBlobId"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn listings_put_places_together_and_page() {
    let here = Here::new().await;
    let post = "PostCommentForComparedCommit";
    let line = json!({"filePath": "a", "filePosition": 1, "relativeFileVersion": "AFTER"});
    let general = here.post("one").await;
    let at_line = id(&here.yard.ok(post, here.on(line.clone())).await);
    let reply = json!({"inReplyTo": at_line, "content": "two"});
    let reply = here.yard.ok("PostCommentReply", reply).await;
    assert_eq!(reply["comment"]["inReplyTo"], at_line.as_str());
    here.post("three").await;
    let input = json!({
        "repositoryName": "r", "beforeCommitId": here.first, "afterCommitId": here.second,
    });
    let listing = "GetCommentsForComparedCommit";
    let page = here.yard.ok(listing, input.clone()).await;
    let groups = page["commentsForComparedCommitData"].as_array().unwrap();
    assert_eq!(groups.len(), 2);
    assert!(groups[0]["location"].is_null() && groups[0]["afterBlobId"].is_null());
    let contents = |group: &Value| -> Vec<String> {
        let comments = group["comments"].as_array().unwrap();
        comments.iter().map(|it| it["content"].as_str().unwrap_or("-").to_owned()).collect()
    };
    assert_eq!(contents(&groups[0]), ["one", "three"]);
    assert_eq!(groups[1]["location"], line);
    assert!(groups[1]["beforeBlobId"].is_string());
    assert_eq!(contents(&groups[1]), ["hm", "two"]);
    assert!(page["nextToken"].is_null());

    // Deleted ones stay as what they are.
    here.yard.ok("DeleteCommentContent", json!({"commentId": general})).await;
    let mut small = input.clone();
    small["maxResults"] = json!(3);
    let first = here.yard.ok(listing, small.clone()).await;
    let groups = first["commentsForComparedCommitData"].as_array().unwrap();
    assert_eq!(contents(&groups[0]), ["-"]);
    small["nextToken"] = first["nextToken"].clone();
    let second = here.yard.ok(listing, small.clone()).await;
    assert_eq!(contents(&second["commentsForComparedCommitData"][0]), ["three"]);
    assert!(second["nextToken"].is_null());

    // Without a commit before: all comparisons with that commit after.
    let after = json!({"repositoryName": "r", "afterCommitId": here.second});
    let all = here.yard.ok(listing, after).await;
    assert_eq!(all["commentsForComparedCommitData"].as_array().unwrap().len(), 2);
    let turned = json!({
        "repositoryName": "r", "beforeCommitId": here.second, "afterCommitId": here.first,
    });
    let none = here.yard.ok(listing, turned.clone()).await;
    assert_eq!(none["commentsForComparedCommitData"], json!([]));
    let mut elsewhere = turned;
    elsewhere["nextToken"] = first["nextToken"].clone();
    here.yard.refused("InvalidContinuationTokenException", listing, elsewhere).await;
    for size in [0, -1, 501] {
        let mut input = input.clone();
        input["maxResults"] = json!(size);
        here.yard.refused("InvalidMaxResultsException", listing, input).await;
    }
    let mut missing = input;
    missing["afterCommitId"] = json!("1".repeat(40));
    here.yard.refused("CommitDoesNotExistException", listing, missing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reactions_count_users() {
    let here = Here::new().await;
    let comment = here.post("c").await;
    let (ann, bob) = (here.user("ann"), here.user("bob"));
    let react = async |keys: &Keys, value: &str| {
        let input = json!({"commentId": comment, "reactionValue": value});
        let (status, answer) = here.yard.call_as(keys, "PutCommentReaction", input).await;
        assert_eq!(status, 200, "{answer}");
    };
    react(&ann, ":thumbsup:").await;
    react(&ann, "👍").await;
    react(&bob, "U+1F44E").await;
    react(&bob, "U+1F44D").await;
    let named = json!({"commentId": comment});
    let (_, seen) = here.yard.call_as(&bob, "GetComment", named.clone()).await;
    assert_eq!(seen["comment"]["reactionCounts"], json!({"THUMBSUP": 2}));
    assert_eq!(seen["comment"]["callerReactions"], json!(["THUMBSUP"]));
    react(&bob, "😄").await;
    let all = here.yard.ok("GetCommentReactions", named.clone()).await;
    let arn = |name: &str| format!("arn:aws:iam::123456789012:user/{name}");
    assert_eq!(
        all["reactionsForComment"],
        json!([
            {
                "reaction": {"emoji": "😄", "shortCode": "smile", "unicode": "U+1F604"},
                "reactionUsers": [arn("bob")], "reactionsFromDeletedUsersCount": 0,
            },
            {
                "reaction": {"emoji": "👍", "shortCode": "thumbsup", "unicode": "U+1F44D"},
                "reactionUsers": [arn("ann")], "reactionsFromDeletedUsersCount": 0,
            },
        ])
    );
    let mut one = named.clone();
    one["reactionUserArn"] = json!(arn("ann"));
    let of_ann = here.yard.ok("GetCommentReactions", one.clone()).await;
    assert_eq!(of_ann["reactionsForComment"].as_array().unwrap().len(), 1);
    one["reactionUserArn"] = json!("ann");
    here.yard.refused("InvalidReactionUserArnException", "GetCommentReactions", one).await;
    let mut small = named.clone();
    small["maxResults"] = json!(1);
    let first = here.yard.ok("GetCommentReactions", small.clone()).await;
    assert_eq!(first["reactionsForComment"][0]["reaction"]["shortCode"], "smile");
    small["nextToken"] = first["nextToken"].clone();
    let second = here.yard.ok("GetCommentReactions", small.clone()).await;
    assert_eq!(second["reactionsForComment"][0]["reaction"]["shortCode"], "thumbsup");
    assert!(second["nextToken"].is_null());
    small["maxResults"] = json!(1001);
    here.yard.refused("InvalidMaxResultsException", "GetCommentReactions", small).await;

    react(&ann, "none").await;
    react(&bob, "").await;
    let seen = here.yard.ok("GetComment", named.clone()).await;
    assert_eq!(seen["comment"]["reactionCounts"], json!({}));
    let with = |value: Value| json!({"commentId": comment, "reactionValue": value});
    let put = "PutCommentReaction";
    here.yard.refused("InvalidReactionValueException", put, with(json!(":moon:"))).await;
    here.yard.refused("ReactionValueRequiredException", put, named).await;

    let events: Vec<_> = here.yard.events();
    let events: Vec<_> =
        events.iter().filter(|e| e.detail_type.ends_with("Reaction Change")).collect();
    let told: Vec<_> = events.iter().map(|e| e.detail["event"].as_str().unwrap()).collect();
    let (created, updated) = ("commentReactionCreated", "commentReactionUpdated");
    assert_eq!(told, [created, created, updated, updated, updated, updated]);
    assert_eq!(events[0].detail["reactionEmojis"], json!(["👍"]));
    assert_eq!(events[0].detail["reactionShortcodes"], json!([":thumbsup:"]));
    assert_eq!(events[0].detail["reactionUnicodes"], json!(["U+1F44D"]));
    assert_eq!(events[0].detail["callerUserArn"], arn("ann"));
    assert_eq!(events[0].detail["commentId"], comment);
    assert_eq!(events[5].detail["reactionEmojis"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn comments_are_told_of() {
    let here = Here::new().await;
    let comment = here.post("c").await;
    here.yard.ok("PostCommentReply", json!({"inReplyTo": comment, "content": "r"})).await;
    here.yard.ok("UpdateComment", json!({"commentId": comment, "content": "d"})).await;
    let events = here.yard.events();
    let events: Vec<_> =
        events.iter().filter(|e| e.detail_type == "CodeCommit Comment on Commit").collect();
    let told: Vec<_> = events.iter().map(|e| e.detail["event"].as_str().unwrap()).collect();
    let (created, updated) = ("commentOnCommitCreated", "commentOnCommitUpdated");
    assert_eq!(told, [created, created, updated]);
    let first = &events[0];
    assert_eq!(first.source, "aws.codecommit");
    assert_eq!(first.resources, [format!("arn:aws:codecommit:{REGION}:123456789012:r")]);
    assert_eq!(first.detail["commentId"], comment);
    assert_eq!(first.detail["beforeCommitId"], here.first);
    assert_eq!(first.detail["afterCommitId"], here.second);
    assert_eq!(first.detail["repositoryName"], "r");
    assert_eq!(first.detail["callerUserArn"], "arn:aws:iam::123456789012:root");
    assert!(first.detail["notificationBody"].as_str().unwrap().contains(&comment));
    assert!(first.detail.get("inReplyTo").is_none() && first.detail.get("pullRequestId").is_none());
    assert_eq!(events[1].detail["inReplyTo"], comment);
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_are_on_the_comments_repository() {
    let here = Here::new().await;
    let comment = here.post("c").await;
    let eve = here.yard.yard.user(
        "eve",
        json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "codecommit:*",
            "Resource": format!("arn:aws:codecommit:{REGION}:123456789012:other"),
        }]}),
    );
    let unknown = format!("{}:{}", nobody_uuid(), nobody_uuid());
    for id in [&comment, &unknown] {
        for (operation, input) in [
            ("GetComment", json!({"commentId": id})),
            ("UpdateComment", json!({"commentId": id, "content": "d"})),
            ("DeleteCommentContent", json!({"commentId": id})),
            ("PostCommentReply", json!({"inReplyTo": id, "content": "d"})),
            ("PutCommentReaction", json!({"commentId": id, "reactionValue": "👍"})),
            ("GetCommentReactions", json!({"commentId": id})),
        ] {
            let (status, answer) = here.yard.call_as(&eve, operation, input).await;
            let kind = answer["__type"].as_str().unwrap();
            assert!(kind.ends_with("AccessDeniedException"), "{operation}: {status} {answer}");
        }
    }
    // A tag of the repository decides, as for every other operation.
    let tagged = here.yard.yard.user(
        "tom",
        json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "codecommit:GetComment", "Resource": "*",
            "Condition": {"StringEquals": {"aws:ResourceTag/team": "x"}},
        }]}),
    );
    let get = json!({"commentId": comment});
    assert_eq!(here.yard.call_as(&tagged, "GetComment", get.clone()).await.0, 400);
    let arn = format!("arn:aws:codecommit:{REGION}:123456789012:r");
    here.yard.ok("TagResource", json!({"resourceArn": arn, "tags": {"team": "x"}})).await;
    assert_eq!(here.yard.call_as(&tagged, "GetComment", get.clone()).await.0, 200);

    // It goes with its repository, also when another gets the name.
    here.yard.ok("DeleteRepository", json!({"repositoryName": "r"})).await;
    here.yard.refused("CommentDoesNotExistException", "GetComment", get.clone()).await;
    here.yard.repository("r").await;
    here.yard.refused("CommentDoesNotExistException", "GetComment", get).await;
}
