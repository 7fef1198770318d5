//! Files that users bring: buildspecs, AppSpec files, archives, signed specifications.

use std::collections::HashSet;
use std::fs;
use std::io::Cursor;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use formats::archive::{self, Kind, Limits};
use formats::reports::{self, ReportFormat};
use formats::yaml::{self, Node, Position, Value};
use formats::{appspec as app, buildspec as build};

/// A YAML text.
pub fn yaml(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let lines = lines(text);
    match yaml::parse(text) {
        Ok(Some(node)) => walk(&node, lines, 0),
        Ok(None) => {}
        Err(error) => inside(error.at, lines),
    }
}

fn walk(node: &Node, lines: usize, depth: usize) {
    assert!(depth <= yaml::MAX_DEPTH);
    inside(node.at, lines);
    match &node.value {
        Value::Scalar(_) => {}
        Value::Sequence(items) => items.iter().for_each(|item| walk(item, lines, depth + 1)),
        Value::Mapping(entries) => {
            let mut keys = HashSet::new();
            for entry in entries {
                assert!(keys.insert(&entry.key), "{} is there twice", entry.key);
                inside(entry.key_at, lines);
                walk(&entry.value, lines, depth + 1);
            }
        }
    }
}

/// However many nodes there are, the text is looked through once.
fn lines(text: &str) -> usize {
    text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).count()
}

/// Editors jump to it: it must exist, or be the line behind the last.
fn inside(at: Position, lines: usize) {
    assert!(at.line >= 1 && at.column >= 1 && at.line <= lines + 1, "{at} of {lines} lines");
}

/// A buildspec.yml.
pub fn buildspec(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match build::parse(text) {
        Ok(spec) => {
            let _ = format!("{spec:?}");
            assert_eq!(spec, build::parse(text).unwrap_or_else(|error| panic!("{error}")));
            assert!(!spec.phases.is_empty() || spec.batch.is_some(), "nothing to do");
            if let Some(batch) = &spec.batch {
                check_batch(batch);
            }
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            inside(error.0.at, lines(text));
        }
    }
}

/// A batch is bounded, and its builds can be put in an order.
fn check_batch(batch: &build::Batch) {
    let count = match &batch.builds {
        build::BatchBuilds::List(tasks) => tasks.len(),
        build::BatchBuilds::Fanout(fanout) => fanout.parallelism,
        build::BatchBuilds::Matrix(matrix) => {
            let all = matrix.combinations();
            assert_eq!(all.len(), matrix.count());
            all.len()
        }
        build::BatchBuilds::Graph(tasks) => {
            let mut done: HashSet<&str> = HashSet::new();
            while done.len() < tasks.len() {
                let before = done.len();
                for task in tasks {
                    if task.depend_on.iter().all(|first| done.contains(first.as_str())) {
                        done.insert(&task.identifier);
                    }
                }
                assert!(done.len() > before, "a circle, or two of one name");
            }
            tasks.len()
        }
    };
    assert!((1..=build::MAX_BUILDS).contains(&count));
}

/// An appspec.yml.
pub fn appspec(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match app::parse(text) {
        Ok(spec) => {
            for permission in &spec.permissions {
                let _ = permission.means("/srv/www/index.html", "/srv/www");
                let _ = permission.check_for_file();
            }
        }
        Err(error) => inside(error.0.at, lines(text)),
    }
}

/// A line with a report's format, and the report.
fn report(data: &[u8]) -> Option<(ReportFormat, &[u8])> {
    let end = data.iter().position(|byte| *byte == b'\n')?;
    let format = ReportFormat::parse(std::str::from_utf8(data.get(..end)?).ok()?)?;
    Some((format, data.get(end + 1..)?))
}

/// The place may be counted in a decoding of the file that we do not have here.
fn told(error: &reports::Error) {
    assert!(error.at.line >= 1 && error.at.column >= 1 && !error.message.is_empty());
}

/// Test results in any format.
pub fn test_report(data: &[u8]) {
    let Some((format, file)) = report(data) else { return };
    let mut count = 0;
    let read = reports::tests(format, file, &mut |case| {
        count += 1;
        let suite = case.suite.as_deref().unwrap_or_default();
        for name in [case.name.as_str(), &case.prefix, suite] {
            assert!(name.chars().count() <= reports::MAX_NAME);
        }
        assert!(case.message.chars().count() <= reports::MAX_MESSAGE);
    });
    // A case takes some bytes: `<a/>` at the least, or `{},`.
    assert!(count <= file.len() / 2);
    if let Err(error) = read {
        told(&error);
    }
}

/// Code coverage in any format.
pub fn coverage_report(data: &[u8]) {
    let Some((format, file)) = report(data) else { return };
    let read = reports::coverage(format, file, &mut |source| {
        assert!(!source.path.is_empty() && source.path.chars().count() <= reports::MAX_PATH);
    });
    if let Err(error) = read {
        told(&error);
    }
}

/// A CodeDeploy specification: PKCS #7 in PEM.
pub fn specification(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = agent::check_specification(text);
}

/// A zip archive.
pub fn zip(data: &[u8]) {
    unpack(Kind::Zip, data);
}

/// A tar archive, plain and as what a gzip stream holds.
pub fn tar(data: &[u8]) {
    unpack(if data.starts_with(&[0x1f, 0x8b]) { Kind::Tgz } else { Kind::Tar }, data);
}

const LIMITS: Limits = Limits { entries: 50, bytes: 1 << 20, ratio: 50, free_bytes: 1 << 16 };

fn unpack(kind: Kind, data: &[u8]) {
    let Ok(room) = tempfile::tempdir() else { return };
    let target = room.path().join("target");
    let result = archive::unpack(kind, Cursor::new(data), &target, &LIMITS);
    let beside = fs::read_dir(room.path()).into_iter().flatten().count();
    assert!(beside <= 1, "something was made outside of the target");
    if !target.exists() {
        return;
    }
    let mut found = Found::default();
    look(&target, &target, &mut found);
    assert!(found.bytes <= LIMITS.bytes && found.files <= LIMITS.entries, "{found:?}");
    // A later entry of the same name takes the place of an earlier one.
    if let Ok(unpacked) = result {
        assert!(unpacked.files >= found.files && unpacked.bytes >= found.bytes, "{found:?}");
    }
}

#[derive(Debug, Default)]
struct Found {
    files: usize,
    bytes: u64,
    /// Hard links share their bytes.
    inodes: HashSet<u64>,
}

fn look(folder: &Path, target: &Path, found: &mut Found) {
    // So that the room can be removed, and looked into by others than root.
    let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let Ok(about) = fs::symlink_metadata(&path) else { continue };
        if about.is_dir() {
            look(&path, target, found);
            continue;
        }
        found.files += 1;
        if about.is_symlink() {
            if let Ok(real) = path.canonicalize() {
                let target = target.canonicalize().unwrap_or_default();
                assert!(real.starts_with(&target), "{} leads out", path.display());
            }
        } else {
            assert!(about.is_file(), "{} is no file", path.display());
            assert_eq!(about.permissions().mode() & 0o7000, 0, "{}", path.display());
            if found.inodes.insert(about.ino()) {
                found.bytes += about.len();
            }
        }
    }
}
