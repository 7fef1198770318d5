//! Bytes on their way in and out, in constant memory.

use std::ops::Range;
use std::time::Duration;

use blobs::{BlobId, KeyRef};
use bytes::Bytes;
use service::{BlobPieces, Error, ErrorKind, Yard};
use shape::Body;

use crate::digest::Hasher;
use crate::errors;
use crate::model::Part;
use crate::state;

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
    let all = 0..parts.iter().map(|part| part.size.unsigned_abs()).sum();
    let mut pieces = pieces(yard, parts, &all).await?;
    let mut hasher = Hasher::default();
    while let Some(piece) = pieces.next().await.map_err(errors::of_blob)? {
        hasher.update(&piece);
    }
    Ok(hasher.finish())
}

/// A range of parts behind each other, opened for reading: what can't be read is an error now, and
/// no broken answer.
pub(crate) async fn open(yard: &Yard, parts: &[Part], range: Range<u64>) -> Result<Body, Error> {
    let len = range.end.saturating_sub(range.start);
    Ok(pieces(yard, parts, &range).await?.into_body(len))
}

async fn pieces(yard: &Yard, parts: &[Part], range: &Range<u64>) -> Result<BlobPieces, Error> {
    let part = |part: &Part| {
        let id = part.blob.parse::<BlobId>().map_err(Error::internal)?;
        Ok((id, part.size.unsigned_abs()))
    };
    let parts = parts.iter().map(part).collect::<Result<Vec<_>, Error>>()?;
    let pieces = BlobPieces::within(parts, range);
    let state = state::of(yard);
    let pins = state.pin(pieces.iter().map(|(id, _)| *id).collect());
    BlobPieces::open(state.blobs(yard)?, pieces, pins).await.map_err(errors::of_blob)
}

/// A blob of a few megabytes at most, whole.
pub(crate) async fn read(yard: &Yard, blob: &str, most: i64) -> Result<Bytes, Error> {
    let id = blob.parse::<BlobId>().map_err(Error::internal)?;
    let state = state::of(yard);
    let _pin = state.pin(vec![id]);
    let most = most.unsigned_abs();
    state.blobs(yard)?.get_bytes(id, most).await.map_err(errors::of_blob)
}
