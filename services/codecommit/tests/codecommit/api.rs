//! The operations, their errors and their pages.

use serde_json::{Value, json};
use testkit::REGION;

use crate::support::Yard;

const NOBODY: &str = "1111111111111111111111111111111111111111";
const ONE: &str = "b25l"; // "one"
const TWO: &str = "dHdv"; // "two"

/// Puts a file on main and answers the commit.
async fn put(yard: &Yard, path: &str, content: &str, parent: Option<&str>) -> String {
    let mut input = json!({
        "repositoryName": "r", "branchName": "main", "filePath": path, "fileContent": content,
        "name": "Ann", "email": "ann@example.com", "commitMessage": format!("put {path}"),
    });
    if let Some(parent) = parent {
        input["parentCommitId"] = json!(parent);
    }
    yard.ok("PutFile", input).await["commitId"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn repositories() {
    let yard = Yard::start().await;
    let made = yard
        .ok(
            "CreateRepository",
            json!({"repositoryName": "r", "repositoryDescription": "d", "tags": {"team": "x"}}),
        )
        .await;
    let metadata = &made["repositoryMetadata"];
    assert_eq!(metadata["Arn"], format!("arn:aws:codecommit:{REGION}:123456789012:r"));
    assert_eq!(metadata["cloneUrlHttp"], format!("{}/v1/repos/r", yard.yard.url));
    assert_eq!(metadata["accountId"], "123456789012");
    let got = yard.ok("GetRepository", json!({"repositoryName": "r"})).await;
    assert_eq!(&got["repositoryMetadata"], metadata);
    for (code, input) in [
        ("RepositoryNameRequiredException", json!({})),
        ("RepositoryNameExistsException", json!({"repositoryName": "r"})),
        ("InvalidRepositoryNameException", json!({"repositoryName": "a b"})),
        ("InvalidRepositoryNameException", json!({"repositoryName": "a.git"})),
        ("InvalidRepositoryNameException", json!({"repositoryName": "x".repeat(101)})),
        (
            "InvalidRepositoryDescriptionException",
            json!({"repositoryName": "s", "repositoryDescription": "x".repeat(1001)}),
        ),
        ("InvalidSystemTagUsageException", json!({"repositoryName": "s", "tags": {"aws:x": "y"}})),
        ("InvalidTagsMapException", json!({"repositoryName": "s", "tags": {"": "y"}})),
    ] {
        yard.refused(code, "CreateRepository", input).await;
    }
    yard.refused(
        "EncryptionKeyUnavailableException",
        "CreateRepository",
        json!({"repositoryName": "s", "kmsKeyId": "k"}),
    )
    .await;
    yard.refused(
        "RepositoryDoesNotExistException",
        "GetRepository",
        json!({"repositoryName": "s"}),
    )
    .await;

    yard.ok("UpdateRepositoryName", json!({"oldName": "r", "newName": "r2"})).await;
    yard.refused(
        "RepositoryDoesNotExistException",
        "GetRepository",
        json!({"repositoryName": "r"}),
    )
    .await;
    yard.ok(
        "UpdateRepositoryDescription",
        json!({"repositoryName": "r2", "repositoryDescription": "e"}),
    )
    .await;
    let batch = yard.ok("BatchGetRepositories", json!({"repositoryNames": ["r2", "none"]})).await;
    assert_eq!(batch["repositories"][0]["repositoryDescription"], "e");
    assert_eq!(batch["repositories"][0]["repositoryId"], metadata["repositoryId"]);
    assert_eq!(batch["repositoriesNotFound"], json!(["none"]));
    assert_eq!(batch["errors"][0]["errorCode"], "RepositoryDoesNotExistException");
    let deleted = yard.ok("DeleteRepository", json!({"repositoryName": "r2"})).await;
    assert_eq!(deleted["repositoryId"], metadata["repositoryId"]);
    assert_eq!(yard.ok("DeleteRepository", json!({"repositoryName": "r2"})).await, json!({}));
}

#[tokio::test(flavor = "multi_thread")]
async fn listing() {
    let yard = Yard::start().await;
    for name in ["b", "a", "c"] {
        yard.repository(name).await;
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    let names = async |input: Value| -> Vec<String> {
        let page = yard.ok("ListRepositories", input).await;
        let all = page["repositories"].as_array().unwrap().clone();
        all.iter().map(|r| r["repositoryName"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(json!({})).await, ["a", "b", "c"]);
    assert_eq!(names(json!({"order": "descending"})).await, ["c", "b", "a"]);
    assert_eq!(names(json!({"sortBy": "lastModifiedDate"})).await, ["b", "a", "c"]);
    for (code, input) in [
        ("InvalidSortByException", json!({"sortBy": "size"})),
        ("InvalidOrderException", json!({"order": "up"})),
        ("InvalidContinuationTokenException", json!({"nextToken": "x"})),
    ] {
        yard.refused(code, "ListRepositories", input).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tags() {
    let yard = Yard::start().await;
    yard.repository("r").await;
    let arn = format!("arn:aws:codecommit:{REGION}:123456789012:r");
    yard.ok("TagResource", json!({"resourceArn": arn, "tags": {"a": "1", "b": "2"}})).await;
    yard.ok("UntagResource", json!({"resourceArn": arn, "tagKeys": ["a"]})).await;
    let listed = yard.ok("ListTagsForResource", json!({"resourceArn": arn})).await;
    assert_eq!(listed["tags"], json!({"b": "2"}));
    let many: Value =
        (0..51).map(|i| (format!("k{i}"), json!("v"))).collect::<serde_json::Map<_, _>>().into();
    yard.refused("TooManyTagsException", "TagResource", json!({"resourceArn": arn, "tags": many}))
        .await;
    yard.refused("InvalidResourceArnException", "ListTagsForResource", json!({"resourceArn": "r"}))
        .await;
    yard.refused("TagsMapRequiredException", "TagResource", json!({"resourceArn": arn})).await;

    // A tag decides who may.
    let eve = yard.yard.user(
        "eve",
        json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "codecommit:GetRepository", "Resource": "*",
            "Condition": {"StringEquals": {"aws:ResourceTag/b": "2"}},
        }]}),
    );
    yard.repository("other").await;
    let get =
        async |name| yard.call_as(&eve, "GetRepository", json!({"repositoryName": name})).await.0;
    assert_eq!((get("r").await, get("other").await), (200, 400));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_and_commits() {
    let yard = Yard::start().await;
    yard.repository("r").await;
    let on_r = |mut input: Value| {
        input["repositoryName"] = json!("r");
        input
    };
    yard.refused("CommitDoesNotExistException", "GetFile", on_r(json!({"filePath": "a"}))).await;
    let first = put(&yard, "dir/a", ONE, None).await;
    let metadata = yard.ok("GetRepository", on_r(json!({}))).await;
    assert_eq!(metadata["repositoryMetadata"]["defaultBranch"], "main");

    let file = yard.ok("GetFile", on_r(json!({"filePath": "/dir/a"}))).await;
    assert_eq!(
        (&file["fileContent"], &file["fileMode"], &file["fileSize"], &file["commitId"]),
        (&json!(ONE), &json!("NORMAL"), &json!(3), &json!(first))
    );
    let blob = yard.ok("GetBlob", on_r(json!({"blobId": file["blobId"]}))).await;
    assert_eq!(blob["content"], ONE);
    let commit = yard.ok("GetCommit", on_r(json!({"commitId": first}))).await;
    assert_eq!(commit["commit"]["author"]["email"], "ann@example.com");
    assert_eq!(commit["commit"]["message"], "put dir/a\n");
    assert_eq!(commit["commit"]["parents"], json!([]));

    let branch = json!({"repositoryName": "r", "branchName": "main", "filePath": "dir/a"});
    let with = |more: Value| {
        let mut input = branch.clone();
        more.as_object().unwrap().iter().for_each(|(k, v)| input[k] = v.clone());
        input
    };
    for (code, more) in [
        ("FileContentRequiredException", json!({})),
        ("ParentCommitIdRequiredException", json!({"fileContent": TWO})),
        ("InvalidParentCommitIdException", json!({"fileContent": TWO, "parentCommitId": "x"})),
        (
            "ParentCommitDoesNotExistException",
            json!({"fileContent": TWO, "parentCommitId": NOBODY}),
        ),
        ("SameFileContentException", json!({"fileContent": ONE, "parentCommitId": first})),
        (
            "InvalidPathException",
            json!({"fileContent": ONE, "parentCommitId": first, "filePath": "x/../y"}),
        ),
        (
            "InvalidPathException",
            json!({"fileContent": ONE, "parentCommitId": first, "filePath": ".GIT/x"}),
        ),
        (
            "FileNameConflictsWithDirectoryNameException",
            json!({"fileContent": ONE, "parentCommitId": first, "filePath": "dir"}),
        ),
        (
            "DirectoryNameConflictsWithFileNameException",
            json!({"fileContent": ONE, "parentCommitId": first, "filePath": "dir/a/b"}),
        ),
        (
            "BranchDoesNotExistException",
            json!({"fileContent": ONE, "parentCommitId": first, "branchName": "none"}),
        ),
        (
            "InvalidBranchNameException",
            json!({"fileContent": ONE, "parentCommitId": first, "branchName": "a..b"}),
        ),
        (
            "InvalidEmailException",
            json!({"fileContent": TWO, "parentCommitId": first, "email": "a>b"}),
        ),
        (
            "InvalidFileModeException",
            json!({"fileContent": TWO, "parentCommitId": first, "fileMode": "X"}),
        ),
        (
            "PathRequiredException",
            json!({"fileContent": TWO, "parentCommitId": first, "filePath": null}),
        ),
    ] {
        yard.refused(code, "PutFile", with(more)).await;
    }
    let second = put(&yard, "dir/a", TWO, Some(&first)).await;
    yard.refused(
        "ParentCommitIdOutdatedException",
        "PutFile",
        with(json!({"fileContent": ONE, "parentCommitId": first})),
    )
    .await;

    let folder = yard.ok("GetFolder", on_r(json!({"folderPath": "/"}))).await;
    assert_eq!(folder["subFolders"][0]["absolutePath"], "dir");
    let folder = yard.ok("GetFolder", on_r(json!({"folderPath": "dir/"}))).await;
    assert_eq!(folder["files"][0]["absolutePath"], "dir/a");
    assert_eq!(folder["files"][0]["relativePath"], "a");
    yard.refused("FolderDoesNotExistException", "GetFolder", on_r(json!({"folderPath": "dir/a"})))
        .await;
    let old =
        yard.ok("GetFile", on_r(json!({"filePath": "dir/a", "commitSpecifier": first}))).await;
    assert_eq!(old["fileContent"], ONE);
    for (code, operation, input) in [
        ("FileDoesNotExistException", "GetFile", json!({"filePath": "dir"})),
        (
            "CommitDoesNotExistException",
            "GetFile",
            json!({"filePath": "dir", "commitSpecifier": "x"}),
        ),
        ("InvalidCommitException", "GetFile", json!({"filePath": "dir", "commitSpecifier": "x y"})),
        ("CommitIdDoesNotExistException", "GetCommit", json!({"commitId": NOBODY})),
        ("InvalidCommitIdException", "GetCommit", json!({"commitId": "main"})),
        ("BlobIdDoesNotExistException", "GetBlob", json!({"blobId": second})),
        ("InvalidBlobIdException", "GetBlob", json!({"blobId": "x"})),
    ] {
        yard.refused(code, operation, on_r(input)).await;
    }
    let batch = yard.ok("BatchGetCommits", on_r(json!({"commitIds": [first, NOBODY, "x"]}))).await;
    assert_eq!(batch["commits"][0]["commitId"], json!(first));
    assert_eq!(batch["errors"][0]["errorCode"], "CommitIdDoesNotExistException");
    assert_eq!(batch["errors"][1]["errorCode"], "InvalidCommitIdException");

    let gone = yard
        .ok("DeleteFile", with(json!({"parentCommitId": second, "keepEmptyFolders": true})))
        .await;
    assert_eq!(gone["filePath"], "dir/a");
    let folder = yard.ok("GetFolder", on_r(json!({"folderPath": "dir"}))).await;
    assert_eq!(folder["files"][0]["relativePath"], ".gitkeep");
    yard.refused(
        "FileDoesNotExistException",
        "DeleteFile",
        with(json!({"parentCommitId": gone["commitId"]})),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_files_in_one_commit() {
    let yard = Yard::start().await;
    yard.repository("r").await;
    let first = put(&yard, "a", ONE, None).await;
    let commit = |more: Value| {
        let mut input =
            json!({"repositoryName": "r", "branchName": "main", "parentCommitId": first});
        more.as_object().unwrap().iter().for_each(|(k, v)| input[k] = v.clone());
        input
    };
    for (code, more) in [
        ("FileEntryRequiredException", json!({})),
        ("SourceFileOrContentRequiredException", json!({"putFiles": [{"filePath": "x"}]})),
        (
            "FileContentAndSourceFileSpecifiedException",
            json!({"putFiles": [{"filePath": "x", "fileContent": ONE, "sourceFile": {"filePath": "a"}}]}),
        ),
        (
            "SamePathRequestException",
            json!({"putFiles": [{"filePath": "x", "fileContent": ONE}, {"filePath": "x", "fileContent": TWO}]}),
        ),
        (
            "PutFileEntryConflictException",
            json!({"putFiles": [{"filePath": "x", "fileContent": ONE}, {"filePath": "x/y", "fileContent": TWO}]}),
        ),
        (
            "SamePathRequestException",
            json!({"putFiles": [{"filePath": "a", "fileContent": TWO}], "deleteFiles": [{"filePath": "a"}]}),
        ),
        ("NoChangeException", json!({"putFiles": [{"filePath": "a", "fileContent": ONE}]})),
        ("FileModeRequiredException", json!({"setFileModes": [{"filePath": "a"}]})),
        ("FileDoesNotExistException", json!({"deleteFiles": [{"filePath": "none"}]})),
        (
            "FileDoesNotExistException",
            json!({"putFiles": [{"filePath": "x", "sourceFile": {"filePath": "none"}}]}),
        ),
        (
            "RestrictedSourceFileException",
            json!({"putFiles": [{"filePath": "x", "sourceFile": {"filePath": "d/.gitkeep"}}]}),
        ),
        (
            "MaximumFileEntriesExceededException",
            json!({"deleteFiles": (0..101).map(|i| json!({"filePath": format!("f{i}")})).collect::<Vec<_>>()}),
        ),
    ] {
        yard.refused(code, "CreateCommit", commit(more)).await;
    }
    let made = yard
        .ok(
            "CreateCommit",
            commit(json!({
                "authorName": "Ann",
                "putFiles": [
                    {"filePath": "moved", "sourceFile": {"filePath": "a", "isMove": true}},
                    {"filePath": "new/run", "fileContent": TWO, "fileMode": "EXECUTABLE"},
                ],
            })),
        )
        .await;
    let paths = |list: &str| -> Vec<String> {
        let all = made[list].as_array().unwrap();
        all.iter().map(|f| f["absolutePath"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(paths("filesAdded"), ["moved", "new/run"]);
    assert_eq!((paths("filesUpdated"), paths("filesDeleted")), (vec![], vec!["a".to_owned()]));

    let differ = |more: Value| {
        let mut input = json!({"repositoryName": "r", "beforeCommitSpecifier": first, "afterCommitSpecifier": "main"});
        more.as_object().unwrap().iter().for_each(|(k, v)| input[k] = v.clone());
        input
    };
    let shown = |answer: &Value| -> Vec<String> {
        let all = answer["differences"].as_array().unwrap();
        let path = |d: &Value| {
            d["afterBlob"]["path"].as_str().or(d["beforeBlob"]["path"].as_str()).unwrap().to_owned()
        };
        all.iter().map(|d| format!("{} {}", d["changeType"].as_str().unwrap(), path(d))).collect()
    };
    let all = yard.ok("GetDifferences", differ(json!({}))).await;
    assert_eq!(shown(&all), ["D a", "A moved", "A new/run"]);
    assert_eq!(all["differences"][2]["afterBlob"]["mode"], "100755");
    let page = yard.ok("GetDifferences", differ(json!({"MaxResults": 2}))).await;
    assert_eq!(shown(&page), ["D a", "A moved"]);
    let rest = yard
        .ok("GetDifferences", differ(json!({"MaxResults": 2, "NextToken": page["NextToken"]})))
        .await;
    assert_eq!((shown(&rest), &rest["NextToken"]), (vec!["A new/run".to_owned()], &Value::Null));
    let under = yard.ok("GetDifferences", differ(json!({"afterPath": "new"}))).await;
    assert_eq!(shown(&under), ["A new/run"]);
    let across = differ(json!({"beforePath": "a", "afterPath": "moved"}));
    assert_eq!(shown(&yard.ok("GetDifferences", across).await), Vec::<String>::new());
    let new = json!({"repositoryName": "r", "afterCommitSpecifier": "refs/heads/main"});
    assert_eq!(shown(&yard.ok("GetDifferences", new).await), ["A moved", "A new/run"]);
    for (code, more) in [
        ("InvalidMaxResultsException", json!({"MaxResults": 0})),
        ("InvalidContinuationTokenException", json!({"NextToken": "x"})),
        ("PathDoesNotExistException", json!({"afterPath": "none"})),
        ("CommitRequiredException", json!({"afterCommitSpecifier": null})),
    ] {
        yard.refused(code, "GetDifferences", differ(more)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn branches_and_what_they_announce() {
    let yard = Yard::start().await;
    yard.repository("r").await;
    let first = put(&yard, "a", ONE, None).await;
    let branch = |name: &str| json!({"repositoryName": "r", "branchName": name, "commitId": first});
    yard.ok("CreateBranch", branch("dev")).await;
    for (code, input) in [
        ("BranchNameExistsException", branch("dev")),
        ("BranchNameExistsException", branch("dev/inside")),
        ("InvalidBranchNameException", branch("a b")),
        ("BranchNameRequiredException", json!({"repositoryName": "r", "commitId": first})),
        ("CommitIdRequiredException", json!({"repositoryName": "r", "branchName": "x"})),
        (
            "InvalidCommitIdException",
            json!({"repositoryName": "r", "branchName": "x", "commitId": "m"}),
        ),
        (
            "CommitDoesNotExistException",
            json!({"repositoryName": "r", "branchName": "x", "commitId": NOBODY}),
        ),
    ] {
        yard.refused(code, "CreateBranch", input).await;
    }
    let got = yard.ok("GetBranch", branch("dev")).await;
    assert_eq!(got["branch"], json!({"branchName": "dev", "commitId": first}));
    yard.refused("BranchDoesNotExistException", "GetBranch", branch("none")).await;
    yard.refused("RepositoryNameRequiredException", "GetBranch", json!({"branchName": "x"})).await;
    yard.refused("DefaultBranchCannotBeDeletedException", "DeleteBranch", branch("main")).await;
    yard.ok("UpdateDefaultBranch", json!({"repositoryName": "r", "defaultBranchName": "dev"}))
        .await;
    yard.refused(
        "BranchDoesNotExistException",
        "UpdateDefaultBranch",
        json!({"repositoryName": "r", "defaultBranchName": "none"}),
    )
    .await;
    let gone = yard.ok("DeleteBranch", branch("main")).await;
    assert_eq!(gone["deletedBranch"]["commitId"], json!(first));
    assert_eq!(yard.ok("DeleteBranch", branch("main")).await, json!({}));

    let events = yard.events();
    let facts: Vec<_> = events
        .iter()
        .map(|e| (e.detail["event"].as_str().unwrap(), e.detail["referenceName"].as_str().unwrap()))
        .collect();
    assert_eq!(
        facts,
        [("referenceCreated", "main"), ("referenceCreated", "dev"), ("referenceDeleted", "main")]
    );
    let event = &events[0];
    assert_eq!(event.source, "aws.codecommit");
    assert_eq!(event.detail_type, "CodeCommit Repository State Change");
    assert_eq!(event.resources, [format!("arn:aws:codecommit:{REGION}:123456789012:r")]);
    assert_eq!(event.detail["commitId"], json!(first));
    assert_eq!(event.detail["referenceFullName"], "refs/heads/main");
    assert_eq!(event.detail["callerUserArn"], "arn:aws:iam::123456789012:root");
    assert_eq!(events[2].detail["oldCommitId"], json!(first));

    for i in 0..105 {
        yard.ok("CreateBranch", branch(&format!("b{i:03}"))).await;
    }
    let page = yard.ok("ListBranches", json!({"repositoryName": "r"})).await;
    let more = yard
        .ok("ListBranches", json!({"repositoryName": "r", "nextToken": page["nextToken"]}))
        .await;
    let count = |page: &Value| page["branches"].as_array().unwrap().len();
    assert_eq!((count(&page), count(&more)), (100, 6));
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_name_branches() {
    let yard = Yard::start().await;
    yard.repository("r").await;
    let first = put(&yard, "a", ONE, None).await;
    yard.ok("CreateBranch", json!({"repositoryName": "r", "branchName": "dev", "commitId": first}))
        .await;
    let eve = yard.yard.user(
        "eve",
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "codecommit:*", "Resource": "*"},
            {"Effect": "Deny",
             "Action": ["codecommit:GitPush", "codecommit:DeleteBranch", "codecommit:PutFile",
                        "codecommit:CreateCommit"],
             "Resource": format!("arn:aws:codecommit:{REGION}:123456789012:r"),
             "Condition": {"StringEqualsIfExists": {"codecommit:References": ["refs/heads/main"]},
                           "Null": {"codecommit:References": "false"}}},
        ]}),
    );
    let put = async |branch: &str| {
        let input = json!({"repositoryName": "r", "branchName": branch, "filePath": "b",
                           "fileContent": ONE, "parentCommitId": first});
        yard.call_as(&eve, "PutFile", input).await
    };
    let (status, answer) = put("main").await;
    assert_eq!(status, 400);
    assert_eq!(answer["__type"], "AccessDeniedException");
    assert!(
        answer["message"].as_str().unwrap_or_default().contains("codecommit:PutFile"),
        "{answer}"
    );
    let (status, answer) = put("dev").await;
    assert_eq!(status, 200, "{answer}");
    // Without a name of its own, the commit is by the caller.
    let id = answer["commitId"].clone();
    let commit = yard.ok("GetCommit", json!({"repositoryName": "r", "commitId": id})).await;
    assert_eq!(commit["commit"]["author"]["name"], "arn:aws:iam::123456789012:user/eve");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_refused_by_name() {
    let yard = Yard::start().await;
    let (status, answer) = yard.call("TestRepositoryTriggers", json!({})).await;
    assert_eq!(status, 501);
    assert!(answer["message"].as_str().unwrap().contains("TestRepositoryTriggers"), "{answer}");
}
