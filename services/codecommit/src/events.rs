//! What CodeCommit announces on the event bus:
//! <https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html>.

#[cfg(test)]
mod catalogue;
pub(crate) mod comments;
pub(crate) mod detail;
pub(crate) mod pull_requests;
pub(crate) mod templates;

use git::RefUpdate;
use serde_json::json;
use store::{Event, Stored};
use types::{Arn, Timestamp};

use crate::model::Repository;

/// The detail type of all changes of references.
pub(crate) const REPOSITORY_STATE_CHANGE: &str = "CodeCommit Repository State Change";

/// `referenceCreated`, `referenceUpdated` or `referenceDeleted`.
pub(crate) fn reference_changed(
    repository: &Stored<Repository>,
    update: &RefUpdate,
    caller_arn: &str,
    now: Timestamp,
) -> Event {
    let event = match (update.old, update.new) {
        (None, _) => "referenceCreated",
        (_, None) => "referenceDeleted",
        _ => "referenceUpdated",
    };
    let name = &update.name;
    let (kind, short) = match name.strip_prefix("refs/tags/") {
        Some(tag) => ("tag", tag),
        None => ("branch", name.strip_prefix("refs/heads/").unwrap_or(name)),
    };
    let mut detail = json!({
        "callerUserArn": caller_arn,
        "event": event,
        "referenceFullName": name,
        "referenceName": short,
        "referenceType": kind,
        "repositoryId": repository.id,
        "repositoryName": repository.name,
    });
    if let Some(object) = detail.as_object_mut() {
        if let Some(new) = update.new {
            object.insert("commitId".to_owned(), json!(new.to_string()));
        }
        if let Some(old) = update.old {
            object.insert("oldCommitId".to_owned(), json!(old.to_string()));
        }
    }
    let (account, region) = (repository.scope.account.as_str(), repository.scope.region.as_str());
    let arn = Arn::new("codecommit", region, account, repository.name.as_str());
    Event {
        id: types::uuid(),
        source: "aws.codecommit".to_owned(),
        detail_type: REPOSITORY_STATE_CHANGE.to_owned(),
        account: account.to_owned(),
        region: region.to_owned(),
        time: now,
        resources: vec![arn.to_string()],
        detail,
    }
}

/// `unreferencedMergeCommitCreated`, with the details of the merge.
pub(crate) fn unreferenced_merge_commit_created(
    repository: &Stored<Repository>,
    mut told: serde_json::Map<String, serde_json::Value>,
    caller_arn: &str,
    now: Timestamp,
) -> Event {
    for (key, value) in [
        ("event", "unreferencedMergeCommitCreated"),
        ("callerUserArn", caller_arn),
        ("repositoryId", &repository.id),
        ("repositoryName", &repository.name),
    ] {
        told.insert(key.to_owned(), json!(value));
    }
    let scope = &repository.scope;
    let arn = Arn::new(
        "codecommit",
        scope.region.as_str(),
        scope.account.as_str(),
        repository.name.as_str(),
    );
    detail::event(scope, REPOSITORY_STATE_CHANGE, vec![arn.to_string()], told, now)
}
