//! CloudTrail: what was called is found again.

use std::time::Duration;

use management::AuditTrail;
use serde_json::{Value, json};
use testkit::TestYard;

use crate::{ok, refused};

const LOOKUP: &str = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";

async fn start() -> TestYard {
    TestYard::builder(management::services())
        .audit(|store, clock| AuditTrail::start(store.clone(), clock.clone()).unwrap())
        .start()
        .await
}

fn names(answer: &Value) -> Vec<String> {
    let events = answer["Events"].as_array().unwrap();
    events.iter().map(|event| event["EventName"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_are_found_by_their_attributes() {
    let yard = start().await;
    for name in ["a", "b"] {
        ok(&yard, "Logs_20140328.CreateLogGroup", json!({"logGroupName": name})).await;
    }
    refused(&yard, "Logs_20140328.CreateLogGroup", json!({"logGroupName": "a"})).await;
    let user = yard.user(
        "eve",
        json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": "*"}]}),
    );
    let (status, _) =
        yard.json_as(&user, "logs", "Logs_20140328.DescribeLogGroups", json!({})).await;
    assert_eq!(status, 200);
    let (status, _) = yard
        .json_as(&user, "logs", "Logs_20140328.DeleteLogGroup", json!({"logGroupName": "a"}))
        .await;
    assert_eq!(status, 400);

    let lookup = async |key: &str, value: &str| {
        let attributes = json!([{"AttributeKey": key, "AttributeValue": value}]);
        ok(&yard, LOOKUP, json!({"LookupAttributes": attributes})).await
    };
    let by_user = TestYard::until(Duration::from_secs(5), async || {
        let answer = lookup("Username", "eve").await;
        (names(&answer).len() == 2).then_some(answer)
    })
    .await;
    assert_eq!(names(&by_user), ["DeleteLogGroup", "DescribeLogGroups"], "newest first");
    let denied: Value =
        serde_json::from_str(by_user["Events"][0]["CloudTrailEvent"].as_str().unwrap()).unwrap();
    assert_eq!(denied["errorCode"], "AccessDeniedException");
    assert_eq!(denied["userIdentity"]["type"], "IAMUser");
    assert_eq!(denied["requestParameters"]["logGroupName"], "a");

    assert_eq!(names(&lookup("EventName", "CreateLogGroup").await).len(), 3);
    assert_eq!(names(&lookup("ResourceName", "b").await), ["CreateLogGroup"]);
    assert_eq!(names(&lookup("ResourceType", "AWS::Logs::LogGroup").await).len(), 5);
    assert_eq!(names(&lookup("AccessKeyId", &user.id).await).len(), 2);
    assert_eq!(names(&lookup("EventSource", "s3.amazonaws.com").await).len(), 0);
    let id = by_user["Events"][1]["EventId"].as_str().unwrap();
    assert_eq!(names(&lookup("EventId", id).await), ["DescribeLogGroups"]);
    let read_only = lookup("ReadOnly", "true").await;
    assert!(names(&read_only).iter().all(|it| it == "DescribeLogGroups" || it == "LookupEvents"));
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_go_back_in_time() {
    let yard = start().await;
    for n in 0..25 {
        ok(&yard, "Logs_20140328.CreateLogGroup", json!({"logGroupName": format!("g{n:02}")}))
            .await;
    }
    let by_name = json!([{"AttributeKey": "EventName", "AttributeValue": "CreateLogGroup"}]);
    TestYard::until(Duration::from_secs(5), async || {
        let answer = ok(&yard, LOOKUP, json!({"LookupAttributes": by_name})).await;
        (names(&answer).len() == 25).then_some(())
    })
    .await;
    let (mut seen, mut token) = (Vec::new(), Value::Null);
    loop {
        let input = json!({"LookupAttributes": by_name, "MaxResults": 10, "NextToken": token});
        let page = ok(&yard, LOOKUP, input).await;
        let events = page["Events"].as_array().unwrap().clone();
        seen.extend(events.iter().map(|it| it["Resources"][0]["ResourceName"].clone()));
        token = page["NextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    let expected: Vec<_> = (0..25).rev().map(|n| json!(format!("g{n:02}"))).collect();
    assert_eq!(seen, expected);
    let now = yard.yard().clock().now().secs();
    let later = json!({"StartTime": now + 100});
    assert!(names(&ok(&yard, LOOKUP, later).await).is_empty());
    let earlier = json!({"EndTime": now - 100});
    assert!(names(&ok(&yard, LOOKUP, earlier).await).is_empty());
    let around = json!({"StartTime": now - 100, "EndTime": now + 1, "LookupAttributes": by_name});
    assert_eq!(names(&ok(&yard, LOOKUP, around).await).len(), 25);

    let two = json!([{"AttributeKey": "EventName", "AttributeValue": "a"},
                     {"AttributeKey": "EventName", "AttributeValue": "b"}]);
    for (input, code) in [
        (json!({"LookupAttributes": two}), "InvalidLookupAttributesException"),
        (json!({"StartTime": 2, "EndTime": 1}), "InvalidTimeRangeException"),
        (json!({"MaxResults": 51}), "InvalidMaxResultsException"),
        (json!({"NextToken": "x"}), "InvalidNextTokenException"),
        (json!({"EventCategory": "insight"}), "InvalidEventCategoryException"),
    ] {
        assert_eq!(refused(&yard, LOOKUP, input).await.0, code);
    }
    yard.stop().await;
}
