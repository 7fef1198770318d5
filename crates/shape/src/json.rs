//! Shapes as JSON: the bodies of the JSON protocols and the documents in the store.

mod document;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use serde_json::{Map, Number, Value};
use types::Timestamp;

use crate::path::Path;
pub use document::from_slice;

use crate::{Field, Peek, Problems, ReadError, Shape, Slot, TimeFormat};

/// Fills `shape` from a JSON object. Unknown members are passed over, as AWS does. Members of the
/// wrong type are errors; required members that are missing are added to `problems`.
pub fn read(
    value: &Value,
    shape: &mut dyn Shape,
    problems: &mut Problems,
) -> Result<(), ReadError> {
    read_struct(value, shape, &Path::Root, problems)
}

/// Fills `shape` from a document that [`to_value`] made.
pub fn from_value(shape: &mut dyn Shape, value: &Value) -> Result<(), ReadError> {
    let mut problems = Problems::default();
    read(value, shape, &mut problems)?;
    match problems.0.into_iter().next() {
        Some(problem) => Err(ReadError { path: problem.path, message: problem.message }),
        None => Ok(()),
    }
}

fn read_struct(
    value: &Value,
    shape: &mut dyn Shape,
    path: &Path<'_>,
    problems: &mut Problems,
) -> Result<(), ReadError> {
    let Value::Object(object) = value else {
        return Err(unexpected(path, "a structure", value));
    };
    for (index, field) in shape.schema().fields.iter().enumerate() {
        match object.get(field.name) {
            None | Some(Value::Null) => {
                if field.required {
                    problems.missing(Path::Member(path, field.name), field);
                }
            }
            Some(value) => {
                let path = Path::Member(path, field.name);
                read_slot(value, shape.slot(index), field, &path, problems)?;
            }
        }
    }
    Ok(())
}

fn read_slot(
    value: &Value,
    slot: Slot<'_>,
    field: &Field,
    path: &Path<'_>,
    problems: &mut Problems,
) -> Result<(), ReadError> {
    match (slot, value) {
        (Slot::Nothing, _) => {}
        (Slot::String(to), Value::String(text)) => to.clone_from(text),
        (Slot::Bool(to), Value::Bool(it)) => *to = *it,
        (Slot::Int(to), Value::Number(number)) => {
            *to = whole(number)
                .and_then(|it| i32::try_from(it).ok())
                .ok_or_else(|| unexpected(path, "a 32-bit whole number", value))?;
        }
        (Slot::Long(to), Value::Number(number)) => {
            *to = whole(number).ok_or_else(|| unexpected(path, "a 64-bit whole number", value))?;
        }
        (Slot::Double(to), Value::Number(number)) => {
            *to = number.as_f64().ok_or_else(|| unexpected(path, "a number", value))?;
        }
        (Slot::Double(to), Value::String(text)) => {
            *to = match text.as_str() {
                "NaN" => f64::NAN,
                "Infinity" => f64::INFINITY,
                "-Infinity" => f64::NEG_INFINITY,
                _ => return Err(unexpected(path, "a number", value)),
            };
        }
        (Slot::Blob(to), Value::String(text)) => {
            *to = BASE64
                .decode(text)
                .map(Bytes::from)
                .map_err(|_| unexpected(path, "bytes in base64", value))?;
        }
        (Slot::Timestamp(to), Value::Number(number)) => {
            let at = number.as_f64().and_then(Timestamp::from_secs_f64);
            *to = at.ok_or_else(|| unexpected(path, "a timestamp", value))?;
        }
        (Slot::Timestamp(to), Value::String(text)) => {
            *to = Timestamp::parse(text).map_err(|_| unexpected(path, "a timestamp", value))?;
        }
        (Slot::Document(to), value) => to.clone_from(value),
        (Slot::Enum(to), Value::String(word)) => {
            if !to.set(word) {
                let constraint =
                    format!("Member must satisfy enum value set: [{}]", to.words().join(", "));
                problems.invalid(path, field, word, &constraint);
            }
        }
        (Slot::Struct(shape), value) => read_struct(value, shape, path, problems)?,
        (Slot::List(list), Value::Array(items)) => {
            for (at, item) in items.iter().enumerate() {
                if item.is_null() {
                    continue;
                }
                let path = Path::Item(path, at + 1);
                read_slot(item, list.push(), field, &path, problems)?;
            }
        }
        (Slot::Map(map), Value::Object(entries)) => {
            for (key, value) in entries {
                if value.is_null() {
                    continue;
                }
                let path = Path::Value(path, key);
                read_slot(value, map.insert(key.clone()), field, &path, problems)?;
            }
        }
        (Slot::Body(to), Value::String(text)) => {
            let bytes =
                BASE64.decode(text).map_err(|_| unexpected(path, "bytes in base64", value))?;
            *to = bytes.into();
        }
        (slot, value) => return Err(unexpected(path, expected(&slot), value)),
    }
    Ok(())
}

/// AWS takes `5.0` where a whole number is meant.
fn whole(number: &Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let value = number.as_f64()?;
        let exact = value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0;
        exact.then_some(value as i64)
    })
}

fn expected(slot: &Slot<'_>) -> &'static str {
    match slot {
        Slot::String(_) | Slot::Enum(_) => "a string",
        Slot::Bool(_) => "a boolean",
        Slot::Int(_) | Slot::Long(_) | Slot::Double(_) => "a number",
        Slot::Blob(_) | Slot::Body(_) => "bytes in base64",
        Slot::Timestamp(_) => "a timestamp",
        Slot::List(_) => "a list",
        Slot::Map(_) | Slot::Struct(_) => "a structure",
        Slot::Document(_) | Slot::Nothing => "a value",
    }
}

/// Names the types and never the value, which may be a secret.
fn unexpected(path: &Path<'_>, expected: &str, found: &Value) -> ReadError {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a structure",
    };
    ReadError { path: path.to_string(), message: format!("Expected {expected}, found {found}") }
}

/// The shape as a JSON object. Absent members are left out.
pub fn to_value(shape: &dyn Shape) -> Value {
    let mut object = Map::new();
    for (index, field) in shape.schema().fields.iter().enumerate() {
        let peek = shape.peek(index);
        if is_left_out(&peek, field) {
            continue;
        }
        object.insert(field.name.to_owned(), peek_value(&peek, field));
    }
    Value::Object(object)
}

/// Absent, or empty and marked `omit_empty`.
pub fn is_left_out(peek: &Peek<'_>, field: &Field) -> bool {
    match peek {
        Peek::Absent => true,
        Peek::String(text) => field.omit_empty && text.is_empty(),
        Peek::List(list) => field.omit_empty && list.count() == 0,
        Peek::Map(map) => field.omit_empty && map.count() == 0,
        _ => false,
    }
}

fn peek_value(peek: &Peek<'_>, field: &Field) -> Value {
    match peek {
        Peek::Absent => Value::Null,
        Peek::String(text) => Value::String((*text).to_owned()),
        Peek::Bool(value) => Value::Bool(*value),
        Peek::Long(value) => Value::Number((*value).into()),
        Peek::Double(value) => match Number::from_f64(*value) {
            Some(number) => Value::Number(number),
            None if value.is_nan() => Value::String("NaN".to_owned()),
            None if *value > 0.0 => Value::String("Infinity".to_owned()),
            None => Value::String("-Infinity".to_owned()),
        },
        Peek::Blob(bytes) => Value::String(BASE64.encode(bytes)),
        Peek::Timestamp(at) => timestamp_value(*at, field.time),
        Peek::Document(value) => (*value).clone(),
        Peek::Enum(word) => Value::String(word.word().to_owned()),
        Peek::Struct(shape) => to_value(*shape),
        Peek::List(list) => {
            Value::Array((0..list.count()).map(|at| peek_value(&list.at(at), field)).collect())
        }
        Peek::Map(map) => {
            let mut object = Map::new();
            map.visit(&mut |key, value| {
                object.insert(key.to_owned(), peek_value(&value, field));
            });
            Value::Object(object)
        }
        Peek::Body(crate::Body::Full(bytes)) => Value::String(BASE64.encode(bytes)),
        Peek::Body(_) => Value::Null,
    }
}

fn timestamp_value(at: Timestamp, format: TimeFormat) -> Value {
    match format {
        TimeFormat::Iso8601 => Value::String(at.iso8601()),
        TimeFormat::Http => Value::String(at.http_date()),
        TimeFormat::Default | TimeFormat::Epoch if at.millis() % 1000 == 0 => {
            Value::Number(at.secs().into())
        }
        TimeFormat::Default | TimeFormat::Epoch => {
            Number::from_f64(at.secs_f64()).map_or(Value::Null, Value::Number)
        }
    }
}

/// The shape as JSON text: that of [`to_value`], without making the value first.
pub fn to_vec(shape: &dyn Shape) -> Vec<u8> {
    let mut text = Vec::with_capacity(512);
    write_struct(&mut text, shape);
    text
}

fn write_struct(text: &mut Vec<u8>, shape: &dyn Shape) {
    let mut members = Members::begin(text);
    for (index, field) in shape.schema().fields.iter().enumerate() {
        let peek = shape.peek(index);
        if !is_left_out(&peek, field) {
            write_peek(members.next(field.name), &peek, field);
        }
    }
    members.end();
}

fn write_peek(text: &mut Vec<u8>, peek: &Peek<'_>, field: &Field) {
    match peek {
        Peek::String(word) => write_text(text, word),
        Peek::Enum(word) => write_text(text, word.word()),
        Peek::Struct(shape) => write_struct(text, *shape),
        Peek::Document(value) => write_value(text, value),
        Peek::List(list) => {
            text.push(b'[');
            for at in 0..list.count() {
                if at > 0 {
                    text.push(b',');
                }
                write_peek(text, &list.at(at), field);
            }
            text.push(b']');
        }
        Peek::Map(map) => {
            let mut members = Members::begin(text);
            map.visit(&mut |key, value| write_peek(members.next(key), &value, field));
            members.end();
        }
        plain => write_value(text, &peek_value(plain, field)),
    }
}

/// The members of an object being written.
struct Members<'a> {
    text: &'a mut Vec<u8>,
    any: bool,
}

impl<'a> Members<'a> {
    fn begin(text: &'a mut Vec<u8>) -> Self {
        text.push(b'{');
        Self { text, any: false }
    }

    /// Names a member; its value is to follow.
    fn next(&mut self, name: &str) -> &mut Vec<u8> {
        if self.any {
            self.text.push(b',');
        }
        self.any = true;
        write_text(self.text, name);
        self.text.push(b':');
        self.text
    }

    fn end(self) {
        self.text.push(b'}');
    }
}

fn write_text(text: &mut Vec<u8>, word: &str) {
    let plain = |byte: &u8| !matches!(byte, 0..=0x1f | b'"' | b'\\');
    if word.as_bytes().iter().all(plain) {
        text.push(b'"');
        text.extend_from_slice(word.as_bytes());
        text.push(b'"');
    } else if serde_json::to_writer(&mut *text, word).is_err() {
        // Writing into memory cannot fail; a text that is missing would be noticed at once.
        text.extend_from_slice(b"null");
    }
}

fn write_value(text: &mut Vec<u8>, value: &Value) {
    if serde_json::to_writer(&mut *text, value).is_err() {
        text.extend_from_slice(b"null");
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::validate;

    crate::string_enum! { enum Color { Red = "RED", Blue = "BLUE" } }

    #[derive(Shape, Default, Clone)]
    struct Inner {
        #[shape(required, max = 3)]
        key: String,
        value: Option<i32>,
    }

    #[derive(Shape, Default, Clone)]
    struct Outer {
        #[shape(required, min = 2, max = 5, pattern = "[a-z]+", invalid = "InvalidNameException")]
        the_name: String,
        color: Option<Color>,
        #[shape(name = "KMSKey")]
        kms_key: Option<String>,
        #[shape(sensitive, max = 4)]
        secret: Option<String>,
        inners: Option<Vec<Inner>>,
        labels: BTreeMap<String, String>,
        at: Option<Timestamp>,
        data: Option<Bytes>,
        #[shape(omit_empty)]
        words: Vec<String>,
        ratio: Option<f64>,
        free: Option<Value>,
        #[shape(time = "http")]
        since: Option<Timestamp>,
    }

    const NAME: Field = Field {
        max: Some(3),
        missing: Some("NameRequired"),
        invalid: Some("InvalidName"),
        ..Field::named("name")
    };

    #[derive(Shape, Default, Clone)]
    struct Alike {
        #[shape(required, like = NAME)]
        old_name: String,
        #[shape(required, missing = "OtherRequired", like = self::NAME)]
        other: String,
        #[shape(like = NAME, max = 4)]
        new_name: Option<String>,
    }

    #[test]
    fn members_are_like_named_ones() {
        let mut problems = Problems::default();
        let value = json!({"newName": "abcd", "oldName": "abcd"});
        let mut alike = Alike::default();
        read(&value, &mut alike, &mut problems).unwrap();
        assert_eq!((alike.old_name.as_str(), alike.new_name.as_deref()), ("abcd", Some("abcd")));
        problems.0.extend(validate(&alike).0);
        let found: Vec<_> = problems.0.iter().map(|it| (it.path.as_str(), it.code)).collect();
        assert_eq!(found, [("other", Some("OtherRequired")), ("oldName", Some("InvalidName"))]);
    }

    fn take(value: Value) -> (Outer, Result<(), ReadError>, Problems) {
        let mut outer = Outer::default();
        let mut problems = Problems::default();
        let result = read(&value, &mut outer, &mut problems);
        (outer, result, problems)
    }

    #[test]
    fn round_trips() {
        let value = json!({
            "theName": "abc", "color": "BLUE", "KMSKey": "k", "inners": [{"key": "a", "value": 1}],
            "labels": {"x": "y"}, "at": 1769860800.5, "data": "aGk=", "words": ["w"],
        });
        let (outer, result, problems) = take(value.clone());
        assert_eq!((result, problems.is_empty()), (Ok(()), true));
        assert_eq!(outer.color, Some(Color::Blue));
        assert_eq!(outer.data.as_deref(), Some(&b"hi"[..]));
        assert_eq!(to_value(&outer), value);
    }

    #[test]
    fn text_is_that_of_the_value() {
        let odd = "a\"b\\c\u{0}\u{1f}\n\u{7f}é\u{2028}🦀/";
        let full = Outer {
            the_name: odd.to_owned(),
            color: Some(Color::Red),
            kms_key: Some(String::new()),
            inners: Some(vec![Inner::default(), Inner { key: odd.into(), value: Some(-7) }]),
            labels: [(odd.to_owned(), odd.to_owned()), ("b".into(), String::new())].into(),
            at: Some(Timestamp::from_millis(1_769_860_800_500)),
            data: Some(Bytes::from_static(b"\xff\x00hi")),
            words: vec![String::new(), odd.to_owned()],
            ratio: Some(0.1),
            free: Some(json!({ odd: [null, true, 1.5, {}, []] })),
            since: Some(Timestamp::from_millis(1_769_860_800_000)),
            ..Outer::default()
        };
        let infinite = Outer { ratio: Some(f64::NEG_INFINITY), ..Outer::default() };
        let empty = Outer { inners: Some(Vec::new()), ..Outer::default() };
        for shape in [full, infinite, empty, Outer::default()] {
            let text = String::from_utf8(to_vec(&shape)).unwrap();
            assert_eq!(text, to_value(&shape).to_string());
            if shape.the_name != odd {
                continue;
            }
            let again: Outer = from_slice(text.as_bytes()).unwrap();
            assert_eq!(to_value(&again), to_value(&shape));
        }
    }

    #[test]
    fn documents_are_read_as_values_are() {
        let full = json!({
            "theName": "abc", "color": "BLUE", "KMSKey": "k", "inners": [{"key": "a", "value": 1}],
            "labels": {"x": "y"}, "at": 1769860800.5, "data": "aGk=", "words": ["w"],
            "free": {"a": [1, {"b": null}], "c": "d"}, "ratio": "Infinity", "later": {"x": [1]},
        });
        let mut cases = vec![
            json!({}),
            json!([]),
            json!("x"),
            json!({"theName": null}),
            json!({"theName": "abc", "free": [1, null, "x"]}),
            json!({"theName": "abc", "free": true}),
            json!({"theName": "abc", "inners": [null, {"key": "b"}], "labels": {"a": null}}),
            json!({"theName": "abc", "inners": null, "words": []}),
            json!({"theName": "abc", "inners": [{}]}),
            json!({"theName": "abc", "inners": [{"key": "a", "value": 2.0}]}),
            json!({"theName": "abc", "inners": [{"key": "a", "value": 2.5}]}),
            json!({"theName": "abc", "inners": [{"key": "a", "value": 3_000_000_000_i64}]}),
            json!({"theName": "abc", "at": "2026-01-31T12:00:00Z", "ratio": 2}),
        ];
        // Each member of each other type.
        for (name, _) in full.as_object().unwrap() {
            for other in [json!(1), json!("~"), json!(false), json!([1]), json!({"a": 1})] {
                let mut case = full.clone();
                case[name] = other;
                cases.push(case);
            }
        }
        cases.push(full);
        for case in cases {
            let read = from_slice::<Outer>(case.to_string().as_bytes());
            let mut expected = Outer::default();
            let result = from_value(&mut expected, &case);
            match (read, result) {
                (Ok(read), Ok(())) => assert_eq!(to_value(&read), to_value(&expected), "{case}"),
                (Err(read), Err(other)) => assert_eq!(read, other, "{case}"),
                (read, other) => panic!("{case}: {:?} but {other:?}", read.map(|it| to_value(&it))),
            }
        }
        let broken = from_slice::<Outer>(br#"{"theName": "abc""#);
        assert!(broken.is_err_and(|error| error.message.contains("EOF")));
        assert!(from_slice::<Outer>(br#"{"theName": "abc"} x"#).is_err());
    }

    #[test]
    fn wrong_types_name_the_path_and_not_the_value() {
        let (_, result, _) = take(json!({"theName": "abc", "inners": [{"key": 5}]}));
        assert_eq!(
            result.unwrap_err().to_string(),
            "Expected a string, found a number at 'inners.1.member.key'"
        );
        let (_, result, _) = take(json!([1]));
        assert_eq!(result.unwrap_err().to_string(), "Expected a structure, found a list");
        let (_, result, _) = take(json!({"theName": "a", "inners": [{"key": "a", "value": 3e9}]}));
        assert!(result.is_err());
    }

    #[test]
    fn missing_members_are_all_told() {
        let (_, result, problems) = take(json!({"inners": [{}], "color": "GREEN"}));
        assert!(result.is_ok());
        let paths: Vec<_> = problems.0.iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(paths, ["theName", "color", "inners.1.member.key"]);
        assert!(problems.to_string().starts_with("3 validation errors detected: Value null at"));
        assert!(problems.to_string().contains("enum value set: [RED, BLUE]"));
    }

    #[test]
    fn bounds_and_patterns_hold() {
        let outer = Outer {
            the_name: "TOOLONG".into(),
            secret: Some("hunter2".into()),
            ..Default::default()
        };
        let problems = validate(&outer);
        assert_eq!(problems.0.len(), 3);
        assert_eq!(problems.0[0].code, Some("InvalidNameException"));
        assert!(!problems.to_string().contains("hunter2"));
        assert!(!format!("{outer:?}").contains("hunter2"));
    }

    #[test]
    fn absent_and_null_are_alike() {
        let (outer, result, _) = take(json!({"theName": "abc", "KMSKey": null}));
        assert!(result.is_ok());
        assert_eq!(outer.kms_key, None);
        assert_eq!(to_value(&outer), json!({"theName": "abc", "labels": {}}));
    }
}
