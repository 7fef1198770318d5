//! Sandboxes that somebody stops.

use api_developer::codebuild::*;
use service::Cx;
use wire::Error;

use super::model::load;
use super::show::shown;
use crate::builds;
use crate::phases::Context;
use crate::rooms::Rooms;

/// Asks the runner to end the sandbox and all that runs in it; one that has ended stays as it is.
pub(crate) async fn stop_sandbox(
    cx: Cx,
    input: StopSandboxInput,
) -> Result<StopSandboxOutput, Error> {
    let (scope, now) = (cx.scope(), cx.now());
    let record = cx
        .write(move |tx| {
            let mut record = load(tx, &scope, &input.id)?;
            if record.is_complete() || record.stop_requested {
                return Ok(record.into_inner());
            }
            if record.is_queued() {
                // Nobody works on it yet: it ends here.
                let context = Context::new("BUILD_STOPPED", "The sandbox was stopped in the queue");
                let stopped = BuildStatusType::Stopped;
                builds::end_in_queue(tx, record, stopped, &context, now)?;
                return Ok(load(tx, &scope, &input.id)?.into_inner());
            }
            record.stop_requested = true;
            tx.update(&scope, &record)?;
            Ok(record.into_inner())
        })
        .await?;
    Rooms::of(cx.yard()).stop(&record.id);
    Ok(StopSandboxOutput { sandbox: Some(shown(&record)) })
}
