//! A git source, fetched: what went wrong is told in AWS's words first, then in git's.

use std::path::Path;

use api_developer::codebuild::{CacheMode, CacheType, ProjectSource, SourceType};
use service::Cx;

use super::super::{Cut, Job, certificate, follow};
use super::CODE;
use super::checkout::{CheckedOut, Checkout, Version};
use super::submodules::FetchError;
use super::{mirror, remote, submodules};
use crate::model::BuildRecord;
use forge::git::Failure;

/// Fetches the repository into a new folder.
pub(super) async fn fetch(
    job: &Job,
    cx: &Cx,
    source: &ProjectSource,
    version: Option<&str>,
    target: &Path,
) -> Result<CheckedOut, Cut> {
    let certificate = match source.kind {
        SourceType::GithubEnterprise | SourceType::GitlabSelfManaged => {
            certificate::fetch(job, cx).await?
        }
        _ => None,
    };
    let remote = remote::of_source(job, cx, source, certificate.as_deref()).await?;
    let wrong = |failure| told(failure, source, version, remote.is_signed);
    let parsed = Version::parse(version.unwrap_or_default(), remote.provider)
        .map_err(|why| wrong(Failure::NoReference(why)))?;
    std::fs::create_dir_all(target).map_err(Cut::retry)?;
    let mirror = match caches_sources(&job.record) {
        true => {
            let folder = remote::mirrors(&job.yard, job.run.scope(), job.record.project());
            let fresh = mirror::fresh(&remote.git, &folder, &remote.url, &parsed).await;
            Some(fresh.map_err(wrong)?)
        }
        false => None,
    };
    let checkout = Checkout {
        git: &remote.git,
        url: &remote.url,
        depth: source.git_clone_depth.filter(|depth| *depth > 0),
        mirror: mirror.as_ref().map(|mirror| mirror.path.clone()),
        target,
    };
    let done = checkout.version(&parsed).await.map_err(wrong)?;
    drop(mirror);
    if source.git_submodules_config.as_ref().is_some_and(|config| config.fetch_submodules) {
        submodules::fetch(job, &remote, target).await.map_err(|error| match error {
            FetchError::Cut(cut) => cut,
            FetchError::Git(failure) => match wrong(failure) {
                Cut::Ended(status, mut context) => {
                    context.message = format!("a submodule: {}", context.message);
                    Cut::Ended(status, context)
                }
                cut => cut,
            },
        })?;
    }
    Ok(done)
}

/// Whether the project keeps a copy of its sources between builds.
fn caches_sources(record: &BuildRecord) -> bool {
    let cache = record.build.cache.as_ref().filter(|cache| cache.kind == CacheType::Local);
    let mut modes = cache.and_then(|cache| cache.modes.as_ref()).into_iter().flatten();
    modes.any(|mode| *mode == CacheMode::LocalSourceCache)
}

/// How a failure is told: AWS's words, and git's.
fn told(failure: Failure, source: &ProjectSource, version: Option<&str>, is_signed: bool) -> Cut {
    let which = match source.source_identifier.as_deref() {
        Some(id) => {
            format!("secondary source {id} and source version {}", version.unwrap_or_default())
        }
        None => format!("primary source and source version {}", version.unwrap_or_default()),
    };
    let which = which.trim_end();
    let failed = |what: &str, why: &str| Cut::failed(CODE, format!("{what} for {which}: {why}"));
    match failure {
        Failure::Denied(why) if is_signed => failed("authorization failed", &why),
        Failure::Denied(why) => failed("authentication required", &why),
        Failure::NoRepository(why) => failed("repository not found", &why),
        Failure::NoReference(why) => failed("reference not found", &why),
        Failure::TooLarge(why) | Failure::Other(why) => failed("download failed", &why),
        Failure::Late => follow::timed_out(),
        Failure::Stopped => follow::stopped(),
        Failure::Broken(why) => Cut::retry(why),
    }
}
