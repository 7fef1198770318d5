//! The way of any new build into the queue.

use api_developer::codebuild::*;
use auth::policy::Principal;
use service::Cx;
use shape::Timestamp;
use store::{Query, ReadTx, Stored, WakeKey, WriteTx};
use types::Scope;
use wire::Error;

use crate::errors::{self, invalid};
use crate::model::{ACTIVE, ANY_PROJECT, BY_TOKEN, BuildRecord, ProjectRecord};
use crate::{events, phases, queue, run};

/// How long a token stands for the build that it started, in seconds.
const TOKEN_SECONDS: i64 = 300;
/// Builds of one account in one region that are not complete. AWS lets five times as many wait as
/// may run at once; here so few run at once as the yard has slots, so it is five times the 1,000
/// that accounts of AWS may have.
/// <https://docs.aws.amazon.com/codebuild/latest/userguide/builds-working.html>
const MAX_ACTIVE: usize = 5_000;

/// A request's idempotency token; an empty one is none.
pub(crate) fn token(given: &Option<String>) -> Option<String> {
    given.clone().filter(|token| !token.is_empty())
}

/// The build that the same request started lately, if it is one that comes again.
pub(super) fn same_request(
    tx: &ReadTx<'_>,
    scope: &Scope,
    token: &Option<String>,
    digest: &str,
    now: Timestamp,
) -> Result<Option<Build>, Error> {
    let Some(token) = token else { return Ok(None) };
    let found = tx.by_index::<BuildRecord>(scope, BY_TOKEN, token, &Query::first(1).reversed())?;
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

/// Refuses a build more than its project may have, or the account.
pub(crate) fn refuse_beyond_limit(
    tx: &ReadTx<'_>,
    scope: &Scope,
    project: &ProjectRecord,
) -> Result<(), Error> {
    refuse_beyond(tx, scope, project, MAX_ACTIVE)
}

fn refuse_beyond(
    tx: &ReadTx<'_>,
    scope: &Scope,
    project: &ProjectRecord,
    most: usize,
) -> Result<(), Error> {
    if tx.count_by_index::<BuildRecord>(scope, ACTIVE, ANY_PROJECT, most)? >= most {
        return Err(errors::LIMIT_EXCEEDED
            .error(format!("Cannot have more than {most} builds in queue for the account")));
    }
    let limit = project.project.concurrent_build_limit;
    let Some(limit) = limit.and_then(|limit| usize::try_from(limit).ok()) else { return Ok(()) };
    if tx.count_by_index::<BuildRecord>(scope, ACTIVE, &project.name, limit)? >= limit {
        return Err(errors::LIMIT_EXCEEDED.error(format!(
            "Cannot have more than {limit} active builds for the project {}",
            project.name
        )));
    }
    Ok(())
}

/// Puts a build into the queue; its project counts it.
pub(crate) fn submit(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    project: &mut Stored<ProjectRecord>,
    mut record: BuildRecord,
    now: Timestamp,
) -> Result<Build, Error> {
    let turn = queue::next_turn(tx, project, now)?;
    project.builds += 1;
    project.last_turn = Some(turn);
    tx.update(scope, project)?;
    let build = &mut record.build;
    build.build_number = Some(project.builds);
    build.start_time = Some(now);
    build.build_status = Some(BuildStatusType::InProgress);
    build.build_complete = Some(false);
    phases::begin(build, BuildPhaseType::Submitted, now);
    let submitted = phases::next(build, BuildPhaseType::Queued, now);
    tx.emit(events::state_change(scope, build, now))?;
    for event in events::phase_changes(scope, build, submitted.as_slice(), now) {
        tx.emit(event)?;
    }
    tx.insert(scope, &record)?;
    tx.wake(&WakeKey::new(run::KIND, scope, record.id.as_str()), turn)?;
    queue::watch(tx, scope, &record, now)?;
    Ok(record.build)
}

/// Who started it: a user's name, `ROLE/SESSION`, `root`, `codepipeline/SESSION`, or `rule/NAME` of
/// an EventBridge rule, whose sessions are named after it.
pub(super) fn initiator(cx: &Cx) -> String {
    let arn = &cx.caller().arn;
    let name = arn.rsplit_once(':').map_or(arn.as_str(), |(_, resource)| resource);
    let name = match &cx.caller().principal {
        Principal::User { .. } => name.rsplit('/').next().unwrap_or(name),
        _ => name.strip_prefix("assumed-role/").unwrap_or(name),
    };
    let session = name.rsplit('/').next().unwrap_or(name);
    match cx.origin().user_agent.as_str() {
        "codepipeline.amazonaws.com" => format!("codepipeline/{session}"),
        "events.amazonaws.com" => format!("rule/{session}"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use store::{Store, StoreError};

    use super::*;

    #[test]
    fn an_account_has_so_many_builds_and_no_more() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = Store::memory().unwrap();
            let account = types::Account::new("123456789012").unwrap();
            let scope = Scope::new(account, types::Region::new("us-east-1").unwrap());
            let project = |name: &str, limit: Option<i32>| ProjectRecord {
                name: name.to_owned(),
                project: Project { concurrent_build_limit: limit, ..Project::default() },
                ..ProjectRecord::default()
            };
            let put = |id: &'static str, complete: bool| {
                let (store, scope) = (store.clone(), scope.clone());
                async move {
                    let build = Build { build_complete: Some(complete), ..Build::default() };
                    let record = BuildRecord { id: id.to_owned(), build, ..Default::default() };
                    let written = store.write(move |tx| {
                        tx.put(&scope, &record)?;
                        Ok::<_, StoreError>(())
                    });
                    written.await.unwrap();
                }
            };
            let refused = |project: &ProjectRecord| {
                let looked = store.read::<_, StoreError>(|tx| {
                    Ok(refuse_beyond(tx, &scope, project, 2).err().map(|error| error.message))
                });
                looked.unwrap()
            };
            put("one:a", false).await;
            assert_eq!(refused(&project("one", Some(2))), None);
            let own = refused(&project("one", Some(1))).unwrap();
            assert!(own.contains("1 active builds for the project one"), "{own}");
            put("two:b", false).await;
            let all = refused(&project("three", None)).unwrap();
            assert!(all.contains("more than 2 builds in queue for the account"), "{all}");
            put("one:a", true).await;
            assert_eq!(refused(&project("one", Some(1))), None);
        });
    }
}
