//! The AWS protocols and git's.

use std::cell::RefCell;
use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use shape::{Body, Bytes, Shape, Timestamp};
use wire::{Protocol, Request, Route};

shape::string_enum! {
    /// Words.
    pub enum Word { First = "FIRST", Second = "SECOND" }
}

/// Every kind of member.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
struct Sample {
    #[shape(required, min = 1, max = 40, pattern = r"[\w.-]+")]
    name: String,
    #[shape(sensitive)]
    secret: Option<String>,
    flag: Option<bool>,
    int: Option<i32>,
    #[shape(min = 0, max = 100)]
    long: Option<i64>,
    double: Option<f64>,
    blob: Option<Bytes>,
    at: Option<Timestamp>,
    word: Option<Word>,
    free: Option<Value>,
    inner: Option<Box<Sample>>,
    list: Option<Vec<String>>,
    #[shape(max = 3)]
    inners: Option<Vec<Sample>>,
    words: Option<Vec<Word>>,
    #[shape(flat, xml = "Flat")]
    flats: Option<Vec<i32>>,
    map: Option<BTreeMap<String, String>>,
    maps: Option<BTreeMap<String, Sample>>,
}

/// Members in every place of a REST request.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
struct Placed {
    #[shape(required, label)]
    bucket: String,
    #[shape(label)]
    key: Option<String>,
    #[shape(query = "q")]
    question: Option<String>,
    #[shape(query = "n")]
    numbers: Option<Vec<i32>>,
    #[shape(header = "x-text")]
    text: Option<String>,
    #[shape(header = "x-list")]
    list: Option<Vec<Word>>,
    #[shape(header = "x-at")]
    at: Option<Timestamp>,
    #[shape(headers = "x-meta-")]
    meta: Option<BTreeMap<String, String>>,
    name: Option<String>,
    inner: Option<Sample>,
}

const QUERY: Protocol = Protocol::Query { namespace: "urn:fuzz" };

/// A JSON 1.1 body.
pub fn json(data: &[u8]) {
    for protocol in [Protocol::Json10, Protocol::Json11] {
        if let Some(sample) = decode(protocol, data) {
            again(&sample, "as a stored document", |text| {
                let mut back = Sample::default();
                let value: Value = serde_json::from_str(text).map_err(|it| it.to_string())?;
                shape::json::from_value(&mut back, &value).map_err(|it| it.to_string())?;
                Ok(back)
            });
        }
    }
}

/// A Query body.
pub fn query(data: &[u8]) {
    let _ = decode(QUERY, data);
}

/// Decodes a body; `Some` where nothing is wrong with it.
fn decode(protocol: Protocol, body: &[u8]) -> Option<Sample> {
    let headers = HeaderMap::new();
    let request = Request { query: &[], headers: &headers, body, stream: Body::Empty };
    let mut sample = Sample::default();
    let problems = wire::decode(protocol, request, &BTreeMap::new(), &mut sample).ok()?;
    // Neither the log nor an answer may trip over what was read.
    let _ = format!("{sample:?} {problems}");
    let _ = wire::encode(protocol, "Operation", "id", &mut sample.clone());
    problems.is_empty().then_some(sample)
}

/// What was read is the same after it was written and read again.
fn again(sample: &Sample, how: &str, read: impl Fn(&str) -> Result<Sample, String>) {
    let first = shape::json::to_value(sample).to_string();
    match read(&first) {
        Ok(back) => assert_eq!(first, shape::json::to_value(&back).to_string(), "{how}"),
        Err(error) => panic!("{how} {first} is not read again: {error}"),
    }
}

/// A REST-XML request: the request line, headers, an empty line, the body.
pub fn rest_xml(data: &[u8]) {
    rest(Protocol::RestXml, data);
}

/// A REST-JSON request, written like a REST-XML one.
pub fn rest_json(data: &[u8]) {
    rest(Protocol::RestJson, data);
}

fn rest(protocol: Protocol, data: &[u8]) {
    let split = data.windows(2).position(|it| it == b"\n\n");
    let (head, body) = match split {
        Some(at) => (&data[..at], &data[at + 2..]),
        None => (data, &b""[..]),
    };
    let Ok(head) = std::str::from_utf8(head) else { return };
    let (line, headers) = super::first_line(head);
    let (method, target) = line.split_once(' ').unwrap_or((line, ""));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let Some(query) = wire::uri::parse_query(query) else { return };
    let headers = header_map(headers);
    for route in ["PUT /{Bucket}/{Key+}?q @x-text", "PUT /{Bucket}", "PUT /{Bucket}/fixed"] {
        let has = |name: &str| headers.contains_key(name);
        let Some(found) = Route::new(route).matches(method, path, &query, &has) else { continue };
        let request = Request { query: &query, headers: &headers, body, stream: Body::Empty };
        let mut placed = Placed::default();
        let Ok(problems) = wire::decode(protocol, request, &found.labels, &mut placed) else {
            continue;
        };
        let _ = format!("{placed:?} {problems}");
        let _ = wire::encode(protocol, "Operation", "id", &mut placed);
    }
}

fn header_map(lines: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines.lines().take(100) {
        let Some((name, value)) = line.split_once(':') else { continue };
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_bytes(value.trim().as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    headers
}

/// An XML document, and the members that it fills.
pub fn xml(data: &[u8]) {
    let Ok(node) = wire::xml::parse(data) else { return };
    let mut problems = shape::Problems::default();
    let mut sample = Sample::default();
    if wire::xml::read(&node, &mut sample, &mut problems).is_err() || !problems.is_empty() {
        return;
    }
    let mut written = String::new();
    wire::xml::write_element("Sample", "urn:fuzz", &sample, &mut written);
    // The writer's output can always be parsed.
    if let Err(error) = wire::xml::parse(written.as_bytes()) {
        panic!("{written} is not parsed again: {error}");
    }
}

/// Percent-encoding and query strings.
pub fn uri(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = wire::uri::decode(text, true);
    let _ = wire::uri::parse_query(text);
    for keep_slash in [true, false] {
        let encoded = wire::uri::encode(text, keep_slash);
        assert_eq!(wire::uri::decode(&encoded, false).as_deref(), Some(text));
    }
}

/// The commands of a push. The first byte tells whether they are zipped.
pub fn git_push(data: &[u8]) {
    thread_local! {
        static RUNTIME: RefCell<Option<tokio::runtime::Runtime>> = const { RefCell::new(None) };
    }
    let [first, body @ ..] = data else { return };
    let encoding = if first % 2 == 1 { git::Encoding::Gzip } else { git::Encoding::Identity };
    let body = git::bytes_stream(body.to_vec());
    RUNTIME.with_borrow_mut(|runtime| {
        if runtime.is_none() {
            *runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().ok();
        }
        let Some(runtime) = runtime else { return };
        let Ok(request) = runtime.block_on(git::read_push_request(body, encoding)) else { return };
        assert!(request.commands.len() <= git::limits::MAX_PUSH_COMMANDS);
        for command in request.commands.iter().filter(|command| command.problem.is_none()) {
            let name = &command.update.name;
            assert!(git::is_valid_name(name) && !name.contains(".."), "{name:?}");
        }
    });
}
