//! The rows of a report, in spaces of their own: test cases, coverage, and which cases passed.
//! They are written before the report is shown as done.

use api_developer::codebuild::{CodeCoverage, TestCase};
use shape::Shape;
use store::{Key, MAX_SCAN, Range, ReadTx, StoreError, WriteTx};
use wire::Error;

/// Test cases: report's uuid, place in the report.
const CASES: &str = "cbcase";
/// Source files: report's uuid, place in the report.
const FILES: &str = "cbcover";
/// What passed: report's uuid.
const PASSED: &str = "cbpassed";

/// A test case as it is kept: without what its report tells of all of them.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct CaseRow {
    pub case: TestCase,
    /// It passed after attempts that failed.
    pub flaky: bool,
}

fn key(uuid: &str, place: usize) -> Key {
    Key::new().text(uuid).number(u64::try_from(place).unwrap_or(u64::MAX))
}

/// Keeps test cases, from a place on.
pub(crate) fn put_cases(
    tx: &mut WriteTx<'_>,
    uuid: &str,
    from: usize,
    cases: &[CaseRow],
) -> Result<(), StoreError> {
    cases.iter().enumerate().try_for_each(|(at, case)| {
        tx.put_raw(CASES, key(uuid, from + at).as_bytes(), &shape::json::to_vec(case))
    })
}

/// Keeps source files, from a place on.
pub(crate) fn put_files(
    tx: &mut WriteTx<'_>,
    uuid: &str,
    from: usize,
    files: &[CodeCoverage],
) -> Result<(), StoreError> {
    files.iter().enumerate().try_for_each(|(at, file)| {
        tx.put_raw(FILES, key(uuid, from + at).as_bytes(), &shape::json::to_vec(file))
    })
}

/// Keeps the digests of the cases that passed, sorted.
pub(crate) fn put_passed(
    tx: &mut WriteTx<'_>,
    uuid: &str,
    passed: &[u64],
) -> Result<(), StoreError> {
    let bytes: Vec<u8> = passed.iter().flat_map(|digest| digest.to_be_bytes()).collect();
    tx.put_raw(PASSED, Key::new().text(uuid).as_bytes(), &bytes)
}

/// A report's test cases, in its order.
pub(crate) fn cases(tx: &ReadTx<'_>, uuid: &str) -> Result<Vec<CaseRow>, Error> {
    read(tx, CASES, uuid)
}

/// A report's source files, in its order.
pub(crate) fn files(tx: &ReadTx<'_>, uuid: &str) -> Result<Vec<CodeCoverage>, Error> {
    read(tx, FILES, uuid)
}

/// The digests of the cases that passed; none if all cases are kept.
pub(crate) fn passed(tx: &ReadTx<'_>, uuid: &str) -> Result<Option<Vec<u64>>, StoreError> {
    let bytes = tx.get_raw(PASSED, Key::new().text(uuid).as_bytes())?;
    let digest = |bytes: &[u8]| bytes.try_into().map(u64::from_be_bytes).unwrap_or_default();
    Ok(bytes.map(|bytes| bytes.chunks_exact(8).map(digest).collect()))
}

fn read<R: Shape + Default>(
    tx: &ReadTx<'_>,
    space: &'static str,
    uuid: &str,
) -> Result<Vec<R>, Error> {
    let range = Range::prefix(Key::new().text(uuid).into_bytes()).limit(MAX_SCAN);
    let broken = |error: String| {
        service::common::INTERNAL.error(format!("a row of report {uuid} can't be read: {error}"))
    };
    let row = |(_, bytes): (Vec<u8>, Vec<u8>)| {
        shape::json::from_slice(&bytes).map_err(|error| broken(error.to_string()))
    };
    tx.scan_raw(space, &range)?.into_iter().map(row).collect()
}

/// Forgets all rows of a report.
pub(crate) fn forget(tx: &mut WriteTx<'_>, uuid: &str) -> Result<(), StoreError> {
    let prefix = Key::new().text(uuid);
    [CASES, FILES, PASSED].iter().try_for_each(|space| tx.delete_prefix(space, prefix.as_bytes()))
}
