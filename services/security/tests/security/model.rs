//! Our tables beside AWS's own model, as the stock client has it.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Map, Value, json};
use shape::Shape;
use testkit::venv;

const COMPARE: &str = r#"
import botocore.session, json, sys
ours = json.load(sys.stdin)
session = botocore.session.get_session()
wrong = []
for name, table in ours.items():
    model = session.get_service_model(name)
    for missing in sorted(set(model.operation_names) - set(table)):
        wrong.append(f"{name}.{missing} is neither there nor refused by name")
    for operation, shapes in table.items():
        if operation not in model.operation_names:
            wrong.append(f"{name}.{operation} is no operation of AWS's")
            continue
        if shapes is None:
            continue
        theirs = model.operation_model(operation)
        for side, shape in ("input", theirs.input_shape), ("output", theirs.output_shape):
            known = dict(shape.members) if shape else {}
            required = set(shape.required_members) if shape else set()
            where = f"{name}.{operation} {side}"
            for member in sorted(set(known) ^ set(shapes[side])):
                wrong.append(f"{where}: {member} is on one side only")
            for member, is_required in shapes[side].items():
                if side == "input" and member in known and is_required != (member in required):
                    wrong.append(f"{where}: {member} is required on one side only")
print("\n".join(wrong))
"#;

fn members(shape: &dyn Shape) -> Value {
    let fields = shape.schema().fields.iter();
    Value::Object(fields.map(|it| (it.name.to_owned(), json!(it.required))).collect())
}

/// Every operation that AWS has is there or refused by name, with AWS's members.
#[test]
fn tables_agree_with_botocore() {
    let mut ours = Map::new();
    for service in svc_security::services() {
        let rows = service.operations.iter().map(|row| {
            let refused = matches!(row.status, service::Status::Refused(_));
            let shapes = json!({"input": members((row.input)().as_ref()),
                                "output": members((row.output)().as_ref())});
            (row.name.to_owned(), if refused { Value::Null } else { shapes })
        });
        ours.insert(service.name.to_owned(), Value::Object(rows.collect()));
    }
    let mut python = Command::new(venv::bin().join("python"))
        .args(["-c", COMPARE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(Value::Object(ours).to_string().as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    let wrong = String::from_utf8(output.stdout).unwrap();
    assert_eq!(wrong.trim(), "");
}
