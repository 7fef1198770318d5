//! Further programs in a sandbox that runs, with a terminal and with pipes.

use crate::harness::*;
use codeyard_sandbox::{Limits, Sandbox, Spec};
use nix::pty::{OpenptyResult, Winsize, openpty};
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{LocalFlags, Termios, tcgetattr};
use nix::unistd::Pid;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn waiting(name: &str) -> Spec {
    let mut spec = build(name, &["cd /tmp", "export HERE=yes", "echo ready", "sleep 4299"]);
    spec.env.push(("SECRET".into(), "whispered".into()));
    spec
}

fn enter(yard: &Yard, name: &str, words: &[&str]) -> Command {
    let mut command = Command::new(SUPERVISOR);
    command.arg("__sandbox").arg("enter").arg(yard.base().join(name)).args(words);
    command
}

pub fn run(mut command: Command, input: &str) -> Output {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

pub fn told(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}|{}|{:?}", text(&output.stdout), text(&output.stderr), output.status.code())
}

/// A file is read for the program, not handed to it: it could open it again and write.
#[tokio::test]
async fn a_file_of_the_callers_stays_outside() {
    let yard = Yard::new();
    let handle = yard.local.start(waiting("s")).await.unwrap();
    until_output(handle.as_ref(), "ready").await;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"mine\n").unwrap();
    let script = "cat; echo theirs >> /proc/self/fd/0";
    let mut command = enter(&yard, "s", &["root", "sh", "-c", script]);
    let output = command.stdin(file.reopen().unwrap()).output().unwrap();
    assert!(told(&output).starts_with("mine\n|"), "{output:?}");
    assert_eq!(std::fs::read_to_string(file.path()).unwrap(), "mine\n");
    handle.stop("enough").await.unwrap();
    finish(handle).await;
}

/// What runs in a build is often gone the moment after.
#[tokio::test]
async fn a_sandbox_of_short_lives_is_entered() {
    let yard = Yard::new();
    let handle = yard
        .local
        .start(build("s", &["echo ready", "while true; do /bin/true; done"]))
        .await
        .unwrap();
    until_output(handle.as_ref(), "ready").await;
    for _ in 0..20 {
        let ran = run(enter(&yard, "s", &["root", "echo", "in"]), "");
        assert_eq!(told(&ran), "in\n||Some(0)");
    }
    handle.stop("enough").await.unwrap();
    finish(handle).await;
}

#[tokio::test]
async fn pipes_carry_input_output_and_status() {
    let yard = Yard::new();
    let handle = yard.local.start(waiting("s")).await.unwrap();
    until_output(handle.as_ref(), "ready").await;
    let script = "cat; echo err >&2; echo $HERE $SECRET; pwd; id -u; exit 7";
    let ran = run(enter(&yard, "s", &["root", "sh", "-c", script]), "typed\n");
    assert_eq!(told(&ran), "typed\nyes whispered\n/tmp\n0\n|err\n|Some(7)");
    // A shell where no program is named.
    let ran = run(enter(&yard, "s", &["root"]), "echo $((6*7)); kill -9 $$\n");
    assert_eq!(told(&ran), "42\n||Some(137)");
    let ran = run(enter(&yard, "s", &["nosuch", "true"]), "");
    assert!(told(&ran).contains("there is no user \"nosuch\" inside"), "{ran:?}");
    let ran = run(enter(&yard, "s", &["root", "/no/such"]), "");
    assert!(told(&ran).contains("failed to run /no/such"), "{ran:?}");
    handle.stop("enough").await.unwrap();
    finish(handle).await;
    let ran = run(enter(&yard, "s", &["root", "true"]), "");
    assert!(told(&ran).contains("the sandbox s has ended"), "{ran:?}");
    let ran = run(enter(&yard, "other", &["root", "true"]), "");
    assert!(told(&ran).contains("there is no sandbox other"), "{ran:?}");
}

#[tokio::test]
async fn what_holds_for_the_sandbox_holds_for_the_shell() {
    let yard = Yard::new();
    let mut spec = waiting("s");
    spec.limits = Limits { memory_bytes: Some(96 << 20), pids: Some(60), ..spec.limits };
    let handle = yard.local.start(spec).await.unwrap();
    until_output(handle.as_ref(), "ready").await;
    let asks = "grep -E '^(CapEff|CapBnd|Seccomp|NoNewPrivs):' /proc/self/status; hostname; \
                readlink /proc/self/ns/mnt /proc/self/ns/pid /proc/self/ns/ipc /proc/self/ns/uts; \
                awk -F: '{print $2 $3}' /proc/self/cgroup; ls -a / | sort | head -40";
    let inside = run(enter(&yard, "s", &["root", "sh", "-c", asks]), "");
    let own = build("t", &[asks]);
    let own = yard
        .run(Spec {
            limits: Limits { memory_bytes: Some(96 << 20), pids: Some(60), ..own.limits.clone() },
            ..own
        })
        .await;
    let kept = |text: &str| -> Vec<String> {
        let kept = |line: &&str| {
            line.starts_with("Cap") || line.starts_with("Seccomp") || line.starts_with("NoNew")
        };
        text.lines().filter(kept).map(str::to_owned).collect()
    };
    let text = String::from_utf8_lossy(&inside.stdout).into_owned();
    assert_eq!(kept(&text).len(), 4, "{text}");
    assert_eq!(kept(&text), kept(&own.output));
    assert!(text.contains("\ns\n"), "the sandbox's own host name: {text}");
    // Its processes are this sandbox's: they see each other, and nobody else.
    let ran = run(
        enter(&yard, "s", &["root", "sh", "-c", "ps -e -o args= || cat /proc/[0-9]*/cmdline"]),
        "",
    );
    let seen = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(seen.contains("sleep") && !seen.contains("cargo"), "{seen}");
    // A hog is killed, by the kernel or by the watch, and takes the sandbox with it at most.
    let hog = "x=$(head -c 400000000 /dev/zero | tr '\\0' x); echo survived";
    let ran = run(enter(&yard, "s", &["root", "bash", "-c", hog]), "");
    assert!(!told(&ran).contains("survived"), "{ran:?}");
}

/// A person's terminal, with the program on it.
pub struct Seat {
    master: File,
    pub child: Child,
    said: Arc<Mutex<String>>,
    pub slave: OwnedFd,
}

impl Seat {
    pub fn take(command: &Command) -> Self {
        let size = Winsize { ws_row: 33, ws_col: 101, ws_xpixel: 0, ws_ypixel: 0 };
        let OpenptyResult { master, slave } = openpty(Some(&size), None::<&Termios>).unwrap();
        let end = || Stdio::from(slave.try_clone().unwrap());
        let mut seat = Command::new("setsid");
        seat.args(["--ctty", "--wait"]).arg(command.get_program()).args(command.get_args());
        let child = seat.stdin(end()).stdout(end()).stderr(end()).env("TERM", "vt100").spawn();
        let said = Arc::new(Mutex::new(String::new()));
        let (mut master, heard) = (File::from(master), said.clone());
        let own = master.try_clone().unwrap();
        std::thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(length) = master.read(&mut piece) {
                heard.lock().unwrap().push_str(&String::from_utf8_lossy(&piece[..length]));
            }
        });
        Self { master: own, child: child.unwrap(), said, slave }
    }

    pub fn type_in(&mut self, text: &str) {
        self.master.write_all(text.as_bytes()).unwrap();
    }

    pub fn until(&self, text: &str) {
        until(&format!("{text:?} in {:?}", self.said), || self.said.lock().unwrap().contains(text));
    }

    pub fn is_raw(&self) -> bool {
        !tcgetattr(&self.slave).unwrap().local_flags.contains(LocalFlags::ICANON)
    }
}

#[tokio::test]
async fn a_terminal_as_a_person_expects_it() {
    let yard = Yard::new();
    let handle = yard.local.start(waiting("s")).await.unwrap();
    until_output(handle.as_ref(), "ready").await;
    let mut seat = Seat::take(&enter(&yard, "s", &["root", "bash", "--norc", "-i"]));
    seat.type_in("PS1='> '; echo term=$TERM here=$HERE size=$(stty size)\r");
    seat.until("term=vt100 here=yes size=33 101");
    assert!(seat.is_raw(), "keys go inside as they are");
    // Job control, and Ctrl-C for the program inside alone.
    seat.type_in(&format!("sleep {}\r", mark_of("4298")));
    until("it sleeps", || !inside("4298").is_empty());
    seat.type_in("\u{3}");
    seat.type_in("echo status=$?\r");
    seat.until("status=130");
    seat.type_in(&format!("sleep {} & echo job=$(jobs | wc -l)\r", mark_of("4298")));
    seat.until("job=1");
    // Another size of the window.
    let size = Winsize { ws_row: 20, ws_col: 70, ws_xpixel: 0, ws_ypixel: 0 };
    let set = Command::new("stty")
        .args(["rows", &size.ws_row.to_string(), "cols", &size.ws_col.to_string()])
        .stdin(Stdio::from(seat.slave.try_clone().unwrap()))
        .status();
    assert!(set.unwrap().success());
    std::thread::sleep(Duration::from_millis(100));
    seat.type_in("echo now=$(stty size)\r");
    seat.until("now=20 70");
    // Much at once, both ways: neither waits for the other.
    let paste = "y".repeat(3000);
    seat.type_in(
        "stty -echo; while read -r line; do echo ${#line}; [ -n \"$line\" ] || break; done\r",
    );
    for _ in 0..200 {
        seat.type_in(&format!("{paste}\r"));
    }
    seat.type_in("\r");
    seat.type_in("stty echo; echo all=$(( 1 + 1 ))\r");
    seat.until("all=2");
    seat.type_in("exit 9\r");
    let status = seat.child.wait().unwrap();
    assert_eq!(status.code(), Some(9));
    assert!(!seat.is_raw(), "the terminal is as it was");
    assert!(handle.status().await.unwrap().end.is_none(), "the build goes on");
}

#[tokio::test]
async fn the_shell_ends_with_its_command() {
    let yard = Yard::new();
    let handle = yard.local.start(waiting("s")).await.unwrap();
    until_output(handle.as_ref(), "ready").await;
    for signal in [Signal::SIGTERM, Signal::SIGKILL] {
        let seat = Seat::take(&enter(&yard, "s", &["root", "sleep", &mark_of("4297")]));
        until("it sleeps", || !inside("4297").is_empty());
        until("raw", || seat.is_raw());
        kill(Pid::from_raw(seat.child.id().cast_signed()), signal).unwrap();
        until("it is gone", || inside("4297").is_empty());
        if signal == Signal::SIGTERM {
            until("as it was", || !seat.is_raw());
        }
        drop(seat);
    }
    // And with the sandbox.
    let mut child = enter(&yard, "s", &["root", "sleep", &mark_of("4297")])
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    until("it sleeps", || !inside("4297").is_empty());
    handle.stop("enough").await.unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(137));
    finish(handle).await;
}

pub fn mark_of(number: &str) -> String {
    format!("{number}.{}", std::env::var(MARK).unwrap_or_else(|_| std::process::id().to_string()))
}

fn inside(number: &str) -> Vec<i32> {
    let line = format!("sleep {number}");
    processes(&line).into_iter().filter(|pid| !is_supervisor(*pid)).collect()
}

fn is_supervisor(pid: i32) -> bool {
    let exe = std::fs::read_link(format!("/proc/{pid}/exe"));
    exe.is_ok_and(|exe| exe.as_os_str() == SUPERVISOR)
}
