//! A conflict as the API shows it: what each side has, and its lines.

use api::{
    ChangeType, ConflictMetadata, FileModes, FileSizes, IsBinaryFile, MergeHunk, MergeHunkDetail,
    MergeOperations, ObjectTypeEnum, ObjectTypes,
};
use api_developer::codecommit as api;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use git::merge::text::{Origin, Texts, slice};
use git::merge::{Conflict, Detail, Entry, is_binary};
use git::{EntryKind, Kind, Objects};
use wire::Error;

use super::{Facts, failed};
use crate::errors;
use crate::reading::{MAX_BLOB, file_mode};

/// A conflict with what it takes to describe it.
pub(super) struct Described<'a> {
    conflict: &'a Conflict,
    base: Version,
    ours: Version,
    theirs: Version,
}

/// What one of the three has at the path.
enum Version {
    Absent,
    /// A folder or a submodule.
    Opaque,
    /// A file or a link.
    Content(Vec<u8>),
    /// A file that is too large to be looked into, with its size.
    Large(u64),
}

impl<'a> Described<'a> {
    /// Reads what there is to describe.
    pub fn read(objects: &Objects, facts: &Facts, conflict: &'a Conflict) -> Result<Self, Error> {
        let version = |entry: &Option<Entry>| -> Result<Version, Error> {
            let Some(entry) = entry else { return Ok(Version::Absent) };
            if matches!(entry.kind, EntryKind::Tree | EntryKind::Submodule) {
                return Ok(Version::Opaque);
            }
            if let Some((Kind::Blob, size)) = objects.header(&entry.oid)?
                && size > MAX_BLOB
            {
                return Ok(Version::Large(size));
            }
            // The base may be what the merge bases gave when they were merged with each other.
            let content = objects.base_blob(&facts.destination, &facts.source, &entry.oid);
            Ok(content.map_err(failed)?.map_or(Version::Large(0), Version::Content))
        };
        let base = version(&conflict.base)?;
        let (ours, theirs) = (version(&conflict.ours)?, version(&conflict.theirs)?);
        Ok(Self { conflict, base, ours, theirs })
    }

    /// What AWS tells of a conflict besides its lines.
    pub fn metadata(&self) -> ConflictMetadata {
        let Conflict { path, base, ours, theirs, content, mode, kind } = self.conflict;
        let count = content + usize::from(*mode) + usize::from(*kind);
        let shown_mode = |entry: &Option<Entry>| entry.and_then(|entry| file_mode(entry.kind));
        let shown_type = |entry: &Option<Entry>| entry.map(|entry| object_type(entry.kind));
        ConflictMetadata {
            file_path: Some(String::from_utf8_lossy(path).into_owned()),
            file_sizes: Some(FileSizes {
                source: self.theirs.size(),
                destination: self.ours.size(),
                base: self.base.size(),
            }),
            file_modes: Some(FileModes {
                source: shown_mode(theirs),
                destination: shown_mode(ours),
                base: shown_mode(base),
            }),
            object_types: Some(ObjectTypes {
                source: shown_type(theirs),
                destination: shown_type(ours),
                base: shown_type(base),
            }),
            number_of_conflicts: Some(i32::try_from(count).unwrap_or(i32::MAX)),
            is_binary_file: Some(IsBinaryFile {
                source: self.theirs.is_binary(),
                destination: self.ours.is_binary(),
                base: self.base.is_binary(),
            }),
            content_conflict: Some(*content > 0),
            file_mode_conflict: Some(*mode),
            object_type_conflict: Some(*kind),
            merge_operations: Some(MergeOperations {
                source: operation(base, theirs),
                destination: operation(base, ours),
            }),
        }
    }

    /// The hunks of the merge, in order: one after the other their contents are the three
    /// versions. With [`Detail::File`], and where a version is missing or a link, there is one
    /// hunk of everything; what is not text has none. Lines are counted from 0 in each version,
    /// the end is not included.
    ///
    /// # Errors
    /// `MaximumFileContentToLoadExceededException` for files that are too large.
    pub fn hunks(&self, detail: Detail) -> Result<Vec<MergeHunk>, Error> {
        let Conflict { base, ours, theirs, content, .. } = self.conflict;
        let versions = [&self.base, &self.ours, &self.theirs];
        if versions.iter().any(|version| matches!(version, Version::Large(_))) {
            return Err(errors::MAXIMUM_FILE_CONTENT_TO_LOAD_EXCEEDED.error(format!(
                "{} has more than {MAX_BLOB} bytes. Use a git client.",
                String::from_utf8_lossy(&self.conflict.path)
            )));
        }
        let text = |version: &Version| {
            !matches!(version, Version::Opaque) && version.is_binary() != Some(true)
        };
        if ours == theirs || !versions.into_iter().all(text) {
            return Ok(Vec::new());
        }
        let present = |entry: &Option<Entry>| {
            entry.is_some_and(|e| matches!(e.kind, EntryKind::File | EntryKind::Executable))
        };
        let texts = Texts::new(self.base.text(), self.ours.text(), self.theirs.text());
        let by_line = detail == Detail::Line && present(ours) && present(theirs);
        let detail = |there: bool, lines: &[&[u8]], range: std::ops::Range<usize>| {
            let line = |at: usize| i32::try_from(at).unwrap_or(i32::MAX);
            there.then(|| MergeHunkDetail {
                start_line: Some(line(range.start)),
                end_line: Some(line(range.end)),
                hunk_content: Some(STANDARD.encode(slice(lines, &range).concat())),
            })
        };
        if !by_line {
            return Ok(vec![MergeHunk {
                is_conflict: Some(*content > 0),
                source: detail(theirs.is_some(), &texts.theirs, 0..texts.theirs.len()),
                destination: detail(ours.is_some(), &texts.ours, 0..texts.ours.len()),
                base: detail(base.is_some(), &texts.base, 0..texts.base.len()),
            }]);
        }
        let hunk = |region: git::merge::text::Region| MergeHunk {
            is_conflict: Some(region.origin == Origin::Conflict),
            source: detail(true, &texts.theirs, region.theirs),
            destination: detail(true, &texts.ours, region.ours),
            base: detail(base.is_some(), &texts.base, region.base),
        };
        Ok(texts.regions().into_iter().map(hunk).collect())
    }
}

impl Version {
    fn size(&self) -> Option<i64> {
        let size = match self {
            Self::Absent | Self::Opaque => return None,
            Self::Content(content) => content.len() as u64,
            Self::Large(size) => *size,
        };
        Some(i64::try_from(size).unwrap_or(i64::MAX))
    }

    fn is_binary(&self) -> Option<bool> {
        match self {
            Self::Absent | Self::Opaque => None,
            Self::Content(content) => Some(is_binary(content)),
            Self::Large(_) => Some(true),
        }
    }

    fn text(&self) -> &[u8] {
        match self {
            Self::Content(content) => content,
            _ => &[],
        }
    }
}

fn object_type(kind: EntryKind) -> ObjectTypeEnum {
    match kind {
        EntryKind::File | EntryKind::Executable => ObjectTypeEnum::File,
        EntryKind::Tree => ObjectTypeEnum::Directory,
        EntryKind::Submodule => ObjectTypeEnum::GitLink,
        EntryKind::Symlink => ObjectTypeEnum::SymbolicLink,
    }
}

/// What a side did to the base.
fn operation(base: &Option<Entry>, side: &Option<Entry>) -> Option<ChangeType> {
    match (base, side) {
        (base, side) if base == side => None,
        (None, _) => Some(ChangeType::Added),
        (_, None) => Some(ChangeType::Deleted),
        _ => Some(ChangeType::Modified),
    }
}
