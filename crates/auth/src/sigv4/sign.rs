//! The client's side: signed headers and presigned URLs.

use std::fmt;

use types::Timestamp;

use super::canonical::{Parts, canonical_request, encode, string_to_sign};
use super::claim::{MAX_EXPIRES_SECS, empty_sha256};
use super::error::{Error, ErrorKind};
use super::key::{CredentialScope, SigningKey};
use super::request::Request;

/// Headers that proxies and HTTP libraries change on the way, so no client signs them.
const NEVER_SIGNED: [&str; 12] = [
    "authorization",
    "connection",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-amzn-trace-id",
];

/// What a client signs with.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// `AKIA…` or `ASIA…`.
    pub access_key_id: &'a str,
    /// The secret that goes with it.
    pub secret_access_key: &'a str,
    /// The token of a temporary session.
    pub session_token: Option<&'a str>,
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// How the signature binds the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedPayload {
    /// By [`Request::payload_sha256`]; no body where that is `None`.
    Sha256,
    /// Not at all.
    Unsigned,
}

/// The headers to add to a request so that `service` in `region` accepts it: `x-amz-date`,
/// `authorization`, for sessions `x-amz-security-token`, for S3 and unsigned payloads
/// `x-amz-content-sha256`. Names are lower-case. The request must already carry every other
/// header that shall be signed, `host` among them.
///
/// # Errors
/// [`ErrorKind::UnsignedHeaders`] where `host` is missing.
pub fn sign(
    request: &Request<'_>,
    credentials: &Credentials<'_>,
    region: &str,
    service: &str,
    payload: SignedPayload,
    now: Timestamp,
) -> Result<Vec<(&'static str, String)>, Error> {
    let timestamp = now.basic();
    let scope = scope(&timestamp, region, service);
    let payload_hash = match payload {
        SignedPayload::Sha256 => request.payload_sha256.unwrap_or_else(|| empty_sha256()),
        SignedPayload::Unsigned => "UNSIGNED-PAYLOAD",
    };
    let mut added = vec![("x-amz-date", timestamp.clone())];
    if let Some(token) = credentials.session_token {
        added.push(("x-amz-security-token", token.to_owned()));
    }
    if scope.is_s3() || payload == SignedPayload::Unsigned {
        added.push(("x-amz-content-sha256", payload_hash.to_owned()));
    }
    let mut headers: Vec<(&str, &[u8])> = request.headers.to_vec();
    headers.retain(|(name, _)| !added.iter().any(|(own, _)| own.eq_ignore_ascii_case(name)));
    headers.extend(added.iter().map(|(name, value)| (*name, value.as_bytes())));
    let complete = Request { headers: &headers, ..*request };
    let signed_headers = signed_headers(&complete)?;
    let parts = Parts {
        scope: &scope,
        signed_headers: &signed_headers,
        payload_hash,
        without_parameter: None,
    };
    let signature = signature(&complete, &parts, credentials, &timestamp);
    added.push((
        "authorization",
        format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={}, Signature={signature}",
            credentials.access_key_id,
            signed_headers.join(";")
        ),
    ));
    Ok(added)
}

/// The query of a presigned URL: the request's own query with the `X-Amz-*` parameters behind
/// it. Every header of the request is signed and must be sent with the URL; `host` alone is
/// usual. `expires_secs` is 1 to [`MAX_EXPIRES_SECS`].
///
/// # Errors
/// [`ErrorKind::UnsignedHeaders`] where `host` is missing, [`ErrorKind::MalformedQuery`] where
/// the life is out of bounds.
pub fn presign(
    request: &Request<'_>,
    credentials: &Credentials<'_>,
    region: &str,
    service: &str,
    expires_secs: i64,
    now: Timestamp,
) -> Result<String, Error> {
    if !(1..=MAX_EXPIRES_SECS).contains(&expires_secs) {
        return Err(Error::new(
            ErrorKind::MalformedQuery,
            format!("X-Amz-Expires must be 1 to {MAX_EXPIRES_SECS} seconds, not {expires_secs}"),
        ));
    }
    let timestamp = now.basic();
    let scope = scope(&timestamp, region, service);
    let signed_headers = signed_headers(request)?;
    let mut query = request.query.to_owned();
    if !query.is_empty() {
        query.push('&');
    }
    query += &format!(
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}&X-Amz-Date={timestamp}\
         &X-Amz-Expires={expires_secs}&X-Amz-SignedHeaders={}",
        encode(&format!("{}/{scope}", credentials.access_key_id)),
        encode(&signed_headers.join(";")),
    );
    if let Some(token) = credentials.session_token {
        query += &format!("&X-Amz-Security-Token={}", encode(token));
    }
    let payload_hash = if scope.is_s3() {
        "UNSIGNED-PAYLOAD"
    } else {
        request.payload_sha256.unwrap_or_else(|| empty_sha256())
    };
    let parts = Parts {
        scope: &scope,
        signed_headers: &signed_headers,
        payload_hash,
        without_parameter: None,
    };
    let signature =
        signature(&Request { query: &query, ..*request }, &parts, credentials, &timestamp);
    query += &format!("&X-Amz-Signature={signature}");
    Ok(query)
}

fn scope(timestamp: &str, region: &str, service: &str) -> CredentialScope {
    CredentialScope {
        date: timestamp.get(..8).unwrap_or_default().to_owned(),
        region: region.to_owned(),
        service: service.to_owned(),
    }
}

/// Every header's name but those that are never signed: lower-case, sorted, each once.
fn signed_headers(request: &Request<'_>) -> Result<Vec<String>, Error> {
    let mut names: Vec<String> = request
        .headers
        .iter()
        .map(|(name, _)| name.to_ascii_lowercase())
        .filter(|name| !NEVER_SIGNED.contains(&name.as_str()))
        .collect();
    names.sort();
    names.dedup();
    if names.iter().any(|name| name == "host") {
        Ok(names)
    } else {
        Err(Error::new(ErrorKind::UnsignedHeaders, "a request without a host cannot be signed"))
    }
}

fn signature(
    request: &Request<'_>,
    parts: &Parts<'_>,
    credentials: &Credentials<'_>,
    timestamp: &str,
) -> String {
    let canonical = canonical_request(request, parts);
    let to_sign = string_to_sign(timestamp, parts.scope, &canonical);
    let key = SigningKey::derive(credentials.secret_access_key, parts.scope);
    hex::encode(key.sign(to_sign.as_bytes()))
}
