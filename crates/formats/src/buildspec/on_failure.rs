//! `on-failure`: ABORT, CONTINUE, RETRY, RETRY-count, RETRY-regex, RETRY-count-regex.

/// The most retries that `RETRY-count` may ask for.
pub const MAX_RETRIES: u32 = 100;
/// How often RETRY retries without a count.
const DEFAULT_RETRIES: u32 = 3;

/// What happens when a command of a phase fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// The build fails.
    Abort,
    /// The next phase runs.
    Continue,
    /// The phase runs again, if the error matches.
    Retry {
        /// At most this often, 0 to [`MAX_RETRIES`].
        count: u32,
        /// A regular expression; without one every message matches.
        pattern: Option<String>,
    },
}

impl OnFailure {
    /// Reads the value of `on-failure`.
    ///
    /// # Errors
    /// A sentence for the author: an unknown word, a count above [`MAX_RETRIES`], or a text that
    /// is no regular expression.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "ABORT" => return Ok(Self::Abort),
            "CONTINUE" => return Ok(Self::Continue),
            _ => {}
        }
        // The reference writes "RETRY" and, in its examples, "Retry".
        let (word, rest) = text.split_at_checked(5).unwrap_or(("", ""));
        if word.eq_ignore_ascii_case("RETRY") && rest.is_empty() {
            return Ok(Self::Retry { count: DEFAULT_RETRIES, pattern: None });
        }
        let rest = rest.strip_prefix('-').filter(|_| word.eq_ignore_ascii_case("RETRY"));
        let Some(rest) = rest.filter(|rest| !rest.is_empty()) else {
            return Err(format!(
                "{text:?} must be ABORT, CONTINUE, RETRY, RETRY-count, RETRY-regex or \
                 RETRY-count-regex"
            ));
        };
        // "RETRY-3-x" is a count and a pattern, "RETRY-3x" a pattern alone.
        let (head, tail) =
            rest.split_once('-').map_or((rest, None), |(head, tail)| (head, Some(tail)));
        let is_count = !head.is_empty() && head.bytes().all(|byte| byte.is_ascii_digit());
        let (count, pattern) = match (is_count, tail) {
            (true, tail) => (read_count(head)?, tail),
            (false, _) => (DEFAULT_RETRIES, Some(rest)),
        };
        if let Some(pattern) = pattern {
            regex_lite::Regex::new(pattern)
                .map_err(|error| format!("{pattern:?} is no regular expression: {error}"))?;
        }
        Ok(Self::Retry { count, pattern: pattern.map(str::to_owned) })
    }
}

fn read_count(digits: &str) -> Result<u32, String> {
    digits
        .parse()
        .ok()
        .filter(|count| *count <= MAX_RETRIES)
        .ok_or_else(|| format!("the count {digits} must be between 0 and {MAX_RETRIES}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retry(count: u32, pattern: Option<&str>) -> OnFailure {
        OnFailure::Retry { count, pattern: pattern.map(str::to_owned) }
    }

    #[test]
    fn every_form() {
        for (text, want) in [
            ("ABORT", OnFailure::Abort),
            ("CONTINUE", OnFailure::Continue),
            ("RETRY", retry(3, None)),
            ("Retry", retry(3, None)),
            ("RETRY-0", retry(0, None)),
            ("Retry-.*Error: Unable.*", retry(3, Some(".*Error: Unable.*"))),
            ("Retry-3-.*timed out.*", retry(3, Some(".*timed out.*"))),
            ("RETRY-100", retry(100, None)),
            ("RETRY-timed out", retry(3, Some("timed out"))),
            ("RETRY-3x", retry(3, Some("3x"))),
            ("RETRY-8-a-b+", retry(8, Some("a-b+"))),
            ("RETRY-time-out", retry(3, Some("time-out"))),
        ] {
            assert_eq!(OnFailure::parse(text).unwrap(), want, "{text}");
        }
    }

    #[test]
    fn nothing_else() {
        for (text, why) in [
            ("", "must be ABORT"),
            ("abort", "must be ABORT"),
            ("RETRY-", "must be ABORT"),
            ("RETR", "must be ABORT"),
            ("RETRé-1", "must be ABORT"),
            ("RETRYx", "must be ABORT"),
            ("RETRY-101", "between 0 and 100"),
            ("RETRY-99999999999", "between 0 and 100"),
            ("RETRY-(", "no regular expression"),
            ("RETRY-2-[", "no regular expression"),
        ] {
            let error = OnFailure::parse(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
