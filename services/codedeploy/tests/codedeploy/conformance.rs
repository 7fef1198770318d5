//! The table and its shapes beside the public model, as the stock client has it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use codeyard_svc_codedeploy::services;
use serde_json::Value;
use service::Status;
use shape::{Shape, Slot};

/// Each operation's members with their types, `!` behind what inputs require; and all error codes.
const SCRIPT: &str = r#"
import botocore.loaders, json
model = botocore.loaders.Loader().load_service_model("codedeploy", "service-2")
shapes = model["shapes"]
def walk(name, path, out, inputs, above):
    shape = shapes[name]
    kind = shape["type"]
    if kind == "list":
        walk(shape["member"]["shape"], path + "[]", out, inputs, above)
    elif kind == "map":
        walk(shape["value"]["shape"], path + "{}", out, inputs, above)
    elif kind == "structure":
        if name in above: return
        for member, target in shape.get("members", {}).items():
            here = path + "." + member
            required = inputs and not path and member in shape.get("required", [])
            out.append(here + ("!" if required else ""))
            walk(target["shape"], here, out, inputs, above | {name})
    else:
        words = ",".join(sorted(shape["enum"])) if "enum" in shape else kind
        out.append(path + ":" + words)
operations = {}
for name, operation in model["operations"].items():
    operations[name] = {side: [] for side in ("input", "output")}
    for side, out in operations[name].items():
        if side in operation:
            walk(operation[side]["shape"], "", out, side == "input", frozenset())
errors = [name for name, shape in shapes.items() if shape.get("exception")]
print(json.dumps({"operations": operations, "errors": errors}))
"#;

fn walk(shape: &mut dyn Shape, path: &str, inputs: bool, out: &mut BTreeSet<String>) {
    let schema = shape.schema();
    for (index, field) in schema.fields.iter().enumerate() {
        let here = format!("{path}.{}", field.name);
        let required = inputs && path.is_empty() && field.required;
        out.insert(format!("{here}{}", if required { "!" } else { "" }));
        descend(shape.slot(index), &here, inputs, out);
    }
}

fn descend(slot: Slot<'_>, path: &str, inputs: bool, out: &mut BTreeSet<String>) {
    let kind = match slot {
        Slot::Struct(inner) => return walk(inner, path, inputs, out),
        Slot::List(list) => return descend(list.push(), &format!("{path}[]"), inputs, out),
        Slot::Map(map) => {
            return descend(map.insert("key".into()), &format!("{path}{{}}"), inputs, out);
        }
        Slot::Enum(word) => {
            let mut words = word.words().to_vec();
            words.sort_unstable();
            words.join(",")
        }
        Slot::String(_) => "string".to_owned(),
        Slot::Bool(_) => "boolean".to_owned(),
        Slot::Int(_) => "integer".to_owned(),
        Slot::Long(_) => "long".to_owned(),
        Slot::Double(_) => "double".to_owned(),
        Slot::Timestamp(_) => "timestamp".to_owned(),
        _ => "another".to_owned(),
    };
    out.insert(format!("{path}:{kind}"));
}

fn set(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_table_is_the_public_models() {
    let python = testkit::venv::bin().join("python");
    let output = Command::new(python).args(["-c", SCRIPT]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let model: Value = serde_json::from_slice(&output.stdout).unwrap();
    let operations: BTreeMap<String, Value> =
        serde_json::from_value(model["operations"].clone()).unwrap();
    let errors = set(&model["errors"]);
    let public = services().remove(0);
    let ours: BTreeSet<&str> = public.operations.iter().map(|row| row.name).collect();
    let theirs: BTreeSet<&str> = operations.keys().map(String::as_str).collect();
    assert_eq!(ours, theirs, "every operation is there, or refused by name");
    let mut differences = Vec::new();
    for row in public.operations.iter().filter(|it| !matches!(it.status, Status::Refused(_))) {
        for (side, mut shape) in [("input", (row.input)()), ("output", (row.output)())] {
            let mut ours = BTreeSet::new();
            walk(shape.as_mut(), "", side == "input", &mut ours);
            let theirs = set(&operations[row.name][side]);
            for path in ours.symmetric_difference(&theirs) {
                let whose = if ours.contains(path) { "ours" } else { "AWS's" };
                differences.push(format!("{} {side} {path} ({whose})", row.name));
            }
        }
        let unknown = row.errors.iter().filter(|kind| !errors.contains(kind.code));
        differences.extend(unknown.map(|kind| format!("{} is no error of AWS's", kind.code)));
    }
    assert!(differences.is_empty(), "{differences:#?}");
}
