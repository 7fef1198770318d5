//! Sources and builds that mean harm.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::json;
use testkit::TestYard;

use crate::harness::Yard;
use crate::host::Host;

/// Runs a script of the shell's in a folder; answers what it prints.
fn sh(folder: &Path, script: &str) -> Vec<u8> {
    let output = Command::new("sh").args(["-ec", script]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A repository whose settings have git run a program, packed as an archive.
const TRAP: &str = r#"export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t
mkdir -p src/sub && cd src/sub
git init -q . && git init -q x
git -C x commit -q --allow-empty -m 1 && git -C x commit -q --allow-empty -m 2
git update-index --add --cacheinfo 160000,$(git -C x rev-parse HEAD~1),x
printf '[submodule "x"]\n\tpath = x\n\turl = https://h/x\n' >.gitmodules
git config submodule.x.url https://h/x
git config submodule.x.update '!touch EVIDENCE;:'
mv .git ../git && echo 'gitdir: ../git' >.git
python3 -c 'import shutil; shutil.make_archive("../../trap", "zip", "..")'
cat ../../trap.zip"#;

async fn a_link_for_a_submodule_leads_git_nowhere() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let dir = tempfile::tempdir().unwrap();
    let evidence = dir.path().join("evidence");
    let trap = sh(dir.path(), &TRAP.replace("EVIDENCE", evidence.to_str().unwrap()));
    yard.s3("PUT", "/bucket", Vec::new()).await;
    yard.s3("PUT", "/bucket/trap.zip", trap).await;
    let work = host.repository("o/r");
    std::os::unix::fs::symlink("../src/sub", work.directory.join("link")).unwrap();
    let modules = "[submodule \"s\"]\n\tpath = link\n\turl = ../s.git\n";
    work.push(&[(".gitmodules", modules)], "refs/heads/main");
    let mut project = yard.project("pp", "");
    project["source"] = json!({
        "type": "S3", "location": "bucket/trap.zip",
        "buildspec": "version: 0.2\nphases:\n  build:\n    commands: [ls]\n",
    });
    project["secondarySources"] = json!([{
        "type": "GITHUB_ENTERPRISE", "location": host.http("o/r.git"), "sourceIdentifier": "two",
        "gitSubmodulesConfig": { "fetchSubmodules": true },
    }]);
    yard.ok("CreateProject", project).await;
    let id = yard.start_build(json!({ "projectName": "pp" })).await;
    let done = yard.finished(&id).await;
    assert!(!evidence.exists(), "git has run what a source said: {done}");
    assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
}

/// `codeyard build` in somebody's repository: what is in it runs in the sandbox or not at all.
async fn programs_of_a_lent_source_are_not_asked_for_their_versions() {
    let yard = Yard::start().await;
    let source = tempfile::tempdir().unwrap();
    let evidence = source.path().join("evidence");
    let node = format!(
        "mkdir bin; printf '#!/bin/sh\\necho >{}; echo v9' >bin/node; chmod +x bin/node",
        evidence.display()
    );
    sh(source.path(), &node);
    let spec = format!(
        "version: 0.2\nenv:\n  variables:\n    PATH: {}/bin:/usr/bin:/bin\nphases:\n  install:\n    \
         runtime-versions: {{ nodejs: 9 }}\n",
        source.path().display()
    );
    yard.create("pp", &spec).await;
    let primary = source.path().to_owned();
    let folders =
        codeyard_svc_codebuild::Folders { primary, secondary: Vec::new(), in_place: false };
    codeyard_svc_codebuild::lend(yard.yard.yard(), "pp", folders);
    let id = yard.start_build(json!({ "projectName": "pp" })).await;
    let done = yard.finished(&id).await;
    assert!(!evidence.exists(), "a program of the source has run outside of the sandbox");
    assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
}

/// What is inside can't keep a sandbox going by spoiling what it shares with the yard.
async fn a_sandbox_that_can_be_told_nothing_is_stopped() {
    let yard = Yard::start().await;
    yard.create("pp", "version: 0.2\nphases:\n  build:\n    commands: [ls]\n").await;
    let started = yard.ok("StartSandbox", json!({ "projectName": "pp" })).await;
    let id = started["sandbox"]["id"].as_str().unwrap().to_owned();
    let look = async || {
        yard.ok("BatchGetSandboxes", json!({ "ids": [&id] })).await["sandboxes"][0].clone()
    };
    let patience = Duration::from_secs(20);
    TestYard::until(patience, || async { (look().await["status"] == "RUN_SANDBOX").then_some(()) })
        .await;
    let uuid = id.rsplit(':').next().unwrap();
    std::fs::remove_dir_all(yard.yard.dir().join("builds/work").join(uuid).join("commands"))
        .unwrap();
    let command = json!({ "sandboxId": id, "command": "true" });
    yard.ok("StartCommandExecution", command).await;
    yard.ok("StopSandbox", json!({ "id": id })).await;
    let ended = TestYard::until(patience, || async {
        let sandbox = look().await;
        (!sandbox["endTime"].is_null()).then_some(sandbox)
    })
    .await;
    assert_eq!(ended["status"], "STOPPED", "{ended}");
}

/// The public gets a long log whole, and nobody has to hold it in memory.
async fn long_logs_are_public_whole() {
    let yard = Yard::start().await;
    let line = "x".repeat(9_999);
    let spec = format!(
        "version: 0.2\nphases:\n  build:\n    commands: ['yes {line} | head -n 1800', echo the end]\n"
    );
    let done = yard.run(&spec).await;
    assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
    let arn = format!(
        "arn:aws:codebuild:{}",
        done["arn"].as_str().unwrap().split(':').skip(3).take(2).collect::<Vec<_>>().join(":")
    );
    let update = json!({
        "projectArn": format!("{arn}:project/pp"), "projectVisibility": "PUBLIC_READ",
        "resourceAccessRole": yard.role,
    });
    let made = yard.ok("UpdateProjectVisibility", update).await;
    let uuid = done["id"].as_str().unwrap().rsplit(':').next().unwrap().to_owned();
    let path =
        format!("/_codebuild/public/{}/{uuid}/log", made["publicProjectAlias"].as_str().unwrap());
    let log = yard.yard.send(None, "none", "GET", &path, &[], Vec::new()).await;
    assert_eq!(log.status, 200);
    let text = log.text();
    assert!(text.len() > 17_999_999 && text.contains("the end\n"), "{} bytes", text.len());
}

crate::tests![
    a_sandbox_that_can_be_told_nothing_is_stopped,
    long_logs_are_public_whole,
    a_link_for_a_submodule_leads_git_nowhere,
    programs_of_a_lent_source_are_not_asked_for_their_versions,
];
