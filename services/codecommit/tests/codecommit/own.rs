//! Codeyard's own operations: history, blame, references.

use serde_json::{Value, json};
use testkit::Keys;

use crate::support::{Work, Yard};

async fn own_as(yard: &Yard, keys: &Keys, operation: &str, mut input: Value) -> (u16, Value) {
    input["repositoryName"] = json!("r");
    let target = format!("Codeyard_20261121.{operation}");
    yard.yard.json_as(keys, "codeyard", &target, input).await
}

async fn own(yard: &Yard, operation: &str, input: Value) -> Value {
    let (status, answer) = own_as(yard, &yard.yard.root(), operation, input).await;
    assert_eq!(status, 200, "{operation}: {answer}");
    answer
}

async fn refused(yard: &Yard, code: &str, operation: &str, input: Value) {
    let (status, answer) = own_as(yard, &yard.yard.root(), operation, input).await;
    let kind = answer["__type"].as_str().unwrap_or_default();
    assert!(kind.ends_with(code) && status == 400, "{operation}: {answer} instead of {code}");
}

async fn pushed(yard: &Yard) -> Work {
    yard.repository("r").await;
    yard.work("work", &yard.root_url("r")).await
}

/// All pages of a listing of commits: their ids.
async fn all(yard: &Yard, input: Value) -> Vec<String> {
    let (mut ids, mut token) = (Vec::new(), Value::Null);
    loop {
        let mut page = input.clone();
        page["nextToken"] = token;
        let page = own(yard, "ListCommits", page).await;
        let commits = page["commits"].as_array().unwrap();
        ids.extend(commits.iter().map(|it| it["commit"]["commitId"].as_str().unwrap().to_owned()));
        token = page["nextToken"].clone();
        if token.is_null() {
            return ids;
        }
    }
}

async fn log(work: &Work, args: &[&str]) -> Vec<String> {
    let said = work.ok(&[&["rev-list", "--date-order"], args].concat()).await;
    said.lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_are_listed_as_git_does() {
    let yard = Yard::start().await;
    let work = pushed(&yard).await;
    work.commit("src/a.rs", "a\n").await;
    work.ok(&["checkout", "-q", "-b", "side"]).await;
    work.commit("src/b.rs", "b\n").await;
    work.ok(&["checkout", "-q", "main"]).await;
    work.commit("odd [name]*", "c\n").await;
    work.ok(&["merge", "-q", "--no-ff", "-m", "merge", "side"]).await;
    work.ok(&["checkout", "-q", "-b", "apart", "HEAD~"]).await;
    work.commit("apart", "d\n").await;
    work.ok(&["tag", "-a", "-m", "First\n\nrelease", "v1", "main"]).await;
    work.ok(&["tag", "light", "side"]).await;
    work.ok(&["push", "-q", "origin", "main", "side", "apart", "v1", "light"]).await;

    assert_eq!(all(&yard, json!({})).await, log(&work, &["main"]).await);
    assert_eq!(all(&yard, json!({ "maxResults": 2 })).await, log(&work, &["main"]).await);
    let both = json!({ "commitSpecifiers": ["v1", "refs/heads/apart"], "maxResults": 3 });
    assert_eq!(all(&yard, both).await, log(&work, &["refs/heads/main", "refs/heads/apart"]).await);
    for path in ["src", "src/a.rs", "odd [name]*", "none"] {
        let expected = log(&work, &["main", "--", &format!(":(literal){path}")]).await;
        assert_eq!(
            all(&yard, json!({ "filePath": path, "maxResults": 1 })).await,
            expected,
            "{path}"
        );
    }

    let head = own(&yard, "ListCommits", json!({ "maxResults": 1 })).await;
    let first = &head["commits"][0];
    assert_eq!(first["references"], json!(["refs/heads/main", "refs/tags/v1"]));
    assert_eq!(first["commit"]["parents"].as_array().unwrap().len(), 2);
    assert_eq!(first["commit"]["message"], "merge\n");

    // A page goes on from the commit where the first began, wherever the branch is by then.
    let before = log(&work, &["main"]).await;
    work.ok(&["checkout", "-q", "main"]).await;
    work.commit("more", "e\n").await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    let second = json!({ "maxResults": 1, "nextToken": head["nextToken"] });
    let second = own(&yard, "ListCommits", second).await;
    assert_eq!(second["commits"][0]["commit"]["commitId"], before[1]);

    let token = head["nextToken"].clone();
    let other = json!({ "filePath": "src", "nextToken": token });
    refused(&yard, "InvalidContinuationTokenException", "ListCommits", other).await;
    let none = json!({ "commitSpecifiers": ["none"] });
    refused(&yard, "CommitDoesNotExistException", "ListCommits", none).await;
    let many = json!({ "commitSpecifiers": vec!["main"; 11] });
    refused(&yard, "ValidationException", "ListCommits", many).await;
    refused(&yard, "InvalidPathException", "ListCommits", json!({ "filePath": "../x" })).await;
    let zero = json!({ "maxResults": 0 });
    refused(&yard, "InvalidMaxResultsException", "ListCommits", zero).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_line_is_traced_to_its_commit() {
    let yard = Yard::start().await;
    let work = pushed(&yard).await;
    let one = work.commit("a", "1\n2\n3\n4\n5\n").await;
    let two = work.commit("a", "1\n2\nthree\n4\n5\n").await;
    work.ok(&["mv", "a", "tä\tb"]).await;
    work.ok(&["commit", "-q", "-m", "move"]).await;
    let path = "tä\tb";
    let three = work.commit(path, "1\n2\nthree\n4\n5\nsix\n").await;
    work.ok(&["push", "-q", "origin", "main"]).await;

    let blame = own(&yard, "GetBlame", json!({ "filePath": path })).await;
    assert_eq!(blame["commitId"], json!(three));
    let ranges = blame["ranges"].as_array().unwrap();
    let told: Vec<_> = ranges
        .iter()
        .map(|it| {
            let text = |name: &str| it[name].as_str().unwrap().to_owned();
            (it["startLine"].as_i64(), it["lineCount"].as_i64(), text("commitId"), text("filePath"))
        })
        .collect();
    let range = |start, count, commit: &String, path: &str| {
        (Some(start), Some(count), commit.clone(), path.to_owned())
    };
    let expected = [
        range(1, 2, &one, "a"),
        range(3, 1, &two, "a"),
        range(4, 2, &one, "a"),
        range(6, 1, &three, path),
    ];
    assert_eq!(told, expected);
    assert_eq!(ranges[1]["previousCommitId"], json!(one));
    assert_eq!(ranges[1]["previousFilePath"], "a");
    assert!(ranges[0].get("previousCommitId").is_none(), "{}", ranges[0]);
    let commits = blame["commits"].as_array().unwrap();
    assert_eq!(commits.len(), 3);
    assert!(commits.iter().all(|it| it["author"]["name"] == "Ann"));

    let old = json!({ "filePath": "a", "commitSpecifier": one });
    let old = own(&yard, "GetBlame", old).await;
    assert_eq!(old["ranges"].as_array().unwrap().len(), 1);
    refused(&yard, "FileDoesNotExistException", "GetBlame", json!({ "filePath": "a" })).await;
    work.commit("large", &"x\n".repeat(600_000)).await;
    work.commit("empty", "").await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    refused(&yard, "FileTooLargeException", "GetBlame", json!({ "filePath": "large" })).await;
    let empty = own(&yard, "GetBlame", json!({ "filePath": "empty" })).await;
    assert_eq!((&empty["ranges"], &empty["commits"]), (&json!([]), &json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn references_are_listed_by_prefix() {
    let yard = Yard::start().await;
    let work = pushed(&yard).await;
    let commit = work.ok(&["rev-parse", "HEAD"]).await;
    for name in ["v1", "v2", "w"] {
        work.ok(&["tag", name]).await;
    }
    work.ok(&["tag", "-a", "-m", "Noted", "v3"]).await;
    let tag = work.ok(&["rev-parse", "v3"]).await;
    work.ok(&["push", "-q", "origin", "main", "--tags"]).await;

    let (mut names, mut token) = (Vec::new(), Value::Null);
    loop {
        let input = json!({ "prefix": "refs/tags/v", "maxResults": 2, "nextToken": token });
        let page = own(&yard, "ListReferences", input).await;
        names.extend(page["references"].as_array().unwrap().clone());
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(names.len(), 3);
    assert_eq!(names[0], json!({ "name": "refs/tags/v1", "objectId": commit, "commitId": commit }));
    assert_eq!((&names[2]["objectId"], &names[2]["commitId"]), (&json!(tag), &json!(commit)));
    assert_eq!(names[2]["message"], "Noted\n");
    assert_eq!(names[2]["tagger"]["name"], "Ann");
    let every = own(&yard, "ListReferences", json!({})).await;
    assert_eq!(every["references"].as_array().unwrap().len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn they_need_the_rights_of_the_console() {
    let yard = Yard::start().await;
    let work = pushed(&yard).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    let calls = [
        ("ListCommits", json!({}), "codecommit:GetCommitHistory"),
        ("GetBlame", json!({ "filePath": "file" }), "codecommit:GetFile"),
        ("ListReferences", json!({}), "codecommit:GetReferences"),
    ];
    for (operation, input, action) in calls {
        let allow = |action: &str| {
            json!({ "Version": "2012-10-17",
                    "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }] })
        };
        let may = yard.yard.user(&format!("may-{operation}"), allow(action));
        let (status, answer) = own_as(&yard, &may, operation, input.clone()).await;
        assert_eq!(status, 200, "{answer}");
        let not = yard.yard.user(&format!("not-{operation}"), allow("codecommit:GetRepository"));
        let (_, answer) = own_as(&yard, &not, operation, input).await;
        assert_eq!(answer["__type"], "AccessDeniedException");
        assert!(answer["message"].as_str().unwrap().contains(action), "{answer}");
    }
}
