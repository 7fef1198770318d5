//! Benchmarks of the real binary, each with a peer or a floor measured in the same run, so that the
//! ratio means something on any machine: `cargo build --release && cargo run --release -p
//! codeyard-bench [NAME…]`. Nothing here passes or fails; it prints one line for each figure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Write as _;
use std::time::Instant;

mod builds;
mod containers;
#[path = "../../crates/testkit/src/engine.rs"]
#[allow(dead_code)]
mod engine;
mod files;
mod git;
mod load;
mod peer;
mod push;
mod requests;
mod start;
mod yard;

/// Name, and what it measures.
const BENCHMARKS: &[(&str, fn())] = &[
    ("start", start::run),
    ("reset", start::reset),
    ("requests", requests::run),
    ("builds", builds::run),
    ("containers", containers::run),
    ("output", builds::output),
    ("files", files::run),
    ("build-peers", files::peers),
    ("git", git::transport),
    ("git-reading", git::reading),
    ("git-memory", git::memory),
    ("push", push::run),
];

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let known = |name: &String| BENCHMARKS.iter().any(|(known, _)| known == name);
    if let Some(unknown) = wanted.iter().find(|name| !known(name)) {
        let names: Vec<&str> = BENCHMARKS.iter().map(|(name, _)| *name).collect();
        eprintln!("no benchmark {unknown}; there are {}", names.join(", "));
        std::process::exit(2);
    }
    for (name, run) in BENCHMARKS {
        if wanted.is_empty() || wanted.iter().any(|it| it == name) {
            println!("== {name} ({})", conditions());
            run();
        }
    }
}

/// What else goes on: figures of a busy machine are not figures of the program.
fn conditions() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("unknown");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let mut file = tempfile::tempfile().unwrap();
    let syncs = (0..15).map(|_| {
        file.write_all(&[0; 4096]).unwrap();
        let began = Instant::now();
        file.sync_data().unwrap();
        began.elapsed().as_secs_f64() * 1000.0
    });
    format!("load {load} on {cores} cores; a synced write, ms: {}", spread(syncs.collect()))
}

/// Minimum, median and maximum of some figures.
pub(crate) fn spread(mut figures: Vec<f64>) -> String {
    figures.sort_by(f64::total_cmp);
    let at = |share: f64| figures[((figures.len() - 1) as f64 * share) as usize];
    format!("min {:.1}, median {:.1}, max {:.1}", at(0.0), at(0.5), at(1.0))
}

pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
