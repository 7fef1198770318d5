//! CodeCommit beside stock `git http-backend` behind nginx, on the same history and machine.

mod floor;
mod history;
mod memory;
mod peer;
mod reading;
mod remote;
mod transport;

use std::path::Path;

pub(crate) use memory::run as memory;
pub(crate) use reading::run as reading;
pub(crate) use transport::run as transport;

use crate::yard::{Yard, runtime};

/// Commits of the large history.
const COMMITS: usize = 30_000;

/// Makes an empty repository.
fn create(yard: &Yard, name: &str) {
    runtime().block_on(async {
        let target = "CodeCommit_20150413.CreateRepository";
        let input = serde_json::json!({ "repositoryName": name });
        yard.client.json("codecommit", target, input).await.unwrap();
    });
}

/// Pushes the branch main of `source` into a new repository of the yard.
fn filled(yard: &Yard, name: &str, source: &Path) -> remote::Remote {
    create(yard, name);
    let remote = remote::Remote::of_yard(yard, name);
    remote.git(source, &["push", "--quiet", &remote.url, "HEAD:refs/heads/main"]);
    remote
}
