//! Failed builds that are retried on their own:
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/auto-retry-build.html>.

use api_developer::codebuild::*;
use shape::Timestamp;
use store::WriteTx;
use types::Scope;
use wire::Error;

use super::{again, load, refuse_beyond_limit, submit};
use crate::model::{BuildRecord, ProjectRecord};

/// Whether a build that ends so is to be retried.
pub(crate) fn wants_retry(record: &BuildRecord, status: BuildStatusType) -> bool {
    use BuildStatusType::{Failed, Fault, TimedOut};
    let Some(config) = &record.build.auto_retry_config else { return false };
    matches!(status, Failed | Fault | TimedOut)
        && config.auto_retry_number.unwrap_or_default()
            < config.auto_retry_limit.unwrap_or_default()
}

/// Retries a build that has just ended, if its role `may`; else its last phase tells why not.
pub(crate) fn auto_retry(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    id: &str,
    may: &Result<(), String>,
    now: Timestamp,
) -> Result<BuildRecord, Error> {
    let mut record = load(tx, scope, id)?;
    match started(tx, scope, &record, may, now) {
        Ok(arn) => {
            if let Some(config) = &mut record.build.auto_retry_config {
                config.next_auto_retry = arn;
            }
        }
        Err(error) if error.status >= 500 => return Err(error),
        Err(error) => tell(&mut record.build, &error.message),
    }
    tx.update(scope, &record)?;
    Ok(record.into_inner())
}

fn started(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    ended: &BuildRecord,
    may: &Result<(), String>,
    now: Timestamp,
) -> Result<Option<String>, Error> {
    if let Err(why) = may {
        return Err(crate::errors::invalid(why.clone()));
    }
    let mut project = ProjectRecord::load(tx, scope, ended.project())?;
    refuse_beyond_limit(tx, scope, &project)?;
    let mut next = again(scope, ended, &types::uuid());
    if let Some(config) = &mut next.build.auto_retry_config {
        config.auto_retry_number = Some(config.auto_retry_number.unwrap_or_default() + 1);
        config.previous_auto_retry.clone_from(&ended.build.arn);
        config.next_auto_retry = None;
    }
    Ok(submit(tx, scope, &mut project, next, now)?.arn)
}

fn tell(build: &mut Build, why: &str) {
    let phases = build.phases.iter_mut().flatten();
    for phase in phases.filter(|it| it.phase_type == Some(BuildPhaseType::Finalizing)) {
        phase.contexts = Some(vec![PhaseContext {
            status_code: Some("AUTO_RETRY_ERROR".to_owned()),
            message: Some(format!("The build could not be retried: {why}")),
        }]);
    }
}
