//! Builds that are tried again.

use api_developer::codebuild::*;
use service::Cx;
use sha2::{Digest as _, Sha256};
use types::Scope;
use wire::Error;

use super::submit::{initiator, refuse_beyond_limit, same_request, submit, token};
use super::{artifact_location, load};
use crate::errors::invalid;
use crate::model::{self, BuildRecord, ProjectRecord};

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
            if let Some(build) =
                same_request(tx, &scope, &token(&input.idempotency_token), &digest, now)?
            {
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
            let mut record = again(&scope, &old, &uuid);
            record.build.auto_retry_config = first_try(old.build.auto_retry_config.as_ref());
            record.build.initiator = Some(initiator.clone());
            record.token = token(&input.idempotency_token);
            record.token_digest = Some(digest.clone());
            submit(tx, &scope, &mut project, record, now)
        })
        .await?;
    Ok(RetryBuildOutput { build: Some(build) })
}

/// Somebody's own retry begins a new row of automatic ones.
fn first_try(old: Option<&AutoRetryConfig>) -> Option<AutoRetryConfig> {
    old.map(|old| AutoRetryConfig {
        auto_retry_limit: old.auto_retry_limit,
        auto_retry_number: Some(0),
        ..AutoRetryConfig::default()
    })
}

/// A build like another that has not begun, under a uuid of its own.
pub(crate) fn again(scope: &Scope, old: &BuildRecord, uuid: &str) -> BuildRecord {
    let id = format!("{}:{uuid}", old.project());
    let mut logs = old.build.logs.clone().unwrap_or_default();
    let renamed = |text: &mut Option<String>| {
        if let Some(text) = text {
            *text = text.replace(old.uuid(), uuid);
        }
    };
    renamed(&mut logs.stream_name);
    renamed(&mut logs.cloud_watch_logs_arn);
    renamed(&mut logs.deep_link);
    renamed(&mut logs.s3_logs_arn);
    renamed(&mut logs.s3_deep_link);
    let artifacts = old.build.artifacts.as_ref();
    let build = Build {
        arn: Some(model::build_arn(scope, &id)),
        id: Some(id.clone()),
        phases: None,
        resolved_source_version: None,
        end_time: None,
        exported_environment_variables: None,
        report_arns: None,
        debug_session: old
            .build
            .debug_session
            .clone()
            .map(|session| DebugSession { session_target: None, ..session }),
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
        part: old.part.clone(),
        webhook: old.webhook.clone(),
        ..BuildRecord::default()
    }
}
