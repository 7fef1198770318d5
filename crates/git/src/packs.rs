//! Where packs are kept for good: the seam between a served directory and the truth.

use crate::{GitError, Oid, RefSnapshot, Result};
use std::any::Any;
use std::fmt;
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A future that a [`PackStore`] or a [`crate::RefStore`] answers with.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One file of a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The objects.
    Pack,
    /// Where each object is in it.
    Index,
    /// The index the other way round.
    Reverse,
    /// Which objects each of some commits needs.
    Bitmap,
    /// The commit-graph, with changed paths, of the whole repository when the pack was made.
    Graph,
}

impl Part {
    /// All of them, in the order in which a reader needs them: the index last of what makes a pack
    /// visible to git.
    pub const ALL: [Self; 5] = [Self::Pack, Self::Reverse, Self::Bitmap, Self::Index, Self::Graph];

    /// The extension of its file, and its name in a store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pack => "pack",
            Self::Index => "idx",
            Self::Reverse => "rev",
            Self::Bitmap => "bitmap",
            Self::Graph => "graph",
        }
    }

    /// The part of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }
}

/// A pack as its store lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPack {
    /// The store's own name for it, never used again.
    pub id: String,
    /// The checksum that git names its files after. Two packs of one repository may have the same.
    pub name: Oid,
    /// How many objects it has.
    pub objects: u64,
    /// Its files with their sizes in bytes.
    pub parts: Vec<(Part, u64)>,
}

impl StoredPack {
    /// Bytes of all its files.
    pub fn bytes(&self) -> u64 {
        self.parts.iter().map(|(_, size)| size).sum()
    }

    /// Whether it has that file.
    pub fn has(&self, part: Part) -> bool {
        self.parts.iter().any(|(known, _)| *known == part)
    }
}

/// A pack that lies in files and is not in its store yet.
#[derive(Debug, Clone)]
pub struct NewPack {
    /// See [`StoredPack::name`].
    pub name: Oid,
    /// How many objects it has.
    pub objects: u64,
    /// Its files and their sizes in bytes.
    pub files: Vec<(Part, PathBuf, u64)>,
}

/// A pack whose bytes are in its store for good, but which does not belong to its repository before
/// a transaction says so ([`crate::RefStore::apply`]).
#[derive(Clone)]
pub struct SealedPack {
    /// See [`StoredPack::name`].
    pub name: Oid,
    /// What the store has to write down in the transaction; its own affair.
    record: Arc<dyn Any + Send + Sync>,
    taken: Arc<AtomicBool>,
}

impl SealedPack {
    /// With what its store has to write down.
    pub fn new(name: Oid, record: Arc<dyn Any + Send + Sync>) -> Self {
        Self { name, record, taken: Arc::default() }
    }

    /// For the transaction that makes it part of its repository: what to write down.
    pub fn take<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.taken.store(true, Ordering::Release);
        self.peek()
    }

    /// What there would be to write down.
    pub fn peek<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        Arc::clone(&self.record).downcast().ok()
    }

    /// Whether a transaction has tried to take it.
    pub(crate) fn is_taken(&self) -> bool {
        self.taken.load(Ordering::Acquire)
    }
}

impl fmt::Debug for SealedPack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SealedPack").field(&self.name).finish()
    }
}

/// Where the packs of one repository are kept for good. What [`PackStore::list`] answers is the
/// truth; the directory that git serves from is made to follow it.
pub trait PackStore: Send + Sync {
    /// All packs. Asked on every access, so it should be cheap.
    fn list(&self) -> Answer<'_, Result<Vec<StoredPack>>>;

    /// Writes these parts of a pack into these files. `false`: the pack is no longer there, as
    /// another took its place; the list tells which.
    fn load<'a>(
        &'a self,
        pack: &'a StoredPack,
        files: &'a [(Part, PathBuf)],
    ) -> Answer<'a, Result<bool>>;

    /// Makes a pack durable. It belongs to the repository only when [`crate::RefStore::apply`] or
    /// [`PackStore::replace`] says so; what never does, the store gets rid of by itself.
    fn seal(&self, pack: NewPack) -> Answer<'_, Result<SealedPack>>;

    /// Gets rid of a sealed pack that no transaction took.
    fn discard(&self, pack: SealedPack) -> Answer<'_, ()>;

    /// The references now, of which a full pack gets its bitmap and its commit-graph; `None`: as
    /// the directory shows them.
    fn refs(&self) -> Answer<'_, Result<Option<RefSnapshot>>>;

    /// Puts one pack in the place of those with the ids `old`, if all of them are still there, in
    /// one transaction. `false`: some were not, and nothing changed.
    fn replace(&self, old: Vec<String>, new: SealedPack) -> Answer<'_, Result<bool>>;
}

/// The stem of a pack's files.
pub(crate) fn stem(name: &Oid) -> String {
    format!("pack-{name}")
}

impl NewPack {
    /// The one pack in the object directory `objects`, with its companions; `None` if there is
    /// none.
    pub(crate) fn find(objects: &Path) -> io::Result<Option<Self>> {
        let bad = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
        let mut name = None;
        for entry in std::fs::read_dir(objects.join("pack"))? {
            let file = entry?.file_name();
            let Some(file) = file.to_str() else { continue };
            let stem = file.strip_prefix("pack-").and_then(|file| file.strip_suffix(".idx"));
            if let Some(stem) = stem {
                let found: Oid = stem.parse().map_err(|_| bad("a pack has an odd name"))?;
                if name.replace(found).is_some() {
                    return Err(bad("there is more than one pack"));
                }
            }
        }
        let Some(name) = name else { return Ok(None) };
        let mut files = Vec::new();
        for part in Part::ALL {
            let path = match part {
                Part::Graph => objects.join("info/commit-graph"),
                part => objects.join("pack").join(format!("{}.{}", stem(&name), part.name())),
            };
            match std::fs::metadata(&path) {
                Ok(meta) => files.push((part, path, meta.len())),
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => return Err(e),
            }
        }
        let index = objects.join("pack").join(format!("{}.idx", stem(&name)));
        Ok(Some(Self { name, objects: crate::pack::count_objects(&index)?, files }))
    }

    /// Bytes of all its files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|(.., size)| size).sum()
    }
}

/// Packs as plain files in the very directory that git serves from: for tests and for tools that
/// work on a scratch copy, by one process at a time. Nothing is sealed and nothing is synced.
pub(crate) struct FolderPacks(pub(crate) PathBuf);

impl FolderPacks {
    fn path(&self, name: &Oid, part: Part) -> PathBuf {
        self.0.join(format!("{}.{}", stem(name), part.name()))
    }

    fn all(&self) -> io::Result<Vec<StoredPack>> {
        let mut packs = Vec::new();
        for entry in std::fs::read_dir(&self.0)? {
            let file = entry?.file_name();
            let stem = file.to_str().and_then(|file| file.strip_suffix(".idx"));
            let name = stem.and_then(|stem| stem.strip_prefix("pack-"));
            let Some(name) = name.and_then(|hex| hex.parse::<Oid>().ok()) else { continue };
            let objects = match crate::pack::count_objects(&self.path(&name, Part::Index)) {
                // Repacked while the folder was read.
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                objects => objects?,
            };
            let size = |part: Part| std::fs::metadata(self.path(&name, part)).ok();
            let parts = Part::ALL.into_iter().filter_map(|part| Some((part, size(part)?.len())));
            packs.push(StoredPack { id: name.to_string(), name, objects, parts: parts.collect() });
        }
        Ok(packs)
    }

    /// The index first: without it nobody looks for the pack.
    fn remove(&self, name: &Oid) -> io::Result<()> {
        Part::ALL.into_iter().rev().try_for_each(|part| {
            match std::fs::remove_file(self.path(name, part)) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
                _ => Ok(()),
            }
        })
    }
}

/// Whether a pack of that name was there before it was sealed once more.
struct WasThere(bool);

impl PackStore for FolderPacks {
    fn list(&self) -> Answer<'_, Result<Vec<StoredPack>>> {
        let all = self.all().map_err(GitError::io("list the packs"));
        Box::pin(std::future::ready(all))
    }

    fn load<'a>(
        &'a self,
        _pack: &'a StoredPack,
        files: &'a [(Part, PathBuf)],
    ) -> Answer<'a, Result<bool>> {
        // What is listed lies where it is wanted.
        Box::pin(std::future::ready(Ok(files.iter().all(|(_, path)| path.exists()))))
    }

    fn seal(&self, pack: NewPack) -> Answer<'_, Result<SealedPack>> {
        let there = WasThere(self.path(&pack.name, Part::Index).exists());
        let sealed = SealedPack::new(pack.name, Arc::new(there));
        Box::pin(std::future::ready(Ok(sealed)))
    }

    fn discard(&self, pack: SealedPack) -> Answer<'_, ()> {
        if !pack.peek::<WasThere>().is_some_and(|there| there.0)
            && let Err(error) = self.remove(&pack.name)
        {
            tracing::warn!(%error, "failed to take a pack away again");
        }
        Box::pin(std::future::ready(()))
    }

    fn refs(&self) -> Answer<'_, Result<Option<RefSnapshot>>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn replace(&self, old: Vec<String>, new: SealedPack) -> Answer<'_, Result<bool>> {
        let replace = || -> Result<bool> {
            let names: Vec<Oid> = old.iter().filter_map(|id| id.parse().ok()).collect();
            if !names.iter().all(|name| self.path(name, Part::Index).exists()) {
                return Ok(false);
            }
            let mut gone = names.iter().filter(|name| **name != new.name);
            gone.try_for_each(|name| self.remove(name))
                .map_err(GitError::io("remove repacked packs"))?;
            Ok(true)
        };
        Box::pin(std::future::ready(replace()))
    }
}
