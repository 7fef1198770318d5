//! Builds through the API: one trivial build, many on two slots; and a million lines of output.

use std::process::Command;
use std::time::{Duration, Instant};

use client::Client;
use serde_json::{Value, json};

use crate::yard::{Yard, runtime};
use crate::{median, spread};

const TRIVIAL: &str = "version: 0.2\nphases:\n  install:\n    commands: ['true']\n  pre_build:\n    commands: ['true']\n  build:\n    commands: ['true']\n  post_build:\n    commands: ['true']\n";
const MILLION: &str = "version: 0.2\nphases:\n  build:\n    commands:\n      - yes 0123456789012345678901234567890123456789012345678901234567890 | head -n 1000000\n";
const MANY: usize = 200;

/// One trivial build, and many on two slots.
pub(crate) fn run() {
    let yard = Yard::start(&["--build-slots", "2"]);
    runtime().block_on(async {
        prepare(&yard.client).await;
        one(&yard.client).await;
        many(&yard).await;
    });
}

/// A build that prints a million lines.
pub(crate) fn output() {
    let yard = Yard::start(&["--build-slots", "2"]);
    runtime().block_on(async {
        prepare(&yard.client).await;
        million(&yard.client, &yard).await;
    });
}

pub(crate) async fn call(client: &Client, operation: &str, input: Value) -> Value {
    client.json("codebuild", &format!("CodeBuild_20161006.{operation}"), input).await.unwrap()
}

pub(crate) async fn prepare(client: &Client) {
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "codebuild.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    let parameters = [("RoleName", "build"), ("AssumeRolePolicyDocument", &trust.to_string())];
    let made = client.query("iam", "2010-05-08", "CreateRole", &parameters).await.unwrap();
    let arn = made.child("Role").and_then(|role| role.child("Arn")).unwrap().text.clone();
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["logs:*", "s3:*"], "Resource": "*"}]});
    let parameters =
        [("RoleName", "build"), ("PolicyName", "p"), ("PolicyDocument", &policy.to_string())];
    client.query("iam", "2010-05-08", "PutRolePolicy", &parameters).await.unwrap();
    let project = json!({
        "name": "bench",
        "source": {"type": "NO_SOURCE", "buildspec": TRIVIAL},
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": {"type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0",
                        "computeType": "BUILD_GENERAL1_SMALL"},
        "serviceRole": arn,
    });
    call(client, "CreateProject", project).await;
}

pub(crate) async fn start(client: &Client, buildspec: Option<&str>) -> String {
    let mut input = json!({"projectName": "bench"});
    if let Some(buildspec) = buildspec {
        input["buildspecOverride"] = json!(buildspec);
    }
    call(client, "StartBuild", input).await["build"]["id"].as_str().unwrap().to_owned()
}

/// Waits until the build is complete and has succeeded.
pub(crate) async fn finish(client: &Client, id: &str, tick: Duration) -> Value {
    loop {
        let found = call(client, "BatchGetBuilds", json!({"ids": [id]})).await;
        let build = &found["builds"][0];
        if build["buildComplete"] == true {
            assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");
            return build.clone();
        }
        tokio::time::sleep(tick).await;
    }
}

async fn one(client: &Client) {
    let floor: Vec<f64> = (0..20)
        .map(|_| {
            let began = Instant::now();
            for _ in 0..4 {
                Command::new("bash").args(["-c", "true"]).status().unwrap();
            }
            began.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    let mut times = Vec::new();
    for _ in 0..20 {
        let began = Instant::now();
        let id = start(client, None).await;
        finish(client, &id, Duration::from_millis(2)).await;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    let floor = median(floor);
    println!("trivial four-phase build, ms: {} (goal 50)", spread(times.clone()));
    println!("  floor: bash started four times {floor:.1} ms, ratio {:.1}", median(times) / floor);
}

async fn many(yard: &Yard) {
    let client = &yard.client;
    let (before, own) = (yard.cpu_seconds(), own_cpu_seconds());
    let began = Instant::now();
    let mut ids = Vec::new();
    for _ in 0..MANY {
        ids.push(start(client, None).await);
    }
    for id in &ids {
        finish(client, id, Duration::from_millis(20)).await;
    }
    let minutes = began.elapsed().as_secs_f64() / 60.0;
    println!(
        "{MANY} trivial builds on two slots: {:.0} a minute (goal 3000)",
        MANY as f64 / minutes
    );
    // What the last builds left is still being removed.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let each = |seconds: f64| seconds * 1000.0 / MANY as f64;
    if let (Some(after), Some(before)) = (yard.cpu_seconds(), before) {
        println!(
            "  CPU for each, ms: yard and sandboxes {:.1}, this client {:.1}",
            each(after - before),
            each(own_cpu_seconds() - own),
        );
    }
}

/// CPU time of this process.
fn own_cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    // The name, in parentheses, may have blanks; user and system time are fields 14 and 15.
    let fields = stat.rsplit_once(')').unwrap().1.split_ascii_whitespace().skip(11).take(2);
    fields.map(|field| field.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}

async fn million(client: &Client, yard: &Yard) {
    let began = Instant::now();
    Command::new("bash")
        .args(["-c", "yes 0123456789012345678901234567890123456789012345678901234567890 | head -n 1000000 | cat > /dev/null"])
        .status()
        .unwrap();
    let floor = began.elapsed().as_secs_f64();
    let before = yard.peak_mib();
    let began = Instant::now();
    let id = start(client, Some(MILLION)).await;
    let build = finish(client, &id, Duration::from_millis(2)).await;
    let took = began.elapsed().as_secs_f64();
    println!(
        "a million lines (62 MB): {took:.2} s (goal 1), plain pipe {floor:.2} s, ratio {:.1}; peak memory {before:.0} → {:.0} MiB",
        took / floor,
        yard.peak_mib()
    );
    let logs = &build["logs"];
    let input = json!({"logGroupName": logs["groupName"], "logStreamNames": [logs["streamName"]]});
    let found = client.json("logs", "Logs_20140328.FilterLogEvents", input).await.unwrap();
    assert!(!found["events"].as_array().unwrap().is_empty(), "the log is there");
}
