//! Git over HTTP, HTTPS and SSH, by every sign-in, with stock git against the real binary.

mod refusals;
mod sessions;
mod transports;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::harness::{Data, User, Yard, said};

const HELPER: &str = "credential.helper=!f() { test \"$1\" = get && \
                      aws codecommit credential-helper --ignore-host-check get; }; f";

/// A yard with SSH on a free port.
pub struct World {
    pub data: Data,
    pub yard: Yard,
    pub root: User,
    pub home: tempfile::TempDir,
}

/// One way to a repository: where it is, and how git signs in.
pub struct Way {
    pub name: &'static str,
    pub url: String,
    pub environment: Vec<(String, String)>,
    pub settings: Vec<String>,
    pub user: User,
}

impl World {
    pub fn new(more: &[&str]) -> Self {
        let data = Data::new();
        let yard = Yard::up(&data, &[&["--ssh-listen", "127.0.0.1:0"][..], more].concat(), &[]);
        let root = yard.root();
        let home = tempfile::tempdir().unwrap();
        let this = Self { data, yard, root, home };
        for (argument, file) in [("--known-hosts", "known_hosts"), ("", "ca.pem")] {
            let mut command = this.data.codeyard(&["ca"]);
            if !argument.is_empty() {
                command.arg(argument);
            }
            let output = command.output().unwrap();
            assert!(output.status.success(), "{}", said(&output));
            std::fs::write(this.file(file), output.stdout).unwrap();
        }
        this
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub fn repository(&self, name: &str) -> Value {
        let made = self.root.aws(&["codecommit", "create-repository", "--repository-name", name]);
        made["repositoryMetadata"].clone()
    }

    pub fn user(&self, name: &str, statements: Value) -> User {
        self.yard.user(name, &json!({"Version": "2012-10-17", "Statement": statements}))
    }

    /// By the CLI's credential helper, over HTTP.
    pub fn helper(&self, user: &User, repository: &str) -> Way {
        Way {
            name: "HTTP, credential helper",
            url: format!("{}/v1/repos/{repository}", self.yard.url),
            environment: Vec::new(),
            settings: vec![HELPER.to_owned(), "credential.UseHttpPath=true".to_owned()],
            user: user.clone(),
        }
    }

    /// By service-specific credentials, over HTTPS.
    pub fn password(&self, user: &User, name: &str, repository: &str) -> Way {
        let made = self.root.aws(&[
            "iam",
            "create-service-specific-credential",
            "--user-name",
            name,
            "--service-name",
            "codecommit.amazonaws.com",
        ]);
        let credential = &made["ServiceSpecificCredential"];
        let encode = |name: &str| wire::uri::encode(credential[name].as_str().unwrap(), false);
        let host = self.yard.url.trim_start_matches("http://");
        let (who, password) = (encode("ServiceUserName"), encode("ServicePassword"));
        Way {
            name: "HTTPS, git credentials",
            url: format!("https://{who}:{password}@{host}/v1/repos/{repository}"),
            environment: vec![self.ca()],
            settings: Vec::new(),
            user: user.clone(),
        }
    }

    fn ca(&self) -> (String, String) {
        ("GIT_SSL_CAINFO".to_owned(), self.file("ca.pem").display().to_string())
    }

    /// By git-remote-codecommit, over HTTPS.
    pub fn remote_helper(&self, user: &User, repository: &str) -> Way {
        let host = self.yard.url.trim_start_matches("http://").to_owned();
        Way {
            name: "HTTPS, git-remote-codecommit",
            url: format!("codecommit::us-east-1://{repository}"),
            environment: vec![self.ca(), ("CODE_COMMIT_ENDPOINT".to_owned(), host)],
            settings: Vec::new(),
            user: user.clone(),
        }
    }

    /// By an SSH key that is uploaded; `None` where OpenSSH's client is missing.
    pub fn ssh(&self, user: &User, name: &str, repository: &str) -> Option<Way> {
        if !has_ssh() {
            return None;
        }
        let key = self.file(&format!("id_{name}"));
        if !key.exists() {
            let made = Command::new("ssh-keygen")
                .args(["-q", "-t", "rsa", "-b", "2048", "-N", "", "-f"])
                .arg(&key)
                .status();
            assert!(made.unwrap().success());
        }
        let public = std::fs::read_to_string(key.with_extension("pub")).unwrap();
        let made = self.root.aws(&[
            "iam",
            "upload-ssh-public-key",
            "--user-name",
            name,
            "--ssh-public-key-body",
            &public,
        ]);
        let id = made["SSHPublicKey"]["SSHPublicKeyId"].as_str().unwrap().to_owned();
        let metadata =
            self.root.aws(&["codecommit", "get-repository", "--repository-name", repository]);
        let clone_url = metadata["repositoryMetadata"]["cloneUrlSsh"].as_str().unwrap();
        Some(Way {
            name: "SSH",
            url: clone_url.replacen("ssh://", &format!("ssh://{id}@"), 1),
            environment: vec![self.ssh_command(&key)],
            settings: Vec::new(),
            user: user.clone(),
        })
    }

    pub fn ssh_command(&self, key: &Path) -> (String, String) {
        let command = format!(
            "ssh -F none -i {} -o IdentitiesOnly=yes -o BatchMode=yes \
             -o StrictHostKeyChecking=yes -o UserKnownHostsFile={}",
            key.display(),
            self.file("known_hosts").display()
        );
        ("GIT_SSH_COMMAND".to_owned(), command)
    }
}

/// Whether OpenSSH's client is there; says so if not.
pub fn has_ssh() -> bool {
    let there = Command::new("ssh").arg("-V").output().is_ok();
    if !there {
        eprintln!("SKIPPED: git over SSH: OpenSSH's client is not installed");
    }
    there
}

impl Way {
    pub fn run(&self, dir: &Path, arguments: &[&str]) -> Output {
        let mut command = self.user.command("git");
        command.current_dir(dir).stdin(Stdio::null());
        command.args(["-c", "user.name=Ann", "-c", "user.email=ann@localhost"]);
        command.args(["-c", "init.defaultBranch=main", "-c", "advice.detachedHead=false"]);
        for setting in &self.settings {
            command.args(["-c", setting]);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.env_remove("SSH_AUTH_SOCK").args(arguments).output().unwrap()
    }

    #[track_caller]
    pub fn git(&self, dir: &Path, arguments: &[&str]) -> String {
        let output = self.run(dir, arguments);
        assert!(output.status.success(), "{}: git {arguments:?}: {}", self.name, said(&output));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// What git says when it is refused.
    #[track_caller]
    pub fn refused(&self, dir: &Path, arguments: &[&str]) -> String {
        let output = self.run(dir, arguments);
        assert!(!output.status.success(), "{}: git {arguments:?} was not refused", self.name);
        said(&output)
    }

    pub fn commit(&self, dir: &Path, file: &str, text: &str) -> String {
        let path = dir.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self.git(dir, &["add", "--all"]);
        self.git(dir, &["commit", "--quiet", "--message", file]);
        self.git(dir, &["rev-parse", "HEAD"])
    }
}
