//! JSON read from its beginning to its end, a value at a time, so that long arrays cost nothing.

use super::text::Document;
use super::{Error, MAX_DEPTH};

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Object,
    Array,
    String,
    Number,
    Other,
}

/// What [`Reader::object`] calls for each member.
pub(super) type Each<'f, 'a> = &'f mut dyn FnMut(&mut Reader<'a>, &str) -> Result<(), Error>;

/// Reads a document.
pub(super) struct Reader<'a> {
    document: &'a Document<'a>,
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    pub fn new(document: &'a Document<'a>) -> Self {
        Self { document, at: 0, depth: 0 }
    }

    /// The document must be such a value.
    pub fn begin(&mut self, kind: Kind) -> Result<(), Error> {
        if self.kind() == kind {
            return Ok(());
        }
        let what = if kind == Kind::Array { "array" } else { "object" };
        Err(self.error(format!("expected an {what}")).foreign())
    }

    /// The document must end here.
    pub fn end(&mut self) -> Result<(), Error> {
        match self.peek_byte() {
            None => Ok(()),
            Some(_) => Err(self.error("there is more behind the JSON")),
        }
    }

    /// What the next value is.
    pub fn kind(&mut self) -> Kind {
        match self.peek_byte() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::String,
            Some(b'-' | b'0'..=b'9') => Kind::Number,
            _ => Kind::Other,
        }
    }

    /// Calls `each` for every member of an object, with its key. A value that `each` leaves is
    /// passed over, and so is null: to some tools it is an empty list.
    pub fn object(&mut self, each: Each<'_, 'a>) -> Result<(), Error> {
        self.enter(b'{', "an object")?;
        let mut first = true;
        while self.more(b'}', &mut first)? {
            let key = self.string(usize::MAX)?;
            self.expect(b':', "a colon")?;
            match self.peek_byte() {
                Some(b'n') => self.skip()?,
                _ => self.value(&mut |reader| each(reader, &key))?,
            }
        }
        Ok(())
    }

    /// Calls `each` for every item of an array. An item that `each` leaves is passed over.
    pub fn array(
        &mut self,
        each: &mut dyn FnMut(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.enter(b'[', "an array")?;
        let mut first = true;
        while self.more(b']', &mut first)? {
            self.value(each)?;
        }
        Ok(())
    }

    fn value(&mut self, each: &mut dyn FnMut(&mut Self) -> Result<(), Error>) -> Result<(), Error> {
        self.peek_byte();
        let start = self.at;
        each(self)?;
        if self.at == start { self.skip() } else { Ok(()) }
    }

    /// A string; of long ones the beginning.
    pub fn string(&mut self, characters: usize) -> Result<String, Error> {
        self.expect(b'"', "a string")?;
        let mut text = String::new();
        let mut left = characters;
        loop {
            let rest = self.rest();
            let plain = rest.find(['"', '\\']).ok_or_else(|| self.error("an open string"))?;
            let piece = rest.get(..plain).unwrap_or_default();
            if piece.bytes().any(|byte| byte < 0x20) {
                return Err(self.error("a control character in a string"));
            }
            self.at += plain;
            let character = match self.next_byte() {
                Some(b'\\') => Some(self.escape()?),
                _ => None,
            };
            for c in piece.chars().chain(character).take(left) {
                text.push(c);
                left -= 1;
            }
            if character.is_none() {
                return Ok(text);
            }
        }
    }

    fn escape(&mut self) -> Result<char, Error> {
        Ok(match self.next_byte() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let unit = self.hexadecimal()?;
                if !(0xd800..0xdc00).contains(&unit) {
                    // Half of a pair alone: a tool that cut a text.
                    return Ok(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                if !self.rest().starts_with("\\u") {
                    return Ok(char::REPLACEMENT_CHARACTER);
                }
                let before = self.at;
                self.at += 2;
                let low = self.hexadecimal()?;
                if !(0xdc00..0xe000).contains(&low) {
                    self.at = before;
                    return Ok(char::REPLACEMENT_CHARACTER);
                }
                char::from_u32(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00))
                    .unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return Err(self.error("an unknown escape in a string")),
        })
    }

    fn hexadecimal(&mut self) -> Result<u32, Error> {
        let digits = self.rest().get(..4).filter(|it| it.bytes().all(|b| b.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let unit = unit.ok_or_else(|| self.error("an unknown escape in a string"))?;
        self.at += 4;
        Ok(unit)
    }

    /// A number.
    pub fn number(&mut self) -> Result<f64, Error> {
        self.peek_byte();
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        let rest = self.rest();
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let text = rest.get(..end).unwrap_or_default();
        let value = if is_number(text) { text.parse().ok() } else { None };
        let value = value.ok_or_else(|| self.error("expected a number"))?;
        self.at += end;
        Ok(value)
    }

    /// Passes over a value.
    pub fn skip(&mut self) -> Result<(), Error> {
        match self.kind() {
            Kind::Object => self.object(&mut |_, _| Ok(())),
            Kind::Array => self.array(&mut |_| Ok(())),
            Kind::String => self.string(0).map(drop),
            Kind::Number => self.number().map(drop),
            Kind::Other => {
                let word = ["null", "true", "false"]
                    .into_iter()
                    .find(|word| self.rest().starts_with(word))
                    .ok_or_else(|| self.error("expected a value"))?;
                self.at += word.len();
                Ok(())
            }
        }
    }

    fn enter(&mut self, open: u8, what: &str) -> Result<(), Error> {
        self.expect(open, what)?;
        if self.depth >= MAX_DEPTH {
            return Err(self.error(format!("values are nested deeper than {MAX_DEPTH}")));
        }
        self.depth += 1;
        Ok(())
    }

    /// Whether another member or item follows, or the end.
    fn more(&mut self, close: u8, first: &mut bool) -> Result<bool, Error> {
        if self.peek_byte() == Some(close) {
            self.at += 1;
            self.depth -= 1;
            return Ok(false);
        }
        if !std::mem::replace(first, false) {
            self.expect(b',', "a comma or the end")?;
        }
        Ok(true)
    }

    fn expect(&mut self, byte: u8, what: &str) -> Result<(), Error> {
        if self.peek_byte() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(self.error(format!("expected {what}")))
    }

    /// The next byte that is no space.
    fn peek_byte(&mut self) -> Option<u8> {
        let bytes = self.document.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    fn next_byte(&mut self) -> Option<u8> {
        let byte = self.document.text.as_bytes().get(self.at).copied();
        self.at += usize::from(byte.is_some());
        byte
    }

    fn rest(&self) -> &'a str {
        self.document.text.get(self.at..).unwrap_or_default()
    }

    /// An error where the reader is now.
    pub fn error(&self, message: impl Into<String>) -> Error {
        self.document.error(self.at, message)
    }
}

/// JSON's numbers: stricter than Rust's.
fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|text| digits(text.strip_prefix(['-', '+']).unwrap_or(text)))
}
