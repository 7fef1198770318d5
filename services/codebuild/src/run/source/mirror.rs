//! The local source cache: a copy of each repository that a project builds from, brought up to
//! date by each build and read by it. Builds at once wait for each other while it is changed. What
//! fetches leave is put together now and then, and copies that nobody has used for longest go once
//! all together are too large.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use sha2::{Digest as _, Sha256};

use super::checkout::Version;
use super::remote::MAX_SOURCES;
use forge::git::{Failure, Git};
use forge::{Room, size};

/// How often a build that waits for another looks again.
const PAUSE: Duration = Duration::from_millis(20);

/// All copies of all projects together, in bytes.
const MOST: u64 = 10 << 30;

/// A copy that nobody changes while this lives.
pub(super) struct Mirror {
    pub path: PathBuf,
    _lock: File,
}

fn broken(error: impl std::fmt::Display) -> Failure {
    Failure::Broken(format!("the source cache: {error}"))
}

/// The up-to-date copy of the repository at a URL, in a folder of copies.
pub(super) async fn fresh(
    git: &Git,
    folder: &Path,
    url: &str,
    version: &Version,
) -> Result<Mirror, Failure> {
    let name = hex::encode(Sha256::digest(url.as_bytes()));
    let name = name.get(..32).unwrap_or(&name);
    let path = folder.join(format!("{name}.git"));
    let git = &git.within(Room::new(&path, MAX_SOURCES));
    loop {
        fs::create_dir_all(folder).map_err(broken)?;
        let file = renew(git, &path, url, version).await?;
        file.unlock().map_err(broken)?;
        wait(git, || file.try_lock_shared()).await?;
        // Between the two, another project's build may have made room.
        if is_at(&file, &lock_of(&path)) && path.join("complete").exists() {
            return Ok(Mirror { path, _lock: file });
        }
    }
}

fn lock_of(copy: &Path) -> PathBuf {
    copy.with_extension("lock")
}

/// A copy's lock, held alone. Locks go with their copies: one that was waited for may be gone.
async fn locked(git: &Git, copy: &Path) -> Result<File, Failure> {
    let path = lock_of(copy);
    loop {
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(broken)?;
        wait(git, || file.try_lock()).await?;
        if is_at(&file, &path) {
            return Ok(file);
        }
    }
}

/// Whether a file is still the one of that name.
fn is_at(file: &File, path: &Path) -> bool {
    let place = |found: fs::Metadata| (found.dev(), found.ino());
    let (open, named) = (file.metadata().map(place), fs::metadata(path).map(place));
    matches!((open, named), (Ok(open), Ok(named)) if open == named)
}

/// Makes a copy, or brings it up to date; its lock is held alone then.
async fn renew(git: &Git, path: &Path, url: &str, version: &Version) -> Result<File, Failure> {
    let file = locked(git, path).await?;
    if !path.join("complete").exists() {
        // Begun by one who was killed, or not at all.
        let _ = fs::remove_dir_all(path);
        fs::create_dir_all(path).map_err(broken)?;
        git.run(path, &["init", "--quiet", "--bare", "--template="]).await?;
        git.run(path, &["config", "uploadpack.allowAnySHA1InWant", "true"]).await?;
        git.run(path, &["remote", "add", "origin", url]).await?;
    }
    update(git, path, version).await?;
    // Where fetches have left many packs or objects; never beside ourselves.
    let tidy = ["-c", "gc.auto=6700", "-c", "gc.autoDetach=false", "gc", "--auto", "--quiet"];
    // Both the packs that were and the one that they become.
    git.within(Room::new(path, 2 * MAX_SOURCES)).run(path, &tidy).await?;
    fs::write(path.join("complete"), "").map_err(broken)?;
    let folder = path.parent().unwrap_or(path);
    let (all, own) = (folder.parent().unwrap_or(folder).to_owned(), path.to_owned());
    let evicted = tokio::task::spawn_blocking(move || evict(&all, &own, MOST));
    evicted.await.map_err(broken)?.map_err(broken)?;
    Ok(file)
}

/// Removes the longest unused copies but one's own until all have at most so many bytes. Those that
/// builds read or change just now stay.
fn evict(all: &Path, own: &Path, most: u64) -> io::Result<()> {
    let mut copies = Vec::new();
    for project in subdirectories(all)? {
        for copy in subdirectories(&project)? {
            let used = fs::metadata(copy.join("complete")).and_then(|found| found.modified());
            copies.push((used.unwrap_or(SystemTime::UNIX_EPOCH), size(&copy), copy));
        }
    }
    copies.sort();
    let mut total: u64 = copies.iter().map(|(_, size, _)| size).sum();
    for (_, size, copy) in copies.iter().filter(|(_, _, copy)| copy != own) {
        if total <= most {
            break;
        }
        let lock = File::options().write(true).open(lock_of(copy));
        if let Ok(lock) = lock
            && lock.try_lock().is_ok()
            && is_at(&lock, &lock_of(copy))
        {
            // In this order: what is left of one that is cut short counts as begun.
            let _ = fs::remove_file(copy.join("complete"));
            fs::remove_dir_all(copy)?;
            // Held to the end: who waits for it finds that it is gone, and makes another.
            fs::remove_file(lock_of(copy))?;
            total -= size;
        }
    }
    Ok(())
}

/// None where there is no such folder, as another build or the project's end may have it.
fn subdirectories(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let directories = entries.flatten().filter(|it| it.file_type().is_ok_and(|it| it.is_dir()));
    Ok(directories.map(|entry| entry.path()).collect())
}

/// All branches and tags, and what a version names beside them.
async fn update(git: &Git, path: &Path, version: &Version) -> Result<(), Failure> {
    let fetch = ["fetch", "--quiet", "--prune", "--no-tags", "origin"];
    let all = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
    git.run(path, &[&fetch[..], &all].concat()).await?;
    if let Version::Reference(name, _) = version
        && !name.starts_with("refs/heads/")
        && !name.starts_with("refs/tags/")
    {
        let spec = format!("+{name}:{name}");
        git.run(path, &["fetch", "--quiet", "--no-tags", "origin", &spec]).await?;
    }
    if let Version::Commit(commit) | Version::Reference(_, Some(commit)) = version {
        let object = format!("{commit}^{{commit}}");
        if let Err(Failure::Other(_)) = git.run(path, &["cat-file", "-e", &object]).await {
            // Whether the server has it is found out where it is needed.
            match git.run(path, &["fetch", "--quiet", "--no-tags", "origin", commit]).await {
                Ok(_) | Err(Failure::NoReference(_)) => {}
                Err(other) => return Err(other),
            }
        }
    }
    Ok(())
}

async fn wait(
    git: &Git,
    mut lock: impl FnMut() -> Result<(), TryLockError>,
) -> Result<(), Failure> {
    loop {
        match lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(broken(error)),
            Err(TryLockError::WouldBlock) if Instant::now() > git.deadline => {
                return Err(Failure::Late);
            }
            Err(TryLockError::WouldBlock) => {}
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = git.stop.notified() => return Err(Failure::Stopped),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_unused_copies_go() {
        let dir = tempfile::tempdir().unwrap();
        let copy = |age: u64, name: &str| {
            let path = dir.path().join(name).with_extension("git");
            fs::create_dir_all(path.join("objects")).unwrap();
            fs::write(path.join("objects/pack"), [0; 100]).unwrap();
            fs::write(path.with_extension("lock"), "").unwrap();
            let complete = File::create(path.join("complete")).unwrap();
            complete.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
            path
        };
        let all = [copy(40, "p/own"), copy(30, "p/read"), copy(20, "q/old"), copy(10, "q/new")];
        let [own, read, old, new] = &all;
        let lock = File::open(read.with_extension("lock")).unwrap();
        lock.lock_shared().unwrap();
        evict(dir.path(), own, 400).unwrap();
        assert!(all.iter().all(|path| path.exists()));
        evict(dir.path(), own, 300).unwrap();
        assert!(own.exists() && read.exists() && !old.exists() && new.exists());
        // The lock goes along; who waits for it finds that out.
        assert!(!lock_of(old).exists() && lock_of(new).exists() && lock_of(read).exists());
        let waits = File::open(lock_of(new)).unwrap();
        assert!(is_at(&waits, &lock_of(new)));
        evict(dir.path(), own, 0).unwrap();
        assert!(own.exists() && read.exists() && !new.exists());
        assert!(!is_at(&waits, &lock_of(new)));
        fs::write(lock_of(new), "").unwrap();
        assert!(!is_at(&waits, &lock_of(new)));
        evict(&dir.path().join("none"), own, 0).unwrap();
    }
}
