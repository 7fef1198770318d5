//! `combineArtifacts`: the outputs of a batch's builds put together where those of one build would
//! be.
//!
//! Until then each build has an archive of its own under its id, in the same bucket, which stays
//! there: a retry of what failed needs those of the builds that did not. The builds' role fetches
//! and puts them, not the batch's, which need not be allowed anything but to start and stop builds.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use api_developer::codebuild::*;
use engine::{EngineError, Next};
use serde_json::{Value, json};
use service::{Cx, SessionRequest};

use super::look::{build_of, cut};
use super::model::BatchRecord;
use super::phases;
use super::plan::{self, Cut};
use super::run::{Drive, load_in};
use super::summaries::renew_summaries;
use crate::builds::{self, artifact_key};
use crate::model::BuildRecord;
use crate::phases::Context;
use crate::rooms;
use crate::run::{self, Part, Whole};

/// How often to look whether the batch is to stop meanwhile.
const LOOK: Duration = Duration::from_millis(500);

/// Whether the batch's builds have outputs to put together.
pub(super) fn wanted(record: &BatchRecord) -> bool {
    let config = record.batch.build_batch_config.as_ref();
    config.and_then(|config| config.combine_artifacts) == Some(true)
        && targets(record).next().is_some()
}

fn targets(record: &BatchRecord) -> impl Iterator<Item = &ProjectArtifacts> {
    let template = &record.template;
    [&template.artifacts]
        .into_iter()
        .chain(&template.secondary_artifacts)
        .filter(|target| target.kind != ArtifactsType::NoArtifacts && target.location.is_some())
}

/// Has a build keep its outputs apart from those of the others.
pub(super) fn stage(build: &mut BuildRecord) {
    let all = [&mut build.artifacts].into_iter().chain(&mut build.secondary_artifacts);
    for target in all.filter(|target| target.kind != ArtifactsType::NoArtifacts) {
        target.namespace_type = Some(ArtifactNamespace::BuildId);
        target.packaging = Some(ArtifactPackaging::Zip);
    }
    let location = builds::artifact_location(&build.artifacts, build.uuid());
    if let Some(shown) = &mut build.build.artifacts {
        shown.location = location;
    }
}

impl Drive {
    /// Into the phase.
    pub(super) async fn begin_combining(&self) -> Result<(), EngineError> {
        let (scope, id, now) =
            (self.run.scope().clone(), self.run.key().to_owned(), self.run.now());
        let begun = self.run.step_tx("begin to combine", Value::Null, move |tx| {
            let mut record = load_in(tx, &scope, &id)?;
            renew_summaries(tx, &scope, &mut record)?;
            phases::next(&mut record.batch, BuildBatchPhaseType::CombineArtifacts, now);
            tx.update(&scope, &record)?;
            Ok(Value::Null)
        });
        begun.await.map(drop)
    }

    /// Puts the outputs together, unless the batch is stopped or its time is over meanwhile; ends
    /// the batch.
    pub(super) async fn combine(&self, record: &BatchRecord) -> Result<Option<Next>, EngineError> {
        if let Some(why) = cut(record, self.run.now()) {
            return self.end_combining(why).await;
        }
        let directory = self.directory(record);
        let work = self.run.step("combine", Value::Null, |_| async {
            match self.combine_all(record).await {
                Ok(outputs) => Ok(json!({ "outputs": outputs })),
                Err(run::Cut::Ended(_, context)) => {
                    Ok(json!({ "code": context.code, "message": context.message }))
                }
                Err(run::Cut::Engine(error)) => Err(error),
            }
        });
        let done = tokio::select! {
            done = work => Ok(done?),
            why = self.until_cut() => Err(why?),
            () = self.run.stopping() => return Err(EngineError::Stopping),
        };
        if let Err(error) = tokio::fs::remove_dir_all(&directory).await
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(batch = record.id, %error, "failed to remove what combining left");
        }
        let done = match done {
            Ok(done) => done,
            Err(why) => return self.end_combining(why).await,
        };
        let text = |name: &str| done.get(name).and_then(Value::as_str);
        if let Some(message) = text("message") {
            let context = Context::new(text("code").unwrap_or_default(), message);
            return self.finish(BuildStatusType::Failed, Some(context)).await;
        }
        let (scope, id) = (self.run.scope().clone(), self.run.key().to_owned());
        let show = self.run.step_tx("show artifacts", Value::Null, move |tx| {
            let mut record = load_in(tx, &scope, &id)?;
            show(&mut record, &done);
            tx.update(&scope, &record)?;
            Ok(Value::Null)
        });
        show.await?;
        self.finish(BuildStatusType::Succeeded, None).await
    }

    async fn end_combining(&self, why: Cut) -> Result<Option<Next>, EngineError> {
        let (status, code, what) = match why {
            Cut::Stopped => (BuildStatusType::Stopped, "BATCH_STOPPED", "was stopped"),
            Cut::TimedOut => (BuildStatusType::TimedOut, "BATCH_TIMED_OUT", "has timed out"),
        };
        let message = format!("The batch {what} while its artifacts were combined");
        self.finish(status, Some(Context::new(code, message))).await
    }

    /// Returns when the batch is to stop.
    async fn until_cut(&self) -> Result<Cut, EngineError> {
        loop {
            tokio::time::sleep(LOOK).await;
            let record = self.load()?;
            if let Some(why) = record.and_then(|record| cut(&record, self.run.now())) {
                return Ok(why);
            }
        }
    }

    /// Not one of a build's name: those the yard clears away when it starts.
    fn directory(&self, record: &BatchRecord) -> PathBuf {
        rooms::work_directory(&self.yard, &format!("combine-{}", record.uuid()))
    }

    async fn combine_all(&self, record: &BatchRecord) -> Result<Vec<Value>, run::Cut> {
        let wholes = self.wholes(record)?;
        let cx = self.as_service_role(record)?;
        let directory = self.directory(record);
        let mut done = Vec::new();
        for whole in wholes.iter().filter(|whole| !whole.parts.is_empty()) {
            let combined = run::combine(&cx, &record.template, record.arn(), &directory, whole);
            done.push(combined.await?);
        }
        Ok(done)
    }

    /// The context of the role that the batch's builds have.
    pub(super) fn as_service_role(&self, record: &BatchRecord) -> Result<Cx, run::Cut> {
        let role = record.template.service_role().to_owned();
        let session = self.yard.assume_role(&SessionRequest {
            role_arn: role.clone(),
            service: "codebuild.amazonaws.com".to_owned(),
            session_name: format!("AWSCodeBuild-{}", record.uuid()),
            source_arn: Some(record.arn().to_owned()),
            ..SessionRequest::default()
        });
        let session = session.map_err(|error| {
            if error.status >= 500 {
                return run::Cut::retry(error);
            }
            let why = format!("the service role {role}: {}", error.message);
            run::Cut::failed("ACCESS_DENIED", why)
        })?;
        let region = self.run.scope().region.clone();
        Ok(Cx::background(&self.yard, session.caller, region, "codebuild.amazonaws.com"))
    }

    /// What there is of each output.
    fn wholes(&self, record: &BatchRecord) -> Result<Vec<Whole>, run::Cut> {
        let builds = self.succeeded(record)?;
        let primary = &record.template.artifacts;
        targets(record)
            .map(|target| {
                let is_primary = std::ptr::eq(target, primary);
                let id = target.artifact_identifier.clone().filter(|_| !is_primary);
                whole(record.uuid(), target, id, is_primary, &builds)
            })
            .collect()
    }

    fn succeeded(&self, record: &BatchRecord) -> Result<Vec<(String, BuildRecord)>, run::Cut> {
        let scope = self.run.scope();
        let mut builds = Vec::new();
        for group in plan::tasks(record) {
            let name = group.identifier.clone().unwrap_or_default();
            let summary = group.current_build_summary.as_ref();
            let summary = summary.filter(|it| it.build_status == Some(BuildStatusType::Succeeded));
            let Some(arn) = summary.and_then(|it| it.arn.as_deref()) else { continue };
            let found = self.run.store().read(|tx| build_of(tx, scope, arn));
            let Some(build) = found.map_err(EngineError::from)? else {
                return Err(run::Cut::failed(
                    "CLIENT_ERROR",
                    format!("the build {name} was deleted, and with it where its artifacts are"),
                ));
            };
            builds.push((name, build.into_inner()));
        }
        Ok(builds)
    }
}

fn whole(
    batch: &str,
    target: &ProjectArtifacts,
    id: Option<String>,
    is_primary: bool,
    builds: &[(String, BuildRecord)],
) -> Result<Whole, run::Cut> {
    let (mut parts, mut keys) = (Vec::new(), BTreeSet::new());
    for (name, record) in builds {
        let build = &record.build;
        let mut secondary = build.secondary_artifacts.iter().flatten();
        let shown = match is_primary {
            true => build.artifacts.as_ref(),
            false => secondary.find(|it| it.artifact_identifier == id),
        };
        // An archive has a digest once it is there.
        let Some(shown) = shown.filter(|shown| shown.sha256sum.is_some()) else { continue };
        let place = shown.location.as_deref().and_then(|it| it.strip_prefix("arn:aws:s3:::"));
        let Some((bucket, key)) = place.and_then(|place| place.split_once('/')) else { continue };
        keys.insert(whole_key(target, record.uuid(), batch, key));
        parts.push(Part { build: name.clone(), bucket: bucket.to_owned(), key: key.to_owned() });
    }
    if keys.len() > 1 {
        let keys: Vec<String> = keys.into_iter().collect();
        return Err(run::Cut::failed(
            "CLIENT_ERROR",
            format!(
                "the builds give their artifacts different names, which cannot be combined: {}",
                keys.join(", ")
            ),
        ));
    }
    let key = keys.into_iter().next().unwrap_or_default();
    Ok(Whole { id, target: target.clone(), key, parts })
}

/// Where one build would put what another has put under its own id.
fn whole_key(target: &ProjectArtifacts, build: &str, batch: &str, key: &str) -> String {
    let parts: Vec<&str> = key.split('/').collect();
    let at = parts.iter().position(|part| *part == build).unwrap_or(parts.len());
    let (before, after) = parts.split_at(at);
    let name = after.get(1..).unwrap_or_default();
    if target.namespace_type != Some(ArtifactNamespace::BuildId) {
        return artifact_key(target, batch, &name.join("/"));
    }
    let all = before.iter().copied().chain([batch]).chain(name.iter().copied());
    all.collect::<Vec<_>>().join("/")
}

/// Shows where the outputs are; none of what no build had.
fn show(record: &mut BatchRecord, done: &Value) {
    let text = |value: &Value, name: &str| value.get(name)?.as_str().map(str::to_owned);
    let template = record.template.clone();
    record.batch.artifacts = None;
    let mut secondary = Vec::new();
    for one in done.get("outputs").and_then(Value::as_array).into_iter().flatten() {
        let id = text(one, "id");
        let mut targets = template.secondary_artifacts.iter();
        let target = match &id {
            None => Some(&template.artifacts),
            id => targets.find(|target| target.artifact_identifier == *id),
        };
        let shown = BuildArtifacts {
            location: text(one, "location"),
            md5sum: text(one, "md5sum"),
            sha256sum: text(one, "sha256sum"),
            override_artifact_name: target.and_then(|it| it.override_artifact_name),
            encryption_disabled: target.and_then(|it| it.encryption_disabled),
            bucket_owner_access: target.and_then(|it| it.bucket_owner_access),
            artifact_identifier: id,
        };
        match &shown.artifact_identifier {
            None => record.batch.artifacts = Some(shown),
            Some(_) => secondary.push(shown),
        }
    }
    record.batch.secondary_artifacts = Some(secondary);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_is_where_one_build_would_put_it() {
        let target = |namespace: Option<ArtifactNamespace>| ProjectArtifacts {
            path: Some("p".to_owned()),
            namespace_type: namespace,
            ..ProjectArtifacts::default()
        };
        let by_build = target(Some(ArtifactNamespace::BuildId));
        for (key, plain, named) in [
            ("p/UUID/n", "p/n", "p/BATCH/n"),
            ("pre/p/UUID/n/m.zip", "p/n/m.zip", "pre/p/BATCH/n/m.zip"),
            ("p/UUID", "p", "p/BATCH"),
        ] {
            assert_eq!(whole_key(&target(None), "UUID", "BATCH", key), plain);
            assert_eq!(whole_key(&by_build, "UUID", "BATCH", key), named);
        }
    }
}
