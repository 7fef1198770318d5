//! Merges: of branches, of pull requests, and those that are only tried.
//!
//! Whoever merges does it in three steps:
//!
//! 1. [`How`] says by which option, with which idea of a conflict and who settles it.
//! 2. [`prepare`] merges a source commit into a destination commit in memory, and answers what
//!    came of it: a merged tree, or the conflicts. It reads only, and takes no turn.
//! 3. [`land`] makes the commit and moves the destination branch to it by compare-and-swap,
//!    together with whatever the caller has to write, in one transaction with the events.
//!
//! The destination is *ours*, the source *theirs* in git's words. CodeCommit compares by path,
//! without renames; see [`git::merge`].

mod branches;
mod commits;
mod conflicts;
mod describe;
mod facts;
mod land;
mod resolution;
mod sides;

use api_developer::codecommit::{
    ConflictDetailLevelTypeEnum as Level, ConflictResolution,
    ConflictResolutionStrategyTypeEnum as Strategy, MergeOptionTypeEnum as MergeOption,
};
use git::merge::{Conflict, Detail, Favor, MAX_FILES, MAX_ITEMS, Made, MergeError, Options};
use git::{Objects, Oid};
use wire::Error;

use crate::errors;

pub(crate) use branches::{
    merge_branches_by_fast_forward, merge_branches_by_squash, merge_branches_by_three_way, target,
};
pub(crate) use commits::{create_unreferenced_merge_commit, get_merge_commit};
pub(crate) use conflicts::{
    PAGE, batch_describe_merge_conflicts, describe_merge_conflicts, get_merge_conflicts,
    get_merge_options,
};
pub(crate) use facts::{Facts, forget};
pub(crate) use land::{Landed, Landing, Words, land};

/// How to merge, as callers say it.
#[derive(Debug, Clone)]
pub(crate) struct How {
    pub option: MergeOption,
    pub level: Level,
    pub strategy: Strategy,
    options: Options,
}

impl How {
    /// Without a merge commit: there is nothing to settle.
    pub fn fast_forward() -> Self {
        Self {
            option: MergeOption::FastForwardMerge,
            level: Level::default(),
            strategy: Strategy::default(),
            options: Options::default(),
        }
    }

    /// By any option, with AWS's defaults for what is not given.
    ///
    /// # Errors
    /// `InvalidConflictResolutionException` and its like for resolutions that contradict
    /// themselves or the strategy.
    pub fn new(
        option: MergeOption,
        level: Option<Level>,
        strategy: Option<Strategy>,
        resolution: Option<ConflictResolution>,
        keep_empty_folders: Option<bool>,
    ) -> Result<Self, Error> {
        let (level, strategy) = (level.unwrap_or_default(), strategy.unwrap_or_default());
        let resolutions = resolution::read(strategy, resolution.unwrap_or_default())?;
        let detail = match (level, strategy) {
            // To merge two versions of a file automatically is to merge their lines.
            (Level::LineLevel, _) | (_, Strategy::Automerge) => Detail::Line,
            (Level::FileLevel, _) => Detail::File,
        };
        let favor = match strategy {
            Strategy::None | Strategy::Automerge => Favor::None,
            Strategy::AcceptSource => Favor::Theirs,
            Strategy::AcceptDestination => Favor::Ours,
        };
        let keep_empty_folders = keep_empty_folders.unwrap_or_default();
        let options = Options { detail, favor, resolutions, keep_empty_folders };
        Ok(Self { option, level, strategy, options })
    }
}

/// A merge that was tried.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub how: How,
    pub source: Oid,
    pub destination: Oid,
    /// Their best common ancestor.
    pub base: Oid,
    pub outcome: Outcome,
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The destination is to be what the source is, with this tree.
    FastForward(Oid),
    /// The destination, with this tree, has all that the source has: it stays what it is.
    UpToDate(Oid),
    /// The destination has commits that the source has not, and a fast-forward was asked for.
    Diverged,
    /// The merged tree, and those of its objects that are new.
    Merged(Oid, Vec<Made>),
    /// Where the two cannot be merged; by path.
    Conflicts(Vec<Conflict>),
}

impl Prepared {
    /// Whether [`land`] can be tried.
    pub fn is_mergeable(&self) -> bool {
        !matches!(self.outcome, Outcome::Diverged | Outcome::Conflicts(_))
    }

    /// The conflicts, by path. A fast-forward has none, whether it can be done or not.
    pub fn conflicts(&self) -> &[Conflict] {
        match &self.outcome {
            Outcome::Conflicts(conflicts) => conflicts,
            _ => &[],
        }
    }

    /// What was merged and how.
    pub fn facts(&self) -> Facts {
        let Self { how, source, destination, base, .. } = self;
        let How { option, level, strategy, .. } = *how;
        let (source, destination, base) = (*source, *destination, *base);
        Facts { option, level, strategy, source, destination, base }
    }

    /// `ManualMergeRequiredException`, with the first of the paths that are in the way.
    pub fn manual_merge_required(&self) -> Error {
        let Some(first) = self.conflicts().first() else {
            return errors::MANUAL_MERGE_REQUIRED.error(format!(
                "The destination cannot be fast-forwarded: {} is not an ancestor of {}. Choose \
                 another merge option.",
                self.destination, self.source
            ));
        };
        let (count, path) = (self.conflicts().len(), String::from_utf8_lossy(&first.path));
        errors::MANUAL_MERGE_REQUIRED.error(format!(
            "The commits cannot be merged automatically: {count} paths are in conflict, the first \
             is {path}. Resolve the conflicts, or merge with a git client."
        ))
    }
}

/// Merges the commit `source` into the commit `destination` in memory. Blocks; for
/// [`git::Repository::read`].
///
/// AWS has no error for a source that is already in the destination (only a pull request cannot be
/// opened from a branch into itself), and does not say what a merge of it makes. Here it makes
/// nothing, as `git merge` says "Already up to date" and goes on: neither a commit without changes
/// nor one with the same parent twice. The same goes for a squash after which the destination's
/// tree would be what it was, for which git says that there is nothing to commit; a three-way merge
/// still tells in history that the source came in.
///
/// # Errors
/// `TipsDivergenceExceededException` (also where they have no common ancestor),
/// `MaximumItemsToCompareExceededException`, `MaximumFileContentToLoadExceededException`,
/// `InvalidConflictResolutionException` for resolutions of paths that are not in conflict.
/// Conflicts are none.
pub(crate) fn prepare(
    objects: &Objects,
    source: Oid,
    destination: Oid,
    how: How,
) -> Result<Prepared, Error> {
    if how.option == MergeOption::FastForwardMerge {
        let bases = objects.merge_bases(&destination, &source).map_err(failed)?;
        let base = *bases.first().ok_or_else(|| failed(MergeError::TooFarApart))?;
        let outcome = if base == source {
            Outcome::UpToDate(objects.commit(&destination)?.tree)
        } else if base == destination {
            Outcome::FastForward(objects.commit(&source)?.tree)
        } else {
            Outcome::Diverged
        };
        return Ok(Prepared { how, source, destination, base, outcome });
    }
    let merge = objects.merge(&destination, &source, &how.options).map_err(failed)?;
    if let Some(path) = merge.unused.first() {
        return Err(errors::INVALID_CONFLICT_RESOLUTION.error(format!(
            "The resolution for {} does not fit: the path has no conflict, or not one that can be \
             resolved so.",
            String::from_utf8_lossy(path)
        )));
    }
    let tree = objects.commit(&destination)?.tree;
    let squash = how.option == MergeOption::SquashMerge;
    let outcome = if !merge.conflicts.is_empty() {
        Outcome::Conflicts(merge.conflicts)
    } else if merge.base == source || (squash && merge.tree == tree) {
        Outcome::UpToDate(tree)
    } else {
        Outcome::Merged(merge.tree, merge.made)
    };
    Ok(Prepared { how, source, destination, base: merge.base, outcome })
}

/// Why two commits cannot be merged at all, as AWS says it.
pub(crate) fn failed(error: MergeError) -> Error {
    match error {
        MergeError::TooFarApart => errors::TIPS_DIVERGENCE_EXCEEDED.error(
            "The commits have no common ancestor, or diverge too much to be merged here. Use a \
             git client.",
        ),
        MergeError::TooManyItems => errors::MAXIMUM_ITEMS_TO_COMPARE_EXCEEDED.error(format!(
            "More than {MAX_ITEMS} files and folders would have to be compared. Use a git client."
        )),
        MergeError::TooManyFiles => errors::MAXIMUM_FILE_CONTENT_TO_LOAD_EXCEEDED
            .error(format!("More than {MAX_FILES} files changed in both. Use a git client.")),
        MergeError::Git(error) => error.into(),
    }
}
