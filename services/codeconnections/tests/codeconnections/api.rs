//! Connections, hosts and tags.

use serde_json::{Value, json};

use crate::host::Host;
use crate::support::{Bench, NEW, OLD, refusal};

const STRANGER: &str = "arn:aws:codeconnections:us-east-1:123456789012:connection/01234567-0123-0123-0123-012345678901";

#[tokio::test]
async fn a_connection_is_made_pending() {
    let bench = Bench::new().await;
    let tags = json!([{ "Key": "team", "Value": "a" }]);
    let input = json!({ "ConnectionName": "hub", "ProviderType": "GitHub", "Tags": tags });
    let made = bench.ok("CreateConnection", input.clone()).await;
    let arn = made["ConnectionArn"].as_str().unwrap();
    assert!(arn.starts_with("arn:aws:codeconnections:us-east-1:123456789012:connection/"), "{arn}");
    assert_eq!(made["Tags"], tags);
    let shown = bench.ok("GetConnection", json!({ "ConnectionArn": arn })).await;
    let expected = json!({
        "ConnectionName": "hub", "ConnectionArn": arn, "ProviderType": "GitHub",
        "OwnerAccountId": "123456789012", "ConnectionStatus": "PENDING",
    });
    assert_eq!(shown["Connection"], expected);
    let (status, code, said) = bench.refused("CreateConnection", input).await;
    assert_eq!((status, code.as_str()), (400, "ValidationException"));
    assert!(said.contains("There is a connection named 'hub' already"), "{said}");
    bench.ok("DeleteConnection", json!({ "ConnectionArn": arn })).await;
    for operation in ["GetConnection", "DeleteConnection"] {
        let (status, code, _) = bench.refused(operation, json!({ "ConnectionArn": arn })).await;
        assert_eq!((status, code.as_str()), (404, "ResourceNotFoundException"));
    }
}

#[tokio::test]
async fn both_doors_lead_to_the_same_connections() {
    let bench = Bench::new().await;
    let input = json!({ "ConnectionName": "old", "ProviderType": "Bitbucket" });
    let (status, made) = bench.call(OLD, "CreateConnection", input).await;
    assert_eq!(status, 200, "{made}");
    let arn = made["ConnectionArn"].as_str().unwrap();
    assert!(arn.starts_with("arn:aws:codestar-connections:"), "{arn}");
    let shown = bench.ok("GetConnection", json!({ "ConnectionArn": arn })).await;
    assert_eq!(shown["Connection"]["ConnectionArn"], arn);
    // Its name is not another's.
    let other = arn.replace("codestar-connections", "codeconnections");
    let (_, code, _) = bench.refused("GetConnection", json!({ "ConnectionArn": other })).await;
    assert_eq!(code, "ResourceNotFoundException");
    for (door, expected) in [(NEW, 404), (OLD, 400)] {
        let answer = bench.call(door, "GetConnection", json!({ "ConnectionArn": STRANGER })).await;
        let (status, code, _) = refusal(answer);
        assert_eq!((status, code.as_str()), (expected, "ResourceNotFoundException"));
    }
    let (_, listed) = bench.call(OLD, "ListConnections", json!({})).await;
    assert_eq!(listed["Connections"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn connections_are_listed_in_pages() {
    let (bench, host) = (Bench::new().await, Host::start().await);
    let at = bench.host("GitLabSelfManaged", &host).await;
    for number in 0..5 {
        let input = json!({ "ConnectionName": format!("c{number}"), "ProviderType": "GitHub" });
        bench.ok("CreateConnection", input).await;
    }
    bench.ok("CreateConnection", json!({ "ConnectionName": "own", "HostArn": at })).await;
    let (mut names, mut token) = (Vec::new(), Value::Null);
    loop {
        let mut input = json!({ "MaxResults": 2, "ProviderTypeFilter": "GitHub" });
        if token != Value::Null {
            input["NextToken"] = token;
        }
        let page = bench.ok("ListConnections", input).await;
        let shown = page["Connections"].as_array().unwrap();
        assert!(shown.len() <= 2);
        names.extend(shown.iter().map(|it| it["ConnectionName"].as_str().unwrap().to_owned()));
        token = page["NextToken"].clone();
        if token == Value::Null {
            break;
        }
        // A token is for the listing that it came from.
        let other = json!({ "NextToken": token });
        assert_eq!(bench.refused("ListConnections", other).await.1, "ValidationException");
    }
    names.sort();
    assert_eq!(names, ["c0", "c1", "c2", "c3", "c4"]);
    let of_host = bench.ok("ListConnections", json!({ "HostArnFilter": at })).await;
    assert_eq!(of_host["Connections"][0]["ConnectionName"], "own");
    assert_eq!(of_host["Connections"][0]["ProviderType"], "GitLabSelfManaged");
    assert_eq!(of_host["Connections"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn hosts_are_made_and_go_last() {
    let (bench, host) = (Bench::new().await, Host::start().await);
    let at = bench.host("GitHubEnterpriseServer", &host).await;
    assert!(at.starts_with("arn:aws:codeconnections:us-east-1:123456789012:host/my-host-"), "{at}");
    let shown = bench.ok("GetHost", json!({ "HostArn": at })).await;
    let expected = json!({
        "Name": "my host", "Status": "PENDING", "ProviderType": "GitHubEnterpriseServer",
        "ProviderEndpoint": format!("http://{}", host.address),
    });
    assert_eq!(shown, expected);
    let listed = bench.ok("ListHosts", json!({})).await;
    assert_eq!(listed["Hosts"][0]["HostArn"], at);
    let made = bench.ok("CreateConnection", json!({ "ConnectionName": "c", "HostArn": at })).await;
    let (_, code, said) = bench.refused("DeleteHost", json!({ "HostArn": at })).await;
    assert_eq!(code, "ResourceUnavailableException", "{said}");
    bench.ok("DeleteConnection", json!({ "ConnectionArn": made["ConnectionArn"] })).await;
    bench.ok("DeleteHost", json!({ "HostArn": at })).await;
    assert_eq!(bench.refused("GetHost", json!({ "HostArn": at })).await.0, 404);
    let gone = json!({ "ConnectionName": "c", "HostArn": at });
    assert_eq!(bench.refused("CreateConnection", gone).await.1, "ResourceNotFoundException");
}

#[tokio::test]
async fn tags_of_connections_and_hosts() {
    let (bench, host) = (Bench::new().await, Host::start().await);
    let at = bench.host("GitLabSelfManaged", &host).await;
    let input = json!({ "ConnectionName": "c", "ProviderType": "GitLab" });
    let made = bench.ok("CreateConnection", input).await;
    for arn in [at.as_str(), made["ConnectionArn"].as_str().unwrap()] {
        let tags = json!([{ "Key": "b", "Value": "2" }, { "Key": "a", "Value": "1" }]);
        bench.ok("TagResource", json!({ "ResourceArn": arn, "Tags": tags })).await;
        bench.ok("UntagResource", json!({ "ResourceArn": arn, "TagKeys": ["b", "x"] })).await;
        let shown = bench.ok("ListTagsForResource", json!({ "ResourceArn": arn })).await;
        assert_eq!(shown["Tags"], json!([{ "Key": "a", "Value": "1" }]));
        let bad = json!({ "ResourceArn": arn, "Tags": [{ "Key": "aws:x", "Value": "1" }] });
        assert_eq!(bench.refused("TagResource", bad).await.1, "ValidationException");
        let many: Vec<_> =
            (0..200).map(|at| json!({ "Key": format!("k{at}"), "Value": "" })).collect();
        let many = json!({ "ResourceArn": arn, "Tags": many });
        assert_eq!(bench.refused("TagResource", many).await.1, "LimitExceededException");
    }
    let gone = json!({ "ResourceArn": STRANGER, "Tags": [] });
    assert_eq!(bench.refused("TagResource", gone).await.0, 404);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_by_name() {
    let (bench, host) = (Bench::new().await, Host::start().await);
    let at = bench.host("GitLabSelfManaged", &host).await;
    let vpc = json!({
        "VpcId": "vpc-01234567", "SubnetIds": ["subnet-01234567"],
        "SecurityGroupIds": ["sg-01234567"],
    });
    for (operation, input, code, word) in [
        ("CreateConnection", json!({ "ConnectionName": "c" }), "ValidationException", "HostArn"),
        (
            "CreateConnection",
            json!({ "ProviderType": "GitHub" }),
            "ValidationException",
            "connectionName",
        ),
        (
            "CreateConnection",
            json!({ "ConnectionName": "c", "ProviderType": "GitLabSelfManaged" }),
            "ValidationException",
            "needs the HostArn",
        ),
        (
            "CreateConnection",
            json!({ "ConnectionName": "c", "ProviderType": "GitHub", "HostArn": at }),
            "ValidationException",
            "GitLabSelfManaged",
        ),
        (
            "CreateConnection",
            json!({ "ConnectionName": "c", "ProviderType": "AzureDevOps" }),
            "NotImplemented",
            "AzureDevOps",
        ),
        (
            "CreateConnection",
            json!({ "ConnectionName": "c".repeat(33), "ProviderType": "GitHub" }),
            "ValidationException",
            "32",
        ),
        (
            "CreateHost",
            json!({ "Name": "h", "ProviderType": "GitHub", "ProviderEndpoint": "https://h" }),
            "ValidationException",
            "GitHubEnterpriseServer",
        ),
        (
            "CreateHost",
            json!({ "Name": "h", "ProviderType": "GitHubEnterpriseServer", "ProviderEndpoint": "http://g.example" }),
            "ValidationException",
            "http://g.example",
        ),
        (
            "CreateHost",
            json!({
                "Name": "h", "ProviderType": "GitHubEnterpriseServer",
                "ProviderEndpoint": "https://g.example", "VpcConfiguration": vpc,
            }),
            "NotImplemented",
            "VpcConfiguration",
        ),
        ("UpdateHost", json!({ "HostArn": at }), "ValidationException", "ProviderEndpoint"),
        ("CreateRepositoryLink", json!({}), "NotImplemented", "CreateRepositoryLink"),
        ("GetSyncConfiguration", json!({}), "NotImplemented", "GetSyncConfiguration"),
    ] {
        let (_, found, said) = bench.refused(operation, input.clone()).await;
        assert_eq!(found, code, "{operation} {input}: {said}");
        assert!(said.to_lowercase().contains(&word.to_lowercase()), "{operation} {input}: {said}");
    }
}
