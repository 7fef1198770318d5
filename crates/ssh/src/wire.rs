//! SSH's data types (RFC 4251, section 5).

use crate::error::{End, Result};

/// Reads a packet's payload.
pub(crate) struct Reader<'a>(&'a [u8]);

fn cut_short() -> End {
    End::protocol("a packet is cut short")
}

impl<'a> Reader<'a> {
    pub(crate) fn new(payload: &'a [u8]) -> Self {
        Self(payload)
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Result<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(count).ok_or_else(cut_short)?;
        self.0 = tail;
        Ok(head)
    }

    pub(crate) fn u8(&mut self) -> Result<u8> {
        let (first, rest) = self.0.split_first().ok_or_else(cut_short)?;
        self.0 = rest;
        Ok(*first)
    }

    pub(crate) fn bool(&mut self) -> Result<bool> {
        Ok(self.u8()? != 0)
    }

    pub(crate) fn u32(&mut self) -> Result<u32> {
        let (four, rest) = self.0.split_first_chunk::<4>().ok_or_else(cut_short)?;
        self.0 = rest;
        Ok(u32::from_be_bytes(*four))
    }

    pub(crate) fn string(&mut self) -> Result<&'a [u8]> {
        let length = usize::try_from(self.u32()?).map_err(|_| cut_short())?;
        self.bytes(length)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str> {
        std::str::from_utf8(self.string()?).map_err(|_| End::protocol("a name is not UTF-8"))
    }

    /// Refuses what is left.
    pub(crate) fn end(&self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(End::protocol("a packet is too long")) }
    }

    /// A list of names.
    pub(crate) fn names(&mut self) -> Result<Vec<&'a str>> {
        Ok(self.text()?.split(',').filter(|name| !name.is_empty()).collect())
    }
}

/// Writes a packet's payload.
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn message(number: u8) -> Self {
        Self(vec![number])
    }

    pub(crate) fn empty() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn done(self) -> Vec<u8> {
        self.0
    }

    #[must_use]
    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    #[must_use]
    pub(crate) fn bool(self, value: bool) -> Self {
        self.bytes(&[u8::from(value)])
    }

    #[must_use]
    pub(crate) fn u32(self, value: u32) -> Self {
        self.bytes(&value.to_be_bytes())
    }

    /// Nothing that is written here comes near 4 GiB.
    #[must_use]
    pub(crate) fn string(self, bytes: &[u8]) -> Self {
        self.u32(u32::try_from(bytes.len()).unwrap_or(u32::MAX)).bytes(bytes)
    }

    /// A number that is not negative, from its big-endian bytes.
    #[must_use]
    pub(crate) fn mpint(self, number: &[u8]) -> Self {
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        let digits = number.get(zeros..).unwrap_or_default();
        match digits.first() {
            Some(first) if first & 0x80 != 0 => self.string(&[&[0], digits].concat()),
            _ => self.string(digits),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_rfc_shows() {
        let mpint = |number: &[u8]| Writer::empty().mpint(number).done();
        assert_eq!(mpint(&[]), [0, 0, 0, 0]);
        assert_eq!(mpint(&[0, 0]), [0, 0, 0, 0]);
        assert_eq!(mpint(&[0x80]), [0, 0, 0, 2, 0, 0x80]);
        assert_eq!(mpint(&[0, 0x09, 0xa3]), [0, 0, 0, 2, 0x09, 0xa3]);
    }

    #[test]
    fn what_is_cut_short_is_refused() {
        assert!(Reader::new(&[0, 0, 0, 5, 1]).string().is_err());
        assert!(Reader::new(&[0xff; 4]).string().is_err());
        assert!(Reader::new(&[0, 0]).u32().is_err());
        assert!(Reader::new(&[]).u8().is_err());
        let list = Writer::empty().string(b"a,,b").done();
        assert_eq!(Reader::new(&list).names().unwrap(), ["a", "b"]);
    }
}
