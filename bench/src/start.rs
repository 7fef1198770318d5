//! How soon a yard is ready, what it holds while idle, and how long a reset takes.

use std::time::{Duration, Instant};

use crate::spread;
use crate::yard::{Yard, program, runtime};

const RUNS: usize = 15;

pub(crate) fn run() {
    // The floor: the same binary, started to do nothing.
    let floor: Vec<f64> = (0..RUNS)
        .map(|_| {
            let began = Instant::now();
            std::process::Command::new(program()).arg("--version").output().unwrap();
            began.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    println!("floor: the binary's --version, ms: {}", spread(floor));
    let ready: Vec<f64> =
        (0..RUNS).map(|_| Yard::start(&[]).ready.as_secs_f64() * 1000.0).collect();
    println!("ready with an empty data directory, ms: {} (goal 50)", spread(ready));
    let yard = Yard::start(&[]);
    std::thread::sleep(Duration::from_secs(2));
    println!("idle resident memory, MiB: {:.1} (goal 30)", yard.resident_mib());
}

pub(crate) fn reset() {
    let yard = Yard::start(&["--test-mode"]);
    let runtime = runtime();
    let times: Vec<f64> = (0..RUNS)
        .map(|run| {
            runtime.block_on(async {
                for n in 0..20 {
                    let input = serde_json::json!({"Name": format!("p{run}-{n}"), "Value": "v", "Type": "String"});
                    yard.client.json("ssm", "AmazonSSM.PutParameter", input).await.unwrap();
                }
                let began = Instant::now();
                let answer =
                    yard.client.send("", "POST", "/_codeyard/reset", &[], Vec::new()).await;
                assert_eq!(answer.unwrap().status, 200);
                began.elapsed().as_secs_f64() * 1000.0
            })
        })
        .collect();
    println!("reset in test mode, ms: {} (goal 50)", spread(times));
}
