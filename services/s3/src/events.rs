//! What S3 announces on the default event bus, where the bucket asks for it.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html>

use serde_json::{Value, json};
use service::Cx;
use store::{Event, StoreError, WriteTx};

use crate::model::{Bucket, Version};
use crate::names;

/// Detail type of what comes.
pub const CREATED: &str = "Object Created";
/// Detail type of what goes.
pub const DELETED: &str = "Object Deleted";

/// Tells that an object was made: `reason` is the operation.
pub fn created(
    tx: &mut WriteTx<'_>,
    cx: &Cx,
    bucket: &Bucket,
    key: &str,
    version: &Version,
    reason: &str,
) -> Result<(), StoreError> {
    let mut object = object(bucket, key, version);
    object.insert("size".to_owned(), Value::from(version.size));
    object.insert("etag".to_owned(), Value::from(version.etag.as_str()));
    emit(tx, cx, bucket, CREATED, object, json!({"reason": reason}))
}

/// Tells that an object, or a version of it, was deleted.
pub fn deleted(
    tx: &mut WriteTx<'_>,
    cx: &Cx,
    bucket: &Bucket,
    key: &str,
    version: &Version,
) -> Result<(), StoreError> {
    let kind =
        if version.is_delete_marker() { "Delete Marker Created" } else { "Permanently Deleted" };
    let more = json!({"reason": "DeleteObject", "deletion-type": kind});
    emit(tx, cx, bucket, DELETED, object(bucket, key, version), more)
}

fn object(bucket: &Bucket, key: &str, version: &Version) -> serde_json::Map<String, Value> {
    let mut object = serde_json::Map::new();
    object.insert("key".to_owned(), Value::from(key));
    if bucket.versioning.is_some() {
        object.insert("version-id".to_owned(), Value::from(version.version_id.as_str()));
    }
    // Events of one key sort by it in the order of their happening.
    object.insert("sequencer".to_owned(), Value::from(format!("{:016X}", version.sequence)));
    object
}

fn emit(
    tx: &mut WriteTx<'_>,
    cx: &Cx,
    bucket: &Bucket,
    detail_type: &str,
    object: serde_json::Map<String, Value>,
    more: Value,
) -> Result<(), StoreError> {
    if !bucket.event_bridge {
        return Ok(());
    }
    let mut detail = json!({
        "version": "0",
        "bucket": {"name": bucket.name},
        "object": object,
        "request-id": cx.request_id(),
        "requester": cx.account().as_str(),
        "source-ip-address": cx.origin().source_ip.to_string(),
    });
    if let (Value::Object(detail), Value::Object(more)) = (&mut detail, more) {
        detail.extend(more);
    }
    tx.emit(Event {
        id: types::uuid(),
        source: "aws.s3".to_owned(),
        detail_type: detail_type.to_owned(),
        account: bucket.account.clone(),
        region: bucket.region.clone(),
        time: cx.now(),
        resources: vec![names::bucket_arn(&bucket.name)],
        detail,
    })
}
