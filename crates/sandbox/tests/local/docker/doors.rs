//! Further programs in a container that runs, with a terminal and with pipes.

use super::harness::*;
use super::place;
use crate::shells::{Seat, mark_of, run, told};
use codeyard_sandbox::Sandbox as _;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::process::{Command, Stdio};

async fn waiting(yard: &Yard) -> std::sync::Arc<dyn codeyard_sandbox::Handle> {
    let mut spec = build("s", &["cd /tmp", "export HERE='yes it is'", "echo ready", "sleep 4299"]);
    spec.env.push(("SECRET".into(), "whispered".into()));
    let handle = yard.local.start(spec).await.unwrap();
    until_output(handle.as_ref(), "ready").await;
    // What has the variables that were exported.
    until("it sleeps", || !sleeping("4299").is_empty());
    handle
}

fn enter(yard: &Yard, words: &[&str]) -> Command {
    let mut command = Command::new(SUPERVISOR);
    command.arg("__sandbox").arg("enter").arg(yard.base().join("s")).args(words);
    command
}

/// Not what is about to become it.
fn sleeping(number: &str) -> Vec<i32> {
    let is_sleep = |pid: &i32| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        line.starts_with(b"sleep\0")
    };
    processes(&format!("sleep {number}")).into_iter().filter(is_sleep).collect()
}

#[tokio::test]
async fn pipes_carry_input_output_and_status() {
    if place::container().is_none() {
        return;
    }
    let yard = Yard::new();
    let handle = waiting(&yard).await;
    let script = "cat; echo err >&2; echo $HERE $SECRET; pwd; id -u; exit 7";
    let ran = run(enter(&yard, &["root", "sh", "-c", script]), "typed\n");
    assert_eq!(told(&ran), "typed\nyes it is whispered\n/tmp\n0\n|err\n|Some(7)");
    let ran = run(enter(&yard, &["root"]), "echo $((6*7)); kill -9 $$\n");
    assert_eq!(told(&ran), "42\n||Some(137)");
    // Much at once, both ways.
    let much = "x".repeat(3_000_000);
    let ran = run(enter(&yard, &["root", "sh", "-c", "wc -c; head -c 3000000 /dev/zero"]), &much);
    assert_eq!(ran.stdout.len(), "3000000\n".len() + 3_000_000);
    let ran = run(enter(&yard, &["nosuch", "true"]), "");
    assert!(told(&ran).contains("nosuch") && !ran.status.success(), "{ran:?}");
    let ran = run(enter(&yard, &["root", "/no/such"]), "");
    assert!(told(&ran).contains("/no/such") && !ran.status.success(), "{ran:?}");
    handle.stop("enough").await.unwrap();
    finish(handle).await;
    let ran = run(enter(&yard, &["root", "true"]), "");
    assert!(told(&ran).contains("the sandbox s has ended"), "{ran:?}");
}

#[tokio::test]
async fn a_terminal_as_a_person_expects_it() {
    if place::container().is_none() {
        return;
    }
    let yard = Yard::new();
    let handle = waiting(&yard).await;
    let mut seat = Seat::take(&enter(&yard, &["root", "bash", "--norc", "-i"]));
    seat.type_in("PS1='> '; echo term=$TERM here=$HERE size=$(stty size)\r");
    seat.until("term=vt100 here=yes it is size=33 101");
    assert!(seat.is_raw(), "keys go inside as they are");
    seat.type_in(&format!("sleep {}\r", mark_of("4298")));
    until("it sleeps", || !sleeping("4298").is_empty());
    seat.type_in("\u{3}");
    seat.type_in("echo status=$?\r");
    seat.until("status=130");
    let set = Command::new("stty")
        .args(["rows", "20", "cols", "70"])
        .stdin(Stdio::from(seat.slave.try_clone().unwrap()))
        .status();
    assert!(set.unwrap().success());
    std::thread::sleep(std::time::Duration::from_millis(200));
    seat.type_in("echo now=$(stty size)\r");
    seat.until("now=20 70");
    seat.type_in("exit 9\r");
    assert_eq!(seat.child.wait().unwrap().code(), Some(9));
    assert!(!seat.is_raw(), "the terminal is as it was");
    assert!(handle.status().await.unwrap().end.is_none(), "the build goes on");
    yard.local.destroy(handle.id()).await.unwrap();
}

#[tokio::test]
async fn the_shell_ends_with_its_command_and_with_the_build() {
    if place::container().is_none() {
        return;
    }
    let yard = Yard::new();
    let handle = waiting(&yard).await;
    for signal in [Signal::SIGTERM, Signal::SIGKILL] {
        let mut seat = Seat::take(&enter(&yard, &["root", "sleep", &mark_of("4297")]));
        until("it sleeps", || !sleeping("4297").is_empty());
        until("raw", || seat.is_raw());
        kill(Pid::from_raw(seat.child.id().cast_signed()), signal).unwrap();
        until("it is gone", || sleeping("4297").is_empty());
        seat.child.wait().unwrap();
    }
    let mut child =
        enter(&yard, &["root", "sleep", &mark_of("4297")]).stdin(Stdio::null()).spawn().unwrap();
    until("it sleeps", || !sleeping("4297").is_empty());
    yard.local.destroy(handle.id()).await.unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(137));
    until("it is gone", || sleeping("4297").is_empty());
}
