//! Batches that are started.

use api_developer::codebuild::*;
use service::Cx;
use sha2::{Digest as _, Sha256};
use shape::Timestamp;
use store::{Query, ReadTx};
use types::Scope;
use wire::Error;

use super::model::{BatchRecord, batch_arn};
use super::phases;
use crate::errors::invalid;
use crate::model::{self, BY_TOKEN, ProjectRecord};
use crate::{builds, validate};

/// How long a token stands for the batch that it started, in milliseconds.
const TOKEN_MILLIS: i64 = 300 * 1000;

pub(crate) async fn start_build_batch(
    cx: Cx,
    input: StartBuildBatchInput,
) -> Result<StartBuildBatchOutput, Error> {
    let cause = builds::Cause::caller(&cx);
    start_for(cx, input, cause).await
}

pub(crate) async fn start_for(
    cx: Cx,
    input: StartBuildBatchInput,
    cause: builds::Cause,
) -> Result<StartBuildBatchOutput, Error> {
    let overrides = overrides(&input);
    validate::overrides(&overrides)?;
    if let Some(config) = &input.build_batch_config_override {
        validate::batch_config(config)?;
    }
    let digest = hex::encode(Sha256::digest(shape::json::to_vec(&input)));
    let uuid = types::uuid();
    let (scope, now) = (cx.scope(), cx.now());
    let batch = cx
        .write(move |tx| {
            let token = builds::token(&input.idempotency_token);
            if let Some(known) = same_request(tx, &scope, token.as_deref(), &digest, now)? {
                return Ok(known.batch);
            }
            let name = model::project_name(&scope, &input.project_name);
            let mut project = ProjectRecord::load(tx, &scope, name)?;
            let number = project.batches.unwrap_or_default() + 1;
            project.batches = Some(number);
            let mut record = new_record(&scope, &project, &input, &overrides, &uuid)?;
            record.template.build.initiator = Some(cause.initiator.clone());
            record.template.webhook.clone_from(&cause.webhook);
            record.batch.initiator = Some(cause.initiator.clone());
            record.batch.build_batch_number = Some(number);
            record.batch.start_time = Some(now);
            record.began_at = Some(now);
            record.token = token;
            record.token_digest = Some(digest.clone());
            record.token_at = Some(now);
            phases::begin(&mut record.batch, BuildBatchPhaseType::Submitted, now);
            tx.update(&scope, &project)?;
            tx.insert(&scope, &record)?;
            super::wake(tx, &scope, &record.id, now)?;
            Ok(record.batch)
        })
        .await?;
    Ok(StartBuildBatchOutput { build_batch: Some(batch) })
}

/// The batch that the same request started or retried lately, if it is one that comes again.
pub(super) fn same_request(
    tx: &ReadTx<'_>,
    scope: &Scope,
    token: Option<&str>,
    digest: &str,
    now: Timestamp,
) -> Result<Option<BatchRecord>, Error> {
    let Some(token) = token else { return Ok(None) };
    let found = tx.by_index::<BatchRecord>(scope, BY_TOKEN, token, &Query::first(1).reversed())?;
    let mut found = found.items.into_iter();
    let recent = found.find(|it| it.token_at.is_some_and(|at| now.since(at) < TOKEN_MILLIS));
    match recent {
        None => Ok(None),
        Some(record) if record.token_digest.as_deref() == Some(digest) => {
            Ok(Some(record.into_inner()))
        }
        Some(_) => Err(invalid(
            "Idempotency token was used with different parameters within the last five minutes",
        )),
    }
}

/// What the request says of builds, as a request to start one would.
fn overrides(input: &StartBuildBatchInput) -> StartBuildInput {
    let input = input.clone();
    StartBuildInput {
        project_name: input.project_name,
        secondary_sources_override: input.secondary_sources_override,
        secondary_sources_version_override: input.secondary_sources_version_override,
        source_version: input.source_version,
        artifacts_override: input.artifacts_override,
        secondary_artifacts_override: input.secondary_artifacts_override,
        environment_variables_override: input.environment_variables_override,
        source_type_override: input.source_type_override,
        source_location_override: input.source_location_override,
        source_auth_override: input.source_auth_override,
        git_clone_depth_override: input.git_clone_depth_override,
        git_submodules_config_override: input.git_submodules_config_override,
        buildspec_override: input.buildspec_override,
        insecure_ssl_override: input.insecure_ssl_override,
        report_build_status_override: input.report_build_batch_status_override,
        environment_type_override: input.environment_type_override,
        image_override: input.image_override,
        compute_type_override: input.compute_type_override,
        certificate_override: input.certificate_override,
        cache_override: input.cache_override,
        service_role_override: input.service_role_override,
        privileged_mode_override: input.privileged_mode_override,
        timeout_in_minutes_override: input.build_timeout_in_minutes_override,
        queued_timeout_in_minutes_override: input.queued_timeout_in_minutes_override,
        encryption_key_override: input.encryption_key_override,
        logs_config_override: input.logs_config_override,
        registry_credential_override: input.registry_credential_override,
        image_pull_credentials_type_override: input.image_pull_credentials_type_override,
        debug_session_enabled: input.debug_session_enabled,
        // A batch has a retry of its own.
        auto_retry_limit_override: Some(0),
        ..StartBuildInput::default()
    }
}

fn new_record(
    scope: &Scope,
    project: &ProjectRecord,
    input: &StartBuildBatchInput,
    overrides: &StartBuildInput,
    uuid: &str,
) -> Result<BatchRecord, Error> {
    let of = &project.project;
    let config = config(of, input)?;
    let template = builds::new_record(scope, project, overrides, uuid)?;
    let build = &template.build;
    let batch = BuildBatch {
        arn: Some(batch_arn(scope, &template.id)),
        id: Some(template.id.clone()),
        build_batch_status: Some(BuildStatusType::InProgress),
        complete: Some(false),
        source_version: build.source_version.clone(),
        project_name: build.project_name.clone(),
        source: build.source.clone(),
        secondary_sources: build.secondary_sources.clone(),
        secondary_source_versions: build.secondary_source_versions.clone(),
        artifacts: build.artifacts.clone(),
        secondary_artifacts: build.secondary_artifacts.clone(),
        cache: build.cache.clone(),
        environment: build.environment.clone(),
        service_role: build.service_role.clone(),
        log_config: input.logs_config_override.clone().or_else(|| of.logs_config.clone()),
        build_timeout_in_minutes: build.timeout_in_minutes,
        queued_timeout_in_minutes: build.queued_timeout_in_minutes,
        encryption_key: build.encryption_key.clone(),
        build_batch_config: Some(config),
        build_groups: Some(Vec::new()),
        report_arns: Some(Vec::new()),
        debug_session_enabled: Some(build.debug_session.is_some()),
        ..BuildBatch::default()
    };
    Ok(BatchRecord { id: template.id.clone(), batch, template, ..BatchRecord::default() })
}

/// The project's settings of batches, each member overridden by the request's.
fn config(of: &Project, input: &StartBuildBatchInput) -> Result<ProjectBuildBatchConfig, Error> {
    let own = of.build_batch_config.clone().unwrap_or_default();
    let over = input.build_batch_config_override.clone().unwrap_or_default();
    let config = ProjectBuildBatchConfig {
        service_role: over.service_role.or(own.service_role),
        combine_artifacts: over.combine_artifacts.or(own.combine_artifacts),
        restrictions: over.restrictions.or(own.restrictions),
        timeout_in_mins: over.timeout_in_mins.or(own.timeout_in_mins),
        batch_report_mode: over.batch_report_mode.or(own.batch_report_mode),
    };
    match config.service_role {
        Some(_) => Ok(config),
        None => Err(invalid(format!(
            "Cannot start a batch build of the project {}: it has no batch service role \
             (buildBatchConfig.serviceRole)",
            of.name.as_deref().unwrap_or_default()
        ))),
    }
}
