//! Sandboxes that are started.

use api_developer::codebuild::*;
use service::Cx;
use sha2::{Digest as _, Sha256};
use shape::Timestamp;
use store::{Query, ReadTx, Resource as _, Stored, WakeKey, WriteTx};
use types::Scope;
use wire::Error;

use super::SandboxPart;
use super::model::{ACTIVE, BY_TOKEN, EVERY, sandbox_arn};
use super::show::shown;
use crate::errors::invalid;
use crate::model::{self, BuildRecord, ProjectRecord};
use crate::{builds, phases, queue, run};

/// How long a token stands for the sandbox that it started, in seconds.
const TOKEN_SECONDS: i64 = 300;
/// Sandboxes of one account in one region that have not ended.
const MAX_ACTIVE: usize = 100;
/// What the runner reads: a sandbox has commands of its own.
const BUILDSPEC: &str = "version: 0.2\nphases: {build: {commands: ['true']}}\n";

pub(crate) async fn start_sandbox(
    cx: Cx,
    input: StartSandboxInput,
) -> Result<StartSandboxOutput, Error> {
    let Some(name) = input.project_name.clone() else {
        return Err(invalid("Project name is required"));
    };
    let digest = hex::encode(Sha256::digest(shape::json::to_vec(&input)));
    let (uuid, session) = (types::uuid(), types::uuid());
    let initiator = builds::Cause::caller(&cx).initiator;
    let (scope, now) = (cx.scope(), cx.now());
    let sandbox = cx
        .write(move |tx| {
            let token = &builds::token(&input.idempotency_token);
            if let Some(known) = same_request(tx, &scope, token, &digest, now)? {
                return Ok(shown(&known));
            }
            let project = ProjectRecord::load(tx, &scope, model::project_name(&scope, &name))?;
            let active = tx.count_by_index::<BuildRecord>(&scope, ACTIVE, EVERY, MAX_ACTIVE)?;
            if active >= MAX_ACTIVE {
                return Err(invalid(format!(
                    "Cannot have more than {MAX_ACTIVE} active sandboxes: stop some with \
                     StopSandbox"
                )));
            }
            let mut record = new_record(&scope, &project, &uuid, &session)?;
            record.build.initiator = Some(initiator.clone());
            record.token.clone_from(token);
            record.token_digest = Some(digest.clone());
            submit(tx, &scope, record, now)
        })
        .await?;
    Ok(StartSandboxOutput { sandbox: Some(sandbox) })
}

/// The sandbox that the same request started lately, if it is one that comes again.
fn same_request(
    tx: &ReadTx<'_>,
    scope: &Scope,
    token: &Option<String>,
    digest: &str,
    now: Timestamp,
) -> Result<Option<Stored<BuildRecord>>, Error> {
    let Some(token) = token else { return Ok(None) };
    let found = tx.by_index::<BuildRecord>(scope, BY_TOKEN, token, &Query::first(1).reversed())?;
    let recent = |record: &Stored<BuildRecord>| {
        record.build.start_time.is_some_and(|start| now.since(start) < TOKEN_SECONDS * 1000)
    };
    match found.items.into_iter().find(recent) {
        Some(record) if record.token_digest.as_deref() != Some(digest) => Err(invalid(
            "Idempotency token was used with different parameters within the last five minutes",
        )),
        other => Ok(other),
    }
}

fn new_record(
    scope: &Scope,
    project: &ProjectRecord,
    uuid: &str,
    session: &str,
) -> Result<BuildRecord, Error> {
    let of = &project.project;
    // It leaves nothing behind.
    let none = ProjectArtifacts { kind: ArtifactsType::NoArtifacts, ..Default::default() };
    let input = StartBuildInput {
        project_name: project.name.clone(),
        buildspec_override: Some(BUILDSPEC.to_owned()),
        report_build_status_override: Some(false),
        artifacts_override: Some(none),
        secondary_artifacts_override: Some(Vec::new()),
        ..StartBuildInput::default()
    };
    let mut record = builds::new_record(scope, project, &input, uuid)?;
    let build = &mut record.build;
    build.arn = Some(sandbox_arn(scope, &record.id));
    build.cache = None;
    build.auto_retry_config = None;
    let log_config = of.logs_config.clone();
    build.logs = Some(builds::log_location(scope, &project.name, log_config.as_ref(), session));
    record.sandbox = Some(SandboxPart {
        session: session.to_owned(),
        source: of.source.clone().unwrap_or_default(),
        log_config,
    });
    Ok(record)
}

fn submit(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    mut record: BuildRecord,
    now: Timestamp,
) -> Result<Sandbox, Error> {
    let build = &mut record.build;
    build.start_time = Some(now);
    build.build_status = Some(BuildStatusType::InProgress);
    build.build_complete = Some(false);
    phases::begin(build, BuildPhaseType::Submitted, now);
    phases::next(build, BuildPhaseType::Queued, now);
    tx.insert(scope, &record)?;
    tx.wake(&WakeKey::new(run::SANDBOX_KIND, scope, record.key()), now)?;
    queue::watch(tx, scope, &record, now)?;
    Ok(shown(&record))
}
