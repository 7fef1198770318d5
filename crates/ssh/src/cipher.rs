//! Packets, sealed with AES-GCM (RFC 5647, with OpenSSH's names). It is authenticated and known
//! to every client of the last ten years; ciphers with a MAC beside them, and ChaCha20-Poly1305
//! towards clients without strict key exchange, have had weaknesses that this one has not.

use bytes::{Buf as _, BytesMut};
use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, Algorithm, LessSafeKey, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};

use crate::error::{End, MAC_ERROR, Result};
use crate::limits::MAX_PACKET;

/// Bytes of a packet's length.
const LENGTH: usize = 4;
/// Bytes of what proves a packet.
const TAG: usize = 16;
/// The least padding.
const MIN_PADDING: usize = 4;
/// What lengths of packets are multiples of, before there is a cipher.
const CLEAR_BLOCK: usize = 8;
const BLOCK: usize = 16;
/// Bytes of a nonce.
pub(crate) const NONCE: usize = 12;

/// A cipher that both sides know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cipher {
    Aes256Gcm,
    Aes128Gcm,
}

impl Cipher {
    pub(crate) const NAMES: &str = "aes256-gcm@openssh.com,aes128-gcm@openssh.com";

    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "aes256-gcm@openssh.com" => Some(Self::Aes256Gcm),
            "aes128-gcm@openssh.com" => Some(Self::Aes128Gcm),
            _ => None,
        }
    }

    fn algorithm(self) -> &'static Algorithm {
        match self {
            Self::Aes256Gcm => &AES_256_GCM,
            Self::Aes128Gcm => &AES_128_GCM,
        }
    }

    /// Bytes of its key.
    pub(crate) fn key_len(self) -> usize {
        self.algorithm().key_len()
    }
}

/// A key of one direction, and how often it was used.
pub(crate) struct Key {
    key: LessSafeKey,
    nonce: [u8; NONCE],
}

impl Key {
    /// `None` where key or nonce have the wrong length.
    pub(crate) fn new(cipher: Cipher, key: &[u8], nonce: &[u8]) -> Option<Self> {
        let key = LessSafeKey::new(UnboundKey::new(cipher.algorithm(), key).ok()?);
        Some(Self { key, nonce: nonce.try_into().ok()? })
    }

    /// The nonce of the next packet: four fixed bytes, then a counter.
    fn next(&mut self) -> Nonce {
        let nonce = Nonce::assume_unique_for_key(self.nonce);
        for byte in self.nonce.iter_mut().skip(4).rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                break;
            }
        }
        nonce
    }
}

/// Appends a packet with this payload.
pub(crate) fn seal(key: Option<&mut Key>, payload: &[u8], out: &mut BytesMut) -> Result<()> {
    let (block, counted) = match key {
        Some(_) => (BLOCK, 0),
        None => (CLEAR_BLOCK, LENGTH),
    };
    let short = (counted + 1 + payload.len() + MIN_PADDING) % block;
    let padding = MIN_PADDING + if short == 0 { 0 } else { block - short };
    let length = u32::try_from(1 + payload.len() + padding).unwrap_or(u32::MAX).to_be_bytes();
    let mut filler = [0; MIN_PADDING + BLOCK];
    let filler = filler.get_mut(..padding).unwrap_or_default();
    let unsealed = || End::protocol("a packet could not be sealed");
    SystemRandom::new().fill(filler).map_err(|_| unsealed())?;
    out.extend_from_slice(&length);
    let begin = out.len();
    out.extend_from_slice(&[u8::try_from(padding).unwrap_or_default()]);
    out.extend_from_slice(payload);
    out.extend_from_slice(filler);
    if let Some(key) = key {
        let nonce = key.next();
        let body = out.get_mut(begin..).unwrap_or_default();
        let tag = key.key.seal_in_place_separate_tag(nonce, Aad::from(length), body);
        out.extend_from_slice(tag.map_err(|_| unsealed())?.as_ref());
    }
    Ok(())
}

/// Takes the next packet's payload out of what was read, once it is all there.
pub(crate) fn open(key: Option<&mut Key>, read: &mut BytesMut) -> Result<Option<Vec<u8>>> {
    let Some(prefix) = read.first_chunk::<LENGTH>() else { return Ok(None) };
    let prefix = *prefix;
    let length = usize::try_from(u32::from_be_bytes(prefix)).unwrap_or(usize::MAX);
    if !(1 + MIN_PADDING..=MAX_PACKET).contains(&length) {
        return Err(End::protocol("a packet has an impossible length"));
    }
    let tag = if key.is_some() { TAG } else { 0 };
    let block = if key.is_some() { BLOCK } else { CLEAR_BLOCK };
    let counted = if key.is_some() { length } else { LENGTH + length };
    if !counted.is_multiple_of(block) {
        return Err(End::protocol("a packet has an impossible length"));
    }
    if read.len() < LENGTH + length + tag {
        return Ok(None);
    }
    read.advance(LENGTH);
    let mut body = read.split_to(length + tag);
    let clear = match key {
        None => &body[..],
        Some(key) => {
            let nonce = key.next();
            let opened = key.key.open_in_place(nonce, Aad::from(prefix), &mut body);
            opened.map_err(|_| End::refused(MAC_ERROR, "a packet was altered on its way"))?
        }
    };
    let bad = || End::protocol("a packet has too much padding");
    let (padding, rest) = clear.split_first().ok_or_else(bad)?;
    let padding = usize::from(*padding);
    let payload = rest.len().checked_sub(padding).and_then(|end| rest.get(..end));
    match payload {
        Some(payload) if padding >= MIN_PADDING && !payload.is_empty() => {
            Ok(Some(payload.to_vec()))
        }
        _ => Err(bad()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pair(cipher: Cipher) -> (Key, Key) {
        let bytes = vec![7; cipher.key_len()];
        let key = || Key::new(cipher, &bytes, &[0xff; NONCE]).unwrap();
        (key(), key())
    }

    #[test]
    fn packets_come_back_and_altered_ones_do_not() {
        for cipher in [Cipher::Aes128Gcm, Cipher::Aes256Gcm] {
            let (mut sealing, mut opening) = pair(cipher);
            let mut out = BytesMut::new();
            for payload in [&b"a"[..], &[1; 1000], b"last"] {
                seal(Some(&mut sealing), payload, &mut out).unwrap();
            }
            for payload in [&b"a"[..], &[1; 1000]] {
                assert_eq!(open(Some(&mut opening), &mut out).unwrap().unwrap(), payload);
            }
            let last = out.len() - 1;
            out[last] ^= 1;
            assert!(open(Some(&mut opening), &mut out).is_err());
        }
        assert!(Key::new(Cipher::Aes256Gcm, &[0; 16], &[0; NONCE]).is_none());
    }

    proptest! {
        #[test]
        fn clear_packets_come_back(payload in proptest::collection::vec(any::<u8>(), 1..400)) {
            let mut out = BytesMut::new();
            seal(None, &payload, &mut out).unwrap();
            prop_assert_eq!(out.len() % CLEAR_BLOCK, 0);
            let mut cut = BytesMut::from(&out[..out.len() - 1]);
            prop_assert!(open(None, &mut cut).unwrap().is_none());
            prop_assert_eq!(open(None, &mut out).unwrap().unwrap(), payload);
        }

        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..200), sealed: bool) {
            let (_, mut key) = pair(Cipher::Aes128Gcm);
            let _ = open(sealed.then_some(&mut key), &mut BytesMut::from(&bytes[..]));
        }
    }
}
