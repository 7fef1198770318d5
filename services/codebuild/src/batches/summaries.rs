//! What a batch shows of its builds.

use api_developer::codebuild::*;
use store::ReadTx;
use types::{Scope, Timestamp};

use super::look::{build_of, state};
use super::model::BatchRecord;
use super::plan::State;
use crate::model::BuildRecord;
use crate::phases::Context;

/// Brings the groups' summaries up to their builds.
pub(super) fn renew_summaries(
    tx: &ReadTx<'_>,
    scope: &Scope,
    record: &mut BatchRecord,
) -> Result<(), store::StoreError> {
    for group in record.batch.build_groups.iter_mut().flatten() {
        let State::Ended(status) = state(tx, scope, group)? else { continue };
        let Some(summary) = &mut group.current_build_summary else { continue };
        let build = build_of(tx, scope, summary.arn.as_deref().unwrap_or_default())?;
        summary.build_status = Some(status);
        if let Some(build) = build {
            summary.primary_artifact = Some(primary(&build));
            let secondary = build.build.secondary_artifacts.iter().flatten();
            summary.secondary_artifacts = Some(
                secondary
                    .map(|it| ResolvedArtifact {
                        kind: Some(ArtifactsType::S3),
                        location: it.location.clone(),
                        identifier: it.artifact_identifier.clone(),
                    })
                    .collect(),
            );
        }
    }
    Ok(())
}

fn primary(build: &BuildRecord) -> ResolvedArtifact {
    let kind = build.artifacts.kind;
    let location = build.build.artifacts.as_ref().and_then(|it| it.location.clone());
    ResolvedArtifact {
        kind: Some(kind),
        location: location.filter(|_| kind != ArtifactsType::NoArtifacts),
        identifier: build.part.as_ref().map(|part| part.identifier.clone()),
    }
}

/// The summary of a build that has just been queued.
pub(super) fn begun(build: &Build, now: Timestamp) -> BuildSummary {
    BuildSummary {
        arn: build.arn.clone(),
        requested_on: Some(now),
        build_status: Some(BuildStatusType::InProgress),
        ..BuildSummary::default()
    }
}

/// Why a build failed: the context of its first phase that did.
pub(super) fn failure(build: &BuildRecord) -> Context {
    let phases = build.build.phases.iter().flatten();
    let mut failed = phases.filter(|phase| {
        phase.phase_status.is_some_and(|status| status != BuildStatusType::Succeeded)
    });
    let context = failed.next().and_then(|phase| phase.contexts.as_ref()?.first());
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    Context::new(
        text(context.and_then(|it| it.status_code.as_ref())),
        text(context.and_then(|it| it.message.as_ref())),
    )
}
