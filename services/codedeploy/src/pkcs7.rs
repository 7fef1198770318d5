//! Writes PKCS #7 SignedData (RFC 2315) with its content, one signer and that signer's certificate,
//! as agents demand for specifications. ECDSA on P-256 with SHA-256.
//!
//! The certificate is made here and signed by its own key: agents read the content whoever signed
//! it, so the signature protects against accidents, not against strangers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};

/// How long the key's text is, in bytes.
pub(crate) const KEY_BYTES: usize = 32;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const UTF8_STRING: u8 = 0x0c;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const EXPLICIT_0: u8 = 0xa0;

/// 1.2.840.113549.1.7.2
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
/// 1.2.840.113549.1.7.1
const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
/// 2.16.840.1.101.3.4.2.1
const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
/// 1.2.840.10045.4.3.2
const ECDSA_WITH_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
/// 1.2.840.10045.2.1
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// 1.2.840.10045.3.1.7
const PRIME256V1: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// 2.5.4.3
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];

/// Signs specifications.
pub(crate) struct Signer {
    key: SigningKey,
    certificate: Vec<u8>,
}

impl Signer {
    /// A signer of that key; `None` for the few texts that are no key.
    pub(crate) fn new(key: &[u8]) -> Option<Self> {
        let key = SigningKey::from_slice(key).ok()?;
        let certificate = certificate(&key);
        Some(Self { key, certificate })
    }

    /// The content in its signed envelope, as PEM.
    pub(crate) fn sign(&self, content: &[u8]) -> String {
        let signer = sequence(&[
            &integer(1),
            &sequence(&[&name(), &integer(SERIAL)]),
            &sequence(&[&oid(SHA256), NULL]),
            &sequence(&[&oid(ECDSA_WITH_SHA256)]),
            &tlv(OCTET_STRING, &[&signature(&self.key, content)]),
        ]);
        let content = sequence(&[&oid(DATA), &tlv(EXPLICIT_0, &[&tlv(OCTET_STRING, &[content])])]);
        let signed = sequence(&[
            &integer(1),
            &tlv(SET, &[&sequence(&[&oid(SHA256), NULL])]),
            &content,
            &tlv(EXPLICIT_0, &[&self.certificate]),
            &tlv(SET, &[&signer]),
        ]);
        pem(&sequence(&[&oid(SIGNED_DATA), &tlv(EXPLICIT_0, &[&signed])]))
    }
}

const NULL: &[u8] = &[0x05, 0x00];
const SERIAL: u8 = 1;

/// X.509 version 1: nothing but a name and the key.
fn certificate(key: &SigningKey) -> Vec<u8> {
    let point = key.verifying_key().to_sec1_point(false);
    let algorithm = sequence(&[&oid(ECDSA_WITH_SHA256)]);
    let public_key = sequence(&[
        &sequence(&[&oid(EC_PUBLIC_KEY), &oid(PRIME256V1)]),
        &tlv(BIT_STRING, &[&[0], point.as_bytes()]),
    ]);
    let body = sequence(&[
        &integer(SERIAL),
        &algorithm,
        &name(),
        // The signature outlives no deployment, so the dates mean nothing.
        &sequence(&[
            &tlv(GENERALIZED_TIME, &[b"20000101000000Z"]),
            &tlv(GENERALIZED_TIME, &[b"99991231235959Z"]),
        ]),
        &name(),
        &public_key,
    ]);
    let signature = tlv(BIT_STRING, &[&[0], &signature(key, &body)]);
    sequence(&[&body, &algorithm, &signature])
}

fn signature(key: &SigningKey, content: &[u8]) -> Vec<u8> {
    let signature: Signature = key.sign(content);
    let (r, s) = signature.split_bytes();
    sequence(&[&unsigned(&r), &unsigned(&s)])
}

fn name() -> Vec<u8> {
    let common = sequence(&[&oid(COMMON_NAME), &tlv(UTF8_STRING, &[b"Codeyard CodeDeploy"])]);
    sequence(&[&tlv(SET, &[&common])])
}

fn oid(bytes: &[u8]) -> Vec<u8> {
    tlv(OBJECT_IDENTIFIER, &[bytes])
}

fn integer(small: u8) -> Vec<u8> {
    unsigned(&[small])
}

/// A number without sign, in as few bytes as it takes.
fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|byte| *byte != 0);
    let bytes = start.and_then(|start| bytes.get(start..)).unwrap_or(&[0]);
    match bytes.first() {
        // A leading one would be a minus.
        Some(first) if *first >= 0x80 => tlv(INTEGER, &[&[0], bytes]),
        _ => tlv(INTEGER, &[bytes]),
    }
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(SEQUENCE, parts)
}

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = vec![tag];
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let bytes = length.to_be_bytes();
            let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(0);
            let digits = bytes.get(start..).unwrap_or_default();
            out.push(0x80 | u8::try_from(digits.len()).unwrap_or(0));
            out.extend_from_slice(digits);
        }
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

fn pem(der: &[u8]) -> String {
    const LINE: usize = 64;
    let text = STANDARD.encode(der);
    let mut out = "-----BEGIN PKCS7-----\n".to_owned();
    for line in text.as_bytes().chunks(LINE) {
        // Base64 is ASCII.
        out += std::str::from_utf8(line).unwrap_or_default();
        out.push('\n');
    }
    out + "-----END PKCS7-----\n"
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};

    use super::*;

    fn openssl(arguments: &[&str], input: &str) -> (bool, String) {
        let mut child = Command::new("openssl")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("openssl");
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        (output.status.success(), said)
    }

    #[test]
    fn openssl_verifies_what_is_signed() {
        for length in [0, 1, 100, 127, 128, 255, 256, 5000, 70_000] {
            let signer = Signer::new(&types::random_bytes::<KEY_BYTES>()).unwrap();
            let content = "x".repeat(length);
            let pem = signer.sign(content.as_bytes());
            for tool in [
                &["smime", "-verify", "-noverify", "-inform", "PEM"][..],
                &["cms", "-verify", "-noverify", "-binary", "-inform", "PEM"],
            ] {
                let pem = if tool[0] == "cms" { pem.replace("PKCS7", "CMS") } else { pem.clone() };
                let (verified, said) = openssl(tool, &pem);
                assert!(verified, "{length}: {said}");
                assert!(said.starts_with(&content), "{length}");
            }
            // Something else under the same signature is noticed.
            if length > 100 {
                let der = STANDARD
                    .decode(pem.lines().filter(|l| !l.starts_with('-')).collect::<String>())
                    .unwrap();
                let at = der.windows(20).position(|part| part == [b'x'; 20]).unwrap();
                let mut other = der;
                other[at] = b'y';
                let tool = ["smime", "-verify", "-noverify", "-inform", "PEM"];
                assert!(!openssl(&tool, &super::pem(&other)).0, "{length}");
            }
        }
    }

    #[test]
    fn no_key() {
        assert!(Signer::new(&[0; KEY_BYTES]).is_none());
        assert!(Signer::new(&[1; 3]).is_none());
    }
}
