//! Who may do what.

use serde_json::{Value, json};

use crate::support::{Bench, NEW, OLD};

fn policy(action: Value, resource: &str, condition: Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition,
    }] })
}

#[tokio::test]
async fn conditions_tell_the_provider() {
    let bench = Bench::new().await;
    let only = json!({ "StringEquals": { "codeconnections:ProviderType": "GitHub" } });
    let keys = bench.yard.user("eve", policy(json!("codeconnections:CreateConnection"), "*", only));
    for (door, kind, expected) in [(NEW, "GitHub", 200), (NEW, "GitLab", 400), (OLD, "GitHub", 400)]
    {
        let input = json!({ "ConnectionName": format!("c-{kind}"), "ProviderType": kind });
        let (status, said) = bench.call_as(&keys, door, "CreateConnection", input).await;
        assert_eq!(status, expected, "{door:?} {kind}: {said}");
    }
    let only = json!({ "StringEquals": { "codeconnections:ProviderTypeFilter": "GitHub" } });
    let keys = bench.yard.user("ann", policy(json!("codeconnections:ListConnections"), "*", only));
    for (input, expected) in [(json!({ "ProviderTypeFilter": "GitHub" }), 200), (json!({}), 400)] {
        let (status, said) = bench.call_as(&keys, NEW, "ListConnections", input).await;
        assert_eq!(status, expected, "{said}");
    }
}

/// The prefix of an action is that of the resource, whichever door is come in by.
#[tokio::test]
async fn actions_have_the_prefix_of_the_resource() {
    let bench = Bench::new().await;
    let make = |name: &str| json!({ "ConnectionName": name, "ProviderType": "GitHub", "Tags": [{ "Key": "team", "Value": name }] });
    let (_, new) = bench.call(NEW, "CreateConnection", make("new")).await;
    let (_, old) = bench.call(OLD, "CreateConnection", make("old")).await;
    let keys = bench.yard.user("eve", policy(json!("codeconnections:*"), "*", json!({})));
    for (door, made, expected) in [(NEW, &new, 200), (OLD, &new, 200), (NEW, &old, 400)] {
        let input = json!({ "ConnectionArn": made["ConnectionArn"] });
        let (status, said) = bench.call_as(&keys, door, "GetConnection", input).await;
        assert_eq!(status, expected, "{said}");
    }
    let tagged = json!({ "StringEquals": { "aws:ResourceTag/team": "new" } });
    let both = json!(["codeconnections:GetConnection", "codestar-connections:GetConnection"]);
    let keys = bench.yard.user("ann", policy(both, "*", tagged));
    for (made, expected) in [(&new, 200), (&old, 400)] {
        let input = json!({ "ConnectionArn": made["ConnectionArn"] });
        let (status, said) = bench.call_as(&keys, NEW, "GetConnection", input).await;
        assert_eq!(status, expected, "{said}");
    }
    // The handshake is a right of its own.
    let keys =
        bench.yard.user("bob", policy(json!("codeconnections:GetConnection"), "*", json!({})));
    let input = json!({ "ConnectionArn": new["ConnectionArn"], "Token": "x" });
    let target = "Codeyard_20261121.AuthorizeConnection";
    let (status, said) = bench.yard.json_as(&keys, "codeyard", target, input).await;
    assert_eq!(status, 400);
    assert!(said.to_string().contains("codeconnections:UpdateConnectionInstallation"), "{said}");
}
