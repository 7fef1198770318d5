//! Tags of objects and buckets.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html>

use api_storage::s3::Tag;
use service::Error;
use wire::uri;

use crate::errors;

/// Most tags of an object.
pub const MAX_OBJECT_TAGS: usize = 10;
/// Most tags of a bucket.
pub const MAX_BUCKET_TAGS: usize = 50;
const MAX_KEY_CHARS: usize = 128;
const MAX_VALUE_CHARS: usize = 256;

/// The tags in an `x-amz-tagging` header.
pub fn parse_header(header: Option<&str>) -> Result<Vec<Tag>, Error> {
    let Some(header) = header else { return Ok(Vec::new()) };
    let pairs = uri::parse_query(header).ok_or_else(|| {
        errors::invalid_argument(
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query \
             parameters without tag name duplicates.",
            "x-amz-tagging",
            header,
        )
    })?;
    let tags = pairs.into_iter().map(|(key, value)| Tag { key, value }).collect::<Vec<_>>();
    check(&tags, MAX_OBJECT_TAGS)?;
    Ok(tags)
}

/// Refuses tags that S3 refuses.
pub fn check(tags: &[Tag], most: usize) -> Result<(), Error> {
    if tags.len() > most {
        let message = if most == MAX_OBJECT_TAGS {
            "Object tags cannot be greater than 10".to_owned()
        } else {
            format!("Bucket tag count cannot be greater than {most}")
        };
        return Err(errors::BAD_REQUEST.error(message));
    }
    for (at, tag) in tags.iter().enumerate() {
        if tag.key.is_empty() || tag.key.chars().count() > MAX_KEY_CHARS || !is_clean(&tag.key) {
            return Err(errors::INVALID_TAG
                .error("The TagKey you have provided is invalid")
                .with("TagKey", &tag.key));
        }
        if tag.key.starts_with("aws:") {
            return Err(
                errors::INVALID_TAG.error("System tags cannot be added/updated by requester")
            );
        }
        if tag.value.chars().count() > MAX_VALUE_CHARS || !is_clean(&tag.value) {
            return Err(errors::INVALID_TAG
                .error("The TagValue you have provided is invalid")
                .with("TagKey", &tag.key));
        }
        if tags.iter().take(at).any(|earlier| earlier.key == tag.key) {
            return Err(errors::INVALID_TAG
                .error("Cannot provide multiple Tags with the same key")
                .with("TagKey", &tag.key));
        }
    }
    Ok(())
}

/// Letters, digits, spaces and `+ - = . _ : / @`.
fn is_clean(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || c == ' ' || "+-=._:/@".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        let tags = parse_header(Some("a=1&b%20c=x%2By&d")).unwrap();
        let pairs: Vec<_> = tags.iter().map(|it| (it.key.as_str(), it.value.as_str())).collect();
        assert_eq!(pairs, [("a", "1"), ("b c", "x+y"), ("d", "")]);
        let eleven = (0..11).map(|i| format!("k{i}=v")).collect::<Vec<_>>().join("&");
        for bad in ["a=1&a=2", "=x", "aws:x=1", "a=%00", &eleven, &"k".repeat(129)] {
            assert!(parse_header(Some(bad)).is_err(), "{bad}");
        }
        assert!(parse_header(None).unwrap().is_empty());
    }
}
