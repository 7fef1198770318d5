//! From the protocols' answers to HTTP.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use http_body::{Frame, SizeHint};
use service::{Error, Protocol};
use shape::{Body, BodyError};
use types::Clock as _;
use wire::Response;

/// An answer as hyper takes it.
pub(crate) type HttpResponse = hyper::Response<OutBody>;

/// The payload of an answer.
pub(crate) struct OutBody(Body);

impl http_body::Body for OutBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let next = self.0.next();
        tokio::pin!(next);
        Poll::Ready(ready!(next.poll(cx)).map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.0, Body::Empty)
    }

    fn size_hint(&self) -> SizeHint {
        self.0.len().map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// Turns an answer into HTTP, with the headers that every answer has.
pub(crate) fn http(response: Response, request_id: &str) -> HttpResponse {
    let mut out = hyper::Response::new(OutBody(response.body));
    *out.status_mut() =
        StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = out.headers_mut();
    for (name, value) in response.headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        // Values can hold any text (user metadata, messages); bytes beyond ASCII are legal.
        let value = HeaderValue::from_bytes(value.as_bytes());
        match (name, value) {
            (Ok(name), Ok(value)) => {
                headers.append(name, value);
            }
            _ => tracing::warn!("an answer's header was left out: it cannot stand in HTTP"),
        }
    }
    let date = types::SystemClock.now().http_date();
    for (name, value) in [
        ("date", date.as_str()),
        ("x-amzn-requestid", request_id),
        ("x-amz-request-id", request_id),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    out
}

/// What documents that a browser would run scripts of are allowed, where they are not the yard's
/// own pages: anything but this origin, where the console keeps the session of who looks at it.
const SANDBOX: &str = "sandbox allow-downloads allow-forms allow-modals allow-popups allow-scripts";

/// Keeps documents of others (objects of buckets) from acting as the console would.
pub(crate) fn confine(response: &mut HttpResponse) {
    use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
    let headers = response.headers_mut();
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    // Without a type, browsers guess; and any XML can have scripts in it.
    let runs_scripts =
        kind.is_empty() || kind == "text/html" || kind.ends_with("/xml") || kind.ends_with("+xml");
    if runs_scripts && !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    }
}

/// The answer to a request that failed.
pub(crate) fn error(
    protocol: Protocol,
    error: &Error,
    request_id: &str,
    path: &str,
) -> HttpResponse {
    http(wire::encode_error(protocol, error, request_id, path), request_id)
}
