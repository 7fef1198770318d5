//! Projects and builds as the store keeps them.

use api_developer::codebuild::{Build, BuildPhaseType, Project, ProjectArtifacts};
use service::{Cx, Right};
use shape::{Shape, Timestamp};
use store::{Index, Key, ReadTx, Resource, Stored};
use types::{Arn, Scope};
use wire::Error;

use crate::sandboxes::{self, SandboxPart};
use crate::{errors, sharing};

/// Projects of one account in one region; AWS's quota.
pub(crate) const MAX_PROJECTS: usize = 5_000;
/// Sorted by time.
pub(crate) const BY_TIME: &str = "by-time";
/// The one value of [`BY_TIME`] for all builds.
pub(crate) const EVERY: &str = "all";
/// Builds that are not complete, by project, and under [`ANY_PROJECT`] all of them.
pub(crate) const ACTIVE: &str = "active";
/// No project's name.
pub(crate) const ANY_PROJECT: &str = "*";
/// Builds by project, sorted by time.
pub(crate) const BY_PROJECT: &str = "by-project";
/// Builds by the token of the request that started them.
pub(crate) const BY_TOKEN: &str = "by-token";
/// Builds by project and what they build, sorted by time.
pub(crate) const BY_SOURCE_REF: &str = "by-source-ref";
/// Finds a project by its badge's token.
pub(crate) const BY_BADGE: &str = "by-badge";
/// Finds a project by the alias by which the public knows it.
pub(crate) const BY_ALIAS: &str = "by-alias";
/// Finds a build by its uuid, for its sandbox and credentials.
pub(crate) const BY_UUID: &str = "by-uuid";

/// A project.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct ProjectRecord {
    pub name: String,
    pub project: Project,
    /// Number of the last build.
    pub builds: i64,
    /// How often the cache was invalidated: what was kept before is not found any more.
    pub cache_version: Option<i64>,
    /// Number of the last batch.
    pub batches: Option<i64>,
    /// What its badge's URL is known by.
    pub badge_token: Option<String>,
    /// The turn of the build that was queued last; see [`crate::queue::next_turn`].
    pub last_turn: Option<Timestamp>,
}

impl Resource for ProjectRecord {
    const KIND: &'static str = "codebuild.project";

    fn key(&self) -> String {
        self.name.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        let time = |at: Option<Timestamp>| Key::new().time(at.unwrap_or_default());
        let mut indexes = vec![
            Index::new(BY_TIME, "created").sorted_by(time(self.project.created)),
            Index::new(BY_TIME, "modified").sorted_by(time(self.project.last_modified)),
        ];
        let badge = self.badge_token.as_ref().map(|token| Index::global(BY_BADGE, token));
        let alias = self.project.public_project_alias.as_ref();
        indexes.extend(badge);
        indexes.extend(alias.map(|alias| Index::global(BY_ALIAS, alias)));
        indexes
    }
}

impl ProjectRecord {
    pub fn load(tx: &ReadTx<'_>, scope: &Scope, name: &str) -> Result<Stored<Self>, Error> {
        let missing = || errors::NOT_FOUND.error(format!("Project cannot be found: {name}"));
        tx.get(scope, name)?.ok_or_else(missing)
    }
}

/// A build, with what only the runner needs.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct BuildRecord {
    /// `PROJECT:UUID`
    pub id: String,
    pub build: Build,
    /// The artifacts as configured; the build's own shape tells their location only.
    pub artifacts: ProjectArtifacts,
    pub secondary_artifacts: Vec<ProjectArtifacts>,
    /// Token of the request that started it, its content's digest, and when it came.
    pub token: Option<String>,
    pub token_digest: Option<String>,
    /// Set when somebody asked to stop it.
    pub stop_requested: bool,
    /// When the runner took it up; the time limit counts from here.
    pub taken_at: Option<Timestamp>,
    /// SHA-256, in hexadecimal, of the token by which its commands get the role's credentials.
    pub credentials_digest: Option<String>,
    /// Its place in a batch, if it is a build of one.
    pub part: Option<BatchPart>,
    /// The event of a webhook that started it.
    pub webhook: Option<WebhookTrigger>,
    /// The branch or tag that it builds, in full, once that is known.
    pub source_ref: Option<String>,
    /// The batch's buildspec, once the build that reads it for the batch has done so.
    pub batch_spec: Option<String>,
    /// It is no build: see [`crate::sandboxes`].
    pub sandbox: Option<SandboxPart>,
}

/// What a build is told of the webhook's event that started it.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct WebhookTrigger {
    /// For instance `PUSH`.
    pub event: String,
    /// `branch/NAME`, `tag/NAME` or `pr/NUMBER`.
    pub trigger: String,
    pub head_ref: Option<String>,
    pub base_ref: Option<String>,
    pub actor_account_id: Option<String>,
    pub merge_commit: Option<String>,
    pub prev_commit: Option<String>,
    /// The commit that the event is about, for its status.
    pub head_commit: Option<String>,
    /// Of a workflow's job: its id, that of its run, and the label that names the project.
    pub job: Option<String>,
    pub run: Option<String>,
    pub label: Option<String>,
}

impl WebhookTrigger {
    /// The environment variables that tell of it:
    /// <https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html>.
    pub fn variables(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("CODEBUILD_WEBHOOK_EVENT", Some(&self.event)),
            ("CODEBUILD_WEBHOOK_TRIGGER", Some(&self.trigger)),
            ("CODEBUILD_WEBHOOK_HEAD_REF", self.head_ref.as_ref()),
            ("CODEBUILD_WEBHOOK_BASE_REF", self.base_ref.as_ref()),
            ("CODEBUILD_WEBHOOK_ACTOR_ACCOUNT_ID", self.actor_account_id.as_ref()),
            ("CODEBUILD_WEBHOOK_MERGE_COMMIT", self.merge_commit.as_ref()),
            ("CODEBUILD_WEBHOOK_PREV_COMMIT", self.prev_commit.as_ref()),
            ("CODEBUILD_WEBHOOK_JOB_ID", self.job.as_ref()),
            ("CODEBUILD_WEBHOOK_RUN_ID", self.run.as_ref()),
            ("CODEBUILD_WEBHOOK_LABEL", self.label.as_ref()),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value?.as_str()))).collect()
    }

    /// What the log says of an event that AWS answers otherwise.
    pub fn notice(&self) -> Option<String> {
        let (job, run) = (self.job.as_ref()?, self.run.as_ref()?);
        Some(format!(
            "This yard starts no GitHub Actions runner: the build runs the project's buildspec, \
             and job {job} of run {run} waits until a runner takes it"
        ))
    }
}

/// A build's place in a batch.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct BatchPart {
    /// `PROJECT:UUID` of the batch.
    pub batch: String,
    /// Its build group.
    pub identifier: String,
    /// It fetches the sources and reads the buildspec for the batch, and runs nothing.
    pub reads_spec: bool,
    /// Of a fan-out: its number, from 0, and how many there are.
    pub shard: Option<i32>,
    pub shards: Option<i32>,
}

impl Resource for BuildRecord {
    const KIND: &'static str = "codebuild.build";

    fn key(&self) -> String {
        match &self.sandbox {
            Some(_) => sandboxes::key(&self.id),
            None => self.id.clone(),
        }
    }

    fn indexes(&self) -> Vec<Index> {
        if self.sandbox.is_some() {
            return sandboxes::indexes(self);
        }
        let started = || Key::new().time(self.build.start_time.unwrap_or_default());
        let project = self.project();
        let mut indexes = vec![
            Index::new(BY_TIME, EVERY).sorted_by(started()),
            Index::new(BY_PROJECT, project).sorted_by(started()),
            Index::global(BY_UUID, self.uuid()),
        ];
        if !self.is_complete() {
            indexes.push(Index::new(ACTIVE, project));
            indexes.push(Index::new(ACTIVE, ANY_PROJECT));
        }
        let by_token = |token| Index::new(BY_TOKEN, token).sorted_by(started());
        indexes.extend(self.token.as_ref().map(by_token));
        if let Some(reference) = self.reference() {
            let value = source_ref_key(project, &reference);
            indexes.push(Index::new(BY_SOURCE_REF, value).sorted_by(started()));
        }
        indexes
    }
}

impl BuildRecord {
    pub fn project(&self) -> &str {
        self.id.rsplit_once(':').map_or("", |(project, _)| project)
    }

    pub fn uuid(&self) -> &str {
        self.id.rsplit_once(':').map_or("", |(_, uuid)| uuid)
    }

    /// The branch or tag that it builds, in full: what was found, else what was asked for.
    pub fn reference(&self) -> Option<String> {
        if self.source_ref.is_some() {
            return self.source_ref.clone();
        }
        let version = self.build.source_version.as_deref().filter(|it| !it.is_empty())?;
        let name = version.split_once("^{").map_or(version, |(name, _)| name);
        match name.starts_with("refs/") {
            true => Some(name.to_owned()),
            false => Some(format!("refs/heads/{name}")),
        }
    }

    pub fn is_complete(&self) -> bool {
        self.build.build_complete == Some(true)
    }

    /// Nothing of it has been done yet.
    pub fn is_queued(&self) -> bool {
        self.build.current_phase.as_deref() == Some(BuildPhaseType::Queued.as_str())
    }

    pub fn arn(&self) -> &str {
        self.build.arn.as_deref().unwrap_or_default()
    }

    pub fn service_role(&self) -> &str {
        self.build.service_role.as_deref().unwrap_or_default()
    }

    /// The build of a uuid, whoever's it is.
    pub fn by_uuid(tx: &ReadTx<'_>, uuid: &str) -> Result<Option<Stored<Self>>, store::StoreError> {
        let found = tx.find_anywhere::<Self>(BY_UUID, uuid, &store::Query::first(1))?;
        Ok(found.items.into_iter().next())
    }
}

/// The value of [`BY_SOURCE_REF`] for a project's builds of a branch or tag.
pub(crate) fn source_ref_key(project: &str, reference: &str) -> String {
    format!("{project} {reference}")
}

/// A project's ARN.
pub(crate) fn project_arn(scope: &Scope, name: &str) -> String {
    let resource = format!("project/{name}");
    Arn::new("codebuild", scope.region.as_str(), scope.account.as_str(), resource).to_string()
}

/// A build's ARN.
pub(crate) fn build_arn(scope: &Scope, id: &str) -> String {
    let resource = format!("build/{id}");
    Arn::new("codebuild", scope.region.as_str(), scope.account.as_str(), resource).to_string()
}

/// The name in a project's name or ARN. An ARN of another account or region is left whole, which
/// is the name of no project.
pub(crate) fn project_name<'a>(scope: &Scope, name_or_arn: &'a str) -> &'a str {
    name_or_arn.strip_prefix(&project_arn(scope, "")).unwrap_or(name_or_arn)
}

/// The id in a build's id or ARN, in the same way.
pub(crate) fn build_id<'a>(scope: &Scope, id_or_arn: &'a str) -> &'a str {
    no_sandbox(id_or_arn.strip_prefix(&build_arn(scope, "")).unwrap_or(id_or_arn))
}

/// What callers name as builds are builds.
fn no_sandbox(id: &str) -> &str {
    id.trim_start_matches(sandboxes::KEY_PREFIX)
}

/// The scope and the name in a project's name or ARN, whosever it is.
pub(crate) fn project_place<'a>(scope: &Scope, name_or_arn: &'a str) -> (Scope, &'a str) {
    place(scope, name_or_arn, ":project/")
}

/// The scope and the id in a build's id or ARN, in the same way.
pub(crate) fn build_place<'a>(scope: &Scope, id_or_arn: &'a str) -> (Scope, &'a str) {
    let (scope, id) = place(scope, id_or_arn, ":build/");
    (scope, no_sandbox(id))
}

fn place<'a>(scope: &Scope, text: &'a str, mark: &str) -> (Scope, &'a str) {
    let Some(owner) = sharing::scope_of(text) else { return (scope.clone(), text) };
    match text.split_once(mark) {
        Some((_, name)) => (owner, name),
        None => (scope.clone(), text),
    }
}

/// A right on a project, with its tags as condition keys and the policy by which it is shared.
pub(crate) fn right(cx: &Cx, action: &str, name_or_arn: &str) -> Result<Right, Error> {
    let (scope, name) = project_place(&cx.scope(), name_or_arn);
    let mut right = Right::new(format!("codebuild:{action}"), project_arn(&scope, name));
    let found = cx.read(|tx| Ok(tx.get::<ProjectRecord>(&scope, name)?))?;
    for tag in found.iter().flat_map(|found| found.project.tags.iter().flatten()) {
        if let (Some(key), Some(value)) = (&tag.key, &tag.value) {
            right = right.with(format!("aws:ResourceTag/{key}"), value.clone());
        }
    }
    sharing::with_policy(cx, right)
}

/// A right on the project of a build.
pub(crate) fn right_of_build(cx: &Cx, action: &str, id_or_arn: &str) -> Result<Right, Error> {
    let (scope, id) = build_place(&cx.scope(), id_or_arn);
    let project = id.rsplit_once(':').map_or(id, |(project, _)| project);
    right(cx, action, &project_arn(&scope, project))
}
