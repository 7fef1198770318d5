//! Merges of two commits without a working copy: what stock git's `ort` strategy does with renames
//! off, in this process, with the choices that AWS CodeCommit offers on top.
//!
//! - Trees are merged path by path ([`trees`]), files line by line ([`text`], [`lines`]).
//! - Where two commits have several best common ancestors, these are merged with each other
//!   first, conflicts and all, and the result is the base ([`Objects::merge`]).
//! - Nothing is written: a merge answers the objects that it made ([`Merge::made`]), for whoever
//!   wants to keep them ([`crate::Draft::take`]).
//!
//! Lines are compared by code of our own: the crate at hand (`imara-diff`, four CPU-seconds of a
//! release build) lines up repeated lines differently from git here and there.
//!
//! Attributes (`.gitattributes`) have no say: no merge drivers, no line-end conversion.

mod bases;
pub mod lines;
mod scratch;
#[cfg(test)]
mod tests;
pub mod text;
mod trees;

use crate::model::parse_tree;
use crate::{Draft, EntryKind, GitError, Kind, Objects, Oid};
use scratch::Scratch;
use std::collections::BTreeMap;
use trees::Merger;

pub use bases::MAX_WALK;
pub use scratch::Made;
pub use trees::is_binary;

/// Entries of folders that one merge compares.
pub const MAX_ITEMS: usize = 500_000;
/// Files that one merge puts together line by line.
pub const MAX_FILES: usize = 10_000;
/// Merge bases of one pair of commits that are merged with each other.
pub const MAX_BASES: usize = 16;
/// How deep such merges may nest.
const MAX_DEPTH: usize = 16;

/// Why two commits cannot be merged at all. Conflicts are no error.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// Their histories part too far back, too often, or have nothing in common.
    #[error("the commits are too far apart to be merged here")]
    TooFarApart,
    /// More than [`MAX_ITEMS`] entries would have to be compared.
    #[error("more than {MAX_ITEMS} entries would have to be compared")]
    TooManyItems,
    /// More than [`MAX_FILES`] files changed on both sides, or their lines take more than
    /// [`lines::MAX_STEPS`] steps to compare.
    #[error("too many files changed on both sides")]
    TooManyFiles,
    /// An object could not be read.
    #[error(transparent)]
    Git(#[from] GitError),
}

/// What the functions of this module return.
pub type Result<T> = std::result::Result<T, MergeError>;

/// When a file that both sides changed is in conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// Always.
    #[default]
    File,
    /// If they changed the same lines, or lines beside each other.
    Line,
}

/// Which side wins where they are in conflict. With [`Detail::Line`] it wins those lines; else,
/// and where there are no lines, the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Favor {
    /// Neither.
    #[default]
    None,
    /// The side that is merged into.
    Ours,
    /// The side that is merged.
    Theirs,
}

/// What is to stand at a path that is in conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// What the merge base has there, with another mode if one is given.
    Base(Option<EntryKind>),
    /// What ours has there.
    Ours(Option<EntryKind>),
    /// What theirs has there.
    Theirs(Option<EntryKind>),
    /// A file with this content; without a mode that of ours, of theirs, or a plain file's.
    Content(Vec<u8>, Option<EntryKind>),
    /// Nothing.
    Delete,
    /// What the merge makes of the content, with this mode. Content that is in conflict stays so.
    Mode(EntryKind),
}

/// How to merge.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What counts as a conflict.
    pub detail: Detail,
    /// Who wins one.
    pub favor: Favor,
    /// What is decided beforehand, by path.
    pub resolutions: BTreeMap<Vec<u8>, Resolution>,
    /// Leave an empty `.gitkeep` in a folder of ours that the merge empties.
    pub keep_empty_folders: bool,
}

/// What one of the three has at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Entry {
    /// What it is; a folder only beside something that is none.
    pub kind: EntryKind,
    /// Its object.
    pub oid: Oid,
}

/// A path on which the two sides do not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The full path.
    pub path: Vec<u8>,
    /// What the merge base has there. It may be an object that the merge itself made.
    pub base: Option<Entry>,
    /// What the side that is merged into has there.
    pub ours: Option<Entry>,
    /// What the side that is merged has there.
    pub theirs: Option<Entry>,
    /// How many conflicts there are in the content: regions of lines, or one for the whole.
    pub content: usize,
    /// Both set different modes.
    pub mode: bool,
    /// The one is a file, the other a folder, a link or a submodule.
    pub kind: bool,
}

/// A merge that was tried.
#[derive(Debug, Clone)]
pub struct Merge {
    /// The best of the merge bases.
    pub base: Oid,
    /// The merged tree; it is only complete if there are no conflicts.
    pub tree: Oid,
    /// Where the sides are in conflict, by path.
    pub conflicts: Vec<Conflict>,
    /// Paths of [`Options::resolutions`] that were no conflicts.
    pub unused: Vec<Vec<u8>>,
    /// New objects of the tree.
    pub made: Vec<Made>,
}

/// A commit, or what the merge of several gave.
struct Node {
    tree: Oid,
    /// The commits whose histories it has.
    tips: Vec<Oid>,
}

impl Objects {
    /// Merges the commit `theirs` into the commit `ours`.
    ///
    /// # Errors
    /// If the two have no common ancestor ([`MergeError::TooFarApart`]) or a limit of this module
    /// is reached.
    pub fn merge(&self, ours: &Oid, theirs: &Oid, options: &Options) -> Result<Merge> {
        let bases = self.merge_bases(ours, theirs)?;
        let base = *bases.first().ok_or(MergeError::TooFarApart)?;
        let mut scratch = Scratch::new(self);
        let common = self.common(&mut scratch, &bases, 0)?;
        let (our_tree, their_tree) = (self.commit(ours)?.tree, self.commit(theirs)?.tree);
        let mut merger = Merger::new(&mut scratch, options, 0);
        let tree = merger.merge(common.as_ref().map(|node| node.tree), our_tree, their_tree)?;
        let (conflicts, unused) = merger.finish();
        let made = scratch.below(&tree)?;
        Ok(Merge { base, tree, conflicts, unused, made })
    }

    /// The bytes of an entry of a conflict: in the repository, or among what the merge of several
    /// merge bases of `ours` and `theirs` made.
    pub fn base_blob(&self, ours: &Oid, theirs: &Oid, oid: &Oid) -> Result<Option<Vec<u8>>> {
        let mut scratch = Scratch::new(self);
        if self.header(oid)?.is_none() {
            let bases = self.merge_bases(ours, theirs)?;
            self.common(&mut scratch, &bases, 0)?;
        }
        scratch.blob(oid)
    }

    /// All merge bases as one: merged with each other, the oldest first.
    fn common(
        &self,
        scratch: &mut Scratch<'_>,
        bases: &[Oid],
        depth: usize,
    ) -> Result<Option<Node>> {
        if bases.len() > MAX_BASES || depth > MAX_DEPTH {
            return Err(MergeError::TooFarApart);
        }
        let mut merged: Option<Node> = None;
        for oid in bases.iter().rev() {
            let tree = self.commit(oid)?.tree;
            let Some(mut node) = merged.take() else {
                merged = Some(Node { tree, tips: vec![*oid] });
                continue;
            };
            let deeper = self.merge_bases_of(&node.tips, oid)?;
            let base = self.common(scratch, &deeper, depth + 1)?.map(|node| node.tree);
            let options = Options { detail: Detail::Line, ..Options::default() };
            node.tree = Merger::new(scratch, &options, depth + 1).merge(base, node.tree, tree)?;
            node.tips.push(*oid);
            merged = Some(node);
        }
        Ok(merged)
    }
}

impl Draft {
    /// Drafts what a merge made.
    ///
    /// # Errors
    /// If an object cannot be written.
    pub fn take(&mut self, made: Vec<Made>) -> crate::Result<()> {
        for Made { oid, kind, data } in made {
            match kind {
                Kind::Tree => self.tree(parse_tree(oid, &data)?)?,
                _ => self.blob(data)?,
            };
        }
        Ok(())
    }
}
