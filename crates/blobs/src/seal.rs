//! The sealed form of a blob: a header, then chunks.
//!
//! ```text
//! header  "CYBL" · version 1 · log2 of the chunk size (16) · length of the key reference (u16)
//!         · length of the wrapped data key (u16) · nonce prefix (7 bytes)
//!         · key reference · wrapped data key
//! chunk   up to 65,536 bytes of ciphertext · tag (16 bytes)
//! ```
//!
//! Every blob has a data key of its own. Chunks are sealed with AES-256-GCM in the STREAM
//! construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): the nonce is the prefix, the chunk's
//! number (u32) and a byte that is 1 for the last chunk. Every chunk is full except the last,
//! which is empty only in an empty blob. The associated data is the header and the blob's id. So a
//! chunk opens only at its place, in its blob, under its header, and the end is known to be the
//! end; each chunk can be opened without the others.

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{AeadInOut, inout::InOutBuf},
};

use crate::{
    BlobId, Error, KeyRef, Keyring, Result,
    keys::{DataKey, KeyringError},
};

/// Bytes of plaintext in every chunk but the last.
pub(crate) const CHUNK: usize = 1 << 16;
/// Bytes of an authentication tag.
pub(crate) const TAG: usize = 16;
/// Bytes of a full chunk as stored.
pub(crate) const SEALED_CHUNK: usize = CHUNK + TAG;
/// Most chunks in a blob; the chunk number has 32 bits. 256 TiB.
const MAX_CHUNKS: u64 = 1 << 32;

const MAGIC: &[u8; 4] = b"CYBL";
const VERSION: u8 = 1;
const PREFIX: usize = 7;
/// Bytes of the header before the key reference.
pub(crate) const FIXED: usize = 4 + 1 + 1 + 2 + 2 + PREFIX;
/// Longest wrapped data key that is accepted, in bytes.
const MAX_WRAPPED: usize = 4096;

/// Sealing or opening failed; deliberately without a reason.
#[derive(Debug)]
pub(crate) struct Refused;

pub(crate) fn seal_in_place(
    cipher: &Aes256Gcm,
    nonce: &[u8; 12],
    aad: &[u8],
    bytes: &mut [u8],
) -> std::result::Result<[u8; TAG], Refused> {
    let tag = cipher.encrypt_inout_detached(nonce.into(), aad, bytes.into());
    tag.map(Into::into).map_err(|_| Refused)
}

pub(crate) fn open_in_place(
    cipher: &Aes256Gcm,
    nonce: &[u8; 12],
    aad: &[u8],
    bytes: &mut [u8],
    tag: &[u8; TAG],
) -> std::result::Result<(), Refused> {
    cipher.decrypt_inout_detached(nonce.into(), aad, bytes.into(), tag.into()).map_err(|_| Refused)
}

/// The lengths that a header announces.
pub(crate) struct HeaderLengths {
    key_ref: usize,
    wrapped: usize,
}

impl HeaderLengths {
    /// Reads the fixed part, or says what is wrong with it.
    pub(crate) fn parse(fixed: &[u8]) -> std::result::Result<Self, &'static str> {
        let &[m0, m1, m2, m3, version, log2, k0, k1, w0, w1, ..] = fixed else {
            return Err("it ends within the header");
        };
        if &[m0, m1, m2, m3] != MAGIC {
            return Err("it does not begin like a blob");
        }
        if version != VERSION || log2 != 16 {
            return Err("its format version is unknown");
        }
        let key_ref = usize::from(u16::from_be_bytes([k0, k1]));
        let wrapped = usize::from(u16::from_be_bytes([w0, w1]));
        if wrapped > MAX_WRAPPED {
            return Err("its wrapped key is too long");
        }
        Ok(Self { key_ref, wrapped })
    }

    /// Bytes of the whole header.
    pub(crate) fn total(&self) -> usize {
        FIXED + self.key_ref + self.wrapped
    }
}

/// Seals or opens the chunks of one blob. Its keys are wiped when it is dropped.
pub(crate) struct ChunkCipher {
    id: BlobId,
    cipher: Aes256Gcm,
    prefix: [u8; PREFIX],
    /// The header and the blob's id.
    aad: Vec<u8>,
    header_len: usize,
}

impl ChunkCipher {
    /// A cipher for a new blob, under a fresh data key.
    pub(crate) fn create(id: BlobId, key: &KeyRef, keyring: &dyn Keyring) -> Result<Self> {
        let DataKey { plaintext, wrapped } = keyring.data_key(key)?;
        let too_long = |what: &str| KeyringError::Unavailable(format!("{what} is too long"));
        let key_ref = key.as_str().as_bytes();
        let key_len = u16::try_from(key_ref.len()).map_err(|_| too_long("the key reference"))?;
        let wrapped_len = match u16::try_from(wrapped.len()) {
            Ok(len) if wrapped.len() <= MAX_WRAPPED => len,
            _ => return Err(too_long("the wrapped data key").into()),
        };
        let prefix = types::random_bytes::<PREFIX>();
        let aad = [
            MAGIC.as_slice(),
            &[VERSION, 16],
            &key_len.to_be_bytes(),
            &wrapped_len.to_be_bytes(),
            &prefix,
            key_ref,
            &wrapped,
            id.as_bytes(),
        ]
        .concat();
        let header_len = aad.len() - id.as_bytes().len();
        Ok(Self { id, cipher: Aes256Gcm::new((&*plaintext).into()), prefix, aad, header_len })
    }

    /// The cipher of a stored blob, from its whole header.
    pub(crate) fn open(id: BlobId, header: &[u8], keyring: &dyn Keyring) -> Result<Self> {
        let damaged = |reason| Error::damaged(id, reason);
        let lengths = HeaderLengths::parse(header).map_err(damaged)?;
        let short = || damaged("it ends within the header");
        let prefix = header.get(FIXED - PREFIX..FIXED).ok_or_else(short)?;
        let prefix: [u8; PREFIX] = prefix.try_into().map_err(|_| short())?;
        let wrapped = header.get(FIXED + lengths.key_ref..lengths.total()).ok_or_else(short)?;
        let key = keyring.unwrap(wrapped)?;
        let aad = [header, id.as_bytes().as_slice()].concat();
        let cipher = Aes256Gcm::new((&*key).into());
        Ok(Self { id, cipher, prefix, aad, header_len: header.len() })
    }

    /// The header as it is stored before the first chunk.
    pub(crate) fn header(&self) -> &[u8] {
        self.aad.get(..self.header_len).unwrap_or_default()
    }

    /// Seals the chunks of a piece in place: full chunks with room for their tags behind them,
    /// and an unfilled one only where it is the blob's last.
    pub(crate) fn seal_piece(&self, first: u64, last: bool, piece: &mut [u8]) -> Result<()> {
        let count = piece.len().div_ceil(SEALED_CHUNK);
        for (at, chunk) in piece.chunks_mut(SEALED_CHUNK).enumerate() {
            let nonce = self.nonce(first + at as u64, last && at + 1 == count)?;
            let refused = || Error::damaged(self.id, "a chunk could not be sealed");
            let (bytes, tag) = chunk.split_last_chunk_mut::<TAG>().ok_or_else(refused)?;
            *tag = seal_in_place(&self.cipher, &nonce, &self.aad, bytes).map_err(|_| refused())?;
        }
        Ok(())
    }

    /// Opens consecutive stored chunks and appends their plaintext to `out`.
    pub(crate) fn open_piece(
        &self,
        first: u64,
        last: bool,
        piece: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let count = piece.len().div_ceil(SEALED_CHUNK);
        for (at, chunk) in piece.chunks(SEALED_CHUNK).enumerate() {
            let refused = || Error::damaged(self.id, "a chunk is not what was written");
            let nonce = self.nonce(first + at as u64, last && at + 1 == count)?;
            let (bytes, tag) = chunk.split_last_chunk::<TAG>().ok_or_else(refused)?;
            let start = out.len();
            out.resize(start + bytes.len(), 0);
            let target = out.get_mut(start..).unwrap_or_default();
            let buffer = InOutBuf::new(bytes, target).map_err(|_| refused())?;
            self.cipher
                .decrypt_inout_detached((&nonce).into(), &self.aad, buffer, tag.into())
                .map_err(|_| refused())?;
        }
        Ok(())
    }

    fn nonce(&self, number: u64, last: bool) -> Result<[u8; 12]> {
        let number = u32::try_from(number)
            .map_err(|_| Error::damaged(self.id, "it has more than 2^32 chunks"))?;
        let [p0, p1, p2, p3, p4, p5, p6] = self.prefix;
        let [n0, n1, n2, n3] = number.to_be_bytes();
        Ok([p0, p1, p2, p3, p4, p5, p6, n0, n1, n2, n3, u8::from(last)])
    }
}

/// How the stored length divides into chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Bytes of plaintext.
    pub size: u64,
    /// Number of chunks, at least 1.
    pub chunks: u64,
}

impl Extent {
    /// Divides what follows the header, or says why no writer can have left it so.
    pub(crate) fn of(body: u64) -> std::result::Result<Self, &'static str> {
        let (full, tag) = (SEALED_CHUNK as u64, TAG as u64);
        let chunks = body.div_ceil(full);
        if chunks == 0 || chunks > MAX_CHUNKS {
            return Err("it has no chunk");
        }
        let last = body - (chunks - 1) * full;
        if last < tag || (last == tag && chunks > 1) {
            return Err("it ends within a chunk");
        }
        Ok(Self { size: body - chunks * tag, chunks })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extents_divide_as_writers_leave_them() {
        let full = SEALED_CHUNK as u64;
        assert_eq!(Extent::of(16), Ok(Extent { size: 0, chunks: 1 }));
        assert_eq!(Extent::of(17), Ok(Extent { size: 1, chunks: 1 }));
        assert_eq!(Extent::of(full), Ok(Extent { size: CHUNK as u64, chunks: 1 }));
        assert_eq!(Extent::of(full + 17), Ok(Extent { size: CHUNK as u64 + 1, chunks: 2 }));
        for impossible in [0, 1, 15, full + 1, full + 15, full + 16] {
            assert!(Extent::of(impossible).is_err(), "{impossible}");
        }
    }
}
