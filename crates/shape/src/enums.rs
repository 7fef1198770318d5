//! Members that are one of a set of words.

/// A word out of a fixed set; implemented by [`crate::string_enum!`].
pub trait EnumMember: Send + Sync {
    /// Takes the word, or says no.
    fn set(&mut self, word: &str) -> bool;
    /// The word.
    fn word(&self) -> &'static str;
    /// All words, in declaration order.
    fn words(&self) -> &'static [&'static str];
}

/// Declares an enum whose variants are AWS's words. The first variant is the default.
///
/// ```
/// shape::string_enum! {
///     /// How it ended.
///     pub enum Outcome { Succeeded = "SUCCEEDED", Failed = "FAILED" }
/// }
/// assert_eq!(Outcome::Failed.as_str(), "FAILED");
/// assert_eq!(Outcome::parse("FAILED"), Some(Outcome::Failed));
/// ```
#[macro_export]
macro_rules! string_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $first:ident = $first_word:literal $(, $variant:ident = $word:literal)* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs)]
        $vis enum $name { #[default] $first $(, $variant)* }

        #[allow(missing_docs, dead_code)]
        impl $name {
            pub const ALL: &'static [Self] = &[Self::$first $(, Self::$variant)*];
            pub const WORDS: &'static [&'static str] = &[$first_word $(, $word)*];
            /// AWS's word for it.
            pub const fn as_str(self) -> &'static str {
                match self { Self::$first => $first_word $(, Self::$variant => $word)* }
            }
            /// The variant of that word.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $first_word => Some(Self::$first), $($word => Some(Self::$variant),)* _ => None }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::EnumMember for $name {
            fn set(&mut self, word: &str) -> bool {
                Self::parse(word).map(|it| *self = it).is_some()
            }
            fn word(&self) -> &'static str {
                self.as_str()
            }
            fn words(&self) -> &'static [&'static str] {
                Self::WORDS
            }
        }

        impl $crate::Member for $name {
            fn slot(&mut self) -> $crate::Slot<'_> {
                $crate::Slot::Enum(self)
            }
            fn peek(&self) -> $crate::Peek<'_> {
                $crate::Peek::Enum(self)
            }
        }
    };
}
