//! A small signing client for the yard's own API: what the command line, the quickstart and the
//! tests call with. It knows protocols, not services; users' programs have the AWS SDKs.

mod transport;

pub use transport::{Address, CONNECT_TIMEOUT, Connection, NO_TRUST, Stream, Trust};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use types::Clock as _;

/// Credentials of a client.
#[derive(Clone)]
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
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { id: id.into(), secret: secret.into(), token: None }
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.id)
    }
}

/// An answer, good or bad.
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

/// Why a call brought no good answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The yard is not there, or went away in the middle.
    #[error("failed to reach {url}: {reason}")]
    Unreachable {
        /// Where it should be.
        url: String,
        /// What happened.
        reason: String,
    },
    /// The request cannot be made.
    #[error("failed to make the request: {0}")]
    Request(String),
    /// The yard said no.
    #[error("{action} was refused: {code}: {message}")]
    Refused {
        /// What was asked.
        action: String,
        /// HTTP status.
        status: u16,
        /// AWS's error code.
        code: String,
        /// What the yard said.
        message: String,
    },
}

impl Error {
    /// Whether the yard refused with this code.
    pub fn is(&self, wanted: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if code == wanted)
    }
}

/// A client of one yard.
#[derive(Clone, Debug)]
pub struct Client {
    /// `http://HOST:PORT` or `https://HOST:PORT`
    pub url: String,
    /// Region of signatures.
    pub region: String,
    /// What it signs with; unsigned without.
    pub keys: Option<Keys>,
    /// The certificates that it believes over TLS.
    pub trust: Option<Trust>,
}

impl Client {
    /// A client that signs.
    pub fn new(url: impl Into<String>, region: impl Into<String>, keys: Keys) -> Self {
        Self { region: region.into(), keys: Some(keys), ..Self::unsigned(url) }
    }

    /// A client that does not sign.
    pub fn unsigned(url: impl Into<String>) -> Self {
        Self { url: url.into(), region: String::new(), keys: None, trust: None }
    }

    /// The same, believing these certificates.
    #[must_use]
    pub fn trusting(mut self, trust: Trust) -> Self {
        self.trust = Some(trust);
        self
    }

    /// The same yard as somebody else.
    #[must_use]
    pub fn with_keys(&self, keys: Keys) -> Self {
        Self { keys: Some(keys), ..self.clone() }
    }

    /// Sends any request; `target` is path and query, already encoded.
    ///
    /// # Errors
    /// [`Error::Unreachable`] and [`Error::Request`]; an answer of any status is none.
    pub async fn send(
        &self,
        service: &str,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, Error> {
        let (address, _) = Address::of(&self.url).map_err(Error::Request)?;
        let all = self.headers(address.authority(), service, method, target, headers, &body)?;
        let mut request = hyper::Request::builder().method(method).uri(target);
        for (name, value) in &all {
            request = request.header(name, value.as_bytes());
        }
        let request = request
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| Error::Request(error.to_string()))?;
        let unreachable = |reason: &dyn std::fmt::Display| Error::Unreachable {
            url: self.url.clone(),
            reason: reason.to_string(),
        };
        let stream = address.connect(self.trust.as_ref()).await.map_err(|why| unreachable(&why))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| unreachable(&error))?;
        let connection = tokio::spawn(connection);
        let response = sender.send_request(request).await.map_err(|e| unreachable(&e))?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|error| unreachable(&error))?.to_bytes();
        connection.abort();
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
    }

    fn headers(
        &self,
        host: &str,
        service: &str,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Vec<(String, String)>, Error> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut all = vec![("host".to_owned(), host.to_owned())];
        all.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let Some(keys) = &self.keys else { return Ok(all) };
        let hash = auth::sigv4::sha256_hex(body);
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
            &self.region,
            service,
            auth::sigv4::SignedPayload::Sha256,
            types::SystemClock.now(),
        )
        .map_err(|error| Error::Request(error.to_string()))?;
        all.extend(signed.into_iter().map(|(name, value)| (name.to_owned(), value)));
        Ok(all)
    }

    /// Calls an operation of a JSON service; `target` is the whole `X-Amz-Target`.
    ///
    /// # Errors
    /// All of [`Error`].
    pub async fn json(&self, service: &str, target: &str, input: Value) -> Result<Value, Error> {
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target)];
        let body = input.to_string().into_bytes();
        let answer = self.send(service, "POST", "/", &headers, body).await?;
        let json = answer.json();
        if answer.status < 300 {
            return Ok(json);
        }
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        Err(Error::Refused {
            action: target.rsplit('.').next().unwrap_or(target).to_owned(),
            status: answer.status,
            code: text("__type").unwrap_or_else(|| answer.status.to_string()),
            message: text("message").or_else(|| text("Message")).unwrap_or_else(|| answer.text()),
        })
    }

    /// Calls an operation of a Query service and answers the XML of its result.
    ///
    /// # Errors
    /// All of [`Error`].
    pub async fn query(
        &self,
        service: &str,
        version: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<wire::xml::Node, Error> {
        let fixed = [("Action", action), ("Version", version)];
        let pair = |(name, value): &(&str, &str)| {
            format!("{}={}", wire::uri::encode(name, false), wire::uri::encode(value, false))
        };
        let body = fixed.iter().chain(parameters).map(pair).collect::<Vec<_>>().join("&");
        let headers = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
        let answer = self.send(service, "POST", "/", &headers, body.into_bytes()).await?;
        xml_answer(action, &answer)
    }

    /// Calls S3; `target` is the encoded path and query.
    ///
    /// # Errors
    /// All of [`Error`].
    pub async fn s3(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, Error> {
        let answer = self.send("s3", method, target, headers, body).await?;
        if answer.status < 300 {
            return Ok(answer);
        }
        match xml_answer(&format!("{method} {target}"), &answer) {
            Err(error) => Err(error),
            Ok(_) => Ok(answer),
        }
    }
}

fn xml_answer(action: &str, answer: &Answer) -> Result<wire::xml::Node, Error> {
    let root = wire::xml::parse(&answer.body).unwrap_or_default();
    if answer.status < 300 {
        let result = root.child(&format!("{action}Result")).cloned();
        return Ok(result.unwrap_or(root));
    }
    let error = root.child("Error").unwrap_or(&root);
    let text = |name: &str| error.child(name).map(|node| node.text.clone());
    Err(Error::Refused {
        action: action.to_owned(),
        status: answer.status,
        code: text("Code").unwrap_or_else(|| answer.status.to_string()),
        message: text("Message").unwrap_or_else(|| answer.text()),
    })
}
