//! Where in a message a member stands: written out only when something is wrong there.

use std::fmt;

/// A member's path, as a chain of borrowed parts on the stack: walking a message that is right
/// allocates nothing.
#[derive(Clone, Copy)]
pub(crate) enum Path<'a> {
    /// The whole message.
    Root,
    /// A member of a structure.
    Member(&'a Path<'a>, &'a str),
    /// An item of a list, counted from 1.
    Item(&'a Path<'a>, usize),
    /// A value of a map.
    Value(&'a Path<'a>, &'a str),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(parent, name) => {
                if !matches!(parent, Self::Root) {
                    write!(f, "{parent}.")?;
                }
                // AWS writes the first letter small.
                let mut letters = name.chars();
                if let Some(first) = letters.next() {
                    write!(f, "{}", first.to_ascii_lowercase())?;
                }
                f.write_str(letters.as_str())
            }
            Self::Item(parent, at) => write!(f, "{parent}.{at}.member"),
            Self::Value(parent, key) => write!(f, "{parent}.{key}.member"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_paths_as_aws_does() {
        let root = Path::Root;
        let list = Path::Member(&root, "Tags");
        let item = Path::Item(&list, 2);
        let member = Path::Member(&item, "Key");
        assert_eq!(root.to_string(), "");
        assert_eq!(list.to_string(), "tags");
        assert_eq!(item.to_string(), "tags.2.member");
        assert_eq!(member.to_string(), "tags.2.member.key");
        assert_eq!(Path::Value(&list, "K").to_string(), "tags.K.member");
    }
}
