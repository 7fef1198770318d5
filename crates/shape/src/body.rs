//! A payload that may be too large to hold in memory.

use std::fmt;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};

/// Why a payload ended before its time: the peer left, a checksum or signature did not match, a
/// limit was passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyError {
    /// AWS's error code, for instance `IncompleteBody` or `BadDigest`.
    pub code: &'static str,
    /// What happened, in a sentence.
    pub message: String,
}

impl BodyError {
    /// An error with AWS's code.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for BodyError {}

/// A source of pieces. An empty piece is allowed and means nothing; `None` is the end, and only
/// after it may the whole be trusted (signatures and checksums in trailers are checked there).
pub trait BodyStream: Send {
    /// The next piece.
    fn poll_piece(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BodyError>>>;
}

/// A payload: in memory or as a stream.
#[derive(Default)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// All of it.
    Full(Bytes),
    /// Pieces as they come; the length where it is known beforehand.
    ///
    /// The lock is never contended: streams are only polled through `&mut`. It is there because
    /// shapes are `Sync`.
    Stream(Mutex<Pin<Box<dyn BodyStream>>>, Option<u64>),
}

impl Body {
    /// A body that streams.
    pub fn stream(stream: impl BodyStream + 'static, len: Option<u64>) -> Self {
        Self::Stream(Mutex::new(Box::pin(stream)), len)
    }

    /// The length where it is known.
    pub fn len(&self) -> Option<u64> {
        match self {
            Self::Empty => Some(0),
            Self::Full(bytes) => Some(bytes.len() as u64),
            Self::Stream(_, len) => *len,
        }
    }

    /// Known to hold nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// The next piece, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Bytes, BodyError>> {
        match self {
            Self::Empty => None,
            Self::Full(_) => match std::mem::take(self) {
                Self::Full(bytes) if !bytes.is_empty() => Some(Ok(bytes)),
                _ => None,
            },
            Self::Stream(stream, _) => {
                let stream = stream.get_mut().unwrap_or_else(PoisonError::into_inner);
                std::future::poll_fn(|cx| stream.as_mut().poll_piece(cx)).await
            }
        }
    }

    /// Everything, if it is at most `limit` bytes; else `EntityTooLarge`.
    pub async fn collect(mut self, limit: usize) -> Result<Bytes, BodyError> {
        let too_large =
            || BodyError::new("EntityTooLarge", format!("The request body exceeds {limit} bytes."));
        if self.len().is_some_and(|len| len > limit as u64) {
            return Err(too_large());
        }
        if let Self::Full(bytes) = self {
            return Ok(bytes);
        }
        let mut all = BytesMut::new();
        while let Some(piece) = self.next().await {
            let piece = piece?;
            if all.len() + piece.len() > limit {
                return Err(too_large());
            }
            all.extend_from_slice(&piece);
        }
        Ok(all.freeze())
    }
}

impl Clone for Body {
    /// A stream cannot be had twice: its clone is empty.
    fn clone(&self) -> Self {
        match self {
            Self::Full(bytes) => Self::Full(bytes.clone()),
            Self::Empty | Self::Stream(..) => Self::Empty,
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.len() {
            Some(len) => write!(f, "<{len} bytes>"),
            None => f.write_str("<stream>"),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::Full(bytes)
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Full(bytes.into())
    }
}
