//! TestNG's `testng-results.xml`.

use super::text::{self, Document};
use super::xml::{Element, Reader};
use super::{Error, MAX_MESSAGE, TestCase, TestStatus};

pub(super) fn read(document: &Document<'_>, each: &mut dyn FnMut(TestCase)) -> Result<(), Error> {
    Reader::new(document).root(&["testng-results"], &mut |reader, _| inside(reader, "", "", each))
}

/// What is in the root, a suite, a test or a class.
fn inside(
    reader: &mut Reader<'_>,
    suite: &str,
    class: &str,
    each: &mut dyn FnMut(TestCase),
) -> Result<(), Error> {
    reader.children(&mut |reader, element| match element.name.as_str() {
        "suite" => inside(reader, &text::name(element.text("name")), class, each),
        "test" => inside(reader, suite, class, each),
        "class" => inside(reader, suite, &text::name(element.text("name")), each),
        "test-method" => method(reader, element, suite, class, each),
        _ => Ok(()),
    })
}

fn method(
    reader: &mut Reader<'_>,
    element: &Element,
    suite: &str,
    class: &str,
    each: &mut dyn FnMut(TestCase),
) -> Result<(), Error> {
    let is_configuration = element.text("is-config") == "true";
    let status = match element.text("status") {
        "PASS" => TestStatus::Succeeded,
        // Nobody asserts in a configuration method: the tests behind it are skipped for it.
        "FAIL" if is_configuration => TestStatus::Error,
        "FAIL" => TestStatus::Failed,
        "SKIP" => TestStatus::Skipped,
        _ => TestStatus::Unknown,
    };
    // They are no tests, but where one fails nothing else tells why.
    if is_configuration && !status.is_failure() {
        return Ok(());
    }
    let mut case = TestCase {
        name: text::name(element.text("name")),
        prefix: class.to_owned(),
        suite: Some(suite.to_owned()).filter(|suite| !suite.is_empty()),
        status,
        nanoseconds: text::milliseconds(element.text("duration-ms")),
        ..TestCase::default()
    };
    reader.children(&mut |reader, element| match element.name.as_str() {
        "exception" => {
            let told = exception(reader, element)?;
            text::add_message(&mut case.message, &told);
            Ok(())
        }
        _ => Ok(()),
    })?;
    each(case);
    Ok(())
}

fn exception(reader: &mut Reader<'_>, element: &Element) -> Result<String, Error> {
    let (mut headline, mut trace) = (String::new(), String::new());
    let class = element.text("class").to_owned();
    reader.children(&mut |reader, element| {
        match element.name.as_str() {
            "message" => headline = reader.text(MAX_MESSAGE)?,
            "full-stacktrace" | "short-stacktrace" => trace = reader.text(MAX_MESSAGE)?,
            _ => {}
        }
        Ok(())
    })?;
    if headline.trim().is_empty() {
        headline = class;
    }
    Ok(text::told(&headline, &trace))
}
