//! The stock ssh client against the server, and clients that misbehave.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod misbehaving;
mod order;
mod stock;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine as _;
use codeyard_ssh::{BoxFuture, Exec, Handler, HostKey, HostKeyKind, Known, Serving, open};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// Commands for tests: `cat`, `count`, `flood N`, `fail`, `variables`, `wait`.
pub struct Toy {
    key: Vec<u8>,
    /// Bytes of `flood` that were taken by the server.
    pub flooded: Arc<AtomicUsize>,
    /// Commands that were dropped before their end.
    pub dropped: Arc<AtomicUsize>,
}

struct Drops(Arc<AtomicUsize>);

impl Drop for Drops {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

async fn next(input: &mut codeyard_ssh::ByteStream) -> Option<bytes::Bytes> {
    std::future::poll_fn(|cx| input.as_mut().poll_next(cx)).await.map(Result::unwrap)
}

impl Handler for Toy {
    fn known(&self, user: &str) -> Known {
        match user {
            "ann" => Known::Key(self.key.clone()),
            "old" => Known::Inactive(self.key.clone(), "The key of old is inactive.".into()),
            other => Known::Nobody(format!("There is no user {other}.")),
        }
    }

    fn wrong_key(&self, user: &str, algorithm: &str) -> String {
        format!("The {algorithm} key is not that of {user}.")
    }

    fn no_shell(&self, user: &str) -> String {
        format!("Hello {user}, there is no shell.")
    }

    fn takes_variable(&self, name: &str) -> bool {
        name == "GIT_PROTOCOL"
    }

    fn exec(&self, mut exec: Exec) -> BoxFuture<u32> {
        let (flooded, dropped) = (self.flooded.clone(), self.dropped.clone());
        Box::pin(async move {
            let output = &exec.output;
            let (name, argument) = exec.command.split_once(' ').unwrap_or((&exec.command, "0"));
            match name {
                "cat" => {
                    while let Some(bytes) = next(&mut exec.input).await {
                        if output.write(bytes).await.is_err() {
                            return 1;
                        }
                    }
                    0
                }
                "count" => {
                    let mut count = 0;
                    while let Some(bytes) = next(&mut exec.input).await {
                        count += bytes.len();
                    }
                    output.write(format!("{count}\n").into()).await.unwrap();
                    0
                }
                "flood" => {
                    let block = bytes::Bytes::from(vec![b'x'; 64 << 10]);
                    let total: usize = argument.parse().unwrap();
                    let mut left = total;
                    while left > 0 {
                        let part = block.slice(..left.min(block.len()));
                        left -= part.len();
                        if output.write(part).await.is_err() {
                            return 1;
                        }
                        flooded.store(total - left, Ordering::SeqCst);
                    }
                    0
                }
                "variables" => {
                    output.write(format!("{:?}\n", exec.environment).into()).await.unwrap();
                    0
                }
                "wait" => {
                    let _drops = Drops(dropped);
                    tokio::time::sleep(Duration::from_secs(600)).await;
                    0
                }
                other => {
                    output.error(&format!("no such command: {other}\n")).await.unwrap();
                    7
                }
            }
        })
    }
}

/// A server, and a user's key for it.
pub struct Server {
    pub serving: Serving,
    pub home: TempDir,
    pub flooded: Arc<AtomicUsize>,
    pub dropped: Arc<AtomicUsize>,
}

/// Whether OpenSSH's client is there; says so if not.
pub fn has_ssh() -> bool {
    let there = std::process::Command::new("ssh-keygen").arg("-?").output().is_ok()
        && std::process::Command::new("ssh").arg("-V").output().is_ok();
    if !there {
        eprintln!("SKIPPED: OpenSSH's client (ssh, ssh-keygen) is not installed");
    }
    there
}

impl Server {
    /// With a key that ssh-keygen made.
    pub async fn start() -> Self {
        let home = TempDir::new().unwrap();
        let file = home.path().join("id");
        let made = std::process::Command::new("ssh-keygen")
            .args(["-q", "-t", "rsa", "-b", "2048", "-N", "", "-f"])
            .arg(&file)
            .status();
        assert!(made.unwrap().success());
        let public = std::fs::read_to_string(file.with_extension("pub")).unwrap();
        let blob = public.split(' ').nth(1).unwrap();
        let key = base64::engine::general_purpose::STANDARD.decode(blob).unwrap();
        Self::with_key(home, key).await
    }

    pub async fn with_key(home: TempDir, key: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let make = |kind| HostKey::from_pem(kind, &HostKey::generate(kind).unwrap()).unwrap();
        let host_keys: Vec<HostKey> = HostKeyKind::ALL.into_iter().map(make).collect();
        let port = listener.local_addr().unwrap().port();
        let known: String = host_keys
            .iter()
            .map(|key| format!("[127.0.0.1]:{port} {}\n", key.public_line()))
            .collect();
        std::fs::write(home.path().join("known_hosts"), known).unwrap();
        let (flooded, dropped) = (Arc::default(), Arc::default());
        let toy = Toy { key, flooded: Arc::clone(&flooded), dropped: Arc::clone(&dropped) };
        let serving = open(listener, host_keys, Arc::new(toy)).unwrap();
        Self { serving, home, flooded, dropped }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// `ssh OPTIONS USER@…`, with nothing of the machine's own configuration.
    pub fn ssh(&self, user: &str, options: &[&str]) -> tokio::process::Command {
        let mut command = tokio::process::Command::new("ssh");
        command.args(["-F", "none", "-i"]).arg(self.file("id"));
        let known = format!("UserKnownHostsFile={}", self.file("known_hosts").display());
        for option in [
            "IdentitiesOnly=yes",
            "BatchMode=yes",
            "StrictHostKeyChecking=yes",
            "GlobalKnownHostsFile=none",
            &known,
        ] {
            command.args(["-o", option]);
        }
        command.args(options).arg("-p").arg(self.serving.address.port().to_string());
        command.arg(format!("{user}@127.0.0.1")).env_remove("SSH_AUTH_SOCK").kill_on_drop(true);
        command
    }
}
