//! Policy documents.

use std::fmt;

use serde_json::Value;

use super::statement::Statement;

/// Where a document is used, which decides what it must and must not contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyKind {
    /// Attached to users, groups and roles; also boundaries and session policies. Names
    /// resources, no principals.
    Identity,
    /// Attached to a resource. Names principals and resources.
    Resource,
    /// A role's trust policy. Names principals; the role is the resource.
    Trust,
}

/// Why a text is no policy, in IAM's words as far as they are known. The code is
/// `MalformedPolicyDocument` in IAM, `MalformedPolicy` in S3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError(String);

impl PolicyError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// IAM says no more than the first sentence.
    pub(crate) fn syntax(detail: impl fmt::Display) -> Self {
        Self(format!("Syntax errors in policy. ({detail})"))
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PolicyError {}

/// A parsed and compiled policy document.
#[derive(Clone, Debug)]
pub struct Policy {
    kind: PolicyKind,
    statements: Vec<Statement>,
}

impl Policy {
    /// Parses a document's text.
    ///
    /// # Errors
    /// What is wrong, worded as IAM does. JSON nested deeper than 128 levels is refused.
    pub fn parse(kind: PolicyKind, text: &str) -> Result<Self, PolicyError> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| PolicyError::syntax(error.to_string()))?;
        if written_members(text) != members(&value) {
            return Err(PolicyError::syntax("an element is there twice"));
        }
        Self::from_value(kind, &value)
    }

    /// Compiles a document that is already parsed as JSON.
    ///
    /// # Errors
    /// As [`Policy::parse`].
    pub fn from_value(kind: PolicyKind, document: &Value) -> Result<Self, PolicyError> {
        let object = document
            .as_object()
            .ok_or_else(|| PolicyError::syntax("a policy must be a JSON object"))?;
        if let Some(unknown) =
            object.keys().find(|key| !matches!(key.as_str(), "Version" | "Id" | "Statement"))
        {
            return Err(PolicyError::syntax(format!("a policy has no element {unknown:?}")));
        }
        let variables = match object.get("Version") {
            None => false,
            Some(Value::String(version)) if version == "2008-10-17" => false,
            Some(Value::String(version)) if version == "2012-10-17" => true,
            Some(_) => {
                return Err(PolicyError::new(
                    "Policy document must be version 2012-10-17 or greater.",
                ));
            }
        };
        if object.get("Id").is_some_and(|id| !id.is_string()) {
            return Err(PolicyError::syntax("Id must be a string"));
        }
        let statements = match object.get("Statement") {
            Some(Value::Array(list)) if !list.is_empty() => list.as_slice(),
            Some(single @ Value::Object(_)) => std::slice::from_ref(single),
            Some(Value::Array(_)) => {
                return Err(PolicyError::syntax("Statement must not be empty"));
            }
            Some(_) => {
                return Err(PolicyError::syntax(
                    "Statement must be an object or a list of objects",
                ));
            }
            None => return Err(PolicyError::new("Missing required field Statement")),
        };
        let statements = statements
            .iter()
            .map(|statement| Statement::parse(statement, kind, variables))
            .collect::<Result<Vec<_>, _>>()?;
        let mut sids: Vec<&str> = statements.iter().filter_map(|s| s.sid.as_deref()).collect();
        sids.sort_unstable();
        if sids.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(PolicyError::new("Statement IDs (SID) in a single policy must be unique."));
        }
        Ok(Self { kind, statements })
    }

    /// What it was parsed as.
    pub fn kind(&self) -> PolicyKind {
        self.kind
    }

    pub(crate) fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// The ARNs, account ids and unique ids under `"AWS"` in the document's principals, so that
    /// a service can refuse those that do not exist.
    pub fn aws_principals(&self) -> impl Iterator<Item = &str> {
        self.statements
            .iter()
            .filter_map(|statement| statement.principals.as_ref())
            .flat_map(|principals| principals.aws_names())
    }
}

/// How many members the objects of a JSON text are written with: colons outside of strings.
fn written_members(text: &str) -> usize {
    let (mut count, mut quoted, mut escaped) = (0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b':' if !quoted => count += 1,
            _ => {}
        }
    }
    count
}

/// How many members are left once an object keeps only the last of each name. Reading one of two
/// `Effect`s and dropping the other is not for a policy's reader to do.
fn members(value: &Value) -> usize {
    match value {
        Value::Array(list) => list.iter().map(members).sum(),
        Value::Object(object) => object.len() + object.values().map(members).sum::<usize>(),
        _ => 0,
    }
}
