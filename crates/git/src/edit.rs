//! Trees with files put, deleted and changed in mode, without a working copy.

use crate::change::Draft;
use crate::path::check_path;
use crate::{EntryKind, GitError, Oid, PathError, TreeEntry};
use std::collections::{BTreeMap, HashSet};

/// What the API calls a file's mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileMode {
    /// 100644
    Normal,
    /// 100755
    Executable,
    /// 120000
    Symlink,
}

impl FileMode {
    /// As an entry of a folder.
    pub fn kind(self) -> EntryKind {
        match self {
            Self::Normal => EntryKind::File,
            Self::Executable => EntryKind::Executable,
            Self::Symlink => EntryKind::Symlink,
        }
    }
}

/// One edit. A path may be edited once; deletions happen before the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Adds or replaces a file with new content.
    Put {
        /// Its path.
        path: String,
        /// `None`: the mode that it has, or normal.
        mode: Option<FileMode>,
        /// Its bytes.
        content: Vec<u8>,
    },
    /// Adds or replaces a file with a blob that is in the repository.
    PutBlob {
        /// Its path.
        path: String,
        /// `None`: the mode that it has, or normal.
        mode: Option<FileMode>,
        /// The blob.
        blob: Oid,
    },
    /// Deletes a file.
    Delete {
        /// Its path.
        path: String,
    },
    /// Changes a file's mode.
    SetMode {
        /// Its path.
        path: String,
        /// The new mode.
        mode: FileMode,
    },
}

impl Edit {
    fn path(&self) -> &str {
        match self {
            Self::Put { path, .. }
            | Self::PutBlob { path, .. }
            | Self::Delete { path }
            | Self::SetMode { path, .. } => path,
        }
    }
}

/// Why a tree cannot be edited so.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The path is none.
    #[error(transparent)]
    Path(#[from] PathError),
    /// Two edits name one path.
    #[error("{0} is edited twice")]
    Twice(String),
    /// There is no such file to delete or change.
    #[error("{0} does not exist")]
    NotFound(String),
    /// A folder is where a file should be put, deleted or changed.
    #[error("{0} is a folder")]
    IsFolder(String),
    /// A file is where the path needs a folder.
    #[error("{0} needs a folder where there is a file")]
    ParentIsFile(String),
    /// A submodule is at the path or above it.
    #[error("{0} is in a submodule")]
    InSubmodule(String),
    /// Reading or writing failed.
    #[error(transparent)]
    Git(#[from] GitError),
}

/// A file that an edit has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Its path.
    pub path: String,
    /// Its blob; for a deleted one, that which it had.
    pub oid: Oid,
    /// Its mode; for a deleted one, that which it had.
    pub kind: EntryKind,
}

/// What came of it. Edits that change nothing are in none of the lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The new root folder.
    pub tree: Oid,
    /// Files that were not there before, by path.
    pub added: Vec<FileChange>,
    /// Files with new content or mode, by path.
    pub updated: Vec<FileChange>,
    /// Files that are gone, by path.
    pub deleted: Vec<FileChange>,
}

impl Edited {
    /// Whether nothing changed at all.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.updated.is_empty() && self.deleted.is_empty()
    }
}

type Edits<T> = Result<T, EditError>;

pub(crate) fn apply(
    draft: &mut Draft,
    base: Option<&Oid>,
    mut edits: Vec<Edit>,
    keep_empty_folders: bool,
) -> Edits<Edited> {
    let mut paths = HashSet::new();
    for edit in &edits {
        check_path(edit.path())?;
        if !paths.insert(edit.path().to_owned()) {
            return Err(EditError::Twice(edit.path().to_owned()));
        }
    }
    edits.sort_by_key(|edit| !matches!(edit, Edit::Delete { .. }));
    let mut desk = Desk::open(draft, base, keep_empty_folders)?;
    for edit in edits {
        desk.apply(edit)?;
    }
    desk.close()
}

/// The folders that are open for editing. A folder's children come after it in the list, so that
/// going through it backwards finishes children before their parents.
struct Desk<'a> {
    draft: &'a mut Draft,
    folders: Vec<Folder>,
    keep_empty: bool,
    done: Edited,
}

struct Folder {
    path: String,
    entries: BTreeMap<Vec<u8>, Entry>,
    /// Place in the list and name there; `None` for the root.
    parent: Option<(usize, Vec<u8>)>,
    /// A file was deleted from it.
    lost: bool,
}

#[derive(Clone, Copy)]
enum Entry {
    Stored(EntryKind, Oid),
    Open(usize),
}

impl<'a> Desk<'a> {
    fn open(draft: &'a mut Draft, base: Option<&Oid>, keep_empty: bool) -> Edits<Self> {
        let done = Edited { tree: Oid::ZERO, added: vec![], updated: vec![], deleted: vec![] };
        let mut desk = Self { draft, folders: Vec::new(), keep_empty, done };
        desk.open_folder(base, String::new(), None)?;
        Ok(desk)
    }

    fn open_folder(
        &mut self,
        tree: Option<&Oid>,
        path: String,
        parent: Option<(usize, Vec<u8>)>,
    ) -> Edits<usize> {
        let stored = tree.map_or(Ok(Vec::new()), |oid| self.draft.objects().tree(oid))?;
        let entries = stored.into_iter().map(|e| (e.name, Entry::Stored(e.kind, e.oid))).collect();
        self.folders.push(Folder { path, entries, parent, lost: false });
        Ok(self.folders.len() - 1)
    }

    fn entry(&self, folder: usize, name: &[u8]) -> Option<Entry> {
        self.folders.get(folder)?.entries.get(name).copied()
    }

    fn set(&mut self, folder: usize, name: &[u8], entry: Option<Entry>) {
        let Some(folder) = self.folders.get_mut(folder) else { return };
        match entry {
            Some(entry) => folder.entries.insert(name.to_vec(), entry),
            None => folder.entries.remove(name),
        };
    }

    /// The open folder that `path` lies in and its name there. With `make`, folders on the way
    /// are made.
    fn locate<'p>(&mut self, path: &'p str, make: bool) -> Edits<(usize, &'p [u8])> {
        let (mut at, mut rest, mut passed) = (0, path, 0);
        while let Some((name, below)) = rest.split_once('/') {
            passed += name.len() + 1;
            let here = path.get(..passed).unwrap_or(path).to_owned();
            let parent = Some((at, name.as_bytes().to_vec()));
            let open = match self.entry(at, name.as_bytes()) {
                Some(Entry::Open(open)) => open,
                Some(Entry::Stored(EntryKind::Tree, oid)) => {
                    self.open_folder(Some(&oid), here, parent)?
                }
                Some(Entry::Stored(EntryKind::Submodule, _)) => {
                    return Err(EditError::InSubmodule(path.to_owned()));
                }
                Some(_) if make => return Err(EditError::ParentIsFile(path.to_owned())),
                None if make => self.open_folder(None, here, parent)?,
                _ => return Err(EditError::NotFound(path.to_owned())),
            };
            self.set(at, name.as_bytes(), Some(Entry::Open(open)));
            (at, rest) = (open, below);
        }
        Ok((at, rest.as_bytes()))
    }

    /// The file at a place; `None` if there is nothing.
    fn file(&self, folder: usize, name: &[u8], path: &str) -> Edits<Option<(EntryKind, Oid)>> {
        match self.entry(folder, name) {
            None => Ok(None),
            // Its last file was deleted by these very edits: it makes room.
            Some(Entry::Open(open)) if self.is_vacant(open) => Ok(None),
            Some(Entry::Open(_) | Entry::Stored(EntryKind::Tree, _)) => {
                Err(EditError::IsFolder(path.to_owned()))
            }
            Some(Entry::Stored(EntryKind::Submodule, _)) => {
                Err(EditError::InSubmodule(path.to_owned()))
            }
            Some(Entry::Stored(kind, oid)) => Ok(Some((kind, oid))),
        }
    }

    /// Whether no file is left in an open folder or below it.
    fn is_vacant(&self, folder: usize) -> bool {
        let mut below = vec![folder];
        while let Some(folder) = below.pop() {
            for entry in self.folders.get(folder).into_iter().flat_map(|f| f.entries.values()) {
                match entry {
                    Entry::Open(open) => below.push(*open),
                    Entry::Stored(..) => return false,
                }
            }
        }
        true
    }

    fn apply(&mut self, edit: Edit) -> Edits<()> {
        match edit {
            Edit::Put { path, mode, content } => {
                let blob = self.draft.blob(content)?;
                self.put(path, mode, blob)
            }
            Edit::PutBlob { path, mode, blob } => self.put(path, mode, blob),
            Edit::Delete { path } => self.delete(path),
            Edit::SetMode { path, mode } => {
                let (folder, name) = self.locate(&path, false)?;
                let (_, oid) = self
                    .file(folder, name, &path)?
                    .ok_or_else(|| EditError::NotFound(path.clone()))?;
                self.put(path, Some(mode), oid)
            }
        }
    }

    fn put(&mut self, path: String, mode: Option<FileMode>, oid: Oid) -> Edits<()> {
        let (folder, name) = self.locate(&path, true)?;
        let before = self.file(folder, name, &path)?;
        let kind = match (mode, before) {
            (Some(mode), _) => mode.kind(),
            (None, Some((kind, _))) => kind,
            (None, None) => EntryKind::File,
        };
        if before == Some((kind, oid)) {
            return Ok(());
        }
        self.set(folder, name, Some(Entry::Stored(kind, oid)));
        let list = if before.is_some() { &mut self.done.updated } else { &mut self.done.added };
        list.push(FileChange { path, oid, kind });
        Ok(())
    }

    fn delete(&mut self, path: String) -> Edits<()> {
        let (folder, name) = self.locate(&path, false)?;
        let (kind, oid) =
            self.file(folder, name, &path)?.ok_or_else(|| EditError::NotFound(path.clone()))?;
        self.set(folder, name, None);
        if let Some(folder) = self.folders.get_mut(folder) {
            folder.lost = true;
        }
        self.done.deleted.push(FileChange { path, oid, kind });
        Ok(())
    }

    /// Whether a file has taken the place of a folder, or of one that it lies in.
    fn is_replaced(&self, folder: &Folder) -> bool {
        let mut at = folder;
        while let Some((parent, name)) = &at.parent {
            if !matches!(self.entry(*parent, name), Some(Entry::Open(_))) {
                return true;
            }
            let Some(above) = self.folders.get(*parent) else { return true };
            at = above;
        }
        false
    }

    /// Writes all folders, the deepest first.
    fn close(mut self) -> Edits<Edited> {
        while let Some(mut folder) = self.folders.pop() {
            if self.is_replaced(&folder) {
                continue;
            }
            if folder.entries.is_empty()
                && folder.lost
                && self.keep_empty
                && folder.parent.is_some()
            {
                let (oid, kind) = (self.draft.blob(Vec::new())?, EntryKind::File);
                folder.entries.insert(b".gitkeep".to_vec(), Entry::Stored(kind, oid));
                let path = format!("{}.gitkeep", folder.path);
                self.done.added.push(FileChange { path, oid, kind });
            }
            let empty = folder.entries.is_empty();
            let entry = |(name, entry)| match entry {
                Entry::Stored(kind, oid) => Some(TreeEntry { name, kind, oid }),
                Entry::Open(_) => None,
            };
            match folder.parent {
                Some((parent, name)) if empty => self.set(parent, &name, None),
                parent => {
                    let entries = folder.entries.into_iter().filter_map(entry).collect();
                    let oid = self.draft.tree(entries)?;
                    match parent {
                        Some((parent, name)) => {
                            self.set(parent, &name, Some(Entry::Stored(EntryKind::Tree, oid)));
                        }
                        None => self.done.tree = oid,
                    }
                }
            }
        }
        let by_path = |a: &FileChange, b: &FileChange| a.path.cmp(&b.path);
        self.done.added.sort_by(by_path);
        self.done.updated.sort_by(by_path);
        self.done.deleted.sort_by(by_path);
        Ok(self.done)
    }
}
