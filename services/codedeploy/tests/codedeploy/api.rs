//! The public API: what is put in comes out.

use serde_json::{Value, json};

use crate::yard::{Deploy, revision};

#[tokio::test(flavor = "multi_thread")]
async fn instances_and_their_tags() {
    let deploy = Deploy::start().await;
    deploy.host("one").await;
    deploy.host("two").await;
    let tags = json!({"tags": [{"Key": "role", "Value": "web"}], "instanceNames": ["two"]});
    deploy.ok("AddTagsToOnPremisesInstances", tags).await;
    let info = deploy.ok("GetOnPremisesInstance", json!({"instanceName": "two"})).await;
    let info = &info["instanceInfo"];
    assert_eq!(info["iamUserArn"], "arn:aws:iam::123456789012:user/two");
    assert!(
        info["instanceArn"]
            .as_str()
            .unwrap()
            .starts_with("arn:aws:codedeploy:us-east-1:123456789012:instance/two_")
    );
    assert_eq!(info["tags"].as_array().unwrap().len(), 2);
    for (filters, status, want) in [
        (json!([]), Value::Null, json!(["one", "two"])),
        (json!([{"Key": "role", "Type": "KEY_ONLY"}]), Value::Null, json!(["two"])),
        (json!([{"Value": "test", "Type": "VALUE_ONLY"}]), Value::Null, json!(["one", "two"])),
        (
            json!([{"Key": "env", "Value": "test", "Type": "KEY_AND_VALUE"},
                   {"Key": "role", "Value": "db", "Type": "KEY_AND_VALUE"}]),
            Value::Null,
            json!([]),
        ),
        (json!([]), json!("Deregistered"), json!([])),
    ] {
        let mut input = json!({"tagFilters": filters});
        if !status.is_null() {
            input["registrationStatus"] = status;
        }
        let listed = deploy.ok("ListOnPremisesInstances", input.clone()).await;
        assert_eq!(listed["instanceNames"], want, "{input}");
    }
    let tags = json!({"tags": [{"Key": "role"}, {"Key": "env", "Value": "other"}],
        "instanceNames": ["two"]});
    deploy.ok("RemoveTagsFromOnPremisesInstances", tags).await;
    let batch = json!({"instanceNames": ["two", "three"]});
    let batch = deploy.ok("BatchGetOnPremisesInstances", batch).await;
    assert_eq!(batch["instanceInfos"].as_array().unwrap().len(), 1);
    assert_eq!(batch["instanceInfos"][0]["tags"], json!([{"Key": "env", "Value": "test"}]));

    deploy.ok("DeregisterOnPremisesInstance", json!({"instanceName": "two"})).await;
    let input = json!({"registrationStatus": "Deregistered"});
    let listed = deploy.ok("ListOnPremisesInstances", input).await;
    assert_eq!(listed["instanceNames"], json!(["two"]));
    // Its name and its user are free again.
    let again = json!({"instanceName": "two", "iamUserArn": "arn:aws:iam::123456789012:user/two"});
    deploy.ok("RegisterOnPremisesInstance", again).await;
    deploy.yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn applications_revisions_and_groups() {
    let deploy = Deploy::start().await;
    deploy.group("CodeDeployDefault.AllAtOnce").await;
    let description = json!({"applicationName": "app", "revision": revision("a"),
        "description": "first"});
    deploy.ok("RegisterApplicationRevision", description).await;
    for key in ["b", "c/d"] {
        let input = json!({"applicationName": "app", "revision": revision(key)});
        deploy.ok("RegisterApplicationRevision", input).await;
    }
    let input = json!({"applicationName": "app", "revision": revision("a")});
    let info = deploy.ok("GetApplicationRevision", input).await;
    assert_eq!(info["revisionInfo"]["description"], "first");
    let input = json!({"applicationName": "app", "sortBy": "registerTime",
        "sortOrder": "descending"});
    let listed = deploy.ok("ListApplicationRevisions", input).await;
    assert_eq!(listed["revisions"].as_array().unwrap().len(), 3);
    assert_eq!(listed["revisions"][0], revision("c/d"));
    let input = json!({"applicationName": "app", "s3Bucket": "bucket", "s3KeyPrefix": "c/",
        "deployed": "exclude"});
    let listed = deploy.ok("ListApplicationRevisions", input).await;
    assert_eq!(listed["revisions"], json!([revision("c/d")]));
    let input = json!({"applicationName": "app", "revisions": [revision("a"), revision("z")]});
    let batch = deploy.ok("BatchGetApplicationRevisions", input).await;
    assert_eq!(batch["revisions"].as_array().unwrap().len(), 1);
    assert!(batch["errorMessage"].as_str().unwrap().starts_with('1'));

    // Names change, what belongs together stays so.
    let input = json!({"applicationName": "app", "newApplicationName": "renamed"});
    deploy.ok("UpdateApplication", input).await;
    let input = json!({"applicationName": "renamed", "currentDeploymentGroupName": "group",
        "newDeploymentGroupName": "others", "deploymentConfigName": "CodeDeployDefault.HalfAtATime",
        "onPremisesInstanceTagFilters": [],
        "onPremisesTagSet": {"onPremisesTagSetList": [[{"Key": "x", "Type": "KEY_ONLY"}]]}});
    deploy.ok("UpdateDeploymentGroup", input).await;
    let listed = deploy.ok("ListDeploymentGroups", json!({"applicationName": "renamed"})).await;
    assert_eq!(listed["deploymentGroups"], json!(["others"]));
    let input = json!({"applicationName": "renamed", "deploymentGroupName": "others"});
    let info = deploy.ok("GetDeploymentGroup", input).await;
    let info = &info["deploymentGroupInfo"];
    assert_eq!(info["deploymentConfigName"], "CodeDeployDefault.HalfAtATime");
    assert_eq!(info["onPremisesInstanceTagFilters"], json!([]));
    assert_eq!(info["onPremisesTagSet"]["onPremisesTagSetList"][0][0]["Key"], "x");
    assert_eq!(info["deploymentStyle"]["deploymentType"], "IN_PLACE");
    let input = json!({"applicationName": "renamed", "deploymentGroupNames": ["others", "none"]});
    let batch = deploy.ok("BatchGetDeploymentGroups", input).await;
    assert_eq!(batch["deploymentGroupsInfo"].as_array().unwrap().len(), 1);
    assert!(batch["errorMessage"].as_str().unwrap().contains("none"));

    let listed = deploy.ok("ListApplications", json!({})).await;
    assert_eq!(listed["applications"], json!(["renamed"]));
    deploy.ok("DeleteApplication", json!({"applicationName": "renamed"})).await;
    deploy.ok("DeleteApplication", json!({"applicationName": "renamed"})).await;
    deploy.ok("CreateApplication", json!({"applicationName": "renamed"})).await;
    let listed = deploy.ok("ListDeploymentGroups", json!({"applicationName": "renamed"})).await;
    assert_eq!(listed["deploymentGroups"], json!([]));
    let listed = deploy.ok("ListApplicationRevisions", json!({"applicationName": "renamed"})).await;
    assert_eq!(listed["revisions"], json!([]));
    deploy.yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn configurations() {
    let deploy = Deploy::start().await;
    for (name, percent) in [
        ("CodeDeployDefault.OneAtATime", 99),
        ("CodeDeployDefault.HalfAtATime", 50),
        ("CodeDeployDefault.AllAtOnce", 0),
    ] {
        let info = deploy.ok("GetDeploymentConfig", json!({"deploymentConfigName": name})).await;
        let minimum = &info["deploymentConfigInfo"]["minimumHealthyHosts"];
        assert_eq!(*minimum, json!({"type": "FLEET_PERCENT", "value": percent}), "{name}");
    }
    let input = json!({"deploymentConfigName": "mine",
        "minimumHealthyHosts": {"type": "HOST_COUNT", "value": 2}});
    deploy.ok("CreateDeploymentConfig", input).await;
    let listed = deploy.ok("ListDeploymentConfigs", json!({})).await;
    assert_eq!(listed["deploymentConfigsList"].as_array().unwrap().len(), 4);
    deploy.group("mine").await;
    let name = json!({"deploymentConfigName": "mine"});
    let (code, _) = deploy.refused("DeleteDeploymentConfig", name.clone()).await;
    assert_eq!(code, "DeploymentConfigInUseException");
    let group = json!({"applicationName": "app", "deploymentGroupName": "group"});
    deploy.ok("DeleteDeploymentGroup", group).await;
    deploy.ok("DeleteDeploymentConfig", name).await;
    deploy.yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_and_pages() {
    let deploy = Deploy::start().await;
    let tagged = json!({"applicationName": "app-000", "tags": [{"Key": "a", "Value": "1"}]});
    deploy.ok("CreateApplication", tagged).await;
    let arn = "arn:aws:codedeploy:us-east-1:123456789012:application:app-000";
    let more = json!({"ResourceArn": arn, "Tags": [{"Key": "a", "Value": "2"}, {"Key": "b"}]});
    deploy.ok("TagResource", more).await;
    let listed = deploy.ok("ListTagsForResource", json!({"ResourceArn": arn})).await;
    assert_eq!(listed["Tags"], json!([{"Key": "a", "Value": "2"}, {"Key": "b", "Value": ""}]));
    deploy.ok("UntagResource", json!({"ResourceArn": arn, "TagKeys": ["a"]})).await;
    let listed = deploy.ok("ListTagsForResource", json!({"ResourceArn": arn})).await;
    assert_eq!(listed["Tags"], json!([{"Key": "b", "Value": ""}]));

    for index in 1..150 {
        let name = format!("app-{index:03}");
        deploy.ok("CreateApplication", json!({"applicationName": name})).await;
    }
    let first = deploy.ok("ListApplications", json!({})).await;
    assert_eq!(first["applications"].as_array().unwrap().len(), 100);
    let token = first["nextToken"].clone();
    let second = deploy.ok("ListApplications", json!({"nextToken": token})).await;
    assert_eq!(second["applications"].as_array().unwrap().len(), 50);
    assert!(second.get("nextToken").is_none_or(Value::is_null));
    let (code, _) = deploy.refused("ListApplications", json!({"nextToken": "x"})).await;
    assert_eq!(code, "InvalidNextTokenException");
    deploy.yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_decide() {
    let deploy = Deploy::start().await;
    deploy.group("CodeDeployDefault.AllAtOnce").await;
    let group = "arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:app/group";
    let narrow = deploy.yard.user(
        "narrow",
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "codedeploy:CreateDeployment", "Resource": group},
            {"Effect": "Allow", "Action": "codedeploy:GetDeployment", "Resource": group}]}),
    );
    let input = json!({"applicationName": "app", "deploymentGroupName": "group",
        "revision": revision("a")});
    let call = |operation: &str, input: Value| {
        let target = format!("CodeDeploy_20141006.{operation}");
        let narrow = narrow.clone();
        let yard = &deploy.yard;
        async move { yard.json_as(&narrow, "codedeploy", &target, input).await }
    };
    let (status, body) = call("CreateDeployment", input).await;
    assert_eq!(status, 200, "{body}");
    let id = body["deploymentId"].clone();
    assert_eq!(call("GetDeployment", json!({"deploymentId": id})).await.0, 200);
    for (operation, input) in [
        ("StopDeployment", json!({"deploymentId": id})),
        ("GetDeployment", json!({"deploymentId": "d-NONE00000"})),
        ("ListApplications", json!({})),
        ("GetApplication", json!({"applicationName": "app"})),
    ] {
        let (status, body) = call(operation, input).await;
        assert_eq!(status, 400, "{operation}");
        assert!(body["__type"].as_str().unwrap().contains("AccessDenied"), "{operation} {body}");
    }
    deploy.yard.stop().await;
}
