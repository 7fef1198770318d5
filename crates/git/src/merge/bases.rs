//! Merge bases: the best common ancestors of two commits.

use super::{MergeError, Result};
use crate::{Commit, Objects, Oid};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// The commit is in the history of the first side.
const ONE: u8 = 1;
/// The commit is in the history of the second side.
const TWO: u8 = 2;
/// The commit is an ancestor of a common ancestor.
const STALE: u8 = 4;
/// The commit is among the candidates.
const FOUND: u8 = 8;

/// Commits that one search looks at.
pub const MAX_WALK: usize = 200_000;

struct Seen {
    parents: Vec<Oid>,
    date: i64,
    flags: u8,
    /// How often it stands in the queue.
    queued: usize,
}

/// Commits to go on from, the youngest first; of the same age the first that came.
struct Walk<'a> {
    objects: &'a Objects,
    seen: HashMap<Oid, Seen>,
    queue: BinaryHeap<(i64, Reverse<usize>, Oid)>,
    came: usize,
    /// How many places in the queue hold a commit that is not stale.
    fresh: usize,
}

impl<'a> Walk<'a> {
    fn new(objects: &'a Objects) -> Self {
        Self { objects, seen: HashMap::new(), queue: BinaryHeap::new(), came: 0, fresh: 0 }
    }

    /// Paints a commit; if that tells something new of it, it is to be gone on from.
    fn paint(&mut self, oid: Oid, flags: u8) -> Result<()> {
        if !self.seen.contains_key(&oid) {
            if self.seen.len() >= MAX_WALK {
                return Err(MergeError::TooFarApart);
            }
            let Commit { parents, committer, .. } = self.objects.commit(&oid)?;
            let seen = Seen { parents, date: committer.seconds, flags: 0, queued: 0 };
            self.seen.insert(oid, seen);
        }
        let Some(seen) = self.seen.get_mut(&oid) else { return Ok(()) };
        if seen.flags & flags == flags {
            return Ok(());
        }
        if seen.flags & STALE == 0 && flags & STALE != 0 {
            self.fresh = self.fresh.saturating_sub(seen.queued);
        }
        seen.flags |= flags;
        seen.queued += 1;
        self.fresh += usize::from(seen.flags & STALE == 0);
        self.queue.push((seen.date, Reverse(self.came), oid));
        self.came += 1;
        Ok(())
    }

    /// Goes back until all that is left is known to be behind a common ancestor; answers the
    /// common ancestors that it came upon, in that order.
    fn run(&mut self) -> Result<Vec<Oid>> {
        let mut found = Vec::new();
        while self.fresh > 0 {
            let Some((_, _, oid)) = self.queue.pop() else { break };
            let Some(seen) = self.seen.get_mut(&oid) else { continue };
            seen.queued = seen.queued.saturating_sub(1);
            self.fresh -= usize::from(seen.flags & STALE == 0);
            let mut flags = seen.flags & (ONE | TWO | STALE);
            if flags == ONE | TWO {
                if seen.flags & FOUND == 0 {
                    seen.flags |= FOUND;
                    found.push(oid);
                }
                flags |= STALE;
            }
            for parent in seen.parents.clone() {
                self.paint(parent, flags)?;
            }
        }
        Ok(found)
    }

    fn has(&self, oid: &Oid, flags: u8) -> bool {
        self.seen.get(oid).is_some_and(|seen| seen.flags & flags == flags)
    }

    fn date(&self, oid: &Oid) -> i64 {
        self.seen.get(oid).map_or(i64::MIN, |seen| seen.date)
    }
}

impl Objects {
    /// The best common ancestors of two commits, the youngest first: those that are not behind
    /// another one. None if the two have nothing in common. Costs about as much as the history
    /// since then.
    ///
    /// # Errors
    /// [`MergeError::TooFarApart`] beyond [`MAX_WALK`] commits.
    pub fn merge_bases(&self, one: &Oid, two: &Oid) -> Result<Vec<Oid>> {
        self.merge_bases_of(&[*one], two)
    }

    /// Whether `ancestor` is `tip` or in its history; looks no further back than it must.
    ///
    /// # Errors
    /// [`MergeError::TooFarApart`] beyond [`MAX_WALK`] commits.
    pub fn leads_to(&self, ancestor: &Oid, tip: &Oid) -> Result<bool> {
        Ok(self.merge_bases(ancestor, tip)?.first() == Some(ancestor))
    }

    /// Whether `ancestor` is one of `tips` or in the history of one.
    ///
    /// # Errors
    /// As [`Objects::leads_to`].
    pub fn leads_to_any(&self, ancestor: &Oid, tips: &[Oid]) -> Result<bool> {
        Ok(self.merge_bases_of(tips, ancestor)?.first() == Some(ancestor))
    }

    /// [`Objects::merge_bases`] of a commit with these histories and of `two`.
    pub(super) fn merge_bases_of(&self, ones: &[Oid], two: &Oid) -> Result<Vec<Oid>> {
        let mut walk = Walk::new(self);
        for one in ones {
            walk.paint(*one, ONE)?;
        }
        walk.paint(*two, TWO)?;
        let mut found = walk.run()?;
        found.retain(|oid| !walk.has(oid, STALE));
        let mut kept = Vec::new();
        for oid in &found {
            // Clocks that went backwards can leave a base that is behind another one.
            let mut behind = false;
            for other in found.iter().filter(|other| *other != oid) {
                behind |= is_behind(self, oid, other)?;
            }
            if !behind {
                kept.push(*oid);
            }
        }
        kept.sort_by_key(|oid| Reverse(walk.date(oid)));
        Ok(kept)
    }
}

fn is_behind(objects: &Objects, ancestor: &Oid, tip: &Oid) -> Result<bool> {
    let mut walk = Walk::new(objects);
    walk.paint(*ancestor, ONE)?;
    walk.paint(*tip, TWO)?;
    walk.run()?;
    Ok(walk.has(ancestor, ONE | TWO))
}
