//! Builds in containers of an engine that is started for these tests.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::TestYard;
use testkit::engine::{ENGINE_PROGRAMS, IMAGE, TestEngine, skipped};

use crate::harness::{Yard, message, phases};

const SPEC: &str = "version: 0.2\nenv:\n  exported-variables: [V]\nphases:\n  install:\n    \
    commands: [\"export V=1\", \"cd /tmp\"]\n  pre_build:\n    commands: [\"echo pre $V $PWD\"]\n  \
    build:\n    commands: [\"echo $CODEBUILD_BUILD_IMAGE $(id -un)\"]\n  \
    post_build:\n    commands: [\"echo post $CODEBUILD_BUILD_SUCCEEDING\"]\n";

/// The engine that these tests share, and a yard that uses it; none if there can be none.
async fn yard() -> Option<(&'static TestEngine, Yard)> {
    match TestEngine::shared() {
        Ok(engine) => Some((engine, yard_on(engine.address()).await)),
        Err(why) => {
            skipped(&why);
            None
        }
    }
}

async fn yard_on(address: String) -> Yard {
    let containers =
        service::Containers { address: Some(address), curated: false, privileged: true };
    Yard::with_containers(containers).await
}

/// Makes a project with these members of the environment, and runs it once.
async fn run(yard: &Yard, name: &str, environment: Value, buildspec: &str) -> Value {
    let mut project = yard.project(name, buildspec);
    for (member, value) in environment.as_object().unwrap() {
        project["environment"][member] = value.clone();
    }
    yard.ok("CreateProject", project).await;
    let id = yard.start_build(json!({ "projectName": name })).await;
    yard.finished(&id).await
}

async fn a_build_runs_in_its_image() {
    let Some((engine, yard)) = yard().await else { return };
    let build = run(&yard, "pp", json!({ "image": IMAGE }), SPEC).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}\n{}", yard.log(&build).await);
    let output = yard.output(&build).await;
    assert_eq!(output, format!("pre 1 /tmp\n{IMAGE} root\npost 1\n"));
    assert_eq!(build["exportedEnvironmentVariables"], json!([{ "name": "V", "value": "1" }]));
    let log = yard.log(&build).await;
    assert!(log.contains(&format!("Container of {IMAGE}")), "{log}");
    // The engine removes them once they have ended.
    TestYard::until(Duration::from_secs(20), || async {
        let left = engine.docker(&["ps", "-aq", "--filter", "label=io.codeyard.yard"]).unwrap();
        left.is_empty().then_some(())
    })
    .await;
    let mut times = Vec::new();
    for _ in 0..5 {
        let began = Instant::now();
        let id = yard.start_build(json!({ "projectName": "pp" })).await;
        while yard.build(&id).await["buildComplete"] != true {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        times.push(began.elapsed());
    }
    times.sort();
    println!("a trivial build in a container: {:?} (median of 5)", times[2]);
}

async fn an_image_that_cannot_be_had_ends_provisioning() {
    let Some((engine, yard)) = yard().await else { return };
    // The id of one that the engine has is no name.
    let id = engine.docker(&["images", "--quiet", "--no-trunc", IMAGE]).unwrap();
    let id = id.trim().trim_start_matches("sha256:").get(..12).unwrap().to_owned();
    let ecr = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/tool:1";
    for (name, image, why) in [
        ("absent", "localhost:1/no/such:1", "CannotPullContainerError"),
        ("id", &id, "CannotPullContainerError"),
        // Nobody has allowed CodeBuild itself anything there.
        ("ecr", ecr, "AccessDeniedException"),
    ] {
        let build = run(&yard, name, json!({ "image": image }), SPEC).await;
        assert_eq!(build["buildStatus"], "FAILED", "{build}");
        let provisioning = ("PROVISIONING", "FAILED", "BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE");
        let all = phases(&build);
        let has = |(phase, status, code): &(String, String, String)| {
            (phase.as_str(), status.as_str(), code.as_str()) == provisioning
        };
        assert!(all.iter().any(has), "{all:?}");
        let told = message(&build, "PROVISIONING");
        assert!(told.starts_with("Unable to pull customer's container image."), "{told}");
        assert!(told.contains(image) && told.contains(why), "{told}");
    }
}

async fn a_yard_without_an_engine_says_so() {
    let yard = Yard::start().await;
    for (name, environment, named) in [
        ("image", json!({ "image": "ubuntu:24.04" }), "The image ubuntu:24.04"),
        ("privileged", json!({ "privilegedMode": true }), "privilegedMode"),
    ] {
        let build = run(&yard, name, environment, SPEC).await;
        assert_eq!(build["buildStatus"], "FAILED", "{build}");
        let told = message(&build, "PROVISIONING");
        assert!(told.contains(named) && told.contains("--docker-host"), "{told}");
    }
    let gone = yard_on("unix:///no/such/socket".into()).await;
    let build = run(&gone, "gone", json!({ "image": "ubuntu:24.04" }), SPEC).await;
    let told = message(&build, "PROVISIONING");
    assert!(told.contains("no engine answers on /no/such/socket"), "{told}");
}

async fn privileges_are_the_yards_to_give() {
    let Ok(engine) = TestEngine::shared() else { return };
    let containers =
        service::Containers { address: Some(engine.address()), curated: false, privileged: false };
    let yard = Yard::with_containers(containers).await;
    let environment = json!({ "image": IMAGE, "privilegedMode": true });
    let build = run(&yard, "privileged", environment, SPEC).await;
    assert_eq!(build["buildStatus"], "FAILED", "{build}");
    let told = message(&build, "PROVISIONING");
    assert!(told.contains("privilegedMode") && told.contains("--privileged-builds"), "{told}");
    // What the project has not, a request may not have either.
    let build = run(&yard, "plain", json!({ "image": IMAGE }), SPEC).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");
    let id =
        yard.start_build(json!({ "projectName": "plain", "privilegedModeOverride": true })).await;
    let told = message(&yard.finished(&id).await, "PROVISIONING");
    assert!(told.contains("--privileged-builds"), "{told}");
}

async fn registry_credentials_are_the_service_roles() {
    let Some((_, yard)) = yard().await else { return };
    let secret = |name: &str, text: &str| json!({ "Name": name, "SecretString": text });
    for (name, text) in [("good", "{\"username\":\"u\",\"password\":\"p\"}"), ("bad", "{}")] {
        yard.other("secretsmanager", "secretsmanager.CreateSecret", secret(name, text)).await;
    }
    for (credential, why) in [
        ("good", "CannotPullContainerError"),
        ("bad", "must be JSON with username and password"),
        ("none-such", "ResourceNotFoundException"),
    ] {
        let environment = json!({
            "image": "localhost:1/private/tool:1",
            "imagePullCredentialsType": "SERVICE_ROLE",
            "registryCredential": {
                "credential": credential, "credentialProvider": "SECRETS_MANAGER",
            },
        });
        let build = run(&yard, credential, environment, SPEC).await;
        let told = message(&build, "PROVISIONING");
        assert!(told.contains(why), "{credential}: {told}");
    }
}

async fn images_and_credentials_that_do_not_fit_are_refused() {
    let yard = Yard::start().await;
    let credential = json!({ "credential": "c", "credentialProvider": "SECRETS_MANAGER" });
    for (environment, named) in [
        (json!({ "image": "Not An Image" }), "Not An Image"),
        (json!({ "image": format!("sha256:{}", "1".repeat(64)) }), "sha256:1111"),
        (json!({ "image": "aws/codebuild/none:1" }), "aws/codebuild/none:1"),
        (json!({ "imagePullCredentialsType": "SERVICE_ROLE" }), "curated"),
        (json!({ "image": "a/b:1", "registryCredential": credential }), "registryCredential"),
        (
            json!({
                "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/a:1",
                "imagePullCredentialsType": "SERVICE_ROLE", "registryCredential": credential,
            }),
            "registryCredential",
        ),
    ] {
        let mut project = yard.project("pp", SPEC);
        for (member, value) in environment.as_object().unwrap() {
            project["environment"][member] = value.clone();
        }
        let (status, error) = yard.call("CreateProject", project).await;
        let told = error["message"].as_str().unwrap_or_default();
        assert!(status == 400 && told.contains(named), "{named}: {status} {error}");
    }
}

/// What an image's build on CodeBuild looks like, but for the base image, which no registry gives.
async fn a_privileged_build_makes_an_image() {
    let Some((engine, yard)) = yard().await else { return };
    engine.import("codeyard-docker:1", ENGINE_PROGRAMS).unwrap();
    let spec = "version: 0.2\nphases:\n  install:\n    commands:\n      \
        - nohup dockerd --host=unix:///var/run/docker.sock --storage-driver=vfs --iptables=false --bridge=none >/tmp/dockerd.log 2>&1 &\n      \
        - timeout 60 sh -c 'until docker info >/dev/null 2>&1; do sleep 0.2; done' || (cat /tmp/dockerd.log; false)\n  \
        pre_build:\n    commands:\n      \
        - tar -C / -c bin/sh bin/cat lib lib64 | docker import - base:1\n  \
        build:\n    commands:\n      \
        - echo '<h1>it works</h1>' > index.html\n      \
        - printf 'FROM base:1\\nCOPY index.html /\\nRUN [\"/bin/sh\", \"-c\", \"cat /index.html > /served\"]\\n' > Dockerfile\n      \
        - DOCKER_BUILDKIT=0 docker build --network=none -t site:1 . || (tail -20 /tmp/dockerd.log; false)\n      \
        - docker run --rm --network=none site:1 /bin/sh -c 'cat /served'\n";
    let environment = json!({ "image": "codeyard-docker:1", "privilegedMode": true });
    let mut project = yard.project("pp", spec);
    for (member, value) in environment.as_object().unwrap() {
        project["environment"][member] = value.clone();
    }
    yard.ok("CreateProject", project).await;
    let id = yard.start_build(json!({ "projectName": "pp" })).await;
    // The engines copy the image for each container.
    let build = TestYard::until(Duration::from_secs(300), || async {
        let build = yard.build(&id).await;
        (build["buildComplete"] == true).then_some(build)
    })
    .await;
    let log = yard.log(&build).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{log}");
    assert!(yard.output(&build).await.ends_with("<h1>it works</h1>\n"), "{log}");
    assert!(log.contains("the container is privileged"), "{log}");
}

async fn layers_are_kept_for_one_build_at_a_time() {
    let Some((engine, yard)) = yard().await else { return };
    let spec =
        |command: &str| format!("version: 0.2\nphases:\n  build:\n    commands: ['{command}']\n");
    let cache = json!({ "type": "LOCAL", "modes": ["LOCAL_DOCKER_LAYER_CACHE"] });
    let mut project = yard.project("pp", &spec("ls /var/lib/docker; touch /var/lib/docker/mark"));
    project["environment"]["image"] = json!(IMAGE);
    project["environment"]["privilegedMode"] = json!(true);
    project["cache"] = cache.clone();
    yard.ok("CreateProject", project).await;
    let with = |command: &str| json!({ "projectName": "pp", "buildspecOverride": spec(command) });
    let first = yard.finished(&yard.start_build(json!({ "projectName": "pp" })).await).await;
    assert_eq!(first["buildStatus"], "SUCCEEDED", "{}", yard.log(&first).await);
    // Its volume is free once all of it is gone.
    let held = || async {
        let id = yard.start_build(with("ls /var/lib/docker")).await;
        let build = yard.finished(&id).await;
        let log = yard.log(&build).await;
        (!log.contains("another build of the project has it")).then_some((build, log))
    };
    let (build, log) = TestYard::until(Duration::from_secs(60), held).await;
    assert!(yard.output(&build).await.contains("mark"), "{log}");
    assert!(log.contains("as an earlier build has left it"), "{log}");
    // While one has it, another goes without.
    let long = loop {
        let id = yard.start_build(with("echo have; ls /var/lib/docker; sleep 15")).await;
        let has = TestYard::until(Duration::from_secs(60), || async {
            let log = yard.log_so_far(&yard.build(&id).await).await?;
            log.contains("have").then_some(log)
        })
        .await;
        if !has.contains("another build of the project has it") {
            break id;
        }
        yard.finished(&id).await;
    };
    let other = yard.finished(&yard.start_build(with("ls /var/lib/docker")).await).await;
    let log = yard.log(&other).await;
    assert!(log.contains("another build of the project has it"), "{log}");
    assert!(!yard.output(&other).await.contains("mark"), "{log}");
    // Invalidated under way: what comes later begins anew, and the old volume goes in the end.
    yard.ok("InvalidateProjectCache", json!({ "projectName": "pp" })).await;
    yard.finished(&long).await;
    let build = yard.finished(&yard.start_build(with("ls /var/lib/docker")).await).await;
    assert!(!yard.output(&build).await.contains("mark"), "{}", yard.log(&build).await);
    yard.ok("DeleteProject", json!({ "name": "pp" })).await;
    TestYard::until(Duration::from_secs(60), || async {
        let volumes = engine.docker(&["volume", "ls", "-q"]).unwrap();
        (!volumes.contains("layers-")).then_some(())
    })
    .await;
    // Without privileges it is none.
    let mut plain = yard.project("plain", &spec("true"));
    plain["environment"]["image"] = json!(IMAGE);
    plain["cache"] = cache;
    yard.ok("CreateProject", plain).await;
    let build = yard.finished(&yard.start_build(json!({ "projectName": "plain" })).await).await;
    let log = yard.log(&build).await;
    assert!(build["buildStatus"] == "SUCCEEDED" && log.contains("it is ignored"), "{log}");
}

async fn a_certificate_is_trusted_in_the_container() {
    let Some((_, yard)) = yard().await else { return };
    yard.s3("PUT", "/bucket", Vec::new()).await;
    let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    yard.s3("PUT", "/bucket/ca.pem", pem.as_bytes().to_vec()).await;
    let spec = "version: 0.2\nphases:\n  build:\n    commands:\n      \
        - cat /etc/ssl/certs/ca-certificates.crt | tail -3\n";
    let environment = json!({ "image": IMAGE, "certificate": "bucket/ca.pem" });
    let build = run(&yard, "pp", environment, spec).await;
    assert_eq!(yard.output(&build).await, pem, "{}", yard.log(&build).await);
}

async fn no_fleet_is_there() {
    let yard = Yard::start().await;
    assert_eq!(yard.ok("ListFleets", json!({})).await, json!({ "fleets": [] }));
    let found = yard.ok("BatchGetFleets", json!({ "names": ["f"] })).await;
    assert_eq!(found, json!({ "fleets": [], "fleetsNotFound": ["f"] }));
    let (status, error) = yard.call("CreateFleet", json!({ "name": "f" })).await;
    assert!(status == 501 && error.to_string().contains("CreateFleet"), "{status} {error}");
    assert_eq!(yard.call("ListFleets", json!({ "maxResults": 101 })).await.0, 400);
}

crate::tests![
    a_build_runs_in_its_image,
    an_image_that_cannot_be_had_ends_provisioning,
    a_yard_without_an_engine_says_so,
    privileges_are_the_yards_to_give,
    registry_credentials_are_the_service_roles,
    images_and_credentials_that_do_not_fit_are_refused,
    a_privileged_build_makes_an_image,
    layers_are_kept_for_one_build_at_a_time,
    a_certificate_is_trusted_in_the_container,
    no_fleet_is_there,
];
