//! The quickstart from nothing to live, and what of it are the application's own commands.

use std::process::Command;
use std::time::Instant;

use crate::yard::program;

pub(crate) fn run() {
    let dir = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let output = Command::new(program())
        .args(["quickstart", "--exit", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(dir.path())
        .output()
        .unwrap();
    let whole = began.elapsed().as_secs_f64();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let stages: f64 = text
        .lines()
        .filter(|line| line.starts_with("  ok ") && line.contains(" · "))
        .filter_map(|line| line.rsplit_once('(')?.1.strip_suffix(" s)")?.parse::<f64>().ok())
        .sum();
    // Phases of the build and events of the hosts in which the sample's own commands run.
    const OWN: &[&str] = &["INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD"];
    const OWN_EVENTS: &[&str] = &["ApplicationStop", "ApplicationStart", "ValidateService"];
    let own: f64 = text
        .lines()
        .filter(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words.first().is_some_and(|it| OWN.contains(it))
                || words.get(1).is_some_and(|it| OWN_EVENTS.contains(it))
        })
        .filter_map(|line| line.rsplit_once('(')?.1.strip_suffix(" s)")?.parse::<f64>().ok())
        .sum();
    println!("from nothing to live, start of the yard and set-up included: {whole:.2} s");
    println!("the pipeline's actions: {stages:.2} s; the application's own commands: {own:.2} s");
    println!("push to live beyond them: {:.2} s (goal 3)", stages - own);
    let removed = Command::new(program())
        .args(["quickstart", "--remove", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(dir.path())
        .output()
        .unwrap();
    assert!(removed.status.success(), "{}", String::from_utf8_lossy(&removed.stderr));
}
