//! ListObjectVersions.

use api_storage::s3::*;
use service::{Cx, Error};
use store::ReadTx;

use crate::keyspace::{self, OBJECTS, Step};
use crate::list::{self, Encoding, Walk};
use crate::model::{Bucket, Version};
use crate::rights::{self, OnBucket};
use crate::{errors, names};

/// An entry: a version with its key and whether it is the newest, or what several keys share.
enum Entry {
    Version(String, Box<Version>, bool),
    Prefix(String),
}

struct Page {
    entries: Vec<Entry>,
    more: bool,
}

/// [ListObjectVersions](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html)
pub async fn list_object_versions(
    cx: Cx,
    input: ListObjectVersionsInput,
) -> Result<ListObjectVersionsOutput, Error> {
    let bucket = rights::bucket_of(&cx, &input.bucket, input.expected_owner())?;
    let limit = list::page_size(input.max_keys, "max-keys")?;
    let key_marker = input.key_marker.as_deref().unwrap_or_default();
    let version_marker = input.version_id_marker.as_deref().filter(|it| !it.is_empty());
    if version_marker.is_some() && key_marker.is_empty() {
        return Err(errors::invalid_argument(
            "A version-id marker cannot be specified without a key marker.",
            "version-id-marker",
            version_marker.unwrap_or_default(),
        ));
    }
    let walk = Walk {
        prefix: input.prefix.as_deref().unwrap_or_default(),
        delimiter: input.delimiter.as_deref().unwrap_or_default(),
        after: key_marker,
        limit: usize::try_from(limit).unwrap_or_default(),
    };
    let page = cx.read(|tx| versions(tx, &bucket, &walk, version_marker))?;
    let encoding = Encoding(input.encoding_type);
    let next = page.entries.last().filter(|_| page.more);
    let (next_key, next_version) = match next {
        Some(Entry::Version(key, version, _)) => (Some(key), Some(version.version_id.clone())),
        Some(Entry::Prefix(prefix)) => (Some(prefix), None),
        None => (None, None),
    };
    let mut output = ListObjectVersionsOutput {
        prefix: Some(encoding.encode(walk.prefix)),
        key_marker: Some(encoding.encode(key_marker)),
        version_id_marker: Some(version_marker.unwrap_or_default().to_owned()),
        next_key_marker: next_key.map(|it| encoding.encode(it)),
        next_version_id_marker: next_version,
        max_keys: Some(limit),
        delimiter: encoding.optional(input.delimiter.as_deref().filter(|it| !it.is_empty())),
        encoding_type: input.encoding_type,
        is_truncated: Some(page.more),
        ..ListObjectVersionsOutput::default()
    };
    fill(&mut output, page.entries, encoding, &names::owner(&bucket.account));
    output.name = Some(bucket.name);
    Ok(output)
}

fn versions(
    tx: &ReadTx<'_>,
    bucket: &Bucket,
    walk: &Walk<'_>,
    version_marker: Option<&str>,
) -> Result<Page, Error> {
    let mut page = Page { entries: Vec::new(), more: false };
    if walk.limit == 0 {
        return Ok(page);
    }
    let (begin, mut previous) = begin(tx, bucket, walk.after, version_marker)?;
    let prefix = keyspace::bucket_rows(bucket).text_prefix(walk.prefix);
    let mut failure = None;
    keyspace::walk(tx, OBJECTS, prefix.as_bytes(), begin, |row, value| {
        let decoded = list::key_of(bucket, row)
            .ok_or_else(|| Error::internal("a row of S3 has no key"))
            .and_then(|key| Ok((key, keyspace::decode::<Version>(value)?)));
        let (key, version) = match decoded {
            Ok(decoded) => decoded,
            Err(error) => {
                failure = Some(error);
                return Step::Stop;
            }
        };
        let rolled = list::common_prefix(&key, walk.prefix, walk.delimiter);
        if let Some(rolled) = rolled
            && rolled <= walk.after
        {
            return Step::Behind(list::behind_prefix(bucket, rolled));
        }
        if page.entries.len() == walk.limit {
            page.more = true;
            return Step::Stop;
        }
        match rolled {
            Some(rolled) => {
                let next = list::behind_prefix(bucket, rolled);
                page.entries.push(Entry::Prefix(rolled.to_owned()));
                Step::Behind(next)
            }
            None => {
                let is_latest = previous.as_deref() != Some(&key);
                previous = Some(key.clone());
                page.entries.push(Entry::Version(key, Box::new(version), is_latest));
                Step::Next
            }
        }
    })?;
    failure.map_or(Ok(page), Err)
}

/// Where a page begins, and of which key newer versions were shown before.
fn begin(
    tx: &ReadTx<'_>,
    bucket: &Bucket,
    key_marker: &str,
    version_marker: Option<&str>,
) -> Result<(Option<Vec<u8>>, Option<String>), Error> {
    let Some(version_marker) = version_marker else {
        let begin = (!key_marker.is_empty()).then(|| list::behind_key(bucket, key_marker));
        return Ok((begin, None));
    };
    let found = keyspace::version(tx, bucket, key_marker, version_marker)?;
    let sequence = match found {
        Some(version) => version.sequence,
        // Deleted between two pages: its place in the order is in its id.
        None => names::version_sequence(version_marker)
            .and_then(|it| i64::try_from(it).ok())
            .ok_or_else(|| {
                errors::invalid_argument(
                    "Invalid version id specified",
                    "version-id-marker",
                    version_marker,
                )
            })?,
    };
    let place = keyspace::version_row(bucket, key_marker, sequence).into_bytes();
    Ok((Some(place), Some(key_marker.to_owned())))
}

fn fill(
    output: &mut ListObjectVersionsOutput,
    entries: Vec<Entry>,
    encoding: Encoding,
    owner: &Owner,
) {
    let (mut versions, mut markers, mut prefixes) = (Vec::new(), Vec::new(), Vec::new());
    for entry in entries {
        match entry {
            Entry::Prefix(prefix) => {
                prefixes.push(CommonPrefix { prefix: Some(encoding.encode(&prefix)) });
            }
            Entry::Version(key, version, is_latest) if version.is_delete_marker() => {
                markers.push(DeleteMarkerEntry {
                    key: Some(encoding.encode(&key)),
                    version_id: Some(version.version_id),
                    is_latest: Some(is_latest),
                    last_modified: Some(version.last_modified),
                    owner: Some(owner.clone()),
                });
            }
            Entry::Version(key, version, is_latest) => versions.push(ObjectVersion {
                key: Some(encoding.encode(&key)),
                version_id: Some(version.version_id.clone()),
                is_latest: Some(is_latest),
                last_modified: Some(version.last_modified),
                etag: Some(version.quoted_etag()),
                checksum_algorithm: version.checksum.as_ref().map(|it| vec![it.algorithm.clone()]),
                checksum_type: version.checksum.as_ref().map(|it| it.kind),
                size: Some(version.size),
                owner: Some(owner.clone()),
                storage_class: Some(version.storage_class()),
            }),
        }
    }
    output.versions = Some(versions);
    output.delete_markers = Some(markers);
    output.common_prefixes = Some(prefixes);
}
