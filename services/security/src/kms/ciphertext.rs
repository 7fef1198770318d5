//! What KMS encrypts: a blob that tells which key opens it.
//!
//! ```text
//! purpose (1) · length of the key's ARN (u16) · ARN · material id (32) · nonce (12) · ciphertext
//! · tag (16)
//! ```
//!
//! The associated data is everything before the nonce and the encryption context, entry by entry
//! in the order of the names, each text with its length before it, so that no two contexts look
//! alike.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::aead::{self, Refused};

const MATERIAL: usize = 32;

/// What was encrypted for what; nothing opens for another purpose. The first byte of a blob, so
/// that a new form of it gets a new number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// For a caller of KMS's operations.
    Caller = 1,
    /// A data key of a blob, for the yard itself.
    BlobKey = 2,
}

/// A blob, taken apart but not opened.
#[derive(Debug)]
pub(crate) struct Ciphertext<'a> {
    pub key_arn: &'a str,
    /// 64 hexadecimal digits.
    pub material_id: String,
    head: &'a [u8],
    sealed: &'a [u8],
}

impl<'a> Ciphertext<'a> {
    /// Takes a blob apart.
    pub fn parse(purpose: Purpose, blob: &'a [u8]) -> Result<Self, Refused> {
        let (&[first, l0, l1], rest) = blob.split_first_chunk::<3>().ok_or(Refused)?;
        let len = usize::from(u16::from_be_bytes([l0, l1]));
        let (arn, rest) = rest.split_at_checked(len).ok_or(Refused)?;
        let (material, sealed) = rest.split_first_chunk::<MATERIAL>().ok_or(Refused)?;
        let head = blob.get(..3 + len + MATERIAL).ok_or(Refused)?;
        let key_arn = std::str::from_utf8(arn).map_err(|_| Refused)?;
        if first != purpose as u8 {
            return Err(Refused);
        }
        Ok(Self { key_arn, material_id: to_hex(material), head, sealed })
    }

    /// Opens the blob with the material that it names.
    pub fn open(
        &self,
        material: &[u8; 32],
        context: &BTreeMap<String, String>,
    ) -> Result<Zeroizing<Vec<u8>>, Refused> {
        aead::open(material, &associated(self.head, context), self.sealed)
    }
}

/// Encrypts under one generation of a key's material.
pub(crate) fn seal(
    purpose: Purpose,
    key_arn: &str,
    material_id: &str,
    material: &[u8; 32],
    context: &BTreeMap<String, String>,
    plain: &[u8],
) -> Result<Vec<u8>, Refused> {
    let len = u16::try_from(key_arn.len()).map_err(|_| Refused)?;
    let id = from_hex(material_id).filter(|id| id.len() == MATERIAL).ok_or(Refused)?;
    let head = [&[purpose as u8], len.to_be_bytes().as_slice(), key_arn.as_bytes(), &id].concat();
    let sealed = aead::seal(material, &associated(&head, context), plain)?;
    Ok([head, sealed].concat())
}

fn associated(head: &[u8], context: &BTreeMap<String, String>) -> Vec<u8> {
    let mut data = head.to_vec();
    for text in context.iter().flat_map(|(name, value)| [name, value]) {
        data.extend_from_slice(&(text.len() as u64).to_be_bytes());
        data.extend_from_slice(text.as_bytes());
    }
    data
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    text.as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(digit(high)? << 4 | digit(low)?).ok(),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:kms:us-east-1:123456789012:key/k";

    fn context(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_blob_names_its_key_and_opens_in_its_context_only() {
        let id = "ab".repeat(32);
        let blob =
            seal(Purpose::Caller, ARN, &id, &[1; 32], &context(&[("a", "bc")]), b"hello").unwrap();
        let parsed = Ciphertext::parse(Purpose::Caller, &blob).unwrap();
        assert_eq!((parsed.key_arn, parsed.material_id.as_str()), (ARN, id.as_str()));
        assert_eq!(parsed.open(&[1; 32], &context(&[("a", "bc")])).unwrap().as_slice(), b"hello");
        for other in [context(&[]), context(&[("ab", "c")]), context(&[("a", "bc"), ("d", "")])] {
            assert_eq!(parsed.open(&[1; 32], &other), Err(Refused), "{other:?}");
        }
        assert_eq!(parsed.open(&[2; 32], &context(&[("a", "bc")])), Err(Refused));
        assert!(Ciphertext::parse(Purpose::BlobKey, &blob).is_err());
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let blob =
            seal(Purpose::Caller, ARN, &"00".repeat(32), &[1; 32], &context(&[]), b"x").unwrap();
        for cut in 0..blob.len() {
            let part = &blob[..cut];
            let opened = Ciphertext::parse(Purpose::Caller, part)
                .and_then(|it| it.open(&[1; 32], &context(&[])));
            assert_eq!(opened, Err(Refused), "{cut}");
        }
        assert!(Ciphertext::parse(Purpose::Caller, &[1, 255, 255]).is_err());
        assert!(Ciphertext::parse(Purpose::Caller, &[9; 200]).is_err());
    }
}
