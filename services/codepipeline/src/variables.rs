//! References to variables: `#{namespace.key}` in the configuration of actions.
//!
//! After the [variables reference](https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html).

use std::collections::BTreeMap;

/// The namespace of what every execution has.
pub const PIPELINE_NAMESPACE: &str = "codepipeline";
/// Its only variable.
pub const PIPELINE_EXECUTION_ID: &str = "PipelineExecutionId";
/// The namespace of a V2 pipeline's own variables.
pub const VARIABLES_NAMESPACE: &str = "variables";
/// The configuration value that is JSON: what is put into its strings must be escaped.
const JSON_KEY: &str = "EnvironmentVariables";
/// Most bytes of all configuration values of an action together, variables put in.
pub const MAX_RESOLVED: usize = 100 << 10;

/// A piece of a configuration value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// As it stands.
    Text(&'a str),
    /// What stands between `#{` and `}`.
    Reference(&'a str),
}

/// A reference that names no namespace or no key.
pub fn split(reference: &str) -> Option<(&str, &str)> {
    let (namespace, key) = reference.split_once('.')?;
    let word = |text: &str| {
        !text.is_empty()
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '@' | '-' | '_'))
    };
    (word(namespace) && word(key)).then_some((namespace, key))
}

/// The pieces of a value. `#{` without an end is text.
pub fn pieces(value: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = value;
    while let Some((before, behind)) = rest.split_once("#{") {
        let Some((reference, after)) = behind.split_once('}') else { break };
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.push(Piece::Reference(reference));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// The references in a value.
pub fn references(value: &str) -> impl Iterator<Item = &str> {
    pieces(value).into_iter().filter_map(|piece| match piece {
        Piece::Reference(reference) => Some(reference),
        Piece::Text(_) => None,
    })
}

/// The configuration with variables put in.
///
/// # Errors
/// A sentence that names the references that have no value, or the size that is too large.
pub fn resolve(
    configuration: &BTreeMap<String, String>,
    execution_id: &str,
    namespaces: &BTreeMap<String, BTreeMap<String, String>>,
) -> Result<BTreeMap<String, String>, String> {
    let mut missing = Vec::new();
    let mut resolved = BTreeMap::new();
    for (key, value) in configuration {
        let mut out = String::new();
        for piece in pieces(value) {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Reference(reference) => match look_up(reference, execution_id, namespaces) {
                    Some(found) if key == JSON_KEY => out.push_str(&escaped(found)),
                    Some(found) => out.push_str(found),
                    None => missing.push(format!("{key}: #{{{reference}}}")),
                },
            }
        }
        resolved.insert(key.clone(), out);
    }
    if !missing.is_empty() {
        return Err(format!(
            "Failed to resolve the variables in the action configuration. The following \
             variables have no value: {}",
            missing.join(", ")
        ));
    }
    let size: usize = resolved.values().map(String::len).sum();
    if size > MAX_RESOLVED {
        return Err(format!(
            "The resolved action configuration of {size} bytes exceeds the limit of {MAX_RESOLVED} \
             bytes."
        ));
    }
    Ok(resolved)
}

fn look_up<'a>(
    reference: &str,
    execution_id: &'a str,
    namespaces: &'a BTreeMap<String, BTreeMap<String, String>>,
) -> Option<&'a str> {
    match split(reference)? {
        (PIPELINE_NAMESPACE, PIPELINE_EXECUTION_ID) => Some(execution_id),
        (namespace, key) => namespaces.get(namespace)?.get(key).map(String::as_str),
    }
}

/// The inside of a JSON string.
fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
        entries.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn values_are_cut_into_pieces() {
        use Piece::{Reference, Text};
        for (value, want) in [
            ("", vec![]),
            ("plain", vec![Text("plain")]),
            ("#{a.b}", vec![Reference("a.b")]),
            ("x#{a.b}y#{c.d}", vec![Text("x"), Reference("a.b"), Text("y"), Reference("c.d")]),
            ("#{open", vec![Text("#{open")]),
            ("#{a.b}#{open", vec![Reference("a.b"), Text("#{open")]),
            ("#{}", vec![Reference("")]),
        ] {
            assert_eq!(pieces(value), want, "{value}");
        }
    }

    #[test]
    fn references_are_split_once() {
        assert_eq!(split("Source.CommitId"), Some(("Source", "CommitId")));
        for bad in ["", "a", ".b", "a.", "a.b.c", "a b.c", "a.$"] {
            assert_eq!(split(bad), None, "{bad}");
        }
    }

    #[test]
    fn values_are_put_in() {
        let namespaces =
            BTreeMap::from([("S".to_owned(), map(&[("Message", "say \"hi\"\nbye"), ("Id", "7")]))]);
        let resolved = resolve(
            &map(&[
                ("ProjectName", "p-#{S.Id}-#{codepipeline.PipelineExecutionId}"),
                ("EnvironmentVariables", r##"[{"name":"M","value":"#{S.Message}"}]"##),
                ("CustomData", "#{S.Message}"),
            ]),
            "e-1",
            &namespaces,
        )
        .unwrap();
        assert_eq!(resolved["ProjectName"], "p-7-e-1");
        assert_eq!(resolved["CustomData"], "say \"hi\"\nbye");
        let json: serde_json::Value =
            serde_json::from_str(&resolved["EnvironmentVariables"]).unwrap();
        assert_eq!(json[0]["value"], "say \"hi\"\nbye");
    }

    #[test]
    fn what_has_no_value_is_named() {
        let error = resolve(&map(&[("A", "#{x.y} #{bad}")]), "e", &BTreeMap::new()).unwrap_err();
        assert!(error.contains("A: #{x.y}") && error.contains("A: #{bad}"), "{error}");
        let huge = BTreeMap::from([("S".to_owned(), map(&[("V", &"x".repeat(60 << 10))]))]);
        assert!(resolve(&map(&[("A", "#{S.V}#{S.V}")]), "e", &huge).is_err());
    }
}
