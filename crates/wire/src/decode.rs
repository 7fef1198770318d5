//! From a request to an operation's input.

use std::collections::BTreeMap;

use http::HeaderMap;
use serde_json::Value;
use shape::{Body, Problems, ReadError, Shape};

use crate::{MAX_DEPTH, Protocol, digest, query, rest};

/// What the protocols read of an HTTP request.
pub struct Request<'a> {
    /// The query string's parameters, decoded.
    pub query: &'a [(String, String)],
    /// All headers.
    pub headers: &'a HeaderMap,
    /// The body, unless the operation streams it.
    pub body: &'a [u8],
    /// The body, where the operation streams it.
    pub stream: Body,
}

impl Request<'_> {
    /// A header's text, if it has any.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Fills `shape`; `labels` are the path labels of a REST route. Values that are missing or out of
/// bounds are gathered in the returned problems; a message of the wrong form is an error.
pub fn decode(
    protocol: Protocol,
    mut request: Request<'_>,
    labels: &BTreeMap<&'static str, String>,
    shape: &mut dyn Shape,
) -> Result<Problems, ReadError> {
    let mut problems = Problems::default();
    match protocol {
        Protocol::Json10 | Protocol::Json11 => {
            shape::json::read(&parse_json(request.body)?, shape, &mut problems)?;
        }
        Protocol::Query { .. } => {
            let form = std::str::from_utf8(request.body).map_err(|_| ReadError {
                path: String::new(),
                message: "The request body is not UTF-8".to_owned(),
            })?;
            query::read(form, shape, &mut problems)?;
        }
        Protocol::RestJson | Protocol::RestXml => {
            if protocol == Protocol::RestXml && matches!(request.stream, Body::Empty) {
                digest::check(&request, shape, &mut problems);
            }
            rest::read(protocol, &mut request, labels, shape, &mut problems)?;
        }
    }
    // A required `Option` is found missing by both walks; it is told once.
    for problem in shape::validate(shape).0 {
        if !problems
            .0
            .iter()
            .any(|known| known.path == problem.path && known.missing == problem.missing)
        {
            problems.0.push(problem);
        }
    }
    Ok(problems)
}

/// Reads a JSON body; an empty one counts as `{}`, as AWS has it.
pub(crate) fn parse_json(body: &[u8]) -> Result<Value, ReadError> {
    let bad = |message: String| ReadError { path: String::new(), message };
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    if depth(body) > MAX_DEPTH {
        return Err(bad(format!("The request is nested deeper than {MAX_DEPTH} levels")));
    }
    serde_json::from_slice(body).map_err(|error| bad(format!("Malformed JSON: {error}")))
}

/// The deepest bracket level, strings left out.
fn depth(body: &[u8]) -> usize {
    let (mut level, mut deepest, mut in_string, mut escaped) = (0usize, 0, false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                level += 1;
                deepest = deepest.max(level);
            }
            b']' | b'}' if !in_string => level = level.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The path of a member below `parent`; AWS writes the first letter small.
pub(crate) fn join(parent: &str, name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|c| c.to_ascii_lowercase());
    let name: String = first.into_iter().chain(letters).collect();
    if parent.is_empty() { name } else { format!("{parent}.{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_bodies_are_bounded() {
        assert!(parse_json(b"").is_ok());
        assert!(parse_json(b"{\"a\":\"[[[[\\\"{{{\"}").is_ok());
        assert!(parse_json("[".repeat(MAX_DEPTH + 1).as_bytes()).is_err());
        assert!(parse_json("[".repeat(1_000_000).as_bytes()).is_err());
        for bad in ["{", "{]", "nul", "\u{feff}{}", "{} x"] {
            assert!(parse_json(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
