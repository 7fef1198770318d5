//! Batches as the store keeps them.

use api_developer::codebuild::*;
use service::{Cx, Right};
use shape::{Shape, Timestamp};
use store::{Index, Key, ReadTx, Resource, Stored};
use types::{Arn, Scope};
use wire::Error;

use crate::errors;
use crate::model::{BY_PROJECT, BY_TIME, BY_TOKEN, BuildRecord, EVERY, right};

/// The group whose build fetches the source and reads the buildspec for all others.
pub(super) const DOWNLOAD_SOURCE: &str = "DOWNLOAD_SOURCE";
/// Time limit of a batch where its project names none, in minutes.
const DEFAULT_TIMEOUT: i32 = 480;
/// Builds of a batch where its project names no other limit; AWS's quota.
const DEFAULT_MAX_BUILDS: i32 = 100;

/// A batch, with what only its reconciler needs.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct BatchRecord {
    /// `PROJECT:UUID`
    pub id: String,
    pub batch: BuildBatch,
    /// What each of its builds is before its task changes it; never run itself.
    pub template: BuildRecord,
    /// What the buildspec asks for, in its order; group `n + 1` is that of task `n`.
    pub tasks: Vec<Task>,
    pub fast_fail: bool,
    /// Set when somebody asked to stop it.
    pub stop_requested: bool,
    /// Why its builds could not be stopped, if they should have been.
    pub trouble: Option<String>,
    /// Why its source's host could not be told of it, if it should have been.
    pub unreported: Option<String>,
    /// When it was started, or retried the last time; its time limit counts from here.
    pub began_at: Option<Timestamp>,
    /// Token of the request that started or retried it, its content's digest, and when it came.
    pub token: Option<String>,
    pub token_digest: Option<String>,
    pub token_at: Option<Timestamp>,
}

/// One build of a batch: what it overrides of the template.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Task {
    pub identifier: String,
    pub buildspec: Option<String>,
    pub compute_type: Option<ComputeType>,
    pub fleet: Option<String>,
    pub image: Option<String>,
    pub privileged_mode: Option<bool>,
    pub environment_type: Option<EnvironmentType>,
    pub variables: Vec<EnvironmentVariable>,
    pub debug_session: Option<bool>,
    /// In place of the project's, where a pipeline names outputs after builds.
    pub outputs: Option<Outputs>,
    /// Of a fan-out: its number, from 0, and how many there are.
    pub shard: Option<i32>,
    pub shards: Option<i32>,
}

/// The outputs of one build.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Outputs {
    pub primary: Option<ProjectArtifacts>,
    pub secondary: Vec<ProjectArtifacts>,
}

impl Resource for BatchRecord {
    const KIND: &'static str = "codebuild.batch";

    fn key(&self) -> String {
        self.id.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        let started = || Key::new().time(self.batch.start_time.unwrap_or_default());
        let (project, status) = (self.project(), self.status());
        let mut indexes = vec![
            Index::new(BY_TIME, EVERY).sorted_by(started()),
            Index::new(BY_TIME, with_status(EVERY, Some(status))).sorted_by(started()),
            Index::new(BY_PROJECT, project).sorted_by(started()),
            Index::new(BY_PROJECT, with_status(project, Some(status))).sorted_by(started()),
        ];
        let by_token = |token| Index::new(BY_TOKEN, token).sorted_by(started());
        indexes.extend(self.token.as_ref().map(by_token));
        indexes
    }
}

/// The value of an index for all batches, or those of one status. No project's name has a slash.
pub(super) fn with_status(value: &str, status: Option<BuildStatusType>) -> String {
    match status {
        None => value.to_owned(),
        Some(status) => format!("{value}/{status}"),
    }
}

impl BatchRecord {
    pub fn project(&self) -> &str {
        self.id.rsplit_once(':').map_or("", |(project, _)| project)
    }

    pub fn uuid(&self) -> &str {
        self.id.rsplit_once(':').map_or("", |(_, uuid)| uuid)
    }

    pub fn arn(&self) -> &str {
        self.batch.arn.as_deref().unwrap_or_default()
    }

    pub fn status(&self) -> BuildStatusType {
        self.batch.build_batch_status.unwrap_or(BuildStatusType::InProgress)
    }

    pub fn is_complete(&self) -> bool {
        self.batch.complete == Some(true)
    }

    pub fn groups(&self) -> &[BuildGroup] {
        self.batch.build_groups.as_deref().unwrap_or_default()
    }

    /// The role in which it starts and stops its builds.
    pub fn batch_role(&self) -> &str {
        let config = self.batch.build_batch_config.as_ref();
        config.and_then(|config| config.service_role.as_deref()).unwrap_or_default()
    }

    fn restrictions(&self) -> Option<&BatchRestrictions> {
        self.batch.build_batch_config.as_ref()?.restrictions.as_ref()
    }

    /// How many builds it may have.
    pub fn max_builds(&self) -> usize {
        let most = self.restrictions().and_then(|it| it.maximum_builds_allowed);
        usize::try_from(most.unwrap_or(DEFAULT_MAX_BUILDS)).unwrap_or_default()
    }

    /// The compute types that its builds may have; any if there are none.
    pub fn compute_types(&self) -> &[String] {
        self.restrictions().and_then(|it| it.compute_types_allowed.as_deref()).unwrap_or_default()
    }

    /// The fleets that its builds may have; any if there are none.
    pub fn fleets(&self) -> &[String] {
        self.restrictions().and_then(|it| it.fleets_allowed.as_deref()).unwrap_or_default()
    }

    /// When its time is over.
    pub fn deadline(&self) -> Timestamp {
        let config = self.batch.build_batch_config.as_ref();
        let minutes = config.and_then(|it| it.timeout_in_mins).unwrap_or(DEFAULT_TIMEOUT);
        self.began_at.unwrap_or_default().plus_secs(i64::from(minutes) * 60)
    }

    pub fn load(tx: &ReadTx<'_>, scope: &Scope, id: &str) -> Result<Stored<Self>, Error> {
        let missing = || errors::NOT_FOUND.error(format!("Build batch cannot be found: {id}"));
        tx.get(scope, id)?.ok_or_else(missing)
    }
}

/// A batch's ARN.
pub(super) fn batch_arn(scope: &Scope, id: &str) -> String {
    let resource = format!("build-batch/{id}");
    Arn::new("codebuild", scope.region.as_str(), scope.account.as_str(), resource).to_string()
}

/// The id in a batch's id or ARN.
pub(crate) fn batch_id<'a>(scope: &Scope, id_or_arn: &'a str) -> &'a str {
    id_or_arn.strip_prefix(&batch_arn(scope, "")).unwrap_or(id_or_arn)
}

/// A right on the project of a batch.
pub(crate) fn right_of_batch(cx: &Cx, action: &str, id_or_arn: &str) -> Result<Right, Error> {
    let scope = cx.scope();
    let id = batch_id(&scope, id_or_arn);
    right(cx, action, id.rsplit_once(':').map_or(id, |(project, _)| project))
}
