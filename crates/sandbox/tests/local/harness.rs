//! What the tests share.

use codeyard_sandbox::{
    AfterFailure, Handle, Limits, Local, LocalConfig, OnFailure, Plan, Program, Root, Sandbox,
    SandboxId, Service, Shell, Spec, Stage, Status, wait,
};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The binary that acts as supervisor.
pub const SUPERVISOR: &str = env!("CARGO_BIN_EXE_sandbox-supervisor");

/// A driver with a base directory of its own.
pub struct Yard {
    pub local: Local,
    pub dir: tempfile::TempDir,
}

impl Yard {
    pub fn new() -> Self {
        Self::sealed(None)
    }

    pub fn sealed(seal_key: Option<[u8; 32]>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let local = open(dir.path().join("data"), seal_key);
        Self { local, dir }
    }

    pub fn base(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// What a restarted yard would have.
    pub fn again(&self) -> Local {
        open(self.base(), None)
    }

    pub async fn run(&self, spec: Spec) -> Ran {
        let handle = self.local.start(spec).await.unwrap();
        finish(handle).await
    }
}

pub fn open(base: PathBuf, seal_key: Option<[u8; 32]>) -> Local {
    Local::new(LocalConfig {
        base,
        hide: Vec::new(),
        seal_key,
        supervisor: Some(SUPERVISOR.into()),
    })
    .unwrap()
}

/// A sandbox that has ended.
pub struct Ran {
    pub handle: Arc<dyn Handle>,
    pub status: Status,
    pub output: String,
}

pub async fn finish(handle: Arc<dyn Handle>) -> Ran {
    let status = within(60, wait(handle.as_ref())).await.unwrap();
    let output = String::from_utf8_lossy(&output(handle.as_ref()).await).into_owned();
    Ran { handle, status, output }
}

pub async fn output(handle: &dyn Handle) -> Vec<u8> {
    let mut all = Vec::new();
    loop {
        let piece = handle.read_output(all.len() as u64, usize::MAX).await.unwrap();
        if piece.is_empty() {
            return all;
        }
        all.extend(piece);
    }
}

pub async fn within<T>(seconds: u64, what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(seconds), what).await.expect("took too long")
}

/// Waits until the output contains a text.
pub async fn until_output(handle: &dyn Handle, text: &str) {
    within(20, async {
        while !String::from_utf8_lossy(&output(handle).await).contains(text) {
            handle.changed().await;
        }
    })
    .await;
}

pub fn until(what: &str, done: impl Fn() -> bool) {
    let give_up = Instant::now() + Duration::from_secs(20);
    while !done() {
        assert!(Instant::now() < give_up, "never: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub fn id(name: &str) -> SandboxId {
    SandboxId::new(name).unwrap()
}

pub fn spec(name: &str, program: Program) -> Spec {
    Spec {
        id: id(name),
        root: Root::Ephemeral,
        workdir: "/codebuild/src".into(),
        env: Vec::new(),
        secrets: Vec::new(),
        binds: Vec::new(),
        hide: Vec::new(),
        limits: Limits { wall_clock: Some(Duration::from_secs(60)), ..Limits::default() },
        container: super::place::container(),
        program,
    }
}

pub fn plan(stages: Vec<Stage>) -> Plan {
    Plan {
        shell: Shell::Bash,
        shell_per_command: false,
        run_as: None,
        announce: None,
        preamble: Vec::new(),
        succeeding_variable: None,
        stages,
        export: Vec::new(),
        expand: Vec::new(),
    }
}

pub fn stage(name: &str, commands: &[&str]) -> Stage {
    Stage {
        name: name.into(),
        commands: commands.iter().map(|command| mark(command)).collect(),
        finally: Vec::new(),
        on_failure: OnFailure::Default,
        after_failure: AfterFailure::Stop,
        run_as: None,
    }
}

/// One stage of these commands.
pub fn build(name: &str, commands: &[&str]) -> Spec {
    spec(name, Program::Plan(plan(vec![stage("BUILD", commands)])))
}

pub fn service(name: &str, script: &str) -> Spec {
    let mut spec = spec(
        name,
        Program::Service(Service {
            argv: vec!["sh".into(), "-c".into(), mark(script)],
            run_as: None,
            restart: false,
            grace: Duration::from_secs(5),
        }),
    );
    spec.limits.wall_clock = None;
    spec
}

/// What a test is called by the test runner.
pub fn test_name(module: &str, name: &str) -> String {
    let module = module.split_once("::").map_or("", |(_, module)| module);
    format!("{module}::{name}")
}

/// Passes the mark on to a process that plays the yard.
pub const MARK: &str = "CODEYARD_TEST_MARK";

/// Makes each `sleep 42NN` this run's own: several runs of these tests go on at one time.
fn mark(text: &str) -> String {
    let own = std::env::var(MARK).unwrap_or_else(|_| std::process::id().to_string());
    let mut parts = text.split("sleep 42");
    let mut marked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (number, rest) = part.split_at(2);
        marked.push_str(&format!("sleep 42{number}.{own}{rest}"));
    }
    marked
}

/// Pids whose command line contains a text, zombies not counted.
pub fn processes(text: &str) -> Vec<i32> {
    let text = &mark(text);
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter(|pid| {
        std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| {
            String::from_utf8_lossy(&line).replace('\0', " ").contains(text.as_str())
        })
    })
    .collect()
}
