//! What can be wrong with a message: its form (refused at once) or its values (all told together,
//! in AWS's words).

use std::collections::HashMap;
use std::fmt;
use std::sync::{OnceLock, RwLock};

use regex_lite::Regex;

use crate::path::Path;
use crate::{Field, Peek, Shape};

/// A message that does not have the form of its shape: AWS's `SerializationException`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// The member's path, such as `environment.variables.1.member.name`; empty for the whole.
    pub path: String,
    /// What was expected and what stood there.
    pub message: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{} at '{}'", self.message, self.path)
        }
    }
}

impl std::error::Error for ReadError {}

/// One value that is missing or out of bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The member's path.
    pub path: String,
    /// The service's own error code for it, where it has one.
    pub code: Option<&'static str>,
    /// The member is missing, rather than wrong.
    pub missing: bool,
    /// `Value 'x' at 'path' failed to satisfy constraint: …`
    pub message: String,
}

/// All that is wrong with a message's values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// A required member that is not there.
    pub fn missing(&mut self, path: impl fmt::Display, field: &Field) {
        let path = path.to_string();
        self.0.push(Problem {
            code: field.missing,
            missing: true,
            message: format!(
                "Value null at '{path}' failed to satisfy constraint: Member must not be null"
            ),
            path,
        });
    }

    /// A value that breaks `constraint`.
    pub fn invalid(
        &mut self,
        path: impl fmt::Display,
        field: &Field,
        shown: &str,
        constraint: &str,
    ) {
        let shown = if field.sensitive { "***" } else { shown };
        let path = path.to_string();
        self.0.push(Problem {
            code: field.invalid,
            missing: false,
            message: format!(
                "Value '{shown}' at '{path}' failed to satisfy constraint: {constraint}"
            ),
            path,
        });
    }

    /// Nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.0.len() == 1 { "" } else { "s" };
        write!(f, "{} validation error{s} detected: ", self.0.len())?;
        for (at, problem) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("; ")?;
            }
            f.write_str(&problem.message)?;
        }
        Ok(())
    }
}

/// Checks every declared bound and pattern, and that required `Option` members are present.
pub fn validate(shape: &dyn Shape) -> Problems {
    let mut problems = Problems::default();
    walk(shape, &Path::Root, &mut problems);
    problems
}

fn walk(shape: &dyn Shape, parent: &Path<'_>, problems: &mut Problems) {
    for (index, field) in shape.schema().fields.iter().enumerate() {
        let peek = shape.peek(index);
        if let Peek::Absent = peek {
            if field.required {
                problems.missing(Path::Member(parent, field.name), field);
            }
            continue;
        }
        let bounded = field.min.is_some() || field.max.is_some() || field.pattern.is_some();
        let nested = matches!(peek, Peek::Struct(_) | Peek::List(_) | Peek::Map(_));
        if bounded || nested {
            check(&peek, field, &Path::Member(parent, field.name), problems);
        }
    }
}

fn check(peek: &Peek<'_>, field: &Field, path: &Path<'_>, problems: &mut Problems) {
    match peek {
        Peek::String(text) => check_text(text, field, path, problems),
        Peek::Enum(word) => check_text(word.word(), field, path, problems),
        Peek::Long(value) => check_bounds(*value, field, path, value, "value", problems),
        Peek::Blob(bytes) => {
            check_bounds(bytes.len() as i64, field, path, &"<bytes>", "length", problems);
        }
        Peek::Struct(inner) => walk(*inner, path, problems),
        Peek::List(list) => {
            let shown = format_args!("{} items", list.count());
            check_bounds(list.count() as i64, field, path, &shown, "length", problems);
            for at in 0..list.count() {
                if let Peek::Struct(inner) = list.at(at) {
                    walk(inner, &Path::Item(path, at + 1), problems);
                }
            }
        }
        Peek::Map(map) => {
            let shown = format_args!("{} entries", map.count());
            check_bounds(map.count() as i64, field, path, &shown, "length", problems);
            map.visit(&mut |key, value| {
                if let Peek::Struct(inner) = value {
                    walk(inner, &Path::Value(path, key), problems);
                }
            });
        }
        _ => {}
    }
}

fn check_text(text: &str, field: &Field, path: &Path<'_>, problems: &mut Problems) {
    if field.min.is_some() || field.max.is_some() {
        check_bounds(text.chars().count() as i64, field, path, &text, "length", problems);
    }
    if let Some(pattern) = field.pattern
        && !matches(pattern, text)
    {
        let constraint = format!("Member must satisfy regular expression pattern: {pattern}");
        problems.invalid(path, field, text, &constraint);
    }
}

fn check_bounds(
    value: i64,
    field: &Field,
    path: &Path<'_>,
    shown: &dyn fmt::Display,
    of: &str,
    problems: &mut Problems,
) {
    if let Some(min) = field.min.filter(|min| value < *min) {
        let constraint = format!("Member must have {of} greater than or equal to {min}");
        problems.invalid(path, field, &shown.to_string(), &constraint);
    }
    if let Some(max) = field.max.filter(|max| value > *max) {
        let constraint = format!("Member must have {of} less than or equal to {max}");
        problems.invalid(path, field, &shown.to_string(), &constraint);
    }
}

/// Whether the whole of `text` matches; patterns are compiled once.
fn matches(pattern: &'static str, text: &str) -> bool {
    static COMPILED: OnceLock<RwLock<HashMap<&'static str, Option<Regex>>>> = OnceLock::new();
    let cache = COMPILED.get_or_init(Default::default);
    if let Ok(map) = cache.read()
        && let Some(regex) = map.get(pattern)
    {
        return regex.as_ref().is_some_and(|regex| regex.is_match(text));
    }
    // A pattern that does not compile matches nothing: loud in the first test that meets it.
    let regex = Regex::new(&format!(r"\A(?s:{pattern})\z")).ok();
    let matched = regex.as_ref().is_some_and(|regex| regex.is_match(text));
    if let Ok(mut map) = cache.write() {
        map.insert(pattern, regex);
    }
    matched
}

/// Writes a shape for a log, with sensitive members hidden.
pub fn debug(shape: &dyn Shape, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut out = f.debug_struct(shape.schema().name);
    for (index, field) in shape.schema().fields.iter().enumerate() {
        match shape.peek(index) {
            Peek::Absent => {}
            _ if field.sensitive => {
                out.field(field.name, &"***");
            }
            peek => {
                out.field(field.name, &DebugPeek(peek));
            }
        }
    }
    out.finish()
}

struct DebugPeek<'a>(Peek<'a>);

impl fmt::Debug for DebugPeek<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Peek::Absent => f.write_str("-"),
            Peek::String(text) => write!(f, "{text:?}"),
            Peek::Bool(value) => write!(f, "{value}"),
            Peek::Long(value) => write!(f, "{value}"),
            Peek::Double(value) => write!(f, "{value}"),
            Peek::Blob(bytes) => write!(f, "<{} bytes>", bytes.len()),
            Peek::Timestamp(at) => write!(f, "{at}"),
            Peek::Document(value) => write!(f, "{value}"),
            Peek::Enum(word) => f.write_str(word.word()),
            Peek::Struct(shape) => debug(*shape, f),
            Peek::List(list) => {
                f.debug_list().entries((0..list.count()).map(|at| DebugPeek(list.at(at)))).finish()
            }
            Peek::Map(map) => {
                let mut out = f.debug_map();
                map.visit(&mut |key, value| {
                    out.entry(&key, &DebugPeek(value));
                });
                out.finish()
            }
            Peek::Body(body) => write!(f, "{body:?}"),
        }
    }
}
