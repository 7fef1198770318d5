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

impl Objects {
    /// What differs between two trees (`None`: the empty one), by path. Costs as much as the
    /// folders that differ; folders that are the same are not opened. With `under`, only what
    /// lies at that path or below it.
    pub fn diff(
        &self,
        before: Option<&Oid>,
        after: Option<&Oid>,
        under: Option<&[u8]>,
    ) -> Result<Vec<Difference>> {
        let mut found = Vec::new();
        let mut folders = vec![(Vec::new(), before.copied(), after.copied())];
        while let Some((prefix, before, after)) = folders.pop() {
            if before == after {
                continue;
            }
            for (name, (a, b)) in self.paired(before, after)? {
                let mut path = prefix.clone();
                path.extend_from_slice(&name);
                if a == b || !under.is_none_or(|under| related(&path, under)) {
                    continue;
                }
                let tree = |e: &Option<TreeEntry>| {
                    e.as_ref().filter(|e| e.kind == EntryKind::Tree).map(|e| e.oid)
                };
                let side = |e: Option<TreeEntry>| {
                    e.filter(|e| e.kind != EntryKind::Tree).map(|e| Side {
                        path: path.clone(),
                        kind: e.kind,
                        oid: e.oid,
                    })
                };
                let (tree_a, tree_b) = (tree(&a), tree(&b));
                let (before, after) = (side(a), side(b));
                let inside = under.is_none_or(|under| is_under(&path, under));
                if inside && (before.is_some() || after.is_some()) {
                    found.push(Difference { before, after });
                }
                if tree_a.is_some() || tree_b.is_some() {
                    path.push(b'/');
                    folders.push((path, tree_a, tree_b));
                }
            }
        }
        found.sort_by(|a, b| a.path().cmp(b.path()));
        Ok(found)
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
