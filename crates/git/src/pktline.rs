//! The pkt-line framing of git's protocols (gitprotocol-common): four hexadecimal digits of
//! length, themselves counted, then the payload.

use crate::limits::MAX_PKT_LINE;
use bytes::{BufMut, Bytes, BytesMut};

/// The most payload that one pkt-line holds.
pub const MAX_PAYLOAD: usize = MAX_PKT_LINE - 4;

/// The most payload that one side-band-64k packet holds, after its band number.
pub const MAX_BAND_PAYLOAD: usize = MAX_PAYLOAD - 1;

/// `0000`: the end of a list.
pub const FLUSH: &[u8] = b"0000";

/// What four length digits announce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Header {
    /// The end of a list.
    Flush,
    /// Protocol v2's separator.
    Delimiter,
    /// Protocol v2's end of a response.
    ResponseEnd,
    /// This many bytes of payload follow, 0 to [`MAX_PAYLOAD`].
    Payload(usize),
}

/// Length digits that announce nothing that exists.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("bad pkt-line length {0:?}")]
pub struct BadLength(pub String);

impl Header {
    /// Reads four length digits.
    pub fn parse(digits: [u8; 4]) -> Result<Self, BadLength> {
        let bad = || BadLength(String::from_utf8_lossy(&digits).into_owned());
        let mut length = 0;
        for digit in digits {
            let value = char::from(digit).to_digit(16).ok_or_else(bad)?;
            length = length * 16 + value as usize;
        }
        match length {
            0 => Ok(Self::Flush),
            1 => Ok(Self::Delimiter),
            2 => Ok(Self::ResponseEnd),
            4..=MAX_PKT_LINE => Ok(Self::Payload(length - 4)),
            _ => Err(bad()),
        }
    }
}

/// Appends one pkt-line. A payload over [`MAX_PAYLOAD`] is cut: callers bound what they send.
pub fn put_line(out: &mut BytesMut, payload: &[u8]) {
    let payload = payload.get(..MAX_PAYLOAD).unwrap_or(payload);
    out.put_slice(format!("{:04x}", payload.len() + 4).as_bytes());
    out.put_slice(payload);
}

/// A channel of side-band-64k.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Band {
    /// The answer itself.
    Data = 1,
    /// Lines that the git client shows with `remote:`.
    Progress = 2,
}

/// `payload` on a side band, in as many packets as it takes; none for an empty one.
pub fn banded(band: Band, payload: &[u8]) -> Bytes {
    let mut out = BytesMut::with_capacity(payload.len() + 16);
    for part in payload.chunks(MAX_BAND_PAYLOAD) {
        out.put_slice(format!("{:04x}", part.len() + 5).as_bytes());
        out.put_u8(band as u8);
        out.put_slice(part);
    }
    out.freeze()
}

/// An empty packet on the data band: clients skip it, and know that we live.
pub const KEEP_ALIVE: &[u8] = b"0005\x01";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths() {
        assert_eq!(Header::parse(*b"0000"), Ok(Header::Flush));
        assert_eq!(Header::parse(*b"0001"), Ok(Header::Delimiter));
        assert_eq!(Header::parse(*b"0002"), Ok(Header::ResponseEnd));
        assert_eq!(Header::parse(*b"0004"), Ok(Header::Payload(0)));
        assert_eq!(Header::parse(*b"fff0"), Ok(Header::Payload(MAX_PAYLOAD)));
        for bad in [b"0003", b"fff1", b"ffff", b"00 5", b"+005", b"PACK"] {
            assert!(Header::parse(*bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn bands_are_cut_to_size() {
        let long = vec![b'x'; MAX_BAND_PAYLOAD + 1];
        let out = banded(Band::Data, &long);
        assert!(out.starts_with(b"fff0\x01x"));
        assert!(out.ends_with(b"0006\x01x"));
        assert!(banded(Band::Progress, b"").is_empty());
    }

    proptest! {
        #[test]
        fn any_digits_are_answered(digits: [u8; 4]) {
            if let Ok(Header::Payload(n)) = Header::parse(digits) {
                prop_assert!(n <= MAX_PAYLOAD);
            }
        }

        #[test]
        fn lines_survive(payload in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut out = BytesMut::new();
            put_line(&mut out, &payload);
            let digits: [u8; 4] = out[..4].try_into().unwrap();
            prop_assert_eq!(Header::parse(digits), Ok(Header::Payload(payload.len())));
            prop_assert_eq!(&out[4..], &payload[..]);
        }
    }
}
