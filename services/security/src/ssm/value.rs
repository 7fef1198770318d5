//! Values in the clear and sealed. A SecureString is encrypted by calling KMS as whoever asks: up
//! to 4 KB by KMS itself, beyond under a data key, as AWS does with the two tiers.
//!
//! <https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html>

use std::collections::BTreeMap;

use api_security::kms::{Decrypt, DecryptInput, Encrypt, EncryptInput};
use api_security::ssm::{ParameterTier, ParameterType};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use service::{Cx, Error};
use shape::Bytes;

use super::errors;
use super::model::Version;
use crate::envelope;

/// Binds a ciphertext to its parameter, and lets key policies tell parameters apart.
fn context(arn: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("PARAMETER_ARN".to_owned(), arn.to_owned())])
}

/// Encrypts a value.
///
/// # Errors
/// `InvalidKeyId` where the key is not there or not enabled; `AccessDeniedException`.
pub(crate) async fn seal(
    cx: &Cx,
    arn: &str,
    key_id: &str,
    tier: ParameterTier,
    value: &str,
) -> Result<Bytes, Error> {
    let sealed = if tier == ParameterTier::Standard {
        let input = EncryptInput {
            key_id: key_id.to_owned(),
            plaintext: Bytes::copy_from_slice(value.as_bytes()),
            encryption_context: Some(context(arn)),
            ..EncryptInput::default()
        };
        cx.call(Encrypt, input).await.map(|output| output.ciphertext_blob)
    } else {
        envelope::seal(cx, key_id, context(arn), value.as_bytes()).await
    };
    sealed.map_err(key_error)
}

/// The value of a version as a caller is to see it: a SecureString in base64 of its ciphertext,
/// unless it is to be decrypted.
///
/// # Errors
/// As [`seal`].
pub(crate) async fn show(
    cx: &Cx,
    arn: &str,
    version: &Version,
    decrypt: bool,
) -> Result<String, Error> {
    let Some(sealed) = version.sealed.as_ref().filter(|_| is_secure(version)) else {
        return Ok(version.value.clone());
    };
    if !decrypt {
        return Ok(BASE64.encode(sealed));
    }
    let plain = if version.tier == ParameterTier::Standard {
        let input = DecryptInput {
            ciphertext_blob: Some(sealed.clone()),
            encryption_context: Some(context(arn)),
            ..DecryptInput::default()
        };
        cx.call(Decrypt, input).await.map_err(key_error)?.plaintext.to_vec()
    } else {
        envelope::open(cx, context(arn), sealed).await.map_err(key_error)?.to_vec()
    };
    String::from_utf8(plain).map_err(|_| Error::internal("a SecureString is no text"))
}

fn is_secure(version: &Version) -> bool {
    version.kind == ParameterType::SecureString
}

/// KMS's refusals as Parameter Store tells them.
fn key_error(error: Error) -> Error {
    match error.code.as_ref() {
        "NotFoundException"
        | "InvalidArnException"
        | "DisabledException"
        | "KMSInvalidStateException"
        | "InvalidKeyUsageException" => errors::INVALID_KEY_ID
            .error(format!("{} (Service: AWSKMS; Error Code: {})", error.message, error.code)),
        _ => error,
    }
}
