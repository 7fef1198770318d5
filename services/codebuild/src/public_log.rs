//! A build's log, passed on to the public as it is read: however long it is and however slowly
//! somebody takes it, a page or two are in memory.

use std::pin::Pin;
use std::task::{Context, Poll};

use api_management::logs;
use bytes::Bytes;
use service::Cx;
use shape::{Body, BodyError, BodyStream};
use tokio::sync::mpsc::{self, Receiver};
use wire::Error;

/// The text of a log stream, from its beginning to where it ends now.
///
/// # Errors
/// Where its first page can't be read; what fails later breaks the body off.
pub(crate) async fn body(cx: &Cx, group: String, stream: String) -> Result<Body, Error> {
    let mut pages = Pages { cx: cx.clone(), group, stream, token: None };
    let Some(first) = pages.next().await? else { return Ok(Body::Empty) };
    let (pieces, received) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut page: Result<_, Error> = Ok(Some(first));
        loop {
            let piece = match page {
                Ok(Some(text)) => Ok(text.into()),
                Ok(None) => return,
                Err(error) => Err(BodyError::new("InternalError", error.message)),
            };
            let is_last = piece.is_err();
            // Nobody listens any more, or nothing comes any more.
            if pieces.send(piece).await.is_err() || is_last {
                return;
            }
            page = pages.next().await;
        }
    });
    Ok(Body::stream(Received(received), None))
}

/// A log stream, page by page.
struct Pages {
    cx: Cx,
    group: String,
    stream: String,
    token: Option<String>,
}

impl Pages {
    /// The text of the next page; none at the end.
    async fn next(&mut self) -> Result<Option<String>, Error> {
        let input = logs::GetLogEventsInput {
            log_group_name: Some(self.group.clone()),
            log_stream_name: self.stream.clone(),
            start_from_head: Some(true),
            next_token: self.token.clone(),
            ..Default::default()
        };
        let page = self.cx.call(logs::GetLogEvents, input).await?;
        let is_end = page.next_forward_token.is_none() || page.next_forward_token == self.token;
        self.token = page.next_forward_token;
        let text: String = page.events.into_iter().filter_map(|event| event.message).collect();
        Ok((!is_end || !text.is_empty()).then_some(text))
    }
}

struct Received(Receiver<Result<Bytes, BodyError>>);

impl BodyStream for Received {
    fn poll_piece(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BodyError>>> {
        self.0.poll_recv(cx)
    }
}
