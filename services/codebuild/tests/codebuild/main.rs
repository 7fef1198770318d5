//! CodeBuild, for real: requests through a gateway, builds in sandboxes.
//!
//! This binary is also the supervisor of the sandboxes that it starts, so it has a main of its
//! own: with a name it runs the tests whose names contain it.
// Helpers of tests are tests too, which clippy.toml can't know.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod batch_outputs;
mod batches;
mod builds;
mod buildspecs;
mod caches;
mod connections;
mod containers;
mod ecr_images;
mod harness;
mod host;
mod hostile;
mod outputs;
mod private_images;
mod projects;
mod public;
mod queue;
mod reports;
mod repositories;
mod repository_events;
mod restarts;
mod sandboxes;
mod secrets;
mod sessions;
mod storage;
mod webhooks;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

fn main() {
    let args: Vec<std::ffi::OsString> = std::env::args_os().skip(1).collect();
    if args.first().is_some_and(|first| first == sandbox::SUPERVISOR_ARGUMENT) {
        sandbox::supervisor_main(args.into_iter().skip(1));
    }
    if args.first().is_some_and(|first| first == restarts::PLAY_YARD) {
        restarts::play_yard(&args[1], &args[2]);
        return;
    }
    let words = args.iter().filter_map(|arg| arg.to_str()).filter(|arg| !arg.starts_with('-'));
    let wanted: Vec<&str> = words.collect();
    let all = [
        projects::TESTS,
        builds::TESTS,
        buildspecs::TESTS,
        batches::TESTS,
        batch_outputs::TESTS,
        queue::TESTS,
        storage::TESTS,
        outputs::TESTS,
        caches::TESTS,
        connections::TESTS,
        containers::TESTS,
        ecr_images::TESTS,
        private_images::TESTS,
        reports::TESTS,
        repositories::TESTS,
        repository_events::TESTS,
        public::TESTS,
        webhooks::events::TESTS,
        webhooks::jobs::TESTS,
        webhooks::managing::TESTS,
        webhooks::payloads::TESTS,
        restarts::TESTS,
        sandboxes::TESTS,
        secrets::TESTS,
        sessions::TESTS,
        hostile::TESTS,
    ]
    .concat();
    let chosen = all
        .iter()
        .filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|word| name.contains(word)));
    let (mut passed, mut failed) = (0, Vec::new());
    for (name, test) in chosen {
        let began = Instant::now();
        match catch_unwind(AssertUnwindSafe(test)) {
            Ok(()) => {
                println!("test {name} ... ok ({:?})", began.elapsed());
                passed += 1;
            }
            Err(_) => {
                println!("test {name} ... FAILED");
                failed.push(*name);
            }
        }
    }
    println!("\ntest result: {passed} passed; {} failed {failed:?}", failed.len());
    std::process::exit(i32::from(!failed.is_empty()));
}
