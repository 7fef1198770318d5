//! A build of a project, with what the request overrides.

use api_developer::codebuild::*;
use service::Cx;
use sha2::{Digest as _, Sha256};
use store::Stored;
use types::Scope;
use wire::Error;

use super::artifact_location;
use super::submit::{initiator, refuse_beyond_limit, same_request, submit};
use crate::errors::invalid;
use crate::model::{self, BuildRecord, ProjectRecord};
use crate::validate::{self, Settings};

pub(crate) async fn start_build(cx: Cx, input: StartBuildInput) -> Result<StartBuildOutput, Error> {
    validate::overrides(&input)?;
    let digest = hex::encode(Sha256::digest(shape::json::to_vec(&input)));
    let (uuid, initiator) = (types::uuid(), initiator(&cx));
    let (scope, now) = (cx.scope(), cx.now());
    let build = cx
        .write(move |tx| {
            if let Some(build) = same_request(tx, &scope, &input.idempotency_token, &digest, now)? {
                return Ok(build);
            }
            let name = model::project_name(&scope, &input.project_name);
            let mut project = ProjectRecord::load(tx, &scope, name)?;
            refuse_beyond_limit(tx, &scope, &project)?;
            project.builds += 1;
            let mut record = new_record(&scope, &project, &input, &uuid)?;
            record.build.initiator = Some(initiator.clone());
            record.token.clone_from(&input.idempotency_token);
            record.token_digest = Some(digest.clone());
            tx.update(&scope, &project)?;
            submit(tx, &scope, record, now)
        })
        .await?;
    Ok(StartBuildOutput { build: Some(build) })
}

/// A build of a project, with what the request overrides.
fn new_record(
    scope: &Scope,
    project: &Stored<ProjectRecord>,
    input: &StartBuildInput,
    uuid: &str,
) -> Result<BuildRecord, Error> {
    let of = &project.project;
    let source = source(of, input)?;
    let environment = environment(of, input)?;
    let artifacts =
        input.artifacts_override.clone().or_else(|| of.artifacts.clone()).unwrap_or_default();
    let secondary_artifacts = input.secondary_artifacts_override.clone();
    let secondary_artifacts =
        secondary_artifacts.or_else(|| of.secondary_artifacts.clone()).unwrap_or_default();
    let id = format!("{}:{uuid}", project.name);
    let build = Build {
        arn: Some(model::build_arn(scope, &id)),
        id: Some(id.clone()),
        build_number: Some(project.builds),
        source_version: input.source_version.clone().or_else(|| of.source_version.clone()),
        project_name: Some(project.name.clone()),
        source: Some(source),
        secondary_sources: Some(
            input
                .secondary_sources_override
                .clone()
                .or_else(|| of.secondary_sources.clone())
                .unwrap_or_default(),
        ),
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
        logs: Some(logs(scope, of, input, uuid)),
        timeout_in_minutes: input.timeout_in_minutes_override.or(of.timeout_in_minutes),
        queued_timeout_in_minutes: input
            .queued_timeout_in_minutes_override
            .or(of.queued_timeout_in_minutes),
        encryption_key: input.encryption_key_override.clone().or_else(|| of.encryption_key.clone()),
        ..Build::default()
    };
    let record =
        BuildRecord { id, build, artifacts, secondary_artifacts, ..BuildRecord::default() };
    check(&record, input)?;
    Ok(record)
}

fn check(record: &BuildRecord, input: &StartBuildInput) -> Result<(), Error> {
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
        logs: input.logs_config_override.as_ref(),
        encryption_key: input.encryption_key_override.as_deref(),
        service_role: record.service_role(),
    })?;
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
    let variables = environment.environment_variables.get_or_insert_default();
    for variable in input.environment_variables_override.iter().flatten() {
        validate::check_variable(variable)?;
        variables.retain(|known| known.name != variable.name);
        variables.push(variable.clone());
    }
    Ok(environment)
}

fn logs(scope: &Scope, of: &Project, input: &StartBuildInput, uuid: &str) -> LogsLocation {
    let config = input.logs_config_override.as_ref().or(of.logs_config.as_ref());
    let cloud_watch = config.and_then(|config| config.cloud_watch_logs.clone());
    let cloud_watch = cloud_watch.unwrap_or_default();
    let s3_logs =
        S3LogsConfig { status: LogsConfigStatusType::Disabled, ..S3LogsConfig::default() };
    if cloud_watch.status == LogsConfigStatusType::Disabled {
        return LogsLocation {
            cloud_watch_logs: Some(cloud_watch),
            s3_logs: Some(s3_logs),
            ..LogsLocation::default()
        };
    }
    let name = of.name.as_deref().unwrap_or_default();
    let group = cloud_watch.group_name.clone().unwrap_or_else(|| format!("/aws/codebuild/{name}"));
    let stream = match cloud_watch.stream_name.as_deref().filter(|prefix| !prefix.is_empty()) {
        Some(prefix) => format!("{prefix}/{uuid}"),
        None => uuid.to_owned(),
    };
    let (region, account) = (scope.region.as_str(), scope.account.as_str());
    LogsLocation {
        cloud_watch_logs_arn: Some(format!(
            "arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:{stream}"
        )),
        group_name: Some(group),
        stream_name: Some(stream),
        cloud_watch_logs: Some(cloud_watch),
        s3_logs: Some(s3_logs),
        ..LogsLocation::default()
    }
}
