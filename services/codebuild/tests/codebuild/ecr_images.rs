//! Builds in images of the yard's own registry, which a stock `docker` has pushed there.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use testkit::TestYard;
use testkit::engine::{ENGINE_PROGRAMS, IMAGE, TestEngine, skipped};

use crate::harness::{Yard, message};

const AWS_HOST: &str = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
const SPEC: &str =
    "version: 0.2\nphases:\n  build:\n    commands: [\"echo in $CODEBUILD_BUILD_IMAGE\"]\n";

pub async fn yard() -> Option<(&'static TestEngine, Yard)> {
    let engine = match TestEngine::shared() {
        Ok(engine) => engine,
        Err(why) => {
            skipped(&why);
            return None;
        }
    };
    let address = Some(engine.address());
    let containers = service::Containers { address, curated: false, privileged: true };
    Some((engine, Yard::with_containers(containers).await))
}

async fn ecr(yard: &Yard, operation: &str, input: Value) -> Value {
    let target = format!("AmazonEC2ContainerRegistry_V20150921.{operation}");
    yard.other("ecr", &target, input).await
}

/// What `aws ecr get-login-password` prints.
pub async fn password(yard: &Yard) -> String {
    let output = ecr(yard, "GetAuthorizationToken", json!({})).await;
    let token = output["authorizationData"][0]["authorizationToken"].as_str().unwrap();
    let token = String::from_utf8(STANDARD.decode(token).unwrap()).unwrap();
    token.strip_prefix("AWS:").unwrap().to_owned()
}

/// Makes a repository, and has `docker` sign in, tag the test's image, and push it there.
pub async fn pushed(engine: &'static TestEngine, yard: &Yard, repository: &str) -> String {
    let made = ecr(yard, "CreateRepository", json!({ "repositoryName": repository })).await;
    let uri = made["repository"]["repositoryUri"].as_str().unwrap().to_owned();
    let image = format!("{uri}:v1");
    let host = uri.split('/').next().unwrap().to_owned();
    let (password, pushed) = (password(yard).await, image.clone());
    tokio::task::spawn_blocking(move || {
        let config = tempfile::tempdir().unwrap();
        let docker = |arguments: &[&str]| {
            let all = [&["--config", config.path().to_str().unwrap()], arguments].concat();
            engine.docker(&all).unwrap()
        };
        docker(&["login", "--username", "AWS", "--password", &password, &host]);
        docker(&["tag", IMAGE, &pushed]);
        docker(&["push", &pushed]);
        // From now on only the registry has it by this name.
        docker(&["rmi", &pushed]);
        docker(&["pull", &pushed]);
        docker(&["rmi", &pushed]);
    })
    .await
    .unwrap();
    image
}

async fn run(yard: &Yard, name: &str, environment: Value, spec: &str) -> Value {
    let mut project = yard.project(name, spec);
    for (member, value) in environment.as_object().unwrap() {
        project["environment"][member] = value.clone();
    }
    yard.ok("CreateProject", project).await;
    let id = yard.start_build(json!({ "projectName": name })).await;
    TestYard::until(Duration::from_secs(300), || async {
        let build = yard.build(&id).await;
        (build["buildComplete"] == true).then_some(build)
    })
    .await
}

async fn a_pushed_image_runs_builds() {
    let Some((engine, yard)) = yard().await else { return };
    let image = pushed(engine, &yard, "team/tool").await;
    let by_aws = format!("{AWS_HOST}/team/tool:v1");
    let role = "SERVICE_ROLE";
    for (name, image) in [("by-address", &image), ("by-host", &by_aws)] {
        let environment = json!({ "image": image, "imagePullCredentialsType": role });
        let build = run(&yard, name, environment, SPEC).await;
        assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}\n{}", yard.log(&build).await);
        assert_eq!(yard.output(&build).await, format!("in {image}\n"));
    }
    // A credential would not be what it is pulled with.
    let environment = json!({
        "image": image,
        "imagePullCredentialsType": role,
        "registryCredential": { "credential": "c", "credentialProvider": "SECRETS_MANAGER" },
    });
    let build = run(&yard, "credential", environment, SPEC).await;
    let told = message(&build, "PROVISIONING");
    assert!(told.contains("registryCredential"), "{told}");
    let absent = format!("{AWS_HOST}/team/tool:v2");
    let environment = json!({ "image": absent, "imagePullCredentialsType": role });
    let build = run(&yard, "absent", environment, SPEC).await;
    let told = message(&build, "PROVISIONING");
    assert!(told.contains("manifest unknown: Requested image not found"), "{told}");
}

async fn who_may_pull_is_for_policies_to_say() {
    let Some((engine, yard)) = yard().await else { return };
    let image = pushed(engine, &yard, "tool").await;
    let narrow = yard.yard.role(
        "narrow",
        json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": ["logs:*", "ecr:GetAuthorizationToken"], "Resource": "*" },
        ] }),
    );
    let mut project = yard.project("narrow", SPEC);
    project["serviceRole"] = json!(narrow);
    project["environment"]["image"] = json!(image);
    project["environment"]["imagePullCredentialsType"] = json!("SERVICE_ROLE");
    yard.ok("CreateProject", project).await;
    let id = yard.start_build(json!({ "projectName": "narrow" })).await;
    let build = yard.finished(&id).await;
    let told = message(&build, "PROVISIONING");
    assert!(told.contains("is not authorized to perform: ecr:BatchGetImage"), "{told}");
    assert!(told.starts_with("Unable to pull customer's container image."), "{told}");

    // CodeBuild's own credentials are those of a service: only the repository can let it in.
    let environment = json!({ "image": image });
    let build = run(&yard, "refused", environment.clone(), SPEC).await;
    let told = message(&build, "PROVISIONING");
    assert!(told.contains("codebuild.amazonaws.com is not authorized"), "{told}");
    let policy = |project: &str| {
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Sid": "CodeBuildAccess", "Effect": "Allow",
            "Principal": { "Service": "codebuild.amazonaws.com" },
            "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            "Condition": { "StringEquals": {
                "aws:SourceArn": format!("arn:aws:codebuild:us-east-1:123456789012:project/{project}"),
                "aws:SourceAccount": "123456789012",
            } },
        }] });
        json!({ "repositoryName": "tool", "policyText": policy.to_string() })
    };
    ecr(&yard, "SetRepositoryPolicy", policy("allowed")).await;
    let build = run(&yard, "allowed", environment.clone(), SPEC).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}\n{}", yard.log(&build).await);
    let build = run(&yard, "another", environment, SPEC).await;
    assert_eq!(build["buildStatus"], "FAILED", "the policy names another project: {build}");

    // That the engine has the image by now gives nobody a right to its layers, or to sign in.
    let on = "arn:aws:ecr:us-east-1:123456789012:repository/tool";
    for (name, first, missing) in [
        ("no-layers", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer"),
        ("no-token", "ecr:GetDownloadUrlForLayer", "ecr:GetAuthorizationToken"),
    ] {
        let role = yard.yard.role(
            name,
            json!({ "Version": "2012-10-17", "Statement": [
                { "Effect": "Allow", "Action": ["logs:*", first], "Resource": "*" },
                { "Effect": "Allow", "Action": "ecr:BatchGetImage", "Resource": on },
            ] }),
        );
        let input = json!({ "projectName": "narrow", "serviceRoleOverride": role });
        let build = yard.finished(&yard.start_build(input).await).await;
        assert_eq!(build["buildStatus"], "FAILED", "{build}");
        let told = message(&build, "PROVISIONING");
        assert!(told.contains(&format!("not authorized to perform: {missing}")), "{told}");
    }
}

/// The course's buildspec: an engine of the build's own signs in and pushes by AWS's host name.
async fn a_privileged_build_pushes_by_the_registrys_aws_name() {
    let Some((engine, yard)) = yard().await else { return };
    engine.import("codeyard-docker:1", ENGINE_PROGRAMS).unwrap();
    ecr(&yard, "CreateRepository", json!({ "repositoryName": "site" })).await;
    let registry = "$AWS_ACCOUNT_ID.dkr.ecr.$AWS_DEFAULT_REGION.amazonaws.com";
    let spec = format!(
        "version: 0.2\nphases:\n  install:\n    commands:\n      \
        - nohup dockerd --host=unix:///var/run/docker.sock --storage-driver=vfs --iptables=false --bridge=none >/tmp/dockerd.log 2>&1 &\n      \
        - timeout 60 sh -c 'until docker info >/dev/null 2>&1; do sleep 0.2; done'\n  \
        pre_build:\n    commands:\n      \
        - printf '%s' \"$PASSWORD\" | docker login --username AWS --password-stdin {registry} 2>&1\n  \
        build:\n    commands:\n      \
        - tar -C / -c etc/passwd | docker import - site:1\n      \
        - docker tag site:1 {registry}/site:latest\n  \
        post_build:\n    commands:\n      \
        - docker push {registry}/site:latest || (tail -20 /tmp/dockerd.log; false)\n"
    );
    let environment = json!({
        "image": "codeyard-docker:1",
        "privilegedMode": true,
        "environmentVariables": [
            { "name": "AWS_ACCOUNT_ID", "value": "123456789012" },
            { "name": "PASSWORD", "value": password(&yard).await },
        ],
    });
    let build = run(&yard, "site", environment, &spec).await;
    let log = yard.log(&build).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}\n{log}");
    assert!(log.contains("Login Succeeded"), "{log}");
    let input = json!({ "repositoryName": "site", "imageIds": [{ "imageTag": "latest" }] });
    let images = ecr(&yard, "DescribeImages", input).await;
    assert_eq!(images["imageDetails"][0]["imageTags"], json!(["latest"]));
}

crate::tests![
    a_pushed_image_runs_builds,
    who_may_pull_is_for_policies_to_say,
    a_privileged_build_pushes_by_the_registrys_aws_name,
];
