//! Requests that a client or an attacker could make and nobody should.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::pull_request_support::Reviewed;
use crate::support::Yard;

const GOOD_MODULES: &str = "[submodule \"lib\"]\n\tpath = lib\n\turl = https://example.com/lib\n";
const BAD_MODULES: &str = "[submodule \"lib\"]\n\tpath = lib\n\turl = --upload-pack=evil\n";

fn put(parent: &Value, path: &str, content: &str) -> Value {
    json!({"repositoryName": "r", "branchName": "main", "filePath": path,
           "fileContent": BASE64.encode(content), "parentCommitId": parent})
}

/// The API must not bring in what a push of the same is refused for: `git fsck` of a clone, and
/// with `transfer.fsckObjects` the clone itself, would fail ever after.
#[tokio::test(flavor = "multi_thread")]
async fn files_that_git_acts_upon_are_as_git_wants_them() {
    let yard = Yard::start().await;
    yard.repository("r").await;
    let first = yard.ok("PutFile", put(&Value::Null, "harmless.txt", BAD_MODULES)).await;
    let first = first["commitId"].clone();
    for path in [".gitmodules", ".GITMODULES", "GITMOD~1", ".git\u{200c}modules"] {
        yard.refused("InvalidPathException", "PutFile", put(&first, path, BAD_MODULES)).await;
    }
    let mut link = put(&first, ".gitmodules", "/etc/passwd");
    link["fileMode"] = json!("SYMLINK");
    yard.refused("InvalidPathException", "PutFile", link).await;
    let long = put(&first, "docs/.gitattributes", &"x".repeat(3_000));
    yard.refused("InvalidPathException", "PutFile", long).await;
    let moved = json!({"filePath": ".gitmodules",
                       "sourceFile": {"filePath": "harmless.txt", "isMove": true}});
    let moved = json!({"repositoryName": "r", "branchName": "main", "parentCommitId": first,
                       "putFiles": [moved]});
    yard.refused("InvalidPathException", "CreateCommit", moved).await;
    let good = yard.ok("PutFile", put(&first, ".gitmodules", GOOD_MODULES)).await;
    let other = yard.ok("PutFile", put(&good["commitId"], "~1", "beside it")).await;
    let clone = yard.clone_to("clone", &yard.root_url("r")).await;
    assert_eq!(json!(clone.ok(&["rev-parse", "HEAD"]).await), other["commitId"]);
    clone.ok(&["fsck", "--full", "--strict"]).await;
}

/// What resolves a conflict is written by the caller, too.
#[tokio::test(flavor = "multi_thread")]
async fn merges_bring_no_file_that_git_refuses() {
    let yard = Yard::start().await;
    yard.repository("r").await;
    let base = yard.ok("PutFile", put(&Value::Null, ".gitmodules", GOOD_MODULES)).await;
    let base = base["commitId"].clone();
    let branch = json!({"repositoryName": "r", "branchName": "topic", "commitId": base});
    yard.ok("CreateBranch", branch).await;
    let other = GOOD_MODULES.replace("example.com", "example.org");
    yard.ok("PutFile", put(&base, ".gitmodules", &other)).await;
    let mut theirs = put(&base, ".gitmodules", &GOOD_MODULES.replace("example.com", "example.net"));
    theirs["branchName"] = json!("topic");
    yard.ok("PutFile", theirs).await;
    let resolved = |content: &str| {
        let content = BASE64.encode(content);
        let replace = json!({"filePath": ".gitmodules", "replacementType": "USE_NEW_CONTENT",
                             "content": content});
        json!({"repositoryName": "r", "sourceCommitSpecifier": "topic",
               "destinationCommitSpecifier": "main", "conflictResolutionStrategy": "AUTOMERGE",
               "conflictResolution": {"replaceContents": [replace]}})
    };
    for merge in ["MergeBranchesBySquash", "MergeBranchesByThreeWay"] {
        yard.refused("InvalidPathException", merge, resolved(BAD_MODULES)).await;
    }
    yard.ok("MergeBranchesByThreeWay", resolved(GOOD_MODULES)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_aws_refuses() {
    let yard = Yard::start().await;
    yard.repository("r").await;
    let first = yard.ok("PutFile", put(&Value::Null, "a", "1")).await;
    for name in [
        "@",
        "HEAD",
        "-x",
        ".x",
        "x.",
        "x..y",
        "x@{y",
        "x y",
        "x//y",
        "/x",
        "x/",
        "x~1",
        "0123456789abcdef0123456789abcdef01234567",
        &"x".repeat(257),
    ] {
        let branch = json!({"repositoryName": "r", "branchName": name,
                            "commitId": first["commitId"]});
        yard.refused("InvalidBranchNameException", "CreateBranch", branch).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_must_not_be_empty() {
    let yard = Yard::start().await;
    let made = yard.ok("CreateRepository", json!({"repositoryName": "r"})).await;
    let arn = &made["repositoryMetadata"]["Arn"];
    yard.refused("FileContentRequiredException", "PutFile", put(&Value::Null, "a", "")).await;
    let none = json!({"resourceArn": arn, "tagKeys": []});
    yard.refused("TagKeysListRequiredException", "UntagResource", none).await;
    for name in [".", "..", "r.git", "r.GIT"] {
        let named = json!({"repositoryName": name});
        yard.refused("InvalidRepositoryNameException", "CreateRepository", named).await;
    }
}

/// A token does not show a pull request of a repository that had the name before.
#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_of_one_repository_however_it_is_named() {
    let reviewed = Reviewed::start().await;
    let yard = &reviewed.yard;
    let target = json!({"repositoryName": "r", "sourceReference": "topic"});
    let input = json!({"title": "t", "targets": [target], "clientRequestToken": "once"});
    let made = yard.ok("CreatePullRequest", input.clone()).await;
    let again = yard.ok("CreatePullRequest", input.clone()).await;
    assert_eq!(made["pullRequest"]["pullRequestId"], again["pullRequest"]["pullRequestId"]);
    yard.ok("UpdateRepositoryName", json!({"oldName": "r", "newName": "old"})).await;
    yard.repository("r").await;
    yard.refused("IdempotencyParameterMismatchException", "CreatePullRequest", input).await;
}

/// What callers send is repeated to them, but not megabytes of it.
#[tokio::test(flavor = "multi_thread")]
async fn huge_values_do_not_come_back() {
    let yard = Yard::start().await;
    yard.repository("r").await;
    let first = yard.ok("PutFile", put(&Value::Null, "a", "1")).await;
    let huge = "é".repeat(2_000_000);
    for (operation, input) in [
        ("GetFile", json!({"filePath": "a", "commitSpecifier": huge})),
        ("GetFile", json!({"filePath": huge})),
        ("GetDifferences", json!({"afterCommitSpecifier": huge})),
        ("GetCommit", json!({"commitId": huge})),
        ("BatchGetCommits", json!({"commitIds": [huge]})),
        ("GetBranch", json!({"branchName": huge})),
        (
            "CreatePullRequest",
            json!({"title": "t", "targets": [
            {"repositoryName": "r", "sourceReference": huge}]}),
        ),
        ("PutCommentReaction", json!({"commentId": huge, "reactionValue": huge})),
        ("GetBlob", json!({"blobId": huge})),
        ("TagResource", json!({"resourceArn": huge, "tags": {"a": "b"}})),
        (
            "MergeBranchesBySquash",
            json!({"sourceCommitSpecifier": huge,
            "destinationCommitSpecifier": first["commitId"]}),
        ),
        ("ListBranches", json!({"nextToken": huge})),
    ] {
        let mut input = input;
        input["repositoryName"] = json!("r");
        let (status, answer) = yard.call(operation, input).await;
        let message = match operation {
            "BatchGetCommits" => &answer["errors"][0]["errorMessage"],
            _ => &answer["message"],
        };
        assert!(operation == "BatchGetCommits" || status == 400, "{operation}: {status}");
        let characters = message.as_str().unwrap().chars().count();
        assert!((1..=1_024).contains(&characters), "{operation}: {characters}");
    }
    // The name of a repository that is not there comes into the denial, which is cut as well.
    let nobody = yard.yard.user(
        "nobody",
        json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "codecommit:GetRepository", "Resource": "*"}]}),
    );
    let names = json!({"repositoryNames": ["x".repeat(2_000_000)]});
    let (_, answer) = yard.call_as(&nobody, "BatchGetRepositories", names).await;
    assert!(answer.to_string().len() < 32 << 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_deleted_is_told() {
    let yard = Yard::start().await;
    yard.repository("r").await;
    let first = yard.ok("PutFile", put(&Value::Null, "folder/a", "1")).await;
    let parent = &first["commitId"];
    let delete = json!({"repositoryName": "r", "branchName": "main", "parentCommitId": parent,
                        "deleteFiles": [{"filePath": "folder"}]});
    yard.refused("InvalidDeletionParameterException", "CreateCommit", delete).await;
    let delete = json!({"repositoryName": "r", "branchName": "main", "parentCommitId": parent,
                        "filePath": "folder"});
    yard.refused("FileDoesNotExistException", "DeleteFile", delete).await;
    let tags = json!({"resourceArn": "arn:aws:codecommit:us-east-1:123456789012:r",
                      "nextToken": "x"});
    yard.refused("InvalidContinuationTokenException", "ListTagsForResource", tags).await;
}
