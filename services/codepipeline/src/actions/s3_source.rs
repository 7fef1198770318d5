//! The S3 source action: the newest version of an object, or a given one.
//!
//! After the [action reference](https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html).

use std::collections::BTreeMap;

use api_developer::codepipeline::{ArtifactRevision, SourceRevisionType};
use api_storage::s3;
use serde_json::{Value, json};
use types::Timestamp;

use super::{Progress, Trouble, Work};
use crate::flow::Completion;

/// The largest object that is taken, in bytes; AWS's quota.
const MAX_BYTES: i64 = 5 << 30;
/// Metadata by which whoever uploads tells what a revision is.
const SUMMARY: &str = "codepipeline-artifact-revision-summary";

pub(super) async fn perform(work: &Work) -> Result<Progress, Trouble> {
    let bucket = work.required("S3Bucket")?;
    let step = work.step("version", |_| newest(work, bucket));
    let found = step.await?;
    let text = |member: &str| found.get(member).and_then(Value::as_str).map(str::to_owned);
    let key = text("key").unwrap_or_default();
    let version = text("versionId").unwrap_or_default();
    work.step("upload", |_| async {
        copy(work, bucket, &key, &version).await?;
        Ok(json!({}))
    })
    .await?;
    let summary = text("summary").unwrap_or_else(|| format!("Amazon S3 version id: {version}"));
    let artifact = work.action.outputs.first().and_then(|artifact| artifact.name.clone());
    let variables = [("VersionId", Some(version.clone())), ("ETag", text("etag"))];
    let modified = found.get("modified").and_then(Value::as_i64);
    Ok(Progress::ended(Completion {
        summary: Some(summary.clone()),
        external_id: Some(version.clone()),
        variables: variables
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?)))
            .collect::<BTreeMap<_, _>>(),
        revision: Some(ArtifactRevision {
            name: artifact,
            revision_id: Some(version),
            revision_summary: Some(summary),
            created: modified.map(Timestamp::from_millis),
            ..ArtifactRevision::default()
        }),
        ..Completion::default()
    }))
}

/// What to take. It is journalled: what is uploaded meanwhile belongs to the next execution.
async fn newest(work: &Work, bucket: &str) -> Result<Value, Trouble> {
    let mut key = work.required("S3ObjectKey")?.to_owned();
    let mut version_id = None;
    match work.action.revision_override.clone() {
        Some(given) if given.revision_type == SourceRevisionType::S3ObjectKey => {
            key = given.revision_value;
        }
        Some(given) => version_id = Some(given.revision_value),
        None => {}
    }
    let input = s3::BucketInput { bucket: bucket.to_owned(), ..Default::default() };
    let versioning = work
        .cx
        .call(s3::GetBucketVersioning, input)
        .await
        .map_err(Trouble::with(format!("reading the versioning of bucket {bucket}")))?;
    if versioning.status != Some(s3::VersioningStatus::Enabled) {
        return Err(Trouble::configuration(format!(
            "The bucket {bucket} does not have versioning enabled. An S3 source action needs a \
             versioned bucket."
        )));
    }
    let what = format!("reading the object {key} of bucket {bucket}");
    let input = s3::HeadObjectInput {
        bucket: bucket.to_owned(),
        key: key.clone(),
        version_id,
        ..Default::default()
    };
    let head = work.cx.call(s3::HeadObject, input).await.map_err(Trouble::with(what))?;
    if head.content_length.is_some_and(|length| length > MAX_BYTES) {
        return Err(Trouble::configuration(format!(
            "The object {key} of bucket {bucket} is larger than {MAX_BYTES} bytes."
        )));
    }
    Ok(json!({
        "key": key,
        "versionId": head.version_id,
        "etag": head.etag.map(|etag| etag.trim_matches('"').to_owned()),
        "summary": head.metadata.get(SUMMARY),
        "modified": head.last_modified.map(Timestamp::millis),
    }))
}

/// Copies a version into the artifact bucket.
async fn copy(work: &Work, bucket: &str, key: &str, version: &str) -> Result<(), Trouble> {
    let input = s3::GetObjectInput {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        version_id: Some(version.to_owned()),
        ..Default::default()
    };
    let what = format!("reading the object {key} of bucket {bucket}");
    let object = work.cx.call(s3::GetObject, input).await.map_err(Trouble::with(what))?;
    let (target, target_key) = work.output()?;
    let input = s3::PutObjectInput {
        bucket: target.clone(),
        key: target_key,
        body: object.body,
        content_type: object.content_type,
        server_side_encryption: work.action.encryption_key.as_ref().map(|_| "aws:kms".to_owned()),
        ssekms_key_id: work.action.encryption_key.clone(),
        ..Default::default()
    };
    let stored = work.cx.call(s3::PutObject, input).await;
    stored.map_err(Trouble::with(format!("storing the artifact in bucket {target}")))?;
    Ok(())
}
