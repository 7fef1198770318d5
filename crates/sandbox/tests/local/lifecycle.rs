//! Starting, finding again, losing and destroying.

use super::harness::*;
use codeyard_sandbox::*;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

fn supervisor_of(yard: &Yard, name: &str) -> Pid {
    let text = fs::read_to_string(yard.base().join(name).join("run/identity.json")).unwrap();
    let identity: serde_json::Value = serde_json::from_str(&text).unwrap();
    Pid::from_raw(identity["supervisor"]["pid"].as_i64().unwrap() as i32)
}

#[tokio::test]
async fn an_id_is_used_once() {
    let yard = Yard::new();
    let first = yard.local.start(build("b", &["sleep 4250"])).await.unwrap();
    for spec in [build("b", &["true"]), service("b", "true")] {
        assert!(matches!(yard.local.start(spec).await, Err(Error::Exists(_))));
    }
    first.stop("enough").await.unwrap();
    finish(first).await;
    assert!(matches!(yard.local.start(build("b", &["true"])).await, Err(Error::Exists(_))));
    yard.local.destroy(&id("b")).await.unwrap();
    yard.run(build("b", &["true"])).await;
}

#[tokio::test]
async fn of_two_concurrent_starts_one_succeeds() {
    let yard = Yard::new();
    let (a, b) = tokio::join!(
        yard.local.start(build("b", &["true"])),
        yard.local.start(build("b", &["true"]))
    );
    assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|ok| **ok).count(), 1);
}

#[tokio::test]
async fn destroy_leaves_nothing_and_is_idempotent() {
    let yard = Yard::new();
    let handle = yard.local.start(build("b", &["echo up; setsid sleep 4251"])).await.unwrap();
    until_output(handle.as_ref(), "up").await;
    let (one, two) = tokio::join!(yard.local.destroy(handle.id()), yard.local.destroy(handle.id()));
    one.unwrap();
    two.unwrap();
    yard.local.destroy(handle.id()).await.unwrap();
    assert!(processes("sleep 4251").is_empty());
    assert!(!yard.base().join("b").exists());
    assert!(yard.local.list().await.unwrap().is_empty());
    assert!(matches!(yard.local.attach(&id("b")).await, Err(Error::NotFound(_))));
    assert!(matches!(handle.status().await, Err(Error::NotFound(_))));
    handle.stop("gone anyway").await.unwrap();
}

#[tokio::test]
async fn another_driver_finds_it_and_reads_on() {
    let yard = Yard::new();
    let commands = ["for i in 1 2 3 4 5; do echo $i; sleep 0.05; done", "exit 3"];
    let first = yard.local.start(build("b", &commands)).await.unwrap();
    until_output(first.as_ref(), "2").await;
    let head = first.read_output(0, 4).await.unwrap();
    drop(first);
    let again = yard.again();
    assert_eq!(again.list().await.unwrap(), [id("b")]);
    let handle = again.attach(&id("b")).await.unwrap();
    let status = within(20, wait(handle.as_ref())).await.unwrap();
    let tail = handle.read_output(head.len() as u64, usize::MAX).await.unwrap();
    assert_eq!([head, tail].concat(), b"1\n2\n3\n4\n5\n");
    assert_eq!(status.end.unwrap().kind, EndKind::Failed);
    assert_eq!(status.stages[0].commands[1].exit_code, Some(3));
}

/// Not a test: the yard of the next test, in a process of its own.
#[tokio::test]
async fn play_the_yard() {
    let Ok(base) = std::env::var("CODEYARD_TEST_YARD") else { return };
    let local = open(base.into(), None);
    let _service = local.start(service("s", "sleep 4252 & echo up; wait")).await.unwrap();
    let _build = local
        .start(build("b", &["for i in $(seq 20); do echo $i; sleep 0.05; done"]))
        .await
        .unwrap();
    println!("started");
    std::io::stdout().flush().unwrap();
    std::thread::sleep(std::time::Duration::from_secs(60));
}

#[tokio::test]
async fn kill_of_the_yard_leaves_them_running() {
    let yard = Yard::new();
    let mut other = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &test_name(module_path!(), "play_the_yard"), "--nocapture"])
        .env("CODEYARD_TEST_YARD", yard.base())
        .env(MARK, std::process::id().to_string())
        .envs(super::place::environment())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(other.stdout.take().unwrap()).lines();
    lines.map_while(Result::ok).find(|line| line.contains("started")).unwrap();
    other.kill().unwrap();
    other.wait().unwrap();
    let handle = yard.local.attach(&id("b")).await.unwrap();
    assert!(handle.status().await.unwrap().end.is_none(), "ended too early to prove anything");
    let ran = finish(handle).await;
    assert_eq!(ran.output, (1..=20).map(|n| format!("{n}\n")).collect::<String>());
    assert_eq!(ran.status.end.unwrap().kind, EndKind::Succeeded);
    let service = yard.local.attach(&id("s")).await.unwrap();
    assert!(service.status().await.unwrap().end.is_none());
    assert_eq!(processes("sleep 4252").len(), 2, "sh and sleep");
    yard.local.destroy(&id("s")).await.unwrap();
    assert!(processes("sleep 4252").is_empty());
}

#[tokio::test]
async fn a_killed_supervisor_is_found_as_lost_and_nothing_is_left() {
    let yard = Yard::new();
    let handle =
        yard.local.start(build("b", &["echo up; setsid sleep 4253 & sleep 4253"])).await.unwrap();
    until_output(handle.as_ref(), "up").await;
    kill(supervisor_of(&yard, "b"), Signal::SIGKILL).unwrap();
    let ran = finish(handle).await;
    assert_eq!(ran.status.end.unwrap().kind, EndKind::Lost("its supervisor was killed".into()));
    assert_eq!(ran.output, "up\n");
    until("everything is dead", || processes("sleep 4253").is_empty());
    let again = yard.again().attach(&id("b")).await.unwrap();
    assert!(matches!(again.status().await.unwrap().end.unwrap().kind, EndKind::Lost(_)));
}

#[tokio::test]
async fn a_killed_init_is_found_as_lost() {
    let yard = Yard::new();
    let handle = yard.local.start(build("b", &["echo up; sleep 4254"])).await.unwrap();
    until_output(handle.as_ref(), "up").await;
    let text = fs::read_to_string(yard.base().join("b/run/identity.json")).unwrap();
    let identity: serde_json::Value = serde_json::from_str(&text).unwrap();
    let init = identity["init"]["pid"].as_i64().unwrap() as i32;
    kill(Pid::from_raw(init), Signal::SIGKILL).unwrap();
    let ran = finish(handle).await;
    assert!(matches!(ran.status.end.unwrap().kind, EndKind::Lost(_)));
    assert!(processes("sleep 4254").is_empty());
}

#[tokio::test]
async fn a_recycled_pid_is_not_mistaken() {
    let yard = Yard::new();
    let handle = yard.local.start(build("b", &["echo up; sleep 4255"])).await.unwrap();
    until_output(handle.as_ref(), "up").await;
    let path = yard.base().join("b/run/identity.json");
    let record = fs::read_to_string(&path).unwrap();
    kill(supervisor_of(&yard, "b"), Signal::SIGKILL).unwrap();
    // As if another process had got the pids meanwhile. Start times count in hundredths of a
    // second; no pid comes round again within one.
    std::thread::sleep(std::time::Duration::from_millis(30));
    let mut innocent = Command::new("sleep").arg("4256").spawn().unwrap();
    let mut identity: serde_json::Value = serde_json::from_str(&record).unwrap();
    for process in ["supervisor", "init"] {
        identity[process]["pid"] = innocent.id().into();
    }
    fs::write(&path, identity.to_string()).unwrap();
    let found = yard.again().attach(&id("b")).await.unwrap();
    assert!(matches!(found.status().await.unwrap().end.unwrap().kind, EndKind::Lost(_)));
    yard.local.destroy(&id("b")).await.unwrap();
    assert!(innocent.try_wait().unwrap().is_none(), "an innocent process was killed");
    innocent.kill().unwrap();
    innocent.wait().unwrap();
}

#[tokio::test]
async fn a_start_that_fails_says_why_and_leaves_nothing() {
    let yard = Yard::new();
    let mut no_user = build("u", &["true"]);
    if let Program::Plan(plan) = &mut no_user.program {
        plan.run_as = Some("nobody-such".into());
    }
    let mut no_program = service("p", "");
    if let Program::Service(service) = &mut no_program.program {
        service.argv = vec!["/no/such/program".into()];
    }
    let mut no_source = build("s", &["true"]);
    no_source.binds = vec![Bind { host: "/no/such".into(), inside: "/x".into(), read_only: true }];
    for (spec, reason) in
        [(no_user, "nobody-such"), (no_program, "/no/such/program"), (no_source, "/no/such")]
    {
        let error = yard.local.start(spec).await.err().unwrap().to_string();
        assert!(error.contains(reason), "{error}");
    }
    assert!(yard.local.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn one_whose_records_were_removed_ends() {
    let yard = Yard::new();
    let handle = yard.local.start(build("b", &["echo up; sleep 4257"])).await.unwrap();
    until_output(handle.as_ref(), "up").await;
    yard.local.remove_tree(yard.base().join("b")).await.unwrap();
    until("nothing of it is left", || processes("sleep 4257").is_empty());
}

#[tokio::test]
async fn no_zombies_are_left() {
    let yard = Yard::new();
    for n in 0..3 {
        yard.run(build(&format!("b{n}"), &["(true &) ; true"])).await;
    }
    let own = std::process::id().to_string();
    until("all children are buried", || {
        let entries = fs::read_dir("/proc").unwrap().flatten();
        !entries.filter_map(|e| fs::read_to_string(e.path().join("stat")).ok()).any(|stat| {
            let rest = stat.rsplit_once(')').unwrap().1.to_owned();
            let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
            stat.contains("(sandbox-superv") && fields[0] == "Z" && fields[1] == own
        })
    });
}

#[tokio::test]
async fn many_at_once() {
    let yard = Yard::new();
    let runs = (0..12).map(|n| {
        let spec = build(&format!("b{n}"), &[&format!("echo {n}"), "seq 1000 | tail -1"]);
        yard.run(spec)
    });
    let mut all = Vec::new();
    for run in runs {
        all.push(run);
    }
    for (n, ran) in join_all(all).await.into_iter().enumerate() {
        assert_eq!(ran.output, format!("{n}\n1000\n"));
    }
}

async fn join_all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = futures.iter().map(|_| None).collect();
    std::future::poll_fn(|cx| {
        for (future, slot) in futures.iter_mut().zip(&mut done) {
            if slot.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(cx)
            {
                *slot = Some(value);
            }
        }
        if done.iter().all(Option::is_some) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done.into_iter().flatten().collect()
}
