//! The bare directories that hold repositories' objects, `git/ID.git` in the data directory. They
//! are made at first use, and a few are kept open.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use git::{GitError, Repository};
use service::{Cx, Yard};
use wire::Error;

use crate::model;

/// Repositories that stay open; each costs a few file handles and mapped pack indexes.
const MAX_OPEN: usize = 64;

/// The open repositories by id.
#[derive(Default)]
struct Open(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// Counts uses, to tell the longest unused.
    uses: u64,
    repositories: HashMap<String, (u64, Repository)>,
}

impl Open {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, id: &str) -> Option<Repository> {
        let mut kept = self.lock();
        kept.uses += 1;
        let now = kept.uses;
        let (used, repository) = kept.repositories.get_mut(id)?;
        *used = now;
        Some(repository.clone())
    }

    fn keep(&self, id: &str, repository: &Repository) {
        let mut kept = self.lock();
        let now = kept.uses;
        if kept.repositories.len() >= MAX_OPEN {
            let oldest = kept.repositories.iter().min_by_key(|(_, (used, _))| *used);
            if let Some(oldest) = oldest.map(|(id, _)| id.clone()) {
                kept.repositories.remove(&oldest);
            }
        }
        kept.repositories.insert(id.to_owned(), (now, repository.clone()));
    }

    fn forget(&self, id: &str) {
        self.lock().repositories.remove(id);
    }
}

fn folder(yard: &Yard) -> PathBuf {
    yard.config().data_dir.join("git")
}

fn directory(yard: &Yard, id: &str) -> PathBuf {
    folder(yard).join(format!("{id}.git"))
}

/// The repository with this id.
pub(crate) async fn open(cx: &Cx, id: &str) -> Result<Repository, Error> {
    let known = cx.yard().extension(Open::default);
    if let Some(repository) = known.get(id) {
        return Ok(repository);
    }
    let dir = directory(cx.yard(), id);
    let repository = blocking(move || open_or_create(&dir)).await?;
    known.keep(id, &repository);
    Ok(repository)
}

fn open_or_create(dir: &Path) -> Result<Repository, GitError> {
    if dir.join("HEAD").is_file() { Repository::open(dir) } else { Repository::create(dir) }
}

/// Removes the objects of a repository that is no longer in the store.
pub(crate) async fn remove(cx: &Cx, id: &str) -> Result<(), Error> {
    cx.yard().extension(Open::default).forget(id);
    let dir = directory(cx.yard(), id);
    blocking(move || Repository::remove(&dir)).await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, GitError> + Send + 'static,
) -> Result<T, Error> {
    Ok(tokio::task::spawn_blocking(work).await.map_err(Error::internal)??)
}

/// Removes directories whose repositories were deleted by a yard that died before it came to
/// them. A directory is only ever made after its repository is in the store.
pub(crate) fn sweep(yard: &Yard) {
    let yard = yard.clone();
    tokio::task::spawn_blocking(move || {
        let Ok(entries) = std::fs::read_dir(folder(&yard)) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Some(id) = name.to_str().and_then(|name| name.strip_suffix(".git")) else {
                continue;
            };
            let found = yard.read(|tx| Ok(model::Repository::by_id(tx, id)?));
            if let Ok(None) = found
                && let Err(error) = Repository::remove(&entry.path())
            {
                tracing::warn!(%error, id, "failed to remove a deleted repository's objects");
            }
        }
    });
}
