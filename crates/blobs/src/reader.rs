//! Reading a blob, whole or in part: one piece is opened while the caller uses the one before.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;
use tokio::task::JoinHandle;

use crate::{
    BlobId, Error, Keyring, Result,
    backend::{Backend, Source},
    join,
    seal::{CHUNK, ChunkCipher, Extent, FIXED, HeaderLengths, SEALED_CHUNK},
};

/// Chunks that are read and opened in one go.
const PIECE_CHUNKS: u64 = 8;
const PIECE: u64 = PIECE_CHUNKS * CHUNK as u64;
/// How much of a blob's beginning is read before its header's length is known.
const HEAD: usize = 512;

/// Reads a range of one blob, in order. Memory is bounded: two pieces of 512 KiB and what the
/// caller holds. It goes on even if the blob is deleted meanwhile.
pub struct Reader {
    blob: Arc<OpenBlob>,
    range: Range<u64>,
    /// The first piece, until it is handed out.
    first: Option<Bytes>,
    /// The piece after it, being read.
    ahead: Option<JoinHandle<Result<Bytes>>>,
    /// Where the piece after `ahead` begins.
    next: u64,
}

impl Reader {
    /// Opens a blob; `range` maps its size to what is to be read.
    pub(crate) async fn open(
        id: BlobId,
        keyring: Arc<dyn Keyring>,
        backend: Arc<dyn Backend>,
        range: impl FnOnce(u64) -> Result<Range<u64>> + Send + 'static,
    ) -> Result<Self> {
        // The first piece is read on the same trip to a blocking thread.
        let (blob, range, first, next) = join(
            tokio::task::spawn_blocking(move || {
                let blob = OpenBlob::open(id, keyring.as_ref(), backend.as_ref())?;
                let range = range(blob.extent.size)?;
                let end = piece_end(range.start, range.end);
                let first = blob.read(range.start..end)?;
                Ok((Arc::new(blob), range, first, end))
            })
            .await,
        )?;
        let mut reader = Self { blob, range, first: Some(first), ahead: None, next };
        reader.read_ahead();
        Ok(reader)
    }

    /// The blob's size in bytes, as its stored length implies. It is proven by reading the last
    /// byte; a caller that knows the size compares.
    pub fn size(&self) -> u64 {
        self.blob.extent.size
    }

    /// What this reader reads, in bytes from the blob's beginning.
    pub fn range(&self) -> Range<u64> {
        self.range.clone()
    }

    /// The next bytes, up to 512 KiB, or none at the end of the range.
    ///
    /// # Errors
    /// The blob is damaged or the medium fails, and nothing follows. Bytes handed out before are
    /// authentic.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first).filter(|first| !first.is_empty()));
        }
        let Some(ahead) = &mut self.ahead else { return Ok(None) };
        let piece = join(ahead.await);
        self.ahead = None;
        let piece = piece?;
        self.read_ahead();
        Ok(Some(piece))
    }

    fn read_ahead(&mut self) {
        if self.next < self.range.end {
            let wanted = self.next..piece_end(self.next, self.range.end);
            self.next = wanted.end;
            let blob = self.blob.clone();
            self.ahead = Some(tokio::task::spawn_blocking(move || blob.read(wanted)));
        }
    }
}

/// Where the piece that begins at `start` ends, so that later pieces begin with a chunk.
fn piece_end(start: u64, end: u64) -> u64 {
    (start / PIECE + 1).saturating_mul(PIECE).min(end)
}

/// A stored blob whose header has been read and whose data key is at hand.
pub(crate) struct OpenBlob {
    id: BlobId,
    source: Box<dyn Source>,
    cipher: ChunkCipher,
    header_len: u64,
    pub extent: Extent,
}

impl OpenBlob {
    pub(crate) fn open(id: BlobId, keyring: &dyn Keyring, backend: &dyn Backend) -> Result<Self> {
        let source = backend.open(id)?;
        let damaged = |reason| Error::damaged(id, reason);
        let stored = source.len();
        let short = || damaged("it ends within the header");
        let head_len = usize::try_from(stored).unwrap_or(HEAD).min(HEAD);
        let mut header = vec![0; head_len];
        source.read_at(0, &mut header)?;
        let fixed = header.get(..FIXED).ok_or_else(short)?;
        let header_len = HeaderLengths::parse(fixed).map_err(damaged)?.total();
        let body = stored.checked_sub(header_len as u64).ok_or_else(short)?;
        if header_len > header.len() {
            header.resize(header_len, 0);
            source.read_at(0, &mut header)?;
        }
        header.truncate(header_len);
        let extent = Extent::of(body).map_err(damaged)?;
        let cipher = ChunkCipher::open(id, &header, keyring)?;
        Ok(Self { id, source, cipher, header_len: header_len as u64, extent })
    }

    /// The whole blob.
    pub(crate) fn read_all(&self) -> Result<Bytes> {
        self.read(0..self.extent.size)
    }

    /// Reads a range that lies within the blob. An empty blob's only chunk is opened too, so that
    /// its emptiness is proven.
    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        let outside = || self.outside(&range);
        if range.start > range.end || range.end > self.extent.size {
            return Err(outside());
        }
        if range.is_empty() && self.extent.size > 0 {
            return Ok(Bytes::new());
        }
        let (chunk, sealed) = (CHUNK as u64, SEALED_CHUNK as u64);
        let first = range.start / chunk;
        let after = range.end.div_ceil(chunk).max(first + 1);
        let last = after == self.extent.chunks;
        let stored_end = if last { self.source.len() } else { self.header_len + after * sealed };
        let stored_start = self.header_len + first * sealed;
        let to_len = |len: u64| usize::try_from(len).map_err(|_| outside());
        let mut stored = vec![0; to_len(stored_end - stored_start)?];
        self.source.read_at(stored_start, &mut stored)?;
        let mut plain = Vec::with_capacity(stored.len());
        self.cipher.open_piece(first, last, &stored, &mut plain)?;
        let skip = to_len(range.start - first * chunk)?;
        let len = to_len(range.end - range.start)?;
        let plain = Bytes::from(plain);
        if skip + len > plain.len() {
            return Err(outside());
        }
        Ok(plain.slice(skip..skip + len))
    }

    fn outside(&self, range: &Range<u64>) -> Error {
        let (id, size) = (self.id, self.extent.size);
        Error::OutOfRange { id, start: range.start, end: range.end, size }
    }
}
