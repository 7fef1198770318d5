//! Authenticated encryption of small values: AES-256-GCM, `nonce (12) · ciphertext · tag (16)`.
//!
//! Nonces are random, which is sound for 2³² values under one key.

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit};
use zeroize::Zeroizing;

const NONCE: usize = 12;
const TAG: usize = 16;

/// It does not open: another key, another place, or changed bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused;

/// Seals `plain` under `key`, bound to `aad`.
pub(crate) fn seal(key: &[u8; 32], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, Refused> {
    let nonce = types::random_bytes::<NONCE>();
    let mut sealed = Vec::with_capacity(NONCE + plain.len() + TAG);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let cipher = Aes256Gcm::new(key.into());
    let body = sealed.get_mut(NONCE..).unwrap_or_default();
    let tag =
        cipher.encrypt_inout_detached((&nonce).into(), aad, body.into()).map_err(|_| Refused)?;
    sealed.extend_from_slice(&tag);
    Ok(sealed)
}

/// Opens what [`seal`] made.
pub(crate) fn open(
    key: &[u8; 32],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Refused> {
    let (nonce, rest) = sealed.split_first_chunk::<NONCE>().ok_or(Refused)?;
    let (body, tag) = rest.split_last_chunk::<TAG>().ok_or(Refused)?;
    let mut plain = Zeroizing::new(body.to_vec());
    Aes256Gcm::new(key.into())
        .decrypt_inout_detached(nonce.into(), aad, plain.as_mut_slice().into(), tag.into())
        .map_err(|_| Refused)?;
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_with_key_place_and_bytes() {
        let (key, other) = ([7; 32], [8; 32]);
        let sealed = seal(&key, b"here", b"hello").unwrap();
        assert_eq!(open(&key, b"here", &sealed).unwrap().as_slice(), b"hello");
        assert_eq!(open(&other, b"here", &sealed), Err(Refused));
        assert_eq!(open(&key, b"there", &sealed), Err(Refused));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(open(&key, b"here", &changed), Err(Refused), "byte {at}");
            assert_eq!(open(&key, b"here", &sealed[..at]), Err(Refused), "cut at {at}");
        }
    }
}
