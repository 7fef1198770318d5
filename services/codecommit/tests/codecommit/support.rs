//! A yard with CodeCommit, and git to use it with.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use codeyard_svc_codecommit::{own_operations, service};
use serde_json::{Value, json};
use service::{Protocol, Service};
use tempfile::TempDir;
use testkit::{Keys, TestYard};
use tokio::process::Command;

pub struct Yard {
    pub yard: TestYard,
    pub home: TempDir,
}

impl Yard {
    pub async fn start() -> Self {
        let own = Service::new("codeyard", Protocol::Json11).target("Codeyard_20261121");
        let services = vec![service(), own_operations(own)];
        Self { yard: TestYard::start(services).await, home: TempDir::new().unwrap() }
    }

    /// Calls an operation as root: status and answer.
    pub async fn call(&self, operation: &str, input: Value) -> (u16, Value) {
        self.call_as(&self.yard.root(), operation, input).await
    }

    pub async fn call_as(&self, keys: &Keys, operation: &str, input: Value) -> (u16, Value) {
        let target = format!("CodeCommit_20150413.{operation}");
        self.yard.json_as(keys, "codecommit", &target, input).await
    }

    /// Calls an operation that must work.
    pub async fn ok(&self, operation: &str, input: Value) -> Value {
        let (status, answer) = self.call(operation, input).await;
        assert_eq!(status, 200, "{operation}: {answer}");
        answer
    }

    /// Calls an operation that must be refused with this code.
    pub async fn refused(&self, code: &str, operation: &str, input: Value) {
        let (status, answer) = self.call(operation, input).await;
        let kind = answer["__type"].as_str().unwrap_or_default();
        assert!(kind.ends_with(code), "{operation}: {status} {answer} instead of {code}");
        assert_eq!(status, 400, "{answer}");
    }

    /// Makes a repository, and answers what its clone URL is.
    pub async fn repository(&self, name: &str) -> String {
        let made = self.ok("CreateRepository", json!({ "repositoryName": name })).await;
        made["repositoryMetadata"]["cloneUrlHttp"].as_str().unwrap().to_owned()
    }

    /// A clone URL with these keys in it: test yards take them as git credentials.
    pub fn url_for(&self, keys: &Keys, name: &str) -> String {
        let host = self.yard.url.strip_prefix("http://").unwrap();
        format!("http://{}:{}@{host}/v1/repos/{name}", keys.id, keys.secret)
    }

    pub fn root_url(&self, name: &str) -> String {
        self.url_for(&self.yard.root(), name)
    }

    /// A working copy with one commit on main, and `url` as origin.
    pub async fn work(&self, name: &str, url: &str) -> Work {
        let work = Work(self.home.path().join(name));
        std::fs::create_dir(&work.0).unwrap();
        work.ok(&["init", "-q", "-b", "main"]).await;
        work.ok(&["remote", "add", "origin", url]).await;
        work.commit("file", "one\n").await;
        work
    }

    pub async fn clone_to(&self, name: &str, url: &str) -> Work {
        let here = Work(self.home.path().to_owned());
        here.ok(&["clone", "-q", url, name]).await;
        Work(self.home.path().join(name))
    }

    /// What was announced, oldest first.
    pub fn events(&self) -> Vec<store::Event> {
        let read = self.yard.yard().store().read(|tx| tx.events_after(0, 1000));
        read.unwrap().into_iter().map(|(_, event)| event).collect()
    }
}

pub struct Work(pub PathBuf);

pub fn git_in(dir: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(dir).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command.env("GIT_TERMINAL_PROMPT", "0").stdin(Stdio::null());
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Ann").env(format!("GIT_{who}_EMAIL"), "a@b.c");
    }
    command
}

pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

impl Work {
    pub async fn run(&self, args: &[&str]) -> Output {
        git_in(&self.0).args(args).output().await.unwrap()
    }

    pub async fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args).await;
        assert!(output.status.success(), "git {args:?}: {}", said(&output));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    pub async fn fails(&self, args: &[&str]) -> String {
        let output = self.run(args).await;
        assert!(!output.status.success(), "git {args:?} should have failed");
        said(&output)
    }

    pub async fn commit(&self, file: &str, content: &str) -> String {
        let path = self.0.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self.ok(&["add", "-A"]).await;
        self.ok(&["commit", "-q", "-m", &format!("write {file}")]).await;
        self.ok(&["rev-parse", "HEAD"]).await
    }
}
