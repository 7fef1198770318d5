//! A YAML tree that keeps what generic deserializers lose: the text of scalars as written (`0644`
//! stays `0644`, `1.10` stays `1.10`), tags such as `!Sub`, and the position of every node. JSON
//! texts are YAML too.
//!
//! Refused: duplicate keys, keys that are no scalars, several documents in one text, and whatever
//! exceeds the limits below (deep nesting, alias bombs).

mod load;

use std::fmt;

pub use load::parse;

/// The longest text that is read, in bytes. CloudFormation takes templates of up to 1 MB.
pub const MAX_SOURCE_BYTES: usize = 1024 * 1024;
/// The deepest nesting of sequences and mappings, aliases expanded.
pub const MAX_DEPTH: usize = 64;
/// The most nodes in a tree, aliases expanded.
pub const MAX_NODES: usize = 200_000;
/// The most bytes of scalar text in a tree, aliases expanded.
pub const MAX_SCALAR_BYTES: usize = 4 * MAX_SOURCE_BYTES;

/// A place in a text; both count from 1, columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// A sentence for the author of the text, without the position.
    pub message: String,
    /// Where it was found.
    pub at: Position,
}

impl Error {
    /// An error at a place.
    pub fn new(at: Position, message: impl Into<String>) -> Self {
        Self { message: message.into(), at }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.message, self.at)
    }
}

impl std::error::Error for Error {}

/// One node of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where the node starts (for an alias: where it was anchored).
    pub at: Position,
    /// The tag as written, for instance `!Sub`; core tags as `tag:yaml.org,2002:str`.
    pub tag: Option<String>,
    /// What it holds.
    pub value: Value,
}

/// What a node holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Scalar(Scalar),
    /// `[a, b]`
    Sequence(Vec<Node>),
    /// `{a: b}`, in the order of the text; keys are unique.
    Mapping(Vec<Entry>),
}

/// A text and whether it was quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// As written, escapes resolved.
    pub text: String,
    /// Without quotes and no block: only such texts can be null, numbers or booleans.
    pub plain: bool,
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key's text.
    pub key: String,
    /// Where the key stands.
    pub key_at: Position,
    /// What it is set to.
    pub value: Node,
}

impl Node {
    /// Nothing: an empty value, `~` or `null`, unquoted.
    pub fn is_null(&self) -> bool {
        match &self.value {
            Value::Scalar(scalar) => {
                scalar.plain
                    && self.tag.is_none()
                    && matches!(scalar.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
            }
            _ => false,
        }
    }

    /// The text of a scalar that is not null.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(scalar) if !self.is_null() => Some(&scalar.text),
            _ => None,
        }
    }

    /// A boolean as YAML 1.1 writes it, which is what AWS documents (`yes`, `no`, `true`,
    /// `false`, `on`, `off`). Quoted texts count, since AWS's own samples quote them.
    pub fn as_bool(&self) -> Option<bool> {
        match self.as_str()?.to_ascii_lowercase().as_str() {
            "yes" | "true" | "on" => Some(true),
            "no" | "false" | "off" => Some(false),
            _ => None,
        }
    }

    /// The items of a sequence.
    pub fn as_sequence(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a mapping.
    pub fn as_mapping(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of a key of a mapping.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_mapping()?.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// What the node is, for messages: "a string", "a sequence", "subkeys" or "nothing".
    pub fn kind(&self) -> &'static str {
        match &self.value {
            _ if self.is_null() => "nothing",
            Value::Scalar(_) => "a string",
            Value::Sequence(_) => "a sequence",
            Value::Mapping(_) => "subkeys",
        }
    }
}
