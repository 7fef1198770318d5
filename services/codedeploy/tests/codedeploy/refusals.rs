//! Bad inputs, and what is not supported: refused, by AWS's codes and by name.

use serde_json::{Value, json};

use crate::yard::{Deploy, revision};

#[tokio::test(flavor = "multi_thread")]
async fn codes() {
    let deploy = Deploy::start().await;
    deploy.group("CodeDeployDefault.AllAtOnce").await;
    deploy.host("taken").await;
    let app = |more: Value| merged(json!({"applicationName": "app"}), more);
    let group = |more: Value| {
        let role = "arn:aws:iam::123456789012:role/deploy";
        let base = json!({"deploymentGroupName": "new", "serviceRoleArn": role});
        app(merged(base, more))
    };
    let deployment = |more: Value| {
        app(merged(json!({"deploymentGroupName": "group", "revision": revision("a")}), more))
    };
    let user = "arn:aws:iam::123456789012:user/new";
    let filter = |kind: &str| json!([{"Key": "", "Value": "", "Type": kind}]);
    let many_tags: Vec<Value> =
        (0..51).map(|key| json!({"Key": key.to_string(), "Value": ""})).collect();
    let rows: Vec<(&str, Value, &str, &str)> = vec![
        ("CreateApplication", json!({}), "ApplicationNameRequiredException", ""),
        (
            "CreateApplication",
            json!({"applicationName": "a b"}),
            "InvalidApplicationNameException",
            "",
        ),
        (
            "CreateApplication",
            json!({"applicationName": "app"}),
            "ApplicationAlreadyExistsException",
            "app",
        ),
        (
            "CreateApplication",
            json!({"applicationName": "x", "computePlatform": "Lambda"}),
            "InvalidComputePlatformException",
            "Lambda",
        ),
        (
            "CreateApplication",
            json!({"applicationName": "x", "computePlatform": "Toaster"}),
            "InvalidComputePlatformException",
            "",
        ),
        (
            "CreateApplication",
            json!({"applicationName": "x", "tags": many_tags}),
            "InvalidTagsToAddException",
            "50",
        ),
        (
            "CreateApplication",
            json!({"applicationName": "x", "tags": [{"Key": "AWS:x", "Value": ""}]}),
            "InvalidTagsToAddException",
            "reserved",
        ),
        (
            "CreateDeploymentGroup",
            group(json!({"tags": many_tags})),
            "InvalidTagsToAddException",
            "",
        ),
        (
            "GetApplication",
            json!({"applicationName": "none"}),
            "ApplicationDoesNotExistException",
            "none",
        ),
        (
            "UpdateApplication",
            json!({"applicationName": "app"}),
            "ApplicationNameRequiredException",
            "",
        ),
        ("RegisterOnPremisesInstance", json!({}), "InstanceNameRequiredException", ""),
        ("RegisterOnPremisesInstance", json!({"instanceName": "x"}), "IamArnRequiredException", ""),
        (
            "RegisterOnPremisesInstance",
            json!({"instanceName": "i-0123abcd", "iamUserArn": user}),
            "InvalidInstanceNameException",
            "",
        ),
        (
            "RegisterOnPremisesInstance",
            json!({"instanceName": "a/b", "iamUserArn": user}),
            "InvalidInstanceNameException",
            "",
        ),
        (
            "RegisterOnPremisesInstance",
            json!({"instanceName": "x", "iamUserArn": "nobody"}),
            "InvalidIamUserArnException",
            "",
        ),
        (
            "RegisterOnPremisesInstance",
            json!({"instanceName": "x", "iamSessionArn": user}),
            "InvalidIamSessionArnException",
            "",
        ),
        (
            "RegisterOnPremisesInstance",
            json!({"instanceName": "x", "iamUserArn": user, "iamSessionArn": user}),
            "MultipleIamArnsProvidedException",
            "",
        ),
        (
            "RegisterOnPremisesInstance",
            json!({"instanceName": "taken", "iamUserArn": user}),
            "InstanceNameAlreadyRegisteredException",
            "taken",
        ),
        (
            "RegisterOnPremisesInstance",
            json!({"instanceName": "x", "iamUserArn": "arn:aws:iam::123456789012:user/taken"}),
            "IamUserArnAlreadyRegisteredException",
            "taken",
        ),
        (
            "GetOnPremisesInstance",
            json!({"instanceName": "none"}),
            "InstanceNotRegisteredException",
            "none",
        ),
        (
            "AddTagsToOnPremisesInstances",
            json!({"tags": [], "instanceNames": ["taken"]}),
            "TagRequiredException",
            "",
        ),
        (
            "AddTagsToOnPremisesInstances",
            json!({"tags": [{"Key": ""}], "instanceNames": ["taken"]}),
            "InvalidTagException",
            "",
        ),
        (
            "ListOnPremisesInstances",
            json!({"tagFilters": filter("KEY_ONLY")}),
            "InvalidTagFilterException",
            "",
        ),
        (
            "ListOnPremisesInstances",
            json!({"registrationStatus": "Gone"}),
            "InvalidRegistrationStatusException",
            "",
        ),
        (
            "CreateDeploymentConfig",
            json!({"deploymentConfigName": "c"}),
            "InvalidMinimumHealthyHostValueException",
            "",
        ),
        (
            "CreateDeploymentConfig",
            json!({"deploymentConfigName": "c", "minimumHealthyHosts": {"type": "FLEET_PERCENT", "value": 101}}),
            "InvalidMinimumHealthyHostValueException",
            "",
        ),
        (
            "CreateDeploymentConfig",
            json!({"deploymentConfigName": "CodeDeployDefault.Mine", "minimumHealthyHosts": {"type": "HOST_COUNT", "value": 1}}),
            "InvalidDeploymentConfigNameException",
            "",
        ),
        (
            "CreateDeploymentConfig",
            json!({"deploymentConfigName": "c", "trafficRoutingConfig": {"type": "AllAtOnce"}}),
            "InvalidTrafficRoutingConfigurationException",
            "trafficRoutingConfig",
        ),
        (
            "CreateDeploymentConfig",
            json!({"deploymentConfigName": "c", "zonalConfig": {}}),
            "InvalidZonalDeploymentConfigurationException",
            "zonalConfig",
        ),
        (
            "DeleteDeploymentConfig",
            json!({"deploymentConfigName": "CodeDeployDefault.AllAtOnce"}),
            "InvalidOperationException",
            "",
        ),
        (
            "GetDeploymentConfig",
            json!({"deploymentConfigName": "none"}),
            "DeploymentConfigDoesNotExistException",
            "none",
        ),
        (
            "CreateDeploymentGroup",
            group(json!({"deploymentGroupName": "group"})),
            "DeploymentGroupAlreadyExistsException",
            "group",
        ),
        (
            "CreateDeploymentGroup",
            group(json!({"serviceRoleArn": "arn:aws:iam::123456789012:role/none"})),
            "InvalidRoleException",
            "none",
        ),
        (
            "CreateDeploymentGroup",
            group(json!({"deploymentConfigName": "none"})),
            "DeploymentConfigDoesNotExistException",
            "none",
        ),
        (
            "CreateDeploymentGroup",
            group(json!({"ec2TagFilters": [{"Key": "a", "Type": "KEY_ONLY"}]})),
            "InvalidEC2TagException",
            "ec2TagFilters",
        ),
        (
            "CreateDeploymentGroup",
            group(json!({"ec2TagSet": {"ec2TagSetList": [[{"Key": "a"}]]}})),
            "InvalidEC2TagCombinationException",
            "ec2TagSet",
        ),
        (
            "CreateDeploymentGroup",
            group(json!({"autoScalingGroups": ["a"]})),
            "InvalidAutoScalingGroupException",
            "autoScalingGroups",
        ),
        (
            "CreateDeploymentGroup",
            group(json!({"triggerConfigurations": [{"triggerName": "t"}]})),
            "InvalidTriggerConfigException",
            "triggerConfigurations",
        ),
        (
            "CreateDeploymentGroup",
            group(json!({"alarmConfiguration": {"enabled": true}})),
            "InvalidAlarmConfigException",
            "alarmConfiguration",
        ),
        (
            "CreateDeploymentGroup",
            group(json!({"deploymentStyle": {"deploymentType": "BLUE_GREEN"}})),
            "InvalidDeploymentStyleException",
            "BLUE_GREEN",
        ),
        (
            "CreateDeploymentGroup",
            group(json!({"deploymentStyle": {"deploymentOption": "WITH_TRAFFIC_CONTROL"}})),
            "InvalidDeploymentStyleException",
            "WITH_TRAFFIC_CONTROL",
        ),
        (
            "CreateDeploymentGroup",
            group(
                json!({"blueGreenDeploymentConfiguration": {"deploymentReadyOption": {"waitTimeInMinutes": 1}}}),
            ),
            "InvalidBlueGreenDeploymentConfigurationException",
            "blueGreen",
        ),
        (
            "CreateDeploymentGroup",
            group(json!({"loadBalancerInfo": {"elbInfoList": [{"name": "a"}]}})),
            "InvalidLoadBalancerInfoException",
            "loadBalancerInfo",
        ),
        (
            "CreateDeploymentGroup",
            group(json!({"ecsServices": [{"serviceName": "a"}]})),
            "InvalidECSServiceException",
            "ecsServices",
        ),
        (
            "CreateDeploymentGroup",
            group(json!({"terminationHookEnabled": true})),
            "InvalidInputException",
            "terminationHookEnabled",
        ),
        (
            "CreateDeploymentGroup",
            group(json!({"autoRollbackConfiguration": {"enabled": true}})),
            "InvalidAutoRollbackConfigException",
            "",
        ),
        (
            "CreateDeploymentGroup",
            group(json!({"onPremisesInstanceTagFilters": filter("VALUE_ONLY")})),
            "InvalidTagException",
            "",
        ),
        (
            "CreateDeploymentGroup",
            group(
                json!({"onPremisesInstanceTagFilters": [{"Key": "a", "Type": "KEY_ONLY"}], "onPremisesTagSet": {"onPremisesTagSetList": [[{"Key": "a", "Type": "KEY_ONLY"}]]}}),
            ),
            "InvalidOnPremisesTagCombinationException",
            "",
        ),
        (
            "CreateDeploymentGroup",
            group(json!({"onPremisesTagSet": {"onPremisesTagSetList": [[], [], [], []]}})),
            "TagSetListLimitExceededException",
            "",
        ),
        (
            "GetDeploymentGroup",
            app(json!({"deploymentGroupName": "none"})),
            "DeploymentGroupDoesNotExistException",
            "none",
        ),
        ("CreateDeployment", json!({}), "ApplicationNameRequiredException", ""),
        (
            "CreateDeployment",
            app(json!({"revision": revision("a")})),
            "DeploymentGroupNameRequiredException",
            "",
        ),
        (
            "CreateDeployment",
            app(json!({"deploymentGroupName": "group"})),
            "RevisionRequiredException",
            "",
        ),
        (
            "CreateDeployment",
            app(json!({"deploymentGroupName": "group", "updateOutdatedInstancesOnly": true})),
            "RevisionRequiredException",
            "",
        ),
        (
            "CreateDeployment",
            deployment(json!({"deploymentGroupName": "none"})),
            "DeploymentGroupDoesNotExistException",
            "none",
        ),
        (
            "CreateDeployment",
            deployment(json!({"deploymentConfigName": "none"})),
            "DeploymentConfigDoesNotExistException",
            "none",
        ),
        (
            "CreateDeployment",
            deployment(json!({"description": "x".repeat(257)})),
            "DescriptionTooLongException",
            "",
        ),
        (
            "CreateDeployment",
            deployment(json!({"fileExistsBehavior": "ASK"})),
            "InvalidFileExistsBehaviorException",
            "",
        ),
        (
            "CreateDeployment",
            deployment(json!({"updateOutdatedInstancesOnly": true})),
            "InvalidUpdateOutdatedInstancesOnlyValueException",
            "",
        ),
        (
            "CreateDeployment",
            deployment(json!({"targetInstances": {"autoScalingGroups": ["a"]}})),
            "InvalidTargetInstancesException",
            "targetInstances",
        ),
        (
            "CreateDeployment",
            deployment(json!({"overrideAlarmConfiguration": {"enabled": true}})),
            "InvalidAlarmConfigException",
            "overrideAlarmConfiguration",
        ),
        (
            "CreateDeployment",
            deployment(json!({"autoRollbackConfiguration": {"enabled": true, "events": []}})),
            "InvalidAutoRollbackConfigException",
            "",
        ),
        (
            "CreateDeployment",
            deployment(json!({"revision": {}})),
            "InvalidRevisionException",
            "revisionType",
        ),
        (
            "CreateDeployment",
            deployment(json!({"revision": {"revisionType": "GitHub"}})),
            "InvalidRevisionException",
            "GitHub",
        ),
        (
            "CreateDeployment",
            deployment(json!({"revision": {"revisionType": "S3"}})),
            "InvalidRevisionException",
            "s3Location",
        ),
        (
            "CreateDeployment",
            deployment(
                json!({"revision": {"revisionType": "S3", "s3Location": {"bucket": "b", "key": "k"}}}),
            ),
            "InvalidRevisionException",
            "bundleType",
        ),
        (
            "CreateDeployment",
            deployment(
                json!({"revision": {"revisionType": "S3", "s3Location": {"bucket": "b", "key": "k", "bundleType": "YAML"}}}),
            ),
            "InvalidRevisionException",
            "YAML",
        ),
        (
            "CreateDeployment",
            deployment(json!({"deploymentMode": "RESTART"})),
            "InvalidInputException",
            "RESTART",
        ),
        (
            "CreateDeployment",
            deployment(
                json!({"ec2DeploymentOptions": {"autoScalingGroupProcessesToSuspend": ["Terminate"]}}),
            ),
            "InvalidAutoScalingGroupProcessToSuspendException",
            "ec2DeploymentOptions",
        ),
        (
            "GetApplicationRevision",
            app(json!({"revision": revision("none")})),
            "RevisionDoesNotExistException",
            "",
        ),
        (
            "ListApplicationRevisions",
            app(json!({"s3KeyPrefix": "x"})),
            "InvalidKeyPrefixFilterException",
            "",
        ),
        ("ListApplicationRevisions", app(json!({"sortBy": "size"})), "InvalidSortByException", ""),
        ("GetDeployment", json!({}), "DeploymentIdRequiredException", ""),
        (
            "GetDeployment",
            json!({"deploymentId": "d-NONE00000"}),
            "DeploymentDoesNotExistException",
            "d-NONE00000",
        ),
        (
            "StopDeployment",
            json!({"deploymentId": "d-NONE00000"}),
            "DeploymentDoesNotExistException",
            "",
        ),
        (
            "ContinueDeployment",
            json!({"deploymentId": "d-NONE00000"}),
            "DeploymentDoesNotExistException",
            "",
        ),
        ("ListDeployments", app(json!({})), "DeploymentGroupNameRequiredException", ""),
        (
            "ListDeployments",
            json!({"deploymentGroupName": "group"}),
            "ApplicationNameRequiredException",
            "",
        ),
        ("ListDeployments", json!({"externalId": "x"}), "InvalidExternalIdException", "externalId"),
        (
            "ListDeployments",
            json!({"createTimeRange": {"start": 20, "end": 10}}),
            "InvalidTimeRangeException",
            "",
        ),
        (
            "ListDeployments",
            json!({"includeOnlyStatuses": ["Lost"]}),
            "InvalidDeploymentStatusException",
            "",
        ),
        (
            "ListDeploymentTargets",
            json!({"deploymentId": "d-NONE00000"}),
            "DeploymentDoesNotExistException",
            "",
        ),
        ("ListTagsForResource", json!({"ResourceArn": "x"}), "InvalidArnException", ""),
        (
            "ListTagsForResource",
            json!({"ResourceArn": "arn:aws:codedeploy:us-east-1:123456789012:instance:x"}),
            "ArnNotSupportedException",
            "",
        ),
    ];
    let mut wrong = Vec::new();
    for (operation, input, code, part) in rows {
        let (got, message) = deploy.refused(operation, input.clone()).await;
        if got != code || !message.contains(part) {
            wrong.push(format!("{operation} {input}\n got {got}: {message}\nwant {code}: {part}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    for operation in ["ListGitHubAccountTokenNames", "PutLifecycleEventHookExecutionStatus"] {
        let (status, body) = deploy.call(operation, json!({})).await;
        assert_eq!(status, 501, "{body}");
        assert!(body.to_string().contains(operation));
    }
    // What tools send for what they do not use is no use of it.
    let input = group(json!({
        "ec2TagFilters": [], "autoScalingGroups": [], "triggerConfigurations": [],
        "alarmConfiguration": {"enabled": false, "alarms": []}, "loadBalancerInfo": {},
        "blueGreenDeploymentConfiguration": {}, "ecsServices": [], "terminationHookEnabled": false,
        "deploymentStyle": {"deploymentType": "IN_PLACE",
            "deploymentOption": "WITHOUT_TRAFFIC_CONTROL"},
    }));
    deploy.ok("CreateDeploymentGroup", input).await;
    deploy.yard.stop().await;
}

fn merged(mut base: Value, more: Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        base[name] = value.clone();
    }
    base
}
