//! Our shapes beside the model of the installed botocore: the same members, required alike.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;
use service::Status;
use shape::{Shape, Slot};

/// Each operation's members as `path`, with `!` behind the required ones of inputs.
const SCRIPT: &str = r#"
import botocore.loaders, json
def walk(shapes, name, path, out, inputs, seen):
    shape = shapes[name]
    if shape["type"] == "list":
        walk(shapes, shape["member"]["shape"], path + "[]", out, inputs, seen)
    elif shape["type"] == "map":
        walk(shapes, shape["value"]["shape"], path + "{}", out, inputs, seen)
    elif shape["type"] == "structure" and name not in seen:
        for member, target in shape["members"].items():
            here = path + "." + member if path else member
            required = inputs and member in shape.get("required", [])
            out.append(here + ("!" if required else ""))
            walk(shapes, target["shape"], here, out, inputs, seen | {name})
result = {}
for service in ("iam", "sts"):
    model = botocore.loaders.Loader().load_service_model(service, "service-2")
    for name, operation in model["operations"].items():
        sides = {}
        for side in ("input", "output"):
            out = []
            if side in operation:
                walk(model["shapes"], operation[side]["shape"], "", out, side == "input", frozenset())
            sides[side] = out
        result[service + ":" + name] = sides
print(json.dumps(result))
"#;

fn walk(shape: &mut dyn Shape, path: &str, inputs: bool, out: &mut BTreeSet<String>) {
    let schema = shape.schema();
    for (index, field) in schema.fields.iter().enumerate() {
        let here =
            if path.is_empty() { field.name.to_owned() } else { format!("{path}.{}", field.name) };
        let required = if inputs && field.required { "!" } else { "" };
        out.insert(format!("{here}{required}"));
        descend(shape.slot(index), &here, inputs, out);
    }
}

fn descend(slot: Slot<'_>, path: &str, inputs: bool, out: &mut BTreeSet<String>) {
    match slot {
        Slot::Struct(inner) => walk(inner, path, inputs, out),
        Slot::List(list) => descend(list.push(), &format!("{path}[]"), inputs, out),
        Slot::Map(map) => descend(map.insert("key".into()), &format!("{path}{{}}"), inputs, out),
        _ => {}
    }
}

#[test]
fn members_are_those_of_the_public_model() {
    let output = Command::new("python3").args(["-c", SCRIPT]).output();
    let Some(output) = output.ok().filter(|output| output.status.success()) else {
        eprintln!("skipped: python3 with botocore is not installed");
        return;
    };
    let model: BTreeMap<String, Value> = serde_json::from_slice(&output.stdout).unwrap();
    let mut differences = Vec::new();
    for service in codeyard_svc_identity::services() {
        for operation in &service.operations {
            if matches!(operation.status, Status::Refused(_)) {
                continue;
            }
            let name = format!("{}:{}", service.name, operation.name);
            let sides = [("input", (operation.input)()), ("output", (operation.output)())];
            for (side, mut shape) in sides {
                let mut ours = BTreeSet::new();
                walk(shape.as_mut(), "", side == "input", &mut ours);
                let theirs: BTreeSet<String> = model[&name][side]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|path| path.as_str().unwrap().to_owned())
                    .collect();
                for path in ours.symmetric_difference(&theirs) {
                    let whose = if ours.contains(path) { "ours" } else { "AWS's" };
                    differences.push(format!("{name} {side} {path} ({whose})"));
                }
            }
        }
    }
    assert!(differences.is_empty(), "{differences:#?}");
}
