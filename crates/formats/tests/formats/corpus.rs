//! Build specifications as they are in the wild, of many languages and purposes: each is taken,
//! and understood as `corpus/expected.txt` says. After a change that is meant,
//! `UPDATE_CORPUS=1 cargo test -p codeyard-formats --features archive corpus` writes it anew.

use std::collections::BTreeMap;
use std::path::Path;

use codeyard_formats::buildspec::parse;

use crate::buildspec_good::summary;

fn corpus() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/corpus");
    let files = std::fs::read_dir(folder).unwrap().flatten();
    files
        .filter_map(|file| {
            let name = file.file_name().into_string().unwrap();
            let name = name.strip_suffix(".yml")?.to_owned();
            Some((name, std::fs::read_to_string(file.path()).unwrap()))
        })
        .collect()
}

#[test]
fn every_build_specification_is_understood() {
    let corpus = corpus();
    assert!(corpus.len() >= 100, "{}", corpus.len());
    let mut found = String::new();
    for (name, text) in &corpus {
        match parse(text) {
            Ok(spec) => found.push_str(&format!("{name}: {}\n", summary(&spec).escape_debug())),
            Err(error) => panic!("{name}: {error}"),
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/corpus/expected.txt");
    if std::env::var_os("UPDATE_CORPUS").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.lines().count(), expected.lines().count());
}

/// Whatever is cut off or doubled in a file that somebody wrote, there is an answer, and an error
/// stands within the text.
#[test]
fn damaged_ones_are_answered() {
    for (name, text) in corpus() {
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).step_by(41).collect();
        for end in ends {
            let (head, tail) = text.split_at(end);
            for damaged in [head.to_owned(), format!("{tail}{head}"), format!("{head}\n{head}")] {
                if let Err(error) = parse(&damaged) {
                    let lines = damaged.lines().count() + 1;
                    assert!(error.0.at.line <= lines, "{name} cut at {end}: {error}");
                }
            }
        }
    }
}
