//! Differences between two trees, as `git diff-tree -r` finds them: no renames, folders unfolded.

use crate::objects::Objects;
use crate::{EntryKind, Oid, Result, TreeEntry};
use std::collections::BTreeMap;

/// One side of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The full path.
    pub path: Vec<u8>,
    /// What is there; never a folder.
    pub kind: EntryKind,
    /// Its object.
    pub oid: Oid,
}

/// A path that differs. At least one side is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// `None`: it was added.
    pub before: Option<Side>,
    /// `None`: it was deleted.
    pub after: Option<Side>,
}

impl Difference {
    /// The path, of whichever side there is.
    pub fn path(&self) -> &[u8] {
        self.after.as_ref().or(self.before.as_ref()).map_or(&[], |side| &side.path)
    }
}

type Pair = (Option<TreeEntry>, Option<TreeEntry>);

/// Something that is still to be looked at, under the path by which it sorts.
enum Step {
    File(Difference),
    /// Two versions of a folder; its path ends in a slash, unless it is the root.
    Folder(Option<Oid>, Option<Oid>),
}

/// Which differences are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Only what lies at this path or below it.
    pub under: Option<&'a [u8]>,
    /// Only what comes after this path.
    pub behind: Option<&'a [u8]>,
    /// At most so many.
    pub limit: usize,
}

impl Wanted<'_> {
    fn is_wanted(&self, path: &[u8], step: &Step) -> bool {
        if let Some(under) = self.under
            && !related(path.strip_suffix(b"/").unwrap_or(path), under)
        {
            return false;
        }
        match (self.behind, step) {
            (None, _) => true,
            (Some(behind), Step::File(_)) => path > behind,
            (Some(behind), Step::Folder(..)) => path > behind || behind.starts_with(path),
        }
    }
}

impl Objects {
    /// All that differs between two trees (`None`: the empty one); with `under`, all of it that
    /// lies at that path or below it. See [`Objects::differences`].
    pub fn diff(
        &self,
        before: Option<&Oid>,
        after: Option<&Oid>,
        under: Option<&[u8]>,
    ) -> Result<Vec<Difference>> {
        self.differences(before, after, Wanted { under, behind: None, limit: usize::MAX })
    }

    /// What differs between two trees (`None`: the empty one), in the order of the paths' bytes.
    /// Costs as much as the folders that differ as far as they are wanted; folders that are the
    /// same are not opened.
    pub fn differences(
        &self,
        before: Option<&Oid>,
        after: Option<&Oid>,
        wanted: Wanted<'_>,
    ) -> Result<Vec<Difference>> {
        let mut found = Vec::new();
        let mut open = vec![(Vec::new(), Step::Folder(before.copied(), after.copied()))];
        while let Some((path, step)) = open.pop().filter(|_| found.len() < wanted.limit) {
            match step {
                Step::File(difference) => found.push(difference),
                Step::Folder(before, after) if before != after => {
                    let mut steps = self.steps(&path, before, after)?;
                    steps.retain(|(path, step)| wanted.is_wanted(path, step));
                    steps.sort_by(|(a, _), (b, _)| b.cmp(a));
                    open.extend(steps);
                }
                Step::Folder(..) => {}
            }
        }
        Ok(found)
    }

    /// What there is to look at in two versions of a folder.
    fn steps(
        &self,
        folder: &[u8],
        before: Option<Oid>,
        after: Option<Oid>,
    ) -> Result<Vec<(Vec<u8>, Step)>> {
        let mut steps = Vec::new();
        for (name, (a, b)) in self.paired(before, after)? {
            if a == b {
                continue;
            }
            let path = [folder, &name].concat();
            let tree = |e: &Option<TreeEntry>| {
                e.as_ref().filter(|e| e.kind == EntryKind::Tree).map(|e| e.oid)
            };
            let (tree_a, tree_b) = (tree(&a), tree(&b));
            if tree_a.is_some() || tree_b.is_some() {
                steps.push(([&path[..], b"/"].concat(), Step::Folder(tree_a, tree_b)));
            }
            let side = |e: Option<TreeEntry>| {
                e.filter(|e| e.kind != EntryKind::Tree).map(|e| Side {
                    path: path.clone(),
                    kind: e.kind,
                    oid: e.oid,
                })
            };
            let (before, after) = (side(a), side(b));
            if before.is_some() || after.is_some() {
                steps.push((path, Step::File(Difference { before, after })));
            }
        }
        Ok(steps)
    }

    fn paired(&self, before: Option<Oid>, after: Option<Oid>) -> Result<BTreeMap<Vec<u8>, Pair>> {
        let entries = |tree: Option<Oid>| tree.map_or(Ok(Vec::new()), |oid| self.tree(&oid));
        let mut pairs: BTreeMap<Vec<u8>, Pair> = BTreeMap::new();
        for entry in entries(before)? {
            let pair = pairs.entry(entry.name.clone()).or_default();
            pair.0 = Some(entry);
        }
        for entry in entries(after)? {
            let pair = pairs.entry(entry.name.clone()).or_default();
            pair.1 = Some(entry);
        }
        Ok(pairs)
    }
}

/// Whether `path` is `folder` or below it.
fn is_under(path: &[u8], folder: &[u8]) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}

/// Whether `path` is above, at or below `other`.
fn related(path: &[u8], other: &[u8]) -> bool {
    is_under(path, other) || is_under(other, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn above_and_below() {
        assert!(is_under(b"a/b", b"a") && is_under(b"a", b"a"));
        assert!(!is_under(b"ab", b"a") && !is_under(b"a", b"a/b"));
        assert!(related(b"a", b"a/b") && !related(b"a/c", b"a/b"));
    }
}
