//! What callers decide about conflicts beforehand.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use api_developer::codecommit::{
    ConflictResolution, ConflictResolutionStrategyTypeEnum as Strategy, FileModeType,
    ReplaceContentEntry, ReplacementTypeEnum as Replacement,
};
use git::EntryKind;
use git::merge::Resolution;
use wire::Error;

use crate::reading::file_path;
use crate::{errors, writing};

type Resolutions = BTreeMap<Vec<u8>, Resolution>;

/// The resolutions by path.
pub(super) fn read(strategy: Strategy, given: ConflictResolution) -> Result<Resolutions, Error> {
    let replace = given.replace_contents.unwrap_or_default();
    let delete = given.delete_files.unwrap_or_default();
    let modes = given.set_file_modes.unwrap_or_default();
    let count = replace.len() + delete.len() + modes.len();
    if count > writing::MAX_FILES {
        return Err(errors::MAXIMUM_CONFLICT_RESOLUTION_ENTRIES_EXCEEDED.error(format!(
            "There are {count} conflict resolutions; at most {} can be given at once.",
            writing::MAX_FILES
        )));
    }
    if count > 0 && strategy != Strategy::Automerge {
        return Err(errors::INVALID_CONFLICT_RESOLUTION
            .error("Conflict resolutions need the conflict resolution strategy AUTOMERGE."));
    }
    let content = replace.iter().flat_map(|entry| &entry.content).map(bytes::Bytes::len);
    if content.sum::<usize>() > writing::MAX_CONTENT {
        return Err(errors::FILE_CONTENT_SIZE_LIMIT_EXCEEDED.error(format!(
            "The replacements have more than {} bytes together. Use a git client.",
            writing::MAX_CONTENT
        )));
    }
    let mut found = Resolutions::new();
    for entry in replace {
        let path = entry.file_path.clone();
        add(&mut found, &path, replacement(entry)?)?;
    }
    for entry in delete {
        add(&mut found, &entry.file_path, Resolution::Delete)?;
    }
    for entry in modes {
        add(&mut found, &entry.file_path, Resolution::Mode(kind(entry.file_mode)))?;
    }
    Ok(found)
}

fn add(found: &mut Resolutions, path: &str, resolution: Resolution) -> Result<(), Error> {
    match found.entry(file_path(path)?.as_bytes().to_vec()) {
        Entry::Vacant(place) => {
            place.insert(resolution);
            Ok(())
        }
        Entry::Occupied(_) => Err(errors::MULTIPLE_CONFLICT_RESOLUTION_ENTRIES
            .error(format!("There is more than one conflict resolution for {path}."))),
    }
}

fn replacement(entry: ReplaceContentEntry) -> Result<Resolution, Error> {
    let mode = entry.file_mode.map(kind);
    let path = entry.file_path;
    match (entry.replacement_type, entry.content) {
        (Replacement::UseNewContent, Some(content)) => {
            Ok(Resolution::Content(content.to_vec(), mode))
        }
        (Replacement::UseNewContent, None) => Err(errors::REPLACEMENT_CONTENT_REQUIRED
            .error(format!("USE_NEW_CONTENT for {path} needs the new content."))),
        (_, Some(_)) => Err(errors::INVALID_REPLACEMENT_CONTENT
            .error(format!("Only USE_NEW_CONTENT takes content; {path} has another type."))),
        (Replacement::KeepBase, None) => Ok(Resolution::Base(mode)),
        (Replacement::KeepSource, None) => Ok(Resolution::Theirs(mode)),
        (Replacement::KeepDestination, None) => Ok(Resolution::Ours(mode)),
    }
}

fn kind(mode: FileModeType) -> EntryKind {
    writing::mode(mode).kind()
}
