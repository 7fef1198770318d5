//! REST bindings: members in path, query string, headers and payload.

use std::collections::BTreeMap;

use shape::{Body, Field, Peek, Place, Problems, ReadError, Shape, Slot, TimeFormat};

use crate::decode::{Request, join};
use crate::xml::{read_text, scalar_text};
use crate::{Protocol, Response, xml};

/// Fills `shape` from a REST request. A streamed payload is taken out of `request`.
pub(crate) fn read(
    protocol: Protocol,
    request: &mut Request<'_>,
    labels: &BTreeMap<&'static str, String>,
    shape: &mut dyn Shape,
    problems: &mut Problems,
) -> Result<(), ReadError> {
    let mut has_payload = false;
    for (index, field) in shape.schema().fields.iter().enumerate() {
        let path = join("", field.name);
        let found = match field.place {
            Place::Body => continue,
            Place::Status => continue,
            Place::Payload => {
                has_payload = true;
                read_payload(protocol, request, shape.slot(index), &path, problems)?
            }
            Place::Label => match labels.get(field.name) {
                Some(text) => {
                    read_text(text, shape.slot(index), field, &path, problems).map(|()| true)?
                }
                None => false,
            },
            Place::Query(name) => read_query(request, name, shape, index, field, &path, problems)?,
            Place::Header(name) => match request.header(name) {
                Some(text) => {
                    let text = text.to_owned();
                    read_header(&text, shape.slot(index), field, &path, problems).map(|()| true)?
                }
                None => false,
            },
            Place::Headers(prefix) => read_prefixed(request, prefix, shape.slot(index), field)?,
        };
        if !found && field.required {
            problems.missing(&path, field);
        }
    }
    if !has_payload {
        read_body(protocol, request, shape, problems)?;
    }
    Ok(())
}

/// All body members together make the body.
fn read_body(
    protocol: Protocol,
    request: &mut Request<'_>,
    shape: &mut dyn Shape,
    problems: &mut Problems,
) -> Result<(), ReadError> {
    if !shape.schema().fields.iter().any(|field| field.place == Place::Body) {
        return Ok(());
    }
    if protocol == Protocol::RestXml {
        let node =
            if request.body.is_empty() { xml::Node::default() } else { xml::parse(request.body)? };
        return xml::read(&node, shape, problems);
    }
    let value = crate::decode::parse_json(request.body)?;
    // JSON reading does not know places: members bound elsewhere are simply not in the body, and
    // were reported above where missing.
    let mut body_problems = Problems::default();
    shape::json::read(&value, shape, &mut body_problems)?;
    let bound: Vec<String> = shape
        .schema()
        .fields
        .iter()
        .filter(|field| field.place != Place::Body)
        .map(|field| join("", field.name))
        .collect();
    problems.0.extend(body_problems.0.into_iter().filter(|it| !bound.contains(&it.path)));
    Ok(())
}

fn read_payload(
    protocol: Protocol,
    request: &mut Request<'_>,
    slot: Slot<'_>,
    path: &str,
    problems: &mut Problems,
) -> Result<bool, ReadError> {
    match slot {
        Slot::Body(to) => {
            *to = std::mem::take(&mut request.stream);
            Ok(true)
        }
        Slot::Blob(to) => {
            *to = shape::Bytes::copy_from_slice(request.body);
            Ok(true)
        }
        Slot::String(to) => {
            let text = std::str::from_utf8(request.body).map_err(|_| ReadError {
                path: path.to_owned(),
                message: "Expected UTF-8 text".to_owned(),
            })?;
            text.clone_into(to);
            Ok(!text.is_empty())
        }
        Slot::Struct(_) if request.body.is_empty() => Ok(false),
        Slot::Struct(inner) if protocol == Protocol::RestXml => {
            let node = xml::parse(request.body)?;
            if node.name != inner.schema().xml_root {
                return Err(ReadError {
                    path: String::new(),
                    message: format!("Expected the element {}", inner.schema().xml_root),
                });
            }
            xml::read(&node, inner, problems)?;
            Ok(true)
        }
        Slot::Struct(inner) => {
            shape::json::read(&crate::decode::parse_json(request.body)?, inner, problems)?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

#[allow(clippy::too_many_arguments)]
fn read_query(
    request: &Request<'_>,
    name: &str,
    shape: &mut dyn Shape,
    index: usize,
    field: &Field,
    path: &str,
    problems: &mut Problems,
) -> Result<bool, ReadError> {
    let values: Vec<&str> =
        request.query.iter().filter(|(key, _)| key == name).map(|(_, it)| it.as_str()).collect();
    let Some(first) = values.first() else { return Ok(false) };
    match shape.slot(index) {
        Slot::List(list) => {
            for value in &values {
                read_text(value, list.push(), field, path, problems)?;
            }
        }
        slot => read_text(first, slot, field, path, problems)?,
    }
    Ok(true)
}

fn read_header(
    text: &str,
    slot: Slot<'_>,
    field: &Field,
    path: &str,
    problems: &mut Problems,
) -> Result<(), ReadError> {
    match slot {
        Slot::List(list) => {
            for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
                read_text(item, list.push(), field, path, problems)?;
            }
            Ok(())
        }
        slot => read_text(text, slot, field, path, problems),
    }
}

fn read_prefixed(
    request: &Request<'_>,
    prefix: &str,
    slot: Slot<'_>,
    field: &Field,
) -> Result<bool, ReadError> {
    let Slot::Map(map) = slot else { return Ok(false) };
    for (name, value) in request.headers {
        let Some(rest) = name.as_str().strip_prefix(prefix) else { continue };
        let value = value.to_str().map_err(|_| ReadError {
            path: format!("{}.{rest}", field.name),
            message: "Expected text".to_owned(),
        })?;
        if let Slot::String(to) = map.insert(rest.to_owned()) {
            value.clone_into(to);
        }
    }
    Ok(true)
}

/// Writes a REST answer: status, headers and payload or body.
pub(crate) fn write(protocol: Protocol, shape: &mut dyn Shape) -> Response {
    let mut response = Response::new(200);
    let mut has_payload = false;
    for (index, field) in shape.schema().fields.iter().enumerate() {
        match field.place {
            Place::Header(name) => {
                if let Some(text) = header_text(&shape.peek(index), field) {
                    response.headers.push((name.to_owned(), text));
                }
            }
            Place::Headers(prefix) => {
                if let Peek::Map(map) = shape.peek(index) {
                    map.visit(&mut |key, value| {
                        if let Peek::String(text) = value {
                            response.headers.push((format!("{prefix}{key}"), text.to_owned()));
                        }
                    });
                }
            }
            Place::Status => {
                if let Peek::Long(code) = shape.peek(index) {
                    response.status = u16::try_from(code).unwrap_or(200);
                }
            }
            Place::Payload => {
                has_payload = true;
                write_payload(protocol, shape, index, &mut response);
            }
            Place::Body | Place::Query(_) | Place::Label => {}
        }
    }
    if !has_payload && shape.schema().fields.iter().any(|field| field.place == Place::Body) {
        write_body(protocol, shape, &mut response);
    }
    response
}

fn header_text(peek: &Peek<'_>, field: &Field) -> Option<String> {
    if let Peek::List(list) = peek {
        let items: Vec<String> =
            (0..list.count()).filter_map(|at| scalar_text(&list.at(at), field.time)).collect();
        return Some(items.join(","));
    }
    let time = if field.time == TimeFormat::Default { TimeFormat::Http } else { field.time };
    scalar_text(peek, time)
}

fn write_payload(protocol: Protocol, shape: &mut dyn Shape, index: usize, response: &mut Response) {
    if matches!(shape.peek(index), Peek::Absent) {
        return;
    }
    match shape.slot(index) {
        Slot::Body(body) => response.body = std::mem::take(body),
        Slot::Blob(bytes) => response.body = Body::Full(std::mem::take(bytes)),
        Slot::String(text) => response.body = std::mem::take(text).into_bytes().into(),
        Slot::Struct(inner) => write_body(protocol, inner, response),
        _ => {}
    }
}

fn write_body(protocol: Protocol, shape: &dyn Shape, response: &mut Response) {
    if protocol == Protocol::RestXml {
        let schema = shape.schema();
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml::write_element(schema.xml_root, schema.xml_namespace, shape, &mut out);
        response.content_type("application/xml");
        response.body = out.into_bytes().into();
        return;
    }
    let mut value = shape::json::to_value(shape);
    if let serde_json::Value::Object(object) = &mut value {
        for field in shape.schema().fields.iter().filter(|field| field.place != Place::Body) {
            object.remove(field.name);
        }
    }
    response.content_type("application/json");
    response.body = value.to_string().into_bytes().into();
}
