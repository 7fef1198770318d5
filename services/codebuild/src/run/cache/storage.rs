//! Where caches are: a bucket, or a directory of the yard's.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::{Value, json};
use service::{Cx, Yard};

use super::super::objects::{self, Put, Storing};
use crate::rooms;

/// All local caches together, in bytes: the longest unused go.
const LOCAL_BYTES: u64 = 10 << 30;
/// What is there, for a word in the log.
const CONTENT_TYPE: &str = "application/zstd";

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Store {
    S3 { bucket: String, prefix: String },
    Local { directory: PathBuf },
}

/// What came of keeping a cache.
pub(super) enum Kept {
    Now,
    /// There is one of that key, which is never replaced.
    Before,
}

impl Store {
    /// That of the bucket and prefix in a project's `location`.
    pub fn s3(location: &str) -> Self {
        let (bucket, prefix) = location.split_once('/').unwrap_or((location, ""));
        Self::S3 { bucket: bucket.to_owned(), prefix: prefix.trim_matches('/').to_owned() }
    }

    pub fn local(yard: &Yard) -> Self {
        Self::Local { directory: rooms::cache_directory(yard) }
    }

    /// What a name is under, for the log.
    pub fn shown(&self, name: &str) -> String {
        match self {
            Self::S3 { bucket, prefix } => format!("arn:aws:s3:::{bucket}/{}", join(prefix, name)),
            Self::Local { .. } => format!("the local cache {name}"),
        }
    }

    /// Fetches what is under a name; its size, or none if there is nothing.
    pub async fn fetch(&self, cx: &Cx, name: &str, to: &Path) -> Result<Option<u64>, String> {
        match self {
            Self::S3 { bucket, prefix } => {
                match objects::get(cx, bucket, &join(prefix, name), None, to).await {
                    Ok(size) => Ok(Some(size)),
                    Err(error) if error.code == "NoSuchKey" => Ok(None),
                    Err(error) => Err(told(&error)),
                }
            }
            Self::Local { directory } => {
                let (from, to) = (directory.join(name), to.to_owned());
                blocking(move || link_or_none(&from, &to)).await
            }
        }
    }

    /// The newest name that begins so, if there is one.
    pub async fn newest(&self, cx: &Cx, start: &str) -> Result<Option<String>, String> {
        match self {
            Self::S3 { bucket, prefix } => {
                let found = objects::newest(cx, bucket, &join(prefix, start)).await;
                let found = found.map_err(|error| told(&error))?;
                let below = |key: String| match prefix.as_str() {
                    "" => Some(key),
                    prefix => Some(key.strip_prefix(prefix)?.strip_prefix('/')?.to_owned()),
                };
                Ok(found.and_then(below))
            }
            Self::Local { directory } => {
                let (directory, start) = (directory.clone(), start.to_owned());
                blocking(move || newest_file(&directory, &start)).await
            }
        }
    }

    /// Keeps an archive under a name. One that may not be replaced stays.
    pub async fn keep(
        &self,
        cx: &Cx,
        storing: &Storing,
        name: &str,
        archive: &Path,
        replace: bool,
    ) -> Result<Kept, String> {
        match self {
            Self::S3 { bucket, prefix } => {
                let file = File::open(archive).map_err(|error| error.to_string())?;
                let key = join(prefix, name);
                let content_type = Some(CONTENT_TYPE);
                let put = Put { bucket, key: &key, file, content_type, if_absent: !replace };
                match objects::put(cx, storing, put).await {
                    Ok(()) => Ok(Kept::Now),
                    Err(error) if error.code == "PreconditionFailed" => Ok(Kept::Before),
                    Err(error) => Err(told(&error)),
                }
            }
            Self::Local { directory } => {
                let (to, from) = (directory.join(name), archive.to_owned());
                let directory = directory.clone();
                blocking(move || {
                    if !replace && to.exists() {
                        return Ok(Kept::Before);
                    }
                    if fs::metadata(&from)?.len() > LOCAL_BYTES {
                        return Err(io::Error::other(format!(
                            "it is larger than all local caches may be, {LOCAL_BYTES} bytes"
                        )));
                    }
                    if let Some(parent) = to.parent() {
                        fs::create_dir_all(parent)?;
                    }
                    // Whole or not at all, whoever reads it meanwhile; the last of two wins.
                    fs::rename(&from, &to)?;
                    evict(&directory, LOCAL_BYTES)?;
                    Ok(Kept::Now)
                })
                .await
            }
        }
    }

    pub fn to_json(&self) -> Value {
        match self {
            Self::S3 { bucket, prefix } => json!({ "bucket": bucket, "prefix": prefix }),
            Self::Local { directory } => json!({ "directory": directory.to_string_lossy() }),
        }
    }

    pub fn from_json(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name)?.as_str().map(str::to_owned);
        match text("directory") {
            Some(directory) => Some(Self::Local { directory: directory.into() }),
            None => Some(Self::S3 { bucket: text("bucket")?, prefix: text("prefix")? }),
        }
    }
}

fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") }
}

fn told(error: &wire::Error) -> String {
    format!("{}: {} status code: {}", error.code, error.message, error.status)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, String> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// A second name for what is there, so that it stays while it is read; it is the youngest now.
fn link_or_none(from: &Path, to: &Path) -> io::Result<Option<u64>> {
    match fs::remove_file(to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    match fs::hard_link(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    }
    let file = File::options().append(true).open(to)?;
    file.set_modified(SystemTime::now())?;
    Ok(Some(file.metadata()?.len()))
}

/// The newest file whose path below the directory begins so.
fn newest_file(directory: &Path, start: &str) -> io::Result<Option<String>> {
    let (folder, start) = start.rsplit_once('/').unwrap_or(("", start));
    let entries = match fs::read_dir(directory.join(folder)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    let mut newest: Option<(SystemTime, String)> = None;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let found = entry.metadata()?;
        if found.is_file() && name.starts_with(start) {
            let found = Some((found.modified()?, name));
            if newest < found {
                newest = found;
            }
        }
    }
    Ok(newest.map(|(_, name)| join(folder, &name)))
}

/// Removes the longest unused until all together have at most so many bytes.
fn evict(directory: &Path, most: u64) -> io::Result<()> {
    let mut files = Vec::new();
    for folder in fs::read_dir(directory)? {
        let folder = folder?.path();
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            // Another build may remove it meanwhile.
            if let Ok(found) = entry.metadata() {
                files.push((found.modified()?, found.len(), entry.path()));
            }
        }
    }
    files.sort();
    let mut total: u64 = files.iter().map(|(_, size, _)| size).sum();
    for (_, size, path) in files {
        if total <= most {
            break;
        }
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => total -= size,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_longest_unused_go() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join("p").join(name);
        fs::create_dir(dir.path().join("p")).unwrap();
        for (age, name) in ["d", "c", "b", "a"].into_iter().enumerate() {
            fs::write(at(name), "1234567890").unwrap();
            let time = SystemTime::now() - Duration::from_secs(1_000 * (age as u64 + 1));
            File::options().append(true).open(at(name)).unwrap().set_modified(time).unwrap();
        }
        // Used: the youngest again.
        let used = dir.path().join("used");
        assert_eq!(link_or_none(&at("a"), &used).unwrap(), Some(10));
        assert_eq!(link_or_none(&at("none"), &used).unwrap(), None);
        assert_eq!(newest_file(dir.path(), "p/").unwrap().as_deref(), Some("p/a"));
        assert_eq!(newest_file(dir.path(), "q/").unwrap(), None);
        evict(dir.path(), 25).unwrap();
        let there: Vec<&str> =
            ["a", "b", "c", "d"].into_iter().filter(|it| at(it).exists()).collect();
        assert_eq!(there, ["a", "d"]);
        evict(dir.path(), 0).unwrap();
        assert!(!at("a").exists() && !at("d").exists());
    }

    #[test]
    fn stores_are_journalled() {
        for store in [Store::s3("bucket/a/b"), Store::Local { directory: "/x".into() }] {
            assert_eq!(Store::from_json(&store.to_json()), Some(store));
        }
        assert_eq!(Store::s3("bucket").shown("n"), "arn:aws:s3:::bucket/n");
        assert_eq!(Store::s3("bucket/a/").shown("n"), "arn:aws:s3:::bucket/a/n");
    }
}
