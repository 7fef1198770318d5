//! Projects and builds as the store keeps them.

use api_developer::codebuild::{Build, BuildPhaseType, Project, ProjectArtifacts};
use service::{Cx, Right};
use shape::{Shape, Timestamp};
use store::{Index, Key, ReadTx, Resource, Stored};
use types::{Arn, Scope};
use wire::Error;

use crate::errors;

/// Projects of one account in one region; AWS's quota.
pub(crate) const MAX_PROJECTS: usize = 5_000;
/// Sorted by time.
pub(crate) const BY_TIME: &str = "by-time";
/// The one value of [`BY_TIME`] for all builds.
pub(crate) const EVERY: &str = "all";
/// Builds that are not complete, by project.
pub(crate) const ACTIVE: &str = "active";
/// Builds by project, sorted by time.
pub(crate) const BY_PROJECT: &str = "by-project";
/// Builds by the token of the request that started them.
pub(crate) const BY_TOKEN: &str = "by-token";
/// Finds a build by its uuid, for its sandbox and credentials.
pub(crate) const BY_UUID: &str = "by-uuid";

/// A project.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct ProjectRecord {
    pub name: String,
    pub project: Project,
    /// Number of the last build.
    pub builds: i64,
}

impl Resource for ProjectRecord {
    const KIND: &'static str = "codebuild.project";

    fn key(&self) -> String {
        self.name.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        let time = |at: Option<Timestamp>| Key::new().time(at.unwrap_or_default());
        vec![
            Index::new(BY_TIME, "created").sorted_by(time(self.project.created)),
            Index::new(BY_TIME, "modified").sorted_by(time(self.project.last_modified)),
        ]
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
}

impl Resource for BuildRecord {
    const KIND: &'static str = "codebuild.build";

    fn key(&self) -> String {
        self.id.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        let started = || Key::new().time(self.build.start_time.unwrap_or_default());
        let project = self.project();
        let mut indexes = vec![
            Index::new(BY_TIME, EVERY).sorted_by(started()),
            Index::new(BY_PROJECT, project).sorted_by(started()),
            Index::global(BY_UUID, self.uuid()),
        ];
        if !self.is_complete() {
            indexes.push(Index::new(ACTIVE, project));
        }
        indexes.extend(self.token.as_ref().map(|token| Index::new(BY_TOKEN, token)));
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
    id_or_arn.strip_prefix(&build_arn(scope, "")).unwrap_or(id_or_arn)
}

/// A right on a project, with its tags as condition keys.
pub(crate) fn right(cx: &Cx, action: &str, name_or_arn: &str) -> Result<Right, Error> {
    let scope = cx.scope();
    let name = project_name(&scope, name_or_arn);
    let mut right = Right::new(format!("codebuild:{action}"), project_arn(&cx.scope(), name));
    let found = cx.read(|tx| Ok(tx.get::<ProjectRecord>(&cx.scope(), name)?))?;
    for tag in found.iter().flat_map(|found| found.project.tags.iter().flatten()) {
        if let (Some(key), Some(value)) = (&tag.key, &tag.value) {
            right = right.with(format!("aws:ResourceTag/{key}"), value.clone());
        }
    }
    Ok(right)
}

/// A right on the project of a build.
pub(crate) fn right_of_build(cx: &Cx, action: &str, id_or_arn: &str) -> Result<Right, Error> {
    let scope = cx.scope();
    let id = build_id(&scope, id_or_arn);
    right(cx, action, id.rsplit_once(':').map_or(id, |(project, _)| project))
}
