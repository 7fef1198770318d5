//! SimpleCov's JSON: the result set that it keeps (`.resultset.json`), by command, and the report
//! of its JSON formatter (`coverage.json`).

use super::json::{Kind, Reader};
use super::lines::{Sources, count};
use super::text::Document;
use super::{Error, FileCoverage};

pub(super) fn read(
    document: &Document<'_>,
    each: &mut dyn FnMut(FileCoverage),
) -> Result<(), Error> {
    let mut sources = Sources::default();
    let mut found = false;
    let mut json = Reader::new(document);
    json.begin(Kind::Object)?;
    json.object(&mut |json, key| match (key, json.kind()) {
        ("coverage", Kind::Object) => {
            found = true;
            files(json, &mut sources)
        }
        // A command and its result.
        (_, Kind::Object) => json.object(&mut |json, key| match (key, json.kind()) {
            ("coverage", Kind::Object) => {
                found = true;
                files(json, &mut sources)
            }
            _ => Ok(()),
        }),
        _ => Ok(()),
    })?;
    json.end()?;
    if !found {
        return Err(document
            .error(0, "there is no coverage in it: it is not SimpleCov's")
            .foreign());
    }
    sources.tell(each);
    Ok(())
}

fn files(json: &mut Reader<'_>, sources: &mut Sources) -> Result<(), Error> {
    json.object(&mut |json, path| match json.kind() {
        // Before 0.18 there were only lines.
        Kind::Array => lines(json, sources, path),
        Kind::Object => json.object(&mut |json, key| match (key, json.kind()) {
            ("lines", Kind::Array) => lines(json, sources, path),
            ("branches", Kind::Array) => report_branches(json, sources, path),
            ("branches", Kind::Object) => branches(json, sources, path),
            _ => Ok(()),
        }),
        _ => Ok(()),
    })
}

/// How often each line ran, in order; null or a word for lines that can't or are not to count.
fn lines(json: &mut Reader<'_>, sources: &mut Sources, path: &str) -> Result<(), Error> {
    let source = sources.at(path);
    let mut number = 0_usize;
    json.array(&mut |json| {
        number += 1;
        if json.kind() == Kind::Number {
            source.line(count(number), json.number()? > 0.0);
        }
        Ok(())
    })
}

/// Conditions with their branches, under keys like `[:if, 0, 3, 4, 7, 7]`: word, id, first line.
/// Several conditions may begin in one line, so each has a number of its own.
fn branches(json: &mut Reader<'_>, sources: &mut Sources, path: &str) -> Result<(), Error> {
    let source = sources.at(path);
    let mut condition = 0_usize;
    json.object(&mut |json, _| {
        condition += 1;
        let (mut taken, mut all) = (0_usize, 0_usize);
        json.object(&mut |json, _| {
            if json.kind() == Kind::Number {
                all += 1;
                taken += usize::from(json.number()? > 0.0);
            }
            Ok(())
        })?;
        source.branches(count(condition), count(taken), count(all));
        Ok(())
    })
}

/// A flat list of branches, each with `coverage`.
fn report_branches(json: &mut Reader<'_>, sources: &mut Sources, path: &str) -> Result<(), Error> {
    let source = sources.at(path);
    let mut number = 0_usize;
    json.array(&mut |json| {
        number += 1;
        json.object(&mut |json, key| {
            if key == "coverage" && json.kind() == Kind::Number {
                let taken = json.number()? > 0.0;
                source.branches(count(number), u32::from(taken), 1);
            }
            Ok(())
        })
    })
}
