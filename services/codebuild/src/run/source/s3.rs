//! Sources in buckets.

use std::fs;
use std::path::Path;

use api_storage::s3;
use formats::archive;
use service::Cx;
use tokio::io::AsyncWriteExt as _;

use super::super::Cut;
use super::CODE;

/// `BUCKET/KEY` of a zip archive, or `BUCKET/FOLDER/`.
pub(super) async fn fetch(
    cx: &Cx,
    location: &str,
    version: Option<&str>,
    target: &Path,
) -> Result<(), Cut> {
    let location = location.strip_prefix("arn:aws:s3:::").unwrap_or(location);
    let (bucket, key) = location
        .split_once('/')
        .ok_or_else(|| Cut::failed(CODE, format!("{location} is not BUCKET/KEY")))?;
    if key.is_empty() || key.ends_with('/') {
        return folder(cx, bucket, key, target).await;
    }
    let archive = target.with_extension("zip");
    get(cx, bucket, key, version, &archive).await?;
    let (from, to) = (archive.clone(), target.to_owned());
    let unpacked = tokio::task::spawn_blocking(move || {
        let file = fs::File::open(&from).map_err(|error| error.to_string())?;
        archive::unpack(archive::Kind::Zip, file, &to, &archive::Limits::default())
            .map_err(|error| error.to_string())
    });
    match unpacked.await {
        Ok(done) => done.map_err(|why| Cut::failed(CODE, format!("{location}: {why}")))?,
        Err(error) => return Err(Cut::retry(error)),
    };
    fs::remove_file(archive).map_err(Cut::retry)
}

async fn folder(cx: &Cx, bucket: &str, prefix: &str, target: &Path) -> Result<(), Cut> {
    fs::create_dir_all(target).map_err(Cut::retry)?;
    let mut token = None;
    loop {
        let input = s3::ListObjectsV2Input {
            bucket: bucket.to_owned(),
            prefix: Some(prefix.to_owned()),
            continuation_token: token,
            ..Default::default()
        };
        let page = cx
            .call(s3::ListObjectsV2, input)
            .await
            .map_err(|error| denied(bucket, prefix, &error))?;
        for object in page.contents.iter().flatten() {
            let key = object.key.as_deref().unwrap_or_default();
            let below = key.strip_prefix(prefix).unwrap_or(key);
            if below.is_empty() || below.ends_with('/') {
                continue;
            }
            let plain = below.split('/').all(|part| !matches!(part, "" | "." | ".."));
            if !plain {
                return Err(Cut::failed(
                    CODE,
                    format!("the key {key} is no path below the folder"),
                ));
            }
            let path = target.join(below);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(Cut::retry)?;
            }
            get(cx, bucket, key, None, &path).await?;
        }
        token = page.next_continuation_token;
        if token.is_none() {
            return Ok(());
        }
    }
}

pub(super) async fn get(
    cx: &Cx,
    bucket: &str,
    key: &str,
    version: Option<&str>,
    target: &Path,
) -> Result<(), Cut> {
    let input = s3::GetObjectInput {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        version_id: version.map(str::to_owned),
        ..Default::default()
    };
    let mut output =
        cx.call(s3::GetObject, input).await.map_err(|error| denied(bucket, key, &error))?;
    let mut file = tokio::fs::File::create(target).await.map_err(Cut::retry)?;
    while let Some(piece) = output.body.next().await {
        file.write_all(&piece.map_err(Cut::retry)?).await.map_err(Cut::retry)?;
    }
    file.flush().await.map_err(Cut::retry)
}

pub(super) fn denied(bucket: &str, key: &str, error: &wire::Error) -> Cut {
    if error.status >= 500 && error.code != "NotImplemented" {
        return Cut::retry(error);
    }
    Cut::failed(
        CODE,
        format!(
            "{}: {} status code: {}, for {bucket}/{key}",
            error.code, error.message, error.status
        ),
    )
}
