//! Uploads in parts: begin, upload, copy, abort and list. [`crate::complete`] makes the object.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html>

use api_storage::s3::*;
use blobs::KeyRef;
use service::{Cx, Error};
use shape::Body;

use crate::attributes::{attributes_of, check_acl, check_lock};
use crate::body::{self, Incoming, Kept};
use crate::checksum::{self, Expected, Sums, refuse_other_sums, set_sums, sums_of};
use crate::copy::{Source, source_conditions};
use crate::encryption::{self, asked, refuse_customer_key};
use crate::list::{self, Encoding};
use crate::model::{Bucket, Part, Upload};
use crate::put::{DEFAULT_CHECKSUM, set_encryption, shown_version_id};
use crate::rights::{self, OnBucket};
use crate::{errors, keyspace, names, range, tags};

/// Most parts of an upload.
pub const MAX_PARTS: i32 = 10_000;

/// [CreateMultipartUpload](https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html)
pub async fn create_multipart_upload(
    cx: Cx,
    mut input: CreateMultipartUploadInput,
) -> Result<CreateMultipartUploadOutput, Error> {
    names::check_key(&input.key)?;
    check_acl!(input)?;
    check_lock!(input)?;
    refuse_customer_key!(input)?;
    let bucket = rights::bucket_of(&cx, &input.bucket, input.expected_owner())?;
    let (algorithm, kind) =
        checksum_plan(input.checksum_algorithm.as_deref(), input.checksum_type)?;
    let tags = tags::parse_header(input.tagging.as_deref())?;
    let (sealing, _) = encryption::for_write(&cx, &bucket, &input.key, &asked!(input)).await?;
    let upload = Upload {
        initiated: cx.now(),
        initiator: cx.caller().arn.clone(),
        attributes: attributes_of!(input)?,
        tags: (!tags.is_empty()).then_some(tags),
        encryption: Some(sealing),
        checksum_algorithm: algorithm.as_str().to_owned(),
        checksum_type: kind,
        checksum_asked: input.checksum_algorithm.is_some(),
    };
    // Ids sort in the order of their making, as listings of uploads do.
    let upload_id = format!(
        "{:012x}{}",
        upload.initiated.millis().unsigned_abs(),
        types::random_id(types::IdAlphabet::Alphanumeric, 52)
    );
    let mut output = CreateMultipartUploadOutput {
        bucket: Some(input.bucket.clone()),
        key: Some(input.key.clone()),
        upload_id: Some(upload_id.clone()),
        checksum_algorithm: upload.checksum_asked.then(|| upload.checksum_algorithm.clone()),
        checksum_type: upload.checksum_asked.then_some(kind),
        ..CreateMultipartUploadOutput::default()
    };
    set_encryption!(output, upload.encryption.as_ref());
    let key = input.key;
    cx.write(move |tx| {
        let bucket = keyspace::same_bucket(tx, &bucket)?.value;
        Ok(keyspace::put_upload(tx, &bucket, &key, &upload_id, &upload)?)
    })
    .await?;
    Ok(output)
}

/// Which checksum an upload has: what was asked for, as far as it goes together.
fn checksum_plan(
    algorithm: Option<&str>,
    kind: Option<ChecksumType>,
) -> Result<(ChecksumAlgorithm, ChecksumType), Error> {
    let Some(name) = algorithm else {
        return match kind {
            None => Ok((DEFAULT_CHECKSUM, ChecksumType::FullObject)),
            Some(_) => Err(errors::INVALID_REQUEST.error(
                "The x-amz-checksum-type header can only be used with the \
                 x-amz-checksum-algorithm header.",
            )),
        };
    };
    let algorithm = checksum::check_algorithm_name(name)?;
    let sha = matches!(algorithm, ChecksumAlgorithm::Sha1 | ChecksumAlgorithm::Sha256);
    let kind = match (algorithm, kind) {
        (ChecksumAlgorithm::Crc64Nvme, None) => ChecksumType::FullObject,
        (_, None) => ChecksumType::Composite,
        (_, Some(kind)) => kind,
    };
    let impossible = (sha && kind == ChecksumType::FullObject)
        || (algorithm == ChecksumAlgorithm::Crc64Nvme && kind == ChecksumType::Composite);
    if impossible {
        return Err(errors::INVALID_REQUEST.error(format!(
            "The {kind} checksum type cannot be used with the {} checksum algorithm.",
            algorithm.as_str().to_lowercase()
        )));
    }
    Ok((algorithm, kind))
}

fn check_part_number(number: i32) -> Result<(), Error> {
    if (1..=MAX_PARTS).contains(&number) {
        return Ok(());
    }
    Err(errors::invalid_argument(
        "Part number must be an integer between 1 and 10000, inclusive",
        "partNumber",
        &number.to_string(),
    ))
}

/// What a part is summed up with: as the upload has it, or as S3 does.
fn upload_algorithm(upload: &Upload) -> ChecksumAlgorithm {
    ChecksumAlgorithm::parse(&upload.checksum_algorithm).unwrap_or(DEFAULT_CHECKSUM)
}

/// The key under which a part is sealed. Who began the upload had KMS make its data key; who adds
/// to it must be allowed to have that decrypted, as S3 asks of `UploadPart` and `UploadPartCopy`.
async fn part_key(cx: &Cx, bucket: &Bucket, key: &str, upload: &Upload) -> Result<KeyRef, Error> {
    let encryption = upload.encryption.as_ref();
    encryption::for_read(cx, bucket, key, encryption).await?;
    encryption::key_ref(encryption)
}

/// [UploadPart](https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html)
pub async fn upload_part(cx: Cx, mut input: UploadPartInput) -> Result<UploadPartOutput, Error> {
    check_part_number(input.part_number)?;
    refuse_customer_key!(input)?;
    refuse_other_sums!(input)?;
    let bucket = rights::bucket_of(&cx, &input.bucket, input.expected_owner())?;
    let upload = cx.read(|tx| keyspace::upload(tx, &bucket, &input.key, &input.upload_id))?;
    let expected = Expected::of_request(
        &sums_of!(input),
        input.checksum_algorithm.as_deref(),
        input.trailer.as_deref(),
        upload_algorithm(&upload),
    )?;
    // A client that named no algorithm may still send sums: of every part, of any kind.
    if expected.asked && upload.checksum_asked && expected.algorithm != upload_algorithm(&upload) {
        return Err(errors::INVALID_REQUEST.error(format!(
            "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum Type: {}",
            upload.checksum_algorithm.to_lowercase(),
            expected.algorithm.as_str().to_lowercase()
        )));
    }
    let content_md5 = checksum::parse_content_md5(input.content_md5.as_deref())?;
    let key_ref = part_key(&cx, &bucket, &input.key, &upload).await?;
    let body = std::mem::take(&mut input.body);
    let incoming = Incoming { key: &key_ref, expected: &expected, content_md5, inline: false };
    let kept = body::keep(&cx, &bucket, body, incoming).await?;
    let place = Place { bucket, key: input.key, upload_id: input.upload_id };
    let part = keep_part(&cx, place, input.part_number, kept).await?;
    let mut output = UploadPartOutput {
        etag: Some(format!("\"{}\"", part.etag)),
        ..UploadPartOutput::default()
    };
    if expected.asked || upload.checksum_asked {
        set_sums!(output, part.checksum.as_ref());
    }
    set_encryption!(output, upload.encryption.as_ref());
    Ok(output)
}

/// Where a part belongs.
struct Place {
    bucket: Bucket,
    key: String,
    upload_id: String,
}

/// Writes the row that names the part's bytes. Where that fails, the bytes go.
async fn keep_part(cx: &Cx, place: Place, number: i32, kept: Kept) -> Result<Part, Error> {
    let now = cx.now();
    let part = Part {
        number,
        size: i64::try_from(kept.size).unwrap_or(i64::MAX),
        etag: kept.etag.clone(),
        last_modified: now,
        blob: kept.body.blob.clone().unwrap_or_default(),
        checksum: Some(kept.checksum.clone()),
    };
    let row = part.clone();
    let written = cx
        .write(move |tx| {
            let bucket = keyspace::same_bucket(tx, &place.bucket)?.value;
            // It may have been completed or aborted while the bytes came.
            keyspace::upload(tx, &bucket, &place.key, &place.upload_id)?;
            Ok(keyspace::put_part(tx, &place.upload_id, &row, now)?)
        })
        .await;
    match written {
        Ok(()) => Ok(part),
        Err(error) => {
            kept.discard(cx).await;
            Err(error)
        }
    }
}

/// [UploadPartCopy](https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html)
pub async fn upload_part_copy(
    cx: Cx,
    input: UploadPartCopyInput,
) -> Result<UploadPartCopyOutput, Error> {
    check_part_number(input.part_number)?;
    refuse_customer_key!(input)?;
    refuse_customer_key!(source of input)?;
    let bucket = rights::bucket_of(&cx, &input.bucket, input.expected_owner())?;
    let upload = cx.read(|tx| keyspace::upload(tx, &bucket, &input.key, &input.upload_id))?;
    let source = Source::parse(&input.copy_source)?;
    let owner = input.expected_source_bucket_owner.as_deref();
    let found = source.open(&cx, owner, &source_conditions!(input)).await?;
    let size = found.version.size.unsigned_abs();
    let range = match &input.copy_source_range {
        Some(header) => range::parse_copy(header, size)?,
        None => 0..size,
    };
    let algorithm = upload_algorithm(&upload);
    let expected = Expected::of_request(&Sums::default(), None, None, algorithm)?;
    let key_ref = part_key(&cx, &bucket, &input.key, &upload).await?;
    let bytes: Body = body::open(&cx, &found.bucket, &found.version, range).await?;
    let incoming =
        Incoming { key: &key_ref, expected: &expected, content_md5: None, inline: false };
    let kept = body::keep(&cx, &bucket, bytes, incoming).await?;
    let place = Place { bucket, key: input.key, upload_id: input.upload_id };
    let part = keep_part(&cx, place, input.part_number, kept).await?;
    let mut result = CopyPartResult {
        last_modified: Some(part.last_modified),
        etag: Some(format!("\"{}\"", part.etag)),
        ..CopyPartResult::default()
    };
    if upload.checksum_asked {
        set_sums!(result, part.checksum.as_ref());
    }
    let mut output = UploadPartCopyOutput {
        copy_source_version_id: shown_version_id(&found.bucket, &found.version),
        copy_part_result: Some(result),
        ..UploadPartCopyOutput::default()
    };
    set_encryption!(output, upload.encryption.as_ref());
    Ok(output)
}

/// [AbortMultipartUpload](https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html)
pub async fn abort_multipart_upload(
    cx: Cx,
    input: AbortMultipartUploadInput,
) -> Result<StatusOutput, Error> {
    if input.if_match_initiated_time.is_some() {
        return Err(errors::not_implemented("x-amz-if-match-initiated-time"));
    }
    let bucket = rights::bucket_of(&cx, &input.bucket, input.expected_owner())?;
    let now = cx.now();
    cx.write(move |tx| {
        let bucket = keyspace::same_bucket(tx, &bucket)?.value;
        keyspace::upload(tx, &bucket, &input.key, &input.upload_id)?;
        Ok(keyspace::end_upload(tx, &bucket, &input.key, &input.upload_id, None, now)?)
    })
    .await?;
    Ok(StatusOutput { status: Some(204) })
}

/// [ListParts](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html)
pub async fn list_parts(cx: Cx, input: ListPartsInput) -> Result<ListPartsOutput, Error> {
    refuse_customer_key!(input)?;
    let bucket = rights::bucket_of(&cx, &input.bucket, input.expected_owner())?;
    let limit = list::page_size(input.max_parts, "max-parts")?;
    let marker = input.part_number_marker.unwrap_or(0).max(0);
    let count = usize::try_from(limit).unwrap_or_default();
    let (upload, mut parts) = cx.read(|tx| {
        let upload = keyspace::upload(tx, &bucket, &input.key, &input.upload_id)?;
        Ok((upload, keyspace::parts(tx, &input.upload_id, marker, count + 1)?))
    })?;
    let more = parts.len() > count && count > 0;
    parts.truncate(count);
    Ok(ListPartsOutput {
        bucket: Some(bucket.name),
        key: Some(input.key),
        upload_id: Some(input.upload_id),
        part_number_marker: Some(marker),
        next_part_number_marker: Some(parts.last().map_or(0, |part| part.number)),
        max_parts: Some(limit),
        is_truncated: Some(more),
        parts: Some(parts.into_iter().map(|part| listed_part(part, &upload)).collect()),
        initiator: Some(initiator(&upload)),
        owner: Some(names::owner(&bucket.account)),
        storage_class: Some(storage_class(&upload)),
        checksum_algorithm: upload.checksum_asked.then(|| upload.checksum_algorithm.clone()),
        checksum_type: upload.checksum_asked.then_some(upload.checksum_type),
    })
}

fn listed_part(part: Part, upload: &Upload) -> api_storage::s3::Part {
    let mut listed = api_storage::s3::Part {
        part_number: Some(part.number),
        last_modified: Some(part.last_modified),
        etag: Some(format!("\"{}\"", part.etag)),
        size: Some(part.size),
        ..Default::default()
    };
    if upload.checksum_asked {
        set_sums!(listed, part.checksum.as_ref());
    }
    listed
}

fn initiator(upload: &Upload) -> Owner {
    let name = upload.initiator.rsplit('/').next().unwrap_or_default();
    Owner { id: Some(upload.initiator.clone()), display_name: Some(name.to_owned()) }
}

fn storage_class(upload: &Upload) -> String {
    upload.attributes.storage_class.clone().unwrap_or_else(|| "STANDARD".to_owned())
}

/// [ListMultipartUploads](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html)
pub async fn list_multipart_uploads(
    cx: Cx,
    input: ListMultipartUploadsInput,
) -> Result<ListMultipartUploadsOutput, Error> {
    let bucket = rights::bucket_of(&cx, &input.bucket, input.expected_owner())?;
    let limit = list::page_size(input.max_uploads, "max-uploads")?;
    let key_marker = input.key_marker.as_deref().unwrap_or_default();
    // Without a key the upload id says nothing.
    let upload_marker =
        input.upload_id_marker.as_deref().filter(|it| !it.is_empty() && !key_marker.is_empty());
    let walk = list::Walk {
        prefix: input.prefix.as_deref().unwrap_or_default(),
        delimiter: input.delimiter.as_deref().unwrap_or_default(),
        after: key_marker,
        limit: usize::try_from(limit).unwrap_or_default(),
    };
    let page = cx.read(|tx| uploads(tx, &bucket, &walk, upload_marker))?;
    let encoding = Encoding(input.encoding_type);
    let owner = names::owner(&bucket.account);
    let listed = page.uploads.into_iter().map(|(key, upload_id, upload)| MultipartUpload {
        key: Some(encoding.encode(&key)),
        upload_id: Some(upload_id),
        initiator: Some(initiator(&upload)),
        owner: Some(owner.clone()),
        storage_class: Some(storage_class(&upload)),
        initiated: Some(upload.initiated),
        checksum_algorithm: upload.checksum_asked.then(|| upload.checksum_algorithm.clone()),
        checksum_type: upload.checksum_asked.then_some(upload.checksum_type),
    });
    let prefixes = page.prefixes.iter();
    let (next_key, next_upload) = page.next.unwrap_or_default();
    Ok(ListMultipartUploadsOutput {
        key_marker: Some(encoding.encode(key_marker)),
        upload_id_marker: Some(upload_marker.unwrap_or_default().to_owned()),
        next_key_marker: Some(encoding.encode(&next_key)),
        next_upload_id_marker: Some(next_upload),
        prefix: Some(encoding.encode(walk.prefix)),
        delimiter: encoding.optional(input.delimiter.as_deref().filter(|it| !it.is_empty())),
        encoding_type: input.encoding_type,
        max_uploads: Some(limit),
        is_truncated: Some(page.more),
        uploads: Some(listed.collect()),
        common_prefixes: Some(
            prefixes.map(|it| CommonPrefix { prefix: Some(encoding.encode(it)) }).collect(),
        ),
        bucket: Some(bucket.name),
    })
}

#[derive(Default)]
struct Uploads {
    uploads: Vec<(String, String, Upload)>,
    prefixes: Vec<String>,
    /// Key and upload id of the last entry.
    next: Option<(String, String)>,
    more: bool,
}

fn uploads(
    tx: &store::ReadTx<'_>,
    bucket: &Bucket,
    walk: &list::Walk<'_>,
    upload_marker: Option<&str>,
) -> Result<Uploads, Error> {
    use keyspace::Step;
    let (mut page, mut failure) = (Uploads::default(), None);
    if walk.limit == 0 {
        return Ok(page);
    }
    let begin = match upload_marker {
        Some(upload_id) => Some(keyspace::upload_row(bucket, walk.after, upload_id).into_bytes()),
        None => (!walk.after.is_empty()).then(|| list::behind_key(bucket, walk.after)),
    };
    let prefix = keyspace::bucket_rows(bucket).text_prefix(walk.prefix);
    keyspace::walk(tx, keyspace::UPLOADS, prefix.as_bytes(), begin, |row, value| {
        let rows = keyspace::bucket_rows(bucket);
        let mut parts = store::Key::parts(row.get(rows.as_bytes().len()..).unwrap_or_default());
        let (Some(key), Some(upload_id)) = (parts.text(), parts.text()) else {
            failure = Some(Error::internal("an upload's row has no key"));
            return Step::Stop;
        };
        let rolled = list::common_prefix(&key, walk.prefix, walk.delimiter);
        if let Some(rolled) = rolled
            && rolled <= walk.after
        {
            return Step::Behind(list::behind_prefix(bucket, rolled));
        }
        if page.uploads.len() + page.prefixes.len() == walk.limit {
            page.more = true;
            return Step::Stop;
        }
        if let Some(rolled) = rolled {
            page.prefixes.push(rolled.to_owned());
            page.next = Some((rolled.to_owned(), String::new()));
            return Step::Behind(list::behind_prefix(bucket, rolled));
        }
        match keyspace::decode(value) {
            Ok(upload) => {
                page.next = Some((key.clone(), upload_id.clone()));
                page.uploads.push((key, upload_id, upload));
                Step::Next
            }
            Err(error) => {
                failure = Some(error.into());
                Step::Stop
            }
        }
    })?;
    page.next = page.next.filter(|_| page.more);
    failure.map_or(Ok(page), Err)
}
