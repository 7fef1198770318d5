//! A build of a project, with what the request overrides.

use std::collections::BTreeSet;

use api_developer::codebuild::*;
use service::Cx;
use sha2::{Digest as _, Sha256};
use types::Scope;
use wire::Error;

use super::submit::{initiator, refuse_beyond_limit, same_request, submit, token};
use super::{artifact_location, logs};
use crate::errors::invalid;
use crate::model::{self, BuildRecord, ProjectRecord, WebhookTrigger};
use crate::projects::key_arn;
use crate::validate::{self, Settings};
use crate::{defaults, providers};

/// Who has a build started, and the event of a webhook that did.
#[derive(Clone)]
pub(crate) struct Cause {
    pub initiator: String,
    pub webhook: Option<WebhookTrigger>,
}

impl Cause {
    /// The caller.
    pub fn caller(cx: &Cx) -> Self {
        Self { initiator: initiator(cx), webhook: None }
    }
}

pub(crate) async fn start_build(cx: Cx, input: StartBuildInput) -> Result<StartBuildOutput, Error> {
    let cause = Cause::caller(&cx);
    start_for(cx, input, cause).await
}

pub(crate) async fn start_for(
    cx: Cx,
    input: StartBuildInput,
    cause: Cause,
) -> Result<StartBuildOutput, Error> {
    validate::overrides(&input)?;
    let digest = hex::encode(Sha256::digest(shape::json::to_vec(&input)));
    let uuid = types::uuid();
    let (scope, now, yard) = (cx.scope(), cx.now(), cx.yard().clone());
    let build = cx
        .write(move |tx| {
            if let Some(build) =
                same_request(tx, &scope, &token(&input.idempotency_token), &digest, now)?
            {
                return Ok(build);
            }
            let name = model::project_name(&scope, &input.project_name);
            let mut project = ProjectRecord::load(tx, &scope, name)?;
            refuse_beyond_limit(tx, &scope, &project)?;
            let mut record = new_record(&scope, &project, &input, &uuid)?;
            let beside = record.build.secondary_sources.as_deref().unwrap_or_default();
            for source in record.build.source.iter().chain(beside) {
                providers::check_source(yard.config(), source)?;
            }
            record.build.initiator = Some(cause.initiator.clone());
            record.webhook.clone_from(&cause.webhook);
            record.token = token(&input.idempotency_token);
            record.token_digest = Some(digest.clone());
            submit(tx, &scope, &mut project, record, now)
        })
        .await?;
    Ok(StartBuildOutput { build: Some(build) })
}

/// A build of a project, with what the request overrides.
pub(crate) fn new_record(
    scope: &Scope,
    project: &ProjectRecord,
    input: &StartBuildInput,
    uuid: &str,
) -> Result<BuildRecord, Error> {
    let of = &project.project;
    let mut source = source(of, input)?;
    let mut secondary_sources = input
        .secondary_sources_override
        .clone()
        .or_else(|| of.secondary_sources.clone())
        .unwrap_or_default();
    [&mut source].into_iter().chain(&mut secondary_sources).for_each(defaults::source);
    let mut environment = environment(of, input)?;
    defaults::environment(&mut environment);
    let mut artifacts =
        input.artifacts_override.clone().or_else(|| of.artifacts.clone()).unwrap_or_default();
    let secondary_artifacts = input.secondary_artifacts_override.clone();
    let mut secondary_artifacts =
        secondary_artifacts.or_else(|| of.secondary_artifacts.clone()).unwrap_or_default();
    let outputs = [&mut artifacts].into_iter().chain(&mut secondary_artifacts);
    outputs.for_each(|output| defaults::artifacts(output, &project.name));
    let id = format!("{}:{uuid}", project.name);
    let key = input.encryption_key_override.clone().map(|key| key_arn(scope, key));
    let build = Build {
        arn: Some(model::build_arn(scope, &id)),
        id: Some(id.clone()),
        source_version: input.source_version.clone().or_else(|| of.source_version.clone()),
        project_name: Some(project.name.clone()),
        source: Some(source),
        secondary_sources: Some(secondary_sources),
        secondary_source_versions: Some(
            input
                .secondary_sources_version_override
                .clone()
                .or_else(|| of.secondary_source_versions.clone())
                .unwrap_or_default(),
        ),
        artifacts: Some(BuildArtifacts {
            location: artifact_location(&artifacts, uuid),
            override_artifact_name: artifacts.override_artifact_name,
            encryption_disabled: artifacts.encryption_disabled,
            ..BuildArtifacts::default()
        }),
        secondary_artifacts: Some(Vec::new()),
        cache: input.cache_override.clone().or_else(|| of.cache.clone()),
        environment: Some(environment),
        service_role: input.service_role_override.clone().or_else(|| of.service_role.clone()),
        logs: Some(logs::location(
            scope,
            &project.name,
            input.logs_config_override.as_ref().or(of.logs_config.as_ref()),
            uuid,
        )),
        timeout_in_minutes: input.timeout_in_minutes_override.or(of.timeout_in_minutes),
        queued_timeout_in_minutes: input
            .queued_timeout_in_minutes_override
            .or(of.queued_timeout_in_minutes),
        encryption_key: key.clone().or_else(|| of.encryption_key.clone()),
        auto_retry_config: auto_retry(of, input),
        debug_session: input
            .debug_session_enabled
            .filter(|enabled| *enabled)
            .map(|enabled| DebugSession { session_enabled: Some(enabled), session_target: None }),
        ..Build::default()
    };
    let record =
        BuildRecord { id, build, artifacts, secondary_artifacts, ..BuildRecord::default() };
    let logs = input.logs_config_override.as_ref();
    check(&record, logs, key.as_deref())?;
    Ok(record)
}

/// Checks the settings of a build that is about to be started. Logs and key only where they are
/// the request's: the project's were checked with it.
pub(crate) fn check(
    record: &BuildRecord,
    logs: Option<&LogsConfig>,
    encryption_key: Option<&str>,
) -> Result<(), Error> {
    let build = &record.build;
    let (Some(source), Some(environment)) = (&build.source, &build.environment) else {
        return Err(invalid("Invalid project: source and environment are required"));
    };
    validate::settings(&Settings {
        source,
        secondary_sources: build.secondary_sources.as_deref().unwrap_or_default(),
        secondary_source_versions: build.secondary_source_versions.as_deref().unwrap_or_default(),
        artifacts: &record.artifacts,
        secondary_artifacts: &record.secondary_artifacts,
        cache: build.cache.as_ref(),
        environment,
        logs,
        encryption_key,
        service_role: record.service_role(),
    })?;
    if source.location.as_deref() == Some(providers::SCOPED) {
        return Err(invalid(format!(
            "Build project {} has no repository of its own: it is started by its webhook, or with \
             sourceLocationOverride",
            record.project()
        )));
    }
    if source.kind == SourceType::Codepipeline
        && source.location.as_deref().is_none_or(|location| !location.contains('/'))
    {
        return Err(invalid(format!(
            "Build project {} has source type CODEPIPELINE: it is started by CodePipeline, which \
             gives the source's location",
            record.project()
        )));
    }
    let pipeline_output =
        [&record.artifacts].into_iter().chain(&record.secondary_artifacts).find(|artifacts| {
            artifacts.kind == ArtifactsType::Codepipeline
                && artifacts.location.is_some() != artifacts.name.is_some()
        });
    match pipeline_output {
        Some(_) => Err(invalid("Invalid artifacts: CodePipeline gives both location and name")),
        None => Ok(()),
    }
}

/// AWS retries no build of a pipeline: the pipeline does.
fn auto_retry(of: &Project, input: &StartBuildInput) -> Option<AutoRetryConfig> {
    let limit = input.auto_retry_limit_override.or(of.auto_retry_limit)?;
    let from = input.source_type_override.or(of.source.as_ref().map(|source| source.kind));
    (limit > 0 && from != Some(SourceType::Codepipeline)).then(|| AutoRetryConfig {
        auto_retry_limit: Some(limit),
        auto_retry_number: Some(0),
        ..AutoRetryConfig::default()
    })
}

fn source(of: &Project, input: &StartBuildInput) -> Result<ProjectSource, Error> {
    let mut source = of.source.clone().unwrap_or_default();
    if let Some(kind) = input.source_type_override {
        if kind != source.kind && input.source_location_override.is_none() {
            source.location = None;
        }
        source.kind = kind;
    }
    if input.source_location_override.is_some() {
        source.location.clone_from(&input.source_location_override);
    }
    if input.buildspec_override.is_some() {
        source.buildspec.clone_from(&input.buildspec_override);
    }
    if input.git_clone_depth_override.is_some() {
        source.git_clone_depth = input.git_clone_depth_override;
    }
    if input.git_submodules_config_override.is_some() {
        source.git_submodules_config.clone_from(&input.git_submodules_config_override);
    }
    if input.source_auth_override.is_some() {
        source.auth.clone_from(&input.source_auth_override);
    }
    if input.insecure_ssl_override.is_some() {
        source.insecure_ssl = input.insecure_ssl_override;
    }
    if input.report_build_status_override.is_some() {
        source.report_build_status = input.report_build_status_override;
    }
    if input.build_status_config_override.is_some() {
        source.build_status_config.clone_from(&input.build_status_config_override);
    }
    Ok(source)
}

fn environment(of: &Project, input: &StartBuildInput) -> Result<ProjectEnvironment, Error> {
    let mut environment = of.environment.clone().unwrap_or_default();
    if let Some(kind) = input.environment_type_override {
        environment.kind = kind;
    }
    if let Some(image) = &input.image_override {
        environment.image.clone_from(image);
    }
    if let Some(compute) = input.compute_type_override {
        environment.compute_type = compute;
    }
    if let Some(privileged) = input.privileged_mode_override {
        environment.privileged_mode = Some(privileged);
    }
    if let Some(kind) = input.image_pull_credentials_type_override {
        environment.image_pull_credentials_type = Some(kind);
    }
    if input.certificate_override.is_some() {
        environment.certificate.clone_from(&input.certificate_override);
    }
    if input.registry_credential_override.is_some() {
        environment.registry_credential.clone_from(&input.registry_credential_override);
    }
    if input.fleet_override.is_some() {
        environment.fleet.clone_from(&input.fleet_override);
    }
    if input.host_kernel_override.is_some() {
        environment.host_kernel = input.host_kernel_override;
    }
    let variables = environment.environment_variables.get_or_insert_default();
    let mut seen = BTreeSet::new();
    for variable in input.environment_variables_override.iter().flatten() {
        validate::check_variable(variable)?;
        if !seen.insert(&variable.name) {
            return Err(invalid(format!("Duplicate environment variable name: {}", variable.name)));
        }
        variables.retain(|known| known.name != variable.name);
        variables.push(variable.clone());
    }
    Ok(environment)
}
