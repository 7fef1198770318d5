//! Requests as they come in, and their payloads: collected, or streamed with hash, chunk
//! signatures and trailers checked on the way.

use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use auth::sigv4::{ChunkDecoder, Payload, Verified};
use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body::Body as _;
use service::{Endpoint, Error, ErrorKind, Protocol, Trailers};
use sha2::{Digest, Sha256};
use shape::{Body, BodyError, BodyStream};

use crate::respond::{self, HttpResponse};
use crate::unread::Unread;

/// A request, with what every step needs of it.
pub(crate) struct Incoming {
    pub(crate) method: String,
    /// Still encoded.
    pub(crate) path: String,
    /// Still encoded.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    pub(crate) peer: SocketAddr,
    pub(crate) endpoint: Endpoint,
    pub(crate) request_id: String,
    /// What is left of the body once nobody reads it any more.
    pub(crate) unread: Unread,
}

impl Incoming {
    /// Takes a request apart. A request without a usable host gets its answer at once.
    pub(crate) fn new(
        request: hyper::Request<hyper::body::Incoming>,
        peer: SocketAddr,
        scheme: &'static str,
    ) -> Result<Self, Box<HttpResponse>> {
        let request_id = types::uuid();
        let (parts, body) = request.into_parts();
        let host = parts
            .headers
            .get(http::header::HOST)
            .and_then(|host| host.to_str().ok())
            .map(str::to_owned)
            .or_else(|| parts.uri.authority().map(ToString::to_string));
        let path = parts.uri.path().to_owned();
        let Some(host) = host.filter(|host| is_host(host)) else {
            let error = ErrorKind::new("InvalidRequest", 400)
                .error("The request has no valid Host header.");
            let response = respond::error(Protocol::Json11, &error, &request_id, &path);
            return Err(Box::new(response));
        };
        let (len, unread) = (body.size_hint().exact(), Unread::default());
        // Who waits to be told to go on sends nothing unless somebody reads.
        let waits = parts.headers.contains_key(http::header::EXPECT);
        let body = match len {
            Some(0) => Body::Empty,
            _ => Body::stream(Wire { body: Some(body), waits, unread: unread.clone() }, len),
        };
        Ok(Self {
            method: parts.method.as_str().to_owned(),
            path,
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers,
            body,
            peer,
            endpoint: Endpoint { scheme, host },
            request_id,
            unread,
        })
    }

    /// A header's text, if it has any.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Host names are repeated in URLs: only what can stand there is let in.
fn is_host(host: &str) -> bool {
    !host.is_empty()
        && host.len() <= 255
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b))
}

/// The connection's own body.
struct Wire {
    /// Until it is dropped.
    body: Option<hyper::body::Incoming>,
    waits: bool,
    unread: Unread,
}

impl Drop for Wire {
    fn drop(&mut self) {
        if let Some(body) = self.body.take().filter(|_| !self.waits) {
            self.unread.leave(body);
        }
    }
}

impl BodyStream for Wire {
    fn poll_piece(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BodyError>>> {
        self.waits = false;
        loop {
            let Some(body) = &mut self.body else { return Poll::Ready(None) };
            return Poll::Ready(match ready!(Pin::new(body).poll_frame(cx)) {
                None => None,
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => Some(Ok(data)),
                    Err(_) => continue,
                },
                Some(Err(error)) => {
                    let what = format!("The request body ended early: {error}");
                    Some(Err(BodyError::new("IncompleteBody", what)))
                }
            });
        }
    }
}

/// A payload's failure as the client sees it.
pub(crate) fn body_error(error: BodyError) -> Error {
    let status = if error.code == "EntityTooLarge" { 413 } else { 400 };
    ErrorKind::new(error.code, status).error(error.message)
}

/// A payload taken out of its aws-chunked form and held against what its headers say of it, on the
/// way. Without a proof (anonymous requests, test mode) that is all but the chunks' signatures.
pub(crate) fn checked_stream(
    body: Body,
    proof: Option<&Verified>,
    headers: &HeaderMap,
    trailers: Trailers,
) -> Result<Body, Error> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let payload = match proof {
        Some(verified) => verified.payload.clone(),
        None => match text("x-amz-content-sha256").and_then(Payload::parse) {
            Some(payload) => payload,
            None => return Ok(body),
        },
    };
    let decoded_len = text("x-amz-decoded-content-length").and_then(|it| it.parse::<u64>().ok());
    let announced = auth::sigv4::TrailerNames::parse(text("x-amz-trailer").unwrap_or_default());
    let decoder = match proof {
        Some(verified) => verified.chunks(decoded_len, announced),
        None => payload.unproven_chunks(decoded_len, announced),
    };
    if let Some(decoder) = decoder {
        if decoded_len.is_none() {
            return Err(ErrorKind::new("MissingContentLength", 411)
                .error("You must provide the x-amz-decoded-content-length HTTP header."));
        }
        let stream = Chunked { body, decoder: Some(decoder), buffer: Bytes::new(), trailers };
        return Ok(Body::stream(stream, decoded_len));
    }
    let len = body.len();
    match payload {
        Payload::Sha256(_) => {
            let stream = Hashed { body, hash: Some(Sha256::new()), payload };
            Ok(Body::stream(stream, len))
        }
        _ => Ok(body),
    }
}

/// Checks the declared hash at the end.
struct Hashed {
    body: Body,
    hash: Option<Sha256>,
    payload: Payload,
}

impl BodyStream for Hashed {
    fn poll_piece(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BodyError>>> {
        let piece = ready!(poll_body(&mut self.body, cx));
        Poll::Ready(match piece {
            Some(Ok(piece)) => {
                if let Some(hash) = &mut self.hash {
                    hash.update(&piece);
                }
                Some(Ok(piece))
            }
            None => match self.hash.take() {
                Some(hash) => {
                    let actual = hex::encode(hash.finalize());
                    match self.payload.check_body_sha256(&actual) {
                        Ok(()) => None,
                        Err(error) => Some(Err(signature_error(&error))),
                    }
                }
                None => None,
            },
            error => error,
        })
    }
}

/// Takes aws-chunked apart.
struct Chunked {
    body: Body,
    decoder: Option<ChunkDecoder>,
    buffer: Bytes,
    trailers: Trailers,
}

impl BodyStream for Chunked {
    fn poll_piece(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BodyError>>> {
        let this = &mut *self;
        loop {
            let Some(decoder) = &mut this.decoder else { return Poll::Ready(None) };
            if !this.buffer.is_empty() {
                // A network buffer can hold many small chunks: gather them into one piece.
                let mut out = BytesMut::new();
                let mut input = &this.buffer[..];
                loop {
                    match decoder.next(&mut input) {
                        Ok(Some(data)) => out.extend_from_slice(data),
                        Ok(None) => break,
                        Err(error) => return Poll::Ready(Some(Err(signature_error(&error)))),
                    }
                }
                this.buffer = Bytes::new();
                if !out.is_empty() {
                    return Poll::Ready(Some(Ok(out.freeze())));
                }
            }
            match ready!(poll_body(&mut this.body, cx)) {
                Some(Ok(piece)) => this.buffer = piece,
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => {
                    let Some(decoder) = this.decoder.take() else { return Poll::Ready(None) };
                    return Poll::Ready(match decoder.finish() {
                        Ok(trailers) => {
                            let pairs = trailers.into_iter().map(|it| (it.name, it.value));
                            this.trailers.fill(pairs.collect());
                            None
                        }
                        Err(error) => Some(Err(signature_error(&error))),
                    });
                }
            }
        }
    }
}

fn poll_body(body: &mut Body, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
    let next = body.next();
    tokio::pin!(next);
    next.poll(cx)
}

fn signature_error(error: &auth::sigv4::Error) -> BodyError {
    BodyError::new(error.kind.code(auth::sigv4::Spelling::S3), error.message.clone())
}
