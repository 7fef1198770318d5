//! Reading objects. Everything here blocks on the disk: see [`crate::Repository::read`].

use crate::limits::{MAX_METADATA_BYTES, MAX_OBJECT_IN_MEMORY, MAX_TAG_DEPTH};
use crate::model::{Commit, EntryKind, Tag, TreeEntry, parse_tag_target, parse_tree};
use crate::{GitError, Oid, Repository, Result};
use gix_object::{Exists, Find, FindHeader};
use std::cell::RefCell;
use std::collections::{BinaryHeap, HashSet};
use std::sync::Arc;

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file's content.
    Blob,
    /// A folder.
    Tree,
    /// A commit.
    Commit,
    /// An annotated tag.
    Tag,
}

impl Kind {
    fn from_gix(kind: gix_object::Kind) -> Self {
        match kind {
            gix_object::Kind::Blob => Self::Blob,
            gix_object::Kind::Tree => Self::Tree,
            gix_object::Kind::Commit => Self::Commit,
            gix_object::Kind::Tag => Self::Tag,
        }
    }

    pub(crate) fn gix(self) -> gix_object::Kind {
        match self {
            Self::Blob => gix_object::Kind::Blob,
            Self::Tree => gix_object::Kind::Tree,
            Self::Commit => gix_object::Kind::Commit,
            Self::Tag => gix_object::Kind::Tag,
        }
    }
}

/// How often a missing object is looked for in a database opened anew. Each repacking between two
/// looks can make one of them fail.
const FRESH_LOOKS: usize = 3;

/// The objects of a repository, for one thread.
pub struct Objects {
    odb: RefCell<gix_odb::HandleArc>,
    /// Who opens the database anew; nobody for a quarantine, which nobody repacks.
    repository: Option<Repository>,
    /// With what waits for its transaction.
    ahead: bool,
}

impl Objects {
    pub(crate) fn new(store: &Arc<gix_odb::Store>, repository: Option<Repository>) -> Self {
        Self { odb: RefCell::new(store.to_cache_arc()), repository, ahead: false }
    }

    /// With what waits for its transaction.
    pub(crate) fn ahead(repository: Repository) -> Result<Self> {
        let store = repository.open_ahead()?;
        Ok(Self { ahead: true, ..Self::new(&store, Some(repository)) })
    }

    /// Whether the object is there. While packs are being put together, the answer may be no for
    /// one that is.
    pub(crate) fn seems_to_exist(&self, oid: &Oid) -> bool {
        self.odb.borrow().exists(&oid.gix())
    }

    /// Looks for an object. An open database can miss one while its pack is replaced by another;
    /// what is missing or unreadable is therefore looked for again in a fresh one.
    fn look<T>(
        &self,
        oid: &Oid,
        look: impl Fn(&gix_odb::HandleArc) -> std::result::Result<Option<T>, String>,
    ) -> Result<Option<T>> {
        let mut found = look(&self.odb.borrow());
        for _ in 0..FRESH_LOOKS {
            let (Ok(None) | Err(_), Some(repository)) = (&found, &self.repository) else { break };
            let store = match self.ahead {
                true => repository.open_ahead()?,
                false => {
                    repository.forget_odb();
                    repository.open_odb()?
                }
            };
            self.odb.replace(store.to_cache_arc());
            found = look(&self.odb.borrow());
        }
        found.map_err(|problem| GitError::object(*oid, problem))
    }

    /// What an object is and its size in bytes; `None` if it is not there.
    pub fn header(&self, oid: &Oid) -> Result<Option<(Kind, u64)>> {
        self.look(oid, |odb| {
            let header = FindHeader::try_header(odb, &oid.gix()).map_err(|e| e.to_string())?;
            Ok(header.map(|header| (Kind::from_gix(header.kind), header.size)))
        })
    }

    /// An object of this kind, at most `limit` bytes; `None` if it is not there or is of another
    /// kind.
    pub fn find(&self, oid: &Oid, kind: Kind, limit: u64) -> Result<Option<Vec<u8>>> {
        match self.header(oid)? {
            Some((found, size)) if found == kind => {
                let limit = limit.min(MAX_OBJECT_IN_MEMORY);
                if size > limit {
                    return Err(GitError::TooLarge { what: "the object", limit });
                }
            }
            _ => return Ok(None),
        }
        self.look(oid, |odb| {
            let mut buffer = Vec::new();
            let found = odb.try_find(&oid.gix(), &mut buffer).map_err(|e| e.to_string())?;
            Ok(found.is_some().then_some(buffer))
        })
    }

    fn need(&self, oid: &Oid, kind: Kind) -> Result<Vec<u8>> {
        self.find(oid, kind, MAX_METADATA_BYTES)?
            .ok_or_else(|| GitError::object(*oid, format!("no such {kind:?}").to_lowercase()))
    }

    /// A blob's bytes, at most `limit` of them ([`GitError::TooLarge`] if it has more); `None` if
    /// there is no such blob.
    pub fn blob(&self, oid: &Oid, limit: u64) -> Result<Option<Vec<u8>>> {
        self.find(oid, Kind::Blob, limit)
    }

    /// A commit; `None` if there is no such commit.
    pub fn find_commit(&self, oid: &Oid) -> Result<Option<Commit>> {
        self.find(oid, Kind::Commit, MAX_METADATA_BYTES)?
            .map(|data| Commit::parse(*oid, &data))
            .transpose()
    }

    /// An annotated tag; `None` if there is no such tag object.
    pub fn find_tag(&self, oid: &Oid) -> Result<Option<Tag>> {
        let data = self.find(oid, Kind::Tag, MAX_METADATA_BYTES)?;
        data.map(|data| Tag::parse(*oid, &data)).transpose()
    }

    /// A commit that must be there.
    pub fn commit(&self, oid: &Oid) -> Result<Commit> {
        Commit::parse(*oid, &self.need(oid, Kind::Commit)?)
    }

    /// A folder's entries in git's order.
    pub fn tree(&self, oid: &Oid) -> Result<Vec<TreeEntry>> {
        parse_tree(*oid, &self.need(oid, Kind::Tree)?)
    }

    /// What an annotated tag points at in the end; `None` if `oid` is no tag.
    pub fn peel_tag(&self, oid: &Oid) -> Result<Option<Oid>> {
        let mut at = *oid;
        for depth in 0..=MAX_TAG_DEPTH {
            match self.header(&at)? {
                Some((Kind::Tag, _)) => at = parse_tag_target(at, &self.need(&at, Kind::Tag)?)?,
                Some(_) => return Ok((depth > 0).then_some(at)),
                None => return Err(GitError::object(at, "missing")),
            }
        }
        Err(GitError::object(*oid, "too many tags point at each other"))
    }

    /// The commit that `oid` is or tags; `None` if it is neither or not there.
    pub fn peel_to_commit(&self, oid: &Oid) -> Result<Option<Oid>> {
        let at = match self.header(oid)? {
            Some((Kind::Tag, _)) => self.peel_tag(oid)?.unwrap_or(*oid),
            Some(_) => *oid,
            None => return Ok(None),
        };
        Ok(self.header(&at)?.filter(|(kind, _)| *kind == Kind::Commit).map(|_| at))
    }

    /// The entry at `path` (parts between slashes) below the tree `root`; `None` if there is none.
    /// The empty path is the root itself and has no entry.
    pub fn entry_at(&self, root: &Oid, path: &[u8]) -> Result<Option<TreeEntry>> {
        let mut found: Option<TreeEntry> = None;
        for part in path.split(|&b| b == b'/') {
            let tree = match &found {
                None => *root,
                Some(entry) if entry.kind == EntryKind::Tree => entry.oid,
                Some(_) => return Ok(None),
            };
            found = self.tree(&tree)?.into_iter().find(|entry| entry.name == part);
            if found.is_none() {
                return Ok(None);
            }
        }
        Ok(found)
    }

    /// The tree at `path` below `root`; the empty path is `root`. `None` if there is no folder.
    pub fn folder_at(&self, root: &Oid, path: &[u8]) -> Result<Option<Oid>> {
        if path.is_empty() {
            return Ok(Some(*root));
        }
        let entry = self.entry_at(root, path)?;
        Ok(entry.filter(|entry| entry.kind == EntryKind::Tree).map(|entry| entry.oid))
    }

    /// Calls `visit` with the full path of everything below the tree `root` that is no folder, in
    /// git's order.
    pub fn walk(
        &self,
        root: &Oid,
        mut visit: impl FnMut(&[u8], &TreeEntry) -> Result<()>,
    ) -> Result<()> {
        let listing = |tree: &Oid, prefix: Vec<u8>| -> Result<_> {
            let mut entries = self.tree(tree)?;
            entries.reverse();
            Ok((prefix, entries))
        };
        let mut stack = vec![listing(root, Vec::new())?];
        while let Some((prefix, entries)) = stack.last_mut() {
            let Some(entry) = entries.pop() else {
                stack.pop();
                continue;
            };
            let mut path = prefix.clone();
            path.extend_from_slice(&entry.name);
            if entry.kind == EntryKind::Tree {
                path.push(b'/');
                stack.push(listing(&entry.oid, path)?);
            } else {
                visit(&path, &entry)?;
            }
        }
        Ok(())
    }

    /// The commits that `tip` stands on, itself first, then always the newest by commit time of
    /// those whose child has been shown.
    pub fn history(&self, tip: &Oid) -> History<'_> {
        History { objects: self, queue: BinaryHeap::new(), seen: HashSet::new(), tip: Some(*tip) }
    }

    /// Whether `ancestor` is `tip` or in its history. Costs at most the history's length.
    pub fn is_ancestor(&self, ancestor: &Oid, tip: &Oid) -> Result<bool> {
        for commit in self.history(tip) {
            if commit?.oid == *ancestor {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// See [`Objects::history`].
pub struct History<'a> {
    objects: &'a Objects,
    queue: BinaryHeap<Queued>,
    seen: HashSet<Oid>,
    tip: Option<Oid>,
}

struct Queued(Commit);

impl PartialEq for Queued {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Queued {}

impl PartialOrd for Queued {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Queued {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let key = |q: &Self| (q.0.committer.seconds, q.0.oid);
        key(self).cmp(&key(other))
    }
}

impl History<'_> {
    fn push(&mut self, oid: Oid) -> Result<()> {
        if self.seen.insert(oid) {
            self.queue.push(Queued(self.objects.commit(&oid)?));
        }
        Ok(())
    }

    fn step(&mut self) -> Result<Option<Commit>> {
        if let Some(tip) = self.tip.take() {
            self.push(tip)?;
        }
        let Some(Queued(commit)) = self.queue.pop() else { return Ok(None) };
        for parent in &commit.parents {
            self.push(*parent)?;
        }
        Ok(Some(commit))
    }
}

impl Iterator for History<'_> {
    type Item = Result<Commit>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step().transpose()
    }
}
