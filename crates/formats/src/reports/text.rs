//! Texts in files: encodings, positions, durations, and texts that are cut.

use std::borrow::Cow;

use super::{Error, MAX_FILE_BYTES, MAX_MESSAGE, MAX_NAME, Position};

/// The first place of a text.
pub(super) const START: Position = Position { line: 1, column: 1 };
/// More time than any test takes; keeps sums of many tests far from overflow.
const MAX_NANOSECONDS: f64 = 1e17;

/// A file's text.
pub(super) struct Document<'a> {
    pub text: Cow<'a, str>,
}

impl<'a> Document<'a> {
    /// Decodes a file: UTF-8, UTF-16 with a byte order mark, or the single-byte encoding that an
    /// XML declaration names.
    pub fn decode(file: &'a [u8]) -> Result<Self, Error> {
        if file.len() > MAX_FILE_BYTES {
            let limit = MAX_FILE_BYTES >> 20;
            return Err(Error::new(START, format!("the file is larger than {limit} MiB")));
        }
        let text = match file {
            [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
            [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
            [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest)?,
            file if is_latin1(file) => {
                // Windows' additions to Latin-1 are punctuation: nothing that names depend on.
                Cow::Owned(file.iter().map(|byte| char::from(*byte)).collect())
            }
            file => utf8(file)?,
        };
        Ok(Self { text })
    }

    /// An error at a byte of the text.
    pub fn error(&self, at: usize, message: impl Into<String>) -> Error {
        Error::new(position(&self.text, at), message)
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, Error> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(error) => {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let good = String::from_utf8_lossy(good);
            Err(Error::new(position(&good, good.len()), "the file is not in UTF-8").foreign())
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, Error> {
    let units = bytes.chunks(2).map(|pair| match pair {
        [a, b] => unit([*a, *b]),
        // Half a unit: no text.
        _ => 0xd800,
    });
    let text: Result<String, _> = char::decode_utf16(units).collect();
    text.map(Cow::Owned).map_err(|_| Error::new(START, "the file is not in UTF-16").foreign())
}

/// Whether an XML declaration names an encoding of one byte a character.
fn is_latin1(file: &[u8]) -> bool {
    if !file.starts_with(b"<?xml") {
        return false;
    }
    let head = file.iter().take(200).take_while(|byte| **byte != b'>');
    let head: String = head.map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    ["iso-8859-1\"", "iso-8859-1'", "windows-1252\"", "windows-1252'"]
        .iter()
        .any(|name| head.contains(&format!("\"{name}")) || head.contains(&format!("'{name}")))
}

/// Line and column of a byte of the text.
fn position(text: &str, at: usize) -> Position {
    let before = text.get(..text.floor_char_boundary(at)).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Position { line, column }
}

/// Cuts a text to a number of characters.
pub(super) fn cut(text: impl Into<String>, characters: usize) -> String {
    let mut text = text.into();
    // Most texts are shorter in bytes already.
    if text.len() > characters
        && let Some((end, _)) = text.char_indices().nth(characters)
    {
        text.truncate(end);
        text.shrink_to_fit();
    }
    text
}

/// A name, cut to what is kept of it.
pub(super) fn name(text: &str) -> String {
    cut(text.trim(), MAX_NAME)
}

/// A message, cut to what is kept of it.
pub(super) fn message(text: &str) -> String {
    cut(text, MAX_MESSAGE)
}

/// What a failure tells: its headline and its details, which often begin with the headline.
pub(super) fn told(headline: &str, details: &str) -> String {
    let (headline, details) = (headline.trim(), details.trim());
    if headline.is_empty() || details.contains(headline) {
        message(details)
    } else if details.is_empty() {
        message(headline)
    } else {
        message(&format!("{headline}\n{details}"))
    }
}

/// Adds a further message to one.
pub(super) fn add_message(to: &mut String, further: &str) {
    if further.is_empty() {
        return;
    }
    if !to.is_empty() {
        to.push('\n');
    }
    to.push_str(further);
    *to = message(to);
}

/// Nanoseconds of a number of seconds as tools write it: `0.012`, `1,234.5`, `1e-05`, and `0,012`
/// by those that follow the locale. What is no number is no time.
pub(super) fn seconds(text: &str) -> u64 {
    nanoseconds(number(text) * 1e9)
}

/// Nanoseconds of a number of milliseconds.
pub(super) fn milliseconds(text: &str) -> u64 {
    nanoseconds(number(text) * 1e6)
}

/// Whole nanoseconds of what may be negative, too large or no number.
pub(super) fn nanoseconds(value: f64) -> u64 {
    // The range is checked, so the cast only drops the fraction.
    if value > 0.0 { value.min(MAX_NANOSECONDS).round() as u64 } else { 0 }
}

fn number(text: &str) -> f64 {
    let text = text.trim();
    let plain = match text.split_once(',') {
        None => text.to_owned(),
        Some(_) if text.contains('.') => text.replace(',', ""),
        // Thousands, or a decimal comma.
        Some((whole, rest)) if whole != "0" && rest.len() == 3 => format!("{whole}{rest}"),
        Some(_) => text.replacen(',', ".", 1),
    };
    plain.parse().unwrap_or(0.0)
}

/// Nanoseconds of .NET's `[days.]hours:minutes:seconds.fraction`.
pub(super) fn clock(text: &str) -> u64 {
    let mut parts = text.trim().rsplitn(3, ':');
    let mut next = || parts.next().unwrap_or("0");
    let (seconds, minutes, hours) = (next(), next(), next());
    let (days, hours) = hours.split_once('.').unwrap_or(("0", hours));
    nanoseconds(
        ((number(days) * 24.0 + number(hours)) * 3600.0 + number(minutes) * 60.0 + number(seconds))
            * 1e9,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_tools_write_them() {
        for (text, expected) in [
            ("0.012", 12_000_000),
            ("1", 1_000_000_000),
            ("1e-05", 10_000),
            (".5", 500_000_000),
            ("1,234.5", 1_234_500_000_000),
            ("1,234", 1_234_000_000_000),
            ("0,012", 12_000_000),
            ("12,5", 12_500_000_000),
            ("", 0),
            ("-1", 0),
            ("NaN", 0),
            ("inf", 100_000_000_000_000_000),
            ("soon", 0),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
        assert_eq!(milliseconds("17"), 17_000_000);
        assert_eq!(clock("00:00:00.0123456"), 12_345_600);
        assert_eq!(clock("1.02:03:04"), 93_784_000_000_000);
        assert_eq!(clock("nonsense"), 0);
    }

    #[test]
    fn encodings() {
        let text = |file: &[u8]| Document::decode(file).map(|it| it.text.into_owned());
        assert_eq!(text(b"\xef\xbb\xbfa").unwrap(), "a");
        assert_eq!(text(b"\xff\xfea\0\xe9\0").unwrap(), "aé");
        assert_eq!(text(b"\xfe\xff\0a").unwrap(), "a");
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>";
        assert!(text(latin).unwrap().ends_with("<a>é</a>"));
        assert_eq!(
            text(b"a\nb\xff").unwrap_err().to_string(),
            "the file is not in UTF-8 at line 2, column 2"
        );
        assert!(text(b"\xff\xfe\0\xd8").is_err());
        assert!(text(b"\xff\xfea").is_err());
    }

    #[test]
    fn what_failures_tell() {
        assert_eq!(told("boom", "Error: boom\n at x"), "Error: boom\n at x");
        assert_eq!(told("boom", " at x\n"), "boom\nat x");
        assert_eq!(told("boom", ""), "boom");
        let mut all = "é".repeat(MAX_MESSAGE - 1);
        add_message(&mut all, "xyz");
        assert_eq!(all.chars().count(), MAX_MESSAGE);
        assert!(all.ends_with('\n'));
    }
}
