//! CloudWatch Logs, EventBridge, CloudTrail.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Data, Yard, until};

#[test]
fn logs_are_kept_and_found() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    root.aws(&["logs", "create-log-group", "--log-group-name", "g"]);
    root.aws(&["logs", "create-log-stream", "--log-group-name", "g", "--log-stream-name", "s"]);
    let now =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    let events = json!([
        {"timestamp": now, "message": "{\"level\": \"error\", \"code\": 7}"},
        {"timestamp": now + 1, "message": "all is well"}]);
    root.aws(&[
        "logs",
        "put-log-events",
        "--log-group-name",
        "g",
        "--log-stream-name",
        "s",
        "--log-events",
        &events.to_string(),
    ]);
    let page =
        root.aws(&["logs", "get-log-events", "--log-group-name", "g", "--log-stream-name", "s"]);
    assert_eq!(page["events"].as_array().unwrap().len(), 2);
    for (pattern, hits) in [("well", 1), ("{ $.code = 7 }", 1), ("{ $.code > 7 }", 0), ("-well", 1)]
    {
        let found = root.aws(&[
            "logs",
            "filter-log-events",
            "--log-group-name",
            "g",
            &format!("--filter-pattern={pattern}"),
        ]);
        assert_eq!(found["events"].as_array().unwrap().len(), hits, "{pattern}: {found}");
    }
    root.refused(
        "ResourceNotFoundException",
        &["logs", "get-log-events", "--log-group-name", "none", "--log-stream-name", "s"],
    );
    root.refused(
        "ResourceAlreadyExistsException",
        &["logs", "create-log-group", "--log-group-name", "g"],
    );
    let ann = yard.user("ann", &json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "logs:GetLogEvents", "Resource": "arn:aws:logs:*:*:log-group:g:*"}]}));
    ann.aws(&["logs", "get-log-events", "--log-group-name", "g", "--log-stream-name", "s"]);
    ann.refused("AccessDenied", &["logs", "delete-log-group", "--log-group-name", "g"]);
}

#[test]
fn a_rule_writes_matching_events_to_a_log_group() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    let account = root.aws(&["sts", "get-caller-identity"])["Account"].as_str().unwrap().to_owned();
    root.aws(&["logs", "create-log-group", "--log-group-name", "/aws/events/all"]);
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]},
         "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}]});
    root.aws(&[
        "logs",
        "put-resource-policy",
        "--policy-name",
        "events",
        "--policy-document",
        &policy.to_string(),
    ]);
    let pattern = json!({"source": [{"prefix": "my."}], "detail": {"n": [{"numeric": [">", 3]}]}});
    root.aws(&["events", "put-rule", "--name", "r", "--event-pattern", &pattern.to_string()]);
    let arn = format!("arn:aws:logs:us-east-1:{account}:log-group:/aws/events/all");
    let put = root.aws(&[
        "events",
        "put-targets",
        "--rule",
        "r",
        "--targets",
        &format!("Id=1,Arn={arn}"),
    ]);
    assert_eq!(put["FailedEntryCount"], 0, "{put}");
    for n in [1, 5] {
        let entry =
            json!([{"Source": "my.app", "DetailType": "T", "Detail": json!({"n": n}).to_string()}]);
        root.aws(&["events", "put-events", "--entries", &entry.to_string()]);
    }
    let found = until(Duration::from_secs(10), "the event arrives", || {
        let found =
            root.try_aws(&["logs", "filter-log-events", "--log-group-name", "/aws/events/all"]);
        let found: serde_json::Value = serde_json::from_slice(&found.stdout).ok()?;
        (!found["events"].as_array()?.is_empty()).then_some(found)
    });
    let messages = found["events"].to_string();
    assert!(messages.contains("\\\"n\\\":5") && !messages.contains("\\\"n\\\":1"), "{messages}");
    root.refused("ResourceNotFoundException", &["events", "describe-rule", "--name", "none"]);
    let rate = ["events", "put-rule", "--name", "x", "--schedule-expression", "rate(5 minutes)"];
    assert!(!root.try_aws(&rate).status.success(), "schedules are refused until they run");
}

#[test]
fn the_audit_trail_tells_who_did_what() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    let ann = yard.user(
        "ann",
        &json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]}),
    );
    ann.refused("AccessDenied", &["iam", "create-user", "--user-name", "eve"]);
    root.aws(&[
        "secretsmanager",
        "create-secret",
        "--name",
        "s",
        "--secret-string",
        "hunter2hunter2",
    ]);
    let event = until(Duration::from_secs(10), "the trail has it", || {
        let found = root.aws(&[
            "cloudtrail",
            "lookup-events",
            "--lookup-attributes",
            "AttributeKey=Username,AttributeValue=ann",
        ]);
        found["Events"].as_array()?.first().cloned()
    });
    let record = event["CloudTrailEvent"].as_str().unwrap();
    assert!(
        record.contains("\"eventName\":\"CreateUser\"") && record.contains("AccessDenied"),
        "{record}"
    );
    let found = until(Duration::from_secs(10), "the trail has it", || {
        let found = root.aws(&[
            "cloudtrail",
            "lookup-events",
            "--lookup-attributes",
            "AttributeKey=EventName,AttributeValue=CreateSecret",
        ]);
        (!found["Events"].as_array()?.is_empty()).then_some(found)
    });
    assert!(!found.to_string().contains("hunter2"), "secrets stay out: {found}");
}
