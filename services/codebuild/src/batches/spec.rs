//! What a buildspec asks of a batch: its tasks, and the builds that they make of the template.

use api_developer::codebuild::*;
use formats::buildspec::{self, Batch, BatchBuilds, BatchEnv};
use types::Scope;

use super::model::{BatchRecord, Task};
use super::{combine, outputs};
use crate::builds;
use crate::model::{BatchPart, BuildRecord};
use crate::phases::Context;

const CODE: &str = buildspec::Error::CODE;

/// A task, what it waits for, and whether the batch can do without it.
pub(super) struct Planned {
    pub task: Task,
    pub depends_on: Vec<String>,
    pub ignore_failure: bool,
}

/// What the buildspec asks for.
pub(super) struct BatchSpec {
    pub fast_fail: bool,
    pub tasks: Vec<Planned>,
}

/// Reads the buildspec and checks that every build of it can be had.
pub(super) fn read(scope: &Scope, record: &BatchRecord, text: &str) -> Result<BatchSpec, Context> {
    let spec = buildspec::parse(text).map_err(|error| Context::new(CODE, error.message()))?;
    let Some(batch) = spec.batch else {
        return Err(Context::new(CODE, "the buildspec has no batch section"));
    };
    let mut tasks = tasks(&batch)?;
    let most = record.max_builds();
    if tasks.len() > most {
        return Err(refused(format!(
            "the batch has {} builds; maximumBuildsAllowed is {most}",
            tasks.len()
        )));
    }
    outputs::hand_out(&record.template, &mut tasks)?;
    for planned in &tasks {
        check(scope, record, &planned.task)?;
    }
    Ok(BatchSpec { fast_fail: batch.fast_fail, tasks })
}

fn refused(message: impl Into<String>) -> Context {
    Context::new("BATCH_RESTRICTION_ERROR", message)
}

fn check(scope: &Scope, record: &BatchRecord, task: &Task) -> Result<(), Context> {
    let build = build(scope, record, task, record.uuid());
    let environment = build.build.environment.clone().unwrap_or_default();
    let compute_type = environment.compute_type.as_str();
    let name = &task.identifier;
    let allowed = record.compute_types();
    if !allowed.is_empty() && !allowed.iter().any(|it| it == compute_type) {
        return Err(refused(format!(
            "the build {name} has the compute type {compute_type}; computeTypesAllowed are {}",
            allowed.join(", ")
        )));
    }
    let fleet = environment.fleet.and_then(|fleet| fleet.fleet_arn);
    let allowed = record.fleets();
    if let Some(fleet) = fleet.filter(|fleet| !allowed.is_empty() && !allowed.contains(fleet)) {
        return Err(refused(format!(
            "the build {name} has the fleet {fleet}; fleetsAllowed are {}",
            allowed.join(", ")
        )));
    }
    builds::check(&build, None, None)
        .map_err(|error| Context::new("CLIENT_ERROR", format!("{name}: {}", error.message)))
}

fn tasks(batch: &Batch) -> Result<Vec<Planned>, Context> {
    match &batch.builds {
        BatchBuilds::Graph(tasks) | BatchBuilds::List(tasks) => tasks
            .iter()
            .map(|task| {
                let own = of(task.identifier.clone(), task.buildspec.clone(), &task.env)?;
                Ok(Planned {
                    task: Task { debug_session: task.debug_session, ..own },
                    depends_on: task.depend_on.clone(),
                    ignore_failure: task.ignore_failure,
                })
            })
            .collect(),
        BatchBuilds::Matrix(matrix) => (0..)
            .zip(matrix.combinations())
            .map(|(number, it)| {
                Ok(Planned {
                    task: of(format!("build{number}"), it.buildspec, &it.env)?,
                    depends_on: Vec::new(),
                    ignore_failure: matrix.ignore_failure,
                })
            })
            .collect(),
        BatchBuilds::Fanout(fanout) => {
            let shards = i32::try_from(fanout.parallelism).unwrap_or(i32::MAX);
            let task = |shard: i32| Planned {
                task: Task {
                    identifier: format!("build{shard}"),
                    shard: Some(shard),
                    shards: Some(shards),
                    ..Task::default()
                },
                depends_on: Vec::new(),
                ignore_failure: fanout.ignore_failure,
            };
            Ok((0..shards).map(task).collect())
        }
    }
}

fn of(identifier: String, buildspec: Option<String>, env: &BatchEnv) -> Result<Task, Context> {
    let unknown = |what: &str, word: &str| {
        Context::new(CODE, format!("{identifier}: {word:?} is no {what} of CodeBuild"))
    };
    let compute_type = env
        .compute_type
        .as_deref()
        .map(|word| ComputeType::parse(word).ok_or_else(|| unknown("compute type", word)));
    let environment_type = env
        .environment_type
        .as_deref()
        .map(|word| EnvironmentType::parse(word).ok_or_else(|| unknown("environment type", word)));
    let variable = |(name, value): &(String, String)| EnvironmentVariable {
        name: name.clone(),
        value: value.clone(),
        kind: Some(EnvironmentVariableType::Plaintext),
    };
    Ok(Task {
        compute_type: compute_type.transpose()?,
        environment_type: environment_type.transpose()?,
        identifier,
        buildspec,
        fleet: env.fleet.clone(),
        image: env.image.clone(),
        privileged_mode: env.privileged_mode,
        variables: env.variables.iter().map(variable).collect(),
        ..Task::default()
    })
}

/// The build of a task, as yet unqueued.
pub(super) fn build(scope: &Scope, record: &BatchRecord, task: &Task, uuid: &str) -> BuildRecord {
    let mut build = part(scope, record, &task.identifier, uuid);
    if let Some(part) = &mut build.part {
        (part.shard, part.shards) = (task.shard, task.shards);
    }
    if let (Some(source), Some(_)) = (&mut build.build.source, &task.buildspec) {
        source.buildspec.clone_from(&task.buildspec);
    }
    // All builds have the source that the batch began with.
    if record.batch.resolved_source_version.is_some() && is_git(&build) {
        build.build.source_version.clone_from(&record.batch.resolved_source_version);
    }
    if let Some(enabled) = task.debug_session {
        build.build.debug_session =
            enabled.then_some(DebugSession { session_enabled: Some(true), session_target: None });
    }
    if let Some(outputs) = &task.outputs {
        let none = || ProjectArtifacts { kind: ArtifactsType::Codepipeline, ..<_>::default() };
        build.artifacts = outputs.primary.clone().unwrap_or_else(none);
        build.secondary_artifacts.clone_from(&outputs.secondary);
        let location = builds::artifact_location(&build.artifacts, uuid);
        build.build.artifacts.get_or_insert_default().location = location;
    }
    if combine::wanted(record) {
        combine::stage(&mut build);
    }
    let environment = build.build.environment.get_or_insert_default();
    if let Some(kind) = task.environment_type {
        environment.kind = kind;
    }
    if let Some(compute) = task.compute_type {
        environment.compute_type = compute;
    }
    if let Some(image) = &task.image {
        environment.image.clone_from(image);
    }
    if task.privileged_mode.is_some() {
        environment.privileged_mode = task.privileged_mode;
    }
    if task.fleet.is_some() {
        environment.fleet = Some(ProjectFleet { fleet_arn: task.fleet.clone() });
    }
    let variables = environment.environment_variables.get_or_insert_default();
    for variable in &task.variables {
        variables.retain(|known| known.name != variable.name);
        variables.push(variable.clone());
    }
    build
}

/// The build that reads the buildspec for the batch.
pub(super) fn reader(scope: &Scope, record: &BatchRecord, uuid: &str) -> BuildRecord {
    let mut build = part(scope, record, super::model::DOWNLOAD_SOURCE, uuid);
    if let Some(part) = &mut build.part {
        part.reads_spec = true;
    }
    // It leaves nothing, takes along what has the buildspec only, and is no build to report.
    build.build.secondary_sources = Some(Vec::new());
    build.build.secondary_source_versions = Some(Vec::new());
    if let Some(source) = &mut build.build.source {
        source.report_build_status = Some(false);
    }
    build.artifacts = ProjectArtifacts { kind: ArtifactsType::NoArtifacts, ..Default::default() };
    build.secondary_artifacts = Vec::new();
    build.build.artifacts = None;
    build
}

fn part(scope: &Scope, record: &BatchRecord, identifier: &str, uuid: &str) -> BuildRecord {
    let mut build = builds::again(scope, &record.template, uuid);
    build.build.build_batch_arn = record.batch.arn.clone();
    build.part = Some(BatchPart {
        batch: record.id.clone(),
        identifier: identifier.to_owned(),
        ..BatchPart::default()
    });
    build
}

fn is_git(build: &BuildRecord) -> bool {
    let kind = build.build.source.as_ref().map(|source| source.kind);
    !matches!(kind, None | Some(SourceType::S3 | SourceType::NoSource | SourceType::Codepipeline))
}
