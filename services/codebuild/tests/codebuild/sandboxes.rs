//! Sandboxes and the commands that are run in them.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::TestYard;
use testkit::engine::{IMAGE, TestEngine, skipped};

use crate::harness::Yard;
use crate::sessions::enter;

crate::tests!(
    commands_run_beside_each_other,
    secrets_and_floods_stay_out_of_records,
    a_stopped_sandbox_takes_its_commands_along,
    sandboxes_are_no_builds,
    what_goes_wrong_is_told,
    a_lost_sandbox_is_a_fault,
    tokens_pages_and_refusals,
    in_containers_too,
);

async fn start(yard: &Yard, name: &str) -> String {
    let started = yard.ok("StartSandbox", json!({ "projectName": name })).await;
    started["sandbox"]["id"].as_str().unwrap().to_owned()
}

async fn get(yard: &Yard, id: &str) -> Value {
    yard.ok("BatchGetSandboxes", json!({ "ids": [id] })).await["sandboxes"][0].clone()
}

async fn until_status(yard: &Yard, id: &str, status: &str) -> Value {
    TestYard::until(Duration::from_secs(30), || async {
        let sandbox = get(yard, id).await;
        (sandbox["status"] == status).then_some(sandbox)
    })
    .await
}

async fn command(yard: &Yard, sandbox: &str, text: &str) -> String {
    let input = json!({ "sandboxId": sandbox, "command": text, "type": "SHELL" });
    let started = yard.ok("StartCommandExecution", input).await["commandExecution"].clone();
    assert_eq!(started["status"], "SUBMITTED");
    assert_eq!(started["command"], text);
    started["id"].as_str().unwrap().to_owned()
}

async fn look(yard: &Yard, sandbox: &str, id: &str) -> Value {
    let input = json!({ "sandboxId": sandbox, "commandExecutionIds": [id] });
    yard.ok("BatchGetCommandExecutions", input).await["commandExecutions"][0].clone()
}

async fn ended(yard: &Yard, sandbox: &str, id: &str) -> Value {
    TestYard::until(Duration::from_secs(30), || async {
        let it = look(yard, sandbox, id).await;
        it["endTime"].is_number().then_some(it)
    })
    .await
}

async fn commands_run_beside_each_other() {
    let yard = Yard::start().await;
    yard.create("pp", "version: 0.2\nthis is: not even read\n").await;
    let id = start(&yard, "pp").await;
    // Commands may come before the sandbox is ready.
    let early = command(&yard, &id, "echo \"Hello World\"; pwd").await;
    let early = ended(&yard, &id, &early).await;
    assert_eq!((&early["status"], &early["exitCode"]), (&json!("SUCCEEDED"), &json!("0")));
    let text = early["standardOutputContent"].as_str().unwrap();
    assert!(text.starts_with("Hello World\n/codebuild/output/src"), "{text}");
    assert_eq!(early["standardErrContent"], Value::Null);
    // One waits for the other, which comes after it.
    let first = command(&yard, &id, "mkfifo /tmp/gate; cat /tmp/gate; exit 3").await;
    let second =
        command(&yard, &id, "until [ -p /tmp/gate ]; do sleep 0.05; done; echo met >/tmp/gate")
            .await;
    let first = ended(&yard, &id, &first).await;
    assert_eq!((&first["status"], &first["exitCode"]), (&json!("FAILED"), &json!("3")));
    assert_eq!(first["standardOutputContent"], "met\n");
    assert_eq!(ended(&yard, &id, &second).await["status"], "SUCCEEDED");
    let unknown = command(&yard, &id, "echo out; fail command").await;
    let unknown = ended(&yard, &id, &unknown).await;
    assert_eq!(unknown["exitCode"], "127");
    assert_eq!(unknown["standardOutputContent"], "out\n");
    assert!(unknown["standardErrContent"].as_str().unwrap().contains("fail"), "{unknown}");
    // What one leaves the next one finds; and so does a shell.
    let shell =
        enter(&yard, &id, &["sh", "-c", "test -p /tmp/gate && echo $CODEBUILD_PROJECT_ARN"]);
    assert!(String::from_utf8_lossy(&shell.stdout).contains(":project/pp"), "{shell:?}");
    let sandbox = until_status(&yard, &id, "RUN_SANDBOX").await;
    assert_eq!(sandbox["source"]["buildspec"], "version: 0.2\nthis is: not even read\n");
    assert!(sandbox["arn"].as_str().unwrap().ends_with(&format!(":sandbox/{id}")));
    let session = &sandbox["currentSession"];
    let phases: Vec<&Value> =
        session["phases"].as_array().unwrap().iter().map(|phase| &phase["phaseType"]).collect();
    assert_eq!(phases, ["SUBMITTED", "QUEUED", "PROVISIONING", "DOWNLOAD_SOURCE", "RUN_SANDBOX"]);
    assert_eq!(session["logs"]["streamName"], session["id"]);
    assert_ne!(session["id"].as_str(), id.rsplit_once(':').map(|(_, uuid)| uuid));
    // The log has it all.
    let log = TestYard::until(Duration::from_secs(10), || async {
        let log = yard.log(session).await;
        log.contains("exited with 127").then_some(log)
    })
    .await;
    assert!(log.contains("Hello World\n") && log.contains("met\n"), "{log}");
    let input = json!({ "sandboxId": sandbox["arn"], "sortOrder": "ASCENDING" });
    let listed = yard.ok("ListCommandExecutionsForSandbox", input).await;
    let listed = listed["commandExecutions"].as_array().unwrap();
    assert_eq!(listed.len(), 4);
    assert_eq!(listed[0], early);
    assert_eq!(listed[0]["sandboxArn"], sandbox["arn"]);
    stop(&yard, &id).await;
}

async fn stop(yard: &Yard, id: &str) -> Value {
    let stopping = yard.ok("StopSandbox", json!({ "id": id })).await["sandbox"].clone();
    assert_eq!(stopping["status"], "STOPPING");
    let sandbox = until_status(yard, id, "STOPPED").await;
    assert_eq!(yard.ok("StopSandbox", json!({ "id": id })).await["sandbox"], sandbox);
    sandbox
}

async fn secrets_and_floods_stay_out_of_records() {
    let yard = Yard::start().await;
    let put = json!({ "Name": "pass", "Value": "hunter22hunter", "Type": "SecureString" });
    yard.other("ssm", "AmazonSSM.PutParameter", put).await;
    let mut project = yard.project("pp", "version: 0.2\n");
    project["environment"]["environmentVariables"] =
        json!([{ "name": "PASS", "value": "pass", "type": "PARAMETER_STORE" }]);
    yard.ok("CreateProject", project).await;
    let id = start(&yard, "pp").await;
    let told = command(&yard, &id, "echo $PASS; echo $PASS >&2; printf %s \"$PASS\" | wc -c").await;
    let told = ended(&yard, &id, &told).await;
    assert_eq!(told["standardOutputContent"], "***\n14\n");
    assert_eq!(told["standardErrContent"], "***\n");
    let flood = command(&yard, &id, "yes | head -c 3000000").await;
    let flood = ended(&yard, &id, &flood).await;
    let text = flood["standardOutputContent"].as_str().unwrap();
    assert!(text.len() < 70_000 && text.contains("only the beginning"), "{}", text.len());
    // What is put in the place of a command's files is not followed.
    std::fs::write(yard.yard.dir().join("private"), "of the yard").unwrap();
    let at = "at=/codebuild/commands; id=$(basename \"$0\" .sh)";
    let link = format!("{at}; ln -sf {}/private $at/$id.out", yard.yard.dir().display());
    let link = command(&yard, &id, &link).await;
    let link = ended(&yard, &id, &link).await;
    assert_eq!(link["standardOutputContent"], Value::Null, "{link}");
    stop(&yard, &id).await;
}

async fn a_stopped_sandbox_takes_its_commands_along() {
    let yard = Yard::start().await;
    yard.create("pp", "version: 0.2\n").await;
    let id = start(&yard, "pp").await;
    let running = command(&yard, &id, "echo begun; sleep 600").await;
    TestYard::until(Duration::from_secs(30), || async {
        (look(&yard, &id, &running).await["status"] == "IN_PROGRESS").then_some(())
    })
    .await;
    let out = yard.yard.dir().join("builds/work").join(id.rsplit_once(':').unwrap().1);
    let out = out.join("commands").join(format!("{running}.out"));
    TestYard::until(Duration::from_secs(30), || async {
        std::fs::read(&out).is_ok_and(|text| !text.is_empty()).then_some(())
    })
    .await;
    let sandbox = stop(&yard, &id).await;
    let session = &sandbox["currentSession"];
    assert_eq!(session["status"], "STOPPED");
    assert_eq!(session["currentPhase"], "COMPLETED");
    let phases = session["phases"].as_array().unwrap();
    assert_eq!(phases.len(), 6, "{phases:?}");
    assert_eq!(
        (&phases[4]["phaseType"], &phases[4]["phaseStatus"]),
        (&json!("RUN_SANDBOX"), &json!("STOPPED"))
    );
    assert_eq!(phases[5]["phaseType"], "COMPLETED");
    let command = look(&yard, &id, &running).await;
    assert_eq!(command["status"], "STOPPED");
    assert_eq!(command["exitCode"], Value::Null);
    assert_eq!(command["standardOutputContent"], "begun\n");
    let why = command["standardErrContent"].as_str().unwrap();
    assert!(why.contains("ended with its sandbox") && why.contains("StopSandbox"), "{why}");
    let input = json!({ "sandboxId": id, "command": "true" });
    let (status, error) = yard.call("StartCommandExecution", input).await;
    assert_eq!((status, &error["__type"]), (400, &json!("InvalidInputException")), "{error}");
    TestYard::until(Duration::from_secs(10), || async { (!out.exists()).then_some(()) }).await;
}

async fn sandboxes_are_no_builds() {
    let yard = Yard::start().await;
    yard.create("pp", "version: 0.2\n").await;
    let id = start(&yard, "pp").await;
    until_status(&yard, &id, "RUN_SANDBOX").await;
    let inner = format!("sandbox/{id}");
    for name in [id.as_str(), &inner] {
        let found = yard.ok("BatchGetBuilds", json!({ "ids": [name] })).await;
        assert_eq!(found["builds"], json!([]));
        for operation in ["StopBuild", "RetryBuild"] {
            let (status, error) = yard.call(operation, json!({ "id": name })).await;
            assert_eq!((status, &error["__type"]), (400, &json!("ResourceNotFoundException")));
        }
        let deleted = yard.ok("BatchDeleteBuilds", json!({ "ids": [name] })).await;
        assert_eq!(deleted["buildsDeleted"], json!([]));
    }
    assert_eq!(yard.ok("ListBuilds", json!({})).await["ids"], json!([]));
    let input = json!({ "projectName": "pp" });
    assert_eq!(yard.ok("ListBuildsForProject", input).await["ids"], json!([]));
    let build = yard
        .start_build(json!({ "projectName": "pp", "buildspecOverride":
        "version: 0.2\nphases: {build: {commands: [env]}}" }))
        .await;
    assert_eq!(get(&yard, &build).await, Value::Null, "and builds are no sandboxes");
    let build = yard.finished(&build).await;
    assert_eq!(build["buildNumber"], 1);
    stop(&yard, &id).await;
    assert_eq!(get(&yard, &id).await["status"], "STOPPED");
    assert!(!yard.told.all().iter().any(|event| event.to_string().contains("sandbox/")));
}

async fn what_goes_wrong_is_told() {
    let yard = Yard::start().await;
    let mut project = yard.project("pp", "version: 0.2\n");
    project["source"] = json!({ "type": "S3", "location": "nowhere/source.zip" });
    yard.ok("CreateProject", project).await;
    let id = start(&yard, "pp").await;
    let (_, early) =
        yard.call("StartCommandExecution", json!({ "sandboxId": id, "command": "true" })).await;
    let sandbox = until_status(&yard, &id, "FAILED").await;
    let phases = sandbox["currentSession"]["phases"].as_array().unwrap();
    let failed = phases.iter().find(|phase| phase["phaseStatus"] == "FAILED").unwrap();
    assert_eq!(failed["phaseType"], "DOWNLOAD_SOURCE");
    let why = failed["contexts"][0]["message"].as_str().unwrap();
    if let Some(early) = early["commandExecution"]["id"].as_str() {
        let command = look(&yard, &id, early).await;
        assert_eq!(command["status"], "FAULT");
        let told = command["standardErrContent"].as_str().unwrap();
        assert!(told.contains("was not started") && told.contains(why.trim()), "{told}");
    }
}

async fn a_lost_sandbox_is_a_fault() {
    let yard = Yard::start().await;
    yard.create("pp", "version: 0.2\n").await;
    let id = start(&yard, "pp").await;
    until_status(&yard, &id, "RUN_SANDBOX").await;
    let running = command(&yard, &id, "sleep 600").await;
    let uuid = id.rsplit_once(':').unwrap().1;
    let identity = yard.yard.dir().join("builds/sandboxes").join(uuid).join("run/identity.json");
    let identity: Value = serde_json::from_slice(&std::fs::read(identity).unwrap()).unwrap();
    let supervisor = identity["supervisor"]["pid"].to_string();
    std::process::Command::new("kill").args(["-9", &supervisor]).status().unwrap();
    let sandbox = until_status(&yard, &id, "FAULT").await;
    let phase = &sandbox["currentSession"]["phases"][4];
    assert_eq!(phase["phaseStatus"], "FAULT");
    let why = phase["contexts"][0]["message"].as_str().unwrap();
    assert!(why.contains("supervisor was killed"), "{why}");
    let command = look(&yard, &id, &running).await;
    assert_eq!(command["status"], "FAULT", "{command}");
}

async fn tokens_pages_and_refusals() {
    let yard = Yard::start().await;
    yard.create("pp", "version: 0.2\n").await;
    yard.create("qq", "version: 0.2\n").await;
    let input = json!({ "projectName": "pp", "idempotencyToken": "t" });
    let first = yard.ok("StartSandbox", input.clone()).await["sandbox"]["id"].clone();
    assert_eq!(yard.ok("StartSandbox", input).await["sandbox"]["id"], first);
    let other = json!({ "projectName": "qq", "idempotencyToken": "t" });
    let (_, error) = yard.call("StartSandbox", other).await;
    assert_eq!(error["__type"], "InvalidInputException");
    let second = start(&yard, "qq").await;
    let third = start(&yard, "pp").await;
    let page = yard.ok("ListSandboxes", json!({ "maxResults": 2 })).await;
    assert_eq!(page["ids"], json!([third, second]), "newest first");
    let input = json!({ "maxResults": 2, "nextToken": page["nextToken"] });
    let rest = yard.ok("ListSandboxes", input).await;
    assert_eq!((&rest["ids"], &rest["nextToken"]), (&json!([first]), &Value::Null));
    let input = json!({ "projectName": "pp", "sortOrder": "ASCENDING" });
    assert_eq!(yard.ok("ListSandboxesForProject", input).await["ids"], json!([first, third]));
    for (operation, input, kind) in [
        ("StartSandbox", json!({}), "InvalidInputException"),
        ("StartSandbox", json!({ "projectName": "zz" }), "ResourceNotFoundException"),
        ("StopSandbox", json!({ "id": "pp:zz" }), "ResourceNotFoundException"),
        ("ListSandboxes", json!({ "maxResults": 101 }), "InvalidInputException"),
        ("ListSandboxes", json!({ "nextToken": "x" }), "InvalidInputException"),
        ("ListSandboxesForProject", json!({ "projectName": "zz" }), "ResourceNotFoundException"),
        (
            "StartCommandExecution",
            json!({ "sandboxId": "pp:zz", "command": "x" }),
            "ResourceNotFoundException",
        ),
        (
            "StartCommandExecution",
            json!({ "sandboxId": third, "command": "" }),
            "InvalidInputException",
        ),
        (
            "StartCommandExecution",
            json!({ "sandboxId": third, "command": "x".repeat(70_000) }),
            "InvalidInputException",
        ),
        (
            "StartCommandExecution",
            json!({ "sandboxId": third, "command": "x", "type": "PERL" }),
            "InvalidInputException",
        ),
        (
            "ListCommandExecutionsForSandbox",
            json!({ "sandboxId": "pp:zz" }),
            "ResourceNotFoundException",
        ),
        (
            "BatchGetCommandExecutions",
            json!({ "sandboxId": third, "commandExecutionIds": [] }),
            "InvalidInputException",
        ),
    ] {
        let (status, error) = yard.call(operation, input).await;
        assert_eq!((status, &error["__type"]), (400, &json!(kind)), "{operation}: {error}");
    }
    let (status, error) = yard.call("StartSandboxConnection", json!({ "sandboxId": third })).await;
    assert_eq!(status, 501, "{error}");
    assert!(error.to_string().contains("codeyard shell"), "{error}");
    let input = json!({ "sandboxId": third, "commandExecutionIds": ["nope"] });
    let found = yard.ok("BatchGetCommandExecutions", input).await;
    assert_eq!(found["commandExecutionsNotFound"], json!(["nope"]));
    let found = yard.ok("BatchGetSandboxes", json!({ "ids": ["pp:zz"] })).await;
    assert_eq!(found["sandboxesNotFound"], json!(["pp:zz"]));
    for id in [first.as_str().unwrap(), &second, &third] {
        yard.ok("StopSandbox", json!({ "id": id })).await;
        until_status(&yard, id, "STOPPED").await;
    }
}

/// A sandbox and a build that waits, in containers.
async fn in_containers_too() {
    let engine = match TestEngine::shared() {
        Ok(engine) => engine,
        Err(why) => return skipped(&why),
    };
    let containers = service::Containers { address: Some(engine.address()), ..Default::default() };
    let yard = Yard::with_containers(containers).await;
    let spec = "version: 0.2\nphases:\n  build:\n    commands: [codebuild-breakpoint, echo on]\n";
    let mut project = yard.project("pp", spec);
    project["environment"]["image"] = json!(IMAGE);
    yard.ok("CreateProject", project).await;
    let id = start(&yard, "pp").await;
    let told = command(&yard, &id, "echo $CODEBUILD_BUILD_IMAGE; exit 5").await;
    let told = ended(&yard, &id, &told).await;
    assert_eq!(told["standardOutputContent"], format!("{IMAGE}\n"), "{told}");
    assert_eq!(told["exitCode"], "5");
    stop(&yard, &id).await;
    let input = json!({ "projectName": "pp", "debugSessionEnabled": true });
    let build = yard.start_build(input).await;
    TestYard::until(Duration::from_secs(30), || async {
        let build = yard.build(&build).await;
        let is_building = build["currentPhase"] == "BUILD";
        (is_building && yard.log(&build).await.contains("Paused at")).then_some(())
    })
    .await;
    let uuid = build.rsplit_once(':').unwrap().1;
    let label = format!("label=io.codeyard.sandbox={uuid}");
    let container = engine.docker(&["ps", "-q", "--filter", &label]).unwrap();
    engine.docker(&["exec", container.trim(), "codebuild-resume"]).unwrap();
    let build = yard.finished(&build).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED");
    assert!(yard.output(&build).await.ends_with("Resumed by codebuild-resume\non\n"));
}
