//! Repositories that let no secrets in: pushes and commits through the API.

use serde_json::{Value, json};
use testkit::REGION;

use crate::support::{Work, Yard};

/// A token of nobody, put together so that no scanner takes this file for a leak.
fn token() -> String {
    format!("gh{}_{}", "p", "aB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vW1xY2")
}

async fn set(yard: &Yard, value: &str) {
    let arn = format!("arn:aws:codecommit:{REGION}:123456789012:r");
    let tags = json!({"codeyard:secret-scanning": value});
    yard.ok("TagResource", json!({"resourceArn": arn, "tags": tags})).await;
}

async fn here() -> (Yard, Work) {
    let yard = Yard::start().await;
    yard.repository("r").await;
    let work = yard.work("work", &yard.root_url("r")).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    set(&yard, "block").await;
    (yard, work)
}

async fn tip(yard: &Yard, branch: &str) -> Value {
    let input = json!({"repositoryName": "r", "branchName": branch});
    let (_, answer) = yard.call("GetBranch", input).await;
    answer["branch"]["commitId"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_with_a_key_is_refused_with_file_and_line() {
    let (yard, work) = here().await;
    let before = tip(&yard, "main").await;
    let clean = work.commit("ok.txt", "nothing\n").await;
    let bad = work.commit("config/prod.env", &format!("A=1\nTOKEN={}\n", token())).await;
    // Taking it away again does not take it out of the history.
    work.commit("config/prod.env", "A=1\n").await;
    let said = work.fails(&["push", "origin", "main"]).await;
    for part in [
        "remote: error: refs/heads/main: secrets were found; nothing was changed",
        "GitHub token [github-token] in config/prod.env, line 2",
        &bad,
        "codeyard:allow-secret",
        "! [remote rejected] main -> main",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains(&token()), "{said}");
    assert_eq!(tip(&yard, "main").await, before);
    let missing = json!({"repositoryName": "r", "commitId": clean});
    yard.refused("CommitIdDoesNotExistException", "GetCommit", missing).await;

    // New branches and tags are looked at too, and what goes with them is refused by name.
    work.ok(&["tag", "v1"]).await;
    let said = work.fails(&["push", "origin", "main:other", "v1"]).await;
    assert!(said.contains("goes with what has secrets in it"), "{said}");
    assert_eq!(tip(&yard, "other").await, Value::Null);

    // Without the history that has it, it goes.
    work.ok(&["tag", "-d", "v1"]).await;
    work.ok(&["reset", "-q", "--hard", &clean]).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    // What is no secret is marked.
    work.commit("test.py", &format!("key = '{}'  # codeyard:allow-secret\n", token())).await;
    work.ok(&["push", "-q", "origin", "main"]).await;

    // What is there already is nobody's fault now: only what is new is looked at.
    set(&yard, "off").await;
    work.commit("leak", &token()).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    set(&yard, "block").await;
    work.commit("more", "text\n").await;
    work.ok(&["push", "-q", "origin", "main", "main:copy"]).await;
    work.ok(&["mv", "leak", "moved"]).await;
    work.ok(&["commit", "-q", "-m", "move"]).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn merges_and_tags_of_files_are_looked_into() {
    let (yard, work) = here().await;
    // What a merge itself brings, not one of its sides.
    work.ok(&["checkout", "-q", "-b", "side"]).await;
    work.commit("a", "a\n").await;
    work.ok(&["checkout", "-q", "main"]).await;
    work.commit("b", "b\n").await;
    work.ok(&["merge", "-q", "--no-commit", "--no-ff", "side"]).await;
    let merge = work.commit("b", &format!("b\n{}\n", token())).await;
    assert_eq!(work.ok(&["rev-list", "--parents", "-n1", "HEAD"]).await.split(' ').count(), 3);
    let said = work.fails(&["push", "origin", "main"]).await;
    assert!(said.contains("in b, line 2") && said.contains(&merge), "{said}");

    std::fs::write(work.0.join("file"), token()).unwrap();
    let blob = work.ok(&["hash-object", "-w", "file"]).await;
    work.ok(&["tag", "-a", "-m", "a blob", "blob", &blob]).await;
    let said = work.fails(&["push", "origin", "blob"]).await;
    assert!(said.contains("github-token"), "{said}");
    drop(yard);
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_through_the_api_are_looked_into() {
    let (yard, _) = here().await;
    let parent = tip(&yard, "main").await;
    let content = |text: &str| {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(text)
    };
    let put = |text: &str| {
        json!({
            "repositoryName": "r", "branchName": "main", "parentCommitId": parent,
            "filePath": "deep/er/x.env", "fileContent": content(text),
        })
    };
    let (status, answer) = yard.call("PutFile", put(&format!("\nT={}", token()))).await;
    assert_eq!(status, 400, "{answer}");
    assert!(answer["__type"].as_str().unwrap().ends_with("OperationNotAllowedException"));
    let message = answer["message"].as_str().unwrap();
    assert!(message.contains("deep/er/x.env, line 2") && !message.contains(&token()), "{message}");
    let create = json!({
        "repositoryName": "r", "branchName": "main", "parentCommitId": parent,
        "putFiles": [{"filePath": "k", "fileContent": content(&token())}],
    });
    yard.refused("OperationNotAllowedException", "CreateCommit", create).await;
    assert_eq!(tip(&yard, "main").await, parent);
    let marked = format!("{} # codeyard:allow-secret", token());
    yard.ok("PutFile", put(&marked)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_cannot_bring_a_key_in() {
    let (yard, work) = here().await;
    work.ok(&["checkout", "-q", "-b", "side"]).await;
    work.commit("file", "side\n").await;
    work.ok(&["checkout", "-q", "main"]).await;
    work.commit("file", "main\n").await;
    work.ok(&["push", "-q", "origin", "main", "side"]).await;
    let before = tip(&yard, "main").await;
    use base64::Engine as _;
    let resolution = |text: String| {
        let content = base64::engine::general_purpose::STANDARD.encode(text);
        json!({
            "repositoryName": "r", "sourceCommitSpecifier": "side",
            "destinationCommitSpecifier": "main", "targetBranch": "main",
            "conflictResolutionStrategy": "AUTOMERGE",
            "conflictResolution": {"replaceContents": [
                {"filePath": "file", "replacementType": "USE_NEW_CONTENT", "content": content},
            ]},
        })
    };
    let merge = "MergeBranchesByThreeWay";
    yard.refused("OperationNotAllowedException", merge, resolution(token())).await;
    assert_eq!(tip(&yard, "main").await, before);
    yard.ok(merge, resolution("both\n".to_owned())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_mean_nothing_are_refused() {
    let yard = Yard::start().await;
    let tags = |key: &str, value: &str| json!({key: value});
    let bad = [
        tags("codeyard:secret-scanning", "on"),
        tags("codeyard:secret-scanning", ""),
        tags("codeyard:secret-scaning", "block"),
        tags("Codeyard:Secret-Scanning", "block"),
    ];
    for tags in &bad {
        let input = json!({"repositoryName": "r", "tags": tags});
        yard.refused("InvalidTagsMapException", "CreateRepository", input).await;
    }
    yard.ok(
        "CreateRepository",
        json!({"repositoryName": "r", "tags": {"codeyard:secret-scanning": "block"}}),
    )
    .await;
    let arn = format!("arn:aws:codecommit:{REGION}:123456789012:r");
    for tags in &bad {
        let input = json!({"resourceArn": arn, "tags": tags});
        yard.refused("InvalidTagsMapException", "TagResource", input).await;
    }
    // It is on from the first push on.
    let work = yard.work("work", &yard.root_url("r")).await;
    work.commit("k", &token()).await;
    let said = work.fails(&["push", "origin", "main"]).await;
    assert!(said.contains("github-token"), "{said}");
    let untag = json!({"resourceArn": arn, "tagKeys": ["codeyard:secret-scanning"]});
    yard.ok("UntagResource", untag).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
}

/// Up to 2 GB come in by git: the larger ones are looked through as git streams them.
#[tokio::test(flavor = "multi_thread")]
async fn no_size_and_no_encoding_is_exempt() {
    let (_yard, work) = here().await;
    let clean = work.ok(&["rev-parse", "HEAD"]).await;
    let large = |bytes: usize, end: &str| {
        let mut content = "fourteen bytes\n".repeat(bytes / 15).into_bytes();
        content.extend_from_slice(end.as_bytes());
        content
    };
    let utf16 = |text: &str| -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    let secret = token();
    for (name, content, line) in [
        ("of-5-mib", large(5 << 20, &secret), (5 << 20) / 15 + 1),
        ("of-33-mib", large(33 << 20, &secret), (33 << 20) / 15 + 1),
        ("utf-16", utf16(&format!("first\r\nTOKEN={secret}\r\n")), 2),
        ("with-zero", format!("\0\u{1}\n\0{secret}\0").into_bytes(), 2),
    ] {
        std::fs::write(work.0.join(name), content).unwrap();
        work.ok(&["add", "-A"]).await;
        work.ok(&["commit", "-q", "-m", name]).await;
        let said = work.fails(&["push", "origin", "main"]).await;
        assert!(said.contains(&format!("[github-token] in {name}, line {line}")), "{said}");
        assert!(!said.contains(&secret), "{said}");
        work.ok(&["reset", "-q", "--hard", &clean]).await;
    }
    std::fs::write(work.0.join("large"), large(20 << 20, "no secret")).unwrap();
    work.ok(&["add", "-A"]).await;
    work.ok(&["commit", "-q", "-m", "large"]).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_and_names_are_looked_at() {
    let (yard, work) = here().await;
    let secret = token();
    let message = format!("Fix the login\n\nTry it with {secret}");
    work.ok(&["commit", "-q", "--allow-empty", "-m", &message]).await;
    let said = work.fails(&["push", "origin", "main"]).await;
    assert!(said.contains("[github-token] in the message, line 3, commit"), "{said}");
    assert!(!said.contains(&secret), "{said}");
    // The mark counts there, too.
    let marked = format!("{message} codeyard:allow-secret");
    work.ok(&["commit", "-q", "--amend", "--allow-empty", "-m", &marked]).await;
    work.ok(&["push", "-q", "origin", "main"]).await;

    work.ok(&["tag", "-a", "inner", "-m", &format!("one\ntwo {secret}")]).await;
    work.ok(&["tag", "-a", "outer", "-m", "around it", "inner"]).await;
    let inner = work.ok(&["rev-parse", "inner"]).await;
    for tag in ["inner", "outer"] {
        let said = work.fails(&["push", "origin", tag]).await;
        assert!(said.contains(&format!("in the message, line 2, tag {inner}")), "{said}");
    }

    let named = work.0.join(format!("keys/{secret}.txt"));
    std::fs::create_dir(work.0.join("keys")).unwrap();
    std::fs::write(&named, "text\n").unwrap();
    work.ok(&["add", "-A"]).await;
    work.ok(&["commit", "-q", "-m", "a name"]).await;
    let said = work.fails(&["push", "origin", "main"]).await;
    assert!(said.contains("in the file name keys/[secret], commit"), "{said}");
    assert!(!said.contains(&secret), "{said}");
    // What was there stays usable: only added names are looked at, and no commit that is here,
    // though no reference leads to it any more.
    set(&yard, "off").await;
    work.ok(&["push", "-q", "origin", "main", "main:away", "inner"]).await;
    work.commit("x", &secret).await;
    work.ok(&["commit", "-q", "--amend", "-m", &secret]).await;
    work.ok(&["push", "-q", "origin", "main:away"]).await;
    work.ok(&["push", "-q", "origin", "--delete", "away", "inner"]).await;
    set(&yard, "block").await;
    work.ok(&["push", "-q", "origin", "main:again", "inner"]).await;
    work.ok(&["push", "-q", "origin", "--delete", "again"]).await;
    work.ok(&["reset", "-q", "--hard", "HEAD~1"]).await;
    std::fs::write(&named, "other text\n").unwrap();
    work.ok(&["commit", "-q", "-a", "-m", "an old name"]).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    let parent = tip(&yard, "main").await;
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode("text");
    let put = |path: &str, message: &str| {
        json!({"repositoryName": "r", "branchName": "main", "parentCommitId": parent,
               "filePath": path, "fileContent": text, "commitMessage": message})
    };
    let refused = "OperationNotAllowedException";
    yard.refused(refused, "PutFile", put(&format!("more/{secret}"), "m")).await;
    yard.refused(refused, "PutFile", put("x", &format!("m {secret}"))).await;
    yard.ok("PutFile", put(&format!("keys/{secret}.txt"), "m")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn large_files_and_merge_messages_of_the_api_are_looked_into() {
    let (yard, work) = here().await;
    let parent = tip(&yard, "main").await;
    use base64::Engine as _;
    let content = format!("{}{}", "fourteen bytes\n".repeat(330_000), token());
    let content = base64::engine::general_purpose::STANDARD.encode(content);
    let put = json!({"repositoryName": "r", "branchName": "main", "parentCommitId": parent,
                     "filePath": "large", "fileContent": content});
    yard.refused("OperationNotAllowedException", "PutFile", put).await;
    work.ok(&["checkout", "-q", "-b", "side"]).await;
    work.commit("side", "side\n").await;
    work.ok(&["push", "-q", "origin", "side"]).await;
    let merge = json!({"repositoryName": "r", "sourceCommitSpecifier": "side",
                       "destinationCommitSpecifier": "main", "commitMessage": token()});
    yard.refused("OperationNotAllowedException", "MergeBranchesBySquash", merge.clone()).await;
    let mut trial = merge;
    trial["mergeOption"] = json!("SQUASH_MERGE");
    let code = "OperationNotAllowedException";
    yard.refused(code, "CreateUnreferencedMergeCommit", trial).await;
    assert_eq!(tip(&yard, "main").await, parent);
}

/// A pack comes as a whole: what a refused reference has in it would be there for the next push.
#[tokio::test(flavor = "multi_thread")]
async fn secrets_do_not_come_with_other_references() {
    let (yard, work) = here().await;
    work.ok(&["push", "-q", "origin", "main:old"]).await;
    let clean = work.commit("ok.txt", "nothing\n").await;
    let bad = work.commit("prod.env", &format!("TOKEN={}\n", token())).await;
    let found = "GitHub token [github-token] in prod.env, line 1";

    // Beside a reference that is refused for its name, and beside a deletion.
    let (reserved, fine) = (format!("{bad}:refs/codeyard/x"), format!("{clean}:refs/heads/fine"));
    let said = work.fails(&["push", "origin", &reserved, &fine]).await;
    assert!(said.contains(found), "{said}");
    assert_eq!(tip(&yard, "fine").await, Value::Null);
    let said = work.fails(&["push", "origin", ":old", "main:new"]).await;
    assert!(said.contains(found) && said.contains("goes with what has secrets in it"), "{said}");
    assert_ne!(tip(&yard, "old").await, Value::Null);

    let missing = json!({"repositoryName": "r", "commitId": bad});
    yard.refused("CommitIdDoesNotExistException", "GetCommit", missing).await;
    let said = work.fails(&["push", "origin", "main:new"]).await;
    assert!(said.contains(found), "{said}");
    work.ok(&["push", "-q", "origin", &fine, ":old"]).await;
}
