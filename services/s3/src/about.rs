//! What hangs on objects: attributes, tags and access control lists.

use api_storage::s3::*;
use service::{Cx, Error};

use crate::checksum::set_sums;
use crate::encryption::{self, refuse_customer_key};
use crate::get::{self, Found};
use crate::model::{Part, Version};
use crate::put::shown_version_id;
use crate::rights::{self, OnBucket};
use crate::{errors, keyspace, names, tags};

/// Parts in an answer where the client does not say.
const DEFAULT_PARTS: i32 = 1000;

/// [GetObjectAttributes](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html)
pub async fn get_object_attributes(
    cx: Cx,
    input: GetObjectAttributesInput,
) -> Result<GetObjectAttributesOutput, Error> {
    const KNOWN: &[&str] = &["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];
    refuse_customer_key!(input)?;
    let asked = |name: &str| input.object_attributes.iter().any(|it| it == name);
    if let Some(unknown) = input.object_attributes.iter().find(|it| !KNOWN.contains(&it.as_str())) {
        return Err(errors::invalid_argument(
            "Invalid attribute name specified.",
            "x-amz-object-attributes",
            unknown,
        ));
    }
    let bucket = rights::bucket_of(&cx, &input.bucket, input.expected_owner())?;
    let Found { bucket, version } =
        get::find(&cx, bucket, &input.key, input.version_id.as_deref())?;
    let sealing = version.encryption.as_ref();
    encryption::for_read(&cx, &bucket, &input.key, sealing).await?;
    Ok(GetObjectAttributesOutput {
        last_modified: Some(version.last_modified),
        version_id: shown_version_id(&bucket, &version),
        etag: asked("ETag").then(|| version.etag.clone()),
        checksum: version.checksum.as_ref().filter(|_| asked("Checksum")).map(|stored| {
            let mut checksum = Checksum { checksum_type: Some(stored.kind), ..Checksum::default() };
            set_sums!(checksum, Some(stored));
            checksum
        }),
        object_parts: match asked("ObjectParts") {
            true => object_parts(&cx, &version, &input)?,
            false => None,
        },
        storage_class: asked("StorageClass").then(|| version.storage_class()),
        object_size: asked("ObjectSize").then_some(version.size),
        ..GetObjectAttributesOutput::default()
    })
}

fn object_parts(
    cx: &Cx,
    version: &Version,
    input: &GetObjectAttributesInput,
) -> Result<Option<ObjectParts>, Error> {
    let manifest = version.body.as_ref().and_then(|body| body.manifest.as_deref());
    let Some(upload_id) = manifest else { return Ok(None) };
    let manifest = cx.read(|tx| Ok(keyspace::manifest(tx, upload_id)?))?;
    let total = i32::try_from(manifest.parts.len()).unwrap_or(i32::MAX);
    // Parts without a checksum of their own are only counted.
    let is_composite =
        version.checksum.as_ref().is_some_and(|it| it.kind == ChecksumType::Composite);
    if !is_composite {
        let counted = ObjectParts { total_parts_count: Some(total), ..ObjectParts::default() };
        return Ok(Some(counted));
    }
    let marker = input.part_number_marker.unwrap_or(0);
    let limit = page_size(input.max_parts)?;
    let behind: Vec<(i32, &Part)> =
        (1..).zip(&manifest.parts).filter(|(number, _)| *number > marker).collect();
    let shown = behind.iter().take(limit);
    let parts: Vec<ObjectPart> = shown.map(|(number, part)| object_part(*number, part)).collect();
    Ok(Some(ObjectParts {
        total_parts_count: Some(total),
        part_number_marker: Some(marker),
        next_part_number_marker: Some(parts.last().and_then(|it| it.part_number).unwrap_or(marker)),
        max_parts: i32::try_from(limit).ok(),
        is_truncated: Some(behind.len() > limit),
        parts: Some(parts),
    }))
}

/// How many entries a page has; at most 1,000.
fn page_size(asked: Option<i32>) -> Result<usize, Error> {
    let asked = asked.unwrap_or(DEFAULT_PARTS);
    usize::try_from(asked).map(|it| it.min(DEFAULT_PARTS as usize)).map_err(|_| {
        errors::invalid_argument(
            "Argument max-parts must be an integer between 0 and 2147483647",
            "max-parts",
            &asked.to_string(),
        )
    })
}

fn object_part(number: i32, part: &Part) -> ObjectPart {
    let mut shown =
        ObjectPart { part_number: Some(number), size: Some(part.size), ..ObjectPart::default() };
    set_sums!(shown, part.checksum.as_ref());
    shown
}

/// [GetObjectTagging](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html)
pub async fn get_object_tagging(
    cx: Cx,
    input: GetObjectTaggingInput,
) -> Result<GetObjectTaggingOutput, Error> {
    let bucket = rights::bucket_of(&cx, &input.bucket, input.expected_owner())?;
    let Found { bucket, version } =
        get::find(&cx, bucket, &input.key, input.version_id.as_deref())?;
    Ok(GetObjectTaggingOutput {
        version_id: shown_version_id(&bucket, &version),
        tag_set: version.tags.unwrap_or_default(),
    })
}

/// [PutObjectTagging](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html)
pub async fn put_object_tagging(
    cx: Cx,
    input: PutObjectTaggingInput,
) -> Result<VersionOutput, Error> {
    tags::check(&input.tagging.tag_set, tags::MAX_OBJECT_TAGS)?;
    let bucket = rights::bucket_of(&cx, &input.bucket, input.expected_owner())?;
    let found = get::find(&cx, bucket, &input.key, input.version_id.as_deref())?;
    let tags = Some(input.tagging.tag_set).filter(|tags| !tags.is_empty());
    let version_id = set_tags(&cx, found, input.key, tags).await?;
    Ok(VersionOutput { status: None, version_id })
}

/// [DeleteObjectTagging](https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html)
pub async fn delete_object_tagging(
    cx: Cx,
    input: DeleteObjectTaggingInput,
) -> Result<VersionOutput, Error> {
    let bucket = rights::bucket_of(&cx, &input.bucket, input.expected_owner())?;
    let found = get::find(&cx, bucket, &input.key, input.version_id.as_deref())?;
    let version_id = set_tags(&cx, found, input.key, None).await?;
    Ok(VersionOutput { status: Some(204), version_id })
}

async fn set_tags(
    cx: &Cx,
    found: Found,
    key: String,
    tags: Option<Vec<Tag>>,
) -> Result<Option<String>, Error> {
    let shown = shown_version_id(&found.bucket, &found.version);
    cx.write(move |tx| {
        let bucket = keyspace::same_bucket(tx, &found.bucket)?.value;
        let version = keyspace::version(tx, &bucket, &key, &found.version.version_id)?;
        // It may have been overwritten meanwhile: the tags were meant for what was there before.
        let mut version = version
            .filter(|it| it.sequence == found.version.sequence)
            .ok_or_else(|| errors::no_such_key(&key))?;
        version.tags = tags.clone();
        Ok(keyspace::put_row(tx, &bucket, &key, &version)?)
    })
    .await?;
    Ok(shown)
}

/// [GetObjectAcl](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAcl.html)
pub async fn get_object_acl(cx: Cx, input: GetObjectAclInput) -> Result<AclOutput, Error> {
    let bucket = rights::bucket_of(&cx, &input.bucket, input.expected_owner())?;
    let found = get::find(&cx, bucket, &input.key, input.version_id.as_deref())?;
    Ok(owners_acl(&found.bucket.account))
}

/// The only list there is where the bucket's owner owns everything.
pub fn owners_acl(account: &str) -> AclOutput {
    let grantee = Grantee {
        id: Some(names::canonical_user_id(account)),
        display_name: None,
        kind: "CanonicalUser".to_owned(),
    };
    let grant = Grant { grantee: Some(grantee), permission: Some("FULL_CONTROL".to_owned()) };
    AclOutput { owner: Some(names::owner(account)), grants: Some(vec![grant]) }
}
