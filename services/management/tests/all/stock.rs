//! The stock clients, and our shapes beside theirs.

use serde_json::json;
use testkit::{TestYard, venv};
use tokio::task::spawn_blocking;

/// `aws logs`, `aws events` and boto3 against a yard.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stock_clients_work() {
    let yard = TestYard::start(management::services()).await;
    let url = yard.url.clone();
    let script = r#"
import boto3, json, sys, time
logs, events = boto3.client("logs"), boto3.client("events")
logs.create_log_group(logGroupName="g", tags={"a": "b"})
logs.create_log_stream(logGroupName="g", logStreamName="s")
now = int(time.time() * 1000)
for n in range(3):
    logs.put_log_events(logGroupName="g", logStreamName="s",
                        logEvents=[{"timestamp": now + n, "message": f"line {n}"}])
pages = logs.get_paginator("filter_log_events").paginate(
    logGroupName="g", PaginationConfig={"PageSize": 1})
assert [e["message"] for p in pages for e in p["events"]] == ["line 0", "line 1", "line 2"]
got = logs.get_log_events(logGroupName="g", logStreamName="s", startFromHead=True)
assert [e["message"] for e in got["events"]] == ["line 0", "line 1", "line 2"], got
try:
    logs.create_log_group(logGroupName="g")
    sys.exit("made twice")
except logs.exceptions.ResourceAlreadyExistsException:
    pass
rule = events.put_rule(Name="r", EventPattern=json.dumps({"source": ["x"]}))
assert rule["RuleArn"].endswith(":rule/r")
assert events.put_events(Entries=[{"Source": "x", "DetailType": "t", "Detail": "{}"}])["FailedEntryCount"] == 0
assert [r["Name"] for p in events.get_paginator("list_rules").paginate() for r in p["Rules"]] == ["r"]
assert boto3.client("cloudtrail").lookup_events()["Events"] == []
"#;
    let python = venv::bin().join("python");
    let keys = yard.root();
    let output = spawn_blocking(move || {
        std::process::Command::new(python)
            .args(["-c", script])
            .env("AWS_ENDPOINT_URL", url)
            .env("AWS_ACCESS_KEY_ID", keys.id)
            .env("AWS_SECRET_ACCESS_KEY", keys.secret)
            .env("AWS_DEFAULT_REGION", testkit::REGION)
            .output()
            .unwrap()
    })
    .await
    .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    yard.stop().await;
}

/// Every member that botocore knows of our operations' inputs and outputs, ours has too, and the
/// other way round; required members agree.
#[test]
fn shapes_agree_with_botocore() {
    let mut ours = serde_json::Map::new();
    for service in management::services() {
        for row in service
            .operations
            .iter()
            .filter(|row| !matches!(row.status, service::Status::Refused(_)))
        {
            let members = |shape: Box<dyn shape::Shape>| -> Vec<_> {
                let fields = shape.schema().fields;
                fields.iter().map(|it| json!([it.name, it.required])).collect()
            };
            let key = format!("{}.{}", service.name, row.name);
            let shapes =
                json!({"input": members((row.input)()), "output": members((row.output)())});
            ours.insert(key, shapes);
        }
    }
    let script = r#"
import botocore.session, json, sys
ours = json.load(sys.stdin)
session = botocore.session.get_session()
wrong = []
for key, shapes in ours.items():
    service, name = key.split(".")
    operation = session.get_service_model(service).operation_model(name)
    for side, model in (("input", operation.input_shape), ("output", operation.output_shape)):
        theirs = set(model.members) if model else set()
        mine = {n for n, _ in shapes[side]}
        if theirs != mine:
            wrong.append(f"{key} {side}: lacks {theirs - mine}, has {mine - theirs}")
        if side == "input" and model:
            required = {n for n, r in shapes[side] if r}
            if required != set(model.required_members):
                wrong.append(f"{key}: required {required} is not {model.required_members}")
sys.exit("\n".join(wrong) or 0)
"#;
    let mut child = std::process::Command::new(venv::bin().join("python"))
        .args(["-c", script])
        .stdin(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let input = serde_json::Value::Object(ours).to_string();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
