//! Objects that a merge makes, beside those of the repository, until somebody wants to keep them.

use super::{MergeError, Result};
use crate::limits::MAX_OBJECT_IN_MEMORY;
use crate::model::{encode_tree, parse_tree};
use crate::{EntryKind, Kind, Objects, Oid, TreeEntry, pack};
use std::collections::{HashMap, HashSet};

/// An object that is not in the repository yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    pub(crate) oid: Oid,
    pub(crate) kind: Kind,
    pub(crate) data: Vec<u8>,
}

pub(super) struct Scratch<'a> {
    objects: &'a Objects,
    made: HashMap<Oid, Made>,
}

impl<'a> Scratch<'a> {
    pub(super) fn new(objects: &'a Objects) -> Self {
        Self { objects, made: HashMap::new() }
    }

    pub(super) fn tree(&self, oid: &Oid) -> Result<Vec<TreeEntry>> {
        match self.made.get(oid) {
            Some(made) => Ok(parse_tree(*oid, &made.data)?),
            None => Ok(self.objects.tree(oid)?),
        }
    }

    /// A file's bytes; `None` if they are too many to be held in memory.
    pub(super) fn blob(&self, oid: &Oid) -> Result<Option<Vec<u8>>> {
        if let Some(made) = self.made.get(oid) {
            return Ok(Some(made.data.clone()));
        }
        match self.objects.header(oid)? {
            Some((Kind::Blob, size)) if size > MAX_OBJECT_IN_MEMORY => Ok(None),
            Some((Kind::Blob, _)) => Ok(self.objects.blob(oid, MAX_OBJECT_IN_MEMORY)?),
            _ => Err(MergeError::Git(crate::GitError::object(*oid, "no such blob"))),
        }
    }

    fn put(&mut self, kind: Kind, data: Vec<u8>) -> Result<Oid> {
        let oid = pack::name_of(kind, &data)?;
        self.made.entry(oid).or_insert(Made { oid, kind, data });
        Ok(oid)
    }

    pub(super) fn put_blob(&mut self, data: Vec<u8>) -> Result<Oid> {
        self.put(Kind::Blob, data)
    }

    pub(super) fn put_tree(&mut self, entries: Vec<TreeEntry>) -> Result<Oid> {
        self.put(Kind::Tree, encode_tree(entries))
    }

    /// What was made of the tree `root`, itself included.
    pub(super) fn below(&self, root: &Oid) -> Result<Vec<Made>> {
        let (mut open, mut seen, mut found) = (vec![*root], HashSet::new(), Vec::new());
        while let Some(oid) = open.pop() {
            let Some(made) = self.made.get(&oid).filter(|_| seen.insert(oid)) else { continue };
            if made.kind == Kind::Tree {
                let entries = parse_tree(oid, &made.data)?;
                let here = entries.into_iter().filter(|e| e.kind != EntryKind::Submodule);
                open.extend(here.map(|entry| entry.oid));
            }
            found.push(made.clone());
        }
        Ok(found)
    }
}
