//! The reports of a fan-out's builds, put together into one of the batch's.
//!
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/parallel-test-auto-merge.html>

use std::collections::BTreeMap;

use api_developer::codebuild::{
    CodeCoverage, CodeCoverageReportSummary, ReportStatusType, TestReportSummary,
};

use super::collect::{KeptCases, KeptFiles, MAX_CASES, MAX_FILES, identity, percentage};
use super::model::ReportRecord;
use super::rows::CaseRow;

/// What the name of a build's own report group ends with, behind that of the batch's.
pub(crate) const SHARD: &str = "BuildFanoutShard";

/// One build's report with its rows.
pub(crate) struct Part {
    pub record: ReportRecord,
    pub cases: Vec<CaseRow>,
    /// The digests of the cases that passed, where not all cases are kept.
    pub passed: Option<Vec<u64>>,
    pub files: Vec<CodeCoverage>,
}

/// The status of the whole. `is_complete` tells whether each build has a report: what failed has
/// failed, whatever is missing.
pub(crate) fn status(parts: &[Part], is_complete: bool) -> ReportStatusType {
    let any = |wanted| parts.iter().any(|part| part.record.report.status == Some(wanted));
    let is_good = |part: &Part| part.record.report.status == Some(ReportStatusType::Succeeded);
    if any(ReportStatusType::Failed) {
        ReportStatusType::Failed
    } else if is_complete && parts.iter().all(is_good) {
        ReportStatusType::Succeeded
    } else {
        ReportStatusType::Incomplete
    }
}

/// Test cases: counts are added, the longest duration counts, as the builds ran beside each other.
pub(crate) fn cases(parts: &[Part]) -> KeptCases {
    let mut summary = TestReportSummary::default();
    for told in parts.iter().filter_map(|part| part.record.report.test_summary.as_ref()) {
        summary.total = summary.total.saturating_add(told.total);
        for (status, count) in &told.status_counts {
            let all = summary.status_counts.entry(status.clone()).or_default();
            *all = all.saturating_add(*count);
        }
        let longest = summary.duration_in_nano_seconds.max(told.duration_in_nano_seconds);
        summary.duration_in_nano_seconds = longest;
    }
    let is_failure =
        |row: &&CaseRow| matches!(row.case.status.as_deref(), Some("FAILED" | "ERROR"));
    let all = || parts.iter().flat_map(|part| &part.cases);
    let others = all().filter(|row| !is_failure(row));
    let rows: Vec<CaseRow> =
        all().filter(is_failure).chain(others).take(MAX_CASES).cloned().collect();
    let is_whole = usize::try_from(summary.total).is_ok_and(|total| total <= rows.len());
    let mut passed: Vec<u64> = parts.iter().flat_map(passed_in).collect();
    passed.sort_unstable();
    passed.dedup();
    KeptCases {
        summary,
        rows,
        passed: (!is_whole).then_some(passed),
        flaky: parts.iter().map(|part| part.record.flaky_cases).sum(),
    }
}

fn passed_in(part: &Part) -> Vec<u64> {
    let digest = |row: &CaseRow| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        identity(&text(&row.case.prefix), &text(&row.case.name))
    };
    let good = part.cases.iter().filter(|row| row.case.status.as_deref() == Some("SUCCEEDED"));
    part.passed.clone().unwrap_or_else(|| good.map(digest).collect())
}

/// Covered and missed, of lines and of branches.
#[derive(Default, Clone, Copy)]
struct Counts {
    lines: (u64, u64),
    branches: (u64, u64),
}

impl Counts {
    fn add(&mut self, lines: [Option<i32>; 2], branches: [Option<i32>; 2]) {
        let count = |it: Option<i32>| it.and_then(|it| u64::try_from(it).ok()).unwrap_or_default();
        let sum = |(a, b): (u64, u64), [c, d]: [Option<i32>; 2]| (a + count(c), b + count(d));
        self.lines = sum(self.lines, lines);
        self.branches = sum(self.branches, branches);
    }
}

/// Whether more of a file is covered by this than by that.
fn is_better(this: &CodeCoverage, that: &CodeCoverage) -> bool {
    let of = |file: &CodeCoverage| {
        let share = |it: Option<f64>| it.unwrap_or_default();
        (share(file.line_coverage_percentage), share(file.branch_coverage_percentage))
    };
    of(this) > of(that)
}

fn int(count: u64) -> Option<i32> {
    Some(i32::try_from(count).unwrap_or(i32::MAX))
}

/// Coverage: what the reports say is added. Of a file that several builds have covered the one
/// report counts that has most of its lines, and among those most of its branches, as AWS chooses.
pub(crate) fn coverage(parts: &[Part]) -> KeptFiles {
    let mut all = Counts::default();
    let mut files = BTreeMap::<String, CodeCoverage>::new();
    for part in parts {
        if let Some(told) = &part.record.report.code_coverage_summary {
            all.add(
                [told.lines_covered, told.lines_missed],
                [told.branches_covered, told.branches_missed],
            );
        }
        for file in &part.files {
            let path = file.file_path.clone().unwrap_or_default();
            if files.get(&path).is_none_or(|known| is_better(file, known)) {
                files.insert(path, file.clone());
            }
        }
    }
    let cut = parts.iter().any(|part| part.record.report.truncated == Some(true));
    let truncated = cut || files.len() > MAX_FILES;
    // It is a row of the batch's report, with none of the build's own.
    let row = |(path, known): (String, CodeCoverage)| CodeCoverage {
        file_path: Some(path),
        id: None,
        report_arn: None,
        expired: None,
        ..known
    };
    KeptFiles {
        summary: CodeCoverageReportSummary {
            line_coverage_percentage: percentage(all.lines),
            lines_covered: int(all.lines.0),
            lines_missed: int(all.lines.1),
            branch_coverage_percentage: percentage(all.branches),
            branches_covered: int(all.branches.0),
            branches_missed: int(all.branches.1),
        },
        rows: files.into_iter().take(MAX_FILES).map(row).collect(),
        truncated,
    }
}

#[cfg(test)]
mod tests {
    use api_developer::codebuild::TestCase;

    use super::*;

    fn part(status: ReportStatusType, cases: &[(&str, &str)], seconds: i64) -> Part {
        let mut record = ReportRecord::default();
        record.report.status = Some(status);
        let mut summary = TestReportSummary {
            total: i32::try_from(cases.len()).unwrap(),
            duration_in_nano_seconds: seconds,
            ..TestReportSummary::default()
        };
        for (_, status) in cases {
            *summary.status_counts.entry((*status).to_owned()).or_default() += 1;
        }
        record.report.test_summary = Some(summary);
        let row = |(name, status): &(&str, &str)| CaseRow {
            case: TestCase {
                name: Some((*name).to_owned()),
                status: Some((*status).to_owned()),
                ..TestCase::default()
            },
            ..CaseRow::default()
        };
        Part { record, cases: cases.iter().map(row).collect(), passed: None, files: Vec::new() }
    }

    #[test]
    fn statuses() {
        use ReportStatusType::{Failed, Incomplete, Succeeded};
        for (statuses, is_complete, expected) in [
            (&[Succeeded, Succeeded][..], true, Succeeded),
            (&[Succeeded], false, Incomplete),
            (&[Succeeded, Incomplete], true, Incomplete),
            (&[Failed, Succeeded], true, Failed),
            (&[Failed], false, Failed),
        ] {
            let parts: Vec<Part> = statuses.iter().map(|it| part(*it, &[], 0)).collect();
            assert_eq!(status(&parts, is_complete), expected, "{statuses:?}");
        }
    }

    #[test]
    fn cases_are_added_and_failures_go_first() {
        let good = ReportStatusType::Succeeded;
        let many: Vec<(String, &str)> =
            (0..MAX_CASES).map(|at| (at.to_string(), "SUCCEEDED")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|(name, it)| (name.as_str(), *it)).collect();
        let kept = cases(&[part(good, &many, 5), part(good, &[("bad", "FAILED")], 3)]);
        assert_eq!(kept.summary.total, 501);
        assert_eq!(kept.summary.duration_in_nano_seconds, 5);
        assert_eq!(kept.summary.status_counts["SUCCEEDED"], 500);
        assert_eq!(kept.rows[0].case.name.as_deref(), Some("bad"));
        assert_eq!((kept.rows.len(), kept.passed.map(|it| it.len())), (MAX_CASES, Some(500)));
        let whole = cases(&[part(good, &many[..3], 5)]);
        assert!(!whole.is_truncated() && whole.rows.len() == 3);
    }

    #[test]
    fn of_a_file_the_best_coverage_counts() {
        let file = |path: &str, lines: (i32, i32), branches: (i32, i32)| {
            let share = |(covered, missed): (i32, i32)| {
                percentage((u64::try_from(covered).unwrap(), u64::try_from(missed).unwrap()))
            };
            CodeCoverage {
                file_path: Some(path.to_owned()),
                lines_covered: Some(lines.0),
                lines_missed: Some(lines.1),
                line_coverage_percentage: share(lines),
                branches_covered: Some(branches.0),
                branches_missed: Some(branches.1),
                branch_coverage_percentage: share(branches),
                ..CodeCoverage::default()
            }
        };
        let with = |files: Vec<CodeCoverage>| {
            let mut record = ReportRecord::default();
            let sum = |of: fn(&CodeCoverage) -> Option<i32>| files.iter().filter_map(of).sum();
            record.report.code_coverage_summary = Some(CodeCoverageReportSummary {
                lines_covered: Some(sum(|it| it.lines_covered)),
                lines_missed: Some(sum(|it| it.lines_missed)),
                ..CodeCoverageReportSummary::default()
            });
            Part { record, cases: Vec::new(), passed: None, files }
        };
        let kept = coverage(&[
            with(vec![file("a", (1, 3), (4, 0)), file("b", (2, 2), (1, 3))]),
            with(vec![file("a", (3, 1), (0, 4)), file("b", (2, 2), (3, 1))]),
            with(vec![file("b", (2, 2), (0, 4))]),
        ]);
        let told: Vec<_> = kept
            .rows
            .iter()
            .map(|row| (row.file_path.as_deref().unwrap(), row.lines_covered, row.branches_covered))
            .collect();
        assert_eq!(told, [("a", Some(3), Some(0)), ("b", Some(2), Some(3))]);
        assert_eq!(kept.summary.lines_covered, Some(10));
        assert_eq!(kept.summary.line_coverage_percentage, Some(50.0));
    }
}
