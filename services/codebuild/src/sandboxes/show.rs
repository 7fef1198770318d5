//! Sandboxes told and listed.

use api_developer::codebuild::*;
use service::Cx;
use wire::Error;

use super::model::{BY_PROJECT, BY_TIME, EVERY, KEY_PREFIX, find};
use crate::listing::{self, Wanted};
use crate::model::{self, BuildRecord, ProjectRecord};

/// The phase in which commands run, where a build has four.
const RUN_SANDBOX: &str = "RUN_SANDBOX";

/// The sandbox as callers see it.
pub(super) fn shown(record: &BuildRecord) -> Sandbox {
    let build = &record.build;
    let part = record.sandbox.clone().unwrap_or_default();
    let phase = build.current_phase.as_deref().map(phase_name).unwrap_or_default();
    let status = match build.build_status {
        Some(BuildStatusType::InProgress) if record.stop_requested => "STOPPING",
        Some(BuildStatusType::InProgress) | None => phase,
        Some(BuildStatusType::Failed) => "FAILED",
        Some(BuildStatusType::Fault) => "FAULT",
        // Its time is over or somebody stopped it: in the guide's samples both are this.
        Some(_) => "STOPPED",
    };
    Sandbox {
        id: Some(record.id.clone()),
        arn: build.arn.clone(),
        project_name: Some(record.project().to_owned()),
        request_time: build.start_time,
        start_time: record.taken_at,
        end_time: build.end_time,
        status: Some(status.to_owned()),
        source: Some(part.source),
        source_version: build.source_version.clone(),
        secondary_sources: build.secondary_sources.clone(),
        secondary_source_versions: build.secondary_source_versions.clone(),
        environment: build.environment.clone(),
        file_system_locations: build.file_system_locations.clone(),
        timeout_in_minutes: build.timeout_in_minutes,
        queued_timeout_in_minutes: build.queued_timeout_in_minutes,
        vpc_config: build.vpc_config.clone(),
        log_config: part.log_config,
        encryption_key: build.encryption_key.clone(),
        service_role: build.service_role.clone(),
        current_session: Some(SandboxSession {
            id: Some(part.session),
            status: Some(status.to_owned()),
            start_time: build.start_time,
            end_time: build.end_time,
            current_phase: Some(phase.to_owned()),
            phases: Some(build.phases.iter().flatten().filter_map(shown_phase).collect()),
            resolved_source_version: build.resolved_source_version.clone(),
            logs: build.logs.clone(),
            network_interface: None,
        }),
    }
}

/// The runner's `BUILD` is where commands run; of its `FINALIZING` nobody is told.
fn phase_name(phase: &str) -> &str {
    match phase {
        "BUILD" => RUN_SANDBOX,
        other => other,
    }
}

fn shown_phase(phase: &BuildPhase) -> Option<SandboxSessionPhase> {
    let kind = phase.phase_type.filter(|kind| *kind != BuildPhaseType::Finalizing)?;
    Some(SandboxSessionPhase {
        phase_type: Some(phase_name(kind.as_str()).to_owned()),
        phase_status: phase.phase_status,
        start_time: phase.start_time,
        end_time: phase.end_time,
        duration_in_seconds: phase.duration_in_seconds,
        contexts: phase.contexts.clone(),
    })
}

pub(crate) async fn batch_get_sandboxes(
    cx: Cx,
    input: BatchGetSandboxesInput,
) -> Result<BatchGetSandboxesOutput, Error> {
    let (mut sandboxes, mut missing) = (Vec::new(), Vec::new());
    let scope = cx.scope();
    cx.read(|tx| {
        for id in &input.ids {
            match find(tx, &scope, id)? {
                Some(record) => sandboxes.push(shown(&record)),
                None => missing.push(id.clone()),
            }
        }
        Ok(())
    })?;
    Ok(BatchGetSandboxesOutput { sandboxes: Some(sandboxes), sandboxes_not_found: Some(missing) })
}

pub(crate) async fn list_sandboxes(
    cx: Cx,
    input: ListSandboxesInput,
) -> Result<ListSandboxesOutput, Error> {
    let order = input.sort_order.unwrap_or(SortOrderType::Descending);
    let wanted = Wanted {
        name: format!("ListSandboxes/{order}"),
        index: Some((BY_TIME, EVERY)),
        order,
        token: input.next_token.as_deref(),
        limit: listing::limit(input.max_results),
    };
    let (keys, next_token) =
        cx.read(|tx| listing::page::<BuildRecord>(tx, &cx.scope(), &wanted))?;
    Ok(ListSandboxesOutput { ids: Some(ids(keys)), next_token })
}

pub(crate) async fn list_sandboxes_for_project(
    cx: Cx,
    input: ListSandboxesForProjectInput,
) -> Result<ListSandboxesForProjectOutput, Error> {
    let order = input.sort_order.unwrap_or(SortOrderType::Descending);
    let scope = cx.scope();
    let name = model::project_name(&scope, &input.project_name);
    let wanted = Wanted {
        name: format!("ListSandboxesForProject/{name}/{order}"),
        index: Some((BY_PROJECT, name)),
        order,
        token: input.next_token.as_deref(),
        limit: listing::limit(input.max_results),
    };
    let (keys, next_token) = cx.read(|tx| {
        ProjectRecord::load(tx, &scope, name)?;
        listing::page::<BuildRecord>(tx, &scope, &wanted)
    })?;
    Ok(ListSandboxesForProjectOutput { ids: Some(ids(keys)), next_token })
}

fn ids(keys: Vec<String>) -> Vec<String> {
    let id = |key: String| key.strip_prefix(KEY_PREFIX).map_or(key.clone(), str::to_owned);
    keys.into_iter().map(id).collect()
}
