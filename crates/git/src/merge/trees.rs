//! Three versions of a tree made one, path by path.

use super::lines::MAX_STEPS;
use super::scratch::Scratch;
use super::text::{Origin, Texts, marked, slice};
use super::{
    Conflict, Detail, Entry, Favor, MAX_FILES, MAX_ITEMS, MergeError, Options, Resolution, Result,
};
use crate::{EntryKind, Oid, TreeEntry};
use std::collections::{BTreeMap, BTreeSet};

/// Bytes at a file's beginning in which a NUL makes it a binary one; as git's.
const LOOKED_AT: usize = 8_000;
/// How long git's conflict markers are.
const MARKER: usize = 7;

/// Whether git takes a file for a binary one.
pub fn is_binary(content: &[u8]) -> bool {
    content.iter().take(LOOKED_AT).any(|&b| b == 0)
}

/// What base, ours and theirs have at one place.
type Three = [Option<Entry>; 3];

pub(super) struct Merger<'a, 'o> {
    scratch: &'a mut Scratch<'o>,
    options: &'a Options,
    /// How many merges of merge bases this is inside of. Conflicts are settled there: nobody can
    /// be asked.
    depth: usize,
    conflicts: Vec<Conflict>,
    used: BTreeSet<Vec<u8>>,
    items: usize,
    files: usize,
    /// Steps that are left for comparing lines.
    steps: usize,
}

/// What became of a path that is no folder.
enum Merged {
    Clean(Option<Entry>),
    Conflict(Conflict, Option<Entry>),
}

/// What became of a file's content.
struct Content {
    /// With the favored side's lines; `None` if there is no merged content.
    oid: Option<Oid>,
    conflicts: usize,
}

impl<'a, 'o> Merger<'a, 'o> {
    pub(super) fn new(scratch: &'a mut Scratch<'o>, options: &'a Options, depth: usize) -> Self {
        let (conflicts, used) = (Vec::new(), BTreeSet::new());
        Self { scratch, options, depth, conflicts, used, items: 0, files: 0, steps: MAX_STEPS }
    }

    /// Merges root trees. Where there are conflicts, ours stands in the result.
    pub(super) fn merge(&mut self, base: Option<Oid>, ours: Oid, theirs: Oid) -> Result<Oid> {
        let folder = |oid| Entry { kind: EntryKind::Tree, oid };
        let three = [base.map(folder), Some(folder(ours)), Some(folder(theirs))];
        match self.folder(&[], three, false)? {
            Some(entry) => Ok(entry.oid),
            None => self.scratch.put_tree(Vec::new()),
        }
    }

    /// The conflicts by path, and the resolutions that met none.
    pub(super) fn finish(self) -> (Vec<Conflict>, Vec<Vec<u8>>) {
        let Self { mut conflicts, options, used, .. } = self;
        conflicts.sort_by(|a, b| a.path.cmp(&b.path));
        let unused = options.resolutions.keys().filter(|path| !used.contains(*path));
        (conflicts, unused.cloned().collect())
    }

    /// The folder that becomes of three; `None` if nothing is left in it, unless it is to be kept
    /// and ours has it. `path` ends in a slash.
    fn folder(&mut self, path: &[u8], three: Three, keep: bool) -> Result<Option<Entry>> {
        let mut names: BTreeMap<Vec<u8>, Three> = BTreeMap::new();
        for (side, tree) in three.iter().enumerate() {
            let Some(tree) = tree else { continue };
            for TreeEntry { name, kind, oid } in self.scratch.tree(&tree.oid)? {
                if let Some(place) = names.entry(name).or_default().get_mut(side) {
                    *place = Some(Entry { kind, oid });
                }
            }
        }
        self.items += names.len();
        if self.items > MAX_ITEMS {
            return Err(MergeError::TooManyItems);
        }
        let mut entries = Vec::new();
        for (name, three) in names {
            if let Some(Entry { kind, oid }) = self.place(&[path, &name].concat(), three)? {
                entries.push(TreeEntry { name, kind, oid });
            }
        }
        let [_, ours, _] = three;
        if entries.is_empty() {
            if !keep || ours.is_none() {
                return Ok(None);
            }
            let oid = self.scratch.put_blob(Vec::new())?;
            let name = b".gitkeep".to_vec();
            entries.push(TreeEntry { name, kind: EntryKind::File, oid });
        }
        let oid = self.scratch.put_tree(entries)?;
        Ok(Some(Entry { kind: EntryKind::Tree, oid }))
    }

    fn place(&mut self, path: &[u8], three: Three) -> Result<Option<Entry>> {
        let [base, ours, theirs] = three;
        if ours == theirs || theirs == base {
            return Ok(ours);
        }
        let is_folder = |entry: &Entry| entry.kind == EntryKind::Tree;
        let keep = self.options.keep_empty_folders && theirs.is_none_or(|entry| is_folder(&entry));
        if ours == base && !(keep && ours.is_some_and(|entry| is_folder(&entry))) {
            return Ok(theirs);
        }
        let earlier = self.conflicts.len();
        let folder = match three.map(|entry| entry.filter(is_folder)) {
            [_, None, None] => None,
            folders => self.folder(&[path, b"/"].concat(), folders, keep)?,
        };
        let file = self.file(path, three.map(|entry| entry.filter(|entry| !is_folder(entry))))?;
        match (folder, file) {
            (None, Merged::Clean(file)) => Ok(file),
            (Some(folder), Merged::Clean(None)) => Ok(Some(folder)),
            (None, Merged::Conflict(conflict, settled)) => self.conflict(conflict, settled),
            (Some(folder), _) => {
                let path = path.to_vec();
                let conflict =
                    Conflict { path, base, ours, theirs, content: 0, mode: false, kind: true };
                // Whoever decides on the folder decides on what is in it.
                let nested = self.conflicts.split_off(earlier);
                // In a merge of merge bases the folder stays and the file gives way.
                let settled = self.conflict(conflict, Some(folder))?;
                if self.conflicts.len() > earlier {
                    self.conflicts.extend(nested);
                }
                Ok(settled)
            }
        }
    }

    /// Notes a conflict, unless something settles it. `settled` is what stands there in a merge of
    /// merge bases, and as far as only modes are in conflict.
    fn conflict(&mut self, conflict: Conflict, settled: Option<Entry>) -> Result<Option<Entry>> {
        if self.depth > 0 {
            return Ok(settled);
        }
        if let Some(resolution) = self.options.resolutions.get(&conflict.path)
            && let Some(resolved) = self.resolve(&conflict, resolution, settled)?
        {
            self.used.insert(conflict.path);
            return Ok(resolved);
        }
        let only_modes = conflict.mode && conflict.content == 0;
        let favored = match self.options.favor {
            Favor::Ours => conflict.ours,
            Favor::Theirs => conflict.theirs,
            Favor::None => {
                let stays = conflict.ours.or(settled);
                self.conflicts.push(conflict);
                return Ok(stays);
            }
        };
        match (settled, favored) {
            (Some(settled), Some(favored)) if only_modes => {
                Ok(Some(Entry { kind: favored.kind, ..settled }))
            }
            _ => Ok(favored),
        }
    }

    /// What a resolution makes of a conflict; `None` if it does not fit.
    fn resolve(
        &mut self,
        conflict: &Conflict,
        resolution: &Resolution,
        settled: Option<Entry>,
    ) -> Result<Option<Option<Entry>>> {
        let is_file = |kind: EntryKind| !matches!(kind, EntryKind::Tree | EntryKind::Submodule);
        let with = |entry: Option<Entry>, mode: &Option<EntryKind>| match (entry, mode) {
            (entry, None) => Some(entry),
            (Some(entry), Some(kind)) if is_file(entry.kind) => {
                Some(Some(Entry { kind: *kind, ..entry }))
            }
            _ => None,
        };
        Ok(match resolution {
            Resolution::Base(mode) => with(conflict.base, mode),
            Resolution::Ours(mode) => with(conflict.ours, mode),
            Resolution::Theirs(mode) => with(conflict.theirs, mode),
            Resolution::Delete => Some(None),
            Resolution::Mode(_) if conflict.content > 0 || conflict.kind => None,
            Resolution::Mode(kind) => with(settled, &Some(*kind)),
            Resolution::Content(content, mode) => {
                let sides = [conflict.ours, conflict.theirs].into_iter().flatten();
                let had = sides.map(|entry| entry.kind).find(|kind| is_file(*kind));
                let kind = mode.or(had).unwrap_or(EntryKind::File);
                Some(Some(Entry { kind, oid: self.scratch.put_blob(content.clone())? }))
            }
        })
    }

    /// What becomes of three that are no folders.
    fn file(&mut self, path: &[u8], three: Three) -> Result<Merged> {
        let [base, ours, theirs] = three;
        if ours == theirs || theirs == base {
            return Ok(Merged::Clean(ours));
        }
        if ours == base {
            return Ok(Merged::Clean(theirs));
        }
        let conflict = |content, mode, kind| Conflict {
            path: path.to_vec(),
            base,
            ours,
            theirs,
            content,
            mode,
            kind,
        };
        // One side deleted what the other changed.
        let (Some(our), Some(their)) = (ours, theirs) else {
            return Ok(Merged::Conflict(conflict(1, false, false), base));
        };
        let regular = |kind| matches!(kind, EntryKind::File | EntryKind::Executable);
        match (regular(our.kind), regular(their.kind)) {
            (true, true) => {}
            _ if our.kind == their.kind => {
                return Ok(Merged::Conflict(conflict(1, false, false), base));
            }
            _ => return Ok(Merged::Conflict(conflict(0, false, true), base)),
        }
        let base = base.filter(|base| regular(base.kind));
        let base_kind = base.map(|base| base.kind);
        let (kind, modes_differ) = if our.kind == their.kind || Some(our.kind) == base_kind {
            (their.kind, false)
        } else {
            (our.kind, Some(their.kind) != base_kind)
        };
        let content = self.content(base.map(|base| base.oid), our.oid, their.oid)?;
        let settled = content.oid.map(|oid| Entry { kind, oid });
        match (content.conflicts, modes_differ) {
            (0, false) => Ok(Merged::Clean(settled)),
            (count, mode) => Ok(Merged::Conflict(conflict(count, mode, false), settled)),
        }
    }

    /// What becomes of three files' content.
    fn content(&mut self, base: Option<Oid>, ours: Oid, theirs: Oid) -> Result<Content> {
        let clean = |oid| Ok(Content { oid: Some(oid), conflicts: 0 });
        if ours == theirs || base == Some(theirs) {
            return clean(ours);
        }
        if base == Some(ours) {
            return clean(theirs);
        }
        if self.options.detail == Detail::File {
            return Ok(Content { oid: None, conflicts: 1 });
        }
        self.files += 1;
        if self.files > MAX_FILES {
            return Err(MergeError::TooManyFiles);
        }
        let read = |oid: Option<Oid>| match oid {
            Some(oid) => self.scratch.blob(&oid),
            None => Ok(Some(Vec::new())),
        };
        let [old, our, their] = [read(base)?, read(Some(ours))?, read(Some(theirs))?];
        let texts = old.zip(our).zip(their).map(|((old, our), their)| [old, our, their]);
        let texts = texts.filter(|texts| !texts.iter().any(|text| is_binary(text)));
        let Some([old, our, their]) = texts else {
            let oid = match base {
                Some(base) => base,
                None => self.scratch.put_blob(Vec::new())?,
            };
            return Ok(Content { oid: Some(oid), conflicts: 1 });
        };
        let texts = Texts::new(&old, &our, &their);
        let regions = texts.regions_within(&mut self.steps);
        if self.steps == 0 {
            return Err(MergeError::TooManyFiles);
        }
        let conflicts = regions.iter().filter(|r| r.origin == Origin::Conflict).count();
        if conflicts > 0 && self.depth > 0 {
            let oid = self.scratch.put_blob(marked(&texts, &regions, MARKER + 2 * self.depth))?;
            return Ok(Content { oid: Some(oid), conflicts });
        }
        let mut merged = Vec::new();
        for region in &regions {
            let lines = match (texts.merged(region), self.options.favor) {
                (Some(lines), _) => lines,
                (None, Favor::Ours) => slice(&texts.ours, &region.ours),
                (None, Favor::Theirs) => slice(&texts.theirs, &region.theirs),
                (None, Favor::None) => return Ok(Content { oid: None, conflicts }),
            };
            merged.extend(lines.concat());
        }
        clean(self.scratch.put_blob(merged)?)
    }
}
