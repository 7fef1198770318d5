//! AWS Signature Version 4, both sides of it.
//!
//! Verification goes in two steps, because the secret must be looked up in between:
//! [`parse`] reads what a request claims (header signature or presigned URL) and
//! [`Claim::verify`] proves it. A verified streaming upload then yields a [`ChunkDecoder`].
//! Git passwords have their own pair in [`git`]. [`sign`] and [`presign`] are the client's side.
//!
//! S3 signs the path as it stands; every other service signs it normalized and encoded once
//! more. Which rule holds follows from the service in the credential scope, so the caller must
//! route by that scope or check it with [`Claim::expect_service`].
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>

mod canonical;
mod chunked;
mod claim;
mod error;
pub mod git;
mod key;
mod parse;
mod request;
mod sign;

pub use chunked::{ChunkDecoder, MAX_CHUNK_HEADER_BYTES, MAX_TRAILER_BYTES, Trailer, TrailerNames};
pub use claim::{Claim, ClaimKind, MAX_EXPIRES_SECS, MAX_SKEW_SECS, Payload, Verified};
pub use error::{Error, ErrorKind, Mismatch, Spelling};
pub use key::{CredentialScope, SigningKey, sha256_hex};
pub use parse::parse;
pub use request::Request;
pub use sign::{Credentials, SignedPayload, presign, sign};

#[cfg(test)]
mod tests;
