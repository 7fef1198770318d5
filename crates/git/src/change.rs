//! Changes of a repository by the yard itself: new objects first, then the references.

use crate::edit::{Edit, EditError, Edited};
use crate::model::encode_tree;
use crate::objects::Objects;
use crate::pack::{self, NewObject};
use crate::{Commit, GitError, Kind, Oid, Repository, Result, Signature, TreeEntry};
use std::collections::HashSet;
use std::io;
use std::path::PathBuf;
use tokio::sync::OwnedMutexGuard;

/// A turn to change the repository; others wait meanwhile. What is read under it stays true until
/// its references have changed, as far as this process is concerned.
pub struct Change {
    repository: Repository,
    turn: OwnedMutexGuard<()>,
}

/// New objects, in memory until the draft is done.
pub struct Draft {
    objects: Objects,
    added: Vec<NewObject>,
    names: HashSet<Oid>,
}

/// Objects that have come into the repository for references that have not changed yet. Keeps its
/// turn. Dropping it keeps the objects: only [`Installed::undo`] may take them away, and only by
/// one who knows that no reference came to need them.
#[must_use = "the references have to follow"]
pub struct Installed {
    repository: Repository,
    files: Vec<PathBuf>,
    _turn: OwnedMutexGuard<()>,
}

impl Repository {
    /// Waits for a turn to change the repository.
    pub async fn change(&self) -> Change {
        Change { repository: self.clone(), turn: self.lock_changes().await }
    }
}

impl Change {
    /// Lets `build` draft new objects, on a thread where it may block, and brings them into the
    /// repository, on disk for good. If `build` fails, nothing is left behind.
    pub async fn write<T, E>(
        self,
        build: impl FnOnce(&mut Draft) -> std::result::Result<T, E> + Send + 'static,
    ) -> std::result::Result<(T, Installed), E>
    where
        T: Send + 'static,
        E: From<GitError> + Send + 'static,
    {
        let Self { repository, turn } = self;
        let worker = repository.clone();
        let work = move || -> std::result::Result<(T, Vec<PathBuf>), E> {
            let mut draft =
                Draft { objects: worker.objects()?, added: Vec::new(), names: HashSet::new() };
            let made = build(&mut draft)?;
            let files = if draft.added.is_empty() {
                Vec::new()
            } else {
                pack::write(&worker.dir().join("objects/pack"), &draft.added)?
            };
            Ok((made, files))
        };
        let (made, files) = tokio::task::spawn_blocking(work)
            .await
            .map_err(|e| GitError::CutOff(e.to_string()))
            .map_err(E::from)??;
        if !files.is_empty() {
            repository.pack_added();
        }
        Ok((made, Installed { repository, files, _turn: turn }))
    }

    pub(crate) async fn migrate(self, from: PathBuf) -> Result<Installed> {
        let Self { repository, turn } = self;
        let to = repository.dir().join("objects/pack");
        let files = tokio::task::spawn_blocking(move || pack::migrate(&from, &to))
            .await
            .map_err(|e| GitError::CutOff(e.to_string()))?
            .map_err(GitError::io("take in the pack"))?;
        repository.pack_added();
        Ok(Installed { repository, files, _turn: turn })
    }
}

impl Installed {
    /// Takes the objects away again. Only after the references were certainly not changed.
    pub async fn undo(self) -> Result<()> {
        let Self { files, repository, _turn } = self;
        let remove = move || {
            // The index first: without it nobody looks for the pack. A pack that is gone was put
            // together with others just now; then its objects stay, of no use and no harm.
            files.iter().rev().try_for_each(|file| match std::fs::remove_file(file) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
                _ => Ok(()),
            })
        };
        let removed = tokio::task::spawn_blocking(remove).await;
        repository.forget_odb();
        removed
            .map_err(|e| GitError::CutOff(e.to_string()))?
            .map_err(GitError::io("take the pack away again"))
    }

    /// Ends the turn after the references have changed, and tidies up in the background.
    pub fn keep(self) {
        self.repository.maintain();
    }
}

impl Draft {
    /// The objects that are in the repository, without this draft's.
    pub fn objects(&self) -> &Objects {
        &self.objects
    }

    fn put(&mut self, kind: Kind, data: Vec<u8>) -> Result<Oid> {
        let oid = pack::name_of(kind, &data)?;
        // An object that is there after all may be there twice.
        if !self.names.contains(&oid) && !self.objects.seems_to_exist(&oid) {
            self.names.insert(oid);
            self.added.push(NewObject { oid, kind, data });
        }
        Ok(oid)
    }

    /// A file's content.
    pub fn blob(&mut self, data: Vec<u8>) -> Result<Oid> {
        self.put(Kind::Blob, data)
    }

    /// A folder. Its entries are put into git's order; names must be good and different.
    pub fn tree(&mut self, entries: Vec<TreeEntry>) -> Result<Oid> {
        self.put(Kind::Tree, encode_tree(entries))
    }

    /// A commit. A message without an end of line gets one, as git gives it.
    pub fn commit(
        &mut self,
        tree: &Oid,
        parents: &[Oid],
        author: &Signature,
        committer: &Signature,
        message: &str,
    ) -> Result<Oid> {
        self.put(Kind::Commit, Commit::encode(tree, parents, author, committer, message))
    }

    /// The tree `base` (`None`: the empty one) with edits; see [`Edit`]. With `keep_empty_folders`
    /// a folder whose last file is deleted gets an empty `.gitkeep`, otherwise it goes too.
    pub fn edit(
        &mut self,
        base: Option<&Oid>,
        edits: Vec<Edit>,
        keep_empty_folders: bool,
    ) -> std::result::Result<Edited, EditError> {
        crate::edit::apply(self, base, edits, keep_empty_folders)
    }
}
