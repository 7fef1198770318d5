//! The outputs of a batch's builds put together into one, as the service role.
//!
//! Each build has put its files into an archive of its own ([`crate::batches`] has them do so). The
//! archives are unpacked over each other in the order of the builds: of two files of one path the
//! later build's is taken.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use api_developer::codebuild::ProjectArtifacts;
use formats::archive::{self, Links, Tree};
use serde_json::{Value, json};
use service::Cx;

use super::super::Cut;
use super::super::objects::{self, Put, Storing};
use super::choose::Chosen;
use super::{Digests, is_zip, pack, put_folder};
use crate::model::BuildRecord;

const CODE: &str = "CLIENT_ERROR";

/// One output of a batch.
pub(crate) struct Whole {
    /// None for the primary one.
    pub id: Option<String>,
    /// As the project has it.
    pub target: ProjectArtifacts,
    /// Where it goes in the target's bucket.
    pub key: String,
    pub parts: Vec<Part>,
}

/// A build's archive of it.
pub(crate) struct Part {
    /// The build's name in the batch.
    pub build: String,
    pub bucket: String,
    pub key: String,
}

/// Puts one output together in a directory, which is made anew, and uploads it. Doing so again
/// puts the same objects there.
pub(crate) async fn combine(
    cx: &Cx,
    template: &BuildRecord,
    batch_arn: &str,
    directory: &Path,
    whole: &Whole,
) -> Result<Value, Cut> {
    let merged = directory.join("merged");
    make_anew(directory, &merged).map_err(Cut::retry)?;
    for part in &whole.parts {
        let archive = directory.join("part.zip");
        objects::get(cx, &part.bucket, &part.key, None, &archive)
            .await
            .map_err(|error| refused("fetch", &error, &part.bucket, &part.key))?;
        let (from, to) = (directory.to_owned(), merged.clone());
        let added = tokio::task::spawn_blocking(move || add(&archive, &from.join("part"), &to));
        let added = added.await.map_err(Cut::retry)?;
        added
            .map_err(|why| Cut::failed(CODE, format!("the artifacts of {}: {why}", part.build)))?;
    }
    let target = &whole.target;
    let bucket = target.location.clone().unwrap_or_default();
    let zip = is_zip(target);
    let archive = directory.join("whole.zip");
    let (root, to) = (merged, zip.then(|| archive.clone()));
    let packed = tokio::task::spawn_blocking(move || {
        let links = if to.is_some() { Links::Keep } else { Links::Follow };
        let chosen = everything(root, links)?;
        let digests = to.map(|to| pack(&to, &chosen, links)).transpose()?;
        Ok::<_, String>((chosen, digests))
    });
    let (chosen, digests) =
        packed.await.map_err(Cut::retry)?.map_err(|why| Cut::failed(CODE, why))?;
    let mut storing =
        Storing::of(template, target.encryption_disabled).owner_access(target.bucket_owner_access);
    storing.metadata.insert("codebuild-buildarn".to_owned(), batch_arn.to_owned());
    if zip {
        let file = fs::File::open(&archive).map_err(Cut::retry)?;
        let content_type = Some("application/zip");
        let put = Put { bucket: &bucket, key: &whole.key, file, content_type, if_absent: false };
        objects::put(cx, &storing, put)
            .await
            .map_err(|error| refused("put", &error, &bucket, &whole.key))?;
    } else {
        put_folder(cx, storing, &bucket, &whole.key, chosen).await?;
    }
    Ok(told(whole, &bucket, digests.as_ref()))
}

fn told(whole: &Whole, bucket: &str, digests: Option<&Digests>) -> Value {
    json!({
        "id": whole.id,
        "location": format!("arn:aws:s3:::{bucket}/{}", whole.key),
        "md5sum": digests.map(|it| &it.md5),
        "sha256sum": digests.map(|it| &it.sha256),
    })
}

fn refused(what: &str, error: &wire::Error, bucket: &str, key: &str) -> Cut {
    if objects::is_passing(error) {
        return Cut::retry(error);
    }
    Cut::failed(
        CODE,
        format!(
            "failed to {what} {bucket}/{key}: {}: {} status code: {}",
            error.code, error.message, error.status
        ),
    )
}

fn make_anew(directory: &Path, merged: &Path) -> io::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::create_dir_all(merged)
}

/// Unpacks an archive beside `merged` and moves what is in it there.
fn add(archive: &Path, unpacked: &Path, merged: &Path) -> Result<(), String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let file = fs::File::open(archive).map_err(|error| text(&error))?;
    archive::unpack(archive::Kind::Zip, file, unpacked, &archive::Limits::default())
        .map_err(|error| text(&error))?;
    let tree = Tree::open(unpacked).map_err(|error| text(&error))?;
    for listed in tree.list(Links::Keep).map_err(|error| text(&error))? {
        let path = Path::new(&listed.path);
        let folder = folder(merged, path.parent().unwrap_or(Path::new("")))?;
        let to = folder.join(path.file_name().unwrap_or_default());
        if fs::symlink_metadata(&to).is_ok_and(|there| there.is_dir()) {
            return Err(format!("{} is a folder in those of another build", listed.path));
        }
        fs::rename(unpacked.join(path), &to).map_err(|error| text(&error))?;
    }
    fs::remove_dir_all(unpacked).map_err(|error| text(&error))
}

/// The folder at a path below another, made where it is missing. Never one that a link leads to:
/// links that stay inside in each archive may lead out together.
fn folder(root: &Path, path: &Path) -> Result<PathBuf, String> {
    let mut folder = root.to_owned();
    for part in path.components() {
        let Component::Normal(part) = part else {
            return Err(format!("{} is no path below a folder", path.display()));
        };
        folder.push(part);
        match fs::symlink_metadata(&folder) {
            Ok(there) if there.is_dir() => {}
            Ok(_) => {
                return Err(format!("{} is no folder in those of another build", path.display()));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir(&folder).map_err(|error| error.to_string())?;
            }
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(folder)
}

fn everything(root: PathBuf, links: Links) -> Result<Chosen, String> {
    let tree = Tree::open(&root).map_err(|error| error.to_string())?;
    let mut files = Vec::new();
    for listed in tree.list(links).map_err(|error| error.to_string())? {
        if let Some(why) = listed.found.obstacle() {
            return Err(format!("{:?} {why}", listed.path));
        }
        files.push((listed.path.clone(), listed.path));
    }
    Ok(Chosen { root, files, lines: Vec::new() })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn archive(dir: &Path, name: &str, make: impl Fn(&Path)) -> PathBuf {
        let folder = dir.join(format!("{name}.d"));
        fs::create_dir(&folder).unwrap();
        make(&folder);
        let chosen = everything(folder, Links::Keep).unwrap();
        let path = dir.join(name);
        pack(&path, &chosen, Links::Keep).unwrap();
        path
    }

    #[test]
    fn archives_are_laid_over_each_other() {
        let dir = tempfile::tempdir().unwrap();
        let (dir, merged) = (dir.path(), dir.path().join("merged"));
        make_anew(&dir.join("merged"), &merged).unwrap();
        let one = archive(dir, "one", |folder| {
            fs::create_dir(folder.join("d")).unwrap();
            fs::write(folder.join("d/a"), "one").unwrap();
            fs::write(folder.join("same"), "one").unwrap();
            symlink("d", folder.join("link")).unwrap();
        });
        let two = archive(dir, "two", |folder| {
            fs::create_dir(folder.join("d")).unwrap();
            fs::write(folder.join("d/b"), "two").unwrap();
            fs::write(folder.join("same"), "two").unwrap();
        });
        for archive in [&one, &two] {
            add(archive, &dir.join("part"), &merged).unwrap();
        }
        let all = everything(merged.clone(), Links::Keep).unwrap();
        let names: Vec<_> = all.files.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(names, ["d/a", "d/b", "link", "same"]);
        assert_eq!(fs::read_to_string(merged.join("same")).unwrap(), "two");
        // Nothing is written through another build's link, and no folder is replaced.
        let through = archive(dir, "through", |folder| {
            fs::create_dir(folder.join("link")).unwrap();
            fs::write(folder.join("link/x"), "").unwrap();
        });
        let why = add(&through, &dir.join("part"), &merged).unwrap_err();
        assert!(why.contains("link is no folder"), "{why}");
        fs::remove_dir_all(dir.join("part")).unwrap();
        let over = archive(dir, "over", |folder| fs::write(folder.join("d"), "").unwrap());
        let why = add(&over, &dir.join("part"), &merged).unwrap_err();
        assert!(why.contains("d is a folder"), "{why}");
    }
}
