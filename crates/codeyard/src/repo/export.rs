//! `codeyard repo export`: a mirror clone or a bundle, whole or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use super::count;
use super::git::{Git, progress};
use super::yard::{Refs, Yard};
use crate::failure::{Context as _, Failure, Outcome};

/// Exports; when this answers well, everything of the repository is at `path`.
pub(super) fn run(yard: &Yard, name: &str, path: &Path, bundle: bool) -> Outcome<()> {
    if path.symlink_metadata().is_ok() {
        return Err(Failure::new(format!("there is something at {} already", path.display()))
            .hint("name a path where there is nothing"));
    }
    if yard.repository(name)?.is_none() {
        return Err(Failure::new(format!("the yard at {} has no repository {name}", yard.url())));
    }
    let scratch = Scratch::beside(path)?;
    let clone = scratch.0.join("clone.git");
    yard.git(Git::new(), name)?
        .args(["clone", "--mirror", "--template=", progress(), "--", &yard.clone_url(name)])
        .arg(&clone)
        .watched(&format!("clone {name}"))?;
    let refs = refs_of(&clone)?;
    if refs.is_empty() && bundle {
        return Err(Failure::new(format!("{name} is empty: a bundle of nothing cannot be made"))
            .hint("leave --bundle out to get an empty clone"));
    }
    if bundle {
        let file = scratch.0.join("bundle");
        Git::within(&clone)
            .args(["bundle", "create", progress()])
            .arg(&file)
            .args(["--all"])
            .watched(&format!("make a bundle of {name}"))?;
        Git::within(&clone)
            .args(["bundle", "verify", "--quiet"])
            .arg(&file)
            .output("check the bundle")?;
        // Unlike a rename, this never takes another file's place.
        fs::hard_link(&file, path).context(format_args!("write {}", path.display()))?;
    } else {
        fs::rename(&clone, path).context(format_args!("write {}", path.display()))?;
    }
    println!(
        "exported {} of {name} to {}",
        count(refs.len(), "reference", "references"),
        path.display()
    );
    Ok(())
}

fn refs_of(clone: &Path) -> Outcome<Refs> {
    let listed = Git::within(clone)
        .args(["for-each-ref", "--format=%(objectname) %(refname)"])
        .output("list what was cloned")?;
    let pair =
        |line: &str| line.split_once(' ').map(|(oid, name)| (name.to_owned(), oid.to_owned()));
    Ok(listed.lines().filter_map(pair).collect())
}

/// A folder on the file system of the result, gone with this.
struct Scratch(PathBuf);

impl Scratch {
    fn beside(path: &Path) -> Outcome<Self> {
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = name.ok_or_else(|| Failure::new(format!("{} is no path", path.display())))?;
        let scratch = folder.join(format!(".{name}.exporting-{}", std::process::id()));
        fs::create_dir(&scratch).context(format_args!("make {}", scratch.display()))?;
        Ok(Self(scratch))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
