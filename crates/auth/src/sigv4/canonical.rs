//! The canonical request: one text form for what clients may write in several.

use std::borrow::Cow;

use super::key::{CredentialScope, sha256_hex};
use super::request::Request;

const UPPER_HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Everything that goes into a canonical request beside the request itself.
pub(crate) struct Parts<'a> {
    pub(crate) scope: &'a CredentialScope,
    /// Lower-case names, in the order in which the client lists them.
    pub(crate) signed_headers: &'a [String],
    pub(crate) payload_hash: &'a str,
    /// A query parameter that is left out: the signature itself, on presigned URLs.
    pub(crate) without_parameter: Option<&'a str>,
}

/// The canonical request. Bytes, for header values need not be UTF-8.
pub(crate) fn canonical_request(request: &Request<'_>, parts: &Parts<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    out.extend_from_slice(request.method.as_bytes());
    out.push(b'\n');
    let path = if parts.scope.is_s3() { s3_path(request.path) } else { service_path(request.path) };
    out.extend_from_slice(path.as_bytes());
    out.push(b'\n');
    out.extend_from_slice(canonical_query(request.query, parts.without_parameter).as_bytes());
    out.push(b'\n');
    for name in parts.signed_headers {
        out.extend_from_slice(name.as_bytes());
        out.push(b':');
        for (at, value) in request.header_values(name).enumerate() {
            if at > 0 {
                out.push(b',');
            }
            push_trimmed(&mut out, value);
        }
        out.push(b'\n');
    }
    out.push(b'\n');
    out.extend_from_slice(parts.signed_headers.join(";").as_bytes());
    out.push(b'\n');
    out.extend_from_slice(parts.payload_hash.as_bytes());
    out
}

/// The text that the signing key signs. `timestamp` is written as the client wrote it.
pub(crate) fn string_to_sign(timestamp: &str, scope: &CredentialScope, canonical: &[u8]) -> String {
    format!("AWS4-HMAC-SHA256\n{timestamp}\n{scope}\n{}", sha256_hex(canonical))
}

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')
}

pub(crate) fn push_encoded(out: &mut String, byte: u8, keep_slash: bool) {
    if is_unreserved(byte) || (keep_slash && byte == b'/') {
        out.push(char::from(byte));
    } else {
        out.push('%');
        out.push(char::from(UPPER_HEX[usize::from(byte >> 4)]));
        out.push(char::from(UPPER_HEX[usize::from(byte & 15)]));
    }
}

pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        push_encoded(&mut out, byte, false);
    }
    out
}

/// Percent-decoded bytes. A percent sign that introduces no two hex digits stands for itself;
/// a plus sign is a space where the text is a query's.
pub(crate) fn decode(text: &str, plus_is_space: bool) -> Cow<'_, [u8]> {
    let bytes = text.as_bytes();
    if !bytes.iter().any(|b| *b == b'%' || (plus_is_space && *b == b'+')) {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match (byte, tail) {
            (b'%', [high, low, after @ ..])
                if let (Some(h), Some(l)) = (digit(*high), digit(*low)) =>
            {
                out.push(h << 4 | l);
                rest = after;
            }
            (b'+', _) if plus_is_space => out.push(b' '),
            _ => out.push(byte),
        }
    }
    Cow::Owned(out)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// S3: no normalization, every octet encoded exactly once.
fn s3_path(raw: &str) -> Cow<'_, str> {
    if raw.bytes().all(|byte| is_unreserved(byte) || byte == b'/') {
        return if raw.is_empty() { Cow::Borrowed("/") } else { Cow::Borrowed(raw) };
    }
    let mut out = String::with_capacity(raw.len());
    for byte in decode(raw, false).iter() {
        push_encoded(&mut out, *byte, true);
    }
    Cow::Owned(out)
}

/// Every other service: dot segments and empty segments are taken out of the path as it is on
/// the wire, and what remains is encoded once more, so that `%20` becomes `%2520`.
fn service_path(raw: &str) -> Cow<'_, str> {
    if raw == "/" || raw.is_empty() {
        return Cow::Borrowed("/");
    }
    let mut kept: Vec<&str> = Vec::new();
    for segment in raw.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            _ => kept.push(segment),
        }
    }
    let mut out = String::with_capacity(raw.len() + 8);
    for segment in &kept {
        out.push('/');
        for byte in segment.bytes() {
            push_encoded(&mut out, byte, false);
        }
    }
    if kept.is_empty() || raw.ends_with('/') {
        out.push('/');
    }
    Cow::Owned(out)
}

/// Parameters decoded, encoded uniformly and sorted by name, then value.
fn canonical_query(raw: &str, without: Option<&str>) -> String {
    if raw.is_empty() {
        return String::new();
    }
    let uniform = |text: &str| {
        let mut out = String::with_capacity(text.len());
        for byte in decode(text, true).iter() {
            push_encoded(&mut out, *byte, false);
        }
        out
    };
    let mut pairs: Vec<(String, String)> = raw
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (uniform(name), uniform(value)))
        .filter(|(name, _)| without != Some(name.as_str()))
        .collect();
    pairs.sort();
    let mut out = String::with_capacity(raw.len() + 8);
    for (name, value) in &pairs {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(name);
        out.push('=');
        out.push_str(value);
    }
    out
}

/// Without leading and trailing white space, runs of it inside made one space.
fn push_trimmed(out: &mut Vec<u8>, value: &[u8]) {
    let words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    for (at, word) in words.enumerate() {
        if at > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn service_paths_are_normalized_and_encoded_again() {
        for (raw, want) in [
            ("", "/"),
            ("/", "/"),
            ("//", "/"),
            ("/./", "/"),
            ("/a/../..", "/"),
            ("/a/b/..", "/a"),
            ("/a//b/./c/", "/a/b/c/"),
            ("/a/b/../c", "/a/c"),
            ("/a%20b", "/a%2520b"),
            ("/%E1%88%B4", "/%25E1%2588%25B4"),
            ("/a+b:c=d", "/a%2Bb%3Ac%3Dd"),
            ("/~user/x_y-z.t", "/~user/x_y-z.t"),
            ("/%2e%2e/x", "/%252e%252e/x"),
        ] {
            assert_eq!(service_path(raw), want, "{raw}");
        }
    }

    #[test]
    fn s3_paths_stand_as_they_are() {
        for (raw, want) in [
            ("", "/"),
            ("/bucket//key/../x/.", "/bucket//key/../x/."),
            ("/b/a%20b", "/b/a%20b"),
            ("/b/a%e1b", "/b/a%E1b"),
            ("/b/a(b)+c", "/b/a%28b%29%2Bc"),
            ("/b/100%", "/b/100%25"),
            ("/b/%zz%4", "/b/%25zz%254"),
            ("/b/%7Ekey", "/b/~key"),
        ] {
            assert_eq!(s3_path(raw), want, "{raw}");
        }
    }

    #[test]
    fn queries_are_sorted_and_uniform() {
        for (raw, want) in [
            ("", ""),
            ("acl", "acl="),
            ("b=2&a=1", "a=1&b=2"),
            ("a=2&a=1", "a=1&a=2"),
            ("a=b+c", "a=b%20c"),
            ("a=%2f%2F/", "a=%2F%2F%2F"),
            ("&&a=1&", "a=1"),
            ("a-b=1&a=2", "a=2&a-b=1"),
            ("Z=1&a=1", "Z=1&a=1"),
            ("a=b=c", "a=b%3Dc"),
            ("p=%25", "p=%25"),
        ] {
            assert_eq!(canonical_query(raw, None), want, "{raw}");
        }
        assert_eq!(
            canonical_query("a=1&X-Amz-Signature=f&b=2", Some("X-Amz-Signature")),
            "a=1&b=2"
        );
    }

    #[test]
    fn header_values_are_trimmed() {
        for (value, want) in [("  a  b\t c ", "a b c"), ("", ""), ("\"a   b\"", "\"a b\"")] {
            let mut out = Vec::new();
            push_trimmed(&mut out, value.as_bytes());
            assert_eq!(out, want.as_bytes());
        }
    }
}
