//! Bodies on their way in and out, in constant memory.

use std::ops::Range;

use blobs::{BlobId, Blobs, KeyRef, Writer};
use bytes::Bytes;
use md5::{Digest as _, Md5};
use service::{BlobPieces, Cx, Error, ErrorKind};
use shape::{Body, BodyError};

use crate::checksum::{self, Expected, Hasher};
use crate::errors;
use crate::keyspace;
use crate::model::{Bucket, StoredBody, StoredChecksum, Version};
use crate::state;

/// Bodies up to here are sealed into the store: they cost no file and no sync of their own.
const INLINE: usize = 16 << 10;
/// Bytes that are summed up and handed on in one go.
const SLICE: usize = 256 << 10;
/// Largest body of one request.
pub const MAX_PUT: u64 = 5 << 30;

/// Bytes that are kept, but not named by any row yet.
pub struct Kept {
    pub body: StoredBody,
    /// What the row of an inline body holds.
    pub sealed: Option<Vec<u8>>,
    pub size: u64,
    /// MD5 in hexadecimal digits.
    pub etag: String,
    pub checksum: StoredChecksum,
}

/// What is known of bytes before they come.
pub struct Incoming<'a> {
    pub key: &'a KeyRef,
    pub expected: &'a Expected,
    pub content_md5: Option<[u8; 16]>,
    /// Whether a small body may be kept in the store; parts are always blobs.
    pub inline: bool,
}

/// Keeps a body, durable when this returns. What does not come to the sums that were announced
/// leaves nothing.
pub async fn keep(
    cx: &Cx,
    bucket: &Bucket,
    mut body: Body,
    incoming: Incoming<'_>,
) -> Result<Kept, Error> {
    if body.len().is_some_and(|len| len > MAX_PUT) {
        return Err(too_large(body.len().unwrap_or_default()));
    }
    let blobs = state::of(cx.yard()).blobs(cx.yard())?;
    let mut md5 = Md5::default();
    let mut hasher = Hasher::new(incoming.expected.algorithm);
    let mut target = Target { small: Vec::new(), writer: None, size: 0 };
    while let Some(piece) = body.next().await {
        // Pieces that stay in the processor's cache are summed up while those before are sealed.
        for piece in piece.map_err(body_error)?.chunks(SLICE) {
            md5.update(piece);
            hasher.update(piece);
            target.write(&blobs, &incoming, piece).await?;
        }
        if target.size > MAX_PUT {
            return Err(too_large(target.size));
        }
    }
    let md5 = md5.finalize();
    if incoming.content_md5.is_some_and(|expected| expected[..] != md5[..]) {
        return Err(errors::BAD_DIGEST
            .error("The Content-MD5 you specified did not match what we received."));
    }
    let sum = hasher.finish();
    incoming.expected.check(&sum, |name| cx.origin().trailers.get(name))?;
    let size = target.size;
    let (body, sealed) = target.finish(&blobs, bucket, &incoming).await?;
    let checksum = checksum::full(incoming.expected.algorithm, &sum);
    Ok(Kept { body, sealed, size, etag: hex::encode(md5), checksum })
}

fn too_large(size: u64) -> Error {
    errors::ENTITY_TOO_LARGE
        .error("Your proposed upload exceeds the maximum allowed size")
        .with("ProposedSize", size.to_string())
        .with("MaxSizeAllowed", MAX_PUT.to_string())
}

/// A body that ended before its time, as the client sees it.
fn body_error(error: BodyError) -> Error {
    let status = if error.code == "AccessDenied" || error.code == "SignatureDoesNotMatch" {
        403
    } else {
        400
    };
    ErrorKind::new(error.code, status).error(error.message)
}

/// Gathers a small body, and goes over to a blob when it is not small.
struct Target {
    small: Vec<u8>,
    writer: Option<Writer>,
    size: u64,
}

impl Target {
    async fn write(
        &mut self,
        blobs: &Blobs,
        incoming: &Incoming<'_>,
        piece: &[u8],
    ) -> Result<(), Error> {
        self.size += piece.len() as u64;
        if incoming.inline && self.writer.is_none() && self.size <= INLINE as u64 {
            self.small.extend_from_slice(piece);
            return Ok(());
        }
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => {
                let mut writer = blobs.writer(incoming.key);
                writer.write(&self.small).await.map_err(blob_error)?;
                self.writer.insert(writer)
            }
        };
        writer.write(piece).await.map_err(blob_error)
    }

    async fn finish(
        self,
        blobs: &Blobs,
        bucket: &Bucket,
        incoming: &Incoming<'_>,
    ) -> Result<(StoredBody, Option<Vec<u8>>), Error> {
        let writer = match self.writer {
            Some(writer) => writer,
            None if incoming.inline => {
                let name = types::random_id(types::IdAlphabet::Hex, 32);
                let context = inline_context(bucket, &name);
                let sealed = blobs.seal(incoming.key, &context, &self.small).map_err(blob_error)?;
                let body = StoredBody { inline: Some(name), ..StoredBody::default() };
                return Ok((body, Some(sealed)));
            }
            None => blobs.writer(incoming.key),
        };
        let blob = writer.finish().await.map_err(blob_error)?;
        Ok((StoredBody { blob: Some(blob.id.to_string()), ..StoredBody::default() }, None))
    }
}

fn inline_context(bucket: &Bucket, name: &str) -> Vec<u8> {
    format!("s3 body {}/{name}", bucket.id).into_bytes()
}

/// A blob's failure as S3 tells it.
pub fn blob_error(error: blobs::Error) -> Error {
    match error {
        blobs::Error::Keyring(blobs::KeyringError::NoSuchKey(key)) => {
            errors::KMS_NOT_FOUND.error(format!("Key '{key}' does not exist"))
        }
        blobs::Error::Keyring(blobs::KeyringError::Disabled(key)) => {
            errors::KMS_DISABLED.error(format!("{key} is disabled."))
        }
        other => other.into(),
    }
}

impl Kept {
    /// Gives the bytes up again, because the row that was to name them was not written.
    pub async fn discard(&self, cx: &Cx) {
        let id = self.body.blob.as_ref().and_then(|id| id.parse::<BlobId>().ok());
        let (Some(id), Ok(blobs)) = (id, state::of(cx.yard()).blobs(cx.yard())) else { return };
        if let Err(error) = blobs.delete(id).await {
            // The sweeper finds it later.
            tracing::warn!(%error, "failed to remove the bytes of a refused upload");
        }
    }
}

/// Bytes of a version, opened for reading.
pub async fn open(
    cx: &Cx,
    bucket: &Bucket,
    version: &Version,
    range: Range<u64>,
) -> Result<Body, Error> {
    let Some(stored) = &version.body else { return Ok(Body::Empty) };
    let state = state::of(cx.yard());
    let blobs = state.blobs(cx.yard())?;
    if let Some(name) = &stored.inline {
        let sealed = cx.read(|tx| Ok(keyspace::inline(tx, bucket, name)?))?;
        let sealed = sealed.ok_or_else(vanished)?;
        let plain = blobs.unseal(&inline_context(bucket, name), &sealed).map_err(blob_error)?;
        let (start, end) = (range.start as usize, range.end as usize);
        let bytes = plain.get(start..end).ok_or_else(vanished)?;
        return Ok(Body::Full(Bytes::copy_from_slice(bytes)));
    }
    let pieces = pieces(cx, stored, version, &range)?;
    let pins = state.pin(pieces.iter().map(|(id, _)| *id).collect());
    let opened = BlobPieces::open(blobs, pieces, pins).await.map_err(blob_error)?;
    Ok(opened.into_body(range.end - range.start))
}

fn vanished() -> Error {
    Error::internal("an object's bytes are not what its row says")
}

/// The blobs, and the ranges in them, that make up a range of a version.
fn pieces(
    cx: &Cx,
    stored: &StoredBody,
    version: &Version,
    range: &Range<u64>,
) -> Result<Vec<(BlobId, Range<u64>)>, Error> {
    let id = |text: &str| text.parse::<BlobId>().map_err(|_| vanished());
    if let Some(blob) = &stored.blob {
        return Ok(vec![(id(blob)?, range.clone())]);
    }
    let upload_id = stored.manifest.as_deref().ok_or_else(vanished)?;
    let manifest = cx.read(|tx| Ok(keyspace::manifest(tx, upload_id)?))?;
    let parts = manifest.parts.iter().map(|part| Ok((id(&part.blob)?, part.size.unsigned_abs())));
    let parts = parts.collect::<Result<Vec<_>, Error>>()?;
    let size = parts.iter().map(|(_, size)| size).sum::<u64>();
    match size == version.size.unsigned_abs() {
        true => Ok(BlobPieces::within(parts, range)),
        false => Err(vanished()),
    }
}
