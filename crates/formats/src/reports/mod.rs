//! Test results and code coverage as the tools write them, read into what CodeBuild tells of
//! them: [`tests`] and [`coverage`].
//!
//! These are files that a build's commands made, so nothing in them is trusted. Files are bounded
//! ([`MAX_FILE_BYTES`]) and so is nesting ([`MAX_DEPTH`]); a document type may be named but nothing
//! that it says is read, and nothing is ever fetched; cases are handed on one by one, so that a
//! report of many costs no more memory than its file. A file that is not what it should be is
//! refused with line and column.
//!
//! Formats and limits after "Test reports" and "Quotas" in the CodeBuild user guide.

mod clover;
mod cobertura;
mod cucumber;
mod jacoco;
mod json;
mod junit;
mod lcov;
mod lines;
mod nunit;
mod nunit3;
mod recognize;
mod simplecov;
mod testng;
mod text;
mod trx;
mod xml;

use std::fmt;

pub use crate::buildspec::ReportFormat;
pub use crate::yaml::Position;
pub use recognize::recognize;
use text::Document;

/// The largest file that is read, in bytes.
pub const MAX_FILE_BYTES: usize = 64 << 20;
/// The deepest nesting of elements, objects and arrays.
pub const MAX_DEPTH: usize = 128;
/// The longest name of a test case (and prefix and suite), in characters; longer ones are cut.
pub const MAX_NAME: usize = 1_000;
/// The longest message of a test case, in characters; longer ones are cut.
pub const MAX_MESSAGE: usize = 5_000;
/// The longest path of a source file, in characters; longer ones are cut.
pub const MAX_PATH: usize = 4_096;

/// Why a file was not read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// A sentence for the author of the build, without the position.
    pub message: String,
    /// Where it was found.
    pub at: Position,
    /// The file is something else altogether, such as the text that lies beside the XML; nothing
    /// of it was handed on.
    pub foreign: bool,
}

impl Error {
    fn new(at: Position, message: impl Into<String>) -> Self {
        Self { message: message.into(), at, foreign: false }
    }

    fn foreign(mut self) -> Self {
        self.foreign = true;
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.message, self.at)
    }
}

impl std::error::Error for Error {}

/// A test case that ran, or was to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestCase {
    /// Its name. At most [`MAX_NAME`] characters.
    pub name: String,
    /// What groups it in its framework: class, fixture, feature. At most [`MAX_NAME`] characters.
    pub prefix: String,
    /// The suite that it is part of, where the file names one. At most [`MAX_NAME`] characters.
    pub suite: Option<String>,
    /// How it ended.
    pub status: TestStatus,
    /// How long it took.
    pub nanoseconds: u64,
    /// What it told of its failure, or why it was skipped. At most [`MAX_MESSAGE`] characters.
    pub message: String,
    /// It passed after an attempt that had failed: the file itself tells that it is flaky.
    pub flaky: bool,
}

/// How a test case ended; the order is from harmless to grave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TestStatus {
    /// It passed.
    #[default]
    Succeeded,
    /// It did not run.
    Skipped,
    /// None of the others.
    Unknown,
    /// An expectation was not met.
    Failed,
    /// Something went wrong that the test did not expect.
    Error,
}

impl TestStatus {
    /// All of them, in the order of the API's documentation.
    pub const ALL: [Self; 5] =
        [Self::Succeeded, Self::Failed, Self::Error, Self::Skipped, Self::Unknown];

    /// As the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Error => "ERROR",
            Self::Skipped => "SKIPPED",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// Reads it as the API writes it.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether it fails its report.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::Error)
    }
}

/// How much of a source file the tests ran.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileCoverage {
    /// The file's path, as the tool writes it. At most [`MAX_PATH`] characters.
    pub path: String,
    /// Lines that ran.
    pub lines_covered: u32,
    /// Lines that could have run.
    pub lines_missed: u32,
    /// Branches that were taken.
    pub branches_covered: u32,
    /// Branches that could have been taken.
    pub branches_missed: u32,
}

/// Hands on the test cases of a file, in its order. What comes before an error has been handed on.
///
/// # Errors
/// The file is too large, no text, not of the format, or nested too deep; or the format is one of
/// code coverage. The message does not quote the file beyond names of elements.
pub fn tests(
    format: ReportFormat,
    file: &[u8],
    each: &mut dyn FnMut(TestCase),
) -> Result<(), Error> {
    let read = match format {
        ReportFormat::JunitXml => junit::read,
        ReportFormat::NunitXml => nunit::read,
        ReportFormat::Nunit3Xml => nunit3::read,
        ReportFormat::TestngXml => testng::read,
        ReportFormat::VisualStudioTrx => trx::read,
        ReportFormat::CucumberJson => cucumber::read,
        ReportFormat::CloverXml
        | ReportFormat::CoberturaXml
        | ReportFormat::JacocoXml
        | ReportFormat::Simplecov
        | ReportFormat::Lcov => return Err(wrong_kind(format, "code coverage, not test cases")),
    };
    read(&Document::decode(file)?, each)
}

/// Hands on what a file tells of each source file's coverage.
///
/// # Errors
/// As [`tests`]; or the format is one of test results.
pub fn coverage(
    format: ReportFormat,
    file: &[u8],
    each: &mut dyn FnMut(FileCoverage),
) -> Result<(), Error> {
    let read = match format {
        ReportFormat::CloverXml => clover::read,
        ReportFormat::CoberturaXml => cobertura::read,
        ReportFormat::JacocoXml => jacoco::read,
        ReportFormat::Simplecov => simplecov::read,
        ReportFormat::Lcov => lcov::read,
        ReportFormat::JunitXml
        | ReportFormat::NunitXml
        | ReportFormat::Nunit3Xml
        | ReportFormat::TestngXml
        | ReportFormat::VisualStudioTrx
        | ReportFormat::CucumberJson => {
            return Err(wrong_kind(format, "test cases, not code coverage"));
        }
    };
    read(&Document::decode(file)?, each)
}

fn wrong_kind(format: ReportFormat, what: &str) -> Error {
    Error::new(text::START, format!("files of the format {} tell of {what}", format.as_str()))
}
