//! Outputs: the files that a buildspec names, put into S3 as the service role.

use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use api_developer::codebuild::{
    ArtifactPackaging, ArtifactsType, BuildArtifacts, BuildPhase, BuildPhaseType, ProjectArtifacts,
};
use api_storage::s3;
use formats::archive::{self, Links};
use formats::buildspec::{ArtifactFiles, Buildspec};
use formats::glob::{Glob, Selection};
use md5::Md5;
use serde_json::{Value, json};
use service::Cx;
use sha2::{Digest as _, Sha256};
use shape::{Body, BodyError, BodyStream, Bytes, Timestamp};
use store::Durability;

use super::follow::Ended;
use super::launch::{self, Prepared};
use super::log::Log;
use super::{Cut, Job};
use crate::builds::artifact_key;
use crate::model::BuildRecord;
use crate::{phases, rooms};

const CODE: &str = "CLIENT_ERROR";
/// Bytes read at once for an upload.
const PIECE: usize = 256 << 10;

/// The names in the buildspec that the shell is to expand, primary first.
pub(super) fn names(spec: &Buildspec) -> Vec<String> {
    let Some(artifacts) = &spec.artifacts else { return Vec::new() };
    let secondary = artifacts.secondary.iter().map(|(_, files)| files);
    [&artifacts.primary]
        .into_iter()
        .chain(secondary)
        .map(|files| files.name.clone().unwrap_or_default())
        .collect()
}

/// One output: where it goes and what it takes.
struct Output {
    /// None for the primary one.
    id: Option<String>,
    target: ProjectArtifacts,
    files: ArtifactFiles,
    /// From the buildspec, expanded.
    name: Option<String>,
}

/// Uploads every output that the project and the buildspec agree on.
pub(super) async fn upload(
    job: &mut Job,
    cx: &Cx,
    log: &mut Log,
    prepared: &Prepared,
    ended: &Ended,
) -> Result<(), Cut> {
    let now = job.now();
    job.defer(move |record| begin(record, now));
    let outputs = outputs(job, &prepared.spec, ended)?;
    if !outputs.is_empty() {
        // Files take their time: meanwhile all that has happened should be seen.
        log.flush(job).await?;
        job.change(Durability::Ordered, |_| Vec::new()).await?;
        let work = upload_all(job, cx, &outputs, &prepared.spec);
        let done = launch::step(&job.run, "upload", work, Value::Array, Some(show)).await?;
        show(&mut job.record, &done);
    }
    log.tell([
        "Phase complete: UPLOAD_ARTIFACTS State: SUCCEEDED",
        "Phase context status code:  Message: ",
    ]);
    Ok(())
}

/// Shows where the outputs went.
fn show(record: &mut BuildRecord, done: &Value) -> Vec<BuildPhase> {
    let (primary, secondary) = from_json(done);
    if let (Some(build), Some(primary)) = (&mut record.build.artifacts, primary) {
        build.location = primary.location;
        build.md5sum = primary.md5sum;
        build.sha256sum = primary.sha256sum;
    }
    record.build.secondary_artifacts = Some(secondary);
    Vec::new()
}

fn begin(record: &mut BuildRecord, now: Timestamp) -> Vec<BuildPhase> {
    let build = &mut record.build;
    let mut all = build.phases.iter().flatten();
    if all.any(|phase| phase.phase_type == Some(BuildPhaseType::UploadArtifacts)) {
        return Vec::new();
    }
    phases::next(build, BuildPhaseType::UploadArtifacts, now).into_iter().collect()
}

fn outputs(job: &Job, spec: &Buildspec, ended: &Ended) -> Result<Vec<Output>, Cut> {
    let record = &job.record;
    let mut outputs = Vec::new();
    let given = spec.artifacts.as_ref();
    let expanded = |index: usize, files: &ArtifactFiles| {
        files.name.as_ref()?;
        ended.names.as_ref().and_then(|names| names.get(index).cloned())
    };
    let wants = |target: &ProjectArtifacts| {
        target.kind != ArtifactsType::NoArtifacts && target.location.is_some()
    };
    if wants(&record.artifacts)
        && let Some(artifacts) = given.filter(|artifacts| !artifacts.primary.files.is_empty())
    {
        outputs.push(Output {
            id: None,
            target: record.artifacts.clone(),
            files: artifacts.primary.clone(),
            name: expanded(0, &artifacts.primary),
        });
    }
    for target in record.secondary_artifacts.iter().filter(|target| wants(target)) {
        let id = target.artifact_identifier.clone().unwrap_or_default();
        let found = given.and_then(|artifacts| {
            artifacts.secondary.iter().enumerate().find(|(_, (known, _))| *known == id)
        });
        let Some((index, (_, files))) = found else {
            return Err(Cut::failed(
                CODE,
                format!("the buildspec has no secondary artifacts of the identifier {id}"),
            ));
        };
        outputs.push(Output {
            id: Some(id),
            target: target.clone(),
            files: files.clone(),
            name: expanded(index + 1, files),
        });
    }
    Ok(outputs)
}

async fn upload_all(
    job: &Job,
    cx: &Cx,
    outputs: &[Output],
    spec: &Buildspec,
) -> Result<Vec<Value>, Cut> {
    let links = match spec.artifacts.as_ref().is_some_and(|artifacts| artifacts.enable_symlinks) {
        true => Links::Keep,
        false => Links::Follow,
    };
    let work = rooms::work_directory(&job.yard, job.record.uuid());
    let mut done = Vec::new();
    for output in outputs {
        done.push(upload_one(job, cx, output, &work, links).await?);
    }
    Ok(done)
}

async fn upload_one(
    job: &Job,
    cx: &Cx,
    output: &Output,
    work: &Path,
    links: Links,
) -> Result<Value, Cut> {
    let target = &output.target;
    let bucket = target.location.clone().unwrap_or_default();
    let key = key(job, output)?;
    // CodePipeline moves artifacts as archives, whatever the project says.
    let zip = target.kind == ArtifactsType::Codepipeline
        || target.packaging == Some(ArtifactPackaging::Zip);
    let root = work.join("src");
    let files = output.files.clone();
    let archive = work.join("artifact.zip");
    let to = zip.then(|| archive.clone());
    let collected =
        tokio::task::spawn_blocking(move || collect(&root, &files, links, to.as_deref()));
    let collected = match collected.await {
        Ok(collected) => collected.map_err(|why| Cut::failed(CODE, why))?,
        Err(error) => return Err(Cut::retry(error)),
    };
    let location = format!("arn:aws:s3:::{bucket}/{key}");
    let mut told = json!({ "id": output.id, "location": location });
    if let Some(digests) = &collected.digests
        && let Some(told) = told.as_object_mut()
    {
        told.insert("md5sum".into(), json!(digests.md5));
        told.insert("sha256sum".into(), json!(digests.sha256));
    }
    if zip {
        put(job, cx, target, &bucket, &key, &archive, Some("application/zip")).await?;
        fs::remove_file(&archive).map_err(Cut::retry)?;
    } else {
        for (path, name) in &collected.files {
            let key = if key.is_empty() { name.clone() } else { format!("{key}/{name}") };
            put(job, cx, target, &bucket, &key, path, None).await?;
        }
    }
    Ok(told)
}

fn key(job: &Job, output: &Output) -> Result<String, Cut> {
    let target = &output.target;
    let own = target.name.as_deref().unwrap_or_default();
    let name = match &output.name {
        Some(name) if target.override_artifact_name == Some(true) => name.as_str(),
        _ if output.files.name.is_some() && target.override_artifact_name == Some(true) => {
            return Err(Cut::failed(CODE, "the artifacts' name could not be expanded"));
        }
        _ => own,
    };
    let key = artifact_key(target, job.record.uuid(), name);
    match key.is_empty() && target.packaging == Some(ArtifactPackaging::Zip) {
        true => Err(Cut::failed(CODE, "the artifacts have no name")),
        false => Ok(key),
    }
}

struct Digests {
    md5: String,
    sha256: String,
}

struct Collected {
    /// Where each file is, and its name in the output.
    files: Vec<(PathBuf, String)>,
    digests: Option<Digests>,
}

/// Finds the files; packs them where an archive is wanted.
fn collect(
    root: &Path,
    files: &ArtifactFiles,
    links: Links,
    archive: Option<&Path>,
) -> Result<Collected, String> {
    let tree = archive::Tree::open(root).map_err(|error| error.to_string())?;
    let all = tree.list(links).map_err(|error| error.to_string())?;
    let all: Vec<String> = all.into_iter().map(|listed| listed.path).collect();
    let base = files.base_directory.as_deref().unwrap_or_default();
    let based = based(&all, base)?;
    if based.is_empty() {
        return Err(match base {
            "" => "no matching artifact paths found".to_owned(),
            base => format!("no matching base directory path found for {base}"),
        });
    }
    let selection = Selection::new(&files.files, &files.exclude_paths)?;
    let chosen: Vec<(String, String)> = based
        .into_iter()
        .filter(|(_, below)| selection.takes(below))
        .map(|(path, below)| {
            let name = match files.discard_paths {
                true => below.rsplit('/').next().unwrap_or(&below).to_owned(),
                false => below,
            };
            (path, name)
        })
        .collect();
    if chosen.is_empty() {
        return Err("no matching artifact paths found".to_owned());
    }
    let digests = match archive {
        None => None,
        Some(path) => Some(pack(path, root, &chosen, links)?),
    };
    // What an archive would refuse, a folder does too.
    let file = |(path, name): (String, String)| match &digests {
        Some(_) => Ok((root.join(path), name)),
        None => tree.file_metadata(&path).map(|_| (root.join(&path), name)),
    };
    let files = chosen.into_iter().map(file).collect::<Result<_, archive::Error>>();
    Ok(Collected { files: files.map_err(|error| error.to_string())?, digests })
}

/// The files below the base directory: their paths below the root, and below the base.
fn based(all: &[String], base: &str) -> Result<Vec<(String, String)>, String> {
    let base = base.trim_start_matches("./").trim_end_matches('/');
    if base.is_empty() || base == "." {
        return Ok(all.iter().map(|path| (path.clone(), path.clone())).collect());
    }
    let glob = Glob::new(base)?;
    let below = |path: &String| {
        let slashes = path.match_indices('/').map(|(at, _)| at);
        slashes.filter_map(|at| path.split_at_checked(at)).find_map(|(folder, rest)| {
            glob.matches(folder).then(|| (path.clone(), rest.trim_start_matches('/').to_owned()))
        })
    };
    Ok(all.iter().filter_map(below).collect())
}

fn pack(
    path: &Path,
    root: &Path,
    entries: &[(String, String)],
    links: Links,
) -> Result<Digests, String> {
    let file = fs::File::options().read(true).write(true).create(true).truncate(true).open(path);
    let file = file.map_err(|error| error.to_string())?;
    let packed = archive::pack_zip(std::io::BufWriter::new(file), root, entries, links);
    let packed = packed.map_err(|error| error.to_string())?;
    let mut file = packed.into_inner().map_err(|error| error.to_string())?;
    digests(&mut file).map_err(|error| error.to_string())
}

fn digests(file: &mut fs::File) -> std::io::Result<Digests> {
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

async fn put(
    job: &Job,
    cx: &Cx,
    target: &ProjectArtifacts,
    bucket: &str,
    key: &str,
    path: &Path,
    content_type: Option<&str>,
) -> Result<(), Cut> {
    let file = fs::File::open(path)
        .map_err(|error| Cut::failed(CODE, format!("{}: {error}", path.display())))?;
    let length = file.metadata().map_err(Cut::retry)?.len();
    let kms_key =
        job.record.build.encryption_key.as_deref().filter(|key| {
            target.encryption_disabled != Some(true) && !key.ends_with("alias/aws/s3")
        });
    let input = s3::PutObjectInput {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        body: Body::stream(FileStream { file }, Some(length)),
        content_length: i64::try_from(length).ok(),
        content_type: content_type.map(str::to_owned),
        server_side_encryption: kms_key.map(|_| "aws:kms".to_owned()),
        ssekms_key_id: kms_key.map(str::to_owned),
        ..Default::default()
    };
    match cx.call(s3::PutObject, input).await {
        Ok(_) => Ok(()),
        Err(error) if error.status >= 500 && error.code != "NotImplemented" => {
            Err(Cut::retry(error))
        }
        Err(error) => Err(Cut::failed(
            CODE,
            format!(
                "Error in UPLOAD_ARTIFACTS phase: {}: {} status code: {}, for {bucket}/{key}",
                error.code, error.message, error.status
            ),
        )),
    }
}

/// A file, piece by piece.
struct FileStream {
    file: fs::File,
}

impl BodyStream for FileStream {
    fn poll_piece(
        mut self: Pin<&mut Self>,
        _cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Bytes, BodyError>>> {
        let mut piece = vec![0; PIECE];
        Poll::Ready(match self.file.read(&mut piece) {
            Ok(0) => None,
            Ok(length) => {
                piece.truncate(length);
                Some(Ok(piece.into()))
            }
            Err(error) => Some(Err(BodyError::new("InternalError", error.to_string()))),
        })
    }
}

fn from_json(done: &Value) -> (Option<BuildArtifacts>, Vec<BuildArtifacts>) {
    let text = |value: &Value, name: &str| value.get(name)?.as_str().map(str::to_owned);
    let (mut primary, mut secondary) = (None, Vec::new());
    for one in done.as_array().into_iter().flatten() {
        let artifacts = BuildArtifacts {
            location: text(one, "location"),
            md5sum: text(one, "md5sum"),
            sha256sum: text(one, "sha256sum"),
            artifact_identifier: text(one, "id"),
            ..BuildArtifacts::default()
        };
        match &artifacts.artifact_identifier {
            None => primary = Some(artifacts),
            Some(_) => secondary.push(artifacts),
        }
    }
    (primary, secondary)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> std::path::PathBuf {
        let root = std::env::temp_dir().join(format!("codebuild-{}", types::uuid()));
        for file in files {
            let path = root.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        root
    }

    fn names(root: &Path, files: &ArtifactFiles) -> Result<Vec<String>, String> {
        let mut names: Vec<String> =
            collect(root, files, Links::Follow, None)?.files.into_iter().map(|(_, n)| n).collect();
        names.sort();
        Ok(names)
    }

    #[test]
    fn files_are_chosen_below_the_base_directory() {
        let root = tree(&["a.txt", "out/x/1.js", "out/y/2.js", "out/y/2.map", "dist-1/z"]);
        let files = |base: &str, files: &[&str], exclude: &[&str], discard_paths| ArtifactFiles {
            files: files.iter().map(|f| (*f).to_owned()).collect(),
            exclude_paths: exclude.iter().map(|f| (*f).to_owned()).collect(),
            base_directory: (!base.is_empty()).then(|| base.to_owned()),
            discard_paths,
            name: None,
        };
        let of = |chosen: ArtifactFiles| names(&root, &chosen);
        assert_eq!(of(files("", &["**/*"], &[], false)).unwrap().len(), 5);
        assert_eq!(
            of(files("out", &["**/*"], &["**/*.map"], false)).unwrap(),
            ["x/1.js", "y/2.js"]
        );
        assert_eq!(of(files("./out/", &["**/*.js"], &[], true)).unwrap(), ["1.js", "2.js"]);
        assert_eq!(of(files("dist-*", &["z"], &[], false)).unwrap(), ["z"]);
        assert!(
            of(files("", &["*.exe"], &[], false)).unwrap_err().contains("no matching artifact")
        );
        assert!(of(files("none", &["*"], &[], false)).unwrap_err().contains("base directory"));
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn links_out_of_the_sources_are_refused() {
        let root = tree(&["f"]);
        std::os::unix::fs::symlink("/etc/passwd", root.join("link")).unwrap();
        let files = ArtifactFiles { files: vec!["**/*".into()], ..ArtifactFiles::default() };
        assert!(names(&root, &files).is_err());
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn what_cannot_be_uploaded_matters_only_where_it_is_chosen() {
        let root = tree(&["out/a.txt"]);
        std::os::unix::fs::symlink("..", root.join("circle")).unwrap();
        std::os::unix::fs::symlink(".", root.join("out/circle")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();
        let files = |pattern: &str| ArtifactFiles {
            files: vec![pattern.into()],
            ..ArtifactFiles::default()
        };
        let archive = root.with_extension("zip");
        for to in [None, Some(archive.as_path())] {
            let collect = |pattern: &str| {
                let collected = collect(&root, &files(pattern), Links::Follow, to);
                collected.map(|it| it.files.into_iter().map(|(_, name)| name).collect::<Vec<_>>())
            };
            assert_eq!(collect("out/*.txt").unwrap(), ["out/a.txt"]);
            assert!(collect("out/*").unwrap_err().contains("circle"));
            assert!(collect("socket").unwrap_err().contains("neither file"));
            assert!(collect("circle").is_err());
        }
        fs::remove_file(archive).unwrap();
        fs::remove_dir_all(root).unwrap();
    }
}
