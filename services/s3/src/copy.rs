//! CopyObject, and the sources of copies.

use api_storage::s3::*;
use service::{Cx, Error};
use shape::Body;
use wire::uri;

use crate::attributes::{attributes_of, check_acl, check_lock};
use crate::body::{self, Incoming, MAX_PUT};
use crate::checksum::{Expected, Sums, check_algorithm_name, set_sums};
use crate::conditions::{Conditions, WriteConditions};
use crate::encryption::{self, asked, refuse_customer_key};
use crate::model::Version;
use crate::put::{DEFAULT_CHECKSUM, commit, set_encryption, shown_version_id, version_of};
use crate::rights::{self, OnBucket};
use crate::{attributes, errors, get, keyspace, names, tags};

/// What `x-amz-copy-source` names.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    pub bucket: String,
    pub key: String,
    pub version_id: Option<String>,
}

impl Source {
    /// Reads `BUCKET/KEY` or `BUCKET/KEY?versionId=ID`, percent-encoded.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let bad = || {
            errors::invalid_argument(
                "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
                "x-amz-copy-source",
                text,
            )
        };
        if text.starts_with("arn:") || text.starts_with("/arn:") {
            return Err(errors::not_implemented("Copying from an access point"));
        }
        let (path, version_id) = match text.split_once("?versionId=") {
            Some((path, version_id)) => (path, Some(version_id.to_owned())),
            None => (text, None),
        };
        let path = uri::decode(path.strip_prefix('/').unwrap_or(path), false).ok_or_else(bad)?;
        match path.split_once('/') {
            Some((bucket, key)) if !bucket.is_empty() && !key.is_empty() => {
                Ok(Self { bucket: bucket.to_owned(), key: key.to_owned(), version_id })
            }
            _ => Err(bad()),
        }
    }

    /// Finds the source, which must meet the conditions and be readable.
    pub async fn open(
        &self,
        cx: &Cx,
        expected_owner: Option<&str>,
        conditions: &Conditions<'_>,
    ) -> Result<get::Found, Error> {
        let bucket = rights::bucket_of(cx, &self.bucket, expected_owner)?;
        let found = match get::find(cx, bucket, &self.key, self.version_id.as_deref()) {
            Err(error) if error.is(errors::METHOD_NOT_ALLOWED) => {
                return Err(errors::INVALID_REQUEST.error(
                    "The source of a copy request may not specifically refer to a delete marker \
                     by version id.",
                ));
            }
            found => found?,
        };
        conditions.check_copy_source(&found.version)?;
        let sealing = found.version.encryption.as_ref();
        encryption::for_read(cx, &found.bucket, &self.key, sealing).await?;
        Ok(found)
    }
}

/// The conditions on a copy's source, out of an input.
macro_rules! source_conditions {
    ($input:expr) => {
        $crate::conditions::Conditions {
            if_match: $input.copy_source_if_match.as_deref(),
            if_none_match: $input.copy_source_if_none_match.as_deref(),
            if_modified_since: $input.copy_source_if_modified_since.as_deref(),
            if_unmodified_since: $input.copy_source_if_unmodified_since.as_deref(),
        }
    };
}
pub(crate) use source_conditions;

/// [CopyObject](https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html)
pub async fn copy_object(cx: Cx, mut input: CopyObjectInput) -> Result<CopyObjectOutput, Error> {
    names::check_key(&input.key)?;
    check_acl!(input)?;
    check_lock!(input)?;
    refuse_customer_key!(input)?;
    refuse_customer_key!(source of input)?;
    let bucket = rights::bucket_of(&cx, &input.bucket, input.expected_owner())?;
    let conditions = WriteConditions::new(input.if_match.take(), input.if_none_match.as_deref())?;
    let source = Source::parse(&input.copy_source)?;
    let owner = input.expected_source_bucket_owner.as_deref();
    let found = source.open(&cx, owner, &source_conditions!(input)).await?;
    check_size(&found.version)?;
    check_changes_something(&source, &input)?;
    let (sealing, key_ref) =
        encryption::for_write(&cx, &bucket, &input.key, &asked!(input)).await?;
    let tags = target_tags(&cx, &source, &found, &input)?;
    let attributes = target_attributes(&found.version, &mut input)?;

    let algorithm = match input.checksum_algorithm.as_deref() {
        Some(name) => check_algorithm_name(name)?,
        None => algorithm_of(&found.version),
    };
    let expected = Expected::of_request(&Sums::default(), None, None, algorithm)?;
    let size = found.version.size.unsigned_abs();
    let bytes: Body = body::open(&cx, &found.bucket, &found.version, 0..size).await?;
    let incoming = Incoming { key: &key_ref, expected: &expected, content_md5: None, inline: true };
    let kept = body::keep(&cx, &bucket, bytes, incoming).await?;
    let version = Version {
        tags,
        attributes: Some(attributes),
        encryption: Some(sealing),
        ..version_of(&kept)
    };
    let version = commit(&cx, &bucket, &input.key, version, kept, conditions, "CopyObject").await?;

    let mut result = CopyObjectResult {
        last_modified: Some(version.last_modified),
        etag: Some(version.quoted_etag()),
        checksum_type: version.checksum.as_ref().map(|it| it.kind),
        ..CopyObjectResult::default()
    };
    set_sums!(result, version.checksum.as_ref());
    let mut output = CopyObjectOutput {
        copy_object_result: Some(result),
        copy_source_version_id: shown_version_id(&found.bucket, &found.version),
        version_id: shown_version_id(&bucket, &version),
        ..CopyObjectOutput::default()
    };
    set_encryption!(output, version.encryption.as_ref());
    Ok(output)
}

fn check_size(version: &Version) -> Result<(), Error> {
    if version.size.unsigned_abs() <= MAX_PUT {
        return Ok(());
    }
    Err(errors::INVALID_REQUEST.error(format!(
        "The specified copy source is larger than the maximum allowable size for a copy source: \
         {MAX_PUT}"
    )))
}

/// The algorithm that a copy takes over from its source.
pub fn algorithm_of(version: &Version) -> ChecksumAlgorithm {
    let stored = version.checksum.as_ref();
    stored.and_then(|it| ChecksumAlgorithm::parse(&it.algorithm)).unwrap_or(DEFAULT_CHECKSUM)
}

/// An object may be copied onto itself only to change something about it.
fn check_changes_something(source: &Source, input: &CopyObjectInput) -> Result<(), Error> {
    let onto_itself =
        source.bucket == input.bucket && source.key == input.key && source.version_id.is_none();
    let changes = input.metadata_directive == Some(Directive::Replace)
        || input.storage_class.is_some()
        || input.website_redirect_location.is_some()
        || input.server_side_encryption.is_some()
        || input.checksum_algorithm.is_some();
    if !onto_itself || changes {
        return Ok(());
    }
    Err(errors::INVALID_REQUEST.error(
        "This copy request is illegal because it is trying to copy an object to itself without \
         changing the object's metadata, storage class, website redirect location or encryption \
         attributes.",
    ))
}

fn target_attributes(
    source: &Version,
    input: &mut CopyObjectInput,
) -> Result<crate::model::Attributes, Error> {
    if input.metadata_directive == Some(Directive::Replace) {
        return attributes_of!(input);
    }
    // Storage class and redirect belong to the place, not to the bytes.
    attributes::checked(crate::model::Attributes {
        storage_class: input.storage_class.take(),
        website_redirect_location: input.website_redirect_location.take(),
        ..source.attributes.clone().unwrap_or_default()
    })
}

fn target_tags(
    cx: &Cx,
    source: &Source,
    found: &get::Found,
    input: &CopyObjectInput,
) -> Result<Option<Vec<Tag>>, Error> {
    if input.tagging_directive == Some(Directive::Replace) {
        let tags = tags::parse_header(input.tagging.as_deref())?;
        return Ok((!tags.is_empty()).then_some(tags));
    }
    if input.tagging.is_some() {
        return Err(errors::INVALID_REQUEST
            .error("The x-amz-tagging header requires the x-amz-tagging-directive REPLACE."));
    }
    if found.version.tags.is_none() {
        return Ok(None);
    }
    // Whoever copies tags reads and writes them.
    let version_id = source.version_id.as_deref();
    let read = match version_id {
        Some(_) => "s3:GetObjectVersionTagging",
        None => "s3:GetObjectTagging",
    };
    cx.authorize("s3", &rights::existing(cx, &found.bucket, &source.key, version_id, read)?)?;
    let target = cx.read(|tx| keyspace::bucket(tx, &input.bucket))?.value;
    cx.authorize("s3", &rights::object_right(cx, &target, &input.key, "s3:PutObjectTagging")?)?;
    Ok(found.version.tags.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources() {
        let of = |text: &str| Source::parse(text).ok().map(|it| (it.bucket, it.key, it.version_id));
        let source = |key: &str, version: Option<&str>| {
            Some(("b".to_owned(), key.to_owned(), version.map(str::to_owned)))
        };
        assert_eq!(of("b/k"), source("k", None));
        assert_eq!(of("/b/a%20b/c%3Fd"), source("a b/c?d", None));
        assert_eq!(of("b/k?versionId=null"), source("k", Some("null")));
        for bad in ["", "b", "b/", "/b", "//k", "b/%ff"] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }
}
