//! Sandboxes as the store keeps them.

use api_developer::codebuild::{LogsConfig, ProjectSource};
use service::{Cx, Right};
use shape::Shape;
use store::{Index, Key, ReadTx, Stored};
use types::{Arn, Scope};
use wire::Error;

use crate::errors;
use crate::model::{self, BY_UUID, BuildRecord};

/// Sandboxes, sorted by time.
pub(super) const BY_TIME: &str = "sandboxes-by-time";
/// The one value of [`BY_TIME`] for all sandboxes.
pub(super) const EVERY: &str = "all";
/// A project's sandboxes, sorted by time.
pub(super) const BY_PROJECT: &str = "sandboxes-by-project";
/// Sandboxes that have not ended.
pub(super) const ACTIVE: &str = "sandboxes-active";
/// Sandboxes by the token of the request that started them.
pub(super) const BY_TOKEN: &str = "sandboxes-by-token";
/// What comes before a sandbox's id in its key. No build's id has it: no project's name has a slash.
pub(crate) const KEY_PREFIX: &str = "sandbox/";

/// What makes a record that of a sandbox.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct SandboxPart {
    /// The session, by whose name its log goes.
    pub session: String,
    /// The project's source; the runner has another buildspec.
    pub source: ProjectSource,
    pub log_config: Option<LogsConfig>,
}

/// The key of a sandbox's record.
pub(crate) fn key(id: &str) -> String {
    format!("{KEY_PREFIX}{id}")
}

/// The indexes of a sandbox's record.
pub(crate) fn indexes(record: &BuildRecord) -> Vec<Index> {
    let asked = || Key::new().time(record.build.start_time.unwrap_or_default());
    let mut indexes = vec![
        Index::new(BY_TIME, EVERY).sorted_by(asked()),
        Index::new(BY_PROJECT, record.project()).sorted_by(asked()),
        Index::global(BY_UUID, record.uuid()),
    ];
    if !record.is_complete() {
        indexes.push(Index::new(ACTIVE, EVERY));
    }
    let by_token = |token| Index::new(BY_TOKEN, token).sorted_by(asked());
    indexes.extend(record.token.as_ref().map(by_token));
    indexes
}

/// A sandbox's ARN.
pub(super) fn sandbox_arn(scope: &Scope, id: &str) -> String {
    let resource = format!("sandbox/{id}");
    Arn::new("codebuild", scope.region.as_str(), scope.account.as_str(), resource).to_string()
}

/// The id in a sandbox's id or ARN. An ARN of another account or region is left whole, which is the
/// id of no sandbox.
pub(super) fn sandbox_id<'a>(scope: &Scope, id_or_arn: &'a str) -> &'a str {
    id_or_arn.strip_prefix(&sandbox_arn(scope, "")).unwrap_or(id_or_arn)
}

/// The sandbox of an id or ARN.
pub(super) fn load(
    tx: &ReadTx<'_>,
    scope: &Scope,
    id_or_arn: &str,
) -> Result<Stored<BuildRecord>, Error> {
    let missing = || errors::NOT_FOUND.error(format!("Sandbox cannot be found: {id_or_arn}"));
    find(tx, scope, id_or_arn)?.ok_or_else(missing)
}

/// The same, if it is there.
pub(super) fn find(
    tx: &ReadTx<'_>,
    scope: &Scope,
    id_or_arn: &str,
) -> Result<Option<Stored<BuildRecord>>, store::StoreError> {
    tx.get::<BuildRecord>(scope, &key(sandbox_id(scope, id_or_arn)))
}

/// A right on the project of a sandbox.
pub(crate) fn right_of_project(cx: &Cx, action: &str, id_or_arn: &str) -> Result<Right, Error> {
    let id = sandbox_id(&cx.scope(), id_or_arn).to_owned();
    let project = id.rsplit_once(':').map_or(id.as_str(), |(project, _)| project);
    model::right(cx, action, project)
}

/// A right on a sandbox itself.
pub(crate) fn right_of_sandbox(cx: &Cx, action: &str, id_or_arn: &str) -> Right {
    let scope = cx.scope();
    let arn = sandbox_arn(&scope, sandbox_id(&scope, id_or_arn));
    Right::new(format!("codebuild:{action}"), arn)
}
