//! LCOV's tracefiles (`lcov.info`), as lcov, Istanbul, cargo-llvm-cov, Flutter and others write
//! them.

use std::collections::BTreeMap;

use super::lines::Sources;
use super::text::Document;
use super::{Error, FileCoverage};

/// A line's branches, by block and branch: whether each was taken.
type Branches = BTreeMap<(String, u32), BTreeMap<(String, String), bool>>;

pub(super) fn read(
    document: &Document<'_>,
    each: &mut dyn FnMut(FileCoverage),
) -> Result<(), Error> {
    let mut sources = Sources::default();
    let mut branches = Branches::new();
    let mut path: Option<String> = None;
    let mut records = 0;
    let mut at = 0;
    for raw in document.text.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let line = raw.trim();
        let bad = |what: &str| {
            let error = document.error(start, what);
            if records == 0 { error.foreign() } else { error }
        };
        if line == "end_of_record" {
            path.take().ok_or_else(|| bad("end_of_record without SF in front of it"))?;
            continue;
        }
        let Some((key, value)) = line.split_once(':') else {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            return Err(bad("a line that is no KEY:VALUE"));
        };
        if key == "SF" {
            if path.is_some() {
                return Err(bad("SF before the end_of_record of the file in front of it"));
            }
            records += 1;
            path = Some(value.trim().to_owned());
            continue;
        }
        let is_data = matches!(key, "DA" | "BRDA");
        let path = match &path {
            Some(path) => path,
            None if is_data => return Err(bad("DA or BRDA without SF in front of it")),
            None => continue,
        };
        let mut values = value.splitn(4, ',');
        let mut next = || values.next().map(str::trim);
        if key == "DA" {
            let line = next().and_then(|text| text.parse().ok());
            let (Some(line), Some(hits)) = (line, next().and_then(hits)) else {
                return Err(bad("DA must be LINE,HITS"));
            };
            sources.at(path).line(line, hits);
        } else if key == "BRDA" {
            let line: Option<u32> = next().and_then(|text| text.parse().ok());
            let (Some(line), Some(block), Some(branch), Some(taken)) =
                (line, next(), next(), next())
            else {
                return Err(bad("BRDA must be LINE,BLOCK,BRANCH,TAKEN"));
            };
            let taken = match taken {
                "-" => false,
                taken => hits(taken).ok_or_else(|| bad("BRDA's TAKEN must be a number or -"))?,
            };
            let known = branches.entry((path.clone(), line)).or_default();
            *known.entry((block.to_owned(), branch.to_owned())).or_default() |= taken;
        }
    }
    if path.is_some() {
        return Err(document.error(at, "the file ends without end_of_record"));
    }
    if records == 0 {
        return Err(document.error(0, "there is no SF in it: it is no tracefile").foreign());
    }
    for ((path, line), known) in branches {
        let taken = known.values().filter(|taken| **taken).count();
        let all = super::lines::count(known.len());
        sources.at(&path).branches(line, super::lines::count(taken), all);
    }
    sources.tell(each);
    Ok(())
}

/// Whether a count of hits is more than none. Some tools write fractions and, after overflows,
/// negative numbers.
fn hits(text: &str) -> Option<bool> {
    let count: f64 = text.parse().ok()?;
    Some(count > 0.0)
}
