//! Clover's XML, as PHPUnit, Istanbul and Clover itself write it.

use super::lines::{Source, Sources};
use super::text::Document;
use super::xml::{Element, Reader};
use super::{Error, FileCoverage};

pub(super) fn read(
    document: &Document<'_>,
    each: &mut dyn FnMut(FileCoverage),
) -> Result<(), Error> {
    let mut sources = Sources::default();
    Reader::new(document).root(&["coverage"], &mut |reader, _| inside(reader, &mut sources))?;
    sources.tell(each);
    Ok(())
}

/// What is in the root, a project or a package.
fn inside(reader: &mut Reader<'_>, sources: &mut Sources) -> Result<(), Error> {
    reader.children(&mut |reader, element| match element.name.as_str() {
        "project" | "package" => inside(reader, sources),
        "file" => {
            // Istanbul and Clover give the whole path beside the name.
            let path = element.get("path").unwrap_or_else(|| element.text("name"));
            file(reader, sources.at(path))
        }
        _ => Ok(()),
    })
}

fn file(reader: &mut Reader<'_>, source: &mut Source) -> Result<(), Error> {
    // Tools agree on what they sum up, not on what a condition's truecount and falsecount mean.
    let mut summed = None;
    let mut conditions = Vec::new();
    reader.children(&mut |_, element| {
        match element.name.as_str() {
            "line" => conditions.extend(line(element, source)),
            "metrics" => {
                summed =
                    Some((element.count("coveredconditionals"), element.count("conditionals")));
            }
            _ => {}
        }
        Ok(())
    })?;
    match summed {
        Some((_, 0)) => {}
        Some((taken, all)) => source.branches(0, taken, all),
        None => {
            for (number, taken) in conditions {
                source.branches(number, taken, 2);
            }
        }
    }
    Ok(())
}

/// Takes in a line: statements and conditions can run, a method's line only names it. Answers a
/// condition's line and how many of its two branches were taken.
fn line(element: &Element, source: &mut Source) -> Option<(u32, u32)> {
    let number = element.get("num")?.trim().parse().ok()?;
    let ran = |name: &str| !matches!(element.text(name).trim(), "" | "0");
    match element.text("type") {
        "stmt" => {
            source.line(number, ran("count"));
            None
        }
        "cond" => {
            let (yes, no) = (ran("truecount"), ran("falsecount"));
            source.line(number, ran("count") || yes || no);
            Some((number, u32::from(yes) + u32::from(no)))
        }
        _ => None,
    }
}
