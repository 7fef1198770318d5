//! Errors as clients see them.

use std::borrow::Cow;
use std::fmt;

/// The longest message that an error is made with, in characters. Messages repeat what callers sent,
/// which may be megabytes: of a longer one the beginning and the end are kept, where the words are
/// that say what is wrong and why.
pub const MAX_MESSAGE: usize = 1_024;

/// A text of at most `most` characters: of a longer one the first three quarters, an ellipsis and
/// the end.
pub fn cut(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most || text.chars().count() <= most {
        return Cow::Borrowed(text);
    }
    const GAP: &str = " … ";
    let kept = most.saturating_sub(GAP.chars().count());
    let last = kept / 4;
    let head = text.char_indices().nth(kept - last).map_or(text.len(), |(at, _)| at);
    let tail = match last.checked_sub(1) {
        Some(before) => text.char_indices().nth_back(before).map_or(0, |(at, _)| at),
        None => text.len(),
    };
    let (head, tail) = (text.get(..head), text.get(tail..));
    Cow::Owned([head.unwrap_or_default(), GAP, tail.unwrap_or_default()].concat())
}

/// One entry of a service's error set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorKind {
    /// AWS's code, such as `RepositoryDoesNotExistException`.
    pub code: &'static str,
    /// The HTTP status that goes with it.
    pub status: u16,
}

impl ErrorKind {
    /// An entry.
    pub const fn new(code: &'static str, status: u16) -> Self {
        Self { code, status }
    }

    /// An error of this kind with what happened, in a sentence; at most [`MAX_MESSAGE`] of it.
    pub fn error(self, message: impl Into<String>) -> Error {
        let message = message.into();
        let message = match cut(&message, MAX_MESSAGE) {
            Cow::Borrowed(_) => message,
            Cow::Owned(cut) => cut,
        };
        Error {
            code: Cow::Borrowed(self.code),
            status: self.status,
            message,
            members: Vec::new(),
            headers: Vec::new(),
        }
    }
}

/// An error on its way to a client.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// AWS's code.
    pub code: Cow<'static, str>,
    /// HTTP status.
    pub status: u16,
    /// What failed and why, in a sentence.
    pub message: String,
    /// Further members that AWS's error shape has.
    pub members: Vec<(&'static str, String)>,
    /// Further headers of the answer.
    pub headers: Vec<(&'static str, String)>,
}

impl Error {
    /// A fault of ours: the client is told that it is, and nothing of the inside.
    pub fn internal(what: impl fmt::Display) -> Self {
        ErrorKind::new("InternalFailure", 500).error(format!("Internal failure: {what}"))
    }

    /// Adds a member of the error's shape.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.members.push((name, value.into()));
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Whether it is of this kind.
    pub fn is(&self, kind: ErrorKind) -> bool {
        self.code == kind.code
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Error {}

/// Declares a service's error set, each entry an [`ErrorKind`] constant, and `ALL` of them.
///
/// ```
/// codeyard_types::errors! {
///     NOT_FOUND = "ResourceNotFoundException", 404;
///     TAKEN = "ResourceAlreadyExistsException", 409;
/// }
/// assert_eq!(NOT_FOUND.error("No such thing.").status, 404);
/// ```
#[macro_export]
macro_rules! errors {
    ($($(#[$meta:meta])* $name:ident = $code:literal, $status:literal;)*) => {
        $(
            $(#[$meta])*
            #[doc = $code]
            pub const $name: $crate::ErrorKind = $crate::ErrorKind::new($code, $status);
        )*
        /// The whole set.
        #[allow(dead_code)]
        pub const ALL: &[$crate::ErrorKind] = &[$($name),*];
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_cut_in_the_middle() {
        const BAD: ErrorKind = ErrorKind::new("Bad", 400);
        for sign in ["a", "é", "語", "🎉"] {
            let whole = sign.repeat(MAX_MESSAGE);
            assert_eq!(BAD.error(whole.as_str()).message, whole);
            let said = BAD.error(format!("The name {} is not valid.", whole.repeat(9))).message;
            assert_eq!(said.chars().count(), MAX_MESSAGE, "{sign}");
            assert!(said.starts_with("The name ") && said.ends_with(" is not valid."), "{said}");
            assert!(said.contains(" … "));
        }
        assert_eq!(cut("abcdef", 5), "ab … ");
        assert_eq!(cut("abcdef", 0), " … ");
        assert_eq!(cut("", 0), "");
    }
}
