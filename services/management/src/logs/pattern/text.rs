//! Terms: `ERROR "out of memory" -retry ?WARN ?FATAL %\d+ms%`.
//!
//! All plain terms must be there, no term with a minus may; terms with a question mark are
//! alternatives, and count only where there are no others. Case matters.

use regex_lite::Regex;

use super::regex;

/// Terms of a text pattern.
#[derive(Debug, Default)]
pub(in super::super) struct Terms {
    wanted: Vec<Term>,
    unwanted: Vec<Term>,
    alternatives: Vec<Term>,
}

#[derive(Debug)]
enum Term {
    Text(String),
    Regex(Regex),
}

impl Term {
    fn is_in(&self, message: &str) -> bool {
        match self {
            Self::Text(text) => message.contains(text.as_str()),
            Self::Regex(regex) => regex.is_match(message),
        }
    }
}

impl Terms {
    pub fn matches(&self, message: &str) -> bool {
        let is_in = |term: &Term| term.is_in(message);
        if self.unwanted.iter().any(is_in) || !self.wanted.iter().all(is_in) {
            return false;
        }
        let others = !self.wanted.is_empty() || !self.unwanted.is_empty();
        others || self.alternatives.iter().any(is_in)
    }
}

pub(super) fn parse(text: &str) -> Result<Terms, String> {
    let mut terms = Terms::default();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let list = match first {
            '-' => &mut terms.unwanted,
            '?' => &mut terms.alternatives,
            _ => &mut terms.wanted,
        };
        if matches!(first, '-' | '?') {
            rest = rest.get(1..).unwrap_or_default();
        }
        let (term, after) = term(rest)?;
        if after.chars().next().is_some_and(|next| !next.is_whitespace()) {
            return Err(format!("a space is missing before {after:?}"));
        }
        list.push(term);
        rest = after.trim_start();
    }
    Ok(terms)
}

fn term(text: &str) -> Result<(Term, &str), String> {
    if let Some(rest) = text.strip_prefix('"') {
        let (phrase, rest) = quoted(rest)?;
        return Ok((Term::Text(phrase), rest));
    }
    if let Some(rest) = text.strip_prefix('%') {
        let (expression, rest) =
            rest.split_once('%').ok_or("a regular expression lacks its closing %")?;
        return Ok((Term::Regex(regex::compile(expression)?), rest));
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    if word.is_empty() {
        return Err("a term is missing behind - or ?".to_owned());
    }
    match word.chars().find(|&letter| !letter.is_alphanumeric() && letter != '_') {
        Some(letter) => Err(format!(
            "the term {word} has the character {letter:?}: put it into double quotation marks"
        )),
        None => Ok((Term::Text(word.to_owned()), rest)),
    }
}

/// Reads up to the closing quotation mark; a backslash takes the next character as it is.
pub(super) fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut phrase = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Ok((phrase, text.get(at + 1..).unwrap_or_default())),
            '\\' => match letters.next() {
                Some((_, next)) => phrase.push(next),
                None => break,
            },
            _ => phrase.push(letter),
        }
    }
    Err("a closing quotation mark is missing".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_match() {
        let yes = [
            ("ERROR", "an ERROR came"),
            ("ERROR ARGUMENTS", "ARGUMENTS ERROR"),
            ("\"INTERNAL SERVER\"", "x INTERNAL SERVER ERROR"),
            ("ERROR -EXITING", "ERROR 400"),
            ("?ERROR ?WARN", "WARN: x"),
            ("-x", "abc"),
            ("%AUTHORIZED[0-9]{2}%", "AUTHORIZED42"),
            ("\"a\\\"b\"", "a\"b"),
            ("ERROR ?never", "ERROR"),
        ];
        for (pattern, message) in yes {
            assert!(parse(pattern).unwrap().matches(message), "{pattern} in {message}");
        }
        let no = [
            ("ERROR", "error"),
            ("ERROR ARGUMENTS", "ERROR"),
            ("ERROR -EXITING", "ERROR EXITING"),
            ("?ERROR ?WARN", "INFO"),
            ("%^a%", "ba"),
        ];
        for (pattern, message) in no {
            assert!(!parse(pattern).unwrap().matches(message), "{pattern} in {message}");
        }
    }

    #[test]
    fn bad_patterns_are_refused() {
        for bad in ["a.b", "\"open", "%open", "%(%", "- x", "?", "\"a\"b", "%%"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
