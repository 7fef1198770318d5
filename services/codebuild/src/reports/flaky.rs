//! Flaky tests, from the history of a report group.
//!
//! A test is flaky if it both passed and failed of one version of the source, if it passed after
//! attempts that failed (as the file of results tells), or if it changed between passing and
//! failing [`MANY_CHANGES`] times: breaking and mending it once is two.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use api_developer::codebuild::{ReportType, TestCase};
use api_developer::codeyard::{
    FlakyEvidence, FlakyTest, ListFlakyTestsInput, ListFlakyTestsOutput,
};
use formats::reports::TestStatus;
use service::Cx;
use types::PageToken;
use wire::Error;

use super::collect::identity;
use super::model::{GroupRecord, ReportRecord};
use super::rows::{self, CaseRow};
use super::trend;
use crate::errors::invalid;
use crate::listing;

/// Reports that are looked at where nothing else is said.
const REPORTS: usize = 30;
/// From so many changes on, a test is said to alternate.
const MANY_CHANGES: usize = 3;
/// Characters of a message that are told.
const MAX_MESSAGE: usize = 1_000;

pub(crate) async fn list_flaky_tests(
    cx: Cx,
    input: ListFlakyTestsInput,
) -> Result<ListFlakyTestsOutput, Error> {
    let (scope, now) = (cx.scope(), cx.now());
    let count = input.num_of_reports.map_or(REPORTS, |count| listing::limit(Some(count)));
    let reports = cx.read(|tx| {
        let group = GroupRecord::load(tx, &scope, &input.report_group_arn)?;
        if group.group.kind != Some(ReportType::Test) {
            return Err(invalid(format!(
                "Report group has no test cases: {}",
                input.report_group_arn
            )));
        }
        trend::newest(tx, &scope, &group.name, count, now)
    })?;
    let name = format!("ListFlakyTests/{}/{count}", input.report_group_arn);
    let bad = || invalid("Invalid next token provided");
    let from: usize = match input.next_token.as_deref() {
        None => 0,
        Some(token) => {
            PageToken::decode(&name, token).map_err(|_| bad())?.parse().map_err(|_| bad())?
        }
    };
    let mut history = History::default();
    // Oldest first. Each report is a read of its own, so that no snapshot is long.
    for report in reports.iter().rev() {
        history.add(report, cx.read(|tx| rows::cases(tx, report.uuid()))?);
        tokio::task::yield_now().await;
    }
    for (at, report) in reports.iter().rev().enumerate() {
        // Of a truncated report not every case that passed is kept.
        if let Some(passed) = cx.read(|tx| Ok(rows::passed(tx, report.uuid())?))? {
            history.add_passed(at, &passed);
        }
    }
    let mut found = history.flaky();
    found.sort_by_cached_key(|test| {
        let strongest = test.evidence.as_ref().and_then(|it| it.iter().map(|it| rank(*it)).min());
        (strongest, Reverse(test.changes), test.prefix.clone(), test.name.clone())
    });
    let end = from.saturating_add(listing::limit(input.max_results));
    let next_token = (end < found.len()).then(|| PageToken::encode(&name, &end.to_string()));
    Ok(ListFlakyTestsOutput {
        reports_analyzed: i32::try_from(reports.len()).ok(),
        flaky_tests: Some(found.into_iter().skip(from).take(end - from).collect()),
        next_token,
    })
}

fn rank(evidence: FlakyEvidence) -> usize {
    match evidence {
        FlakyEvidence::SameSourceVersion => 0,
        FlakyEvidence::Retried => 1,
        FlakyEvidence::Alternates => 2,
    }
}

/// What is known of the reports, oldest first.
#[derive(Default)]
struct History {
    /// The project and version that each report is of.
    versions: Vec<Option<(String, String)>>,
    /// The cases that each report tells as passed.
    passed: Vec<HashSet<u64>>,
    /// Tests that failed or were retried at least once.
    suspects: BTreeMap<u64, Suspect>,
}

/// A test that failed or was retried.
#[derive(Default)]
struct Suspect {
    test: FlakyTest,
    /// The reports in which it failed.
    failed: HashSet<usize>,
    retried: bool,
}

impl History {
    fn add(&mut self, report: &ReportRecord, rows: Vec<CaseRow>) {
        let at = self.versions.len();
        let version = report.source_version.clone().filter(|version| !version.is_empty());
        self.versions.push(version.map(|version| (report.project.clone(), version)));
        let mut passed = HashSet::new();
        for CaseRow { case, flaky } in rows {
            let id = identity(
                case.prefix.as_deref().unwrap_or_default(),
                case.name.as_deref().unwrap_or_default(),
            );
            let status = case.status.as_deref().and_then(TestStatus::parse);
            if status == Some(TestStatus::Succeeded) {
                passed.insert(id);
            }
            let has_failed = status.is_some_and(TestStatus::is_failure);
            if has_failed || flaky {
                let suspect = self.suspects.entry(id).or_default();
                suspect.retried |= flaky;
                suspect.failed.extend(has_failed.then_some(at));
                suspect.tell(case, report);
            }
        }
        self.passed.push(passed);
    }

    /// Further cases that passed in a report; `passed` is sorted.
    fn add_passed(&mut self, at: usize, passed: &[u64]) {
        if let Some(known) = self.passed.get_mut(at) {
            let suspects = self.suspects.keys();
            known.extend(suspects.filter(|id| passed.binary_search(id).is_ok()));
        }
    }

    fn flaky(self) -> Vec<FlakyTest> {
        let Self { versions, passed, suspects } = self;
        let judge = |(id, suspect): (u64, Suspect)| {
            // Cases of one name in one report: one that failed decides.
            let outcomes: Vec<(usize, bool)> = passed
                .iter()
                .enumerate()
                .filter_map(|(at, passed)| match suspect.failed.contains(&at) {
                    true => Some((at, false)),
                    false => passed.contains(&id).then_some((at, true)),
                })
                .collect();
            suspect.judge(&outcomes, &versions)
        };
        suspects.into_iter().filter_map(judge).collect()
    }
}

impl Suspect {
    /// What the newest failure told.
    fn tell(&mut self, case: TestCase, report: &ReportRecord) {
        let message: String = case.message.unwrap_or_default().chars().take(MAX_MESSAGE).collect();
        self.test = FlakyTest {
            prefix: case.prefix,
            name: case.name,
            test_suite_name: case.test_suite_name,
            last_failed_report_arn: report.report.arn.clone(),
            last_failed: report.report.created,
            message: Some(message),
            ..FlakyTest::default()
        };
    }

    fn judge(
        self,
        outcomes: &[(usize, bool)],
        versions: &[Option<(String, String)>],
    ) -> Option<FlakyTest> {
        let mut of_version: HashMap<&(String, String), (bool, bool)> = HashMap::new();
        let mut both = None;
        for (at, has_passed) in outcomes {
            let Some(version) = versions.get(*at).and_then(Option::as_ref) else { continue };
            let seen = of_version.entry(version).or_default();
            *seen = (seen.0 || *has_passed, seen.1 || !has_passed);
            if *seen == (true, true) {
                both = Some(version.1.clone());
            }
        }
        let changes = outcomes.windows(2).filter(|pair| match pair {
            [(_, before), (_, after)] => before != after,
            _ => false,
        });
        let changes = changes.count();
        let evidence: Vec<FlakyEvidence> = [
            (both.is_some(), FlakyEvidence::SameSourceVersion),
            (self.retried, FlakyEvidence::Retried),
            (changes >= MANY_CHANGES, FlakyEvidence::Alternates),
        ]
        .into_iter()
        .filter_map(|(found, evidence)| found.then_some(evidence))
        .collect();
        if evidence.is_empty() {
            return None;
        }
        let count = |wanted: bool| outcomes.iter().filter(|(_, passed)| *passed == wanted).count();
        // At most 100 reports.
        let int = |count: usize| i32::try_from(count).ok();
        Some(FlakyTest {
            evidence: Some(evidence),
            passed: int(count(true)),
            failed: int(count(false)),
            changes: int(changes),
            source_version: both,
            ..self.test
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A history of one test: outcome and version of each report, oldest first.
    fn found(reports: &[(&str, &str)]) -> Option<FlakyTest> {
        let mut history = History::default();
        for (outcome, version) in reports {
            let report = ReportRecord {
                source_version: Some((*version).to_owned()),
                ..ReportRecord::default()
            };
            let case = TestCase {
                name: Some("t".to_owned()),
                status: Some(outcome.trim_start_matches('~').to_owned()),
                ..TestCase::default()
            };
            history.add(&report, vec![CaseRow { case, flaky: outcome.starts_with('~') }]);
        }
        history.flaky().pop()
    }

    fn evidence(reports: &[(&str, &str)]) -> Vec<&'static str> {
        let found = found(reports).and_then(|test| test.evidence).unwrap_or_default();
        found.iter().map(|it| it.as_str()).collect()
    }

    #[test]
    fn broken_and_mended_is_not_flaky() {
        let (good, bad) = ("SUCCEEDED", "FAILED");
        assert!(evidence(&[(good, "1"), (bad, "2"), (bad, "3"), (good, "4")]).is_empty());
        assert!(evidence(&[(bad, "1"), (bad, "1")]).is_empty());
        assert!(evidence(&[(good, "1"), ("SKIPPED", "1")]).is_empty());
        // Without a version nothing is known of the source.
        assert!(evidence(&[(good, ""), (bad, "")]).is_empty());
    }

    #[test]
    fn each_evidence_is_found() {
        let (good, bad) = ("SUCCEEDED", "ERROR");
        assert_eq!(evidence(&[(good, "1"), (bad, "1")]), ["SAME_SOURCE_VERSION"]);
        assert_eq!(evidence(&[("~SUCCEEDED", "1")]), ["RETRIED"]);
        let alternating = [(good, "1"), (bad, "2"), (good, "3"), (bad, "4"), (good, "4")];
        let test = found(&alternating).unwrap();
        assert_eq!((test.passed, test.failed, test.changes), (Some(3), Some(2), Some(4)));
        assert_eq!(test.source_version.as_deref(), Some("4"));
        assert_eq!(evidence(&alternating), ["SAME_SOURCE_VERSION", "ALTERNATES"]);
        assert_eq!(evidence(&alternating[..4]), ["ALTERNATES"]);
    }

    #[test]
    fn cases_that_are_not_kept_count_as_well() {
        let mut history = History::default();
        let report =
            ReportRecord { source_version: Some("1".to_owned()), ..ReportRecord::default() };
        let case = TestCase {
            name: Some("t".to_owned()),
            status: Some("FAILED".to_owned()),
            ..TestCase::default()
        };
        history.add(&report, vec![CaseRow { case, flaky: false }]);
        history.add(&report, Vec::new());
        history.add_passed(1, &[identity("", "t")]);
        let found = history.flaky();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].changes, Some(1));
    }
}
