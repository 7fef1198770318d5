//! Outputs: the files that a buildspec names, put into S3 as the service role.
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.artifacts>

pub(super) mod choose;
mod combine;
mod words;

use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use api_developer::codebuild::{
    ArtifactNamespace, ArtifactPackaging, ArtifactsType, BuildArtifacts, BuildPhase,
    BuildPhaseType, ProjectArtifacts,
};
use formats::archive::{self, Links, Tree};
use formats::buildspec::ArtifactFiles;
use md5::Md5;
use serde_json::{Value, json};
use service::Cx;
use sha2::{Digest as _, Sha256};
use shape::Timestamp;
use store::Durability;
use tokio::task::JoinSet;

use self::choose::{Chosen, Places};
pub(crate) use self::combine::{Part, Whole, combine};
pub(super) use self::words::words;
use super::follow::Ended;
use super::launch::{self, Prepared};
use super::log::Log;
use super::objects::{self, Put, Storing};
use super::{Cut, Job, cache, reports};
use crate::builds::artifact_key;
use crate::model::BuildRecord;
use crate::{phases, rooms};

const CODE: &str = "CLIENT_ERROR";
/// Objects of one output that are put at a time.
const AT_ONCE: usize = 64;
/// Bytes read at once for digests.
const PIECE: usize = 256 << 10;

/// One output: where it goes and what it takes.
struct Output {
    /// None for the primary one.
    id: Option<String>,
    target: ProjectArtifacts,
    files: ArtifactFiles,
}

/// Makes the reports, uploads every output that the project and the buildspec agree on, and keeps
/// the cache.
pub(super) async fn upload(
    job: &mut Job,
    cx: &Cx,
    log: &mut Log,
    prepared: &Prepared,
    ended: &Ended,
) -> Result<(), Cut> {
    let now = job.now();
    job.defer(move |record| begin(record, now));
    let failed = reports::process(job, cx, log, prepared, ended).await?;
    let outputs = outputs(job, prepared, ended)?;
    let saves = ended.succeeded() && cache::saves(job, prepared);
    if !outputs.is_empty() || saves {
        // Files take their time: meanwhile all that has happened should be seen.
        log.flush(job).await?;
        job.change(Durability::Ordered, |_| Vec::new()).await?;
    }
    let watch = job.watch();
    if !outputs.is_empty() || saves {
        watch.check()?;
    }
    if !outputs.is_empty() {
        let work = upload_all(job, cx, &outputs, prepared);
        let step = launch::step(&job.run, "upload", work, |it| it, Some(show));
        let done = watch.unless_cut(step).await?;
        show(&mut job.record, &done);
        log.tell(texts(&done, "lines"));
    }
    if saves {
        log.tell(watch.unless_cut(cache::save(job, cx, prepared)).await?);
    }
    if let Some(why) = failed {
        return Err(Cut::failed(CODE, why));
    }
    log.tell([
        "Phase complete: UPLOAD_ARTIFACTS State: SUCCEEDED",
        "Phase context status code:  Message: ",
    ]);
    Ok(())
}

/// The strings of a list in JSON.
pub(super) fn texts(value: &Value, name: &str) -> Vec<String> {
    let list = value.get(name).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

fn begin(record: &mut BuildRecord, now: Timestamp) -> Vec<BuildPhase> {
    let build = &mut record.build;
    let mut all = build.phases.iter().flatten();
    if all.any(|phase| phase.phase_type == Some(BuildPhaseType::UploadArtifacts)) {
        return Vec::new();
    }
    phases::next(build, BuildPhaseType::UploadArtifacts, now).into_iter().collect()
}

fn outputs(job: &Job, prepared: &Prepared, ended: &Ended) -> Result<Vec<Output>, Cut> {
    let record = &job.record;
    let wants = |target: &&ProjectArtifacts| {
        target.kind != ArtifactsType::NoArtifacts && target.location.is_some()
    };
    let mut targets = [&record.artifacts].into_iter().chain(&record.secondary_artifacts);
    let given = prepared.spec.artifacts.as_ref();
    let Some(given) = given.filter(|_| targets.any(|target| wants(&target))) else {
        return match record.secondary_artifacts.iter().find(wants) {
            Some(target) => Err(undefined(target)),
            None => Ok(Vec::new()),
        };
    };
    let expanded = words::expanded(given, ended.names.as_deref())
        .ok_or_else(|| Cut::failed(CODE, "the artifacts' names could not be expanded"))?;
    let mut outputs = Vec::new();
    if wants(&&record.artifacts) && !expanded.primary.files.is_empty() {
        outputs.push(Output {
            id: None,
            target: record.artifacts.clone(),
            files: expanded.primary.clone(),
        });
    }
    for target in record.secondary_artifacts.iter().filter(wants) {
        let id = target.artifact_identifier.clone().unwrap_or_default();
        let found = expanded.secondary.iter().find(|(known, _)| *known == id);
        let (_, files) = found.ok_or_else(|| undefined(target))?;
        outputs.push(Output { id: Some(id), target: target.clone(), files: files.clone() });
    }
    Ok(outputs)
}

fn undefined(target: &ProjectArtifacts) -> Cut {
    let id = target.artifact_identifier.as_deref().unwrap_or_default();
    Cut::failed(CODE, format!("the buildspec has no secondary artifacts of the identifier {id}"))
}

async fn upload_all(
    job: &Job,
    cx: &Cx,
    outputs: &[Output],
    prepared: &Prepared,
) -> Result<Value, Cut> {
    let (mut done, mut lines) = (Vec::new(), Vec::new());
    for output in outputs {
        done.push(upload_one(job, cx, output, prepared, &mut lines).await?);
    }
    Ok(json!({ "outputs": done, "lines": lines }))
}

/// The sources' directories, inside and here.
pub(super) fn places(job: &Job, prepared: &Prepared) -> Places {
    let uuid = job.record.uuid();
    let work = rooms::work_directory(&job.yard, uuid);
    let primary = (prepared.downloaded.inside(uuid), work.join("src"));
    let secondary = prepared.downloaded.secondary.iter();
    let secondary = secondary.map(|it| (it.inside(uuid), work.join(it.directory())));
    Places { sources: [primary].into_iter().chain(secondary).collect() }
}

async fn upload_one(
    job: &Job,
    cx: &Cx,
    output: &Output,
    prepared: &Prepared,
    lines: &mut Vec<String>,
) -> Result<Value, Cut> {
    let target = &output.target;
    let bucket = target.location.clone().unwrap_or_default();
    let key = key(job, output)?;
    let zip = is_zip(target);
    // Links are a matter of archives: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
    let links = if zip && output.files.enable_symlinks { Links::Keep } else { Links::Follow };
    if output.files.s3_prefix.is_some() && !is_by_build(target) {
        lines.push("s3-prefix has no effect: the namespace type is not BUILD_ID".to_owned());
    }
    let places = places(job, prepared);
    let archive = rooms::work_directory(&job.yard, job.record.uuid()).join("artifact.zip");
    let (files, to) = (output.files.clone(), zip.then(|| archive.clone()));
    let collected = tokio::task::spawn_blocking(move || {
        let chosen = choose::choose(&places, &files, links)?;
        let digests = to.map(|to| pack(&to, &chosen, links)).transpose()?;
        Ok::<_, String>((chosen, digests))
    });
    let (chosen, digests) = match collected.await {
        Ok(collected) => collected.map_err(|why| Cut::failed(CODE, why))?,
        Err(error) => return Err(Cut::retry(error)),
    };
    lines.extend(chosen.lines.iter().cloned());
    let mut storing = Storing::of(&job.record, target.encryption_disabled)
        .owner_access(target.bucket_owner_access);
    storing.metadata.insert("codebuild-buildarn".to_owned(), job.record.arn().to_owned());
    if zip {
        let file = fs::File::open(&archive).map_err(Cut::retry)?;
        let content_type = Some("application/zip");
        let put = Put { bucket: &bucket, key: &key, file, content_type, if_absent: false };
        objects::put(cx, &storing, put).await.map_err(|it| refused(&it, &bucket, &key))?;
        fs::remove_file(&archive).map_err(Cut::retry)?;
    } else {
        put_folder(cx, storing, &bucket, &key, chosen).await?;
    }
    Ok(json!({
        "id": output.id,
        "location": format!("arn:aws:s3:::{bucket}/{key}"),
        "md5sum": digests.as_ref().map(|it| &it.md5),
        "sha256sum": digests.as_ref().map(|it| &it.sha256),
    }))
}

/// CodePipeline moves artifacts as archives, whatever the project says.
fn is_zip(target: &ProjectArtifacts) -> bool {
    target.kind == ArtifactsType::Codepipeline || target.packaging == Some(ArtifactPackaging::Zip)
}

fn is_by_build(target: &ProjectArtifacts) -> bool {
    target.namespace_type == Some(ArtifactNamespace::BuildId)
}

fn refused(error: &wire::Error, bucket: &str, key: &str) -> Cut {
    if objects::is_passing(error) {
        return Cut::retry(error);
    }
    Cut::failed(
        CODE,
        format!(
            "Error in UPLOAD_ARTIFACTS phase: {}: {} status code: {}, for {bucket}/{key}",
            error.code, error.message, error.status
        ),
    )
}

/// Every file an object, many at a time.
async fn put_folder(
    cx: &Cx,
    storing: Storing,
    bucket: &str,
    key: &str,
    chosen: Chosen,
) -> Result<(), Cut> {
    let tree = Tree::open(&chosen.root).map_err(|error| Cut::failed(CODE, error.to_string()))?;
    let shared = Arc::new((storing, tree, bucket.to_owned()));
    let mut running = JoinSet::new();
    for (path, name) in chosen.files {
        if running.len() >= AT_ONCE {
            joined(running.join_next().await)?;
        }
        let key = if key.is_empty() { name } else { format!("{key}/{name}") };
        let (cx, shared) = (cx.clone(), shared.clone());
        running.spawn(async move {
            let (storing, tree, bucket) = &*shared;
            let file = tree.file(&path);
            let file = file.map_err(|error| Cut::failed(CODE, error.to_string()))?;
            let put = Put { bucket, key: &key, file, content_type: None, if_absent: false };
            objects::put(&cx, storing, put).await.map_err(|error| refused(&error, bucket, &key))
        });
    }
    while let Some(done) = running.join_next().await {
        joined(Some(done))?;
    }
    Ok(())
}

fn joined(done: Option<Result<Result<(), Cut>, tokio::task::JoinError>>) -> Result<(), Cut> {
    match done {
        Some(Ok(done)) => done,
        Some(Err(error)) => Err(Cut::retry(error)),
        None => Ok(()),
    }
}

fn key(job: &Job, output: &Output) -> Result<String, Cut> {
    let target = &output.target;
    let own = target.name.as_deref().unwrap_or_default();
    let name = match &output.files.name {
        Some(name) if target.override_artifact_name == Some(true) => name.as_str(),
        _ => own,
    };
    let key = artifact_key(target, job.record.uuid(), name);
    let prefix = output.files.s3_prefix.as_deref().filter(|_| is_by_build(target));
    let prefix = prefix.unwrap_or_default().trim_matches('/');
    let parts = [prefix, key.as_str()].into_iter().filter(|part| !part.is_empty());
    let key = parts.collect::<Vec<_>>().join("/");
    match key.is_empty() && is_zip(target) {
        true => Err(Cut::failed(CODE, "the artifacts have no name")),
        false => Ok(key),
    }
}

struct Digests {
    md5: String,
    sha256: String,
}

fn pack(path: &Path, chosen: &Chosen, links: Links) -> Result<Digests, String> {
    let file = fs::File::options().read(true).write(true).create(true).truncate(true).open(path);
    let file = file.map_err(|error| error.to_string())?;
    let out = io::BufWriter::with_capacity(PIECE, file);
    let packed = archive::pack_zip(out, &chosen.root, &chosen.files, links);
    let packed = packed.map_err(|error| error.to_string())?;
    let mut file = packed.into_inner().map_err(|error| error.to_string())?;
    digests(&mut file).map_err(|error| error.to_string())
}

fn digests(file: &mut fs::File) -> io::Result<Digests> {
    file.seek(SeekFrom::Start(0))?;
    let (mut md5, mut sha256) = (Md5::new(), Sha256::new());
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece)? {
            0 => break,
            length => {
                let data = piece.get(..length).unwrap_or_default();
                md5.update(data);
                sha256.update(data);
            }
        }
    }
    Ok(Digests { md5: hex::encode(md5.finalize()), sha256: hex::encode(sha256.finalize()) })
}

/// Shows where the outputs went.
fn show(record: &mut BuildRecord, done: &Value) -> Vec<BuildPhase> {
    let text = |value: &Value, name: &str| value.get(name)?.as_str().map(str::to_owned);
    let mut secondary = Vec::new();
    for one in done.get("outputs").and_then(Value::as_array).into_iter().flatten() {
        let id = text(one, "id");
        let targets = &record.secondary_artifacts;
        let target = match &id {
            None => Some(&record.artifacts),
            id => targets.iter().find(|target| target.artifact_identifier == *id),
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
            None => record.build.artifacts = Some(shown),
            Some(_) => secondary.push(shown),
        }
    }
    record.build.secondary_artifacts = Some(secondary);
    Vec::new()
}
