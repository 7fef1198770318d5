//! `context`: SELinux labels.

use std::fmt;

/// The highest category.
const MAX_CATEGORY: u16 = 1023;

/// A label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// The SELinux user (`name`).
    pub user: Option<String>,
    /// `type`
    pub kind: String,
    /// `range`
    pub range: Option<Range>,
}

impl Context {
    /// Puts a label together.
    ///
    /// # Errors
    /// A sentence for the author: no type, a bad range, or characters that no label has.
    pub fn new(
        user: Option<String>,
        kind: Option<String>,
        range: Option<String>,
    ) -> Result<Self, String> {
        let kind = kind.ok_or("it has no type")?;
        let word = |text: &str| {
            !text.is_empty()
                && !text.starts_with('-')
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
        };
        if let Some(bad) = user.iter().chain([&kind]).find(|text| !word(text)) {
            return Err(format!("{bad:?} is no SELinux name"));
        }
        Ok(Self { user, kind, range: range.map(|range| Range::parse(&range)).transpose()? })
    }
}

/// `s#[-s#][:c#[.c#][,c#[.c#]]…]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    low: u32,
    high: u32,
    /// From and to, ascending.
    categories: Vec<(u16, u16)>,
}

impl Range {
    /// Reads a range.
    ///
    /// # Errors
    /// A sentence for the author: a wrong form, a falling range, or a category twice.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bad = || format!("{text:?} is no SELinux range");
        let (levels, categories) = match text.split_once(':') {
            Some((levels, categories)) => (levels, Some(categories)),
            None => (text, None),
        };
        let (low, high) = levels.split_once('-').unwrap_or((levels, levels));
        let (low, high) = (number(low, 's').ok_or_else(bad)?, number(high, 's').ok_or_else(bad)?);
        if low > high {
            return Err(bad());
        }
        let mut ranges = Vec::new();
        for part in categories.into_iter().flat_map(|text| text.split(',')) {
            let (from, to) = part.split_once('.').unwrap_or((part, part));
            let category = |text| {
                number(text, 'c').and_then(|n| u16::try_from(n).ok()).filter(|n| *n <= MAX_CATEGORY)
            };
            let (from, to) = (category(from).ok_or_else(bad)?, category(to).ok_or_else(bad)?);
            if from > to {
                return Err(bad());
            }
            ranges.push((from, to));
        }
        ranges.sort_unstable();
        if ranges.windows(2).any(|pair| matches!(pair, [(_, to), (from, _)] if from <= to)) {
            return Err(format!("{text:?} names a category twice"));
        }
        Ok(Self { low, high, categories: ranges })
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s{}", self.low)?;
        if self.high != self.low {
            write!(f, "-s{}", self.high)?;
        }
        for (index, (from, to)) in self.categories.iter().enumerate() {
            f.write_str(if index == 0 { ":" } else { "," })?;
            write!(f, "c{from}")?;
            if from != to {
                write!(f, ".c{to}")?;
            }
        }
        Ok(())
    }
}

fn number(text: &str, prefix: char) -> Option<u32> {
    let digits = text.strip_prefix(prefix)?;
    (digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        for (text, want) in [
            ("s0", "s0"),
            ("s0-s1", "s0-s1"),
            ("s1-s1:c5,c0.c3", "s1:c0.c3,c5"),
            ("s0:c1023", "s0:c1023"),
        ] {
            assert_eq!(Range::parse(text).unwrap().to_string(), want, "{text}");
        }
        for text in
            ["", "0", "s", "s1-s0", "s0:", "s0:c1024", "s0:c3.c1", "s0:c1,c1", "s0:c0.c3,c2", "s+1"]
        {
            assert!(Range::parse(text).is_err(), "{text}");
        }
    }
}
