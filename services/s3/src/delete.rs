//! DeleteObject and DeleteObjects.

use api_storage::s3::*;
use service::{Cx, Error};
use shape::Timestamp;
use store::WriteTx;

use crate::conditions::WriteConditions;
use crate::model::{Bucket, Version};
use crate::rights::{self, OnBucket};
use crate::{errors, events, keyspace, names};

/// What a deletion came to.
#[derive(Default)]
struct Outcome {
    /// A delete marker was made or removed.
    delete_marker: bool,
    /// Of what was made or removed.
    version_id: Option<String>,
}

/// One thing to delete.
#[derive(Clone)]
struct Target {
    key: String,
    version_id: Option<String>,
    conditions: WriteConditions,
}

/// [DeleteObject](https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html)
pub async fn delete_object(cx: Cx, input: DeleteObjectInput) -> Result<DeleteObjectOutput, Error> {
    refuse_directory_conditions(
        input.if_match_last_modified_time.is_some(),
        input.if_match_size.is_some(),
    )?;
    let bucket = rights::bucket_of(&cx, &input.bucket, input.expected_owner())?;
    let target = Target {
        key: input.key,
        version_id: input.version_id,
        conditions: WriteConditions::new(input.if_match, None)?,
    };
    let (inner, now) = (cx.clone(), cx.now());
    let outcome = cx
        .write(move |tx| {
            let bucket = keyspace::same_bucket(tx, &bucket)?.value;
            delete(tx, &inner, &bucket, &target, now)
        })
        .await?;
    Ok(DeleteObjectOutput {
        status: Some(204),
        delete_marker: outcome.delete_marker.then_some(true),
        version_id: outcome.version_id,
    })
}

/// Only directory buckets take these conditions.
fn refuse_directory_conditions(last_modified: bool, size: bool) -> Result<(), Error> {
    match (last_modified, size) {
        (true, _) => Err(errors::not_implemented("x-amz-if-match-last-modified-time")),
        (_, true) => Err(errors::not_implemented("x-amz-if-match-size")),
        _ => Ok(()),
    }
}

fn delete(
    tx: &mut WriteTx<'_>,
    cx: &Cx,
    bucket: &Bucket,
    target: &Target,
    now: Timestamp,
) -> Result<Outcome, Error> {
    let key = &target.key;
    let newest = keyspace::newest(tx, bucket, key)?;
    target.conditions.check(key, newest.as_ref())?;
    if let Some(version_id) = &target.version_id {
        let mut outcome = Outcome { version_id: Some(version_id.clone()), delete_marker: false };
        if let Some(version) = keyspace::version(tx, bucket, key, version_id)? {
            outcome.delete_marker = version.is_delete_marker();
            keyspace::remove_version(tx, bucket, key, &version, now)?;
            let gone = Version { delete_marker: None, ..version };
            events::deleted(tx, cx, bucket, key, &gone)?;
        }
        return Ok(outcome);
    }
    if bucket.versioning.is_none() {
        if let Some(version) = newest {
            keyspace::remove_version(tx, bucket, key, &version, now)?;
            events::deleted(tx, cx, bucket, key, &version)?;
        }
        return Ok(Outcome::default());
    }
    let mut marker =
        Version { delete_marker: Some(true), last_modified: now, ..Version::default() };
    keyspace::put_version(tx, bucket, key, &mut marker, now)?;
    events::deleted(tx, cx, bucket, key, &marker)?;
    Ok(Outcome { delete_marker: true, version_id: Some(marker.version_id) })
}

/// [DeleteObjects](https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html)
pub async fn delete_objects(
    cx: Cx,
    input: DeleteObjectsInput,
) -> Result<DeleteObjectsOutput, Error> {
    let bucket = rights::bucket_of(&cx, &input.bucket, input.expected_owner())?;
    let quiet = input.delete.quiet == Some(true);
    let (mut targets, mut refused) = (Vec::new(), Vec::new());
    for object in input.delete.objects {
        refuse_directory_conditions(object.last_modified_time.is_some(), object.size.is_some())?;
        match check(&cx, &bucket, &object) {
            Ok(target) => targets.push(target),
            Err(error) => refused.push(failure(object.key, object.version_id, &error)),
        }
    }
    let (inner, now, all) = (cx.clone(), cx.now(), targets.clone());
    let outcomes = cx
        .write(move |tx| {
            let bucket = keyspace::same_bucket(tx, &bucket)?.value;
            let mut outcomes = Vec::with_capacity(all.len());
            for target in &all {
                match delete(tx, &inner, &bucket, target, now) {
                    // A failing store fails the whole; what a client got wrong, only itself.
                    Err(error) if error.status >= 500 => return Err(error),
                    outcome => outcomes.push(outcome),
                }
            }
            Ok(outcomes)
        })
        .await?;
    let mut deleted = Vec::new();
    for (target, outcome) in targets.into_iter().zip(outcomes) {
        match outcome {
            Ok(outcome) if !quiet => deleted.push(deleted_object(target, outcome)),
            Ok(_) => {}
            Err(error) => refused.push(failure(target.key, target.version_id, &error)),
        }
    }
    Ok(DeleteObjectsOutput { deleted: Some(deleted), errors: Some(refused) })
}

fn check(cx: &Cx, bucket: &Bucket, object: &ObjectIdentifier) -> Result<Target, Error> {
    names::check_key(&object.key)?;
    let version_id = object.version_id.as_deref();
    let action = if version_id.is_some() { "s3:DeleteObjectVersion" } else { "s3:DeleteObject" };
    cx.authorize("s3", &rights::existing(cx, bucket, &object.key, version_id, action)?)?;
    Ok(Target {
        key: object.key.clone(),
        version_id: object.version_id.clone(),
        conditions: WriteConditions::new(object.etag.clone(), None)?,
    })
}

fn deleted_object(target: Target, outcome: Outcome) -> DeletedObject {
    DeletedObject {
        key: Some(target.key),
        version_id: target.version_id,
        delete_marker: outcome.delete_marker.then_some(true),
        delete_marker_version_id: outcome.version_id.filter(|_| outcome.delete_marker),
    }
}

fn failure(key: String, version_id: Option<String>, error: &Error) -> DeleteError {
    DeleteError {
        key: Some(key),
        version_id,
        code: Some(error.code.to_string()),
        message: Some(error.message.clone()),
    }
}
