//! The certificate that an environment names: hosts are known by it when sources are fetched, and
//! the build trusts it as it trusts those that its system comes with.
//!
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/create-project.html>

use std::fs;
use std::path::{Path, PathBuf};

use api_developer::codebuild::{ProjectEnvironment, SourceType};
use formats::archive;
use sandbox::Bind;
use service::Cx;

use super::{Cut, Job, objects};
use crate::rooms;

/// The phase's status where it can't be had.
const CODE: &str = "CLIENT_ERROR";
/// Where systems have what they trust in one file.
const BUNDLES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];
const BEGIN: &str = "-----BEGIN CERTIFICATE-----";

/// The file of certificates in PEM, fetched as the service role; none if the environment names
/// none.
pub(super) async fn fetch(job: &Job, cx: &Cx) -> Result<Option<PathBuf>, Cut> {
    let environment = job.record.build.environment.as_ref();
    let Some(given) = environment.and_then(|it| it.certificate.as_deref()) else { return Ok(None) };
    let work = rooms::work_directory(&job.yard, job.record.uuid());
    fetch_into(cx, given, &work).await.map(Some)
}

/// The certificates by which an environment's builds know the host of a source that is on a host of
/// one's own, for its API; fetched as whoever acts.
///
/// # Errors
/// A sentence, where they can't be had.
pub(crate) async fn authorities(
    cx: &Cx,
    environment: Option<&ProjectEnvironment>,
    kind: SourceType,
) -> Result<Option<String>, String> {
    let is_own = matches!(kind, SourceType::GithubEnterprise | SourceType::GitlabSelfManaged);
    let given = environment.and_then(|it| it.certificate.as_deref()).filter(|_| is_own);
    let Some(given) = given else { return Ok(None) };
    // Not one of a build's name: those the yard clears away when it starts.
    let work = rooms::work_directory(cx.yard(), &format!("certificate-{}", types::uuid()));
    let text = async {
        let path = fetch_into(cx, given, &work).await.map_err(|cut| match cut {
            Cut::Ended(_, context) => context.message,
            Cut::Engine(error) => error.to_string(),
        })?;
        fs::read_to_string(path).map_err(|error| error.to_string())
    };
    let text = text.await;
    if let Err(error) = fs::remove_dir_all(&work) {
        tracing::warn!(path = %work.display(), %error, "failed to remove a certificate");
    }
    text.map(Some)
}

async fn fetch_into(cx: &Cx, given: &str, work: &Path) -> Result<PathBuf, Cut> {
    let unable = |why: &str| {
        Cut::failed(CODE, format!("Unable to download certificate from S3. {given}: {why}"))
    };
    fs::create_dir_all(work).map_err(Cut::retry)?;
    let path = work.join("certificate.pem");
    let place = given.strip_prefix("arn:aws:s3:::").unwrap_or(given).split_once('/');
    let (bucket, key) = place.ok_or_else(|| unable("it is no object's ARN"))?;
    let fetched = work.join("certificate.new");
    objects::get(cx, bucket, key, None, &fetched).await.map_err(|error| match error.status {
        500.. if error.code != "NotImplemented" => Cut::retry(error),
        _ => unable(&format!("{}: {}", error.code, error.message)),
    })?;
    let (from, to, is_archive) = (fetched, path.clone(), key.ends_with(".zip"));
    let kept = tokio::task::spawn_blocking(move || keep(&from, &to, is_archive));
    kept.await.map_err(Cut::retry)?.map_err(|why| unable(&why))?;
    Ok(path)
}

/// Puts it at its place: the file itself, or the one in the archive that has certificates.
fn keep(from: &Path, to: &Path, is_archive: bool) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let mut candidates = vec![from.to_owned()];
    if is_archive {
        let folder = from.with_extension("unpacked");
        let file = fs::File::open(from).map_err(|error| told(&error))?;
        let limits = archive::Limits::default();
        archive::unpack(archive::Kind::Zip, file, &folder, &limits)
            .map_err(|error| told(&error))?;
        let files = fs::read_dir(&folder).map_err(|error| told(&error))?.flatten();
        candidates = files.map(|file| file.path()).filter(|path| path.is_file()).collect();
        candidates.sort();
    }
    let texts = candidates.iter().filter_map(|path| fs::read_to_string(path).ok());
    let text = texts.into_iter().find(|text| text.contains(BEGIN));
    let text = text.ok_or("it has no PEM-encoded certificate")?;
    fs::write(to, text).map_err(|error| told(&error))
}

/// What shows in a sandbox of this machine's files: its bundles with the certificate added, and
/// the certificate where bundles are made from.
pub(super) fn binds(certificate: &Path) -> std::io::Result<Vec<Bind>> {
    let added = fs::read_to_string(certificate)?;
    let bind = |host: PathBuf, inside: PathBuf| Bind { host, inside, read_only: true };
    let anchor = "/usr/local/share/ca-certificates/codebuild.crt";
    let mut all = vec![bind(certificate.to_owned(), anchor.into())];
    // Some are links to others.
    let mut bundles: Vec<PathBuf> =
        BUNDLES.iter().filter_map(|path| fs::canonicalize(path).ok()).collect();
    bundles.sort();
    bundles.dedup();
    for (number, bundle) in bundles.into_iter().enumerate() {
        let mut text = fs::read(&bundle)?;
        text.extend_from_slice(b"\n");
        text.extend_from_slice(added.as_bytes());
        let host = certificate.with_extension(format!("bundle-{number}"));
        fs::write(&host, text)?;
        all.push(bind(host, bundle));
    }
    Ok(all)
}
