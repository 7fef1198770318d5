//! CodeBuild's table, a file for each noun.

mod batches;
mod builds;
mod fleets;
mod images;
mod projects;
mod reports;
mod sandboxes;
mod sharing;
mod source_credentials;
mod webhooks;

use api_developer::codebuild::Tag;
pub use reports::own_service;
use service::{Error, Protocol, RawRoute, Right, Service};

use crate::events::{PHASE_CHANGE, STATE_CHANGE};
use crate::{batches as batch_builds, credentials, errors, queue, rooms, run};

/// What a build announces.
const EVENTS: &[&str] = &[STATE_CHANGE, PHASE_CHANGE];
/// Who a service role must trust.
const PRINCIPAL: &str = "codebuild.amazonaws.com";

/// The service.
pub fn service() -> Service {
    let service = Service::new("codebuild", Protocol::Json11)
        .target("CodeBuild_20161006")
        .validation(errors::INVALID_INPUT)
        .raw(RawRoute::new(credentials::PREFIX, credentials::handle))
        .reconciler(run::reconciler)
        .reconciler(queue::reconciler)
        .reconciler(batch_builds::reconciler)
        .on_start(rooms::sweep);
    [
        projects::rows,
        builds::rows,
        batches::rows,
        reports::rows,
        source_credentials::rows,
        webhooks::rows,
        sandboxes::rows,
        fleets::rows,
        sharing::rows,
        images::rows,
    ]
    .into_iter()
    .fold(service, |service, rows| rows(service))
}

fn on_all(
    names: &[String],
    right: impl Fn(&String) -> Result<Right, Error>,
) -> Result<Vec<Right>, Error> {
    let mut rights: Vec<Right> = names.iter().map(right).collect::<Result<_, _>>()?;
    // Many builds of one project need its right once.
    rights.dedup_by(|a, b| a.resource == b.resource);
    Ok(rights)
}

fn with_tags(right: Right, tags: &[Tag]) -> Right {
    if tags.is_empty() {
        return right;
    }
    let keys = tags.iter().filter_map(|tag| tag.key.clone()).collect();
    tags.iter().fold(right.with_values("aws:TagKeys", keys), |right, tag| {
        match (&tag.key, &tag.value) {
            (Some(key), Some(value)) => right.with(format!("aws:RequestTag/{key}"), value.clone()),
            _ => right,
        }
    })
}
