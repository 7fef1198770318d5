//! Patterns of filters: regular expressions whose size is bounded, and whose work is.
//!
//! The expressions never go back in the text, so that a match costs at most the size of its
//! compiled pattern times the length of the text. That product is counted over all that an event
//! has matched; who may set filters, or send large events, can so not keep a thread busy for long.

use std::sync::Arc;

use regex_lite::{Regex, RegexBuilder};

/// Longest pattern, in bytes.
pub(super) const MAX_PATTERN: usize = 4_096;
/// Largest compiled pattern, in bytes.
const MAX_COMPILED: usize = 128 << 10;
/// The compiled patterns of one webhook together, in bytes.
const MAX_ALL: usize = 2 << 20;
/// About so many bytes of a compiled pattern are one state, of which each may see each character.
const STATE: usize = 16;
/// Steps that an event may cost in all; some seconds at the very most.
const MAX_STEPS: u64 = 1 << 28;
/// Steps that are done at once, on the thread that serves others too.
const FEW_STEPS: u64 = 1 << 19;

/// A compiled pattern, and about how large it is.
pub(super) struct Pattern {
    regex: Arc<Regex>,
    bytes: usize,
}

impl Pattern {
    /// Compiles a pattern that may match anywhere.
    ///
    /// # Errors
    /// A sentence: it is none, or too large.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.len() > MAX_PATTERN {
            return Err(format!(
                "the pattern has {} bytes, {MAX_PATTERN} are possible",
                text.len()
            ));
        }
        // How large it becomes is told by the smallest limit that it keeps.
        let mut bytes = 1 << 10;
        loop {
            match RegexBuilder::new(text).size_limit(bytes).build() {
                Ok(regex) => return Ok(Self { regex: Arc::new(regex), bytes }),
                Err(_) if bytes < MAX_COMPILED => bytes *= 2,
                Err(error) => {
                    return Err(format!(
                        "{:?} is no regular expression: {error}",
                        types::cut(text, 256)
                    ));
                }
            }
        }
    }
}

/// What the patterns of a webhook may be in all.
#[derive(Default)]
pub(super) struct Sizes(usize);

impl Sizes {
    /// Checks one more.
    ///
    /// # Errors
    /// A sentence: it is no pattern, or one too many.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        self.0 += Pattern::new(text)?.bytes;
        match self.0 > MAX_ALL {
            true => Err("the patterns of all filters together are too large".to_owned()),
            false => Ok(()),
        }
    }
}

/// The steps that an event's matching may still take.
pub(super) struct Budget(u64);

impl Default for Budget {
    fn default() -> Self {
        Self(MAX_STEPS)
    }
}

impl Budget {
    /// Whether a pattern matches one of the texts.
    ///
    /// # Errors
    /// A sentence, where that would take longer than an event may.
    pub async fn any(&mut self, pattern: &Pattern, texts: Vec<String>) -> Result<bool, String> {
        let characters: usize = texts.iter().map(|text| text.len() + 1).sum();
        let states = u64::try_from(pattern.bytes / STATE).unwrap_or(u64::MAX);
        let steps = states.saturating_mul(u64::try_from(characters).unwrap_or(u64::MAX));
        self.0 = self.0.checked_sub(steps).ok_or(
            "the event has more text than the filters' patterns may be matched with: use simpler \
             patterns",
        )?;
        let regex = pattern.regex.clone();
        let matches = move || texts.iter().any(|text| regex.is_match(text));
        if steps <= FEW_STEPS {
            return Ok(matches());
        }
        tokio::task::spawn_blocking(matches).await.map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sizes_and_steps_are_bounded() {
        assert!(Pattern::new("^refs/heads/(main|rel-.*)$").is_ok());
        for (text, named) in [
            ("(".to_owned(), "no regular expression"),
            ("x".repeat(MAX_PATTERN + 1), "4096 are possible"),
            ("(a{1000}){1000}".to_owned(), "no regular expression"),
        ] {
            let why = Pattern::new(&text).err().unwrap();
            assert!(why.contains(named) && why.len() < 600, "{why}");
        }
        let mut sizes = Sizes::default();
        let large = "a{1000}";
        let refused = (0..1_000).find_map(|_| sizes.add(large).err()).unwrap();
        assert!(refused.contains("together"), "{refused}");
        // What would be slow in an expression that goes back is not, and much of it is refused.
        let mut budget = Budget::default();
        let pattern = Pattern::new("^(a+)+$").unwrap();
        let text = format!("{}!", "a".repeat(50_000));
        assert_eq!(budget.any(&pattern, vec![text]).await, Ok(false));
        let endless = vec!["a".repeat(1 << 20); 20];
        let pattern = Pattern::new(large).unwrap();
        assert!(budget.any(&pattern, endless).await.unwrap_err().contains("simpler"));
        assert_eq!(budget.any(&pattern, vec!["b".to_owned()]).await, Ok(false));
    }
}
