//! Where a push ends on a stream that does not: over SSH some clients keep their side open until
//! they have read the answer.

use crate::ByteStream;
use crate::pktline::Header;
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use sha1::{Digest, Sha1};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::Sleep;

/// The checksum at a pack's end.
const TRAILER: usize = 20;
/// After so long without a byte it is looked whether the pack is complete.
const PAUSE: Duration = Duration::from_millis(20);
/// A command begins with two object ids and a space behind each.
const NEW_ID: std::ops::Range<usize> = 41..81;

/// The bytes of one push: its commands, and its pack if one follows them.
pub(crate) struct PushStream {
    input: ByteStream,
    at: At,
    pause: Pin<Box<Sleep>>,
}

enum At {
    /// Lines of commands; the one that is not complete yet.
    Commands {
        line: BytesMut,
        has_pack: bool,
    },
    Pack(Pack),
    End,
}

/// A pack that goes by: the hash of everything but its last bytes, and these.
struct Pack {
    hash: Sha1,
    last: Vec<u8>,
    /// Nothing came since it was looked last.
    looked: bool,
}

impl Pack {
    fn pass(&mut self, bytes: &[u8]) {
        self.looked = false;
        self.last.extend_from_slice(bytes);
        let done = self.last.len().saturating_sub(TRAILER);
        self.hash.update(self.last.get(..done).unwrap_or_default());
        self.last.drain(..done);
    }

    /// A pack ends with the hash of what comes before.
    fn is_complete(&self) -> bool {
        self.last.len() == TRAILER && self.hash.clone().finalize().as_slice() == self.last
    }
}

impl PushStream {
    pub(crate) fn new(input: ByteStream) -> Self {
        let at = At::Commands { line: BytesMut::new(), has_pack: false };
        Self { input, at, pause: Box::pin(tokio::time::sleep(PAUSE)) }
    }

    /// Notes what goes by.
    fn pass(&mut self, bytes: &[u8]) {
        match &mut self.at {
            At::Commands { line, has_pack } => {
                line.extend_from_slice(bytes);
                if let Some(next) = commands(line, has_pack) {
                    self.at = next;
                }
            }
            At::Pack(pack) => pack.pass(bytes),
            At::End => {}
        }
    }
}

/// Reads the complete lines off; what comes after the last one, once it is known.
fn commands(line: &mut BytesMut, has_pack: &mut bool) -> Option<At> {
    loop {
        let digits = *line.first_chunk::<4>()?;
        let length = match Header::parse(digits) {
            Ok(Header::Payload(length)) => length,
            Ok(Header::Flush) => {
                let rest = line.split_off(4);
                if !*has_pack {
                    return Some(At::End);
                }
                let mut pack = Pack { hash: Sha1::new(), last: Vec::new(), looked: false };
                pack.pass(&rest);
                return Some(At::Pack(pack));
            }
            // No push: its reader says so.
            _ => return Some(At::End),
        };
        if line.len() < 4 + length {
            return None;
        }
        let command = line.split_to(4 + length);
        let new = command.get(4..).and_then(|payload| payload.get(NEW_ID));
        let is_command = !command.get(4..).unwrap_or_default().starts_with(b"shallow ");
        *has_pack |= is_command && new.is_some_and(|new| new.iter().any(|digit| *digit != b'0'));
    }
}

impl Stream for PushStream {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if matches!(self.at, At::End) {
            return Poll::Ready(None);
        }
        if let Poll::Ready(next) = self.input.as_mut().poll_next(cx) {
            if let Some(Ok(bytes)) = &next {
                let bytes = bytes.clone();
                self.pass(&bytes);
                self.pause.as_mut().reset(tokio::time::Instant::now() + PAUSE);
            }
            return Poll::Ready(next);
        }
        let At::Pack(Pack { looked: false, .. }) = &self.at else { return Poll::Pending };
        ready!(self.pause.as_mut().poll(cx));
        let At::Pack(pack) = &mut self.at else { return Poll::Pending };
        if pack.is_complete() {
            self.at = At::End;
            return Poll::Ready(None);
        }
        // The next byte wakes this again.
        pack.looked = true;
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::channel_stream;
    use tokio::sync::mpsc;

    const A: &str = "0101010101010101010101010101010101010101";
    const Z: &str = "0000000000000000000000000000000000000000";

    fn line(payload: &str) -> String {
        format!("{:04x}{payload}", payload.len() + 4)
    }

    fn pack() -> Vec<u8> {
        let mut pack = b"PACK\0\0\0\x02\0\0\0\0".to_vec();
        let sum = Sha1::digest(&pack);
        pack.extend_from_slice(&sum);
        pack
    }

    /// What comes out of an input that stays open, in pieces of `size`.
    async fn read(bytes: &[u8], size: usize) -> Vec<u8> {
        let (tx, rx) = mpsc::channel(1);
        let pieces: Vec<Bytes> = bytes.chunks(size).map(Bytes::copy_from_slice).collect();
        let feed = tokio::spawn(async move {
            for piece in pieces {
                if tx.send(Ok(piece)).await.is_err() {
                    return;
                }
                tokio::task::yield_now().await;
            }
            std::future::pending::<()>().await;
        });
        let mut stream = PushStream::new(channel_stream(rx));
        let mut read = Vec::new();
        while let Some(piece) = std::future::poll_fn(|cx| Pin::new(&mut stream).poll_next(cx)).await
        {
            read.extend_from_slice(&piece.unwrap());
        }
        feed.abort();
        read
    }

    #[tokio::test]
    async fn a_push_ends_by_itself() {
        let deletes = format!("{}0000", line(&format!("{A} {Z} refs/heads/a\0atomic")));
        let nothing = "0000".to_owned();
        let shallow = line(&format!("shallow {A}"));
        let creates = format!("{shallow}{}0000", line(&format!("{Z} {A} refs/heads/a")));
        for size in [1, 7, 4096] {
            for whole in [deletes.clone(), nothing.clone()] {
                assert_eq!(read(whole.as_bytes(), size).await, whole.as_bytes());
            }
            let whole = [creates.as_bytes(), &pack()].concat();
            assert_eq!(read(&whole, size).await, whole);
        }
    }
}
