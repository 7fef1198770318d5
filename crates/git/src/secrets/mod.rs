//! Committed keys and tokens: found in text ([`scan`]), in what a push brings ([`push`]) and in
//! what the API commits ([`draft`]).
//!
//! The finder is made for few false alarms: a refused push costs somebody's afternoon. Formats
//! that their issuers made recognizable are matched exactly ([`rules`]); everything else only where
//! a name says that it is a secret and the value looks random ([`assignments`]). What people write
//! in place of a secret (`EXAMPLE`, `changeme`, `${TOKEN}`) is none ([`random`]).
//!
//! A finding never holds the secret: what is told goes to terminals and logs.

mod assignments;
mod draft;
mod push;
mod random;
mod rules;
mod scan;

#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

pub use scan::scan;

use crate::Oid;

/// The largest file that is looked into, in bytes. Larger ones are data, not where people write.
pub const MAX_SCANNED_FILE: u64 = 4 << 20;
/// The longest line in which values are looked for by their names, in bytes; tokens of known
/// formats are found in longer ones too. Longer lines are made by programs.
pub const MAX_SCANNED_LINE: usize = 2 << 10;
/// A file with a zero byte among its first so many bytes is not text, as git has it.
pub const TEXT_PROBE: usize = 8_000;
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

/// A secret in a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// What, and in which line.
    pub finding: Finding,
    /// The commit that brings it, or the tag that points at it.
    pub commit: Oid,
    /// The file's path, control characters and all.
    pub path: Vec<u8>,
}

impl fmt::Display for Leak {
    /// `AWS secret access key in config/prod.env, line 3 of commit 1a2b…`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = String::from_utf8_lossy(&self.path);
        let path: String = path.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
        let (what, rule) = (self.finding.what, self.finding.rule);
        write!(f, "{what} [{rule}] in {path}, line {}, commit {}", self.finding.line, self.commit)
    }
}

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
