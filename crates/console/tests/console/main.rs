//! The console's files and its stream of changes, through the gateway.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::time::Duration;

use api_developer::codebuild::{BatchGetProjects, BatchGetProjectsInput, BatchGetProjectsOutput};
use serde_json::{Value, json};
use service::{Cx, Error, Protocol, Right, Service, op};
use testkit::{Answer, Client, Keys, TestYard};

const PROJECT: &str = "arn:aws:codebuild:us-east-1:123456789012:project/mine";

async fn yard() -> TestYard {
    // What is not the console's goes to S3, here one without operations.
    let s3 = Service::new("s3", Protocol::RestXml);
    let get = async |_: Cx, _: BatchGetProjectsInput| -> Result<BatchGetProjectsOutput, Error> {
        Ok(BatchGetProjectsOutput::default())
    };
    // One project has a tag; one is gone.
    let codebuild = Service::new("codebuild", Protocol::Json11).operation(
        op(BatchGetProjects, get).rights(|_, input| match input.names.as_slice() {
            [name] if name == "mine" => {
                let right = Right::new("codebuild:BatchGetProjects", PROJECT);
                Ok(vec![right.with("aws:ResourceTag/team", "red")])
            }
            _ => Err(Error::internal("gone")),
        }),
    );
    TestYard::start(vec![codeyard_console::service(), codebuild, s3]).await
}

async fn get(yard: &TestYard, keys: Option<&Keys>, path: &str, accept: &str) -> Answer {
    yard.send(keys, "s3", "GET", path, &[("accept", accept)], Vec::new()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_are_shown_the_console_and_others_are_not() {
    let yard = yard().await;
    let sent = get(&yard, None, "/", "text/html,*/*").await;
    assert_eq!((sent.status, sent.header("location")), (302, Some("/console/")));
    let page = get(&yard, None, "/console/", "text/html").await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("<title>Codeyard</title>"), "{}", page.text());
    let policy = page.header("content-security-policy").unwrap();
    for rule in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");

    // Clients of S3 reach buckets, whatever they are called.
    let to_s3 = |answer: Answer| answer.header("content-security-policy") != Some(policy);
    assert!(to_s3(get(&yard, None, "/", "*/*").await));
    assert!(to_s3(get(&yard, None, "/console-bucket/x", "text/html").await));
    assert!(to_s3(get(&yard, Some(&yard.root()), "/console/x", "text/html").await));
    let presigned = "/console/x?X-Amz-Signature=00&X-Amz-Algorithm=AWS4-HMAC-SHA256";
    assert!(to_s3(get(&yard, None, presigned, "text/html").await));
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_of_others_are_kept_out_of_the_console_s_origin() {
    let yard = yard().await;
    let answer = get(&yard, None, "/bucket/page", "text/html").await;
    assert_eq!(answer.header("content-type"), Some("application/xml"));
    let policy = answer.header("content-security-policy").unwrap_or_default();
    assert!(policy.starts_with("sandbox ") && !policy.contains("same-origin"), "{policy}");
    yard.stop().await;
}

/// All that is told until the stream ends.
async fn watch(yard: &TestYard, keys: &Keys) -> String {
    let client = Client { keys: Some(keys.clone()), ..Client::unsigned(&yard.url) };
    let client = Client { region: testkit::REGION.to_owned(), ..client };
    let asked = client.send("codeyard-console", "POST", "/_console/changes", &[], b"{}".to_vec());
    match tokio::time::timeout(Duration::from_secs(10), asked).await {
        Ok(answer) => answer.unwrap().text(),
        Err(_) => panic!("the stream did not end"),
    }
}

fn event(project: &str) -> store::Event {
    store::Event {
        id: types::uuid(),
        source: "aws.codebuild".to_owned(),
        detail_type: "CodeBuild Build State Change".to_owned(),
        account: testkit::ACCOUNT.to_owned(),
        region: testkit::REGION.to_owned(),
        time: types::system_clock().now(),
        resources: vec![format!("arn:aws:codebuild:us-east-1:123456789012:build/{project}:1-2")],
        detail: json!({"environment": "secret"}),
    }
}

fn reads(resource: &str) -> Value {
    let statement = json!({
        "Effect": "Allow", "Action": "codebuild:BatchGetBuilds", "Resource": resource,
    });
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_told_to_who_may_read_what_changed() {
    let yard = yard().await;
    let narrow = yard.user("narrow", reads(PROJECT));
    let stranger =
        yard.user("stranger", reads("arn:aws:codebuild:us-east-1:123456789012:project/x"));
    let kept_out = yard.user(
        "kept-out",
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "codebuild:*", "Resource": "*"},
            {"Effect": "Deny", "Action": "codebuild:BatchGetBuilds", "Resource": "*",
             "Condition": {"StringEquals": {"aws:ResourceTag/team": "red"}}},
        ]}),
    );
    let (rooms, told) = (yard.yard().clone(), async {
        tokio::join!(watch(&yard, &narrow), watch(&yard, &stranger), watch(&yard, &kept_out))
    });
    let happens = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        for project in ["mine", "theirs"] {
            let event = event(project);
            rooms.write(move |tx| Ok(tx.emit(event.clone())?)).await.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        // A yard that stops ends all streams.
        rooms.close();
    };
    let ((told, untold, half), ()) = tokio::join!(told, happens);
    assert!(told.contains("build/mine:1-2") && told.contains("State Change"), "{told}");
    assert!(!told.contains("theirs") && !told.contains("secret"), "{told}");
    assert!(untold.starts_with(": watching") && !untold.contains("change"), "{untold}");
    assert!(half.contains("build/theirs:1-2") && !half.contains("mine"), "{half}");
    let unsigned = yard.send(None, "", "POST", "/_console/changes", &[], Vec::new()).await;
    assert_ne!(unsigned.status, 200);
    yard.stop().await;
}
