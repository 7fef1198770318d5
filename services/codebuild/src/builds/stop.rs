//! Builds that somebody stops, or that end before they have begun.

use api_developer::codebuild::*;
use service::Cx;
use shape::Timestamp;
use store::{Stored, WriteTx};
use wire::Error;

use super::load;
use crate::model::{self, BuildRecord};
use crate::phases::Context;
use crate::rooms::Rooms;
use crate::{events, phases, queue};

pub(crate) async fn stop_build(cx: Cx, input: StopBuildInput) -> Result<StopBuildOutput, Error> {
    let (scope, now) = (cx.scope(), cx.now());
    let id = model::build_id(&cx.scope(), &input.id).to_owned();
    let key = id.clone();
    let build = cx
        .write(move |tx| {
            let mut record = load(tx, &scope, &id)?;
            if record.is_complete() || record.stop_requested {
                return Ok(record.into_inner().build);
            }
            if record.is_queued() {
                // Nobody works on it yet: it ends here.
                let context = Context::new("BUILD_STOPPED", "The build was stopped in the queue");
                return end_in_queue(tx, record, BuildStatusType::Stopped, &context, now);
            }
            record.stop_requested = true;
            tx.update(&scope, &record)?;
            Ok(record.into_inner().build)
        })
        .await?;
    Rooms::of(cx.yard()).stop(&key);
    Ok(StopBuildOutput { build: Some(build) })
}

/// Ends a build that has never left the queue.
pub(crate) fn end_in_queue(
    tx: &mut WriteTx<'_>,
    mut record: Stored<BuildRecord>,
    status: BuildStatusType,
    context: &Context,
    now: Timestamp,
) -> Result<Build, Error> {
    let scope = record.scope.clone();
    let is_sandbox = record.sandbox.is_some();
    let build = &mut record.build;
    let ended = phases::end(build, status, Some(context), now);
    phases::complete(build, status, now);
    // Of sandboxes nothing is announced.
    if !is_sandbox {
        for event in events::phase_changes(&scope, build, ended.as_slice(), now) {
            tx.emit(event)?;
        }
    }
    queue::leave(tx, &scope, &record)?;
    super::ended(tx, &scope, &record, now)?;
    tx.update(&scope, &record)?;
    Ok(record.into_inner().build)
}
