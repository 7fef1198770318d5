//! Memory and processes are bounded: by the kernel where it does that for us, else by watching.

use crate::harness::*;
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
