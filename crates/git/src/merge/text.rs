//! Three versions of a text made one.

use super::lines::{Change, MAX_STEPS, changes, changes_within, lines};
use std::ops::Range;

/// Whose lines stand in a region of the merged text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// All three texts have the same lines.
    Unchanged,
    /// Only ours differs from the base.
    Ours,
    /// Only theirs differs from the base.
    Theirs,
    /// Ours and theirs made the same change.
    Both,
    /// Ours and theirs changed the same lines, or lines beside each other, in different ways.
    Conflict,
}

/// A region of the merged text. One after the other, regions cover each of the three texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Whose lines stand here.
    pub origin: Origin,
    /// Its lines in the base.
    pub base: Range<usize>,
    /// Its lines in ours.
    pub ours: Range<usize>,
    /// Its lines in theirs.
    pub theirs: Range<usize>,
}

/// Three texts in lines.
pub struct Texts<'t> {
    /// The text that both come from.
    pub base: Vec<&'t [u8]>,
    /// One version.
    pub ours: Vec<&'t [u8]>,
    /// The other version.
    pub theirs: Vec<&'t [u8]>,
}

/// The lines of a range.
pub fn slice<'s, 't>(lines: &'s [&'t [u8]], range: &Range<usize>) -> &'s [&'t [u8]] {
    lines.get(range.clone()).unwrap_or_default()
}

impl<'t> Texts<'t> {
    /// Cuts the three into lines.
    pub fn new(base: &'t [u8], ours: &'t [u8], theirs: &'t [u8]) -> Self {
        Self { base: lines(base), ours: lines(ours), theirs: lines(theirs) }
    }

    /// The regions of the merged text, in order.
    pub fn regions(&self) -> Vec<Region> {
        self.regions_within(&mut { MAX_STEPS })
    }

    /// [`Texts::regions`] in no more steps than there are, which are taken off.
    pub(super) fn regions_within(&self, steps: &mut usize) -> Vec<Region> {
        let mut from_base = |to: &[&'t [u8]]| {
            changes_within(&self.base, to, |line| line, steps).into_iter().peekable()
        };
        let (mut ours, mut theirs) = (from_base(&self.ours), from_base(&self.theirs));
        let mut sweep = Sweep { texts: self, done: Vec::new(), base: 0, ours: 0, theirs: 0 };
        loop {
            let start = match (ours.peek(), theirs.peek()) {
                (Some(a), Some(b)) => a.before.start.min(b.before.start),
                (Some(one), None) | (None, Some(one)) => one.before.start,
                (None, None) => break,
            };
            let (mut end, mut mine, mut yours) = (start, Vec::new(), Vec::new());
            // Changes that overlap or touch belong together.
            loop {
                if let Some(change) = ours.next_if(|change| change.before.start <= end) {
                    end = end.max(change.before.end);
                    mine.push(change);
                } else if let Some(change) = theirs.next_if(|change| change.before.start <= end) {
                    end = end.max(change.before.end);
                    yours.push(change);
                } else {
                    break;
                }
            }
            sweep.unchanged_until(start);
            sweep.changed(end, &mine, &yours);
        }
        sweep.unchanged_until(self.base.len());
        sweep.done
    }

    /// The lines of a region in the merged text, if it is no conflict.
    pub fn merged(&self, region: &Region) -> Option<&[&'t [u8]]> {
        match region.origin {
            Origin::Unchanged | Origin::Ours | Origin::Both => {
                Some(slice(&self.ours, &region.ours))
            }
            Origin::Theirs => Some(slice(&self.theirs, &region.theirs)),
            Origin::Conflict => None,
        }
    }
}

struct Sweep<'a, 't> {
    texts: &'a Texts<'t>,
    done: Vec<Region>,
    base: usize,
    ours: usize,
    theirs: usize,
}

impl Sweep<'_, '_> {
    fn push(&mut self, origin: Origin, base: usize, ours: usize, theirs: usize) {
        let region = Region {
            origin,
            base: self.base..base,
            ours: self.ours..ours,
            theirs: self.theirs..theirs,
        };
        (self.base, self.ours, self.theirs) = (base, ours, theirs);
        self.done.push(region);
    }

    fn unchanged_until(&mut self, base: usize) {
        let len = base.saturating_sub(self.base);
        if len > 0 {
            self.push(Origin::Unchanged, base, self.ours + len, self.theirs + len);
        }
    }

    fn changed(&mut self, end: usize, mine: &[Change], yours: &[Change]) {
        let len = end - self.base;
        let grown = |from: usize, changes: &[Change]| {
            let came: usize = changes.iter().map(|change| change.after.len()).sum();
            let gone: usize = changes.iter().map(|change| change.before.len()).sum();
            (from + len + came).saturating_sub(gone)
        };
        let (ours, theirs) = (grown(self.ours, mine), grown(self.theirs, yours));
        let same = slice(&self.texts.ours, &(self.ours..ours))
            == slice(&self.texts.theirs, &(self.theirs..theirs));
        let origin = match (mine.is_empty(), yours.is_empty()) {
            (false, true) => Origin::Ours,
            (true, _) => Origin::Theirs,
            _ if same => Origin::Both,
            _ => Origin::Conflict,
        };
        self.push(origin, end, ours, theirs);
    }
}

/// Lines between two conflicts of a marked text from which on they are told apart; as git's.
const APART: usize = 3;

/// The text with its conflicts marked as git marks them in the merge of two merge bases, which
/// becomes the base of another merge. `markers` is the length of the marker lines.
pub(super) fn marked(texts: &Texts<'_>, regions: &[Region], markers: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let refined = join_near(refine(texts, regions));
    for region in &refined {
        if let Some(lines) = texts.merged(region) {
            out.extend(lines.concat());
            continue;
        }
        let end: &[u8] = if ends_in_crlf(texts, region) { b"\r\n" } else { b"\n" };
        let marker = |out: &mut Vec<u8>, sign: u8, label: &str| {
            out.extend(std::iter::repeat_n(sign, markers));
            out.extend_from_slice(label.as_bytes());
            out.extend_from_slice(end);
        };
        let side = |out: &mut Vec<u8>, lines: &[&[u8]]| {
            out.extend(lines.concat());
            if lines.last().is_some_and(|line| !line.ends_with(b"\n")) {
                out.extend_from_slice(end);
            }
        };
        marker(&mut out, b'<', " Temporary merge branch 1");
        side(&mut out, slice(&texts.ours, &region.ours));
        marker(&mut out, b'=', "");
        side(&mut out, slice(&texts.theirs, &region.theirs));
        marker(&mut out, b'>', " Temporary merge branch 2");
    }
    out
}

/// Conflicts cut down to the lines in which ours and theirs really differ.
fn refine(texts: &Texts<'_>, regions: &[Region]) -> Vec<Region> {
    let mut refined = Vec::new();
    for region in regions {
        if region.origin != Origin::Conflict || region.ours.is_empty() || region.theirs.is_empty() {
            refined.push(region.clone());
            continue;
        }
        let (ours, theirs) =
            (slice(&texts.ours, &region.ours), slice(&texts.theirs, &region.theirs));
        let (mut at, base) = ((region.ours.start, region.theirs.start), region.base.clone());
        let same = |at: (usize, usize), to: usize, theirs: usize| Region {
            origin: Origin::Both,
            base: base.clone(),
            ours: at.0..to,
            theirs: at.1..theirs,
        };
        for change in changes(ours, theirs) {
            let from =
                (region.ours.start + change.before.start, region.theirs.start + change.after.start);
            if from.0 > at.0 {
                refined.push(same(at, from.0, from.1));
            }
            at = (region.ours.start + change.before.end, region.theirs.start + change.after.end);
            refined.push(Region {
                origin: Origin::Conflict,
                base: base.clone(),
                ours: from.0..at.0,
                theirs: from.1..at.1,
            });
        }
        if region.ours.end > at.0 {
            refined.push(same(at, region.ours.end, region.theirs.end));
        }
    }
    refined
}

/// Conflicts with few lines between them made one.
fn join_near(regions: Vec<Region>) -> Vec<Region> {
    let mut joined: Vec<Region> = Vec::new();
    for region in regions {
        if region.origin == Origin::Conflict {
            let before = joined.iter().rposition(|region| region.origin == Origin::Conflict);
            let near = before.filter(|&before| {
                let between = joined.get(before + 1..).unwrap_or_default();
                let settled = |r: &Region| matches!(r.origin, Origin::Unchanged | Origin::Both);
                between.iter().all(settled)
                    && between.iter().map(|r| r.ours.len()).sum::<usize>() <= APART
            });
            if let Some(near) = near {
                joined.truncate(near + 1);
                if let Some(last) = joined.last_mut() {
                    last.base.end = region.base.end;
                    last.ours.end = region.ours.end;
                    last.theirs.end = region.theirs.end;
                }
                continue;
            }
        }
        joined.push(region);
    }
    joined
}

/// Whether the lines before a conflict end as on Windows in all versions.
fn ends_in_crlf(texts: &Texts<'_>, region: &Region) -> bool {
    let crlf = |lines: &[&[u8]], at: usize| {
        lines.get(at.saturating_sub(1)).is_none_or(|line| line.ends_with(b"\r\n"))
    };
    let none = texts.ours.is_empty() && texts.theirs.is_empty() && texts.base.is_empty();
    !none
        && crlf(&texts.ours, region.ours.start)
        && crlf(&texts.theirs, region.theirs.start)
        && crlf(&texts.base, 0)
}
