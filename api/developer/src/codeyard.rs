//! Operations of Codeyard's own, which AWS has not: for the command line and whoever signs
//! requests for the service `codeyard`.

mod measures;
mod quickstart;
mod repositories;

pub use measures::*;
pub use quickstart::*;
pub use repositories::*;

use shape::{Shape, Timestamp};

shape::operations! { "codeyard";
    ListFlakyTests(ListFlakyTestsInput) -> ListFlakyTestsOutput;
}

/// Finds the tests of a report group that both passed and failed without a reason in the source.
/// Needs the right `codebuild:DescribeTestCases` on the group.
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListFlakyTestsInput {
    /// The ARN of a report group of the type TEST.
    #[shape(required, min = 1)]
    pub report_group_arn: String,
    /// How many of the newest reports are looked at; 30 if absent.
    #[shape(min = 1, max = 100)]
    pub num_of_reports: Option<i32>,
    /// Most tests in one answer; 100 if absent.
    #[shape(min = 1, max = 100)]
    pub max_results: Option<i32>,
    /// From the answer before.
    pub next_token: Option<String>,
}

/// See [`ListFlakyTestsInput`].
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListFlakyTestsOutput {
    /// Reports that were looked at: the newest that came to an end.
    pub reports_analyzed: Option<i32>,
    /// The flaky tests, those with the strongest evidence first.
    pub flaky_tests: Option<Vec<FlakyTest>>,
    /// If there are more.
    pub next_token: Option<String>,
}

/// A test that is flaky, and why that is thought.
#[derive(Shape, Default, Clone, PartialEq)]
pub struct FlakyTest {
    /// As [TestCase](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_TestCase.html)
    /// has it.
    pub prefix: Option<String>,
    /// As above.
    pub name: Option<String>,
    /// As above.
    pub test_suite_name: Option<String>,
    /// What tells it, strongest first.
    pub evidence: Option<Vec<FlakyEvidence>>,
    /// Reports in which it passed.
    pub passed: Option<i32>,
    /// Reports in which it failed.
    pub failed: Option<i32>,
    /// How often its outcome changed from one report to the next that has it.
    pub changes: Option<i32>,
    /// A version of the source of which it both passed and failed.
    pub source_version: Option<String>,
    /// The newest report in which it failed or needed another attempt.
    pub last_failed_report_arn: Option<String>,
    /// When that was.
    pub last_failed: Option<Timestamp>,
    /// What it told then; at most 1,000 characters.
    pub message: Option<String>,
}

shape::string_enum! {
    /// Why a test is thought to be flaky.
    pub enum FlakyEvidence {
        SameSourceVersion = "SAME_SOURCE_VERSION",
        Retried = "RETRIED",
        Alternates = "ALTERNATES",
    }
}
