//! Commits, trees and tags as git writes them down.

use crate::{GitError, Oid, Result};

/// Who did something, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// A person's name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// Seconds since 1970-01-01T00:00:00Z.
    pub seconds: i64,
    /// Their clock's offset from UTC, as git writes it: `+0000`.
    pub offset: String,
}

impl Signature {
    /// A signature in UTC. What would break the commit's format is left out of name and address,
    /// as git does: angle brackets, line ends, and blanks and punctuation around them.
    pub fn new(name: &str, email: &str, seconds: i64) -> Self {
        Self { name: tidy(name), email: tidy(email), seconds, offset: "+0000".to_owned() }
    }

    fn parse(line: &[u8]) -> Self {
        let text = String::from_utf8_lossy(line);
        let (name, rest) = text.split_once('<').unwrap_or((&text, ""));
        let (email, when) = rest.rsplit_once('>').unwrap_or((rest, ""));
        let (seconds, offset) = when.trim().split_once(' ').unwrap_or((when.trim(), "+0000"));
        Self {
            name: name.trim().to_owned(),
            email: email.trim().to_owned(),
            seconds: seconds.parse().unwrap_or(0),
            offset: offset.trim().to_owned(),
        }
    }

    fn line(&self) -> String {
        format!("{} <{}> {} {}", self.name, self.email, self.seconds, self.offset)
    }
}

fn tidy(text: &str) -> String {
    let kept: String =
        text.chars().filter(|c| !matches!(c, '<' | '>' | '\n' | '\r' | '\0')).collect();
    let crud = |c: char| c.is_ascii_control() || " .,:;\"\\'".contains(c);
    kept.trim_matches(crud).to_owned()
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its own name.
    pub oid: Oid,
    /// Its root folder.
    pub tree: Oid,
    /// The commits that it follows, the main line first.
    pub parents: Vec<Oid>,
    /// Who wrote the change.
    pub author: Signature,
    /// Who committed it.
    pub committer: Signature,
    /// The message as it stands there; bytes that are no UTF-8 are replaced.
    pub message: String,
}

impl Commit {
    /// Reads a commit object.
    pub fn parse(oid: Oid, data: &[u8]) -> Result<Self> {
        let bad = |problem: &str| GitError::object(oid, format!("bad commit: {problem}"));
        let (mut tree, mut parents, mut author, mut committer) = (None, Vec::new(), None, None);
        let mut rest = data;
        loop {
            let end = rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
            let (line, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            let id = |hex: &[u8]| Oid::from_hex(hex).map_err(|e| bad(&e.to_string()));
            if let Some(hex) = line.strip_prefix(b"tree ") {
                tree.get_or_insert(id(hex)?);
            } else if let Some(hex) = line.strip_prefix(b"parent ") {
                parents.push(id(hex)?);
            } else if let Some(who) = line.strip_prefix(b"author ") {
                author.get_or_insert_with(|| Signature::parse(who));
            } else if let Some(who) = line.strip_prefix(b"committer ") {
                committer.get_or_insert_with(|| Signature::parse(who));
            }
            if line.is_empty() || after.is_empty() {
                break;
            }
        }
        Ok(Self {
            oid,
            tree: tree.ok_or_else(|| bad("no tree"))?,
            parents,
            author: author.ok_or_else(|| bad("no author"))?,
            committer: committer.ok_or_else(|| bad("no committer"))?,
            message: String::from_utf8_lossy(rest).into_owned(),
        })
    }

    /// The bytes of a new commit.
    pub(crate) fn encode(
        tree: &Oid,
        parents: &[Oid],
        author: &Signature,
        committer: &Signature,
        message: &str,
    ) -> Vec<u8> {
        let mut out = format!("tree {tree}\n");
        for parent in parents {
            out.push_str(&format!("parent {parent}\n"));
        }
        out.push_str(&format!("author {}\ncommitter {}\n\n", author.line(), committer.line()));
        // A NUL would end the message early for git's own readers.
        out.push_str(&message.replace('\0', ""));
        if !message.is_empty() && !message.ends_with('\n') {
            out.push('\n');
        }
        out.into_bytes()
    }
}

/// What an entry of a folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A folder.
    Tree,
    /// A file, mode 100644.
    File,
    /// A file that can be run, mode 100755.
    Executable,
    /// A symbolic link, mode 120000.
    Symlink,
    /// A commit of another repository, mode 160000.
    Submodule,
}

impl EntryKind {
    /// From a mode's digits in a tree. Old files with unusual permission bits count as files.
    fn from_octal(digits: &[u8]) -> Option<Self> {
        let mode = u32::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok()?;
        match mode & 0o170_000 {
            0o040_000 => Some(Self::Tree),
            0o100_000 if mode & 0o100 != 0 => Some(Self::Executable),
            0o100_000 => Some(Self::File),
            0o120_000 => Some(Self::Symlink),
            0o160_000 => Some(Self::Submodule),
            _ => None,
        }
    }

    /// As a tree object writes it: `40000`, `100644`, …
    pub fn octal(self) -> &'static str {
        match self {
            Self::Tree => "40000",
            Self::File => "100644",
            Self::Executable => "100755",
            Self::Symlink => "120000",
            Self::Submodule => "160000",
        }
    }
}

/// One entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeEntry {
    /// Its name: any bytes but `/` and NUL.
    pub name: Vec<u8>,
    /// What it is.
    pub kind: EntryKind,
    /// The object that it names (in another repository, for a submodule).
    pub oid: Oid,
}

/// Reads a tree object.
pub(crate) fn parse_tree(oid: Oid, data: &[u8]) -> Result<Vec<TreeEntry>> {
    let mut entries = Vec::new();
    let mut rest = data;
    while !rest.is_empty() {
        let (entry, after) =
            parse_entry(rest).ok_or_else(|| GitError::object(oid, "bad tree entry"))?;
        entries.push(entry);
        rest = after;
    }
    Ok(entries)
}

fn parse_entry(data: &[u8]) -> Option<(TreeEntry, &[u8])> {
    let space = data.iter().position(|&b| b == b' ')?;
    let (mode, rest) = (data.get(..space)?, data.get(space + 1..)?);
    let nul = rest.iter().position(|&b| b == 0)?;
    let (name, rest) = (rest.get(..nul)?, rest.get(nul + 1..)?);
    let (oid, rest) = rest.split_first_chunk::<20>()?;
    let kind = EntryKind::from_octal(mode)?;
    Some((TreeEntry { name: name.to_vec(), kind, oid: Oid::from_bytes(*oid) }, rest))
}

/// A tree object's bytes, its entries put into git's order.
pub(crate) fn encode_tree(mut entries: Vec<TreeEntry>) -> Vec<u8> {
    // Folders sort as if their names ended in a slash.
    let key = |entry: &TreeEntry| {
        let mut key = entry.name.clone();
        if entry.kind == EntryKind::Tree {
            key.push(b'/');
        }
        key
    };
    entries.sort_by_cached_key(key);
    let mut out = Vec::new();
    for entry in entries {
        out.extend_from_slice(entry.kind.octal().as_bytes());
        out.push(b' ');
        out.extend_from_slice(&entry.name);
        out.push(0);
        out.extend_from_slice(entry.oid.as_bytes());
    }
    out
}

/// An annotated tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// What it points at: as a rule a commit.
    pub target: Oid,
    /// Who made it; very old tags do not tell.
    pub tagger: Option<Signature>,
    /// The message as it stands there; bytes that are no UTF-8 are replaced.
    pub message: String,
}

impl Tag {
    /// Reads a tag object.
    pub fn parse(oid: Oid, data: &[u8]) -> Result<Self> {
        let target = parse_tag_target(oid, data)?;
        let mut tagger = None;
        let mut rest = data;
        while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
            let (line, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            if line.is_empty() {
                break;
            }
            if let Some(who) = line.strip_prefix(b"tagger ") {
                tagger.get_or_insert_with(|| Signature::parse(who));
            }
        }
        Ok(Self { target, tagger, message: String::from_utf8_lossy(rest).into_owned() })
    }
}

/// What a tag object points at.
pub(crate) fn parse_tag_target(oid: Oid, data: &[u8]) -> Result<Oid> {
    data.strip_prefix(b"object ")
        .and_then(|rest| rest.get(..40))
        .and_then(|hex| Oid::from_hex(hex).ok())
        .ok_or_else(|| GitError::object(oid, "bad tag"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: Oid = Oid::from_bytes([7; 20]);

    #[test]
    fn a_commit_comes_back() {
        let who = Signature::new(" <Ann\n>. ", "ann@example.com", 1_700_000_000);
        assert_eq!(who.name, "Ann");
        let data = Commit::encode(&ID, &[ID, ID], &who, &who, "Hello\n\nWorld");
        let commit = Commit::parse(ID, &data).unwrap();
        assert_eq!(commit.parents.len(), 2);
        assert_eq!((&commit.author, commit.message.as_str()), (&who, "Hello\n\nWorld\n"));
        let signed = b"tree 0707070707070707070707070707070707070707\nauthor A <a> 1 -0800\n\
            committer B <b> 2 +0100\ngpgsig -----BEGIN\n tree x\n\nmessage\n\nmore";
        let commit = Commit::parse(ID, signed).unwrap();
        assert_eq!((commit.author.offset.as_str(), commit.committer.seconds), ("-0800", 2));
        assert_eq!(commit.message, "message\n\nmore");
    }

    #[test]
    fn a_tag_is_read() {
        let data = format!("object {ID}\ntype commit\ntag v1\ntagger Ann <a@b> 5 +0100\n\nFirst\n");
        let tag = Tag::parse(ID, data.as_bytes()).unwrap();
        assert_eq!((tag.target, tag.message.as_str()), (ID, "First\n"));
        assert_eq!(tag.tagger.unwrap().seconds, 5);
        let old = format!("object {ID}\ntype commit\ntag v0\n\nNobody says who");
        assert_eq!(Tag::parse(ID, old.as_bytes()).unwrap().tagger, None);
    }

    proptest! {
        #[test]
        fn nothing_breaks_the_readers(data in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Commit::parse(ID, &data);
            let _ = parse_tree(ID, &data);
            let _ = parse_tag_target(ID, &data);
            let _ = Tag::parse(ID, &data);
        }
    }
}
