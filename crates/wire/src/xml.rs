//! XML: a bounded tree to read from, and a writer, both over member tables.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use shape::{Field, Peek, Place, Problems, ReadError, Shape, Slot, TimeFormat, Timestamp};

use crate::MAX_DEPTH;

/// An element.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Node {
    /// Name without prefix.
    pub name: String,
    /// Attributes, names without prefix.
    pub attributes: Vec<(String, String)>,
    /// Text directly inside.
    pub text: String,
    /// Elements directly inside.
    pub children: Vec<Node>,
}

impl Node {
    /// The first child of that name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }
}

/// Reads a document. Nothing is ever fetched or expanded: a document type is refused.
pub fn parse(bytes: &[u8]) -> Result<Node, ReadError> {
    let bad = |what: String| ReadError { path: String::new(), message: what };
    let text = std::str::from_utf8(bytes).map_err(|_| bad("The XML is not UTF-8".to_owned()))?;
    // Kept, they would make answers that no client can parse.
    if let Some(found) = text.chars().find(|c| !is_xml_character(*c)) {
        return Err(bad(format!("XML cannot hold the character U+{:04X}", u32::from(found))));
    }
    let mut reader = Reader::from_str(text);
    reader.config_mut().trim_text(false);
    let mut stack: Vec<Node> = Vec::new();
    let mut root = None;
    loop {
        let event = reader.read_event().map_err(|error| bad(format!("Malformed XML: {error}")))?;
        let closed = match event {
            Event::Start(start) => {
                if stack.len() >= MAX_DEPTH {
                    return Err(bad(format!("The XML is nested deeper than {MAX_DEPTH} levels")));
                }
                stack.push(open(&start)?);
                None
            }
            Event::Empty(start) => Some(open(&start)?),
            Event::End(_) => stack.pop(),
            Event::Text(piece) => {
                if let Some(top) = stack.last_mut() {
                    top.text.push_str(&piece);
                }
                None
            }
            Event::GeneralRef(entity) => {
                if let Some(top) = stack.last_mut() {
                    top.text.push_str(&resolve_entity(&entity)?);
                }
                None
            }
            Event::CData(piece) => {
                if let Some(top) = stack.last_mut() {
                    top.text.push_str(&piece);
                }
                None
            }
            Event::DocType(_) => return Err(bad("A document type is not allowed".to_owned())),
            Event::Eof => break,
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => None,
        };
        if let Some(node) = closed {
            match stack.last_mut() {
                Some(parent) => parent.children.push(node),
                None if root.is_none() => root = Some(node),
                None => return Err(bad("The XML has two root elements".to_owned())),
            }
        }
    }
    if !stack.is_empty() {
        return Err(bad("The XML ends before its root element does".to_owned()));
    }
    root.ok_or_else(|| bad("The XML is empty".to_owned()))
}

/// Of XML 1.0. References may name others, as S3's keys need.
fn is_xml_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

fn resolve_entity(entity: &quick_xml::events::BytesRef<'_>) -> Result<String, ReadError> {
    let bad = || ReadError { path: String::new(), message: "Unknown XML entity".to_owned() };
    if let Some(character) = entity.resolve_char_ref().map_err(|_| bad())? {
        return Ok(character.to_string());
    }
    quick_xml::escape::resolve_predefined_entity(entity).map(str::to_owned).ok_or_else(bad)
}

fn open(start: &BytesStart<'_>) -> Result<Node, ReadError> {
    let bad = |what: String| ReadError { path: String::new(), message: what };
    let name = start.local_name().as_ref().to_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| bad(format!("Malformed XML: {error}")))?;
        let key = attribute.key.local_name().as_ref().to_owned();
        let value = quick_xml::escape::unescape(&attribute.value)
            .map_err(|error| bad(format!("Malformed XML: {error}")))?
            .into_owned();
        attributes.push((key, value));
    }
    Ok(Node { name, attributes, ..Node::default() })
}

/// Fills the body members of `shape` from an element.
pub fn read(node: &Node, shape: &mut dyn Shape, problems: &mut Problems) -> Result<(), ReadError> {
    read_struct(node, shape, "", problems)
}

fn read_struct(
    node: &Node,
    shape: &mut dyn Shape,
    parent: &str,
    problems: &mut Problems,
) -> Result<(), ReadError> {
    for (index, field) in shape.schema().fields.iter().enumerate() {
        if field.place != Place::Body {
            continue;
        }
        let path = crate::decode::join(parent, field.name);
        let name = field.xml_name();
        if field.attribute {
            let name = name.rsplit(':').next().unwrap_or(name);
            match node.attributes.iter().find(|(key, _)| key == name) {
                Some((_, value)) => {
                    read_text(value, shape.slot(index), field, &path, problems)?;
                }
                None if field.required => problems.missing(&path, field),
                None => {}
            }
            continue;
        }
        if field.flat {
            let items: Vec<&Node> = node.children.iter().filter(|it| it.name == name).collect();
            if items.is_empty() {
                if field.required {
                    problems.missing(&path, field);
                }
                continue;
            }
            read_items(&items, shape.slot(index), field, &path, problems)?;
        } else {
            match node.child(name) {
                Some(child) => read_slot(child, shape.slot(index), field, &path, problems)?,
                None if field.required => problems.missing(&path, field),
                None => {}
            }
        }
    }
    Ok(())
}

fn read_items(
    items: &[&Node],
    slot: Slot<'_>,
    field: &Field,
    path: &str,
    problems: &mut Problems,
) -> Result<(), ReadError> {
    match slot {
        Slot::List(list) => {
            for (at, item) in items.iter().enumerate() {
                let path = format!("{path}.{}.member", at + 1);
                read_slot(item, list.push(), field, &path, problems)?;
            }
        }
        Slot::Map(map) => {
            for item in items {
                let key = item.child(field.key).map(|it| it.text.clone()).unwrap_or_default();
                if let Some(value) = item.child(field.value) {
                    let path = format!("{path}.{key}.member");
                    read_slot(value, map.insert(key), field, &path, problems)?;
                }
            }
        }
        slot => {
            if let Some(item) = items.first() {
                read_slot(item, slot, field, path, problems)?;
            }
        }
    }
    Ok(())
}

fn read_slot(
    node: &Node,
    slot: Slot<'_>,
    field: &Field,
    path: &str,
    problems: &mut Problems,
) -> Result<(), ReadError> {
    match slot {
        Slot::Struct(shape) => read_struct(node, shape, path, problems),
        Slot::List(_) => {
            let items: Vec<&Node> =
                node.children.iter().filter(|it| it.name == field.item).collect();
            read_items(&items, slot, field, path, problems)
        }
        Slot::Map(_) => {
            let items: Vec<&Node> = node.children.iter().filter(|it| it.name == "entry").collect();
            read_items(&items, slot, field, path, problems)
        }
        slot => read_text(&node.text, slot, field, path, problems),
    }
}

/// Fills a scalar from its text form, as XML, Query, headers and query strings write it.
pub(crate) fn read_text(
    text: &str,
    slot: Slot<'_>,
    field: &Field,
    path: &str,
    problems: &mut Problems,
) -> Result<(), ReadError> {
    let bad = |what: &str| ReadError { path: path.to_owned(), message: format!("Expected {what}") };
    match slot {
        Slot::String(to) => text.clone_into(to),
        Slot::Bool(to) => {
            *to = match text.trim() {
                "true" | "True" | "TRUE" | "1" => true,
                "false" | "False" | "FALSE" | "0" => false,
                _ => return Err(bad("true or false")),
            }
        }
        Slot::Int(to) => *to = text.trim().parse().map_err(|_| bad("a 32-bit whole number"))?,
        Slot::Long(to) => *to = text.trim().parse().map_err(|_| bad("a 64-bit whole number"))?,
        Slot::Double(to) => *to = text.trim().parse().map_err(|_| bad("a number"))?,
        Slot::Blob(to) => {
            *to = BASE64.decode(text.trim()).map_err(|_| bad("bytes in base64"))?.into();
        }
        Slot::Timestamp(to) => {
            *to = Timestamp::parse(text.trim()).map_err(|_| bad("a timestamp"))?;
        }
        Slot::Document(to) => {
            *to = serde_json::from_str(text).map_err(|_| bad("a JSON document"))?;
        }
        Slot::Enum(to) => {
            if !to.set(text) {
                let constraint =
                    format!("Member must satisfy enum value set: [{}]", to.words().join(", "));
                problems.invalid(path, field, text, &constraint);
            }
        }
        Slot::Body(to) => *to = text.as_bytes().to_vec().into(),
        Slot::Nothing => {}
        // An empty element is an empty structure, list or map.
        Slot::Struct(_) | Slot::List(_) | Slot::Map(_) if text.trim().is_empty() => {}
        Slot::Struct(_) | Slot::List(_) | Slot::Map(_) => return Err(bad("a structure")),
    }
    Ok(())
}

/// Appends text with `&<>"` and control characters escaped.
pub fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\n' | '\t' => out.push(c),
            c if !is_xml_character(c) => out.push_str(&format!("&#{};", u32::from(c))),
            c => out.push(c),
        }
    }
}

/// Appends `<name>` with the body members of `shape` inside.
pub fn write_element(name: &str, namespace: &str, shape: &dyn Shape, out: &mut String) {
    out.push('<');
    out.push_str(name);
    if !namespace.is_empty() {
        out.push_str(" xmlns=\"");
        escape(namespace, out);
        out.push('"');
    }
    for (index, field) in shape.schema().fields.iter().enumerate().filter(|(_, it)| it.attribute) {
        if let Some(text) = scalar_text(&shape.peek(index), field.time) {
            if let Some((prefix, _)) = field.xml_name().split_once(':')
                && prefix == "xsi"
            {
                out.push_str(" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"");
            }
            out.push(' ');
            out.push_str(field.xml_name());
            out.push_str("=\"");
            escape(&text, out);
            out.push('"');
        }
    }
    out.push('>');
    write_members(shape, out);
    close(name, out);
}

/// Appends the body members of `shape`, each as an element.
pub fn write_members(shape: &dyn Shape, out: &mut String) {
    for (index, field) in shape.schema().fields.iter().enumerate() {
        let peek = shape.peek(index);
        if field.place == Place::Body && !field.attribute && !shape::json::is_left_out(&peek, field)
        {
            write_peek(field.xml_name(), &peek, field, out);
        }
    }
}

fn write_peek(name: &str, peek: &Peek<'_>, field: &Field, out: &mut String) {
    match peek {
        Peek::Struct(shape) => write_element(name, "", *shape, out),
        Peek::List(list) if field.flat => {
            for at in 0..list.count() {
                write_item(name, &list.at(at), field, out);
            }
        }
        Peek::List(list) => {
            begin(name, out);
            for at in 0..list.count() {
                write_item(field.item, &list.at(at), field, out);
            }
            close(name, out);
        }
        Peek::Map(map) => {
            let entry = if field.flat { name } else { "entry" };
            if !field.flat {
                begin(name, out);
            }
            map.visit(&mut |key, value| {
                begin(entry, out);
                write_text(field.key, key, out);
                write_item(field.value, &value, field, out);
                close(entry, out);
            });
            if !field.flat {
                close(name, out);
            }
        }
        peek => {
            if let Some(text) = scalar_text(peek, field.time) {
                write_text(name, &text, out);
            }
        }
    }
}

/// An item of a list: nested lists use the default element name.
fn write_item(name: &str, peek: &Peek<'_>, field: &Field, out: &mut String) {
    match peek {
        Peek::List(_) | Peek::Map(_) => {
            let inner = Field { time: field.time, ..Field::named("member") };
            write_peek(name, peek, &inner, out);
        }
        peek => write_peek(name, peek, field, out),
    }
}

fn begin(name: &str, out: &mut String) {
    out.push('<');
    out.push_str(name);
    out.push('>');
}

fn close(name: &str, out: &mut String) {
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

/// Appends `<name>text</name>`.
pub fn write_text(name: &str, text: &str, out: &mut String) {
    begin(name, out);
    escape(text, out);
    close(name, out);
}

/// The text form of a scalar; `None` for what is absent or no scalar.
pub(crate) fn scalar_text(peek: &Peek<'_>, time: TimeFormat) -> Option<String> {
    Some(match peek {
        Peek::String(text) => (*text).to_owned(),
        Peek::Bool(value) => value.to_string(),
        Peek::Long(value) => value.to_string(),
        Peek::Double(value) => value.to_string(),
        Peek::Blob(bytes) => BASE64.encode(bytes),
        Peek::Timestamp(at) => match time {
            TimeFormat::Http => at.http_date(),
            TimeFormat::Epoch => at.secs().to_string(),
            TimeFormat::Iso8601 => at.iso8601_millis(),
            TimeFormat::Default => at.iso8601(),
        },
        Peek::Document(value) => value.to_string(),
        Peek::Enum(word) => word.word().to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Shape, Default, Clone)]
    #[shape(case = "pascal")]
    struct Grantee {
        #[shape(attribute, xml = "xsi:type")]
        kind: String,
        #[shape(name = "ID")]
        id: Option<String>,
    }

    #[derive(Shape, Default, Clone)]
    #[shape(case = "pascal")]
    struct Thing {
        #[shape(required)]
        name: String,
        #[shape(flat, xml = "Part")]
        parts: Option<Vec<Grantee>>,
        #[shape(item = "Tag")]
        tags: Option<Vec<String>>,
        map: Option<BTreeMap<String, i32>>,
        at: Option<Timestamp>,
        on: Option<bool>,
    }

    #[test]
    fn round_trip() {
        let thing = Thing {
            name: "a<b>&\"ü\r\n".into(),
            parts: Some(vec![Grantee { kind: "CanonicalUser".into(), id: Some("1".into()) }]),
            tags: Some(vec!["x".into(), "y".into()]),
            map: Some(BTreeMap::from([("k".to_owned(), 1)])),
            at: Some(Timestamp::from_secs(1_769_860_800)),
            on: Some(true),
        };
        let mut text = String::new();
        write_element("Thing", "urn:x", &thing, &mut text);
        assert!(
            text.starts_with("<Thing xmlns=\"urn:x\"><Name>a&lt;b&gt;&amp;&quot;ü&#13;\n</Name>")
        );
        assert!(text.contains("<Tags><Tag>x</Tag><Tag>y</Tag></Tags>"));
        assert!(text.contains("xsi:type=\"CanonicalUser\"><ID>1</ID></Part>"));
        let mut back = Thing::default();
        let mut problems = Problems::default();
        read(&parse(text.as_bytes()).unwrap(), &mut back, &mut problems).unwrap();
        assert!(problems.is_empty());
        assert_eq!(format!("{back:?}"), format!("{thing:?}"));
    }

    #[test]
    fn hostile_documents_are_refused() {
        let deep = "<a>".repeat(MAX_DEPTH + 1);
        for text in [
            "",
            "   ",
            "text",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            &deep,
            "<a>&nope;</a>",
            "<a>\0</a>",
            "<a b=\"\u{1}\"/>",
            "<a>\u{fffe}</a>",
            "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
        ] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
        assert!(parse(b"<a>\xff</a>").is_err());
    }

    #[test]
    fn wrong_values_name_their_path() {
        let node = parse(b"<Thing><On>maybe</On></Thing>").unwrap();
        let error = read(&node, &mut Thing::default(), &mut Problems::default()).unwrap_err();
        assert_eq!(error.to_string(), "Expected true or false at 'on'");
        let mut problems = Problems::default();
        read(&parse(b"<Thing/>").unwrap(), &mut Thing::default(), &mut problems).unwrap();
        assert_eq!(problems.0[0].path, "name");
    }
}
