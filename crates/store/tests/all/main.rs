//! One binary for all tests of the store.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

extern crate codeyard_store as store;

mod contract;
mod crash;
mod model;
mod resources;
mod speed;

use store::{Options, Store};

/// A store on every backend, each with what must outlive it.
fn on_every_backend(test: impl Fn(&Store)) {
    test(&Store::memory().unwrap());
    let dir = tempfile::tempdir().unwrap();
    test(&Store::open(dir.path(), Options::default()).unwrap());
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}
