//! GetBlobDifferences: which lines differ between two blobs.

use std::ops::Range;

use api_developer::codecommit::*;
use git::merge::is_binary;
use git::merge::lines::{Change, changes, changes_by, lines};
use git::{Kind, Objects, Oid};
use service::Cx;
use types::PageToken;
use wire::Error;

use crate::model::Repository;
use crate::reading::MAX_BLOB;
use crate::{errors, paging, repos};

/// Hunks on one page if the caller does not say.
pub(crate) const PAGE: usize = 100;
/// Hunks on one page at most; AWS's bound of the list.
const MAX_PAGE: usize = 1_000;
/// Lines of context on either side of a change if the caller does not say.
const CONTEXT: usize = 3;
/// And at most.
const MAX_CONTEXT: usize = 20;
/// Lines of one hunk at most, after which another one goes on; AWS's bound of the list.
const MAX_LINES: usize = 25_000;

pub(crate) async fn get_blob_differences(
    cx: Cx,
    input: GetBlobDifferencesInput,
) -> Result<GetBlobDifferencesOutput, Error> {
    let blob = |id: &String| -> Result<Oid, Error> {
        id.parse()
            .map_err(|_| errors::INVALID_BLOB_ID.error(format!("{id} is not a full blob ID.")))
    };
    let after = blob(&input.after_blob_id)?;
    let before = input.before_blob_id.as_ref().map(blob).transpose()?;
    let context = match input.context_lines.map(usize::try_from) {
        None => CONTEXT,
        Some(Ok(count)) if count <= MAX_CONTEXT => count,
        Some(_) => {
            return Err(errors::VALIDATION
                .error(format!("contextLines must be between 0 and {MAX_CONTEXT}.")));
        }
    };
    let limit =
        input.max_results.map_or(Ok(PAGE), |wanted| paging::size(Some(wanted), MAX_PAGE))?;
    let ignore_whitespace = input.ignore_whitespace.unwrap_or_default();
    let listing = format!("GetBlobDifferences {before:?} {after} {context} {ignore_whitespace}");
    let skip: usize = match paging::after(&listing, input.next_token.as_deref())? {
        None => 0,
        Some(key) => key.parse().map_err(|_| paging::bad_token())?,
    };
    let found = cx.read(|tx| Repository::load(tx, &cx.scope(), &input.repository_name))?;
    let work = move |objects: &Objects| {
        let new = read(objects, &after)?;
        let old = before.map(|oid| read(objects, &oid)).transpose()?.unwrap_or_default();
        let size = |text: &[u8]| i64::try_from(text.len()).unwrap_or(i64::MAX);
        let mut output = GetBlobDifferencesOutput {
            is_binary: is_binary(&old) || is_binary(&new),
            before_blob_size: Some(size(&old)),
            after_blob_size: size(&new),
            ..GetBlobDifferencesOutput::default()
        };
        if output.is_binary {
            return Ok(output);
        }
        let texts = Texts { before: lines(&old), after: lines(&new) };
        let ranges = texts.hunks(context, ignore_whitespace);
        let end = skip.saturating_add(limit);
        if ranges.len() > end {
            output.next_token = Some(PageToken::encode(&listing, &end.to_string()));
        }
        let page = ranges.iter().skip(skip).take(end - skip);
        output.hunks = page.map(|hunk| texts.shown(hunk)).collect();
        Ok(output)
    };
    repos::open(&cx, &found.id).await?.read(work).await
}

fn read(objects: &Objects, oid: &Oid) -> Result<Vec<u8>, Error> {
    let missing =
        || errors::BLOB_ID_DOES_NOT_EXIST.error(format!("The blob {oid} does not exist."));
    match objects.header(oid)? {
        Some((Kind::Blob, size)) if size > MAX_BLOB => Err(errors::FILE_TOO_LARGE.error(format!(
            "The blob {oid} has {size} bytes; at most {MAX_BLOB} can be compared here. Use a git \
             client."
        ))),
        Some((Kind::Blob, _)) => objects.blob(oid, MAX_BLOB)?.ok_or_else(missing),
        _ => Err(missing()),
    }
}

struct Texts<'t> {
    before: Vec<&'t [u8]>,
    after: Vec<&'t [u8]>,
}

/// A hunk: which lines it has, and which of them changed.
struct Hunk {
    before: Range<usize>,
    after: Range<usize>,
    changes: Vec<Change>,
}

impl Hunk {
    /// A change with so many lines above it, if there are.
    fn around(change: Change, above: usize) -> Self {
        let above = above.min(change.before.start).min(change.after.start);
        let (before, after) = (change.before.clone(), change.after.clone());
        let (before, after) = (before.start - above..before.end, after.start - above..after.end);
        Self { before, after, changes: vec![change] }
    }

    /// With so many lines below it.
    fn grow(&mut self, below: usize) {
        (self.before.end, self.after.end) = (self.before.end + below, self.after.end + below);
    }
}

impl Texts<'_> {
    fn hunks(&self, context: usize, ignore_whitespace: bool) -> Vec<Hunk> {
        let found = match ignore_whitespace {
            false => changes(&self.before, &self.after),
            true => changes_by(&self.before, &self.after, |line| {
                line.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect::<Vec<u8>>()
            }),
        };
        let mut hunks: Vec<Hunk> = Vec::new();
        for change in found.into_iter().flat_map(pieces) {
            let Some(last) = hunks.last_mut() else {
                hunks.push(Hunk::around(change, context));
                continue;
            };
            let gap = change.before.start - last.before.end;
            let lines = (change.before.end - last.before.start)
                + (change.after.end - last.after.start)
                + context;
            if gap <= 2 * context && lines <= MAX_LINES {
                (last.before.end, last.after.end) = (change.before.end, change.after.end);
                last.changes.push(change);
                continue;
            }
            let below = gap.min(context);
            last.grow(below);
            // No line is shown twice.
            hunks.push(Hunk::around(change, context.min(gap - below)));
        }
        if let Some(last) = hunks.last_mut() {
            last.grow((self.before.len() - last.before.end).min(context));
        }
        hunks
    }

    fn shown(&self, hunk: &Hunk) -> DiffHunk {
        let mut lines = Vec::new();
        let (mut b, mut a) = (hunk.before.start, hunk.after.start);
        let end = Change {
            before: hunk.before.end..hunk.before.end,
            after: hunk.after.end..hunk.after.end,
        };
        for change in hunk.changes.iter().chain([&end]) {
            while b < change.before.start {
                lines.push(self.line(DiffChangeType::Context, Some(b), Some(a)));
                (b, a) = (b + 1, a + 1);
            }
            let gone = change.before.clone();
            lines.extend(gone.map(|at| self.line(DiffChangeType::Delete, Some(at), None)));
            let come = change.after.clone();
            lines.extend(come.map(|at| self.line(DiffChangeType::Add, None, Some(at))));
            (b, a) = (change.before.end, change.after.end);
        }
        // As in a unified diff: a side without lines is named by the line before it.
        let start = |range: &Range<usize>| range.start + usize::from(!range.is_empty());
        DiffHunk {
            before_start_line: Some(number(start(&hunk.before))),
            before_line_count: Some(number(hunk.before.len())),
            after_start_line: Some(number(start(&hunk.after))),
            after_line_count: Some(number(hunk.after.len())),
            changes: lines,
        }
    }

    fn line(
        &self,
        kind: DiffChangeType,
        before: Option<usize>,
        after: Option<usize>,
    ) -> DiffChange {
        let text = match (before, after) {
            (_, Some(at)) => self.after.get(at),
            (Some(at), None) => self.before.get(at),
            (None, None) => None,
        };
        let text = text.map_or(&[][..], |line| line.strip_suffix(b"\n").unwrap_or(line));
        DiffChange {
            kind: Some(kind),
            before_line_number: before.map(|at| number(at + 1)),
            after_line_number: after.map(|at| number(at + 1)),
            content: Some(String::from_utf8_lossy(text).into_owned()),
        }
    }
}

/// A change in pieces that fit into a hunk with their context.
fn pieces(change: Change) -> Vec<Change> {
    const MOST: usize = MAX_LINES / 2 - 2 * MAX_CONTEXT;
    let Change { before, after } = change;
    let count = before.len().max(after.len()).div_ceil(MOST).max(1);
    let part = |range: &Range<usize>, at: usize| {
        let start = (range.start + at * MOST).min(range.end);
        start..(start + MOST).min(range.end)
    };
    (0..count).map(|at| Change { before: part(&before, at), after: part(&after, at) }).collect()
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
