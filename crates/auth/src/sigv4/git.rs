//! The passwords that the AWS CLI's credential helper and git-remote-codecommit make: a SigV4
//! signature over host and repository path.

use subtle::ConstantTimeEq;
use types::Timestamp;

use super::claim::MAX_SKEW_SECS;
use super::error::{Error, ErrorKind};
use super::key::{CredentialScope, SigningKey, sha256_hex};

const SERVICE: &str = "codecommit";
const TIMESTAMP_LEN: usize = "YYYYMMDDTHHMMSS".len();
const SIGNATURE_LEN: usize = 64;

/// User name and password of a git request, taken apart. Nothing is proven before
/// [`GitClaim::verify`].
#[derive(Clone, Debug)]
pub struct GitClaim {
    /// Whose secret made the password.
    pub access_key_id: String,
    /// The token of a temporary session: what follows `%` in the user name.
    pub session_token: Option<String>,
    /// When it was made, by the client's clock.
    pub signed_at: Timestamp,
    timestamp: String,
    signature: String,
}

/// Reads a signed git password. `None` where the pair has another form, such as an IAM
/// service-specific credential.
pub fn parse(user: &str, password: &str) -> Option<GitClaim> {
    let (access_key_id, session_token) = match user.split_once('%') {
        Some((id, token)) => (id, Some(token.to_owned())),
        None => (user, None),
    };
    let (timestamp, signature) =
        password.split_at_checked(TIMESTAMP_LEN).and_then(|(timestamp, rest)| {
            rest.strip_prefix('Z').map(|signature| (timestamp, signature))
        })?;
    let is_hex = signature.len() == SIGNATURE_LEN
        && signature.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let is_date = timestamp.bytes().enumerate().all(|(at, byte)| match at {
        8 => byte == b'T',
        _ => byte.is_ascii_digit(),
    });
    if access_key_id.is_empty() || !is_hex || !is_date {
        return None;
    }
    Some(GitClaim {
        access_key_id: access_key_id.to_owned(),
        session_token,
        signed_at: Timestamp::parse(&format!("{timestamp}Z")).ok()?,
        timestamp: timestamp.to_owned(),
        signature: signature.to_owned(),
    })
}

impl GitClaim {
    /// Proves the password for a repository and returns the region it was made for. A git URL
    /// does not name its region, so the caller gives those it knows, the likeliest first; trying
    /// one costs a few microseconds.
    ///
    /// `host` is the request's host, with its port or without: git-remote-codecommit signs the
    /// port, the AWS CLI's helper does not, and either is taken. `path` is the repository's, such
    /// as `/v1/repos/NAME`, without what git appends.
    ///
    /// # Errors
    /// [`ErrorKind::TimeSkewed`] and [`ErrorKind::SignatureMismatch`].
    pub fn verify<'r>(
        &self,
        host: &str,
        path: &str,
        secret: &str,
        regions: impl IntoIterator<Item = &'r str>,
        now: Timestamp,
    ) -> Result<&'r str, Error> {
        if now.since(self.signed_at).abs() > MAX_SKEW_SECS * 1000 {
            return Err(Error::new(
                ErrorKind::TimeSkewed,
                format!(
                    "The git password was made at {}Z, more than 15 minutes from now ({}).",
                    self.timestamp,
                    now.basic()
                ),
            ));
        }
        let hashes = [host, without_port(host)]
            .map(|host| sha256_hex(canonical_request(host, path).as_bytes()));
        for region in regions {
            let scope = scope(&self.timestamp, region);
            let key = SigningKey::derive(secret, &scope);
            for hash in &hashes {
                let expected = signature(&key, &self.timestamp, &scope, hash);
                if bool::from(expected.as_bytes().ct_eq(self.signature.as_bytes())) {
                    return Ok(region);
                }
            }
        }
        Err(Error::new(
            ErrorKind::SignatureMismatch,
            "The git password does not match this host, repository and access key. Check the AWS \
             Secret Access Key and the region of the credential helper.",
        ))
    }
}

/// The password for a repository, as the AWS CLI's credential helper makes it. `host` may carry
/// a port; the helper leaves it out of the signature.
pub fn password(host: &str, path: &str, secret: &str, region: &str, now: Timestamp) -> String {
    let timestamp = now.basic();
    let timestamp = timestamp.trim_end_matches('Z');
    let scope = scope(timestamp, region);
    let hash = sha256_hex(canonical_request(without_port(host), path).as_bytes());
    let key = SigningKey::derive(secret, &scope);
    format!("{timestamp}Z{}", signature(&key, timestamp, &scope, &hash))
}

fn without_port(host: &str) -> &str {
    host.split_once(':').map_or(host, |(name, _)| name)
}

fn canonical_request(host: &str, path: &str) -> String {
    format!("GIT\n{path}\n\nhost:{host}\n\nhost\n")
}

fn scope(timestamp: &str, region: &str) -> CredentialScope {
    CredentialScope {
        date: timestamp.get(..8).unwrap_or_default().to_owned(),
        region: region.to_owned(),
        service: SERVICE.to_owned(),
    }
}

fn signature(key: &SigningKey, timestamp: &str, scope: &CredentialScope, hash: &str) -> String {
    hex::encode(key.sign(format!("AWS4-HMAC-SHA256\n{timestamp}\n{scope}\n{hash}").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    fn at() -> Timestamp {
        Timestamp::parse("20260131T120000Z").unwrap()
    }

    #[test]
    fn other_pairs_are_not_signed_passwords() {
        let hex = "a".repeat(64);
        for (user, password) in [
            ("alice-at-123456789012", "c2VjcmV0LXBhc3N3b3Jk".to_owned()),
            ("AKIDEXAMPLE", String::new()),
            ("AKIDEXAMPLE", format!("20260131T120000{hex}")),
            ("AKIDEXAMPLE", format!("20260131T120000Z{}", &hex[1..])),
            ("AKIDEXAMPLE", format!("20260131T120000Z{}", hex.to_uppercase())),
            ("AKIDEXAMPLE", format!("2026013112000000Z{}", &hex[1..])),
            ("AKIDEXAMPLE", format!("20269931T120000Z{hex}")),
            ("AKIDEXAMPLE", "ééééééééééééééééééééééé".to_owned()),
            ("", format!("20260131T120000Z{hex}")),
            ("%token", format!("20260131T120000Z{hex}")),
        ] {
            assert!(parse(user, &password).is_none(), "{user} {password}");
        }
    }

    #[test]
    fn own_passwords_verify_for_their_repository_and_region_only() {
        let password = password("127.0.0.1:4566", "/v1/repos/R", SECRET, "eu-west-1", at());
        let claim = parse("AKIDEXAMPLE%some%token", &password).unwrap();
        assert_eq!(claim.access_key_id, "AKIDEXAMPLE");
        assert_eq!(claim.session_token.as_deref(), Some("some%token"));
        let verify = |host: &str, path: &str, secret: &str, regions: &[&'static str], now| {
            claim.verify(host, path, secret, regions.iter().copied(), now).map_err(|e| e.kind)
        };
        let regions = &["us-east-1", "eu-west-1"];
        let path = "/v1/repos/R";
        assert_eq!(verify("127.0.0.1:4566", path, SECRET, regions, at()), Ok("eu-west-1"));
        assert_eq!(verify("127.0.0.1", path, SECRET, regions, at()), Ok("eu-west-1"));
        let wrong = Err(ErrorKind::SignatureMismatch);
        assert_eq!(verify("127.0.0.2", path, SECRET, regions, at()), wrong);
        assert_eq!(verify("127.0.0.1", "/v1/repos/S", SECRET, regions, at()), wrong);
        assert_eq!(verify("127.0.0.1", path, "other", regions, at()), wrong);
        assert_eq!(verify("127.0.0.1", path, SECRET, &["us-east-1"], at()), wrong);
        assert_eq!(verify("127.0.0.1", path, SECRET, &[], at()), wrong);
        let skewed = Err(ErrorKind::TimeSkewed);
        assert_eq!(verify("127.0.0.1", path, SECRET, regions, at().plus_secs(901)), skewed);
        assert_eq!(verify("127.0.0.1", path, SECRET, regions, at().plus_secs(-901)), skewed);
        assert!(verify("127.0.0.1", path, SECRET, regions, at().plus_secs(900)).is_ok());
    }

    #[test]
    fn what_the_stock_helpers_make() {
        // Computed with botocore's SigV4Auth, as `aws codecommit credential-helper` (without the
        // port) and git-remote-codecommit (with it) call it.
        for password in [
            "20260131T120000Z478d70a76f12d98c3fecdd9164fbbe3acbf59f8860fc53bc8d435fb664f19c33",
            "20260131T120000Z589a88d4195089a00ddfd4a081380f4539a7c5ce48f4252066d5bb6baa2a8392",
        ] {
            let claim = parse("AKIDEXAMPLE", password).unwrap();
            let region =
                claim.verify("127.0.0.1:4566", "/v1/repos/Repo", SECRET, ["us-east-1"], at());
            assert_eq!(region, Ok("us-east-1"));
        }
    }
}
