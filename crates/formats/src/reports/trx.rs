//! Visual Studio's TRX, as `dotnet test --logger trx` and `vstest.console` write it. Classes are
//! told behind the results, so the file is read twice.

use std::collections::HashMap;

use super::text::{self, Document, told};
use super::xml::{Element, Reader};
use super::{Error, MAX_MESSAGE, TestCase, TestStatus};

/// What a definition tells of a test.
struct Definition {
    class: String,
    /// The file name of the assembly.
    assembly: Option<String>,
}

pub(super) fn read(document: &Document<'_>, each: &mut dyn FnMut(TestCase)) -> Result<(), Error> {
    let definitions = definitions(document)?;
    Reader::new(document).root(&["TestRun"], &mut |reader, _| {
        reader.children(&mut |reader, element| match element.name.as_str() {
            "Results" => results(reader, &definitions, each).map(drop),
            _ => Ok(()),
        })
    })
}

/// The definitions by the tests' ids.
fn definitions(document: &Document<'_>) -> Result<HashMap<String, Definition>, Error> {
    let mut found = HashMap::new();
    Reader::new(document).root(&["TestRun"], &mut |reader, _| {
        reader.children(&mut |reader, element| {
            if element.name != "TestDefinitions" {
                return Ok(());
            }
            reader.children(&mut |reader, test| {
                let assembly = test.get("storage").map(file_name);
                reader.children(&mut |_, element| {
                    if element.name == "TestMethod" {
                        let class = class(element.text("className"));
                        let definition = Definition { class, assembly: assembly.clone() };
                        found.insert(test.text("id").to_owned(), definition);
                    }
                    Ok(())
                })
            })
        })
    })?;
    Ok(found)
}

/// The last name of a path of any system.
fn file_name(path: &str) -> String {
    text::name(path.rsplit(['/', '\\']).next().unwrap_or(path))
}

/// A class may be told with its assembly: `Ns.Class, Assembly, Version=…`.
fn class(name: &str) -> String {
    text::name(name.split(',').next().unwrap_or(name))
}

/// Hands on the results that are no more than the sum of others; answers how many there were.
fn results(
    reader: &mut Reader<'_>,
    definitions: &HashMap<String, Definition>,
    each: &mut dyn FnMut(TestCase),
) -> Result<usize, Error> {
    let mut count = 0;
    reader.children(&mut |reader, element| {
        // UnitTestResult, GenericTestResult, ManualTestResult, TestResultAggregation.
        if element.name.contains("TestResult") {
            count += result(reader, element, definitions, each)?;
        }
        Ok(())
    })?;
    Ok(count)
}

fn result(
    reader: &mut Reader<'_>,
    element: &Element,
    definitions: &HashMap<String, Definition>,
    each: &mut dyn FnMut(TestCase),
) -> Result<usize, Error> {
    let definition = definitions.get(element.text("testId"));
    let mut case = TestCase {
        name: text::name(element.text("testName")),
        prefix: definition.map(|it| it.class.clone()).unwrap_or_default(),
        suite: definition.and_then(|it| it.assembly.clone()),
        status: status(element.text("outcome")),
        nanoseconds: text::clock(element.text("duration")),
        ..TestCase::default()
    };
    let mut inner = 0;
    reader.children(&mut |reader, element| {
        match element.name.as_str() {
            "Output" => case.message = output(reader)?,
            // One for each row of a test's data: they are the cases.
            "InnerResults" => inner += results(reader, definitions, each)?,
            _ => {}
        }
        Ok(())
    })?;
    if inner > 0 {
        return Ok(inner);
    }
    each(case);
    Ok(1)
}

fn output(reader: &mut Reader<'_>) -> Result<String, Error> {
    let (mut headline, mut trace) = (String::new(), String::new());
    reader.children(&mut |reader, element| {
        if element.name != "ErrorInfo" {
            return Ok(());
        }
        reader.children(&mut |reader, element| {
            match element.name.as_str() {
                "Message" => headline = reader.text(MAX_MESSAGE)?,
                "StackTrace" => trace = reader.text(MAX_MESSAGE)?,
                _ => {}
            }
            Ok(())
        })
    })?;
    Ok(told(&headline, &trace))
}

fn status(outcome: &str) -> TestStatus {
    match outcome {
        "Passed" | "PassedButRunAborted" => TestStatus::Succeeded,
        "Failed" => TestStatus::Failed,
        "Error" | "Timeout" | "Aborted" | "NotRunnable" => TestStatus::Error,
        "NotExecuted" => TestStatus::Skipped,
        // Inconclusive, Warning, Disconnected, Completed, InProgress, Pending.
        _ => TestStatus::Unknown,
    }
}
