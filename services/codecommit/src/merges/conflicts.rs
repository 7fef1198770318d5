//! Merges that are only asked about.

use api_developer::codecommit::*;
use git::merge::{Conflict as Clash, Detail, Entry};
use git::{Objects, Oid};
use service::Cx;
use types::PageToken;
use wire::Error;

use super::describe::Described;
use super::sides::Sides;
use super::{Facts, How, Level, MergeOption, Prepared, Strategy, prepare};
use crate::reading::{MAX_BLOB, file_path};
use crate::{errors, paging, repos};

/// Conflicts, or hunks, on one page if the caller does not say, and at most.
pub(crate) const PAGE: usize = 100;

/// What is asked about.
struct Question {
    repository: String,
    source: String,
    destination: String,
    option: MergeOption,
    level: Option<Level>,
    strategy: Option<Strategy>,
}

/// The [`Question`] that an input asks; by its own merge option, or by the one given.
macro_rules! question {
    ($input:ident) => {
        question!($input, $input.merge_option)
    };
    ($input:ident, $option:expr) => {
        Question {
            repository: $input.repository_name,
            source: $input.source_commit_specifier,
            destination: $input.destination_commit_specifier,
            option: $option,
            level: $input.conflict_detail_level,
            strategy: $input.conflict_resolution_strategy,
        }
    };
}

impl Question {
    /// Lets `show` look at the merge, where it may block.
    async fn ask<T: Send + 'static>(
        &self,
        cx: &Cx,
        show: impl FnOnce(&Objects, &Prepared) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let how = How::new(self.option, self.level, self.strategy, None, None)?;
        let (found, named) = Sides::load(cx, &self.repository, &self.source, &self.destination)?;
        let work = move |objects: &Objects| {
            let Sides { source, destination } = named.commits(objects)?;
            show(objects, &prepare(objects, source, destination, how)?)
        };
        repos::open(cx, &found.id).await?.read(work).await
    }

    /// Descriptions are of squash and three-way merges only.
    fn not_fast_forward(&self) -> Result<(), Error> {
        match self.option {
            MergeOption::FastForwardMerge => {
                Err(errors::INVALID_MERGE_OPTION
                    .error("A fast-forward has no conflicts to describe."))
            }
            _ => Ok(()),
        }
    }
}

pub(crate) async fn get_merge_options(
    cx: Cx,
    input: GetMergeOptionsInput,
) -> Result<GetMergeOptionsOutput, Error> {
    let question = question!(input, MergeOption::ThreeWayMerge);
    let show = |_: &Objects, prepared: &Prepared| {
        let mut merge_options = Vec::new();
        if [prepared.source, prepared.destination].contains(&prepared.base) {
            merge_options.push(MergeOption::FastForwardMerge);
        }
        if prepared.is_mergeable() {
            merge_options.extend([MergeOption::SquashMerge, MergeOption::ThreeWayMerge]);
        }
        Ok(GetMergeOptionsOutput {
            merge_options,
            source_commit_id: prepared.source.to_string(),
            destination_commit_id: prepared.destination.to_string(),
            base_commit_id: prepared.base.to_string(),
        })
    };
    question.ask(&cx, show).await
}

pub(crate) async fn get_merge_conflicts(
    cx: Cx,
    input: GetMergeConflictsInput,
) -> Result<GetMergeConflictsOutput, Error> {
    let wanted = limit(input.max_conflict_files, errors::INVALID_MAX_CONFLICT_FILES)?;
    for (specifier, kind) in [
        (&input.destination_commit_specifier, errors::INVALID_DESTINATION_COMMIT_SPECIFIER),
        (&input.source_commit_specifier, errors::INVALID_SOURCE_COMMIT_SPECIFIER),
    ] {
        if specifier != "HEAD"
            && specifier.parse::<Oid>().is_err()
            && git::candidates(specifier).is_empty()
        {
            return Err(kind.error(format!(
                "{specifier} is neither a commit ID nor the name of a reference."
            )));
        }
    }
    let question = question!(input);
    let token = input.next_token;
    let show = move |objects: &Objects, prepared: &Prepared| {
        let facts = prepared.facts();
        let pages = Pages::new("GetMergeConflicts", &facts, "", token.as_deref())?;
        let all = prepared.conflicts();
        let mut conflict_metadata_list = Vec::new();
        for conflict in all.iter().skip(pages.skip).take(wanted) {
            let described = Described::read(objects, &facts, conflict)?;
            conflict_metadata_list.push(described.metadata());
        }
        Ok(GetMergeConflictsOutput {
            mergeable: prepared.is_mergeable(),
            destination_commit_id: facts.destination.to_string(),
            source_commit_id: facts.source.to_string(),
            base_commit_id: Some(facts.base.to_string()),
            next_token: pages.next(pages.skip + conflict_metadata_list.len(), all.len()),
            conflict_metadata_list,
        })
    };
    question.ask(&cx, show).await
}

pub(crate) async fn describe_merge_conflicts(
    cx: Cx,
    input: DescribeMergeConflictsInput,
) -> Result<DescribeMergeConflictsOutput, Error> {
    let wanted = limit(input.max_merge_hunks, errors::INVALID_MAX_MERGE_HUNKS)?;
    let path = file_path(&input.file_path)?.to_owned();
    let question = question!(input);
    question.not_fast_forward()?;
    let token = input.next_token;
    let show = move |objects: &Objects, prepared: &Prepared| {
        let facts = prepared.facts();
        let pages = Pages::new("DescribeMergeConflicts", &facts, &path, token.as_deref())?;
        let conflict = at(objects, prepared, &path)?;
        let described = Described::read(objects, &facts, &conflict)?;
        let all = described.hunks(detail(&facts))?;
        let total = all.len();
        let merge_hunks: Vec<MergeHunk> = all.into_iter().skip(pages.skip).take(wanted).collect();
        Ok(DescribeMergeConflictsOutput {
            conflict_metadata: described.metadata(),
            next_token: pages.next(pages.skip + merge_hunks.len(), total),
            merge_hunks,
            destination_commit_id: facts.destination.to_string(),
            source_commit_id: facts.source.to_string(),
            base_commit_id: Some(facts.base.to_string()),
        })
    };
    question.ask(&cx, show).await
}

/// The hunks of each file are cut off at `maxMergeHunks`; DescribeMergeConflicts has the rest.
pub(crate) async fn batch_describe_merge_conflicts(
    cx: Cx,
    input: BatchDescribeMergeConflictsInput,
) -> Result<BatchDescribeMergeConflictsOutput, Error> {
    let hunks = limit(input.max_merge_hunks, errors::INVALID_MAX_MERGE_HUNKS)?;
    let files = limit(input.max_conflict_files, errors::INVALID_MAX_CONFLICT_FILES)?;
    let question = question!(input);
    question.not_fast_forward()?;
    let (token, paths) = (input.next_token, input.file_paths.filter(|paths| !paths.is_empty()));
    let show = move |objects: &Objects, prepared: &Prepared| {
        let facts = prepared.facts();
        let listing = paths.as_ref().map(|paths| paths.join("\0")).unwrap_or_default();
        let pages = Pages::new("BatchDescribeMergeConflicts", &facts, &listing, token.as_deref())?;
        let asked: Vec<Asked<'_>> = match &paths {
            Some(paths) => paths.iter().map(|path| Asked::Path(path)).collect(),
            None => prepared.conflicts().iter().map(Asked::Conflict).collect(),
        };
        let mut output = BatchDescribeMergeConflictsOutput {
            destination_commit_id: facts.destination.to_string(),
            source_commit_id: facts.source.to_string(),
            base_commit_id: Some(facts.base.to_string()),
            ..BatchDescribeMergeConflictsOutput::default()
        };
        let (mut done, mut bytes) = (pages.skip, 0);
        for asked in asked.iter().skip(pages.skip).take(files) {
            // A page has at least one file, and then no more than one answer should carry.
            if bytes > MAX_BLOB {
                break;
            }
            done += 1;
            match asked.describe(objects, prepared, hunks) {
                Ok(conflict) => {
                    bytes += size(&conflict);
                    output.conflicts.push(conflict);
                }
                Err(error) if error.status >= 500 => return Err(error),
                Err(error) => output.errors.push(BatchDescribeMergeConflictsError {
                    file_path: asked.path(),
                    exception_name: error.code.into_owned(),
                    message: error.message,
                }),
            }
        }
        output.next_token = pages.next(done, asked.len());
        Ok(output)
    };
    question.ask(&cx, show).await
}

enum Asked<'a> {
    Path(&'a str),
    Conflict(&'a Clash),
}

impl Asked<'_> {
    fn path(&self) -> String {
        match self {
            Self::Path(path) => (*path).to_owned(),
            Self::Conflict(conflict) => String::from_utf8_lossy(&conflict.path).into_owned(),
        }
    }

    fn describe(
        &self,
        objects: &Objects,
        prepared: &Prepared,
        hunks: usize,
    ) -> Result<Conflict, Error> {
        let facts = prepared.facts();
        let conflict = match self {
            Self::Path(path) => at(objects, prepared, file_path(path)?)?,
            Self::Conflict(conflict) => (*conflict).clone(),
        };
        let described = Described::read(objects, &facts, &conflict)?;
        let mut merge_hunks = described.hunks(detail(&facts))?;
        merge_hunks.truncate(hunks);
        Ok(Conflict { conflict_metadata: Some(described.metadata()), merge_hunks })
    }
}

/// Bytes that a conflict's hunks take in an answer.
fn size(conflict: &Conflict) -> u64 {
    let details = conflict.merge_hunks.iter().flat_map(|h| [&h.source, &h.destination, &h.base]);
    let contents = details.flatten().flat_map(|detail| &detail.hunk_content);
    contents.map(|content| content.len() as u64).sum()
}

fn detail(facts: &Facts) -> Detail {
    match (facts.level, facts.strategy) {
        (Level::LineLevel, _) | (_, Strategy::Automerge) => Detail::Line,
        _ => Detail::File,
    }
}

/// The conflict at a path; of a path without one, what each side has there.
fn at(objects: &Objects, prepared: &Prepared, path: &str) -> Result<Clash, Error> {
    if let Some(found) = prepared.conflicts().iter().find(|c| c.path == path.as_bytes()) {
        return Ok(found.clone());
    }
    let entry = |commit: &Oid| -> Result<Option<Entry>, Error> {
        let tree = objects.commit(commit)?.tree;
        let entry = objects.entry_at(&tree, path.as_bytes())?;
        Ok(entry.map(|entry| Entry { kind: entry.kind, oid: entry.oid }))
    };
    let base = entry(&prepared.base)?;
    let (ours, theirs) = (entry(&prepared.destination)?, entry(&prepared.source)?);
    let files = [base, ours, theirs].into_iter().flatten();
    if files.filter(|entry| entry.kind != git::EntryKind::Tree).count() == 0 {
        return Err(errors::FILE_DOES_NOT_EXIST
            .error(format!("There is no file {path} in the commits that are merged.")));
    }
    let path = path.as_bytes().to_vec();
    Ok(Clash { path, base, ours, theirs, content: 0, mode: false, kind: false })
}

fn limit(wanted: Option<i32>, kind: types::ErrorKind) -> Result<usize, Error> {
    let Some(wanted) = wanted else { return Ok(PAGE) };
    let positive = usize::try_from(wanted).ok().filter(|count| *count > 0);
    let wanted = positive.ok_or_else(|| kind.error(format!("{wanted} is not positive.")))?;
    Ok(wanted.min(PAGE))
}

/// Pages of one listing. If a branch moves between them, the token no longer fits.
struct Pages {
    listing: String,
    skip: usize,
}

impl Pages {
    fn new(operation: &str, facts: &Facts, more: &str, token: Option<&str>) -> Result<Self, Error> {
        let Facts { option, level, strategy, source, destination, .. } = facts;
        let listing =
            format!("{operation} {source} {destination} {option} {level} {strategy} {more}");
        let skip = match paging::after(&listing, token)? {
            None => 0,
            Some(key) => key.parse().map_err(|_| paging::bad_token())?,
        };
        Ok(Self { listing, skip })
    }

    fn next(&self, done: usize, total: usize) -> Option<String> {
        (done < total).then(|| PageToken::encode(&self.listing, &done.to_string()))
    }
}
