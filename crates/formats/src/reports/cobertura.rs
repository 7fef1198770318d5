//! Cobertura's XML, as coverage.py, Istanbul, Coverlet, gcovr and Cobertura itself write it. A
//! source file may have several classes.

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

/// What is in the root, `<packages>`, `<package>` or `<classes>`.
fn inside(reader: &mut Reader<'_>, sources: &mut Sources) -> Result<(), Error> {
    reader.children(&mut |reader, element| match element.name.as_str() {
        "packages" | "package" | "classes" => inside(reader, sources),
        "class" => {
            let source = sources.at(element.text("filename"));
            class(reader, source)
        }
        _ => Ok(()),
    })
}

/// Lines of the class and, again, of its methods.
fn class(reader: &mut Reader<'_>, source: &mut Source) -> Result<(), Error> {
    reader.children(&mut |reader, element| match element.name.as_str() {
        "methods" | "method" | "lines" => class(reader, source),
        "line" => {
            line(element, source);
            Ok(())
        }
        _ => Ok(()),
    })
}

fn line(element: &Element, source: &mut Source) {
    let Some(number) = element.get("number").and_then(|text| text.trim().parse().ok()) else {
        return;
    };
    let hits = element.text("hits").trim();
    source.line(number, !matches!(hits, "" | "0"));
    if let Some((taken, all)) = element.get("condition-coverage").and_then(conditions) {
        source.branches(number, taken, all);
    }
}

/// `50% (1/2)`
fn conditions(text: &str) -> Option<(u32, u32)> {
    let (_, counts) = text.split_once('(')?;
    let (taken, all) = counts.trim_end().strip_suffix(')')?.split_once('/')?;
    Some((taken.trim().parse().ok()?, all.trim().parse().ok()?))
}
