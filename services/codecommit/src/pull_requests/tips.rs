//! The commits that a pull request is about.

use std::collections::BTreeSet;

use api_developer::codecommit::PullRequestEventType as Type;
use git::{Objects, Oid};
use store::{Query, ReadTx};
use wire::Error;

use super::PAGE;
use super::history::Entry;
use super::model::Found;
use super::showing::commit;
use crate::{errors, merges, refs};

/// Where the branches of a pull request have been, in all of its revisions.
pub(crate) struct Tips {
    id: String,
    sources: BTreeSet<Oid>,
    destinations: BTreeSet<Oid>,
    bases: BTreeSet<Oid>,
}

impl Tips {
    /// Those of a pull request. Its history tells of earlier revisions, whose commits no branch may
    /// have any more.
    pub fn of(tx: &ReadTx<'_>, found: &Found) -> Result<Self, Error> {
        let (pull_request, repository) = (&found.pull_request, &found.repository);
        let mut tips = Self {
            id: pull_request.id.clone(),
            sources: [commit(&pull_request.source_commit)?].into(),
            destinations: [commit(&pull_request.destination_commit)?].into(),
            bases: pull_request
                .merge_base
                .as_deref()
                .map(commit)
                .transpose()?
                .into_iter()
                .collect(),
        };
        if pull_request.is_open() {
            let now = refs::get(tx, &repository.id, &pull_request.destination_reference)?;
            tips.destinations.extend(now);
        }
        for kind in [Type::PullRequestCreated, Type::PullRequestSourceReferenceUpdated] {
            let mut query = Query::first(PAGE);
            loop {
                let scope = &pull_request.scope;
                let page = Entry::list(tx, scope, &pull_request.id, Some(kind), None, &query)?;
                for entry in page.items {
                    tips.remember(&entry)?;
                }
                let Some(next) = page.next else { break };
                query = Query::first(PAGE).after(Some(next));
            }
        }
        Ok(tips)
    }

    fn remember(&mut self, entry: &Entry) -> Result<(), Error> {
        let created = entry.event.pull_request_created_event_metadata.as_ref();
        let updated = entry.event.pull_request_source_reference_updated_event_metadata.as_ref();
        let source = created
            .and_then(|it| it.source_commit_id.as_deref())
            .or(updated.and_then(|it| it.after_commit_id.as_deref()));
        let destination = created
            .and_then(|it| it.destination_commit_id.as_deref())
            .or(updated.and_then(|it| it.before_commit_id.as_deref()));
        let base = created
            .and_then(|it| it.merge_base.as_deref())
            .or(updated.and_then(|it| it.merge_base.as_deref()));
        self.sources.extend(source.map(commit).transpose()?);
        self.destinations.extend(destination.map(commit).transpose()?);
        self.bases.extend(base.map(commit).transpose()?);
        Ok(())
    }

    /// Refuses commits that are not of the pull request: `after` has to be a source, or a commit on
    /// the way to one from where the branches parted; `before` may also be that, or on the way to a
    /// destination. AWS names the two tips of a revision; by what lies between, people review one
    /// step after the other.
    ///
    /// # Errors
    /// `CommitDoesNotExistException`, the one that AWS documents for commits that cannot be taken;
    /// `TipsDivergenceExceededException` where that cannot be told.
    pub fn check(&self, objects: &Objects, before: Oid, after: Oid) -> Result<(), Error> {
        let sources: Vec<Oid> = self.sources.iter().copied().collect();
        let all = self.sources.union(&self.destinations);
        let all: Vec<Oid> = all.chain(&self.bases).copied().collect();
        for (tips, oid) in [(sources, after), (all, before)] {
            if !tips.contains(&oid) && !self.is_between(objects, &tips, &oid)? {
                return Err(errors::COMMIT_DOES_NOT_EXIST
                    .error(format!("The commit {oid} is not one of pull request {}.", self.id)));
            }
        }
        Ok(())
    }

    /// Whether a commit is behind one of these tips, and not behind where the branches parted in
    /// every revision.
    fn is_between(&self, objects: &Objects, tips: &[Oid], oid: &Oid) -> Result<bool, Error> {
        if !objects.leads_to_any(oid, tips).map_err(merges::failed)? {
            return Ok(false);
        }
        for base in &self.bases {
            if !objects.leads_to(oid, base).map_err(merges::failed)? {
                return Ok(true);
            }
        }
        Ok(self.bases.is_empty())
    }
}
