//! GetFile, GetFolder and GetDifferences on a short and on a long history: the floor is the short
//! one, since none of them should depend on how much came before.

use std::time::Instant;

use serde_json::{Value, json};

use super::{COMMITS, filled, history};
use crate::yard::{Yard, runtime};
use crate::{median, spread};

const ASKED: usize = 200;
const SHORT: usize = 3_000;

pub(crate) fn run() {
    let dir = tempfile::tempdir().unwrap();
    let yard = Yard::start(&[]);
    let mut medians = Vec::new();
    for (name, commits) in [("short", SHORT), ("long", COMMITS)] {
        let source = dir.path().join(name);
        history::make(&source, commits);
        filled(&yard, name, &source);
        println!("{commits} commits:");
        medians.push(operations(&yard, name, &source));
    }
    for (at, what) in ["GetFile", "GetFolder", "GetDifferences"].iter().enumerate() {
        println!("{what}, long over short: {:.2}", medians[1][at] / medians[0][at]);
    }
}

fn operations(yard: &Yard, name: &str, source: &std::path::Path) -> Vec<f64> {
    let parent = std::process::Command::new("git")
        .current_dir(source)
        .args(["rev-parse", "HEAD~20"])
        .output()
        .unwrap();
    let parent = String::from_utf8(parent.stdout).unwrap();
    let asked: [(&str, Value); 3] = [
        ("GetFile", json!({"repositoryName": name, "filePath": "d0/f0.txt"})),
        ("GetFolder", json!({"repositoryName": name, "folderPath": "d7"})),
        (
            "GetDifferences",
            json!({
                "repositoryName": name, "beforeCommitSpecifier": parent.trim(),
                "afterCommitSpecifier": "main",
            }),
        ),
    ];
    asked.into_iter().map(|(operation, input)| time(yard, operation, &input)).collect()
}

fn time(yard: &Yard, operation: &str, input: &Value) -> f64 {
    let target = format!("CodeCommit_20150413.{operation}");
    let figures: Vec<f64> = runtime().block_on(async {
        let mut figures = Vec::new();
        for _ in 0..ASKED {
            let began = Instant::now();
            yard.client.json("codecommit", &target, input.clone()).await.unwrap();
            figures.push(began.elapsed().as_secs_f64() * 1000.0);
        }
        figures
    });
    println!("{operation} one by one, ms (goal 10 at p50): {}", spread(figures.clone()));
    median(figures)
}
