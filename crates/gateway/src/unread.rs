//! What is left of a request's body when its answer is ready.
//!
//! A connection that is closed with bytes unread is reset, and a client that is still sending then
//! never sees why it was refused. So the rest is read and dropped, up to a bound, before the answer
//! goes out.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http_body::Body as _;
use hyper::body::Incoming;

use crate::{MAX_DRAINED, MAX_LINGER_SECS};

/// A client that pauses for so long is not about to send the rest.
const PAUSE: Duration = Duration::from_secs(1);

/// Where a body is put that nobody reads to its end.
#[derive(Clone, Default)]
pub(crate) struct Unread(Arc<Mutex<Option<Incoming>>>);

impl Unread {
    fn lock(&self) -> MutexGuard<'_, Option<Incoming>> {
        // Nothing is left half done under this lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what is left of a body.
    pub(crate) fn leave(&self, body: Incoming) {
        if !body.is_end_stream() {
            *self.lock() = Some(body);
        }
    }

    /// Reads and drops it, at most [`MAX_DRAINED`] bytes and for [`MAX_LINGER_SECS`].
    pub(crate) async fn discard(&self) {
        let Some(mut body) = self.lock().take() else { return };
        let all = async {
            let mut dropped = 0;
            while dropped <= MAX_DRAINED {
                let frame = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx));
                match tokio::time::timeout(PAUSE, frame).await {
                    Ok(Some(Ok(frame))) => dropped += frame.data_ref().map_or(0, bytes::Bytes::len),
                    // Its end, or the client's.
                    _ => return,
                }
            }
        };
        // Who sends more than that is cut off.
        let _ = tokio::time::timeout(Duration::from_secs(MAX_LINGER_SECS), all).await;
    }
}
