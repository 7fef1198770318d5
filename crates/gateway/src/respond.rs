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
    let mut kinds = headers.get_all(CONTENT_TYPE).iter();
    let kind = kinds.next().and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_inert = kinds.next().is_none() && is_inert(kind);
    if !is_inert && !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    }
}

/// Whether no browser runs scripts of a document of this type. What is not known to be inert is
/// not: browsers guess where there is no type, or one that they can't read (`html`, `*/*`), take
/// the last of several between commas, and read `text/html x` as HTML; and any XML has scripts.
/// <https://mimesniff.spec.whatwg.org/#determining-the-computed-mime-type-of-a-resource>
fn is_inert(content_type: &str) -> bool {
    if content_type.contains(',') {
        return false;
    }
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let Some((family, rest)) = kind.split_once('/') else { return false };
    let is_token = |it: u8| it.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&it);
    if rest.is_empty() || !rest.bytes().all(is_token) || rest.ends_with("xml") {
        return false;
    }
    match family {
        "image" | "audio" | "video" | "font" => true,
        "text" => matches!(rest, "plain" | "css" | "csv" | "javascript" | "markdown"),
        "application" => {
            rest.starts_with("x-amz-json-")
                || rest.starts_with("x-git-")
                || matches!(rest, "json" | "javascript" | "pdf" | "octet-stream" | "zip" | "gzip")
        }
        _ => false,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_may_run_scripts_of_is_confined() {
        let inert = ["text/plain; charset=utf-8", "IMAGE/PNG", "application/json", "video/mp4"];
        for kind in inert {
            assert!(is_inert(kind), "{kind}");
        }
        // Each of these ran its script in Chromium, or may in another browser.
        for kind in [
            "",
            "/",
            "html",
            "*/*",
            "unknown/unknown",
            "application/unknown",
            "text/html",
            "text/html x",
            "text/html\tx",
            "text/html(",
            "text/html,",
            "image/png, text/html",
            "text/plain; a=\"b, text/html",
            "text/xml",
            "text/xsl",
            "image/svg+xml",
            "image/svg+xml x",
            "application/xhtml+xml",
            "multipart/x-mixed-replace; boundary=a",
        ] {
            assert!(!is_inert(kind), "{kind}");
        }
    }
}
