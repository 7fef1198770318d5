//! Writes PKCS #7 SignedData (RFC 2315) with its content, one signer and that signer's certificate,
//! as agents demand for specifications. ECDSA on P-256 with SHA-256.
//!
//! The certificate is made here and signed by its own key: agents read the content whoever signed
//! it, so the signature protects against accidents, not against strangers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};

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
    key: EcdsaKeyPair,
    certificate: Vec<u8>,
}

/// A new key (PKCS #8); `None` where the system gives no randomness.
pub(crate) fn new_key() -> Option<Vec<u8>> {
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random);
    Some(key.ok()?.as_ref().to_vec())
}

impl Signer {
    /// A signer of that key (PKCS #8); `None` for what is no key.
    pub(crate) fn new(key: &[u8]) -> Option<Self> {
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key, &random).ok()?;
        let certificate = certificate(&key)?;
        Some(Self { key, certificate })
    }

    /// The content in its signed envelope, as PEM; `None` where the system gives no randomness.
    pub(crate) fn sign(&self, content: &[u8]) -> Option<String> {
        let signer = sequence(&[
            &integer(1),
            &sequence(&[&name(), &integer(SERIAL)]),
            &sequence(&[&oid(SHA256), NULL]),
            &sequence(&[&oid(ECDSA_WITH_SHA256)]),
            &tlv(OCTET_STRING, &[&signature(&self.key, content)?]),
        ]);
        let content = sequence(&[&oid(DATA), &tlv(EXPLICIT_0, &[&tlv(OCTET_STRING, &[content])])]);
        let signed = sequence(&[
            &integer(1),
            &tlv(SET, &[&sequence(&[&oid(SHA256), NULL])]),
            &content,
            &tlv(EXPLICIT_0, &[&self.certificate]),
            &tlv(SET, &[&signer]),
        ]);
        Some(pem(&sequence(&[&oid(SIGNED_DATA), &tlv(EXPLICIT_0, &[&signed])])))
    }
}

const NULL: &[u8] = &[0x05, 0x00];
const SERIAL: u8 = 1;

/// X.509 version 1: nothing but a name and the key.
fn certificate(key: &EcdsaKeyPair) -> Option<Vec<u8>> {
    let point = key.public_key().as_ref();
    let algorithm = sequence(&[&oid(ECDSA_WITH_SHA256)]);
    let public_key = sequence(&[
        &sequence(&[&oid(EC_PUBLIC_KEY), &oid(PRIME256V1)]),
        &tlv(BIT_STRING, &[&[0], point]),
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
    let signature = tlv(BIT_STRING, &[&[0], &signature(key, &body)?]);
    Some(sequence(&[&body, &algorithm, &signature]))
}

fn signature(key: &EcdsaKeyPair, content: &[u8]) -> Option<Vec<u8>> {
    Some(key.sign(&SystemRandom::new(), content).ok()?.as_ref().to_vec())
}

fn name() -> Vec<u8> {
    let common = sequence(&[&oid(COMMON_NAME), &tlv(UTF8_STRING, &[b"Codeyard CodeDeploy"])]);
    sequence(&[&tlv(SET, &[&common])])
}

fn oid(bytes: &[u8]) -> Vec<u8> {
    tlv(OBJECT_IDENTIFIER, &[bytes])
}

/// Below 128: a leading one would be a minus.
fn integer(small: u8) -> Vec<u8> {
    tlv(INTEGER, &[&[small]])
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
            let signer = Signer::new(&new_key().unwrap()).unwrap();
            let content = "x".repeat(length);
            let pem = signer.sign(content.as_bytes()).unwrap();
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
        assert!(Signer::new(&[0; 32]).is_none());
        assert!(Signer::new(&[1; 3]).is_none());
    }
}
