//! The least of an HTTP/1.1 client: one signed request on one connection.

use std::fmt;
use std::time::Duration;

use auth::sigv4::{self, SignedPayload};
use bytes::Bytes;
use client::{Address, Trust};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use types::{Clock, SystemClock};

use crate::config::{Config, Credentials};

/// How long an answer may take to begin, and each piece of it; the server's long polls are
/// shorter than this.
pub(crate) const READ_TIMEOUT: Duration = Duration::from_secs(80);
/// The longest answer that is read into memory, in bytes.
const MAX_ANSWER: usize = 4 * 1024 * 1024;

/// Why there is no good answer.
#[derive(Debug)]
pub(crate) enum Error {
    /// The yard is not there, or went away in the middle.
    Unreachable(String),
    /// It answered, with an error.
    Refused { status: StatusCode, code: String, message: String },
}

impl Error {
    /// Whether the same request may succeed later.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Refused { status, code, .. } => {
                status.is_server_error()
                    || *status == StatusCode::TOO_MANY_REQUESTS
                    || code.contains("Throttl")
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => f.write_str(why),
            Self::Refused { status, code, message } => {
                write!(f, "{status}: {code}: {message}")
            }
        }
    }
}

/// Where requests go and how they are signed.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    address: Address,
    trust: Option<Trust>,
    /// Without a slash at its end.
    base_path: String,
    region: String,
    service: &'static str,
    credentials: Credentials,
}

/// One request.
pub(crate) struct Call<'a> {
    pub(crate) method: &'a str,
    /// Percent-encoded.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl Endpoint {
    /// A service at `url`, for the host that the configuration describes.
    pub(crate) fn new(url: &str, service: &'static str, config: &Config) -> Result<Self, String> {
        let (address, path) = Address::of(url).map_err(|why| format!("the endpoint {why}"))?;
        if address.is_tls() && config.trust.is_none() {
            return Err(format!("the endpoint {url}: {}", client::NO_TRUST));
        }
        Ok(Self {
            address,
            trust: config.trust.clone(),
            base_path: path.trim_end_matches('/').to_owned(),
            region: config.region.clone(),
            service,
            credentials: config.credentials.clone(),
        })
    }

    /// Sends a request and waits for the head of the answer.
    pub(crate) async fn send(&self, call: Call<'_>) -> Result<Response<Incoming>, Error> {
        let request = self.request(call)?;
        let authority = self.address.authority();
        let unreachable =
            |error: &dyn fmt::Display| Error::Unreachable(format!("{authority}: {error}"));
        let stream =
            self.address.connect(self.trust.as_ref()).await.map_err(|why| unreachable(&why))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| unreachable(&error))?;
        tokio::spawn(async move {
            // Errors surface where the answer is read.
            let _ = connection.await;
        });
        tokio::time::timeout(READ_TIMEOUT, sender.send_request(request))
            .await
            .map_err(|_| unreachable(&"no answer in time"))?
            .map_err(|error| unreachable(&error))
    }

    /// Sends a request and reads the whole answer, which must be a success.
    pub(crate) async fn call(&self, call: Call<'_>) -> Result<Bytes, Error> {
        let response = self.send(call).await?;
        let (status, authority) = (response.status(), self.address.authority());
        let read = Limited::new(response.into_body(), MAX_ANSWER).collect();
        let body = tokio::time::timeout(READ_TIMEOUT, read)
            .await
            .map_err(|_| Error::Unreachable(format!("{authority}: the answer stopped")))?
            .map_err(|error| Error::Unreachable(format!("{authority}: {error}")))?
            .to_bytes();
        if status.is_success() { Ok(body) } else { Err(refusal(status, &body)) }
    }

    fn request(&self, call: Call<'_>) -> Result<Request<Full<Bytes>>, Error> {
        let bad = |error: &dyn fmt::Display| {
            Error::Unreachable(format!("the request cannot be made: {error}"))
        };
        let mut headers = call.headers;
        headers.push(("host", self.address.authority().to_owned()));
        let path = format!("{}{}", self.base_path, call.path);
        let payload_sha256 = sigv4::sha256_hex(&call.body);
        let plain: Vec<(&str, &[u8])> =
            headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        let credentials = sigv4::Credentials {
            access_key_id: &self.credentials.access_key_id,
            secret_access_key: &self.credentials.secret_access_key,
            session_token: self.credentials.session_token.as_deref(),
        };
        let signature = sigv4::sign(
            &sigv4::Request {
                method: call.method,
                path: &path,
                query: &call.query,
                headers: &plain,
                payload_sha256: Some(&payload_sha256),
            },
            &credentials,
            &self.region,
            self.service,
            SignedPayload::Sha256,
            SystemClock.now(),
        )
        .map_err(|error| bad(&error))?;
        let target = if call.query.is_empty() { path } else { format!("{path}?{}", call.query) };
        let mut request = Request::builder()
            .method(call.method)
            .uri(target)
            .header("user-agent", concat!("codeyard-agent/", env!("CARGO_PKG_VERSION")));
        for (name, value) in headers.into_iter().chain(signature) {
            request = request.header(name, value);
        }
        request.body(Full::new(call.body)).map_err(|error| bad(&error))
    }
}

/// Reads the error of a JSON service (`__type`, `message`) or of S3 (`<Code>`, `<Message>`).
pub(crate) fn refusal(status: StatusCode, body: &[u8]) -> Error {
    let text = String::from_utf8_lossy(body);
    if let Ok(json) = serde_json::from_slice::<serde_json::Value>(body) {
        let member = |names: [&str; 2]| {
            names
                .iter()
                .find_map(|name| json.get(name).and_then(|value| value.as_str()))
                .unwrap_or_default()
                .to_owned()
        };
        return Error::Refused {
            status,
            code: member(["__type", "code"]),
            message: member(["message", "Message"]),
        };
    }
    let element = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        rest.split_once(&format!("</{name}>")).map(|(value, _)| value.to_owned())
    };
    Error::Refused {
        status,
        code: element("Code").unwrap_or_default(),
        message: element("Message").unwrap_or_default(),
    }
}

/// The next piece of a body, `None` at its end.
pub(crate) async fn next_piece(body: &mut Incoming) -> Result<Option<Bytes>, Error> {
    loop {
        let frame = tokio::time::timeout(READ_TIMEOUT, body.frame())
            .await
            .map_err(|_| Error::Unreachable("the download stopped".to_owned()))?;
        match frame {
            None => return Ok(None),
            Some(Err(error)) => {
                return Err(Error::Unreachable(format!("the download broke off: {error}")));
            }
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

/// Percent-encodes a path or a query value; `/` stays in paths.
pub(crate) fn encode(text: &str, keep_slash: bool) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if plain || (keep_slash && byte == b'/') {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_read_in_both_spellings() {
        let json = refusal(StatusCode::BAD_REQUEST, br#"{"__type":"X","message":"why"}"#);
        assert_eq!(json.to_string(), "400 Bad Request: X: why");
        let xml = refusal(
            StatusCode::NOT_FOUND,
            b"<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>",
        );
        assert_eq!(xml.to_string(), "404 Not Found: NoSuchKey: gone");
        assert!(!xml.is_passing());
    }

    #[test]
    fn encoding() {
        assert_eq!(encode("a b/ü", true), "a%20b/%C3%BC");
        assert_eq!(encode("a/b", false), "a%2Fb");
    }
}
