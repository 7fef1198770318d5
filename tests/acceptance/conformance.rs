//! Our operation tables and shapes beside those of the stock client, for every service at once.
//!
//! This side writes down what the tables say; `conformance.py` compares it with the model that the
//! pinned botocore holds and tells every difference.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::{Value, json};
use service::{Operation, Protocol, Service, Status};
use shape::{Field, Place, Shape, Slot, TimeFormat};

/// Every service, as the binary is wired; that one cannot be asked, being no library.
fn services() -> Vec<Service> {
    let mut services = Vec::new();
    services.extend(svc_identity::services());
    services.push(svc_s3::service());
    services.extend(svc_security::services());
    services.extend(svc_management::services());
    services.push(svc_codecommit::service());
    services.push(svc_codebuild::service());
    services.extend(svc_codeconnections::services());
    let own = svc_codecommit::own_operations(svc_codebuild::own_service());
    services.push(svc_codeconnections::own_operations(own));
    services.extend(svc_codedeploy::services());
    services.push(svc_codepipeline::service());
    services
}

#[test]
fn tables_and_shapes_are_those_of_the_stock_client() {
    let services: Vec<Value> = services().iter().map(table).collect();
    let scratch = tempfile::tempdir().unwrap();
    let ours = scratch.path().join("ours.json");
    std::fs::write(&ours, Value::from(services).to_string()).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/acceptance/conformance.py");
    let output =
        Command::new(testkit::venv::bin().join("python")).arg(script).arg(&ours).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

fn table(service: &Service) -> Value {
    let protocol = match service.protocol {
        Protocol::Json10 => "json-1.0",
        Protocol::Json11 => "json-1.1",
        Protocol::Query { .. } => "query",
        Protocol::RestJson => "rest-json",
        Protocol::RestXml => "rest-xml",
    };
    let operations: Vec<Value> = service.operations.iter().map(row).collect();
    json!({
        "name": service.name,
        "protocol": protocol,
        "targets": service.targets,
        "version": service.version,
        "operations": operations,
    })
}

fn row(row: &Operation) -> Value {
    let errors: Vec<Value> =
        row.errors.iter().map(|kind| json!([kind.code, kind.status])).collect();
    json!({
        "name": row.name,
        "refused": matches!(row.status, Status::Refused(_)),
        "errors": errors,
        "idempotency_token": row.idempotency_token,
        "pagination": row.pagination.map(|(token, size, _)| [token, size]),
        "input": structure((row.input)().as_mut(), &mut Vec::new()),
        "output": structure((row.output)().as_mut(), &mut Vec::new()),
    })
}

/// A shape with all that is below it. A shape inside itself is named only.
fn structure(shape: &mut dyn Shape, above: &mut Vec<&'static str>) -> Value {
    let schema = shape.schema();
    if above.contains(&schema.name) {
        return json!({ "again": schema.name });
    }
    above.push(schema.name);
    let mut members = Vec::new();
    for (index, field) in schema.fields.iter().enumerate() {
        let mut entry = member(field);
        entry.insert("type", kind(shape.slot(index), above));
        members.push(json!(entry));
    }
    above.pop();
    json!({ "name": schema.name, "root": schema.xml_root, "members": members })
}

fn member(field: &Field) -> BTreeMap<&'static str, Value> {
    let (place, place_name) = match field.place {
        Place::Body => ("body", ""),
        Place::Header(name) => ("header", name),
        Place::Headers(prefix) => ("headers", prefix),
        Place::Query(name) => ("querystring", name),
        Place::Label => ("uri", ""),
        Place::Payload => ("payload", ""),
        Place::Status => ("statusCode", ""),
    };
    let time = match field.time {
        TimeFormat::Default => "",
        TimeFormat::Iso8601 => "iso8601",
        TimeFormat::Epoch => "unixTimestamp",
        TimeFormat::Http => "rfc822",
    };
    BTreeMap::from([
        ("name", json!(field.name)),
        ("xml", json!(field.xml_name())),
        ("place", json!(place)),
        ("place_name", json!(place_name)),
        ("time", json!(time)),
        ("required", json!(field.required)),
        ("sensitive", json!(field.sensitive)),
        ("flat", json!(field.flat)),
        ("attribute", json!(field.attribute)),
        ("item", json!(field.item)),
        ("key", json!(field.key)),
        ("value", json!(field.value)),
        ("min", json!(field.min)),
        ("max", json!(field.max)),
    ])
}

fn kind(slot: Slot<'_>, above: &mut Vec<&'static str>) -> Value {
    let plain = |name: &str| json!({ "is": name });
    match slot {
        Slot::String(_) => plain("string"),
        Slot::Bool(_) => plain("boolean"),
        Slot::Int(_) => plain("integer"),
        Slot::Long(_) => plain("long"),
        Slot::Double(_) => plain("double"),
        Slot::Blob(_) => plain("blob"),
        Slot::Body(_) => plain("stream"),
        Slot::Timestamp(_) => plain("timestamp"),
        Slot::Document(_) => plain("document"),
        Slot::Nothing => plain("nothing"),
        Slot::Enum(word) => json!({ "is": "enum", "words": word.words() }),
        Slot::Struct(inner) => json!({ "is": "structure", "shape": structure(inner, above) }),
        Slot::List(list) => json!({ "is": "list", "of": kind(list.push(), above) }),
        Slot::Map(map) => json!({ "is": "map", "of": kind(map.insert("key".into()), above) }),
    }
}
