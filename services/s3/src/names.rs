//! Names: of buckets, keys, versions and owners.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>

use api_storage::s3::Owner;
use service::Error;
use sha2::{Digest, Sha256};

use crate::errors;

/// Longest key, in bytes of UTF-8.
pub const MAX_KEY_BYTES: usize = 1024;

/// Refuses names that no bucket may have.
pub fn check_bucket_name(name: &str) -> Result<(), Error> {
    let lower_or_digit = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let well_formed = (3..=63).contains(&name.len())
        && name.bytes().all(|b| lower_or_digit(b) || b == b'.' || b == b'-')
        && name.bytes().next().is_some_and(lower_or_digit)
        && name.bytes().last().is_some_and(lower_or_digit)
        && !name.contains("..")
        && !name.contains(".-")
        && !name.contains("-.")
        && !is_ip_address(name)
        && !["xn--", "sthree-", "amzn-s3-demo-"].iter().any(|prefix| name.starts_with(prefix))
        && !["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3", "-an"]
            .iter()
            .any(|suffix| name.ends_with(suffix));
    if well_formed {
        return Ok(());
    }
    Err(errors::INVALID_BUCKET_NAME
        .error("The specified bucket is not valid.")
        .with("BucketName", name))
}

fn is_ip_address(name: &str) -> bool {
    name.parse::<std::net::Ipv4Addr>().is_ok()
}

/// Refuses keys that are too long. Everything else that is UTF-8 is a key.
pub fn check_key(key: &str) -> Result<(), Error> {
    // The store writes a NUL as two bytes; keys full of them do not fit its limit.
    let stored = key.len() + key.bytes().filter(|b| *b == 0).count();
    if key.len() <= MAX_KEY_BYTES && stored <= MAX_KEY_BYTES + 512 {
        return Ok(());
    }
    Err(errors::KEY_TOO_LONG
        .error("Your key is too long")
        .with("Size", key.len().to_string())
        .with("MaxSizeAllowed", MAX_KEY_BYTES.to_string()))
}

/// `arn:aws:s3:::BUCKET`
pub fn bucket_arn(bucket: &str) -> String {
    format!("arn:aws:s3:::{bucket}")
}

/// `arn:aws:s3:::BUCKET/KEY`
pub fn object_arn(bucket: &str, key: &str) -> String {
    format!("arn:aws:s3:::{bucket}/{key}")
}

/// An account's canonical user id: 64 hexadecimal digits that stand for it and do not tell it.
pub fn canonical_user_id(account: &str) -> String {
    hex::encode(Sha256::digest(format!("codeyard canonical user {account}")))
}

/// An account as listings show it.
pub fn owner(account: &str) -> Owner {
    Owner { id: Some(canonical_user_id(account)), display_name: None }
}

/// The id of the version that was written without versioning.
pub const NULL_VERSION: &str = "null";

/// The id of a version with that number in its key's history: 32 letters and digits, of which
/// the last 16 tell where to find it.
pub fn version_id(sequence: u64) -> String {
    format!("{}{sequence:016x}", types::random_id(types::IdAlphabet::Alphanumeric, 16))
}

/// The number in a version id.
pub fn version_sequence(version_id: &str) -> Option<u64> {
    let well_formed =
        version_id.len() == 32 && version_id.bytes().all(|b| b.is_ascii_alphanumeric());
    well_formed.then(|| u64::from_str_radix(version_id.get(16..)?, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bucket_names() {
        for good in ["abc", "my-bucket", "a.b.c", "1bucket9", &"a".repeat(63)] {
            assert!(check_bucket_name(good).is_ok(), "{good}");
        }
        let bad = [
            "",
            "ab",
            "Abc",
            "a_b",
            "-abc",
            "abc-",
            ".abc",
            "abc.",
            "a..b",
            "a.-b",
            "192.168.5.4",
            "xn--abc",
            "sthree-abc",
            "abc-s3alias",
            "abc--ol-s3",
            "abc--x-s3",
            "a b",
            "käse",
            &"a".repeat(64),
        ];
        for bad in bad {
            assert!(check_bucket_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn keys() {
        assert!(check_key(&"é".repeat(512)).is_ok());
        assert!(check_key(&"é".repeat(513)).is_err());
        assert!(check_key(&"\0".repeat(1024)).is_err());
        assert!(check_key("a\0b").is_ok());
    }

    #[test]
    fn version_ids_tell_their_sequence() {
        let id = version_id(77);
        assert_eq!((id.len(), version_sequence(&id)), (32, Some(77)));
        for other in ["null", "", "x", &"é".repeat(16), &"z".repeat(32)] {
            assert_eq!(version_sequence(other), None, "{other}");
        }
    }
}
