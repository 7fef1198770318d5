//! Directories of sandboxes that are gone, emptied for those to come: making and removing some
//! twenty directories is a good part of what a short sandbox costs.
//!
//! What a sandbox may have written is removed. A directory that it could reach is kept only if it
//! is as a new one would be.

use crate::local::remove;
use crate::sys;
use nix::unistd::{Gid, Uid};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Below the base directory; changes with what is kept.
const PLACE: &str = ".spares-1";
/// More than this are not kept.
const ENOUGH: usize = 8;

/// Directories that no sandbox can reach.
const OURS: &[&str] = &["run", "run/shell", "root", "layers", "layers/root", "layers/root/work"];
/// Directories that show inside, some with the mode of the host's: `None` for those of ours, which
/// have this mode.
const SHOWN: &[(&str, Result<&str, u32>)] = &[
    ("run/tmp", Err(0o1777)),
    ("layers/root/upper", Ok("/")),
    ("layers/root/upper/root", Ok("/root")),
    ("layers/root/upper/home", Ok("/home")),
    ("layers/root/upper/codebuild", Err(0o755)),
    ("layers/root/upper/codebuild/output", Err(0o755)),
];
/// The reply pipe is on a read-only mount inside.
const KEPT_FILE: &str = "run/shell/replies";

/// See the module.
pub struct Spares {
    place: PathBuf,
    directories: Mutex<Vec<PathBuf>>,
}

impl Spares {
    /// Finds those that an earlier yard has left.
    pub fn below(base: &Path) -> Self {
        let place = base.join(PLACE);
        let entries = fs::read_dir(&place).into_iter().flatten().flatten();
        let directories = Mutex::new(entries.map(|entry| entry.path()).collect());
        Self { place, directories }
    }

    /// Puts a spare one there, if there is one and nothing is there.
    pub fn take(&self, target: &Path) -> bool {
        let mut directories = self.directories.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(spare) = directories.pop() else { return false };
        let taken = fs::rename(&spare, target).is_ok();
        if !taken {
            directories.push(spare);
        }
        taken
    }

    /// Empties a directory in which nothing runs any more and keeps it; false if there are enough.
    /// After an error it is to be removed altogether.
    pub fn give(&self, directory: &Path) -> io::Result<bool> {
        let count = self.directories.lock().unwrap_or_else(PoisonError::into_inner).len();
        let Some(name) = directory.file_name().filter(|_| count < ENOUGH) else {
            return Ok(false);
        };
        empty(directory, Path::new(""))?;
        match fs::DirBuilder::new().mode(0o700).create(&self.place) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => other?,
        }
        let spare = self.place.join(name);
        fs::rename(directory, &spare)?;
        self.directories.lock().unwrap_or_else(PoisonError::into_inner).push(spare);
        Ok(true)
    }
}

/// Removes what is in a directory of ours, `below` its sandbox's, but for what is kept.
fn empty(directory: &Path, below: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let (path, below) = (entry.path(), below.join(entry.file_name()));
        if below == Path::new(KEPT_FILE) {
            continue;
        }
        if !entry.file_type()?.is_dir() {
            fs::remove_file(&path)?;
        } else if OURS.iter().any(|kept| below == Path::new(kept)) || is_as_new(&path, &below)? {
            empty(&path, &below)?;
        } else {
            remove::tree(&path)?;
        }
    }
    Ok(())
}

/// Whether a directory that shows inside is one that every sandbox has, and was not changed.
fn is_as_new(path: &Path, below: &Path) -> io::Result<bool> {
    let Some((_, mode)) = SHOWN.iter().find(|(shown, _)| below == Path::new(shown)) else {
        return Ok(false);
    };
    let (mode, uid, gid) = match mode {
        Err(mode) => (*mode, Uid::effective().as_raw(), Gid::effective().as_raw()),
        Ok(host) => match fs::metadata(host) {
            Ok(found) => (found.mode() & 0o7777, found.uid(), found.gid()),
            Err(_) => return Ok(false),
        },
    };
    let found = fs::symlink_metadata(path)?;
    // The upper layer itself belongs to us.
    let uid = if below.ends_with("upper") { Uid::effective().as_raw() } else { uid };
    let gid = if below.ends_with("upper") { Gid::effective().as_raw() } else { gid };
    let same = found.mode() & 0o7777 == mode && found.uid() == uid && found.gid() == gid;
    let name = std::ffi::CString::new(path.as_os_str().as_bytes()).map_err(io::Error::other)?;
    let attributes = sys::attributes(&name)?;
    Ok(same && attributes.iter().all(|name| name.starts_with(b"trusted.overlay.")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn nothing_that_was_written_is_left() {
        let base = tempfile::tempdir().unwrap();
        let spares = Spares::below(base.path());
        let (one, two) = (base.path().join("one"), base.path().join("two"));
        assert!(!spares.take(&one));
        for below in OURS.iter().copied().chain(SHOWN.iter().map(|(below, _)| *below)) {
            fs::create_dir_all(one.join(below)).unwrap();
        }
        fs::set_permissions(one.join("run/tmp"), fs::Permissions::from_mode(0o1777)).unwrap();
        let upper = one.join("layers/root/upper");
        // Changed by whoever was inside.
        fs::set_permissions(upper.join("codebuild"), fs::Permissions::from_mode(0o777)).unwrap();
        for below in ["run/journal", "run/shell/replies", "run/tmp/x", "layers/mount0/upper/y"] {
            let path = one.join(below);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        fs::create_dir_all(upper.join("etc/deep")).unwrap();
        std::os::unix::fs::symlink("/etc", upper.join("link")).unwrap();
        assert!(spares.give(&one).unwrap());
        assert!(!one.exists());
        assert!(Spares::below(base.path()).take(&two), "another yard finds it");
        let mut left = Vec::new();
        let mut unseen = vec![two.clone()];
        while let Some(directory) = unseen.pop() {
            for entry in fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                left.push(path.strip_prefix(&two).unwrap().to_str().unwrap().to_owned());
                if path.is_dir() {
                    unseen.push(path);
                }
            }
        }
        let known = |path: &String| {
            path == KEPT_FILE
                || OURS.contains(&path.as_str())
                || SHOWN.iter().any(|(shown, _)| shown == path)
        };
        assert!(left.iter().all(known), "{left:?}");
        assert!(left.iter().any(|path| path == "run/tmp"), "{left:?}");
        assert!(!left.iter().any(|path| path.contains("codebuild")), "{left:?}");
    }
}
