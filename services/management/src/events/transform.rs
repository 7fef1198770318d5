//! What a target is given: the event, a part of it, a constant, or a template filled from it.
//!
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html>

use std::collections::BTreeMap;

use api_management::events::{InputTransformer, Target};
use serde_json::{Value, json};
use types::Timestamp;

/// Names that are set without being asked for.
const RESERVED: &str = "aws.events.";

/// `$.detail.items[0].name`
#[derive(Debug, PartialEq, Eq)]
struct Path(Vec<Step>);

#[derive(Debug, PartialEq, Eq)]
enum Step {
    Member(String),
    Item(usize),
}

impl Path {
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text} is not a JSON path, as in $.detail.name");
        let mut rest = text.strip_prefix('$').ok_or_else(wrong)?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                let (name, after) = after.split_at(end);
                if name.is_empty() || name.contains(['*', '?', '(', ')', ' ']) {
                    return Err(wrong());
                }
                steps.push(Step::Member(name.to_owned()));
                rest = after;
            } else {
                let (inside, after) = rest
                    .strip_prefix('[')
                    .and_then(|after| after.split_once(']'))
                    .ok_or_else(wrong)?;
                let name = ['\'', '"'].iter().find_map(|&mark| {
                    inside.strip_prefix(mark).and_then(|it| it.strip_suffix(mark))
                });
                steps.push(match name {
                    Some(name) => Step::Member(name.to_owned()),
                    None => Step::Item(inside.parse().map_err(|_| wrong())?),
                });
                rest = after;
            }
        }
        Ok(Self(steps))
    }

    fn find<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        self.0.iter().try_fold(value, |value, step| match step {
            Step::Member(name) => value.get(name),
            Step::Item(at) => value.get(at),
        })
    }
}

/// Says what is wrong with a target's input members, if anything is.
pub(super) fn check(target: &Target) -> Result<(), String> {
    let given =
        [target.input.is_some(), target.input_path.is_some(), target.input_transformer.is_some()];
    if given.into_iter().filter(|it| *it).count() > 1 {
        return Err("Only one of Input, InputPath, or InputTransformer must be provided".to_owned());
    }
    if let Some(input) = &target.input {
        serde_json::from_str::<Value>(input)
            .map_err(|_| "JSON syntax error in Input".to_owned())?;
    }
    if let Some(path) = &target.input_path {
        Path::parse(path)?;
    }
    let Some(transformer) = &target.input_transformer else { return Ok(()) };
    let names = transformer.input_paths_map.iter().flatten();
    for (name, path) in names {
        if name.to_ascii_lowercase().starts_with("aws") {
            return Err(format!("InputPathsMap key {name} is reserved"));
        }
        Path::parse(path)?;
    }
    for name in placeholders(&transformer.input_template) {
        let mapped = transformer.input_paths_map.as_ref().is_some_and(|it| it.contains_key(name));
        if !mapped && !name.starts_with(RESERVED) {
            return Err(format!("InputTemplate has <{name}>, which InputPathsMap does not"));
        }
    }
    Ok(())
}

/// Whether a target is given something else than the event itself.
pub(super) fn is_given(target: &Target) -> bool {
    target.input.is_some() || target.input_path.is_some() || target.input_transformer.is_some()
}

/// What a target is given for an event.
pub(super) fn input(
    target: &Target,
    event: &Value,
    rule_name: &str,
    rule_arn: &str,
    ingested: Timestamp,
) -> Result<String, String> {
    if let Some(input) = &target.input {
        return Ok(input.clone());
    }
    if let Some(path) = &target.input_path {
        let found = Path::parse(path)?;
        return Ok(found.find(event).unwrap_or(&json!({})).to_string());
    }
    match &target.input_transformer {
        Some(transformer) => fill(transformer, event, rule_name, rule_arn, ingested),
        None => Ok(event.to_string()),
    }
}

fn fill(
    transformer: &InputTransformer,
    event: &Value,
    rule_name: &str,
    rule_arn: &str,
    ingested: Timestamp,
) -> Result<String, String> {
    let mut values: BTreeMap<&str, Value> = BTreeMap::new();
    for (name, path) in transformer.input_paths_map.iter().flatten() {
        if let Some(value) = Path::parse(path)?.find(event) {
            values.insert(name, value.clone());
        }
    }
    let mut without_detail = event.clone();
    if let Some(object) = without_detail.as_object_mut() {
        object.remove("detail");
    }
    values.insert("aws.events.rule-name", json!(rule_name));
    values.insert("aws.events.rule-arn", json!(rule_arn));
    values.insert("aws.events.event.ingestion-time", json!(ingested.iso8601()));
    values.insert("aws.events.event", without_detail);
    values.insert("aws.events.event.json", event.clone());

    let mut out = String::new();
    let mut rest = transformer.input_template.as_str();
    let mut in_quotes = false;
    while let Some((before, name, after)) = next_placeholder(rest) {
        out.push_str(before);
        in_quotes ^= quotes(before) % 2 == 1;
        match (values.get(name), in_quotes) {
            // Between quotation marks a text stands as it is, escaped.
            (Some(Value::String(text)), true) => out.push_str(&escaped(text)),
            (Some(value), true) => out.push_str(&escaped(&value.to_string())),
            (Some(value), false) => out.push_str(&value.to_string()),
            // What the event does not have is left out; JSON needs something in its place.
            (None, true) => {}
            (None, false) => out.push_str("\"\""),
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

fn escaped(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or_default().to_owned()
}

/// Quotation marks that no backslash takes.
fn quotes(text: &str) -> usize {
    let mut count = 0;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
            }
            '"' => count += 1,
            _ => {}
        }
    }
    count
}

/// What stands before the first `<name>`, the name, and what stands behind it.
fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let open = from + text.get(from..)?.find('<')?;
        let inside = text.get(open + 1..)?;
        let len =
            inside.find(|it: char| !it.is_alphanumeric() && !matches!(it, '_' | '-' | '.'))?;
        let (name, after) = inside.split_at(len);
        match after.strip_prefix('>') {
            Some(after) if !name.is_empty() => return Some((text.get(..open)?, name, after)),
            _ => from = open + 1,
        }
    }
}

fn placeholders(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((_, name, after)) = next_placeholder(rest) {
        names.push(name);
        rest = after;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str, paths: &[(&str, &str)]) -> String {
        let paths = paths.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let target = Target {
            input_transformer: Some(InputTransformer {
                input_paths_map: Some(paths),
                input_template: template.to_owned(),
            }),
            ..Target::default()
        };
        check(&target).unwrap();
        let event = json!({"id": "7", "detail": {"a": "x \"y\"", "n": [1, {"k": true}]}});
        input(&target, &event, "r", "arn:r", Timestamp::from_secs(0)).unwrap()
    }

    #[test]
    fn templates_are_filled() {
        let paths = [("a", "$.detail.a"), ("k", "$.detail.n[1].k"), ("m", "$.detail.missing")];
        assert_eq!(filled(r#""<a> is <k>""#, &paths), r#""x \"y\" is true""#);
        assert_eq!(filled(r#"{"a": <a>, "k": <k>}"#, &paths), r#"{"a": "x \"y\"", "k": true}"#);
        assert_eq!(filled(r#"{"m": <m>, "t": "<m>."}"#, &paths), r#"{"m": "", "t": "."}"#);
        assert_eq!(filled(r#"{"r": "<aws.events.rule-name>"}"#, &[]), r#"{"r": "r"}"#);
        assert_eq!(filled(r#"{"e": <aws.events.event>}"#, &[]), r#"{"e": {"id":"7"}}"#);
        assert_eq!(filled("\"1 < 2 <> <", &[]), "\"1 < 2 <> <");
    }

    #[test]
    fn bad_inputs_are_refused() {
        let target = Target::default;
        let bad = [
            Target { input: Some("{".into()), ..target() },
            Target { input_path: Some("detail".into()), ..target() },
            Target { input_path: Some("$.a[x]".into()), ..target() },
            Target { input: Some("{}".into()), input_path: Some("$".into()), ..target() },
            Target {
                input_transformer: Some(InputTransformer {
                    input_paths_map: None,
                    input_template: "<unknown>".into(),
                }),
                ..target()
            },
        ];
        for target in bad {
            assert!(check(&target).is_err(), "{target:?}");
        }
    }
}
