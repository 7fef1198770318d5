//! Debug sessions and sandboxes of CodeBuild, by the stock CLI and `codeyard shell`.

use std::io::{Read, Write};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use super::developer::{log, role};
use crate::harness::{Data, User, Yard, said, until};

const LIMIT: Duration = Duration::from_secs(60);

const PAUSES: &str = "version: 0.2
phases:
  build:
    commands:
      - cd /tmp && export ANSWER=42
      - codebuild-breakpoint
      - cat found
      - sleep 2 # The shell that resumed it goes with the build: it shall end by itself.
";

fn project(root: &User, buildspec: &str) {
    role(
        root,
        "build",
        "codebuild.amazonaws.com",
        &json!([{
            "Effect": "Allow", "Action": "logs:*", "Resource": "*"
        }]),
    );
    let source = json!({ "type": "NO_SOURCE", "buildspec": buildspec }).to_string();
    root.aws(&[
        "codebuild",
        "create-project",
        "--name",
        "app",
        "--source",
        &source,
        "--artifacts",
        "type=NO_ARTIFACTS",
        "--environment",
        "type=LINUX_CONTAINER,image=aws/codebuild/standard:7.0,computeType=BUILD_GENERAL1_SMALL",
        "--service-role",
        "arn:aws:iam::000000000000:role/build",
    ]);
}

#[test]
fn a_build_waits_until_somebody_has_looked_around() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    project(&root, PAUSES);
    let mut watched = data
        .codeyard(&["builds", "start", "app", "--debug"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = watched.stdout.take().unwrap();
    let mut told = String::new();
    while !told.contains("codebuild-resume, in that shell") {
        let mut piece = [0; 4096];
        let length = out.read(&mut piece).unwrap();
        assert!(length > 0, "{told}");
        told.push_str(&String::from_utf8_lossy(&piece[..length]));
    }
    let id = told.split("codeyard shell ").nth(1).unwrap().lines().next().unwrap().to_owned();
    let id = id.trim();
    let found = root.aws(&["codebuild", "batch-get-builds", "--ids", id]);
    assert_eq!(found["builds"][0]["debugSession"]["sessionEnabled"], true, "{found}");
    // By the build's id with a program, then by the project's name with a shell that reads a script.
    let looked = data.codeyard(&["shell", id]).args(["--", "sh", "-c", "pwd; exit 3"]).output();
    let looked = looked.unwrap();
    assert_eq!((looked.status.code(), looked.stdout.as_slice()), (Some(3), &b"/tmp\n"[..]));
    let mut shell = data
        .codeyard(&["shell", "app"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let script = b"echo answer=$ANSWER | tee found; codebuild-resume\n";
    shell.stdin.take().unwrap().write_all(script).unwrap();
    let shell = shell.wait_with_output().unwrap();
    assert!(shell.status.success(), "{}", said(&shell));
    assert_eq!(shell.stdout, b"answer=42\n");
    out.read_to_string(&mut told).unwrap();
    assert!(watched.wait().unwrap().success(), "{told}");
    assert!(told.contains("Resumed by codebuild-resume"), "{told}");
    assert_eq!(told.matches("answer=42").count(), 1, "{told}");
    let over = data.codeyard(&["shell", id]).output().unwrap();
    assert!(!over.status.success() && said(&over).contains("has ended"), "{}", said(&over));
}

fn command(user: &User, sandbox: &str, text: &str) -> String {
    let started = user.aws(&[
        "codebuild",
        "start-command-execution",
        "--sandbox-id",
        sandbox,
        "--type",
        "SHELL",
        "--command",
        text,
    ]);
    started["commandExecution"]["id"].as_str().unwrap().to_owned()
}

fn ended(user: &User, sandbox: &str, id: &str) -> Value {
    until(LIMIT, "the command ends", || {
        let found = user.aws(&[
            "codebuild",
            "batch-get-command-executions",
            "--sandbox-id",
            sandbox,
            "--command-execution-ids",
            id,
        ]);
        let command = found["commandExecutions"][0].clone();
        (!command["endTime"].is_null()).then_some(command)
    })
}

#[test]
fn sandboxes_outlive_their_yard() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    project(&root, "version: 0.2");
    let started = root.aws(&["codebuild", "start-sandbox", "--project-name", "app"]);
    let id = started["sandbox"]["id"].as_str().unwrap().to_owned();
    // Who may run commands in sandboxes of a project can't start any.
    let helper = yard.user(
        "helper",
        &json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Action": ["codebuild:*CommandExecution*"],
            "Resource": "arn:aws:codebuild:*:*:sandbox/app:*",
        }]}),
    );
    let start = ["codebuild", "start-sandbox", "--project-name", "app"];
    helper.refused("AccessDenied", &start);
    helper.refused("AccessDenied", &["codebuild", "stop-sandbox", "--id", &id]);
    let hello = command(&helper, &id, "echo \"Hello World\"");
    let hello = ended(&helper, &id, &hello);
    assert_eq!(hello["status"], "SUCCEEDED");
    assert_eq!(hello["standardOutputContent"], "Hello World\n");
    // Killed while one runs that ends meanwhile, and one that goes on.
    let short =
        command(&root, &id, "until [ -e go ]; do sleep 0.1; done; echo meanwhile >&2; exit 4");
    let long = command(&root, &id, "until [ -e /tmp/on ]; do sleep 0.1; done; echo gone on");
    until(LIMIT, "both run", || {
        let arguments = ["codebuild", "list-command-executions-for-sandbox", "--sandbox-id", &id];
        let listed = root.aws(&arguments);
        let all = listed["commandExecutions"].as_array().unwrap();
        let run = all.iter().filter(|it| it["status"] == "IN_PROGRESS");
        (run.count() == 2).then_some(())
    });
    yard.kill_9();
    let work = data.path().join("builds/work").join(id.rsplit_once(':').unwrap().1);
    std::fs::write(work.join("src/go"), "").unwrap();
    let left = work.join("commands").join(format!("{short}.exit"));
    until(LIMIT, "one ends", || left.exists().then_some(()));
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    let short = ended(&root, &id, &short);
    assert_eq!((&short["status"], &short["exitCode"]), (&json!("FAILED"), &json!("4")));
    assert_eq!(short["standardErrContent"], "meanwhile\n");
    let on = data.codeyard(&["shell", &id]).args(["--", "touch", "/tmp/on"]).output().unwrap();
    assert!(on.status.success(), "{}", said(&on));
    assert_eq!(ended(&root, &id, &long)["standardOutputContent"], "gone on\n");
    root.aws(&["codebuild", "stop-sandbox", "--id", &id]);
    let sandbox = until(LIMIT, "it stops", || {
        let found = root.aws(&["codebuild", "batch-get-sandboxes", "--ids", &id]);
        let sandbox = found["sandboxes"][0].clone();
        (sandbox["status"] == "STOPPED").then_some(sandbox)
    });
    let text = log(&root, &sandbox["currentSession"]);
    for line in ["Hello World", "meanwhile", "gone on"] {
        assert_eq!(text.matches(line).count(), 1, "{text}");
    }
}
