//! The web console within the yard: its files, at `/console/`, and the stream by which its pages
//! learn that something changed.
//!
//! The console itself is in `console/` at the top of the repository, and one more API client: it
//! signs what it sends with a session's credentials, so that IAM decides what a user sees and does.
//! This crate gives it no rights of its own. Its files are no secret: anybody may fetch them.

mod changes;
mod files;
mod watched;

use service::{Protocol, RawRoute, Service, op};

pub use changes::{WatchChanges, WatchChangesOutput};

/// The console's files and its stream.
pub fn service() -> Service {
    Service::new("codeyard-console", Protocol::RestJson)
        .operation(
            // What it tells is authorized for each change.
            op(WatchChanges, changes::watch)
                .always_allowed()
                .data_event()
                .route("POST /_console/changes"),
        )
        .subscriber(changes::subscriber)
        .raw(RawRoute::new(files::ROOT, files::handle).when(files::is_for_the_console))
}
