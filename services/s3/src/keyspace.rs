//! Where S3's rows are in the store.
//!
//! | space | key | value |
//! |---|---|---|
//! | `s3-object` | bucket id, key, newest version first | [`Version`] |
//! | `s3-inline` | bucket id, body's random name | sealed bytes of a small body |
//! | `s3-upload` | bucket id, key, upload id | [`Upload`] |
//! | `s3-part` | upload id, part number | [`Part`] |
//! | `s3-manifest` | upload id | [`Manifest`] of a completed upload |
//! | `s3-owned` | blob id | nothing: some row above names the blob |
//! | `s3-garbage` | time, blob id | nothing: no row names the blob any more |
//!
//! A blob is durable before the row that names it, and is removed only after its `s3-garbage` row
//! is. Rows carry one byte of layout version before their JSON.

use std::ops::ControlFlow;

use blobs::BlobId;
use service::Error;
use shape::{Shape, Timestamp};
use store::{Key, Query, Range, ReadTx, StoreError, Stored, WriteTx};
use types::{Account, Scope};

use crate::sweep::BLOBS;

use crate::errors;
use crate::model::{BY_NAME, Bucket, Manifest, Part, StoredBody, Upload, Version};
use crate::names::{self, NULL_VERSION};

pub const OBJECTS: &str = "s3-object";
pub const UPLOADS: &str = "s3-upload";
const INLINE: &str = "s3-inline";
const PARTS: &str = "s3-part";
const MANIFESTS: &str = "s3-manifest";
/// Numbers versions in the order of their making.
const SEQUENCE: &str = "s3-version";
/// Layout of the rows.
const LAYOUT: u8 = 1;
/// Rows that one step of a walk reads.
const BATCH: usize = 1000;

fn encode(row: &dyn Shape) -> Vec<u8> {
    let mut bytes = vec![LAYOUT];
    bytes.extend(shape::json::to_vec(row));
    bytes
}

/// Reads a row back.
pub fn decode<T: Shape + Default>(bytes: &[u8]) -> Result<T, StoreError> {
    let damaged = || StoreError::Corrupt("a row of S3".to_owned());
    let (&layout, json) = bytes.split_first().ok_or_else(damaged)?;
    if layout != LAYOUT {
        let what = "a row of S3".to_owned();
        return Err(StoreError::NewerSchema {
            what,
            found: u32::from(layout),
            known: u32::from(LAYOUT),
        });
    }
    shape::json::from_slice(json).map_err(|_| damaged())
}

/// The scope of an account's buckets.
pub fn bucket_scope(account: &str) -> Result<Scope, Error> {
    let account = Account::new(account).map_err(Error::internal)?;
    Ok(Scope::new(account, types::Region::global()))
}

/// A bucket by its name, whoever owns it.
pub fn find_bucket(tx: &ReadTx<'_>, name: &str) -> Result<Option<Stored<Bucket>>, StoreError> {
    let query = Query::first(1);
    Ok(tx.find_anywhere::<Bucket>(BY_NAME, name, &query)?.items.into_iter().next())
}

/// A bucket by its name.
pub fn bucket(tx: &ReadTx<'_>, name: &str) -> Result<Stored<Bucket>, Error> {
    find_bucket(tx, name)?.ok_or_else(|| errors::no_such_bucket(name))
}

/// The bucket that a handler has seen before, if it is still that one.
pub fn same_bucket(tx: &ReadTx<'_>, seen: &Bucket) -> Result<Stored<Bucket>, Error> {
    let found = bucket(tx, &seen.name)?;
    if found.id == seen.id { Ok(found) } else { Err(errors::no_such_bucket(&seen.name)) }
}

/// The rows of a bucket.
pub fn bucket_rows(bucket: &Bucket) -> Key {
    Key::new().text(&bucket.id)
}

/// The rows of a key: its versions, newest first.
pub fn key_rows(bucket: &Bucket, key: &str) -> Key {
    bucket_rows(bucket).text(key)
}

/// The row of a version.
pub fn version_row(bucket: &Bucket, key: &str, sequence: i64) -> Key {
    // The newest first: the greatest number gives the least key.
    key_rows(bucket, key).number(u64::MAX - sequence.unsigned_abs())
}

/// The newest version of a key, be it a delete marker.
pub fn newest(tx: &ReadTx<'_>, bucket: &Bucket, key: &str) -> Result<Option<Version>, StoreError> {
    let range = Range::prefix(key_rows(bucket, key)).limit(1);
    tx.scan_raw(OBJECTS, &range)?.first().map(|(_, row)| decode(row)).transpose()
}

/// The version of that id; `null` is the one that was written without versioning.
pub fn version(
    tx: &ReadTx<'_>,
    bucket: &Bucket,
    key: &str,
    version_id: &str,
) -> Result<Option<Version>, Error> {
    if version_id == NULL_VERSION {
        return Ok(null_version(tx, bucket, key)?);
    }
    let sequence = names::version_sequence(version_id).and_then(|it| i64::try_from(it).ok());
    let Some(sequence) = sequence else {
        return Err(errors::invalid_argument(
            "Invalid version id specified",
            "versionId",
            version_id,
        ));
    };
    let row = tx.get_raw(OBJECTS, version_row(bucket, key, sequence).as_bytes())?;
    let found: Option<Version> = row.as_deref().map(decode).transpose()?;
    Ok(found.filter(|it| it.version_id == version_id))
}

fn null_version(
    tx: &ReadTx<'_>,
    bucket: &Bucket,
    key: &str,
) -> Result<Option<Version>, StoreError> {
    let mut found = None;
    let mut failure = None;
    walk(tx, OBJECTS, key_rows(bucket, key).as_bytes(), None, |_, row| match decode(row) {
        Ok(version) => {
            let version: Version = version;
            if version.version_id == NULL_VERSION {
                found = Some(version);
                return Step::Stop;
            }
            Step::Next
        }
        Err(error) => {
            failure = Some(error);
            Step::Stop
        }
    })?;
    failure.map_or(Ok(found), Err)
}

/// Where a walk goes from a row.
pub enum Step {
    /// To the next row.
    Next,
    /// To the first row behind that key.
    Behind(Vec<u8>),
    /// Nowhere.
    Stop,
}

/// Shows the rows with that prefix in order, behind `after`, skipping where told to.
pub fn walk(
    tx: &ReadTx<'_>,
    space: &'static str,
    prefix: &[u8],
    after: Option<Vec<u8>>,
    mut visit: impl FnMut(&[u8], &[u8]) -> Step,
) -> Result<(), StoreError> {
    let mut after = after;
    loop {
        let range = Range::prefix(prefix).after(after.take()).limit(BATCH);
        let (mut seen, mut last, mut stopped) = (0, Vec::new(), false);
        tx.visit_raw(space, &range, |key, row| {
            seen += 1;
            match visit(key, row) {
                Step::Next => {
                    if seen == BATCH {
                        last = key.to_vec();
                    }
                    return ControlFlow::Continue(());
                }
                Step::Behind(key) => after = Some(key),
                Step::Stop => stopped = true,
            }
            ControlFlow::Break(())
        })?;
        if stopped || (after.is_none() && seen < BATCH) {
            return Ok(());
        }
        if after.is_none() {
            after = Some(last);
        }
    }
}

/// Puts a version on top of its key's history, by the bucket's versioning: without it the new
/// version takes the place of the one that was there. Gives it its id.
pub fn put_version(
    tx: &mut WriteTx<'_>,
    bucket: &Bucket,
    key: &str,
    version: &mut Version,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sequence = tx.next_sequence(SEQUENCE)?;
    version.sequence = i64::try_from(sequence).unwrap_or(i64::MAX);
    if is_versioned(bucket) {
        version.version_id = names::version_id(sequence);
    } else {
        version.version_id = NULL_VERSION.to_owned();
        if let Some(old) = null_version(tx, bucket, key)? {
            remove_version(tx, bucket, key, &old, now)?;
        }
    }
    own_body(tx, version.body.as_ref())?;
    put_row(tx, bucket, key, version)
}

/// Whether every write makes a version of its own.
pub fn is_versioned(bucket: &Bucket) -> bool {
    bucket.versioning == Some(api_storage::s3::VersioningStatus::Enabled)
}

/// Writes a version's row where it is.
pub fn put_row(
    tx: &mut WriteTx<'_>,
    bucket: &Bucket,
    key: &str,
    version: &Version,
) -> Result<(), StoreError> {
    tx.put_raw(OBJECTS, version_row(bucket, key, version.sequence).as_bytes(), &encode(version))
}

/// Takes a version away; its bytes become garbage.
pub fn remove_version(
    tx: &mut WriteTx<'_>,
    bucket: &Bucket,
    key: &str,
    version: &Version,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.delete_raw(OBJECTS, version_row(bucket, key, version.sequence).as_bytes())?;
    let Some(body) = &version.body else { return Ok(()) };
    if let Some(name) = &body.inline {
        tx.delete_raw(INLINE, inline_row(bucket, name).as_bytes())?;
    }
    if let Some(blob) = &body.blob {
        discard_blob(tx, blob, now)?;
    }
    if let Some(upload_id) = &body.manifest {
        let row = tx.get_raw(MANIFESTS, Key::new().text(upload_id).as_bytes())?;
        let manifest: Manifest = row.as_deref().map(decode).transpose()?.unwrap_or_default();
        for part in &manifest.parts {
            discard_blob(tx, &part.blob, now)?;
        }
        tx.delete_raw(MANIFESTS, Key::new().text(upload_id).as_bytes())?;
    }
    Ok(())
}

fn own_body(tx: &mut WriteTx<'_>, body: Option<&StoredBody>) -> Result<(), StoreError> {
    match body.and_then(|body| body.blob.as_deref()) {
        Some(blob) => own_blob(tx, blob),
        None => Ok(()),
    }
}

fn blob_id(text: &str) -> Result<BlobId, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt(format!("blob id {text:?} in a row of S3")))
}

/// Notes that a row names the blob.
pub fn own_blob(tx: &mut WriteTx<'_>, blob: &str) -> Result<(), StoreError> {
    BLOBS.own(tx, blob_id(blob)?)
}

/// Notes that no row names the blob any more.
pub fn discard_blob(tx: &mut WriteTx<'_>, blob: &str, now: Timestamp) -> Result<(), StoreError> {
    BLOBS.give_up(tx, blob_id(blob)?, now)
}

fn inline_row(bucket: &Bucket, name: &str) -> Key {
    bucket_rows(bucket).text(name)
}

/// Keeps a small body's sealed bytes.
pub fn put_inline(
    tx: &mut WriteTx<'_>,
    bucket: &Bucket,
    name: &str,
    sealed: &[u8],
) -> Result<(), StoreError> {
    tx.put_raw(INLINE, inline_row(bucket, name).as_bytes(), sealed)
}

/// A small body's sealed bytes.
pub fn inline(tx: &ReadTx<'_>, bucket: &Bucket, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    tx.get_raw(INLINE, inline_row(bucket, name).as_bytes())
}

/// The row of an upload.
pub fn upload_row(bucket: &Bucket, key: &str, upload_id: &str) -> Key {
    key_rows(bucket, key).text(upload_id)
}

/// An upload that has begun and not ended.
pub fn upload(
    tx: &ReadTx<'_>,
    bucket: &Bucket,
    key: &str,
    upload_id: &str,
) -> Result<Upload, Error> {
    let row = tx.get_raw(UPLOADS, upload_row(bucket, key, upload_id).as_bytes())?;
    let upload = row.as_deref().map(decode).transpose()?;
    upload.ok_or_else(|| errors::no_such_upload(upload_id))
}

/// Begins an upload.
pub fn put_upload(
    tx: &mut WriteTx<'_>,
    bucket: &Bucket,
    key: &str,
    upload_id: &str,
    upload: &Upload,
) -> Result<(), StoreError> {
    tx.put_raw(UPLOADS, upload_row(bucket, key, upload_id).as_bytes(), &encode(upload))
}

fn part_row(upload_id: &str, number: i32) -> Key {
    Key::new().text(upload_id).number(u64::from(number.unsigned_abs()))
}

/// A part of an upload.
pub fn part(tx: &ReadTx<'_>, upload_id: &str, number: i32) -> Result<Option<Part>, StoreError> {
    let row = tx.get_raw(PARTS, part_row(upload_id, number).as_bytes())?;
    row.as_deref().map(decode).transpose()
}

/// Up to `limit` parts with numbers above `after`.
pub fn parts(
    tx: &ReadTx<'_>,
    upload_id: &str,
    after: i32,
    limit: usize,
) -> Result<Vec<Part>, StoreError> {
    let range = Range::prefix(Key::new().text(upload_id))
        .after(Some(part_row(upload_id, after)))
        .limit(limit.min(store::MAX_SCAN));
    tx.scan_raw(PARTS, &range)?.iter().map(|(_, row)| decode(row)).collect()
}

/// Keeps a part, in the place of one of the same number.
pub fn put_part(
    tx: &mut WriteTx<'_>,
    upload_id: &str,
    part: &Part,
    now: Timestamp,
) -> Result<(), StoreError> {
    if let Some(old) = self::part(tx, upload_id, part.number)? {
        discard_blob(tx, &old.blob, now)?;
    }
    own_blob(tx, &part.blob)?;
    tx.put_raw(PARTS, part_row(upload_id, part.number).as_bytes(), &encode(part))
}

/// Ends an upload: its rows go, and with them the bytes of all parts but those in `kept`, which
/// become an object's manifest.
pub fn end_upload(
    tx: &mut WriteTx<'_>,
    bucket: &Bucket,
    key: &str,
    upload_id: &str,
    kept: Option<&Manifest>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let all = parts(tx, upload_id, 0, store::MAX_SCAN)?;
    let kept_numbers: std::collections::HashSet<i32> =
        kept.iter().flat_map(|manifest| &manifest.parts).map(|part| part.number).collect();
    for part in &all {
        if !kept_numbers.contains(&part.number) {
            discard_blob(tx, &part.blob, now)?;
        }
    }
    tx.delete_prefix(PARTS, Key::new().text(upload_id).as_bytes())?;
    tx.delete_raw(UPLOADS, upload_row(bucket, key, upload_id).as_bytes())?;
    match kept {
        Some(manifest) => {
            tx.put_raw(MANIFESTS, Key::new().text(upload_id).as_bytes(), &encode(manifest))
        }
        None => Ok(()),
    }
}

/// The parts of an object that was uploaded in parts.
pub fn manifest(tx: &ReadTx<'_>, upload_id: &str) -> Result<Manifest, StoreError> {
    let row = tx.get_raw(MANIFESTS, Key::new().text(upload_id).as_bytes())?;
    row.as_deref()
        .map(decode)
        .transpose()?
        .ok_or_else(|| StoreError::Corrupt(format!("the manifest of upload {upload_id}")))
}
