//! Reading typed values out of a mapping, with CodeBuild's wording: `Expected X to be of string
//! type: found subkeys instead`.

use crate::yaml::{Entry, Error, Node, Position, Value};

/// A mapping and the path under which messages name it.
pub(crate) struct Section<'a> {
    entries: &'a [Entry],
    path: String,
    /// Where the mapping starts.
    pub(crate) at: Position,
}

impl<'a> Section<'a> {
    /// The mapping at `path`, with no keys but `known`.
    pub(crate) fn new(node: &'a Node, path: &str, known: &[&str]) -> Result<Self, Error> {
        let section = Self::open(node, path)?;
        for entry in section.entries {
            if !known.contains(&entry.key.as_str()) {
                let place = if path.is_empty() { String::new() } else { format!(" in {path}") };
                return Err(Error::new(
                    entry.key_at,
                    format!("unknown key {:?}{place}: known are {}", entry.key, known.join(", ")),
                ));
            }
        }
        Ok(section)
    }

    /// The mapping at `path`, whatever its keys.
    pub(crate) fn open(node: &'a Node, path: &str) -> Result<Self, Error> {
        match node.as_mapping() {
            Some(entries) => Ok(Self { entries, path: path.to_owned(), at: node.at }),
            None => Err(expected(node, path, "mapping")),
        }
    }

    /// The path of one of its keys.
    pub(crate) fn path(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The value of a key; a key that is set to nothing counts as absent.
    pub(crate) fn get(&self, key: &str) -> Option<&'a Node> {
        self.given(key).filter(|node| !node.is_null())
    }

    /// The value of a key, nulls included.
    pub(crate) fn given(&self, key: &str) -> Option<&'a Node> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    pub(crate) fn entries(&self) -> &'a [Entry] {
        self.entries
    }

    pub(crate) fn string(&self, key: &str) -> Result<Option<String>, Error> {
        self.get(key).map(|node| string(node, &self.path(key))).transpose()
    }

    /// A switch that is off unless set.
    pub(crate) fn flag(&self, key: &str) -> Result<bool, Error> {
        Ok(self.switch(key)?.unwrap_or(false))
    }

    /// A switch that may be left alone.
    pub(crate) fn switch(&self, key: &str) -> Result<Option<bool>, Error> {
        let Some(node) = self.get(key) else { return Ok(None) };
        node.as_bool().map(Some).ok_or_else(|| {
            Error::new(
                node.at,
                format!("Expected {} to be yes or no: found {}", self.path(key), found(node)),
            )
        })
    }

    /// Where a key inside the mapping under `key` stands.
    pub(crate) fn key_at(&self, key: &str, inner: &str) -> Position {
        let entries = self.get(key).and_then(Node::as_mapping).unwrap_or_default();
        entries.iter().find(|entry| entry.key == inner).map_or(self.at, |entry| entry.key_at)
    }

    /// A list of strings; empty if absent. A string alone stands for a list of one, as CodeBuild
    /// takes it (`files: '**/*'`).
    pub(crate) fn strings(&self, key: &str) -> Result<Vec<String>, Error> {
        let Some(node) = self.get(key) else { return Ok(Vec::new()) };
        if let Some(text) = node.as_str() {
            return Ok(vec![text.to_owned()]);
        }
        let path = self.path(key);
        let Some(items) = node.as_sequence() else { return Err(expected(node, &path, "sequence")) };
        items
            .iter()
            .enumerate()
            .map(|(index, item)| string(item, &format!("{path}[{index}]")))
            .collect()
    }

    /// Names with strings, in the order of the text; empty if absent.
    pub(crate) fn string_map(&self, key: &str) -> Result<Vec<(String, String)>, Error> {
        self.map_of(key, string)
    }

    /// The same, where a name that is set to nothing has the empty string.
    pub(crate) fn value_map(&self, key: &str) -> Result<Vec<(String, String)>, Error> {
        let value = |node: &Node, path: &str| match node.is_null() {
            true => Ok(String::new()),
            false => string(node, path),
        };
        self.map_of(key, value)
    }

    fn map_of(
        &self,
        key: &str,
        value: impl Fn(&Node, &str) -> Result<String, Error>,
    ) -> Result<Vec<(String, String)>, Error> {
        let Some(node) = self.get(key) else { return Ok(Vec::new()) };
        let section = Section::open(node, &self.path(key))?;
        section
            .entries
            .iter()
            .map(|entry| Ok((entry.key.clone(), value(&entry.value, &section.path(&entry.key))?)))
            .collect()
    }
}

/// The text of a scalar.
pub(crate) fn string(node: &Node, path: &str) -> Result<String, Error> {
    node.as_str().map(str::to_owned).ok_or_else(|| expected(node, path, "string"))
}

/// A node is of another type than it must be.
pub(crate) fn expected(node: &Node, path: &str, wanted: &str) -> Error {
    let path = if path.is_empty() { "the document" } else { path };
    Error::new(
        node.at,
        format!("Expected {path} to be of {wanted} type: found {} instead", node.kind()),
    )
}

/// Custom tags mean nothing in these files; taking them for plain values would hide a mistake.
pub(crate) fn refuse_custom_tags(node: &Node) -> Result<(), Error> {
    if let Some(tag) = &node.tag
        && !tag.starts_with("tag:yaml.org,2002:")
    {
        return Err(Error::new(node.at, format!("the tag {tag} has no meaning here")));
    }
    match &node.value {
        Value::Scalar(_) => Ok(()),
        Value::Sequence(items) => items.iter().try_for_each(refuse_custom_tags),
        Value::Mapping(entries) => {
            entries.iter().try_for_each(|entry| refuse_custom_tags(&entry.value))
        }
    }
}

fn found(node: &Node) -> String {
    node.as_str().map_or_else(|| node.kind().to_owned(), |text| format!("{text:?}"))
}
