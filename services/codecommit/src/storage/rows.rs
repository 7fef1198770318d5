//! What the store knows of packs.
//!
//! | space | key | value |
//! |---|---|---|
//! | `codecommit-pack` | repository id, sequence | [`Row`] as JSON |
//! | `codecommit-packdata` | repository id, sequence | a small pack's sealed bytes |
//! | `codecommit-blob` | blob id (16 bytes) | nothing: a row names this blob |
//! | `codecommit-garbage` | time, blob id | nothing: no row names it any more |
//!
//! A row is written in the transaction that moves the references which need its objects. Rows go
//! only when one with all of their objects takes their place, and with their repository.

use blobs::BlobId;
use git::{Oid, Part, SealedPack, StoredPack};
use shape::Shape;
use store::{Key, MAX_SCAN, Range, ReadTx, StoreError, Stored, WakeKey, WriteTx};
use types::Timestamp;

use super::packs::Sealed;
use super::reseal::RESEAL;
use super::sweep::BLOBS;
use crate::model::Repository;

const PACKS: &str = "codecommit-pack";
const DATA: &str = "codecommit-packdata";
const SEQUENCE: &str = "codecommit-pack";

/// A pack of a repository.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Row {
    /// Its checksum, after which git names its files.
    pub name: String,
    pub objects: i64,
    /// Its files in the order in which they follow each other in the sealed bytes.
    pub parts: Vec<RowPart>,
    /// The blob that holds them; none for a small pack, whose bytes are in the store.
    pub blob: Option<String>,
    /// The ARN of the KMS key that they are sealed under; none: the yard's own.
    pub kms_key: Option<String>,
}

/// One file of a pack.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct RowPart {
    pub name: String,
    /// Bytes.
    pub size: i64,
}

fn prefix(repository: &str) -> Key {
    Key::new().text(repository)
}

fn key(repository: &str, sequence: u64) -> Vec<u8> {
    prefix(repository).number(sequence).into()
}

fn damaged() -> StoreError {
    StoreError::Corrupt("a repository's list of packs".to_owned())
}

fn parse(raw: &[u8], value: &[u8]) -> Result<(u64, Row), StoreError> {
    let mut parts = Key::parts(raw);
    let sequence = parts.text().and_then(|_| parts.number()).ok_or_else(damaged)?;
    Ok((sequence, shape::json::from_slice(value).map_err(|_| damaged())?))
}

/// The packs of a repository, oldest first.
pub(super) fn list(tx: &ReadTx<'_>, repository: &str) -> Result<Vec<(u64, Row)>, StoreError> {
    let range = Range::prefix(prefix(repository)).limit(MAX_SCAN);
    tx.scan_raw(PACKS, &range)?.iter().map(|(raw, value)| parse(raw, value)).collect()
}

pub(super) fn get(
    tx: &ReadTx<'_>,
    repository: &str,
    sequence: u64,
) -> Result<Option<Row>, StoreError> {
    let key = key(repository, sequence);
    let found = tx.get_raw(PACKS, &key)?;
    found.map(|value| parse(&key, &value).map(|(_, row)| row)).transpose()
}

/// The sealed bytes of a small pack.
pub(super) fn data(
    tx: &ReadTx<'_>,
    repository: &str,
    sequence: u64,
) -> Result<Option<Vec<u8>>, StoreError> {
    tx.get_raw(DATA, &key(repository, sequence))
}

impl Row {
    pub(super) fn blob(&self) -> Option<BlobId> {
        self.blob.as_ref().and_then(|id| id.parse().ok())
    }

    /// As the served directory needs it.
    pub(super) fn stored(&self, sequence: u64) -> Option<StoredPack> {
        let part =
            |part: &RowPart| Some((Part::parse(&part.name)?, u64::try_from(part.size).ok()?));
        Some(StoredPack {
            id: sequence.to_string(),
            name: self.name.parse::<Oid>().ok()?,
            objects: u64::try_from(self.objects).ok()?,
            parts: self.parts.iter().map(part).collect::<Option<_>>()?,
        })
    }
}

/// Makes a sealed pack one of the repository's.
pub(crate) fn insert(
    tx: &mut WriteTx<'_>,
    repository: &Stored<Repository>,
    pack: &SealedPack,
    now: Timestamp,
) -> Result<(), StoreError> {
    let foreign = || StoreError::Corrupt("a pack of another store".to_owned());
    let sealed = pack.take::<Sealed>().ok_or_else(foreign)?;
    let sequence = tx.next_sequence(SEQUENCE)?;
    put(tx, &repository.id, sequence, &sealed)?;
    // It was sealed under the key of before.
    if sealed.row.kms_key != repository.kms_key {
        wake_reseal(tx, repository, now)?;
    }
    Ok(())
}

/// Has the packs that are not under the repository's key sealed anew.
pub(crate) fn wake_reseal(
    tx: &mut WriteTx<'_>,
    repository: &Stored<Repository>,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.wake(&WakeKey::new(RESEAL, &repository.scope, &repository.id), now)
}

/// Writes a row, its bytes and its ownership.
pub(super) fn put(
    tx: &mut WriteTx<'_>,
    repository: &str,
    sequence: u64,
    sealed: &Sealed,
) -> Result<(), StoreError> {
    let key = key(repository, sequence);
    tx.put_raw(PACKS, &key, &shape::json::to_vec(&sealed.row))?;
    match &sealed.bytes {
        Some(bytes) => tx.put_raw(DATA, &key, bytes)?,
        None => tx.delete_raw(DATA, &key)?,
    }
    match sealed.row.blob() {
        Some(blob) => BLOBS.own(tx, blob),
        None => Ok(()),
    }
}

/// Gives up the bytes that a row named. They go after a grace.
pub(super) fn give_up(tx: &mut WriteTx<'_>, row: &Row, now: Timestamp) -> Result<(), StoreError> {
    let Some(blob) = row.blob() else { return Ok(()) };
    BLOBS.give_up(tx, blob, now)
}

/// Takes a row away.
pub(super) fn delete(
    tx: &mut WriteTx<'_>,
    repository: &str,
    sequence: u64,
    row: &Row,
    now: Timestamp,
) -> Result<(), StoreError> {
    let key = key(repository, sequence);
    tx.delete_raw(PACKS, &key)?;
    tx.delete_raw(DATA, &key)?;
    give_up(tx, row, now)
}

/// Takes all packs of a repository away.
pub(crate) fn delete_all(
    tx: &mut WriteTx<'_>,
    repository: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    loop {
        let rows = list(tx, repository)?;
        for (sequence, row) in &rows {
            delete(tx, repository, *sequence, row, now)?;
        }
        if rows.len() < MAX_SCAN {
            return Ok(());
        }
    }
}
