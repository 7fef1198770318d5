//! CompleteMultipartUpload: checks the parts and makes them an object, without moving a byte.

use api_storage::s3::*;
use md5::{Digest as _, Md5};
use service::{Cx, Error};
use store::WriteTx;

use crate::checksum::{self, Sums, refuse_other_sums, set_sums, sums_of};
use crate::conditions::WriteConditions;
use crate::encryption::{self, refuse_customer_key};
use crate::model::{Bucket, Manifest, Part, StoredBody, StoredChecksum, Upload, Version};
use crate::put::{set_encryption, shown_version_id};
use crate::rights::{self, OnBucket};
use crate::{errors, events, keyspace, multipart};

/// Least size of every part but the last.
const MIN_PART: i64 = 5 << 20;
/// Largest object.
const MAX_OBJECT: i64 = 5 << 40;

/// What the client says that it has uploaded.
#[derive(Clone)]
struct Claim {
    parts: Vec<CompletedPart>,
    /// Of the object.
    checksum: Option<(ChecksumAlgorithm, String)>,
    checksum_type: Option<ChecksumType>,
    size: Option<i64>,
}

/// [CompleteMultipartUpload](https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html)
pub async fn complete_multipart_upload(
    cx: Cx,
    mut input: CompleteMultipartUploadInput,
) -> Result<CompleteMultipartUploadOutput, Error> {
    refuse_customer_key!(input)?;
    refuse_other_sums!(input)?;
    let bucket = rights::bucket_of(&cx, &input.bucket, input.expected_owner())?;
    let conditions = WriteConditions::new(input.if_match.take(), input.if_none_match.as_deref())?;
    let sums = sums_of!(input);
    let claim = Claim {
        parts: input.multipart_upload.take().and_then(|it| it.parts).unwrap_or_default(),
        checksum: sums.single()?.map(|(algorithm, sum)| (algorithm, sum.to_owned())),
        checksum_type: input.checksum_type,
        size: input.mpu_object_size,
    };
    for part in &claim.parts {
        refuse_other_sums!(part)?;
    }
    check_order(&claim.parts)?;
    // The sums of an upload that has some are read out of what is sealed.
    let upload = cx.read(|tx| keyspace::upload(tx, &bucket, &input.key, &input.upload_id))?;
    if upload.checksum_asked {
        let sealing = upload.encryption.as_ref();
        encryption::for_read(&cx, &bucket, &input.key, sealing).await?;
    }
    let (inner, seen, now) = (cx.clone(), bucket.clone(), cx.now());
    let (key, upload_id) = (input.key.clone(), input.upload_id.clone());
    let (version, upload) = cx
        .write(move |tx| {
            let bucket = keyspace::same_bucket(tx, &seen)?.value;
            let upload = keyspace::upload(tx, &bucket, &key, &upload_id)?;
            conditions.check(&key, keyspace::newest(tx, &bucket, &key)?.as_ref())?;
            let manifest = choose_parts(tx, &upload_id, &claim.parts)?;
            let mut version = assemble(&upload_id, &upload, &manifest, &claim)?;
            version.last_modified = now;
            finish(tx, &bucket, &key, &upload_id, &manifest, &mut version)?;
            events::created(tx, &inner, &bucket, &key, &version, "CompleteMultipartUpload")?;
            Ok((version, upload))
        })
        .await?;
    let mut output = CompleteMultipartUploadOutput {
        location: Some(format!(
            "{}/{}/{}",
            cx.endpoint().url(),
            input.bucket,
            wire::uri::encode(&input.key, true)
        )),
        etag: Some(version.quoted_etag()),
        version_id: shown_version_id(&bucket, &version),
        bucket: Some(input.bucket),
        key: Some(input.key),
        ..CompleteMultipartUploadOutput::default()
    };
    if let Some(checksum) = &version.checksum {
        output.checksum_type = Some(checksum.kind);
        set_sums!(output, Some(checksum));
    }
    set_encryption!(output, upload.encryption.as_ref());
    Ok(output)
}

fn check_order(parts: &[CompletedPart]) -> Result<(), Error> {
    if parts.is_empty() {
        return Err(errors::MALFORMED_XML.error(
            "The XML you provided was not well-formed or did not validate against our published \
             schema",
        ));
    }
    let numbers = || parts.iter().map(|part| part.part_number.unwrap_or(0));
    if let Some(number) = numbers().find(|it| !(1..=multipart::MAX_PARTS).contains(it)) {
        return Err(errors::invalid_argument(
            "Part number must be an integer between 1 and 10000, inclusive",
            "partNumber",
            &number.to_string(),
        ));
    }
    if numbers().zip(numbers().skip(1)).any(|(before, after)| before >= after) {
        return Err(errors::INVALID_PART_ORDER.error(
            "The list of parts was not in ascending order. Parts must be ordered by part number.",
        ));
    }
    Ok(())
}

/// The uploaded parts that the client names, if they are as it says.
fn choose_parts(
    tx: &WriteTx<'_>,
    upload_id: &str,
    claimed: &[CompletedPart],
) -> Result<Manifest, Error> {
    let mut parts = Vec::with_capacity(claimed.len());
    for (at, claim) in claimed.iter().enumerate() {
        let number = claim.part_number.unwrap_or_default();
        let etag = claim.etag.as_deref().unwrap_or_default();
        let invalid = || {
            errors::INVALID_PART
                .error(
                    "One or more of the specified parts could not be found. The part may not have \
                     been uploaded, or the specified entity tag may not match the part's entity \
                     tag.",
                )
                .with("UploadId", upload_id)
                .with("PartNumber", number.to_string())
                .with("ETag", etag.trim_matches('"'))
        };
        let part = keyspace::part(tx, upload_id, number)?.ok_or_else(invalid)?;
        if etag.trim_matches('"') != part.etag || !sums_match(claim, &part)? {
            return Err(invalid());
        }
        let is_last = at + 1 == claimed.len();
        if !is_last && part.size < MIN_PART {
            return Err(errors::ENTITY_TOO_SMALL
                .error("Your proposed upload is smaller than the minimum allowed size")
                .with("ProposedSize", part.size.to_string())
                .with("MinSizeAllowed", MIN_PART.to_string())
                .with("PartNumber", number.to_string())
                .with("ETag", &part.etag));
        }
        parts.push(part);
    }
    Ok(Manifest { parts })
}

fn sums_match(claim: &CompletedPart, part: &Part) -> Result<bool, Error> {
    let mut claim = claim.clone();
    let sums: Sums = sums_of!(claim);
    Ok(match (sums.single()?, &part.checksum) {
        (None, _) => true,
        (Some((algorithm, sum)), Some(stored)) => {
            stored.algorithm == algorithm.as_str() && stored.value == sum
        }
        (Some(_), None) => false,
    })
}

/// The object that the parts make, if it comes to what the client says.
fn assemble(
    upload_id: &str,
    upload: &Upload,
    manifest: &Manifest,
    claim: &Claim,
) -> Result<Version, Error> {
    let size: i64 = manifest.parts.iter().map(|part| part.size).sum();
    if size > MAX_OBJECT {
        return Err(errors::ENTITY_TOO_LARGE
            .error("Your proposed upload exceeds the maximum allowed size")
            .with("ProposedSize", size.to_string())
            .with("MaxSizeAllowed", MAX_OBJECT.to_string()));
    }
    if let Some(claimed) = claim.size
        && claimed != size
    {
        return Err(errors::INVALID_REQUEST.error(format!(
            "The provided 'x-amz-mp-object-size' header value {claimed} does not match what was \
             computed: {size}"
        )));
    }
    let mut md5 = Md5::default();
    for part in &manifest.parts {
        md5.update(hex::decode(&part.etag).map_err(Error::internal)?);
    }
    Ok(Version {
        size,
        etag: format!("{}-{}", hex::encode(md5.finalize()), manifest.parts.len()),
        body: Some(StoredBody { manifest: Some(upload_id.to_owned()), ..StoredBody::default() }),
        checksum: object_checksum(upload, manifest, claim)?,
        encryption: upload.encryption.clone(),
        attributes: Some(upload.attributes.clone()),
        tags: upload.tags.clone(),
        parts: i32::try_from(manifest.parts.len()).ok(),
        ..Version::default()
    })
}

fn object_checksum(
    upload: &Upload,
    manifest: &Manifest,
    claim: &Claim,
) -> Result<Option<StoredChecksum>, Error> {
    if let Some(kind) = claim.checksum_type
        && kind != upload.checksum_type
    {
        return Err(errors::INVALID_REQUEST.error(format!(
            "The upload was created using the {} checksum mode. The complete request must use the \
             same checksum mode.",
            upload.checksum_type
        )));
    }
    let algorithm = ChecksumAlgorithm::parse(&upload.checksum_algorithm);
    let sums = manifest.parts.iter().map(|part| (part.size, part.checksum.as_ref()));
    let computed = algorithm.and_then(|it| checksum::combine(it, upload.checksum_type, sums));
    let Some((claimed_algorithm, claimed)) = &claim.checksum else { return Ok(computed) };
    match &computed {
        Some(computed) if computed.algorithm == claimed_algorithm.as_str() => {
            let value = claimed.as_str();
            // The number of parts may be left out of a composite.
            let bare = computed.value.split('-').next().unwrap_or_default();
            if value == computed.value || value == bare {
                return Ok(Some(computed.clone()));
            }
            Err(errors::BAD_DIGEST.error(format!(
                "The {claimed_algorithm} you specified did not match the calculated checksum."
            )))
        }
        _ => Err(errors::INVALID_REQUEST.error(format!(
            "The upload was created using the {} checksum algorithm; {claimed_algorithm} cannot be \
             checked.",
            upload.checksum_algorithm
        ))),
    }
}

fn finish(
    tx: &mut WriteTx<'_>,
    bucket: &Bucket,
    key: &str,
    upload_id: &str,
    manifest: &Manifest,
    version: &mut Version,
) -> Result<(), Error> {
    let now = version.last_modified;
    keyspace::end_upload(tx, bucket, key, upload_id, Some(manifest), now)?;
    Ok(keyspace::put_version(tx, bucket, key, version, now)?)
}
