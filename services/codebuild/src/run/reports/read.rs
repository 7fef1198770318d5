//! Reads the files of a report, in the build's workspace.

use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;

use formats::archive::{Links, Tree};
use formats::buildspec::{ArtifactFiles, Report};
use formats::reports::{self, FileCoverage, MAX_FILE_BYTES, TestCase};
use sandbox::Masker;

use super::super::Cut;
use super::super::artifacts::choose::{Places, choose};
use super::Why;
use crate::reports::collect::{Cases, Files, KeptCases, KeptFiles};

/// Files of one report.
const MAX_FILES: usize = 10_000;
/// Bytes of all of them.
const MAX_BYTES: usize = 1 << 30;
/// Of the files that are passed over so many are named in the log.
const MAX_NAMED: usize = 5;

/// What was read.
pub(super) struct Read {
    pub kept: Kept,
    /// The folder that the files are below.
    pub root: PathBuf,
    /// Path below the root, and name in the export.
    pub files: Vec<(String, String)>,
    /// For the log.
    pub lines: Vec<String>,
}

/// What is kept of it.
pub(super) enum Kept {
    Tests(KeptCases),
    Coverage(KeptFiles),
}

/// Reads them all. One at a time is in memory.
pub(super) async fn read(places: Places, report: Report, masker: Arc<Masker>) -> Result<Read, Why> {
    match tokio::task::spawn_blocking(move || read_all(&places, &report, &masker)).await {
        Ok(read) => read.map_err(Why::Build),
        Err(error) => Err(Why::Cut(Cut::retry(error))),
    }
}

fn read_all(places: &Places, report: &Report, masker: &Masker) -> Result<Read, String> {
    let wanted = ArtifactFiles {
        files: report.files.clone(),
        base_directory: report.base_directory.clone(),
        discard_paths: report.discard_paths,
        ..ArtifactFiles::default()
    };
    let chosen = choose(places, &wanted, Links::Follow).map_err(|why| match why.as_str() {
        "no matching artifact paths found" => {
            format!("report files not found: {}", report.files.join(", "))
        }
        _ => why,
    })?;
    if chosen.files.len() > MAX_FILES {
        return Err(format!(
            "{} files match, a report is read from at most {MAX_FILES}",
            chosen.files.len()
        ));
    }
    let tree = Tree::open(&chosen.root).map_err(|error| error.to_string())?;
    let (mut cases, mut sources) = (Cases::default(), Files::default());
    let (mut lines, mut files, mut passed_over) = (chosen.lines, Vec::new(), Vec::new());
    let mut left = MAX_BYTES;
    for (path, name) in chosen.files {
        let file = content(&tree, &path, left)?;
        left = left.saturating_sub(file.len());
        let read = match report.format.is_coverage() {
            true => reports::coverage(report.format, &file, &mut |told| {
                sources.add(FileCoverage { path: masker.text(&told.path), ..told });
            }),
            false => reports::tests(report.format, &file, &mut |told| {
                cases.add(masked(told, masker), &masker.text(&name));
            }),
        };
        match read {
            Ok(()) => files.push((path, name)),
            // Patterns like **/* match what lies beside the results.
            Err(error) if error.foreign => passed_over.push(format!("{path}: {error}")),
            Err(error) => return Err(format!("{path} is no {}: {error}", report.format.as_str())),
        }
    }
    if files.is_empty() {
        let first = passed_over.first().map(String::as_str).unwrap_or_default();
        return Err(format!("no file is of the format {}: {first}", report.format.as_str()));
    }
    let more = passed_over.len().saturating_sub(MAX_NAMED);
    let named = passed_over.into_iter().take(MAX_NAMED);
    lines.extend(named.map(|why| format!("Skipping file that is no report: {why}")));
    if more > 0 {
        lines.push(format!("{more} more files are no reports"));
    }
    let kept = match report.format.is_coverage() {
        true => Kept::Coverage(sources.done()),
        false => Kept::Tests(cases.done()),
    };
    Ok(Read { kept, root: chosen.root, files, lines })
}

fn masked(told: TestCase, masker: &Masker) -> TestCase {
    TestCase {
        prefix: masker.text(&told.prefix),
        name: masker.text(&told.name),
        suite: told.suite.map(|suite| masker.text(&suite)),
        message: masker.text(&told.message),
        ..told
    }
}

fn content(tree: &Tree, path: &str, left: usize) -> Result<Vec<u8>, String> {
    let file = tree.file(path).map_err(|error| error.to_string())?;
    let mut content = Vec::new();
    // One byte more tells that it is too large.
    let most = u64::try_from(MAX_FILE_BYTES.min(left)).unwrap_or(u64::MAX);
    let read = file.take(most.saturating_add(1)).read_to_end(&mut content);
    read.map_err(|error| format!("failed to read {path}: {error}"))?;
    if content.len() > left {
        return Err(format!("the files have more than {} MiB", MAX_BYTES >> 20));
    }
    if content.len() > MAX_FILE_BYTES {
        return Err(format!("{path} is larger than {} MiB", MAX_FILE_BYTES >> 20));
    }
    Ok(content)
}
