//! Lines and branches of source files, brought together where a file tells of one several times
//! (classes of one file, runs of several tests).

use std::collections::BTreeMap;

use super::text::cut;
use super::{FileCoverage, MAX_PATH};

/// What is known of the source files, by path.
#[derive(Default)]
pub(super) struct Sources {
    files: BTreeMap<String, Source>,
}

/// What is known of a source file.
#[derive(Default)]
pub(super) struct Source {
    /// Whether each line ran, by number.
    lines: BTreeMap<u32, bool>,
    /// Branches of each line, by number: taken, and all.
    branches: BTreeMap<u32, (u32, u32)>,
}

impl Sources {
    /// The source file at a path.
    pub fn at(&mut self, path: &str) -> &mut Source {
        self.files.entry(cut(path.trim(), MAX_PATH)).or_default()
    }

    /// Hands on all files that have a line or a branch, sorted by path.
    pub fn tell(self, each: &mut dyn FnMut(FileCoverage)) {
        for (path, source) in self.files {
            if path.is_empty() || (source.lines.is_empty() && source.branches.is_empty()) {
                continue;
            }
            each(source.coverage(path));
        }
    }
}

impl Source {
    /// A line that could run, and whether it did.
    pub fn line(&mut self, number: u32, ran: bool) {
        *self.lines.entry(number).or_default() |= ran;
    }

    /// The branches of a line.
    pub fn branches(&mut self, number: u32, taken: u32, all: u32) {
        let known = self.branches.entry(number).or_default();
        *known = (known.0.max(taken), known.1.max(all));
    }

    fn coverage(&self, path: String) -> FileCoverage {
        let covered = self.lines.values().filter(|ran| **ran).count();
        let (taken, all) = self.branches.values().fold((0_u32, 0_u32), |sum, line| {
            (sum.0.saturating_add(line.0), sum.1.saturating_add(line.1))
        });
        FileCoverage {
            path,
            lines_covered: count(covered),
            lines_missed: count(self.lines.len() - covered),
            branches_covered: taken.min(all),
            branches_missed: all.saturating_sub(taken),
        }
    }
}

/// A count of things that each took some bytes of a bounded file.
pub(super) fn count(things: usize) -> u32 {
    u32::try_from(things).unwrap_or(u32::MAX)
}
