//! Deployments onto scripted hosts: order, health, failure, rollback, stop, timeouts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use testkit::TestYard;
use types::{Clock, ManualClock, SystemClock};

use crate::yard::{Deploy, LIMIT, revision};

const EVENTS: [&str; 7] = [
    "ApplicationStop",
    "DownloadBundle",
    "BeforeInstall",
    "Install",
    "AfterInstall",
    "ApplicationStart",
    "ValidateService",
];

#[tokio::test(flavor = "multi_thread")]
async fn one_host_from_beginning_to_end() {
    let deploy = Deploy::start().await;
    deploy.group("CodeDeployDefault.OneAtATime").await;
    let host = deploy.host("one").await;
    let id = deploy.create(json!({"description": "d", "fileExistsBehavior": "RETAIN"})).await;
    let (code, message) = deploy
        .refused(
            "CreateDeployment",
            json!({"applicationName": "app", "deploymentGroupName": "group",
                "revision": revision("two")}),
        )
        .await;
    assert_eq!(code, "DeploymentLimitExceededException");
    assert!(message.contains(&id), "{message}");

    let command = deploy.poll(&host).await.unwrap();
    assert_eq!(command["CommandName"], "ApplicationStop");
    let (status, spec) = deploy.specification(&host, &command["DeploymentExecutionId"]).await;
    assert_eq!((status, &spec["DeploymentSystem"]), (200, &json!("CodeDeploy")));
    let envelope = &spec["DeploymentSpecification"]["GenericEnvelope"];
    assert_eq!(envelope["Format"], "PKCS7/JSON");
    assert!(envelope["Payload"].as_str().unwrap().starts_with("-----BEGIN PKCS7-----\n"));
    // There is nothing to stop: the event is over with the acknowledgement.
    assert_eq!(deploy.acknowledge(&host, &command, true).await, "Succeeded");
    assert_eq!(deploy.acknowledge(&host, &command, true).await, "Succeeded");
    let command = deploy.poll(&host).await.unwrap();
    assert_eq!(command["CommandName"], "DownloadBundle");
    assert_eq!(deploy.acknowledge(&host, &command, false).await, "InProgress");
    let target = deploy.target(&id, "one").await;
    assert_eq!(target["lifecycleEvents"][1]["status"], "InProgress");
    assert_eq!(deploy.complete(&host, &command, 0, "").await.0, 200);
    assert_eq!(deploy.complete(&host, &command, 0, "").await.0, 200, "told twice");
    assert_eq!(deploy.complete(&host, &command, 4, "").await.0, 400, "told otherwise");
    let events = deploy.serve(&host, &id, "").await;
    assert_eq!(events, EVENTS[2..]);

    let info = deploy.ended(&id).await;
    assert_eq!(info["status"], "Succeeded", "{info}");
    assert_eq!(info["deploymentOverview"]["Succeeded"], 1);
    assert_eq!(info["fileExistsBehavior"], "RETAIN");
    let target = deploy.target(&id, "one").await;
    for event in target["lifecycleEvents"].as_array().unwrap() {
        assert_eq!(event["status"], "Succeeded", "{event}");
        assert!(event["endTime"].is_number() && event["startTime"].is_number());
    }
    assert_eq!(target["lifecycleEvents"][6]["diagnostics"]["logTail"], "a log");
    let input = json!({"applicationName": "app", "deploymentGroupName": "group"});
    let group = deploy.ok("GetDeploymentGroup", input.clone()).await;
    let group = &group["deploymentGroupInfo"];
    assert_eq!(group["lastSuccessfulDeployment"]["deploymentId"], id.as_str());
    assert_eq!(group["targetRevision"], revision("one"));
    let listed = deploy.ok("ListDeployments", input).await;
    assert_eq!(listed["deployments"], json!([id]));
    let input = json!({"applicationName": "app", "revision": revision("one")});
    let known = deploy.ok("GetApplicationRevision", input).await;
    assert_eq!(known["revisionInfo"]["deploymentGroups"], json!(["group"]));
    let input = json!({"deploymentId": id, "instanceId": target["targetArn"]});
    let older = deploy.ok("GetDeploymentInstance", input).await;
    assert_eq!(older["instanceSummary"]["status"], "Succeeded");
    TestYard::until(LIMIT, || async {
        (deploy.states("Deployment").len() == 2 && deploy.states("Instance").len() == 2)
            .then_some(())
    })
    .await;
    assert_eq!(deploy.states("Deployment"), ["START", "SUCCESS"]);
    assert_eq!(deploy.states("Instance"), ["START", "SUCCESS"]);
    let event = deploy.heard.0.lock().unwrap()[0].clone();
    assert_eq!(event.source, "aws.codedeploy");
    assert_eq!(event.detail["deploymentGroup"], "group");

    // Deployed again only where it is outdated, there is nothing to do.
    let again = json!({"applicationName": "app", "deploymentGroupName": "group",
        "updateOutdatedInstancesOnly": true});
    let again = deploy.ok("CreateDeployment", again).await;
    let info = deploy.ended(again["deploymentId"].as_str().unwrap()).await;
    assert_eq!(info["status"], "Succeeded", "{info}");
    deploy.yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_speak_for_their_own_host_only() {
    let deploy = Deploy::start().await;
    deploy.group("CodeDeployDefault.AllAtOnce").await;
    let (one, two) = (deploy.host("one").await, deploy.host("two").await);
    deploy.create(json!({})).await;
    let command = deploy.poll(&one).await.unwrap();
    let as_two = |operation: &str, input: serde_json::Value| {
        let target = format!("CodeDeployCommandService_v20141006.{operation}");
        let (keys, yard) = (two.keys.clone(), &deploy.yard);
        async move { yard.json_as(&keys, "codedeploy-commands", &target, input).await.0 }
    };
    let id = &command["HostCommandIdentifier"];
    assert_eq!(as_two("PollHostCommand", json!({"HostIdentifier": one.arn})).await, 400);
    let complete = json!({"HostCommandIdentifier": id, "CommandStatus": "Failed"});
    assert_eq!(as_two("PutHostCommandComplete", complete).await, 400);
    let acknowledge = json!({"HostCommandIdentifier": id});
    assert_eq!(as_two("PutHostCommandAcknowledgement", acknowledge).await, 400);
    // Nor does anybody without registration get work, or anything unsigned by its policies where
    // those decide.
    deploy.ok("DeregisterOnPremisesInstance", json!({"instanceName": "two"})).await;
    assert_eq!(as_two("PollHostCommand", json!({"HostIdentifier": two.arn})).await, 400);
    let secure = "CodeDeployCommandService.PollHostCommand";
    let input = json!({"HostIdentifier": one.arn});
    let name = "codedeploy-commands-secure";
    let (status, body) = deploy.yard.json_as(&one.keys, name, secure, input).await;
    assert_eq!(status, 400);
    assert!(body["__type"].as_str().unwrap().contains("AccessDenied"), "{body}");
    deploy.yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_at_a_time_stops_at_the_first_failure() {
    let deploy = Deploy::start().await;
    deploy.group("CodeDeployDefault.OneAtATime").await;
    let (one, two) = (deploy.host("one").await, deploy.host("two").await);
    let three = deploy.host("three").await;
    let id = deploy.create(json!({})).await;
    // In the order of their names at first.
    let (a, b, c) = tokio::join!(
        deploy.serve(&one, &id, ""),
        deploy.serve(&two, &id, ""),
        deploy.serve(&three, &id, "Install")
    );
    assert_eq!((a.len(), b.len()), (7, 0));
    assert_eq!(c, EVENTS[..4]);
    let info = deploy.ended(&id).await;
    assert_eq!(info["status"], "Failed");
    assert_eq!(info["errorInformation"]["code"], "HEALTH_CONSTRAINTS");
    let names = ["one", "three", "two"];
    assert_eq!(deploy.statuses(&id, &names).await, ["Succeeded", "Failed", "Skipped"]);
    let target = deploy.target(&id, "three").await;
    let failed = &target["lifecycleEvents"][3];
    assert_eq!(failed["diagnostics"]["errorCode"], "ScriptFailed");
    assert_eq!(failed["diagnostics"]["scriptName"], "run.sh");
    assert_eq!(target["lifecycleEvents"][4]["status"], "Skipped");
    let input = json!({"deploymentId": id, "targetFilters": {"TargetStatus": ["Skipped"]}});
    let listed = deploy.ok("ListDeploymentTargets", input).await;
    assert_eq!(listed["targetIds"], json!(["two"]));

    // The one that failed comes first now; the last one may fail.
    let id = deploy.create(json!({"revision": revision("two")})).await;
    let mut order = Vec::new();
    for _ in 0..3 {
        let (host, command) = tokio::select! {
            Some(command) = deploy.poll(&one) => (&one, command),
            Some(command) = deploy.poll(&two) => (&two, command),
            Some(command) = deploy.poll(&three) => (&three, command),
        };
        order.push(host.name.clone());
        let mut command = Some(command);
        while let Some(current) = command.take() {
            let event = current["CommandName"].as_str().unwrap().to_owned();
            deploy.acknowledge(host, &current, false).await;
            let last = order.len() == 3 && event == "Install";
            deploy.complete(host, &current, if last { 4 } else { 0 }, "").await;
            if event != "ValidateService" && !last {
                command = deploy.poll(host).await;
            }
        }
    }
    assert_eq!(order, ["three", "two", "one"]);
    let info = deploy.ended(&id).await;
    assert_eq!(info["status"], "Succeeded", "{info}");
    assert_eq!(info["deploymentOverview"]["Failed"], 1);
    deploy.yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_at_a_time_and_host_counts() {
    let deploy = Deploy::start().await;
    let count = json!({"deploymentConfigName": "keep-two",
        "minimumHealthyHosts": {"type": "HOST_COUNT", "value": 2}});
    deploy.ok("CreateDeploymentConfig", count).await;
    deploy.group("CodeDeployDefault.HalfAtATime").await;
    let mut hosts = Vec::new();
    for name in ["a", "b", "c", "d"] {
        hosts.push(deploy.host(name).await);
    }
    for config in ["CodeDeployDefault.HalfAtATime", "keep-two"] {
        let id = deploy.create(json!({"deploymentConfigName": config})).await;
        let (first, second) =
            (deploy.poll(&hosts[0]).await.unwrap(), deploy.poll(&hosts[1]).await.unwrap());
        let waiting = deploy.statuses(&id, &["a", "b", "c", "d"]).await;
        assert_eq!(waiting, ["InProgress", "InProgress", "Pending", "Pending"], "{config}");
        for (host, command) in [(&hosts[0], first), (&hosts[1], second)] {
            deploy.acknowledge(host, &command, false).await;
            deploy.complete(host, &command, 0, "").await;
        }
        tokio::join!(
            deploy.serve(&hosts[0], &id, ""),
            deploy.serve(&hosts[1], &id, ""),
            deploy.serve(&hosts[2], &id, ""),
            deploy.serve(&hosts[3], &id, "")
        );
        assert_eq!(deploy.ended(&id).await["status"], "Succeeded", "{config}");
    }
    let all = json!({"deploymentConfigName": "keep-four",
        "minimumHealthyHosts": {"type": "HOST_COUNT", "value": 4}});
    deploy.ok("CreateDeploymentConfig", all).await;
    let id = deploy.create(json!({"deploymentConfigName": "keep-four"})).await;
    let info = deploy.ended(&id).await;
    assert_eq!(info["errorInformation"]["code"], "HEALTH_CONSTRAINTS_INVALID");
    deploy.yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_rolled_back() {
    let deploy = Deploy::start().await;
    deploy.group("CodeDeployDefault.AllAtOnce").await;
    let host = deploy.host("one").await;
    let rollback = json!({"enabled": true, "events": ["DEPLOYMENT_FAILURE"]});
    // Nothing to roll back to yet.
    let id = deploy
        .create(json!({"revision": revision("bad"), "autoRollbackConfiguration": rollback}))
        .await;
    deploy.serve(&host, &id, "ValidateService").await;
    let info = deploy.ended(&id).await;
    assert!(info["rollbackInfo"]["rollbackDeploymentId"].is_null());
    assert!(info["rollbackInfo"]["rollbackMessage"].as_str().unwrap().contains("no earlier"));

    let good = deploy.create(json!({})).await;
    deploy.serve(&host, &good, "").await;
    assert_eq!(deploy.ended(&good).await["status"], "Succeeded");
    let bad = deploy
        .create(json!({"revision": revision("bad"), "autoRollbackConfiguration": rollback}))
        .await;
    deploy.serve(&host, &bad, "ValidateService").await;
    let info = deploy.ended(&bad).await;
    assert_eq!(info["status"], "Failed");
    let back = info["rollbackInfo"]["rollbackDeploymentId"].as_str().unwrap().to_owned();
    deploy.serve(&host, &back, "").await;
    let info = deploy.ended(&back).await;
    assert_eq!(
        (&info["status"], &info["creator"]),
        (&json!("Succeeded"), &json!("codeDeployRollback"))
    );
    assert_eq!(info["revision"], revision("one"));
    assert_eq!(info["rollbackInfo"]["rollbackTriggeringDeploymentId"], bad.as_str());
    let input = json!({"applicationName": "app", "deploymentGroupName": "group"});
    let listed = deploy.ok("ListDeployments", input).await;
    assert_eq!(listed["deployments"][0], back.as_str());
    assert_eq!(listed["deployments"].as_array().unwrap().len(), 4);
    deploy.yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping() {
    let deploy = Deploy::start().await;
    deploy.group("CodeDeployDefault.OneAtATime").await;
    let (one, _two) = (deploy.host("one").await, deploy.host("two").await);
    let id = deploy.create(json!({})).await;
    let command = deploy.poll(&one).await.unwrap();
    deploy.acknowledge(&one, &command, false).await;
    let (code, _) = deploy.refused("ContinueDeployment", json!({"deploymentId": id})).await;
    assert_eq!(code, "UnsupportedActionForDeploymentTypeException");
    let stop = deploy.ok("StopDeployment", json!({"deploymentId": id})).await;
    assert_eq!(stop["status"], "Pending");
    // What runs is waited for.
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(deploy.get(&id).await["status"], "InProgress");
    deploy.complete(&one, &command, 0, "").await;
    let info = deploy.ended(&id).await;
    assert_eq!(info["status"], "Stopped");
    assert_eq!(info["errorInformation"]["code"], "MANUAL_STOP");
    assert_eq!(deploy.statuses(&id, &["one", "two"]).await, ["Failed", "Skipped"]);
    let (code, _) = deploy.refused("StopDeployment", json!({"deploymentId": id})).await;
    assert_eq!(code, "DeploymentAlreadyCompletedException");

    // A command that nobody has begun is taken back.
    let id = deploy.create(json!({})).await;
    let command = deploy.poll(&one).await.unwrap();
    deploy.ok("StopDeployment", json!({"deploymentId": id})).await;
    assert_eq!(deploy.ended(&id).await["status"], "Stopped");
    assert_eq!(deploy.acknowledge(&one, &command, false).await, "Failed");
    deploy.yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_stop_script_can_be_ignored() {
    let deploy = Deploy::start().await;
    deploy.group("CodeDeployDefault.AllAtOnce").await;
    let host = deploy.host("one").await;
    for (ignore, status, events) in [(false, "Failed", 1), (true, "Succeeded", 7)] {
        let id = deploy.create(json!({"ignoreApplicationStopFailures": ignore})).await;
        assert_eq!(deploy.serve(&host, &id, "ApplicationStop").await.len(), events);
        assert_eq!(deploy.ended(&id).await["status"], status);
    }
    deploy.yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_there() {
    let clock = ManualClock::new(SystemClock.now());
    let deploy = Deploy::with(|builder| builder.clock(clock.clone())).await;
    deploy.group("CodeDeployDefault.AllAtOnce").await;
    let id = deploy.create(json!({})).await;
    let info = deploy.ended(&id).await;
    assert_eq!(info["errorInformation"]["code"], "NO_INSTANCES");

    // An agent that never asks, and one that never answers.
    let (_away, hangs) = (deploy.host("away").await, deploy.host("hangs").await);
    let id = deploy.create(json!({})).await;
    let command = deploy.poll(&hangs).await.unwrap();
    deploy.acknowledge(&hangs, &command, false).await;
    clock.advance_millis(301_000);
    TestYard::until(LIMIT, || async {
        (deploy.target(&id, "away").await["status"] == "Failed").then_some(())
    })
    .await;
    let target = deploy.target(&id, "away").await;
    let message = &target["lifecycleEvents"][0]["diagnostics"]["message"];
    assert!(message.as_str().unwrap().contains("not able to receive the lifecycle event"));
    assert_eq!(deploy.target(&id, "hangs").await["status"], "InProgress");
    // Signatures allow for a quarter of an hour, so nobody can ask before the clock is back.
    clock.advance_millis(4_201_000);
    TestYard::until(LIMIT, || async {
        (deploy.states("Deployment").iter().filter(|state| *state == "FAILURE").count() == 2)
            .then_some(())
    })
    .await;
    clock.advance_millis(-4_201_000);
    let target = deploy.target(&id, "hangs").await;
    let message = &target["lifecycleEvents"][0]["diagnostics"]["message"];
    assert!(message.as_str().unwrap().contains("did not report the end"));
    assert_eq!(deploy.complete(&hangs, &command, 0, "").await.0, 400, "too late");
    let info = deploy.ended(&id).await;
    assert_eq!(info["errorInformation"]["code"], "HEALTH_CONSTRAINTS");
    deploy.yard.stop().await;
}

/// An agent that has gone does not take a command with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_poll_ends_with_its_client() {
    let deploy = Arc::new(Deploy::start().await);
    deploy.group("CodeDeployDefault.AllAtOnce").await;
    let host = Arc::new(deploy.host("one").await);
    let gone = tokio::spawn({
        let (deploy, host) = (deploy.clone(), host.clone());
        async move { deploy.poll_once(&host).await }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    gone.abort();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let id = deploy.create(json!({})).await;
    // The command is there before the next agent asks.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let began = Instant::now();
    let answer = deploy.poll_once(&host).await;
    let identifier = answer["HostCommand"]["HostCommandIdentifier"].as_str().unwrap_or_default();
    assert!(identifier.starts_with(&id), "after {:?}: {answer}", began.elapsed());
    // One that waits does not hold up the yard's end either.
    let waits = tokio::spawn({
        let (deploy, host) = (deploy.clone(), host.clone());
        async move { deploy.poll_once(&host).await }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let began = Instant::now();
    deploy.yard.yard().stop(Duration::ZERO).await;
    waits.await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

/// AWS's quota; what is over it would be left out, and the deployment succeed all the same.
#[tokio::test(flavor = "multi_thread")]
async fn more_instances_than_a_deployment_can_have() {
    let deploy = Deploy::start().await;
    deploy.group("CodeDeployDefault.AllAtOnce").await;
    let names: Vec<String> = (0..1001).map(|at| format!("host-{at}")).collect();
    for name in &names {
        let arn = format!("arn:aws:iam::{}:user/{name}", testkit::ACCOUNT);
        let register = json!({"instanceName": name, "iamUserArn": arn});
        deploy.ok("RegisterOnPremisesInstance", register).await;
    }
    for names in names.chunks(100) {
        let tags = json!({"tags": [{"Key": "env", "Value": "test"}], "instanceNames": names});
        deploy.ok("AddTagsToOnPremisesInstances", tags).await;
    }
    let id = deploy.create(json!({})).await;
    let info = deploy.ended(&id).await;
    assert_eq!(info["status"], "Failed", "{info}");
    assert_eq!(info["errorInformation"]["code"], "OVER_MAX_INSTANCES", "{info}");
    deploy.yard.stop().await;
}
