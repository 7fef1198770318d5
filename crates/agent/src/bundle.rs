//! DownloadBundle: fetches a revision, unpacks it, and keeps the number of old ones bounded.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use formats::archive::{self, Limits};
use http_body_util::BodyExt;

use crate::files;
use crate::http::{Call, Endpoint, Error, encode, next_piece, refusal};
use crate::specification::{S3Revision, Specification};

/// How often a download is tried again where that can help, and the first pause before it.
const RETRIES: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest error document of S3 that is read, in bytes.
const MAX_ERROR: usize = 64 * 1024;

/// The folder of a deployment.
pub(crate) fn deployment_dir(root: &Path, spec: &Specification) -> PathBuf {
    root.join(&spec.group_id).join(&spec.deployment_id)
}

/// The unpacked revision in a deployment's folder.
pub(crate) fn archive_dir(deployment: &Path) -> PathBuf {
    deployment.join("deployment-archive")
}

/// Fetches the revision into `file`.
pub(crate) async fn download(
    s3: &Endpoint,
    revision: &S3Revision,
    file: &Path,
) -> Result<(), String> {
    let mut pause = FIRST_PAUSE;
    let mut tries = 0;
    loop {
        match fetch(s3, revision, file).await {
            Ok(()) => return Ok(()),
            Err(Fetch::Call(error)) if error.is_passing() && tries < RETRIES => {
                tracing::warn!(%error, "the download is tried again");
                tokio::time::sleep(pause).await;
                pause *= 2;
                tries += 1;
            }
            Err(Fetch::Call(error)) => {
                return Err(format!(
                    "the revision s3://{}/{} could not be downloaded: {error}",
                    revision.bucket, revision.key
                ));
            }
            Err(Fetch::Wrong(why)) => return Err(why),
        }
    }
}

enum Fetch {
    Call(Error),
    Wrong(String),
}

async fn fetch(s3: &Endpoint, revision: &S3Revision, path: &Path) -> Result<(), Fetch> {
    let query = match &revision.version {
        Some(version) => format!("versionId={}", encode(version, false)),
        None => String::new(),
    };
    let call = Call {
        method: "GET",
        path: format!("/{}/{}", encode(&revision.bucket, false), encode(&revision.key, true)),
        query,
        headers: Vec::new(),
        body: Bytes::new(),
    };
    let response = s3.send(call).await.map_err(Fetch::Call)?;
    let status = response.status();
    let header = |name: &str| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let (etag, version) = (header("etag"), header("x-amz-version-id"));
    let mut body = response.into_body();
    if !status.is_success() {
        let text = http_body_util::Limited::new(body, MAX_ERROR).collect().await;
        let text = text.map(|text| text.to_bytes()).unwrap_or_default();
        return Err(Fetch::Call(refusal(status, &text)));
    }
    let same = |wanted: &Option<String>, got: &Option<String>| match wanted {
        Some(wanted) => {
            got.as_deref().is_some_and(|got| got.trim_matches('"') == wanted.trim_matches('"'))
        }
        None => true,
    };
    let shown = |got: Option<String>| got.unwrap_or_else(|| "none".to_owned());
    if !same(&revision.etag, &etag) {
        return Err(Fetch::Wrong(format!(
            "Expected deployment artifact bundle etag {} but was actually {}",
            shown(revision.etag.clone()),
            shown(etag)
        )));
    }
    if !same(&revision.version, &version) {
        return Err(Fetch::Wrong(format!(
            "the bundle's version is {}, not {}",
            shown(version),
            shown(revision.version.clone())
        )));
    }
    let wrong = |error| Fetch::Wrong(format!("{}: {error}", path.display()));
    let mut file = File::create(path).map_err(wrong)?;
    while let Some(piece) = next_piece(&mut body).await.map_err(Fetch::Call)? {
        file.write_all(&piece).map_err(wrong)?;
    }
    Ok(())
}

/// Unpacks a bundle into the deployment's folder, in place of what is there. One folder at the top
/// that holds the AppSpec file is taken off.
pub(crate) fn unpack(bundle: &Path, deployment: &Path, spec: &Specification) -> Result<(), String> {
    let target = archive_dir(deployment);
    let temporary = deployment.join("deployment-archive-temp");
    let io = |error: std::io::Error| format!("{}: {error}", deployment.display());
    files::remove_folder(&target).map_err(io)?;
    files::remove_folder(&temporary).map_err(io)?;
    let file = File::open(bundle).map_err(io)?;
    let kind = spec.revision.bundle;
    archive::unpack(kind, file, &temporary, &Limits::default())
        .map_err(|error| format!("the bundle cannot be unpacked: {error}"))?;
    let root = only_folder(&temporary).map_err(io)?.unwrap_or_else(|| temporary.clone());
    // Only a whole revision ever has its final name.
    fs::rename(&root, &target).map_err(io)?;
    files::remove_folder(&temporary).map_err(io)
}

/// The single folder at the top, if it holds something like an AppSpec file.
fn only_folder(folder: &Path) -> std::io::Result<Option<PathBuf>> {
    let mut entries = fs::read_dir(folder)?;
    let (Some(only), None) = (entries.next().transpose()?, entries.next()) else {
        return Ok(None);
    };
    if !only.file_type()?.is_dir() {
        return Ok(None);
    }
    for entry in fs::read_dir(only.path())? {
        if entry?.file_name().to_string_lossy().to_ascii_lowercase().contains("appspec") {
            return Ok(Some(only.path()));
        }
    }
    Ok(None)
}

/// Removes the oldest revisions of a group so that with the new one at most `keep` are left. The
/// last successful one stays in any case.
pub(crate) fn remove_old(
    group: &Path,
    current: &Path,
    last_successful: Option<&Path>,
    keep: usize,
) -> std::io::Result<()> {
    let mut others: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in fs::read_dir(group)? {
        let entry = entry?;
        if entry.path() != current {
            others.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    let extra = (others.len() + 1).saturating_sub(keep.max(1));
    others.retain(|(_, path)| Some(path.as_path()) != last_successful);
    others.sort();
    for (_, path) in others.into_iter().take(extra) {
        tracing::info!(path = %path.display(), "an old revision is removed");
        files::remove_folder(&path)?;
    }
    Ok(())
}
