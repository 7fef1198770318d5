//! A yard of an ordinary user, as people have them: builds that are root inside leave files that
//! modes or owners keep from the yard, and all the same it packs what was asked for and leaves
//! nothing behind.

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use testkit::engine::{IMAGE, TestEngine, skipped};

use crate::harness::{CODEYARD, Data, User, Yard, said, until};
use crate::stock_clients::developer::{finished, log, role};

/// Somebody whom this machine knows nothing of.
const USER: u32 = 54_321;

/// A command of this user's: where we are root, by `setpriv`.
fn as_user(home: &Path) -> Command {
    let id = USER.to_string();
    let mut command = Command::new("setpriv");
    command.args(["--reuid", &id, "--regid", &id, "--clear-groups"]);
    command.arg(CODEYARD).env("HOME", home).current_dir(home);
    for (name, _) in std::env::vars() {
        if name.starts_with("AWS_") || name.starts_with("CODEYARD_") {
            command.env_remove(name);
        }
    }
    command
}

/// A data directory of this user's; or why there can be no such yard.
fn data() -> Result<Data, String> {
    let data = Data::new();
    let own = data.path().metadata().map_err(|error| error.to_string())?;
    if own.uid() != 0 {
        return Err("only root becomes another user".to_owned());
    }
    chown(data.path(), Some(USER), Some(USER)).map_err(|error| error.to_string())?;
    let tried = as_user(data.path()).arg("--version").output();
    match tried {
        Ok(output) if output.status.success() => Ok(data),
        Ok(output) => Err(format!("another user can't run the program: {}", said(&output))),
        Err(error) => Err(format!("setpriv: {error}")),
    }
}

fn up(data: &Data, more: &[&str]) -> Yard {
    let mut command = as_user(data.path());
    command.args(["up", "--listen", "127.0.0.1:0", "--ssh-listen", "off", "--data-dir"]);
    command.arg(data.path()).args(more);
    Yard::start(command, data.path())
}

fn project(root: &User, name: &str, role: &str, buildspec: &str, environment: &Value) {
    let mut project = json!({
        "name": name,
        "source": {"type": "NO_SOURCE", "buildspec": buildspec},
        "artifacts": {"type": "S3", "location": "outputs", "name": name, "packaging": "NONE"},
        "environment": {"type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0",
                        "computeType": "BUILD_GENERAL1_SMALL"},
        "cache": {"type": "S3", "location": "outputs/cache"},
        "serviceRole": role,
    });
    let members = environment.as_object().unwrap().clone();
    project["environment"].as_object_mut().unwrap().extend(members);
    root.aws(&["codebuild", "create-project", "--cli-input-json", &project.to_string()]);
}

/// Whatever is left of builds goes; what is not theirs stays.
fn nothing_is_left(data: &Data) {
    let work = data.path().join("builds/work");
    until(Duration::from_secs(30), "the workspaces are gone", || {
        std::fs::read_dir(&work).unwrap().next().is_none().then_some(())
    });
}

fn start(root: &User, name: &str) -> String {
    let started = root.aws(&["codebuild", "start-build", "--project-name", name]);
    started["build"]["id"].as_str().unwrap().to_owned()
}

/// The content of an object of the bucket.
fn object(root: &User, key: &str) -> String {
    let output = root.try_aws(&["s3", "cp", "--quiet", &format!("s3://outputs/{key}"), "-"]);
    assert!(output.status.success(), "{key}: {}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// What root inside may read, and others may not.
const LOCKED: &str = "version: 0.2
phases:
  build:
    commands:
      - umask 077; mkdir -p out/shut kept aside
      - echo one > out/open; echo two > out/shut/file; echo three > kept/file; touch aside/x
      - chmod 000 out/open out/shut/file out/shut kept/file kept aside
artifacts:
  base-directory: out
  files: ['**/*']
cache:
  paths: ['kept/**/*']
";

fn outputs_are_whole(root: &User, name: &str) {
    let build = finished(root, &start(root, name));
    let text = log(root, &build);
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{text}");
    assert!(text.contains("Uploaded cache to"), "{text}");
    assert_eq!(object(root, &format!("{name}/open")), "one\n");
    assert_eq!(object(root, &format!("{name}/shut/file")), "two\n");
}

fn prepared(yard: &Yard) -> (User, String) {
    let root = yard.root();
    root.aws(&["s3", "mb", "s3://outputs"]);
    let statements = json!([{"Effect": "Allow", "Action": ["logs:*", "s3:*"], "Resource": "*"}]);
    let role = role(&root, "build", "codebuild.amazonaws.com", &statements);
    (root, role)
}

#[test]
fn an_ordinary_users_sandbox_packs_and_removes_what_modes_hide() {
    let data = match data() {
        Ok(data) => data,
        Err(why) => return skipped(&why),
    };
    let yard = up(&data, &[]);
    let (root, role) = prepared(&yard);
    project(&root, "local", &role, LOCKED, &json!({}));
    outputs_are_whole(&root, "local");
    nothing_is_left(&data);

    // The same without a yard, in the user's own folder, which stays as it was.
    let folder = data.path().join("app");
    std::fs::create_dir_all(folder.join("private")).unwrap();
    std::fs::write(folder.join("buildspec.yml"), LOCKED).unwrap();
    std::fs::write(folder.join("private/key"), "mine").unwrap();
    for (path, mode) in [("", 0o700), ("buildspec.yml", 0o600), ("private/key", 0o400)] {
        chown(folder.join(path), Some(USER), Some(USER)).unwrap();
        std::fs::set_permissions(folder.join(path), Permissions::from_mode(mode)).unwrap();
    }
    chown(folder.join("private"), Some(USER), Some(USER)).unwrap();
    std::fs::set_permissions(folder.join("private"), Permissions::from_mode(0o500)).unwrap();
    let artifacts = data.path().join("artifacts");
    let mut build = as_user(data.path());
    let built =
        build.args(["build", "-s"]).arg(&folder).arg("-a").arg(&artifacts).output().unwrap();
    assert!(built.status.success(), "{}", said(&built));
    assert!(artifacts.join("artifacts.zip").metadata().unwrap().len() > 0);
    let mode = |path: &str| folder.join(path).metadata().unwrap().mode() & 0o777;
    assert_eq!((mode("private"), mode("private/key")), (0o500, 0o400));
}

#[test]
fn what_root_in_a_container_leaves_goes_with_an_ordinary_users_yard() {
    let (data, engine) = match (data(), TestEngine::shared()) {
        (Ok(data), Ok(engine)) => (data, engine),
        (Err(why), _) | (_, Err(why)) => return skipped(&why),
    };
    std::fs::set_permissions(engine.socket(), Permissions::from_mode(0o666)).unwrap();
    let address = engine.address();
    let yard = up(&data, &["--privileged-builds", "--docker-host", &address]);
    let (root, role) = prepared(&yard);
    project(&root, "plain", &role, LOCKED, &json!({"image": IMAGE}));
    outputs_are_whole(&root, "plain");
    nothing_is_left(&data);

    // Stopped, nobody gives the files to the yard's user any more.
    let endless = LOCKED.replace("artifacts:", "      - echo made; sleep 600\nartifacts:");
    let environment = json!({"image": IMAGE, "privilegedMode": true});
    project(&root, "endless", &role, &endless, &environment);
    let id = start(&root, "endless");
    let work = data.path().join("builds/work").join(id.split_once(':').unwrap().1);
    until(Duration::from_secs(60), "the files are there", || {
        let made = work.join("src/aside").metadata().ok()?;
        assert_eq!(made.uid(), 0, "root made it");
        (made.mode() & 0o777 == 0).then_some(())
    });
    root.aws(&["codebuild", "stop-build", "--id", &id]);
    assert_eq!(finished(&root, &id)["buildStatus"], "STOPPED");
    nothing_is_left(&data);
}
