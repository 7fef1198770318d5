//! The shapes against botocore's own model, and boto3 against the yard.

use std::process::Stdio;

use codeyard_svc_codecommit::service;
use serde_json::{Value, json};
use shape::{Shape, Slot};
use testkit::{REGION, ROOT_KEY, ROOT_SECRET};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::support::{Yard, said};

/// A shape as `{member: [type, required]}`.
fn structure(shape: &mut dyn Shape) -> Value {
    let fields = shape.schema().fields;
    let member = |index: usize| json!([kind(shape.slot(index)), fields[index].required]);
    let mut member = member;
    let members: Vec<Value> = (0..fields.len()).map(&mut member).collect();
    fields
        .iter()
        .zip(members)
        .map(|(f, m)| (f.name.to_owned(), m))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn kind(slot: Slot<'_>) -> Value {
    match slot {
        Slot::String(_) => json!("string"),
        Slot::Enum(words) => json!({ "enum": words.words() }),
        Slot::Bool(_) => json!("boolean"),
        Slot::Int(_) => json!("integer"),
        Slot::Long(_) => json!("long"),
        Slot::Blob(_) => json!("blob"),
        Slot::Timestamp(_) => json!("timestamp"),
        Slot::Struct(inner) => json!({ "structure": structure(inner) }),
        Slot::List(list) => json!({ "list": kind(list.push()) }),
        Slot::Map(map) => json!({ "map": kind(map.insert("k".to_owned())) }),
        Slot::Double(_) | Slot::Document(_) | Slot::Body(_) | Slot::Nothing => json!("other"),
    }
}

const COMPARE: &str = r#"
import botocore.session, json, sys
ours = json.load(sys.stdin)
model = botocore.session.get_session().get_service_model("codecommit")
def kind(shape):
    if shape.type_name == "structure": return {"structure": structure(shape)}
    if shape.type_name == "list": return {"list": kind(shape.member)}
    if shape.type_name == "map": return {"map": kind(shape.value)}
    if getattr(shape, "enum", None): return {"enum": sorted(shape.enum)}
    return shape.type_name
def structure(shape):
    return {n: [kind(m), n in shape.required_members] for n, m in (shape.members if shape else {}).items()}
def normal(value):
    if isinstance(value, dict): return {k: sorted(v) if k == "enum" else normal(v) for k, v in value.items()}
    if isinstance(value, list): return [normal(v) for v in value]
    return value
wrong = []
codes = {e.name for n in model.operation_names for e in model.operation_model(n).error_shapes}
wrong += [f"no such error: {c}" for c in ours["errors"] if c not in codes]
names = set(ours["operations"]) | set(ours["lacks"])
wrong += [f"unknown or forgotten: {n}" for n in names ^ set(model.operation_names)]
def compare(where, mine, theirs):
    if mine == theirs: return
    if isinstance(mine, dict) and isinstance(theirs, dict):
        for k in sorted(set(mine) | set(theirs)):
            if k not in mine or k not in theirs: wrong.append(f"{where}.{k}: only {'here' if k in mine else 'there'}")
            else: compare(f"{where}.{k}", mine[k], theirs[k])
    elif isinstance(mine, list) and isinstance(theirs, list) and len(mine) == 2 == len(theirs):
        compare(where, mine[0], theirs[0])
        if mine[1] != theirs[1]: wrong.append(f"{where}: required {mine[1]} instead of {theirs[1]}")
    else: wrong.append(f"{where}: {mine} instead of {theirs}")
for name, both in ours["operations"].items():
    op = model.operation_model(name)
    for at, shape in (("input", op.input_shape), ("output", op.output_shape)):
        compare(f"{name} {at}", normal(both[at]), normal(structure(shape)))
sys.exit("\n".join(wrong) or 0)
"#;

#[tokio::test]
async fn shapes_are_those_of_botocore() {
    let service = service();
    let (mut operations, mut lacks, mut errors) = (serde_json::Map::new(), Vec::new(), Vec::new());
    for row in &service.operations {
        if matches!(row.status, service::Status::Refused(_)) {
            lacks.push(row.name);
            continue;
        }
        let (mut input, mut output) = ((row.input)(), (row.output)());
        let both =
            json!({ "input": structure(input.as_mut()), "output": structure(output.as_mut()) });
        operations.insert(row.name.to_owned(), both);
        errors.extend(row.errors.iter().map(|kind| kind.code));
    }
    let ours = json!({ "operations": operations, "lacks": lacks, "errors": errors });
    let mut python = Command::new(testkit::venv::bin().join("python"))
        .args(["-c", COMPARE])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(ours.to_string().as_bytes()).await.unwrap();
    let output = python.wait_with_output().await.unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

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
