//! Secret values: encrypted by calling KMS as whoever asks, each version under a data key of its
//! own.
//!
//! <https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html>

use std::collections::BTreeMap;

use service::{Cx, Error};
use shape::Bytes;
use zeroize::Zeroizing;

use super::errors;
use super::model::{SealedValue, Secret};
use crate::envelope;

/// The key of secrets that were given none.
const DEFAULT_KEY: &str = "alias/aws/secretsmanager";
/// Most bytes of a value.
const MAX_VALUE: usize = 65_536;

/// A value as a caller gives it.
#[derive(Clone)]
pub(crate) enum Plain {
    Text(Zeroizing<String>),
    Binary(Bytes),
}

impl Plain {
    /// Reads the two members of which one may be given.
    ///
    /// # Errors
    /// `InvalidParameterException` where both are; `ValidationException` past 64 KB.
    pub fn given(text: Option<String>, binary: Option<Bytes>) -> Result<Option<Self>, Error> {
        let plain = match (text, binary) {
            (Some(_), Some(_)) => {
                return Err(errors::INVALID_PARAMETER.error(
                    "You can't specify both a binary secret value and a string secret value in \
                     the same secret.",
                ));
            }
            (Some(text), None) => Self::Text(Zeroizing::new(text)),
            (None, Some(binary)) => Self::Binary(binary),
            (None, None) => return Ok(None),
        };
        if plain.bytes().len() > MAX_VALUE {
            return Err(errors::VALIDATION
                .error(format!("A secret value can have {MAX_VALUE} bytes, and this has more.")));
        }
        Ok(Some(plain))
    }

    /// The bytes that are sealed.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }

    fn is_binary(&self) -> bool {
        matches!(self, Self::Binary(_))
    }
}

/// Binds a value to its secret and version, and lets key policies tell secrets apart.
fn context(arn: &str, version_id: &str) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("SecretARN".to_owned(), arn.to_owned()),
        ("SecretVersionId".to_owned(), version_id.to_owned()),
    ])
}

/// Seals a version's value under the secret's key.
///
/// # Errors
/// `EncryptionFailure`, `AccessDeniedException`.
pub(crate) async fn seal(
    cx: &Cx,
    secret: &Secret,
    version_id: &str,
    plain: &Plain,
) -> Result<SealedValue, Error> {
    let key = secret.kms_key_id.as_deref().unwrap_or(DEFAULT_KEY);
    let context = context(&secret.arn(&cx.scope()), version_id);
    let sealed = envelope::seal(cx, key, context, plain.bytes()).await.map_err(|error| {
        refused(&error).unwrap_or_else(|| {
            errors::ENCRYPTION_FAILURE.error(format!(
                "Secrets Manager can't encrypt the protected secret text using the provided KMS \
                 key: {}",
                error.message
            ))
        })
    })?;
    Ok(SealedValue { key: secret.value_key(version_id), sealed, binary: plain.is_binary() })
}

/// Opens a version's value.
///
/// # Errors
/// `DecryptionFailure`, `AccessDeniedException`.
pub(crate) async fn open(
    cx: &Cx,
    secret: &Secret,
    version_id: &str,
    value: &SealedValue,
) -> Result<Plain, Error> {
    let context = context(&secret.arn(&cx.scope()), version_id);
    let plain = envelope::open(cx, context, &value.sealed).await.map_err(|error| {
        refused(&error).unwrap_or_else(|| {
            errors::DECRYPTION_FAILURE.error(format!(
                "Secrets Manager can't decrypt the protected secret text using the provided KMS \
                 key: {}",
                error.message
            ))
        })
    })?;
    if value.binary {
        return Ok(Plain::Binary(Bytes::copy_from_slice(&plain)));
    }
    String::from_utf8(plain.to_vec())
        .map(|text| Plain::Text(Zeroizing::new(text)))
        .map_err(|_| Error::internal("a secret string is no text"))
}

fn refused(error: &Error) -> Option<Error> {
    (error.code == errors::ACCESS_DENIED.code).then(|| {
        errors::ACCESS_DENIED.error(format!("Access to KMS is not allowed: {}", error.message))
    })
}
