//! The headers and metadata of an object, from request to row and from row to answer.

use std::collections::BTreeMap;

use service::Error;

use crate::errors;
use crate::model::Attributes;

/// Most user metadata of an object, in bytes of names and values.
const MAX_METADATA: usize = 2048;
/// What an object is whose type nobody said.
pub const DEFAULT_CONTENT_TYPE: &str = "binary/octet-stream";

/// Storage classes whose objects can be read at once. They differ in price alone.
const STORAGE_CLASSES: &[&str] = &[
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER_IR",
];

/// Takes an object's attributes out of an input.
macro_rules! attributes_of {
    ($input:expr) => {
        $crate::attributes::checked($crate::model::Attributes {
            cache_control: $input.cache_control.take(),
            content_disposition: $input.content_disposition.take(),
            content_encoding: $input.content_encoding.take(),
            content_language: $input.content_language.take(),
            content_type: $input.content_type.take(),
            expires: $input.expires.take(),
            storage_class: $input.storage_class.take(),
            website_redirect_location: $input.website_redirect_location.take(),
            metadata: std::mem::take(&mut $input.metadata),
        })
    };
}
pub(crate) use attributes_of;

/// Attributes as they are kept, if S3 takes them.
pub fn checked(mut attributes: Attributes) -> Result<Attributes, Error> {
    check_storage_class(attributes.storage_class.as_deref())?;
    attributes.storage_class = attributes.storage_class.filter(|class| class != "STANDARD");
    attributes.content_encoding = attributes.content_encoding.and_then(without_aws_chunked);
    attributes.content_type.get_or_insert_with(|| DEFAULT_CONTENT_TYPE.to_owned());
    check_metadata(&attributes.metadata)?;
    if let Some(location) = &attributes.website_redirect_location {
        let is_location = ["/", "http://", "https://"].iter().any(|it| location.starts_with(it));
        if !is_location {
            return Err(errors::INVALID_REQUEST.error(
                "The website redirect location must have a prefix of 'http://' or 'https://' or \
                 '/'.",
            ));
        }
    }
    Ok(attributes)
}

/// Refuses classes that do not exist, and by name those whose objects need to be restored first.
pub fn check_storage_class(class: Option<&str>) -> Result<(), Error> {
    match class {
        None => Ok(()),
        Some(class) if STORAGE_CLASSES.contains(&class) => Ok(()),
        Some(class @ ("GLACIER" | "DEEP_ARCHIVE" | "OUTPOSTS" | "SNOW" | "EXPRESS_ONEZONE")) => {
            Err(errors::not_implemented(&format!("The storage class {class}")))
        }
        Some(class) => Err(errors::INVALID_STORAGE_CLASS
            .error("The storage class you specified is not valid")
            .with("StorageClassRequested", class)),
    }
}

/// How a body travelled is no property of the object.
fn without_aws_chunked(encoding: String) -> Option<String> {
    let kept: Vec<&str> = encoding
        .split(',')
        .map(str::trim)
        .filter(|it| !it.is_empty() && !it.eq_ignore_ascii_case("aws-chunked"))
        .collect();
    (!kept.is_empty()).then(|| kept.join(","))
}

fn check_metadata(metadata: &BTreeMap<String, String>) -> Result<(), Error> {
    let size: usize = metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
    if size <= MAX_METADATA {
        return Ok(());
    }
    Err(errors::METADATA_TOO_LARGE
        .error("Your metadata headers exceed the maximum allowed metadata size")
        .with("Size", size.to_string())
        .with("MaxSizeAllowed", MAX_METADATA.to_string()))
}

/// What a request says of access control lists. Buckets here have `BucketOwnerEnforced`, as AWS's
/// new buckets do, under which only the owner's full control may be asked for.
pub fn refuse_acl(acl: Option<&str>, grants: &[&Option<String>]) -> Result<(), Error> {
    let refused = || errors::ACL_NOT_SUPPORTED.error("The bucket does not allow ACLs");
    if grants.iter().any(|grant| grant.is_some()) {
        return Err(refused());
    }
    match acl {
        None | Some("private" | "bucket-owner-full-control") => Ok(()),
        Some(
            "public-read" | "public-read-write" | "authenticated-read" | "aws-exec-read"
            | "bucket-owner-read" | "log-delivery-write",
        ) => Err(refused()),
        Some(other) => Err(errors::invalid_argument("Invalid canned ACL", "x-amz-acl", other)),
    }
}

macro_rules! check_acl {
    ($input:expr) => {
        $crate::attributes::refuse_acl(
            $input.acl.as_deref(),
            &[
                &$input.grant_full_control,
                &$input.grant_read,
                &$input.grant_read_acp,
                &$input.grant_write_acp,
            ],
        )
    };
}

/// Object Lock is in no bucket here: AWS refuses its headers in a bucket without it.
macro_rules! check_lock {
    ($input:expr) => {
        $crate::attributes::refuse_lock(&[
            &$input.object_lock_mode,
            &$input.object_lock_retain_until_date,
            &$input.object_lock_legal_hold_status,
            &$input.object_lock_event_hold,
            &$input.object_lock_event_hold_duration_days,
            &$input.object_lock_event_hold_duration_years,
        ])
    };
}
pub(crate) use {check_acl, check_lock};

pub fn refuse_lock(headers: &[&Option<String>]) -> Result<(), Error> {
    match headers.iter().any(|header| header.is_some()) {
        true => Err(errors::INVALID_REQUEST.error("Bucket is missing Object Lock Configuration")),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_tidied() {
        let of = |encoding: &str| {
            let encoding = Some(encoding.to_owned());
            checked(Attributes { content_encoding: encoding, ..Attributes::default() })
                .unwrap()
                .content_encoding
        };
        assert_eq!(of("aws-chunked"), None);
        assert_eq!(of("gzip, aws-chunked").as_deref(), Some("gzip"));
        assert_eq!(of("gzip").as_deref(), Some("gzip"));
        let metadata = BTreeMap::from([("k".to_owned(), "v".repeat(2048))]);
        assert!(checked(Attributes { metadata, ..Attributes::default() }).is_err());
        assert!(check_storage_class(Some("GLACIER")).is_err_and(|it| it.status == 501));
        assert!(check_storage_class(Some("COLD")).is_err_and(|it| it.status == 400));
    }
}
