//! Which format a report has that nobody has told.

use super::{ReportFormat, coverage, tests};

/// The format of a file, if it is a report that tells of something: by how its name ends, what its
/// content begins with, and whether it can be read so to its end. LCOV is not looked for.
pub fn recognize(name: &str, content: &[u8]) -> Option<ReportFormat> {
    let (_, ending) = name.rsplit_once('.')?;
    let candidates: &[ReportFormat] = match ending.to_ascii_lowercase().as_str() {
        "xml" => of_root(root_element(content)?),
        "trx" => &[ReportFormat::VisualStudioTrx],
        "json" if has(content, b"\"elements\"") => &[ReportFormat::CucumberJson],
        "json" if has(content, b"\"coverage\"") => &[ReportFormat::Simplecov],
        _ => &[],
    };
    candidates.iter().copied().find(|format| tells(*format, content))
}

fn of_root(element: &str) -> &'static [ReportFormat] {
    match element {
        "testsuite" | "testsuites" => &[ReportFormat::JunitXml],
        "test-results" => &[ReportFormat::NunitXml],
        "test-run" => &[ReportFormat::Nunit3Xml],
        "testng-results" => &[ReportFormat::TestngXml],
        "coverage" => &[ReportFormat::CloverXml, ReportFormat::CoberturaXml],
        "report" => &[ReportFormat::JacocoXml],
        _ => &[],
    }
}

fn tells(format: ReportFormat, content: &[u8]) -> bool {
    let mut any = false;
    let read = match format.is_coverage() {
        true => coverage(format, content, &mut |_| any = true),
        false => tests(format, content, &mut |_| any = true),
    };
    read.is_ok() && any
}

fn has(content: &[u8], word: &[u8]) -> bool {
    content.windows(word.len()).any(|window| window == word)
}

/// The name of the first element, behind declarations and comments.
fn root_element(content: &[u8]) -> Option<&str> {
    // What comes in front of it is short.
    let head = content.get(..content.len().min(64 << 10))?;
    let head = match std::str::from_utf8(head) {
        Ok(head) => head,
        Err(error) => std::str::from_utf8(head.get(..error.valid_up_to())?).ok()?,
    };
    let mut rest = head.trim_start_matches('\u{feff}');
    loop {
        rest = rest.trim_start().strip_prefix('<')?;
        let end = match rest.get(..1)? {
            "?" => "?>",
            "!" if rest.starts_with("!--") => "-->",
            "!" => ">",
            _ => break,
        };
        rest = rest.split_once(end)?.1;
    }
    let name = rest.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next()?;
    Some(name)
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn reports_are_told_from_other_files() {
        let case = "<testsuite name='s'><testcase name='t'/></testsuite>";
        for (name, content, format) in [
            ("r.xml", case.to_owned(), Some(ReportFormat::JunitXml)),
            (
                "r.XML",
                format!("\u{feff}<?xml version='1.0'?>\n<!-- <report> -->\n{case}"),
                Some(ReportFormat::JunitXml),
            ),
            (
                "c.json",
                r#"[{"name":"f","elements":[{"name":"s","type":"scenario","steps":[{"name":"x","keyword":"Given","result":{"status":"passed","duration":1}}]}]}]"#.to_owned(),
                Some(ReportFormat::CucumberJson),
            ),
            (
                "jacoco.xml",
                "<!DOCTYPE report PUBLIC '-//JACOCO//DTD Report 1.1//EN' 'report.dtd'><report name='r'><package name='p'><sourcefile name='A.java'><line nr='1' mi='0' ci='1' mb='0' cb='0'/><counter type='LINE' missed='0' covered='1'/></sourcefile></package></report>".to_owned(),
                Some(ReportFormat::JacocoXml),
            ),
            // Without a case there is nothing to tell.
            ("r.xml", "<testsuites/>".to_owned(), None),
            ("r.txt", case.to_owned(), None),
            ("r.xml", case.replace("</testsuite>", ""), None),
            ("pom.xml", "<project><report/></project>".to_owned(), None),
            ("package.json", "{\"name\": \"coverage\", \"elements\": []}".to_owned(), None),
            ("xml", case.to_owned(), None),
            ("r.xml", "<".to_owned(), None),
            ("r.xml", "\u{e9}<?".to_owned(), None),
        ] {
            assert_eq!(recognize(name, content.as_bytes()), format, "{name}: {content}");
        }
        assert_eq!(recognize("r.xml", b"\xff\xfe<"), None);
    }
}
