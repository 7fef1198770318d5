//! Differences between commits and blobs, and the histories of files.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use testkit::{REGION, ROOT_KEY, ROOT_SECRET};
use tokio::process::Command;

use crate::support::{Work, Yard, said};

async fn pushed(yard: &Yard) -> Work {
    yard.repository("r").await;
    yard.work("work", &yard.root_url("r")).await
}

fn r(mut input: Value) -> Value {
    input["repositoryName"] = json!("r");
    input
}

#[tokio::test(flavor = "multi_thread")]
async fn differences_come_in_pages() {
    let yard = Yard::start().await;
    let work = pushed(&yard).await;
    for at in 0..7 {
        work.commit(&format!("d{}/f{at}", at % 3), "x\n").await;
    }
    work.commit("d", "a file beside folders\n").await;
    work.commit("d1.txt", "between\n").await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    for (before, path) in
        [(Value::Null, Value::Null), (json!("main~"), Value::Null), (Value::Null, json!("d1"))]
    {
        // A revision expression is git's own, not AWS's.
        let before = match before.as_str() {
            Some(text) => json!(work.ok(&["rev-parse", text]).await),
            None => Value::Null,
        };
        let input = json!({
            "afterCommitSpecifier": "main", "beforeCommitSpecifier": before, "afterPath": path,
        });
        let whole = yard.ok("GetDifferences", r(input.clone())).await;
        let (mut all, mut token) = (Vec::new(), Value::Null);
        loop {
            let mut page = r(input.clone());
            page["MaxResults"] = json!(2);
            page["NextToken"] = token;
            let page = yard.ok("GetDifferences", page).await;
            all.extend(page["differences"].as_array().unwrap().clone());
            token = page["NextToken"].clone();
            if token.is_null() {
                break;
            }
        }
        assert_eq!(&all, whole["differences"].as_array().unwrap());
        assert!(!all.is_empty());
    }
    // What was moved is gone here and new there; the two names can be compared with each other.
    let old = work.ok(&["rev-parse", "HEAD"]).await;
    work.ok(&["mv", "d0", "moved"]).await;
    work.commit("moved/f0", "changed\n").await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    let input = json!({"beforeCommitSpecifier": old, "afterCommitSpecifier": "main"});
    let all = yard.ok("GetDifferences", r(input)).await;
    let kinds: Vec<&str> = all["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| d["changeType"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["D", "D", "D", "A", "A", "A"]);
    let input = json!({
        "beforeCommitSpecifier": old, "afterCommitSpecifier": "main",
        "beforePath": "d0", "afterPath": "moved",
    });
    let across = yard.ok("GetDifferences", r(input)).await;
    assert_eq!(across["differences"].as_array().unwrap().len(), 1);
    assert_eq!(across["differences"][0]["beforeBlob"]["path"], "d0/f0");
    assert_eq!(across["differences"][0]["afterBlob"]["path"], "moved/f0");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_have_histories() {
    let yard = Yard::start().await;
    let work = pushed(&yard).await;
    let body: String = (0..20).map(|line| format!("line {line}\n")).collect();
    let first = work.commit("dir/old", &body).await;
    work.commit("unrelated", "x\n").await;
    let second = work.commit("dir/old", &body.replace("line 3\n", "three\n")).await;
    work.ok(&["mv", "dir/old", "new"]).await;
    let third = work.commit("new", &body.replace("line 3\n", "drei\n")).await;
    work.ok(&["checkout", "-q", "-b", "side"]).await;
    let fourth = work.commit("new", &body.replace("line 3\n", "trois\n")).await;
    work.ok(&["checkout", "-q", "main"]).await;
    work.commit("unrelated", "y\n").await;
    work.ok(&["merge", "-q", "--no-ff", "-m", "merge", "side"]).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    let history = yard.ok("ListFileCommitHistory", r(json!({"filePath": "new"}))).await;
    let shown: Vec<(&str, &str, Vec<&str>)> = history["revisionDag"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| {
            let children = version["revisionChildren"].as_array().unwrap();
            (
                version["commit"]["commitId"].as_str().unwrap(),
                version["path"].as_str().unwrap(),
                children.iter().map(|child| child.as_str().unwrap()).collect(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            (fourth.as_str(), "new", vec![]),
            (third.as_str(), "new", vec![fourth.as_str()]),
            (second.as_str(), "dir/old", vec![third.as_str()]),
            (first.as_str(), "dir/old", vec![second.as_str()]),
        ]
    );
    let log = work.ok(&["log", "--follow", "--format=%H", "--", "new"]).await;
    assert_eq!(
        log.lines().collect::<Vec<_>>(),
        shown.iter().map(|(id, ..)| *id).collect::<Vec<_>>()
    );
    let blob = work.ok(&["rev-parse", &format!("{second}:dir/old")]).await;
    assert_eq!(history["revisionDag"][2]["blobId"], blob);

    // In pages, which go on from the same commit though the branch moves.
    let page =
        yard.ok("ListFileCommitHistory", r(json!({"filePath": "new", "maxResults": 3}))).await;
    work.commit("new", "all different\n").await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    let rest = json!({"filePath": "new", "nextToken": page["nextToken"]});
    let rest = yard.ok("ListFileCommitHistory", r(rest)).await;
    assert_eq!(rest["revisionDag"].as_array().unwrap().len(), 1);
    assert_eq!(rest["revisionDag"][0], history["revisionDag"][3]);
    let none = yard.ok("ListFileCommitHistory", r(json!({"filePath": "none"}))).await;
    assert_eq!(none["revisionDag"], json!([]));
    for (code, input) in [
        ("InvalidMaxResultsException", json!({"filePath": "new", "maxResults": 0})),
        ("InvalidContinuationTokenException", json!({"filePath": "new", "nextToken": "x"})),
        ("CommitDoesNotExistException", json!({"filePath": "new", "commitSpecifier": "none"})),
        // The one error that every operation has: this one documents none for paths.
        ("ValidationException", json!({})),
    ] {
        yard.refused(code, "ListFileCommitHistory", r(input)).await;
    }
    for path in ["a//b", "../x", ".git/config"] {
        let none = yard.ok("ListFileCommitHistory", r(json!({"filePath": path}))).await;
        assert_eq!(none["revisionDag"], json!([]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn blobs_differ_by_lines() {
    let yard = Yard::start().await;
    let work = pushed(&yard).await;
    let before: String = (1..=40).map(|line| format!("line {line}\n")).collect();
    let after = before
        .replace("line 5\n", "five\n")
        .replace("line 9\n", "line 9\nmore\n")
        .replace("line 30\n", "")
        .replace("line 40\n", "line  40");
    let blob = async |content: &str| {
        work.commit("f", content).await;
        work.ok(&["rev-parse", "HEAD:f"]).await
    };
    let (a, b, bin) = (blob(&before).await, blob(&after).await, blob("\0").await);
    work.ok(&["push", "-q", "origin", "main"]).await;
    let input = json!({"beforeBlobId": a, "afterBlobId": b});
    let found = yard.ok("GetBlobDifferences", r(input.clone())).await;
    let hunks = found["hunks"].as_array().unwrap();
    let shape = |hunk: &Value| {
        ["beforeStartLine", "beforeLineCount", "afterStartLine", "afterLineCount"]
            .map(|key| hunk[key].as_i64().unwrap())
    };
    assert_eq!(
        hunks.iter().map(shape).collect::<Vec<_>>(),
        [[2, 11, 2, 12], [27, 7, 28, 6], [37, 4, 37, 4]]
    );
    // They are what git shows.
    let diff = work.ok(&["diff", "--histogram", "--no-indent-heuristic", &a, &b]).await;
    let ours: Vec<String> = hunks
        .iter()
        .flat_map(|hunk| hunk["changes"].as_array().unwrap().clone())
        .map(|change| {
            let sign = match change["type"].as_str().unwrap() {
                "ADD" => "+",
                "DELETE" => "-",
                _ => " ",
            };
            format!("{sign}{}", change["content"].as_str().unwrap())
        })
        .collect();
    let gits: Vec<&str> = diff
        .lines()
        .skip_while(|line| !line.starts_with("@@"))
        .filter(|line| !line.starts_with("@@") && !line.starts_with('\\'))
        .collect();
    assert_eq!(ours, gits);
    assert_eq!((&found["isBinary"], &found["afterBlobSize"]), (&json!(false), &json!(after.len())));

    let quiet =
        json!({"beforeBlobId": a, "afterBlobId": b, "ignoreWhitespace": true, "contextLines": 0});
    let quiet = yard.ok("GetBlobDifferences", r(quiet)).await;
    let quiet = quiet["hunks"].as_array().unwrap();
    assert_eq!(
        quiet.iter().map(shape).collect::<Vec<_>>(),
        [[5, 1, 5, 1], [9, 0, 10, 1], [30, 1, 30, 0]]
    );
    let page = json!({"beforeBlobId": a, "afterBlobId": b, "MaxResults": 2});
    let page = yard.ok("GetBlobDifferences", r(page)).await;
    let rest = json!({"beforeBlobId": a, "afterBlobId": b, "NextToken": page["NextToken"]});
    let rest = yard.ok("GetBlobDifferences", r(rest)).await;
    assert_eq!(rest["hunks"], json!([hunks[2]]));
    let new = yard.ok("GetBlobDifferences", r(json!({"afterBlobId": a}))).await;
    assert_eq!(shape(&new["hunks"][0]), [0, 0, 1, 40]);
    assert_eq!(new["beforeBlobSize"], 0);
    let binary =
        yard.ok("GetBlobDifferences", r(json!({"beforeBlobId": a, "afterBlobId": bin}))).await;
    assert_eq!((&binary["isBinary"], &binary["hunks"]), (&json!(true), &json!([])));
    for (code, input) in [
        ("BlobIdRequiredException", json!({})),
        ("InvalidBlobIdException", json!({"afterBlobId": "x"})),
        ("BlobIdDoesNotExistException", json!({"afterBlobId": "1".repeat(40)})),
        ("ValidationException", json!({"afterBlobId": a, "contextLines": 21})),
        ("InvalidMaxResultsException", json!({"afterBlobId": a, "MaxResults": 0})),
        ("InvalidContinuationTokenException", json!({"afterBlobId": a, "NextToken": "x"})),
    ] {
        yard.refused(code, "GetBlobDifferences", r(input)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_made_here_keep_awss_quotas() {
    let yard = Yard::start().await;
    yard.repository("r").await;
    let deep = format!("{}f", "d/".repeat(21));
    let big = STANDARD.encode(vec![b'x'; 4 << 20]);
    let put = |path: &str, content: &str| json!({"filePath": path, "fileContent": content});
    for (code, input) in [
        ("InvalidPathException", json!({"putFiles": [put(&deep, "eA==")]})),
        (
            "FileContentSizeLimitExceededException",
            json!({"putFiles": [put("a", &big), put("b", &big)]}),
        ),
        (
            "CommitMessageLengthExceededException",
            json!({"putFiles": [put("a", "eA==")], "commitMessage": "x".repeat((256 << 10) + 1)}),
        ),
        (
            "NameLengthExceededException",
            json!({"putFiles": [put("a", "eA==")], "authorName": "x".repeat(1025)}),
        ),
    ] {
        let mut input = r(input);
        input["branchName"] = json!("main");
        yard.refused(code, "CreateCommit", input).await;
    }
    let made = yard
        .ok("CreateCommit", r(json!({"branchName": "main", "putFiles": [put("a", "eA==")]})))
        .await;
    let commit = yard.ok("GetCommit", r(json!({"commitId": made["commitId"]}))).await;
    assert_eq!(commit["commit"]["message"], "Change 1 file\n");
}

const FLOW: &str = r#"
import boto3
c = boto3.client("codecommit")
c.create_repository(repositoryName="r")
text = lambda *lines: "".join(l + "\n" for l in lines).encode()
base = c.put_file(repositoryName="r", branchName="main", filePath="f", fileContent=text("a", "b", "c"))["commitId"]
c.create_branch(repositoryName="r", branchName="dev", commitId=base)
c.put_file(repositoryName="r", branchName="main", filePath="f", fileContent=text("a", "B", "c"), parentCommitId=base)
c.put_file(repositoryName="r", branchName="dev", filePath="f", fileContent=text("a", "bb", "c"), parentCommitId=base)
both = dict(repositoryName="r", sourceCommitSpecifier="dev", destinationCommitSpecifier="main")
got = c.get_merge_conflicts(mergeOption="THREE_WAY_MERGE", **both)
assert not got["mergeable"] and got["conflictMetadataList"][0]["fileSizes"] == {"source": 7, "destination": 6, "base": 6}, got
hunks = c.describe_merge_conflicts(mergeOption="THREE_WAY_MERGE", filePath="f", conflictDetailLevel="LINE_LEVEL", **both)["mergeHunks"]
assert [h["isConflict"] for h in hunks] == [False, True, False], hunks
try:
    c.merge_branches_by_three_way(**both)
    raise SystemExit("a conflict was merged")
except c.exceptions.ManualMergeRequiredException as e:
    assert "f" in str(e), e
made = c.merge_branches_by_three_way(conflictResolutionStrategy="AUTOMERGE", conflictResolution={
    "replaceContents": [{"filePath": "f", "replacementType": "USE_NEW_CONTENT", "content": text("done")}]}, **both)
assert c.get_file(repositoryName="r", filePath="f")["fileContent"] == b"done\n"
versions = c.list_file_commit_history(repositoryName="r", filePath="f")["revisionDag"]
assert versions[0]["commit"]["commitId"] == made["commitId"] and len(versions) == 4, versions
assert sorted(versions[-1]["revisionChildren"]) == sorted(v["commit"]["commitId"] for v in versions[1:3]), versions
pages = c.get_paginator("get_blob_differences").paginate(repositoryName="r", afterBlobId=versions[0]["blobId"], beforeBlobId=versions[-1]["blobId"])
kinds = [x["type"] for p in pages for h in p["hunks"] for x in h["changes"]]
assert kinds == ["DELETE"] * 3 + ["ADD"], kinds
"#;

#[tokio::test(flavor = "multi_thread")]
async fn boto3_merges() {
    let yard = Yard::start().await;
    let output = Command::new(testkit::venv::bin().join("python"))
        .args(["-c", FLOW])
        .env("AWS_ENDPOINT_URL", &yard.yard.url)
        .env("AWS_ACCESS_KEY_ID", ROOT_KEY)
        .env("AWS_SECRET_ACCESS_KEY", ROOT_SECRET)
        .env("AWS_DEFAULT_REGION", REGION)
        .output()
        .await
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
}
