//! What a push brings, looked through while it is still in quarantine: the messages of its new
//! commits and tags, the names of the files that they add, and the files that they change, each
//! content once.

use std::collections::HashSet;
use std::path::Path;
use std::time::Instant;

use tokio::io::AsyncReadExt;

use super::scan::scan_name;
use super::{Finding, Leak, MAX_FINDINGS, MAX_HELD, MAX_SCAN_TIME, Place, Scanner, scan};
use crate::limits::{CHUNK, MAX_METADATA_BYTES, MAX_STDERR, MAX_TAG_DEPTH, PUSH_TIMEOUT};
use crate::model::parse_tag_target;
use crate::objects::Objects;
use crate::process::{Running, git, read_bounded, run_within};
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
        let started = Instant::now();
        let commits = self.new_commits(folder, &tips).await?;
        let mut looks = LOOKS;
        let Found { mut leaks, large } = loop {
            let (tips, commits) = (tips.clone(), commits.clone());
            let work = move |incoming: &Objects, here: &Objects| {
                search(Search::new(incoming, here, started), &tips, &commits)
            };
            let found = self.read_in(folder, work).await;
            looks -= 1;
            match found {
                Err(GitError::Object { .. }) if looks > 0 => {}
                found => break found?,
            }
        };
        for Large { blob, commit, path } in large {
            if leaks.len() >= MAX_FINDINGS {
                break;
            }
            let left = MAX_SCAN_TIME.saturating_sub(started.elapsed());
            let found = tokio::time::timeout(left, self.scan_large(folder, &blob)).await;
            let found = found.map_err(|_| too_long())??;
            leaks.extend(found.into_iter().map(|finding| {
                let place = Place::File(path.clone());
                Leak { finding, commit, place }
            }));
        }
        leaks.truncate(MAX_FINDINGS);
        Ok(leaks)
    }

    /// The secrets in a file that is too large to be held.
    async fn scan_large(&self, folder: &Path, blob: &Oid) -> Result<Vec<Finding>> {
        const NAME: &str = "cat-file";
        let mut command = git(self.dir(), NAME);
        command.args(["blob", &blob.to_string()]);
        command.env("GIT_OBJECT_DIRECTORY", folder);
        // Git holds smaller ones whole before it writes them.
        command.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_KEY_0", "core.bigFileThreshold");
        command.env("GIT_CONFIG_VALUE_0", MAX_HELD.to_string());
        let mut running = Running::start(command, NAME)?;
        drop(running.stdin()?);
        let (mut stdout, stderr) = (running.stdout()?, running.stderr()?);
        let complaints = tokio::spawn(read_bounded(stderr, MAX_STDERR));
        let mut scanner = Scanner::default();
        let mut buffer = vec![0; CHUNK];
        loop {
            let count = stdout.read(&mut buffer).await.map_err(GitError::io("read from git"))?;
            let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else { break };
            scanner.push(piece);
            if scanner.is_full() {
                return Ok(scanner.finish());
            }
        }
        let status = running.wait().await?;
        if !status.success() {
            let said = complaints.await.ok().and_then(std::result::Result::ok).unwrap_or_default();
            let problem = format!("{status}: {}", String::from_utf8_lossy(&said).trim());
            return Err(GitError::Child { command: NAME, problem });
        }
        Ok(scanner.finish())
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

fn too_long() -> GitError {
    GitError::TooLarge {
        what: "the push, to be looked through for secrets in that many seconds,",
        limit: MAX_SCAN_TIME.as_secs(),
    }
}

/// What was found so far, and what is left to be looked through in pieces.
#[derive(Default)]
struct Found {
    leaks: Vec<Leak>,
    large: Vec<Large>,
}

/// A new file that is too large to be held.
struct Large {
    blob: Oid,
    commit: Oid,
    path: Vec<u8>,
}

fn search(mut search: Search<'_>, tips: &[Oid], commits: &[Oid]) -> Result<Found> {
    for commit in commits {
        search.commit(commit)?;
    }
    for tip in tips {
        let at = search.tags(tip)?;
        search.other(tip, &at)?;
    }
    Ok(search.found)
}

/// Looks through commits, one after the other.
struct Search<'a> {
    objects: &'a Objects,
    /// Those that were there before.
    here: &'a Objects,
    /// What was looked at already.
    seen: HashSet<Oid>,
    found: Found,
    started: Instant,
}

impl<'a> Search<'a> {
    /// `objects` are those of the push and those of the repository, which `here` has alone.
    fn new(objects: &'a Objects, here: &'a Objects, started: Instant) -> Self {
        Self { objects, here, seen: HashSet::new(), found: Found::default(), started }
    }

    /// Whether enough has been found.
    fn is_full(&self) -> bool {
        self.found.leaks.len() >= MAX_FINDINGS
    }

    fn leak(&mut self, finding: Finding, commit: &Oid, place: Place) {
        self.found.leaks.push(Leak { finding, commit: *commit, place });
    }

    /// Looks at a commit's message, and at the files that it has otherwise than each of its
    /// parents.
    ///
    /// # Errors
    /// [`GitError::TooLarge`] after [`MAX_SCAN_TIME`]; those of reading objects.
    fn commit(&mut self, oid: &Oid) -> Result<()> {
        // One that no reference leads to may be here all the same, with all that it has.
        if self.is_full() || self.here.seems_to_exist(oid) {
            return Ok(());
        }
        let commit = self.objects.commit(oid)?;
        for finding in scan(commit.message.as_bytes()) {
            self.leak(finding, oid, Place::CommitMessage);
        }
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
            let name = match difference.before {
                None => scan_name(&after.path),
                Some(_) => None,
            };
            let same = difference.before.is_some_and(|before| before.oid == after.oid);
            let known =
                same || after.kind == EntryKind::Submodule || self.seen.contains(&after.oid);
            if known && name.is_none() {
                continue;
            }
            // What a merge takes from another parent came with that parent.
            let (mut taken, mut named) = (known, false);
            for other in others {
                let there = self.objects.entry_at(other, &after.path)?;
                named |= there.is_some();
                taken |= there.is_some_and(|entry| entry.oid == after.oid);
            }
            if let Some(finding) = name.filter(|_| !named) {
                self.leak(finding, commit, Place::Name(after.path.clone()));
            }
            if !taken {
                self.file(commit, &after.path, &after.oid)?;
            }
        }
        Ok(())
    }

    /// Looks at the messages of an annotated tag and of the tags behind it that are new; answers
    /// what the last of them points at.
    fn tags(&mut self, tip: &Oid) -> Result<Oid> {
        let mut at = *tip;
        for _ in 0..=MAX_TAG_DEPTH {
            let Some(data) = self.objects.find(&at, Kind::Tag, MAX_METADATA_BYTES)? else {
                return Ok(at);
            };
            if self.seen.insert(at) && !self.here.seems_to_exist(&at) {
                let header = data.windows(2).position(|part| part == b"\n\n");
                let message = header.and_then(|end| data.get(end + 2..)).unwrap_or_default();
                for finding in scan(message) {
                    self.leak(finding, &at, Place::TagMessage);
                }
            }
            at = parse_tag_target(at, &data)?;
        }
        Err(GitError::object(*tip, "too many tags point at each other"))
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
            return Err(too_long());
        }
        match self.objects.header(blob)? {
            Some((Kind::Blob, size)) if size > MAX_HELD => {
                self.found.large.push(Large { blob: *blob, commit: *commit, path: path.to_vec() });
            }
            Some((Kind::Blob, _)) => {
                let content = self.objects.blob(blob, MAX_HELD)?.unwrap_or_default();
                for finding in scan(&content) {
                    self.leak(finding, commit, Place::File(path.to_vec()));
                }
            }
            _ => {}
        }
        Ok(())
    }
}
