//! Memory and processes are bounded: by the kernel where it does that for us, else by watching.

use super::harness::*;
use codeyard_sandbox::*;
use std::time::Duration;

#[tokio::test]
async fn a_fork_bomb_is_bounded() {
    let yard = Yard::new();
    let mut spec = build("b", &["bomb() { bomb | bomb & }; bomb 2>/dev/null; sleep 4260"]);
    spec.limits.pids = Some(64);
    spec.limits.wall_clock = Some(Duration::from_secs(2));
    let handle = yard.local.start(spec).await.unwrap();
    let mut most = 0;
    let ran = within(30, async {
        while handle.status().await.unwrap().end.is_none() {
            most = most.max(processes("bash --noprofile --norc").len());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        finish(handle.clone()).await
    })
    .await;
    let end = ran.status.end.unwrap().kind;
    let held = ran.status.isolation.reasons.iter().all(|reason| !reason.contains("process limit"));
    match end {
        EndKind::TimedOut if held => assert!(most <= 200, "{most} processes"),
        EndKind::TimedOut | EndKind::LimitExceeded(_) => assert!(!held || most <= 200),
        other => panic!("{other:?}"),
    }
    until("all are dead", || processes("sleep 4260").is_empty());
}

#[tokio::test]
async fn memory_beyond_the_limit_is_not_had() {
    let yard = Yard::new();
    let hungry = "x=$(head -c 300000000 /dev/zero | tr '\\0' x); echo ${#x}";
    let mut spec = build("b", &[hungry]);
    spec.limits.memory_bytes = Some(64 << 20);
    let ran = yard.run(spec).await;
    assert_eq!(ran.output.lines().find(|line| *line == "300000000"), None);
    match ran.status.end.unwrap().kind {
        // Watched: all is killed.
        EndKind::LimitExceeded(limit) => assert!(limit.contains("memory"), "{limit}"),
        // Held by the kernel: the hungry command fails, and it is told why.
        EndKind::Failed => {
            assert!(
                ran.status.notes.iter().any(|note| note.contains("out of memory")),
                "{:?}",
                ran.status.notes
            );
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn neighbours_of_a_hog_go_on() {
    let yard = Yard::new();
    let mut memory =
        build("memory", &["x=$(head -c 300000000 /dev/zero | tr '\\0' x); echo ${#x}"]);
    memory.limits.memory_bytes = Some(64 << 20);
    let mut forks = build("forks", &["bomb() { bomb | bomb & }; bomb 2>/dev/null; sleep 4261"]);
    forks.limits.pids = Some(64);
    forks.limits.wall_clock = Some(Duration::from_secs(3));
    let mut noise = build("noise", &["head -c 200000000 /dev/zero | tr '\\0' x; echo"]);
    noise.limits.output_bytes = 1 << 20;
    let mut quiet = build(
        "quiet",
        &["for i in $(seq 40); do echo $i | cat >> log; sleep 0.05; done", "wc -l < log"],
    );
    quiet.limits.memory_bytes = Some(256 << 20);
    quiet.limits.pids = Some(64);
    let mut handles = Vec::new();
    for spec in [memory, forks, noise, quiet] {
        handles.push(yard.local.start(spec).await.unwrap());
    }
    let quiet = finish(handles.pop().unwrap()).await;
    assert_eq!(quiet.status.end.unwrap().kind, EndKind::Succeeded, "{}", quiet.output);
    assert_eq!(quiet.output.trim(), "40");
    let noise = finish(handles.pop().unwrap()).await;
    assert_eq!(noise.status.end.unwrap().kind, EndKind::Succeeded);
    assert!(noise.output.len() < (1 << 20) + 200, "{}", noise.output.len());
    for handle in handles {
        let ran = finish(handle).await;
        assert_ne!(ran.status.end.unwrap().kind, EndKind::Succeeded, "{}", ran.output);
    }
    until("all are dead", || processes("sleep 4261").is_empty());
}

/// A file system that is soon full, for as long as it lives.
struct Small(std::path::PathBuf);

impl Small {
    /// None where this user may not mount one.
    fn new(path: std::path::PathBuf, size: &str) -> Option<Self> {
        std::fs::create_dir_all(&path).unwrap();
        let mounted = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size},mode=755"), "tmpfs"])
            .arg(&path)
            .output()
            .is_ok_and(|output| output.status.success());
        mounted.then_some(Self(path))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

#[tokio::test]
async fn a_full_disk_fails_the_command_that_fills_it() {
    let yard = Yard::new();
    let path = yard.dir.path().join("workspace");
    let Some(small) = Small::new(path, "1m") else {
        eprintln!("skipped: this user can't mount a file system");
        return;
    };
    let mut spec = build("b", &["echo before", "head -c 5000000 /dev/zero > big", "echo never"]);
    spec.binds =
        vec![Bind { host: small.0.clone(), inside: "/codebuild/src".into(), read_only: false }];
    let ran = yard.run(spec).await;
    assert_eq!(ran.status.end.unwrap().kind, EndKind::Failed);
    assert!(
        ran.output.starts_with("before\n") && ran.output.contains("No space left"),
        "{}",
        ran.output
    );
    assert!(!ran.output.contains("never"));
}

#[tokio::test]
async fn where_records_find_no_room_the_build_ends_and_tells() {
    let yard = Yard::new();
    let Some(small) = Small::new(yard.dir.path().join("records"), "2m") else {
        eprintln!("skipped: this user can't mount a file system");
        return;
    };
    let local = open(small.0.join("data"), None);
    let spec = build("b", &["head -c 20000000 /dev/zero | tr '\\0' x; echo", "true"]);
    let handle = within(20, local.start(spec)).await.unwrap();
    // What can't be recorded is not guessed: the error names the reason, until there is room.
    let error = within(30, wait(handle.as_ref())).await.unwrap_err();
    assert!(error.to_string().contains("No space left"), "{error}");
    let mut more = std::process::Command::new("mount");
    let more = more.args(["-o", "remount,size=4m"]).arg(&small.0).status();
    assert!(more.unwrap().success());
    let status = within(10, wait(handle.as_ref())).await.unwrap();
    let end = status.end.unwrap();
    assert!(matches!(end.kind, EndKind::Lost(_)), "{:?}", end.kind);
}

#[tokio::test]
async fn groups_are_gone_afterwards() {
    let yard = Yard::new();
    let name = format!("g{}", std::process::id());
    let mut spec = build(&name, &["true"]);
    spec.limits.memory_bytes = Some(256 << 20);
    spec.limits.pids = Some(100);
    yard.run(spec).await;
    let find = || {
        let output = std::process::Command::new("find")
            .args(["/sys/fs/cgroup", "-name", &format!("codeyard-{name}")])
            .output()
            .unwrap();
        output.stdout
    };
    until("the groups are removed", || find().is_empty());
}
