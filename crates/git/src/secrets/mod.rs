//! Committed keys and tokens: found in text ([`scan`]), in what a push brings ([`push`]) and in
//! what the API commits ([`draft`]): in files of any size, in their names, and in the messages of
//! commits and tags. Only what is new to the repository is looked at.
//!
//! The finder is made for few false alarms: a refused push costs somebody's afternoon. Formats
//! that their issuers made recognizable are matched exactly ([`rules`]); everything else only where
//! a name says that it is a secret and the value looks random ([`assignments`]). What people write
//! in place of a secret (`EXAMPLE`, `changeme`, `${TOKEN}`) is none ([`random`]).
//!
//! A finding never holds the secret: what is told goes to terminals and logs.

mod assignments;
mod draft;
mod encoding;
mod push;
mod random;
mod rules;
mod scan;

#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

pub use scan::{Scanner, scan};

use crate::Oid;

/// The largest file that is read whole to be looked through, in bytes. Larger ones come in pieces.
pub const MAX_HELD: u64 = 16 << 20;
/// The longest line in which values are looked for by their names, in bytes; tokens of known
/// formats are found in longer ones too. Longer lines are made by programs.
pub const MAX_SCANNED_LINE: usize = 2 << 10;
/// Findings in one file, and in one push, after which nothing more is looked for.
pub const MAX_FINDINGS: usize = 20;
/// How long looking through one push may take. What is not looked through is not let in.
pub const MAX_SCAN_TIME: Duration = Duration::from_secs(10 * 60);
/// Who writes this on a line, or on the line above, says that what is there is no secret.
pub const ALLOW_MARK: &str = "codeyard:allow-secret";

/// What was found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// The rule's name, such as `github-token`.
    pub rule: &'static str,
    /// What it is, in words.
    pub what: &'static str,
    /// The line, counted from 1.
    pub line: u64,
}

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the content of the file with this path, control characters and all.
    File(Vec<u8>),
    /// In the path of a file itself.
    Name(Vec<u8>),
    /// In the commit's message.
    CommitMessage,
    /// In the message of an annotated tag, which stands in the commit's place.
    TagMessage,
}

/// A secret in a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// What, and in which line.
    pub finding: Finding,
    /// The commit that brings it, or the tag that points at it.
    pub commit: Oid,
    /// Where in it.
    pub place: Place,
}

impl fmt::Display for Leak {
    /// `AWS secret access key [aws-secret-access-key] in config/prod.env, line 3, commit 1a2b…`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { rule, what, line } = self.finding;
        let commit = &self.commit;
        write!(f, "{what} [{rule}] in ")?;
        match &self.place {
            Place::File(path) => write!(f, "{}, line {line}, commit {commit}", told(path)),
            Place::Name(path) => write!(f, "the file name {}, commit {commit}", told(path)),
            Place::CommitMessage => write!(f, "the message, line {line}, commit {commit}"),
            Place::TagMessage => write!(f, "the message, line {line}, tag {commit}"),
        }
    }
}

/// A path for people: without control characters, and without the secrets that are in it.
fn told(path: &[u8]) -> String {
    let secret = |part: &[u8]| scan::scan_name(part).is_some();
    let parts = path.split(|byte| *byte == b'/');
    let parts: Vec<&[u8]> = parts.map(|part| if secret(part) { HIDDEN } else { part }).collect();
    let path = parts.join(&b'/');
    // A secret may have slashes in it.
    let path = if secret(&path) { HIDDEN } else { &path };
    let path = String::from_utf8_lossy(path);
    let path: String = path.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    types::cut(&path, MAX_TOLD).into_owned()
}

/// Characters of a path that are told.
const MAX_TOLD: usize = 256;
/// Stands where a secret is.
const HIDDEN: &[u8] = b"[secret]";

/// What whoever brings secrets is told, the first line for itself; `None` without any.
pub fn refusal(leaks: &[Leak]) -> Option<String> {
    leaks.first()?;
    let more = if leaks.len() < MAX_FINDINGS { "" } else { "\n(there may be more)" };
    let leaks: Vec<String> = leaks.iter().map(|leak| format!("\n  {leak}")).collect();
    Some(format!(
        "secrets were found; nothing was changed{}{more}\nTake them out of every commit that has \
         them, and revoke them where they are good for something.\nWhat is no secret is let in with \
         \"{ALLOW_MARK}\" on its line or on the line above.",
        leaks.concat()
    ))
}
