//! Which commit brought each line of a file, by stock `git blame`.

use crate::log::{ask, strange};
use crate::process::git;
use crate::{GitError, Oid, Repository, Result};

/// What of git's answer is read, in bytes: some 300 of each commit and 100 of each range.
const MAX_ANSWER: usize = 16 << 20;

/// Lines of a file that came together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlameRange {
    /// The first line, counted from 1.
    pub start: u32,
    /// How many.
    pub count: u32,
    /// The commit that brought them.
    pub commit: Oid,
    /// The first of them in that commit's file, counted from 1.
    pub original_start: u32,
    /// The file's path in that commit.
    pub path: Vec<u8>,
    /// The commit before that and the file's path there; `None` where the file began.
    pub previous: Option<(Oid, Vec<u8>)>,
}

impl Repository {
    /// The lines of the file at `path` in `commit`, both of which are there, in their order. Renames
    /// of the whole file are followed.
    ///
    /// # Errors
    /// [`GitError::TooLarge`] where it takes longer than 20 s or there are too many ranges.
    pub async fn blame(&self, commit: &Oid, path: &str) -> Result<Vec<BlameRange>> {
        self.sync().await?;
        let mut command = git(self.dir(), "blame");
        command.args(["--incremental", &commit.to_string(), "--", path]);
        let mut ranges = parse(&ask(command, "blame", MAX_ANSWER).await?)?;
        ranges.sort_by_key(|range| range.start);
        Ok(ranges)
    }
}

/// Reads git-blame's incremental format: a range's head, facts of its commit, its file's name.
fn parse(answer: &[u8]) -> Result<Vec<BlameRange>> {
    let mut ranges: Vec<BlameRange> = Vec::new();
    let mut open: Option<BlameRange> = None;
    for line in answer.split(|&byte| byte == b'\n') {
        match &mut open {
            None if line.is_empty() => {}
            None => open = Some(head(line).ok_or_else(|| unread(line))?),
            Some(range) => {
                if let Some(name) = line.strip_prefix(b"filename ") {
                    range.path = unquoted(name);
                    ranges.extend(open.take());
                } else if let Some(previous) = line.strip_prefix(b"previous ") {
                    let (commit, path) =
                        previous.split_at_checked(40).ok_or_else(|| unread(line))?;
                    let commit = Oid::from_hex(commit).map_err(|_| unread(line))?;
                    let path = path.strip_prefix(b" ").unwrap_or(path);
                    range.previous = Some((commit, unquoted(path)));
                }
            }
        }
    }
    match open {
        None => Ok(ranges),
        Some(_) => Err(strange("blame", &"its answer was cut off")),
    }
}

/// `COMMIT ORIGINAL FINAL COUNT`.
fn head(line: &[u8]) -> Option<BlameRange> {
    let mut parts = std::str::from_utf8(line).ok()?.split(' ');
    let commit = parts.next()?.parse().ok()?;
    let [original_start, start, count] =
        [parts.next()?, parts.next()?, parts.next()?].map(|part| part.parse().ok());
    Some(BlameRange {
        commit,
        original_start: original_start?,
        start: start?,
        count: count?,
        path: Vec::new(),
        previous: None,
    })
}

fn unread(line: &[u8]) -> GitError {
    strange("blame", &format!("cannot read {:?}", String::from_utf8_lossy(line)))
}

/// A name as git writes it: between quotes, with C's escapes, where it has odd characters.
fn unquoted(name: &[u8]) -> Vec<u8> {
    let Some(inner) = name.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) else {
        return name.to_vec();
    };
    let mut plain = Vec::with_capacity(inner.len());
    let mut rest = inner.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            plain.push(byte);
            continue;
        }
        let Some(escape) = rest.next() else { break };
        plain.push(match escape {
            b'a' => 7,
            b'b' => 8,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 11,
            b'f' => 12,
            b'r' => b'\r',
            b'0'..=b'7' => {
                let mut value = escape - b'0';
                for _ in 0..2 {
                    let Some(digit) = rest.next_if(|byte| matches!(byte, b'0'..=b'7')) else {
                        break;
                    };
                    value = value.wrapping_mul(8).wrapping_add(digit - b'0');
                }
                value
            }
            other => other,
        });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const A: &str = "0101010101010101010101010101010101010101";
    const B: &str = "0202020202020202020202020202020202020202";

    #[test]
    fn ranges_are_read() {
        let answer = format!(
            "{A} 3 4 2\nauthor Ann\nsummary previous filename\nprevious {B} old\nfilename \"t\\303\\244\\tb\"\n\
             {A} 9 1 1\nfilename new\n"
        );
        let ranges = parse(answer.as_bytes()).unwrap();
        assert_eq!(ranges.len(), 2);
        assert_eq!((ranges[0].original_start, ranges[0].start, ranges[0].count), (3, 4, 2));
        assert_eq!(ranges[0].path, "tä\tb".as_bytes());
        assert_eq!(ranges[0].previous, Some((B.parse().unwrap(), b"old".to_vec())));
        assert_eq!((ranges[1].path.as_slice(), &ranges[1].previous), (&b"new"[..], &None));
        for bad in ["x\n".to_owned(), format!("{A} 1 1 1\n"), format!("{A} 1 1\nfilename x\n")] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_breaks_the_reader(answer in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&answer);
            let _ = unquoted(&answer);
        }
    }
}
