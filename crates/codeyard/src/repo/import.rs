//! `codeyard repo import`.
//!
//! A large history goes in pieces, each under a reference of its own, `refs/codeyard/import/…`:
//! what was taken stays taken, whoever is interrupted. The branches and tags come last, once
//! everything that they need is there, and the pieces' references go.

use std::time::Instant;

use super::git::{Git, progress};
use super::source::Source;
use super::work::Work;
use super::yard::{Refs, Yard};
use super::{count, say};
use crate::failure::{Failure, Outcome};

/// Where pieces of a history are held until the branches and tags are there.
const PIECES: &str = "refs/codeyard/import/";
/// References that change with one push; AWS's quota is 4,000.
const REFS_PER_PUSH: usize = 500;
/// References that a message names.
const NAMED: usize = 5;

/// Imports; when this answers well, every branch and tag of the source is in the yard.
pub(super) fn run(yard: &Yard, source: &str, name: &str, batch: usize) -> Outcome<()> {
    let started = Instant::now();
    let source = Source::find(source)?;
    let listing = source.list()?;
    let metadata = match yard.repository(name)? {
        Some(metadata) => metadata,
        None => {
            yard.create(name)?;
            say(format_args!("made the repository {name}"));
            serde_json::Value::Null
        }
    };
    let work = Work::open(&source, yard.identity(), name)?;
    let wanted = work.fetch(&source, &listing)?;
    let import = Import { yard, name, work: &work };
    let there = yard.refs(name)?;
    import.refuse_conflicts(&wanted, &there)?;
    let done = import
        .push_history(&wanted, &there, batch)
        .and_then(|()| import.push_refs(&wanted, &there))
        .map_err(|failure| {
            failure.hint(format_args!(
                "run the same command again to go on; what was fetched is kept in {}",
                work.dir.display()
            ))
        });
    done?;
    let there = import.check(&wanted)?;
    if let Some(branch) = &listing.head
        && metadata["defaultBranch"].as_str() != Some(branch)
    {
        yard.set_default_branch(name, branch)?;
    }
    import.remove_pieces(&there)?;
    if work.has_lfs(&wanted)? {
        say("Git LFS is used here: the pointers came, the files that they point to did not; \
             `git lfs fetch --all` gets them from where they are");
    }
    work.remove()?;
    let branches = wanted.keys().filter(|name| name.starts_with("refs/heads/")).count();
    println!(
        "imported {} and {} into {name} in {:.1} s",
        count(branches, "branch", "branches"),
        count(wanted.len() - branches, "tag", "tags"),
        started.elapsed().as_secs_f64()
    );
    Ok(())
}

/// What a reference is to point at (nothing: it goes), and its name.
type Change = (String, String);

struct Import<'a> {
    yard: &'a Yard,
    name: &'a str,
    work: &'a Work,
}

impl Import<'_> {
    /// Nothing is forced: what the yard has and the source has not stays, and is told.
    fn refuse_conflicts(&self, wanted: &Refs, there: &Refs) -> Outcome<()> {
        let known = self.work.known(there.values().map(String::as_str))?;
        let mut conflicts = Vec::new();
        for (name, new) in wanted {
            let Some(old) = there.get(name).filter(|old| *old != new) else { continue };
            let branch = name.starts_with("refs/heads/");
            if !branch || !known.contains(old) || !self.work.is_ancestor(old, new)? {
                conflicts.push(name.as_str());
            }
        }
        if conflicts.is_empty() {
            return Ok(());
        }
        let named = conflicts.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        let more = match conflicts.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Err(Failure::new(format!(
            "{} has other commits than the source at {named}{more}; nothing was changed",
            self.name
        ))
        .hint("import into a repository of another name, or delete these references there first"))
    }

    /// Pushes the history in pieces, unless it is small.
    fn push_history(&self, wanted: &Refs, there: &Refs, batch: usize) -> Outcome<()> {
        let known = self.work.known(there.values().map(String::as_str))?;
        let commits = self.work.commits(wanted, &known)?;
        let pieces = there.keys().filter(|name| name.starts_with(PIECES)).count();
        if pieces > 0 {
            say(format_args!("going on: {} were taken before", count(pieces, "piece", "pieces")));
        }
        say(format_args!("{} to bring", count(commits.len(), "commit", "commits")));
        let ends = commits.iter().enumerate().skip(batch.saturating_sub(1)).step_by(batch);
        for (at, end) in ends {
            // The last piece goes with the references.
            if at + 1 == commits.len() {
                break;
            }
            self.push(&[(end.clone(), format!("{PIECES}{end}"))], "push the history")?;
            say(format_args!("pushed {} of {} commits", at + 1, commits.len()));
        }
        Ok(())
    }

    fn push_refs(&self, wanted: &Refs, there: &Refs) -> Outcome<()> {
        let missing = wanted.iter().filter(|(name, oid)| there.get(*name) != Some(oid));
        let changes: Vec<Change> = missing.map(|(name, oid)| (oid.clone(), name.clone())).collect();
        for some in changes.chunks(REFS_PER_PUSH) {
            self.push(some, "push the branches and tags")?;
        }
        Ok(())
    }

    fn push(&self, changes: &[Change], what: &str) -> Outcome<()> {
        let pushed = self
            .signed_in()?
            .args(["push", "--no-verify", progress(), "--", &self.yard.clone_url(self.name)])
            .args(changes.iter().map(|(oid, name)| format!("{oid}:{name}")))
            .watched(&format!("{what} to {}", self.name));
        // The git of an import that was killed may live on and have been quicker.
        let is_done = |there: Refs| {
            changes.iter().all(|(oid, name)| there.get(name).map_or("", String::as_str) == oid)
        };
        match pushed {
            Err(_) if self.yard.refs(self.name).is_ok_and(is_done) => Ok(()),
            pushed => pushed,
        }
    }

    fn signed_in(&self) -> Outcome<Git> {
        self.yard.git(self.work.git(), self.name)
    }

    /// Whether the yard has everything, by its own word. Answers what it has.
    fn check(&self, wanted: &Refs) -> Outcome<Refs> {
        let there = self.yard.refs(self.name)?;
        match wanted.iter().find(|(name, oid)| there.get(*name) != Some(oid)) {
            None => Ok(there),
            Some((name, _)) => Err(Failure::new(format!(
                "{name} in {} is not what was pushed: somebody else pushed there meanwhile",
                self.name
            ))
            .hint("run the same command again when nobody else does")),
        }
    }

    fn remove_pieces(&self, there: &Refs) -> Outcome<()> {
        let pieces = there.keys().filter(|name| name.starts_with(PIECES));
        let changes: Vec<Change> = pieces.map(|name| (String::new(), name.clone())).collect();
        for some in changes.chunks(REFS_PER_PUSH) {
            self.push(some, "tidy up")?;
        }
        Ok(())
    }
}
