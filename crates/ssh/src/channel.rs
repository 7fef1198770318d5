//! A channel's two streams: what the client sends to a command and what the command says, both
//! within the windows that either side grants (RFC 4254, section 5.2).

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use tokio::sync::{Notify, mpsc};

use crate::limits::{MAX_CHANNEL_DATA, WINDOW};

/// Something that a command wants sent.
pub(crate) enum Said {
    /// Output.
    Data { channel: u32, error: bool, bytes: Bytes },
    /// It has ended.
    Ended { channel: u32, status: u32 },
}

/// What the connection and a command share of a channel.
pub(crate) struct Shared {
    state: Mutex<State>,
    /// The client has made room.
    room: Notify,
    /// The connection is to look at what was read.
    read: Arc<Notify>,
}

#[derive(Default)]
struct State {
    /// What the client has sent and the command has not read.
    input: BytesMut,
    input_ended: bool,
    reader: Option<Waker>,
    /// Read since the client was last told.
    taken: u32,
    /// What the client lets us send.
    window: u32,
    closed: bool,
}

impl Shared {
    pub(crate) fn new(window: u32, read: Arc<Notify>) -> Arc<Self> {
        let state = State { window, ..State::default() };
        Arc::new(Self { state: Mutex::new(state), room: Notify::new(), read })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing is left half done under this lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands on what the client sent.
    pub(crate) fn push(&self, bytes: &[u8]) {
        let mut state = self.lock();
        if state.closed || state.input_ended {
            return;
        }
        state.input.extend_from_slice(bytes);
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
    }

    /// The client sends no more.
    pub(crate) fn end_input(&self) {
        let mut state = self.lock();
        state.input_ended = true;
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
    }

    /// The client lets us send more.
    pub(crate) fn widen(&self, by: u32) {
        let mut state = self.lock();
        state.window = state.window.saturating_add(by);
        drop(state);
        self.room.notify_one();
    }

    /// Nobody listens any more.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.input = BytesMut::new();
        drop(state);
        self.end_input();
        self.room.notify_one();
    }

    /// How much the client may be told to send anew, once it is worth a packet.
    pub(crate) fn to_grant(&self) -> Option<u32> {
        let mut state = self.lock();
        if state.input_ended || state.taken < WINDOW / 2 {
            return None;
        }
        Some(std::mem::take(&mut state.taken))
    }
}

/// What the client sends to a command.
pub(crate) struct Input(pub(crate) Arc<Shared>);

impl Stream for Input {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut state = self.0.lock();
        if state.input.is_empty() {
            if state.closed {
                let gone = io::Error::new(io::ErrorKind::ConnectionAborted, "the client left");
                return Poll::Ready(Some(Err(gone)));
            }
            if state.input_ended {
                return Poll::Ready(None);
            }
            state.reader = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let bytes = state.input.split().freeze();
        let count = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        state.taken = state.taken.saturating_add(count);
        let worth_a_packet = state.taken >= WINDOW / 2;
        drop(state);
        if worth_a_packet {
            self.0.read.notify_one();
        }
        Poll::Ready(Some(Ok(bytes)))
    }
}

/// Where a command's words go. Writing waits for a client that reads slowly, so that nothing
/// piles up.
pub struct Output {
    pub(crate) channel: u32,
    pub(crate) max_packet: u32,
    pub(crate) shared: Arc<Shared>,
    pub(crate) said: mpsc::Sender<Said>,
}

impl Output {
    /// Sends bytes as the command's output.
    ///
    /// # Errors
    /// Where the client has gone.
    pub async fn write(&self, bytes: Bytes) -> io::Result<()> {
        self.send(bytes, false).await
    }

    /// Sends text as the command's error output, which git shows.
    ///
    /// # Errors
    /// Where the client has gone.
    pub async fn error(&self, text: &str) -> io::Result<()> {
        self.send(Bytes::copy_from_slice(text.as_bytes()), true).await
    }

    async fn send(&self, mut bytes: Bytes, error: bool) -> io::Result<()> {
        while !bytes.is_empty() {
            let count = self.take_window(bytes.len()).await?;
            let part = bytes.split_to(count.min(bytes.len()));
            let said = Said::Data { channel: self.channel, error, bytes: part };
            self.said.send(said).await.map_err(|_| gone())?;
        }
        Ok(())
    }

    /// Waits until some of `wanted` bytes may be sent.
    async fn take_window(&self, wanted: usize) -> io::Result<usize> {
        let most = u32::try_from(wanted).unwrap_or(u32::MAX);
        let most = most.min(self.max_packet).min(MAX_CHANNEL_DATA);
        loop {
            {
                let mut state = self.shared.lock();
                if state.closed {
                    return Err(gone());
                }
                let count = most.min(state.window);
                if count > 0 {
                    state.window -= count;
                    return Ok(usize::try_from(count).unwrap_or_default());
                }
            }
            self.shared.room.notified().await;
        }
    }
}

fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, "the client left")
}
