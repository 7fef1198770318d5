//! Folders of one process that must not outlive it: removed when it stops, or by the next one that
//! starts after a `kill -9`.
//!
//! Beside each folder lies a lock file that its process holds. The lock goes with the process,
//! however that ends; a folder whose lock nobody holds is nobody's, and whoever starts next removes
//! it. Nothing has to be written down for that, and yards that share a tmpfs do not disturb each
//! other.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What the names of folders begin with.
const PREFIX: &str = "codeyard-git-";
/// A lock file younger than this may belong to a process that has not locked it yet.
const YOUNG: Duration = Duration::from_secs(10);

/// A folder (0700) with a random name, removed when this is dropped.
pub(super) struct Scratch {
    dir: PathBuf,
    lock: PathBuf,
    _held: File,
}

impl Scratch {
    /// Makes one in `parent`, which is made (0700) if absent.
    pub(super) fn make(parent: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
        let dir = parent.join(format!("{PREFIX}{}", types::uuid()));
        let lock = lock_of(&dir);
        let held = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&lock)?;
        held.try_lock().map_err(io::Error::from)?;
        DirBuilder::new().mode(0o700).create(&dir)?;
        Ok(Self { dir, lock, _held: held })
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.dir, &self.lock) {
            tracing::warn!(%error, dir = %self.dir.display(), "failed to remove plain copies");
        }
    }
}

fn lock_of(dir: &Path) -> PathBuf {
    dir.with_extension("lock")
}

/// The folder first: it never is there without its lock file.
fn remove(dir: &Path, lock: &Path) -> io::Result<()> {
    let gone = |removed: io::Result<()>| match removed {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    };
    gone(std::fs::remove_dir_all(dir))?;
    gone(std::fs::remove_file(lock))
}

/// Removes the folders in `parent` that processes of this user left behind when they were killed.
/// Answers how many.
pub(super) fn sweep(parent: &Path) -> io::Result<usize> {
    let entries = match std::fs::read_dir(parent) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    let me = rustix::process::geteuid().as_raw();
    let mut removed = 0;
    for entry in entries {
        let entry = entry?;
        let (lock, name) = (entry.path(), entry.file_name());
        let is_lock = name.to_str().is_some_and(|n| n.starts_with(PREFIX) && n.ends_with(".lock"));
        let meta = entry.metadata().ok().filter(|meta| is_lock && meta.is_file());
        let Some(meta) = meta.filter(|meta| meta.uid() == me) else { continue };
        let dir = lock.with_extension("");
        // Its maker locks the file before it makes the folder: do not get in between.
        let being_made = !dir.exists() && meta.modified().is_ok_and(is_young);
        if !being_made && !is_held(&lock) {
            remove(&dir, &lock)?;
            removed += 1;
        }
    }
    Ok(removed)
}

fn is_young(at: SystemTime) -> bool {
    SystemTime::now().checked_sub(YOUNG).is_none_or(|then| at > then)
}

/// Whether a process holds the lock. One that is gone is held by nobody.
fn is_held(lock: &Path) -> bool {
    match File::open(lock) {
        Ok(file) => matches!(file.try_lock(), Err(TryLockError::WouldBlock)),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_holds_is_removed() {
        let parent = tempfile::tempdir().unwrap();
        let live = Scratch::make(parent.path()).unwrap();
        let dead = Scratch::make(parent.path()).unwrap();
        std::fs::write(dead.dir().join("plain"), "text").unwrap();
        let (dir, lock) = (dead.dir.clone(), dead.lock.clone());
        // As after `kill -9`: the lock is gone, the files are not.
        let kept = std::mem::ManuallyDrop::new(dead);
        kept._held.unlock().unwrap();
        std::fs::write(parent.path().join("codeyard-git-other"), "no lock file").unwrap();
        assert_eq!(sweep(parent.path()).unwrap(), 1);
        assert!(!dir.exists() && !lock.exists() && live.dir().exists());
        let (dir, lock) = (live.dir.clone(), live.lock.clone());
        drop(live);
        assert!(!dir.exists() && !lock.exists());
        assert_eq!(sweep(&parent.path().join("absent")).unwrap(), 0);
    }
}
