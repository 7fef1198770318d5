//! The fuzz targets under plain `cargo test`: every committed seed, and mutations of them. What
//! runs is the source of the fuzz package itself (docs/fuzzing.md).
//!
//! `PROPTEST_CASES=100000 cargo test --release -p codeyard-testkit --test fuzz` digs deeper.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../../../fuzz/src/lib.rs"]
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use targets::TARGETS;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = fuzz().join("seeds").join(target);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// One change of a seed. Places are parts of the whole, so that they fit any length.
#[derive(Clone, Debug)]
enum Edit {
    Set(u16, u8),
    Flip(u16, u8),
    Insert(u16, Vec<u8>),
    Remove(u16, u8),
    Repeat(u16, u8, u8),
    Splice(u16, u16),
}

/// Bytes on which parsers turn.
const WORDS: &[&[u8]] = &[
    b"\n",
    b"\r\n",
    b"\0",
    b" ",
    b":",
    b";",
    b",",
    b".",
    b"..",
    b"/",
    b"\\",
    b"\"",
    b"'",
    b"%",
    b"%2",
    b"%00",
    b"&",
    b"=",
    b"*",
    b"?",
    b"[",
    b"]",
    b"{",
    b"}",
    b"<",
    b">",
    b"</",
    b"/>",
    b"<![CDATA[",
    b"&#0;",
    b"&lt;",
    b"<!--",
    b"null",
    b"-1",
    b"0",
    b"1e999",
    b"9223372036854775808",
    b"18446744073709551615",
    b"NaN",
    b"\xff",
    b"\xc3\xa9",
    b"\xe2\x80\xa8",
    b"\xf0\x9f\x98\x80",
    b"${aws:username}",
    b"$or",
    b"refs/heads/",
    b"0000",
    b"ffff",
    b"&a ",
    b"*a",
    b"- ",
    b"? ",
    b"<<: ",
    b"!t ",
    b"|\n",
    b"---\n",
    b"\\u0000",
    b"\xed\xa0\x80",
    b"../",
    b"member.1.",
];

fn edit() -> impl Strategy<Value = Edit> {
    let word = prop_oneof![
        3 => prop::sample::select(WORDS).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 1..8),
    ];
    prop_oneof![
        any::<(u16, u8)>().prop_map(|(at, byte)| Edit::Set(at, byte)),
        (any::<u16>(), 0..8_u8).prop_map(|(at, bit)| Edit::Flip(at, bit)),
        (any::<u16>(), word).prop_map(|(at, word)| Edit::Insert(at, word)),
        any::<(u16, u8)>().prop_map(|(at, count)| Edit::Remove(at, count)),
        any::<(u16, u8, u8)>().prop_map(|(at, count, times)| Edit::Repeat(at, count, times)),
        any::<(u16, u16)>().prop_map(|(at, from)| Edit::Splice(at, from)),
    ]
}

/// The longest input; longer ones tell nothing new and take long.
const MAX_BYTES: usize = 64 * 1024;

fn apply(edits: &[Edit], mut data: Vec<u8>, other: &[u8]) -> Vec<u8> {
    for edit in edits {
        let place = |at: u16, len: usize| usize::from(at) * (len + 1) / (usize::from(u16::MAX) + 1);
        let len = data.len();
        match edit {
            Edit::Set(at, byte) => {
                if let Some(to) = data.get_mut(place(*at, len)) {
                    *to = *byte;
                }
            }
            Edit::Flip(at, bit) => {
                if let Some(to) = data.get_mut(place(*at, len)) {
                    *to ^= 1 << bit;
                }
            }
            Edit::Insert(at, word) => {
                let at = place(*at, len);
                data.splice(at..at, word.iter().copied());
            }
            Edit::Remove(at, count) => {
                let at = place(*at, len);
                data.drain(at..(at + usize::from(*count)).min(len));
            }
            Edit::Repeat(at, count, times) => {
                let at = place(*at, len);
                let piece = data[at..(at + usize::from(*count)).min(len)].repeat((*times).into());
                data.splice(at..at, piece);
            }
            Edit::Splice(at, from) => {
                data.truncate(place(*at, len));
                data.extend_from_slice(&other[place(*from, other.len())..]);
            }
        }
        data.truncate(MAX_BYTES);
    }
    data
}

#[test]
fn every_seed_runs() {
    for (name, target) in TARGETS {
        let seeds = seeds(name);
        assert!(!seeds.is_empty(), "{name} has no seeds");
        for seed in seeds {
            target(&seed);
        }
        target(b"");
    }
}

/// The targets, their programs and their seeds go together.
#[test]
fn every_target_has_a_program_and_seeds() {
    let names: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    let programs: BTreeSet<String> = fs::read_dir(fuzz().join("fuzz_targets"))
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let seeds: BTreeSet<String> = fs::read_dir(fuzz().join("seeds"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(names, programs);
    assert_eq!(names, seeds);
    for name in &names {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} is not in the manifest");
        let program = fuzz().join(format!("fuzz_targets/{name}.rs"));
        let program = fs::read_to_string(program).unwrap();
        assert!(program.contains(&format!("run(\"{name}\", data)")), "{name}");
    }
    assert!(TARGETS.is_sorted_by_key(|(name, _)| *name));
}

/// One test for each target, so that they run side by side and fail by name.
macro_rules! mutations {
    ($($name:ident),*) => {$(
        #[test]
        fn $name() {
            mutate(stringify!($name));
        }
    )*

    #[test]
    fn every_target_is_mutated() {
        let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, [$(stringify!($name)),*]);
    }};
}

mutations! {
    appspec, buildspec, chunks, coverage_report, event_pattern, git_push, glob, json, log_filter, policy, query,
    rest_json, rest_xml, scalars, sigv4, specification, ssh, ssh_command, tar, test_report, uri, xml, yaml, zip
}

fn mutate(name: &str) {
    let seeds = seeds(name);
    let input = (0..seeds.len(), 0..seeds.len(), prop::collection::vec(edit(), 1..8));
    let input = input
        .prop_map(move |(seed, other, edits)| apply(&edits, seeds[seed].clone(), &seeds[other]));
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let result = TestRunner::new(config).run(&input, |data| {
        targets::run(name, &data);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{name}: {error}");
    }
}
