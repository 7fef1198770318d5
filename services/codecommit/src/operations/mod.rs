//! CodeCommit's table, by noun.

mod approvals;
mod branches;
mod comments;
mod contents;
mod merges;
mod own;
mod pull_requests;
mod repositories;
mod triggers;

pub use own::own_operations;

use std::sync::Arc;

use service::{Protocol, RawRoute, Service};

use crate::events::REPOSITORY_STATE_CHANGE;
use crate::{storage, transport};

/// What operations that change references announce.
const EVENTS: &[&str] = &[REPOSITORY_STATE_CHANGE];

/// `op(CALL, HANDLER)` with its right on the repository that a member names.
macro_rules! on_repository {
    ($call:ident, $handler:path) => {
        on_repository!($call, $handler, repository_name)
    };
    ($call:ident, $handler:path, $member:ident) => {
        op($call, $handler)
            .errors(errors::ALL)
            .rights(|cx, input| Ok(vec![right(cx, stringify!($call), &input.$member)?]))
    };
}

/// The same for changes of one branch, which policies can name by `codecommit:References`.
macro_rules! on_branch {
    ($call:ident, $handler:path) => {
        op($call, $handler).write().errors(errors::ALL).events(EVENTS).rights(|cx, input| {
            let (name, branch) = (&input.repository_name, &input.branch_name);
            Ok(vec![right_on_branch(cx, stringify!($call), name, branch)?])
        })
    };
}

use {on_branch, on_repository};

/// The service.
pub fn service() -> Service {
    let service = Service::new("codecommit", Protocol::Json11)
        .target("CodeCommit_20150413")
        .raw(RawRoute::new(transport::PREFIX, transport::http::handle))
        .reconciler(storage::sweeper)
        .reconciler(|yard| Arc::new(storage::Resealer::new(yard)))
        .subscriber(crate::build_status::Watcher::subscriber)
        .on_start(storage::start)
        .on_stop(storage::stop);
    let nouns: [fn(Service) -> Service; 8] = [
        repositories::rows,
        branches::rows,
        contents::rows,
        merges::rows,
        pull_requests::rows,
        approvals::rows,
        comments::rows,
        triggers::rows,
    ];
    nouns.into_iter().fold(service, |service, rows| rows(service))
}
