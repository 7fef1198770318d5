//! Event patterns.
//!
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>
//!
//! A pattern is an object; each of its members must fit the event's member of that name. A list
//! holds what the member may be. Where the event has an array, one of its items must fit.

mod matcher;

use serde_json::{Map, Value};

use matcher::Matcher;

/// How deep patterns may nest.
const MAX_DEPTH: usize = 32;
/// Ways that `$or` may multiply out to.
const MAX_ALTERNATIVES: usize = 1000;

/// A pattern, ready to match.
#[derive(Debug)]
pub(super) struct Pattern {
    members: Vec<(String, Member)>,
    /// `$or`: one of these must fit beside the members.
    alternatives: Vec<Pattern>,
}

#[derive(Debug)]
enum Member {
    Object(Pattern),
    /// One of these must fit.
    OneOf(Vec<Matcher>),
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| format!("it is not JSON: {error}"))?;
        let Value::Object(members) = value else {
            return Err("an event pattern must be a JSON object".to_owned());
        };
        let pattern = Self::of(&members, 0)?;
        match pattern.ways() <= MAX_ALTERNATIVES {
            true => Ok(pattern),
            false => Err(format!("$or leads to more than {MAX_ALTERNATIVES} combinations")),
        }
    }

    fn of(object: &Map<String, Value>, depth: usize) -> Result<Self, String> {
        if depth > MAX_DEPTH {
            return Err(format!("the pattern nests deeper than {MAX_DEPTH}"));
        }
        if object.is_empty() {
            return Err("empty objects are not allowed".to_owned());
        }
        let mut pattern = Self { members: Vec::new(), alternatives: Vec::new() };
        for (name, value) in object {
            match (name.as_str(), value) {
                ("$or", Value::Array(items)) if items.len() > 1 => {
                    for item in items {
                        let Value::Object(item) = item else {
                            return Err("$or must hold objects".to_owned());
                        };
                        pattern.alternatives.push(Self::of(item, depth + 1)?);
                    }
                }
                ("$or", _) => return Err("$or must hold at least two objects".to_owned()),
                (_, Value::Object(inner)) => {
                    let inner = Self::of(inner, depth + 1)?;
                    pattern.members.push((name.clone(), Member::Object(inner)));
                }
                (_, Value::Array(items)) if items.is_empty() => {
                    return Err(format!("{name:?}: empty arrays are not allowed"));
                }
                (_, Value::Array(items)) => {
                    let matchers = items.iter().map(Matcher::parse).collect::<Result<_, _>>();
                    let matchers = matchers.map_err(|error| format!("{name:?}: {error}"))?;
                    pattern.members.push((name.clone(), Member::OneOf(matchers)));
                }
                _ => return Err(format!("{name:?} must be an object or an array")),
            }
        }
        Ok(pattern)
    }

    fn ways(&self) -> usize {
        let inner = self.members.iter().fold(1_usize, |ways, (_, member)| match member {
            Member::Object(pattern) => ways.saturating_mul(pattern.ways()),
            Member::OneOf(_) => ways,
        });
        let alternatives: usize = self.alternatives.iter().map(Self::ways).sum();
        inner.saturating_mul(alternatives.max(1))
    }

    /// Whether an event fits.
    pub fn matches(&self, event: &Value) -> bool {
        match event {
            Value::Object(event) => self.fits(event),
            _ => false,
        }
    }

    fn fits(&self, event: &Map<String, Value>) -> bool {
        let members = self.members.iter().all(|(name, member)| {
            let value = event.get(name);
            match member {
                Member::Object(pattern) => pattern.fits_somewhere(value),
                Member::OneOf(matchers) => matchers.iter().any(|it| it.matches(value)),
            }
        });
        let alternatives = &self.alternatives;
        members && (alternatives.is_empty() || alternatives.iter().any(|it| it.fits(event)))
    }

    /// Members of an object in an array must fit in one and the same object.
    fn fits_somewhere(&self, value: Option<&Value>) -> bool {
        match value {
            Some(Value::Object(object)) => self.fits(object),
            Some(Value::Array(items)) => items.iter().any(|it| self.fits_somewhere(Some(it))),
            // What must not exist does not, where there is nothing at all.
            _ => self.fits(&Map::new()),
        }
    }
}

#[cfg(test)]
mod tests;
