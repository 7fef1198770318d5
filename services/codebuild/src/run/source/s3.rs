//! Sources in buckets.

use std::fs;
use std::io::{self, ErrorKind::AlreadyExists, ErrorKind::NotADirectory};
use std::path::{Path, PathBuf};

use api_storage::s3;
use formats::archive;
use service::Cx;

use super::super::{Cut, objects};
use super::CODE;

/// The longest name of a file, in bytes.
const MAX_NAME: usize = 255;

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
        if let Some(version) = version {
            let why = format!(
                "the source version {version} is that of an object, and {location} is a folder"
            );
            return Err(Cut::failed(CODE, why));
        }
        return folder(cx, bucket, key, target).await;
    }
    let archive = target.with_extension("zip");
    objects::get(cx, bucket, key, version, &archive)
        .await
        .map_err(|error| denied(bucket, key, &error))?;
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
    let mut is_there = false;
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
            is_there = true;
            let key = object.key.as_deref().unwrap_or_default();
            let below = key.strip_prefix(prefix).unwrap_or(key);
            if below.is_empty() || below.ends_with('/') {
                continue;
            }
            let path = place(target, below)
                .map_err(Cut::retry)?
                .map_err(|why| Cut::failed(CODE, format!("the key {key} {why}")))?;
            objects::get(cx, bucket, key, None, &path)
                .await
                .map_err(|error| denied(bucket, key, &error))?;
        }
        token = page.next_continuation_token;
        if token.is_none() {
            break;
        }
    }
    // An empty folder has an object of its own name.
    match is_there {
        true => Ok(()),
        false => Err(Cut::failed(CODE, format!("there is nothing at {bucket}/{prefix}"))),
    }
}

/// Where the object of a key goes, its folder made; or why it can't go there, which is the keys'
/// fault.
fn place(target: &Path, below: &str) -> io::Result<Result<PathBuf, &'static str>> {
    let is_plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains('\0');
    if !below.split('/').all(is_plain) {
        return Ok(Err("is no path below the folder"));
    }
    if below.split('/').any(|part| part.len() > MAX_NAME) {
        return Ok(Err("has a name that is too long for a file"));
    }
    let path = target.join(below);
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    match made {
        Err(error) if matches!(error.kind(), NotADirectory | AlreadyExists) => {
            Ok(Err("is below another key, which can't be a file and a folder"))
        }
        Err(error) => Err(error),
        Ok(()) if path.is_dir() => {
            Ok(Err("has other keys below it, and can't be a file and a folder"))
        }
        Ok(()) => Ok(Ok(path)),
    }
}

pub(super) fn denied(bucket: &str, key: &str, error: &wire::Error) -> Cut {
    if objects::is_passing(error) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_are_no_files_of_one_tree_are_told() {
        let dir = tempfile::tempdir().unwrap();
        let placed = |below: &str| place(dir.path(), below).unwrap();
        fs::write(placed("a").unwrap(), "").unwrap();
        fs::write(placed("d/e/f").unwrap(), "").unwrap();
        for (below, why) in [
            ("a/b", "is below another key"),
            ("a/b/c", "is below another key"),
            ("d/e", "has other keys below it"),
            ("../x", "is no path"),
            ("x//y", "is no path"),
            (&"n".repeat(256), "too long"),
        ] {
            assert!(placed(below).unwrap_err().contains(why), "{below}");
        }
    }
}
