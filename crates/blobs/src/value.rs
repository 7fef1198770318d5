//! Small sealed values, kept in store rows: secrets, passwords, parameters.
//!
//! ```text
//! version 1 · length of the wrapped data key (u16) · wrapped data key · nonce (12) · ciphertext
//! · tag (16)
//! ```
//!
//! The associated data is everything before the ciphertext and what the caller gives, which binds
//! the value to its place: a value moved to another row does not open.

use aes_gcm::{Aes256Gcm, KeyInit};
use zeroize::Zeroizing;

use crate::{
    Error, KeyRef, Keyring, Result,
    keys::{DataKey, KeyringError},
    seal::{TAG, open_in_place, seal_in_place},
};

const VERSION: u8 = 1;
const NONCE: usize = 12;

pub(crate) fn seal(
    keyring: &dyn Keyring,
    key: &KeyRef,
    context: &[u8],
    bytes: &[u8],
) -> Result<Vec<u8>> {
    let DataKey { plaintext, wrapped } = keyring.data_key(key)?;
    let too_long = |_| KeyringError::Unavailable("the wrapped data key is too long".into());
    let wrapped_len = u16::try_from(wrapped.len()).map_err(too_long)?;
    let nonce = types::random_bytes::<NONCE>();
    let mut sealed =
        Vec::with_capacity(3 + wrapped.len() + NONCE + bytes.len() + TAG + context.len());
    sealed.push(VERSION);
    sealed.extend_from_slice(&wrapped_len.to_be_bytes());
    sealed.extend_from_slice(&wrapped);
    sealed.extend_from_slice(&nonce);
    let aad = [sealed.as_slice(), context].concat();
    let start = sealed.len();
    sealed.extend_from_slice(bytes);
    let cipher = Aes256Gcm::new((&*plaintext).into());
    let body = sealed.get_mut(start..).unwrap_or_default();
    let tag = seal_in_place(&cipher, &nonce, &aad, body)
        .map_err(|_| damaged("it could not be sealed"))?;
    sealed.extend_from_slice(&tag);
    Ok(sealed)
}

pub(crate) fn unseal(
    keyring: &dyn Keyring,
    context: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>> {
    let short = || damaged("it is cut short");
    let (&[version, w0, w1], rest) = sealed.split_first_chunk::<3>().ok_or_else(short)?;
    if version != VERSION {
        return Err(damaged("its format version is unknown"));
    }
    let wrapped_len = usize::from(u16::from_be_bytes([w0, w1]));
    let (wrapped, rest) = rest.split_at_checked(wrapped_len).ok_or_else(short)?;
    let (nonce, rest) = rest.split_first_chunk::<NONCE>().ok_or_else(short)?;
    let (body, tag) = rest.split_last_chunk::<TAG>().ok_or_else(short)?;
    let head = sealed.get(..3 + wrapped_len + NONCE).ok_or_else(short)?;
    let aad = [head, context].concat();
    let key = keyring.unwrap(wrapped)?;
    let cipher = Aes256Gcm::new((&*key).into());
    let mut plain = Zeroizing::new(body.to_vec());
    open_in_place(&cipher, nonce, &aad, &mut plain, tag)
        .map_err(|_| damaged("it is not what was sealed here"))?;
    Ok(plain)
}

fn damaged(reason: &'static str) -> Error {
    Error::Damaged { what: "a sealed value".into(), reason }
}
