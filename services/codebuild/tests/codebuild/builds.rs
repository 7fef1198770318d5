//! Builds.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Yard, message, phases};

const ALL: [&str; 11] = [
    "SUBMITTED",
    "QUEUED",
    "PROVISIONING",
    "DOWNLOAD_SOURCE",
    "INSTALL",
    "PRE_BUILD",
    "BUILD",
    "POST_BUILD",
    "UPLOAD_ARTIFACTS",
    "FINALIZING",
    "COMPLETED",
];

fn spec(phases: &str) -> String {
    format!("version: 0.2\nphases:\n{phases}")
}

async fn a_build_runs_its_phases() {
    let yard = Yard::start().await;
    let build = yard
        .run(&spec(
            "  install:\n    commands: [\"export A=1\", \"cd /tmp\"]\n  \
             build:\n    commands:\n      - echo $A $PWD\n      - echo \"two\n        lines\"\n  \
             post_build:\n    commands: [\"echo $CODEBUILD_BUILD_SUCCEEDING\"]\n",
        ))
        .await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");
    assert_eq!(yard.output(&build).await, "1 /tmp\ntwo lines\n1\n");
    let expected: Vec<_> = ALL
        .iter()
        .map(|phase| {
            let status = if *phase == "COMPLETED" { "" } else { "SUCCEEDED" };
            ((*phase).to_owned(), status.to_owned(), String::new())
        })
        .collect();
    assert_eq!(phases(&build), expected);
    assert_eq!(build["currentPhase"], "COMPLETED");
    assert_eq!(build["buildNumber"], 1);
    let log = yard.log(&build).await;
    assert!(log.contains("] ") && log.contains(" Running command echo $A $PWD\n"), "{log}");
    assert!(log.contains("isolation level"), "{log}");
}

async fn a_failing_command_tells_which() {
    let yard = Yard::start().await;
    let build = yard
        .run(&spec(
            "  build:\n    commands: [\"echo before\", \"exit 3\", \"echo never\"]\n    \
             finally: [\"echo finally\"]\n  \
             post_build:\n    commands: [\"echo post $CODEBUILD_BUILD_SUCCEEDING\"]\n",
        ))
        .await;
    assert_eq!(build["buildStatus"], "FAILED");
    assert_eq!(yard.output(&build).await, "before\nfinally\npost 0\n");
    let all = phases(&build);
    assert_eq!(all[6], ("BUILD".into(), "FAILED".into(), "COMMAND_EXECUTION_ERROR".into()));
    assert_eq!(all[7].1, "SUCCEEDED");
    assert_eq!(
        message(&build, "BUILD"),
        "Error while executing command: exit 3. Reason: exit status 3"
    );

    yard.ok("DeleteProject", json!({ "name": "pp" })).await;
    let build = yard
        .run(&spec(
            "  install:\n    commands: [\"false\"]\n  build:\n    commands: [\"echo never\"]\n",
        ))
        .await;
    assert_eq!(build["buildStatus"], "FAILED");
    let names: Vec<String> = phases(&build).into_iter().map(|phase| phase.0).collect();
    assert_eq!(names[4..], ["INSTALL", "FINALIZING", "COMPLETED"]);
}

/// By the API in the same words as in the log.
async fn the_yards_lines_begin_lines_of_their_own() {
    let yard = Yard::start().await;
    let build = yard.run(&spec("  build:\n    commands: ['printf unended', 'echo next']\n")).await;
    let log = yard.log(&build).await;
    for line in log.lines() {
        assert!(line.find("[Container] ").is_none_or(|at| at == 0), "{line}");
    }
    assert_eq!(yard.output(&build).await, "unended\nnext\n");
}

async fn why_no_shell_could_run_a_command_is_told() {
    let yard = Yard::start().await;
    let spec = "version: 0.1\nphases:\n  build:\n    commands:\n      - rm $(readlink -f /bin/sh)\n      - echo never\n";
    let build = yard.run(spec).await;
    assert_eq!(build["buildStatus"], "FAILED", "{build}");
    let phases = build["phases"].as_array().unwrap();
    let phase = phases.iter().find(|phase| phase["phaseType"] == "BUILD").unwrap();
    let message = phase["contexts"][0]["message"].as_str().unwrap();
    assert!(
        message.starts_with("Error while executing command: echo never. Reason: "),
        "{message}"
    );
    assert!(!message.contains("exit status"), "{message}");
    let log = yard.log(&build).await;
    assert!(log.contains(message), "{message}\n{log}");
}

async fn events_tell_of_states_and_phases() {
    let yard = Yard::start().await;
    let build = yard.run(&spec("  build:\n    commands: [\"exit 2\"]\n")).await;
    let told = testkit::TestYard::until(Duration::from_secs(10), || async {
        let told = yard.told.all();
        let ended = |event: &Value| event["detail"]["build-status"] == "FAILED";
        told.iter().any(ended).then_some(told)
    })
    .await;
    let states: Vec<&Value> =
        told.iter().filter(|event| event["type"] == "CodeBuild Build State Change").collect();
    assert_eq!(states.len(), 2, "{states:?}");
    assert_eq!(states[0]["detail"]["build-status"], "IN_PROGRESS");
    let last = states[1];
    assert_eq!(
        (&last["source"], &last["resources"]),
        (&json!("aws.codebuild"), &json!([build["arn"]]))
    );
    let detail = &last["detail"];
    assert_eq!((&detail["build-id"], &detail["project-name"]), (&build["arn"], &json!("pp")));
    assert_eq!(detail["current-phase"], "COMPLETED");
    let information = &detail["additional-information"];
    assert_eq!(information["build-complete"], true);
    assert_eq!(information["logs"]["group-name"], "/aws/codebuild/pp");
    assert_eq!(information["phases"].as_array().unwrap().len(), ALL.len());
    let phases: Vec<&str> = told
        .iter()
        .filter(|event| event["type"] == "CodeBuild Build Phase Change")
        .map(|event| event["detail"]["completed-phase"].as_str().unwrap())
        .collect();
    assert_eq!(phases, ALL[..10]);
    let failed = told.iter().find(|event| event["detail"]["completed-phase"] == "BUILD").unwrap();
    assert_eq!(failed["detail"]["completed-phase-status"], "FAILED");
    assert_eq!(
        failed["detail"]["completed-phase-context"],
        "[COMMAND_EXECUTION_ERROR: Error while executing command: exit 2. Reason: exit status 2]"
    );
}

async fn the_environment_is_codebuilds() {
    let yard = Yard::start().await;
    yard.create("pp", &spec("  build:\n    commands: [\"env | sort\"]\n")).await;
    let id = yard
        .start_build(json!({
            "projectName": "pp",
            "environmentVariablesOverride": [{ "name": "GIVEN", "value": "a b" }],
        }))
        .await;
    let build = yard.finished(&id).await;
    let output = yard.output(&build).await;
    let value = |name: &str| {
        let prefix = format!("{name}=");
        output.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or("(unset)").to_owned()
    };
    assert_eq!(value("GIVEN"), "a b");
    assert_eq!(value("CODEBUILD_BUILD_ID"), id);
    assert_eq!(value("CODEBUILD_BUILD_ARN"), build["arn"].as_str().unwrap());
    assert_eq!(value("CODEBUILD_BUILD_NUMBER"), "1");
    assert_eq!(value("CODEBUILD_INITIATOR"), "root");
    assert_eq!(value("CODEBUILD_BUILD_IMAGE"), "aws/codebuild/standard:7.0");
    assert_eq!(value("AWS_DEFAULT_REGION"), "us-east-1");
    assert_eq!(value("AWS_ENDPOINT_URL"), yard.yard.url);
    assert_eq!(value("PWD"), value("CODEBUILD_SRC_DIR"));
    assert!(value("CODEBUILD_SRC_DIR").starts_with("/codebuild/output/src"));
    assert_eq!(value("AWS_CONTAINER_AUTHORIZATION_TOKEN"), "***");
    assert_eq!(value("HOME"), "/root");
}

async fn parameters_and_secrets_are_resolved_and_masked() {
    let yard = Yard::start().await;
    yard.other(
        "ssm",
        "AmazonSSM.PutParameter",
        json!({ "Name": "/p", "Value": "param-value", "Type": "SecureString" }),
    )
    .await;
    yard.other(
        "secretsmanager",
        "secretsmanager.CreateSecret",
        json!({
            "Name": "s", "SecretString": "{\"user\": \"u\", \"key\": \"secret-value\"}",
            "ClientRequestToken": "12345678-1234-1234-1234-123456789012",
        }),
    )
    .await;
    let buildspec = "version: 0.2\nenv:\n  parameter-store:\n    P: /p\n  secrets-manager:\n    S: s:key\n  exported-variables: [X, P]\n\
        phases:\n  build:\n    commands: [\"echo $P $S ${#P} ${#S}\", \"export X=42\"]\n";
    let build = yard.run(buildspec).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");
    assert_eq!(yard.output(&build).await, "*** *** 11 12\n");
    assert_eq!(
        build["exportedEnvironmentVariables"],
        json!([{ "name": "X", "value": "42" }]),
        "secrets are not exported"
    );
    yard.ok("DeleteProject", json!({ "name": "pp" })).await;
    let build = yard.run(&buildspec.replace("P: /p", "P: /none")).await;
    assert_eq!(build["buildStatus"], "FAILED");
    assert!(message(&build, "DOWNLOAD_SOURCE").contains("/none"), "{build}");
}

async fn commands_act_as_the_service_role() {
    if testkit::venv::bin().starts_with("/tmp") {
        println!("skipped: commands_act_as_the_service_role: builds have a /tmp of their own");
        return;
    }
    let yard = Yard::start().await;
    let aws = testkit::venv::bin().join("aws");
    let commands = format!(
        "  build:\n    commands: [\"{0} ssm put-parameter --name made --value x --type String\", \"{0} ssm get-parameter --name made || echo denied\"]\n",
        aws.display()
    );
    let narrow = yard.yard.role(
        "narrow",
        json!({
            "Version": "2012-10-17",
            "Statement": [
                { "Effect": "Allow", "Action": "logs:*", "Resource": "*" },
                { "Effect": "Allow", "Action": "ssm:PutParameter", "Resource": "*" },
            ],
        }),
    );
    let mut project = yard.project("pp", &spec(&commands));
    project["serviceRole"] = json!(narrow);
    yard.ok("CreateProject", project).await;
    let id = yard.start_build(json!({ "projectName": "pp" })).await;
    let build = yard.finished(&id).await;
    let output = yard.output(&build).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{output}");
    assert!(
        output.contains("AccessDenied") && output.contains("assumed-role/narrow/AWSCodeBuild-"),
        "{output}"
    );
    let made = yard.other("ssm", "AmazonSSM.GetParameter", json!({ "Name": "made" })).await;
    assert_eq!(made["Parameter"]["Value"], "x");
}

async fn a_role_without_rights_fails_in_provisioning() {
    let yard = Yard::start().await;
    let mut project = yard.project("pp", &spec("  build:\n    commands: [\"true\"]\n"));
    project["serviceRole"] =
        json!(yard.yard.role("none", json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Action": "*", "Resource": "*" }] })));
    yard.ok("CreateProject", project).await;
    let id = yard.start_build(json!({ "projectName": "pp" })).await;
    let build = yard.finished(&id).await;
    assert_eq!(build["buildStatus"], "FAILED");
    assert!(
        message(&build, "PROVISIONING")
            .contains("does not allow AWS CodeBuild to create Amazon CloudWatch Logs log streams")
    );
    let id = yard
        .start_build(json!({ "projectName": "pp", "serviceRoleOverride": "arn:aws:iam::123456789012:role/missing" }))
        .await;
    let build = yard.finished(&id).await;
    assert!(message(&build, "PROVISIONING").contains("sts:AssumeRole"), "{build}");
}

/// Waits until two builds run their commands; answers them and those in the queue. Of builds
/// started in the same millisecond any two may come first.
async fn two_running(yard: &Yard, ids: &[String]) -> (Vec<String>, Vec<String>) {
    testkit::TestYard::until(Duration::from_secs(20), || async {
        let (mut running, mut queued) = (Vec::new(), Vec::new());
        for id in ids {
            match yard.build(id).await["currentPhase"].as_str().unwrap() {
                "BUILD" => running.push(id.clone()),
                "QUEUED" => queued.push(id.clone()),
                _ => {}
            }
        }
        (running.len() == 2).then_some((running, queued))
    })
    .await
}

async fn stop_ends_running_and_queued_builds() {
    let yard = Yard::start().await;
    yard.create("pp", &spec("  build:\n    commands: [\"echo up\", \"sleep 4300\"]\n")).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(yard.start_build(json!({ "projectName": "pp" })).await);
    }
    let (running, queued) = two_running(&yard, &ids).await;
    let all = yard.ok("BatchGetBuilds", json!({ "ids": ids })).await;
    assert_eq!(queued.len(), 1, "two slots only: {all}");
    let stopped = yard.ok("StopBuild", json!({ "id": queued[0] })).await;
    assert_eq!(stopped["build"]["buildStatus"], "STOPPED");
    let began = Instant::now();
    yard.ok("StopBuild", json!({ "id": running[0] })).await;
    let build = yard.finished(&running[0]).await;
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(build["buildStatus"], "STOPPED");
    let build_phase = phases(&build).into_iter().find(|phase| phase.0 == "BUILD").unwrap();
    assert_eq!(build_phase.1, "STOPPED");
    assert_eq!(yard.output(&build).await, "up\n");
    yard.ok("StopBuild", json!({ "id": running[0] })).await;
    yard.ok("StopBuild", json!({ "id": running[1] })).await;
    yard.finished(&running[1]).await;
}

/// A build ends at once, also where its commands will not hear of it.
async fn a_stop_is_prompt() {
    let yard = Yard::start().await;
    for (name, command, most) in [
        ("plain", "sleep 4300", 2),
        ("group", "(sleep 4300 & sleep 4300 & wait)", 2),
        ("deaf", "trap '' TERM INT HUP; while true; do sleep 1; done", 5),
    ] {
        yard.create(name, &spec(&format!("  build:\n    commands: [\"{command}\"]\n"))).await;
        let id = yard.start_build(json!({ "projectName": name })).await;
        testkit::TestYard::until(Duration::from_secs(20), || async {
            (yard.build(&id).await["currentPhase"] == "BUILD").then_some(())
        })
        .await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let began = Instant::now();
        yard.ok("StopBuild", json!({ "id": id })).await;
        assert_eq!(yard.finished(&id).await["buildStatus"], "STOPPED");
        println!("StopBuild of a {name} build: {:?}", began.elapsed());
        assert!(began.elapsed() < Duration::from_secs(most), "{name}: {:?}", began.elapsed());
    }
}

async fn a_phase_that_asks_for_it_is_retried() {
    let yard = Yard::start().await;
    yard.create("pp", &spec("  build:\n    commands: [\"true\"]\n")).await;
    for (on_failure, status, attempts) in [
        ("RETRY", "SUCCEEDED", 3),
        ("RETRY-1", "FAILED", 2),
        ("RETRY-5-connection .*", "SUCCEEDED", 3),
        ("RETRY-no route", "FAILED", 1),
    ] {
        let commands =
            "[\"echo x >> tries\", \"[ $(wc -l < tries) = 3 ] || (echo connection lost; false)\"]";
        let buildspec =
            spec(&format!("  build:\n    on-failure: {on_failure}\n    commands: {commands}\n"));
        let input = json!({ "projectName": "pp", "buildspecOverride": buildspec });
        let build = yard.finished(&yard.start_build(input).await).await;
        assert_eq!(build["buildStatus"], status, "{on_failure}: {build}");
        let phases = phases(&build);
        let of_build: Vec<_> = phases.iter().filter(|(name, ..)| name == "BUILD").collect();
        assert_eq!(of_build.len(), 1, "{on_failure}: {build}");
        assert_eq!(of_build[0].1, status, "{on_failure}: {build}");
        let log = yard.log(&build).await;
        assert_eq!(log.matches("Entering phase BUILD").count(), attempts, "{on_failure}: {log}");
    }
}

async fn a_retry_has_the_old_builds_settings() {
    let yard = Yard::start().await;
    yard.create("pp", &spec("  build:\n    commands: [\"echo $V\"]\n")).await;
    let id = yard
        .start_build(json!({ "projectName": "pp", "environmentVariablesOverride": [{ "name": "V", "value": "v" }] }))
        .await;
    yard.finished(&id).await;
    let retried = yard.ok("RetryBuild", json!({ "id": id })).await["build"].clone();
    let again = yard.finished(retried["id"].as_str().unwrap()).await;
    assert_eq!(again["buildNumber"], 2);
    assert_eq!(yard.output(&again).await, "v\n");
    assert_ne!(again["id"], json!(id));
}

async fn tokens_make_a_request_idempotent() {
    let yard = Yard::start().await;
    yard.create("pp", &spec("  build:\n    commands: [\"true\"]\n")).await;
    let input = json!({ "projectName": "pp", "idempotencyToken": "t" });
    let first = yard.start_build(input.clone()).await;
    assert_eq!(yard.start_build(input.clone()).await, first);
    let mut other = input;
    other["sourceVersion"] = json!("x");
    assert_eq!(yard.call("StartBuild", other).await.0, 400);
    // An empty token is none.
    let first = yard.start_build(json!({ "projectName": "pp", "idempotencyToken": "" })).await;
    let second = yard.start_build(json!({ "projectName": "pp", "idempotencyToken": "" })).await;
    assert_ne!(first, second);
    for id in [first, second] {
        yard.finished(&id).await;
    }
}

async fn builds_are_listed_and_deleted() {
    let yard = Yard::start().await;
    yard.create("pp", &spec("  build:\n    commands: [\"true\"]\n")).await;
    yard.create("qq", &spec("  build:\n    commands: [\"true\"]\n")).await;
    let mut ids = Vec::new();
    for project in ["pp", "qq", "pp"] {
        let id = yard.start_build(json!({ "projectName": project })).await;
        yard.finished(&id).await;
        ids.push(id);
    }
    let newest_first: Vec<&String> = ids.iter().rev().collect();
    assert_eq!(yard.ok("ListBuilds", json!({})).await["ids"], json!(newest_first));
    let listed = yard
        .ok("ListBuildsForProject", json!({ "projectName": "pp", "sortOrder": "ASCENDING" }))
        .await;
    assert_eq!(listed["ids"], json!([ids[0], ids[2]]));
    let deleted = yard.ok("BatchDeleteBuilds", json!({ "ids": [ids[0], "pp:none"] })).await;
    assert_eq!(deleted["buildsDeleted"].as_array().unwrap().len(), 1);
    assert_eq!(deleted["buildsNotDeleted"][0]["id"], "pp:none");
    assert_eq!(
        yard.ok("BatchGetBuilds", json!({ "ids": [ids[0]] })).await["buildsNotFound"],
        json!([ids[0]])
    );
}

async fn sources_come_from_codecommit() {
    let yard = Yard::start().await;
    let target = |operation: &str| format!("CodeCommit_20150413.{operation}");
    let made = yard
        .other("codecommit", &target("CreateRepository"), json!({ "repositoryName": "r" }))
        .await;
    let put = |path: &'static str, content: &'static str, branch: &'static str, parent: Value| {
        use base64::Engine as _;
        let content = base64::engine::general_purpose::STANDARD.encode(content);
        let mut input = json!({
            "repositoryName": "r", "branchName": branch, "filePath": path, "fileContent": content,
        });
        if parent != Value::Null {
            input["parentCommitId"] = parent;
        }
        yard.other("codecommit", "CodeCommit_20150413.PutFile", input)
    };
    let first = put("buildspec.yml", "version: 0.2\nphases:\n  build:\n    commands:\n      - cat f || echo none\n      - git log --oneline | wc -l\n      - ls .git/hooks 2>/dev/null || true\n", "main", Value::Null).await;
    let second = put("f", "second\n", "main", first["commitId"].clone()).await;
    let mut project = yard.project("pp", "");
    project["source"] =
        json!({ "type": "CODECOMMIT", "location": made["repositoryMetadata"]["cloneUrlHttp"] });
    yard.ok("CreateProject", project).await;
    for (version, resolved, output) in [
        (Value::Null, &second, "second\n2\n"),
        (json!("main"), &second, "second\n2\n"),
        (json!("refs/heads/main"), &second, "second\n2\n"),
        (first["commitId"].clone(), &first, "none\n1\n"),
    ] {
        let mut input = json!({ "projectName": "pp" });
        if version != Value::Null {
            input["sourceVersion"] = version;
        }
        let id = yard.start_build(input).await;
        let build = yard.finished(&id).await;
        assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");
        assert_eq!(build["resolvedSourceVersion"], resolved["commitId"]);
        let said: String = yard
            .output(&build)
            .await
            .lines()
            .filter(|l| !l.starts_with("cat:"))
            .map(|l| format!("{l}\n"))
            .collect();
        assert_eq!(said, output);
    }
    let id = yard.start_build(json!({ "projectName": "pp", "sourceVersion": "nope" })).await;
    let build = yard.finished(&id).await;
    let said = message(&build, "DOWNLOAD_SOURCE");
    assert!(
        said.starts_with("reference not found for primary source and source version nope"),
        "{said}"
    );
}

async fn a_missing_or_unsupported_buildspec_fails_in_download_source() {
    let yard = Yard::start().await;
    for (buildspec, named) in [
        ("nowhere.yml", "stat nowhere.yml"),
        ("../../etc/passwd", "no such file"),
        ("version: 0.2\nphases:\n  build:\n    commands: x: y\n", "line"),
        (
            "version: 0.2\nphases:\n  build:\n    commands: [x]\nreports:\n  r:\n    file: [a]\n",
            "unknown key \"file\" in reports.r",
        ),
        (
            "version: 0.2\nphases:\n  install:\n    runtime-versions:\n      docker: 9.99\n    commands: [x]\n",
            "Unknown runtime named 'docker'",
        ),
    ] {
        let build = yard.run(buildspec).await;
        assert_eq!(build["buildStatus"], "FAILED", "{buildspec}");
        let message = message(&build, "DOWNLOAD_SOURCE");
        assert!(message.contains(named), "{buildspec}: {message}");
        assert!(yard.log(&build).await.contains(&message), "{buildspec}: not in the log");
        yard.ok("DeleteProject", json!({ "name": "pp" })).await;
    }
}

async fn time_out_is_told() {
    // Five minutes is the least AWS allows: the clock is moved instead.
    let clock = types::ManualClock::new(types::system_clock().now());
    let mut services = vec![codeyard_svc_codebuild::service()];
    services.extend(svc_management::services());
    let yard = testkit::TestYard::builder(services).clock(clock.clone()).start().await;
    let role = yard.role("r", json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }] }));
    let yard = Yard { yard, role, told: Default::default() };
    yard.create("pp", &spec("  build:\n    commands: [\"sleep 4301\"]\n")).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(
            yard.start_build(json!({ "projectName": "pp", "queuedTimeoutInMinutesOverride": 5 }))
                .await,
        );
    }
    let (running, queued) = two_running(&yard, &ids).await;
    clock.advance_millis(6 * 60_000);
    let build = yard.finished(&queued[0]).await;
    assert_eq!(build["buildStatus"], "TIMED_OUT");
    assert_eq!(phases(&build)[1].1, "TIMED_OUT");
    for id in &running {
        yard.ok("StopBuild", json!({ "id": id })).await;
        yard.finished(id).await;
    }
}

async fn a_trivial_build_is_quick() {
    let yard = Yard::start().await;
    yard.create("pp", &spec("  install:\n    commands: [\"echo a\"]\n  pre_build:\n    commands: [\"echo b\"]\n  build:\n    commands: [\"echo c\"]\n  post_build:\n    commands: [\"echo d\"]\n")).await;
    let mut times = Vec::new();
    for _ in 0..12 {
        let began = Instant::now();
        let id = yard.start_build(json!({ "projectName": "pp" })).await;
        loop {
            if yard.build(&id).await["buildComplete"] == true {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        times.push(began.elapsed());
    }
    times.sort();
    println!("trivial build: median {:?}, all {times:?}", times[6]);
    let began = Instant::now();
    let mut ids = Vec::new();
    for _ in 0..40 {
        ids.push(yard.start_build(json!({ "projectName": "pp" })).await);
    }
    for id in &ids {
        yard.finished(id).await;
    }
    println!(
        "40 builds on two slots: {:?}, {:.0} a minute",
        began.elapsed(),
        40.0 * 60.0 / began.elapsed().as_secs_f64()
    );
}

async fn a_million_lines_reach_the_log() {
    // Without optimization fewer must do.
    let count = if cfg!(debug_assertions) { 50_000 } else { 1_000_000 };
    let yard = Yard::start().await;
    let line = "x".repeat(63);
    let began = Instant::now();
    let command = format!("  build:\n    commands: [\"yes {line} | head -n {count}\"]\n");
    let build = yard.run(&spec(&command)).await;
    println!("{count} lines: {:?}", began.elapsed());
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");
    assert_eq!(yard.output(&build).await.len(), 64 * count);
}

crate::tests![
    a_build_runs_its_phases,
    a_failing_command_tells_which,
    the_yards_lines_begin_lines_of_their_own,
    why_no_shell_could_run_a_command_is_told,
    events_tell_of_states_and_phases,
    the_environment_is_codebuilds,
    parameters_and_secrets_are_resolved_and_masked,
    commands_act_as_the_service_role,
    a_role_without_rights_fails_in_provisioning,
    stop_ends_running_and_queued_builds,
    a_stop_is_prompt,
    a_phase_that_asks_for_it_is_retried,
    a_retry_has_the_old_builds_settings,
    tokens_make_a_request_idempotent,
    builds_are_listed_and_deleted,
    sources_come_from_codecommit,
    a_missing_or_unsupported_buildspec_fails_in_download_source,
    time_out_is_told,
    a_trivial_build_is_quick,
    a_million_lines_reach_the_log,
];
