//! NUnit 2's XML: suites in suites, cases under their full names.

use super::text::{self, Document};
use super::xml::{Element, Reader};
use super::{Error, MAX_MESSAGE, TestCase, TestStatus};

pub(super) fn read(document: &Document<'_>, each: &mut dyn FnMut(TestCase)) -> Result<(), Error> {
    Reader::new(document).root(&["test-results"], &mut |reader, _| inside(reader, "", each))
}

/// What is in the root, in a suite or in its `<results>`.
fn inside(
    reader: &mut Reader<'_>,
    suite: &str,
    each: &mut dyn FnMut(TestCase),
) -> Result<(), Error> {
    reader.children(&mut |reader, element| match element.name.as_str() {
        "results" => inside(reader, suite, each),
        "test-suite" => inside(reader, &text::name(element.text("name")), each),
        "test-case" => case(reader, element, suite, each),
        _ => Ok(()),
    })
}

fn case(
    reader: &mut Reader<'_>,
    element: &Element,
    suite: &str,
    each: &mut dyn FnMut(TestCase),
) -> Result<(), Error> {
    let name = element.text("name");
    let mut case = TestCase {
        name: text::name(name),
        prefix: text::name(fixture(name)),
        suite: Some(suite.to_owned()).filter(|suite| !suite.is_empty()),
        status: status(element),
        nanoseconds: text::seconds(element.text("time")),
        ..TestCase::default()
    };
    reader.children(&mut |reader, element| match element.name.as_str() {
        "failure" | "reason" => {
            text::add_message(&mut case.message, &message(reader)?);
            Ok(())
        }
        _ => Ok(()),
    })?;
    each(case);
    Ok(())
}

/// `result` since NUnit 2.5; before that `executed` and `success`.
fn status(case: &Element) -> TestStatus {
    match case.get("result") {
        Some("Success") => TestStatus::Succeeded,
        Some("Failure") => TestStatus::Failed,
        // CodeBuild counts tests that came to no conclusion or could not be run as errors.
        Some("Error" | "Inconclusive" | "NotRunnable" | "Cancelled" | "Invalid") => {
            TestStatus::Error
        }
        Some("Ignored" | "Skipped") => TestStatus::Skipped,
        Some(_) => TestStatus::Unknown,
        None if !is_true(case, "executed") => TestStatus::Skipped,
        None if is_true(case, "success") => TestStatus::Succeeded,
        None => TestStatus::Failed,
    }
}

fn is_true(case: &Element, name: &str) -> bool {
    case.text(name).eq_ignore_ascii_case("true")
}

/// `<message>` and `<stack-trace>`, one below the other.
pub(super) fn message(reader: &mut Reader<'_>) -> Result<String, Error> {
    let (mut told, mut trace) = (String::new(), String::new());
    reader.children(&mut |reader, element| {
        match element.name.as_str() {
            "message" => told = reader.text(MAX_MESSAGE)?,
            "stack-trace" => trace = reader.text(MAX_MESSAGE)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(text::message(&format!("{told}\n{trace}")))
}

/// The fixture in a test's full name: what is in front of the last dot that is in no brackets or
/// quotes.
pub(super) fn fixture(name: &str) -> &str {
    let (mut depth, mut quoted, mut last) = (0_usize, false, None);
    let mut before = ' ';
    for (at, c) in name.char_indices() {
        match c {
            '"' if before != '\\' => quoted = !quoted,
            '(' | '<' if !quoted => depth += 1,
            ')' | '>' if !quoted => depth = depth.saturating_sub(1),
            '.' if !quoted && depth == 0 => last = Some(at),
            _ => {}
        }
        before = c;
    }
    last.and_then(|at| name.get(..at)).unwrap_or_default()
}
