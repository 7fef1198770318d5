//! EventBridge over the wire, with a pipeline service that only notes what it is asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use api_developer::codepipeline::{
    StartPipelineExecution, StartPipelineExecutionInput, StartPipelineExecutionOutput,
};
use serde_json::{Value, json};
use service::{Cx, Protocol, Service, op};
use testkit::TestYard;

use crate::{ok, refused};

type Started = Arc<Mutex<Vec<(String, StartPipelineExecutionInput)>>>;

/// Fails as often as the pipeline's name says: `flaky-2` twice, `missing` for good.
fn pipelines(started: &Started) -> Service {
    let started = started.clone();
    let start = move |cx: Cx, input: StartPipelineExecutionInput| {
        let mut all = started.lock().unwrap();
        let before = all.iter().filter(|(_, it)| it.name == input.name).count();
        let name = input.name.clone();
        all.push((cx.caller().arn.clone(), input));
        let flaky = name.strip_prefix("flaky-").and_then(|it| it.parse::<usize>().ok());
        let answer = match flaky {
            Some(failures) if before < failures => {
                Err(wire::ErrorKind::new("ServiceUnavailable", 503).error("busy"))
            }
            _ if name == "missing" => {
                Err(wire::ErrorKind::new("PipelineNotFoundException", 400).error("no pipeline"))
            }
            _ => Ok(StartPipelineExecutionOutput::default()),
        };
        std::future::ready(answer)
    };
    Service::new("codepipeline", Protocol::Json11).target("CodePipeline_20150709").operation(
        op(StartPipelineExecution, start)
            .write()
            .on(|cx, input| cx.arn("codepipeline", input.name.clone())),
    )
}

async fn start() -> (TestYard, Started) {
    let started = Started::default();
    let mut services = management::services();
    services.push(pipelines(&started));
    (TestYard::start(services).await, started)
}

async fn events(yard: &TestYard, operation: &str, input: Value) -> Value {
    ok(yard, &format!("AWSEvents.{operation}"), input).await
}

async fn no_events(yard: &TestYard, operation: &str, input: Value) -> (String, String) {
    refused(yard, &format!("AWSEvents.{operation}"), input).await
}

fn role(yard: &TestYard) -> String {
    yard.role(
        "events",
        json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "codepipeline:StartPipelineExecution",
            "Resource": "arn:aws:codepipeline:us-east-1:123456789012:*",
        }]}),
    )
}

fn pipeline(name: &str) -> String {
    format!("arn:aws:codepipeline:us-east-1:123456789012:{name}")
}

async fn rule(yard: &TestYard, name: &str, pattern: Value, targets: Value) {
    events(yard, "PutRule", json!({"Name": name, "EventPattern": pattern.to_string()})).await;
    let answer = events(yard, "PutTargets", json!({"Rule": name, "Targets": targets})).await;
    assert_eq!(answer["FailedEntryCount"], 0);
}

async fn put(yard: &TestYard, source: &str, detail: Value) {
    let entry = json!({"Source": source, "DetailType": "t", "Detail": detail.to_string()});
    let answer = events(yard, "PutEvents", json!({"Entries": [entry]})).await;
    assert_eq!(answer["FailedEntryCount"], 0, "{answer}");
}

async fn until_started(started: &Started, count: usize) -> Vec<StartPipelineExecutionInput> {
    let enough = async || {
        let all = started.lock().unwrap();
        (all.len() >= count).then(|| all.iter().map(|(_, input)| input.clone()).collect())
    };
    TestYard::until(Duration::from_secs(20), enough).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_starts_a_pipeline_as_the_role() {
    let (yard, started) = start().await;
    let targets = json!([{"Id": "1", "Arn": pipeline("p"), "RoleArn": role(&yard)}]);
    let pattern = json!({"source": ["shop"], "detail": {"branch": [{"prefix": "ma"}]}});
    rule(&yard, "on-push", pattern, targets).await;
    put(&yard, "shop", json!({"branch": "other"})).await;
    put(&yard, "shop", json!({"branch": "main"})).await;
    put(&yard, "else", json!({"branch": "main"})).await;
    let inputs = until_started(&started, 1).await;
    assert_eq!(inputs[0].name, "p");
    assert!(inputs[0].client_request_token.is_some());
    let caller = started.lock().unwrap()[0].0.clone();
    assert!(caller.contains(":assumed-role/events/"), "{caller}");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(started.lock().unwrap().len(), 1);

    events(&yard, "DisableRule", json!({"Name": "on-push"})).await;
    put(&yard, "shop", json!({"branch": "main"})).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(started.lock().unwrap().len(), 1, "a disabled rule is silent");
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_comes_twice_is_delivered_once() {
    let (yard, started) = start().await;
    let targets = json!([{"Id": "1", "Arn": pipeline("p"), "RoleArn": role(&yard)}]);
    rule(&yard, "r", json!({"source": ["shop"]}), targets).await;
    let event = store::Event {
        id: "same".to_owned(),
        source: "shop".to_owned(),
        detail_type: "t".to_owned(),
        account: testkit::ACCOUNT.to_owned(),
        region: testkit::REGION.to_owned(),
        time: yard.yard().clock().now(),
        resources: Vec::new(),
        detail: json!({}),
    };
    for _ in 0..3 {
        let event = event.clone();
        yard.yard().write(move |tx| Ok(tx.emit(event.clone())?)).await.unwrap();
        until_started(&started, 1).await;
    }
    put(&yard, "shop", json!({})).await;
    assert_eq!(until_started(&started, 2).await.len(), 2);
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn temporary_failures_are_tried_again_and_refusals_are_not() {
    let (yard, started) = start().await;
    let role = role(&yard);
    let targets = json!([
        {"Id": "flaky", "Arn": pipeline("flaky-2"), "RoleArn": role},
        {"Id": "missing", "Arn": pipeline("missing"), "RoleArn": role},
        {"Id": "once", "Arn": pipeline("flaky-9"), "RoleArn": role,
         "RetryPolicy": {"MaximumRetryAttempts": 0}},
    ]);
    rule(&yard, "r", json!({"source": ["shop"]}), targets).await;
    put(&yard, "shop", json!({})).await;
    let inputs = until_started(&started, 5).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let tries = |name: &str| inputs.iter().filter(|input| input.name == name).count();
    assert_eq!((tries("flaky-2"), tries("missing"), tries("flaky-9")), (3, 1, 1));
    assert_eq!(started.lock().unwrap().len(), 5, "nobody is asked again");
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inputs_are_transformed() {
    let (yard, started) = start().await;
    let template = r#"{"variables": [{"name": "branch", "value": <b>}]}"#;
    let targets = json!([{
        "Id": "1", "Arn": pipeline("p"), "RoleArn": role(&yard),
        "InputTransformer": {"InputPathsMap": {"b": "$.detail.branch"}, "InputTemplate": template},
    }]);
    rule(&yard, "r", json!({"source": ["shop"]}), targets).await;
    put(&yard, "shop", json!({"branch": "main"})).await;
    let inputs = until_started(&started, 1).await;
    let variables = inputs[0].variables.clone().unwrap();
    assert_eq!((variables[0].name.as_str(), variables[0].value.as_str()), ("branch", "main"));
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn log_groups_need_a_resource_policy() {
    let (yard, _) = start().await;
    ok(&yard, "Logs_20140328.CreateLogGroup", json!({"logGroupName": "/aws/events/g"})).await;
    let arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/events/g";
    rule(&yard, "r", json!({"source": ["shop"]}), json!([{"Id": "1", "Arn": arn}])).await;
    put(&yard, "shop", json!({"n": 1})).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": format!("{arn}:*"),
    }]});
    let input = json!({"policyName": "p", "policyDocument": policy.to_string()});
    ok(&yard, "Logs_20140328.PutResourcePolicy", input).await;
    put(&yard, "shop", json!({"n": 2})).await;
    let found = TestYard::until(Duration::from_secs(5), async || {
        let input = json!({"logGroupName": "/aws/events/g"});
        let answer = ok(&yard, "Logs_20140328.FilterLogEvents", input).await;
        let events = answer["events"].as_array().unwrap().clone();
        (!events.is_empty()).then_some(events)
    })
    .await;
    assert_eq!(found.len(), 1, "what was refused is not delivered later");
    let event: Value = serde_json::from_str(found[0]["message"].as_str().unwrap()).unwrap();
    assert_eq!((&event["detail"]["n"], &event["detail-type"]), (&json!(2), &json!("t")));
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_and_targets_are_kept() {
    let (yard, _) = start().await;
    let role = role(&yard);
    for name in ["a1", "a2", "b1"] {
        let target = json!([{"Id": "1", "Arn": pipeline("p"), "RoleArn": role}]);
        rule(&yard, name, json!({"source": ["s"]}), target).await;
    }
    let page = events(&yard, "ListRules", json!({"NamePrefix": "a", "Limit": 1})).await;
    assert_eq!(page["Rules"][0]["Name"], "a1");
    let next = json!({"NamePrefix": "a", "NextToken": page["NextToken"]});
    let page = events(&yard, "ListRules", next).await;
    assert_eq!(page["Rules"][0]["Name"], "a2");
    assert_eq!(page["NextToken"], Value::Null);
    let names = events(&yard, "ListRuleNamesByTarget", json!({"TargetArn": pipeline("p")})).await;
    assert_eq!(names["RuleNames"], json!(["a1", "a2", "b1"]));
    events(&yard, "PutRule", json!({"Name": "a1", "EventPattern": r#"{"source": ["new"]}"#})).await;
    let described = events(&yard, "DescribeRule", json!({"Name": "a1"})).await;
    assert_eq!(described["EventPattern"], r#"{"source": ["new"]}"#);
    assert_eq!(described["Arn"], "arn:aws:events:us-east-1:123456789012:rule/a1");
    let targets = events(&yard, "ListTargetsByRule", json!({"Rule": "a1"})).await;
    assert_eq!(targets["Targets"][0]["RoleArn"], role.as_str(), "targets outlive a new pattern");
    let (code, message) = no_events(&yard, "DeleteRule", json!({"Name": "a1"})).await;
    assert_eq!(code, "ValidationException");
    assert!(message.contains("has targets"), "{message}");
    events(&yard, "RemoveTargets", json!({"Rule": "a1", "Ids": ["1"]})).await;
    events(&yard, "DeleteRule", json!({"Name": "a1"})).await;
    let (code, _) = no_events(&yard, "DescribeRule", json!({"Name": "a1"})).await;
    assert_eq!(code, "ResourceNotFoundException");
    let arn = "arn:aws:events:us-east-1:123456789012:rule/b1";
    let tags = json!({"ResourceARN": arn, "Tags": [{"Key": "k", "Value": "v"}]});
    events(&yard, "TagResource", tags).await;
    let tags = events(&yard, "ListTagsForResource", json!({"ResourceARN": arn})).await;
    assert_eq!(tags["Tags"], json!([{"Key": "k", "Value": "v"}]));
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_is_refused_by_name() {
    let (yard, _) = start().await;
    let pattern = r#"{"source": ["s"]}"#;
    for (more, named) in [
        (json!({"ScheduleExpression": "rate(1 minute)"}), "ScheduleExpression"),
        (json!({"RoleArn": "arn:aws:iam::123456789012:role/r"}), "RoleArn"),
        (json!({"EventBusName": "mine"}), "mine"),
        (json!({"EventPattern": r#"{"source": "s"}"#}), "source"),
        (json!({"EventPattern": ""}), "EventPattern"),
    ] {
        let mut input = json!({"Name": "r", "EventPattern": pattern});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (_, message) = no_events(&yard, "PutRule", input).await;
        assert!(message.contains(named), "{message}");
    }
    events(&yard, "PutRule", json!({"Name": "r", "EventPattern": pattern})).await;
    let arn = pipeline("p");
    for (target, named) in [
        (json!({"Arn": "arn:aws:sqs:us-east-1:123456789012:q"}), "sqs"),
        (json!({"Arn": arn}), "RoleArn"),
        (
            json!({"Arn": arn, "RoleArn": "arn:aws:iam::123456789012:role/r", "SqsParameters": {}}),
            "SqsParameters",
        ),
        (json!({"Arn": arn, "RoleArn": "arn:aws:iam::123456789012:role/r", "Input": "{"}), "Input"),
        (json!({"Arn": "nonsense"}), "nonsense"),
    ] {
        let mut target = target;
        target["Id"] = json!("1");
        let (_, message) =
            no_events(&yard, "PutTargets", json!({"Rule": "r", "Targets": [target]})).await;
        assert!(message.contains(named), "{message}");
    }
    let entries = json!([
        {"Source": "aws.s3", "DetailType": "t", "Detail": "{}"},
        {"Source": "s", "DetailType": "t", "Detail": "no json"},
        {"Source": "s", "Detail": "{}"},
        {"Source": "s", "DetailType": "t", "Detail": "{}"},
    ]);
    let answer = events(&yard, "PutEvents", json!({"Entries": entries})).await;
    assert_eq!(answer["FailedEntryCount"], 3);
    let codes: Vec<_> =
        answer["Entries"].as_array().unwrap().iter().map(|it| it["ErrorCode"].clone()).collect();
    assert_eq!(
        codes,
        [
            json!("NotAuthorizedForSourceException"),
            json!("MalformedDetail"),
            json!("InvalidArgument"),
            Value::Null
        ]
    );
    let (_, message) = no_events(&yard, "CreateArchive", json!({})).await;
    assert!(message.contains("CreateArchive"), "{message}");
    let event = json!({"id": "1", "account": "1", "source": "s", "time": "t", "region": "r",
                       "resources": [], "detail-type": "t"});
    let test = json!({"EventPattern": pattern, "Event": event.to_string()});
    assert_eq!(events(&yard, "TestEventPattern", test).await["Result"], true);
    yard.stop().await;
}
