//! Replaces secret values in a stream of bytes, however the stream is cut, and in the shapes in
//! which they usually show (see [`crate::forms`]).

use crate::forms::forms;
use memchr::memmem::Finder;

const MASK: &[u8] = b"***";

/// Streaming replacement. Bytes that may be the start of a secret are held back until what
/// follows tells.
pub struct Masker {
    secrets: Vec<Finder<'static>>,
    longest: usize,
    /// Whether a secret starts with the byte.
    starts: [bool; 256],
    held: Vec<u8>,
}

impl Masker {
    /// Masks these values; empty ones are ignored.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut values: Vec<String> = secrets.into_iter().flat_map(forms).collect();
        // Longest first: of two that start alike, the longer one wins.
        values.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
        values.dedup();
        let mut starts = [false; 256];
        for first in values.iter().filter_map(|value| value.bytes().next()) {
            if let Some(start) = starts.get_mut(usize::from(first)) {
                *start = true;
            }
        }
        Self {
            starts,
            longest: values.first().map_or(0, String::len),
            secrets: values.iter().map(|value| Finder::new(value).into_owned()).collect(),
            held: Vec::new(),
        }
    }

    /// Takes the next bytes; appends to `out` what is decided.
    pub fn push(&mut self, data: &[u8], out: &mut Vec<u8>) {
        if self.secrets.is_empty() {
            out.extend_from_slice(data);
            return;
        }
        if self.held.is_empty() {
            let undecided = self.replace(data, false, out);
            self.held.extend_from_slice(data.get(undecided..).unwrap_or_default());
        } else {
            let mut whole = std::mem::take(&mut self.held);
            whole.extend_from_slice(data);
            let undecided = self.replace(&whole, false, out);
            whole.drain(..undecided);
            self.held = whole;
        }
    }

    /// Gives up waiting: appends whatever was held back.
    pub fn flush(&mut self, out: &mut Vec<u8>) {
        let held = std::mem::take(&mut self.held);
        self.replace(&held, true, out);
    }

    /// A whole text at once.
    pub fn text(&self, text: &str) -> String {
        let mut out = Vec::with_capacity(text.len());
        self.replace(text.as_bytes(), true, &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    /// Appends `data` with secrets replaced up to where a secret may have begun that isn't
    /// complete yet; returns that position. With `last`, all of it.
    fn replace(&self, data: &[u8], last: bool, out: &mut Vec<u8>) -> usize {
        let mut next: Vec<Option<usize>> =
            self.secrets.iter().map(|secret| secret.find(data)).collect();
        let mut from = 0;
        loop {
            let held_from = if last { data.len() } else { self.hold_from(data, from) };
            let earliest = next
                .iter()
                .zip(&self.secrets)
                .filter_map(|(at, secret)| at.map(|at| (at, secret.needle().len())))
                .reduce(|best, other| if other.0 < best.0 { other } else { best });
            match earliest {
                Some((at, length)) if at < held_from => {
                    out.extend_from_slice(data.get(from..at).unwrap_or_default());
                    out.extend_from_slice(MASK);
                    from = at + length;
                    for (position, secret) in next.iter_mut().zip(&self.secrets) {
                        if position.is_some_and(|position| position < from) {
                            let rest = data.get(from..).unwrap_or_default();
                            *position = secret.find(rest).map(|at| at + from);
                        }
                    }
                }
                _ => {
                    out.extend_from_slice(data.get(from..held_from).unwrap_or_default());
                    return held_from;
                }
            }
        }
    }

    /// The first position not before `from` at which the rest of `data` is the start of a secret.
    fn hold_from(&self, data: &[u8], from: usize) -> usize {
        let earliest = data.len().saturating_sub(self.longest.saturating_sub(1)).max(from);
        (earliest..data.len())
            .find(|&at| {
                let rest = data.get(at..).unwrap_or_default();
                let first = rest.first().map(|byte| usize::from(*byte)).unwrap_or_default();
                self.starts.get(first) == Some(&true)
                    && self.secrets.iter().any(|secret| {
                        secret.needle().len() > rest.len() && secret.needle().starts_with(rest)
                    })
            })
            .unwrap_or(data.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(secrets: &[&str], pieces: &[&str]) -> String {
        let mut masker = Masker::new(secrets.iter().copied());
        let mut out = Vec::new();
        for piece in pieces {
            masker.push(piece.as_bytes(), &mut out);
        }
        masker.flush(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_cut_of_a_stream_masks_alike() {
        let secrets = ["hunter2", "hunter2-and-more", "xyx", "a"];
        let text = "say hunter2, hunter2-and-mor, hunter2-and-more! xyxyx xy b";
        let whole = masked(&secrets, &[text]);
        assert!(!whole.contains("hunter2") && !whole.contains("xyx"), "{whole}");
        for first in 0..text.len() {
            for second in first..text.len() {
                let pieces = [&text[..first], &text[first..second], &text[second..]];
                assert_eq!(masked(&secrets, &pieces), whole);
            }
        }
    }

    #[test]
    fn nothing_is_held_that_cannot_be_a_secret() {
        let mut masker = Masker::new(["secret"]);
        let mut out = Vec::new();
        masker.push(b"plain sec", &mut out);
        assert_eq!(out, b"plain ");
        masker.push(b"ond", &mut out);
        assert_eq!(out, b"plain second");
    }

    #[test]
    fn secrets_of_several_lines_are_masked_line_by_line() {
        let secret = "first line\n  second line\n";
        let text = "a first line b\nc second line d\nfirst line\n  second line\nfirst";
        for cut in 0..text.len() {
            let pieces = [&text[..cut], &text[cut..]];
            assert_eq!(masked(&[secret], &pieces), "a *** b\nc *** d\n***first", "at {cut}");
        }
    }

    #[test]
    fn without_secrets_bytes_pass() {
        assert_eq!(masked(&["", ""], &["ab", "c"]), "abc");
    }
}
