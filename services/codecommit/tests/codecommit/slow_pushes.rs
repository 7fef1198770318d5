//! Pushes that take their time, in which keys are taken away and repositories renamed; and many
//! sessions at once. Over HTTP and over SSH, with OpenSSH's client.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use codeyard_svc_codecommit::{GitOverSsh, SessionLimits};
use serde_json::json;
use ssh::{HostKey, HostKeyKind, Serving};
use testkit::{Keys, TestYard};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

use crate::storage::{files_below, noise};
use crate::support::{Work, Yard};

const ZERO: &str = "0000000000000000000000000000000000000000";

/// A yard, and somebody who may do everything in CodeCommit.
struct World {
    yard: Yard,
    ann: Keys,
    ssh: Option<Ssh>,
}

struct Ssh {
    key: String,
    serving: Serving,
}

/// Whether OpenSSH's client is there; says so if not.
fn has_ssh() -> bool {
    let there = std::process::Command::new("ssh").arg("-V").output().is_ok();
    if !there {
        eprintln!("SKIPPED: git over SSH: OpenSSH's client is not installed");
    }
    there
}

impl World {
    async fn new(limits: SessionLimits) -> Self {
        let yard = Yard::start().await;
        yard.repository("r").await;
        let statement = json!({"Effect": "Allow", "Action": "codecommit:*", "Resource": "*"});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]});
        let ann = yard.yard.user("ann", policy);
        let ssh = match has_ssh() {
            true => Some(Self::ssh(&yard, &ann, limits).await),
            false => None,
        };
        Self { yard, ann, ssh }
    }

    async fn ssh(yard: &Yard, ann: &Keys, limits: SessionLimits) -> Ssh {
        let file = yard.home.path().join("id");
        let mut make = std::process::Command::new("ssh-keygen");
        make.args(["-q", "-t", "rsa", "-b", "2048", "-N", "", "-f"]).arg(&file);
        assert!(make.status().unwrap().success());
        let public = std::fs::read_to_string(file.with_extension("pub")).unwrap();
        let blob = BASE64.decode(public.split(' ').nth(1).unwrap()).unwrap();
        let key = yard.yard.identity.add_ssh_key(ann, blob);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let kind = HostKeyKind::Ed25519;
        let host_key = HostKey::from_pem(kind, &HostKey::generate(kind).unwrap()).unwrap();
        let served = yard.yard.yard().clone();
        let door = GitOverSsh::with_limits(move || served.clone(), limits);
        let serving = ssh::open(listener, vec![host_key], Arc::clone(&door)).unwrap();
        Ssh { key, serving }
    }

    /// `ssh … COMMAND`, as git starts it.
    fn ssh_command(&self, ssh: &Ssh, command: &str) -> Command {
        let mut client = Command::new("ssh");
        client.args(["-F", "none", "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes"]);
        client.args(["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"]);
        client.args(["-o", "LogLevel=ERROR", "-i"]).arg(self.yard.home.path().join("id"));
        client.arg("-p").arg(ssh.serving.address.port().to_string());
        client.arg(format!("{}@127.0.0.1", ssh.key)).arg(command).kill_on_drop(true);
        client.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        client.env_remove("SSH_AUTH_SOCK");
        client
    }

    /// A push that has been decided upon, and of which half has come.
    async fn begin(&self, way: Way, push: &[u8]) -> Slow {
        let (half, rest) = push.split_at(push.len() / 2);
        let mut slow = match way {
            Way::Http => {
                let host = self.yard.yard.url.trim_start_matches("http://").to_owned();
                let mut socket = TcpStream::connect(&host).await.unwrap();
                let (id, secret) = (&self.ann.id, &self.ann.secret);
                let head = format!(
                    "POST /v1/repos/r/git-receive-pack HTTP/1.1\r\nHost: {host}\r\n\
                     Authorization: Basic {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    BASE64.encode(format!("{id}:{secret}")),
                    push.len(),
                );
                socket.write_all(head.as_bytes()).await.unwrap();
                Slow { way: Open::Http(socket), rest: rest.to_vec() }
            }
            Way::Ssh => {
                let ssh = self.ssh.as_ref().unwrap();
                let child = self.session(ssh).await;
                Slow { way: Open::Ssh(child), rest: rest.to_vec() }
            }
        };
        slow.send(half).await;
        // A large pack gets its quarantine as soon as it is known to be large.
        TestYard::until(Duration::from_secs(20), async || {
            let files = files_below(&self.yard.yard.dir().join("git-cache"));
            files.iter().any(|file| file.to_string_lossy().contains("/push-")).then_some(())
        })
        .await;
        slow
    }

    /// A push over SSH that has been greeted.
    async fn session(&self, ssh: &Ssh) -> Child {
        let mut child = self.ssh_command(ssh, "git-receive-pack '/v1/repos/r'").spawn().unwrap();
        let out = child.stdout.as_mut().unwrap();
        let mut said = Vec::new();
        while !said.ends_with(b"0000") {
            let byte = out.read_u8().await.expect("a greeting");
            said.push(byte);
        }
        child
    }

    async fn tip(&self, name: &str) -> String {
        let input = json!({"repositoryName": name, "branchName": "main"});
        let branch = self.yard.ok("GetBranch", input).await;
        branch["branch"]["commitId"].as_str().unwrap().to_owned()
    }

    async fn end(self) {
        if let Some(ssh) = self.ssh {
            ssh.serving.stop(Duration::from_secs(1)).await;
        }
        self.yard.yard.stop().await;
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Http,
    Ssh,
}

struct Slow {
    way: Open,
    rest: Vec<u8>,
}

enum Open {
    Http(TcpStream),
    Ssh(Child),
}

impl Slow {
    async fn send(&mut self, bytes: &[u8]) {
        match &mut self.way {
            Open::Http(socket) => socket.write_all(bytes).await.unwrap(),
            Open::Ssh(child) => {
                let stdin = child.stdin.as_mut().unwrap();
                stdin.write_all(bytes).await.unwrap();
                stdin.flush().await.unwrap();
            }
        }
    }

    /// Sends the rest; what is answered.
    async fn end(mut self) -> String {
        let rest = std::mem::take(&mut self.rest);
        self.send(&rest).await;
        let mut said = Vec::new();
        match self.way {
            Open::Http(mut socket) => drop(socket.read_to_end(&mut said).await.unwrap()),
            Open::Ssh(mut child) => {
                drop(child.stdin.take());
                said = child.wait_with_output().await.unwrap().stdout;
            }
        }
        String::from_utf8_lossy(&said).into_owned()
    }
}

/// A push of one large commit on main, as git sends it.
async fn large_push(world: &World) -> (String, Vec<u8>) {
    let work = world.yard.work("work", &world.yard.root_url("r")).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    let old = work.ok(&["rev-parse", "HEAD"]).await;
    let new = work.commit("large", &noise(1_200_000)).await;
    let pack = packed(&work, &old, &new).await;
    assert!(pack.len() > 2 * git::limits::SMALL_PUSH, "{}", pack.len());
    let line = format!("{old} {new} refs/heads/main\0report-status");
    let command = format!("{:04x}{line}0000", line.len() + 4);
    (old, [command.as_bytes(), &pack].concat())
}

async fn packed(work: &Work, old: &str, new: &str) -> Vec<u8> {
    let mut child = crate::support::git_in(&work.0)
        .args(["pack-objects", "--revs", "--stdout", "-q"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let revisions = format!("{new}\n^{old}\n");
    child.stdin.take().unwrap().write_all(revisions.as_bytes()).await.unwrap();
    child.wait_with_output().await.unwrap().stdout
}

/// What was decided before a pack came in holds no more once it is in.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_shut_out_meanwhile_changes_nothing() {
    for way in [Way::Http, Way::Ssh] {
        let world = World::new(SessionLimits::default()).await;
        if way == Way::Ssh && world.ssh.is_none() {
            continue;
        }
        let (old, push) = large_push(&world).await;
        let packs = world.yard.packs().len();
        let slow = world.begin(way, &push).await;
        match (way, &world.ssh) {
            (Way::Ssh, Some(ssh)) => world.yard.yard.identity.remove_key(&ssh.key),
            _ => world.yard.yard.identity.remove_key(&world.ann.id),
        }
        let said = slow.end().await;
        assert!(said.contains("unpack ok"), "{way:?}: {said}");
        assert!(said.contains("ng refs/heads/main The "), "{way:?}: {said}");
        assert!(said.contains("shut out or removed"), "{way:?}: {said}");
        assert_eq!(world.tip("r").await, old);
        assert_eq!((world.yard.packs().len(), world.yard.blobs().len()), (packs, 0), "{way:?}");
        world.end().await;
    }
}

/// A push goes to the repository that it began with, under the name by which it did, or nowhere.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_renamed_meanwhile_gets_nothing() {
    for (way, replaced) in
        [(Way::Http, false), (Way::Ssh, false), (Way::Http, true), (Way::Ssh, true)]
    {
        let world = World::new(SessionLimits::default()).await;
        if way == Way::Ssh && world.ssh.is_none() {
            continue;
        }
        let (old, push) = large_push(&world).await;
        let slow = world.begin(way, &push).await;
        world.yard.ok("UpdateRepositoryName", json!({"oldName": "r", "newName": "s"})).await;
        if replaced {
            world.yard.repository("r").await;
        }
        let said = slow.end().await;
        let why = if replaced { "another repository" } else { "There is no repository r" };
        assert!(said.contains(why) && said.contains("ng refs/heads/main"), "{way:?}: {said}");
        assert_eq!(world.tip("s").await, old);
        assert_eq!(world.yard.blobs().len(), 0, "{way:?}");
        world.end().await;
    }
}

/// Nothing stands between who is still what he was and his large push.
#[tokio::test(flavor = "multi_thread")]
async fn slow_pushes_come_in() {
    for way in [Way::Http, Way::Ssh] {
        let world = World::new(SessionLimits::default()).await;
        if way == Way::Ssh && world.ssh.is_none() {
            continue;
        }
        let (old, push) = large_push(&world).await;
        let said = world.begin(way, &push).await.end().await;
        assert!(said.contains("ok refs/heads/main"), "{way:?}: {said}");
        assert_ne!(world.tip("r").await, old);
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_user_does_not_take_all_sessions() {
    let world = World::new(SessionLimits { all: 3, of_user: 2 }).await;
    let Some(ssh) = &world.ssh else { return };
    let mut open = vec![world.session(ssh).await, world.session(ssh).await];
    let refused = async || {
        let command = world.ssh_command(ssh, "git-upload-pack '/v1/repos/r'").output();
        String::from_utf8_lossy(&command.await.unwrap().stdout).into_owned()
    };
    let said = refused().await;
    assert!(said.contains("ERR arn:aws:iam::123456789012:user/ann has 2 git sessions"), "{said}");
    // One that ends makes room.
    let mut ended = open.remove(0);
    drop(ended.stdin.take());
    ended.wait().await.unwrap();
    let said = refused().await;
    assert!(said.contains("capabilities^{}") || said.starts_with("0000"), "{said}");
    let delete = format!("{ZERO} {ZERO} refs/heads/x\0report-status");
    let delete = format!("{:04x}{delete}0000", delete.len() + 4);
    let mut last = Slow { way: Open::Ssh(open.remove(0)), rest: Vec::new() };
    last.send(delete.as_bytes()).await;
    assert!(last.end().await.contains("ng refs/heads/x"), "it was served all the while");
    world.end().await;
}

/// Over HTTP a push that is held open takes a seat as well, and git shows why another is refused.
#[tokio::test(flavor = "multi_thread")]
async fn one_user_does_not_take_all_requests() {
    let world = World::new(SessionLimits::default()).await;
    let host = world.yard.yard.url.trim_start_matches("http://").to_owned();
    let basic = BASE64.encode(format!("{}:{}", world.ann.id, world.ann.secret));
    let open = async || {
        let mut socket = TcpStream::connect(&host).await.unwrap();
        let head = format!(
            "POST /v1/repos/r/git-receive-pack HTTP/1.1\r\nHost: {host}\r\n\
             Authorization: Basic {basic}\r\nContent-Length: 1000\r\n\r\n00a4",
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        socket
    };
    let mut held = Vec::new();
    for _ in 0..32 {
        held.push(open().await);
    }
    let url = |user: &Keys| format!("http://{}:{}@{host}/v1/repos/r", user.id, user.secret);
    let git = async |user: &Keys, words: &[&str]| {
        let mut command = Command::new("git");
        command.args(words).arg(url(user)).env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        String::from_utf8_lossy(&command.output().await.unwrap().stderr).into_owned()
    };
    let why = "user/ann has 32 git requests over HTTP";
    let said = TestYard::until(Duration::from_secs(20), async || {
        let said = git(&world.ann, &["ls-remote"]).await;
        said.contains(why).then_some(said)
    })
    .await;
    assert!(said.contains("remote: arn:aws:iam::"), "{said}");
    // The later requests of a fetch and of a push are refused in git's own protocol.
    for (path, start) in [("git-upload-pack", "ERR arn"), ("git-receive-pack", "\u{3}arn")] {
        let answer = posted(&host, &basic, path).await;
        assert!(answer.contains(start) && answer.contains(why), "{path}: {answer:?}");
        assert!(
            answer.starts_with("HTTP/1.1 200") && answer.contains("retry-after: 5"),
            "{answer}"
        );
    }
    // Nobody else has to wait, and who lets go may come again.
    let statement = json!({"Effect": "Allow", "Action": "codecommit:*", "Resource": "*"});
    let policy = json!({"Version": "2012-10-17", "Statement": [statement]});
    let bob = world.yard.yard.user("bob", policy);
    assert_eq!(git(&bob, &["ls-remote"]).await, "");
    held.clear();
    TestYard::until(Duration::from_secs(20), async || {
        git(&world.ann, &["ls-remote"]).await.is_empty().then_some(())
    })
    .await;
    world.end().await;
}

/// The whole answer to an empty request.
async fn posted(host: &str, basic: &str, path: &str) -> String {
    let mut socket = TcpStream::connect(host).await.unwrap();
    let head = format!(
        "POST /v1/repos/r/{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Basic {basic}\r\n\
         Content-Length: 0\r\nConnection: close\r\n\r\n",
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}
