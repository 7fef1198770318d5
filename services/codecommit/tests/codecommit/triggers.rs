//! Triggers: there are none yet, and whoever wants one is told.

use serde_json::json;

use crate::support::Yard;

#[tokio::test(flavor = "multi_thread")]
async fn none_can_be_put() {
    let yard = Yard::start().await;
    yard.repository("r").await;
    let r = json!({"repositoryName": "r"});
    let got = yard.ok("GetRepositoryTriggers", r.clone()).await;
    assert_eq!(got["triggers"], json!([]));
    assert!(!got["configurationId"].as_str().unwrap().is_empty());
    let trigger = json!({"name": "tell", "events": ["all"], "branches": [],
                         "destinationArn": "arn:aws:sns:us-east-1:123456789012:topic"});
    let with = |trigger: serde_json::Value| json!({"repositoryName": "r", "triggers": [trigger]});
    let (status, answer) = yard.call("PutRepositoryTriggers", with(trigger.clone())).await;
    assert_eq!(status, 501);
    let message = answer["message"].as_str().unwrap();
    assert!(message.contains("tell") && message.contains("SNS"), "{message}");
    let (status, answer) = yard.call("TestRepositoryTriggers", with(trigger.clone())).await;
    assert_eq!(status, 501);
    assert!(answer["message"].as_str().unwrap().contains("TestRepositoryTriggers"), "{answer}");
    assert_eq!(yard.ok("GetRepositoryTriggers", r.clone()).await, got, "nothing changed");

    let put = json!({"repositoryName": "r", "triggers": []});
    let put = yard.ok("PutRepositoryTriggers", put).await;
    let now = yard.ok("GetRepositoryTriggers", r).await;
    assert_eq!(now["configurationId"], put["configurationId"]);
    assert_ne!(now["configurationId"], got["configurationId"]);

    let mut nameless = trigger.clone();
    nameless["name"] = json!(null);
    let mut nowhere = trigger.clone();
    nowhere["destinationArn"] = json!(null);
    let mut never = trigger.clone();
    never["events"] = json!(["push"]);
    let mut eventless = trigger.clone();
    eventless["events"] = json!(null);
    for (refusal, input) in [
        ("RepositoryNameRequiredException", json!({"triggers": []})),
        ("RepositoryDoesNotExistException", json!({"repositoryName": "none", "triggers": []})),
        ("RepositoryTriggersListRequiredException", json!({"repositoryName": "r"})),
        ("RepositoryTriggerNameRequiredException", with(nameless)),
        ("RepositoryTriggerDestinationArnRequiredException", with(nowhere)),
        ("RepositoryTriggerEventsListRequiredException", with(eventless)),
        ("InvalidRepositoryTriggerEventsException", with(never)),
        (
            "MaximumRepositoryTriggersExceededException",
            json!({"repositoryName": "r", "triggers": vec![trigger; 11]}),
        ),
    ] {
        yard.refused(refusal, "PutRepositoryTriggers", input).await;
    }
    yard.refused(
        "RepositoryDoesNotExistException",
        "GetRepositoryTriggers",
        json!({"repositoryName": "none"}),
    )
    .await;
}
