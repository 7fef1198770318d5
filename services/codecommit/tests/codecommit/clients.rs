//! boto3 against the yard.

use testkit::{REGION, ROOT_KEY, ROOT_SECRET};
use tokio::process::Command;

use crate::support::{Yard, said};

const FLOW: &str = r#"
import boto3
from botocore.exceptions import ClientError
c = boto3.client("codecommit")
made = c.create_repository(repositoryName="r", tags={"a": "b"})["repositoryMetadata"]
assert made["creationDate"].year >= 2024, made
first = c.put_file(repositoryName="r", branchName="main", filePath="a/b", fileContent=b"\x00\xff", name="A", email="a@b.c")
got = c.get_file(repositoryName="r", filePath="a/b")
assert got["fileContent"] == b"\x00\xff" and got["fileSize"] == 2, got
second = c.create_commit(repositoryName="r", branchName="main", parentCommitId=first["commitId"],
    putFiles=[{"filePath": f"f{i}", "fileContent": b"x"} for i in range(99)], deleteFiles=[{"filePath": "a/b"}])
pages = c.get_paginator("get_differences").paginate(repositoryName="r", afterCommitSpecifier="main",
    beforeCommitSpecifier=first["commitId"], PaginationConfig={"PageSize": 30})
assert sum(len(p["differences"]) for p in pages) == 100
assert [p["repositories"] for p in c.get_paginator("list_repositories").paginate()][0][0]["repositoryName"] == "r"
try:
    c.put_file(repositoryName="r", branchName="main", filePath="x", fileContent=b"y", parentCommitId=first["commitId"])
    raise SystemExit("an outdated parent was taken")
except c.exceptions.ParentCommitIdOutdatedException as e:
    assert "main" in str(e), e
try:
    c.create_pull_request(title="t", targets=[{"repositoryName": "r", "sourceReference": "main"}])
    raise SystemExit("a pull request was taken")
except ClientError as e:
    assert "CreatePullRequest" in str(e), e
assert c.delete_repository(repositoryName="r")["repositoryId"] == made["repositoryId"]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn boto3_works() {
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
