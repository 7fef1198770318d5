//! The shapes against the stock client's own model.

use shape::{Peek, Place, Shape};

/// What a shape has: name, place and name there of every member, nested ones below their parent.
fn members(shape: &dyn Shape, parent: &str, out: &mut Vec<[String; 3]>) {
    for (index, field) in shape.schema().fields.iter().enumerate() {
        let path = format!("{parent}{}", field.name);
        let (place, name) = match field.place {
            Place::Body => ("body", field.xml_name()),
            Place::Header(name) => ("header", name),
            Place::Headers(prefix) => ("headers", prefix),
            Place::Query(name) => ("querystring", name),
            Place::Label => ("uri", field.name),
            Place::Payload => ("payload", field.name),
            Place::Status => ("status", field.name),
        };
        out.push([path.clone(), place.to_owned(), name.to_owned()]);
        if path.matches('.').count() < 4
            && let Peek::Struct(inner) = shape.peek(index)
        {
            members(inner, &format!("{path}."), out);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn shapes_are_those_of_the_stock_client() {
    let service = codeyard_svc_s3::service();
    let mut rows = serde_json::Map::new();
    for row in &service.operations {
        let (mut input, mut output) = (Vec::new(), Vec::new());
        let refused = matches!(row.status, service::Status::Refused(_));
        if !refused {
            members((row.input)().as_ref(), "", &mut input);
            members((row.output)().as_ref(), "", &mut output);
        }
        let value = serde_json::json!({"input": input, "output": output, "refused": refused});
        assert!(rows.insert(row.name.to_owned(), value).is_none(), "{} stands twice", row.name);
    }
    let scratch = tempfile::tempdir().unwrap();
    let table = scratch.path().join("table.json");
    std::fs::write(&table, serde_json::Value::Object(rows).to_string()).unwrap();
    let bin = tokio::task::spawn_blocking(testkit::venv::bin).await.unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/s3/conformance.py");
    let mut python = tokio::process::Command::new(bin.join("python"));
    let output = python.arg(script).arg(&table).output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}
