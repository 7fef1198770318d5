//! Deployment hosts: long-living, with files that stay.

use super::harness::*;
use codeyard_sandbox::*;
use std::time::{Duration, Instant};

fn host(script: &str) -> Spec {
    Spec { root: Root::Persistent, ..service("host", script) }
}

#[tokio::test]
async fn files_of_a_persistent_root_survive_a_restart() {
    let yard = Yard::new();
    let first = "mkdir -p /srv/app /var/www /opt/x && echo 1 > /srv/app/f && echo 2 > /opt/x/f \
                 && echo 3 >/etc/made-here && echo 4 > /tmp/f && rm -f /etc/debian_version; exit 9";
    let ran = yard.run(host(first)).await;
    assert_eq!(ran.status.end.unwrap().kind, EndKind::Exited(9), "{}", ran.output);
    let second = "cat /srv/app/f /opt/x/f /etc/made-here; ls -A /tmp; echo 5 >> /srv/app/f";
    let ran = yard.run(host(second)).await;
    assert_eq!(
        (ran.output.as_str(), ran.status.end.unwrap().kind),
        ("1\n2\n3\n", EndKind::Exited(0))
    );
    let ran = yard.run(host("cat /srv/app/f")).await;
    assert_eq!(ran.output, "1\n5\n");
    yard.local.destroy(&id("host")).await.unwrap();
    let ran = yard.run(host("cat /srv/app/f")).await;
    assert_eq!(ran.status.end.unwrap().kind, EndKind::Exited(1), "files of a destroyed host");
}

#[tokio::test]
async fn a_stopped_service_may_end_in_its_own_way() {
    let yard = Yard::new();
    let script = "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.01; done";
    let handle = yard.local.start(host(script)).await.unwrap();
    until_output(handle.as_ref(), "up").await;
    handle.stop("maintenance").await.unwrap();
    let ran = finish(handle).await;
    assert_eq!(ran.output, "up\nbye\n");
    assert_eq!(ran.status.end.unwrap().kind, EndKind::Stopped("maintenance".into()));
}

#[tokio::test]
async fn one_that_does_not_end_is_killed_after_its_grace() {
    let yard = Yard::new();
    let mut spec = host("trap '' TERM; echo up; while :; do sleep 4270; done");
    if let Program::Service(service) = &mut spec.program {
        service.grace = Duration::from_millis(200);
    }
    let handle = yard.local.start(spec).await.unwrap();
    until_output(handle.as_ref(), "up").await;
    let began = Instant::now();
    handle.stop("now").await.unwrap();
    finish(handle).await;
    assert!(began.elapsed() > Duration::from_millis(200));
    assert!(processes("sleep 4270").is_empty());
}

#[tokio::test]
async fn a_restarted_program_finds_its_children_alive() {
    let yard = Yard::new();
    // The first run leaves an application and crashes; the second finds it.
    let script = "if [ -e /tmp/app.pid ]; then kill -0 $(cat /tmp/app.pid) && echo alive; sleep 4271; \
                  else sleep 4272 & echo $! > /tmp/app.pid; exit 1; fi";
    let mut spec = host(script);
    if let Program::Service(service) = &mut spec.program {
        service.restart = true;
    }
    let handle = yard.local.start(spec).await.unwrap();
    until_output(handle.as_ref(), "alive").await;
    let status = handle.status().await.unwrap();
    assert_eq!(status.notes, ["the program ended with 1; restart in 1 s"]);
    assert!(status.end.is_none());
    yard.local.destroy(&id("host")).await.unwrap();
    assert!(processes("sleep 4271").is_empty() && processes("sleep 4272").is_empty());
}

#[tokio::test]
async fn the_network_is_the_hosts() {
    let yard = Yard::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let accepted = std::thread::spawn(move || listener.accept().map(drop));
    let mut spec = service("n", "exec 3<>/dev/tcp/127.0.0.1/$PORT && echo connected");
    if let Program::Service(service) = &mut spec.program {
        service.argv[0] = "bash".into();
    }
    spec.env = vec![("PORT".into(), port.to_string())];
    let ran = yard.run(spec).await;
    assert_eq!(ran.output, "connected\n");
    accepted.join().unwrap().unwrap();
}
