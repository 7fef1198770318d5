//! JUnit's XML, as Ant began it and everybody writes it in a way of their own: `<testsuites>` or
//! `<testsuite>` at the top, suites in suites, cases with any number of outcomes in them.

use super::text::{self, Document, told};
use super::xml::{Element, Reader};
use super::{Error, MAX_MESSAGE, TestCase, TestStatus};

pub(super) fn read(document: &Document<'_>, each: &mut dyn FnMut(TestCase)) -> Result<(), Error> {
    Reader::new(document).root(&["testsuites", "testsuite"], &mut |reader, root| {
        match root.name.as_str() {
            "testsuite" => suite(reader, root, each),
            _ => reader.children(&mut |reader, element| match element.name.as_str() {
                "testsuite" => suite(reader, element, each),
                // Some write cases without a suite.
                "testcase" => case(reader, element, "", each),
                _ => Ok(()),
            }),
        }
    })
}

fn suite(
    reader: &mut Reader<'_>,
    suite: &Element,
    each: &mut dyn FnMut(TestCase),
) -> Result<(), Error> {
    let name = text::name(suite.text("name"));
    reader.children(&mut |reader, element| match element.name.as_str() {
        "testsuite" => self::suite(reader, element, each),
        "testcase" => case(reader, element, &name, each),
        // The suite itself failed: no case tells of it.
        "error" | "failure" => {
            let mut case = TestCase {
                name: name.clone(),
                prefix: text::name(suite.text("package")),
                suite: Some(name.clone()),
                ..TestCase::default()
            };
            outcome(reader, element, &mut case)?;
            each(case);
            Ok(())
        }
        _ => Ok(()),
    })
}

fn case(
    reader: &mut Reader<'_>,
    element: &Element,
    suite: &str,
    each: &mut dyn FnMut(TestCase),
) -> Result<(), Error> {
    let class = element.get("classname").or_else(|| element.get("class"));
    let mut case = TestCase {
        name: text::name(element.text("name")),
        prefix: text::name(class.filter(|class| !class.trim().is_empty()).unwrap_or(suite)),
        suite: Some(suite.to_owned()).filter(|suite| !suite.is_empty()),
        nanoseconds: text::seconds(element.text("time")),
        ..TestCase::default()
    };
    // GoogleTest tells of cases that were not run in attributes.
    let status = element.get("status").unwrap_or_default();
    if matches!(status, "notrun" | "disabled" | "skipped") {
        case.status = TestStatus::Skipped;
    }
    reader.children(&mut |reader, element| outcome(reader, element, &mut case))?;
    each(case);
    Ok(())
}

/// Takes in what an element in a case tells. The gravest outcome counts, all are told.
fn outcome(reader: &mut Reader<'_>, element: &Element, case: &mut TestCase) -> Result<(), Error> {
    let status = match element.name.as_str() {
        "failure" => TestStatus::Failed,
        "error" => TestStatus::Error,
        "skipped" | "ignored" => TestStatus::Skipped,
        // Attempts before the one that passed.
        "flakyFailure" | "flakyError" => {
            case.flaky = true;
            return Ok(());
        }
        // Output, properties, and further attempts that failed like the first (rerunFailure).
        _ => return Ok(()),
    };
    let headline = element.text("message").to_owned();
    let details = reader.text(MAX_MESSAGE)?;
    case.status = case.status.max(status);
    text::add_message(&mut case.message, &told(&headline, &details));
    Ok(())
}
