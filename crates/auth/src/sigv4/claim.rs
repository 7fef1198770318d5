//! What a request claims about its sender, and the proof of it.

use subtle::ConstantTimeEq;
use types::Timestamp;

use super::canonical::{Parts, canonical_request, string_to_sign};
use super::chunked::ChunkDecoder;
use super::error::{Error, ErrorKind, Mismatch};
use super::key::{CredentialScope, SigningKey, sha256_hex};
use super::request::Request;

/// How far the clocks of client and server may differ, in seconds.
pub const MAX_SKEW_SECS: i64 = 15 * 60;

/// The longest life of a presigned URL, in seconds: a week.
pub const MAX_EXPIRES_SECS: i64 = 604_800;

const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";
const CONTENT_SHA256: &str = "x-amz-content-sha256";

/// Where the signature was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimKind {
    /// In the `Authorization` header.
    Header,
    /// In the query of a presigned URL.
    Presigned {
        /// How long the URL holds from its date on: 1 to [`MAX_EXPIRES_SECS`].
        expires_secs: i64,
    },
}

/// What a request says of its signature. Nothing here is proven before [`Claim::verify`].
#[derive(Clone, Debug)]
pub struct Claim {
    /// Whose secret made the signature: `AKIA…` for keys, `ASIA…` for sessions.
    pub access_key_id: String,
    /// Day, region and service of the signature.
    pub scope: CredentialScope,
    /// Lower-case header names, as listed by the client.
    pub signed_headers: Vec<String>,
    /// The token of a temporary session.
    pub session_token: Option<String>,
    /// Header or presigned.
    pub kind: ClaimKind,
    /// When it was signed, by the client's clock.
    pub signed_at: Timestamp,
    pub(super) timestamp: String,
    pub(super) signature: String,
}

/// How the body is bound to the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// The body must have this SHA-256 (lower-case hex). Where the request's view already
    /// carried the body's hash it has been compared.
    Sha256(String),
    /// `UNSIGNED-PAYLOAD`: the body is not covered.
    Unsigned,
    /// `STREAMING-AWS4-HMAC-SHA256-PAYLOAD`: each chunk is signed.
    StreamingSigned,
    /// `STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER`: each chunk and the trailers are signed.
    StreamingSignedTrailer,
    /// `STREAMING-UNSIGNED-PAYLOAD-TRAILER`: chunked, unsigned, with trailers.
    StreamingUnsignedTrailer,
}

impl Payload {
    /// What `x-amz-content-sha256` says; `None` where it says nothing that is known.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            UNSIGNED_PAYLOAD => Some(Self::Unsigned),
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" => Some(Self::StreamingSigned),
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => Some(Self::StreamingSignedTrailer),
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER" => Some(Self::StreamingUnsignedTrailer),
            _ => (text.len() == 64
                && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
            .then(|| Self::Sha256(text.to_owned())),
        }
    }

    /// The decoder of an aws-chunked body whose sender is not proven (anonymous, or in test mode):
    /// signatures are passed over. `None` where the body is not chunked. Arguments as those of
    /// [`Verified::chunks`].
    pub fn unproven_chunks(
        &self,
        decoded_len: Option<u64>,
        trailers: super::TrailerNames,
    ) -> Option<ChunkDecoder> {
        match self {
            Self::Sha256(_) | Self::Unsigned => None,
            Self::StreamingSigned => Some(ChunkDecoder::skipping(decoded_len, None)),
            Self::StreamingSignedTrailer => {
                Some(ChunkDecoder::skipping(decoded_len, Some(trailers)))
            }
            Self::StreamingUnsignedTrailer => {
                Some(ChunkDecoder::unsigned(decoded_len, Some(trailers)))
            }
        }
    }

    /// Holds a body that the caller has read against the hash; nothing to compare where the
    /// payload is not bound by one.
    ///
    /// # Errors
    /// [`ErrorKind::PayloadHashMismatch`].
    pub fn check_body_sha256(&self, actual_hex: &str) -> Result<(), Error> {
        match self {
            Self::Sha256(declared)
                if !bool::from(declared.as_bytes().ct_eq(actual_hex.as_bytes())) =>
            {
                Err(Error::new(
                    ErrorKind::PayloadHashMismatch,
                    "The provided 'x-amz-content-sha256' header does not match what was computed.",
                ))
            }
            _ => Ok(()),
        }
    }
}

/// A claim that holds.
#[derive(Clone, Debug)]
pub struct Verified {
    /// How the body is bound; what of it remains to be checked is the caller's.
    pub payload: Payload,
    key: SigningKey,
    scope: CredentialScope,
    timestamp: String,
    signature: String,
}

impl Verified {
    /// The decoder of an aws-chunked body; `None` where the body is not chunked.
    ///
    /// `decoded_len` is `x-amz-decoded-content-length`, `trailers` the names announced in
    /// `x-amz-trailer`.
    pub fn chunks(
        &self,
        decoded_len: Option<u64>,
        trailers: super::TrailerNames,
    ) -> Option<ChunkDecoder> {
        let signed = || {
            (self.key.clone(), self.timestamp.clone(), self.scope.clone(), self.signature.clone())
        };
        match self.payload {
            Payload::Sha256(_) | Payload::Unsigned => None,
            Payload::StreamingSigned => Some(ChunkDecoder::signed(signed(), decoded_len, None)),
            Payload::StreamingSignedTrailer => {
                Some(ChunkDecoder::signed(signed(), decoded_len, Some(trailers)))
            }
            Payload::StreamingUnsignedTrailer => {
                Some(ChunkDecoder::unsigned(decoded_len, Some(trailers)))
            }
        }
    }
}

impl Claim {
    /// Whether S3's wording and spelling of errors is the right one.
    pub fn is_s3(&self) -> bool {
        self.scope.is_s3()
    }

    pub(super) fn check_date(&self) -> Result<(), Error> {
        let day = self.timestamp.get(..8).unwrap_or_default();
        if day == self.scope.date {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::SignatureMismatch,
            format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date \
                 from HTTP: '{}' != '{day}', from '{}'.",
                self.scope.date, self.timestamp
            ),
        ))
    }

    /// Refuses a signature that was made for another service.
    ///
    /// # Errors
    /// [`ErrorKind::SignatureMismatch`].
    pub fn expect_service(&self, signing_name: &str) -> Result<(), Error> {
        if self.scope.service == signing_name {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::SignatureMismatch,
            format!("Credential should be scoped to correct service: '{signing_name}'. "),
        ))
    }

    /// The refusal of a claim whose access key id nobody has.
    pub fn unknown_access_key(&self) -> Error {
        let message = if self.is_s3() {
            "The AWS Access Key Id you provided does not exist in our records."
        } else {
            "The security token included in the request is invalid."
        };
        Error::new(ErrorKind::UnknownAccessKey, message)
    }

    /// The refusal of a claim whose session has ended.
    pub fn expired_token(&self) -> Error {
        let message = if self.is_s3() {
            "The provided token has expired."
        } else {
            "The security token included in the request is expired"
        };
        Error::new(ErrorKind::ExpiredToken, message)
    }

    /// The refusal of a claim whose session token does not belong to its access key id.
    pub fn invalid_token(&self) -> Error {
        let message = if self.is_s3() {
            "The provided token is malformed or otherwise invalid."
        } else {
            "The security token included in the request is invalid."
        };
        Error::new(ErrorKind::InvalidToken, message)
    }

    /// Proves the claim with the secret of [`Claim::access_key_id`].
    ///
    /// # Errors
    /// Everything in [`ErrorKind`] that concerns time, signed headers, payload and signature.
    pub fn verify(
        &self,
        request: &Request<'_>,
        secret: &str,
        now: Timestamp,
    ) -> Result<Verified, Error> {
        self.verify_with_key(request, &SigningKey::derive(secret, &self.scope), now)
    }

    /// As [`Claim::verify`], with a key already derived for [`Claim::scope`].
    ///
    /// # Errors
    /// As [`Claim::verify`].
    pub fn verify_with_key(
        &self,
        request: &Request<'_>,
        key: &SigningKey,
        now: Timestamp,
    ) -> Result<Verified, Error> {
        self.check_time(now)?;
        self.check_signed_headers(request)?;
        let (hash, payload) = self.payload(request)?;
        let parts = Parts {
            scope: &self.scope,
            signed_headers: &self.signed_headers,
            payload_hash: &hash,
            without_parameter: matches!(self.kind, ClaimKind::Presigned { .. })
                .then_some("X-Amz-Signature"),
        };
        let canonical = canonical_request(request, &parts);
        let to_sign = string_to_sign(&self.timestamp, &self.scope, &canonical);
        let expected = hex::encode(key.sign(to_sign.as_bytes()));
        if !bool::from(expected.as_bytes().ct_eq(self.signature.as_bytes())) {
            return Err(self.mismatch(&canonical, to_sign));
        }
        Ok(Verified {
            payload,
            key: key.clone(),
            scope: self.scope.clone(),
            timestamp: self.timestamp.clone(),
            signature: self.signature.clone(),
        })
    }

    fn mismatch(&self, canonical: &[u8], string_to_sign: String) -> Error {
        let message = if self.is_s3() {
            "The request signature we calculated does not match the signature you provided. \
             Check your key and signing method."
        } else {
            "The request signature we calculated does not match the signature you provided. \
             Check your AWS Secret Access Key and signing method. Consult the service \
             documentation for details."
        };
        Error {
            kind: ErrorKind::SignatureMismatch,
            message: message.to_owned(),
            mismatch: Some(Box::new(Mismatch {
                canonical_request: String::from_utf8_lossy(canonical).into_owned(),
                string_to_sign,
                signature_provided: self.signature.clone(),
            })),
        }
    }

    fn check_time(&self, now: Timestamp) -> Result<(), Error> {
        let life = match self.kind {
            ClaimKind::Header => MAX_SKEW_SECS,
            ClaimKind::Presigned { expires_secs } => expires_secs,
        };
        let age_millis = now.since(self.signed_at);
        let (signed, current) = (self.signed_at.basic(), now.basic());
        if age_millis < -MAX_SKEW_SECS * 1000 {
            let message = match (self.is_s3(), self.kind) {
                (true, ClaimKind::Header) => SKEWED_S3.to_owned(),
                (true, ClaimKind::Presigned { .. }) => "Request is not yet valid".to_owned(),
                (false, _) => {
                    let limit = now.plus_secs(MAX_SKEW_SECS).basic();
                    format!(
                        "Signature not yet current: {signed} is still later than {limit} \
                         ({current} + 15 min.)"
                    )
                }
            };
            let kind = match self.kind {
                ClaimKind::Header => ErrorKind::TimeSkewed,
                ClaimKind::Presigned { .. } => ErrorKind::RequestExpired,
            };
            return Err(Error::new(kind, message));
        }
        if age_millis > life * 1000 {
            let limit = now.plus_secs(-life).basic();
            let (kind, message) = match (self.kind, self.is_s3()) {
                (ClaimKind::Header, true) => (ErrorKind::TimeSkewed, SKEWED_S3.to_owned()),
                (ClaimKind::Presigned { .. }, true) => {
                    (ErrorKind::RequestExpired, "Request has expired".to_owned())
                }
                (ClaimKind::Header, false) => (
                    ErrorKind::TimeSkewed,
                    format!(
                        "Signature expired: {signed} is now earlier than {limit} ({current} - 15 \
                         min.)"
                    ),
                ),
                (ClaimKind::Presigned { .. }, false) => (
                    ErrorKind::RequestExpired,
                    format!(
                        "Signature expired: {signed} is now earlier than {limit} ({current} - \
                         {life} s.)"
                    ),
                ),
            };
            return Err(Error::new(kind, message));
        }
        Ok(())
    }

    /// `host` and every `x-amz-*` header that is there must be signed, or whoever carries the
    /// request could add to it. `x-amz-content-sha256` is covered by the canonical request's
    /// last line as well.
    fn check_signed_headers(&self, request: &Request<'_>) -> Result<(), Error> {
        let is_signed = |name: &str| self.signed_headers.iter().any(|signed| signed == name);
        let refuse = |s3: String, other: String| {
            Err(Error::new(ErrorKind::UnsignedHeaders, if self.is_s3() { s3 } else { other }))
        };
        if !is_signed("host") {
            return refuse(
                "There were headers present in the request which were not signed: host".into(),
                "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.".into(),
            );
        }
        for (name, _) in request.headers {
            let is_amz = name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("x-amz-"));
            if !is_amz || name.eq_ignore_ascii_case(CONTENT_SHA256) {
                continue;
            }
            let name = name.to_ascii_lowercase();
            if !is_signed(&name) {
                return refuse(
                    format!(
                        "There were headers present in the request which were not signed: {name}"
                    ),
                    format!("'{name}' must be a 'SignedHeader' in the AWS Authorization."),
                );
            }
        }
        Ok(())
    }

    /// The last line of the canonical request and what it binds the body to.
    fn payload(&self, request: &Request<'_>) -> Result<(String, Payload), Error> {
        let declared = request.header_text(CONTENT_SHA256);
        let hash = match (self.kind, declared) {
            (ClaimKind::Header, Some(declared)) => declared.to_owned(),
            (ClaimKind::Header, None) if self.is_s3() => {
                return Err(Error::new(
                    ErrorKind::MissingPayloadHash,
                    "Missing required header for this request: x-amz-content-sha256",
                ));
            }
            (ClaimKind::Presigned { .. }, Some(declared))
                if self.signed_headers.iter().any(|name| name == CONTENT_SHA256) =>
            {
                declared.to_owned()
            }
            (ClaimKind::Presigned { .. }, _) if self.is_s3() => presigned_payload(request.query),
            _ => request.payload_sha256.unwrap_or(EMPTY_SHA256).to_owned(),
        };
        let Some(payload) = Payload::parse(&hash) else {
            return Err(Error::new(
                ErrorKind::InvalidPayloadHash,
                "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, \
                 STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, \
                 STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
            ));
        };
        if let (Payload::Sha256(declared), Some(actual)) = (&payload, request.payload_sha256)
            && !bool::from(declared.as_bytes().ct_eq(actual.as_bytes()))
        {
            return Err(Error::new(
                ErrorKind::PayloadHashMismatch,
                "The provided 'x-amz-content-sha256' header does not match what was computed.",
            ));
        }
        Ok((hash, payload))
    }
}

const SKEWED_S3: &str =
    "The difference between the request time and the current time is too large.";

/// Presigned S3 URLs leave the body open, unless the hash itself is in the URL.
fn presigned_payload(query: &str) -> String {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| *name == "X-Amz-Content-Sha256")
        .map_or_else(|| UNSIGNED_PAYLOAD.to_owned(), |(_, value)| value.to_owned())
}

/// The hash of no bytes at all.
pub(crate) fn empty_sha256() -> &'static str {
    debug_assert_eq!(sha256_hex(b""), EMPTY_SHA256);
    EMPTY_SHA256
}
