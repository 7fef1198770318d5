//! Git over a stream that goes both ways, as SSH gives it (gitprotocol-pack): the server speaks
//! first, and both sides go on in turns until one of them ends it.

use crate::body::{ByteStream, Encoding, bytes_stream, channel_stream};
use crate::gate::Gate;
use crate::limits::{CHUNK, FETCH_TIMEOUT, MAX_STDERR, STALL_TIMEOUT};
use crate::process::{Running, read_bounded};
use crate::push_stream::PushStream;
use crate::upload::{Packer, beside, receive_references};
use crate::{GitError, Protocol, RefStore, RefUpdate, Refusal, Repository, Result};
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::{Notify, mpsc};

type Sender = mpsc::Sender<io::Result<Bytes>>;

impl Repository {
    /// A fetch from its first word to its last. Streams both ways in constant memory; dropping
    /// the answer ends the work.
    pub async fn fetch_session(
        &self,
        input: ByteStream,
        protocol: Protocol,
        refs: &dyn RefStore,
    ) -> Result<ByteStream> {
        self.project_refs(refs).await?;
        let Packer { running, gate } = self.start_upload_pack(protocol, &[]).await?;
        let (tx, rx) = mpsc::channel(4);
        // The repository's directory stays as long as the child looks into it.
        let in_use = self.clone();
        tokio::spawn(async move {
            let refused = gate.as_ref().map(Gate::refused);
            let talk = beside(gate, talk(running, input, &tx));
            let talk = tokio::time::timeout(FETCH_TIMEOUT, talk).await;
            if let Some(word) = refused.and_then(|refused| refused.last_word()) {
                // The client may have left meanwhile.
                let _ = tx.send(Ok(word)).await;
                return;
            }
            let failed = match talk {
                Ok(Ok(())) => return,
                Ok(Err(e)) => e,
                Err(_) => GitError::CutOff("the fetch took too long".to_owned()),
            };
            tracing::debug!(dir = %in_use.dir().display(), "fetch failed: {failed}");
            // The client may be gone, which is why it failed.
            let _ = tx.send(Err(io::Error::other(failed))).await;
        });
        Ok(channel_stream(rx))
    }

    /// What a push is told first: the references, and what may be asked for.
    pub async fn push_greeting(&self, protocol: Protocol, refs: &dyn RefStore) -> Result<Bytes> {
        Ok(receive_references(protocol, &refs.snapshot().await?))
    }

    /// The rest of a push after its [greeting](Self::push_greeting); see [`Self::receive_pack`].
    /// A client that says nothing has nothing to push.
    pub async fn push_session<D, F>(
        &self,
        input: ByteStream,
        refs: Arc<dyn RefStore>,
        decide: D,
    ) -> Result<ByteStream>
    where
        D: FnOnce(Vec<RefUpdate>) -> F,
        F: Future<Output = Vec<std::result::Result<(), Refusal>>>,
    {
        let mut input = input;
        let first = std::future::poll_fn(|cx| input.as_mut().poll_next(cx));
        let first = match tokio::time::timeout(STALL_TIMEOUT, first).await {
            Ok(None) => return Ok(bytes_stream(Bytes::new())),
            Ok(Some(first)) => first,
            Err(_) => return Err(GitError::Protocol("the push stood still for too long".into())),
        };
        let whole = Box::pin(Rejoined { first: Some(first), rest: input });
        let body = Box::pin(PushStream::new(whole));
        self.receive_pack(body, Encoding::Identity, refs, decide).await
    }
}

/// A stream whose first piece was taken off.
struct Rejoined {
    first: Option<io::Result<Bytes>>,
    rest: ByteStream,
}

impl Stream for Rejoined {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.first.take() {
            Some(first) => Poll::Ready(Some(first)),
            None => Poll::Ready(ready!(self.rest.as_mut().poll_next(cx))),
        }
    }
}

/// Moves bytes between the client and the child until the child has said everything: clients
/// keep their side open until then.
async fn talk(mut running: Running, input: ByteStream, tx: &Sender) -> Result<()> {
    let (stdin, stdout, stderr) = (running.stdin()?, running.stdout()?, running.stderr()?);
    let words =
        async { read_bounded(stderr, MAX_STDERR).await.map_err(GitError::io("read from git")) };
    let moved = Notify::new();
    let said = async { tokio::try_join!(pump(stdout, tx, &moved), words) };
    let talked = async {
        tokio::pin!(said);
        let listened = listen(input, stdin, &moved);
        tokio::pin!(listened);
        tokio::select! {
            said = &mut said => said,
            listened = &mut listened => {
                listened?;
                said.as_mut().await
            }
        }
    };
    let ((), words) = tokio::select! {
        talked = talked => talked?,
        stalled = stands_still(&moved) => return Err(stalled),
    };
    let status = running.wait().await?;
    if !status.success() {
        let problem = String::from_utf8_lossy(&words).trim().to_owned();
        tracing::debug!(%status, "git upload-pack: {problem}");
        return Err(GitError::Child { command: "upload-pack", problem });
    }
    Ok(())
}

/// Ends when neither side has said a word for too long. A child that packs says something every
/// few seconds.
async fn stands_still(moved: &Notify) -> GitError {
    while tokio::time::timeout(STALL_TIMEOUT, moved.notified()).await.is_ok() {}
    GitError::CutOff("the fetch stood still for too long".to_owned())
}

/// Hands on what the client says, until it says no more or the child listens no more.
async fn listen(mut input: ByteStream, mut stdin: ChildStdin, moved: &Notify) -> Result<()> {
    while let Some(piece) = std::future::poll_fn(|cx| input.as_mut().poll_next(cx)).await {
        let piece = piece.map_err(GitError::io("read from the client"))?;
        moved.notify_one();
        if stdin.write_all(&piece).await.is_err() {
            break;
        }
    }
    Ok(())
}

async fn pump(mut stdout: ChildStdout, tx: &Sender, moved: &Notify) -> Result<()> {
    let gone = || GitError::CutOff("the client left".to_owned());
    let mut buffer = BytesMut::new();
    loop {
        buffer.reserve(CHUNK);
        let count = tokio::select! {
            count = stdout.read_buf(&mut buffer) => count.map_err(GitError::io("read from git"))?,
            () = tx.closed() => return Err(gone()),
        };
        if count == 0 {
            return Ok(());
        }
        let sent = tx.send(Ok(buffer.split().freeze()));
        match tokio::time::timeout(STALL_TIMEOUT, sent).await {
            Ok(Ok(())) => moved.notify_one(),
            Ok(Err(_)) => return Err(gone()),
            Err(_) => return Err(GitError::CutOff("the client stood still for too long".into())),
        }
    }
}
