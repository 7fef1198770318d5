//! Values that only their surroundings tell: AWS keys in pairs, what is assigned to names such as
//! `api_key`, and passwords in URLs.

use std::ops::Range;

use memchr::{memchr, memchr2, memmem};

use super::random::{Makeup, entropy, stands_in};
use super::{Finding, MAX_SCANNED_LINE};

/// Lines between an AWS access key id and the secret that goes with it.
const PAIR_DISTANCE: u64 = 5;
/// Characters of an AWS secret access key.
const AWS_SECRET: usize = 40;
/// Characters of an AWS access key id.
const AWS_ID: usize = 20;
/// Bits per byte that an AWS secret has at least; random ones have about 4.7.
const AWS_ENTROPY: f64 = 4.0;

/// AWS access keys: an id alone is no secret, and 40 letters alone say nothing.
#[derive(Default)]
pub(super) struct AwsKeys {
    /// The last line with an id.
    id: Option<u64>,
    /// Lines with what may be a secret, not yet told of.
    secrets: Vec<u64>,
}

impl AwsKeys {
    /// Looks at one line, after all lines before it.
    pub fn look(&mut self, line: &[u8], number: u64, found: &mut Vec<Finding>) {
        let near = |line: u64| number.saturating_sub(line) <= PAIR_DISTANCE;
        let tell = |line: u64| Finding {
            rule: "aws-secret-access-key",
            what: "AWS secret access key",
            line,
        };
        self.secrets.retain(|line| near(*line));
        let mut secret = false;
        if line.len() < AWS_ID {
            return;
        }
        let mut behind = 0;
        for run in line.split(|byte| !in_secret(*byte)) {
            let at = behind;
            behind += run.len() + 1;
            if run.len() != AWS_ID && run.len() != AWS_SECRET {
                continue;
            }
            if is_id(run) {
                self.id = Some(number);
                found.extend(self.secrets.drain(..).map(tell));
            } else {
                secret |= is_secret(run) && !is_in_address(line, at..at + run.len());
            }
        }
        if !secret {
            return;
        }
        if named_secret(line) || self.id.is_some_and(near) {
            found.push(tell(number));
        } else if self.secrets.last() != Some(&number) {
            // One line may come in many pieces.
            self.secrets.push(number);
        }
    }
}

fn in_secret(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

fn is_id(run: &[u8]) -> bool {
    run.len() == AWS_ID
        && (run.starts_with(b"AKIA") || run.starts_with(b"ASIA"))
        && run.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && !stands_in(run)
}

fn is_secret(run: &[u8]) -> bool {
    let makeup = Makeup::of(run);
    run.len() == AWS_SECRET
        && makeup.lower > 0
        && makeup.upper > 0
        && makeup.digits > 0
        && !makeup.hex
        && entropy(run) >= AWS_ENTROPY
        && !stands_in(run)
}

/// Whether a dot joins it to more, as in `docs.aws.amazon.com/…/ObjectOperations.html`.
fn is_in_address(line: &[u8], run: Range<usize>) -> bool {
    let before = run.start.checked_sub(1).and_then(|at| line.get(at));
    let more = line.get(run.end + 1).is_some_and(u8::is_ascii_alphanumeric);
    before == Some(&b'.') || line.get(run.end) == Some(&b'.') && more
}

/// Whether a line speaks of an AWS secret: `aws_secret_access_key`, `SecretAccessKey`.
fn named_secret(line: &[u8]) -> bool {
    let letters: Vec<u8> =
        line.iter().filter(|b| b.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect();
    letters.windows(15).any(|part| part == b"secretaccesskey")
        || letters.windows(12).any(|part| part == b"awssecretkey")
}

/// Parts of names whose values are secret, in lower case, without signs between words.
const SECRET_NAMES: &[&str] = &[
    "secret",
    "token",
    "passwd",
    "password",
    "passphrase",
    "apikey",
    "accesskey",
    "authkey",
    "privatekey",
    "signingkey",
    "encryptionkey",
    "credential",
];
/// Parts of names that speak of a secret without being one.
const OTHER_NAMES: &[&str] = &[
    "public",
    "ciphertext",
    "hash",
    "sha1",
    "sha256",
    "sha512",
    "digest",
    "checksum",
    "fingerprint",
    "etag",
    "name",
    "path",
    "file",
    "dir",
    "url",
    "uri",
    "arn",
    "endpoint",
    "version",
    "type",
    "header",
    "prefix",
    "suffix",
    "length",
    "pattern",
    "regex",
    "format",
    "field",
    "column",
    "label",
    "cancellation",
    "tokenizer",
    "tokens",
    "csrf",
    "commit",
    "page",
    "next",
    "continuation",
    "request",
    "idempot",
    "example",
    "sample",
    "mock",
    "dummy",
    "fake",
    "test",
    "policy",
    "id",
];
/// Characters of a name at most.
const MAX_NAME: usize = 64;
/// Characters between a sign of assignment and a quoted value, below which it is one.
const MAX_BETWEEN: usize = 40;
/// Characters of a value.
const VALUE: std::ops::RangeInclusive<usize> = 20..=256;
/// Bits per byte that a value has at least.
const MIN_ENTROPY: f64 = 3.7;
/// Digits that a value of letters and digits has at least; names in code have fewer.
const MIN_DIGITS: usize = 3;
/// Hexadecimal digits that a value of nothing else has at least.
const MIN_HEX: usize = 32;
/// Bits per byte that they have at least; random ones have about 3.7.
const MIN_HEX_ENTROPY: f64 = 3.0;

/// What a line assigns to a name that speaks of a secret.
pub(super) fn named(line: &[u8], number: u64) -> Option<Finding> {
    if line.len() > MAX_SCANNED_LINE || memchr2(b'=', b':', line).is_none() {
        return None;
    }
    if memchr(b'@', line).is_some() && password_in_url(line) {
        return Some(Finding { rule: "password-in-url", what: "Password in a URL", line: number });
    }
    if !speaks_of_secrets(line) {
        return None;
    }
    let hit = names(line).any(|(name, rest)| is_secret_name(name) && assigned(rest));
    hit.then_some(Finding {
        rule: "assigned-secret",
        what: "Random value assigned to a secret's name",
        line: number,
    })
}

/// Whether a line may hold one of [`SECRET_NAMES`]: by what each of them has in it.
fn speaks_of_secrets(line: &[u8]) -> bool {
    let begins = |at: usize, word: &str| {
        let part = line.get(at..at + word.len());
        part.is_some_and(|part| part.eq_ignore_ascii_case(word.as_bytes()))
    };
    line.iter().enumerate().any(|(at, byte)| match byte.to_ascii_lowercase() {
        b's' => begins(at, "secret"),
        b't' => begins(at, "token"),
        b'p' => begins(at, "passw") || begins(at, "passp"),
        b'k' => begins(at, "key"),
        b'c' => begins(at, "credential"),
        _ => false,
    })
}

/// The names in a line, each with what follows it.
fn names(line: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let mut rest = line;
    std::iter::from_fn(move || {
        let start = rest.iter().position(part)?;
        let from = rest.get(start..)?;
        let end = from.iter().position(|byte| !part(byte)).unwrap_or(from.len());
        let (name, behind) = from.split_at(end);
        rest = behind;
        Some((name, behind))
    })
}

fn is_secret_name(name: &[u8]) -> bool {
    if name.len() > MAX_NAME {
        return false;
    }
    let lower = String::from_utf8_lossy(name).to_ascii_lowercase();
    let plain: String = lower.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    // Of `client.token_url` only the last words say what it is.
    let last = lower.rsplit(['_', '-', '.']).next().unwrap_or_default();
    let other = OTHER_NAMES.iter().any(|word| match *word {
        "id" => last == "id" || name.ends_with(b"Id") || name.ends_with(b"ID"),
        word => plain.contains(word),
    });
    !other && SECRET_NAMES.iter().any(|word| plain.contains(word))
}

/// Whether what follows a name assigns it a secret.
fn assigned(rest: &[u8]) -> bool {
    let rest = rest.trim_ascii_start();
    // `"name": value`, `config["name"] = value`
    let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
    let rest = rest.strip_prefix(b"]").unwrap_or(rest).trim_ascii_start();
    let Some((sign, value)) = rest.split_first() else { return false };
    if !matches!(sign, b'=' | b':') || value.starts_with(b"=") && *sign == b'=' {
        return false;
    }
    // No farther than a value may be: a line may have as many names as places.
    let mut near = value.iter().take(MAX_BETWEEN);
    match near.position(|byte| matches!(byte, b'"' | b'\'' | b'`')) {
        Some(at) => {
            let (between, quoted) = value.split_at(at);
            let Some((mark, quoted)) = quoted.split_first() else { return false };
            let end = quoted.iter().take(VALUE.end() + 1).position(|byte| byte == mark);
            // A type or an operator may stand between, a call may not.
            let plain = !between.contains(&b'(') && !between.contains(&b',');
            let quoted = end.and_then(|end| quoted.get(..end));
            plain && quoted.is_some_and(is_random)
        }
        // As in `.env` and YAML files: the value is all of the rest.
        None => {
            let value = value.trim_ascii();
            let plain = |byte: &u8| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-')
            };
            VALUE.contains(&value.len()) && value.iter().all(plain) && is_random(value)
        }
    }
}

fn is_random(value: &[u8]) -> bool {
    let printable = |value: &[u8]| value.iter().all(u8::is_ascii_graphic);
    if !VALUE.contains(&value.len()) || !printable(value) || stands_in(value) || is_other(value) {
        return false;
    }
    let makeup = Makeup::of(value);
    if makeup.hex {
        return value.len() >= MIN_HEX && makeup.digits > 0 && entropy(value) >= MIN_HEX_ENTROPY;
    }
    let mixed = makeup.lower > 0 && makeup.upper > 0 && makeup.digits >= MIN_DIGITS;
    mixed && entropy(value) >= MIN_ENTROPY
}

/// What looks random and is no secret: ARNs, URLs, paths, UUIDs.
fn is_other(value: &[u8]) -> bool {
    let uuid = value.len() == 36
        && value.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    let path = value.starts_with(b"/") || value.starts_with(b"./") || value.starts_with(b"~/");
    uuid || path
        || value.starts_with(b"arn:")
        || value.starts_with(b"sha256-")
        || value.starts_with(b"sha512-")
        || value.starts_with(b"sha256:")
        || value.windows(3).any(|part| part == b"://")
        || value.contains(&b'{')
        || value.contains(&b'(')
}

/// Characters of a password in a URL.
const URL_PASSWORD: std::ops::RangeInclusive<usize> = 10..=128;
/// Bits per byte that it has at least.
const URL_ENTROPY: f64 = 3.0;

/// `scheme://user:password@host`, not of this machine or of documentation.
fn password_in_url(line: &[u8]) -> bool {
    memmem::find_iter(line, "://").any(|at| {
        let rest = line.get(at + 3..).unwrap_or_default();
        let end = |byte: &u8| {
            matches!(byte, b'/' | b'"' | b'\'' | b'`' | b'?' | b'#' | b',' | b')')
                || byte.is_ascii_whitespace()
        };
        let authority = rest.split(end).next().unwrap_or_default();
        let Some(sign) = authority.iter().rposition(|byte| *byte == b'@') else { return false };
        let (user, host) = authority.split_at(sign);
        let Some(colon) = user.iter().position(|byte| *byte == b':') else { return false };
        let password = user.get(colon + 1..).unwrap_or_default();
        let host = host.get(1..).unwrap_or_default();
        let makeup = Makeup::of(password);
        URL_PASSWORD.contains(&password.len())
            && makeup.digits > 0
            && makeup.lower + makeup.upper > 0
            && entropy(password) >= URL_ENTROPY
            && !stands_in(password)
            && !password.to_ascii_lowercase().windows(4).any(|part| part == b"pass")
            && !host.is_empty()
            && !is_sample_host(host)
    })
}

fn is_sample_host(host: &[u8]) -> bool {
    let host = host.split(|byte| *byte == b':').next().unwrap_or_default();
    [&b"localhost"[..], b"127.0.0.1", b"0.0.0.0", b"host", b"hostname", b"db"].contains(&host)
        || [&b"example.com"[..], b"example.org", b"example.net", b".example", b".invalid", b".test"]
            .iter()
            .any(|sample| host.ends_with(sample))
}
