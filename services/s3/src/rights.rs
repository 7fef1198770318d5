//! What callers must be allowed, operation by operation.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html>

use api_storage::s3::*;
use auth::policy::Principal;
use service::{Cx, Error, Right};

use crate::model::{Bucket, Version};
use crate::{copy, errors, keyspace, names, state, tags};

/// An input that names a bucket.
pub trait OnBucket {
    /// The bucket's name.
    fn bucket(&self) -> &str;
    /// The account that the caller takes for its owner.
    fn expected_owner(&self) -> Option<&str>;
}

/// An input that names an object.
pub trait OnObject: OnBucket {
    /// The object's key.
    fn key(&self) -> &str;
    /// A version of it.
    fn version_id(&self) -> Option<&str> {
        None
    }
}

macro_rules! on_bucket {
    ($($input:ty),*) => {$(
        impl OnBucket for $input {
            fn bucket(&self) -> &str {
                &self.bucket
            }
            fn expected_owner(&self) -> Option<&str> {
                self.expected_bucket_owner.as_deref()
            }
        }
    )*};
}

macro_rules! on_object {
    ($($input:ty),*; versions $($versioned:ty),*) => {
        on_bucket!($($input,)* $($versioned),*);
        $(impl OnObject for $input {
            fn key(&self) -> &str {
                &self.key
            }
        })*
        $(impl OnObject for $versioned {
            fn key(&self) -> &str {
                &self.key
            }
            fn version_id(&self) -> Option<&str> {
                self.version_id.as_deref()
            }
        })*
    };
}

on_bucket!(
    BucketInput,
    GetBucketAccelerateConfigurationInput,
    PutBucketVersioningInput,
    PutBucketEncryptionInput,
    PutBucketPolicyInput,
    PutBucketTaggingInput,
    PutPublicAccessBlockInput,
    PutBucketNotificationConfigurationInput,
    ListObjectsInput,
    ListObjectsV2Input,
    ListObjectVersionsInput,
    ListMultipartUploadsInput,
    DeleteObjectsInput
);
on_object!(
    PutObjectInput, CopyObjectInput, CreateMultipartUploadInput, UploadPartInput,
    UploadPartCopyInput, CompleteMultipartUploadInput, AbortMultipartUploadInput, ListPartsInput;
    versions GetObjectInput, HeadObjectInput, DeleteObjectInput, GetObjectAttributesInput,
    GetObjectTaggingInput, PutObjectTaggingInput, DeleteObjectTaggingInput, GetObjectAclInput
);

/// The bucket that an input names, if it belongs to whom the caller takes for its owner.
pub fn bucket_of(cx: &Cx, name: &str, expected_owner: Option<&str>) -> Result<Bucket, Error> {
    let bucket = cx.read(|tx| keyspace::bucket(tx, name))?.value;
    match expected_owner {
        Some(owner) if owner != bucket.account => Err(errors::ACCESS_DENIED.error("Access Denied")),
        _ => Ok(bucket),
    }
}

/// A right on a bucket or something in it, under the bucket's policy.
fn right(cx: &Cx, bucket: &Bucket, action: &str, resource: String) -> Result<Right, Error> {
    let policy = state::of(cx.yard()).policy(bucket, cx.caller().principal.account())?;
    Ok(Right::new(action, resource).owned_by(bucket.account.clone()).policy(policy))
}

/// What the root user of a bucket's account may do whatever the bucket's policy says: a policy that
/// denies everybody everything could never be taken back otherwise.
const ROOT_ALWAYS_MAY: &[&str] =
    &["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"];

/// A right on a bucket.
pub fn bucket_right(cx: &Cx, bucket: &Bucket, action: &str) -> Result<Right, Error> {
    let arn = names::bucket_arn(&bucket.name);
    match &cx.caller().principal {
        Principal::Root { account }
            if *account == bucket.account && ROOT_ALWAYS_MAY.contains(&action) =>
        {
            Ok(Right::new(action, arn).owned_by(bucket.account.clone()))
        }
        _ => right(cx, bucket, action, arn),
    }
}

/// A right on an object.
pub fn object_right(cx: &Cx, bucket: &Bucket, key: &str, action: &str) -> Result<Right, Error> {
    right(cx, bucket, action, names::object_arn(&bucket.name, key))
}

/// A right on a bucket that is all that the operation needs.
pub fn on_bucket<I: OnBucket>(
    action: &'static str,
) -> impl Fn(&Cx, &I) -> Result<Vec<Right>, Error> + Send + Sync + 'static {
    move |cx, input| {
        let bucket = bucket_of(cx, input.bucket(), input.expected_owner())?;
        Ok(vec![bucket_right(cx, &bucket, action)?])
    }
}

/// A right to list, with what is listed as condition keys.
pub fn on_listing<I: OnBucket>(
    action: &'static str,
    filter: impl Fn(&I) -> (Option<&str>, Option<&str>, Option<i32>) + Send + Sync + 'static,
) -> impl Fn(&Cx, &I) -> Result<Vec<Right>, Error> + Send + Sync + 'static {
    move |cx, input| {
        let bucket = bucket_of(cx, input.bucket(), input.expected_owner())?;
        let (prefix, delimiter, max_keys) = filter(input);
        let mut right = bucket_right(cx, &bucket, action)?.with("s3:prefix", prefix.unwrap_or(""));
        if let Some(delimiter) = delimiter {
            right = right.with("s3:delimiter", delimiter);
        }
        if let Some(max_keys) = max_keys {
            right = right.with("s3:max-keys", max_keys.to_string());
        }
        Ok(vec![right])
    }
}

/// A right on an object or a version of it, which is an action of its own.
pub fn on_object<I: OnObject>(
    action: &'static str,
    version_action: &'static str,
) -> impl Fn(&Cx, &I) -> Result<Vec<Right>, Error> + Send + Sync + 'static {
    move |cx, input| {
        names::check_key(input.key())?;
        let bucket = bucket_of(cx, input.bucket(), input.expected_owner())?;
        let action = if input.version_id().is_some() { version_action } else { action };
        Ok(vec![existing(cx, &bucket, input.key(), input.version_id(), action)?])
    }
}

/// A right on an object that may be there: its tags are condition keys.
pub fn existing(
    cx: &Cx,
    bucket: &Bucket,
    key: &str,
    version_id: Option<&str>,
    action: &str,
) -> Result<Right, Error> {
    let mut right = object_right(cx, bucket, key, action)?;
    if let Some(version_id) = version_id {
        right = right.with("s3:versionid", version_id);
    }
    let found = cx.read(|tx| match version_id {
        Some(version_id) => keyspace::version(tx, bucket, key, version_id),
        None => Ok(keyspace::newest(tx, bucket, key)?),
    });
    // What cannot be read here is told by the handler.
    for tag in found.ok().flatten().and_then(|version: Version| version.tags).unwrap_or_default() {
        right = right.with(format!("s3:ExistingObjectTag/{}", tag.key), tag.value);
    }
    Ok(right)
}

/// What the headers of a write tell a policy.
struct WriteHeaders<'a> {
    encryption: Option<&'a str>,
    kms_key: Option<&'a str>,
    acl: Option<&'a str>,
    storage_class: Option<&'a str>,
    tagging: Option<&'a str>,
}

fn write_rights(
    cx: &Cx,
    bucket: &Bucket,
    key: &str,
    headers: &WriteHeaders<'_>,
) -> Result<Vec<Right>, Error> {
    let mut right = object_right(cx, bucket, key, "s3:PutObject")?;
    let plain = [
        ("s3:x-amz-server-side-encryption", headers.encryption),
        ("s3:x-amz-server-side-encryption-aws-kms-key-id", headers.kms_key),
        ("s3:x-amz-acl", headers.acl),
        ("s3:x-amz-storage-class", headers.storage_class),
    ];
    for (name, value) in plain {
        if let Some(value) = value {
            right = right.with(name, value);
        }
    }
    let tags = tags::parse_header(headers.tagging)?;
    if tags.is_empty() {
        return Ok(vec![right]);
    }
    let tagging = object_right(cx, bucket, key, "s3:PutObjectTagging")?;
    Ok(vec![with_request_tags(right, &tags), with_request_tags(tagging, &tags)])
}

/// Adds the tags of a request as condition keys.
pub fn with_request_tags(mut right: Right, tags: &[Tag]) -> Right {
    for tag in tags {
        right = right.with(format!("s3:RequestObjectTag/{}", tag.key), tag.value.clone());
    }
    let keys = tags.iter().map(|tag| tag.key.clone()).collect();
    right.with_values("s3:RequestObjectTagKeys", keys)
}

macro_rules! write_headers {
    ($input:expr) => {
        WriteHeaders {
            encryption: $input.server_side_encryption.as_deref(),
            kms_key: $input.ssekms_key_id.as_deref(),
            acl: $input.acl.as_deref(),
            storage_class: $input.storage_class.as_deref(),
            tagging: $input.tagging.as_deref(),
        }
    };
}

/// PutObject.
pub fn put_object(cx: &Cx, input: &PutObjectInput) -> Result<Vec<Right>, Error> {
    names::check_key(&input.key)?;
    let bucket = bucket_of(cx, &input.bucket, input.expected_owner())?;
    write_rights(cx, &bucket, &input.key, &write_headers!(input))
}

/// CreateMultipartUpload.
pub fn create_upload(cx: &Cx, input: &CreateMultipartUploadInput) -> Result<Vec<Right>, Error> {
    names::check_key(&input.key)?;
    let bucket = bucket_of(cx, &input.bucket, input.expected_owner())?;
    write_rights(cx, &bucket, &input.key, &write_headers!(input))
}

/// CopyObject: to read the source and to write the target.
pub fn copy_object(cx: &Cx, input: &CopyObjectInput) -> Result<Vec<Right>, Error> {
    names::check_key(&input.key)?;
    let bucket = bucket_of(cx, &input.bucket, input.expected_owner())?;
    let mut rights = write_rights(cx, &bucket, &input.key, &write_headers!(input))?;
    let owner = input.expected_source_bucket_owner.as_deref();
    let source = copy::Source::parse(&input.copy_source)?;
    rights.extend(source_rights(cx, &source, owner)?);
    Ok(rights)
}

/// UploadPartCopy: to read the source and to write the target.
pub fn copy_part(cx: &Cx, input: &UploadPartCopyInput) -> Result<Vec<Right>, Error> {
    let bucket = bucket_of(cx, &input.bucket, input.expected_owner())?;
    let source = copy::Source::parse(&input.copy_source)?;
    let mut rights = vec![object_right(cx, &bucket, &input.key, "s3:PutObject")?];
    let owner = input.expected_source_bucket_owner.as_deref();
    rights.extend(source_rights(cx, &source, owner)?);
    Ok(rights)
}

fn source_rights(
    cx: &Cx,
    source: &copy::Source,
    expected_owner: Option<&str>,
) -> Result<Vec<Right>, Error> {
    let bucket = bucket_of(cx, &source.bucket, expected_owner)?;
    let version_id = source.version_id.as_deref();
    let action = if version_id.is_some() { "s3:GetObjectVersion" } else { "s3:GetObject" };
    Ok(vec![existing(cx, &bucket, &source.key, version_id, action)?])
}

/// GetObjectAttributes: to read the object and its attributes.
pub fn object_attributes(cx: &Cx, input: &GetObjectAttributesInput) -> Result<Vec<Right>, Error> {
    let bucket = bucket_of(cx, &input.bucket, input.expected_owner())?;
    let actions = match input.version_id() {
        Some(_) => ["s3:GetObjectVersion", "s3:GetObjectVersionAttributes"],
        None => ["s3:GetObject", "s3:GetObjectAttributes"],
    };
    let right = |action| existing(cx, &bucket, &input.key, input.version_id(), action);
    actions.into_iter().map(right).collect()
}

/// PutObjectTagging.
pub fn put_tagging(cx: &Cx, input: &PutObjectTaggingInput) -> Result<Vec<Right>, Error> {
    let rights = on_object("s3:PutObjectTagging", "s3:PutObjectVersionTagging")(cx, input)?;
    let tagged = |right| with_request_tags(right, &input.tagging.tag_set);
    Ok(rights.into_iter().map(tagged).collect())
}

/// The error for an object that is not there: only who may list the bucket is told so.
pub fn absence(cx: &Cx, bucket: &Bucket, key: &str, error: Error) -> Error {
    let listing = bucket_right(cx, bucket, "s3:ListBucket").map(|it| it.with("s3:prefix", key));
    match listing.and_then(|listing| cx.authorize("s3", &listing)) {
        Ok(()) => error,
        Err(_) => errors::ACCESS_DENIED.error("Access Denied"),
    }
}
