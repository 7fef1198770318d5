//! Builds: started, stopped, retried, shown, listed, deleted.

use api_developer::codebuild::*;
use auth::policy::Principal;
use service::Cx;
use sha2::{Digest as _, Sha256};
use shape::Timestamp;
use store::{Query, ReadTx, Stored, WakeKey, WriteTx};
use types::Scope;
use wire::Error;

use crate::errors::{self, invalid};
use crate::listing::{self, Wanted};
use crate::model::{
    self, ACTIVE, BY_PROJECT, BY_TIME, BY_TOKEN, BuildRecord, EVERY, ProjectRecord,
};
use crate::phases::Context;
use crate::rooms::Rooms;
use crate::validate::{self, Settings};
use crate::{events, phases, queue, run};

/// How long a token stands for the build that it started, in seconds.
const TOKEN_SECONDS: i64 = 300;
/// Builds of one account in one region that are not complete.
const MAX_ACTIVE: usize = 5_000;

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

/// The build that the same request started lately, if it is one that comes again.
fn same_request(
    tx: &ReadTx<'_>,
    scope: &Scope,
    token: &Option<String>,
    digest: &str,
    now: Timestamp,
) -> Result<Option<Build>, Error> {
    let Some(token) = token else { return Ok(None) };
    let found = tx.by_index::<BuildRecord>(scope, BY_TOKEN, token, &Query::first(100))?;
    let recent = |record: &Stored<BuildRecord>| {
        record.build.start_time.is_some_and(|start| now.since(start) < TOKEN_SECONDS * 1000)
    };
    match found.items.into_iter().find(recent) {
        None => Ok(None),
        Some(record) if record.token_digest.as_deref() == Some(digest) => {
            Ok(Some(record.into_inner().build))
        }
        Some(_) => Err(invalid(
            "Idempotency token was used with different parameters within the last five minutes",
        )),
    }
}

fn refuse_beyond_limit(
    tx: &ReadTx<'_>,
    scope: &Scope,
    project: &ProjectRecord,
) -> Result<(), Error> {
    let limit = project.project.concurrent_build_limit;
    let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(MAX_ACTIVE);
    if tx.count_by_index::<BuildRecord>(scope, ACTIVE, &project.name, limit)? >= limit {
        return Err(errors::LIMIT_EXCEEDED.error(format!(
            "Cannot have more than {limit} active builds for the project {}",
            project.name
        )));
    }
    Ok(())
}

/// Puts a build into the queue.
fn submit(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    mut record: BuildRecord,
    now: Timestamp,
) -> Result<Build, Error> {
    let build = &mut record.build;
    build.start_time = Some(now);
    build.build_status = Some(BuildStatusType::InProgress);
    build.build_complete = Some(false);
    phases::begin(build, BuildPhaseType::Submitted, now);
    let submitted = phases::next(build, BuildPhaseType::Queued, now);
    tx.emit(&events::state_change(scope, build, now))?;
    if let Some(phase) = &submitted {
        tx.emit(&events::phase_change(scope, build, phase, now))?;
    }
    tx.insert(scope, &record)?;
    tx.wake(&WakeKey::new(run::KIND, scope, record.id.as_str()), now)?;
    queue::watch(tx, scope, &record, now)?;
    Ok(record.build)
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

/// `arn:aws:s3:::BUCKET/PATH/NAMESPACE/NAME`, as far as it is known before the build has run.
pub(crate) fn artifact_location(artifacts: &ProjectArtifacts, uuid: &str) -> Option<String> {
    let bucket = artifacts.location.as_deref()?;
    let key = artifact_key(artifacts, uuid, artifacts.name.as_deref().unwrap_or_default());
    Some(format!("arn:aws:s3:::{bucket}/{key}"))
}

/// The key of an output in its bucket: path, build id where asked for, name.
pub(crate) fn artifact_key(artifacts: &ProjectArtifacts, uuid: &str, name: &str) -> String {
    let path = artifacts.path.as_deref().unwrap_or_default().trim_matches('/');
    let namespace = match artifacts.namespace_type {
        Some(ArtifactNamespace::BuildId) => uuid,
        _ => "",
    };
    let parts = [path, namespace, name.trim_start_matches('/')];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
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

/// Who started it: a user's name, `ROLE/SESSION`, `root`, or `codepipeline/SESSION`.
fn initiator(cx: &Cx) -> String {
    let arn = &cx.caller().arn;
    let name = arn.rsplit_once(':').map_or(arn.as_str(), |(_, resource)| resource);
    let name = match &cx.caller().principal {
        Principal::User { .. } => name.rsplit('/').next().unwrap_or(name),
        _ => name.strip_prefix("assumed-role/").unwrap_or(name),
    };
    if cx.origin().user_agent == "codepipeline.amazonaws.com" {
        let session = name.rsplit('/').next().unwrap_or(name);
        return format!("codepipeline/{session}");
    }
    name.to_owned()
}

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
    let build = &mut record.build;
    let ended = phases::end(build, status, Some(context), now);
    phases::complete(build, status, now);
    if let Some(phase) = &ended {
        tx.emit(&events::phase_change(&scope, build, phase, now))?;
    }
    tx.emit(&events::state_change(&scope, build, now))?;
    tx.update(&scope, &record)?;
    Ok(record.into_inner().build)
}

pub(crate) fn load(tx: &ReadTx<'_>, scope: &Scope, id: &str) -> Result<Stored<BuildRecord>, Error> {
    let missing = || errors::NOT_FOUND.error(format!("Build cannot be found: {id}"));
    tx.get(scope, id)?.ok_or_else(missing)
}

/// Starts a build like one that has been, with its settings rather than the project's of now.
pub(crate) async fn retry_build(cx: Cx, input: RetryBuildInput) -> Result<RetryBuildOutput, Error> {
    let Some(given) = &input.id else {
        return Err(invalid("Build ID is required"));
    };
    let id = model::build_id(&cx.scope(), given).to_owned();
    let digest = hex::encode(Sha256::digest(shape::json::to_vec(&input)));
    let (uuid, initiator) = (types::uuid(), initiator(&cx));
    let (scope, now) = (cx.scope(), cx.now());
    let build = cx
        .write(move |tx| {
            if let Some(build) = same_request(tx, &scope, &input.idempotency_token, &digest, now)? {
                return Ok(build);
            }
            let old = load(tx, &scope, &id)?;
            if !old.is_complete() {
                return Err(invalid(format!("Build {id} is still in progress")));
            }
            if old.build.source.as_ref().is_some_and(|it| it.kind == SourceType::Codepipeline) {
                return Err(invalid(format!(
                    "Build {id} was started by CodePipeline: retry it there"
                )));
            }
            let mut project = ProjectRecord::load(tx, &scope, old.project())?;
            refuse_beyond_limit(tx, &scope, &project)?;
            project.builds += 1;
            let mut record = again(&scope, &old, &uuid, project.builds);
            record.build.initiator = Some(initiator.clone());
            record.token.clone_from(&input.idempotency_token);
            record.token_digest = Some(digest.clone());
            tx.update(&scope, &project)?;
            submit(tx, &scope, record, now)
        })
        .await?;
    Ok(RetryBuildOutput { build: Some(build) })
}

fn again(scope: &Scope, old: &BuildRecord, uuid: &str, number: i64) -> BuildRecord {
    let id = format!("{}:{uuid}", old.project());
    let mut logs = old.build.logs.clone().unwrap_or_default();
    let renamed = |text: &mut Option<String>| {
        if let Some(text) = text {
            *text = text.replace(old.uuid(), uuid);
        }
    };
    renamed(&mut logs.stream_name);
    renamed(&mut logs.cloud_watch_logs_arn);
    let artifacts = old.build.artifacts.as_ref();
    let build = Build {
        arn: Some(model::build_arn(scope, &id)),
        id: Some(id.clone()),
        build_number: Some(number),
        phases: None,
        resolved_source_version: None,
        end_time: None,
        exported_environment_variables: None,
        secondary_artifacts: Some(Vec::new()),
        artifacts: artifacts.map(|artifacts| BuildArtifacts {
            location: artifact_location(&old.artifacts, uuid),
            md5sum: None,
            sha256sum: None,
            ..artifacts.clone()
        }),
        logs: Some(logs),
        ..old.build.clone()
    };
    BuildRecord {
        id,
        build,
        artifacts: old.artifacts.clone(),
        secondary_artifacts: old.secondary_artifacts.clone(),
        ..BuildRecord::default()
    }
}

pub(crate) async fn batch_get_builds(
    cx: Cx,
    input: BatchGetBuildsInput,
) -> Result<BatchGetBuildsOutput, Error> {
    let (mut builds, mut missing) = (Vec::new(), Vec::new());
    cx.read(|tx| {
        for id in &input.ids {
            match tx.get::<BuildRecord>(&cx.scope(), model::build_id(&cx.scope(), id))? {
                Some(found) => builds.push(found.into_inner().build),
                None => missing.push(id.clone()),
            }
        }
        Ok(())
    })?;
    Ok(BatchGetBuildsOutput { builds: Some(builds), builds_not_found: Some(missing) })
}

pub(crate) async fn list_builds(cx: Cx, input: ListBuildsInput) -> Result<ListBuildsOutput, Error> {
    let order = input.sort_order.unwrap_or(SortOrderType::Descending);
    let wanted = Wanted {
        name: format!("ListBuilds/{order}"),
        index: Some((BY_TIME, EVERY)),
        order,
        token: input.next_token.as_deref(),
    };
    let (ids, next_token) = cx.read(|tx| listing::page::<BuildRecord>(tx, &cx.scope(), &wanted))?;
    Ok(ListBuildsOutput { ids: Some(ids), next_token })
}

pub(crate) async fn list_builds_for_project(
    cx: Cx,
    input: ListBuildsForProjectInput,
) -> Result<ListBuildsForProjectOutput, Error> {
    let order = input.sort_order.unwrap_or(SortOrderType::Descending);
    let name = model::project_name(&cx.scope(), &input.project_name);
    let wanted = Wanted {
        name: format!("ListBuildsForProject/{name}/{order}"),
        index: Some((BY_PROJECT, name)),
        order,
        token: input.next_token.as_deref(),
    };
    let (ids, next_token) = cx.read(|tx| {
        ProjectRecord::load(tx, &cx.scope(), name)?;
        listing::page::<BuildRecord>(tx, &cx.scope(), &wanted)
    })?;
    Ok(ListBuildsForProjectOutput { ids: Some(ids), next_token })
}

pub(crate) async fn batch_delete_builds(
    cx: Cx,
    input: BatchDeleteBuildsInput,
) -> Result<BatchDeleteBuildsOutput, Error> {
    let scope = cx.scope();
    let (deleted, kept) = cx
        .write(move |tx| {
            let (mut deleted, mut kept) = (Vec::new(), Vec::new());
            for given in &input.ids {
                let id = model::build_id(&scope, given);
                let not_deleted = |status: &str| BuildNotDeleted {
                    id: Some(given.clone()),
                    status_code: Some(status.to_owned()),
                };
                match tx.get::<BuildRecord>(&scope, id)? {
                    None => kept.push(not_deleted("BUILD_NOT_FOUND")),
                    Some(record) if !record.is_complete() => {
                        kept.push(not_deleted("BUILD_IN_PROGRESS"));
                    }
                    Some(record) => {
                        tx.delete::<BuildRecord>(&scope, id)?;
                        deleted.push(record.arn().to_owned());
                    }
                }
            }
            Ok((deleted, kept))
        })
        .await?;
    Ok(BatchDeleteBuildsOutput { builds_deleted: Some(deleted), builds_not_deleted: Some(kept) })
}
