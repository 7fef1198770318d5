//! What another thread makes, as a body.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use shape::{BodyError, BodyStream};
use tokio::sync::mpsc;

/// The pieces of a channel, to its end.
pub(super) struct Pieces(pub(super) mpsc::Receiver<Result<Bytes, BodyError>>);

impl BodyStream for Pieces {
    fn poll_piece(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BodyError>>> {
        self.0.poll_recv(cx)
    }
}
