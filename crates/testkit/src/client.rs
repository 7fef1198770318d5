//! A client that signs.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use types::Clock as _;

/// Credentials of a client.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Access key id.
    pub id: String,
    /// Secret.
    pub secret: String,
    /// Session token.
    pub token: Option<String>,
}

impl Keys {
    /// Lasting credentials.
    pub fn new(id: &str, secret: &str) -> Self {
        Self { id: id.to_owned(), secret: secret.to_owned(), token: None }
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Headers.
    pub headers: http::HeaderMap,
    /// Payload.
    pub body: Bytes,
}

impl Answer {
    /// The payload as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The payload as JSON; `null` where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

pub(crate) async fn send(
    url: &str,
    keys: Option<&Keys>,
    service: &str,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> Answer {
    let host = url.trim_start_matches("http://");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut all: Vec<(String, String)> = vec![("host".to_owned(), host.to_owned())];
    all.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    if let Some(keys) = keys {
        let hash = auth::sigv4::sha256_hex(&body);
        let borrowed: Vec<(&str, &[u8])> =
            all.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let view = auth::sigv4::Request {
            method,
            path,
            query,
            headers: &borrowed,
            payload_sha256: Some(&hash),
        };
        let credentials = auth::sigv4::Credentials {
            access_key_id: &keys.id,
            secret_access_key: &keys.secret,
            session_token: keys.token.as_deref(),
        };
        let signed = auth::sigv4::sign(
            &view,
            &credentials,
            crate::REGION,
            service,
            auth::sigv4::SignedPayload::Sha256,
            types::SystemClock.now(),
        )
        .expect("a signature");
        all.extend(signed.into_iter().map(|(name, value)| (name.to_owned(), value)));
    }
    let mut request = hyper::Request::builder().method(method).uri(target);
    for (name, value) in &all {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(Bytes::from(body))).expect("a request");
    let stream = tokio::net::TcpStream::connect(host).await.expect("an open door");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("a handshake");
    let connection = tokio::spawn(connection);
    let response = sender.send_request(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("a payload").to_bytes();
    connection.abort();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body }
}
