//! Archives on the disk: what is taken comes back, and what is dangerous is refused.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use codeyard_formats::archive::{Error, Kind, Limits, Links, Tree, Unpacked, pack_zip, unpack};

/// Entries of a tar, with whatever names: the tar crate's own builder refuses the evil ones.
struct TarFile(Vec<u8>);

impl TarFile {
    fn new() -> Self {
        Self(Vec::new())
    }

    fn entry(mut self, name: &str, kind: u8, link: &str, content: &[u8]) -> Self {
        let mut header = [0_u8; 512];
        let mut put = |at: usize, text: &[u8]| header[at..at + text.len()].copy_from_slice(text);
        put(0, name.as_bytes());
        put(100, b"0000755\0");
        put(108, b"0000000\0");
        put(116, b"0000000\0");
        put(124, format!("{:011o}\0", content.len()).as_bytes());
        put(136, b"14000000000\0");
        put(156, &[kind]);
        put(157, link.as_bytes());
        put(257, b"ustar\x0000");
        put(148, b"        ");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        self.0.extend_from_slice(&header);
        self.0.extend_from_slice(content);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    fn file(self, name: &str, content: &str) -> Self {
        self.entry(name, b'0', "", content.as_bytes())
    }

    fn link(self, name: &str, to: &str) -> Self {
        self.entry(name, b'2', to, b"")
    }

    fn done(mut self) -> Vec<u8> {
        self.0.resize(self.0.len() + 1024, 0);
        self.0
    }
}

fn zip_of(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn unpacked(kind: Kind, bytes: &[u8]) -> (tempfile::TempDir, Result<Unpacked, Error>) {
    let folder = tempfile::tempdir().unwrap();
    let result = unpack(kind, Cursor::new(bytes), &folder.path().join("in"), &Limits::default());
    (folder, result)
}

/// What is listed below a folder.
fn list(root: &Path, links: Links) -> Result<Vec<String>, Error> {
    Ok(Tree::open(root)?.list(links)?.into_iter().map(|listed| listed.path).collect())
}

fn tree(root: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            let meta = fs::symlink_metadata(&path).unwrap();
            if meta.is_symlink() {
                all.insert(name, format!("-> {}", fs::read_link(&path).unwrap().display()));
            } else if meta.is_dir() {
                open.push(path);
            } else {
                let mode = meta.permissions().mode() & 0o7777;
                all.insert(name, format!("{mode:o} {}", fs::read_to_string(&path).unwrap()));
            }
        }
    }
    all
}

#[test]
fn a_folder_survives_packing_and_unpacking() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("from");
    fs::create_dir_all(root.join("bin/deep")).unwrap();
    fs::write(root.join("bin/run.sh"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(root.join("bin/run.sh"), fs::Permissions::from_mode(0o750)).unwrap();
    fs::write(root.join("bin/deep/data"), "x".repeat(100_000)).unwrap();
    fs::write(root.join(".hidden"), "h").unwrap();
    symlink("bin/run.sh", root.join("run")).unwrap();
    symlink("../bin", root.join("bin/deep/up")).unwrap();

    let names = list(&root, Links::Keep).unwrap();
    assert_eq!(names, [".hidden", "bin/deep/data", "bin/deep/up", "bin/run.sh", "run"]);
    let entries: Vec<_> = names.iter().map(|name| (name.clone(), name.clone())).collect();
    let pack = |entries: &[(String, String)]| {
        pack_zip(Cursor::new(Vec::new()), &root, entries, Links::Keep).unwrap().into_inner()
    };
    let bytes = pack(&entries);
    let reversed: Vec<_> = entries.iter().rev().cloned().collect();
    assert_eq!(bytes, pack(&reversed), "the order given does not show");
    assert!(bytes.len() < 2000, "it is compressed: {}", bytes.len());

    let (out, result) = unpacked(Kind::Zip, &bytes);
    assert_eq!(result.unwrap().files, 5);
    let got = tree(&out.path().join("in"));
    assert_eq!(got["bin/run.sh"], "755 #!/bin/sh\n");
    assert_eq!(got[".hidden"], "644 h");
    assert_eq!(got["run"], "-> bin/run.sh");
    assert_eq!(got["bin/deep/up"], "-> ../bin");
}

#[test]
fn links_are_followed_where_asked_and_never_out() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("from");
    fs::create_dir_all(root.join("dir")).unwrap();
    fs::write(root.join("dir/file"), "content").unwrap();
    fs::write(folder.path().join("secret"), "secret").unwrap();
    symlink("dir/file", root.join("link")).unwrap();
    symlink("dir", root.join("linked")).unwrap();
    let names = list(&root, Links::Follow).unwrap();
    assert_eq!(names, ["dir/file", "link", "linked/file"]);
    let entries: Vec<_> = names.iter().map(|name| (name.clone(), name.clone())).collect();
    let bytes = pack_zip(Cursor::new(Vec::new()), &root, &entries, Links::Follow).unwrap();
    let (out, result) = unpacked(Kind::Zip, &bytes.into_inner());
    result.unwrap();
    assert_eq!(tree(&out.path().join("in"))["link"], "644 content");

    symlink(folder.path().join("secret"), root.join("out")).unwrap();
    let entry = [("out".to_owned(), "out".to_owned())];
    for links in [Links::Follow, Links::Keep] {
        let error = pack_zip(Cursor::new(Vec::new()), &root, &entry, links).unwrap_err();
        assert!(matches!(error, Error::Refused(..)), "{error}");
    }
    symlink("nowhere", root.join("broken")).unwrap();
    // They are in nobody's way who does not ask for them: any virtual environment has such links.
    let names = list(&root, Links::Follow).unwrap();
    assert_eq!(names, ["broken", "dir/file", "link", "linked/file", "out"]);
    let entry = [("broken".to_owned(), "broken".to_owned())];
    assert!(pack_zip(Cursor::new(Vec::new()), &root, &entry, Links::Follow).is_err());
    fs::remove_file(root.join("out")).unwrap();
    symlink(".", root.join("dir/self")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();
    let odd = std::ffi::OsString::from_vec(b"\xff".to_vec());
    fs::write(root.join(odd), "").unwrap();
    let names = list(&root, Links::Follow).unwrap();
    let circles = ["dir/self", "linked/self"];
    let others = ["broken", "dir/file", "link", "linked/file", "socket", "\u{fffd}"];
    let mut all: Vec<&str> = circles.into_iter().chain(others).collect();
    all.sort_unstable();
    assert_eq!(names, all);
    for (name, why) in
        [("dir/self", "circle"), ("socket", "neither file"), ("\u{fffd}", "not UTF-8")]
    {
        let entry = [(name.to_owned(), name.to_owned())];
        let error = pack_zip(Cursor::new(Vec::new()), &root, &entry, Links::Follow).unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
    }
    // A folder that is a link out, on the way to a file.
    symlink(folder.path(), root.join("up")).unwrap();
    let entry = [("up/secret".to_owned(), "x".to_owned())];
    let error = pack_zip(Cursor::new(Vec::new()), &root, &entry, Links::Keep).unwrap_err();
    assert!(error.to_string().contains("leads out"), "{error}");
    let twice = [("dir/file".to_owned(), "x".to_owned()), ("link".to_owned(), "x".to_owned())];
    let error = pack_zip(Cursor::new(Vec::new()), &root, &twice, Links::Follow).unwrap_err();
    assert!(error.to_string().contains("would be both"), "{error}");
}

#[test]
fn tar_and_tgz() {
    let bytes = TarFile::new()
        .entry("./", b'5', "", b"")
        .entry("app/", b'5', "", b"")
        .file("app/start.sh", "old")
        .file("app/start.sh", "run")
        .link("app/again", "start.sh")
        .entry("app/hard", b'1', "app/start.sh", b"")
        .done();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(&bytes).unwrap();
    for (kind, bytes) in [(Kind::Tar, bytes), (Kind::Tgz, gz.finish().unwrap())] {
        let (out, result) = unpacked(kind, &bytes);
        assert_eq!(result.unwrap().files, 4);
        let got = tree(&out.path().join("in"));
        assert_eq!(got["app/start.sh"], "755 run");
        assert_eq!(got["app/hard"], "755 run");
        assert_eq!(got["app/again"], "-> start.sh");
        let meta = fs::metadata(out.path().join("in/app/start.sh")).unwrap();
        let secs = meta.modified().unwrap().duration_since(std::time::UNIX_EPOCH).unwrap();
        assert_eq!(secs.as_secs(), 0o14000000000);
    }
}

#[test]
fn dangerous_archives_are_refused() {
    let tar = TarFile::new;
    let long = |kind: u8, length: usize| tar().entry("long", kind, "", &vec![b'a'; length]);
    let rows: Vec<(Kind, Vec<u8>, &str)> = vec![
        (Kind::Zip, zip_of(&[("../evil", "x")]), "leads out"),
        (Kind::Zip, zip_of(&[("a/../../evil", "x")]), "leads out"),
        (Kind::Zip, zip_of(&[("/etc/evil", "x")]), "absolute path"),
        (Kind::Zip, b"PK no zip".to_vec(), "cannot be read"),
        (Kind::Zip, Vec::new(), "cannot be read"),
        (Kind::Tgz, b"no gzip".to_vec(), "cannot be read"),
        (Kind::Tar, tar().file("a", "x").done()[..600].to_vec(), "cannot be read"),
        (Kind::Tar, tar().file("../evil", "x").done(), "leads out"),
        (Kind::Tar, tar().file("/evil", "x").done(), "absolute path"),
        (Kind::Tar, tar().link("l", "/etc").done(), "absolute target"),
        (Kind::Tar, tar().link("l", "../x").done(), "leads out"),
        (Kind::Tar, tar().link("a/l", "../../x").done(), "leads out"),
        (Kind::Tar, tar().link("dot", ".").link("l", "dot/../x").done(), "leads out"),
        (Kind::Tar, tar().link("l", "dot/../x").link("dot", ".").done(), "leads out"),
        (Kind::Tar, tar().link("a", "b").link("b", "a").done(), "circle"),
        (Kind::Tar, tar().link("l", "dir").file("l/evil", "x").done(), "below a link"),
        (Kind::Tar, tar().link("l", "dir").entry("l/", b'5', "", b"").done(), "name of a link"),
        (Kind::Tar, tar().file("d/f", "x").link("d", "e").done(), "name of a folder"),
        (Kind::Tar, tar().entry("h", b'1', "/etc/passwd", b"").done(), "absolute path"),
        (Kind::Tar, tar().entry("h", b'1', "../x", b"").done(), "leads out"),
        (Kind::Tar, tar().entry("h", b'1', "missing", b"").done(), "no earlier file"),
        (Kind::Tar, tar().file("h", "x").entry("h", b'1', "h", b"").done(), "no earlier file"),
        (Kind::Tar, tar().link("l", "x").entry("d/h", b'1', "l", b"").done(), "no earlier file"),
        (Kind::Tar, tar().entry("dev", b'3', "", b"").done(), "neither file"),
        (Kind::Tar, tar().entry("pipe", b'6', "", b"").done(), "neither file"),
        (Kind::Tar, long(b'L', 2 << 20).file("f", "x").done(), "bytes between two files"),
        (Kind::Tar, long(b'x', 2 << 20).file("f", "x").done(), "bytes between two files"),
        (Kind::Tar, long(b'L', 5000).file("f", "x").done(), "too long a name"),
        (Kind::Tar, long(b'K', 5000).link("l", "x").done(), "too long a target"),
    ];
    for (index, (kind, bytes, why)) in rows.iter().enumerate() {
        let (out, result) = unpacked(*kind, bytes);
        let error = result.expect_err(&format!("row {index} ({why})")).to_string();
        assert!(error.contains(why), "row {index}: {error}, want {why}");
        assert!(!out.path().join("evil").exists(), "row {index} wrote outside");
    }
}

#[test]
fn growth_is_bounded() {
    let limits = Limits { entries: 10, bytes: 10_000, ratio: 10, free_bytes: 2_000 };
    let unpack = |kind, bytes: &[u8]| {
        let folder = tempfile::tempdir().unwrap();
        unpack(kind, Cursor::new(bytes), folder.path(), &limits)
    };
    let many: Vec<String> = (0..11).map(|index| format!("f{index}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "")).collect();
    assert!(unpack(Kind::Zip, &zip_of(&many)).unwrap_err().to_string().contains("entries"));
    assert!(unpack(Kind::Zip, &zip_of(&many[..10])).is_ok());

    let zeros = "0".repeat(9_000);
    let bomb = zip_of(&[("bomb", &zeros)]);
    assert!(bomb.len() < 300);
    let error = unpack(Kind::Zip, &bomb).unwrap_err();
    assert!(matches!(error, Error::TooLarge(_)), "{error}");
    // Uncompressed, the same file is within ten times the archive's size.
    assert!(unpack(Kind::Tar, &TarFile::new().file("f", &zeros).done()).is_ok());
    let error =
        unpack(Kind::Tar, &TarFile::new().file("f", &zeros).file("g", &zeros).done()).unwrap_err();
    assert!(matches!(error, Error::TooLarge(_)), "{error}");
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gz.write_all(&TarFile::new().file("f", &zeros).done()).unwrap();
    let error = unpack(Kind::Tgz, &gz.finish().unwrap()).unwrap_err();
    assert!(matches!(error, Error::TooLarge(_)), "{error}");
}

#[test]
fn a_used_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("there"), "x").unwrap();
    let bytes = zip_of(&[("a", "b")]);
    let error = unpack(Kind::Zip, Cursor::new(bytes), folder.path(), &Limits::default());
    assert!(matches!(error.unwrap_err(), Error::Io(..)));
}
