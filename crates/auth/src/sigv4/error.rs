//! Why a request is not taken for what it claims to be.

use std::fmt;

/// What is wrong, apart from how a protocol spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No credentials at all.
    MissingAuthenticationToken,
    /// The `Authorization` header lacks a part, or a part is malformed.
    IncompleteSignature,
    /// The `X-Amz-*` query parameters lack one, or one is malformed.
    MalformedQuery,
    /// A signing algorithm other than AWS4-HMAC-SHA256.
    UnsupportedAlgorithm,
    /// The signature is not the one that the secret makes, or the scope is a wrong one.
    SignatureMismatch,
    /// A header that must be signed is not.
    UnsignedHeaders,
    /// Signed more than 15 minutes from now, in either direction.
    TimeSkewed,
    /// A presigned URL past its `X-Amz-Expires`.
    RequestExpired,
    /// Nobody has this access key id.
    UnknownAccessKey,
    /// The session has ended.
    ExpiredToken,
    /// The session token is not one that was given out for this access key.
    InvalidToken,
    /// S3 needs `x-amz-content-sha256`.
    MissingPayloadHash,
    /// `x-amz-content-sha256` is neither a hash nor one of the known markers.
    InvalidPayloadHash,
    /// The body does not have the hash that was signed.
    PayloadHashMismatch,
    /// An aws-chunked body is malformed.
    MalformedChunk,
    /// An aws-chunked body ended early, or differs in length from what it announced.
    IncompleteBody,
    /// The trailers are malformed, unannounced or missing.
    MalformedTrailer,
}

/// How a family of services spells error codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// JSON 1.0/1.1 and REST-JSON: `…Exception`.
    Json,
    /// Query and EC2 Query.
    Query,
    /// S3's REST-XML.
    S3,
}

impl ErrorKind {
    /// The error code on the wire.
    pub const fn code(self, spelling: Spelling) -> &'static str {
        use Spelling::{Json, Query, S3};
        match (self, spelling) {
            (Self::MissingAuthenticationToken, Json) => "MissingAuthenticationTokenException",
            (Self::MissingAuthenticationToken, Query) => "MissingAuthenticationToken",
            (Self::MissingAuthenticationToken | Self::RequestExpired, S3) => "AccessDenied",
            (Self::IncompleteSignature | Self::UnsupportedAlgorithm, Json) => {
                "IncompleteSignatureException"
            }
            (Self::MalformedQuery, Json) => "IncompleteSignatureException",
            (Self::IncompleteSignature | Self::UnsupportedAlgorithm, Query) => {
                "IncompleteSignature"
            }
            (Self::MalformedQuery, Query) => "IncompleteSignature",
            (Self::IncompleteSignature, S3) => "AuthorizationHeaderMalformed",
            (Self::MalformedQuery, S3) => "AuthorizationQueryParametersError",
            (Self::UnsupportedAlgorithm | Self::MissingPayloadHash, _) => "InvalidRequest",
            (Self::SignatureMismatch | Self::TimeSkewed | Self::RequestExpired, Json)
            | (Self::UnsignedHeaders | Self::PayloadHashMismatch, Json) => {
                "InvalidSignatureException"
            }
            (Self::SignatureMismatch | Self::TimeSkewed | Self::RequestExpired, Query)
            | (Self::UnsignedHeaders | Self::PayloadHashMismatch, Query)
            | (Self::SignatureMismatch, S3) => "SignatureDoesNotMatch",
            (Self::UnsignedHeaders, S3) => "AccessDenied",
            (Self::TimeSkewed, S3) => "RequestTimeTooSkewed",
            (Self::PayloadHashMismatch, S3) => "XAmzContentSHA256Mismatch",
            (Self::UnknownAccessKey | Self::InvalidToken, Json) => "UnrecognizedClientException",
            (Self::UnknownAccessKey | Self::InvalidToken, Query) => "InvalidClientTokenId",
            (Self::UnknownAccessKey, S3) => "InvalidAccessKeyId",
            (Self::InvalidToken, S3) => "InvalidToken",
            (Self::ExpiredToken, Json) => "ExpiredTokenException",
            (Self::ExpiredToken, Query | S3) => "ExpiredToken",
            (Self::InvalidPayloadHash, _) => "InvalidArgument",
            (Self::MalformedChunk, _) => "InvalidChunkSizeError",
            (Self::IncompleteBody, _) => "IncompleteBody",
            (Self::MalformedTrailer, _) => "MalformedTrailerError",
        }
    }

    /// The HTTP status on the wire.
    pub const fn status(self, spelling: Spelling) -> u16 {
        match (self, spelling) {
            (
                Self::IncompleteSignature
                | Self::MalformedQuery
                | Self::ExpiredToken
                | Self::InvalidToken,
                Spelling::S3,
            ) => 400,
            (
                Self::UnsupportedAlgorithm
                | Self::MissingPayloadHash
                | Self::InvalidPayloadHash
                | Self::MalformedChunk
                | Self::IncompleteBody
                | Self::MalformedTrailer,
                _,
            )
            | (Self::PayloadHashMismatch, Spelling::S3) => 400,
            _ => 403,
        }
    }
}

/// What the signature would have been made of: S3 returns it beside the message, and it is what
/// a client's author needs to find the difference. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The canonical request, lossily as text.
    pub canonical_request: String,
    /// The string to sign.
    pub string_to_sign: String,
    /// The signature that came with the request, in hex.
    pub signature_provided: String,
}

/// A refusal: what is wrong, and AWS's words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// The message for the client.
    pub message: String,
    /// For [`ErrorKind::SignatureMismatch`], where the signature itself differs.
    pub mismatch: Option<Box<Mismatch>>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), mismatch: None }
    }

    /// The refusal of a request without credentials, where they are needed.
    pub fn missing_authentication_token(spelling: Spelling) -> Self {
        let message = match spelling {
            Spelling::S3 => "Access Denied",
            Spelling::Json | Spelling::Query => "Missing Authentication Token",
        };
        Self::new(ErrorKind::MissingAuthenticationToken, message)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
