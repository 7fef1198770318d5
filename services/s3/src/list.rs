//! Listings of objects and versions: ordered walks over the rows, which skip what is rolled up.
//!
//! The work is proportional to the entries shown, not to the keys in the bucket: behind a common
//! prefix and behind the newest version of a key, the walk goes on at the next key that matters.

use api_storage::s3::*;
use service::{Cx, Error};
use store::{Key, ReadTx};
use wire::uri;

use crate::keyspace::{self, OBJECTS, Step};
use crate::model::{Bucket, Version};
use crate::rights::{self, OnBucket};
use crate::{errors, names};

/// Most entries of a page.
const MAX_KEYS: i32 = 1000;

/// What a listing is about, and where it begins.
pub struct Walk<'a> {
    pub prefix: &'a str,
    pub delimiter: &'a str,
    /// Only keys, and common prefixes, behind this one.
    pub after: &'a str,
    pub limit: usize,
}

/// How many entries a page has; at most 1,000.
pub fn page_size(asked: Option<i32>, name: &str) -> Result<i32, Error> {
    match asked {
        None => Ok(MAX_KEYS),
        Some(asked) if asked >= 0 => Ok(asked.min(MAX_KEYS)),
        Some(asked) => Err(errors::invalid_argument(
            &format!("Argument {name} must be an integer between 0 and 2147483647"),
            name,
            &asked.to_string(),
        )),
    }
}

/// What a key is rolled up into, if anything.
pub fn common_prefix<'k>(key: &'k str, prefix: &str, delimiter: &str) -> Option<&'k str> {
    if delimiter.is_empty() {
        return None;
    }
    let at = key.strip_prefix(prefix)?.find(delimiter)?;
    key.get(..prefix.len() + at + delimiter.len())
}

/// A place behind all rows of keys that begin with `prefix`. No key has the byte FF but behind 00.
pub fn behind_prefix(bucket: &Bucket, prefix: &str) -> Vec<u8> {
    let mut place = keyspace::bucket_rows(bucket).text_prefix(prefix).into_bytes();
    place.push(0xff);
    place
}

/// A place behind all rows of a key.
pub fn behind_key(bucket: &Bucket, key: &str) -> Vec<u8> {
    let mut place = keyspace::key_rows(bucket, key).into_bytes();
    place.extend([0xff; 9]);
    place
}

/// The key in a row's key.
pub fn key_of(bucket: &Bucket, row: &[u8]) -> Option<String> {
    let rows = keyspace::bucket_rows(bucket);
    Key::parts(row.get(rows.as_bytes().len()..)?).text()
}

/// An entry of a listing: an object, or what several keys share.
pub enum Entry {
    Object(String, Box<Version>),
    Prefix(String),
}

impl Entry {
    fn name(&self) -> &str {
        match self {
            Self::Object(key, _) => key,
            Self::Prefix(prefix) => prefix,
        }
    }
}

/// The objects of a page, and whether more follow.
fn objects(tx: &ReadTx<'_>, bucket: &Bucket, walk: &Walk<'_>) -> Result<(Vec<Entry>, bool), Error> {
    let (mut entries, mut more, mut failure) = (Vec::new(), false, None);
    let begin = (!walk.after.is_empty()).then(|| behind_key(bucket, walk.after));
    let prefix = keyspace::bucket_rows(bucket).text_prefix(walk.prefix);
    if walk.limit == 0 {
        return Ok((entries, false));
    }
    keyspace::walk(tx, OBJECTS, prefix.as_bytes(), begin, |row, value| {
        let Some(key) = key_of(bucket, row) else {
            failure = Some(Error::internal("a row of S3 has no key"));
            return Step::Stop;
        };
        let rolled = common_prefix(&key, walk.prefix, walk.delimiter);
        if let Some(rolled) = rolled
            && rolled <= walk.after
        {
            return Step::Behind(behind_prefix(bucket, rolled));
        }
        let version: Version = match keyspace::decode(value) {
            Ok(version) => version,
            Err(error) => {
                failure = Some(error.into());
                return Step::Stop;
            }
        };
        if version.is_delete_marker() {
            return Step::Behind(behind_key(bucket, &key));
        }
        if entries.len() == walk.limit {
            more = true;
            return Step::Stop;
        }
        match rolled {
            Some(rolled) => {
                let next = behind_prefix(bucket, rolled);
                entries.push(Entry::Prefix(rolled.to_owned()));
                Step::Behind(next)
            }
            None => {
                // Without versions a key has one row, and the next row is the next key.
                let next = match bucket.versioning {
                    Some(_) => Step::Behind(behind_key(bucket, &key)),
                    None => Step::Next,
                };
                entries.push(Entry::Object(key, Box::new(version)));
                next
            }
        }
    })?;
    failure.map_or(Ok((entries, more)), Err)
}

/// Writes names as the client can read them in XML.
#[derive(Clone, Copy)]
pub struct Encoding(pub Option<EncodingType>);

impl Encoding {
    pub fn encode(self, text: &str) -> String {
        match self.0 {
            Some(EncodingType::Url) => uri::encode(text, true),
            None => text.to_owned(),
        }
    }

    pub fn optional(self, text: Option<&str>) -> Option<String> {
        text.map(|it| self.encode(it))
    }
}

fn contents(
    entries: Vec<Entry>,
    encoding: Encoding,
    owner: Option<&Owner>,
) -> (Vec<Object>, Vec<CommonPrefix>) {
    let (mut objects, mut prefixes) = (Vec::new(), Vec::new());
    for entry in entries {
        match entry {
            Entry::Prefix(prefix) => {
                prefixes.push(CommonPrefix { prefix: Some(encoding.encode(&prefix)) });
            }
            Entry::Object(key, version) => objects.push(Object {
                key: Some(encoding.encode(&key)),
                last_modified: Some(version.last_modified),
                etag: Some(version.quoted_etag()),
                checksum_algorithm: version.checksum.as_ref().map(|it| vec![it.algorithm.clone()]),
                checksum_type: version.checksum.as_ref().map(|it| it.kind),
                size: Some(version.size),
                owner: owner.cloned(),
                storage_class: Some(version.storage_class()),
            }),
        }
    }
    (objects, prefixes)
}

fn refuse_restore_status(attributes: Option<&Vec<String>>) -> Result<(), Error> {
    match attributes.and_then(|it| it.iter().find(|name| name.as_str() != "RestoreStatus")) {
        // Nothing here is ever archived, so there is no restore status to tell.
        None => Ok(()),
        Some(unknown) => Err(errors::invalid_argument(
            "Invalid attribute name specified.",
            "x-amz-optional-object-attributes",
            unknown,
        )),
    }
}

/// [ListObjects](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html)
pub async fn list_objects(cx: Cx, input: ListObjectsInput) -> Result<ListObjectsOutput, Error> {
    refuse_restore_status(input.optional_object_attributes.as_ref())?;
    let bucket = rights::bucket_of(&cx, &input.bucket, input.expected_owner())?;
    let limit = page_size(input.max_keys, "maxKeys")?;
    let walk = Walk {
        prefix: input.prefix.as_deref().unwrap_or_default(),
        delimiter: input.delimiter.as_deref().unwrap_or_default(),
        after: input.marker.as_deref().unwrap_or_default(),
        limit: usize::try_from(limit).unwrap_or_default(),
    };
    let (entries, more) = cx.read(|tx| objects(tx, &bucket, &walk))?;
    let encoding = Encoding(input.encoding_type);
    // Without a delimiter clients take the last key for the marker.
    let next = entries.last().map(Entry::name).filter(|_| more && !walk.delimiter.is_empty());
    let next_marker = encoding.optional(next);
    let (contents, prefixes) = contents(entries, encoding, Some(&names::owner(&bucket.account)));
    Ok(ListObjectsOutput {
        name: Some(bucket.name),
        prefix: Some(encoding.encode(walk.prefix)),
        marker: Some(encoding.encode(walk.after)),
        next_marker,
        max_keys: Some(limit),
        delimiter: encoding.optional(input.delimiter.as_deref().filter(|it| !it.is_empty())),
        encoding_type: input.encoding_type,
        is_truncated: Some(more),
        contents: Some(contents),
        common_prefixes: Some(prefixes),
    })
}

/// What continuation tokens are bound to.
const LISTING: &str = "s3:ListObjectsV2";

/// [ListObjectsV2](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html)
pub async fn list_objects_v2(
    cx: Cx,
    input: ListObjectsV2Input,
) -> Result<ListObjectsV2Output, Error> {
    refuse_restore_status(input.optional_object_attributes.as_ref())?;
    let bucket = rights::bucket_of(&cx, &input.bucket, input.expected_owner())?;
    let limit = page_size(input.max_keys, "maxKeys")?;
    let after = match &input.continuation_token {
        Some(token) => types::PageToken::decode(LISTING, token).map_err(|_| {
            errors::invalid_argument(
                "The continuation token provided is incorrect",
                "continuation-token",
                token,
            )
        })?,
        None => input.start_after.clone().unwrap_or_default(),
    };
    let walk = Walk {
        prefix: input.prefix.as_deref().unwrap_or_default(),
        delimiter: input.delimiter.as_deref().unwrap_or_default(),
        after: &after,
        limit: usize::try_from(limit).unwrap_or_default(),
    };
    let (entries, more) = cx.read(|tx| objects(tx, &bucket, &walk))?;
    let encoding = Encoding(input.encoding_type);
    let next = entries.last().filter(|_| more);
    let next_token = next.map(|entry| types::PageToken::encode(LISTING, entry.name()));
    let key_count = i32::try_from(entries.len()).ok();
    let owner = names::owner(&bucket.account);
    let owner = (input.fetch_owner == Some(true)).then_some(&owner);
    let (contents, prefixes) = contents(entries, encoding, owner);
    Ok(ListObjectsV2Output {
        name: Some(bucket.name),
        prefix: Some(encoding.encode(walk.prefix)),
        start_after: encoding.optional(input.start_after.as_deref()),
        continuation_token: input.continuation_token,
        next_continuation_token: next_token,
        key_count,
        max_keys: Some(limit),
        delimiter: encoding.optional(input.delimiter.as_deref().filter(|it| !it.is_empty())),
        encoding_type: input.encoding_type,
        is_truncated: Some(more),
        contents: Some(contents),
        common_prefixes: Some(prefixes),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rolling_up() {
        assert_eq!(common_prefix("a/b/c", "", "/"), Some("a/"));
        assert_eq!(common_prefix("a/b/c", "a/", "/"), Some("a/b/"));
        assert_eq!(common_prefix("a/b", "a/", "/"), None);
        assert_eq!(common_prefix("a/b", "a", "/"), Some("a/"));
        assert_eq!(common_prefix("aXXb", "", "XX"), Some("aXX"));
        assert_eq!(common_prefix("a", "", ""), None);
    }
}
