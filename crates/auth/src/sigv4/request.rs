//! The part of an HTTP request that a signature covers.

/// A borrowed view of a request, as it came off (or goes onto) the wire.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// `GET`, `PUT`, …
    pub method: &'a str,
    /// The path, still percent-encoded, without the query; `/` at least.
    pub path: &'a str,
    /// What follows the question mark, still percent-encoded; empty where there is none.
    pub query: &'a str,
    /// Names in any case, in the order received. HTTP/2 callers add `host` from `:authority`.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// SHA-256 of the body in lower-case hex, where the caller has read all of it. Without it
    /// the body's hash is taken from `x-amz-content-sha256`, and it is then the caller who must
    /// hold the body against [`super::Verified::payload`].
    pub payload_sha256: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// The first value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&'a [u8]> {
        self.header_values(name).next()
    }

    /// The first value of a header, where it is visible ASCII or UTF-8 text; trimmed.
    pub(crate) fn header_text(&self, name: &str) -> Option<&'a str> {
        self.header(name).and_then(|value| std::str::from_utf8(value).ok()).map(str::trim)
    }

    /// Every value of a header, in the order received.
    pub(crate) fn header_values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        let headers = self.headers;
        headers
            .iter()
            .filter(move |(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    }
}
