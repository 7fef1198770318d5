//! Bytes on their way in and out, in constant memory.

use std::collections::VecDeque;
use std::future::Future;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use blobs::{BlobId, Blobs, KeyRef, Reader};
use bytes::Bytes;
use service::{Error, ErrorKind, Yard};
use shape::{Body, BodyError, BodyStream};

use crate::digest::Hasher;
use crate::errors;
use crate::model::Part;
use crate::state::{self, Pins};

/// Largest layer, in bytes; AWS's quota of 52,000 MiB.
pub(crate) const MAX_LAYER: i64 = 52_000 << 20;
/// Bytes that are summed up and handed on in one go.
const SLICE: usize = 256 << 10;
/// For so long a body may stand still.
const PATIENCE: Duration = Duration::from_secs(60);

/// Keeps bytes in a blob of their own, durable when this returns; no row names it yet. `room` is
/// how many may come.
pub(crate) async fn keep(
    yard: &Yard,
    key: &KeyRef,
    mut body: Body,
    room: i64,
) -> Result<Part, Error> {
    let blobs = state::of(yard).blobs(yard)?;
    let mut writer = blobs.writer(key);
    let mut hasher = Hasher::default();
    while let Some(piece) = next(&mut body).await? {
        // Pieces that stay in the processor's cache are summed up while those before are sealed.
        for piece in piece.chunks(SLICE) {
            hasher.update(piece);
            writer.write(piece).await.map_err(errors::of_blob)?;
        }
        if i64::try_from(writer.size()).map_or(true, |size| size > room) {
            return Err(
                errors::LIMIT_EXCEEDED.error(format!("A layer has at most {MAX_LAYER} bytes."))
            );
        }
    }
    let blob = writer.finish().await.map_err(errors::of_blob)?;
    Ok(Part {
        blob: blob.id.to_string(),
        size: i64::try_from(blob.size).map_err(Error::internal)?,
        digest: hasher.finish(),
    })
}

async fn next(body: &mut Body) -> Result<Option<Bytes>, Error> {
    let piece = tokio::time::timeout(PATIENCE, body.next()).await.map_err(|_| {
        let message = format!("The request body stood still for {} seconds.", PATIENCE.as_secs());
        ErrorKind::new("RequestTimeout", 408).error(message)
    })?;
    piece.transpose().map_err(|error| ErrorKind::new(error.code, 400).error(error.message))
}

/// Gives up bytes that no row came to name.
pub(crate) async fn discard(yard: &Yard, part: &Part) {
    let (Ok(id), Ok(blobs)) = (part.blob.parse(), state::of(yard).blobs(yard)) else { return };
    if let Err(error) = blobs.delete(id).await {
        // The sweeper finds it later.
        tracing::warn!(%error, "failed to remove the bytes of a refused upload");
    }
}

/// The digest of parts behind each other, which are read for it unless there is but one.
pub(crate) async fn digest_of(yard: &Yard, parts: &[Part]) -> Result<String, Error> {
    if let [only] = parts {
        return Ok(only.digest.clone());
    }
    let mut source = Source::open(yard, parts, 0..total(parts)).await?;
    let mut hasher = Hasher::default();
    while let Some(piece) = source.next().await.map_err(errors::of_blob)? {
        hasher.update(&piece);
    }
    Ok(hasher.finish())
}

fn total(parts: &[Part]) -> u64 {
    parts.iter().map(|part| part.size.unsigned_abs()).sum()
}

/// A range of parts behind each other, opened for reading: what can't be read is an error now, and
/// no broken answer.
pub(crate) async fn open(yard: &Yard, parts: &[Part], range: Range<u64>) -> Result<Body, Error> {
    let len = range.end.saturating_sub(range.start);
    let source = Source::open(yard, parts, range).await?;
    Ok(Body::stream(Stream { idle: Some(source), busy: None }, Some(len)))
}

/// A blob of a few megabytes at most, whole.
pub(crate) async fn read(yard: &Yard, blob: &str, most: i64) -> Result<Bytes, Error> {
    let id = blob.parse::<BlobId>().map_err(Error::internal)?;
    let state = state::of(yard);
    let _pin = state.pin(vec![id]);
    let most = most.unsigned_abs();
    state.blobs(yard)?.get_bytes(id, most).await.map_err(errors::of_blob)
}

/// What is left to read.
struct Source {
    blobs: Blobs,
    pieces: VecDeque<(BlobId, Range<u64>)>,
    reader: Option<Reader>,
    _pins: Pins,
}

impl Source {
    async fn open(yard: &Yard, parts: &[Part], range: Range<u64>) -> Result<Self, Error> {
        let (mut pieces, mut offset) = (VecDeque::new(), 0);
        for part in parts {
            let size = part.size.unsigned_abs();
            let (start, end) = (range.start.max(offset), range.end.min(offset + size));
            if start < end {
                let id = part.blob.parse().map_err(Error::internal)?;
                pieces.push_back((id, start - offset..end - offset));
            }
            offset += size;
        }
        let state = state::of(yard);
        let pins = state.pin(pieces.iter().map(|(id, _)| *id).collect());
        let blobs = state.blobs(yard)?;
        let mut source = Self { blobs, pieces, reader: None, _pins: pins };
        source.open_next().await.map_err(errors::of_blob)?;
        Ok(source)
    }

    async fn open_next(&mut self) -> Result<(), blobs::Error> {
        if let Some((id, range)) = self.pieces.pop_front() {
            self.reader = Some(self.blobs.reader(id, range).await?);
        }
        Ok(())
    }

    async fn next(&mut self) -> Result<Option<Bytes>, blobs::Error> {
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
}

type Reading = Pin<Box<dyn Future<Output = (Source, Result<Option<Bytes>, blobs::Error>)> + Send>>;

/// A source as the wire takes it.
struct Stream {
    idle: Option<Source>,
    busy: Option<Reading>,
}

impl BodyStream for Stream {
    fn poll_piece(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BodyError>>> {
        if self.busy.is_none() {
            let Some(mut source) = self.idle.take() else { return Poll::Ready(None) };
            self.busy = Some(Box::pin(async move {
                let piece = source.next().await;
                (source, piece)
            }));
        }
        let Some(busy) = &mut self.busy else { return Poll::Ready(None) };
        let (source, piece) = ready!(busy.as_mut().poll(cx));
        self.busy = None;
        Poll::Ready(match piece {
            Ok(Some(piece)) => {
                self.idle = Some(source);
                Some(Ok(piece))
            }
            Ok(None) => None,
            Err(error) => {
                tracing::error!(%error, "a layer broke off while it was read");
                Some(Err(BodyError::new("InternalError", error.to_string())))
            }
        })
    }
}
