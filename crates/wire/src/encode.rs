//! From an operation's output, or its error, to an answer.

use serde_json::{Map, Value};
use shape::{Body, Shape};

use crate::{Error, Protocol, rest, xml};

/// An answer before it meets HTTP.
#[derive(Debug, Default)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Payload.
    pub body: Body,
}

impl Response {
    /// An empty answer.
    pub fn new(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// Sets the content type, unless a member did.
    pub(crate) fn content_type(&mut self, value: &str) {
        if !self.headers.iter().any(|(name, _)| name == "content-type") {
            self.headers.push(("content-type".to_owned(), value.to_owned()));
        }
    }
}

/// The answer that carries `output`, whose streamed payload is taken out.
pub fn encode(
    protocol: Protocol,
    operation: &str,
    request_id: &str,
    output: &mut dyn Shape,
) -> Response {
    match protocol {
        Protocol::Json10 | Protocol::Json11 => {
            let mut response = Response::new(200);
            response.content_type(json_type(protocol));
            // AWS answers operations without members by an empty body in JSON 1.1.
            response.body = shape::json::to_vec(output).into();
            response
        }
        Protocol::Query { namespace } => {
            let mut out = format!("<{operation}Response xmlns=\"{namespace}\">");
            if !output.schema().fields.is_empty() {
                xml::write_element(&format!("{operation}Result"), "", output, &mut out);
            }
            out.push_str("<ResponseMetadata>");
            xml::write_text("RequestId", request_id, &mut out);
            out.push_str(&format!("</ResponseMetadata></{operation}Response>"));
            xml_response(200, out)
        }
        Protocol::RestJson | Protocol::RestXml => rest::write(protocol, output),
    }
}

const fn json_type(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Json10 => "application/x-amz-json-1.0",
        _ => "application/x-amz-json-1.1",
    }
}

fn xml_response(status: u16, text: String) -> Response {
    let mut response = Response::new(status);
    response.content_type("text/xml");
    response.body = text.into_bytes().into();
    response
}

/// The answer that carries `error`. `resource` is the request's path, which S3 repeats.
pub fn encode_error(
    protocol: Protocol,
    error: &Error,
    request_id: &str,
    resource: &str,
) -> Response {
    let mut response = match protocol {
        Protocol::Json10 | Protocol::Json11 | Protocol::RestJson => {
            let mut object = Map::new();
            if protocol != Protocol::RestJson {
                object.insert("__type".to_owned(), Value::from(error.code.as_ref()));
            }
            object.insert("message".to_owned(), Value::from(error.message.as_str()));
            for (name, value) in &error.members {
                object.insert((*name).to_owned(), Value::from(value.as_str()));
            }
            let mut response = Response::new(error.status);
            let kind = match protocol {
                Protocol::RestJson => "application/json",
                protocol => json_type(protocol),
            };
            response.content_type(kind);
            response.headers.push(("x-amzn-errortype".to_owned(), error.code.to_string()));
            response.body = Value::Object(object).to_string().into_bytes().into();
            response
        }
        Protocol::Query { namespace } => {
            let kind = if error.status < 500 { "Sender" } else { "Receiver" };
            let mut out = format!("<ErrorResponse xmlns=\"{namespace}\"><Error>");
            xml::write_text("Type", kind, &mut out);
            write_error_members(error, &mut out);
            out.push_str("</Error>");
            xml::write_text("RequestId", request_id, &mut out);
            out.push_str("</ErrorResponse>");
            xml_response(error.status, out)
        }
        Protocol::RestXml => {
            let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>");
            write_error_members(error, &mut out);
            xml::write_text("Resource", resource, &mut out);
            xml::write_text("RequestId", request_id, &mut out);
            out.push_str("</Error>");
            let mut response = xml_response(error.status, out);
            response.headers = vec![("content-type".to_owned(), "application/xml".to_owned())];
            // These have no body in HTTP.
            if error.status == 304 || error.status < 200 {
                response.body = Body::Empty;
            }
            response
        }
    };
    for (name, value) in &error.headers {
        response.headers.push(((*name).to_owned(), value.clone()));
    }
    response
}

fn write_error_members(error: &Error, out: &mut String) {
    xml::write_text("Code", &error.code, out);
    xml::write_text("Message", &error.message, out);
    for (name, value) in &error.members {
        xml::write_text(name, value, out);
    }
}
