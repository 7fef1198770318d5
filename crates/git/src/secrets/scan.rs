//! One text, looked through once for known formats and once, line by line, for named values.

use memchr::{memchr, memmem};

use super::assignments::{self, AwsKeys};
use super::rules::beginning_with;
use super::{ALLOW_MARK, Finding, MAX_FINDINGS, MAX_SCANNED_FILE, TEXT_PROBE};

/// The secrets in a file's content, by line; at most [`MAX_FINDINGS`]. Nothing is found in what is
/// no text, or larger than [`MAX_SCANNED_FILE`]. Takes time in proportion to the content.
pub fn scan(content: &[u8]) -> Vec<Finding> {
    let probe = content.get(..TEXT_PROBE).unwrap_or(content);
    if content.len() as u64 > MAX_SCANNED_FILE || memchr(0, probe).is_some() {
        return Vec::new();
    }
    // What few files have at all is looked for in the whole first.
    let marks = memmem::find(content, ALLOW_MARK.as_bytes()).is_some();
    let keys = memmem::find(content, BEGIN).is_some();
    let mut found = Vec::new();
    let mut aws = AwsKeys::default();
    let mut marked_above = false;
    let mut rest = content;
    for number in 1.. {
        let end = memchr(b'\n', rest);
        let line = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let below = end.and_then(|end| rest.get(end + 1..));
        let marked = marks && memmem::find(line, ALLOW_MARK.as_bytes()).is_some();
        if !marked && !marked_above {
            let before = found.len();
            known_formats(line, number, &mut found);
            if keys {
                private_key(line, below, number, &mut found);
            }
            aws.look(line, number, &mut found);
            // A value that was recognized needs no second name.
            if found.len() == before {
                found.extend(assignments::named(line, number));
            }
        }
        if found.len() >= MAX_FINDINGS {
            break;
        }
        marked_above = marked;
        match below {
            Some(below) => rest = below,
            None => break,
        }
    }
    found.sort_by_key(|finding: &Finding| finding.line);
    found.dedup();
    found.truncate(MAX_FINDINGS);
    found
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn known_formats(line: &[u8], number: u64, found: &mut Vec<Finding>) {
    let mut previous = b' ';
    let mut at = 0;
    while let Some(&byte) = line.get(at) {
        let rules = if is_word(previous) { &[] } else { beginning_with(byte) };
        let text = line.get(at..).unwrap_or_default();
        let hit = rules.iter().find_map(|rule| Some((rule, rule.matches(text)?)));
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
/// concatenation signs, and the headers that some forms have.
fn has_body(text: &[u8]) -> bool {
    let near = text.get(..1_024).unwrap_or(text);
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
