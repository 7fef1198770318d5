//! The local source cache: a copy of each repository that a project builds from, brought up to
//! date by each build and read by it. Builds at once wait for each other while it is changed.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use super::checkout::Version;
use super::git::{Failure, Git};

/// How often a build that waits for another looks again.
const PAUSE: Duration = Duration::from_millis(20);

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
    fs::create_dir_all(folder).map_err(broken)?;
    let path = folder.join(format!("{name}.git"));
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(format!("{name}.lock")));
    let file = file.map_err(broken)?;
    wait(git, || file.try_lock()).await?;
    if !path.join("complete").exists() {
        // Begun by one who was killed, or not at all.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).map_err(broken)?;
        git.run(&path, &["init", "--quiet", "--bare"]).await?;
        git.run(&path, &["config", "uploadpack.allowAnySHA1InWant", "true"]).await?;
        git.run(&path, &["remote", "add", "origin", url]).await?;
    }
    update(git, &path, version).await?;
    fs::write(path.join("complete"), "").map_err(broken)?;
    file.unlock().map_err(broken)?;
    wait(git, || file.try_lock_shared()).await?;
    Ok(Mirror { path, _lock: file })
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
