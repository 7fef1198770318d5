//! CodeCommit: stock git by each sign-in, and the CLI.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;

use crate::harness::{Data, User, Yard, said};

const HELPER: &str =
    "credential.helper=!f() { aws codecommit credential-helper \"$@\" --ignore-host-check; }; f";

pub(super) fn git(user: &User, dir: &Path, arguments: &[&str]) -> Output {
    let mut command: Command = user.command("git");
    command
        .current_dir(dir)
        .args(["-c", "user.name=Ann", "-c", "user.email=ann@localhost", "-c", "credential.helper="])
        .args(["-c", HELPER, "-c", "credential.UseHttpPath=true"])
        .args(arguments);
    command.output().unwrap()
}

pub(super) fn good(output: &Output) -> String {
    assert!(output.status.success(), "{}", said(output));
    said(output)
}

/// A folder with one commit.
pub(super) fn history(user: &User) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.txt"), "one\n").unwrap();
    good(&git(user, dir.path(), &["init", "--quiet", "--initial-branch", "main"]));
    good(&git(user, dir.path(), &["add", "--all"]));
    good(&git(user, dir.path(), &["commit", "--quiet", "--message", "One"]));
    dir
}

#[test]
fn every_sign_in_reaches_the_same_repository() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    root.aws(&["codecommit", "create-repository", "--repository-name", "r"]);
    let ann = yard.user("ann", &json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["codecommit:GitPull", "codecommit:GitPush"], "Resource": "*"}]}));
    let url = format!("{}/v1/repos/r", yard.url);
    let dir = history(&ann);
    // The credential helper.
    good(&git(&ann, dir.path(), &["push", &url, "main"]));

    // Service-specific credentials.
    let made = root.aws(&[
        "iam",
        "create-service-specific-credential",
        "--user-name",
        "ann",
        "--service-name",
        "codecommit.amazonaws.com",
    ]);
    let credential = &made["ServiceSpecificCredential"];
    let encode = |name: &str| wire::uri::encode(credential[name].as_str().unwrap(), false);
    let host = yard.url.trim_start_matches("http://");
    let signed = format!(
        "http://{}:{}@{host}/v1/repos/r",
        encode("ServiceUserName"),
        encode("ServicePassword")
    );
    let two = tempfile::tempdir().unwrap();
    good(&git(&ann, two.path(), &["clone", "--quiet", &signed, "."]));
    assert_eq!(std::fs::read_to_string(two.path().join("a.txt")).unwrap(), "one\n");

    // git-remote-codecommit speaks TLS alone.
    let ca = data.codeyard(&["ca"]).output().unwrap();
    let ca_file = two.path().join("ca.pem");
    std::fs::write(&ca_file, &ca.stdout).unwrap();
    let three = tempfile::tempdir().unwrap();
    let cloned = ann
        .command("git")
        .current_dir(three.path())
        .args(["clone", "--quiet", "codecommit::us-east-1://r", "."])
        .env("GIT_SSL_CAINFO", &ca_file)
        .output()
        .unwrap();
    good(&cloned);
    assert!(three.path().join("a.txt").exists());

    // Nobody else.
    let wrong = format!("http://ann-at-000000000000:wrong@{host}/v1/repos/r");
    let denied = Command::new("git")
        .args(["-c", "credential.helper=", "ls-remote", &wrong])
        .env("GIT_TERMINAL_PROMPT", "0")
        .output()
        .unwrap();
    assert!(!denied.status.success(), "{}", said(&denied));
}

#[test]
fn the_well_known_policy_protects_main_and_nothing_else() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    root.aws(&["codecommit", "create-repository", "--repository-name", "r"]);
    let url = format!("{}/v1/repos/r", yard.url);
    let dir = history(&root);
    good(&git(&root, dir.path(), &["push", &url, "main"]));
    let ann = yard.user(
        "ann",
        &json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "codecommit:*", "Resource": "*"},
        {"Effect": "Deny",
         "Action": ["codecommit:GitPush", "codecommit:DeleteBranch", "codecommit:PutFile"],
         "Resource": "*",
         "Condition": {"StringEqualsIfExists": {"codecommit:References": ["refs/heads/main"]},
                       "Null": {"codecommit:References": "false"}}}]}),
    );
    std::fs::write(dir.path().join("a.txt"), "two\n").unwrap();
    good(&git(&ann, dir.path(), &["commit", "--quiet", "--all", "--message", "Two"]));
    let push =
        git(&ann, dir.path(), &["push", &url, "HEAD:refs/heads/main", "HEAD:refs/heads/topic"]);
    let text = said(&push);
    assert!(!push.status.success() && text.contains("[remote rejected] HEAD -> main"), "{text}");
    assert!(text.contains("[new branch]      HEAD -> topic"), "{text}");
    assert!(text.contains("explicit deny"), "the client shows why: {text}");
    let branch = |name: &str| {
        root.aws(&["codecommit", "get-branch", "--repository-name", "r", "--branch-name", name])
    };
    assert_ne!(branch("main")["branch"]["commitId"], branch("topic")["branch"]["commitId"]);
    let tip = branch("main")["branch"]["commitId"].as_str().unwrap().to_owned();
    ann.refused(
        "AccessDenied",
        &[
            "codecommit",
            "put-file",
            "--repository-name",
            "r",
            "--branch-name",
            "main",
            "--file-content",
            "x",
            "--file-path",
            "b",
            "--parent-commit-id",
            &tip,
        ],
    );
}

#[test]
fn the_api_and_git_see_one_history() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    root.aws(&["codecommit", "create-repository", "--repository-name", "r"]);
    let url = format!("{}/v1/repos/r", yard.url);
    let dir = history(&root);
    good(&git(&root, dir.path(), &["push", &url, "main"]));
    let tip = said(&git(&root, dir.path(), &["rev-parse", "HEAD"])).trim().to_owned();
    let put = root.aws(&[
        "codecommit",
        "put-file",
        "--repository-name",
        "r",
        "--branch-name",
        "main",
        "--file-content",
        "two\n",
        "--file-path",
        "d/b.txt",
        "--parent-commit-id",
        &tip,
        "--commit-message",
        "By the API",
        "--name",
        "Api",
        "--email",
        "api@localhost",
    ]);
    good(&git(&root, dir.path(), &["pull", "--quiet", "--ff-only", &url, "main"]));
    assert_eq!(std::fs::read_to_string(dir.path().join("d/b.txt")).unwrap(), "two\n");
    let log = said(&git(&root, dir.path(), &["log", "-1", "--format=%H %an %s"]));
    assert_eq!(log.trim(), format!("{} Api By the API", put["commitId"].as_str().unwrap()));
    let differences = root.aws(&[
        "codecommit",
        "get-differences",
        "--repository-name",
        "r",
        "--before-commit-specifier",
        &tip,
        "--after-commit-specifier",
        "main",
    ]);
    assert_eq!(differences["differences"][0]["afterBlob"]["path"], "d/b.txt");
    let folder =
        root.aws(&["codecommit", "get-folder", "--repository-name", "r", "--folder-path", "/"]);
    assert_eq!(folder["subFolders"][0]["relativePath"], "d");
    root.refused(
        "ParentCommitIdOutdatedException",
        &[
            "codecommit",
            "put-file",
            "--repository-name",
            "r",
            "--branch-name",
            "main",
            "--file-content",
            "x",
            "--file-path",
            "b",
            "--parent-commit-id",
            &tip,
        ],
    );
    root.refused(
        "BranchDoesNotExistException",
        &["codecommit", "get-branch", "--repository-name", "r", "--branch-name", "none"],
    );
    root.refused(
        "RepositoryDoesNotExistException",
        &["codecommit", "get-repository", "--repository-name", "none"],
    );
    root.refused(
        "InvalidRepositoryNameException",
        &["codecommit", "create-repository", "--repository-name", "a b"],
    );
}
