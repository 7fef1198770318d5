//! Git LFS: a checkout has what the repository has, pointers. The log says so, since a build that
//! finds pointers where it expects files fails in odd ways.

use std::fs;
use std::path::Path;

/// Longest `.gitattributes` that is looked at, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// The line for the log, where a checkout's attributes name the filter; `which` is the source.
pub(super) fn notice(root: &Path, which: &str) -> Option<String> {
    let path = root.join(".gitattributes");
    // A link may lead anywhere.
    let found = fs::symlink_metadata(&path).ok()?;
    if !found.is_file() || found.len() > MAX_BYTES {
        return None;
    }
    let text = String::from_utf8_lossy(&fs::read(&path).ok()?).into_owned();
    let is_named = |line: &str| {
        let mut words = line.split_whitespace();
        words.next().is_some_and(|pattern| !pattern.starts_with('#'))
            && words.any(|word| word == "filter=lfs")
    };
    text.lines().any(is_named).then(|| {
        format!(
            "The {which} has files of Git LFS (.gitattributes): they are pointers, which \
             `git lfs pull` in a phase replaces"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_that_name_the_filter_are_told() {
        let dir = tempfile::tempdir().unwrap();
        let told = |text: &str| {
            fs::write(dir.path().join(".gitattributes"), text).unwrap();
            notice(dir.path(), "primary source").is_some()
        };
        assert!(notice(dir.path(), "primary source").is_none());
        assert!(told("*.txt text\n*.psd filter=lfs diff=lfs merge=lfs -text\n"));
        assert!(!told("# *.psd filter=lfs\n*.txt text\n*.a filter=lfs-not\n"));
        fs::remove_file(dir.path().join(".gitattributes")).unwrap();
        fs::write(dir.path().join("x"), "* filter=lfs\n").unwrap();
        std::os::unix::fs::symlink("x", dir.path().join(".gitattributes")).unwrap();
        assert!(notice(dir.path(), "primary source").is_none());
    }
}
