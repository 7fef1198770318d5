//! Cucumber's JSON: features with scenarios with steps. A scenario is a test case; a background
//! belongs to the scenario behind it.

use super::json::{Kind, Reader};
use super::text::{self, Document};
use super::{Error, MAX_MESSAGE, MAX_NAME, TestCase, TestStatus};

pub(super) fn read(document: &Document<'_>, each: &mut dyn FnMut(TestCase)) -> Result<(), Error> {
    let mut json = Reader::new(document);
    json.begin(Kind::Array)?;
    json.array(&mut |json| feature(json, each))?;
    json.end()
}

/// A feature's name may come behind its scenarios, so they wait for its end.
fn feature(json: &mut Reader<'_>, each: &mut dyn FnMut(TestCase)) -> Result<(), Error> {
    let (mut name, mut cases) = (String::new(), Vec::new());
    json.object(&mut |json, key| match key {
        "name" => {
            name = text::name(&json.string(2 * MAX_NAME)?);
            Ok(())
        }
        "elements" => elements(json, &mut cases),
        _ => Ok(()),
    })?;
    for mut case in cases {
        case.prefix.clone_from(&name);
        case.suite = Some(name.clone()).filter(|name| !name.is_empty());
        each(case);
    }
    Ok(())
}

fn elements(json: &mut Reader<'_>, cases: &mut Vec<TestCase>) -> Result<(), Error> {
    let mut background: Option<TestCase> = None;
    json.array(&mut |json| {
        let (mut case, is_background) = element(json)?;
        if let Some(before) = background.take() {
            case.nanoseconds = case.nanoseconds.saturating_add(before.nanoseconds);
            let own = std::mem::take(&mut case.message);
            text::add_message(&mut case.message, &before.message);
            text::add_message(&mut case.message, &own);
            case.status = case.status.max(before.status);
        }
        if is_background {
            background = Some(case);
        } else {
            cases.push(case);
        }
        Ok(())
    })?;
    // Nothing came behind it: it ran all the same.
    cases.extend(background);
    Ok(())
}

/// A scenario or a background, and whether it is one.
fn element(json: &mut Reader<'_>) -> Result<(TestCase, bool), Error> {
    let mut case = TestCase::default();
    let mut is_background = false;
    json.object(&mut |json, key| {
        match key {
            "name" => case.name = text::name(&json.string(2 * MAX_NAME)?),
            "type" => is_background = json.string(16)? == "background",
            "steps" | "before" | "after" => json.array(&mut |json| step(json, &mut case))?,
            _ => {}
        }
        Ok(())
    })?;
    Ok((case, is_background))
}

/// A step or hook; of its steps the gravest outcome is a scenario's.
fn step(json: &mut Reader<'_>, case: &mut TestCase) -> Result<(), Error> {
    json.object(&mut |json, key| match key {
        "result" => result(json, case),
        // Hooks around a step.
        "before" | "after" => json.array(&mut |json| step(json, case)),
        _ => Ok(()),
    })
}

fn result(json: &mut Reader<'_>, case: &mut TestCase) -> Result<(), Error> {
    let (mut status, mut message) = (TestStatus::Unknown, String::new());
    json.object(&mut |json, key| {
        match key {
            "status" => status = self::status(&json.string(32)?),
            "duration" if json.kind() == Kind::Number => {
                let took = text::nanoseconds(json.number()?);
                case.nanoseconds = case.nanoseconds.saturating_add(took);
            }
            "error_message" if json.kind() == Kind::String => {
                message = json.string(MAX_MESSAGE)?;
            }
            _ => {}
        }
        Ok(())
    })?;
    case.status = case.status.max(status);
    text::add_message(&mut case.message, &message);
    Ok(())
}

fn status(word: &str) -> TestStatus {
    match word.to_ascii_lowercase().as_str() {
        "passed" => TestStatus::Succeeded,
        "failed" | "ambiguous" => TestStatus::Failed,
        // Nobody has written the step.
        "undefined" => TestStatus::Error,
        "skipped" | "pending" => TestStatus::Skipped,
        _ => TestStatus::Unknown,
    }
}
