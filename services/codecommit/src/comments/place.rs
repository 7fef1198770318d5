//! Where a comment is: two commits, and in them a file and a line.

use api_developer::codecommit::{Location, RelativeFileVersionEnum};
use git::{EntryKind, Objects, Oid};
use service::Cx;
use wire::Error;

use crate::pull_requests::tips::Tips;
use crate::reading::file_path;
use crate::{errors, repos};

/// A place as the caller names it, its form checked.
#[derive(Clone)]
pub(super) struct Place {
    pub before: Option<Oid>,
    pub after: Oid,
    pub location: Option<Location>,
}

/// The blobs that a place's file is in the two commits.
#[derive(Default)]
pub(super) struct Blobs {
    pub before: Option<Oid>,
    pub after: Option<Oid>,
}

/// A full commit id.
pub(super) fn commit_id(text: &str) -> Result<Oid, Error> {
    text.parse()
        .map_err(|_| errors::INVALID_COMMIT_ID.error(format!("{text} is not a full commit ID.")))
}

impl Place {
    /// Checks all that can be without looking into the repository.
    pub fn new(
        before: Option<&str>,
        after: &str,
        location: Option<Location>,
    ) -> Result<Self, Error> {
        let after = commit_id(after)?;
        let before = before.map(commit_id).transpose()?;
        if before == Some(after) {
            return Err(errors::BEFORE_COMMIT_ID_AND_AFTER_COMMIT_ID_ARE_SAME
                .error("The commit before and the commit after are the same."));
        }
        let location = location.map(|location| in_form(location, before.is_some())).transpose()?;
        Ok(Self { before, after, location })
    }

    /// Everything about the place, for the digest of a request.
    pub fn words(&self) -> [String; 5] {
        let location = self.location.clone().unwrap_or_default();
        let position = location.file_position.map(|at| at.to_string());
        [
            self.before.map(|oid| oid.to_string()).unwrap_or_default(),
            self.after.to_string(),
            location.file_path.unwrap_or_default(),
            position.unwrap_or_default(),
            location.relative_file_version.map(|it| it.to_string()).unwrap_or_default(),
        ]
    }

    /// Checks that the commits, the file and the line are there, and that the commits are those of
    /// a pull request with these tips.
    pub async fn look(
        &self,
        cx: &Cx,
        repository: &str,
        tips: Option<Tips>,
    ) -> Result<Blobs, Error> {
        let place = self.clone();
        let work = move |objects: &Objects| {
            let blobs = place.look_in(objects)?;
            if let (Some(tips), Some(before)) = (tips, place.before) {
                tips.check(objects, before, place.after)?;
            }
            Ok(blobs)
        };
        repos::open(cx, repository).await?.read(work).await
    }

    fn look_in(&self, objects: &Objects) -> Result<Blobs, Error> {
        let commit = |oid: &Oid| {
            objects.find_commit(oid)?.ok_or_else(|| {
                errors::COMMIT_DOES_NOT_EXIST.error(format!("The commit {oid} does not exist."))
            })
        };
        let after = commit(&self.after)?;
        let before = self.before.as_ref().map(commit).transpose()?;
        if before.is_none() && !after.parents.is_empty() {
            return Err(errors::COMMIT_ID_REQUIRED.error(format!(
                "The commit {} has parents: name the commit before, with which it is compared.",
                self.after
            )));
        }
        let Some(location) = &self.location else { return Ok(Blobs::default()) };
        let path = location.file_path.as_deref().unwrap_or_default();
        let file = |commit: &git::Commit| file_at(objects, commit, path);
        let blobs = Blobs {
            before: before.as_ref().map(file).transpose()?.flatten(),
            after: file(&after)?,
        };
        let (blob, side) = match location.relative_file_version {
            Some(RelativeFileVersionEnum::Before) => (blobs.before, "the commit before"),
            Some(RelativeFileVersionEnum::After) => (blobs.after, "the commit after"),
            None => (blobs.after.or(blobs.before), "either commit"),
        };
        let blob = blob.ok_or_else(|| {
            errors::PATH_DOES_NOT_EXIST.error(format!("The path {path} is not in {side}."))
        })?;
        if let Some(line) = location.file_position {
            check_line(objects, &blob, path, line)?;
        }
        Ok(blobs)
    }
}

/// A location whose parts go together.
fn in_form(location: Location, has_before: bool) -> Result<Location, Error> {
    let path = location.file_path.as_deref().ok_or_else(|| {
        errors::PATH_REQUIRED.error("The location names no file: filePath is required in it.")
    })?;
    if path.ends_with('/') {
        return Err(errors::INVALID_FILE_LOCATION
            .error(format!("The location {path} is a folder; comments are on files.")));
    }
    let path = file_path(path)?.to_owned();
    if location.relative_file_version == Some(RelativeFileVersionEnum::Before) && !has_before {
        return Err(errors::INVALID_RELATIVE_FILE_VERSION_ENUM
            .error("relativeFileVersion is BEFORE, but there is no commit before."));
    }
    if location.file_position.is_some() && location.relative_file_version.is_none() {
        return Err(errors::INVALID_RELATIVE_FILE_VERSION_ENUM.error(
            "filePosition is a line of one version of the file: give relativeFileVersion, \
             BEFORE or AFTER.",
        ));
    }
    if location.file_position.is_some_and(|line| line < 1) {
        return Err(errors::INVALID_FILE_POSITION.error("Lines are counted from 1."));
    }
    Ok(Location { file_path: Some(path), ..location })
}

/// The file's blob; nothing where the path is not in the commit.
fn file_at(objects: &Objects, commit: &git::Commit, path: &str) -> Result<Option<Oid>, Error> {
    let Some(entry) = objects.entry_at(&commit.tree, path.as_bytes())? else { return Ok(None) };
    match entry.kind {
        EntryKind::Tree | EntryKind::Submodule => Err(errors::INVALID_FILE_LOCATION
            .error(format!("The location {path} is not a file in commit {}.", commit.oid))),
        _ => Ok(Some(entry.oid)),
    }
}

fn check_line(objects: &Objects, blob: &Oid, path: &str, line: i64) -> Result<(), Error> {
    let bad = |why: String| errors::INVALID_FILE_POSITION.error(why);
    let content = match objects.blob(blob, git::limits::MAX_OBJECT_IN_MEMORY) {
        Ok(Some(content)) => content,
        Ok(None) => {
            return Err(git::GitError::Object { oid: *blob, problem: "missing".into() }.into());
        }
        Err(git::GitError::TooLarge { limit, .. }) => {
            return Err(bad(format!(
                "{path} has more than {limit} bytes: comment on the file without a line."
            )));
        }
        Err(error) => return Err(error.into()),
    };
    let ends = content.iter().filter(|byte| **byte == b'\n').count();
    let lines = ends + usize::from(content.last().is_some_and(|last| *last != b'\n'));
    if usize::try_from(line).is_ok_and(|line| line <= lines) {
        return Ok(());
    }
    Err(bad(format!("{path} has no line {line} in that version: it has {lines}.")))
}
