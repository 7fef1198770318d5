//! The yard's host keys, and the proof of a client's key.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD as BASE64, STANDARD_NO_PAD};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents,
};

use crate::wire::{Reader, Writer};

const LABEL: &str = "PRIVATE KEY";

/// A host key's kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostKeyKind {
    /// What clients take first.
    Ed25519,
    /// For clients that may use NIST's curves only.
    EcdsaP256,
}

impl HostKeyKind {
    /// All, the preferred one first.
    pub const ALL: [Self; 2] = [Self::Ed25519, Self::EcdsaP256];

    /// Its name in SSH.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ssh-ed25519",
            Self::EcdsaP256 => "ecdsa-sha2-nistp256",
        }
    }
}

/// Why there is no host key.
#[derive(Debug, thiserror::Error)]
pub enum HostKeyError {
    /// The system gave no randomness.
    #[error("no host key could be made: the system gives no randomness")]
    NotMade,
    /// What was kept is no key of that kind.
    #[error("the host key is damaged; without the file a new one is made, and clients will ask")]
    Damaged,
}

enum Secret {
    Ed25519(Ed25519KeyPair),
    EcdsaP256(EcdsaKeyPair),
}

/// A key by which clients know the yard again.
pub struct HostKey {
    kind: HostKeyKind,
    secret: Secret,
}

impl HostKey {
    /// Makes a new one: its PKCS#8 form as PEM.
    ///
    /// # Errors
    /// Where the system gives no randomness.
    pub fn generate(kind: HostKeyKind) -> Result<String, HostKeyError> {
        let random = SystemRandom::new();
        let made = match kind {
            HostKeyKind::Ed25519 => Ed25519KeyPair::generate_pkcs8(&random),
            HostKeyKind::EcdsaP256 => {
                EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
            }
        };
        let encoded = BASE64.encode(made.map_err(|_| HostKeyError::NotMade)?);
        let mut pem = format!("-----BEGIN {LABEL}-----\n");
        let mut rest = encoded.as_str();
        while !rest.is_empty() {
            let (line, tail) = rest.split_at(rest.len().min(64));
            pem.push_str(line);
            pem.push('\n');
            rest = tail;
        }
        pem.push_str(&format!("-----END {LABEL}-----\n"));
        Ok(pem)
    }

    /// Reads what [`HostKey::generate`] made.
    ///
    /// # Errors
    /// Where it is no key of that kind.
    pub fn from_pem(kind: HostKeyKind, pem: &str) -> Result<Self, HostKeyError> {
        let inside = pem
            .trim()
            .strip_prefix(&format!("-----BEGIN {LABEL}-----"))
            .and_then(|rest| rest.strip_suffix(&format!("-----END {LABEL}-----")))
            .ok_or(HostKeyError::Damaged)?;
        let encoded: String = inside.split_ascii_whitespace().collect();
        let bytes = BASE64.decode(encoded).map_err(|_| HostKeyError::Damaged)?;
        let damaged = |_| HostKeyError::Damaged;
        let secret = match kind {
            HostKeyKind::Ed25519 => {
                Secret::Ed25519(Ed25519KeyPair::from_pkcs8(&bytes).map_err(damaged)?)
            }
            HostKeyKind::EcdsaP256 => Secret::EcdsaP256(
                EcdsaKeyPair::from_pkcs8(
                    &ECDSA_P256_SHA256_FIXED_SIGNING,
                    &bytes,
                    &SystemRandom::new(),
                )
                .map_err(damaged)?,
            ),
        };
        Ok(Self { kind, secret })
    }

    /// Its kind.
    pub fn kind(&self) -> HostKeyKind {
        self.kind
    }

    /// The public key as SSH sends it.
    pub fn blob(&self) -> Vec<u8> {
        let name = Writer::empty().string(self.kind.name().as_bytes());
        match &self.secret {
            Secret::Ed25519(pair) => name.string(pair.public_key().as_ref()).done(),
            Secret::EcdsaP256(pair) => {
                name.string(b"nistp256").string(pair.public_key().as_ref()).done()
            }
        }
    }

    /// `SHA256:…`, as clients show it.
    pub fn fingerprint(&self) -> String {
        format!("SHA256:{}", STANDARD_NO_PAD.encode(digest(&SHA256, &self.blob())))
    }

    /// Kind and public key, as they stand in `known_hosts` behind the host's name.
    pub fn public_line(&self) -> String {
        format!("{} {}", self.kind.name(), BASE64.encode(self.blob()))
    }

    /// Signs as RFC 8709 and RFC 5656 have it; `None` where the system gives no randomness.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let name = Writer::empty().string(self.kind.name().as_bytes());
        match &self.secret {
            Secret::Ed25519(pair) => Some(name.string(pair.sign(message).as_ref()).done()),
            Secret::EcdsaP256(pair) => {
                let signature = pair.sign(&SystemRandom::new(), message).ok()?;
                let (r, s) = signature.as_ref().split_at_checked(32)?;
                Some(name.string(&Writer::empty().mpint(r).mpint(s).done()).done())
            }
        }
    }
}

/// The algorithms by which clients may sign. RSA with SHA-1 (`ssh-rsa`) is broken.
pub(crate) const USER_ALGORITHMS: &str = "rsa-sha2-512,rsa-sha2-256";

/// Whether `signature` (RFC 8332) proves that its sender has the private key to the RSA key
/// `blob`.
pub(crate) fn proves(algorithm: &str, blob: &[u8], message: &[u8], signature: &[u8]) -> bool {
    proof(algorithm, blob, message, signature).is_some()
}

fn parameters(algorithm: &str) -> Option<&'static RsaParameters> {
    match algorithm {
        "rsa-sha2-256" => Some(&RSA_PKCS1_2048_8192_SHA256),
        "rsa-sha2-512" => Some(&RSA_PKCS1_2048_8192_SHA512),
        _ => None,
    }
}

fn proof(algorithm: &str, blob: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let parameters = parameters(algorithm)?;
    let mut key = Reader::new(blob);
    let (name, e, n) = (key.text().ok()?, key.string().ok()?, key.string().ok()?);
    let mut signed = Reader::new(signature);
    let (by, value) = (signed.text().ok()?, signed.string().ok()?);
    if name != "ssh-rsa" || by != algorithm {
        return None;
    }
    let unsigned = |number: &[u8]| -> Vec<u8> {
        number.iter().copied().skip_while(|byte| *byte == 0).collect()
    };
    let (e, n) = (unsigned(e), unsigned(n));
    // Some clients leave out the zeros in front.
    let zeros = n.len().checked_sub(value.len())?;
    let value = [&vec![0; zeros][..], value].concat();
    RsaPublicKeyComponents { n, e }.verify(parameters, message, &value).ok()
}

/// Whether the name is one of an algorithm that clients may sign by.
pub(crate) fn is_user_algorithm(name: &str) -> bool {
    parameters(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ED25519, UnparsedPublicKey};

    #[test]
    fn host_keys_come_back_from_what_is_kept() {
        for kind in HostKeyKind::ALL {
            let pem = HostKey::generate(kind).unwrap();
            let key = HostKey::from_pem(kind, &pem).unwrap();
            assert!(key.public_line().starts_with(kind.name()));
            assert!(key.fingerprint().starts_with("SHA256:"));
            assert!(HostKey::from_pem(kind, &pem.replace("KEY", "KEX")).is_err());
            assert!(HostKey::from_pem(kind, "").is_err());
            assert!(key.sign(b"message").is_some());
            let other = HostKeyKind::ALL.into_iter().find(|other| *other != kind).unwrap();
            assert!(HostKey::from_pem(other, &pem).is_err());
        }
    }

    #[test]
    fn a_signature_is_of_the_key() {
        let kind = HostKeyKind::Ed25519;
        let key = HostKey::from_pem(kind, &HostKey::generate(kind).unwrap()).unwrap();
        let signed = key.sign(b"message").unwrap();
        let mut reader = Reader::new(&signed);
        assert_eq!(reader.text().unwrap(), "ssh-ed25519");
        let blob = key.blob();
        let public = &blob[blob.len() - 32..];
        let public = UnparsedPublicKey::new(&ED25519, public);
        assert!(public.verify(b"message", reader.string().unwrap()).is_ok());
        assert!(!proves("rsa-sha2-256", &blob, b"message", &signed));
        assert!(!proves("ssh-rsa", b"", b"", b""));
    }
}
