//! GetObject and HeadObject.

use std::ops::Range;

use api_storage::s3::*;
use service::{Cx, Error};

use crate::checksum::set_sums;
use crate::conditions::Conditions;
use crate::encryption::{self, refuse_customer_key};
use crate::model::{Bucket, StoredChecksum, Version};
use crate::put::{set_encryption, shown_version_id};
use crate::rights::{self, OnBucket};
use crate::{body, errors, keyspace, range};

/// A version that was found for reading.
pub struct Found {
    pub bucket: Bucket,
    pub version: Version,
}

/// Finds what a read is about. What is not there is told to those who may list the bucket.
pub fn find(cx: &Cx, bucket: Bucket, key: &str, version_id: Option<&str>) -> Result<Found, Error> {
    let found = cx.read(|tx| match version_id {
        Some(version_id) => keyspace::version(tx, &bucket, key, version_id),
        None => Ok(keyspace::newest(tx, &bucket, key)?),
    })?;
    let error = match (found, version_id) {
        (Some(version), _) if !version.is_delete_marker() => {
            return Ok(Found { bucket, version });
        }
        (Some(marker), Some(_)) => errors::METHOD_NOT_ALLOWED
            .error("The specified method is not allowed against this resource.")
            .with("Method", "GET")
            .with("ResourceType", "DeleteMarker")
            .header("allow", "DELETE")
            .header("x-amz-delete-marker", "true")
            .header("x-amz-version-id", marker.version_id.clone())
            .header("last-modified", marker.last_modified.http_date()),
        (Some(marker), None) => errors::no_such_key(key)
            .header("x-amz-delete-marker", "true")
            .header("x-amz-version-id", marker.version_id.clone()),
        (None, Some(version_id)) => errors::no_such_version(key, version_id),
        (None, None) => errors::no_such_key(key),
    };
    Err(rights::absence(cx, &bucket, key, error))
}

/// What part of a version is read, and how the answer says so.
struct Selection {
    range: Range<u64>,
    /// Status 206, and the part's place in the whole.
    partial: bool,
    parts_count: Option<i32>,
    /// Of exactly what is read.
    checksum: Option<StoredChecksum>,
}

fn select(cx: &Cx, version: &Version, input: &GetObjectInput) -> Result<Selection, Error> {
    let size = version.size.unsigned_abs();
    let whole = Selection {
        range: 0..size,
        partial: false,
        parts_count: None,
        checksum: version.checksum.clone(),
    };
    match (input.range.as_deref(), input.part_number) {
        (Some(_), Some(_)) => Err(errors::INVALID_REQUEST
            .error("Cannot specify both Range header and partNumber query parameter")),
        (None, None) => Ok(whole),
        (Some(header), None) => Ok(match range::parse(header, size)? {
            None => whole,
            Some(range) => {
                // The sum is of the whole, and would be compared with a part.
                let checksum = whole.checksum.filter(|_| range == (0..size));
                Selection { range, partial: true, parts_count: None, checksum }
            }
        }),
        (None, Some(number)) => select_part(cx, version, number, whole),
    }
}

fn select_part(
    cx: &Cx,
    version: &Version,
    number: i32,
    whole: Selection,
) -> Result<Selection, Error> {
    let not_there = || {
        errors::INVALID_PART_NUMBER
            .error("The requested partnumber is not satisfiable")
            .with("PartNumberRequested", number.to_string())
            .with("ActualPartCount", version.parts.unwrap_or(1).to_string())
    };
    let manifest = version.body.as_ref().and_then(|body| body.manifest.as_deref());
    let Some(upload_id) = manifest else {
        let partial = version.size > 0;
        return if number == 1 { Ok(Selection { partial, ..whole }) } else { Err(not_there()) };
    };
    let manifest = cx.read(|tx| Ok(keyspace::manifest(tx, upload_id)?))?;
    let at = usize::try_from(number - 1).map_err(|_| not_there())?;
    let part = manifest.parts.get(at).ok_or_else(not_there)?;
    let start: u64 = manifest.parts.iter().take(at).map(|part| part.size.unsigned_abs()).sum();
    Ok(Selection {
        range: start..start + part.size.unsigned_abs(),
        partial: true,
        parts_count: version.parts,
        checksum: part.checksum.clone(),
    })
}

/// Fills an answer with what is known of a version: two shapes have the same members.
macro_rules! describe {
    ($output:expr, $bucket:expr, $version:expr, $selection:expr, $input:expr) => {{
        let (bucket, version, selection): (&Bucket, &Version, &Selection) =
            ($bucket, $version, $selection);
        let input: &GetObjectInput = $input;
        let attributes = version.attributes.clone().unwrap_or_default();
        let or = |asked: &Option<String>, stored: Option<String>| asked.clone().or(stored);
        let range = &selection.range;
        if selection.partial {
            $output.status = Some(206);
            let last = range.end.saturating_sub(1);
            $output.content_range = Some(format!("bytes {}-{last}/{}", range.start, version.size));
        }
        $output.accept_ranges = Some("bytes".to_owned());
        $output.last_modified = Some(version.last_modified);
        $output.content_length = i64::try_from(range.end - range.start).ok();
        $output.etag = Some(version.quoted_etag());
        $output.version_id = shown_version_id(bucket, version);
        $output.cache_control = or(&input.response_cache_control, attributes.cache_control);
        $output.content_disposition =
            or(&input.response_content_disposition, attributes.content_disposition);
        $output.content_encoding =
            or(&input.response_content_encoding, attributes.content_encoding);
        $output.content_language =
            or(&input.response_content_language, attributes.content_language);
        $output.content_type = or(&input.response_content_type, attributes.content_type);
        $output.expires = or(&input.response_expires, attributes.expires);
        $output.website_redirect_location = attributes.website_redirect_location;
        $output.storage_class = attributes.storage_class;
        $output.metadata = attributes.metadata;
        $output.parts_count = selection.parts_count;
        $output.tag_count = version.tags.as_ref().and_then(|tags| i32::try_from(tags.len()).ok());
        set_encryption!($output, version.encryption.as_ref());
        if input.checksum_mode.is_some() {
            $output.checksum_type = selection.checksum.as_ref().map(|it| it.kind);
            set_sums!($output, selection.checksum.as_ref());
        }
    }};
}

/// [GetObject](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html)
pub async fn get_object(cx: Cx, input: GetObjectInput) -> Result<GetObjectOutput, Error> {
    let (found, selection) = prepare(&cx, &input).await?;
    let Found { bucket, version } = found;
    let body = body::open(&cx, &bucket, &version, selection.range.clone()).await?;
    let mut output = GetObjectOutput { body, ..GetObjectOutput::default() };
    describe!(output, &bucket, &version, &selection, &input);
    Ok(output)
}

/// [HeadObject](https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html)
pub async fn head_object(cx: Cx, input: HeadObjectInput) -> Result<HeadObjectOutput, Error> {
    let input = as_get(input);
    let (found, selection) = prepare(&cx, &input).await?;
    let mut output = HeadObjectOutput::default();
    describe!(output, &found.bucket, &found.version, &selection, &input);
    Ok(output)
}

async fn prepare(cx: &Cx, input: &GetObjectInput) -> Result<(Found, Selection), Error> {
    refuse_customer_key!(input)?;
    refuse_anonymous_overrides(cx, input)?;
    let bucket = rights::bucket_of(cx, &input.bucket, input.expected_owner())?;
    let found = find(cx, bucket, &input.key, input.version_id.as_deref())?;
    let conditions = Conditions {
        if_match: input.if_match.as_deref(),
        if_none_match: input.if_none_match.as_deref(),
        if_modified_since: input.if_modified_since.as_deref(),
        if_unmodified_since: input.if_unmodified_since.as_deref(),
    };
    conditions.check_read(&found.version)?;
    let selection = select(cx, &found.version, input)?;
    let sealing = found.version.encryption.as_ref();
    encryption::for_read(cx, &found.bucket, &input.key, sealing).await?;
    Ok((found, selection))
}

/// Who is nobody cannot say what an answer's headers are to be.
fn refuse_anonymous_overrides(cx: &Cx, input: &GetObjectInput) -> Result<(), Error> {
    let overrides = [
        &input.response_cache_control,
        &input.response_content_disposition,
        &input.response_content_encoding,
        &input.response_content_language,
        &input.response_content_type,
        &input.response_expires,
    ];
    let is_anonymous = matches!(cx.caller().principal, auth::policy::Principal::Anonymous);
    if is_anonymous && overrides.iter().any(|it| it.is_some()) {
        return Err(errors::INVALID_REQUEST.error(
            "Request specific response headers cannot be used for anonymous GET requests.",
        ));
    }
    Ok(())
}

/// A head is a get without the bytes.
fn as_get(input: HeadObjectInput) -> GetObjectInput {
    GetObjectInput {
        bucket: input.bucket,
        key: input.key,
        if_match: input.if_match,
        if_none_match: input.if_none_match,
        if_modified_since: input.if_modified_since,
        if_unmodified_since: input.if_unmodified_since,
        range: input.range,
        response_cache_control: input.response_cache_control,
        response_content_disposition: input.response_content_disposition,
        response_content_encoding: input.response_content_encoding,
        response_content_language: input.response_content_language,
        response_content_type: input.response_content_type,
        response_expires: input.response_expires,
        version_id: input.version_id,
        part_number: input.part_number,
        checksum_mode: input.checksum_mode,
        sse_customer_algorithm: input.sse_customer_algorithm,
        sse_customer_key: input.sse_customer_key,
        sse_customer_key_md5: input.sse_customer_key_md5,
        request_payer: input.request_payer,
        expected_bucket_owner: input.expected_bucket_owner,
    }
}
