//! Query requests: `Tags.member.1.Key=env` as a tree.

use std::collections::BTreeMap;

use shape::{Field, Problems, ReadError, Shape, Slot};

use crate::xml::read_text;
use crate::{MAX_DEPTH, MAX_QUERY_PARAMETERS, uri};

/// Parameters by their dotted path.
#[derive(Debug, Default)]
struct Node {
    value: Option<String>,
    children: BTreeMap<String, Node>,
}

/// Fills `shape` from a form body.
pub(crate) fn read(
    form: &str,
    shape: &mut dyn Shape,
    problems: &mut Problems,
) -> Result<(), ReadError> {
    let bad = |what: String| ReadError { path: String::new(), message: what };
    let parameters =
        uri::parse_query(form).ok_or_else(|| bad("A parameter is not UTF-8".to_owned()))?;
    if parameters.len() > MAX_QUERY_PARAMETERS {
        return Err(bad(format!("More than {MAX_QUERY_PARAMETERS} parameters")));
    }
    let mut root = Node::default();
    for (name, value) in parameters {
        let mut node = &mut root;
        for (depth, part) in name.split('.').enumerate() {
            if depth >= MAX_DEPTH {
                return Err(bad(format!("A parameter is nested deeper than {MAX_DEPTH} levels")));
            }
            node = node.children.entry(part.to_owned()).or_default();
        }
        node.value = Some(value);
    }
    read_struct(&root, shape, "", problems)
}

fn read_struct(
    node: &Node,
    shape: &mut dyn Shape,
    parent: &str,
    problems: &mut Problems,
) -> Result<(), ReadError> {
    for (index, field) in shape.schema().fields.iter().enumerate() {
        let path = crate::decode::join(parent, field.name);
        match node.children.get(field.xml_name()) {
            Some(child) => read_slot(child, shape.slot(index), field, &path, problems)?,
            None if field.required => problems.missing(&path, field),
            None => {}
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
        Slot::List(list) => {
            let items = if field.flat { Some(node) } else { members(node, field.item, path)? };
            for (at, item) in numbered(items, path)?.into_iter().enumerate() {
                let path = format!("{path}.{}.member", at + 1);
                read_slot(item, list.push(), field, &path, problems)?;
            }
            Ok(())
        }
        Slot::Map(map) => {
            let entries = if field.flat { Some(node) } else { members(node, "entry", path)? };
            for entry in numbered(entries, path)? {
                let key = entry.children.get(field.key).and_then(|it| it.value.clone());
                if let Some((key, value)) = key.zip(entry.children.get(field.value)) {
                    let path = format!("{path}.{key}.member");
                    read_slot(value, map.insert(key), field, &path, problems)?;
                }
            }
            Ok(())
        }
        slot => match &node.value {
            Some(text) => read_text(text, slot, field, path, problems),
            None => {
                Err(ReadError { path: path.to_owned(), message: "Expected a value".to_owned() })
            }
        },
    }
}

/// What holds the numbered members of a list or map. An empty one is sent as its bare name.
fn members<'a>(node: &'a Node, item: &str, path: &str) -> Result<Option<&'a Node>, ReadError> {
    match node.children.get(item) {
        None if !node.children.is_empty() => {
            let message = format!("Expected {item}.1, {item}.2 and so on");
            Err(ReadError { path: path.to_owned(), message })
        }
        items => Ok(items),
    }
}

/// The children with numbers for names, in numeric order. A list has nothing else in it: what
/// cannot be put in order is refused, not left out.
fn numbered<'a>(node: Option<&'a Node>, path: &str) -> Result<Vec<&'a Node>, ReadError> {
    let mut items: Vec<(u32, &Node)> = Vec::new();
    for (name, child) in node.into_iter().flat_map(|node| &node.children) {
        let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
        let number = is_number.then(|| name.parse().ok()).flatten();
        let Some(number) = number else {
            let shown: String = name.chars().take(40).collect();
            let message =
                format!("{shown:?} is no position in a list: it must be a number below 2^32");
            return Err(ReadError { path: path.to_owned(), message });
        };
        items.push((number, child));
    }
    items.sort_by_key(|(number, _)| *number);
    if items.windows(2).any(|pair| matches!(pair, [(a, _), (b, _)] if a == b)) {
        let message = "A position in a list is used twice".to_owned();
        return Err(ReadError { path: path.to_owned(), message });
    }
    Ok(items.into_iter().map(|(_, child)| child).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Shape, Default, Clone)]
    #[shape(case = "pascal")]
    struct Tag {
        #[shape(required)]
        key: String,
        value: Option<String>,
    }

    #[derive(Shape, Default, Clone)]
    #[shape(case = "pascal")]
    struct Input {
        #[shape(required)]
        user_name: String,
        tags: Option<Vec<Tag>>,
        #[shape(flat, xml = "Attr")]
        attrs: Option<Vec<String>>,
        map: Option<BTreeMap<String, String>>,
        count: Option<i32>,
    }

    fn take(form: &str) -> (Input, Result<(), ReadError>, Problems) {
        let mut input = Input::default();
        let mut problems = Problems::default();
        let result = read(form, &mut input, &mut problems);
        (input, result, problems)
    }

    #[test]
    fn nested_members() {
        let (input, result, problems) = take(
            "Action=X&UserName=a+b%2F&Tags.member.2.Key=two&Tags.member.1.Key=one\
             &Tags.member.1.Value=1&Tags.member.10.Key=ten&Attr.1=x\
             &Map.entry.1.key=k&Map.entry.1.value=v",
        );
        assert_eq!((result, problems.is_empty()), (Ok(()), true));
        assert_eq!(input.user_name, "a b/");
        let keys: Vec<_> = input.tags.unwrap().into_iter().map(|tag| tag.key).collect();
        assert_eq!(keys, ["one", "two", "ten"]);
        assert_eq!(input.attrs.unwrap(), ["x"]);
        assert_eq!(input.map.unwrap()["k"], "v");
    }

    #[test]
    fn faults() {
        assert_eq!(take("Tags.member.1.Value=x").2.0.len(), 2);
        assert!(take("UserName=a&Count=many").1.is_err());
        assert!(take("UserName=%ff").1.is_err());
        assert!(take(&format!("UserName=a&{}", "a.".repeat(MAX_DEPTH + 1))).1.is_err());
        assert!(take(&"a=b&".repeat(MAX_QUERY_PARAMETERS + 1)).1.is_err());
        for position in ["4294967296", "99999999999999999999", "-1", "+1", "x", ""] {
            let form = format!("UserName=a&Tags.member.1.Key=k&Tags.member.{position}.Key=k");
            let error = take(&form).1.unwrap_err();
            assert!(error.message.contains("no position"), "{position}: {error:?}");
            assert!(take(&format!("UserName=a&Map.entry.{position}.key=k")).1.is_err());
        }
        assert!(take("UserName=a&Tags.member.1.Key=k&Tags.member.01.Key=k").1.is_err());
        assert!(take("UserName=a&Tags.1.Key=k").1.is_err());
        // An empty list is sent as the bare name.
        assert_eq!(take("UserName=a&Tags=").0.tags.map(|it| it.len()), Some(0));
    }
}
