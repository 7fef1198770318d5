//! Which key seals a blob, and who hands out the data keys under it.

use std::{fmt, str::FromStr};

use zeroize::Zeroizing;

/// Longest key reference, in bytes: twice what a KMS key ARN can take.
const MAX_KEY_REF: usize = 512;

/// The key under which data keys are wrapped.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum KeyRef {
    /// The yard's own master key, as S3's `AES256` and AWS-owned keys.
    Yard,
    /// A customer's KMS key, by its ARN.
    Kms(String),
}

/// The text is neither `yard` nor a KMS key ARN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} refers to no key")]
pub struct KeyRefError(pub String);

impl KeyRef {
    /// The reference as it is stored: `yard`, or the key's ARN.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Yard => "yard",
            Self::Kms(arn) => arn,
        }
    }
}

impl fmt::Display for KeyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for KeyRef {
    type Err = KeyRefError;

    fn from_str(text: &str) -> Result<Self, KeyRefError> {
        if text == "yard" {
            Ok(Self::Yard)
        } else if text.starts_with("arn:") && text.contains(":kms:") && text.len() <= MAX_KEY_REF {
            Ok(Self::Kms(text.to_owned()))
        } else {
            Err(KeyRefError(text.to_owned()))
        }
    }
}

/// A fresh data key: its plaintext, wiped when dropped, and the same wrapped for storing.
pub struct DataKey {
    /// The AES-256 key itself.
    pub plaintext: Zeroizing<[u8; 32]>,
    /// The key as only the keyring can open it; at most 4,096 bytes.
    pub wrapped: Vec<u8>,
}

/// Why a keyring refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// The keyring knows no such key.
    #[error("key {0} does not exist")]
    NoSuchKey(String),
    /// The key exists and may not be used now: disabled, pending deletion or import.
    #[error("key {0} is not enabled")]
    Disabled(String),
    /// The wrapped data key was made under another key, or was changed.
    #[error("the wrapped data key does not open under this keyring")]
    Unopened,
    /// The keyring could not work, with the reason.
    #[error("{0}")]
    Unavailable(String),
}

/// Hands out data keys. Calls may block: they are made from threads that may.
///
/// Every call of [`Keyring::data_key`] returns a key that was never returned before.
pub trait Keyring: Send + Sync {
    /// A fresh data key wrapped under `key`.
    ///
    /// # Errors
    /// The key does not exist, is disabled, or the keyring is out of order.
    fn data_key(&self, key: &KeyRef) -> Result<DataKey, KeyringError>;

    /// Opens what [`Keyring::data_key`] has wrapped, by whichever key that was.
    ///
    /// # Errors
    /// The wrapping key is gone or disabled, or the bytes are not this keyring's.
    fn unwrap(&self, wrapped: &[u8]) -> Result<Zeroizing<[u8; 32]>, KeyringError>;
}
