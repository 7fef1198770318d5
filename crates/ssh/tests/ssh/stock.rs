//! OpenSSH's client.

use std::process::{Output, Stdio};
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::{Server, has_ssh};

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_run_whatever_the_client_likes_best() {
    if !has_ssh() {
        return;
    }
    let server = Server::start().await;
    for options in [
        &[][..],
        &["-o", "KexAlgorithms=ecdh-sha2-nistp256"],
        &["-o", "HostKeyAlgorithms=ecdsa-sha2-nistp256"],
        &["-o", "Ciphers=aes128-gcm@openssh.com"],
        &["-o", "PubkeyAcceptedAlgorithms=rsa-sha2-256"],
        &["-o", "Compression=yes"],
    ] {
        let mut command =
            server.ssh("ann", &[options, &["-o", "SendEnv=GIT_PROTOCOL OTHER"]].concat());
        command.arg("variables").env("GIT_PROTOCOL", "version=2").env("OTHER", "x");
        let output = command.stdin(Stdio::null()).output().await.unwrap();
        assert!(output.status.success(), "{options:?}: {}", said(&output));
        assert_eq!(out(&output), "[(\"GIT_PROTOCOL\", \"version=2\")]\n");
    }
    let output = server.ssh("ann", &[]).arg("fail").stdin(Stdio::null()).output().await.unwrap();
    assert_eq!(output.status.code(), Some(7));
    assert!(said(&output).contains("no such command: fail"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_sign_in_is_told_why() {
    if !has_ssh() {
        return;
    }
    let server = Server::start().await;
    let run = async |user: &str, options: &[&str]| {
        let mut command = server.ssh(user, options);
        command.arg("cat").stdin(Stdio::null()).output().await.unwrap()
    };
    let refused = run("eve", &[]).await;
    assert_eq!(refused.status.code(), Some(255));
    assert!(said(&refused).contains("There is no user eve."), "{}", said(&refused));
    assert!(said(&refused).contains("Permission denied (publickey)"), "{}", said(&refused));
    let refused = run("old", &[]).await;
    assert!(said(&refused).contains("The key of old is inactive."), "{}", said(&refused));
    let refused = run("ann", &["-o", "PubkeyAcceptedAlgorithms=ssh-rsa"]).await;
    assert_eq!(refused.status.code(), Some(255), "SHA-1 is refused");

    for (file, kind) in [("other", "rsa"), ("modern", "ed25519")] {
        let made = std::process::Command::new("ssh-keygen")
            .args(["-q", "-t", kind, "-N", "", "-f"])
            .arg(server.file(file))
            .status();
        assert!(made.unwrap().success());
        let output = {
            let mut command = tokio::process::Command::new("ssh");
            command.args(["-F", "none", "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes"]);
            command.args(["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"]);
            command.arg("-i").arg(server.file(file)).arg("-p");
            command.arg(server.serving.address.port().to_string());
            command.args(["ann@127.0.0.1", "cat"]).env_remove("SSH_AUTH_SOCK");
            command.stdin(Stdio::null()).output().await.unwrap()
        };
        assert_eq!(output.status.code(), Some(255));
        assert!(said(&output).contains("key is not that of ann."), "{}", said(&output));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_nothing_but_commands() {
    if !has_ssh() {
        return;
    }
    let server = Server::start().await;
    let output = server.ssh("ann", &["-tt"]).stdin(Stdio::null()).output().await.unwrap();
    assert!(said(&output).contains("PTY allocation request failed"), "{}", said(&output));
    for options in [&["-T"][..], &["-s"]] {
        let mut command = server.ssh("ann", options);
        if options == ["-s"] {
            command.arg("sftp");
        }
        let output = command.stdin(Stdio::null()).output().await.unwrap();
        let all = said(&output) + &out(&output);
        assert!(all.contains("Hello ann, there is no shell."), "{options:?}: {all}");
        assert_eq!(output.status.code(), Some(1));
    }
    let output = server.ssh("ann", &["-W", "127.0.0.1:1"]).stdin(Stdio::null()).output().await;
    let output = output.unwrap();
    assert!(said(&output).contains("nothing is forwarded here"), "{}", said(&output));
    let forward = ["-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:1"];
    let output = server.ssh("ann", &forward).arg("cat").stdin(Stdio::null()).output().await;
    assert_eq!(output.unwrap().status.code(), Some(255));
}

#[tokio::test(flavor = "multi_thread")]
async fn much_goes_both_ways_and_keys_are_renewed_meanwhile() {
    if !has_ssh() {
        return;
    }
    let server = Server::start().await;
    let sent: Vec<u8> = (0..20_000_000_u32).map(|n| (n % 251) as u8).collect();
    for limit in ["RekeyLimit=default", "RekeyLimit=1M"] {
        let mut command = server.ssh("ann", &["-o", limit]);
        let mut child =
            command.arg("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let bytes = sent.clone();
        let feed = tokio::spawn(async move {
            stdin.write_all(&bytes).await.unwrap();
        });
        let mut got = Vec::new();
        stdout.read_to_end(&mut got).await.unwrap();
        feed.await.unwrap();
        assert!(child.wait().await.unwrap().success(), "{limit}");
        assert!(got == sent, "{limit}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_holds_up_the_command() {
    if !has_ssh() {
        return;
    }
    let server = Server::start().await;
    let total = 400_000_000;
    let mut command = server.ssh("ann", &[]);
    command.arg(format!("flood {total}")).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut before = usize::MAX;
    loop {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let now = server.flooded.load(Ordering::SeqCst);
        if now == before && now > 0 {
            break;
        }
        before = now;
    }
    // The client's window, sockets and pipes hold some; the rest is not there yet.
    assert!(before < 32 << 20, "{before} bytes went to a client that reads none");
    let mut got = 0;
    let mut buffer = vec![0; 1 << 20];
    loop {
        let count = stdout.read(&mut buffer).await.unwrap();
        if count == 0 {
            break;
        }
        got += count;
    }
    assert_eq!(got, total);
    assert!(child.wait().await.unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_ends_its_command() {
    if !has_ssh() {
        return;
    }
    let server = Server::start().await;
    let mut command = server.ssh("ann", &[]);
    let mut child = command.arg("wait").stdin(Stdio::piped()).spawn().unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(server.dropped.load(Ordering::SeqCst), 0);
    child.kill().await.unwrap();
    for _ in 0..100 {
        if server.dropped.load(Ordering::SeqCst) == 1 {
            server.serving.stop(Duration::from_secs(1)).await;
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the command goes on");
}
