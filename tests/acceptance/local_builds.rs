//! `codeyard build` in a folder, and `codeyard builds` with a yard.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::json;
use testkit::engine::{IMAGE, TestEngine, skipped};

use crate::harness::{CODEYARD, Data, Yard, said};

const BUILDSPEC: &str = r#"
version: 0.2
env:
  parameter-store:
    PARAMETER: /app/parameter
  secrets-manager:
    SECRET: app/secret
phases:
  pre_build:
    commands:
      - cd sub
      - export CARRIED=over
  build:
    commands:
      - echo "greeting $GREETING, parameter $PARAMETER, carried $CARRIED in $(basename "$PWD")"
      - echo "the secret is $SECRET"
      - cat ../uncommitted.txt "$CODEBUILD_SRC_DIR_lib/lib.txt"
      - cd .. && mkdir -p out && cat uncommitted.txt > out/made.txt
artifacts:
  files: ['**/*']
  base-directory: out
  secondary-artifacts:
    second:
      files: [uncommitted.txt]
"#;

/// A folder with a buildspec.
fn folder(buildspec: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("sub")).unwrap();
    std::fs::write(dir.path().join("buildspec.yml"), buildspec).unwrap();
    std::fs::write(dir.path().join("uncommitted.txt"), "as it is now\n").unwrap();
    // What no archive of a source would take.
    std::os::unix::fs::symlink("/usr/bin/env", dir.path().join("absolute")).unwrap();
    dir
}

/// A file of an archive.
fn in_zip(archive: &Path, name: &str) -> String {
    let script = "import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]).decode(), end='')";
    let read = Command::new("python3").args(["-c", script]).arg(archive).arg(name).output();
    said(&read.unwrap())
}

fn build(dir: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(CODEYARD);
    command.arg("build").args(words).current_dir(dir);
    for name in ["AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
        command.env_remove(name);
    }
    command.output().unwrap()
}

#[test]
fn a_folder_is_built_as_it_is() {
    let (dir, lib, out) = (folder(BUILDSPEC), tempfile::tempdir().unwrap(), tempfile::tempdir());
    let out = out.unwrap();
    std::fs::write(lib.path().join("lib.txt"), "from the library\n").unwrap();
    let variables = dir.path().join("build.env");
    std::fs::write(&variables, "# comment\nGREETING=\"hello\"\n").unwrap();
    let done = build(
        dir.path(),
        &[
            "--source",
            ".",
            "--source",
            &format!("lib:{}", lib.path().display()),
            "--env-file",
            variables.to_str().unwrap(),
            "--parameter",
            "/app/parameter=p1",
            "--secret",
            "app/secret=tell-nobody",
            "--artifacts",
            out.path().to_str().unwrap(),
        ],
    );
    let text = said(&done);
    assert!(done.status.success(), "{text}");
    assert!(text.contains("carried over in sub"), "{text}");
    assert!(text.contains("greeting \"hello\""), "quotes are part of the value: {text}");
    assert!(text.contains("as it is now") && text.contains("from the library"), "{text}");
    assert!(!text.contains("tell-nobody") && text.contains("the secret is ***"), "{text}");
    assert!(text.contains("    BUILD SUCCEEDED ("), "phases have durations: {text}");
    assert_eq!(in_zip(&out.path().join("artifacts.zip"), "made.txt"), "as it is now\n");
    assert_eq!(in_zip(&out.path().join("second.zip"), "uncommitted.txt"), "as it is now\n");
    assert!(!dir.path().join("out").exists(), "the folder itself is untouched");
}

#[test]
fn its_status_is_the_builds() {
    let failing = "version: 0.2\nphases:\n  build:\n    commands:\n      - exit 3\n";
    let dir = folder(failing);
    let done = build(dir.path(), &[]);
    let text = said(&done);
    assert_eq!(done.status.code(), Some(1), "{text}");
    assert!(text.contains("exit status 3"), "{text}");

    std::fs::write(dir.path().join("broken.yml"), "version: 0.2\nphases: [").unwrap();
    let done = build(dir.path(), &["--buildspec", "broken.yml"]);
    let text = said(&done);
    assert_eq!(done.status.code(), Some(1), "{text}");
    assert!(text.contains("YAML_FILE_ERROR"), "{text}");

    std::fs::remove_file(dir.path().join("buildspec.yml")).unwrap();
    let done = build(dir.path(), &[]);
    assert_eq!(done.status.code(), Some(1));
    assert!(said(&done).contains("failed to read the buildspec"), "{}", said(&done));
}

#[test]
fn in_place_the_folder_itself_is_built() {
    let spec = "version: 0.2\nphases:\n  build:\n    commands:\n      - echo done > made.txt\n";
    let dir = folder(spec);
    let done = build(dir.path(), &["--mount"]);
    assert!(done.status.success(), "{}", said(&done));
    assert_eq!(std::fs::read(dir.path().join("made.txt")).unwrap(), b"done\n");
    assert!(dir.path().join("buildspec.yml").exists(), "nothing of it goes with the build");
}

#[test]
fn reports_are_counted_and_their_files_kept() {
    let results = "<testsuite name='s'><testcase name='a'/><testcase name='b'>\
                   <failure message='no'/></testcase></testsuite>";
    let spec = format!(
        "version: 0.2\nphases:\n  build:\n    commands:\n      - mkdir -p results/deep\n      \
         - echo \"{results}\" > results/deep/unit.xml\nreports:\n  unit:\n    \
         files: ['**/*.xml']\n    base-directory: results\n"
    );
    let (dir, out) = (folder(&spec), tempfile::tempdir().unwrap());
    let done = build(dir.path(), &["--reports", out.path().to_str().unwrap()]);
    let text = said(&done);
    assert!(done.status.success(), "{text}");
    assert!(text.contains("2 tests: 1 failed, 1 succeeded"), "{text}");
    let kept = std::fs::read_to_string(out.path().join("unit/deep/unit.xml")).unwrap();
    assert_eq!(kept.trim(), results);
}

/// A build whose command was killed runs on, but not for long after the next one has begun.
#[test]
fn a_killed_build_is_cleared_away_by_the_next() {
    let temporary = tempfile::tempdir().unwrap();
    let (dir, marks) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let beat = "version: 0.2\nphases:\n  build:\n    commands:\n      \
                - while true; do date +%s%N > beat; sleep 0.05; done\n";
    std::fs::write(dir.path().join("buildspec.yml"), beat).unwrap();
    let command = |words: &[&str]| {
        let mut command = Command::new(CODEYARD);
        command.arg("build").args(words).current_dir(dir.path());
        command.env("TMPDIR", temporary.path()).stdout(std::process::Stdio::null());
        command
    };
    let mut killed = command(&["--mount"]).spawn().unwrap();
    let file = dir.path().join("beat");
    until(|| file.exists());
    killed.kill().unwrap();
    killed.wait().unwrap();
    let left = || std::fs::read_dir(temporary.path()).unwrap().count();
    assert_eq!(left(), 1);
    let folder = std::fs::read_dir(temporary.path()).unwrap().next().unwrap().unwrap().path();
    let aged = Command::new("touch").args(["-d", "2 minutes ago"]).arg(&folder).status().unwrap();
    assert!(aged.success());

    let good = "version: 0.2\nphases:\n  build:\n    commands:\n      - 'true'\n";
    std::fs::write(marks.path().join("good.yml"), good).unwrap();
    let good = marks.path().join("good.yml");
    assert!(command(&["-b", good.to_str().unwrap()]).status().unwrap().success());
    assert_eq!(left(), 0, "{folder:?}");
    let before = std::fs::read_to_string(&file).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before, "nothing of it runs");
}

fn until(mut met: impl FnMut() -> bool) {
    let began = Instant::now();
    while !met() {
        assert!(began.elapsed() < Duration::from_secs(20), "it never came");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Of a yard: started, watched, listed.
#[test]
fn builds_of_a_yard_are_started_and_watched() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": "codebuild.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    let rights = json!({"Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]});
    let (trust, rights) = (trust.to_string(), rights.to_string());
    root.aws(&["iam", "create-role", "--role-name", "b", "--assume-role-policy-document", &trust]);
    let put = ["iam", "put-role-policy", "--role-name", "b", "--policy-name", "p"];
    root.aws(&[&put[..], &["--policy-document", &rights]].concat());
    let spec = "version: 0.2\nphases:\n  build:\n    commands:\n      - echo \"for $WHOM\"\n      \
                - test \"$WHOM\" != nobody\n";
    let project = json!({"name": "site", "source": {"type": "NO_SOURCE", "buildspec": spec},
        "artifacts": {"type": "NO_ARTIFACTS"}, "serviceRole": "arn:aws:iam::000000000000:role/b",
        "environment": {"type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL"}});
    root.aws(&["codebuild", "create-project", "--cli-input-json", &project.to_string()]);

    let good = data.codeyard(&["builds", "start", "site", "--env", "WHOM=you"]).output().unwrap();
    let text = said(&good);
    assert!(good.status.success(), "{text}");
    assert!(text.contains("for you") && text.contains("BUILD SUCCEEDED ("), "{text}");
    let bad = data.codeyard(&["builds", "start", "site", "--env", "WHOM=nobody"]).output().unwrap();
    assert_eq!(bad.status.code(), Some(1), "{}", said(&bad));

    // The newest one of the project, from its beginning.
    let watched = data.codeyard(&["builds", "watch", "site"]).output().unwrap();
    assert!(said(&watched).contains("for nobody"), "{}", said(&watched));
    assert_eq!(watched.status.code(), Some(1));
    let none = data.codeyard(&["builds", "watch", "site:none"]).output().unwrap();
    assert_eq!(none.status.code(), Some(1), "{}", said(&none));
    assert!(said(&none).contains("there is no build site:none"), "{}", said(&none));
    let listed = data.codeyard(&["builds", "list", "site"]).output().unwrap();
    let lines: Vec<String> = said(&listed).lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("FAILED") && lines[1].starts_with("SUCCEEDED"), "{lines:?}");
}

/// Privileged, in an image of an engine: what the build may do there it may not without.
#[test]
fn a_privileged_build_runs_in_its_image() {
    let engine = match TestEngine::shared() {
        Ok(engine) => engine,
        Err(why) => {
            skipped(&why);
            return;
        }
    };
    let spec = "version: 0.2\nphases:\n  build:\n    commands:\n      - mkdir -p /tmp/m\n      \
                - mount -t tmpfs none /tmp/m\n      - echo mounted > out.txt\nartifacts:\n  \
                files: [out.txt]\n";
    let (dir, out) = (folder(spec), tempfile::tempdir().unwrap());
    let run = |words: &[&str]| {
        let mut command = Command::new(CODEYARD);
        command.arg("build").args(words).args(["-i", IMAGE, "-a"]).arg(out.path());
        command.current_dir(dir.path()).env("DOCKER_HOST", engine.address());
        command.output().unwrap()
    };
    let plain = run(&[]);
    assert_eq!(plain.status.code(), Some(1), "{}", said(&plain));
    assert!(said(&plain).contains("mount"), "{}", said(&plain));
    let privileged = run(&["-d"]);
    assert!(privileged.status.success(), "{}", said(&privileged));
    assert_eq!(in_zip(&out.path().join("artifacts.zip"), "out.txt"), "mounted\n");
    assert!(
        said(&privileged).contains("root inside is root on this machine"),
        "{}",
        said(&privileged)
    );
}
