//! Page tokens: where a listing goes on. Opaque to clients, bound to the listing they came from.

use std::fmt;

/// Where the next page begins: after this key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageToken(String);

/// A token that this listing did not give out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageTokenError;

impl fmt::Display for PageTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the page token is not one that this operation returned")
    }
}

impl std::error::Error for PageTokenError {}

/// One page of a listing and, where more follows, the token of the next.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// At most as many as were asked for.
    pub items: Vec<T>,
    /// Present where more follows.
    pub next: Option<String>,
}

impl PageToken {
    /// The token that goes on after `key` in the listing named `listing` (operation name and
    /// whatever filters must not change between pages).
    pub fn encode(listing: &str, key: &str) -> String {
        let sum = checksum(listing, key);
        let mut out = String::with_capacity(16 + key.len() * 2);
        out.push_str(&format!("{sum:016x}"));
        for byte in key.bytes() {
            out.push_str(&format!("{byte:02x}"));
        }
        out
    }

    /// The key after which to go on; refuses tokens of other listings and altered ones.
    pub fn decode(listing: &str, token: &str) -> Result<String, PageTokenError> {
        if token.len() < 16 || !token.len().is_multiple_of(2) || !token.is_ascii() {
            return Err(PageTokenError);
        }
        let sum = u64::from_str_radix(&token[..16], 16).map_err(|_| PageTokenError)?;
        let bytes = (16..token.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&token[at..at + 2], 16))
            .collect::<Result<Vec<u8>, _>>()
            .map_err(|_| PageTokenError)?;
        let key = String::from_utf8(bytes).map_err(|_| PageTokenError)?;
        if checksum(listing, &key) == sum { Ok(key) } else { Err(PageTokenError) }
    }
}

/// FNV-1a: guards against mix-ups, not against forgery. A forged token only moves a cursor within
/// a listing that the caller is authorized for anyway.
fn checksum(listing: &str, key: &str) -> u64 {
    listing.bytes().chain([0]).chain(key.bytes()).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_belong_to_their_listing() {
        let token = PageToken::encode("ListThings", "käse/1");
        assert_eq!(PageToken::decode("ListThings", &token).unwrap(), "käse/1");
        assert!(PageToken::decode("ListOthers", &token).is_err());
        for bad in ["", "abc", "zz", "00000000000000000", "é0000000000000000"] {
            assert!(PageToken::decode("ListThings", bad).is_err(), "{bad}");
        }
    }
}
