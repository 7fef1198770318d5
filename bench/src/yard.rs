//! A yard of the release build in a process of its own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use client::{Client, Keys};
use serde_json::Value;

/// The binary beside this one.
pub(crate) fn program() -> PathBuf {
    let program = std::env::current_exe().unwrap().with_file_name("codeyard");
    assert!(program.exists(), "{} is missing: cargo build --release first", program.display());
    program
}

pub(crate) struct Yard {
    pub(crate) client: Client,
    pub(crate) child: Child,
    /// From starting the process to its ready line.
    pub(crate) ready: Duration,
    _dir: tempfile::TempDir,
}

impl Yard {
    pub(crate) fn start(more: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let began = Instant::now();
        let mut child = Command::new(program())
            .args(["up", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(dir.path())
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready = began.elapsed();
        let url = line.split(' ').nth(1).unwrap().to_owned();
        let client = Client::new(url, "us-east-1", keys(dir.path()));
        Self { client, child, ready, _dir: dir }
    }

    /// Resident memory in MiB.
    pub(crate) fn resident_mib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }

    /// Highest resident memory so far in MiB.
    pub(crate) fn peak_mib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for Yard {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// Root's keys; test mode takes any.
fn keys(dir: &Path) -> Keys {
    let Ok(text) = std::fs::read(dir.join("root.json")) else { return Keys::new("test", "test") };
    let root: Value = serde_json::from_slice(&text).unwrap();
    let text = |name: &str| root[name].as_str().unwrap().to_owned();
    Keys::new(text("accessKeyId"), text("secretAccessKey"))
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}
