//! Envelope encryption of values that are too large for KMS itself: a fresh data key from KMS
//! seals the value, and goes with it, wrapped.
//!
//! ```text
//! length of the wrapped data key (u16) · wrapped data key · nonce (12) · ciphertext · tag (16)
//! ```

use std::collections::BTreeMap;

use api_security::kms::{
    DataKeySpec, Decrypt, DecryptInput, GenerateDataKey, GenerateDataKeyInput,
};
use service::{Cx, Error};
use shape::Bytes;
use zeroize::Zeroizing;

use crate::aead;

/// Seals a value under a KMS key, as whoever calls.
///
/// # Errors
/// Those of `kms:GenerateDataKey`.
pub(crate) async fn seal(
    cx: &Cx,
    key_id: &str,
    context: BTreeMap<String, String>,
    plain: &[u8],
) -> Result<Bytes, Error> {
    let input = GenerateDataKeyInput {
        key_id: key_id.to_owned(),
        key_spec: Some(DataKeySpec::Aes256),
        encryption_context: Some(context),
        ..GenerateDataKeyInput::default()
    };
    let made = cx.call(GenerateDataKey, input).await?;
    let wrapped = made.ciphertext_blob;
    let unsealed = |_| Error::internal("a value could not be sealed");
    let len = u16::try_from(wrapped.len()).map_err(|_| aead::Refused).map_err(unsealed)?;
    let key = data_key(&made.plaintext).map_err(unsealed)?;
    // The wrapped key is bound to the context; the value is bound to the wrapped key.
    let sealed = aead::seal(&key, &wrapped, plain).map_err(unsealed)?;
    Ok([len.to_be_bytes().as_slice(), &wrapped, &sealed].concat().into())
}

/// Opens what [`seal`] made in the same context, as whoever calls.
///
/// # Errors
/// Those of `kms:Decrypt`.
pub(crate) async fn open(
    cx: &Cx,
    context: BTreeMap<String, String>,
    bytes: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let damaged = || Error::internal("a sealed value is damaged");
    let (&[l0, l1], rest) = bytes.split_first_chunk::<2>().ok_or_else(damaged)?;
    let len = usize::from(u16::from_be_bytes([l0, l1]));
    let (wrapped, sealed) = rest.split_at_checked(len).ok_or_else(damaged)?;
    let input = DecryptInput {
        ciphertext_blob: Some(Bytes::copy_from_slice(wrapped)),
        encryption_context: Some(context),
        ..DecryptInput::default()
    };
    let key = cx.call(Decrypt, input).await?.plaintext;
    let key = data_key(&key).map_err(|_| damaged())?;
    aead::open(&key, wrapped, sealed).map_err(|_| damaged())
}

fn data_key(plain: &[u8]) -> Result<Zeroizing<[u8; 32]>, aead::Refused> {
    plain.try_into().map(Zeroizing::new).map_err(|_| aead::Refused)
}
