//! boto3 and the stock CLI drive a deployment.

use std::process::Stdio;

use crate::yard::Deploy;

const SCRIPT: &str = r#"
import sys, boto3
url = sys.argv[1]
deploy = boto3.client("codedeploy", region_name="us-east-1", endpoint_url=url,
    aws_access_key_id=sys.argv[2], aws_secret_access_key=sys.argv[3])
names = [name for page in deploy.get_paginator("list_deployment_configs").paginate()
    for name in page["deploymentConfigsList"]]
assert "CodeDeployDefault.OneAtATime" in names, names
location = {"revisionType": "S3", "s3Location":
    {"bucket": "b", "key": "k.tgz", "bundleType": "tgz", "eTag": "e"}}
deploy.register_application_revision(applicationName="app", revision=location)
found = deploy.get_application_revision(applicationName="app", revision=location)
assert found["revision"] == location, found
made = deploy.create_deployment(applicationName="app", deploymentGroupName="group",
    revision=location, description="from boto3")["deploymentId"]
deploy.get_waiter("deployment_successful").wait(deploymentId=made,
    WaiterConfig={"Delay": 1, "MaxAttempts": 30})
info = deploy.get_deployment(deploymentId=made)["deploymentInfo"]
assert info["deploymentOverview"]["Succeeded"] == 1, info
assert info["completeTime"] >= info["createTime"], info
targets = deploy.list_deployment_targets(deploymentId=made)["targetIds"]
events = deploy.batch_get_deployment_targets(deploymentId=made, targetIds=targets)
events = events["deploymentTargets"][0]["instanceTarget"]["lifecycleEvents"]
assert [event["status"] for event in events] == ["Succeeded"] * 7, events
try:
    deploy.get_deployment_group(applicationName="app", deploymentGroupName="none")
    raise SystemExit("no error")
except deploy.exceptions.DeploymentGroupDoesNotExistException:
    pass
"#;

#[tokio::test(flavor = "multi_thread")]
async fn boto3_deploys() {
    let deploy = Deploy::start().await;
    deploy.group("CodeDeployDefault.OneAtATime").await;
    let host = deploy.host("one").await;
    let bin = tokio::task::spawn_blocking(testkit::venv::bin).await.unwrap();
    let root = deploy.yard.root();
    let mut client = std::process::Command::new(bin.join("python"))
        .args(["-c", SCRIPT, &deploy.yard.url, &root.id, &root.secret])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let id = loop {
        let listed = deploy.ok("ListDeployments", serde_json::json!({})).await;
        if let Some(id) = listed["deployments"][0].as_str() {
            break id.to_owned();
        }
        if let Some(status) = client.try_wait().unwrap() {
            let said = std::io::read_to_string(client.stderr.take().unwrap()).unwrap();
            panic!("{status}: {said}");
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    deploy.serve(&host, &id, "").await;
    let output = tokio::task::spawn_blocking(|| client.wait_with_output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    deploy.yard.stop().await;
}
