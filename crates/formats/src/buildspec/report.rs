//! `reports`: which files hold test results and code coverage, and of which format they are.

use super::parse::globs;
use crate::section::Section;
use crate::yaml::{Error, Node, Position};

/// Report groups that one project can have; AWS's limit.
pub const MAX_REPORT_GROUPS: usize = 5;

/// One report group of `reports`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The report group's name or ARN. May hold shell variables (`$REPORT_GROUP_NAME`).
    pub group: String,
    /// Globs below the base directory; at least one.
    pub files: Vec<String>,
    /// A folder below the source directory, or a glob over such folders.
    pub base_directory: Option<String>,
    /// All files at the top of the raw export, without their folders.
    pub discard_paths: bool,
    /// `file-format`
    pub format: ReportFormat,
    /// Where the group is named.
    pub at: Position,
}

/// `file-format`; in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ReportFormat {
    /// `JUNITXML`
    #[default]
    JunitXml,
    /// `CUCUMBERJSON`
    CucumberJson,
    /// `NUNITXML`
    NunitXml,
    /// `NUNIT3XML`
    Nunit3Xml,
    /// `TESTNGXML`
    TestngXml,
    /// `VISUALSTUDIOTRX`
    VisualStudioTrx,
    /// `CLOVERXML`
    CloverXml,
    /// `COBERTURAXML`
    CoberturaXml,
    /// `JACOCOXML`
    JacocoXml,
    /// `SIMPLECOV`
    Simplecov,
    /// `LCOV`
    Lcov,
}

impl ReportFormat {
    /// All of them, in the reference's order.
    pub const ALL: [Self; 11] = [
        Self::CucumberJson,
        Self::JunitXml,
        Self::NunitXml,
        Self::Nunit3Xml,
        Self::TestngXml,
        Self::VisualStudioTrx,
        Self::CloverXml,
        Self::CoberturaXml,
        Self::JacocoXml,
        Self::Simplecov,
        Self::Lcov,
    ];

    /// As the reference writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::JunitXml => "JUNITXML",
            Self::CucumberJson => "CUCUMBERJSON",
            Self::NunitXml => "NUNITXML",
            Self::Nunit3Xml => "NUNIT3XML",
            Self::TestngXml => "TESTNGXML",
            Self::VisualStudioTrx => "VISUALSTUDIOTRX",
            Self::CloverXml => "CLOVERXML",
            Self::CoberturaXml => "COBERTURAXML",
            Self::JacocoXml => "JACOCOXML",
            Self::Simplecov => "SIMPLECOV",
            Self::Lcov => "LCOV",
        }
    }

    /// Reads it, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str().eq_ignore_ascii_case(text))
    }

    /// Whether such files tell of code coverage, not of tests.
    pub fn is_coverage(self) -> bool {
        matches!(
            self,
            Self::CloverXml | Self::CoberturaXml | Self::JacocoXml | Self::Simplecov | Self::Lcov
        )
    }
}

pub(super) fn reports(node: &Node) -> Result<Vec<Report>, Error> {
    let groups = Section::open(node, "reports")?;
    if let Some(entry) = groups.entries().get(MAX_REPORT_GROUPS) {
        return Err(Error::new(
            entry.key_at,
            format!(
                "reports names {} report groups: a project can have {MAX_REPORT_GROUPS}",
                groups.entries().len()
            ),
        ));
    }
    groups
        .entries()
        .iter()
        .map(|group| {
            let path = groups.path(&group.key);
            let known = ["files", "base-directory", "discard-paths", "file-format"];
            let section = Section::new(&group.value, &path, &known)?;
            let files = globs(&section, "files")?;
            if files.is_empty() {
                return Err(Error::new(group.key_at, format!("{path} has no files")));
            }
            Ok(Report {
                group: group.key.clone(),
                files,
                base_directory: section.string("base-directory")?,
                discard_paths: section.flag("discard-paths")?,
                format: format(&section)?,
                at: group.key_at,
            })
        })
        .collect()
}

fn format(section: &Section<'_>) -> Result<ReportFormat, Error> {
    let Some(text) = section.string("file-format")? else { return Ok(ReportFormat::default()) };
    ReportFormat::parse(&text).ok_or_else(|| {
        let known: Vec<&str> = ReportFormat::ALL.iter().map(|format| format.as_str()).collect();
        Error::new(
            section.get("file-format").map_or(section.at, |node| node.at),
            format!("{} {text:?} must be one of {}", section.path("file-format"), known.join(", ")),
        )
    })
}
