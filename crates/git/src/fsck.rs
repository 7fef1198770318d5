//! What git's own fsck says of a draft, as it is asked about pushes ([`crate::quarantine`]).
//!
//! Most of what it refuses, a draft cannot have: paths are checked, and objects are encoded here.
//! What is left are the files that git reads out of a tree by their names: `.gitmodules`, whose
//! URLs and paths clients act upon, and `.gitattributes`, whose lines can be too long for them.
//! Only a draft that may have one of them costs a child.

use crate::change::Draft;
use crate::limits::MAX_STDERR;
use crate::model::parse_tree;
use crate::packs::Part;
use crate::process::{git, run};
use crate::projection::INCOMING;
use crate::quarantine::TOLERATED;
use crate::{GitError, Kind, Result, pack};

impl Draft {
    /// Why git would refuse a push of these objects, in its own words; `None` where it is content.
    /// Blocks, in the runtime that lets [`crate::Change::write`] build.
    ///
    /// # Errors
    /// Where git cannot be asked.
    pub fn fsck(&self) -> Result<Option<String>> {
        if !self.has_files_for_git()? {
            return Ok(None);
        }
        let folder = tempfile::Builder::new()
            .prefix("fsck-")
            .tempdir_in(self.repository().dir().join(INCOMING))
            .map_err(GitError::io("make a folder for new objects"))?;
        let written = pack::write(folder.path(), self.added())?;
        let mut command = git(self.repository().dir(), "index-pack");
        command.args([TOLERATED, "--no-rev-index", "-o"]).arg(folder.path().join("checked.idx"));
        command.args(written.files.iter().filter(|(part, ..)| *part == Part::Pack).map(|it| &it.1));
        let asked = run(command, "index-pack", b"", MAX_STDERR);
        let answer = tokio::runtime::Handle::current().block_on(asked)?;
        let complaint = answer.stderr.lines().find_map(|line| line.strip_prefix("error: "));
        match complaint {
            Some(complaint) => Ok(Some(complaint.to_owned())),
            None => answer.success("index-pack").map(|_| None),
        }
    }

    fn has_files_for_git(&self) -> Result<bool> {
        for tree in self.added().iter().filter(|object| object.kind == Kind::Tree) {
            if parse_tree(tree.oid, &tree.data)?.iter().any(|it| may_be_for_git(&it.name)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether git, or git on another file system, may take a file of this name for one of its own.
/// Says yes too often rather than too rarely.
fn may_be_for_git(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    let has = |part: &[u8]| name.windows(part.len()).any(|window| window == part);
    // NTFS has short names such as GITMOD~1; HFS+ overlooks some characters, which begin so.
    let looks_otherwise = has(b"~") || has(b"\xe2\x80") || has(b"\xe2\x81") || has(b"\xef\xbb\xbf");
    name.starts_with(b".gitmodules") || name.starts_with(b".gitattributes") || looks_otherwise
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_may_read_is_known_by_its_name() {
        for name in [
            ".gitmodules",
            ".GITmodules ",
            ".gitmodules::$DATA",
            ".gitattributes",
            "GITMOD~1",
            ".git\u{200c}modules",
            "\u{feff}.gitmodules",
        ] {
            assert!(may_be_for_git(name.as_bytes()), "{name}");
        }
        for name in [".gitignore", ".mailmap", "gitmodules", "README", "é"] {
            assert!(!may_be_for_git(name.as_bytes()), "{name}");
        }
    }
}
