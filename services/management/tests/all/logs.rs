//! CloudWatch Logs over the wire.

use std::time::{Duration, Instant};

use api_management::logs as api;
use serde_json::{Value, json};
use service::Cx;
use testkit::TestYard;
use types::{ManualClock, Timestamp, system_clock};

use crate::{ok, refused, refused_as};

async fn start() -> TestYard {
    TestYard::start(management::services()).await
}

fn now() -> i64 {
    system_clock().now().millis()
}

async fn logs(yard: &TestYard, operation: &str, input: Value) -> Value {
    ok(yard, &format!("Logs_20140328.{operation}"), input).await
}

async fn no_logs(yard: &TestYard, operation: &str, input: Value) -> (String, String) {
    refused(yard, &format!("Logs_20140328.{operation}"), input).await
}

async fn stream(yard: &TestYard, group: &str, stream: &str) {
    let (_, _) =
        yard.json("logs", "Logs_20140328.CreateLogGroup", json!({"logGroupName": group})).await;
    let input = json!({"logGroupName": group, "logStreamName": stream});
    logs(yard, "CreateLogStream", input).await;
}

async fn put(yard: &TestYard, group: &str, stream: &str, events: &[(i64, &str)]) -> Value {
    let events: Vec<_> = events
        .iter()
        .map(|(timestamp, message)| json!({"timestamp": timestamp, "message": message}))
        .collect();
    let input = json!({"logGroupName": group, "logStreamName": stream, "logEvents": events});
    logs(yard, "PutLogEvents", input).await
}

fn messages(answer: &Value) -> Vec<&str> {
    let events = answer["events"].as_array().unwrap();
    events.iter().map(|event| event["message"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn groups_and_streams() {
    let yard = start().await;
    for name in ["/aws/codebuild/a", "/aws/codebuild/b", "other"] {
        logs(&yard, "CreateLogGroup", json!({"logGroupName": name, "tags": {"k": name}})).await;
    }
    let (code, message) = no_logs(&yard, "CreateLogGroup", json!({"logGroupName": "other"})).await;
    assert_eq!(code, "ResourceAlreadyExistsException");
    assert_eq!(message, "The specified log group already exists");
    for (member, value) in [("kmsKeyId", json!("k")), ("logGroupClass", json!("DELIVERY"))] {
        let (code, message) =
            no_logs(&yard, "CreateLogGroup", json!({"logGroupName": "x", member: value})).await;
        assert_eq!(code, "InvalidParameterException");
        assert!(message.contains(member), "{message}");
    }
    let (code, message) = no_logs(&yard, "CreateLogGroup", json!({"logGroupName": "a b"})).await;
    assert_eq!(code, "InvalidParameterException");
    assert!(message.contains("logGroupName"), "{message}");

    let page = logs(&yard, "DescribeLogGroups", json!({"limit": 2})).await;
    assert_eq!(page["logGroups"].as_array().unwrap().len(), 2);
    let token = page["nextToken"].clone();
    let rest = logs(&yard, "DescribeLogGroups", json!({"limit": 2, "nextToken": token})).await;
    assert_eq!(rest["logGroups"][0]["logGroupName"], "other");
    assert_eq!(rest["nextToken"], Value::Null);
    let found = logs(&yard, "DescribeLogGroups", json!({"logGroupNamePattern": "build/b"})).await;
    assert_eq!(
        found["logGroups"][0]["arn"],
        "arn:aws:logs:us-east-1:123456789012:log-group:/aws/codebuild/b:*"
    );
    let found =
        logs(&yard, "DescribeLogGroups", json!({"logGroupNamePrefix": "/aws/codebuild/"})).await;
    assert_eq!(found["logGroups"].as_array().unwrap().len(), 2);
    let (code, _) = no_logs(&yard, "DescribeLogGroups", json!({"nextToken": "x"})).await;
    assert_eq!(code, "InvalidParameterException");

    let arn = "arn:aws:logs:us-east-1:123456789012:log-group:other";
    logs(&yard, "TagResource", json!({"resourceArn": arn, "tags": {"more": "1"}})).await;
    logs(&yard, "UntagResource", json!({"resourceArn": arn, "tagKeys": ["k"]})).await;
    let tags = logs(&yard, "ListTagsForResource", json!({"resourceArn": arn})).await;
    assert_eq!(tags["tags"], json!({"more": "1"}));

    for name in ["s1", "s2", "s3"] {
        stream(&yard, "other", name).await;
    }
    put(&yard, "other", "s2", &[(now() - 5000, "a")]).await;
    put(&yard, "other", "s1", &[(now() - 3000, "b")]).await;
    let input = json!({"logGroupName": "other", "orderBy": "LastEventTime", "descending": true});
    let names = logs(&yard, "DescribeLogStreams", input).await;
    let names: Vec<_> =
        names["logStreams"].as_array().unwrap().iter().map(|it| &it["logStreamName"]).collect();
    assert_eq!(names, ["s1", "s2", "s3"]);
    let input = json!({"logGroupIdentifier": arn, "limit": 2});
    let page = logs(&yard, "DescribeLogStreams", input).await;
    assert_eq!(page["logStreams"].as_array().unwrap().len(), 2);
    let input =
        json!({"logGroupName": "other", "logStreamNamePrefix": "s", "orderBy": "LastEventTime"});
    assert_eq!(no_logs(&yard, "DescribeLogStreams", input).await.0, "InvalidParameterException");

    let stored = |answer: &Value| answer["logGroups"][0]["storedBytes"].as_i64().unwrap();
    let described = logs(&yard, "DescribeLogGroups", json!({"logGroupNamePrefix": "other"})).await;
    assert!(stored(&described) > 0);
    logs(&yard, "DeleteLogStream", json!({"logGroupName": "other", "logStreamName": "s1"})).await;
    logs(&yard, "DeleteLogStream", json!({"logGroupName": "other", "logStreamName": "s2"})).await;
    let described = logs(&yard, "DescribeLogGroups", json!({"logGroupNamePrefix": "other"})).await;
    assert_eq!(stored(&described), 0);
    let protect = json!({"logGroupIdentifier": "other", "deletionProtectionEnabled": true});
    logs(&yard, "PutLogGroupDeletionProtection", protect).await;
    let (code, _) = no_logs(&yard, "DeleteLogGroup", json!({"logGroupName": "other"})).await;
    assert_eq!(code, "ValidationException");
    let protect = json!({"logGroupIdentifier": "other", "deletionProtectionEnabled": false});
    logs(&yard, "PutLogGroupDeletionProtection", protect).await;
    logs(&yard, "DeleteLogGroup", json!({"logGroupName": "other"})).await;
    let (code, message) = no_logs(&yard, "DeleteLogGroup", json!({"logGroupName": "other"})).await;
    assert_eq!(code, "ResourceNotFoundException");
    assert_eq!(message, "The specified log group does not exist.");
    let (code, message) = no_logs(&yard, "StartLiveTail", json!({})).await;
    assert!(message.contains("StartLiveTail"), "{code} {message}");
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_paged_both_ways() {
    let yard = start().await;
    stream(&yard, "g", "s").await;
    let base = now() - 100_000;
    for batch in 0..4_i64 {
        let events: Vec<_> = (0..5).map(|n| (base + batch * 5 + n, "m")).collect();
        let texts: Vec<_> = (0..5).map(|n| format!("line {}", batch * 5 + n)).collect();
        let events: Vec<_> =
            events.iter().zip(&texts).map(|((at, _), text)| (*at, text.as_str())).collect();
        put(&yard, "g", "s", &events).await;
    }
    let get = async |more: Value| {
        let mut input = json!({"logGroupName": "g", "logStreamName": "s"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        logs(&yard, "GetLogEvents", input).await
    };
    let lines = |range: std::ops::Range<i32>| -> Vec<String> {
        range.map(|n| format!("line {n}")).collect()
    };
    let all = get(json!({"startFromHead": true})).await;
    assert_eq!(messages(&all), lines(0..20));
    let first = get(json!({"startFromHead": true, "limit": 8})).await;
    assert_eq!(messages(&first), lines(0..8));
    let second = get(json!({"nextToken": first["nextForwardToken"], "limit": 8})).await;
    assert_eq!(messages(&second), lines(8..16));
    let back = get(json!({"nextToken": second["nextBackwardToken"], "limit": 3})).await;
    assert_eq!(messages(&back), lines(5..8));
    let third = get(json!({"nextToken": second["nextForwardToken"]})).await;
    assert_eq!(messages(&third), lines(16..20));
    let end = get(json!({"nextToken": third["nextForwardToken"]})).await;
    assert!(messages(&end).is_empty());
    assert_eq!(end["nextForwardToken"], third["nextForwardToken"], "the end gives its token back");
    put(&yard, "g", "s", &[(now(), "late")]).await;
    let more = get(json!({"nextToken": end["nextForwardToken"]})).await;
    assert_eq!(messages(&more), ["late"]);
    let last = get(json!({"limit": 2})).await;
    assert_eq!(messages(&last), ["line 19", "late"]);
    let range = get(json!({"startTime": base + 3, "endTime": base + 5})).await;
    assert_eq!(messages(&range), lines(3..5));
    let input = json!({"logGroupName": "g", "logStreamName": "s", "nextToken": "f/x"});
    assert_eq!(no_logs(&yard, "GetLogEvents", input).await.0, "InvalidParameterException");
    let (code, _) =
        no_logs(&yard, "GetLogEvents", json!({"logGroupName": "g", "logStreamName": "x"})).await;
    assert_eq!(code, "ResourceNotFoundException");
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn late_events_stand_where_their_time_is() {
    let yard = start().await;
    stream(&yard, "g", "s").await;
    let base = now() - 100_000;
    put(&yard, "g", "s", &[(base + 10, "c"), (base + 30, "e")]).await;
    put(&yard, "g", "s", &[(base, "a"), (base + 5, "b"), (base + 20, "d")]).await;
    let input = json!({"logGroupName": "g", "logStreamName": "s", "startFromHead": true});
    assert_eq!(messages(&logs(&yard, "GetLogEvents", input).await), ["a", "b", "c", "d", "e"]);
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_that_break_the_rules() {
    let yard = start().await;
    stream(&yard, "g", "s").await;
    let at = now();
    for events in [
        json!([{"timestamp": at, "message": "b"}, {"timestamp": at - 1, "message": "a"}]),
        json!([{"timestamp": at - 90_000_000, "message": "a"}, {"timestamp": at, "message": "b"}]),
        json!([{"timestamp": at, "message": ""}]),
        json!([]),
    ] {
        let input = json!({"logGroupName": "g", "logStreamName": "s", "logEvents": events});
        assert_eq!(no_logs(&yard, "PutLogEvents", input).await.0, "InvalidParameterException");
    }
    let day = 86_400_000;
    let answer = put(&yard, "g", "s", &[(at - 20 * day, "old")]).await;
    assert_eq!(answer["rejectedLogEventsInfo"]["tooOldLogEventEndIndex"], 1);
    let answer = put(&yard, "g", "s", &[(at, "now"), (at + day / 2, "future")]).await;
    assert_eq!(answer["rejectedLogEventsInfo"]["tooNewLogEventStartIndex"], 1);
    let input = json!({"logGroupName": "g", "logStreamName": "s"});
    assert_eq!(messages(&logs(&yard, "GetLogEvents", input).await), ["now"]);
    for (group, stream) in [("g", "missing"), ("missing", "s")] {
        let events = json!([{"timestamp": at, "message": "m"}]);
        let input = json!({"logGroupName": group, "logStreamName": stream, "logEvents": events});
        assert_eq!(no_logs(&yard, "PutLogEvents", input).await.0, "ResourceNotFoundException");
    }
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn filtering_merges_streams_and_pages() {
    let yard = start().await;
    let base = now() - 100_000;
    for name in ["a", "b", "c"] {
        stream(&yard, "g", name).await;
    }
    for n in 0..10 {
        let name = ["a", "b", "c"][n as usize % 3];
        let text = if n % 2 == 0 { format!("ERROR {n}") } else { format!("ok {n}") };
        put(&yard, "g", name, &[(base + n, &text)]).await;
    }
    put(&yard, "g", "c", &[(base + 50, r#"{"level": "ERROR", "n": 7}"#)]).await;
    let filter = async |more: Value| {
        let mut input = json!({"logGroupName": "g"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        logs(&yard, "FilterLogEvents", input).await
    };
    let all = filter(json!({"filterPattern": "ERROR -level"})).await;
    assert_eq!(messages(&all), ["ERROR 0", "ERROR 2", "ERROR 4", "ERROR 6", "ERROR 8"]);
    let json = filter(json!({"filterPattern": r#"{ $.level = "ERROR" && $.n > 5 }"#})).await;
    assert_eq!(json["events"][0]["logStreamName"], "c");
    assert_eq!(json["events"].as_array().unwrap().len(), 1);
    let mut seen = Vec::new();
    let mut ids = std::collections::BTreeSet::new();
    let mut token = Value::Null;
    loop {
        let page = filter(json!({"limit": 3, "nextToken": token})).await;
        for event in page["events"].as_array().unwrap() {
            seen.push(event["timestamp"].as_i64().unwrap() - base);
            assert!(ids.insert(event["eventId"].as_str().unwrap().to_owned()));
        }
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(seen, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 50]);
    let (mut back, mut token) = (Vec::new(), Value::Null);
    loop {
        let page = filter(json!({"limit": 4, "nextToken": token, "startFromHead": false})).await;
        let events = page["events"].as_array().unwrap();
        back.extend(events.iter().map(|event| event["timestamp"].as_i64().unwrap() - base));
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(back, [50, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0], "newest first");
    let input = json!({"logGroupName": "g", "startFromHead": false, "startTime": 1});
    assert_eq!(no_logs(&yard, "FilterLogEvents", input).await.0, "InvalidParameterException");
    let some = filter(json!({"logStreamNames": ["b"], "startTime": base + 4})).await;
    assert_eq!(messages(&some), ["ERROR 4", "ok 7"]);
    let some = filter(json!({"logStreamNamePrefix": "a", "endTime": base + 4})).await;
    assert_eq!(messages(&some), ["ERROR 0", "ok 3"]);
    for bad in ["a.b", "{ $.a }", "[a, b]"] {
        let input = json!({"logGroupName": "g", "filterPattern": bad});
        assert_eq!(no_logs(&yard, "FilterLogEvents", input).await.0, "InvalidParameterException");
    }
    let input = json!({"logGroupName": "g", "logStreamNames": ["none"]});
    assert_eq!(no_logs(&yard, "FilterLogEvents", input).await.0, "ResourceNotFoundException");
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_older_than_the_retention_goes_away() {
    let clock = ManualClock::new(Timestamp::from_secs(system_clock().now().secs()));
    let yard = TestYard::builder(management::services()).clock(clock.clone()).start().await;
    stream(&yard, "g", "s").await;
    let at = types::Clock::now(&*clock).millis();
    let day = 86_400_000;
    put(&yard, "g", "s", &[(at - 10 * day, "ten days old")]).await;
    // Too large to share a chunk with the others.
    let large = "x".repeat(70_000);
    put(&yard, "g", "s", &[(at - 2 * day, &large)]).await;
    let get = async || {
        let input = json!({"logGroupName": "g", "logStreamName": "s"});
        messages(&logs(&yard, "GetLogEvents", input).await).len()
    };
    assert_eq!(get().await, 2);
    let policy = |days: i32| json!({"logGroupName": "g", "retentionInDays": days});
    assert_eq!(
        no_logs(&yard, "PutRetentionPolicy", policy(2)).await.0,
        "InvalidParameterException"
    );
    let stored = || {
        let all = yard.yard().store().read(|tx| tx.scan_raw("log-data", &store::Range::all()));
        all.unwrap().len()
    };
    assert_eq!(stored(), 2);
    logs(&yard, "PutRetentionPolicy", policy(7)).await;
    assert_eq!(get().await, 1, "gone for readers at once");
    TestYard::until(Duration::from_secs(5), async || (stored() == 1).then_some(())).await;
    let answer = put(&yard, "g", "s", &[(at - 8 * day, "expired")]).await;
    assert_eq!(answer["rejectedLogEventsInfo"]["expiredLogEventEndIndex"], 1);
    // From here on signatures would be too old.
    let root = yard.yard().identity().root(&yard.yard().config().account);
    let region = yard.yard().config().region.clone();
    let cx = Cx::background(yard.yard(), root, region, "test");
    clock.advance_millis(6 * day);
    let input = api::GetLogEventsInput {
        log_group_name: Some("g".to_owned()),
        log_stream_name: "s".to_owned(),
        ..Default::default()
    };
    assert!(cx.call(api::GetLogEvents, input).await.unwrap().events.is_empty());
    TestYard::until(Duration::from_secs(10), async || (stored() == 0).then_some(())).await;
    let groups = cx.call(api::DescribeLogGroups, Default::default()).await.unwrap().log_groups;
    assert_eq!((groups[0].stored_bytes, groups[0].retention_in_days), (Some(0), Some(7)));
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_may_what_their_policies_say() {
    let yard = start().await;
    stream(&yard, "/aws/codebuild/p", "s").await;
    stream(&yard, "secret", "s").await;
    let user = yard.user(
        "builder",
        json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:GetLogEvents"],
            "Resource": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/codebuild/p:*",
        }]}),
    );
    let events = json!([{"timestamp": now(), "message": "m"}]);
    let put =
        |group: &str| json!({"logGroupName": group, "logStreamName": "s", "logEvents": events});
    let target = "Logs_20140328.PutLogEvents";
    let (status, body) = yard.json_as(&user, "logs", target, put("/aws/codebuild/p")).await;
    assert_eq!(status, 200, "{body}");
    let (code, message) = refused_as(&yard, &user, target, put("secret")).await;
    assert_eq!(code, "AccessDeniedException");
    assert!(message.contains("log-group:secret:log-stream:s"), "{message}");
    let input = json!({"logGroupName": "/aws/codebuild/p"});
    let (code, _) = refused_as(&yard, &user, "Logs_20140328.FilterLogEvents", input).await;
    assert_eq!(code, "AccessDeniedException");
    yard.stop().await;
}

/// A build that prints a million lines, put in process as CodeBuild does it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_million_lines() {
    let lines: u32 = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };
    let yard = start().await;
    stream(&yard, "g", "s").await;
    let root = yard.yard().identity().root(&yard.yard().config().account);
    let region = yard.yard().config().region.clone();
    let cx = Cx::background(yard.yard(), root, region, "codebuild.amazonaws.com");
    let at = now();
    let all: Vec<Vec<api::InputLogEvent>> = (0..lines / 10_000)
        .map(|batch| {
            (0..10_000)
                .map(|n| api::InputLogEvent {
                    timestamp: at,
                    message: format!("{:>62}\n", batch * 10_000 + n),
                })
                .collect()
        })
        .collect();
    let begin = Instant::now();
    for log_events in all {
        let input = api::PutLogEventsInput {
            log_group_name: "g".to_owned(),
            log_stream_name: "s".to_owned(),
            log_events,
            ..Default::default()
        };
        cx.call(api::PutLogEvents, input).await.unwrap();
    }
    println!("put {lines} lines in {:?}", begin.elapsed());
    let begin = Instant::now();
    let (mut seen, mut token) = (0, None);
    loop {
        let input = api::GetLogEventsInput {
            log_group_name: Some("g".to_owned()),
            log_stream_name: "s".to_owned(),
            start_from_head: Some(true),
            next_token: token.clone(),
            ..Default::default()
        };
        let page = cx.call(api::GetLogEvents, input).await.unwrap();
        for event in &page.events {
            assert_eq!(event.message.as_deref().unwrap().trim(), seen.to_string());
            seen += 1;
        }
        if page.next_forward_token == token {
            break;
        }
        token = page.next_forward_token;
    }
    assert_eq!(seen, lines);
    println!("read {lines} lines in {:?}", begin.elapsed());
    let groups = logs(&yard, "DescribeLogGroups", json!({})).await;
    println!("{} bytes stored", groups["logGroups"][0]["storedBytes"]);
    yard.stop().await;
}
