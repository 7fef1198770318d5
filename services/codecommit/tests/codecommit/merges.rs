//! Merges of branches, and what is told of their conflicts.

use serde_json::{Value, json};

use crate::merge_support::{Repo, TEN, b64, merge, r, text};

#[tokio::test(flavor = "multi_thread")]
async fn fast_forwards() {
    let repo = Repo::new(&[("a", "one\n")]).await;
    let tip = repo.change("dev", &[("b", "two\n")], &[]).await;
    let options = repo.yard.ok("GetMergeOptions", merge(json!({}))).await;
    assert_eq!(
        options["mergeOptions"],
        json!(["FAST_FORWARD_MERGE", "SQUASH_MERGE", "THREE_WAY_MERGE"])
    );
    assert_eq!(
        (&options["sourceCommitId"], &options["baseCommitId"]),
        (&json!(tip), &json!(repo.base))
    );
    let refused = [
        ("InvalidTargetBranchException", json!({"targetBranch": "a..b"})),
        ("BranchDoesNotExistException", json!({"targetBranch": "none"})),
        ("ConcurrentReferenceUpdateException", json!({"targetBranch": "dev"})),
    ];
    for (code, input) in refused {
        repo.yard.refused(code, "MergeBranchesByFastForward", merge(input)).await;
    }
    let by_id = r(json!({"sourceCommitSpecifier": "dev", "destinationCommitSpecifier": repo.base}));
    repo.yard.refused("BranchNameRequiredException", "MergeBranchesByFastForward", by_id).await;

    let merged = repo.yard.ok("MergeBranchesByFastForward", merge(json!({}))).await;
    assert_eq!((&merged["commitId"], repo.tip("main").await), (&json!(tip), tip.clone()));
    let events = repo.yard.events();
    let detail = &events.last().unwrap().detail;
    assert_eq!(
        (&detail["event"], &detail["mergeOption"], &detail["oldCommitId"], &detail["commitId"]),
        (&json!("referenceUpdated"), &json!("FAST_FORWARD_MERGE"), &json!(repo.base), &json!(tip))
    );

    // Nothing left to do: it is done, and nobody is told.
    repo.yard.ok("MergeBranchesByFastForward", merge(json!({}))).await;
    assert_eq!(repo.yard.events().len(), events.len());

    repo.change("main", &[("c", "three\n")], &[]).await;
    repo.change("dev", &[("d", "four\n")], &[]).await;
    repo.yard
        .refused("ManualMergeRequiredException", "MergeBranchesByFastForward", merge(json!({})))
        .await;
    let options = repo.yard.ok("GetMergeOptions", merge(json!({}))).await;
    assert_eq!(options["mergeOptions"], json!(["SQUASH_MERGE", "THREE_WAY_MERGE"]));
    let input = merge(json!({"mergeOption": "FAST_FORWARD_MERGE"}));
    let conflicts = repo.yard.ok("GetMergeConflicts", input).await;
    assert_eq!(
        (&conflicts["mergeable"], &conflicts["conflictMetadataList"]),
        (&json!(false), &json!([]))
    );
    let elsewhere = merge(json!({"targetBranch": "dev"}));
    repo.yard.refused("InvalidTargetBranchException", "MergeBranchesBySquash", elsewhere).await;
    // The destination has moved on from what the caller saw.
    let seen = r(json!({
        "sourceCommitSpecifier": "dev", "destinationCommitSpecifier": repo.base,
        "targetBranch": "main",
    }));
    repo.yard.refused("ConcurrentReferenceUpdateException", "MergeBranchesBySquash", seen).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_and_files() {
    let repo = Repo::new(&[("t", TEN), ("gone/x", "x\n")]).await;
    let ours = repo.change("main", &[("t", &TEN.replace("2\n", "two\n")), ("o", "o\n")], &[]).await;
    let theirs = repo.change("dev", &[("t", &TEN.replace("9\n", "nine\n"))], &["gone/x"]).await;
    // The same file changed on both sides: a conflict by file, none by line.
    repo.yard
        .refused("ManualMergeRequiredException", "MergeBranchesByThreeWay", merge(json!({})))
        .await;
    let options = repo.yard.ok("GetMergeOptions", merge(json!({}))).await;
    assert_eq!(options["mergeOptions"], json!([]));
    let by_line = json!({
        "conflictDetailLevel": "LINE_LEVEL", "authorName": "Ann", "email": "ann@example.com",
        "commitMessage": "Merged", "keepEmptyFolders": true,
    });
    let merged = repo.yard.ok("MergeBranchesByThreeWay", merge(by_line)).await;
    assert_eq!(repo.parents(&merged["commitId"]).await, [ours.clone(), theirs.clone()]);
    let both = TEN.replace("2\n", "two\n").replace("9\n", "nine\n");
    assert_eq!(repo.file("main", "t").await, both);
    assert_eq!(repo.file("main", "gone/.gitkeep").await, "");
    assert_eq!(repo.file("main", "o").await, "o\n");
    let commit = repo.yard.ok("GetCommit", r(json!({"commitId": merged["commitId"]}))).await;
    assert_eq!(
        (&commit["commit"]["message"], &commit["commit"]["author"]["email"]),
        (&json!("Merged\n"), &json!("ann@example.com"))
    );
    let detail = repo.yard.events().last().unwrap().detail.clone();
    for (key, value) in [
        ("event", "referenceUpdated"),
        ("mergeOption", "THREE_WAY_MERGE"),
        ("conflictDetailsLevel", "LINE_LEVEL"),
        ("conflictResolutionStrategy", "NONE"),
        ("baseCommitId", &repo.base),
        ("sourceCommitId", &theirs),
        ("destinationCommitId", &ours),
        ("oldCommitId", &ours),
    ] {
        assert_eq!(detail[key], value, "{detail}");
    }
    let got = repo.yard.ok("GetMergeCommit", merge(json!({}))).await;
    assert_eq!(got["mergedCommitId"], merged["commitId"]);

    // Stock git agrees on the history and has every object.
    let work = repo.yard.clone_to("clone", &repo.yard.root_url("r")).await;
    assert_eq!(work.ok(&["rev-parse", "HEAD"]).await, merged["commitId"].as_str().unwrap());
    work.ok(&["fsck", "--full", "--strict"]).await;

    let squashed = repo.change("dev", &[("t", &TEN.replace("9\n", "9!\n"))], &[]).await;
    let input = merge(json!({"conflictResolutionStrategy": "ACCEPT_SOURCE"}));
    let merged_again = repo.yard.ok("MergeBranchesBySquash", input).await;
    assert_eq!(
        repo.parents(&merged_again["commitId"]).await,
        [merged["commitId"].as_str().unwrap()],
        "a squash has one parent"
    );
    // By file, the whole file is the source's.
    assert_eq!(repo.file("main", "t").await, TEN.replace("9\n", "9!\n"));
    let got = repo.yard.ok("GetMergeCommit", merge(json!({}))).await;
    assert_eq!(
        (&got["mergedCommitId"], &got["sourceCommitId"]),
        (&merged_again["commitId"], &json!(squashed))
    );
}

/// A repository with conflicts of all kinds.
async fn clashing() -> Repo {
    let repo = Repo::new(&[
        ("lines", TEN),
        ("mixed", TEN),
        ("deleted", "d\n"),
        ("bin", "\0a"),
        ("kind", "k\n"),
    ])
    .await;
    let ours = [
        ("lines", TEN.replace("5\n", "five\n")),
        ("mixed", TEN.replace("2\n", "two\n").replace("8\n", "ours\n")),
        ("bin", "\0b".to_owned()),
        ("added", "ours\n".to_owned()),
        ("kind/file", "in a folder\n".to_owned()),
    ];
    let theirs = [
        ("lines", TEN.replace("5\n", "FIVE\nand more\n")),
        ("mixed", TEN.replace("4\n", "four\n").replace("8\n", "theirs\n")),
        ("bin", "\0c".to_owned()),
        ("added", "theirs\n".to_owned()),
        ("kind", "a file\n".to_owned()),
        ("deleted", "changed\n".to_owned()),
    ];
    let ours: Vec<(&str, &str)> = ours.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let theirs: Vec<(&str, &str)> =
        theirs.iter().map(|(path, text)| (*path, text.as_str())).collect();
    repo.change("main", &ours, &["deleted", "kind"]).await;
    repo.change("dev", &theirs, &[]).await;
    repo
}

#[tokio::test(flavor = "multi_thread")]
async fn conflicts_are_described() {
    let repo = clashing().await;
    let by_line = |more: Value| {
        let mut input = merge(json!({
            "mergeOption": "THREE_WAY_MERGE", "conflictDetailLevel": "LINE_LEVEL",
        }));
        more.as_object().unwrap().iter().for_each(|(k, v)| input[k] = v.clone());
        input
    };
    let all = repo.yard.ok("GetMergeConflicts", by_line(json!({}))).await;
    assert_eq!(all["mergeable"], json!(false));
    let list = all["conflictMetadataList"].as_array().unwrap();
    let found = |path: &str| list.iter().find(|c| c["filePath"] == path).unwrap();
    let paths: Vec<&str> = list.iter().map(|c| c["filePath"].as_str().unwrap()).collect();
    assert_eq!(paths, ["added", "bin", "deleted", "kind", "lines", "mixed"]);
    assert_eq!(
        found("lines"),
        &json!({
            "filePath": "lines",
            "fileSizes": {"source": 33, "destination": 24, "base": 21},
            "fileModes": {"source": "NORMAL", "destination": "NORMAL", "base": "NORMAL"},
            "objectTypes": {"source": "FILE", "destination": "FILE", "base": "FILE"},
            "numberOfConflicts": 1,
            "isBinaryFile": {"source": false, "destination": false, "base": false},
            "contentConflict": true,
            "fileModeConflict": false,
            "objectTypeConflict": false,
            "mergeOperations": {"source": "M", "destination": "M"},
        })
    );
    assert_eq!(found("bin")["isBinaryFile"]["source"], json!(true));
    assert_eq!(found("added")["mergeOperations"], json!({"source": "A", "destination": "A"}));
    assert_eq!(found("deleted")["mergeOperations"], json!({"source": "M", "destination": "D"}));
    assert_eq!(
        (&found("kind")["objectTypes"], &found("kind")["objectTypeConflict"]),
        (&json!({"source": "FILE", "destination": "DIRECTORY", "base": "FILE"}), &json!(true))
    );

    // In pages.
    let (mut pages, mut token) = (Vec::new(), Value::Null);
    loop {
        let page = by_line(json!({"maxConflictFiles": 4, "nextToken": token}));
        let page = repo.yard.ok("GetMergeConflicts", page).await;
        pages.extend(page["conflictMetadataList"].as_array().unwrap().clone());
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(&pages, list);

    // The hunks of a file, one after the other, are the file.
    let describe = by_line(json!({"filePath": "mixed"}));
    let described = repo.yard.ok("DescribeMergeConflicts", describe).await;
    let hunks = described["mergeHunks"].as_array().unwrap();
    for (side, whole) in [
        ("base", TEN.to_owned()),
        ("destination", repo.file("main", "mixed").await),
        ("source", repo.file("dev", "mixed").await),
    ] {
        let parts: String = hunks.iter().map(|hunk| text(&hunk[side]["hunkContent"])).collect();
        assert_eq!(parts, whole);
        let (mut line, total) = (0, whole.lines().count());
        for hunk in hunks {
            assert_eq!(hunk[side]["startLine"], json!(line));
            line += text(&hunk[side]["hunkContent"]).lines().count();
            assert_eq!(hunk[side]["endLine"], json!(line));
        }
        assert_eq!(line, total);
    }
    let clashes: Vec<_> = hunks.iter().filter(|hunk| hunk["isConflict"] == json!(true)).collect();
    assert_eq!(clashes.len(), 1);
    assert_eq!(
        (
            text(&clashes[0]["source"]["hunkContent"]),
            text(&clashes[0]["destination"]["hunkContent"])
        ),
        ("theirs\n".to_owned(), "ours\n".to_owned())
    );
    let first = by_line(json!({"filePath": "mixed", "maxMergeHunks": 2}));
    let first = repo.yard.ok("DescribeMergeConflicts", first).await;
    let rest = by_line(json!({"filePath": "mixed", "nextToken": first["nextToken"]}));
    let rest = repo.yard.ok("DescribeMergeConflicts", rest).await;
    let both =
        [&first, &rest].into_iter().flat_map(|p| p["mergeHunks"].as_array().unwrap().clone());
    assert_eq!(&both.collect::<Vec<_>>(), hunks);

    // By file there is one hunk of everything.
    let whole = merge(json!({"mergeOption": "SQUASH_MERGE", "filePath": "mixed"}));
    let whole = repo.yard.ok("DescribeMergeConflicts", whole).await;
    assert_eq!(whole["mergeHunks"].as_array().unwrap().len(), 1);
    assert_eq!(text(&whole["mergeHunks"][0]["base"]["hunkContent"]), TEN);

    let batch = by_line(json!({"filePaths": ["lines", "none", "deleted"]}));
    let batch = repo.yard.ok("BatchDescribeMergeConflicts", batch).await;
    assert_eq!(batch["conflicts"].as_array().unwrap().len(), 2);
    assert_eq!(batch["errors"][0]["filePath"], "none");
    assert_eq!(batch["errors"][0]["exceptionName"], "FileDoesNotExistException");
    let batch = by_line(json!({"maxConflictFiles": 2, "maxMergeHunks": 1}));
    let batch = repo.yard.ok("BatchDescribeMergeConflicts", batch).await;
    assert_eq!(batch["conflicts"].as_array().unwrap().len(), 2);
    assert!(batch["nextToken"].is_string());

    for (code, operation, more) in [
        ("MergeOptionRequiredException", "GetMergeConflicts", json!({"mergeOption": null})),
        ("InvalidMergeOptionException", "GetMergeConflicts", json!({"mergeOption": "REBASE"})),
        ("InvalidMaxConflictFilesException", "GetMergeConflicts", json!({"maxConflictFiles": 0})),
        ("InvalidContinuationTokenException", "GetMergeConflicts", json!({"nextToken": "x"})),
        (
            "InvalidSourceCommitSpecifierException",
            "GetMergeConflicts",
            json!({"sourceCommitSpecifier": "a..b"}),
        ),
        (
            "InvalidConflictDetailLevelException",
            "GetMergeConflicts",
            json!({"conflictDetailLevel": "WORD_LEVEL"}),
        ),
        ("PathRequiredException", "DescribeMergeConflicts", json!({})),
        ("FileDoesNotExistException", "DescribeMergeConflicts", json!({"filePath": "none"})),
        (
            "InvalidMaxMergeHunksException",
            "DescribeMergeConflicts",
            json!({"filePath": "lines", "maxMergeHunks": -1}),
        ),
        (
            "InvalidMergeOptionException",
            "DescribeMergeConflicts",
            json!({"filePath": "lines", "mergeOption": "FAST_FORWARD_MERGE"}),
        ),
        (
            "CommitDoesNotExistException",
            "BatchDescribeMergeConflicts",
            json!({"destinationCommitSpecifier": "none"}),
        ),
    ] {
        repo.yard.refused(code, operation, by_line(more)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn conflicts_are_resolved() {
    let repo = clashing().await;
    let with = |resolution: Value| {
        merge(json!({
            "conflictResolutionStrategy": "AUTOMERGE", "conflictResolution": resolution,
        }))
    };
    let keep = |path: &str, how: &str| json!({"filePath": path, "replacementType": how});
    let new = |path: &str, content: &str| json!({"filePath": path, "replacementType": "USE_NEW_CONTENT", "content": b64(content), "fileMode": "EXECUTABLE"});
    for (code, input) in [
        (
            "ManualMergeRequiredException",
            with(json!({"replaceContents": [keep("lines", "KEEP_BASE")]})),
        ),
        (
            "InvalidConflictResolutionException",
            with(json!({"replaceContents": [keep("none", "KEEP_BASE")]})),
        ),
        (
            "InvalidConflictResolutionException",
            with(json!({"setFileModes": [{"filePath": "lines", "fileMode": "EXECUTABLE"}]})),
        ),
        (
            "InvalidConflictResolutionException",
            merge(json!({"conflictResolution": {"deleteFiles": [{"filePath": "lines"}]}})),
        ),
        (
            "MultipleConflictResolutionEntriesException",
            with(
                json!({"replaceContents": [keep("lines", "KEEP_BASE")], "deleteFiles": [{"filePath": "/lines"}]}),
            ),
        ),
        (
            "ReplacementTypeRequiredException",
            with(json!({"replaceContents": [{"filePath": "lines"}]})),
        ),
        (
            "InvalidReplacementTypeException",
            with(json!({"replaceContents": [keep("lines", "KEEP")]})),
        ),
        (
            "ReplacementContentRequiredException",
            with(json!({"replaceContents": [keep("lines", "USE_NEW_CONTENT")]})),
        ),
        (
            "InvalidReplacementContentException",
            with(
                json!({"replaceContents": [{"filePath": "lines", "replacementType": "KEEP_BASE", "content": b64("x")}]}),
            ),
        ),
        ("PathRequiredException", with(json!({"deleteFiles": [{}]}))),
        ("InvalidPathException", with(json!({"deleteFiles": [{"filePath": "a/../b"}]}))),
        ("FileModeRequiredException", with(json!({"setFileModes": [{"filePath": "a"}]}))),
        (
            "MaximumConflictResolutionEntriesExceededException",
            with(
                json!({"deleteFiles": (0..101).map(|i| json!({"filePath": format!("f{i}")})).collect::<Vec<_>>()}),
            ),
        ),
        (
            "InvalidConflictResolutionStrategyException",
            merge(json!({"conflictResolutionStrategy": "GUESS"})),
        ),
        ("InvalidEmailException", merge(json!({"email": "<"}))),
        ("NameLengthExceededException", merge(json!({"authorName": "x".repeat(1025)}))),
        (
            "CommitMessageLengthExceededException",
            merge(json!({"commitMessage": "x".repeat((256 << 10) + 1)})),
        ),
    ] {
        repo.yard.refused(code, "MergeBranchesBySquash", input).await;
    }
    let before = repo.tip("main").await;
    let resolution = json!({
        "replaceContents": [
            keep("lines", "KEEP_BASE"), new("mixed", "by hand\n"), keep("added", "KEEP_SOURCE"),
            keep("bin", "KEEP_DESTINATION"), keep("kind", "KEEP_DESTINATION"),
        ],
        "deleteFiles": [{"filePath": "deleted"}],
    });
    // Tried first, without touching the branch.
    let mut trial = with(resolution.clone());
    trial["mergeOption"] = json!("SQUASH_MERGE");
    let tried = repo.yard.ok("CreateUnreferencedMergeCommit", trial.clone()).await;
    assert_eq!(repo.tip("main").await, before);
    let detail = repo.yard.events().last().unwrap().detail.clone();
    assert_eq!(
        (&detail["event"], &detail["commitId"], &detail["mergeOption"]),
        (&json!("unreferencedMergeCommitCreated"), &tried["commitId"], &json!("SQUASH_MERGE"))
    );
    assert_eq!(detail["conflictResolutionStrategy"], "AUTOMERGE");
    let got = repo.yard.ok("GetMergeCommit", merge(json!({}))).await;
    assert_eq!(
        (&got["mergedCommitId"], &got["baseCommitId"]),
        (&tried["commitId"], &json!(repo.base))
    );
    let other = merge(json!({"conflictDetailLevel": "LINE_LEVEL"}));
    assert_eq!(repo.yard.ok("GetMergeCommit", other).await["mergedCommitId"], Value::Null);
    trial["mergeOption"] = json!("FAST_FORWARD_MERGE");
    repo.yard.refused("InvalidMergeOptionException", "CreateUnreferencedMergeCommit", trial).await;

    let merged = repo.yard.ok("MergeBranchesBySquash", with(resolution)).await;
    assert_eq!(merged["treeId"], tried["treeId"]);
    for (path, content) in [
        ("lines", TEN),
        ("mixed", "by hand\n"),
        ("added", "theirs\n"),
        ("bin", "\0b"),
        ("kind/file", "in a folder\n"),
    ] {
        assert_eq!(repo.file("main", path).await, content);
    }
    let gone = r(json!({"commitSpecifier": "main", "filePath": "deleted"}));
    repo.yard.refused("FileDoesNotExistException", "GetFile", gone).await;
    let mixed = r(json!({"commitSpecifier": "main", "filePath": "mixed"}));
    assert_eq!(repo.yard.ok("GetFile", mixed).await["fileMode"], "EXECUTABLE");
}

#[tokio::test(flavor = "multi_thread")]
async fn modes_clash_too() {
    let repo = Repo::new(&[("a", "a\n")]).await;
    let add = |branch: &'static str, mode: &'static str| {
        json!({
            "branchName": branch, "filePath": "script", "fileContent": b64("run\n"),
            "fileMode": mode, "parentCommitId": repo.base,
        })
    };
    repo.yard.ok("PutFile", r(add("main", "NORMAL"))).await;
    repo.yard.ok("PutFile", r(add("dev", "EXECUTABLE"))).await;
    let conflicts = merge(json!({"mergeOption": "SQUASH_MERGE"}));
    let conflicts = repo.yard.ok("GetMergeConflicts", conflicts).await;
    let conflict = &conflicts["conflictMetadataList"][0];
    assert_eq!(
        (
            &conflict["fileModeConflict"],
            &conflict["contentConflict"],
            &conflict["numberOfConflicts"]
        ),
        (&json!(true), &json!(false), &json!(1))
    );
    let input = merge(json!({
        "conflictResolutionStrategy": "AUTOMERGE",
        "conflictResolution": {"setFileModes": [{"filePath": "script", "fileMode": "EXECUTABLE"}]},
    }));
    repo.yard.ok("MergeBranchesByThreeWay", input).await;
    let file = repo.yard.ok("GetFile", r(json!({"filePath": "script"}))).await;
    assert_eq!(file["fileMode"], "EXECUTABLE");
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_name_the_branch_that_moves() {
    let repo = Repo::new(&[("a", "a\n")]).await;
    repo.change("dev", &[("b", "b\n")], &[]).await;
    repo.branch("next").await;
    let eve = repo.yard.yard.user(
        "eve",
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "codecommit:*", "Resource": "*"},
            {"Effect": "Deny", "Action": ["codecommit:Merge*", "codecommit:GitPush"], "Resource": "*",
             "Condition": {"StringEqualsIfExists": {"codecommit:References": ["refs/heads/main"]},
                           "Null": {"codecommit:References": "false"}}},
        ]}),
    );
    for to in ["main", "refs/heads/main", "HEAD"] {
        let input = r(json!({"sourceCommitSpecifier": "dev", "destinationCommitSpecifier": to}));
        for operation in
            ["MergeBranchesByFastForward", "MergeBranchesBySquash", "MergeBranchesByThreeWay"]
        {
            let (status, answer) = repo.yard.call_as(&eve, operation, input.clone()).await;
            assert_eq!((status, &answer["__type"]), (400, &json!("AccessDeniedException")), "{to}");
        }
    }
    let named = r(json!({
        "sourceCommitSpecifier": "dev", "destinationCommitSpecifier": repo.base, "targetBranch": "main",
    }));
    assert_eq!(repo.yard.call_as(&eve, "MergeBranchesByFastForward", named).await.0, 400);
    let next = r(json!({"sourceCommitSpecifier": "dev", "destinationCommitSpecifier": "next"}));
    let (status, answer) = repo.yard.call_as(&eve, "MergeBranchesByFastForward", next).await;
    assert_eq!(status, 200, "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn merges_at_once_do_not_lose_each_other() {
    let repo = Repo::new(&[("a", "a\n")]).await;
    for branch in ["b0", "b1", "b2", "b3"] {
        repo.branch(branch).await;
        repo.change(branch, &[(branch, "x\n")], &[]).await;
    }
    let merge = async |branch: &str| {
        let input = json!({"sourceCommitSpecifier": branch, "destinationCommitSpecifier": "main"});
        repo.yard.call("MergeBranchesByThreeWay", r(input)).await
    };
    let (a, b, c, d) = tokio::join!(merge("b0"), merge("b1"), merge("b2"), merge("b3"));
    let mut merged = 0;
    for (at, (status, answer)) in [a, b, c, d].into_iter().enumerate() {
        if status == 200 {
            merged += 1;
            assert_eq!(repo.file("main", &format!("b{at}")).await, "x\n");
        } else {
            let kind = answer["__type"].as_str().unwrap();
            assert!(kind.ends_with("ConcurrentReferenceUpdateException"), "{answer}");
        }
    }
    assert!(merged > 0);
    let work = repo.yard.clone_to("clone", &repo.yard.root_url("r")).await;
    let count = work.ok(&["rev-list", "--merges", "--count", "HEAD"]).await;
    assert_eq!(count, merged.to_string());
    work.ok(&["fsck", "--full", "--strict"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_without_common_history_are_too_far_apart() {
    let repo = Repo::new(&[("a", "a\n")]).await;
    let work = repo.yard.work("other", &repo.yard.root_url("r")).await;
    work.ok(&["push", "-q", "origin", "main:stranger"]).await;
    let input =
        r(json!({"sourceCommitSpecifier": "stranger", "destinationCommitSpecifier": "main"}));
    for operation in ["GetMergeOptions", "MergeBranchesBySquash", "MergeBranchesByFastForward"] {
        repo.yard.refused("TipsDivergenceExceededException", operation, input.clone()).await;
    }
}

/// What is in the destination already is not merged again: nothing is made, moved or told.
#[tokio::test(flavor = "multi_thread")]
async fn merging_what_is_there_makes_nothing() {
    let repo = Repo::new(&[("a", "one\n")]).await;
    let tip = repo.change("main", &[("b", "two\n")], &[]).await;
    let announced = repo.yard.events().len();
    let of = |source: &str| {
        r(json!({"sourceCommitSpecifier": source, "destinationCommitSpecifier": "main"}))
    };
    // `dev` is behind main.
    for source in ["dev", "main", &tip] {
        for way in ["FastForward", "Squash", "ThreeWay"] {
            let merged = repo.yard.ok(&format!("MergeBranchesBy{way}"), of(source)).await;
            assert_eq!(merged["commitId"], json!(tip), "{way} {source}");
            assert_eq!(repo.tip("main").await, tip);
        }
        let options = repo.yard.ok("GetMergeOptions", of(source)).await;
        assert_eq!(options["mergeOptions"].as_array().unwrap().len(), 3);
        let mut trial = of(source);
        trial["mergeOption"] = json!("SQUASH_MERGE");
        let made = repo.yard.ok("CreateUnreferencedMergeCommit", trial).await;
        assert_eq!(made["commitId"], json!(tip));
    }
    assert_eq!(repo.yard.events().len(), announced);

    // Squashed twice, the second time brings nothing; a three-way merge tells where it came from.
    repo.change("dev", &[("c", "three\n")], &[]).await;
    let squashed = repo.yard.ok("MergeBranchesBySquash", of("dev")).await["commitId"].clone();
    let again = repo.yard.ok("MergeBranchesBySquash", of("dev")).await["commitId"].clone();
    assert_eq!(squashed, again);
    assert_eq!(repo.parents(&squashed).await, [tip]);
    let merged = repo.yard.ok("MergeBranchesByThreeWay", of("dev")).await["commitId"].clone();
    let parents = [squashed.as_str().unwrap().to_owned(), repo.tip("dev").await];
    assert_eq!(repo.parents(&merged).await, parents);
}
