//! Dependencies point one way: `types ← shape ← wire, store, … ← service ← services → api/*`, and
//! only `codeyard` knows them all.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// What each room may use. `api-*` and `svc-*` stand for families.
const ALLOWED: &[(&str, &[&str])] = &[
    ("types", &[]),
    ("shape-derive", &[]),
    ("shape", &["types", "shape-derive"]),
    ("wire", &["types", "shape"]),
    ("auth", &["types"]),
    ("store", &["types", "shape"]),
    ("blobs", &["types"]),
    ("forge", &[]),
    ("formats", &[]),
    ("sandbox", &[]),
    ("ssh", &[]),
    ("git", &["types", "blobs"]),
    ("engine", &["types", "store"]),
    ("service", &["types", "shape", "wire", "auth", "store", "blobs", "engine"]),
    ("gateway", &["types", "shape", "wire", "auth", "service"]),
    ("client", &["types", "wire", "auth"]),
    ("console", &["types", "shape", "wire", "store", "engine", "service"]),
    ("agent", &["types", "auth", "formats", "client"]),
    (
        "testkit",
        &["types", "wire", "auth", "store", "engine", "blobs", "service", "gateway", "client"],
    ),
    ("api-*", &["types", "shape"]),
    (
        "svc-*",
        &[
            "types", "shape", "wire", "auth", "store", "blobs", "engine", "service", "sandbox",
            "git", "ssh", "forge", "formats", "api-*",
        ],
    ),
];

fn family(name: &str) -> &str {
    match name {
        name if name.starts_with("api-") => "api-*",
        name if name.starts_with("svc-") => "svc-*",
        name => name,
    }
}

#[test]
fn arrows_point_one_way() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let mut wrong = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let Some(room) = name.strip_prefix("codeyard-") else { continue };
        if room == "bench" {
            continue;
        }
        let Some(may) = allowed.get(family(room)) else {
            wrong.push(format!("{room} has no place in the rule"));
            continue;
        };
        for dependency in package["dependencies"].as_array().unwrap() {
            let used = dependency["name"].as_str().unwrap();
            let Some(used) = used.strip_prefix("codeyard-") else { continue };
            let for_tests = dependency["kind"] == "dev";
            // Tests may use the test kit and the real neighbours; what ships may not.
            if !for_tests && !may.contains(&family(used)) {
                wrong.push(format!("{room} → {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows against the rule: {wrong:#?}");
}

/// `cargo run --release -- quickstart`, the README's first command, names no package.
#[test]
fn cargo_run_means_the_binary() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let members = metadata["workspace_default_members"].as_array().unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let binaries: Vec<&str> = packages
        .iter()
        .filter(|package| members.contains(&package["id"]))
        .flat_map(|package| package["targets"].as_array().unwrap())
        .filter(|target| target["kind"][0] == "bin")
        .map(|target| target["name"].as_str().unwrap())
        .collect();
    assert_eq!(binaries, ["codeyard"]);
}
