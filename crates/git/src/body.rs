//! Byte streams: how requests come in and answers go out, without HTTP's types.

use crate::limits::{CHUNK, STALL_TIMEOUT};
use crate::pktline::Header;
use crate::{GitError, Result};
use bytes::{Buf, Bytes, BytesMut};
use flate2::write::MultiGzDecoder;
use futures_core::Stream;
use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// A request's or an answer's bytes. Dropping an answer stops the work behind it.
pub type ByteStream = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// The request's `Content-Encoding`; git clients zip what they ask in a fetch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Encoding {
    /// As it is.
    #[default]
    Identity,
    /// `gzip` or `x-gzip`.
    Gzip,
}

impl Encoding {
    /// From the header's value; `None` for one that is not supported.
    pub fn from_header(value: Option<&str>) -> Option<Self> {
        match value.map(str::trim) {
            None | Some("" | "identity") => Some(Self::Identity),
            Some("gzip" | "x-gzip") => Some(Self::Gzip),
            Some(_) => None,
        }
    }
}

/// A stream of these bytes.
pub fn bytes_stream(bytes: impl Into<Bytes>) -> ByteStream {
    let (tx, rx) = mpsc::channel(1);
    let bytes = bytes.into();
    // An empty piece could be taken for the end by those who send in chunks.
    if !bytes.is_empty() {
        // The channel is empty and open: this cannot fail.
        let _ = tx.try_send(Ok(bytes));
    }
    channel_stream(rx)
}

/// A stream of what comes through a channel.
pub(crate) fn channel_stream(rx: mpsc::Receiver<io::Result<Bytes>>) -> ByteStream {
    Box::pin(FromChannel(rx))
}

struct FromChannel(mpsc::Receiver<io::Result<Bytes>>);

impl Stream for FromChannel {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(cx)
    }
}

/// Zipped bytes are given to the decoder in pieces of this size, so that what comes out at once
/// stays small (gzip unfolds a thousand times at most).
const UNZIP_STEP: usize = 256;

/// A request body that is read bit by bit, unzipped and counted.
pub(crate) struct BodyReader {
    stream: ByteStream,
    unzip: Option<MultiGzDecoder<Vec<u8>>>,
    zipped: Bytes,
    ready: BytesMut,
    left: u64,
    /// Of the bytes as they come, which may be zipped and stand for none.
    raw_left: u64,
    limit: (&'static str, u64),
    ended: bool,
}

/// Bytes in which so many can be zipped, however little they like it.
fn zipped(bytes: u64) -> u64 {
    bytes.saturating_add(bytes / 64).saturating_add(1_024)
}

impl BodyReader {
    /// Reads `stream`, which is called `what` when it is longer than `limit` bytes.
    pub(crate) fn new(
        stream: ByteStream,
        encoding: Encoding,
        what: &'static str,
        limit: u64,
    ) -> Self {
        let unzip = match encoding {
            Encoding::Identity => None,
            Encoding::Gzip => Some(MultiGzDecoder::new(Vec::new())),
        };
        Self {
            stream,
            unzip,
            zipped: Bytes::new(),
            ready: BytesMut::new(),
            left: limit,
            raw_left: zipped(limit),
            limit: (what, limit),
            ended: false,
        }
    }

    async fn next_raw(&mut self) -> Result<Option<Bytes>> {
        let next = std::future::poll_fn(|cx| self.stream.as_mut().poll_next(cx));
        match tokio::time::timeout(STALL_TIMEOUT, next).await {
            Ok(None) => Ok(None),
            Ok(Some(Ok(bytes))) => {
                let left = self.raw_left.checked_sub(bytes.len() as u64);
                self.raw_left = left.ok_or_else(|| self.too_large())?;
                Ok(Some(bytes))
            }
            Ok(Some(Err(source))) => Err(GitError::Io { what: "read the request", source }),
            Err(_) => Err(GitError::Protocol("the request stood still for too long".to_owned())),
        }
    }

    /// More bytes into `ready`; false at the end.
    async fn fill(&mut self) -> Result<bool> {
        while !self.ended {
            let got = self.step().await?;
            let count = got.len() as u64;
            if count > self.left {
                return Err(self.too_large());
            }
            self.left -= count;
            if count > 0 {
                if self.ready.is_empty() {
                    self.ready = BytesMut::from(got);
                } else {
                    self.ready.extend_from_slice(&got);
                }
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn too_large(&self) -> GitError {
        let (what, limit) = self.limit;
        GitError::TooLarge { what, limit }
    }

    /// The next piece, which may be empty.
    async fn step(&mut self) -> Result<Bytes> {
        let bad_zip = |e: io::Error| GitError::Protocol(format!("bad gzip: {e}"));
        if self.zipped.is_empty() {
            match self.next_raw().await? {
                Some(bytes) if self.unzip.is_none() => return Ok(bytes),
                Some(bytes) => self.zipped = bytes,
                None => {
                    self.ended = true;
                    return match &mut self.unzip {
                        None => Ok(Bytes::new()),
                        Some(unzip) => {
                            unzip.try_finish().map_err(bad_zip)?;
                            Ok(std::mem::take(unzip.get_mut()).into())
                        }
                    };
                }
            }
        }
        let Some(unzip) = &mut self.unzip else { return Ok(Bytes::new()) };
        let part = self.zipped.split_to(UNZIP_STEP.min(self.zipped.len()));
        unzip.write_all(&part).map_err(bad_zip)?;
        Ok(std::mem::take(unzip.get_mut()).into())
    }

    /// The next bytes, as many as are there; `None` at the end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>> {
        if self.ready.is_empty() && !self.fill().await? {
            return Ok(None);
        }
        let count = self.ready.len().min(CHUNK);
        Ok(Some(self.ready.split_to(count).freeze()))
    }

    /// What comes next, without taking it: `count` bytes or more, less only at the end.
    pub(crate) async fn peek(&mut self, count: usize) -> Result<&[u8]> {
        while self.ready.len() < count && self.fill().await? {}
        Ok(&self.ready)
    }

    /// Exactly `count` bytes.
    pub(crate) async fn exactly(&mut self, count: usize) -> Result<Bytes> {
        while self.ready.len() < count {
            if !self.fill().await? {
                return Err(GitError::Protocol("the request ends too early".to_owned()));
            }
        }
        Ok(self.ready.split_to(count).freeze())
    }

    /// Whether nothing more comes.
    pub(crate) async fn at_end(&mut self) -> Result<bool> {
        Ok(self.ready.is_empty() && !self.fill().await?)
    }

    /// The next pkt-line: its payload, or `None` for a flush.
    pub(crate) async fn pkt(&mut self) -> Result<Option<Bytes>> {
        let mut digits = [0; 4];
        self.exactly(4).await?.copy_to_slice(&mut digits);
        match Header::parse(digits) {
            Ok(Header::Flush) => Ok(None),
            Ok(Header::Payload(count)) => self.exactly(count).await.map(Some),
            Ok(other) => Err(GitError::Protocol(format!("unexpected pkt-line {other:?}"))),
            Err(e) => Err(GitError::Protocol(e.to_string())),
        }
    }

    /// Reads and forgets the rest, so that a client that is still sending gets to read its
    /// answer instead of a broken pipe.
    pub(crate) async fn drain(&mut self) -> Result<()> {
        while self.chunk().await?.is_some() {}
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    fn reader(bytes: Vec<u8>, encoding: Encoding, limit: u64) -> BodyReader {
        BodyReader::new(bytes_stream(bytes), encoding, "the test", limit)
    }

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap()
            .block_on(future)
    }

    fn zip(bytes: &[u8]) -> Vec<u8> {
        let mut out = GzEncoder::new(Vec::new(), Compression::default());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    #[test]
    fn unzips_and_reads_lines() {
        run(async {
            let mut body = reader(zip(b"0009hello0000tail"), Encoding::Gzip, 100);
            assert_eq!(body.pkt().await.unwrap().unwrap(), "hello");
            assert_eq!(body.pkt().await.unwrap(), None);
            assert!(!body.at_end().await.unwrap());
            assert_eq!(body.chunk().await.unwrap().unwrap(), "tail");
            assert!(body.at_end().await.unwrap());
        });
    }

    #[test]
    fn a_bomb_is_refused() {
        run(async {
            let bomb = zip(&vec![0; 10_000_000]);
            let refused = reader(bomb, Encoding::Gzip, 1_000_000).drain().await;
            assert!(matches!(refused, Err(GitError::TooLarge { .. })));
            let cut = zip(b"some text")[..20].to_vec();
            assert!(reader(cut, Encoding::Gzip, 100).drain().await.is_err());
        });
    }

    #[test]
    fn members_of_nothing_have_an_end() {
        run(async {
            let nothing = zip(b"").repeat(1_000);
            let refused = reader(nothing.clone(), Encoding::Gzip, 1_000).drain().await;
            assert!(matches!(refused, Err(GitError::TooLarge { .. })));
            reader(nothing, Encoding::Gzip, 100_000).drain().await.unwrap();
        });
    }

    proptest! {
        #[test]
        fn no_request_breaks_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200), gzip: bool) {
            let encoding = if gzip { Encoding::Gzip } else { Encoding::Identity };
            run(async {
                let mut body = reader(bytes, encoding, 150);
                while let Ok(Some(_)) = body.pkt().await {}
            });
        }
    }
}
