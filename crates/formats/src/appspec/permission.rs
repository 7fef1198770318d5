//! `permissions`: which of the copied objects an entry means, and the mode it sets.

use super::{Acl, Context};

/// One entry of `permissions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// An absolute path: a copied file, or a folder whose copied objects are meant.
    pub object: String,
    /// Names below a folder that are meant.
    pub pattern: Pattern,
    /// Names below a folder that are not.
    pub except: Vec<Pattern>,
    /// Kinds of objects that are meant.
    pub types: Vec<ObjectType>,
    /// The owner's name.
    pub owner: Option<String>,
    /// The group's name.
    pub group: Option<String>,
    /// `mode`
    pub mode: Option<Mode>,
    /// `acls`
    pub acls: Option<Acl>,
    /// `context`
    pub context: Option<Context>,
}

impl Permission {
    /// Whether the entry, read as one for a folder, means an object below it. Both paths are
    /// absolute and normalized.
    pub fn means(&self, path: &str, folder: &str) -> bool {
        let below = path.strip_prefix(folder.trim_end_matches('/')).and_then(|rest| {
            rest.strip_prefix('/').map(|name| name.trim_end_matches('/')).filter(|n| !n.is_empty())
        });
        below.is_some_and(|name| {
            self.pattern.matches(name) && !self.except.iter().any(|except| except.matches(name))
        })
    }

    /// An entry for a single file can have neither pattern nor exceptions, and no default access
    /// list.
    ///
    /// # Errors
    /// A sentence for the author.
    pub fn check_for_file(&self) -> Result<(), String> {
        if self.pattern != Pattern::everything() {
            return Err(format!("{} is a file, but its permission has a pattern", self.object));
        }
        if !self.except.is_empty() {
            return Err(format!("{} is a file, but its permission has exceptions", self.object));
        }
        if self.acls.as_ref().is_some_and(Acl::has_default) {
            return Err(format!(
                "{} is a file, but its acls have a default entry, which only folders have",
                self.object
            ));
        }
        Ok(())
    }
}

/// What kind of object an entry means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectType {
    /// `file`
    File,
    /// `directory`
    Directory,
}

/// `**` for everything at any depth; otherwise a name directly below the folder, in which `*`
/// stands for any characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// A pattern; any text is one.
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// `**`
    pub fn everything() -> Self {
        Self("**".to_owned())
    }

    /// Whether a path relative to the folder matches.
    pub fn matches(&self, name: &str) -> bool {
        if self.0 == "**" {
            return true;
        }
        if name.contains('/') {
            return false;
        }
        // Between the first and the last piece, each piece is taken where it is found first.
        let mut pieces = self.0.split('*');
        let first = pieces.next().unwrap_or_default();
        let Some(mut rest) = name.strip_prefix(first) else { return false };
        let mut pieces: Vec<&str> = pieces.collect();
        let Some(last) = pieces.pop() else { return rest.is_empty() };
        for piece in pieces {
            match rest.split_once(piece) {
                Some((_, behind)) => rest = behind,
                None => return false,
            }
        }
        rest.ends_with(last)
    }
}

/// Permission bits, as one to four octal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode(u32);

impl Mode {
    /// Reads the digits.
    ///
    /// # Errors
    /// A sentence for the author: more than four digits, or others than 0 to 7.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() || text.len() > 4 {
            return Err(format!("{text:?} must have one to four octal digits"));
        }
        if let Some(bad) = text.chars().find(|c| !('0'..='7').contains(c)) {
            return Err(format!("{text:?} has the invalid character {bad:?}"));
        }
        u32::from_str_radix(text, 8).map(Self).map_err(|error| error.to_string())
    }

    /// The bits, at most 0o7777.
    pub fn bits(self) -> u32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, name, want) in [
            ("**", "a/b", true),
            ("*", "a", true),
            ("*", "a/b", false),
            ("*.sh", "x.sh", true),
            ("*.sh", "x.sh.txt", false),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abde", false),
            ("ab*ba", "aba", false),
            ("exact", "exact", true),
            ("exact", "exactly", false),
            ("***", "abc", true),
            ("", "a", false),
        ] {
            assert_eq!(Pattern::new(pattern).matches(name), want, "{pattern} {name}");
        }
    }

    #[test]
    fn modes() {
        assert_eq!(Mode::parse("4755").map(Mode::bits), Ok(0o4755));
        assert_eq!(Mode::parse("7").map(Mode::bits), Ok(7));
        for text in ["", "77777", "8", "u+x", "-1", "+7"] {
            assert!(Mode::parse(text).is_err(), "{text}");
        }
    }
}
