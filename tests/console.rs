//! The console: its unit tests, and its stories in a real Chromium against the real binary, with
//! pages built from the sources as they are.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::Command;

fn console() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../console")
}

/// Whether a program is there and can be run.
fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|done| done.status.success())
}

fn run(what: &str, command: &mut Command) {
    let status = command.current_dir(console()).status();
    assert!(status.as_ref().is_ok_and(|status| status.success()), "{what} failed: {status:?}");
}

#[test]
fn pages_build_and_work_in_a_browser() {
    if !is_there("node") || !is_there("npm") {
        return testkit::engine::skipped("Node.js and npm are not installed");
    }
    let pages = Path::new(env!("CARGO_TARGET_TMPDIR")).join("console");
    run("console/build", Command::new("./build").env("CONSOLE_DIST", &pages));
    if !pages.join("index.html.gz").exists() {
        return testkit::engine::skipped("this Node.js is too old for the console's build");
    }
    run("the console's unit tests", Command::new("npm").args(["run", "--silent", "test"]));
    // It says SKIPPED itself where there is no Chromium.
    run(
        "the console's stories",
        Command::new("e2e/run")
            .env("CONSOLE_DIST", &pages)
            .env("CODEYARD", env!("CARGO_BIN_EXE_codeyard")),
    );
}
