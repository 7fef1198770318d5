//! Paths of files inside a repository, as API callers name them.

use crate::limits::MAX_PATH;
use gix_validate::path::component;

/// Why a path cannot be that of a file in a repository.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Nothing at all.
    #[error("the path is empty")]
    Empty,
    /// Longer than [`MAX_PATH`] bytes.
    #[error("the path is longer than {MAX_PATH} bytes")]
    TooLong,
    /// A part is empty, `.`, `..`, has a NUL, or is a name for `.git` on some file system.
    #[error("{part:?} cannot be part of a path: {why}")]
    Part {
        /// The part between two slashes.
        part: String,
        /// What is wrong with it.
        why: String,
    },
}

/// Refuses what git's own fsck would refuse in a pushed tree.
pub fn check_path(path: &str) -> Result<(), PathError> {
    if path.is_empty() {
        return Err(PathError::Empty);
    }
    if path.len() > MAX_PATH {
        return Err(PathError::TooLong);
    }
    let options =
        component::Options { protect_windows: false, protect_hfs: true, protect_ntfs: true };
    for part in path.split('/') {
        let bad = |why: String| PathError::Part { part: part.to_owned(), why };
        if part.contains('\0') {
            return Err(bad("it contains NUL".to_owned()));
        }
        gix_validate::path::component(part.into(), None, options)
            .map_err(|e| bad(e.to_string()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tricks_are_refused() {
        for good in ["a", "a/b.txt", ".github/x", "a b", "ünï/çødé", "git", ".gitignore"] {
            assert_eq!(check_path(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "/a",
            "a/",
            "a//b",
            "..",
            "a/../b",
            "./a",
            ".git",
            "a/.GIT/config",
            ".git/hooks",
            "git~1/x",
            ".git ",
            ".git\u{200c}",
            ".g\u{200c}it/config",
            ".git::$INDEX",
            "a\0b",
        ] {
            assert!(check_path(bad).is_err(), "{bad:?}");
        }
        assert_eq!(check_path(&"a/".repeat(3000)), Err(PathError::TooLong));
    }
}
