//! Batches that are tried again: the same batch, with new builds.

use api_developer::codebuild::*;
use service::Cx;
use sha2::{Digest as _, Sha256};
use shape::Timestamp;
use wire::Error;

use super::model::{BatchRecord, DOWNLOAD_SOURCE, batch_id};
use super::phases;
use super::start::same_request;
use crate::builds;
use crate::errors::invalid;

/// Has all builds of a batch, or those that did not succeed, run again. The source stays the one
/// that the batch began with.
pub(crate) async fn retry_build_batch(
    cx: Cx,
    input: RetryBuildBatchInput,
) -> Result<RetryBuildBatchOutput, Error> {
    let Some(given) = &input.id else {
        return Err(invalid("Build batch ID is required"));
    };
    let (scope, now) = (cx.scope(), cx.now());
    let id = batch_id(&scope, given).to_owned();
    let digest = hex::encode(Sha256::digest(shape::json::to_vec(&input)));
    let batch = cx
        .write(move |tx| {
            let token = builds::token(&input.idempotency_token);
            if let Some(known) = same_request(tx, &scope, token.as_deref(), &digest, now)? {
                return Ok(known.batch);
            }
            let mut record = BatchRecord::load(tx, &scope, &id)?;
            if !record.is_complete() {
                return Err(invalid(format!("Build batch {id} is still in progress")));
            }
            if record.status() == BuildStatusType::Succeeded {
                return Err(invalid(format!(
                    "Build batch {id} has succeeded; only failed batches can be retried"
                )));
            }
            let source = record.template.build.source.as_ref();
            if source.is_some_and(|source| source.kind == SourceType::Codepipeline) {
                return Err(invalid(format!(
                    "Build batch {id} was started by CodePipeline: retry it there"
                )));
            }
            again(&mut record, input.retry_type.unwrap_or_default(), now);
            record.token = token;
            record.token_digest = Some(digest.clone());
            record.token_at = Some(now);
            tx.update(&scope, &record)?;
            super::wake(tx, &scope, &id, now)?;
            Ok(record.into_inner().batch)
        })
        .await?;
    Ok(RetryBuildBatchOutput { build_batch: Some(batch) })
}

fn again(record: &mut BatchRecord, kind: RetryBuildBatchType, now: Timestamp) {
    let has_tasks = !record.tasks.is_empty();
    for group in record.batch.build_groups.iter_mut().flatten() {
        let is_reader = group.identifier.as_deref() == Some(DOWNLOAD_SOURCE);
        let status = group.current_build_summary.as_ref().and_then(|summary| summary.build_status);
        let retried = match kind {
            _ if is_reader => !has_tasks,
            RetryBuildBatchType::RetryAllBuilds => true,
            RetryBuildBatchType::RetryFailedBuilds => status != Some(BuildStatusType::Succeeded),
        };
        if retried && let Some(summary) = group.current_build_summary.take() {
            group.prior_build_summary_list.get_or_insert_default().push(summary);
        }
    }
    record.stop_requested = false;
    record.trouble = None;
    record.unreported = None;
    record.began_at = Some(now);
    let batch = &mut record.batch;
    batch.build_batch_status = Some(BuildStatusType::InProgress);
    batch.complete = Some(false);
    batch.end_time = None;
    // The phases that are still true stay.
    let kept = [BuildBatchPhaseType::Submitted, BuildBatchPhaseType::DownloadBatchspec];
    let keeps = |phase: &BuildBatchPhase| {
        has_tasks && phase.phase_type.is_some_and(|kind| kept.contains(&kind))
    };
    batch.phases.get_or_insert_default().retain(keeps);
    let first = match has_tasks {
        true => BuildBatchPhaseType::InProgress,
        false => BuildBatchPhaseType::Submitted,
    };
    phases::begin(batch, first, now);
}
