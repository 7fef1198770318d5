//! What buildspecs say, as it is done.

use serde_json::{Value, json};
use testkit::TestYard;

use crate::harness::{Yard, message};
use crate::tests;

/// As it stands in the course.
const COURSE: &str = include_str!("../../../../crates/formats/tests/formats/corpus/course.yml");

async fn the_courses_buildspec() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/source", Vec::new()).await;
    yard.s3("PUT", "/source/app/buildspec.yml", COURSE.as_bytes().to_vec()).await;
    let page = |text: &str| format!("<html><h1>{text}</h1></html>\n").into_bytes();
    yard.s3("PUT", "/source/app/index.html", page("Congratulations")).await;
    let mut project = yard.project("course", "");
    project["source"] = json!({ "type": "S3", "location": "source/app/" });
    yard.ok("CreateProject", project).await;
    let id = yard.start_build(json!({ "projectName": "course" })).await;
    let build = yard.finished(&id).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");
    assert_eq!(
        yard.output(&build).await,
        "installing something\nwe are in the pre build phase\nwe are in the build block\n\
         we will run some tests\nwe are in the post build phase\n"
    );
    let log = yard.log(&build).await;
    assert!(
        log.contains("Selecting 'nodejs' runtime version '10'")
            || log.contains("WARNING: 'nodejs' runtime version '10'"),
        "{log}"
    );
    // Without the word the test fails, and the last phase runs all the same.
    yard.s3("PUT", "/source/app/index.html", page("Sorry")).await;
    let id = yard.start_build(json!({ "projectName": "course" })).await;
    let build = yard.finished(&id).await;
    assert_eq!(build["buildStatus"], "FAILED", "{build}");
    assert_eq!(
        message(&build, "BUILD"),
        "Error while executing command: grep -Fq \"Congratulations\" index.html. Reason: exit status 1"
    );
    assert!(yard.output(&build).await.ends_with("we are in the post build phase\n"));
}

/// Runs it in a project of its own.
async fn run(yard: &Yard, buildspec: &str) -> Value {
    let name = format!("p{}", types::uuid());
    yard.create(&name, buildspec).await;
    let id = yard.start_build(json!({ "projectName": name })).await;
    yard.finished(&id).await
}

async fn version_0_1_has_a_shell_for_each_command() {
    let yard = Yard::start().await;
    let build = run(
        &yard,
        "version: 0.1\nenvironment_variables:\n  plaintext: {A: from-spec}\nphases:\n  build:\n    commands:\n      - mkdir d && cd d && export A=changed && echo $A\n      - echo $A in $(basename $PWD)\n  post_build:\n    commands: ['echo $CODEBUILD_BUILD_SUCCEEDING']\n",
    )
    .await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");
    assert_eq!(yard.output(&build).await, "changed\nfrom-spec in src\n1\n");
}

async fn a_missing_runtime_warns_or_fails() {
    let yard = Yard::start().await;
    let spec = |more: &str, runtimes: &str| {
        format!(
            "version: 0.2\n{more}phases:\n  install:\n    runtime-versions: {runtimes}\n  build:\n    commands: [echo went on]\n"
        )
    };
    let strict = "env: {variables: {CODEYARD_RUNTIME_VERSIONS: strict}}\n";
    let build = run(&yard, &spec("", "{python: 2.99}")).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");
    let log = yard.log(&build).await;
    assert!(log.contains("WARNING: 'python' runtime version '2.99'"), "{log}");
    for (more, runtimes, wanted) in [
        (strict, "{python: 2.99}", "Unknown runtime version named '2.99' of python"),
        ("", "{docker: 18}", "Unknown runtime named 'docker'. This build image has the following"),
        ("", "{android: 29, java: openjdk11}", "conflict"),
    ] {
        let build = run(&yard, &spec(more, runtimes)).await;
        assert_eq!(build["buildStatus"], "FAILED", "{build}");
        let message = message(&build, "DOWNLOAD_SOURCE");
        assert!(message.contains(wanted), "{message}");
        assert!(!yard.log(&build).await.contains("went on"));
    }
    // What the machine has is chosen, and said.
    let build = run(&yard, &spec(strict, "{python: latest}")).await;
    let log = yard.log(&build).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{log}");
    assert!(log.contains("Selecting 'python' runtime version 'latest' based on manual"), "{log}");
    let build = run(&yard, "{version: 0.2, phases: {build: {commands: ['true']}}}").await;
    assert!(yard.log(&build).await.contains("No runtime version selected in buildspec."));
}

async fn variables_have_their_order_and_are_literal() {
    let yard = Yard::start().await;
    yard.other(
        "ssm",
        "AmazonSSM.PutParameter",
        json!({ "Name": "/stage", "Value": "from-parameter", "Type": "String" }),
    )
    .await;
    let spec = "version: 0.2\nenv:\n  variables:\n    A: spec\n    B: spec\n    C: spec\n    REF: $A-${B}:$PATH\n    CODEBUILD_BUILD_NUMBER: mine\n    CODEBUILD_MINE: kept\n  parameter-store:\n    D: /not-there\n    E: /stage\n  exported-variables: [C, LATER, UNSET, E, AWS_REGION]\nphases:\n  build:\n    commands:\n      - echo \"$A $B $C $D\"\n      - echo \"$REF\"\n      - echo \"$CODEBUILD_BUILD_NUMBER $CODEBUILD_MINE\"\n      - export LATER=$(echo later) A=changed\n      - 'echo \"${#E}\"'\n";
    let mut project = yard.project("pp", spec);
    project["environment"]["environmentVariables"] = json!([
        { "name": "B", "value": "project" }, { "name": "C", "value": "project" },
        // Takes the place of what can't be read: nobody asks for it.
        { "name": "D", "value": "plain" },
    ]);
    yard.ok("CreateProject", project).await;
    let id = yard
        .start_build(json!({
            "projectName": "pp",
            "environmentVariablesOverride": [{ "name": "C", "value": "start" }],
        }))
        .await;
    let build = yard.finished(&id).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");
    assert_eq!(yard.output(&build).await, "spec project start plain\n$A-${B}:$PATH\n1 kept\n14\n");
    assert_eq!(
        build["exportedEnvironmentVariables"],
        json!([{ "name": "C", "value": "start" }, { "name": "LATER", "value": "later" }])
    );
    let log = yard.log(&build).await;
    for line in [
        "WARNING: the buildspec sets CODEBUILD_BUILD_NUMBER",
        "The variable E is not exported: its value is a secret",
        "The variable AWS_REGION is not exported: names that start with AWS_",
        "The variable UNSET is not exported: it is not set",
    ] {
        assert!(log.contains(line), "{line}: {log}");
    }
}

async fn secrets_have_stages_versions_and_keys() {
    let yard = Yard::start().await;
    let token = |n: u8| format!("12345678-1234-1234-1234-12345678901{n}");
    let created = yard
        .other(
            "secretsmanager",
            "secretsmanager.CreateSecret",
            json!({
                "Name": "db", "SecretString": "{\"password\": \"first-word\", \"port\": 5432}",
                "ClientRequestToken": token(1),
            }),
        )
        .await;
    yard.other(
        "secretsmanager",
        "secretsmanager.PutSecretValue",
        json!({
            "SecretId": "db", "SecretString": "{\"password\": \"second-word\"}",
            "ClientRequestToken": token(2),
        }),
    )
    .await;
    let arn = created["ARN"].as_str().unwrap();
    let spec = |secrets: &str, commands: &str| {
        format!(
            "version: 0.2\nenv:\n  secrets-manager:\n{secrets}phases:\n  build:\n    commands:\n{commands}"
        )
    };
    let first = token(1);
    let secrets = format!(
        "    CURRENT: db:password\n    PREVIOUS: {arn}:password:AWSPREVIOUS\n    BY_ID: 'db:port::{first}'\n    WHOLE: db\n"
    );
    let commands = "      - 'for it in $CURRENT $PREVIOUS $BY_ID; do echo ${#it}; done'\n      - '[ \"$CURRENT\" = \"second-w\"\"ord\" ] && [ \"$PREVIOUS\" = \"first-w\"\"ord\" ]'\n      - echo \"$WHOLE\" | tr -d '{}' \n      - printf sec; sleep 0.1; echo ond-word\n      - echo $PREVIOUS > names.txt; cat names.txt; base64 names.txt; false $CURRENT second-word\n";
    let build = run(&yard, &spec(&secrets, commands)).await;
    let log = yard.log(&build).await;
    assert_eq!(build["buildStatus"], "FAILED", "{log}");
    assert!(log.contains("\n11\n10\n4\n"), "{log}");
    for secret in ["first-word", "second-word", "5432", "Zmlyc3Qtd29yZ"] {
        assert!(
            !log.contains(secret) && !build["phases"].to_string().contains(secret),
            "{secret}: {log}"
        );
    }
    assert!(message(&build, "BUILD").ends_with("$CURRENT ***. Reason: exit status 1"), "{build}");
    for (secret, wanted) in [
        ("db:nothing", "has no value under the key nothing"),
        ("none:key", "ResourceNotFoundException"),
        ("db:password:AWSPENDING", "ResourceNotFoundException"),
        (
            "arn:aws:secretsmanager:us-east-1:999999999999:secret:x-AbCdEf:key",
            "is of another account or region",
        ),
        (
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf:key",
            "is of another account or region",
        ),
    ] {
        let secrets = format!("    S: {secret}\n");
        let build = run(&yard, &spec(&secrets, "      - echo never\n")).await;
        assert_eq!(build["buildStatus"], "FAILED", "{secret}");
        let message = message(&build, "DOWNLOAD_SOURCE");
        assert!(message.contains(wanted), "{secret}: {message}");
        assert!(!message.contains("second-word"), "{message}");
    }
}

async fn values_that_no_program_can_have_are_refused_at_the_door() {
    let yard = Yard::start().await;
    let long = "x".repeat(200_000);
    let mut project = yard.project("pp", "{version: 0.2, phases: {build: {commands: ['true']}}}");
    project["environment"]["environmentVariables"] = json!([{ "name": "LONG", "value": long }]);
    let (status, error) = yard.call("CreateProject", project).await;
    assert_eq!((status, &error["__type"]), (400, &json!("InvalidInputException")), "{error}");
    assert!(error["message"].as_str().unwrap().contains("LONG has 200005 bytes"), "{error}");
    yard.create("pp", "{version: 0.2, phases: {build: {commands: ['true']}}}").await;
    let input = json!({
        "projectName": "pp",
        "environmentVariablesOverride": [{ "name": "LONG", "value": long }],
    });
    let (status, error) = yard.call("StartBuild", input).await;
    assert_eq!(status, 400, "{error}");
    let build = run(
        &yard,
        &format!("version: 0.2\nenv:\n  variables:\n    LONG: {long}\nphases: {{build: {{commands: ['true']}}}}\n"),
    )
    .await;
    assert!(
        message(&build, "DOWNLOAD_SOURCE").ends_with("are allowed at line 4, column 5"),
        "{}",
        message(&build, "DOWNLOAD_SOURCE")
    );
    // As much as programs can have is had.
    let long = "x".repeat(120_000);
    let build = run(
        &yard,
        &format!("version: 0.2\nenv:\n  variables:\n    LONG: {long}\nphases: {{build: {{commands: ['env | grep -c LONG=x']}}}}\n"),
    )
    .await;
    assert_eq!(yard.output(&build).await, "1\n", "{}", build["buildStatus"]);
}

async fn what_is_wrong_is_told_with_its_place() {
    let yard = Yard::start().await;
    for (text, wanted) in [
        (
            "version: 0.2\nphases:\n  prebuild:\n    commands: [x]\n",
            "Invalid buildspec phase name: PREBUILD. Expecting: BUILD,INSTALL,POST_BUILD,PRE_BUILD at line 3, column 3",
        ),
        (
            "version: 0.2\nphases:\n  build:\n    commands:\n      - echo a: b\n",
            "Expected phases.build.commands[0] to be of string type: found subkeys instead at line 5, column 9",
        ),
        (
            "version: 0.2\nphases:\n  build:\n    commands: [x]\nartefacts: {files: [a]}\n",
            "unknown key \"artefacts\": known are",
        ),
        ("version: 0.2\nphases:\n  build:\n  commands: [x]\n", "at line 4, column 3"),
        (
            "version: 0.2\nenv: {shell: powershell.exe}\nphases: {build: {commands: [dir]}}\n",
            "env.shell powershell.exe is for Windows",
        ),
        (
            "version: 0.2\nbatch: {build-list: [{identifier: a, buildspec: a.yml}]}\n",
            "the buildspec has no phases",
        ),
    ] {
        let build = run(&yard, text).await;
        assert_eq!(build["buildStatus"], "FAILED", "{text}");
        let code = &build["phases"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["phaseType"] == "DOWNLOAD_SOURCE")
            .unwrap()["contexts"][0]["statusCode"];
        assert_eq!(code, "YAML_FILE_ERROR", "{build}");
        let message = message(&build, "DOWNLOAD_SOURCE");
        assert!(message.contains(wanted), "{text}: {message}");
    }
}

async fn batch_and_proxy_sections_do_not_stop_a_build() {
    let yard = Yard::start().await;
    let build = run(
        &yard,
        "version: 0.2\nproxy: {upload-artifacts: yes, logs: yes}\nbatch: {fast-fail: yes, build-fanout: {parallelism: 2}}\nphases: {build: {commands: [echo ran]}}\n",
    )
    .await;
    assert_eq!(yard.output(&build).await, "ran\n", "{build}");
    let log = yard.log(&build).await;
    assert!(log.contains("The batch section (line 3) is for StartBuildBatch"), "{log}");
    assert!(log.contains("proxy.logs: logs go to this yard without a network"), "{log}");
}

async fn any_output_reaches_the_log() {
    let yard = Yard::start().await;
    let build = run(
        &yard,
        "version: 0.2\nenv: {shell: bash}\nphases:\n  build:\n    commands:\n      - head -c 200000 /dev/urandom\n      - head -c 3000000 /dev/zero | tr '\\0' a; echo\n      - printf '\\033[31mred\\033[0m\\r\\n\\000\\n'\n      - echo the end\n",
    )
    .await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");
    let log = yard.log(&build).await;
    let endless: usize =
        log.lines().map(|line| line.bytes().filter(|it| *it == b'a').count()).max().unwrap();
    assert!(log.contains("the end") && endless > 0, "{}", log.len());
    let letters = log.bytes().filter(|byte| *byte == b'a').count();
    assert!(letters >= 3_000_000, "{letters} of the long line");
}

/// The supervisor's file tells the pid.
fn init_of(yard: &Yard) -> i64 {
    let sandboxes = yard.yard.dir().join("builds/sandboxes");
    std::fs::read_dir(sandboxes)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let text = std::fs::read_to_string(entry.path().join("run/identity.json")).ok()?;
            serde_json::from_str::<Value>(&text).ok()?["init"]["pid"].as_i64()
        })
        .next()
        .unwrap()
}

async fn a_build_whose_init_is_killed_ends_honestly() {
    let yard = Yard::start().await;
    yard.create("pp", "{version: 0.2, phases: {build: {commands: [echo begun, sleep 300]}}}").await;
    let id = yard.start_build(json!({ "projectName": "pp" })).await;
    TestYard::until(std::time::Duration::from_secs(20), || async {
        let build = yard.build(&id).await;
        (build["logs"]["streamName"].is_string() && build["currentPhase"] == "BUILD").then_some(())
    })
    .await;
    let began = std::time::Instant::now();
    let pid = init_of(&yard).to_string();
    assert!(std::process::Command::new("kill").args(["-9", &pid]).status().unwrap().success());
    let build = yard.finished(&id).await;
    assert!(began.elapsed() < std::time::Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(build["buildStatus"], "FAULT", "{build}");
    assert!(message(&build, "BUILD").contains("init was killed"), "{build}");
    assert!(yard.log(&build).await.contains("begun"));
}

tests![
    the_courses_buildspec,
    version_0_1_has_a_shell_for_each_command,
    a_missing_runtime_warns_or_fails,
    variables_have_their_order_and_are_literal,
    secrets_have_stages_versions_and_keys,
    values_that_no_program_can_have_are_refused_at_the_door,
    what_is_wrong_is_told_with_its_place,
    batch_and_proxy_sections_do_not_stop_a_build,
    any_output_reaches_the_log,
    a_build_whose_init_is_killed_ends_honestly,
];
