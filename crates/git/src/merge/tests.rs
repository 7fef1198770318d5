//! Merges here against merges by stock git, on histories made by chance.

// Helpers outside the test functions themselves may fail the test, too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::lines::{changes, lines};
use super::text::Texts;
use super::{Detail, Favor, Options, Resolution};
use crate::{EntryKind, Objects, Oid};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Pairs of commits that one run merges; `CODEYARD_MERGE_CASES` for more.
const CASES: usize = 300;

/// Small, fast and the same everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next()).unwrap() % end
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

type Files = BTreeMap<String, (&'static str, Vec<u8>)>;

const PATHS: [&str; 12] =
    ["a", "b", "c.txt", "d", "d/e", "d/f", "d/g/h", "d/g/i", "link", "sub", "d.txt", "d/g"];

/// A file's content. Its first line tells the path: no two paths ever have the same content, which
/// git, who cannot be kept from looking for exact renames, would take for one.
fn text(chance: &mut Chance, path: &str) -> Vec<u8> {
    if chance.one_in(12) {
        return Vec::new();
    }
    let end = if chance.one_in(6) { "\r\n" } else { "\n" };
    let words = if chance.one_in(3) { 5 } else { 400 };
    let count = 1 + chance.below(30);
    let mut out = format!("{path}{end}").into_bytes();
    for _ in 0..count {
        out.extend(format!("line {}{end}", chance.below(words)).bytes());
    }
    if chance.one_in(8) {
        out.truncate(out.len() - end.len());
    }
    if chance.one_in(20) {
        out.push(0);
    }
    out
}

fn edit(chance: &mut Chance, path: &str, content: &[u8]) -> Vec<u8> {
    let mut all: Vec<Vec<u8>> = lines(content).into_iter().map(<[u8]>::to_vec).collect();
    for _ in 0..1 + chance.below(3) {
        let at = chance.below(all.len() + 1);
        match chance.below(5) {
            0 | 1 => all.insert(at, format!("line {}\n", chance.below(400)).into_bytes()),
            2 if at < all.len() => drop(all.remove(at)),
            3 if at < all.len() => all[at] = format!("new {}\n", chance.below(3)).into_bytes(),
            4 if !all.is_empty() => {
                // A block that was there before, copied: changes that can slide.
                let from = chance.below(all.len());
                let block = all[from..(from + 3).min(all.len())].to_vec();
                all.splice(at..at, block);
            }
            _ => {}
        }
    }
    if chance.one_in(15)
        && let Some(last) = all.last_mut()
    {
        match last.ends_with(b"\n") {
            true => drop(last.pop()),
            false => last.push(b'\n'),
        }
    }
    let own = all.first().is_some_and(|line| line.trim_ascii() == path.as_bytes());
    if !own && !all.is_empty() {
        all.insert(0, format!("{path}\n").into_bytes());
    }
    all.concat()
}

/// Puts something at a path, in the place of what is in its way.
fn put(files: &mut Files, path: &str, what: (&'static str, Vec<u8>)) {
    let below = format!("{path}/");
    files.retain(|other, _| !other.starts_with(&below) && !path.starts_with(&format!("{other}/")));
    files.insert(path.to_owned(), what);
}

fn change(chance: &mut Chance, files: &mut Files) {
    for _ in 0..1 + chance.below(4) {
        let known: Vec<String> = files.keys().cloned().collect();
        let old = if known.is_empty() { "a" } else { &known[chance.below(known.len())] };
        match chance.below(12) {
            0 => drop(files.remove(old)),
            1 => {
                if let Some((mode, _)) = files.get_mut(old) {
                    *mode = match *mode {
                        "100644" => "100755",
                        "100755" => "100644",
                        other => other,
                    };
                }
            }
            2 => {
                let path = chance.pick(&PATHS);
                put(files, path, ("100644", text(chance, path)));
            }
            3 => {
                let path = chance.pick(&PATHS);
                let target = format!("to/{}/of/{path}", chance.below(3));
                put(files, path, ("120000", target.into_bytes()));
            }
            4 => {
                let (path, digits) =
                    chance.pick(&[("sub", ["1", "2", "3"]), ("d", ["4", "5", "6"])]);
                put(files, path, ("160000", chance.pick(&digits).repeat(40).into_bytes()));
            }
            _ => {
                if let Some((mode, content)) = files.get_mut(old)
                    && mode.starts_with("100")
                {
                    *content = edit(chance, old, content);
                }
            }
        }
    }
}

/// A stream for `git fast-import`, with the pairs of marks that are to be merged.
fn histories(chance: &mut Chance, cases: usize) -> (Vec<u8>, Vec<(usize, usize)>) {
    let (mut out, mut mark, mut pairs) = (Vec::new(), 0, Vec::new());
    let mut commit = |files: &Files, parents: &[usize]| {
        mark += 1;
        let who = format!("A <a@b.c> {} +0000", 1_700_000_000 + mark);
        write!(out, "commit refs/heads/c{mark}\nmark :{mark}\ncommitter {who}\ndata 1\nm\n")
            .unwrap();
        for (at, parent) in parents.iter().enumerate() {
            writeln!(out, "{} :{parent}", if at == 0 { "from" } else { "merge" }).unwrap();
        }
        out.extend(b"deleteall\n");
        for (path, (mode, content)) in files {
            if *mode == "160000" {
                let commit = String::from_utf8(content.clone()).unwrap();
                writeln!(out, "M 160000 {commit} {path}").unwrap();
            } else {
                writeln!(out, "M {mode} inline {path}\ndata {}", content.len()).unwrap();
                out.extend(content);
                out.push(b'\n');
            }
        }
        mark
    };
    for _ in 0..cases {
        let mut files = Files::new();
        for path in PATHS {
            if !chance.one_in(3) {
                put(&mut files, path, ("100644", text(chance, path)));
            }
        }
        let root = commit(&files, &[]);
        let (mut one, mut two) = ((root, files.clone()), (root, files));
        for side in [&mut one, &mut two] {
            for _ in 0..1 + chance.below(2) {
                change(chance, &mut side.1);
                side.0 = commit(&side.1, &[side.0]);
            }
        }
        // Criss-cross: each side merges the other, once or more, to a tree of its own.
        while chance.one_in(2) {
            let (mut left, mut right) = (one.1.clone(), two.1.clone());
            for side in [&mut left, &mut right] {
                if chance.one_in(2) {
                    for (path, what) in one.1.iter().chain(&two.1) {
                        if chance.one_in(3) {
                            put(side, path, what.clone());
                        }
                    }
                }
                change(chance, side);
            }
            let (from, to) = (one.0, two.0);
            one = (commit(&left, &[from, to]), left);
            two = (commit(&right, &[to, from]), right);
        }
        pairs.push((one.0, two.0));
    }
    (out, pairs)
}

fn git(dir: &Path, args: &[&str], input: &[u8]) -> Vec<u8> {
    let mut command = Command::new("git");
    command
        .args(args)
        .current_dir(dir)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("git starts");
    let (mut stdin, input) = (child.stdin.take().unwrap(), input.to_vec());
    let feed = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    feed.join().unwrap().unwrap();
    assert!(output.status.success(), "git {args:?}");
    output.stdout
}

/// What git says of a pair: the tree, and the paths in conflict without what it calls them by.
type Said = (bool, Oid, BTreeSet<String>);

fn said_by_git(dir: &Path, pairs: &[(Oid, Oid)]) -> Vec<Said> {
    let input: String = pairs.iter().map(|(one, two)| format!("{one} {two}\n")).collect();
    let mut args = vec!["merge-tree", "--write-tree", "--stdin", "--name-only", "--no-messages"];
    args.extend(["-X", "no-renames", "-X", "find-renames=100%"]);
    let output = String::from_utf8(git(dir, &args, input.as_bytes())).unwrap();
    let mut words = output.split('\0');
    let mut said = Vec::new();
    for _ in pairs {
        let clean = words.next().unwrap().trim() == "1";
        let tree = words.next().unwrap().parse().unwrap();
        let mut paths = BTreeSet::new();
        for path in words.by_ref().take_while(|word| !word.is_empty()) {
            paths.insert(path.split('~').next().unwrap().to_owned());
        }
        said.push((clean, tree, paths));
    }
    said
}

fn objects(dir: &Path) -> Objects {
    let store = gix_odb::Store::at_opts(
        dir.join("objects"),
        gix_hash::Kind::Sha1,
        &mut std::iter::empty(),
        gix_odb::store::init::Options::default(),
    );
    Objects::new(&Arc::new(store.unwrap()), None)
}

fn by_line() -> Options {
    Options { detail: Detail::Line, ..Options::default() }
}

/// A repository of the corpus, and the pairs of commits in it.
fn corpus(seed: u64, cases: usize) -> (tempfile::TempDir, Vec<(Oid, Oid)>) {
    let home = tempfile::tempdir().unwrap();
    git(home.path(), &["init", "-q", "--bare", "."], b"");
    let (stream, pairs) = histories(&mut Chance(seed), cases);
    let marks = home.path().join("marks");
    let export = format!("--export-marks={}", marks.display());
    git(home.path(), &["fast-import", "--quiet", "--force", &export], &stream);
    let known = std::fs::read_to_string(&marks).unwrap();
    let oid: BTreeMap<usize, Oid> = known
        .lines()
        .map(|line| line.trim_start_matches(':').split_once(' ').unwrap())
        .map(|(mark, oid)| (mark.parse().unwrap(), oid.parse().unwrap()))
        .collect();
    let pairs = pairs.into_iter().map(|(one, two)| (oid[&one], oid[&two])).collect();
    (home, pairs)
}

#[test]
fn agrees_with_git() {
    let cases = std::env::var("CODEYARD_MERGE_CASES").ok().and_then(|text| text.parse().ok());
    let seed = std::env::var("CODEYARD_MERGE_SEED").ok().and_then(|text| text.parse().ok());
    let (home, pairs) = corpus(seed.unwrap_or(0x9e37_79b9_7f4a_7c15), cases.unwrap_or(CASES));
    let objects = objects(home.path());
    let (mut clean, mut crossed, mut skipped, mut wrong) = (0, 0, 0, Vec::new());
    for ((one, two), git) in pairs.iter().zip(said_by_git(home.path(), &pairs)) {
        let merge = objects.merge(one, two, &by_line()).unwrap();
        let paths: BTreeSet<String> = merge
            .conflicts
            .iter()
            .map(|conflict| String::from_utf8(conflict.path.clone()).unwrap())
            .collect();
        clean += usize::from(git.0);
        let bases = objects.merge_bases(one, two).unwrap();
        crossed += usize::from(bases.len() > 1);
        if bases_clash(&objects, &bases) {
            skipped += 1;
            continue;
        }
        let same = if git.0 { merge.tree == git.1 && paths.is_empty() } else { paths == git.2 };
        if !same {
            wrong.push(format!("{one} {two}: git {git:?}, we {:?} {paths:?}", merge.tree));
        }
    }
    assert!(clean > pairs.len() / 20 && crossed > pairs.len() / 20, "{clean} {crossed}");
    assert!(skipped < pairs.len() / 2, "{skipped}");
    if !wrong.is_empty() {
        let kept = home.keep();
        panic!("{} of {} in {}:\n{}", wrong.len(), pairs.len(), kept.display(), wrong.join("\n"));
    }
}

/// Whether merge bases have a file and a folder at one path. Git moves the file out of the way
/// under a name of its own, and then finds that it was renamed back: before 2.50 it cannot be told
/// not to look.
fn bases_clash(objects: &Objects, bases: &[Oid]) -> bool {
    let (mut known, mut open) = (Vec::new(), bases.to_vec());
    while let Some(base) = open.pop().filter(|_| bases.len() > 1) {
        for other in &known {
            open.extend(objects.merge_bases(&base, other).unwrap());
        }
        if !known.contains(&base) {
            known.push(base);
        }
        open.retain(|base| !known.contains(base));
    }
    let mut files = BTreeSet::new();
    for base in known {
        let tree = objects.commit(&base).unwrap().tree;
        let note = |path: &[u8], _: &crate::TreeEntry| {
            files.insert(path.to_vec());
            Ok(())
        };
        objects.walk(&tree, note).unwrap();
    }
    let below = |file: &Vec<u8>| [&file[..], b"/"].concat();
    files.iter().any(|file| files.iter().any(|other| other.starts_with(&below(file))))
}

#[test]
fn merge_bases_are_gits() {
    let (home, pairs) = corpus(7, 60);
    let objects = objects(home.path());
    for (one, two) in &pairs {
        let output =
            git(home.path(), &["merge-base", "--all", &one.to_string(), &two.to_string()], b"");
        let git: Vec<Oid> =
            String::from_utf8(output).unwrap().lines().map(|line| line.parse().unwrap()).collect();
        assert_eq!(objects.merge_bases(one, two).unwrap(), git);
        for base in &git {
            assert!(objects.leads_to(base, one).unwrap() && objects.leads_to(base, two).unwrap());
        }
        assert!(!objects.leads_to(one, &git[0]).unwrap());
    }
}

#[test]
fn whoever_is_favored_wins() {
    let (home, pairs) = corpus(11, 100);
    let objects = objects(home.path());
    let mut met = 0;
    for (one, two) in &pairs {
        let conflicts = objects.merge(one, two, &Options::default()).unwrap().conflicts;
        met += conflicts.len();
        for (favor, favored) in [(Favor::Ours, one), (Favor::Theirs, two)] {
            let options = Options { favor, ..Options::default() };
            let merge = objects.merge(one, two, &options).unwrap();
            assert_eq!(merge.conflicts, [], "a favored side leaves no conflict");
            let tree = objects.commit(favored).unwrap().tree;
            let scratch = scratch_of(&objects, &merge);
            for conflict in conflicts.iter().filter(|c| !c.kind && c.content > 0) {
                let there = scratch.get(&conflict.path).copied();
                let wanted = objects.entry_at(&tree, &conflict.path).unwrap();
                assert_eq!(there, wanted.map(|entry| (entry.kind, entry.oid)));
            }
        }
        // Each conflict resolved by hand, as one side has it.
        let keep = |conflict: &super::Conflict| (conflict.path.clone(), Resolution::Theirs(None));
        let resolutions = conflicts.iter().map(keep).collect();
        let options = Options { resolutions, ..Options::default() };
        let merge = objects.merge(one, two, &options).unwrap();
        assert_eq!(merge.conflicts, []);
        let options = Options { favor: Favor::Theirs, ..Options::default() };
        assert_eq!(merge.tree, objects.merge(one, two, &options).unwrap().tree);
    }
    assert!(met > 50, "{met}");
}

/// What is at each path of a merged tree.
fn scratch_of(objects: &Objects, merge: &super::Merge) -> BTreeMap<Vec<u8>, (EntryKind, Oid)> {
    let made: BTreeMap<Oid, &super::Made> =
        merge.made.iter().map(|made| (made.oid, made)).collect();
    let (mut found, mut open) = (BTreeMap::new(), vec![(Vec::new(), merge.tree)]);
    while let Some((prefix, tree)) = open.pop() {
        let entries = match made.get(&tree) {
            Some(made) => crate::model::parse_tree(tree, &made.data).unwrap(),
            None => objects.tree(&tree).unwrap(),
        };
        for entry in entries {
            let path = [&prefix[..], &entry.name].concat();
            match entry.kind {
                EntryKind::Tree => open.push(([&path[..], b"/"].concat(), entry.oid)),
                kind => drop(found.insert(path, (kind, entry.oid))),
            }
        }
    }
    found
}

fn texts() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![Just("a\n"), Just("b\n"), Just("c\r\n"), Just("\n"), Just("d")];
    proptest::collection::vec(line, 0..40).prop_map(|lines| lines.concat().into_bytes())
}

proptest! {
    #[test]
    fn changes_lead_from_one_text_to_the_other(before in texts(), after in texts()) {
        let (a, b) = (lines(&before), lines(&after));
        let (mut at, mut built) = (0, Vec::new());
        let mut last = None;
        for change in changes(&a, &b) {
            prop_assert!(!change.before.is_empty() || !change.after.is_empty());
            prop_assert!(last.is_none_or(|end| change.before.start > end), "changes touch");
            built.extend_from_slice(&a[at..change.before.start]);
            prop_assert_eq!(built.len(), change.after.start);
            built.extend_from_slice(&b[change.after.clone()]);
            at = change.before.end;
            last = Some(change.before.end);
        }
        built.extend_from_slice(&a[at..]);
        prop_assert_eq!(built, b);
    }

    #[test]
    fn regions_cover_all_three(base in texts(), ours in texts(), theirs in texts()) {
        let texts = Texts::new(&base, &ours, &theirs);
        let regions = texts.regions();
        for (text, range) in [
            (&base, regions.iter().map(|r| r.base.clone()).collect::<Vec<_>>()),
            (&ours, regions.iter().map(|r| r.ours.clone()).collect()),
            (&theirs, regions.iter().map(|r| r.theirs.clone()).collect()),
        ] {
            let lines = lines(text);
            let whole: Vec<u8> = range.iter().flat_map(|r| lines[r.clone()].concat()).collect();
            prop_assert_eq!(&whole, text);
        }
    }
}
