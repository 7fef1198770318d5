//! References: rows of their own in the store, changed by compare-and-swap together with the
//! events that tell of it.
//!
//! | space | key | value |
//! |---|---|---|
//! | `codecommit-ref` | repository id, full name | 20 bytes of object id |
//! | `codecommit-refv` | repository id | how often its references or default branch changed |

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use git::{
    ATOMIC_FAILURE, Answer, GitError, Installed, Oid, RefSnapshot, RefStore, RefUpdate, Refusal,
    SealedPack,
};
use serde_json::{Map, Value};
use service::Cx;
use store::{Key, MAX_SCAN, Range, ReadTx, StoreError, Stored, WriteTx};
use types::Timestamp;
use wire::Error;

use crate::model::Repository;
use crate::pull_requests::following::{Changes, follow};
use crate::pull_requests::history::By;
use crate::pull_requests::questions::{Answers, Unsettled, settle};
use crate::transport::Standing;
use crate::{events, merges, secret_scanning, storage};

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
    merges::forget(tx, id)?;
    tx.delete_raw(VERSIONS, &key(id, ""))
}

/// The references of one repository, changed on behalf of one caller.
pub(crate) struct StoreRefs {
    cx: Cx,
    id: String,
    /// New objects that the changes need.
    packs: Vec<SealedPack>,
    /// Who pushes, to be asked for again before references change.
    standing: Option<Arc<Standing>>,
}

/// Why a transaction on references is given up.
enum Abort {
    Store(StoreError),
    Failed(Error),
    /// An atomic change of which some part is refused.
    Refused(Outcomes),
}

impl From<StoreError> for Abort {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Error> for Abort {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl StoreRefs {
    /// The references of the repository with this id.
    pub fn new(cx: &Cx, id: &str) -> Self {
        Self { cx: cx.clone(), id: id.to_owned(), packs: Vec::new(), standing: None }
    }

    /// For a push, which is decided upon before its objects come in, and once more after.
    #[must_use]
    pub fn pushed_by(mut self, standing: &Arc<Standing>) -> Self {
        self.standing = Some(standing.clone());
        self
    }

    /// With the new objects that the references need: they become the repository's in the same
    /// transaction, if it changes anything.
    #[must_use]
    pub fn bringing(mut self, installed: &Installed) -> Self {
        self.packs = installed.packs();
        self
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
        self.change_bringing(updates, atomic, self.packs.clone()).await
    }

    async fn change_bringing(
        &self,
        updates: Vec<RefUpdate>,
        atomic: bool,
        packs: Vec<SealedPack>,
    ) -> Result<Outcomes, StoreError> {
        let (id, by) = (self.id.clone(), By::of(&self.cx));
        let change = move |tx: &mut WriteTx<'_>, answers: &Answers| {
            let Some(mut repository) = Repository::by_id(tx, &id)? else {
                let gone = "the repository was deleted meanwhile".to_owned();
                return Ok(vec![Err(gone); updates.len()]);
            };
            let outcomes = put(tx, &repository, &updates)?;
            let refused = outcomes.iter().any(Result::is_err);
            if refused && atomic {
                return Err(Unsettled::Failed(Abort::Refused(outcomes)));
            }
            let done = updates.iter().zip(&outcomes).filter(|(_, r)| r.is_ok()).map(|(u, _)| u);
            let done: Vec<&RefUpdate> = done.collect();
            if !done.is_empty() || updates.is_empty() {
                bring(tx, &repository, &packs, by.now)?;
            }
            if !done.is_empty() {
                tell(tx, &mut repository, &done, &Map::new(), &by, answers)?;
            }
            Ok(outcomes)
        };
        match settle(&self.cx, &self.id, change).await {
            Ok(outcomes) => Ok(outcomes),
            Err(Abort::Store(error)) => Err(error),
            Err(Abort::Failed(error)) => Err(StoreError::Io(error.message)),
            Err(Abort::Refused(outcomes)) => {
                let rest = || Err(ATOMIC_FAILURE.to_owned());
                Ok(outcomes.into_iter().map(|r| r.and_then(|()| rest())).collect())
            }
        }
    }
}

/// Why a change of one reference with what goes with it was given up.
pub(crate) enum Stopped {
    /// The reference is not where it should be. Nothing has changed.
    Refused(Refusal),
    /// What was to be written with it failed. Nothing has changed.
    Failed(Error),
    /// The store failed. It is not known whether anything changed.
    Unknown(StoreError),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Unknown(error)
    }
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl StoreRefs {
    /// Changes one reference together with what `also` writes, in one transaction with the event,
    /// which is given `detail` besides. `also` may run more than once. A reference that is to stay
    /// where it is is checked, and nothing is told.
    pub async fn change_with<T: Send + 'static>(
        &self,
        update: RefUpdate,
        detail: Map<String, Value>,
        also: impl Fn(&mut WriteTx<'_>) -> Result<T, Error> + Send + Sync + 'static,
    ) -> Result<T, Stopped> {
        let (id, by, packs) = (self.id.clone(), By::of(&self.cx), self.packs.clone());
        let change = move |tx: &mut WriteTx<'_>, answers: &Answers| {
            let Some(mut repository) = Repository::by_id(tx, &id)? else {
                let gone = "the repository was deleted meanwhile".to_owned();
                return Err(Unsettled::Failed(Stopped::Refused(gone)));
            };
            let outcomes = put(tx, &repository, std::slice::from_ref(&update))?;
            if let Some(why) = outcomes.into_iter().find_map(Result::err) {
                return Err(Unsettled::Failed(Stopped::Refused(why)));
            }
            bring(tx, &repository, &packs, by.now)?;
            let value = also(tx).map_err(|error| Unsettled::Failed(Stopped::Failed(error)))?;
            if update.old != update.new {
                tell(tx, &mut repository, &[&update], &detail, &by, answers)?;
            }
            Ok(value)
        };
        settle(&self.cx, &self.id, change).await
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

/// Makes new objects the repository's. In the very transaction that makes anything refer to them.
pub(crate) fn bring(
    tx: &mut WriteTx<'_>,
    repository: &Stored<Repository>,
    packs: &[SealedPack],
    now: Timestamp,
) -> Result<(), StoreError> {
    packs.iter().try_for_each(|pack| storage::insert(tx, repository, pack, now))
}

/// Everything that goes with changed references: default branch, version, date, events, pull
/// requests. Every change of a reference comes by here, whoever makes it; it is here that triggers
/// will be set off.
fn tell<E: From<StoreError> + From<Error>>(
    tx: &mut WriteTx<'_>,
    repository: &mut Stored<Repository>,
    done: &[&RefUpdate],
    detail: &Map<String, Value>,
    by: &By,
    answers: &Answers,
) -> Result<(), Unsettled<E>> {
    if repository.default_branch.is_none() {
        let made = done.iter().filter(|u| u.new.is_some());
        let mut branches = made.filter_map(|u| u.name.strip_prefix("refs/heads/"));
        let first = branches.clone().find(|b| matches!(*b, "main" | "master"));
        repository.default_branch = first.or_else(|| branches.next()).map(str::to_owned);
    }
    repository.modified = by.now;
    touch(tx, &repository.id)?;
    let scope = repository.scope.clone();
    tx.update(&scope, repository)?;
    for update in done {
        let mut event = events::reference_changed(repository, update, &by.caller.arn, by.now);
        if let Some(told) = event.detail.as_object_mut() {
            told.extend(detail.clone());
        }
        tx.emit(event)?;
    }
    follow(tx, &Changes { repository, updates: done, by }, answers)
}

impl RefStore for StoreRefs {
    fn version(&self) -> Answer<'_, git::Result<u64>> {
        let read = self.cx.store().read(|tx| version(tx, &self.id));
        Box::pin(std::future::ready(read.map_err(failed)))
    }

    fn snapshot(&self) -> Answer<'_, git::Result<RefSnapshot>> {
        let read = self.cx.store().read(|tx| snapshot(tx, &self.id));
        Box::pin(std::future::ready(read.map_err(failed)))
    }

    fn apply(
        &self,
        updates: Vec<RefUpdate>,
        atomic: bool,
        packs: Vec<SealedPack>,
    ) -> Answer<'_, git::Result<Outcomes>> {
        Box::pin(async move { self.change_bringing(updates, atomic, packs).await.map_err(failed) })
    }

    fn still_may(&self, updates: &[RefUpdate]) -> Outcomes {
        match &self.standing {
            Some(standing) => standing.decide(updates),
            None => vec![Ok(()); updates.len()],
        }
    }

    fn refuses_secrets(&self) -> git::Result<bool> {
        self.cx.store().read(|tx| secret_scanning::blocks_in(tx, &self.id)).map_err(failed)
    }
}

/// All references of a repository.
pub(crate) fn snapshot(tx: &ReadTx<'_>, id: &str) -> Result<RefSnapshot, StoreError> {
    let mut refs = BTreeMap::new();
    let mut after: Option<String> = None;
    loop {
        let page = list(tx, id, "", after.as_deref(), MAX_SCAN)?;
        let full = page.len() == MAX_SCAN;
        after = page.last().map(|(name, _)| name.clone());
        refs.extend(page);
        if !full {
            break;
        }
    }
    let head = Repository::by_id(tx, id)?.and_then(|repository| repository.head());
    Ok(RefSnapshot { version: version(tx, id)?, head, refs })
}

fn failed(error: StoreError) -> GitError {
    GitError::References(error.to_string())
}
