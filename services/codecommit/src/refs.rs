//! References: rows of their own in the store, changed by compare-and-swap together with the
//! events that tell of it.
//!
//! | space | key | value |
//! |---|---|---|
//! | `codecommit-ref` | repository id, full name | 20 bytes of object id |
//! | `codecommit-refv` | repository id | how often its references or default branch changed |

use std::cell::RefCell;
use std::collections::BTreeMap;

use git::{ATOMIC_FAILURE, Answer, GitError, Oid, RefSnapshot, RefStore, RefUpdate, Refusal};
use service::{Cx, Yard};
use store::{Key, MAX_SCAN, Range, ReadTx, StoreError, Stored, WriteTx};
use types::Timestamp;

use crate::events;
use crate::model::Repository;

const REFS: &str = "codecommit-ref";
const VERSIONS: &str = "codecommit-refv";

type Outcomes = Vec<Result<(), Refusal>>;

fn key(repository: &str, name: &str) -> Vec<u8> {
    Key::new().text(repository).text(name).into()
}

fn object(bytes: &[u8]) -> Result<Oid, StoreError> {
    let bytes = bytes.try_into().map_err(|_| StoreError::Corrupt("a reference".to_owned()))?;
    Ok(Oid::from_bytes(bytes))
}

/// What a reference points at.
pub(crate) fn get(tx: &ReadTx<'_>, id: &str, name: &str) -> Result<Option<Oid>, StoreError> {
    tx.get_raw(REFS, &key(id, name))?.map(|bytes| object(&bytes)).transpose()
}

/// The first reference whose name begins with `prefix`.
fn any_below(tx: &ReadTx<'_>, id: &str, prefix: &str) -> Result<bool, StoreError> {
    let range = Range::prefix(Key::new().text(id).text_prefix(prefix)).limit(1);
    Ok(!tx.scan_raw(REFS, &range)?.is_empty())
}

/// Whether the repository has no reference at all.
pub(crate) fn is_empty(tx: &ReadTx<'_>, id: &str) -> Result<bool, StoreError> {
    any_below(tx, id, "").map(|any| !any)
}

/// References whose names begin with `prefix`, in their order, behind the name `after`; at most
/// `limit`.
pub(crate) fn list(
    tx: &ReadTx<'_>,
    id: &str,
    prefix: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<(String, Oid)>, StoreError> {
    let range = Range::prefix(Key::new().text(id).text_prefix(prefix))
        .after(after.map(|name| key(id, name)))
        .limit(limit);
    let mut found = Vec::new();
    for (raw, bytes) in tx.scan_raw(REFS, &range)? {
        let mut parts = Key::parts(&raw);
        let name = parts.text().and_then(|_| parts.text());
        let name = name.ok_or_else(|| StoreError::Corrupt("a reference's name".to_owned()))?;
        found.push((name, object(&bytes)?));
    }
    Ok(found)
}

fn version(tx: &ReadTx<'_>, id: &str) -> Result<u64, StoreError> {
    match tx.get_raw(VERSIONS, &key(id, ""))? {
        None => Ok(0),
        Some(bytes) => bytes
            .try_into()
            .map(u64::from_be_bytes)
            .map_err(|_| StoreError::Corrupt("a version of references".to_owned())),
    }
}

/// Tells readers that references or the default branch are no longer what they were.
pub(crate) fn touch(tx: &mut WriteTx<'_>, id: &str) -> Result<(), StoreError> {
    let next = version(tx, id)?.saturating_add(1);
    tx.put_raw(VERSIONS, &key(id, ""), &next.to_be_bytes())
}

/// Takes all references of a repository away.
pub(crate) fn delete_all(tx: &mut WriteTx<'_>, id: &str) -> Result<(), StoreError> {
    tx.delete_prefix(REFS, Key::new().text(id).as_bytes())?;
    tx.delete_raw(VERSIONS, &key(id, ""))
}

/// The references of one repository, changed on behalf of one caller.
pub(crate) struct StoreRefs {
    yard: Yard,
    id: String,
    caller_arn: String,
}

/// Why a transaction on references is given up.
enum Abort {
    Store(StoreError),
    /// An atomic change of which some part is refused.
    Refused(Outcomes),
}

impl From<StoreError> for Abort {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl StoreRefs {
    /// The references of the repository with this id.
    pub fn new(cx: &Cx, id: &str) -> Self {
        Self { yard: cx.yard().clone(), id: id.to_owned(), caller_arn: cx.caller().arn.clone() }
    }

    /// Changes references in one transaction, with their events. The first branch of a repository
    /// becomes its default branch.
    ///
    /// # Errors
    /// The store's; then it is not known whether anything changed.
    pub async fn change(
        &self,
        updates: Vec<RefUpdate>,
        atomic: bool,
    ) -> Result<Outcomes, StoreError> {
        let (id, caller) = (self.id.clone(), self.caller_arn.clone());
        let now = self.yard.clock().now();
        let changed = self.yard.store().write(move |tx| {
            let Some(mut repository) = Repository::by_id(tx, &id)? else {
                let gone = "the repository was deleted meanwhile".to_owned();
                return Ok(vec![Err(gone); updates.len()]);
            };
            let outcomes = put(tx, &repository, &updates)?;
            let refused = outcomes.iter().any(Result::is_err);
            if refused && atomic {
                return Err(Abort::Refused(outcomes));
            }
            let done = updates.iter().zip(&outcomes).filter(|(_, r)| r.is_ok()).map(|(u, _)| u);
            let done: Vec<&RefUpdate> = done.collect();
            if !done.is_empty() {
                tell(tx, &mut repository, &done, &caller, now)?;
            }
            Ok(outcomes)
        });
        match changed.await {
            Ok(outcomes) => Ok(outcomes),
            Err(Abort::Store(error)) => Err(error),
            Err(Abort::Refused(outcomes)) => {
                let rest = || Err(ATOMIC_FAILURE.to_owned());
                Ok(outcomes.into_iter().map(|r| r.and_then(|()| rest())).collect())
            }
        }
    }
}

/// Checks and writes each update, deletions first: they may make room.
fn put(
    tx: &mut WriteTx<'_>,
    repository: &Stored<Repository>,
    updates: &[RefUpdate],
) -> Result<Outcomes, StoreError> {
    let head = repository.head();
    let mut outcomes = vec![Ok(()); updates.len()];
    for deleting in [true, false] {
        let these = updates.iter().zip(&mut outcomes).filter(|(u, _)| u.new.is_none() == deleting);
        for (update, outcome) in these {
            *outcome = if deleting && head.as_ref() == Some(&update.name) {
                Err("the default branch cannot be deleted".to_owned())
            } else {
                check(tx, &repository.id, update)?
            };
            if outcome.is_ok() {
                let key = key(&repository.id, &update.name);
                match &update.new {
                    Some(new) => tx.put_raw(REFS, &key, new.as_bytes())?,
                    None => tx.delete_raw(REFS, &key)?,
                }
            }
        }
    }
    Ok(outcomes)
}

fn check(tx: &ReadTx<'_>, id: &str, update: &RefUpdate) -> Result<Result<(), Refusal>, StoreError> {
    let failure = RefCell::new(None);
    let outcome = git::check_update(
        update,
        |name| {
            get(tx, id, name).unwrap_or_else(|error| {
                failure.borrow_mut().get_or_insert(error);
                None
            })
        },
        |prefix| {
            any_below(tx, id, prefix).unwrap_or_else(|error| {
                failure.borrow_mut().get_or_insert(error);
                false
            })
        },
    );
    failure.into_inner().map_or(Ok(outcome), Err)
}

/// Everything that goes with changed references: default branch, version, date, events.
fn tell(
    tx: &mut WriteTx<'_>,
    repository: &mut Stored<Repository>,
    done: &[&RefUpdate],
    caller: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    if repository.default_branch.is_none() {
        let made = done.iter().filter(|u| u.new.is_some());
        let mut branches = made.filter_map(|u| u.name.strip_prefix("refs/heads/"));
        let first = branches.clone().find(|b| matches!(*b, "main" | "master"));
        repository.default_branch = first.or_else(|| branches.next()).map(str::to_owned);
    }
    repository.modified = now;
    touch(tx, &repository.id)?;
    let scope = repository.scope.clone();
    tx.update(&scope, repository)?;
    for update in done {
        tx.emit(&events::reference_changed(repository, update, caller, now))?;
    }
    Ok(())
}

impl RefStore for StoreRefs {
    fn version(&self) -> Answer<'_, git::Result<u64>> {
        let read = self.yard.store().read(|tx| version(tx, &self.id));
        Box::pin(std::future::ready(read.map_err(failed)))
    }

    fn snapshot(&self) -> Answer<'_, git::Result<RefSnapshot>> {
        let read = self.yard.store().read(|tx| {
            let mut refs = BTreeMap::new();
            let mut after: Option<String> = None;
            loop {
                let page = list(tx, &self.id, "", after.as_deref(), MAX_SCAN)?;
                let full = page.len() == MAX_SCAN;
                after = page.last().map(|(name, _)| name.clone());
                refs.extend(page);
                if !full {
                    break;
                }
            }
            let head = Repository::by_id(tx, &self.id)?.and_then(|repository| repository.head());
            Ok::<_, StoreError>(RefSnapshot { version: version(tx, &self.id)?, head, refs })
        });
        Box::pin(std::future::ready(read.map_err(failed)))
    }

    fn apply(&self, updates: Vec<RefUpdate>, atomic: bool) -> Answer<'_, git::Result<Outcomes>> {
        Box::pin(async move { self.change(updates, atomic).await.map_err(failed) })
    }
}

fn failed(error: StoreError) -> GitError {
    GitError::References(error.to_string())
}
