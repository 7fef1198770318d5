//! What is kept of the test cases and source files that a build's files tell of.

use std::collections::BTreeMap;

use api_developer::codebuild::{
    CodeCoverage, CodeCoverageReportSummary, TestCase, TestReportSummary,
};
use formats::reports::{FileCoverage, TestCase as Told, TestStatus};
use sha2::{Digest as _, Sha256};

use super::rows::CaseRow;

/// Test cases that are kept of a report: AWS's quota.
pub(crate) const MAX_CASES: usize = 500;
/// Source files that are kept of a report; one scan of the store brings them all.
pub(crate) const MAX_FILES: usize = store::MAX_SCAN;
/// Cases whose passing is remembered though they themselves are not kept.
const MAX_PASSED: usize = 100_000;

/// Test cases as they come in: all are counted, some are kept.
#[derive(Default)]
pub(crate) struct Cases {
    total: usize,
    counts: BTreeMap<TestStatus, usize>,
    nanoseconds: u64,
    flaky: i64,
    /// With their places among all.
    failures: Vec<(usize, CaseRow)>,
    others: Vec<(usize, CaseRow)>,
    passed: Vec<u64>,
}

/// What became of the test cases.
pub(crate) struct KeptCases {
    pub summary: TestReportSummary,
    pub rows: Vec<CaseRow>,
    /// Of those that passed, kept or not; none where all are kept.
    pub passed: Option<Vec<u64>>,
    /// Cases that passed after attempts that failed.
    pub flaky: i64,
}

impl KeptCases {
    /// Some cases are not kept.
    pub fn is_truncated(&self) -> bool {
        self.passed.is_some()
    }

    /// Some cases failed.
    pub fn has_failures(&self) -> bool {
        let failed = |status: TestStatus| {
            self.summary.status_counts.get(status.as_str()).is_some_and(|count| *count > 0)
        };
        failed(TestStatus::Failed) || failed(TestStatus::Error)
    }
}

impl Cases {
    /// Takes in a test case of a file.
    pub fn add(&mut self, told: Told, path: &str) {
        let place = self.total;
        self.total += 1;
        *self.counts.entry(told.status).or_default() += 1;
        self.nanoseconds = self.nanoseconds.saturating_add(told.nanoseconds);
        self.flaky += i64::from(told.flaky);
        if told.status == TestStatus::Succeeded && self.passed.len() < MAX_PASSED {
            self.passed.push(identity(&told.prefix, &told.name));
        }
        // Failures go before all others; then the first come.
        let list = if told.status.is_failure() { &mut self.failures } else { &mut self.others };
        if list.len() < MAX_CASES {
            list.push((place, row(told, path)));
        }
    }

    /// That was all.
    pub fn done(self) -> KeptCases {
        let Self { total, counts, nanoseconds, flaky, failures, others, mut passed } = self;
        let mut rows: Vec<_> = failures.into_iter().chain(others).take(MAX_CASES).collect();
        rows.sort_by_key(|(place, _)| *place);
        let count = |status: &TestStatus| counts.get(status).copied().unwrap_or(0);
        let summary = TestReportSummary {
            total: int(total),
            status_counts: TestStatus::ALL
                .iter()
                .map(|status| (status.as_str().to_owned(), int(count(status))))
                .collect(),
            duration_in_nano_seconds: i64::try_from(nanoseconds).unwrap_or(i64::MAX),
        };
        passed.sort_unstable();
        passed.dedup();
        KeptCases {
            summary,
            passed: (total > rows.len()).then_some(passed),
            rows: rows.into_iter().map(|(_, row)| row).collect(),
            flaky,
        }
    }
}

fn row(told: Told, path: &str) -> CaseRow {
    CaseRow {
        case: TestCase {
            test_raw_data_path: Some(path.to_owned()),
            prefix: Some(told.prefix),
            name: Some(told.name),
            status: Some(told.status.as_str().to_owned()),
            duration_in_nano_seconds: i64::try_from(told.nanoseconds).ok(),
            message: Some(told.message),
            test_suite_name: told.suite,
            ..TestCase::default()
        },
        flaky: told.flaky,
    }
}

/// What a test is known by from report to report.
pub(crate) fn identity(prefix: &str, name: &str) -> u64 {
    let digest = Sha256::new_with_prefix(prefix).chain_update([0]).chain_update(name).finalize();
    digest.first_chunk().copied().map(u64::from_be_bytes).unwrap_or_default()
}

/// Source files as they come in.
#[derive(Default)]
pub(crate) struct Files {
    lines: (u64, u64),
    branches: (u64, u64),
    rows: Vec<CodeCoverage>,
    truncated: bool,
}

/// What became of the source files.
pub(crate) struct KeptFiles {
    pub summary: CodeCoverageReportSummary,
    pub rows: Vec<CodeCoverage>,
    /// Some files are not kept.
    pub truncated: bool,
}

impl Files {
    /// Takes in a source file.
    pub fn add(&mut self, told: FileCoverage) {
        let lines = (u64::from(told.lines_covered), u64::from(told.lines_missed));
        let branches = (u64::from(told.branches_covered), u64::from(told.branches_missed));
        self.lines = (self.lines.0 + lines.0, self.lines.1 + lines.1);
        self.branches = (self.branches.0 + branches.0, self.branches.1 + branches.1);
        if self.rows.len() >= MAX_FILES {
            self.truncated = true;
            return;
        }
        self.rows.push(CodeCoverage {
            file_path: Some(told.path),
            line_coverage_percentage: percentage(lines),
            lines_covered: Some(int(lines.0)),
            lines_missed: Some(int(lines.1)),
            branch_coverage_percentage: percentage(branches),
            branches_covered: Some(int(branches.0)),
            branches_missed: Some(int(branches.1)),
            ..CodeCoverage::default()
        });
    }

    /// That was all.
    pub fn done(self) -> KeptFiles {
        let Self { lines, branches, rows, truncated } = self;
        let summary = CodeCoverageReportSummary {
            line_coverage_percentage: percentage(lines),
            lines_covered: Some(int(lines.0)),
            lines_missed: Some(int(lines.1)),
            branch_coverage_percentage: percentage(branches),
            branches_covered: Some(int(branches.0)),
            branches_missed: Some(int(branches.1)),
        };
        KeptFiles { summary, rows, truncated }
    }
}

/// With two decimals, cut as AWS cuts them: 10 of 11 are 90.9. Nothing of nothing is no part.
pub(crate) fn percentage((part, rest): (u64, u64)) -> Option<f64> {
    let all = part.checked_add(rest).filter(|all| *all > 0)?;
    let hundredths = u128::from(part) * 10_000 / u128::from(all);
    u32::try_from(hundredths).ok().map(|hundredths| f64::from(hundredths) / 100.0)
}

fn int(count: impl TryInto<i32>) -> i32 {
    count.try_into().unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, status: TestStatus) -> Told {
        Told { name: name.to_owned(), status, nanoseconds: 7, ..Told::default() }
    }

    #[test]
    fn failures_go_first_and_all_are_counted() {
        let mut cases = Cases::default();
        for at in 0..2_000 {
            let status = match at {
                1_500..1_700 => TestStatus::Failed,
                1_900 => TestStatus::Error,
                _ => TestStatus::Succeeded,
            };
            cases.add(told(&at.to_string(), status), "r.xml");
        }
        let kept = cases.done();
        assert_eq!(kept.rows.len(), MAX_CASES);
        assert!(kept.is_truncated() && kept.has_failures());
        let status = |row: &&CaseRow| row.case.status.as_deref() == Some("FAILED");
        assert_eq!(kept.rows.iter().filter(status).count(), 200);
        assert_eq!(kept.rows.last().unwrap().case.name.as_deref(), Some("1900"));
        assert_eq!(kept.rows[0].case.name.as_deref(), Some("0"));
        assert_eq!(kept.summary.total, 2_000);
        assert_eq!(kept.summary.status_counts["SUCCEEDED"], 1_799);
        assert_eq!(kept.summary.duration_in_nano_seconds, 14_000);
        let passed = kept.passed.unwrap();
        assert!(passed.binary_search(&identity("", "1999")).is_ok());
        assert!(passed.binary_search(&identity("", "1500")).is_err());
    }

    #[test]
    fn few_are_kept_whole() {
        let mut cases = Cases::default();
        cases.add(told("a", TestStatus::Skipped), "r.xml");
        let kept = cases.done();
        assert!(!kept.is_truncated() && !kept.has_failures() && kept.rows.len() == 1);
    }

    #[test]
    fn percentages_are_cut() {
        assert_eq!(percentage((10, 1)), Some(90.9));
        assert_eq!(percentage((5, 1)), Some(83.33));
        assert_eq!(percentage((2, 1)), Some(66.66));
        assert_eq!(percentage((3, 0)), Some(100.0));
        assert_eq!(percentage((0, 0)), None);
    }
}
