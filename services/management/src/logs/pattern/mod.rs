//! The filter pattern language: terms in text, and conditions on JSON.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html>
//!
//! Space-delimited patterns (`[ip, user, …]`) are refused by name.

mod json;
mod regex;
mod text;

use json::Condition;
use text::Terms;

/// A pattern, ready to match.
#[derive(Debug)]
pub(super) enum Pattern {
    /// The empty pattern.
    Everything,
    Terms(Terms),
    Json(Condition),
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        match text.chars().next() {
            None => Ok(Self::Everything),
            Some('{') => json::parse(text).map(Self::Json),
            Some('[') => Err("space-delimited patterns are not supported by Codeyard".to_owned()),
            Some(_) => text::parse(text).map(Self::Terms),
        }
    }

    /// Whether a message matches.
    pub fn matches(&self, message: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Terms(terms) => terms.matches(message),
            Self::Json(condition) => match serde_json::from_str(message) {
                Ok(document) => condition.matches(&document),
                Err(_) => false,
            },
        }
    }
}
