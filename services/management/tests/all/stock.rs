//! The stock clients.

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
