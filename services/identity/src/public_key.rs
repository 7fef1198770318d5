//! RSA public keys in the forms in which people have them: a line of OpenSSH, or PEM. IAM takes no
//! other kind for SSH.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadSSHPublicKey.html>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use md5::{Digest as _, Md5};

/// Least bits of a key.
const MIN_BITS: usize = 2048;
/// Most bits of a key: signatures of greater ones are not checked here.
const MAX_BITS: usize = 8192;
const ALGORITHM: &[u8] = b"ssh-rsa";
/// The DER of `AlgorithmIdentifier { rsaEncryption, NULL }`.
const RSA_ENCRYPTION: &[u8] =
    &[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
const SPKI: &str = "PUBLIC KEY";
const PKCS1: &str = "RSA PUBLIC KEY";
/// Characters of a line of PEM.
const PEM_LINE: usize = 64;

/// Why something is not taken for a public key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BadKey {
    /// It is in none of the forms.
    Encoding(&'static str),
    /// It is in one of the forms and no good.
    Invalid(String),
}

fn invalid(why: &str) -> BadKey {
    BadKey::Invalid(why.to_owned())
}

/// An RSA public key: big-endian numbers without leading zeros.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RsaKey {
    exponent: Vec<u8>,
    modulus: Vec<u8>,
}

impl RsaKey {
    /// Reads what a user uploads.
    pub(crate) fn parse(text: &str) -> Result<Self, BadKey> {
        let text = text.trim();
        if let Some(key) = from_pem(text, SPKI, from_spki)? {
            return Ok(key);
        }
        if let Some(key) = from_pem(text, PKCS1, from_pkcs1)? {
            return Ok(key);
        }
        if text.contains("PRIVATE KEY") {
            return Err(invalid(
                "this is a private key: keep it to yourself, upload its .pub file",
            ));
        }
        let mut words = text.split_ascii_whitespace();
        match (words.next(), words.next()) {
            (Some("ssh-rsa"), Some(encoded)) if !text.contains(['\n', '\r']) => {
                let blob = BASE64.decode(encoded).map_err(|_| invalid("its base64 is broken"))?;
                Self::from_blob(&blob)
            }
            (Some("ssh-rsa"), _) => Err(invalid("it has to be one line, ssh-rsa and base64")),
            _ => Err(BadKey::Encoding(
                "it has to be an RSA key, as a line that begins with ssh-rsa or as PEM",
            )),
        }
    }

    /// Reads the form that SSH sends (RFC 4253, section 6.6).
    pub(crate) fn from_blob(blob: &[u8]) -> Result<Self, BadKey> {
        let mut rest = blob;
        let mut next = || -> Option<&[u8]> {
            let (length, tail) = rest.split_first_chunk::<4>()?;
            let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
            let (field, tail) = tail.split_at_checked(length)?;
            rest = tail;
            Some(field)
        };
        let fields = [next(), next(), next()];
        match fields {
            [Some(ALGORITHM), Some(exponent), Some(modulus)] if rest.is_empty() => {
                Self::checked(exponent, modulus)
            }
            [Some(ALGORITHM), ..] => Err(invalid("it is cut short or has more after its end")),
            _ => Err(invalid("its base64 holds no ssh-rsa key")),
        }
    }

    fn checked(exponent: &[u8], modulus: &[u8]) -> Result<Self, BadKey> {
        let unsigned = |number: &[u8]| -> Result<Vec<u8>, BadKey> {
            if number.first().is_none_or(|first| first & 0x80 != 0) {
                return Err(invalid("one of its numbers is not positive"));
            }
            Ok(number.iter().copied().skip_while(|byte| *byte == 0).collect())
        };
        let key = Self { exponent: unsigned(exponent)?, modulus: unsigned(modulus)? };
        let odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
        if !odd(&key.exponent) || key.exponent == [1] || key.exponent.len() > 4 {
            return Err(invalid("its exponent is none of RSA's"));
        }
        if !odd(&key.modulus) {
            return Err(invalid("its modulus is none of RSA's"));
        }
        let bits = key.bits();
        if !(MIN_BITS..=MAX_BITS).contains(&bits) {
            let why = format!("it has {bits} bits; {MIN_BITS} to {MAX_BITS} are taken");
            return Err(BadKey::Invalid(why));
        }
        Ok(key)
    }

    fn bits(&self) -> usize {
        let zeros = self.modulus.first().map_or(0, |first| first.leading_zeros());
        (self.modulus.len() * 8).saturating_sub(usize::try_from(zeros).unwrap_or_default())
    }

    /// As SSH sends it.
    pub(crate) fn blob(&self) -> Vec<u8> {
        let mut blob = Vec::with_capacity(self.modulus.len() + 32);
        for field in [ALGORITHM, &signed(&self.exponent), &signed(&self.modulus)] {
            // A modulus has 2 KiB at most.
            blob.extend_from_slice(&u32::try_from(field.len()).unwrap_or_default().to_be_bytes());
            blob.extend_from_slice(field);
        }
        blob
    }

    /// The line of `~/.ssh/id_rsa.pub`, without a comment.
    pub(crate) fn openssh(&self) -> String {
        format!("ssh-rsa {}", BASE64.encode(self.blob()))
    }

    /// `SubjectPublicKeyInfo` as PEM.
    pub(crate) fn pem(&self) -> String {
        let numbers = [der(0x02, &signed(&self.modulus)), der(0x02, &signed(&self.exponent))];
        let key = der(0x30, &numbers.concat());
        let bits = der(0x03, &[&[0][..], &key].concat());
        let encoded = BASE64.encode(der(0x30, &[RSA_ENCRYPTION, &bits].concat()));
        let mut pem = format!("-----BEGIN {SPKI}-----\n");
        let mut rest = encoded.as_str();
        while !rest.is_empty() {
            let (line, tail) = rest.split_at(PEM_LINE.min(rest.len()));
            pem.push_str(line);
            pem.push('\n');
            rest = tail;
        }
        pem.push_str(&format!("-----END {SPKI}-----"));
        pem
    }

    /// MD5 of the form that SSH sends, in pairs of digits with colons.
    pub(crate) fn fingerprint(&self) -> String {
        let pairs: Vec<String> =
            Md5::digest(self.blob()).iter().map(|byte| format!("{byte:02x}")).collect();
        pairs.join(":")
    }
}

/// A positive number as signed ones are written: a zero before a first bit that is set.
fn signed(number: &[u8]) -> Vec<u8> {
    let sign = number.first().filter(|first| **first & 0x80 != 0).map(|_| 0);
    sign.into_iter().chain(number.iter().copied()).collect()
}

/// One value of DER.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match content.len() {
        length @ 0..128 => out.push(u8::try_from(length).unwrap_or_default()),
        length => {
            let bytes: Vec<u8> =
                length.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
            out.push(0x80 | u8::try_from(bytes.len()).unwrap_or_default());
            out.extend(bytes);
        }
    }
    out.extend_from_slice(content);
    out
}

/// The content of the value with that tag at the beginning, and what follows it.
fn der_value(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    if found != tag {
        return None;
    }
    if first < 0x80 {
        return rest.split_at_checked(usize::from(first));
    }
    let (long, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
    if long.is_empty() || long.len() > 3 {
        return None;
    }
    let length = long.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
    rest.split_at_checked(length)
}

/// Finds exponent and modulus.
type Reads = fn(&[u8]) -> Option<(&[u8], &[u8])>;

/// What is in the only PEM block of `text`, if it is one of that label.
fn from_pem(text: &str, label: &str, read: Reads) -> Result<Option<RsaKey>, BadKey> {
    let begin = format!("-----BEGIN {label}-----");
    let Some(inside) = text.strip_prefix(begin.as_str()) else { return Ok(None) };
    let end = format!("-----END {label}-----");
    let inside = inside.strip_suffix(end.as_str()).ok_or_else(|| invalid("its PEM has no end"))?;
    let encoded: String = inside.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bytes = BASE64.decode(encoded).map_err(|_| invalid("its base64 is broken"))?;
    let (exponent, modulus) =
        read(&bytes).ok_or_else(|| invalid("its PEM holds no RSA public key"))?;
    RsaKey::checked(exponent, modulus).map(Some)
}

/// Exponent and modulus of a `SubjectPublicKeyInfo`.
fn from_spki(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (inside, rest) = der_value(0x30, bytes)?;
    let bits = inside.strip_prefix(RSA_ENCRYPTION)?;
    let (bits, more) = der_value(0x03, bits)?;
    let key = bits.strip_prefix(&[0])?;
    (rest.is_empty() && more.is_empty()).then(|| from_pkcs1(key))?
}

/// Exponent and modulus of an `RSAPublicKey`.
fn from_pkcs1(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (inside, rest) = der_value(0x30, bytes)?;
    let (modulus, inside) = der_value(0x02, inside)?;
    let (exponent, inside) = der_value(0x02, inside)?;
    (rest.is_empty() && inside.is_empty()).then_some((exponent, modulus))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(bits: usize) -> RsaKey {
        let mut modulus = vec![0xc3; bits / 8];
        modulus[0] = 0x80;
        RsaKey { exponent: vec![1, 0, 1], modulus }
    }

    #[test]
    fn all_forms_are_one_key() {
        let key = key(2048);
        assert_eq!(RsaKey::parse(&key.openssh()), Ok(RsaKey::from_blob(&key.blob()).unwrap()));
        assert_eq!(RsaKey::parse(&format!(" {} ann@home\n", key.openssh())).unwrap(), key);
        assert_eq!(RsaKey::parse(&key.pem().replace('\n', "\r\n")).unwrap(), key);
        let numbers = [der(0x02, &signed(&key.modulus)), der(0x02, &key.exponent)];
        let pkcs1 = BASE64.encode(der(0x30, &numbers.concat()));
        let pem = format!("-----BEGIN {PKCS1}-----\n{pkcs1}\n-----END {PKCS1}-----\n");
        assert_eq!(RsaKey::parse(&pem).unwrap(), key);
        assert_eq!(key.fingerprint().len(), 47);
    }

    #[test]
    fn what_is_no_key_is_told_so() {
        let of = |text: &str| match RsaKey::parse(text).unwrap_err() {
            BadKey::Encoding(why) => format!("encoding: {why}"),
            BadKey::Invalid(why) => format!("invalid: {why}"),
        };
        for text in
            ["", "hello", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJh", "ecdsa-sha2-nistp256 AA"]
        {
            assert!(of(text).starts_with("encoding"), "{text}");
        }
        assert!(of("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA").contains("private key"));
        assert!(of(&key(1024).openssh()).contains("1024 bits"));
        assert!(of(&key(16_384).openssh()).contains("bits"));
        let good = key(2048).openssh();
        let blob = key(2048).blob();
        for bad in [
            "ssh-rsa".to_owned(),
            "ssh-rsa !!!".to_owned(),
            good.replace(' ', "\n"),
            format!("ssh-rsa {}", BASE64.encode(&blob[..blob.len() - 1])),
            format!("ssh-rsa {}", BASE64.encode([&blob[..], &[0]].concat())),
            format!("ssh-rsa {}", BASE64.encode(b"\0\0\0\x0bssh-ed25519")),
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----".to_owned(),
            key(2048).pem().replace("-----END", "-----"),
        ] {
            assert!(of(&bad).starts_with("invalid"), "{bad}");
        }
        let even = RsaKey { exponent: vec![1, 0, 0], ..key(2048) };
        assert!(of(&even.openssh()).contains("exponent"));
    }

    #[test]
    fn no_bytes_break_it() {
        let blob = key(2048).blob();
        for cut in 0..blob.len() {
            assert!(RsaKey::from_blob(&blob[..cut]).is_err());
        }
        for length in 0..=255 {
            let _ = from_spki(&[0x30, length, 0xff, 0xff]);
            let _ = from_pkcs1(&[0x30, 4, 0x02, length, 0xff, 0xff]);
        }
    }
}
