//! GetBlame: which commit brought each line of a file.

use std::collections::BTreeSet;

use api_developer::codeyard::{BlameRange, GetBlameInput, GetBlameOutput};
use git::{EntryKind, Kind, Objects, Oid};
use service::Cx;
use wire::Error;

use super::brief;
use super::commits::too_long;
use crate::model::Repository;
use crate::reading::{commit_at, file_path, specified};
use crate::{errors, repos};

/// The largest file that is looked at, in bytes.
const MAX_FILE: u64 = 1 << 20;

pub(crate) async fn get_blame(cx: Cx, input: GetBlameInput) -> Result<GetBlameOutput, Error> {
    let path = file_path(&input.file_path)?.to_owned();
    let (found, tip) = cx.read(|tx| {
        let found = Repository::load(tx, &cx.scope(), &input.repository_name)?;
        let tip = specified(tx, &found, input.commit_specifier.as_deref())?;
        Ok((found, tip))
    })?;
    let repository = repos::open(&cx, &found.id).await?;
    let (commit, blob) = {
        let path = path.clone();
        repository.read(move |objects| find(objects, &tip, &path)).await?
    };
    let ranges = repository.blame(&commit, &path).await.map_err(too_long)?;
    let show = move |objects: &Objects| {
        let named: BTreeSet<Oid> = ranges.iter().map(|range| range.commit).collect();
        let commits = named.iter().map(|oid| Ok(brief(&objects.commit(oid)?)));
        Ok(GetBlameOutput {
            commit_id: commit.to_string(),
            blob_id: blob.to_string(),
            file_path: path,
            commits: commits.collect::<Result<_, Error>>()?,
            ranges: ranges.into_iter().map(shown).collect(),
        })
    };
    repository.read(show).await
}

/// The commit and the file's blob.
fn find(objects: &Objects, tip: &Oid, path: &str) -> Result<(Oid, Oid), Error> {
    let commit = commit_at(objects, tip)?;
    let missing = || {
        errors::FILE_DOES_NOT_EXIST
            .error(format!("Could not find path {path} in commit {}.", commit.oid))
    };
    let entry = objects.entry_at(&commit.tree, path.as_bytes())?.ok_or_else(missing)?;
    if matches!(entry.kind, EntryKind::Tree | EntryKind::Submodule) {
        return Err(missing());
    }
    match objects.header(&entry.oid)? {
        Some((Kind::Blob, size)) if size <= MAX_FILE => Ok((commit.oid, entry.oid)),
        Some((Kind::Blob, size)) => Err(errors::FILE_TOO_LARGE.error(format!(
            "{path} has {size} bytes; of at most {MAX_FILE} the lines are traced here. Use git \
             blame."
        ))),
        _ => Err(missing()),
    }
}

fn shown(range: git::BlameRange) -> BlameRange {
    let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let text = |path: &[u8]| String::from_utf8_lossy(path).into_owned();
    BlameRange {
        start_line: number(range.start),
        line_count: number(range.count),
        commit_id: range.commit.to_string(),
        file_path: text(&range.path),
        original_start_line: number(range.original_start),
        previous_commit_id: range.previous.as_ref().map(|(commit, _)| commit.to_string()),
        previous_file_path: range.previous.as_ref().map(|(_, path)| text(path)),
    }
}
