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
    group: Option<Group>,
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
        let group = Group::of(child.id());
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready = began.elapsed();
        let url = line.split(' ').nth(1).unwrap().to_owned();
        let client = Client::new(url, "us-east-1", keys(dir.path()));
        Self { client, child, ready, group, _dir: dir }
    }

    /// CPU time of the yard and of everything that it has started.
    pub(crate) fn cpu_seconds(&self) -> Option<f64> {
        self.group.as_ref().map(Group::cpu_seconds)
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

/// A control group, which counts the CPU time of whatever a yard starts: supervisors outlive the
/// processes that start them, so that their times reach no parent's.
struct Group(PathBuf);

impl Group {
    /// Puts a process into one; none where that is not allowed.
    fn of(pid: u32) -> Option<Self> {
        ["/sys/fs/cgroup/cpuacct", "/sys/fs/cgroup"].iter().find_map(|parent| {
            let group = Self(Path::new(parent).join(format!("codeyard-bench-{pid}")));
            std::fs::create_dir(&group.0).ok()?;
            std::fs::write(group.0.join("cgroup.procs"), pid.to_string()).ok()?;
            Some(group)
        })
    }

    fn cpu_seconds(&self) -> f64 {
        if let Ok(nanos) = std::fs::read_to_string(self.0.join("cpuacct.usage")) {
            return nanos.trim().parse::<f64>().unwrap() / 1e9;
        }
        let stat = std::fs::read_to_string(self.0.join("cpu.stat")).unwrap();
        let line = stat.lines().find_map(|line| line.strip_prefix("usage_usec ")).unwrap();
        line.parse::<f64>().unwrap() / 1e6
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Its last processes may take a moment to end.
        for _ in 0..50 {
            if std::fs::remove_dir(&self.0).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
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
