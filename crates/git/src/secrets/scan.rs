//! One text, looked through once for known formats and once, line by line, for named values. It may
//! be of any size: what is held of it is a window, and windows overlap by more than a secret has.

use memchr::{memchr, memchr2, memmem};

use super::assignments::{self, AwsKeys};
use super::encoding::Reader;
use super::rules::beginning_with;
use super::{ALLOW_MARK, Finding, MAX_FINDINGS};

/// Bytes that are looked at together.
const WINDOW: usize = 256 << 10;
/// Bytes at a window's end that the next one begins with: more than any format has
/// (a JSON Web Token of three parts), and more than is read behind a private key's first line.
const OVERLAP: usize = 16 << 10;

/// The secrets in a file's content, by line; at most [`MAX_FINDINGS`]. Takes time in proportion to
/// the content.
pub fn scan(content: &[u8]) -> Vec<Finding> {
    let mut scanner = Scanner::default();
    scanner.push(content);
    scanner.finish()
}

/// The first token of a known format in a name, which has no lines and nothing assigned.
pub(super) fn scan_name(name: &[u8]) -> Option<Finding> {
    let mut found = Vec::new();
    known_formats(name, b' ', name.len(), 0, &mut found);
    found.into_iter().next()
}

/// [`scan`] of a content that comes in pieces, in memory that does not grow with it.
#[derive(Default)]
pub struct Scanner {
    reader: Reader,
    window: Vec<u8>,
    lines: Lines,
}

impl Scanner {
    /// Takes what comes next.
    pub fn push(&mut self, content: &[u8]) {
        for piece in content.chunks(WINDOW) {
            if self.is_full() {
                return;
            }
            self.reader.read(piece, &mut self.window);
            while self.window.len() >= WINDOW && !self.is_full() {
                self.look(false);
            }
        }
    }

    /// Whether enough has been found: what else comes is not looked at.
    pub fn is_full(&self) -> bool {
        self.lines.found.len() >= MAX_FINDINGS
    }

    /// What was found, by line; at most [`MAX_FINDINGS`].
    pub fn finish(mut self) -> Vec<Finding> {
        self.reader.finish(&mut self.window);
        while !self.is_full() && !self.window.is_empty() {
            self.look(true);
        }
        let mut found = self.lines.found;
        found.sort_by_key(|finding: &Finding| finding.line);
        found.truncate(MAX_FINDINGS);
        found
    }

    fn look(&mut self, last: bool) {
        let window = std::mem::take(&mut self.window);
        let done = self.lines.look(&window, last);
        self.window = window.get(done..).unwrap_or_default().to_vec();
    }
}

/// Where in a text the scanner is. A zero byte ends a piece of text as an end of line does, though
/// not the line: so texts in programs and archives are looked at one by one.
struct Lines {
    /// Counted from 1.
    number: u64,
    /// Within a line of which a part was looked at before; then the byte before.
    inside: Option<u8>,
    /// The line has the mark.
    marked: bool,
    marked_above: bool,
    aws: AwsKeys,
    found: Vec<Finding>,
}

impl Default for Lines {
    fn default() -> Self {
        Self {
            number: 1,
            inside: None,
            marked: false,
            marked_above: false,
            aws: AwsKeys::default(),
            found: Vec::new(),
        }
    }
}

impl Lines {
    /// Looks at a window, to its end if it is the `last` one; answers how much of it is done.
    fn look(&mut self, window: &[u8], last: bool) -> usize {
        // What few windows have at all is looked for in the whole first.
        let marks = memmem::find(window, ALLOW_MARK.as_bytes()).is_some();
        let keys = memmem::find(window, BEGIN).is_some();
        // What begins before this is in the window as a whole.
        let sure = if last { window.len() } else { window.len().saturating_sub(OVERLAP) };
        let mut at = 0;
        while self.found.len() < MAX_FINDINGS {
            let rest = window.get(at..).unwrap_or_default();
            let end = memchr2(b'\n', 0, rest).filter(|end| last || at + end < sure);
            let (text, until) = match end {
                Some(end) => (rest.get(..end).unwrap_or_default(), end),
                None if last => (rest, rest.len()),
                // One line goes on to where nothing is sure: a part of it.
                None if at == 0 => (rest, sure),
                None => return at,
            };
            let is_part = end.is_none() && !last;
            let ends_line = end.is_some_and(|end| rest.get(end) == Some(&b'\n'));
            let below = end.filter(|_| ends_line).and_then(|end| rest.get(end + 1..));
            self.marked |= marks && memmem::find(text, ALLOW_MARK.as_bytes()).is_some();
            if !self.marked && !self.marked_above {
                self.piece(text, until, below, keys, is_part);
            }
            self.inside = text.get(until.wrapping_sub(1)).copied().filter(|_| is_part);
            let Some(end) = end else { return at + until };
            at += end + 1;
            if ends_line {
                self.number += 1;
                self.marked_above = std::mem::take(&mut self.marked);
            }
        }
        window.len()
    }

    fn piece(
        &mut self,
        text: &[u8],
        until: usize,
        below: Option<&[u8]>,
        keys: bool,
        is_part: bool,
    ) {
        let (mut found, number) = (Vec::new(), self.number);
        known_formats(text, self.inside.unwrap_or(b' '), until, number, &mut found);
        if keys {
            private_key(text, below, number, &mut found);
        }
        self.aws.look(text, number, &mut found);
        // A value that was recognized needs no second name, and of a part the name may be missing.
        if found.is_empty() && !is_part && self.inside.is_none() {
            found.extend(assignments::named(text, number));
        }
        for finding in found {
            // What two windows share is found twice, and one line may have many of a kind.
            if !self.found.contains(&finding) {
                self.found.push(finding);
            }
        }
    }
}

/// Tokens that begin before `until`; `previous` is the byte before the text.
fn known_formats(
    text: &[u8],
    mut previous: u8,
    until: usize,
    number: u64,
    found: &mut Vec<Finding>,
) {
    let mut at = 0;
    while let Some(&byte) = text.get(at).filter(|_| at < until) {
        let rest = text.get(at..).unwrap_or_default();
        let mut rules = beginning_with(byte).iter().filter(|rule| rule.begins_behind(previous));
        let hit = rules.find_map(|rule| Some((rule, rule.matches(rest)?)));
        match hit {
            Some((rule, length)) => {
                found.push(Finding { rule: rule.name, what: rule.what, line: number });
                at += length;
                previous = b'_';
            }
            None => {
                at += 1;
                previous = byte;
            }
        }
    }
}

const BEGIN: &[u8] = b"-----BEGIN ";
const PRIVATE: &[u8] = b"PRIVATE KEY";
/// Base64 that has to follow a private key's first line, to tell a key from code that reads keys.
const MIN_KEY_BODY: usize = 32;

/// A private key in PEM, over several lines or in one with `\n` between. One that is encrypted
/// under a passphrase is let be.
fn private_key(line: &[u8], below: Option<&[u8]>, number: u64, found: &mut Vec<Finding>) {
    let is_key = memmem::find_iter(line, BEGIN).any(|at| {
        let label = line.get(at + BEGIN.len()..).unwrap_or_default();
        let Some(end) = label.windows(5).position(|part| part == b"-----") else { return false };
        let (label, rest) = label.split_at(end);
        let private = label.windows(PRIVATE.len()).any(|part| part == PRIVATE);
        let encrypted = label.starts_with(b"ENCRYPTED");
        let rest = rest.get(5..).unwrap_or_default();
        private && !encrypted && (has_body(rest) || below.is_some_and(has_body))
    });
    if is_key {
        found.push(Finding { rule: "private-key", what: "Private key", line: number });
    }
}

/// Whether a key's base64 follows: behind white space, escaped ends of lines, quotes, comment and
/// concatenation signs, and the headers that some forms have. What follows a zero byte is another
/// text.
fn has_body(text: &[u8]) -> bool {
    let near = text.get(..1_024).unwrap_or(text);
    let near = near.get(..memchr(0, near).unwrap_or(near.len())).unwrap_or(near);
    if near.windows(10).any(|part| part == b",ENCRYPTED") {
        return false;
    }
    let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let mut run = near.split(|byte| !base64(byte)).map(|run| {
        // An escaped end of line leaves its letter.
        run.strip_prefix(b"n").unwrap_or(run)
    });
    run.any(|run| run.len() >= MIN_KEY_BODY && !run.starts_with(b"END"))
}
