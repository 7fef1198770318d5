//! PutObject.

use api_storage::s3::*;
use service::{Cx, Error};

use crate::attributes::{attributes_of, check_acl, check_lock};
use crate::body::{self, Incoming, Kept};
use crate::checksum::{self, Expected, refuse_other_sums, set_sums, sums_of};
use crate::conditions::WriteConditions;
use crate::encryption::{self, asked, refuse_customer_key};
use crate::model::{Bucket, Version};
use crate::rights::{self, OnBucket};
use crate::{errors, events, keyspace, names, tags};

/// Checksum that S3 computes where the client names none.
pub const DEFAULT_CHECKSUM: ChecksumAlgorithm = ChecksumAlgorithm::Crc64Nvme;

/// Puts an answer's members about encryption in place.
macro_rules! set_encryption {
    ($output:expr, $encryption:expr) => {{
        let encryption: Option<&$crate::model::Encryption> = $encryption;
        $output.server_side_encryption = encryption.map(|it| it.algorithm.clone());
        $output.ssekms_key_id = encryption.and_then(|it| it.kms_key.clone());
        $output.bucket_key_enabled = encryption.and_then(|it| it.bucket_key);
    }};
}
pub(crate) use set_encryption;

/// [PutObject](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html)
pub async fn put_object(cx: Cx, mut input: PutObjectInput) -> Result<PutObjectOutput, Error> {
    names::check_key(&input.key)?;
    check_acl!(input)?;
    check_lock!(input)?;
    refuse_customer_key!(input)?;
    refuse_other_sums!(input)?;
    if input.write_offset_bytes.is_some() {
        return Err(errors::not_implemented("Appending to objects (x-amz-write-offset-bytes)"));
    }
    let bucket = rights::bucket_of(&cx, &input.bucket, input.expected_owner())?;
    let conditions = WriteConditions::new(input.if_match.take(), input.if_none_match.as_deref())?;
    let tags = tags::parse_header(input.tagging.as_deref())?;
    let expected = Expected::of_request(
        &sums_of!(input),
        input.checksum_algorithm.as_deref(),
        input.trailer.as_deref(),
        DEFAULT_CHECKSUM,
    )?;
    let content_md5 = checksum::parse_content_md5(input.content_md5.as_deref())?;
    let attributes = attributes_of!(input)?;
    // Known to fail: then the body need not come at all.
    cx.read(|tx| {
        conditions.check(&input.key, keyspace::newest(tx, &bucket, &input.key)?.as_ref())
    })?;
    let (sealing, key_ref) =
        encryption::for_write(&cx, &bucket, &input.key, &asked!(input)).await?;

    let body = std::mem::take(&mut input.body);
    let incoming = Incoming { key: &key_ref, expected: &expected, content_md5, inline: true };
    let kept = body::keep(&cx, &bucket, body, incoming).await?;
    let mut version = Version {
        tags: (!tags.is_empty()).then_some(tags),
        attributes: Some(attributes),
        encryption: Some(sealing),
        ..version_of(&kept)
    };
    version = commit(&cx, &bucket, &input.key, version, kept, conditions, "PutObject").await?;

    let mut output = PutObjectOutput {
        etag: Some(version.quoted_etag()),
        version_id: shown_version_id(&bucket, &version),
        checksum_type: version.checksum.as_ref().map(|it| it.kind),
        ..PutObjectOutput::default()
    };
    set_sums!(output, version.checksum.as_ref());
    set_encryption!(output, version.encryption.as_ref());
    Ok(output)
}

/// A version that has these bytes.
pub fn version_of(kept: &Kept) -> Version {
    Version {
        size: i64::try_from(kept.size).unwrap_or(i64::MAX),
        etag: kept.etag.clone(),
        body: Some(kept.body.clone()),
        checksum: Some(kept.checksum.clone()),
        ..Version::default()
    }
}

/// The version id that an answer tells: none in a bucket that never had versions.
pub fn shown_version_id(bucket: &Bucket, version: &Version) -> Option<String> {
    bucket.versioning.map(|_| version.version_id.clone())
}

/// Writes the row that names the bytes, and tells of it. Where that fails, the bytes go.
pub async fn commit(
    cx: &Cx,
    bucket: &Bucket,
    key: &str,
    version: Version,
    kept: Kept,
    conditions: WriteConditions,
    reason: &'static str,
) -> Result<Version, Error> {
    let (inner, seen, row) = (cx.clone(), bucket.clone(), key.to_owned());
    let (sealed, inline) = (kept.sealed.clone(), kept.body.inline.clone());
    let now = cx.now();
    let written = cx
        .write(move |tx| {
            let bucket = keyspace::same_bucket(tx, &seen)?.value;
            conditions.check(&row, keyspace::newest(tx, &bucket, &row)?.as_ref())?;
            if let (Some(name), Some(sealed)) = (&inline, &sealed) {
                keyspace::put_inline(tx, &bucket, name, sealed)?;
            }
            let mut version = Version { last_modified: now, ..version.clone() };
            keyspace::put_version(tx, &bucket, &row, &mut version, now)?;
            events::created(tx, &inner, &bucket, &row, &version, reason)?;
            Ok(version)
        })
        .await;
    if written.is_err() {
        kept.discard(cx).await;
    }
    written
}
