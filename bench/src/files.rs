//! Artifacts and caches of many files, beside `tar | zstd` over the same files.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use client::Client;
use serde_json::{Value, json};

use crate::builds::{call, finish, prepare, start};
use crate::yard::{Yard, runtime};
use crate::{median, spread};

const FILES: usize = 10_000;
const ROUNDS: usize = 5;
/// Makes the files in a folder: 2.4 KB of text each, in folders of a hundred.
const MAKE: &str = r#"python3 -c 'import hashlib, os
for i in range(10000):
    os.makedirs("many/%d" % (i // 100), exist_ok=True)
    sums = (hashlib.md5(b"%d-%d" % (i, j)).hexdigest() for j in range(40))
    text = "".join("line %d of file %d: %s\n" % (j, i, sum) for j, sum in enumerate(sums))
    open("many/%d/%d.txt" % (i // 100, i), "w").write(text)'"#;

pub(crate) fn run() {
    let dir = tempfile::tempdir().unwrap();
    shell(dir.path(), MAKE);
    let many = dir.path().join("many");
    let (pack, unpack) = peer(dir.path());
    println!("{FILES} files, {:.0} MB; tar | zstd, s: {}", size(&many) / 1e6, spread(pack.clone()));
    println!("  zstd -d | tar, s: {}", spread(unpack.clone()));
    let yard = Yard::start(&["--build-slots", "2"]);
    runtime().block_on(async {
        let client = &yard.client;
        prepare(client).await;
        client.s3("PUT", "/bench", &[], Vec::new()).await.unwrap();
        let spec = buildspec(MAKE, "artifacts:\n  files: ['many/**/*']\n");
        for packaging in ["ZIP", "NONE"] {
            let artifacts = json!({"type": "S3", "location": "bench", "name": packaging, "packaging": packaging});
            let times = times(client, &spec, "artifactsOverride", &artifacts, "UPLOAD_ARTIFACTS").await;
            tell(&format!("artifacts, {packaging}: upload"), times, &pack);
        }
        for cache in [
            json!({"type": "S3", "location": "bench/cache"}),
            json!({"type": "LOCAL", "modes": ["LOCAL_CUSTOM_CACHE"]}),
        ] {
            let kind = cache["type"].as_str().unwrap().to_owned();
            let spec = buildspec(MAKE, "cache:\n  action: save\n  paths: ['many/**/*']\n");
            let saved = times(client, &spec, "cacheOverride", &cache, "UPLOAD_ARTIFACTS").await;
            tell(&format!("cache, {kind}: save"), saved, &pack);
            let spec = buildspec(
                "[ $(find many -type f | wc -l) = 10000 ]",
                "cache:\n  action: restore\n  paths: ['many/**/*']\n",
            );
            let found = times(client, &spec, "cacheOverride", &cache, "DOWNLOAD_SOURCE").await;
            tell(&format!("cache, {kind}: restore (and the sandbox's start)"), found, &unpack);
        }
    });
}

fn buildspec(command: &str, more: &str) -> String {
    let command = serde_json::to_string(command).unwrap();
    format!("version: 0.2\nphases:\n  build:\n    commands: [{command}]\n{more}")
}

fn tell(what: &str, times: Vec<f64>, peer: &[f64]) {
    let ratio = median(times.clone()) / median(peer.to_vec());
    println!("{what}, s: {}; ratio {ratio:.2} (goal 1.3)", spread(times));
}

/// Seconds that a phase took, in some builds.
async fn times(client: &Client, spec: &str, member: &str, value: &Value, phase: &str) -> Vec<f64> {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let mut input = json!({"projectName": "bench", "buildspecOverride": spec});
        input[member] = value.clone();
        let answer = call(client, "StartBuild", input).await;
        let id = answer["build"]["id"].as_str().unwrap();
        let build = finish(client, id, Duration::from_millis(5)).await;
        let phases = build["phases"].as_array().unwrap();
        let found = phases.iter().find(|it| it["phaseType"] == phase).unwrap();
        let at = |name: &str| found[name].as_f64().unwrap();
        times.push(at("endTime") - at("startTime"));
    }
    times
}

/// Packing and unpacking, in seconds.
fn peer(dir: &Path) -> (Vec<f64>, Vec<f64>) {
    let (mut pack, mut unpack) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        pack.push(shell(dir, "tar -cf - many | zstd -q -f -o packed.tar.zst"));
        let to =
            format!("mkdir out{round} && zstd -q -d -c packed.tar.zst | tar -xf - -C out{round}");
        unpack.push(shell(dir, &to));
    }
    (pack, unpack)
}

fn shell(dir: &Path, command: &str) -> f64 {
    let began = Instant::now();
    let mut shell = Command::new("bash");
    let shell = shell.args(["-o", "pipefail", "-c", command]).current_dir(dir);
    assert!(shell.stdin(Stdio::null()).status().unwrap().success(), "{command}");
    began.elapsed().as_secs_f64()
}

fn size(path: &Path) -> f64 {
    let entries = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| match entry.metadata().unwrap() {
            found if found.is_dir() => size(&entry.path()),
            found => found.len() as f64,
        })
        .sum()
}

/// gitlab-ci-local, which runs a pipeline's jobs on this machine: a job of four commands.
pub(crate) fn peers() {
    // Later ones, up to 4.75.1, end at their start with Node.js 20: "kW.union is not a function".
    const PIN: &str = "gitlab-ci-local@4.73.0";
    for needed in ["npm", "rsync"] {
        let there = Command::new(needed).arg("--version").stdout(Stdio::null()).status();
        if !there.is_ok_and(|status| status.success()) {
            println!("gitlab-ci-local: skipped, {needed} is not here");
            return;
        }
    }
    let to = std::env::current_exe().unwrap().parent().unwrap().join("../bench-npm").join(PIN);
    let program = to.join("node_modules/.bin/gitlab-ci-local");
    if !program.exists() {
        std::fs::create_dir_all(&to).unwrap();
        let install = Command::new("npm")
            .args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"])
            .arg(&to)
            .arg(PIN)
            .status();
        if !install.is_ok_and(|status| status.success()) {
            println!("gitlab-ci-local: skipped, npm can't install it");
            return;
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let job =
        "job:\n  before_script: ['true']\n  script: ['true', 'true']\n  after_script: ['true']\n";
    std::fs::write(dir.path().join(".gitlab-ci.yml"), job).unwrap();
    let make = "git init -q . && git add . && git -c user.name=b -c user.email=b@b commit -qm b && git remote add origin https://localhost/b/b.git";
    shell(dir.path(), make);
    let peer: Vec<f64> = (0..10)
        .map(|_| {
            let began = Instant::now();
            let ran = Command::new(&program)
                .arg("--force-shell-executor")
                .current_dir(dir.path())
                .stdin(Stdio::null())
                .output()
                .unwrap();
            assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
            began.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    let yard = Yard::start(&["--build-slots", "2"]);
    let times = runtime().block_on(async {
        prepare(&yard.client).await;
        let mut times = Vec::new();
        for _ in 0..10 {
            let began = Instant::now();
            let id = start(&yard.client, None).await;
            finish(&yard.client, &id, Duration::from_millis(2)).await;
            times.push(began.elapsed().as_secs_f64() * 1000.0);
        }
        times
    });
    println!("trivial four-phase build, ms: {}", spread(times.clone()));
    println!("  {PIN}, ms: {}, ratio {:.3}", spread(peer.clone()), median(times) / median(peer));
}
