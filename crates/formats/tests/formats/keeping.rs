//! What is kept from build to build: it comes back as it was, and never goes through a link.

use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use codeyard_formats::archive::{
    Error, Found, Limits, Links, Part, PutBack, Tree, keep, pack_zip, put_back, state,
};

fn packed(root: &Path) -> Vec<u8> {
    let tree = Tree::open(root).unwrap();
    let files = tree.list(Links::Keep).unwrap();
    keep(Vec::new(), &[Part { name: "src", tree: &tree, files: &files }]).unwrap().0
}

fn restored(archive: &[u8], root: &Path) -> Result<PutBack, Error> {
    let places = [("src".to_owned(), root.to_owned())];
    put_back(Cursor::new(archive), archive.len() as u64, &places, &Limits::default())
}

fn state_of(root: &Path) -> u64 {
    let tree = Tree::open(root).unwrap();
    let files = tree.list(Links::Keep).unwrap();
    state(&[Part { name: "src", tree: &tree, files: &files }]).unwrap()
}

#[test]
fn files_links_modes_and_times_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let from = dir.path().join("from");
    let long = format!("{}/file", "long-name-of-a-folder/".repeat(20).trim_end_matches('/'));
    for name in ["deep/er/data", "run.sh", &long, "ünïcode"] {
        let path = from.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, name).unwrap();
    }
    fs::set_permissions(from.join("run.sh"), fs::Permissions::from_mode(0o751)).unwrap();
    let at = UNIX_EPOCH + Duration::new(1_700_000_000, 5);
    fs::File::options().append(true).open(from.join("run.sh")).unwrap().set_modified(at).unwrap();
    symlink("/usr/bin/python3", from.join("python")).unwrap();
    symlink("nowhere", from.join("broken")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(from.join("socket")).unwrap();

    let archive = packed(&from);
    let to = dir.path().join("to");
    fs::create_dir(&to).unwrap();
    let done = restored(&archive, &to).unwrap();
    assert_eq!((done.files, done.left_out), (6, 0));
    assert_eq!(fs::read_to_string(to.join(&long)).unwrap(), long);
    assert_eq!(fs::read_link(to.join("python")).unwrap(), PathBuf::from("/usr/bin/python3"));
    let found = fs::metadata(to.join("run.sh")).unwrap();
    assert_eq!(found.permissions().mode() & 0o777, 0o751);
    assert_eq!(found.modified().unwrap(), UNIX_EPOCH + Duration::from_secs(1_700_000_000));

    // Whatever is done to the files shows.
    let before = state_of(&to);
    assert_eq!(state_of(&to), before);
    fs::write(to.join("run.sh"), "run.sh").unwrap();
    let rewritten = state_of(&to);
    assert_ne!(rewritten, before);
    fs::remove_file(to.join("broken")).unwrap();
    assert_ne!(state_of(&to), rewritten);
}

#[test]
fn what_is_there_stays_and_links_lead_nowhere() {
    let dir = tempfile::tempdir().unwrap();
    let (from, to) = (dir.path().join("from"), dir.path().join("to"));
    for name in ["own", "folder/file", "linked/file", "twice/file"] {
        let path = from.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "kept").unwrap();
    }
    let archive = packed(&from);
    fs::create_dir_all(&to).unwrap();
    fs::create_dir_all(dir.path().join("outside")).unwrap();
    fs::write(to.join("own"), "source").unwrap();
    fs::write(to.join("folder"), "a file in the way").unwrap();
    symlink(dir.path().join("outside"), to.join("linked")).unwrap();
    symlink("../outside", to.join("twice")).unwrap();
    let done = restored(&archive, &to).unwrap();
    assert_eq!((done.files, done.left_out), (0, 4));
    assert_eq!(fs::read_to_string(to.join("own")).unwrap(), "source");
    assert_eq!(fs::read_dir(dir.path().join("outside")).unwrap().count(), 0);
    // A place that is not asked for.
    let other = [("abs/root/.m2".to_owned(), to.clone())];
    let done =
        put_back(Cursor::new(&archive), archive.len() as u64, &other, &Limits::default()).unwrap();
    assert_eq!(done, PutBack { left_out: 4, ..PutBack::default() });
}

/// An archive of these entries: name, type, target or content.
fn evil(entries: &[(&str, tar::EntryType, &str)]) -> Vec<u8> {
    let mut out = tar::Builder::new(Vec::new());
    for (name, kind, text) in entries {
        let mut header = tar::Header::new_gnu();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_mode(0o4777);
        match kind {
            tar::EntryType::Regular => header.set_size(text.len() as u64),
            _ => header.set_size(0),
        }
        if matches!(kind, tar::EntryType::Symlink | tar::EntryType::Link) {
            header.set_link_name(text).unwrap();
        }
        header.set_cksum();
        let content = if *kind == tar::EntryType::Regular { text.as_bytes() } else { b"" };
        out.append(&header, content).unwrap();
    }
    zstd::encode_all(out.into_inner().unwrap().as_slice(), 1).unwrap()
}

#[test]
fn dangerous_archives_are_refused() {
    use tar::EntryType::{Block, Char, Fifo, Link, Regular, Symlink};
    for (entries, why) in [
        (vec![("src/../../evil", Regular, "x")], "leads out"),
        (vec![("/src/evil", Regular, "x")], "leads out"),
        (vec![("src/dev", Char, "")], "neither file nor link"),
        (vec![("src/dev", Block, "")], "neither file nor link"),
        (vec![("src/pipe", Fifo, "")], "neither file nor link"),
        (vec![("src/hard", Link, "/etc/passwd")], "neither file nor link"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let to = dir.path().join("a/b");
        fs::create_dir_all(&to).unwrap();
        let error = restored(&evil(&entries), &to).unwrap_err().to_string();
        assert!(error.contains(why), "{entries:?}: {error}");
        assert!(!dir.path().join("evil").exists());
    }
    // A link of its own that leads out is kept, and not gone through; set-user-id bits are not.
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("to");
    fs::create_dir_all(&to).unwrap();
    fs::create_dir_all(dir.path().join("out")).unwrap();
    let entries =
        [("src/l", Symlink, "../out"), ("src/l/evil", Regular, "x"), ("src/f", Regular, "x")];
    let done = restored(&evil(&entries), &to).unwrap();
    assert_eq!((done.files, done.left_out), (2, 1));
    assert!(!dir.path().join("out/evil").exists());
    assert_eq!(fs::metadata(to.join("f")).unwrap().permissions().mode() & 0o7777, 0o777);
    // Damage.
    let whole = evil(&[("src/f", Regular, "content")]);
    for bytes in [&b"no zstd"[..], &whole[..whole.len() / 2]] {
        let dir = tempfile::tempdir().unwrap();
        assert!(restored(bytes, dir.path()).is_err());
    }
}

#[test]
fn growth_is_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let limits = Limits { entries: 10, bytes: 10_000, ratio: 10, free_bytes: 2_000 };
    let zeros = "0".repeat(9_000);
    let archive = evil(&[("src/f", tar::EntryType::Regular, &zeros)]);
    let places = [("src".to_owned(), dir.path().to_owned())];
    let error = put_back(Cursor::new(&archive), archive.len() as u64, &places, &limits);
    assert!(matches!(error.unwrap_err(), Error::TooLarge(_)));
    let names: Vec<String> = (0..11).map(|index| format!("src/{index}")).collect();
    let many: Vec<_> =
        names.iter().map(|name| (name.as_str(), tar::EntryType::Regular, "")).collect();
    let archive = evil(&many);
    let error = put_back(Cursor::new(&archive), archive.len() as u64, &places, &limits);
    assert!(error.unwrap_err().to_string().contains("entries"));
}

#[test]
fn what_is_listed_tells_what_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("root");
    fs::create_dir_all(root.join("folder")).unwrap();
    fs::write(root.join("file"), "").unwrap();
    for (name, target) in
        [("good", "file"), ("out", "/etc/passwd"), ("broken", "none"), ("folder/circle", "..")]
    {
        symlink(target, root.join(name)).unwrap();
    }
    assert!(
        std::process::Command::new("mkfifo").arg(root.join("pipe")).status().unwrap().success()
    );
    let tree = Tree::open(&root).unwrap();
    let found = |links| {
        let listed = tree.list(links).unwrap();
        listed.into_iter().map(|it| (it.path, it.found)).collect::<Vec<_>>()
    };
    let pairs = |pairs: &[(&str, Found)]| {
        pairs.iter().map(|(path, found)| ((*path).to_owned(), *found)).collect::<Vec<_>>()
    };
    assert_eq!(
        found(Links::Follow),
        pairs(&[
            ("broken", Found::LeadsNowhere),
            ("file", Found::File),
            ("folder/circle", Found::Circle),
            ("good", Found::File),
            ("out", Found::LeadsOut),
            ("pipe", Found::Special),
        ])
    );
    let links = found(Links::Keep).into_iter().filter(|(_, found)| *found == Found::Link).count();
    assert_eq!(links, 4);
    // Nobody waits for the pipe's other end.
    assert!(tree.file("pipe").is_err());
    assert!(tree.file("out").is_err());
    assert_eq!(tree.link("good").unwrap(), Some(PathBuf::from("file")));
    assert_eq!(tree.link("file").unwrap(), None);
}

/// Small and large, compressible and not, as python and the zip crate read them.
#[test]
fn zips_of_all_sizes_can_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let mut noise = vec![0_u8; 9 << 20];
    fs::File::open("/dev/urandom").unwrap().read_exact(&mut noise).unwrap();
    let mut contents: Vec<(String, Vec<u8>)> = vec![
        ("empty".into(), Vec::new()),
        ("large-noise".into(), noise.clone()),
        ("large-text".into(), b"text ".repeat(2 << 20)),
        ("small-noise".into(), noise[..100_000].to_vec()),
    ];
    contents.extend((0..1_500).map(|n| (format!("many/{n}"), format!("{n} ").repeat(n).into())));
    for (name, content) in &contents {
        let path = dir.path().join("in").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let names: Vec<_> = contents.iter().map(|(name, _)| (name.clone(), name.clone())).collect();
    let file = dir.path().join("all.zip");
    let out = fs::File::create(&file).unwrap();
    let out = std::io::BufWriter::new(out);
    let mut out = pack_zip(out, &dir.path().join("in"), &names, Links::Follow).unwrap();
    out.flush().unwrap();
    let mut zip = zip::ZipArchive::new(fs::File::open(&file).unwrap()).unwrap();
    assert_eq!(zip.len(), contents.len());
    for (name, content) in &contents {
        let mut got = Vec::new();
        zip.by_name(name).unwrap().read_to_end(&mut got).unwrap();
        assert!(got == *content, "{name}");
    }
    let script = "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(len(z.namelist()))";
    let output =
        std::process::Command::new("python3").args(["-c", script]).arg(&file).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), contents.len().to_string());
}
