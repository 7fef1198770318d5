//! What a push brings, looked through while it is still in quarantine: the files that its new
//! commits change, each content once.

use std::collections::HashSet;
use std::path::Path;
use std::time::Instant;

use super::{Leak, MAX_FINDINGS, MAX_SCAN_TIME, MAX_SCANNED_FILE, scan};
use crate::limits::PUSH_TIMEOUT;
use crate::objects::Objects;
use crate::process::{git, run_within};
use crate::{EntryKind, GitError, Kind, Oid, Repository, Result};

/// Bytes of the list of a push's new commits.
const MAX_LIST: usize = 256 << 20;
/// How often to look again where objects are missing: a repacking may have moved them meanwhile.
const LOOKS: usize = 3;

impl Repository {
    /// The secrets in what `tips` need from the object directory `folder` and the repository's
    /// references do not have; at most [`MAX_FINDINGS`].
    ///
    /// # Errors
    /// [`GitError::TooLarge`] where there is more than can be looked through.
    pub(crate) async fn find_secrets(&self, folder: &Path, tips: Vec<Oid>) -> Result<Vec<Leak>> {
        let commits = self.new_commits(folder, &tips).await?;
        let mut looks = LOOKS;
        loop {
            let (tips, commits) = (tips.clone(), commits.clone());
            let work = move |incoming: &Objects, here: &Objects| {
                search(Search::new(incoming, here), &tips, &commits)
            };
            let found = self.read_in(folder, work).await;
            looks -= 1;
            match found {
                Err(GitError::Object { .. }) if looks > 0 => {}
                found => return found,
            }
        }
    }

    /// The commits that are new, oldest first.
    async fn new_commits(&self, folder: &Path, tips: &[Oid]) -> Result<Vec<Oid>> {
        let mut command = git(self.dir(), "rev-list");
        command.args(["--reverse", "--topo-order", "--stdin", "--not", "--all"]);
        command.env("GIT_OBJECT_DIRECTORY", folder);
        let input: String = tips.iter().map(|oid| format!("{oid}\n")).collect();
        let listed =
            run_within(command, "rev-list", input.as_bytes(), MAX_LIST, PUSH_TIMEOUT).await?;
        let listed = listed.success("rev-list")?;
        if listed.len() >= MAX_LIST {
            let limit = MAX_LIST as u64 / 41;
            return Err(GitError::TooLarge { what: "the number of commits in one push", limit });
        }
        let lines = listed.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines
            .map(|line| {
                let oid = std::str::from_utf8(line).ok().and_then(|line| line.parse().ok());
                oid.ok_or_else(|| GitError::Child {
                    command: "rev-list",
                    problem: "it answered something else than commits".to_owned(),
                })
            })
            .collect()
    }
}

fn search(mut search: Search<'_>, tips: &[Oid], commits: &[Oid]) -> Result<Vec<Leak>> {
    for commit in commits {
        search.commit(commit)?;
    }
    for tip in tips {
        let at = search.objects.peel_tag(tip)?.unwrap_or(*tip);
        search.other(tip, &at)?;
    }
    Ok(search.finish())
}

/// Looks through commits, one after the other.
struct Search<'a> {
    objects: &'a Objects,
    /// Those that were there before.
    here: &'a Objects,
    /// What was looked at already.
    seen: HashSet<Oid>,
    leaks: Vec<Leak>,
    started: Instant,
}

impl<'a> Search<'a> {
    /// `objects` are those of the push and those of the repository, which `here` has alone.
    fn new(objects: &'a Objects, here: &'a Objects) -> Self {
        let (seen, leaks) = (HashSet::new(), Vec::new());
        Self { objects, here, seen, leaks, started: Instant::now() }
    }

    /// Whether enough has been found.
    fn is_full(&self) -> bool {
        self.leaks.len() >= MAX_FINDINGS
    }

    /// Looks at the files that a commit has otherwise than each of its parents.
    ///
    /// # Errors
    /// [`GitError::TooLarge`] after [`MAX_SCAN_TIME`]; those of reading objects.
    fn commit(&mut self, oid: &Oid) -> Result<()> {
        if self.is_full() {
            return Ok(());
        }
        let commit = self.objects.commit(oid)?;
        let Some((first, others)) = commit.parents.split_first() else {
            return self.changes(oid, None, &commit.tree, &[]);
        };
        let first = self.objects.commit(first)?.tree;
        let others: Result<Vec<Oid>> =
            others.iter().map(|parent| Ok(self.objects.commit(parent)?.tree)).collect();
        self.changes(oid, Some(&first), &commit.tree, &others?)
    }

    fn changes(
        &mut self,
        commit: &Oid,
        before: Option<&Oid>,
        tree: &Oid,
        others: &[Oid],
    ) -> Result<()> {
        for difference in self.objects.diff(before, Some(tree), None)? {
            let Some(after) = difference.after else { continue };
            let same = difference.before.is_some_and(|before| before.oid == after.oid);
            if same || after.kind == EntryKind::Submodule || self.seen.contains(&after.oid) {
                continue;
            }
            // What a merge takes from another parent came with that parent.
            let mut taken = false;
            for other in others {
                let there = self.objects.entry_at(other, &after.path)?;
                taken |= there.is_some_and(|entry| entry.oid == after.oid);
            }
            if !taken {
                self.file(commit, &after.path, &after.oid)?;
            }
        }
        Ok(())
    }

    /// Looks at whatever a tag points at that is no commit: `tag` is what is told in its place.
    ///
    /// # Errors
    /// As [`Search::commit`].
    fn other(&mut self, tag: &Oid, object: &Oid) -> Result<()> {
        match self.objects.header(object)? {
            Some((Kind::Tree, _)) => self.changes(tag, None, object, &[]),
            Some((Kind::Blob, _)) => self.file(tag, b"(no name)", object),
            _ => Ok(()),
        }
    }

    fn file(&mut self, commit: &Oid, path: &[u8], blob: &Oid) -> Result<()> {
        // Content that was there before, under whatever name, is not this push's to answer for.
        if self.is_full() || !self.seen.insert(*blob) || self.here.seems_to_exist(blob) {
            return Ok(());
        }
        if self.started.elapsed() > MAX_SCAN_TIME {
            return Err(GitError::TooLarge {
                what: "the push, to be looked through for secrets in that many seconds,",
                limit: MAX_SCAN_TIME.as_secs(),
            });
        }
        let readable = matches!(
            self.objects.header(blob)?,
            Some((Kind::Blob, size)) if size <= MAX_SCANNED_FILE
        );
        if !readable {
            return Ok(());
        }
        let content = self.objects.blob(blob, MAX_SCANNED_FILE)?.unwrap_or_default();
        for finding in scan(&content) {
            self.leaks.push(Leak { finding, commit: *commit, path: path.to_vec() });
        }
        Ok(())
    }

    /// What was found; at most [`MAX_FINDINGS`].
    fn finish(mut self) -> Vec<Leak> {
        self.leaks.truncate(MAX_FINDINGS);
        self.leaks
    }
}
