//! Cloning a large repository, beside stock `git http-backend` on the same objects.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use serde_json::json;

use crate::yard::{Yard, runtime};
use crate::{median, spread};

const COMMITS: usize = 5_000;
const FILES: usize = 200;
const RUNS: usize = 5;

pub(crate) fn run() {
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("source");
    history(&source);
    let bare = dir.path().join("www").join("repo.git");
    std::fs::create_dir_all(bare.parent().unwrap()).unwrap();
    git(dir.path(), &["clone", "--quiet", "--bare", "source", bare.to_str().unwrap()]);
    git(&bare, &["config", "http.receivepack", "false"]);
    let backend = Backend::start(&dir.path().join("www"));

    let yard = Yard::start(&[]);
    let keys = yard.client.keys.clone().unwrap();
    runtime().block_on(async {
        let target = "CodeCommit_20150413.CreateRepository";
        let input = json!({"repositoryName": "large"});
        yard.client.json("codecommit", target, input).await.unwrap();
    });
    let url = format!("{}/v1/repos/large", yard.client.url);
    let began = Instant::now();
    authenticated(&yard, &keys, &source, &["push", "--quiet", &url, "HEAD:refs/heads/main"]);
    println!("push of the whole history: {:.2} s", began.elapsed().as_secs_f64());

    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    for run in 0..RUNS {
        let into = dir.path().join(format!("ours-{run}"));
        let began = Instant::now();
        authenticated(
            &yard,
            &keys,
            dir.path(),
            &["clone", "--quiet", &url, into.to_str().unwrap()],
        );
        ours.push(began.elapsed().as_secs_f64() * 1000.0);
        let into = dir.path().join(format!("theirs-{run}"));
        let began = Instant::now();
        git(dir.path(), &["clone", "--quiet", &backend.url, into.to_str().unwrap()]);
        theirs.push(began.elapsed().as_secs_f64() * 1000.0);
        assert!(into.join("d0").exists(), "both clones have files");
    }
    println!("clone, ms: {}", spread(ours.clone()));
    println!("  git http-backend, ms: {}", spread(theirs.clone()));
    println!("  ratio {:.2} (goal 1.1); {COMMITS} commits", median(ours) / median(theirs));
}

/// A history of many small commits, by fast-import.
fn history(dir: &Path) {
    use std::io::Write as _;
    std::fs::create_dir_all(dir).unwrap();
    git(dir, &["init", "--quiet", "--initial-branch", "main"]);
    let mut child = Command::new("git")
        .current_dir(dir)
        .args(["fast-import", "--quiet"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = std::io::BufWriter::new(child.stdin.take().unwrap());
    for commit in 0..COMMITS {
        let text = format!("line {commit}\n").repeat(40 + commit % 60);
        let file = commit % FILES;
        writeln!(out, "commit refs/heads/main").unwrap();
        writeln!(out, "committer A <a@localhost> {} +0000", 1_700_000_000 + commit).unwrap();
        writeln!(out, "data 7\nchange").unwrap();
        writeln!(out, "\nM 100644 inline d{}/f{file}.txt", file % 10).unwrap();
        writeln!(out, "data {}\n{text}", text.len()).unwrap();
    }
    drop(out);
    assert!(child.wait().unwrap().success());
    git(dir, &["repack", "-adq"]);
}

fn git(dir: &Path, arguments: &[&str]) {
    let done = Command::new("git").current_dir(dir).args(arguments).status().unwrap();
    assert!(done.success(), "git {arguments:?}");
}

/// Git signed in as root by a password made as the AWS CLI's credential helper makes it.
fn authenticated(yard: &Yard, keys: &client::Keys, dir: &Path, arguments: &[&str]) {
    use types::Clock as _;
    let host = yard.client.url.trim_start_matches("http://");
    let now = types::SystemClock.now();
    let password =
        auth::sigv4::git::password(host, "/v1/repos/large", &keys.secret, "us-east-1", now);
    let done = Command::new("git")
        .current_dir(dir)
        .args(["-c", "credential.helper=!f() { echo username=$BENCH_USER; echo password=$BENCH_PASSWORD; }; f"])
        .args(arguments)
        .env("BENCH_USER", &keys.id)
        .env("BENCH_PASSWORD", password)
        .status()
        .unwrap();
    assert!(done.success(), "git {arguments:?}");
}

/// `git http-backend` behind as little of a server as CGI needs.
struct Backend {
    child: Child,
    url: String,
}

impl Backend {
    fn start(www: &Path) -> Self {
        let port = {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let child = Command::new("python3")
            .current_dir(www)
            .args(["-c", include_str!("http_backend.py"), &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let host = format!("127.0.0.1:{port}");
        while std::net::TcpStream::connect(&host).is_err() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Self { child, url: format!("http://{host}/repo.git") }
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
