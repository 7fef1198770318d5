//! Signature version 2 in S3 query strings. AWS has let it go in new regions, but it is what
//! `aws s3 presign` and boto3 still make by default for `us-east-1` and for endpoints of one's
//! own. Nothing else of version 2 is taken.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;
use types::Timestamp;

use crate::sigv4::Request;

/// Query parameters that belong to the resource that is signed.
const SUBRESOURCES: &[&str] = &[
    "accelerate",
    "acl",
    "analytics",
    "cors",
    "delete",
    "encryption",
    "inventory",
    "lifecycle",
    "location",
    "logging",
    "metrics",
    "notification",
    "ownershipControls",
    "partNumber",
    "policy",
    "policyStatus",
    "publicAccessBlock",
    "replication",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "restore",
    "select",
    "select-type",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "website",
    "intelligent-tiering",
    "object-lock",
    "legal-hold",
    "retention",
];

/// What a presigned URL claims. Nothing is proven before [`Claim::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Whose secret made the signature.
    pub access_key_id: String,
    /// The token of a temporary session.
    pub session_token: Option<String>,
    /// When the URL ends.
    pub expires: Timestamp,
    expires_text: String,
    signature: String,
}

/// Why a URL is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// `Expires` is past.
    Expired,
    /// The signature is not the one that the secret makes.
    Mismatch,
}

/// Reads the claim of a URL; `None` where it is not signed in this way.
pub fn parse(query: &[(String, String)]) -> Option<Claim> {
    let get = |wanted: &str| {
        query.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, it)| it.clone())
    };
    let expires_text = get("Expires")?;
    Some(Claim {
        access_key_id: get("AWSAccessKeyId")?,
        signature: get("Signature")?,
        session_token: get("x-amz-security-token"),
        expires: Timestamp::from_secs(expires_text.parse().ok()?),
        expires_text,
    })
}

impl Claim {
    /// Proves the claim. `bucket` is given where the host and not the path names it; `query` is
    /// the decoded query string.
    ///
    /// # Errors
    /// [`Error`].
    pub fn verify(
        &self,
        request: &Request<'_>,
        query: &[(String, String)],
        bucket: Option<&str>,
        secret: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        if now > self.expires {
            return Err(Error::Expired);
        }
        let text = self.string_to_sign(request, query, bucket);
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.as_bytes()) else {
            return Err(Error::Mismatch);
        };
        mac.update(text.as_bytes());
        let expected = BASE64.encode(mac.finalize().into_bytes());
        if bool::from(expected.as_bytes().ct_eq(self.signature.as_bytes())) {
            Ok(())
        } else {
            Err(Error::Mismatch)
        }
    }

    fn string_to_sign(
        &self,
        request: &Request<'_>,
        query: &[(String, String)],
        bucket: Option<&str>,
    ) -> String {
        let header = |wanted: &str| {
            let found = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| String::from_utf8_lossy(value).trim().to_owned())
        };
        let mut amz: Vec<(String, String)> = request
            .headers
            .iter()
            .map(|(name, value)| {
                (name.to_ascii_lowercase(), String::from_utf8_lossy(value).trim().to_owned())
            })
            .chain(query.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())))
            .filter(|(name, _)| name.starts_with("x-amz-"))
            .collect();
        amz.sort();
        let mut out = format!(
            "{}\n{}\n{}\n{}\n",
            request.method,
            header("content-md5").unwrap_or_default(),
            header("content-type").unwrap_or_default(),
            self.expires_text
        );
        for (name, value) in amz {
            out.push_str(&format!("{name}:{value}\n"));
        }
        if let Some(bucket) = bucket {
            out.push('/');
            out.push_str(bucket);
        }
        out.push_str(request.path);
        out.push_str(&subresources(query));
        out
    }
}

fn subresources(query: &[(String, String)]) -> String {
    let mut parts: Vec<String> = query
        .iter()
        .filter(|(name, _)| SUBRESOURCES.contains(&name.as_str()))
        .map(
            |(name, value)| {
                if value.is_empty() { name.clone() } else { format!("{name}={value}") }
            },
        )
        .collect();
    parts.sort();
    if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: &str) -> Request<'_> {
        Request { method: "GET", path, query: "", headers: &[], payload_sha256: None }
    }

    fn query(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    /// Made by botocore 1.44 for `get_object(Bucket="b", Key="k")` with the key `a` and secret `b`.
    #[test]
    fn takes_what_botocore_signs() {
        let query = query(&[
            ("AWSAccessKeyId", "a"),
            ("Signature", "F/VI3SJumA9JxXHD3w0aSduPqvg="),
            ("Expires", "1795267403"),
        ]);
        let claim = parse(&query).unwrap();
        let verify = |path: &str, secret: &str, at: i64| {
            claim.verify(&request(path), &query, None, secret, Timestamp::from_secs(at))
        };
        assert_eq!(verify("/b/k", "b", 1_795_267_000), Ok(()));
        assert_eq!(verify("/b/other", "b", 1_795_267_000), Err(Error::Mismatch));
        assert_eq!(verify("/b/k", "c", 1_795_267_000), Err(Error::Mismatch));
        assert_eq!(verify("/b/k", "b", 1_795_267_404), Err(Error::Expired));
    }

    #[test]
    fn the_bucket_may_be_in_the_host() {
        let query = query(&[
            ("AWSAccessKeyId", "a"),
            ("Signature", "F/VI3SJumA9JxXHD3w0aSduPqvg="),
            ("Expires", "1795267403"),
        ]);
        let claim = parse(&query).unwrap();
        let at = Timestamp::from_secs(1_795_267_000);
        assert_eq!(claim.verify(&request("/k"), &query, Some("b"), "b", at), Ok(()));
    }

    #[test]
    fn other_queries_are_no_claims() {
        assert_eq!(parse(&query(&[("Expires", "1")])), None);
        let bad = [("AWSAccessKeyId", "a"), ("Signature", "s"), ("Expires", "soon")];
        assert_eq!(parse(&query(&bad)), None);
    }
}
