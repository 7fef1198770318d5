//! Comments and reactions by the stock CLI, by users that come and go.

use serde_json::{Value, json};

use super::codecommit::{git, good, history};
use crate::harness::{Data, Yard};

#[test]
fn people_talk_about_a_commit_and_leave() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    root.aws(&["codecommit", "create-repository", "--repository-name", "site"]);
    let url = format!("{}/v1/repos/site", yard.url);
    let dir = history(&root);
    good(&git(&root, dir.path(), &["push", &url, "main"]));
    let before = good(&git(&root, dir.path(), &["rev-parse", "HEAD"])).trim().to_owned();
    std::fs::write(dir.path().join("a.txt"), "one\ntwo\n").unwrap();
    good(&git(&root, dir.path(), &["commit", "--quiet", "--all", "--message", "Two"]));
    good(&git(&root, dir.path(), &["push", &url, "main"]));
    let after = good(&git(&root, dir.path(), &["rev-parse", "HEAD"])).trim().to_owned();

    let allowed = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "codecommit:*", "Resource": "*"}]});
    let (ann, bob) = (yard.user("ann", &allowed), yard.user("bob", &allowed));
    let made = ann.aws(&[
        "codecommit",
        "post-comment-for-compared-commit",
        "--repository-name",
        "site",
        "--before-commit-id",
        &before,
        "--after-commit-id",
        &after,
        "--location",
        "filePath=a.txt,filePosition=2,relativeFileVersion=AFTER",
        "--content",
        "Käse?",
    ]);
    let id = made["comment"]["commentId"].as_str().unwrap().to_owned();
    assert_eq!(made["location"]["filePosition"], 2);
    for content in ["First.", "Second."] {
        bob.aws(&["codecommit", "post-comment-reply", "--in-reply-to", &id, "--content", content]);
    }
    // The CLI follows the pages by itself.
    let listed = bob.aws(&[
        "codecommit",
        "get-comments-for-compared-commit",
        "--repository-name",
        "site",
        "--before-commit-id",
        &before,
        "--after-commit-id",
        &after,
        "--page-size",
        "1",
    ]);
    let groups = listed["commentsForComparedCommitData"].as_array().unwrap();
    let contents: Vec<&str> = groups
        .iter()
        .flat_map(|group| group["comments"].as_array().unwrap())
        .map(|comment| comment["content"].as_str().unwrap())
        .collect();
    assert_eq!(contents, ["Käse?", "First.", "Second."]);
    bob.refused(
        "CommentNotCreatedByCallerException",
        &["codecommit", "update-comment", "--comment-id", &id, "--content", "mine"],
    );

    for user in [&ann, &bob] {
        let react = ["codecommit", "put-comment-reaction", "--comment-id", &id];
        user.aws(&[&react[..], &["--reaction-value", ":thumbsup:"]].concat());
    }
    let reactions = || {
        let found = root.aws(&["codecommit", "get-comment-reactions", "--comment-id", &id]);
        found["reactionsForComment"].clone()
    };
    let arn = |found: &Value, at: usize| found[0]["reactionUsers"][at].clone();
    let found = reactions();
    assert_eq!(found[0]["reaction"]["shortCode"], "thumbsup");
    assert!(arn(&found, 0).as_str().unwrap().ends_with(":user/ann"), "{found}");
    assert!(arn(&found, 1).as_str().unwrap().ends_with(":user/bob"), "{found}");

    // Bob leaves: he is still counted, and no longer named.
    let keys = root.aws(&["iam", "list-access-keys", "--user-name", "bob"]);
    let key = keys["AccessKeyMetadata"][0]["AccessKeyId"].as_str().unwrap();
    root.aws(&["iam", "delete-access-key", "--user-name", "bob", "--access-key-id", key]);
    root.aws(&["iam", "delete-user-policy", "--user-name", "bob", "--policy-name", "p"]);
    root.aws(&["iam", "delete-user", "--user-name", "bob"]);
    let found = reactions();
    assert_eq!(found[0]["reactionUsers"].as_array().unwrap().len(), 1, "{found}");
    assert_eq!(found[0]["reactionsFromDeletedUsersCount"], 1, "{found}");
    let comment = root.aws(&["codecommit", "get-comment", "--comment-id", &id]);
    assert_eq!(comment["comment"]["reactionCounts"], json!({"THUMBSUP": 2}));
}
