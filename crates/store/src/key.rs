//! Keys that sort as their parts do.
//!
//! A text part is its bytes with `00` written as `00 FF`, ended by `00 01`. So no text can reach
//! into the next part, `a` sorts before `a\0` and before `ab`, and a prefix of a text is a prefix
//! of the key. Numbers are eight bytes, big end first; signed ones with the sign bit turned.

/// Puts a key together, part by part.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(Vec<u8>);

impl Key {
    /// An empty key.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text part.
    #[must_use]
    pub fn text(self, part: &str) -> Self {
        let mut key = self.text_prefix(part);
        key.0.extend_from_slice(&[0, 1]);
        key
    }

    /// Adds the beginning of a text part, for scans by prefix.
    #[must_use]
    pub fn text_prefix(mut self, part: &str) -> Self {
        for &byte in part.as_bytes() {
            self.0.push(byte);
            if byte == 0 {
                self.0.push(0xff);
            }
        }
        self
    }

    /// Adds a number.
    #[must_use]
    pub fn number(mut self, part: u64) -> Self {
        self.0.extend_from_slice(&part.to_be_bytes());
        self
    }

    /// Adds a number that may be negative.
    #[must_use]
    pub fn signed(self, part: i64) -> Self {
        self.number((part as u64) ^ (1 << 63))
    }

    /// Adds a point in time.
    #[must_use]
    pub fn time(self, part: types::Timestamp) -> Self {
        self.signed(part.millis())
    }

    /// The bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Reads parts back, in order.
    pub fn parts(bytes: &[u8]) -> Parts<'_> {
        Parts { rest: bytes }
    }
}

impl From<Key> for Vec<u8> {
    fn from(key: Key) -> Self {
        key.0
    }
}

impl AsRef<[u8]> for Key {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// The parts of a key, to be read in the order and with the types of their writing.
#[derive(Clone, Debug)]
pub struct Parts<'a> {
    rest: &'a [u8],
}

impl Parts<'_> {
    /// The next part, a text. `None` if there is none there.
    pub fn text(&mut self) -> Option<String> {
        let mut text = Vec::new();
        let mut at = 0;
        loop {
            match *self.rest.get(at)? {
                0 => match *self.rest.get(at + 1)? {
                    1 => break,
                    0xff => text.push(0),
                    _ => return None,
                },
                byte => {
                    text.push(byte);
                    at += 1;
                    continue;
                }
            }
            at += 2;
        }
        self.rest = self.rest.get(at + 2..)?;
        String::from_utf8(text).ok()
    }

    /// The next part, a number.
    pub fn number(&mut self) -> Option<u64> {
        let (part, rest) = self.rest.split_first_chunk::<8>()?;
        self.rest = rest;
        Some(u64::from_be_bytes(*part))
    }

    /// The next part, a number that may be negative.
    pub fn signed(&mut self) -> Option<i64> {
        self.number().map(|part| (part ^ (1 << 63)) as i64)
    }

    /// The next part, a point in time.
    pub fn time(&mut self) -> Option<types::Timestamp> {
        self.signed().map(types::Timestamp::from_millis)
    }

    /// What has not been read yet.
    pub fn rest(&self) -> &[u8] {
        self.rest
    }
}

/// The first key behind all keys that begin with `prefix`; `None` if there is no such key.
pub(crate) fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|&byte| byte != 0xff)?;
    let mut end = prefix.get(..=last)?.to_vec();
    if let Some(byte) = end.last_mut() {
        *byte += 1;
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn end_of_prefix() {
        assert_eq!(after_prefix(b"ab"), Some(b"ac".to_vec()));
        assert_eq!(after_prefix(&[1, 0xff, 0xff]), Some(vec![2]));
        assert_eq!(after_prefix(&[0xff]), None);
        assert_eq!(after_prefix(&[]), None);
    }

    proptest! {
        #[test]
        fn order_is_that_of_the_parts(
            a in ("[\\x00-\\x02a-c\u{7ff}]{0,4}", "[\\x00-\\x02a-c]{0,3}", any::<i64>()),
            b in ("[\\x00-\\x02a-c\u{7ff}]{0,4}", "[\\x00-\\x02a-c]{0,3}", any::<i64>()),
        ) {
            let key = |it: &(String, String, i64)| Key::new().text(&it.0).text(&it.1).signed(it.2);
            prop_assert_eq!(key(&a).cmp(&key(&b)), a.cmp(&b));
            let bytes = key(&a).into_bytes();
            let mut parts = Key::parts(&bytes);
            prop_assert_eq!((parts.text(), parts.text(), parts.signed()), (Some(a.0), Some(a.1), Some(a.2)));
            prop_assert!(parts.rest().is_empty());
        }

        #[test]
        fn reading_garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let mut parts = Key::parts(&bytes);
            while parts.text().is_some() {}
            let _ = (parts.number(), parts.time());
        }
    }
}
