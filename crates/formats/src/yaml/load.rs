//! From the parser's events to the tree, with one stack instead of recursion.

use std::collections::{BTreeMap, HashSet};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::{
    Entry, Error, MAX_DEPTH, MAX_NODES, MAX_SCALAR_BYTES, MAX_SOURCE_BYTES, Node, Position, Scalar,
    Value,
};

/// Reads one document. `None` for a text without any (empty, or comments alone).
///
/// # Errors
/// On bad YAML, duplicate keys, a second document, or a limit of this module exceeded.
pub fn parse(text: &str) -> Result<Option<Node>, Error> {
    if text.len() > MAX_SOURCE_BYTES {
        return Err(Error::new(
            Position { line: 1, column: 1 },
            format!("the text has {} bytes, more than {MAX_SOURCE_BYTES}", text.len()),
        ));
    }
    // Editors on Windows put a byte order mark in front.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut parser = Parser::new_from_str(text);
    let mut loader = Loader::default();
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            Error::new(position(error.marker()), error.info().trim_end_matches('.').to_owned())
        })?;
        loader.take(event, position(&span.start))?;
    }
    Ok(loader.root)
}

fn position(mark: &Marker) -> Position {
    Position { line: mark.line().max(1), column: mark.col().saturating_add(1) }
}

/// A collection that is not closed yet.
struct Open {
    node: Node,
    anchor: usize,
    /// In a mapping: the key that waits for its value.
    key: Option<(String, Position)>,
    keys: HashSet<String>,
    /// Values of `<<`, applied when the mapping is closed: own keys win.
    merges: Vec<Node>,
}

#[derive(Default)]
struct Loader {
    root: Option<Node>,
    documents: usize,
    stack: Vec<Open>,
    anchors: BTreeMap<usize, Node>,
    nodes: usize,
    scalar_bytes: usize,
}

impl Loader {
    fn take(&mut self, event: Event<'_>, at: Position) -> Result<(), Error> {
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(Error::new(at, "only one document is allowed, found another"));
                }
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => {
                let scalar = Scalar { text: text.into_owned(), plain: style == ScalarStyle::Plain };
                let node = Node { at, tag: tag_text(tag.as_deref()), value: Value::Scalar(scalar) };
                self.count(&node, at)?;
                self.close(node, anchor, at)
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(Value::Sequence(Vec::new()), anchor, tag.as_deref(), at)
            }
            Event::MappingStart(anchor, tag) => {
                self.open(Value::Mapping(Vec::new()), anchor, tag.as_deref(), at)
            }
            Event::SequenceEnd | Event::MappingEnd => match self.stack.pop() {
                Some(mut open) => {
                    self.merge(&mut open)?;
                    self.close(open.node, open.anchor, at)
                }
                None => Err(Error::new(at, "found an end without a start")),
            },
            Event::Alias(anchor) => {
                let Some(node) = self.anchors.get(&anchor).cloned() else {
                    return Err(Error::new(at, "an alias refers to the node that contains it"));
                };
                self.count_tree(&node, self.stack.len(), at)?;
                self.close(node, 0, at)
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn open(
        &mut self,
        value: Value,
        anchor: usize,
        tag: Option<&Tag>,
        at: Position,
    ) -> Result<(), Error> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(too_deep(at));
        }
        let node = Node { at, tag: tag_text(tag), value };
        self.count(&node, at)?;
        self.stack.push(Open { node, anchor, key: None, keys: HashSet::new(), merges: Vec::new() });
        Ok(())
    }

    /// Puts a finished node where it belongs: into the open collection, or at the root.
    fn close(&mut self, node: Node, anchor: usize, at: Position) -> Result<(), Error> {
        if anchor != 0 {
            // The copy counts like an alias: nested anchors would else multiply the memory.
            self.count_tree(&node, self.stack.len(), at)?;
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.stack.last_mut() else {
            self.root = (!node.is_null()).then_some(node);
            return Ok(());
        };
        match (&mut open.node.value, open.key.take()) {
            (Value::Sequence(items), _) => items.push(node),
            (Value::Mapping(_), None) => {
                let at = node.at;
                let Value::Scalar(key) = node.value else {
                    return Err(Error::new(at, "a key must be a string, found a collection"));
                };
                let merge = key.plain && key.text == "<<";
                if !merge && !open.keys.insert(key.text.clone()) {
                    return Err(Error::new(at, format!("the key {:?} appears twice", key.text)));
                }
                open.key = Some((key.text, at));
            }
            (Value::Mapping(entries), Some((key, key_at))) => {
                if key == "<<" && !open.keys.contains("<<") {
                    open.merges.push(node);
                } else {
                    entries.push(Entry { key, key_at, value: node });
                }
            }
            (Value::Scalar(_), _) => {}
        }
        Ok(())
    }

    fn merge(&mut self, open: &mut Open) -> Result<(), Error> {
        let Value::Mapping(entries) = &mut open.node.value else { return Ok(()) };
        for merge in open.merges.drain(..) {
            let sources = match merge.value {
                Value::Sequence(items) => items,
                _ => vec![merge],
            };
            for source in sources {
                let Value::Mapping(inherited) = source.value else {
                    return Err(Error::new(source.at, "\"<<\" merges mappings only"));
                };
                for entry in inherited {
                    if open.keys.insert(entry.key.clone()) {
                        entries.push(entry);
                    }
                }
            }
        }
        Ok(())
    }

    fn count(&mut self, node: &Node, at: Position) -> Result<(), Error> {
        self.nodes += 1;
        if let Value::Scalar(scalar) = &node.value {
            self.scalar_bytes += scalar.text.len();
        }
        if self.nodes > MAX_NODES || self.scalar_bytes > MAX_SCALAR_BYTES {
            return Err(Error::new(
                at,
                format!(
                    "the document is too large: at most {MAX_NODES} nodes and {MAX_SCALAR_BYTES} \
                     bytes of text, aliases expanded"
                ),
            ));
        }
        Ok(())
    }

    /// Counts an alias as what it stands for. The recursion is bounded: the tree was checked
    /// against [`MAX_DEPTH`] when it was built, and again here with the depth of its new place.
    fn count_tree(&mut self, node: &Node, depth: usize, at: Position) -> Result<(), Error> {
        self.count(node, at)?;
        let inside = match &node.value {
            Value::Scalar(_) => return Ok(()),
            _ if depth >= MAX_DEPTH => return Err(too_deep(at)),
            _ => depth + 1,
        };
        match &node.value {
            Value::Scalar(_) => Ok(()),
            Value::Sequence(items) => {
                items.iter().try_for_each(|item| self.count_tree(item, inside, at))
            }
            Value::Mapping(entries) => entries.iter().try_for_each(|entry| {
                self.scalar_bytes += entry.key.len();
                self.count_tree(&entry.value, inside, at)
            }),
        }
    }
}

fn too_deep(at: Position) -> Error {
    Error::new(at, format!("nested deeper than {MAX_DEPTH} levels"))
}

fn tag_text(tag: Option<&Tag>) -> Option<String> {
    tag.map(|tag| format!("{}{}", tag.handle, tag.suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(text: &str) -> Node {
        parse(text).unwrap().unwrap()
    }

    fn fails(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn text_tags_and_positions_are_kept() {
        let node = root("mode: 0644\nversion: 1.10\nname: !Sub '${x}'\nlist:\n  - a\n");
        assert_eq!(node.get("mode").and_then(Node::as_str), Some("0644"));
        assert_eq!(node.get("version").and_then(Node::as_str), Some("1.10"));
        let name = node.get("name").unwrap();
        assert_eq!(name.tag.as_deref(), Some("!Sub"));
        assert_eq!(name.at.line, 3);
        let item = &node.get("list").and_then(Node::as_sequence).unwrap()[0];
        assert_eq!(item.at, Position { line: 5, column: 5 });
    }

    #[test]
    fn null_is_only_null_unquoted() {
        let node = root("a:\nb: ~\nc: null\nd: 'null'\ne: ''\n");
        for (key, null) in [("a", true), ("b", true), ("c", true), ("d", false), ("e", false)] {
            assert_eq!(node.get(key).unwrap().is_null(), null, "{key}");
        }
    }

    #[test]
    fn json_is_yaml() {
        let node = root(r#"{"version": 0.2, "phases": {"build": {"commands": ["a", "b"]}}}"#);
        let build = node.get("phases").and_then(|phases| phases.get("build")).unwrap();
        assert_eq!(build.get("commands").and_then(Node::as_sequence).unwrap().len(), 2);
    }

    #[test]
    fn aliases_and_merge_keys() {
        let node = root("base: &b {x: 1, y: 2}\nz: {<<: *b, y: 3}\nagain: *b\n");
        let z = node.get("z").unwrap();
        assert_eq!(z.get("x").and_then(Node::as_str), Some("1"));
        assert_eq!(z.get("y").and_then(Node::as_str), Some("3"));
        assert_eq!(node.get("again").unwrap().get("y").and_then(Node::as_str), Some("2"));
    }

    #[test]
    fn nothing_is_no_document() {
        for text in ["", "\n", "# a comment\n", "---\n", "~"] {
            assert_eq!(parse(text), Ok(None), "{text:?}");
        }
    }

    #[test]
    fn bad_texts_are_refused_with_their_place() {
        assert!(fails("a: 1\na: 2\n").contains("\"a\" appears twice at line 2, column 1"));
        assert!(fails("a: 1\n---\nb: 2\n").contains("only one document"));
        assert!(fails("? [a]\n: b\n").contains("a key must be a string"));
        assert!(fails("a: [1, 2\n").contains("line"));
        assert!(fails("a: *nowhere\n").contains("line 1"));
        assert!(fails("<<: [1]\n").contains("merges mappings only"));
        let error = fails("a:\n\tb: 1\n");
        assert!(error.contains("line 2"), "{error}");
    }

    #[test]
    fn limits_hold() {
        assert!(fails(&"- ".repeat(MAX_DEPTH + 1)).contains("nested deeper"));
        assert!(fails(&" ".repeat(MAX_SOURCE_BYTES + 1)).contains("bytes, more than"));
        // Each level doubles what the one before stands for.
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb += &format!("a{level}: &a{level} [{aliases}]\n");
        }
        assert!(fails(&bomb).contains("too large"));
        // A long text many times over is few nodes and many bytes.
        let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(500_000), vec!["*a"; 50].join(", "));
        assert!(fails(&long).contains("too large"));
        // Depth through aliases.
        let mut deep = format!("a0: &a0 {}x{}\n", "[".repeat(40), "]".repeat(40));
        deep += &format!("a1: {}*a0{}\n", "[".repeat(40), "]".repeat(40));
        assert!(fails(&deep).contains("nested deeper"));
    }
}
