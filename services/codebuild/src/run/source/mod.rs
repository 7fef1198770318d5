//! Sources: fetched as the service role, into a directory that the sandbox will show.

mod checkout;
mod lfs;
mod mirror;
mod remote;
mod repository;
mod s3;
mod status;
mod submodules;

use std::fs;
use std::path::Path;

use api_developer::codebuild::{ProjectSource, SourceType};
use serde_json::{Value, json};
use service::Cx;

use super::{Cut, Job};
use crate::local_sources;
use crate::model::BuildRecord;

pub(crate) use remote::forget_mirrors;
pub(super) use status::{report_end, report_fault, report_start};

const CODE: &str = "CLIENT_ERROR";

/// What was fetched; the record of it is journalled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Downloaded {
    /// The commit or revision of the primary source.
    pub resolved: Option<String>,
    /// The branch or tag of the primary source, in full, where it was one.
    pub reference: Option<String>,
    /// The secondary sources.
    pub secondary: Vec<Secondary>,
    /// The build specification.
    pub buildspec: String,
    /// For the log.
    pub told: Vec<String>,
}

/// One secondary source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Secondary {
    pub id: String,
    pub version: Option<String>,
    pub resolved: Option<String>,
}

/// Where sources are inside: a number, as in AWS, that differs from build to build.
fn inside(uuid: &str, part: &str) -> String {
    let digits = uuid.bytes().filter(u8::is_ascii_digit).take(9).map(char::from);
    format!("/codebuild/output/src{}/{part}", digits.collect::<String>())
}

impl Downloaded {
    /// The primary source's directory inside.
    pub fn inside(&self, uuid: &str) -> String {
        inside(uuid, "src")
    }

    pub fn to_json(&self) -> Value {
        let secondary = self.secondary.iter().map(|secondary| {
            json!({ "id": secondary.id, "version": secondary.version, "resolved": secondary.resolved })
        });
        json!({
            "resolved": self.resolved,
            "reference": self.reference,
            "secondary": secondary.collect::<Vec<_>>(),
            "buildspec": self.buildspec,
            "told": self.told,
        })
    }

    pub fn from_json(value: &Value) -> Self {
        let text = |value: &Value, name: &str| value.get(name)?.as_str().map(str::to_owned);
        let secondary = value.get("secondary").and_then(Value::as_array).into_iter().flatten();
        Self {
            resolved: text(value, "resolved"),
            reference: text(value, "reference"),
            secondary: secondary
                .map(|it| Secondary {
                    id: text(it, "id").unwrap_or_default(),
                    version: text(it, "version"),
                    resolved: text(it, "resolved"),
                })
                .collect(),
            buildspec: text(value, "buildspec").unwrap_or_default(),
            told: super::artifacts::texts(value, "told"),
        }
    }
}

impl Secondary {
    /// The source's directory inside.
    pub fn inside(&self, uuid: &str) -> String {
        inside(uuid, &self.directory())
    }

    /// The name of its directory.
    pub fn directory(&self) -> String {
        format!("src_{}", self.id)
    }
}

/// Whether fetching may take a while: the build's owner should see that it goes on.
pub(super) fn takes_time(record: &BuildRecord) -> bool {
    let build = &record.build;
    let primary = build.source.as_ref();
    build.secondary_sources.as_ref().is_some_and(|sources| !sources.is_empty())
        || primary.is_none_or(|source| {
            let inline = source.buildspec.as_deref().is_some_and(super::buildspec::is_inline);
            source.kind != SourceType::NoSource || !inline
        })
}

/// Fetches everything into `work`, which is made afresh.
pub(super) async fn download(job: &Job, cx: &Cx, work: &Path) -> Result<Downloaded, Cut> {
    fresh(job, work).await?;
    let build = &job.record.build;
    let primary = build.source.clone().unwrap_or_default();
    let Fetched { resolved, reference } =
        fetch(job, cx, &primary, build.source_version.as_deref(), &work.join("src")).await?;
    let is_git = |source: &ProjectSource| {
        let kinds = [SourceType::NoSource, SourceType::S3, SourceType::Codepipeline];
        !kinds.contains(&source.kind)
    };
    let mut told = Vec::new();
    if is_git(&primary) {
        told.extend(lfs::notice(&work.join("src"), "primary source"));
    }
    let mut secondary = Vec::new();
    for source in build.secondary_sources.iter().flatten() {
        let id = source.source_identifier.clone().unwrap_or_default();
        let versions = build.secondary_source_versions.iter().flatten();
        let version = versions
            .filter(|version| version.source_identifier == id)
            .map(|version| version.source_version.clone())
            .next();
        let mut one = Secondary { id, version, resolved: None };
        let target = work.join(one.directory());
        one.resolved = fetch(job, cx, source, one.version.as_deref(), &target).await?.resolved;
        if is_git(source) {
            told.extend(lfs::notice(&target, &format!("secondary source {}", one.id)));
        }
        secondary.push(one);
    }
    let buildspec = buildspec(cx, &primary, &work.join("src")).await?;
    Ok(Downloaded { resolved, reference, secondary, buildspec, told })
}

async fn fresh(job: &Job, work: &Path) -> Result<(), Cut> {
    if work.exists() {
        let driver = job.rooms.sandboxes(&job.yard).map_err(Cut::retry)?;
        driver.remove_tree(work.to_owned()).await.map_err(Cut::retry)?;
    }
    fs::create_dir_all(work).map_err(Cut::retry)
}

/// What one source was found to be.
#[derive(Default)]
struct Fetched {
    /// The commit, where there are commits.
    resolved: Option<String>,
    reference: Option<String>,
}

/// Fetches one source.
async fn fetch(
    job: &Job,
    cx: &Cx,
    source: &ProjectSource,
    version: Option<&str>,
    target: &Path,
) -> Result<Fetched, Cut> {
    let identifier = source.source_identifier.as_deref();
    if let Some(folder) = local_sources::find(&job.yard, job.record.project(), identifier) {
        let target = target.to_owned();
        let placed = tokio::task::spawn_blocking(move || folder.place(&target)).await;
        let placed = placed.map_err(Cut::retry)?;
        return placed.map(|()| Fetched::default()).map_err(|why| Cut::failed(CODE, why));
    }
    let location = source.location.as_deref().unwrap_or_default();
    match source.kind {
        SourceType::NoSource => {
            fs::create_dir_all(target).map_err(Cut::retry)?;
            Ok(Fetched::default())
        }
        SourceType::S3 => {
            s3::fetch(cx, location, version, target).await?;
            Ok(Fetched::default())
        }
        SourceType::Codepipeline => {
            // The version is the pipeline's source revision, not one of the artifact.
            s3::fetch(cx, location, None, target).await?;
            Ok(Fetched { resolved: version.map(str::to_owned), reference: None })
        }
        SourceType::Codecommit
        | SourceType::Github
        | SourceType::GithubEnterprise
        | SourceType::Gitlab
        | SourceType::GitlabSelfManaged
        | SourceType::Bitbucket => {
            let done = repository::fetch(job, cx, source, version, target).await?;
            Ok(Fetched { resolved: Some(done.commit), reference: done.reference })
        }
    }
}

/// The specification: in the project, in a bucket, or in the source.
async fn buildspec(cx: &Cx, source: &ProjectSource, root: &Path) -> Result<String, Cut> {
    let given = source.buildspec.as_deref().map(str::trim).filter(|text| !text.is_empty());
    match given {
        Some(text) if super::buildspec::is_inline(text) => {
            Ok(source.buildspec.clone().unwrap_or_default())
        }
        Some(arn) if arn.starts_with("arn:") => {
            let place = arn.rsplit_once(":::").and_then(|(_, place)| place.split_once('/'));
            let (bucket, key) = place.ok_or_else(|| {
                Cut::failed("YAML_FILE_ERROR", format!("{arn} is no object's ARN"))
            })?;
            let input = api_storage::s3::GetObjectInput {
                bucket: bucket.to_owned(),
                key: key.to_owned(),
                ..Default::default()
            };
            let output = cx
                .call(api_storage::s3::GetObject, input)
                .await
                .map_err(|error| s3::denied(bucket, key, &error))?;
            let limit = usize::try_from(super::buildspec::MAX_BYTES).unwrap_or(usize::MAX);
            let bytes = output
                .body
                .collect(limit)
                .await
                .map_err(|error| Cut::failed("YAML_FILE_ERROR", format!("{arn}: {error}")))?;
            String::from_utf8(bytes.to_vec())
                .map_err(|_| Cut::failed("YAML_FILE_ERROR", format!("{arn} is not UTF-8")))
        }
        Some(path) => super::buildspec::read(root, path),
        None => super::buildspec::read(root, "buildspec.yml"),
    }
}
