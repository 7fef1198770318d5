//! Builds in containers of an engine that is started for them.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use client::Client;
use serde_json::json;

use crate::builds::{call, finish, prepare};
use crate::engine::{IMAGE, TestEngine};
use crate::yard::{Yard, runtime};
use crate::{median, spread};

/// One trivial build.
pub(crate) fn run() {
    let engine = match TestEngine::start() {
        Ok(engine) => engine,
        Err(why) => return println!("skipped: {why}"),
    };
    let yard = Yard::start(&["--docker-host", &engine.address()]);
    let floor: Vec<f64> = (0..20).map(|_| floor(&engine)).collect();
    runtime().block_on(async {
        prepare(&yard.client).await;
        one(&yard.client, median(floor)).await;
    });
}

/// What the engine's own client takes for a container that does nothing.
fn floor(engine: &TestEngine) -> f64 {
    let began = Instant::now();
    let done = Command::new("docker")
        .args(["-H", &engine.address(), "run", "--rm", "--network=host", IMAGE, "true"])
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(done.success());
    began.elapsed().as_secs_f64() * 1000.0
}

async fn one(client: &Client, floor: f64) {
    let mut times = Vec::new();
    for _ in 0..20 {
        let began = Instant::now();
        let input = json!({ "projectName": "bench", "imageOverride": IMAGE });
        let started = call(client, "StartBuild", input).await;
        let id = started["build"]["id"].as_str().unwrap();
        finish(client, id, Duration::from_millis(2)).await;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    println!("trivial four-phase build in a container, ms: {} (goal 350)", spread(times.clone()));
    println!("  docker run --rm IMAGE true: {floor:.1} ms, ratio {:.1}", median(times) / floor);
}
