//! Writing a blob: the caller fills one piece while the piece before is sealed and written.

use std::sync::Arc;

use tokio::task::JoinHandle;
use zeroize::Zeroize;

use crate::{
    BlobId, BlobRef, Error, KeyRef, Keyring, Result,
    backend::{Backend, Sink},
    join,
    seal::{CHUNK, ChunkCipher, SEALED_CHUNK, TAG},
};

/// Chunks that are sealed and written in one go.
const PIECE_CHUNKS: usize = 8;

/// Writes one blob. Memory is bounded: two pieces of 512 KiB. Dropped before
/// [`Writer::finish`] has returned, it leaves nothing behind.
///
/// When a call fails, or its future is dropped before it is ready, the blob is lost: every later
/// call fails too.
pub struct Writer {
    id: BlobId,
    size: u64,
    /// Chunks with room for their tags; the last one may be unfilled.
    piece: Vec<u8>,
    state: State,
}

enum State {
    Idle(Box<Job>),
    Busy(JoinHandle<Result<Box<Job>>>),
    Failed,
}

/// What travels to the blocking thread and back.
struct Job {
    id: BlobId,
    key: KeyRef,
    keyring: Arc<dyn Keyring>,
    backend: Arc<dyn Backend>,
    /// Made with the first piece, so that a small blob is one trip to a blocking thread.
    open: Option<(ChunkCipher, Box<dyn Sink>)>,
    chunks: u64,
    /// An emptied buffer for the next piece.
    spare: Vec<u8>,
}

impl Writer {
    pub(crate) fn new(key: KeyRef, keyring: Arc<dyn Keyring>, backend: Arc<dyn Backend>) -> Self {
        let id = BlobId::random();
        let job = Job { id, key, keyring, backend, open: None, chunks: 0, spare: Vec::new() };
        Self { id, size: 0, piece: Vec::new(), state: State::Idle(Box::new(job)) }
    }

    /// Bytes taken so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends bytes. They may be buffered: an error may come with a later call.
    ///
    /// # Errors
    /// The keyring refuses, the medium fails or is full.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            let mut filled = self.piece.len() % SEALED_CHUNK;
            if filled == CHUNK {
                // More is to come, so the full chunk is not the last.
                self.piece.resize(self.piece.len() + TAG, 0);
                filled = 0;
            }
            if self.piece.len() == PIECE_CHUNKS * SEALED_CHUNK {
                self.send().await?;
            }
            let (now, rest) = bytes.split_at(bytes.len().min(CHUNK - filled));
            self.piece.extend_from_slice(now);
            self.size += now.len() as u64;
            bytes = rest;
        }
        Ok(())
    }

    /// Ends the blob and makes it durable: when this returns, it survives a crash.
    ///
    /// # Errors
    /// The keyring refuses, the medium fails or is full; nothing is left then.
    pub async fn finish(mut self) -> Result<BlobRef> {
        let mut job = self.take_job().await?;
        let mut piece = std::mem::take(&mut self.piece);
        let commit = move || {
            piece.resize(piece.len() + TAG, 0);
            job.seal(&mut piece, true)?;
            job.open.take().map_or(Err(Error::WriterFailed), |(_, sink)| sink.commit())
        };
        join(tokio::task::spawn_blocking(commit).await)?;
        Ok(BlobRef { id: self.id, size: self.size })
    }

    /// Hands the full piece to a blocking thread, once the one before is done.
    async fn send(&mut self) -> Result<()> {
        let mut job = self.take_job().await?;
        let spare = std::mem::take(&mut job.spare);
        let mut piece = std::mem::replace(&mut self.piece, spare);
        self.state = State::Busy(tokio::task::spawn_blocking(move || {
            job.seal(&mut piece, false)?;
            piece.clear();
            job.spare = piece;
            Ok(job)
        }));
        Ok(())
    }

    async fn take_job(&mut self) -> Result<Box<Job>> {
        match std::mem::replace(&mut self.state, State::Failed) {
            State::Idle(job) => Ok(job),
            State::Busy(handle) => join(handle.await),
            State::Failed => Err(Error::WriterFailed),
        }
    }
}

impl Job {
    fn seal(&mut self, piece: &mut [u8], last: bool) -> Result<()> {
        let (cipher, sink) = match &mut self.open {
            Some(open) => open,
            empty => {
                let cipher = ChunkCipher::create(self.id, &self.key, self.keyring.as_ref())?;
                let mut sink = self.backend.create(self.id)?;
                sink.append(cipher.header())?;
                empty.insert((cipher, sink))
            }
        };
        cipher.seal_piece(self.chunks, last, piece)?;
        self.chunks += piece.len().div_ceil(SEALED_CHUNK) as u64;
        sink.append(piece)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Sealing overwrites plaintext; what was not sealed is wiped here.
        self.piece.zeroize();
    }
}
