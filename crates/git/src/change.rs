//! Changes of a repository by the yard itself: new objects first, then the references.

use crate::cache::Lease;
use crate::edit::{Edit, EditError, Edited};
use crate::model::encode_tree;
use crate::objects::Objects;
use crate::pack::{self, NewObject};
use crate::packs::{NewPack, SealedPack};
use crate::projection::INCOMING;
use crate::repository::{Made, unpack};
use crate::sync::Pending;
use crate::{Commit, GitError, Kind, Oid, Repository, Result, Signature, TreeEntry};
use std::collections::HashSet;
use std::path::Path;
use tempfile::TempDir;
use tokio::sync::OwnedMutexGuard;

/// A turn to change the repository; others in this process wait meanwhile, so that what is read
/// under it most likely stays true until the references have changed. What decides is their
/// compare-and-swap.
pub struct Change {
    repository: Repository,
    turn: OwnedMutexGuard<()>,
}

/// New objects, in memory until the draft is done.
pub struct Draft {
    repository: Repository,
    objects: Objects,
    added: Vec<NewObject>,
    names: HashSet<Oid>,
}

/// New objects, durable and in the directory, for references that have not changed yet. They belong
/// to the repository once a transaction takes [`Installed::packs`], the one that changes those
/// references. After it follows [`Installed::keep`] or [`Installed::undo`]; dropping it decides
/// nothing: what no transaction took is given up in time.
#[must_use = "a transaction has to take its packs"]
pub struct Installed {
    repository: Repository,
    /// None where nothing is new.
    sealed: Option<SealedPack>,
    pending: Option<Pending>,
    /// A push needs none.
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Repository {
    /// Waits for a turn to change the repository.
    pub async fn change(&self) -> Change {
        Change { repository: self.clone(), turn: self.lock_changes().await }
    }
}

/// The pack of a draft, in a folder that goes when it is done.
struct Written {
    pack: NewPack,
    _folder: TempDir,
}

impl Written {
    fn in_folder(parent: &Path, objects: &[NewObject]) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("draft-")
            .tempdir_in(parent)
            .map_err(GitError::io("make a folder for new objects"))?;
        Ok(Self { pack: pack::write(folder.path(), objects)?, _folder: folder })
    }
}

impl Change {
    /// Lets `build` draft new objects, on a thread where it may block, and makes them durable. If
    /// `build` fails, nothing is left behind.
    pub async fn write<T, E>(
        self,
        build: impl FnOnce(&mut Draft) -> std::result::Result<T, E> + Send + 'static,
    ) -> std::result::Result<(T, Installed), E>
    where
        T: Send + 'static,
        E: From<GitError> + Send + 'static,
    {
        let build: Build = Box::new(move |draft| match build(draft) {
            Ok(made) => Ok(Box::new(made)),
            Err(error) => Err(Box::new(error)),
        });
        match self.write_erased(build).await? {
            Ok((made, installed)) => Ok((unpack(made)?, installed)),
            Err(error) => Err(unpack(error)?),
        }
    }

    /// [`Change::write`], compiled once and not for each closure.
    async fn write_erased(self, build: Build) -> Result<Outcome<Installed>> {
        let Self { repository, turn } = self;
        // What was read of the references before may be of another yard's push.
        repository.sync().await?;
        let worker = repository.clone();
        let work = move || draft(&worker, build);
        let done = tokio::task::spawn_blocking(work).await;
        let (made, written) = match done.map_err(|e| GitError::CutOff(e.to_string()))?? {
            Ok(drafted) => drafted,
            Err(error) => return Ok(Err(error)),
        };
        let pack = written.as_ref().map(|written| &written.pack);
        let installed = Installed::seal(&repository, pack, None, Some(turn)).await?;
        Ok(Ok((made, installed)))
    }
}

type Build = Box<dyn FnOnce(&mut Draft) -> std::result::Result<Made, Made> + Send>;
/// What `build` made and something beside it, or its error.
type Outcome<T> = std::result::Result<(Made, T), Made>;

/// Runs `build` and writes what it drafted, if anything, into a pack.
fn draft(repository: &Repository, build: Build) -> Result<Outcome<Option<Written>>> {
    let mut draft = Draft {
        repository: repository.clone(),
        objects: repository.objects()?,
        added: Vec::new(),
        names: HashSet::new(),
    };
    let made = match build(&mut draft) {
        Ok(made) => made,
        Err(error) => return Ok(Err(error)),
    };
    if draft.added.is_empty() {
        return Ok(Ok((made, None)));
    }
    let written = match Written::in_folder(&repository.dir().join(INCOMING), &draft.added) {
        Err(error) if error.is_lack_of_room() => match repository.folder_on_disk()? {
            Some(folder) => Written::in_folder(&folder, &draft.added)?,
            None => return Err(error),
        },
        written => written?,
    };
    Ok(Ok((made, Some(written))))
}

impl Installed {
    /// Makes a pack durable and puts it into the directory, where no reference needs it yet.
    pub(crate) async fn seal(
        repository: &Repository,
        pack: Option<&NewPack>,
        lease: Option<&Lease>,
        turn: Option<OwnedMutexGuard<()>>,
    ) -> Result<Self> {
        let mut installed =
            Self { repository: repository.clone(), sealed: None, pending: None, _turn: turn };
        if let Some(pack) = pack {
            let sealed = repository.0.packs.seal(pack.clone()).await?;
            match repository.install_where_it_fits(pack, lease).await {
                Ok((home, pending)) => {
                    installed.repository = home;
                    installed.pending = Some(pending);
                    installed.sealed = Some(sealed);
                }
                Err(error) => {
                    repository.0.packs.discard(sealed).await;
                    return Err(error);
                }
            }
        }
        Ok(installed)
    }

    /// What the transaction that changes the references has to make part of the repository
    /// ([`crate::RefStore::apply`]); none where nothing is new.
    pub fn packs(&self) -> Vec<SealedPack> {
        self.sealed.iter().cloned().collect()
    }

    /// Gives the objects up. Only after no transaction took them, certainly.
    ///
    /// # Errors
    /// None now; the store may come to have some.
    pub async fn undo(mut self) -> Result<()> {
        drop(self.pending.take());
        if let Some(sealed) = self.sealed.take() {
            self.repository.0.packs.discard(sealed).await;
        }
        self.repository.forget_odb();
        self.repository.sync().await
    }

    /// Ends the turn after the references have changed, and tidies up in the background.
    pub fn keep(mut self) {
        debug_assert!(
            self.sealed.as_ref().is_none_or(SealedPack::is_taken),
            "no transaction took the new objects"
        );
        if let Some(pending) = self.pending.take() {
            pending.arrive();
        }
        self.repository.maintain();
    }
}

impl Draft {
    /// The objects that are in the repository, without this draft's.
    pub fn objects(&self) -> &Objects {
        &self.objects
    }

    pub(crate) fn repository(&self) -> &Repository {
        &self.repository
    }

    /// What has been drafted so far.
    pub(crate) fn added(&self) -> &[NewObject] {
        &self.added
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
