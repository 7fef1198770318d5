//! Reads the content out of PKCS #7 SignedData (RFC 2315, RFC 5652), in DER or BER, as PEM.
//!
//! Strict in form: the outer structure must be complete, the content embedded and of type data,
//! and there must be a signer. Who signed is not checked, as in the published agent's default
//! profile, so this is no proof of origin; see the crate's invariants.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// 1.2.840.113549.1.7.2
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
/// 1.2.840.113549.1.7.1
const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OCTET_STRING_IN_PARTS: u8 = 0x24;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const EXPLICIT_0: u8 = 0xa0;
const IMPLICIT_CERTIFICATES: u8 = 0xa0;
const IMPLICIT_CRLS: u8 = 0xa1;
/// The deepest nesting that is walked.
const MAX_DEPTH: usize = 32;

/// The signed content of a PEM text.
pub(crate) fn content(pem: &str) -> Result<Vec<u8>, String> {
    let der = decode_pem(pem)?;
    let wrong = |what: &str| format!("the specification is no PKCS #7 signed data: {what}");
    let mut outer = Reader(&der);
    let mut info = outer.expect(SEQUENCE).ok_or_else(|| wrong("no ContentInfo"))?;
    if !outer.0.is_empty() {
        return Err(wrong("there is something behind it"));
    }
    if info.expect(OBJECT_IDENTIFIER).map(|oid| oid.0) != Some(SIGNED_DATA) {
        return Err(wrong("its type is another"));
    }
    let mut signed = info
        .expect(EXPLICIT_0)
        .and_then(|mut inside| inside.expect(SEQUENCE))
        .ok_or_else(|| wrong("no SignedData"))?;
    signed.expect(INTEGER).ok_or_else(|| wrong("no version"))?;
    signed.expect(SET).ok_or_else(|| wrong("no digest algorithms"))?;
    let mut encapsulated = signed.expect(SEQUENCE).ok_or_else(|| wrong("no content info"))?;
    if encapsulated.expect(OBJECT_IDENTIFIER).map(|oid| oid.0) != Some(DATA) {
        return Err(wrong("its content is not of type data"));
    }
    let mut explicit =
        encapsulated.expect(EXPLICIT_0).ok_or_else(|| wrong("its content is not embedded"))?;
    let mut text = Vec::new();
    octets(&mut explicit, &mut text, 0).ok_or_else(|| wrong("its content is damaged"))?;
    for optional in [IMPLICIT_CERTIFICATES, IMPLICIT_CRLS] {
        if signed.0.first() == Some(&optional) {
            signed.expect(optional).ok_or_else(|| wrong("its certificates are damaged"))?;
        }
    }
    let mut signers = signed.expect(SET).ok_or_else(|| wrong("no signers"))?;
    signers.expect(SEQUENCE).ok_or_else(|| wrong("nobody signed it"))?;
    Ok(text)
}

fn decode_pem(pem: &str) -> Result<Vec<u8>, String> {
    let mut lines = pem.lines().map(str::trim).filter(|line| !line.is_empty());
    let label = lines
        .next()
        .and_then(|line| line.strip_prefix("-----BEGIN ")?.strip_suffix("-----"))
        .filter(|label| matches!(*label, "PKCS7" | "CMS"))
        .ok_or("the specification is no PEM text of PKCS #7")?;
    let end = format!("-----END {label}-----");
    let mut body = String::new();
    for line in lines {
        if line == end {
            return STANDARD
                .decode(body)
                .map_err(|error| format!("the specification's PEM is damaged: {error}"));
        }
        body += line;
    }
    Err("the specification's PEM has no end".to_owned())
}

/// An octet string, whole or in parts.
fn octets(reader: &mut Reader<'_>, into: &mut Vec<u8>, depth: usize) -> Option<()> {
    match *reader.0.first()? {
        OCTET_STRING => into.extend_from_slice(reader.expect(OCTET_STRING)?.0),
        OCTET_STRING_IN_PARTS if depth < MAX_DEPTH => {
            let mut parts = reader.expect(OCTET_STRING_IN_PARTS)?;
            while !parts.0.is_empty() {
                octets(&mut parts, into, depth + 1)?;
            }
        }
        _ => return None,
    }
    Some(())
}

/// What is still to be read.
#[derive(Clone, Copy)]
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The inside of the next value, which must have this tag.
    fn expect(&mut self, tag: u8) -> Option<Reader<'a>> {
        let (found, inside, rest) = value(self.0, 0)?;
        (found == tag).then(|| {
            self.0 = rest;
            Reader(inside)
        })
    }
}

/// Splits off one value: its tag, its inside, the rest.
fn value(bytes: &[u8], depth: usize) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    // Tags above 30 take further bytes; none is used here.
    if tag & 0x1f == 0x1f || depth > MAX_DEPTH {
        return None;
    }
    let (&first, rest) = rest.split_first()?;
    if first < 0x80 {
        let (inside, rest) = rest.split_at_checked(usize::from(first))?;
        return Some((tag, inside, rest));
    }
    if first == 0x80 {
        return indefinite(tag, rest, depth);
    }
    let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
    if digits.len() > 4 {
        return None;
    }
    let length = digits.iter().fold(0_usize, |length, digit| (length << 8) | usize::from(*digit));
    let (inside, rest) = rest.split_at_checked(length)?;
    Some((tag, inside, rest))
}

/// BER's form without a length: values up to two zero bytes.
fn indefinite(tag: u8, bytes: &[u8], depth: usize) -> Option<(u8, &[u8], &[u8])> {
    let mut rest = bytes;
    loop {
        if let Some(behind) = rest.strip_prefix(&[0, 0]) {
            let length = bytes.len().checked_sub(rest.len())?;
            return Some((tag, bytes.get(..length)?, behind));
        }
        (_, _, rest) = value(rest, depth + 1)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let inside = parts.concat();
        let mut out = vec![tag];
        match inside.len() {
            short @ 0..=127 => out.push(short as u8),
            long => out.extend([0x82, (long >> 8) as u8, long as u8]),
        }
        out.extend(inside);
        out
    }

    fn unbounded(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        [&[tag, 0x80], parts.concat().as_slice(), &[0, 0]].concat()
    }

    fn pem(der: &[u8]) -> String {
        format!("-----BEGIN PKCS7-----\n{}\n-----END PKCS7-----\n", STANDARD.encode(der))
    }

    type Build = fn(u8, &[&[u8]]) -> Vec<u8>;

    fn signed(wrap: Build, content: &[u8], signers: &[u8], kind: &[u8]) -> Vec<u8> {
        let signed = wrap(
            SEQUENCE,
            &[
                &tlv(INTEGER, &[&[1]]),
                &tlv(SET, &[]),
                &wrap(SEQUENCE, &[&tlv(OBJECT_IDENTIFIER, &[DATA]), content]),
                &tlv(IMPLICIT_CERTIFICATES, &[&tlv(SEQUENCE, &[&[5; 200]])]),
                signers,
            ],
        );
        wrap(SEQUENCE, &[&tlv(OBJECT_IDENTIFIER, &[kind]), &wrap(EXPLICIT_0, &[&signed])])
    }

    fn one_signer() -> Vec<u8> {
        tlv(SET, &[&tlv(SEQUENCE, &[&tlv(INTEGER, &[&[1]])])])
    }

    #[test]
    fn der_and_ber() {
        let whole = tlv(EXPLICIT_0, &[&tlv(OCTET_STRING, &[b"{\"a\":1}"])]);
        let der = signed(tlv, &whole, &one_signer(), SIGNED_DATA);
        assert_eq!(content(&pem(&der)).unwrap(), b"{\"a\":1}");
        let parts = unbounded(
            EXPLICIT_0,
            &[&unbounded(
                OCTET_STRING_IN_PARTS,
                &[&tlv(OCTET_STRING, &[b"{\"a\""]), &tlv(OCTET_STRING, &[b":1}"])],
            )],
        );
        let ber = signed(unbounded, &parts, &one_signer(), SIGNED_DATA);
        assert_eq!(content(&pem(&ber)).unwrap(), b"{\"a\":1}");
        let label = pem(&der).replace("PKCS7", "CMS").replace('\n', "\r\n");
        assert_eq!(content(&label).unwrap(), b"{\"a\":1}");
    }

    #[test]
    fn refusals() {
        let whole = tlv(EXPLICIT_0, &[&tlv(OCTET_STRING, &[b"x"])]);
        let good = signed(tlv, &whole, &one_signer(), SIGNED_DATA);
        for (der, why) in [
            (signed(tlv, &whole, &tlv(SET, &[]), SIGNED_DATA), "nobody signed"),
            (signed(tlv, &[], &one_signer(), SIGNED_DATA), "not embedded"),
            (signed(tlv, &whole, &one_signer(), DATA), "type is another"),
            (signed(tlv, &whole, &[], SIGNED_DATA), "no signers"),
            ([good.as_slice(), b"x"].concat(), "behind it"),
        ] {
            let error = content(&pem(&der)).unwrap_err();
            assert!(error.contains(why), "{error}, want {why}");
        }
        for end in 0..good.len() {
            assert!(content(&pem(&good[..end])).is_err(), "{end}");
        }
        for text in ["", "{}", "-----BEGIN PKCS7-----\nAAAA\n", "-----BEGIN CERTIFICATE-----\n"] {
            assert!(content(text).is_err(), "{text}");
        }
        // Nested without end.
        assert!(content(&pem(&[0x30, 0x80].repeat(10_000))).is_err());
    }
}
