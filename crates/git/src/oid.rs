//! Object ids.

use std::fmt;
use std::str::FromStr;

/// The SHA-1 name of an object. Repositories with other hashes are not made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Oid([u8; 20]);

/// A text that is not 40 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an object id of 40 hexadecimal digits")]
pub struct OidError;

impl Oid {
    /// The name that stands for "none": the old value of a new reference, the new one of a
    /// deleted one.
    pub const ZERO: Self = Self([0; 20]);

    /// From its 20 bytes.
    pub const fn from_bytes(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// Its 20 bytes.
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// Whether this is [`Oid::ZERO`].
    pub fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }

    /// From 40 hexadecimal digits, as they stand in git's own files and messages.
    pub fn from_hex(hex: &[u8]) -> Result<Self, OidError> {
        if hex.len() != 40 {
            return Err(OidError);
        }
        let mut bytes = [0; 20];
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            for &digit in pair {
                let value = char::from(digit).to_digit(16).ok_or(OidError)?;
                *byte = (*byte << 4) | u8::try_from(value).map_err(|_| OidError)?;
            }
        }
        Ok(Self(bytes))
    }

    pub(crate) fn gix(&self) -> gix_hash::ObjectId {
        gix_hash::ObjectId::Sha1(self.0)
    }

    pub(crate) fn from_gix(id: &gix_hash::oid) -> Result<Self, OidError> {
        id.as_bytes().try_into().map(Self).map_err(|_| OidError)
    }
}

impl FromStr for Oid {
    type Err = OidError;

    fn from_str(text: &str) -> Result<Self, OidError> {
        Self::from_hex(text.as_bytes())
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let text = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(text.parse::<Oid>().unwrap().to_string(), text);
        assert_eq!(text.to_uppercase().parse::<Oid>().unwrap().to_string(), text);
        for bad in ["", "0123", &text[1..], &format!("{}g", &text[1..]), "é".repeat(20).as_str()] {
            assert_eq!(bad.parse::<Oid>(), Err(OidError), "{bad}");
        }
    }
}
