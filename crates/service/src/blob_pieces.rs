//! Bodies that are kept as blobs behind each other, read as one in constant memory.

use std::collections::VecDeque;
use std::future::Future;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use blobs::{BlobId, Blobs, Reader};
use bytes::Bytes;
use shape::{Body, BodyError, BodyStream};

/// What is left to read of some blobs, of each a range.
pub struct BlobPieces {
    blobs: Blobs,
    pieces: VecDeque<(BlobId, Range<u64>)>,
    reader: Option<Reader>,
    _guard: Box<dyn Send>,
}

impl BlobPieces {
    /// Opens these pieces, and keeps `guard` as long as they are read. The first is opened now, so
    /// that what can't be read is an error and no broken answer.
    ///
    /// # Errors
    /// The first blob's.
    pub async fn open(
        blobs: Blobs,
        pieces: impl IntoIterator<Item = (BlobId, Range<u64>)>,
        guard: impl Send + 'static,
    ) -> Result<Self, blobs::Error> {
        let pieces = pieces.into_iter().collect();
        let mut opened = Self { blobs, pieces, reader: None, _guard: Box::new(guard) };
        opened.open_next().await?;
        Ok(opened)
    }

    /// The pieces that make up a range of parts that lie behind each other; of each its blob, and
    /// its size in bytes.
    pub fn within(
        parts: impl IntoIterator<Item = (BlobId, u64)>,
        range: &Range<u64>,
    ) -> Vec<(BlobId, Range<u64>)> {
        let mut offset = 0_u64;
        let piece = |(id, size): (BlobId, u64)| {
            let (first, behind) = (offset, offset.saturating_add(size));
            offset = behind;
            let (start, end) = (range.start.max(first), range.end.min(behind));
            (start < end).then(|| (id, start - first..end - first))
        };
        parts.into_iter().filter_map(piece).collect()
    }

    /// The next bytes, none at the end.
    ///
    /// # Errors
    /// The blob's.
    pub async fn next(&mut self) -> Result<Option<Bytes>, blobs::Error> {
        loop {
            if let Some(reader) = &mut self.reader
                && let Some(piece) = reader.next().await?
            {
                return Ok(Some(piece));
            }
            self.reader = None;
            if self.pieces.is_empty() {
                return Ok(None);
            }
            self.open_next().await?;
        }
    }

    async fn open_next(&mut self) -> Result<(), blobs::Error> {
        if let Some((id, range)) = self.pieces.pop_front() {
            self.reader = Some(self.blobs.reader(id, range).await?);
        }
        Ok(())
    }

    /// The same as the wire takes it, of `len` bytes.
    pub fn into_body(self, len: u64) -> Body {
        Body::stream(Stream { idle: Some(self), busy: None }, Some(len))
    }
}

type Reading =
    Pin<Box<dyn Future<Output = (BlobPieces, Result<Option<Bytes>, blobs::Error>)> + Send>>;

struct Stream {
    idle: Option<BlobPieces>,
    busy: Option<Reading>,
}

impl BodyStream for Stream {
    fn poll_piece(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BodyError>>> {
        if self.busy.is_none() {
            let Some(mut pieces) = self.idle.take() else { return Poll::Ready(None) };
            self.busy = Some(Box::pin(async move {
                let piece = pieces.next().await;
                (pieces, piece)
            }));
        }
        let Some(busy) = &mut self.busy else { return Poll::Ready(None) };
        let (pieces, piece) = ready!(busy.as_mut().poll(cx));
        self.busy = None;
        Poll::Ready(match piece {
            Ok(Some(piece)) => {
                self.idle = Some(pieces);
                Some(Ok(piece))
            }
            Ok(None) => None,
            Err(error) => {
                tracing::error!(%error, "a blob broke off while it was read");
                Some(Err(BodyError::new("InternalError", error.to_string())))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_a_range() {
        let id = |digit: &str| digit.repeat(32).parse::<BlobId>().unwrap();
        let parts = || [(id("a"), 5), (id("b"), 0), (id("c"), 3)];
        for (range, pieces) in [
            (0..8, vec![(id("a"), 0..5), (id("c"), 0..3)]),
            (4..6, vec![(id("a"), 4..5), (id("c"), 0..1)]),
            (5..9, vec![(id("c"), 0..3)]),
            (2..2, vec![]),
            (8..9, vec![]),
        ] {
            assert_eq!(BlobPieces::within(parts(), &range), pieces, "{range:?}");
        }
    }
}
