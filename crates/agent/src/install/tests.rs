use std::os::unix::fs::{PermissionsExt, symlink};

use formats::appspec;

use super::*;

struct Host {
    folder: tempfile::TempDir,
}

impl Host {
    fn new() -> Self {
        let host = Self { folder: tempfile::tempdir().unwrap() };
        for folder in ["archive", "instructions"] {
            fs::create_dir(host.path(folder)).unwrap();
        }
        host
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// `HOST` in the text stands for the host's root.
    fn install(&self, rest: &str, behavior: FileExistsBehavior) -> Result<(), String> {
        let root = self.folder.path().to_str().unwrap();
        let text = format!("version: 0.0\nos: linux\n{}", rest.replace("HOST", root));
        let spec = appspec::parse(&text).unwrap();
        install(&self.path("instructions"), "g", &self.path("archive"), &spec, behavior)
    }

    fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.path(name)).ok()
    }
}

use FileExistsBehavior::{Disallow, Overwrite, Retain};

const ALL: &str = "files: [{source: /, destination: HOST/srv/app}]\n";

#[test]
fn the_next_install_removes_what_the_last_one_left() {
    let host = Host::new();
    host.write("archive/a.txt", "1");
    host.write("archive/lib/b.txt", "1");
    symlink("a.txt", host.path("archive/link")).unwrap();
    fs::set_permissions(host.path("archive/a.txt"), fs::Permissions::from_mode(0o640)).unwrap();
    host.install(ALL, Disallow).unwrap();
    assert_eq!(host.read("srv/app/lib/b.txt").as_deref(), Some("1"));
    assert_eq!(fs::read_link(host.path("srv/app/link")).unwrap(), Path::new("a.txt"));
    let mode = fs::metadata(host.path("srv/app/a.txt")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    // Somebody else's file stays, and its folder with it.
    host.write("srv/app/lib/theirs.txt", "x");
    fs::remove_dir_all(host.path("archive/lib")).unwrap();
    host.write("archive/a.txt", "2");
    host.install(ALL, Disallow).unwrap();
    assert_eq!(host.read("srv/app/a.txt").as_deref(), Some("2"));
    assert_eq!(host.read("srv/app/lib/b.txt"), None);
    assert_eq!(host.read("srv/app/lib/theirs.txt").as_deref(), Some("x"));
}

#[test]
fn existing_files() {
    let host = Host::new();
    host.write("archive/a.txt", "new");
    host.write("archive/b.txt", "new");
    host.write("srv/app/a.txt", "old");
    let error = host.install(ALL, Disallow).unwrap_err();
    assert!(error.contains("already exists at this location"), "{error}");
    assert_eq!(host.read("srv/app/b.txt"), None, "nothing was copied");
    host.install(ALL, Retain).unwrap();
    assert_eq!(host.read("srv/app/a.txt").as_deref(), Some("old"));
    host.install(&format!("file_exists_behavior: OVERWRITE\n{ALL}"), Disallow).unwrap();
    assert_eq!(host.read("srv/app/a.txt").as_deref(), Some("new"));
    // What was overwritten is the revision's from now on; a link there is not written through.
    host.write("elsewhere", "safe");
    fs::remove_file(host.path("srv/app/a.txt")).unwrap();
    symlink(host.path("elsewhere"), host.path("srv/app/a.txt")).unwrap();
    fs::remove_file(host.path("instructions/g-cleanup")).unwrap();
    host.install(ALL, Overwrite).unwrap();
    assert_eq!(host.read("srv/app/a.txt").as_deref(), Some("new"));
    assert_eq!(host.read("elsewhere").as_deref(), Some("safe"));
}

#[test]
fn mistakes_are_found_before_anything_is_copied() {
    let host = Host::new();
    host.write("archive/a.txt", "1");
    host.write("archive/d/a.txt", "2");
    fs::create_dir_all(host.path("there/a.txt")).unwrap();
    symlink("/etc/passwd", host.path("archive/out")).unwrap();
    for (text, why) in [
        ("files: [{source: missing, destination: HOST/x}]", "does not have"),
        ("files: [{source: a.txt, destination: relative}]", "not absolute"),
        ("files: [{source: out, destination: HOST/x}]", "outside the revision"),
        ("files: [{source: ../instructions, destination: HOST/x}]", "outside the revision"),
        (
            "files: [{source: a.txt, destination: HOST/x}, {source: d/a.txt, destination: HOST/x}]",
            "two sources",
        ),
        (
            "files: [{source: a.txt, destination: HOST/x}, {source: d, destination: HOST/x/a.txt}]",
            "as a folder and as a copy",
        ),
        ("files: [{source: a.txt, destination: HOST/there}]", "is a folder on this host"),
        (
            "files: [{source: a.txt, destination: HOST/x}]\npermissions: [{object: HOST/x/a.txt, pattern: '*.txt'}]",
            "has a pattern",
        ),
        (
            "files: [{source: a.txt, destination: HOST/x}]\npermissions: [{object: HOST/x/a.txt, mode: 600}, {object: HOST/x, mode: 600}]",
            "twice",
        ),
    ] {
        let error = host.install(text, Overwrite).expect_err(text);
        assert!(error.contains(why), "{text}: {error}");
        assert!(!host.path("x").exists(), "{text}");
    }
    assert!(host.install("files: [{source: a.txt, destination: HOST/x}]\npermissions: [{object: HOST/x, owner: no-such-user}]", Disallow).unwrap_err().contains("no user no-such-user"));
}

#[test]
fn permissions_mean_what_was_installed() {
    let host = Host::new();
    for name in ["archive/run.sh", "archive/skip.sh", "archive/doc.txt", "archive/sub/deep.sh"] {
        host.write(name, "");
    }
    host.write("srv/app/theirs.sh", "");
    host.install(
        "files: [{source: /, destination: HOST/srv/app}]
permissions:
  - {object: HOST/srv/app, pattern: '*.sh', except: [skip.sh], mode: 0750, type: [file]}
  - {object: HOST/srv/app, mode: 2700, type: [directory]}
  - {object: HOST/srv/app/doc.txt, mode: 4600}
  - {object: HOST/nothing, mode: 600}
",
        Disallow,
    )
    .unwrap();
    let mode = |name: &str| fs::metadata(host.path(name)).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode("srv/app/run.sh"), 0o750);
    assert_ne!(mode("srv/app/skip.sh"), 0o750);
    assert_ne!(mode("srv/app/sub/deep.sh"), 0o750);
    assert_ne!(mode("srv/app/theirs.sh"), 0o750);
    assert_eq!(mode("srv/app/doc.txt"), 0o4600);
    assert_eq!(mode("srv/app/sub"), 0o2700);
    let listing: Value =
        serde_json::from_str(&host.read("instructions/g-install.json").unwrap()).unwrap();
    assert_eq!(listing["instructions"][0]["type"], "copy");
}

#[test]
fn a_torn_cleanup_file_is_safe() {
    let host = Host::new();
    host.write("mine", "x");
    host.write("theirs", "x");
    let root = host.folder.path().display();
    host.write("instructions/g-cleanup", &format!("{root}/mine\n{root}/gone\n{root}/their"));
    host.write("their", "x");
    host.install("", Disallow).unwrap();
    assert_eq!(host.read("mine"), None);
    assert!(host.read("their").is_some() && host.read("theirs").is_some());
}
