//! What is told and remembered of a merge.
//!
//! | space | key | value |
//! |---|---|---|
//! | `codecommit-merge` | repository id, source, destination | [`Facts`] and the merge commit |
//! | `codecommit-merged` | repository id, merge commit, source | nothing |

use git::Oid;
use serde_json::{Map, Value, json};
use store::{Key, ReadTx, StoreError, WriteTx};

use super::{Level, MergeOption, Strategy};

const BY_SIDES: &str = "codecommit-merge";
const BY_COMMIT: &str = "codecommit-merged";

/// What was merged and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts {
    pub option: MergeOption,
    pub level: Level,
    pub strategy: Strategy,
    pub source: Oid,
    pub destination: Oid,
    pub base: Oid,
}

impl Facts {
    /// What AWS's events tell of a merge:
    /// <https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html>. A
    /// fast-forward has no conflicts to tell of.
    pub fn detail(&self) -> Map<String, Value> {
        let mut detail = Map::new();
        let mut tell = |key: &str, value: String| detail.insert(key.to_owned(), json!(value));
        tell("baseCommitId", self.base.to_string());
        tell("sourceCommitId", self.source.to_string());
        tell("destinationCommitId", self.destination.to_string());
        tell("mergeOption", self.option.to_string());
        if self.option != MergeOption::FastForwardMerge {
            tell("conflictDetailsLevel", self.level.to_string());
            tell("conflictResolutionStrategy", self.strategy.to_string());
        }
        detail
    }

    /// Remembers which commit the merge made. The latest merge of the same commits is the one that
    /// is remembered.
    pub fn record(
        &self,
        tx: &mut WriteTx<'_>,
        repository: &str,
        commit: Oid,
    ) -> Result<(), StoreError> {
        let key = by_sides(repository, self.source, self.destination);
        let words = format!("{commit} {} {} {}", self.base, self.level, self.strategy);
        tx.put_raw(BY_SIDES, &key, words.as_bytes())?;
        tx.put_raw(BY_COMMIT, &by_commit(repository, commit, self.source), b"")
    }
}

/// A merge that was made of two commits.
pub(super) struct Recorded {
    pub commit: Oid,
    pub base: Oid,
    pub level: Level,
    pub strategy: Strategy,
}

impl Recorded {
    /// The latest of these two commits.
    pub fn find(
        tx: &ReadTx<'_>,
        repository: &str,
        source: Oid,
        destination: Oid,
    ) -> Result<Option<Self>, StoreError> {
        let found = tx.get_raw(BY_SIDES, &by_sides(repository, source, destination))?;
        let Some(bytes) = found else { return Ok(None) };
        let words = String::from_utf8_lossy(&bytes);
        let mut words = words.split(' ');
        let mut next = || words.next().unwrap_or_default();
        let (commit, base) = (next().parse(), next().parse());
        let (level, strategy) = (Level::parse(next()), Strategy::parse(next()));
        match (commit, base, level, strategy) {
            (Ok(commit), Ok(base), Some(level), Some(strategy)) => {
                Ok(Some(Self { commit, base, level, strategy }))
            }
            _ => Err(StoreError::Corrupt("a record of a merge".to_owned())),
        }
    }
}

/// Whether `commit` was made by merging `source`.
pub(super) fn is_merge_of(
    tx: &ReadTx<'_>,
    repository: &str,
    commit: Oid,
    source: Oid,
) -> Result<bool, StoreError> {
    Ok(tx.get_raw(BY_COMMIT, &by_commit(repository, commit, source))?.is_some())
}

/// Forgets all merges of a repository.
pub(crate) fn forget(tx: &mut WriteTx<'_>, repository: &str) -> Result<(), StoreError> {
    let all = Key::new().text(repository);
    tx.delete_prefix(BY_SIDES, all.as_bytes())?;
    tx.delete_prefix(BY_COMMIT, all.as_bytes())
}

fn by_sides(repository: &str, source: Oid, destination: Oid) -> Vec<u8> {
    let (source, destination) = (source.to_string(), destination.to_string());
    Key::new().text(repository).text(&source).text(&destination).into()
}

fn by_commit(repository: &str, commit: Oid, source: Oid) -> Vec<u8> {
    Key::new().text(repository).text(&commit.to_string()).text(&source.to_string()).into()
}
