//! Which lines differ between two texts: the histogram method with the sliding of changes that
//! stock git's merge uses, so that a merge here lines up what a merge there lines up.
//!
//! A line is what lies between ends of line, with its own `\n`; the last one may lack it. The
//! method looks for the longest run of common lines that holds the rarest line, takes it for
//! unchanged, and goes on above and below it. Where only frequent lines are common, a bounded
//! search by Myers takes over. Both stop at a budget: what is left then counts as changed, which
//! is never wrong, only coarse.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

/// A run of lines that another run has taken the place of. Either may be empty, not both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The lines of the old text that went.
    pub before: Range<usize>,
    /// The lines of the new text that came.
    pub after: Range<usize>,
}

/// How often a line may occur to be looked at as an anchor.
const MAX_OCCURRENCES: usize = 64;
/// Steps that comparisons may take, one or several together: a second or two.
pub const MAX_STEPS: usize = 400_000_000;
/// Edits that the search for a shortest script looks for before it gives up.
const MAX_EDITS: usize = 1_024;

/// A text's lines, each with its end.
pub fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|&b| b == b'\n').collect()
}

/// What differs, in the order of the lines. Between two changes there is at least one line that
/// both texts have.
pub fn changes<'t>(before: &[&'t [u8]], after: &[&'t [u8]]) -> Vec<Change> {
    changes_by(before, after, |line| line)
}

/// [`changes`] of lines that count as equal when `key` makes them so.
pub fn changes_by<'t, K: Hash + Eq>(
    before: &[&'t [u8]],
    after: &[&'t [u8]],
    key: impl Fn(&'t [u8]) -> K,
) -> Vec<Change> {
    changes_within(before, after, key, &mut { MAX_STEPS })
}

/// [`changes_by`] in no more steps than there are, which are taken off.
pub(super) fn changes_within<'t, K: Hash + Eq>(
    before: &[&'t [u8]],
    after: &[&'t [u8]],
    key: impl Fn(&'t [u8]) -> K,
    steps: &mut usize,
) -> Vec<Change> {
    let mut ids: HashMap<K, usize> = HashMap::new();
    let mut number = |lines: &[&'t [u8]]| -> Vec<usize> {
        let mut id = |line: &&'t [u8]| {
            let next = ids.len();
            *ids.entry(key(line)).or_insert(next)
        };
        lines.iter().map(&mut id).collect()
    };
    let (before, after) = (number(before), number(after));
    let mut search = Search {
        removed: vec![false; before.len()],
        added: vec![false; after.len()],
        before: &before,
        after: &after,
        places: Places::new(ids.len(), before.len()),
        budget: *steps,
    };
    search.run(0..before.len(), 0..after.len());
    *steps = search.budget;
    let (mut removed, mut added) = (search.removed, search.added);
    slide(&before, &mut removed, &added);
    slide(&after, &mut added, &removed);
    collect(&removed, &added)
}

/// The marks of both texts as runs.
fn collect(removed: &[bool], added: &[bool]) -> Vec<Change> {
    let run = |marks: &[bool], from: usize| {
        marks.get(from..).unwrap_or_default().iter().take_while(|mark| **mark).count()
    };
    let (mut at, mut found) = ((0, 0), Vec::new());
    while at.0 < removed.len() || at.1 < added.len() {
        let (gone, come) = (run(removed, at.0), run(added, at.1));
        if gone + come > 0 {
            found.push(Change { before: at.0..at.0 + gone, after: at.1..at.1 + come });
        }
        at = (at.0 + gone + 1, at.1 + come + 1);
    }
    found
}

struct Search<'a> {
    before: &'a [usize],
    after: &'a [usize],
    removed: Vec<bool>,
    added: Vec<bool>,
    places: Places,
    budget: usize,
}

/// Where each line is in a part of the old text.
struct Places {
    /// By line: its first place, and how many it has.
    lines: Vec<(Option<usize>, usize)>,
    /// By place: the next one of the same line.
    next: Vec<Option<usize>>,
}

impl Places {
    fn new(lines: usize, places: usize) -> Self {
        Self { lines: vec![(None, 0); lines], next: vec![None; places] }
    }

    fn fill(&mut self, text: &[usize], range: Range<usize>) {
        for place in range.rev() {
            let line = text.get(place).and_then(|id| self.lines.get_mut(*id));
            let (Some((first, count)), Some(next)) = (line, self.next.get_mut(place)) else {
                continue;
            };
            *next = first.replace(place);
            *count += 1;
        }
    }

    fn clear(&mut self, text: &[usize], range: Range<usize>) {
        for id in text.get(range).unwrap_or_default() {
            if let Some(line) = self.lines.get_mut(*id) {
                *line = (None, 0);
            }
        }
    }

    fn count(&self, id: Option<&usize>) -> usize {
        id.and_then(|id| self.lines.get(*id)).map_or(0, |(_, count)| *count)
    }

    fn of(&self, id: Option<&usize>) -> impl Iterator<Item = usize> + '_ {
        let first = id.and_then(|id| self.lines.get(*id)).and_then(|(first, _)| *first);
        std::iter::successors(first, |place| self.next.get(*place).copied().flatten())
    }
}

/// A run of lines that both texts have.
#[derive(Clone, Copy)]
struct Common {
    before: usize,
    after: usize,
    len: usize,
}

enum Anchor {
    Found(Common),
    /// There is no common line at all.
    Nothing,
    /// All common lines are frequent ones.
    TooFrequent,
}

impl Search<'_> {
    fn mark(&mut self, before: Range<usize>, after: Range<usize>) {
        self.removed.get_mut(before).unwrap_or_default().fill(true);
        self.added.get_mut(after).unwrap_or_default().fill(true);
    }

    fn spend(&mut self, steps: usize) -> bool {
        let enough = self.budget >= steps;
        self.budget = self.budget.saturating_sub(steps);
        enough
    }

    /// Works through a list of pairs of ranges rather than by recursion: texts can be made to nest
    /// deeply.
    fn run(&mut self, before: Range<usize>, after: Range<usize>) {
        let mut open = vec![(before, after)];
        while let Some((before, after)) = open.pop() {
            if before.is_empty() || after.is_empty() || !self.spend(before.len() + after.len()) {
                self.mark(before, after);
                continue;
            }
            match self.anchor(before.clone(), after.clone()) {
                Anchor::Nothing => self.mark(before, after),
                Anchor::TooFrequent => self.shortest(before, after),
                Anchor::Found(Common { before: b, after: a, len }) => {
                    open.push((b + len..before.end, a + len..after.end));
                    open.push((before.start..b, after.start..a));
                }
            }
        }
    }

    fn same(&self, before: usize, after: usize) -> bool {
        match (self.before.get(before), self.after.get(after)) {
            (Some(b), Some(a)) => a == b,
            _ => false,
        }
    }

    /// The run to take for unchanged: of those that hold a line with the fewest occurrences in the
    /// old text the longest, the first if there are several.
    fn anchor(&mut self, before: Range<usize>, after: Range<usize>) -> Anchor {
        self.places.fill(self.before, before.clone());
        let (mut best, mut rarest, mut any) = (None::<Common>, MAX_OCCURRENCES + 1, false);
        let (mut at, mut budget) = (after.start, self.budget);
        while at < after.end && budget > 0 {
            let mut next = at + 1;
            let here = self.after.get(at);
            any |= self.places.count(here) > 0;
            let rare = self.places.count(here) <= rarest;
            let mut skip_to = 0;
            for place in self.places.of(here.filter(|_| rare)) {
                if place < skip_to || budget == 0 {
                    continue;
                }
                let (mut b, mut a) = (place, at);
                let mut occurrences = self.places.count(self.before.get(place));
                while b > before.start && a > after.start && self.same(b - 1, a - 1) {
                    (b, a) = (b - 1, a - 1);
                    occurrences = occurrences.min(self.places.count(self.before.get(b)));
                }
                let (mut b_end, mut a_end) = (place + 1, at + 1);
                while b_end < before.end && a_end < after.end && self.same(b_end, a_end) {
                    occurrences = occurrences.min(self.places.count(self.before.get(b_end)));
                    (b_end, a_end) = (b_end + 1, a_end + 1);
                }
                budget = budget.saturating_sub(b_end - b);
                next = next.max(a_end);
                let len = b_end - b;
                // As long as nothing is found, a single line counts as no longer than that.
                if best.map_or(1, |best| best.len) < len || occurrences < rarest {
                    best = Some(Common { before: b, after: a, len });
                    rarest = occurrences;
                }
                skip_to = b_end;
            }
            at = next;
        }
        self.budget = budget;
        self.places.clear(self.before, before);
        match best {
            _ if any && rarest > MAX_OCCURRENCES => Anchor::TooFrequent,
            Some(common) => Anchor::Found(common),
            None => Anchor::Nothing,
        }
    }

    /// A shortest script by Myers' greedy search, if one of few edits exists.
    fn shortest(&mut self, before: Range<usize>, after: Range<usize>) {
        let (mut b, mut a) = (before.clone(), after.clone());
        while !b.is_empty() && !a.is_empty() && self.same(b.start, a.start) {
            (b.start, a.start) = (b.start + 1, a.start + 1);
        }
        while !b.is_empty() && !a.is_empty() && self.same(b.end - 1, a.end - 1) {
            (b.end, a.end) = (b.end - 1, a.end - 1);
        }
        match self.trace(&b, &a) {
            Some(rows) => self.follow(&rows, &b, &a),
            None => self.mark(b, a),
        }
    }

    /// For each number of edits, how far into `before` each diagonal gets.
    fn trace(&mut self, before: &Range<usize>, after: &Range<usize>) -> Option<Vec<Vec<usize>>> {
        let mut rows: Vec<Vec<usize>> = Vec::new();
        for edits in 0..=MAX_EDITS.min(before.len() + after.len()) {
            let mut row = vec![0; 2 * edits + 1];
            for at in (0..row.len()).step_by(2) {
                let mut x = furthest(rows.last(), edits, at);
                // Diagonal k = at − edits, y = x − k.
                let mut y = (x + edits).checked_sub(at);
                let start = x;
                while let Some(to) = y
                    && x < before.len()
                    && to < after.len()
                    && self.same(before.start + x, after.start + to)
                {
                    (x, y) = (x + 1, Some(to + 1));
                }
                if !self.spend(x - start + 1) {
                    return None;
                }
                if let Some(cell) = row.get_mut(at) {
                    *cell = x;
                }
                if x >= before.len() && y.is_some_and(|y| y >= after.len()) {
                    rows.push(row);
                    return Some(rows);
                }
            }
            rows.push(row);
        }
        None
    }

    /// Marks what the traced script changes, from its end to its beginning.
    fn follow(&mut self, rows: &[Vec<usize>], before: &Range<usize>, after: &Range<usize>) {
        let (mut x, mut y) = (before.len(), after.len());
        for edits in (1..rows.len()).rev() {
            let last = rows.get(edits - 1);
            let at = (x + edits).saturating_sub(y);
            let from = furthest(last, edits, at);
            // Below the diagonal that it came from: a line came; above it: one went.
            let came = comes_down(last, edits, at);
            let (from_x, from_y) = match came {
                true => (from, (from + edits).saturating_sub(at + 1)),
                false => (from.saturating_sub(1), (from + edits).saturating_sub(at)),
            };
            let mark = if came {
                self.added.get_mut(after.start + from_y)
            } else {
                self.removed.get_mut(before.start + from_x)
            };
            if let Some(mark) = mark {
                *mark = true;
            }
            (x, y) = (from_x, from_y);
        }
    }
}

/// Whether the cell `at` of the row of `edits` is reached by a line that came.
fn comes_down(last: Option<&Vec<usize>>, edits: usize, at: usize) -> bool {
    let Some(last) = last else { return true };
    // The row before is two cells shorter: its cell `i` is on this row's diagonal `i + 1`.
    let (left, right) = (at.checked_sub(2).and_then(|i| last.get(i)), last.get(at));
    match (left, right) {
        (None, _) => true,
        (_, None) => false,
        (Some(left), Some(right)) => edits > 0 && left < right,
    }
}

/// How far a cell gets by its one edit, before common lines.
fn furthest(last: Option<&Vec<usize>>, edits: usize, at: usize) -> usize {
    let cell = |at: Option<usize>| at.and_then(|at| last?.get(at)).copied();
    match comes_down(last, edits, at) {
        true => cell(Some(at)).unwrap_or(0),
        false => cell(at.checked_sub(2)).map_or(0, |x| x + 1),
    }
}

/// A run of changed lines of one text, perhaps empty: there is one before, between and after each
/// two unchanged lines. Both texts have the same number of them.
#[derive(Clone, Copy)]
struct Group {
    start: usize,
    end: usize,
}

impl Group {
    fn at(marks: &[bool], start: usize) -> Self {
        let len = marks.get(start..).unwrap_or_default().iter().take_while(|m| **m).count();
        Self { start, end: start + len }
    }

    fn next(self, marks: &[bool]) -> Option<Self> {
        (self.end < marks.len()).then(|| Self::at(marks, self.end + 1))
    }

    fn previous(self, marks: &[bool]) -> Option<Self> {
        let end = self.start.checked_sub(1)?;
        let len = marks.get(..end).unwrap_or_default().iter().rev().take_while(|m| **m).count();
        Some(Self { start: end - len, end })
    }

    fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Moves it up by a line, if that says the same; it may run into the one above.
    fn up(&mut self, lines: &[usize], marks: &mut [bool]) -> bool {
        let Some(above) = self.start.checked_sub(1).filter(|_| !self.is_empty()) else {
            return false;
        };
        if lines.get(above) != lines.get(self.end - 1) {
            return false;
        }
        set(marks, above, true);
        set(marks, self.end - 1, false);
        let more = marks.get(..above).unwrap_or_default().iter().rev().take_while(|m| **m).count();
        *self = Self { start: above - more, end: self.end - 1 };
        true
    }

    /// Moves it down by a line, if that says the same; it may run into the one below.
    fn down(&mut self, lines: &[usize], marks: &mut [bool]) -> bool {
        if self.is_empty()
            || self.end >= lines.len()
            || lines.get(self.start) != lines.get(self.end)
        {
            return false;
        }
        set(marks, self.start, false);
        set(marks, self.end, true);
        *self = Self { start: self.start + 1, end: Self::at(marks, self.end).end };
        true
    }
}

fn set(marks: &mut [bool], at: usize, value: bool) {
    if let Some(mark) = marks.get_mut(at) {
        *mark = value;
    }
}

/// Moves each change of one text as far down as it goes, joining those that meet, but beside a
/// change of the other text if it can be there.
fn slide(lines: &[usize], marks: &mut [bool], other: &[bool]) {
    let (mut group, mut beside) = (Group::at(marks, 0), Group::at(other, 0));
    loop {
        if !group.is_empty() {
            settle(lines, marks, other, &mut group, &mut beside);
        }
        let (Some(next), Some(next_beside)) = (group.next(marks), beside.next(other)) else {
            return;
        };
        (group, beside) = (next, next_beside);
    }
}

fn settle(
    lines: &[usize],
    marks: &mut [bool],
    other: &[bool],
    group: &mut Group,
    beside: &mut Group,
) {
    let (mut highest, mut meets);
    loop {
        let size = group.end - group.start;
        while group.up(lines, marks) {
            *beside = beside.previous(other).unwrap_or(*beside);
        }
        highest = group.end;
        meets = !beside.is_empty();
        while group.down(lines, marks) {
            *beside = beside.next(other).unwrap_or(*beside);
            meets |= !beside.is_empty();
        }
        if size == group.end - group.start {
            break;
        }
    }
    if group.end == highest || !meets {
        return;
    }
    while beside.is_empty() && group.up(lines, marks) {
        *beside = beside.previous(other).unwrap_or(*beside);
    }
}
