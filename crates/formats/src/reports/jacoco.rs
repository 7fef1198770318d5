//! JaCoCo's XML: packages, maybe in groups, with source files and their counters.

use super::text::{Document, cut};
use super::xml::{Element, Reader};
use super::{Error, FileCoverage, MAX_PATH};

pub(super) fn read(
    document: &Document<'_>,
    each: &mut dyn FnMut(FileCoverage),
) -> Result<(), Error> {
    Reader::new(document).root(&["report"], &mut |reader, _| inside(reader, each))
}

/// What is in the root or a group.
fn inside(reader: &mut Reader<'_>, each: &mut dyn FnMut(FileCoverage)) -> Result<(), Error> {
    reader.children(&mut |reader, element| match element.name.as_str() {
        "group" => inside(reader, each),
        "package" => {
            let package = element.text("name").to_owned();
            reader.children(&mut |reader, element| match element.name.as_str() {
                "sourcefile" => source_file(reader, element, &package, each),
                _ => Ok(()),
            })
        }
        _ => Ok(()),
    })
}

fn source_file(
    reader: &mut Reader<'_>,
    element: &Element,
    package: &str,
    each: &mut dyn FnMut(FileCoverage),
) -> Result<(), Error> {
    let name = element.text("name");
    let path = if package.is_empty() { name.to_owned() } else { format!("{package}/{name}") };
    let mut told = FileCoverage { path: cut(path, MAX_PATH), ..FileCoverage::default() };
    reader.children(&mut |_, element| {
        let counts = (element.count("covered"), element.count("missed"));
        match (element.name.as_str(), element.text("type")) {
            ("counter", "LINE") => (told.lines_covered, told.lines_missed) = counts,
            ("counter", "BRANCH") => (told.branches_covered, told.branches_missed) = counts,
            _ => {}
        }
        Ok(())
    })?;
    // A file of interfaces has no line that could run.
    if !told.path.is_empty()
        && told != (FileCoverage { path: told.path.clone(), ..Default::default() })
    {
        each(told);
    }
    Ok(())
}
