//! The phases of a batch, and how one follows the other.

use api_developer::codebuild::*;
use shape::Timestamp;

use crate::phases::Context;

/// Begins a phase.
pub(super) fn begin(batch: &mut BuildBatch, phase: BuildBatchPhaseType, at: Timestamp) {
    batch.current_phase = Some(phase.as_str().to_owned());
    batch.phases.get_or_insert_default().push(BuildBatchPhase {
        phase_type: Some(phase),
        phase_status: Some(BuildStatusType::InProgress),
        start_time: Some(at),
        ..BuildBatchPhase::default()
    });
}

/// Ends the phase under way, if one is.
pub(super) fn end(
    batch: &mut BuildBatch,
    status: BuildStatusType,
    context: Option<&Context>,
    at: Timestamp,
) {
    let phases = batch.phases.as_mut().and_then(|phases| phases.last_mut());
    let Some(phase) = phases.filter(|phase| phase.end_time.is_none()) else { return };
    phase.phase_status = Some(status);
    phase.end_time = Some(at);
    let lasted = phase.start_time.map_or(0, |start| at.since(start).max(0));
    phase.duration_in_seconds = Some(lasted / 1000);
    phase.contexts = context.map(|context| {
        vec![PhaseContext {
            status_code: Some(context.code.clone()),
            message: Some(context.message.clone()),
        }]
    });
}

/// Ends the phase under way well and begins the next.
pub(super) fn next(batch: &mut BuildBatch, phase: BuildBatchPhaseType, at: Timestamp) {
    end(batch, BuildStatusType::Succeeded, None, at);
    begin(batch, phase, at);
}

/// The phase under way.
pub(super) fn current(batch: &BuildBatch) -> Option<BuildBatchPhaseType> {
    batch.phases.as_deref().and_then(<[_]>::last)?.phase_type
}

/// Adds what is to be known of the last phase.
pub(super) fn note(batch: &mut BuildBatch, context: &Context) {
    let Some(phase) = batch.phases.as_mut().and_then(|phases| phases.last_mut()) else { return };
    phase.contexts.get_or_insert_default().push(PhaseContext {
        status_code: Some(context.code.clone()),
        message: Some(context.message.clone()),
    });
}

/// Ends the batch; its last phase says how, and is over with it.
pub(super) fn complete(
    batch: &mut BuildBatch,
    status: BuildStatusType,
    context: Option<&Context>,
    at: Timestamp,
) {
    end(batch, status, context, at);
    let last = match status {
        BuildStatusType::Succeeded => BuildBatchPhaseType::Succeeded,
        BuildStatusType::Stopped => BuildBatchPhaseType::Stopped,
        _ => BuildBatchPhaseType::Failed,
    };
    begin(batch, last, at);
    end(batch, status, None, at);
    batch.build_batch_status = Some(status);
    batch.complete = Some(true);
    batch.end_time = Some(at);
}
