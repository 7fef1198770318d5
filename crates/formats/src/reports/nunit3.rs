//! NUnit 3's XML, as its console and `dotnet test --logger nunit` write it.

use super::nunit::{fixture, message};
use super::text::{self, Document};
use super::xml::{Element, Reader};
use super::{Error, TestCase, TestStatus};

pub(super) fn read(document: &Document<'_>, each: &mut dyn FnMut(TestCase)) -> Result<(), Error> {
    // The framework alone writes a suite at the top; the console wraps it into a run.
    Reader::new(document).root(&["test-run", "test-suite"], &mut |reader, root| {
        inside(reader, &text::name(root.text("name")), each)
    })
}

fn inside(
    reader: &mut Reader<'_>,
    suite: &str,
    each: &mut dyn FnMut(TestCase),
) -> Result<(), Error> {
    reader.children(&mut |reader, element| match element.name.as_str() {
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
    let name = element.get("fullname").unwrap_or_else(|| element.text("name"));
    let class = element.get("classname").unwrap_or_else(|| fixture(name));
    let mut case = TestCase {
        name: text::name(name),
        prefix: text::name(class),
        suite: Some(suite.to_owned()).filter(|suite| !suite.is_empty()),
        status: status(element),
        nanoseconds: text::seconds(element.text("duration")),
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

fn status(case: &Element) -> TestStatus {
    match (case.text("result"), case.text("label")) {
        ("Passed", _) => TestStatus::Succeeded,
        ("Failed", "Error" | "Cancelled" | "Invalid") => TestStatus::Error,
        ("Failed", _) => TestStatus::Failed,
        ("Skipped", _) => TestStatus::Skipped,
        // Inconclusive, Warning.
        _ => TestStatus::Unknown,
    }
}
